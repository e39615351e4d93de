"""Charts, as Superset imports them: a few kinds, each with what Superset wants to know of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from segmentation_superset.assets import FORMATS, VERSION, Dataset, currency_format, number_of

# Rows that a chart asks for at most.
ROW_LIMIT = 10_000
_MONTHS, _DAYS = "%b %Y", "%d %b %Y"
# Of what has no colour of its own.
_SCHEME = "supersetColors"
# What is along an axis in its own colours; bars of anything else have one colour.
_COLORED = ("segment", "from_segment", "to_segment", "verdict")


@dataclass(frozen=True)
class Chart:
    """A chart of a dashboard.

    Attributes
    ----------
    page : str
        Name of the dashboard.
    name : str
        Of the chart there.
    said : dict
        What the dashboard's file says of it.
    dataset : Dataset
        That it asks.
    currency : str or None
        Code of ISO 4217 of what is money.
    """

    page: str
    name: str
    said: dict[str, Any]
    dataset: Dataset
    currency: str | None

    @property
    def number(self) -> str:
        """UUID."""
        return number_of("chart", self.page, self.name)

    @property
    def kind(self) -> str:
        """One of KINDS."""
        return str(self.said["kind"])

    @property
    def metrics(self) -> list[str]:
        """Metrics that it shows."""
        named = [self.said.get("metric"), *self.said.get("metrics", [])]
        return list(dict.fromkeys(name for name in named if name))

    @property
    def columns(self) -> list[str]:
        """Columns that it shows or groups by."""
        named = [self.said.get("by"), self.said.get("split"), *self.said.get("columns", [])]
        return list(dict.fromkeys(name for name in named if name))

    @property
    def is_of_time(self) -> bool:
        """Whether it follows the choice of months."""
        return self.dataset.time is not None and not self.said.get("every_month", False)

    def check(self) -> None:
        """Refuse what the dataset does not have.

        Raises
        ------
        ValueError
            Names the dashboard, the chart and what is missing.
        """
        where = f"bi/superset/dashboards/{self.page}.yml: {self.name}"
        if self.kind not in KINDS:
            raise ValueError(f"{where} is of the kind {self.kind}, which is none of {', '.join(KINDS)}")
        missing = [name for name in self.metrics if name not in self.dataset.metrics]
        missing += [name for name in self.columns if name not in self.dataset.columns]
        missing += [name for name in self.said.get("where", {}) if name not in self.dataset.columns]
        missing += [name for name in self.said.get("order", {}) if name not in (*self.dataset.columns, *self.metrics)]
        if missing:
            raise ValueError(f"{where} asks {self.dataset.name} for {', '.join(missing)}, which it does not have")

    def format(self, name: str) -> str | None:
        """Return how a column or metric is written, a key of FORMATS or date; None of text."""
        return self.dataset.metric_formats.get(name) or self.dataset.formats.get(name)

    def d3_format(self, name: str) -> str:
        """Return the same as d3 says it."""
        return FORMATS.get(self.format(name) or "", "SMART_NUMBER")


def chart_asset(chart: Chart) -> dict[str, Any]:
    """Return a chart as Superset imports it.

    Parameters
    ----------
    chart : Chart
    """
    viz_type, parameters = KINDS[chart.kind](chart)
    # Superset names the dataset by its own number, which the import knows.
    parameters = {
        "adhoc_filters": _filters(chart),
        "color_scheme": _SCHEME,
        "row_limit": chart.said.get("rows", ROW_LIMIT),
        "viz_type": viz_type,
        **parameters,
    }
    return {
        "cache_timeout": None,
        "certification_details": None,
        "certified_by": None,
        "dataset_uuid": chart.dataset.number,
        "description": chart.said.get("description"),
        "params": parameters,
        "query_context": json.dumps(_query_context(chart, parameters), ensure_ascii=False, sort_keys=True),
        "slice_name": chart.said["title"],
        "uuid": chart.number,
        "version": VERSION,
        "viz_type": viz_type,
    }


def _filters(chart: Chart) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {
            "clause": "WHERE",
            "comparator": value,
            "expressionType": "SIMPLE",
            "filterOptionName": number_of("filter", chart.page, chart.name, column),
            "operator": "IN" if isinstance(value, list) else "==",
            "operatorId": "IN" if isinstance(value, list) else "EQUALS",
            "subject": column,
        }
        for column, value in chart.said.get("where", {}).items()
    ]
    if rule := chart.said.get("rule"):
        found.append(
            {
                "clause": "WHERE",
                "expressionType": "SQL",
                "filterOptionName": number_of("filter", chart.page, chart.name),
                "sqlExpression": rule,
            }
        )
    if chart.is_of_time:
        found.append(
            {
                "clause": "WHERE",
                "comparator": "No filter",
                "expressionType": "SIMPLE",
                "filterOptionName": number_of("filter", chart.page, chart.name, "time"),
                "operator": "TEMPORAL_RANGE",
                "operatorId": "TEMPORAL_RANGE",
                "subject": chart.dataset.time,
            }
        )
    return found


def _order(chart: Chart) -> list[list[Any]]:
    return [[name, direction == "up"] for name, direction in chart.said.get("order", {}).items()]


def _query_context(chart: Chart, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the query of a chart, for who asks for its data without drawing it (alerts, reports, the API)."""
    columns: list[Any] = list(chart.columns)
    if chart.kind in ("bars", "lines") and chart.said["by"] == chart.dataset.time:
        axis = chart.said["by"]
        columns[0] = {
            "columnType": "BASE_AXIS",
            "expressionType": "SQL",
            "label": axis,
            "sqlExpression": axis,
            "timeGrain": parameters["time_grain_sqla"],
        }
    filters = [
        {"col": rule["subject"], "op": rule["operator"], "val": rule["comparator"]}
        for rule in parameters["adhoc_filters"]
        if rule["expressionType"] == "SIMPLE"
    ]
    metrics = None if chart.kind == "rows" else chart.metrics
    order = _order(chart) or ([[chart.metrics[0], False]] if metrics else [])
    query = {
        "columns": columns,
        "extras": {"having": "", "where": f"({chart.said['rule']})" if "rule" in chart.said else ""},
        "filters": filters,
        "metrics": metrics,
        "orderby": order,
        "row_limit": parameters["row_limit"],
    }
    return {
        "datasource": {"id": 0, "type": "table"},
        "force": False,
        "form_data": parameters,
        "queries": [query],
        "result_format": "json",
        "result_type": "full",
    }


