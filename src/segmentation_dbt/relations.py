"""Tables as dbt gives them to a Python model: relations of DuckDB, or DataFrames of Spark.

Both have `columns`, `filter`, `select`, `sort`, `join` and `union`, which models call as they are. What they do not
have in common is here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

BATCH = 100_000
"""Rows that a function is given at a time, at most."""

Batches = Iterator[pa.RecordBatch]


def is_of_spark(session: Any) -> bool:
    """Return whether a session, or a table, is one of Spark."""
    return type(session).__module__.startswith("pyspark.")


def table(session: Any, name: str) -> Any:
    """Return a table or view of the warehouse; None if there is none yet."""
    if is_of_spark(session):
        return session.table(name) if session.catalog.tableExists(name) else None
    try:
        return session.sql(f"from {name}")
    except duckdb.CatalogException:
        return None


def stored_table(dbt: Any, session: Any, name: str) -> Any:
    """Return a table of the last build, of the schema of the model that asks; None if there is none.

    For what comes after the model in the flow, and can't be referred to.
    """
    return table(session, str(dbt.this).replace(dbt.this.identifier, name))


def to_arrow(relation: Any) -> pa.Table:
    """Return all rows: only for what has few, or is a sample."""
    return relation.toArrow() if is_of_spark(relation) else relation.to_arrow_table()


def to_pandas(relation: Any) -> pd.DataFrame:
    """Return all rows, decimals as floats and dates as timestamps: only for what has few, or is a sample."""
    if not is_of_spark(relation):
        frame: pd.DataFrame = relation.df()
        return frame
    rows = to_arrow(relation)
    types = [pa.float64() if pa.types.is_decimal(field.type) else field.type for field in rows.schema]
    floats = rows.cast(pa.schema(list(zip(rows.column_names, types, strict=True))))
    converted: pd.DataFrame = floats.to_pandas(date_as_object=False)
    return converted


def rows_of(relation: Any, *columns: str) -> list[tuple[Any, ...]]:
    """Return the values of some columns, a tuple a row."""
    found = to_arrow(relation.select(*columns))
    return list(zip(*(column.to_pylist() for column in found.columns), strict=True))


def select(relation: Any, expressions: Sequence[str]) -> Any:
    """Return a table of expressions of SQL over another one."""
    return relation.selectExpr(*expressions) if is_of_spark(relation) else relation.project(", ".join(expressions))


def schema_of(relation: Any) -> pa.Schema:
    """Return the names and types of the columns."""
    return to_arrow(relation.limit(0)).schema


def fetch_rows(session: Any, query: str) -> list[tuple[Any, ...]]:
    """Return all rows of a query, a tuple a row: only for what has few."""
    if is_of_spark(session):
        return [tuple(row) for row in session.sql(query).collect()]
    rows: list[tuple[Any, ...]] = session.execute(query).fetchall()
    return rows


def checksum(relation: Any, columns: Sequence[str]) -> str:
    """Return what tells the rows of some columns from others, in whatever order they come."""
    if is_of_spark(relation):
        hashed = ", ".join("`" + column.replace("`", "``") + "`" for column in columns)
        return str(relation.selectExpr("count(*)", f"sum(cast(xxhash64({hashed}) as decimal(38, 0)))").collect())
    hashed = ", ".join('"' + column.replace('"', '""') + '"' for column in columns)
    return str(relation.aggregate(f"count(*), sum(cast(hash({hashed}) as hugeint))").fetchall())


def to_relation(session: Any, rows: pa.Table) -> Any:
    """Return rows as a table that can be joined to others, or returned by a model."""
    if not is_of_spark(session):
        return session.from_arrow(rows)
    from pyspark.sql.pandas.types import from_arrow_schema

    # With its schema, which Spark Connect can't see of a table without rows.
    return session.createDataFrame(rows, from_arrow_schema(rows.schema))


def result(session: Any, rows: pa.Table | pd.DataFrame) -> Any:
    """Return what a model may return of few rows."""
    if not is_of_spark(session):
        return rows
    return to_relation(
        session, rows if isinstance(rows, pa.Table) else pa.Table.from_pandas(rows, preserve_index=False)
    )


def delete_rows(session: Any, name: str, condition: str) -> None:
    """Delete the rows of a table that a condition is true of, as the macro of that name does."""
    statement = f"delete from {name} where {condition}"  # noqa: S608
    if not is_of_spark(session):
        session.execute(statement)
        return
    described = session.sql(f"describe extended {name}").collect()
    if not any(row.col_name == "Provider" and row.data_type == "parquet" for row in described):
        session.sql(statement)
    elif not session.table(name).filter(condition).isEmpty():
        # Parquet files can't be deleted from.
        kept = f"{name}__kept"
        session.sql(f"drop table if exists {kept}")
        session.table(name).filter(f"({condition}) is not true").write.saveAsTable(kept)
        session.sql(f"drop table {name}")
        session.sql(f"alter table {kept} rename to {name}")


def replace_table(session: Any, name: str, query: str) -> None:
    """Make a table of what a query finds, in the place of the one that is there."""
    if is_of_spark(session):
        session.sql(f"drop table if exists {name}")
        session.sql(f"create table {name} as {query}")
    else:
        session.execute(f"create or replace table {name} as {query}")


def map_batches(
    session: Any,
    parts: Iterable[tuple[Any, Callable[[Batches], Batches]]],
    schema: pa.Schema,
    tasks: int | None = None,
) -> Any:
    """Return the rows that functions make of the rows of tables, for a model to return.

    Rows stream through: memory does not grow with their number, and no process sees all of them.

    Parameters
    ----------
    session
        As dbt gives it to a Python model.
    parts : iterable of (table, function)
        A function takes an iterator of record batches and returns one, of the schema. Spark calls it in several
        processes.
    schema : pyarrow.Schema
        Of the result.
    tasks : int, optional
        Number of pieces that Spark cuts each table into. Default: as they come.
    """
    if not is_of_spark(session):
        batches = (batch for relation, function in parts for batch in function(relation.fetch_record_batch(BATCH)))
        return pa.RecordBatchReader.from_batches(schema, batches)
    from pyspark.sql.pandas.types import from_arrow_schema

    frames: Sequence[Any] = [
        (relation.repartition(tasks) if tasks else relation).mapInArrow(function, from_arrow_schema(schema))
        for relation, function in parts
    ]
    return reduce(lambda one, other: one.union(other), frames) if frames else to_relation(session, schema.empty_table())
