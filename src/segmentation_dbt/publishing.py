"""A dbt-duckdb plugin that publishes the marts, for the macro publish at the end of a build.

It works through a connection of its own to the warehouse that dbt has open, and writes the published DuckDB file from
the Parquet files in an instance of its own: a disk that is full can't break the warehouse's.
"""

from __future__ import annotations

import errno
import hashlib
import importlib.metadata
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.adapters.duckdb.utils import TargetConfig

from segmentation_dbt.versions import Versions

# Read by DuckDB 1.0 and all after it.
STORAGE_VERSION = "v1.0.0"
DATABASE = "segments.duckdb"
MANIFEST = "manifest.json"


class Plugin(BasePlugin):
    """Publishes, or says what is published."""

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Keep the connection that dbt opened."""
        self._connection = conn

    def store(self, target_config: TargetConfig) -> None:
        """Publish the marts of a request to a folder, and put into the request what became of it.

        Parameters
        ----------
        target_config : TargetConfig
            The location's path is the folder. Config is the request: the arguments of `publish`, where no marts mean
            that nothing is to be published. `outcome` is added to it: `folder`, `current` (name of the version that is
            current, None for none), and where there are marts a `problem` (text) or what `publish` returns.
        """
        request, location = target_config.config, target_config.location
        versions = Versions(Path(location.path if location else "published").absolute())
        outcome: dict[str, Any] = {"folder": str(versions.folder)}
        if request["marts"]:
            marts = [Mart(**mart) for mart in request["marts"]]
            try:
                with self._connection.cursor() as cursor:
                    outcome |= publish(
                        cursor,
                        versions,
                        marts,
                        lines_up_to=request["lines_up_to"],
                        run=request["run"],
                        warnings=request["warnings"],
                    )
            except (OSError, duckdb.Error) as e:
                outcome["problem"] = explain(versions, e)
        request["outcome"] = outcome | {"current": versions.current()}


@dataclass(frozen=True)
class Mart:
    """A table of the warehouse that is published.

    Parameters
    ----------
    name : str
        Of the published table.
    relation : str
        The table in the warehouse, quoted.
    description : str
        Of the table.
    columns : dict of str to str
        Descriptions of its columns.
    is_of_lines : bool
        Whether it has one row an invoice line, and so may be left out.
    """

    name: str
    relation: str
    description: str
    columns: dict[str, str]
    is_of_lines: bool


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
        `manifest`, and `changes` since the version before (see `changes_since`; None where there was none).

    Raises
    ------
    OSError, duckdb.Error
        Where it can't be written. The current version is untouched then.
    """
    with versions.draft() as draft:
        # All marts of one moment.
        cursor.begin()
        counts, left_out = {}, {}
        lines = count_lines(cursor, {mart.name: mart.relation for mart in marts})
        for mart in marts:
            rows = lines[mart.name] if mart.is_of_lines else count(cursor, mart.relation)
            if mart.is_of_lines and rows > lines_up_to:
                left_out[mart.name] = f"{rows:,} lines, more than publish_lines_up_to ({lines_up_to:,})"
                continue
            counts[mart.name] = rows
            # Lines stay in the order of the warehouse: to sort millions of them would take longer than all the rest.
            order = "" if mart.is_of_lines else "order by all"
            cursor.execute(
                f"copy (select * from {mart.relation} {order}) to {text(parquet(draft, mart.name))} "  # noqa: S608
                "(format parquet, compression zstd)"
            )
        facts = facts_of({mart.name: mart.relation for mart in marts}, cursor)
        cursor.commit()
        before = versions.current()
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
        }
        (draft / MANIFEST).write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        write_database(draft, [mart for mart in marts if mart.name in counts], manifest)
        versions.publish(draft, manifest["version"])
    return {"manifest": manifest, "changes": changes, "before": before}


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


def write_database(draft: Path, marts: list[Mart], manifest: dict[str, Any]) -> None:
    """Write the DuckDB file of a version from its Parquet files, with the comments of tables and columns.

    Parameters
    ----------
    draft : Path
        Folder that holds the Parquet files.
    marts : list of Mart
        The tables.
    manifest : dict
        Becomes the table published_manifest.
    """
    with duckdb.connect(draft / DATABASE, config={"storage_compatibility_version": STORAGE_VERSION}) as connection:
        for mart in marts:
            table = identifier(mart.name)
            connection.execute(f"create table {table} as from read_parquet({text(parquet(draft, mart.name))})")
            if count(connection, table) != manifest["row_counts"][mart.name]:
                raise OSError(errno.EIO, "rows were lost", str(parquet(draft, mart.name)))
            connection.execute(f"comment on table {table} is {text(mart.description.strip())}")
            for column, description in mart.columns.items():
                connection.execute(f"comment on column {table}.{identifier(column)} is {text(description.strip())}")
        columns = {
            "version": ("varchar", "Name of the version; the folder versions holds it under this name."),
            "project_version": ("varchar", "Version of the project that built it."),
            "published_at": ("timestamp", "When the build began, UTC."),
            "as_of_date": ("date", "Date as of which customers were measured."),
            "model_versions": ("varchar[]", "Versions of the segmentation model that are in customer_segments."),
            "first_invoice_date": ("date", "Date of the first accepted line."),
            "last_invoice_date": ("date", "Date of the last accepted line."),
            "invocation_id": ("varchar", "Number that dbt gave the build; it stands in its logs."),
        }
        connection.execute(
            f"create table published_manifest ({', '.join(f'{name} {kind}' for name, (kind, _) in columns.items())}, "
            "manifest varchar)"
        )
        values = [*(manifest[name] for name in columns), json.dumps(manifest, ensure_ascii=False)]
        connection.execute(f"insert into published_manifest values ({', '.join('?' * len(values))})", values)  # noqa: S608
        connection.execute("comment on table published_manifest is 'One row: what this version is and holds.'")
        described = {name: description for name, (_, description) in columns.items()}
        for name, description in (described | {"manifest": f"All of {MANIFEST}."}).items():
            connection.execute(f"comment on column published_manifest.{name} is {text(description)}")
        # Closing a file forgives what can't be written; this does not.
        connection.execute("checkpoint")


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


def count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    """Count rows."""
    ((rows,),) = fetch(connection, f"select count(*) from {relation}")  # noqa: S608
    return int(rows)


def fetch(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    """Return all rows of a query."""
    return connection.execute(query).fetchall()


def parquet(folder: Path, name: str) -> Path:
    """Path of the Parquet file of a mart."""
    return folder / f"{name}.parquet"


def text(value: object) -> str:
    """Write a literal of SQL."""
    return "'" + str(value).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Write a name in SQL."""
    return '"' + name.replace('"', '""') + '"'
