"""Data sources of Tableau on the published file, with captions, descriptions and metrics: of the datasets of Superset.

The format is that of the element `datasource` in Tableau's schema of workbooks
(https://github.com/tableau/tableau-document-schemas). The connection is that of *Other Databases (JDBC)*.
"""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from segmentation_superset.assets import Dataset, read_datasets
from segmentation_superset.descriptions import Column, Language, Metric, read_metrics

# Where the published folder is, unless somebody says otherwise.
FOLDER = "/srv/bi/segments"
_VERSION = "18.1"
# Formats of numbers: positive and negative.
_FORMATS = {
    "count": "n#,##0;-#,##0",
    "number": "n#,##0.0;-#,##0.0",
    "money": "n#,##0;-#,##0",
    "price": "n#,##0.00;-#,##0.00",
    "share": "p0.0%",
}


class Formula(Language):
    """Calculations of Tableau."""

    def aggregate(self, mart: str, kind: str, column: str) -> str:
        """Return an aggregate of a column of a mart, of the kind `sum` or `count_distinct`."""
        return f"{'COUNTD' if kind == 'count_distinct' else kind.upper()}([{column}])"

    def of_last(self, mart: str, kind: str, column: str, time: str, choice: str) -> None:
        """Return nothing: the last time of a mark is not to be had without naming what else stands in the view."""

    def ratio(self, above: str, below: str) -> str:
        """Return a quotient, which Tableau makes null if its denominator is zero."""
        return f"{above} / {below}"


def source_files(project: Path, folder: str = FOLDER) -> dict[str, str]:
    """Return the data sources, by path.

    Parameters
    ----------
    project : Path
        Folder of this project.
    folder : str
        What is published, as Tableau sees it.
    """
    metrics = read_metrics(project, Formula())
    # Tableau adds columns up by itself; lines may be left out of what is published.
    return {
        f"{name}.tds": _source(
            dataset,
            {key: metrics[key] for key in metrics if key in dataset.certified and key not in dataset.columns},
            folder,
        )
        for name, dataset in read_datasets(project).items()
        if name not in ("rejected_invoice_lines", "published_manifest")
    }


def _source(dataset: Dataset, metrics: dict[str, Metric], folder: str) -> str:
    name = f"genericjdbc.{dataset.name}"
    source = ElementTree.Element("datasource", {"formatted-name": dataset.name, "inline": "true", "version": _VERSION})
    outer = ElementTree.SubElement(source, "connection", {"class": "federated"})
    named = ElementTree.SubElement(ElementTree.SubElement(outer, "named-connections"), "named-connection")
    named.attrib |= {"caption": "Customer segments", "name": name}
    file = f"{folder.rstrip('/')}/segments.duckdb"
    connection = {"class": "genericjdbc", "dbname": "", "dialect": "postgres", "jdbcproperties": ""}
    connection |= {"jdbcurl": f"jdbc:duckdb:{file};duckdb.read_only=true", "port": "", "schema": "main"}
    ElementTree.SubElement(named, "connection", connection | {"server": "", "username": "", "warehouse": ""})
    relation = ElementTree.SubElement(outer, "relation", {"connection": name, "name": dataset.name})
    if dataset.sql:
        relation.set("type", "text")
        relation.text = dataset.sql
    else:
        relation.attrib |= {"table": f"[main].[{dataset.name}]", "type": "table"}
    ElementTree.SubElement(source, "aliases", {"enabled": "yes"})
    for column in dataset.columns.values():
        if column.name not in dataset.expressions:
            _column(source, dataset, column)
    for key, metric in metrics.items():
        said = {"name": f"[Calculation_{key}]", "caption": metric.label, "role": "measure", "type": "quantitative"}
        said |= {"datatype": "real", "default-format": _FORMATS[dataset.metric_formats[key]]}
        element = ElementTree.SubElement(source, "column", said)
        ElementTree.SubElement(element, "calculation", {"class": "tableau", "formula": metric.expression})
        _describe(element, metric.description)
    ElementTree.indent(source)
    return "<?xml version='1.0' encoding='utf-8'?>\n" + ElementTree.tostring(source, encoding="unicode") + "\n"


def _column(source: ElementTree.Element, dataset: Dataset, column: Column) -> None:
    datatype = _datatype(column)
    written = dataset.formats.get(column.name)
    # Integers may be numbers of something, such as a score: only what is written as an amount is added up.
    is_measure = datatype == "real" or (datatype == "integer" and written in ("count", "money"))
    said = {"name": f"[{column.name}]", "caption": dataset.labels[column.name], "datatype": datatype}
    said["role"] = "measure" if is_measure else "dimension"
    said["type"] = "quantitative" if is_measure else "ordinal" if datatype in ("date", "datetime") else "nominal"
    if is_measure:
        said["aggregation"] = "Sum" if written in ("count", "money") else "Avg"
    if written:
        said["default-format"] = _FORMATS[written]
    _describe(ElementTree.SubElement(source, "column", said), column.description)


def _describe(element: ElementTree.Element, text: str) -> None:
    run = ElementTree.SubElement(ElementTree.SubElement(element, "desc"), "formatted-text")
    ElementTree.SubElement(run, "run").text = " ".join(text.split())


def _datatype(column: Column) -> str:
    match column.data_type.partition("(")[0]:
        case "bigint" | "integer":
            return "integer"
        case "decimal" | "double":
            return "real"
        case "timestamp":
            return "datetime"
        case "date" | "boolean" as same:
            return same
        case _:
            return "string"
