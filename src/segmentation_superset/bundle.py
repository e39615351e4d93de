"""All that Superset imports, as files and as one ZIP."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import yaml

from segmentation_charts.theme import NEUTRAL, OVERLAY, PALETTE, PREFERRED
from segmentation_superset.assets import DATABASE_FILE, VERSION, database, dataset_asset, read_datasets
from segmentation_superset.charts import chart_asset
from segmentation_superset.dashboards import read_dashboards

# The dashboards, in the order in which they are read.
PAGES = ("overview", "segments", "movement", "value", "campaigns", "data_quality")
# Folder of the files in the ZIP: Superset's exports have one.
_ROOT = "customer_segments"
# Metrics that stand beside others in a chart.
_METRICS = {"came": PALETTE[0], "foretold": PALETTE[3]}
# What shops write before amounts, where it is no code.
_CODES = {
    "£": "GBP",
    "€": "EUR",
    "$": "USD",
    "US$": "USD",
    "¥": "JPY",
    "₹": "INR",
    "zł": "PLN",
    "Kč": "CZK",
    "kr": None,
}
# Within a ZIP the same files are the same bytes.
_MOMENT = (1980, 1, 1, 0, 0, 0)


def assets(
    project: Path,
    file: str = DATABASE_FILE,
    currency: str | None = None,
    colors: dict[str, str] | None = None,
) -> dict[str, str]:
    """Return the files that Superset imports, by path.

    Parameters
    ----------
    project : Path
        Folder of the project.
    file : str
        Path of `segments.duckdb` as Superset sees it.
    currency : str or None
        Code of ISO 4217 of what is money.
    colors : dict of str to str, default what each name prefers
        Segments to colours.
    """
    datasets = read_datasets(project)
    dashboards = read_dashboards(project, datasets, currency)
    labels = _label_colors(project, colors)
    titles = {dashboards[name].slug: dashboards[name].title for name in PAGES if name in dashboards}
    if unlisted := set(dashboards) - set(PAGES):
        raise ValueError(f"bi/superset/dashboards: {', '.join(sorted(unlisted))} has no place in PAGES")
    found: dict[str, dict[str, Any]] = {
        # Whoever imports it may have other dashboards: it says nothing of them.
        "metadata.yaml": {"timestamp": "1980-01-01T00:00:00+00:00", "type": "assets", "version": VERSION},
        "databases/customer_segments.yaml": database(file),
    }
    for dataset in datasets.values():
        found[f"datasets/customer_segments/{dataset.name}.yaml"] = dataset_asset(dataset, currency)
    for dashboard in dashboards.values():
        for chart in dashboard.charts.values():
            found[f"charts/{dashboard.name}/{chart.name}.yaml"] = chart_asset(chart)
        found[f"dashboards/{dashboard.name}.yaml"] = dashboard.asset(labels, titles)
    return {path: _text(asset) for path, asset in found.items()}


def _label_colors(project: Path, colors: dict[str, str] | None) -> dict[str, str]:
    """Return the colours of segments and of other labels that charts have."""
    if colors is None:
        with (project / "seeds/segment_archetypes.csv").open(encoding="utf-8") as file:
            names = [row["segment"] for row in csv.DictReader(file)]
        colors = {name: PALETTE[PREFERRED[name]] if name in PREFERRED else NEUTRAL for name in names}
    other = {"Got it": PALETTE[0], "Held out": NEUTRAL, "High return rate": OVERLAY, "New customers": NEUTRAL}
    other |= {"pass": PALETTE[1], "warn": PALETTE[4], "fail": PALETTE[5], "info": NEUTRAL}
    return other | colors | _metric_colors(project)


def _metric_colors(project: Path) -> dict[str, str]:
    """Return the colour of what is of everybody: that of each metric that may stand alone in a chart."""
    names = {name for dataset in read_datasets(project).values() for name in dataset.metrics}
    return dict.fromkeys(sorted(names), NEUTRAL) | _METRICS


def currency_code(currency: str) -> str | None:
    """Return the code of ISO 4217 for the var `currency` of a build, which is any text; None where it has none.

    Parameters
    ----------
    currency : str
        Such as £ or EUR.
    """
    code = _CODES.get(currency, currency.upper())
    return code if code and re.fullmatch("[A-Z]{3}", code) else None


def zipped(files: dict[str, str]) -> bytes:
    """Return files as a ZIP that Superset imports.

    Parameters
    ----------
    files : dict of str to str
        Paths to contents.
    """
    with io.BytesIO() as buffer:
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, content in sorted(files.items()):
                archive.writestr(zipfile.ZipInfo(f"{_ROOT}/{path}", _MOMENT), content, zipfile.ZIP_DEFLATED)
        return buffer.getvalue()


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """No anchors: each file says what it says."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(asset: dict[str, Any]) -> str:
    return str(yaml.dump(asset, Dumper=_Dumper, sort_keys=True, allow_unicode=True, width=120))
