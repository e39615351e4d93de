"""Compares two copies of a mart, row by row."""

from __future__ import annotations

from pathlib import Path

import duckdb

MARTS = {
    "customer_segments": ["customer_id"],
    "segment_profiles": ["segment", "kind"],
    "segment_history": ["month_end", "customer_id"],
    "segment_migrations": ["month_end", "from_segment", "to_segment"],
    "segment_sales": ["month", "segment"],
    "country_sales": ["month", "country", "segment"],
    "segment_silhouettes": ["customer_id"],
    "segmentation_candidates": ["algorithm", "segment_count"],
    "segmentation_model": ["model_version", "segment"],
    "segmentation_quality": ["check_name", "segment", "subject"],
    "invoice_lines": ["line_id"],
    "rejected_invoice_lines": ["line_id"],
    "load_audit": ["source_file"],
    "campaigns": ["campaign"],
    "campaign_customers": ["campaign", "customer_id"],
    "campaign_results": ["campaign", "segment", "measure"],
    "campaign_days": ["campaign", "measure", "day"],
    "customer_attributes": ["customer_id", "attribute"],
    "segment_attributes": ["segment", "attribute", "attribute_value"],
}
"""The public tables and what a row of each is known by."""

TOLERANCE = 1e-9
"""Relative difference of floats that are equal: sums of floats depend on their order."""

CLOCK = {"loaded_at"}
"""Columns that tell when a build ran."""


def differences(connection: duckdb.DuckDBPyConnection, mart: str, one: str, other: str) -> list[str]:
    """Say in which columns, and in how many rows, two copies of a mart differ; nothing where they are the same.

    Parameters
    ----------
    connection
        In which both can be queried.
    mart : str
    one, other : str
        Names of the copies.
    """
    columns = {name: kind for name, kind, *_ in connection.execute(f"describe {one}").fetchall()}
    others = [name for name, *_ in connection.execute(f"describe {other}").fetchall()]
    if list(columns) != others:
        return [f"{mart}: columns {list(columns)} and {others}"]
    counts = [connection.execute(f"select count(*) from {name}").fetchall()[0][0] for name in (one, other)]
    if counts[0] != counts[1]:
        return [f"{mart}: {counts[0]} and {counts[1]} rows"]
    keys = " and ".join(f'a."{key}" is not distinct from b."{key}"' for key in MARTS[mart])
    found = []
    for name, kind in columns.items():
        if name in CLOCK:
            continue
        left, right = f'a."{name}"', f'b."{name}"'
        is_equal = f"{left} is not distinct from {right}"
        if kind == "DOUBLE":
            largest = f"greatest(abs({left}), abs({right}), 1e-6)"
            is_equal += f" or coalesce(abs({left} - {right}) <= {TOLERANCE} * {largest}, false)"
        query = f"from {one} as a full join {other} as b on {keys} where not ({is_equal})"
        ((count,),) = connection.execute(f"select count(*) {query}").fetchall()
        if count:
            example = connection.execute(f"select {left}, {right} {query} order by all limit 3").fetchall()
            found.append(f"{mart}.{name}: {count} rows, such as {example}")
    return found


def compare(marts: Path, mart: str) -> list[str]:
    """Return the differences of a mart between both, from a folder with the Parquet files of both."""
    with duckdb.connect() as connection:
        # Spark's timestamps are points in time.
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"create view of_duckdb as select * from '{marts}/duckdb/{mart}.parquet'")
        connection.execute(f"create view of_spark as select * from '{marts}/spark/{mart}/*.parquet'")
        return differences(connection, mart, "of_duckdb", "of_spark")
