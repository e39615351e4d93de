"""A Power BI project over the published Parquet files: a semantic model in TMDL, and a report of one page.

The formats are Microsoft's: https://learn.microsoft.com/power-bi/developer/projects/projects-overview and
https://learn.microsoft.com/analysis-services/tmdl/tmdl-overview.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from segmentation_superset.assets import format_of, number_of
from segmentation_superset.descriptions import Column, Language, Mart, Metric, load, read_marts, read_metrics

NAME = "Customer segments"
# Where the published folder is, unless somebody says otherwise: the parameter Folder.
FOLDER = "C:\\segments"
# What analysts ask. Lines may be left out of what is published, and a project that names a file that is not there
# can't be refreshed; parameters of models are for who changes the project.
TABLES = (
    "customer_segments",
    "segment_profiles",
    "customer_value",
    "country_sales",
    "segment_history",
    "segment_migrations",
    "segment_attributes",
    "segment_products",
    "segment_categories",
    "customer_recommendations",
    "customer_attributes",
    "campaigns",
    "campaign_results",
    "campaign_days",
    "campaign_customers",
    "value_validation",
    "segmentation_quality",
    "load_audit",
    "reading_evidence",
)
# Rows of the first have one row of the second. Between two tables one way may be in force; the others are chosen in a
# measure by USERELATIONSHIP.
RELATIONSHIPS = (
    ("customer_segments.segment", "segment_profiles.segment", True),
    ("customer_value.customer_id", "customer_segments.customer_id", True),
    ("customer_recommendations.customer_id", "customer_segments.customer_id", True),
    ("customer_attributes.customer_id", "customer_segments.customer_id", True),
    ("country_sales.segment", "segment_profiles.segment", True),
    ("segment_history.segment", "segment_profiles.segment", True),
    ("segment_history.customer_id", "customer_segments.customer_id", False),
    ("segment_migrations.to_segment", "segment_profiles.segment", True),
    ("segment_migrations.from_segment", "segment_profiles.segment", False),
    ("segment_attributes.segment", "segment_profiles.segment", True),
    ("segment_products.segment", "segment_profiles.segment", True),
    ("segment_categories.segment", "segment_profiles.segment", True),
    ("campaign_results.campaign", "campaigns.campaign", True),
    ("campaign_days.campaign", "campaigns.campaign", True),
    ("campaign_customers.campaign", "campaigns.campaign", True),
    ("campaign_customers.customer_id", "customer_segments.customer_id", True),
)
METRICS = "Metrics"
_SCHEMAS = "https://developer.microsoft.com/json-schemas/fabric"
_FORMATS = {"count": "#,0", "number": "#,0.0", "money": "#,0", "price": "#,0.00", "share": "0.0 %"}
# Of the page and its visuals, in pixels.
_WIDTH, _HEIGHT, _HEIGHTS, _GAP = 1280, 290, {"number": 110}, 16
_METRIC_FORMATS = {"average_order_value": "price", "return_rate": "share"}


class Dax(Language):
    """Expressions of Power BI."""

    def aggregate(self, mart: str, kind: str, column: str) -> str:
        """Return an aggregate of a column of a mart, of the kind `sum` or `count_distinct`."""
        return f"{'DISTINCTCOUNT' if kind == 'count_distinct' else kind.upper()}('{mart}'[{column}])"

    def of_last(self, mart: str, kind: str, column: str, time: str, choice: str) -> str:
        """Return a sum over the rows of the latest time only."""
        last = f"VAR LastTime = {choice.upper()}('{mart}'[{time}])"
        return f"{last} RETURN CALCULATE({self.aggregate(mart, kind, column)}, '{mart}'[{time}] = LastTime)"

    def ratio(self, above: str, below: str) -> str:
        """Return a quotient that is blank if its denominator is zero."""
        return f"DIVIDE({above}, {below})"

    def part(self, label: str, expression: str, is_simple: bool) -> str:
        """Return a metric as part of another one's expression: as a measure by its name."""
        return f"[{label}]"