def _number(chart: Chart) -> tuple[str, dict[str, Any]]:
    metric = chart.metrics[0]
    return "big_number_total", {
        "currency_format": currency_format(chart.format(metric) or "", chart.currency),
        "header_font_size": 0.4,
        "metric": metric,
        "subtitle": chart.said.get("subtitle", ""),
        "subtitle_font_size": 0.125,
        "time_format": _DAYS,
        "y_axis_format": chart.d3_format(metric),
    }


def _axes(chart: Chart) -> dict[str, Any]:
    first = chart.metrics[0]
    by = chart.said["by"]
    is_time = by == chart.dataset.time
    return {
        "currency_format": currency_format(chart.format(first) or "", chart.currency),
        "groupby": [chart.said["split"]] if "split" in chart.said else [],
        "legendOrientation": "top",
        "legendType": "scroll",
        "metrics": chart.metrics,
        "order_desc": True,
        "rich_tooltip": True,
        "show_empty_columns": False,
        "show_legend": "split" in chart.said or len(chart.metrics) > 1,
        "time_grain_sqla": chart.said.get("grain", "P1M") if is_time else None,
        "tooltipTimeFormat": _DAYS if chart.said.get("grain") == "P1D" else _MONTHS,
        "truncateYAxis": False,
        "truncate_metric": True,
        "x_axis": by,
        "x_axis_time_format": _DAYS if chart.said.get("grain") == "P1D" else _MONTHS,
        "y_axis_bounds": [None, None],
        "y_axis_format": chart.d3_format(first),
        **({} if is_time else {"xAxisForceCategorical": True}),
    }


