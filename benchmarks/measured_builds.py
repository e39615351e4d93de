"""What builds of `daily.py` took and stored, for the cost model."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.phases import (
    ASSIGNMENT,
    DBT,
    DUPLICATES,
    FEATURES,
    FITTING,
    HISTORY,
    MARTS,
    PUBLISHING,
    READING,
    TESTS,
    group_of,
)

# What the cost model calls the groups of phases.py.
STEPS = {
    DUPLICATES: "copies",
    FEATURES: "customers",
    FITTING: "fit",
    ASSIGNMENT: "assignment",
    HISTORY: "history",
    MARTS: "customers",
    TESTS: "tests",
    PUBLISHING: "publishing",
    DBT: "dbt",
}
# Features that are made of lines, and grow with them.
OF_LINES = {
    **dict.fromkeys(("int_cancellation_marks", "int_cancellation_pairs", "int_cancelled_lines"), "copies"),
    **dict.fromkeys(("int_invoice_days", "int_customer_days"), "ledger"),
}
TABLES = (
    *(
        "base_invoice_rows",
        "stg_invoice_lines",
        "int_duplicate_invoice_lines",
        "int_file_invoice_days",
        "int_customer_days",
    ),
    *("int_clustering_features", "int_segment_assignments", "int_segment_history", "customer_segments"),
)


@dataclass(frozen=True)
class Table:
    """A table as it is stored."""

    rows: int
    bytes: int


@dataclass(frozen=True)
class Measured:
    """A measured shop.

    Attributes
    ----------
    lines, customers, days : int
        Size of the shop.
    file_bytes, warehouse_bytes : int
        On disk.
    tables : dict of str to Table
        The large ones.
    steps : dict
        Kind of build (first, day, nothing) to step to CPU seconds; they add up to those of dbt and all that it started.
        Those of a model are its share of the time, as dbt measures no CPU. Empty where only the time is known.
    seconds : dict
        Kind of build to seconds from beginning to end.
    machine : str
        Cores, memory, and versions of what ran.
    cores : int
        Of the machine.
    """

    lines: int
    customers: int
    days: int
    file_bytes: int
    warehouse_bytes: int
    tables: dict[str, Table]
    steps: dict[str, dict[str, float]]
    seconds: dict[str, float]
    machine: str
    cores: int

    def as_record(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Measured:
        """Make it of what `as_record` returned."""
        return cls(**(record | {"tables": {name: Table(**table) for name, table in record["tables"].items()}}))


def measure(folder: Path) -> Measured:
    """Read what `daily.py` left in a folder.

    Parameters
    ----------
    folder : Path
        Given to it with --folder; nobody may have its warehouse open.
    """
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
        schemas = dict(connection.execute("select table_name, schema_name from duckdb_tables()").fetchall())
        tables = {name: _table(connection, f"{schemas[name]}.{name}") for name in TABLES}
        query = "select max(last_invoice_date) - min(first_invoice_date) + 1 from marts.load_audit"
        ((days,),) = connection.execute(query).fetchall()
        ((size,),) = connection.execute("select used_blocks * block_size from pragma_database_size()").fetchall()
    results = {path.stem: json.loads(path.read_text()) for path in sorted((folder / "results").glob("*.json"))}
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return Measured(
        lines=tables["base_invoice_rows"].rows,
        customers=tables["customer_segments"].rows,
        days=days,
        file_bytes=sum(path.stat().st_size for path in (folder / "files").iterdir()),
        warehouse_bytes=size,
        tables=tables,
        steps={kind: _steps(result) for kind, result in results.items() if "cpu_seconds" in result},
        seconds={kind: round(result["seconds"], 1) for kind, result in results.items()},
        machine=f"{os.cpu_count()} cores, {memory:.0f} GiB, DuckDB {duckdb.__version__}, "
        f"Python {platform.python_version()}",
        cores=os.cpu_count() or 1,
    )


def _table(connection: duckdb.DuckDBPyConnection, name: str) -> Table:
    blocks = f"select count(distinct block_id) from pragma_storage_info('{name}') where block_id >= 0"
    ((count,),) = connection.execute(blocks).fetchall()
    ((size,),) = connection.execute("select block_size from pragma_database_size()").fetchall()
    ((rows,),) = connection.execute(f"select count(*) from {name}").fetchall()
    return Table(rows, count * size)


def _steps(result: dict[str, Any]) -> dict[str, float]:
    times: dict[str, float] = dict.fromkeys(("reading", "typing", "ledger", *STEPS.values()), 0.0)
    for node in result["results"]:
        times[_step(node["unique_id"])] += node["execution_time"]
    # What is left: to start, to parse, to plan, to stop.
    times["dbt"] += max(0.0, result["seconds"] - sum(times.values()))
    cpu = result["cpu_seconds"] / sum(times.values())
    return {step: round(time * cpu, 2) for step, time in times.items()}


def _step(unique_id: str) -> str:
    group, name = group_of(unique_id), unique_id.split(".")[2]
    if group == READING:
        return "typing" if name.startswith("stg_") else "ledger" if name.startswith("int_") else "reading"
    return OF_LINES.get(name) or STEPS[group]