def project_files(project: Path, folder: str = FOLDER) -> dict[str, str]:
    """Return the files of the project for Power BI, by path.

    Parameters
    ----------
    project : Path
        Folder of this project.
    folder : str
        Where Power BI finds the published Parquet files.
    """
    marts = read_marts(project)
    model, report = f"{NAME}.SemanticModel", f"{NAME}.Report"
    metrics = read_metrics(project, Dax())
    page, visuals = _overview(project, metrics)
    definition = f"{report}/definition"
    json_files: dict[str, dict[str, Any]] = {
        f"{NAME}.pbip": {
            "$schema": f"{_SCHEMAS}/pbip/pbipProperties/1.0.0/schema.json",
            "version": "1.0",
            "artifacts": [{"report": {"path": report}}],
            "settings": {"enableAutoRecovery": True},
        },
        f"{model}/.platform": _platform("SemanticModel"),
        f"{model}/definition.pbism": {
            "$schema": f"{_SCHEMAS}/item/semanticModel/definitionProperties/1.0.0/schema.json",
            "version": "4.2",
            "settings": {},
        },
        f"{report}/.platform": _platform("Report"),
        f"{report}/definition.pbir": {
            "$schema": f"{_SCHEMAS}/item/report/definitionProperties/2.0.0/schema.json",
            "version": "4.0",
            "datasetReference": {"byPath": {"path": f"../{model}"}},
        },
        f"{definition}/version.json": {
            "$schema": f"{_SCHEMAS}/item/report/definition/versionMetadata/1.0.0/schema.json",
            "version": "2.0.0",
        },
        f"{definition}/report.json": {
            "$schema": f"{_SCHEMAS}/item/report/definition/report/3.0.0/schema.json",
            "themeCollection": {},
        },
        f"{definition}/pages/pages.json": {
            "$schema": f"{_SCHEMAS}/item/report/definition/pagesMetadata/1.0.0/schema.json",
            "pageOrder": ["overview"],
            "activePageName": "overview",
        },
        f"{definition}/pages/overview/page.json": page,
    }
    for visual in visuals:
        json_files[f"{definition}/pages/overview/visuals/{visual['name']}/visual.json"] = visual
    files = {path: json.dumps(content, indent=2) + "\n" for path, content in json_files.items()}
    tmdl = {
        "database": "database\n\tcompatibilityLevel: 1567\n",
        "model": _model(),
        "expressions": _parameter(folder),
        "relationships": "\n".join(_relationship(*said) for said in RELATIONSHIPS),
        **{f"tables/{name}": _table(marts[name]) for name in TABLES},
        f"tables/{METRICS}": _metrics(metrics),
    }
    # Down to the blank line at the end as Power BI itself writes them: a project that it saves again is the same.
    return files | {f"{model}/definition/{path}.tmdl": f"{text}\n" for path, text in tmdl.items()}


