"""Publishes the marts at the end of a build; a dbt-duckdb plugin.

It works through a connection of its own to the warehouse that dbt has open, and writes the published DuckDB file from
the Parquet files in an instance of its own: a disk that is full can't break the warehouse's.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from segmentation_dbt.plugin import EndOfBuildPlugin
from segmentation_dbt.version_files import (
    MANIFEST,
    ROW_GROUP_SIZE,
    Mart,
    Published,
    count,
    fetch,
    identifier,
    parquet,
    text,
    write_database,
)
from segmentation_dbt.version_schema import write_schema
from segmentation_dbt.versions import Versions


class Plugin(EndOfBuildPlugin):
    """In the plugins of a profile it says that its builds publish."""


def publish(
    cursor: duckdb.DuckDBPyConnection,
    versions: Versions,
    marts: list[Mart],
    lines_up_to: int,
    run: dict[str, str],
    warnings: list[str],
) -> dict[str, Any]:
    """Publish marts as Parquet files and one DuckDB file, with a manifest.

    Parameters
    ----------
    cursor : duckdb.DuckDBPyConnection
        To the warehouse.
    versions : Versions
        Where to publish.
    marts : list of Mart
        Among them customer_segments and load_audit.
    lines_up_to : int
        Marts of lines that have more rows are left out.
    run : dict of str to str
        published_at, invocation_id and currency.
    warnings : list of str
        For the manifest.

    Returns
    -------
    dict
        `manifest`, and `changes` since the version before (see `changes_since`; None if there was none).

    Raises
    ------
    OSError, duckdb.Error
        Where it can't be written. The current version is untouched then.
    """
    with versions.draft() as draft:
        before = versions.current()
        published = Published(versions.path(before)) if before else None
        # All marts of one moment.
        cursor.begin()
        counts, left_out, contents = {}, {}, {}
        erased = count_erased(cursor)
        kept = published.contents if published and published.erased == erased else {}
        lines = count_lines(cursor, {mart.name: mart.relation for mart in marts})
        for mart in marts:
            rows = lines[mart.name] if mart.is_of_lines else count(cursor, mart.relation)
            if mart.is_of_lines and rows > lines_up_to:
                left_out[mart.name] = f"{rows:,} lines, more than publish_lines_up_to ({lines_up_to:,})"
                continue
            counts[mart.name] = rows
            contents[mart.name] = content_of(cursor, mart)
            if published and kept.get(mart.name) == contents[mart.name] and published.give(mart.name, draft):
                continue
            # Lines stay in the order of the warehouse: to sort millions of them would take longer than all the rest.
            order = "" if mart.is_of_lines else "order by all"
            cursor.execute(
                f"copy (select * from {mart.relation} {order}) to {text(parquet(draft, mart.name))} "  # noqa: S608
                f"(format parquet, compression zstd, row_group_size {ROW_GROUP_SIZE})"
            )
        facts = facts_of({mart.name: mart.relation for mart in marts}, cursor)
        cursor.commit()
        changes = changes_since(versions.path(before), draft) if before else None
        content = json.dumps([counts, facts["model_versions"], facts["first_invoice_date"], facts["last_invoice_date"]])
        manifest = {
            "version": versions.next_name(f"{facts['as_of_date']}-{hashlib.sha256(content.encode()).hexdigest()[:8]}"),
            "project_version": importlib.metadata.version("customer-segmentation"),
            **run,
            **facts,
            "row_counts": counts,
            "left_out": left_out,
            "warnings": warnings,
            "version_before": before,
            "changes": changes,
            "contents": contents,
            "erased_customers": erased,
        }
        (draft / MANIFEST).write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        unchanged = {name for name, content in contents.items() if kept.get(name) == content}
        counted = [mart for mart in marts if mart.name in counts]
        with memory_of_writer(cursor) as memory_limit:
            write_database(draft, counted, manifest, published, unchanged, memory_limit)
        write_schema(draft, manifest)
        versions.publish(draft, manifest["version"])
    return {"manifest": manifest, "changes": changes, "before": before}


@contextlib.contextmanager
def memory_of_writer(cursor: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Leave a quarter of its memory to an instance of DuckDB, and give the rest: the limit of another one.

    Parameters
    ----------
    cursor : duckdb.DuckDBPyConnection
        To the instance; it has all of its memory again in the end.
    """
    ((limit,),) = fetch(cursor, "select current_setting('memory_limit')")
    number, unit = limit.split()
    # What it holds on to may be more.
    with contextlib.suppress(duckdb.OutOfMemoryException):
        cursor.execute(f"set memory_limit = '{float(number) / 4} {unit}'")
    try:
        yield f"{float(number) * 3 / 4} {unit}"
    finally:
        cursor.execute(f"set memory_limit = '{limit}'")


def content_of(cursor: duckdb.DuckDBPyConnection, mart: Mart) -> str:
    """Return a checksum of what a mart holds and how it is described, whatever the order of its rows.

    To compare it takes a tenth of the time that writing takes.

    Parameters
    ----------
    cursor : duckdb.DuckDBPyConnection
        To the warehouse.
    mart : Mart
        The table.
    """
    columns = fetch(cursor, f"select column_name, column_type from (describe {mart.relation})")  # noqa: S608
    values = ", ".join(identifier(name) for name, _ in columns)
    rows = fetch(cursor, f"select count(*), sum(hash({values}) :: hugeint) from {mart.relation}")  # noqa: S608
    content = json.dumps([duckdb.__version__, columns, str(rows), mart.description, mart.columns])
    return hashlib.sha256(content.encode()).hexdigest()


