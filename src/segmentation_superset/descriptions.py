"""What the project says of its marts and metrics, read without dbt: the files are parsed in a fraction of a second."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from segmentation_dbt.version_files import MANIFEST_COLUMNS, MANIFEST_DESCRIPTION

_DOC = re.compile(r"{{\s*doc\('(\w+)'\)\s*}}")
_DOCS = re.compile(r"{% docs (\w+) %}(.*?){% enddocs %}", re.DOTALL)


@dataclass(frozen=True)
class Column:
    """A column of a mart.

    Attributes
    ----------
    name : str
    data_type : str
        As its contract says.
    description : str
    """

    name: str
    data_type: str
    description: str


@dataclass(frozen=True)
class Mart:
    """A table that is published.

    Attributes
    ----------
    name : str
    description : str
    columns : dict of str to Column
        In the order of the table.
    """

    name: str
    description: str
    columns: dict[str, Column]


@dataclass(frozen=True)
class Metric:
    """A metric of `models/metrics.yml`.

    Attributes
    ----------
    name : str
    label : str
    description : str
    mart : str
        That it is asked of.
    expression : str
        An aggregate over rows of it, in SQL of DuckDB unless another language was asked for.
    """

    name: str
    label: str
    description: str
    mart: str
    expression: str


def read_marts(project: Path) -> dict[str, Mart]:
    """Return all published tables by name, with the descriptions that the published file has as comments.

    Parameters
    ----------
    project : Path
        Folder of the project.
    """
    words = {
        name: text.strip()
        for path in sorted((project / "models").rglob("*.md"))
        for name, text in _DOCS.findall(path.read_text(encoding="utf-8"))
    }

    def resolved(text: str) -> str:
        return _DOC.sub(lambda found: words[found[1]], text).strip()

    marts = {}
    for path in sorted((project / "models/marts").rglob("*.yml")):
        for model in load(path).get("models", []):
            columns = [
                Column(column["name"], column["data_type"], resolved(column["description"]))
                for column in model["columns"]
            ]
            marts[model["name"]] = Mart(
                model["name"], resolved(model["description"]), {column.name: column for column in columns}
            )
    marts["published_manifest"] = Mart(
        "published_manifest",
        MANIFEST_DESCRIPTION,
        {name: Column(name, kind, description) for name, (kind, description) in MANIFEST_COLUMNS.items()},
    )
    return marts


def read_metrics(project: Path, language: Language | None = None) -> dict[str, Metric]:
    """Return the metrics of `models/metrics.yml` by name, as expressions.

    Parameters
    ----------
    project : Path
        Folder of the project.
    language : Language, default DuckDB's SQL
        What expressions are written in. A metric that it has no words for is left out.

    Raises
    ------
    ValueError
        Where a metric is of a kind that this can't write.
    """
    write = language or Language()
    said = load(project / "models/metrics.yml")
    measures: dict[str, str | None] = {}
    marts: dict[str, str] = {}
    for model in said["semantic_models"]:
        mart = model["model"].removeprefix("ref('").removesuffix("')")
        times = {dimension["name"]: dimension.get("expr", dimension["name"]) for dimension in model["dimensions"]}
        for measure in model["measures"]:
            measures[measure["name"]] = _aggregate(measure, mart, times, write)
            marts[measure["name"]] = mart
    metrics: dict[str, Metric] = {}
    # As part of another one: a sum stands alone, what was computed from several stands in brackets.
    parts: dict[str, str] = {}
    for metric in said["metrics"]:
        parameters = metric["type_params"]
        match metric["type"]:
            case "simple":
                of, expression = marts[parameters["measure"]], measures[parameters["measure"]]
            case "ratio":
                above, below = parameters["numerator"], parameters["denominator"]
                of, expression = metrics[above].mart, write.ratio(parts[above], parts[below])
            case "derived":
                of = metrics[parameters["metrics"][0]].mart
                names = "|".join(parameters["metrics"])
                expression = re.sub(rf"\b({names})\b", lambda found: parts[found[1]], parameters["expr"])
            case kind:
                raise ValueError(f"models/metrics.yml: {metric['name']} is {kind}, which has no expression here yet")
        if expression is None:
            continue
        parts[metric["name"]] = write.part(metric["label"], expression, metric["type"] == "simple")
        metrics[metric["name"]] = Metric(
            metric["name"], metric["label"], " ".join(metric["description"].split()), of, expression
        )
    return metrics


class Language:
    """How aggregates are written: in DuckDB's SQL. Languages of other tools say otherwise."""

    def aggregate(self, mart: str, kind: str, column: str) -> str:
        """Return an aggregate of a column of a mart, of the kind `sum` or `count_distinct`."""
        return f"count(distinct {column})" if kind == "count_distinct" else f"{kind}({column})"

    def of_last(self, mart: str, kind: str, column: str, time: str, choice: str) -> str | None:
        """Return a sum over the rows of the latest time only, or None if the language can't say it."""
        # Of those that a query has chosen: a filter can't name an aggregate.
        chosen = f"list({{'time': {time}, 'value': {column}}})"
        return f"list_sum([row.value for row in {chosen} if row.time = {choice}({time})])"

    def ratio(self, above: str, below: str) -> str:
        """Return a quotient that is null if its denominator is zero."""
        return f"{above} / nullif({below}, 0)"

    def part(self, label: str, expression: str, is_simple: bool) -> str:
        """Return a metric as part of another one's expression."""
        return expression if is_simple else f"({expression})"


def _aggregate(measure: dict[str, Any], mart: str, times: dict[str, str], write: Language) -> str | None:
    column = measure.get("expr", measure["name"])
    if last := measure.get("non_additive_dimension"):
        return write.of_last(mart, measure["agg"], column, times[last["name"]], last["window_choice"])
    return write.aggregate(mart, measure["agg"], column)


def load(path: Path) -> dict[str, Any]:
    """Return what a YAML file says.

    Parameters
    ----------
    path : Path
    """
    found: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    return found