def _bars(chart: Chart) -> tuple[str, dict[str, Any]]:
    by, is_alone = chart.said["by"], "split" not in chart.said and len(chart.metrics) == 1
    own: dict[str, Any] = {}
    if by != chart.dataset.time:
        own = {"orientation": "vertical", "show_value": is_alone}
        first, direction = next(iter(chart.said.get("order", {chart.metrics[0]: "down"}).items()))
        own |= {"x_axis_sort": first, "x_axis_sort_asc": direction == "up"}
    if chart.said.get("stacked", "split" in chart.said):
        own["stack"] = "Stack"
    if by in _COLORED and is_alone:
        # A series for each bar, so that each has its colour, and a click chooses it: of bars that lie and have no
        # series Superset 6.1 takes the length for the name. The axis is the same column under another name.
        axis = {"expressionType": "SQL", "label": chart.dataset.labels[by], "sqlExpression": by}
        own |= {"groupby": [by], "orientation": "horizontal", "show_legend": False, "stack": "Stack", "x_axis": axis}
        # They stand by name, then, each at its place in every chart: Superset sorts no series by length.
        del own["x_axis_sort"], own["x_axis_sort_asc"]
    return "echarts_timeseries_bar", _axes(chart) | own


def _lines(chart: Chart) -> tuple[str, dict[str, Any]]:
    return "echarts_timeseries_line", _axes(chart) | {"markerEnabled": False, "seriesType": "line"}


def _matrix(chart: Chart) -> tuple[str, dict[str, Any]]:
    metric = chart.metrics[0]
    return "heatmap_v2", {
        "bottom_margin": 50,
        "currency_format": currency_format(chart.format(metric) or "", chart.currency),
        "groupby": chart.said["split"],
        "left_margin": 100,
        "legend_type": "continuous",
        "linear_color_scheme": "schemeBlues",
        "metric": metric,
        "normalize_across": chart.said.get("shares_of", "heatmap"),
        "show_legend": False,
        "show_percentage": False,
        "show_values": True,
        "sort_x_axis": "alpha_asc",
        "sort_y_axis": "alpha_asc",
        "value_bounds": [None, None],
        "x_axis": chart.said["by"],
        "xscale_interval": 1,
        "y_axis_format": chart.d3_format(metric),
        "yscale_interval": 1,
    }


def _table(chart: Chart) -> dict[str, Any]:
    config: dict[str, Any] = {}
    for name in (*chart.columns, *chart.metrics):
        written = chart.format(name)
        if written in FORMATS:
            config[name] = {"d3NumberFormat": FORMATS[written], "horizontalAlign": "right", "showCellBars": False}
            if currency := currency_format(written, chart.currency):
                config[name]["currencyFormat"] = currency
    return {
        # What a customer or a file is called is text, and never markup.
        "allow_render_html": False,
        "column_config": config,
        "order_desc": True,
        "page_length": 0,
        "show_cell_bars": False,
        "table_timestamp_format": "%Y-%m-%d",
    }


def _rows(chart: Chart) -> tuple[str, dict[str, Any]]:
    order = [json.dumps(pair) for pair in _order(chart)]
    own: dict[str, Any] = {"all_columns": chart.columns, "order_by_cols": order, "query_mode": "raw"}
    if chart.said.get("is_long"):
        # A page at a time: of a million customers as of a hundred.
        own |= {"server_pagination": True, "server_page_length": 10, "include_search": True}
    return "table", _table(chart) | own


def _groups(chart: Chart) -> tuple[str, dict[str, Any]]:
    return "table", _table(chart) | {"groupby": chart.columns, "metrics": chart.metrics, "query_mode": "aggregate"}


# What a chart can be. `by` is what is along the axis or the rows of a matrix, `split` what is in colours or columns.
KINDS: dict[str, Callable[[Chart], tuple[str, dict[str, Any]]]] = {
    "number": _number,
    "bars": _bars,
    "lines": _lines,
    "matrix": _matrix,
    "rows": _rows,
    "groups": _groups,
}