def _overview(project: Path, metrics: dict[str, Metric]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the page and its visuals: the charts of Superset's overview, row by row."""
    said = load(project / "bi/superset/dashboards/overview.yml")
    visuals: list[dict[str, Any]] = []
    top = _GAP
    for row in said["rows"]:
        height = max(_HEIGHTS.get(chart["kind"], _HEIGHT) for chart in row.values())
        width = (_WIDTH - _GAP * (len(row) + 1)) // len(row)
        for place, (name, chart) in enumerate(row.items()):
            position = {"x": _GAP + place * (width + _GAP), "y": top, "z": len(visuals)}
            position |= {"height": height, "width": width, "tabOrder": len(visuals)}
            visuals.append(
                {
                    "$schema": f"{_SCHEMAS}/item/report/definition/visualContainer/2.0.0/schema.json",
                    "name": name,
                    "position": position,
                    "visual": _visual(chart, metrics[chart["metric"]]),
                }
            )
        top += height + _GAP
    page = {
        "$schema": f"{_SCHEMAS}/item/report/definition/page/2.0.0/schema.json",
        "name": "overview",
        "displayName": said["title"],
        "displayOption": "FitToPage",
        "height": top,
        "width": _WIDTH,
    }
    return page, visuals


def _visual(chart: dict[str, Any], metric: Metric) -> dict[str, Any]:
    measure = _field("Measure", METRICS, metric.label)
    if chart["kind"] == "number":
        kind, roles = "card", {"Values": [measure]}
    else:
        by, split = chart["by"], chart.get("split")
        columns = "columnChart" if by == "month" else "barChart"
        kind = "lineChart" if chart["kind"] == "lines" else columns
        # Segments are those of the table that all others follow, so that a click on one chooses it everywhere.
        tables = {"segment": "segment_profiles"}
        roles = {"Category": [_field("Column", tables.get(by, metric.mart), by) | {"active": True}], "Y": [measure]}
        if split:
            roles["Series"] = [_field("Column", tables.get(split, metric.mart), split)]
    title = {"text": {"expr": {"Literal": {"Value": "'" + chart["title"].replace("'", "''") + "'"}}}}
    return {
        "visualType": kind,
        "query": {"queryState": {role: {"projections": fields} for role, fields in roles.items()}},
        "visualContainerObjects": {"title": [{"properties": title}]},
        "drillFilterOtherVisuals": True,
    }


def _field(kind: str, table: str, name: str) -> dict[str, Any]:
    field = {kind: {"Expression": {"SourceRef": {"Entity": table}}, "Property": name}}
    return {"field": field, "queryRef": f"{table}.{name}", "nativeQueryRef": name}


def _platform(kind: str) -> dict[str, Any]:
    return {
        "$schema": f"{_SCHEMAS}/gitIntegration/platformProperties/2.0.0/schema.json",
        "metadata": {"type": kind, "displayName": NAME},
        "config": {"version": "2.0", "logicalId": number_of("power bi", kind)},
    }


def _model() -> str:
    listed = "".join(f"ref table {name}\n" for name in (*TABLES, METRICS))
    # No hidden table of dates for each column of dates.
    return (
        "model Model\n\tculture: en-US\n\tdefaultPowerBIDataSourceVersion: powerBI_V3\n\tdiscourageImplicitMeasures\n\n"
        f"annotation __PBI_TimeIntelligenceEnabled = 0\n\n{listed}"
    )


def _parameter(folder: str) -> str:
    text = '"' + folder.replace('"', '""') + '"'
    described = _description("Folder of what is published, as Power BI sees it, without a separator at its end.", 0)
    return (
        f"{described}expression Folder = {text} "
        'meta [IsParameterQuery=true, Type="Text", IsParameterQueryRequired=true]\n'
        f"\tlineageTag: {number_of('power bi', 'Folder')}\n"
    )


def _relationship(many: str, one: str, is_active: bool) -> str:
    inactive = "" if is_active else "\tisActive: false\n"
    number = number_of("power bi", many, one)
    return f"relationship {number}\n{inactive}\tfromColumn: {many}\n\ttoColumn: {one}\n"


def _table(mart: Mart) -> str:
    keys = {one for _, one, _ in RELATIONSHIPS}
    columns = [_column(mart, column, f"{mart.name}.{column.name}" in keys) for column in mart.columns.values()]
    types = ", ".join(f'{{"{column.name}", {_types(column)[1]}}}' for column in mart.columns.values())
    source = (
        f"\tpartition {mart.name} = m\n\t\tmode: import\n\t\tsource =\n\t\t\t\tlet\n"
        f'\t\t\t\t    Source = Parquet.Document(File.Contents(Folder & "\\{mart.name}.parquet")),\n'
        f"\t\t\t\t    Typed = Table.TransformColumnTypes(Source, {{{types}}})\n\t\t\t\tin\n\t\t\t\t    Typed\n"
    )
    head = f"{_description(mart.description, 0)}table {mart.name}\n\tlineageTag: {number_of('power bi', mart.name)}\n"
    return "\n".join((head, *columns, source))


def _column(mart: Mart, column: Column, is_key: bool) -> str:
    written = format_of(column)
    kind = _types(column)[0]
    lines = [f"dataType: {kind}"]
    if is_key:
        lines.append("isKey")
    if kind == "dateTime":
        lines.append(f"formatString: {'yyyy-mm-dd' if column.data_type == 'date' else 'yyyy-mm-dd hh:nn:ss'}")
    elif written:
        lines.append(f"formatString: {_FORMATS[written]}")
    lines.append(f"lineageTag: {number_of('power bi', mart.name, column.name)}")
    # What is to be added up is a metric.
    lines += ["summarizeBy: none", f"sourceColumn: {column.name}"]
    body = "".join(f"\t\t{line}\n" for line in lines)
    return f"{_description(column.description, 1)}\tcolumn {column.name}\n{body}"


def _types(column: Column) -> tuple[str, str]:
    """Return the type of a column in the model, and in Power Query."""
    match column.data_type.partition("(")[0]:
        case "bigint" | "integer":
            return "int64", "Int64.Type"
        case "boolean":
            return "boolean", "type logical"
        case "date":
            return "dateTime", "type date"
        case "timestamp":
            return "dateTime", "type datetime"
        # Money keeps its four decimals in Power BI's own type for it.
        case "decimal" if column.data_type in ("decimal(18,4)", "decimal(28,4)"):
            return "decimal", "Currency.Type"
        case "decimal" | "double":
            return "double", "type number"
        case "string" | "varchar" if "[" not in column.data_type:
            return "string", "type text"
    raise ValueError(f"{column.name} is {column.data_type}, which has no type in Power BI here yet")


def _metrics(metrics: dict[str, Metric]) -> str:
    head = (
        f"{_description('Figures that mean the same here as to everybody who asks the semantic layer.', 0)}"
        f"table {METRICS}\n\tlineageTag: {number_of('power bi', METRICS)}\n"
    )
    measures = []
    for name, metric in metrics.items():
        money = "money" if "shop's currency" in metric.description else "count"
        written = _FORMATS[_METRIC_FORMATS.get(name, money)]
        measures.append(
            f"{_description(metric.description, 1)}\tmeasure {_quoted(metric.label)} = {metric.expression}\n"
            f"\t\tformatString: {written}\n\t\tlineageTag: {number_of('power bi', METRICS, name)}\n"
        )
    # A table has a column.
    nothing = (
        "\tcolumn Nothing\n\t\tdataType: string\n\t\tisHidden\n"
        f"\t\tlineageTag: {number_of('power bi', METRICS, 'Nothing')}\n"
        "\t\tsummarizeBy: none\n\t\tsourceColumn: Nothing\n"
    )
    source = f"\tpartition {METRICS} = m\n\t\tmode: import\n\t\tsource = #table(type table [Nothing = text], {{}})\n"
    return "\n".join((head, *measures, nothing, source))


def _description(text: str, depth: int) -> str:
    """Return a description, which stands above what it is of."""
    tabs = "\t" * depth
    return "".join(f"{tabs}/// {line.rstrip()}\n" for line in text.splitlines())


def _quoted(name: str) -> str:
    return f"'{name.replace(chr(39), chr(39) * 2)}'" if re.search(r"[.=:'\s]", name) else name
