"""The database and the datasets, as Superset imports them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from segmentation_superset.descriptions import Column, Mart, Metric, load, read_marts, read_metrics

VERSION = "1.0.0"
# Everything has a number made from its name: an import finds what an earlier one made.
_NAMES = uuid.UUID("6b0f0f1e-6f0c-4f4b-9d6c-2f3f6b6c1d35")
# Where the published file is, unless somebody says otherwise (docs/bi.md).
DATABASE_FILE = "/srv/bi/segments/segments.duckdb"
CERTIFIED_BY = "models/metrics.yml"

# Formats of d3.
FORMATS = {"count": ",d", "number": ",.1f", "money": ",.0f", "price": ",.2f", "share": ".1%"}
MONEY = ("money", "price")
# What Superset calls the types of contracts.
_TYPES = {"string": "VARCHAR", "varchar": "VARCHAR", "varchar[]": "VARCHAR[]"}


def number_of(*names: str) -> str:
    """Return the UUID of a thing, always the same for the same names.

    Parameters
    ----------
    names : str
        What it is, and what it is called.
    """
    return str(uuid.uuid5(_NAMES, "/".join(names)))


@dataclass(frozen=True)
class Dataset:
    """A table of Superset.

    Attributes
    ----------
    name : str
    description : str
    sql : str or None
        Of a dataset that consists of several tables.
    tables : tuple of str
        Tables that it reads.
    time : str or None
        The column by which months are chosen.
    columns : dict of str to Column
    labels : dict of str to str
        What each column is called.
    formats : dict of str to str
        How columns are written, keys of FORMATS; those that are no numbers have none.
    metrics : dict of str to Metric
    metric_formats : dict of str to str
        How metrics are written: keys of FORMATS, or date.
    certified : frozenset of str
        Metrics that are those of `models/metrics.yml`.
    expressions : dict of str to str
        SQL of columns that no table has.
    """

    name: str
    description: str
    sql: str | None
    tables: tuple[str, ...]
    time: str | None
    columns: dict[str, Column]
    labels: dict[str, str]
    formats: dict[str, str]
    metrics: dict[str, Metric] = field(default_factory=dict)
    metric_formats: dict[str, str] = field(default_factory=dict)
    certified: frozenset[str] = frozenset()
    expressions: dict[str, str] = field(default_factory=dict)

    @property
    def number(self) -> str:
        """UUID."""
        return number_of("dataset", self.name)


def read_datasets(project: Path) -> dict[str, Dataset]:
    """Return the datasets that `bi/superset/datasets.yml` names, by name.

    Parameters
    ----------
    project : Path
        Folder of the project.

    Raises
    ------
    ValueError
        Where it names a table, column or metric that there is not.
    """
    marts, metrics = read_marts(project), read_metrics(project)
    found = {}
    for name, said in load(project / "bi/superset/datasets.yml").items():
        found[name] = _dataset(name, said or {}, marts, metrics)
    return found


def _dataset(name: str, said: dict[str, Any], marts: dict[str, Mart], certified: dict[str, Metric]) -> Dataset:
    tables = tuple(said["join"]["tables"]) if "join" in said else (name,)
    for table in {*tables, said.get("metrics_of", tables[0])} - set(marts):
        raise ValueError(f"bi/superset/datasets.yml: {name} reads {table}, which is no mart")
    columns = {column: mart for table in reversed(tables) for column, mart in marts[table].columns.items()}
    columns = {column: columns[column] for table in tables for column in marts[table].columns}
    calculated = said.get("calculated", {})
    columns |= {key: Column(key, "string", column["description"]) for key, column in calculated.items()}
    own = {key: metric for key, metric in certified.items() if metric.mart == said.get("metrics_of", tables[0])}
    further = {
        key: Metric(key, metric["label"], metric["description"], name, metric["expression"])
        for key, metric in said.get("metrics", {}).items()
    }
    if twice := set(own) & set(further):
        raise ValueError(f"bi/superset/datasets.yml: {name}: {', '.join(sorted(twice))} stands in models/metrics.yml")
    given = said.get("formats", {})
    labels = said.get("labels", {}) | {key: column["label"] for key, column in calculated.items()}
    unknown = ({*labels, said.get("time") or name} - {name} - set(columns)) | (set(given) - {*columns, *own})
    if unknown:
        raise ValueError(f"bi/superset/datasets.yml: {name} has no {', '.join(sorted(unknown))}")
    formats = {key: given.get(key) or format_of(column) for key, column in columns.items()}
    return Dataset(
        name=name,
        description=said.get("description") or marts[tables[0]].description,
        sql=_join(said["join"], marts) if "join" in said else None,
        tables=tables,
        time=said.get("time"),
        columns=columns,
        labels={key: labels.get(key, key.removeprefix("is_").replace("_", " ").capitalize()) for key in columns},
        formats={key: written for key, written in formats.items() if written},
        metrics=own | further,
        metric_formats={key: given.get(key) or _money_or_count(metric.description) for key, metric in own.items()}
        | {key: metric["format"] for key, metric in said.get("metrics", {}).items()},
        certified=frozenset(own),
        expressions={key: column["expression"] for key, column in calculated.items()},
    )


def _join(said: dict[str, Any], marts: dict[str, Mart]) -> str:
    first, second = (marts[table] for table in said["tables"])
    columns = [f"    {first.name}.{column}" for column in first.columns]
    columns += [f"    {second.name}.{column}" for column in second.columns if column not in first.columns]
    listed = ",\n".join(columns)
    key = said["key"]
    return f"select\n{listed}\nfrom {first.name}\nleft join {second.name} on {first.name}.{key} = {second.name}.{key}"


def format_of(column: Column) -> str | None:
    """Return how a column is written, a key of FORMATS; None of what is no number.

    Parameters
    ----------
    column : Column
    """
    kind = column.data_type
    if kind in ("bigint", "integer"):
        return "count"
    if not kind.startswith(("decimal", "double")):
        return None
    if kind == "decimal(9,6)" or "0 to 1" in column.description:
        return "share"
    return "money" if _money_or_count(column.description) == "money" else "number"


def _money_or_count(description: str) -> str:
    return "money" if "shop's currency" in description else "count"


def currency_format(written: str, currency: str | None) -> dict[str, str] | None:
    """Return what Superset calls a currency, for what is money.

    Parameters
    ----------
    written : str
        How it is written, a key of FORMATS.
    currency : str or None
        Code of ISO 4217.
    """
    if currency is None or written not in MONEY:
        return None
    return {"symbol": currency, "symbolPosition": "prefix"}


def database(file: str) -> dict[str, Any]:
    """Return the connection to the published file: to read, and with access to nothing else.

    Parameters
    ----------
    file : str
        Absolute path of `segments.duckdb` as Superset sees it, that of the link.
    """
    config = {"enable_external_access": "false", "autoinstall_known_extensions": "false", "lock_configuration": "true"}
    return {
        "allow_csv_upload": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_run_async": False,
        "cache_timeout": None,
        "database_name": "Customer segments",
        "expose_in_sqllab": True,
        "extra": {
            "allows_virtual_table_explore": True,
            "engine_params": {"connect_args": {"config": config, "read_only": True}},
            "metadata_cache_timeout": {},
            "metadata_params": {},
        },
        "sqlalchemy_uri": f"duckdb:///{file}",
        "uuid": number_of("database"),
        "version": VERSION,
    }


def dataset_asset(dataset: Dataset, currency: str | None) -> dict[str, Any]:
    """Return a dataset as Superset imports it.

    Parameters
    ----------
    dataset : Dataset
    currency : str or None
        Code of ISO 4217 of what is money.
    """
    columns = [
        {
            "column_name": column.name,
            "description": column.description,
            "expression": dataset.expressions.get(column.name),
            "filterable": True,
            "groupby": True,
            "is_active": True,
            "is_dttm": column.data_type in ("date", "timestamp"),
            "type": _TYPES.get(column.data_type, column.data_type.upper()),
            "verbose_name": dataset.labels[column.name],
        }
        for column in dataset.columns.values()
    ]
    metrics: list[dict[str, Any]] = []
    for name, metric in dataset.metrics.items():
        written = dataset.metric_formats[name]
        asset: dict[str, Any] = {
            "currency": currency_format(written, currency),
            "d3format": FORMATS.get(written),
            "description": metric.description,
            "expression": metric.expression,
            "metric_name": name,
            "verbose_name": metric.label,
        }
        if name in dataset.certified:
            details = "Means the same here as to everybody who asks the semantic layer."
            asset["extra"] = {"certification": {"certified_by": CERTIFIED_BY, "details": details}}
        metrics.append(asset)
    return {
        "cache_timeout": None,
        "catalog": None,
        "columns": columns,
        "database_uuid": number_of("database"),
        "default_endpoint": None,
        "description": dataset.description,
        "extra": None,
        "filter_select_enabled": True,
        "main_dttm_col": dataset.time,
        "metrics": metrics,
        "normalize_columns": False,
        "offset": 0,
        "params": None,
        "schema": "main",
        "sql": dataset.sql,
        "table_name": dataset.name,
        "template_params": None,
        "uuid": dataset.number,
        "version": VERSION,
    }
