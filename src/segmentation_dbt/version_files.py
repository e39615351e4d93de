"""The files of a published version: a Parquet file a mart, one DuckDB file with all of them, and the manifest."""

from __future__ import annotations

import errno
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

# Read by DuckDB 1.0 and all after it.
STORAGE_VERSION = "v1.0.0"
# Rows in a group of a Parquet file, which ends up to 2,048 rows later. DuckDB's own groups are of 122,880: what it
# reads from larger ones it compresses twice, and keeps in a file that is half as large again.
ROW_GROUP_SIZE = 120_000
DATABASE = "segments.duckdb"
MANIFEST = "manifest.json"
MANIFEST_DESCRIPTION = "One row: what this version is and holds."
# Columns of the table published_manifest, with type and description. Beside manifest they are keys of it.
MANIFEST_COLUMNS = {
    "version": ("varchar", "Name of the version; the folder versions holds it under this name."),
    "project_version": ("varchar", "Version of the project that built it."),
    "published_at": ("timestamp", "When the build began, UTC."),
    "as_of_date": ("date", "Date as of which customers were measured."),
    "model_versions": ("varchar[]", "Versions of the segmentation model that are in customer_segments."),
    "first_invoice_date": ("date", "Date of the first accepted line."),
    "last_invoice_date": ("date", "Date of the last accepted line."),
    "invocation_id": ("varchar", "Number that dbt gave the build; it is in its logs."),
    "manifest": ("varchar", f"All of {MANIFEST}."),
}


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


class Published:
    """A version that is published, of which the next takes over what has not changed.

    Parameters
    ----------
    folder : Path
        Of the version.

    Attributes
    ----------
    contents : dict of str to str
        What `content_of` said of each mart; empty where it is not known.
    erased : int
        Customers whose data had been erased by then.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            manifest = {}
        self.contents: dict[str, str] = manifest.get("contents", {})
        self.erased: int = manifest.get("erased_customers", 0)

    def give(self, name: str, draft: Path) -> bool:
        """Let a draft hold the Parquet file of a mart too, if it is there; without a copy where the disk can."""
        file, to = parquet(self.folder, name), parquet(draft, name)
        if not file.exists():
            return False
        try:
            to.hardlink_to(file)
        except OSError:
            shutil.copyfile(file, to)
        return True


def write_database(
    draft: Path,
    marts: list[Mart],
    manifest: dict[str, Any],
    published: Published | None,
    unchanged: set[str],
    memory_limit: str,
) -> None:
    """Write the DuckDB file of a version, with the comments of tables and columns.

    Parameters
    ----------
    draft : Path
        Folder that holds the Parquet files.
    marts : list of Mart
        The tables.
    manifest : dict
        Becomes the table published_manifest.
    published : Published or None
        The version before.
    unchanged : set of str
        Marts that are the same there: the file begins as a copy of its file.
    memory_limit : str
        Of DuckDB, such as 3.0 GiB.
    """
    path = draft / DATABASE
    if published and unchanged:
        try:
            shutil.copyfile(published.folder / DATABASE, path)
            write_tables(path, marts, manifest, unchanged, memory_limit)
        except (FileNotFoundError, duckdb.Error):
            path.unlink(missing_ok=True)
        else:
            return
    write_tables(path, marts, manifest, set(), memory_limit)


def write_tables(
    path: Path, marts: list[Mart], manifest: dict[str, Any], unchanged: set[str], memory_limit: str
) -> None:
    """Write all tables into a DuckDB file but those that are in it already, and unchanged.

    Parameters
    ----------
    path : Path
        The file, beside the Parquet files.
    marts : list of Mart
        The tables.
    manifest : dict
        Becomes the table published_manifest.
    unchanged : set of str
        Names of marts that the file holds.
    memory_limit : str
        Of DuckDB.
    """
    config = {"storage_compatibility_version": STORAGE_VERSION, "memory_limit": memory_limit}
    with duckdb.connect(path, config=dict(config)) as connection:
        for (name,) in fetch(connection, "select table_name from duckdb_tables()"):
            if name not in unchanged:
                connection.execute(f"drop table {identifier(name)}")
        # What was dropped makes room for what is written.
        connection.execute("checkpoint")
        for mart in marts:
            table = identifier(mart.name)
            if mart.name not in unchanged:
                connection.execute(
                    f"create table {table} as from read_parquet({text(parquet(path.parent, mart.name))})"
                )
            if count(connection, table) != manifest["row_counts"][mart.name]:
                raise OSError(errno.EIO, "rows were lost", str(parquet(path.parent, mart.name)))
        # In one transaction: each by itself would be written to the disk before the next.
        connection.execute("begin transaction")
        for mart in marts:
            if mart.name not in unchanged:
                describe_table(connection, mart)
        write_manifest(connection, manifest)
        connection.execute("commit")
        # Closing a file forgives what can't be written; this does not.
        connection.execute("checkpoint")


def describe_table(connection: duckdb.DuckDBPyConnection, mart: Mart) -> None:
    """Comment on a table and its columns.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        To the DuckDB file of a version.
    mart : Mart
        The table.
    """
    table = identifier(mart.name)
    connection.execute(f"comment on table {table} is {text(mart.description.strip())}")
    for column, description in mart.columns.items():
        connection.execute(f"comment on column {table}.{identifier(column)} is {text(description.strip())}")


def write_manifest(connection: duckdb.DuckDBPyConnection, manifest: dict[str, Any]) -> None:
    """Write the table published_manifest.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        To the DuckDB file of a version.
    manifest : dict
        What the version is and holds.
    """
    columns = ", ".join(f"{name} {kind}" for name, (kind, _) in MANIFEST_COLUMNS.items())
    connection.execute(f"create table published_manifest ({columns})")
    values = [
        *(manifest[name] for name in MANIFEST_COLUMNS if name != "manifest"),
        json.dumps(manifest, ensure_ascii=False),
    ]
    connection.execute(f"insert into published_manifest values ({', '.join('?' * len(values))})", values)  # noqa: S608
    connection.execute(f"comment on table published_manifest is {text(MANIFEST_DESCRIPTION)}")
    for name, (_, description) in MANIFEST_COLUMNS.items():
        connection.execute(f"comment on column published_manifest.{name} is {text(description)}")


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
