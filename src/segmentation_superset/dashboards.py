"""Dashboards, as Superset imports them: rows of charts, with filters above them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from segmentation_superset.assets import VERSION, Dataset, number_of
from segmentation_superset.charts import Chart
from segmentation_superset.descriptions import load

# Columns of Superset's grid, and the pixels of one of its units of height.
_GRID = 12
_HEIGHTS = {"number": 18}
_HEIGHT = 50

# Superset gives a chart the width that its columns have, however narrow the window is. On a phone the grid is made so
# wide that half of it fills the window, and charts that stood beside each other stand below each other.
PHONE_CSS = """
@media (max-width: 700px) {
  .dashboard, .dashboard-content { max-width: 100vw; overflow-x: clip; }
  .dashboard-content .grid-container {
    flex: none !important; margin: 8px !important; width: calc(200vw - 16px) !important;
  }
  .dashboard-content .grid-row {
    flex-wrap: wrap !important; height: auto !important; width: calc(100vw - 16px) !important;
  }
  .dashboard-content .grid-row > * {
    margin: 0 8px 12px 0 !important; max-width: calc(100vw - 16px); overflow-x: auto;
  }
  .dashboard-markdown, .dashboard-markdown .resizable-container {
    height: auto !important; width: calc(100vw - 16px) !important;
  }
  .dashboard-header-container .title-panel > div:nth-child(n + 2) { display: none; }
}
"""


def read_dashboards(project: Path, datasets: dict[str, Dataset], currency: str | None) -> dict[str, Dashboard]:
    """Return the dashboards of `bi/superset/dashboards` by name.

    Parameters
    ----------
    project : Path
        Folder of the project.
    datasets : dict of str to Dataset
    currency : str or None
        Code of ISO 4217 of what is money.

    Raises
    ------
    ValueError
        Where a chart asks for what its dataset does not have.
    """
    paths = sorted((project / "bi/superset/dashboards").glob("*.yml"))
    return {path.stem: Dashboard(path.stem, load(path), datasets, currency) for path in paths}


class Dashboard:
    """A dashboard.

    Parameters
    ----------
    name : str
    said : dict
        What its file says: title, description, filters, rows.
    datasets : dict of str to Dataset
    currency : str or None
        Code of ISO 4217 of what is money.

    Attributes
    ----------
    charts : dict of str to Chart
        In the order in which they stand.
    """

    def __init__(self, name: str, said: dict[str, Any], datasets: dict[str, Dataset], currency: str | None) -> None:
        self.name = name
        self.title: str = said["title"]
        self._said = said
        self._datasets = datasets
        self.charts: dict[str, Chart] = {}
        for row in said["rows"]:
            for key, chart in row.items():
                if key in self.charts or chart["of"] not in datasets:
                    what = f"{key} is there twice" if key in self.charts else f"there is no dataset {chart['of']}"
                    raise ValueError(f"bi/superset/dashboards/{name}.yml: {what}")
                self.charts[key] = Chart(name, key, chart, datasets[chart["of"]], currency)
                self.charts[key].check()

    @property
    def slug(self) -> str:
        """Last part of its address."""
        return f"segments-{self.name.replace('_', '-')}"

    def asset(self, colors: dict[str, str], titles: dict[str, str]) -> dict[str, Any]:
        """Return the dashboard as Superset imports it.

        Parameters
        ----------
        colors : dict of str to str
            Of segments and of other labels.
        titles : dict of str to str
            Slugs of all dashboards to their titles, in the order in which they are read.
        """
        return {
            "certification_details": None,
            "certified_by": None,
            "css": PHONE_CSS.strip(),
            "dashboard_title": self.title,
            "description": self._said["description"],
            "metadata": {
                "color_scheme": "supersetColors",
                "cross_filters_enabled": True,
                "expanded_slices": {},
                "filter_bar_orientation": "HORIZONTAL",
                "label_colors": colors,
                "native_filter_configuration": [self._filter(said) for said in self._said["filters"]],
                "refresh_frequency": 0,
                "shared_label_colors": [],
                "timed_refresh_immune_slices": [],
            },
            "position": self._position(titles),
            "published": True,
            "slug": self.slug,
            "uuid": number_of("dashboard", self.name),
            "version": VERSION,
        }

    def _words(self, titles: dict[str, str]) -> str:
        links = [
            f"**{title}**" if slug == self.slug else f"[{title}](/superset/dashboard/{slug}/)"
            for slug, title in titles.items()
        ]
        return f"{' · '.join(links)}\n\n{self._said['description']}"

    def _numbers(self) -> dict[str, int]:
        """Numbers of the charts in this file alone; the import gives them others."""
        return {key: number for number, key in enumerate(self.charts, start=1)}

    def _filter(self, said: dict[str, Any]) -> dict[str, Any]:
        numbers = self._numbers()
        column = said.get("column")
        follows = [
            key
            for key, chart in self.charts.items()
            if (chart.is_of_time if column is None else column in chart.dataset.columns)
            and said["name"] not in chart.said.get("ignores", [])
        ]
        if not follows:
            raise ValueError(f"bi/superset/dashboards/{self.name}.yml: no chart follows the filter {said['name']}")
        found: dict[str, Any] = {
            "cascadeParentIds": [],
            "controlValues": {"enableEmptyFilter": False},
            "defaultDataMask": {"extraFormData": {}, "filterState": {}, "ownState": {}},
            "description": said.get("description", ""),
            "filterType": "filter_time",
            "id": f"NATIVE_FILTER-{_short(self.name, said['name'])}",
            "name": said["name"],
            "scope": {
                "excluded": [number for key, number in numbers.items() if key not in follows],
                "rootPath": ["ROOT_ID"],
            },
            "tabsInScope": [],
            "targets": [{}],
            "type": "NATIVE_FILTER",
        }
        if column is not None:
            dataset = self._datasets[said["of"]]
            if column not in dataset.columns:
                raise ValueError(f"bi/superset/dashboards/{self.name}.yml: {dataset.name} has no {column}")
            # One value has to be chosen where one is given: sums over several would mean nothing.
            is_one = "default" in said
            found["filterType"] = "filter_select"
            found["targets"] = [{"column": {"name": column}, "datasetUuid": dataset.number}]
            found["controlValues"] = {
                "defaultToFirstItem": False,
                "enableEmptyFilter": is_one,
                "inverseSelection": False,
                "multiSelect": not is_one,
                "searchAllOptions": False,
            }
            if is_one:
                found["defaultDataMask"] = {
                    "extraFormData": {"filters": [{"col": column, "op": "IN", "val": [said["default"]]}]},
                    "filterState": {"value": [said["default"]]},
                    "ownState": {},
                }
        return found

    def _position(self, titles: dict[str, str]) -> dict[str, Any]:
        numbers = self._numbers()
        grid: list[str] = []
        position: dict[str, Any] = {
            "DASHBOARD_VERSION_KEY": "v2",
            "GRID_ID": {"children": grid, "id": "GRID_ID", "parents": ["ROOT_ID"], "type": "GRID"},
            "HEADER_ID": {"id": "HEADER_ID", "meta": {"text": self.title}, "type": "HEADER"},
            "ROOT_ID": {"children": ["GRID_ID"], "id": "ROOT_ID", "type": "ROOT"},
        }

        def add_row(number: int, parts: dict[str, dict[str, Any]]) -> None:
            row = f"ROW-{_short(self.name, str(number))}"
            grid.append(row)
            parents = ["ROOT_ID", "GRID_ID"]
            position[row] = {
                "children": list(parts),
                "id": row,
                "meta": {"background": "BACKGROUND_TRANSPARENT"},
                "parents": parents,
                "type": "ROW",
            }
            for key, part in parts.items():
                position[key] = {"children": [], "id": key, "parents": [*parents, row], **part}

        words = {"meta": {"code": self._words(titles), "height": 12, "width": _GRID}, "type": "MARKDOWN"}
        add_row(0, {f"MARKDOWN-{_short(self.name)}": words})
        for number, row in enumerate(self._said["rows"], start=1):
            parts = {}
            for key in row:
                chart = self.charts[key]
                meta = {
                    "chartId": numbers[key],
                    "height": chart.said.get("height", _HEIGHTS.get(chart.kind, _HEIGHT)),
                    "sliceName": chart.said["title"],
                    "uuid": chart.number,
                    "width": _GRID // len(row),
                }
                parts[f"CHART-{_short(self.name, key)}"] = {"meta": meta, "type": "CHART"}
            add_row(number, parts)
        return position


def _short(*names: str) -> str:
    return hashlib.sha256("/".join(names).encode()).hexdigest()[:10]