def count_erased(cursor: duckdb.DuckDBPyConnection) -> int:
    """Return how many customers were erased: a file that still has them in free blocks is not taken over.

    Parameters
    ----------
    cursor : duckdb.DuckDBPyConnection
        To the warehouse.
    """
    query = "select 1 from duckdb_tables() where (schema_name, table_name) = ('staging', 'erased_customers')"
    return count(cursor, "staging.erased_customers") if fetch(cursor, query) else 0


def count_lines(cursor: duckdb.DuckDBPyConnection, relations: dict[str, str]) -> dict[str, int]:
    """Return how many rows the marts of lines have, by the account of the files: to count a hundred million takes long.

    Parameters
    ----------
    cursor : duckdb.DuckDBPyConnection
        To the warehouse.
    relations : dict of str to str
        Names of the marts to their tables.
    """
    query = "select sum(rows_accepted + lines_derived), sum(rows_rejected) from "
    ((accepted, rejected),) = fetch(cursor, query + relations["load_audit"])
    return {"invoice_lines": int(accepted or 0), "rejected_invoice_lines": int(rejected or 0)}


def facts_of(relations: dict[str, str], cursor: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Tell what data the marts come from.

    Parameters
    ----------
    relations : dict of str to str
        Names of the marts to their tables.
    cursor : duckdb.DuckDBPyConnection
        To the warehouse.
    """
    customers, audit = relations["customer_segments"], relations["load_audit"]
    (as_of_date,) = fetch(cursor, f"select max(as_of_date) from {customers}")[0]  # noqa: S608
    model_versions = fetch(cursor, f"select distinct model_version from {customers} order by all")  # noqa: S608
    query = "select min(first_invoice_date), max(last_invoice_date) from "
    first, last = fetch(cursor, query + audit)[0]
    files = fetch(
        cursor,
        f"select source_file, rows_read, rows_accepted, rows_rejected from {audit} order by source_file",  # noqa: S608
    )
    return {
        "as_of_date": str(as_of_date),
        "model_versions": [version for (version,) in model_versions],
        "first_invoice_date": str(first),
        "last_invoice_date": str(last),
        "source_files": [
            dict(zip(("source_file", "rows_read", "rows_accepted", "rows_rejected"), file, strict=True))
            for file in files
        ],
    }


def changes_since(before: Path, now: Path) -> dict[str, int] | None:
    """Count what changed between two versions.

    Parameters
    ----------
    before : Path
        Folder of the older version.
    now : Path
        Folder of the newer version.

    Returns
    -------
    dict of str to int
        customers_gained, customers_lost, customers_moved (to another segment), files_gained, files_lost and
        files_changed (in size, lines or money). None where the older version can't be compared.
    """
    queries = {
        "customers": ("customer_segments", "customer_id", "segment"),
        "files": ("load_audit", "source_file", "row(size_bytes, rows_read, amount_read)"),
    }
    changes: dict[str, int] = {}
    try:
        with duckdb.connect() as connection:
            for what, (name, key, content) in queries.items():
                sides = [
                    f"(select {key} as key, {content} as content from read_parquet({text(parquet(folder, name))}))"  # noqa: S608
                    for folder in (before, now)
                ]
                ((gained, lost, changed),) = fetch(
                    connection,
                    "select count(*) filter (o.key is null), count(*) filter (n.key is null), "  # noqa: S608
                    "count(*) filter (o.key = n.key and o.content is distinct from n.content) "
                    f"from {sides[0]} as o full join {sides[1]} as n on o.key = n.key",
                )
                changes |= {f"{what}_gained": gained, f"{what}_lost": lost}
                changes[{"customers": "customers_moved", "files": "files_changed"}[what]] = changed
    except duckdb.Error:
        return None
    return changes


def explain(versions: Versions, error: Exception) -> str:
    """Say why nothing was published, that the version before is intact, and what to do.

    Parameters
    ----------
    versions : Versions
        Where it should be published.
    error : Exception
        What went wrong.
    """
    if "No space left" in str(error) or "Disk quota" in str(error):
        reason = "its disk is full."
        remedy = "Make room there, or name another folder with SEGMENTS_PUBLISHED."
    elif "Permission denied" in str(error) or "Read-only file system" in str(error):
        reason = "it can't be written to."
        remedy = (
            "Give the account that builds the right to write there, or name another folder with SEGMENTS_PUBLISHED."
        )
    else:
        reason = f"{type(error).__name__}: {error}"
        remedy = "Name another folder with SEGMENTS_PUBLISHED where the folder is at fault."
    current = versions.current()
    untouched = (
        f"The version published before, {current}, is untouched." if current else "Nothing was published before."
    )
    return (
        f"The marts are built and have passed, but could not be published to {versions.folder}: {reason}\n"
        f"{untouched}\n{remedy} Then run dbt build again."
    )
