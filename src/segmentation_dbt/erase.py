"""Removes customers from everything that a build keeps, and keeps them out: ``python -m segmentation_dbt.erase 17850``.

The rows of the customers that are loaded are emptied in one transaction, in which all tables made from rows are dropped
too. Then the customers are taken out of the lists of campaigns and the tables of attributes. A build makes the tables
again and publishes; only after that the older versions are deleted, and the warehouse is copied to a file without what
was free in it. Whatever stops it, running it again finishes it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb

from segmentation import commands
from segmentation.attributes.reading import Reading
from segmentation.attributes.reading import without_customers as attributes_without
from segmentation.campaigns.lists import without_customers
from segmentation.intake import ERASED, LINE_FIELDS, SEPARATORS, clean_customer_id, customer_hash
from segmentation.intake.invoice_file import UnusableFileError
from segmentation_dbt.build import DBT, project_of, variables_of
from segmentation_dbt.version_files import fetch, identifier, text
from segmentation_dbt.versions import Versions, sync
from segmentation_dbt.warehouse import explain

ROWS = "staging.base_invoice_rows"
FILES = "staging.base_invoice_files"
KEPT_OUT = "staging.erased_customers"

# As the macros clean_text, clean_id and clean_customer_id do.
_MACROS = (
    "create or replace temp macro cleaned_text(t) as "
    "nullif(trim(t, ' ' || chr(9) || chr(10) || chr(13) || chr(160)), '')",
    "create or replace temp macro cleaned_id(t) as case "
    "when regexp_matches(cleaned_text(t), '^[0-9]+[.]00?$') then regexp_replace(cleaned_text(t), '[.]00?$', '') "
    "when regexp_matches(cleaned_text(t), '^[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:[.]00?)?$') "
    "then regexp_replace(cleaned_text(t), ',|[.]0+$', '', 'g') "
    "when left(cleaned_text(t), 1) = '''' or left(cleaned_text(t), 2) = '=\"' "
    "then nullif(regexp_replace(cleaned_text(t), '^(?:''|=\"\\s*)|\"$', '', 'g'), '') "
    "else cleaned_text(t) end",
    "create or replace temp macro cleaned_customer(t) as "
    "case when t like '%@%' then lower(cleaned_text(t)) else cleaned_id(t) end",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Erase customers.

    Parameters
    ----------
    arguments : sequence of str, optional
        Customers and, after ``--``, options of dbt. Default: those of the command line.

    Returns
    -------
    int
        0 where all is done; 1 where the build failed or published nothing, or the file could not be copied; 2 where
        nothing was done.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = given[given.index("--") + 1 :] if "--" in given else []
    parser = argparse.ArgumentParser(
        prog="python -m segmentation_dbt.erase",
        description="Remove customers from the warehouse and from what is published, and keep them out.",
        epilog="Example: python -m segmentation_dbt.erase 17850 erika@example.com -- --vars '{date_order: dmy}'; "
        "what follows -- are the options of dbt build with which the project is always built.",
    )
    parser.add_argument("customers", nargs="+", metavar="CUSTOMER", help="a customer, as customer_id shows it")
    given = parser.parse_args(given[: given.index("--")] if "--" in given else given).customers
    customers = sorted({customer for one in given if (customer := clean_customer_id(one))})
    warehouse = Path(os.environ.get("SEGMENTS_WAREHOUSE", "warehouse.duckdb"))
    versions = Versions(Path(os.environ.get("SEGMENTS_PUBLISHED", "published")).absolute())
    if not customers:
        parser.error("no customer is given")
    if not warehouse.exists():
        return _fail(f"There is no warehouse {warehouse.absolute()}. Point SEGMENTS_WAREHOUSE at it.", 2)
    try:
        with duckdb.connect(warehouse) as connection:
            tables = fetch(connection, "select schema_name || '.' || table_name from duckdb_tables()")
            if (ROWS,) not in tables:
                return _fail(f"{warehouse.absolute()} has no loaded rows ({ROWS}): it was not built by dbt build.", 2)
            emptied = empty_rows(connection, customers)
            headers = fetch(connection, "select header from seeds.invoice_shapes where field = 'customer_id'")
    except duckdb.Error as e:
        return _fail(explain(str(warehouse), str(e)), 2)
    for customer, rows in emptied.items():
        found = f"{rows:,} row{'s' if rows != 1 else ''} emptied" if rows else "not found in the loaded rows"
        print(f"{customer}: {found}; kept out from now on", flush=True)

    variables = variables_of(project_of(options), options)
    hashes = frozenset(customer_hash(customer) or "" for customer in customers)
    reading = Reading(
        keys=frozenset(header for (header,) in headers),
        key=str((variables.get("attribute_map") or {}).get("customer_id", "")),
        encoding=str(variables.get("encoding") or ""),
        erased=hashes,
    )
    try:
        taken = erase_from_files(
            Path(os.environ.get("SEGMENTS_CAMPAIGNS") or "campaigns"), lambda path: without_customers(path, hashes)
        )
        taken |= erase_from_files(
            Path(os.environ.get("SEGMENTS_ATTRIBUTES") or "attributes"),
            lambda path: attributes_without(path, reading),
            reading.encoding,
        )
    except (OSError, UnusableFileError) as e:
        return _fail(
            "\nThe loaded rows of the customers are empty, but a list of a campaign or a table of attributes still "
            f"holds them: {e}\nMake it writable, and run this command again.",
            1,
        )
    for path, rows in taken.items():
        print(f"{path}: {rows:,} row{'s' if rows != 1 else ''} taken out", flush=True)

    before = versions.current()
    command = [*DBT, "build", *options]
    code = subprocess.run(command, check=False).returncode  # noqa: S603
    if code or (before is not None and versions.current() == before):
        what = "the build failed" if code else "the build was not complete and published nothing"
        return _fail(
            f"\nThe loaded rows of the customers are empty, but {what}: versions that are published still hold them.\n"
            "Remove the cause, which is shown above, and run this command again.",
            1,
        )
    deleted = versions.delete_others()
    try:
        compact(warehouse)
    except (OSError, duckdb.Error) as e:
        return _fail(
            f"\nThe customers are removed from all tables, but {warehouse.absolute()} could not be copied to a file "
            f"without its free blocks, which may still hold them: {e}\n"
            "It takes as much room as the warehouse, beside it. Make that and run this command again.",
            1,
        )
    print(
        f"\nRemoved from {warehouse.absolute()} and from what is published"
        f" ({len(deleted)} older version{'s' if len(deleted) != 1 else ''} deleted).\n"
        "Not removed: invoice files, what campaign_files and attribute_files name, tables of attributes that are no\n"
        "CSV, backups, logs, and copies that readers made of what was published."
    )
    return 0


def empty_rows(connection: duckdb.DuckDBPyConnection, customers: Sequence[str]) -> dict[str, int]:
    """Empty the loaded rows of customers, keep the customers out, and drop all that was made from rows.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        To the warehouse.
    customers : sequence of str
        As `clean_customer_id` returns them.

    Returns
    -------
    dict of str to int
        How many rows were found of each. Rows of their orders without the customer are emptied too and not counted.
    """
    for macro in _MACROS:
        connection.execute(macro)
    connection.execute("create or replace temp table sought as select unnest(?::varchar[]) as customer", [customers])
    connection.begin()
    connection.execute(f"create table if not exists {KEPT_OUT} (customer_hash varchar)")
    connection.execute(
        f"comment on table {KEPT_OUT} is 'One row a customer whose data were erased: no rows of theirs are loaded.'"
    )
    connection.execute(f"comment on column {KEPT_OUT}.customer_hash is 'SHA-256 of the customer_id. Never null.'")
    hashes = [customer_hash(customer) for customer in customers]
    connection.execute(
        f"insert into {KEPT_OUT} select unnest(?::varchar[]) as customer_hash except from {KEPT_OUT}",  # noqa: S608
        [hashes],
    )
    # A row that can't be read is one of a customer where one of its values is.
    connection.execute(
        "create or replace temp table found as "  # noqa: S608
        "with invoice_rows as (select rowid as position, load_key, invoice_id, case "
        "when other_fields like '%\"unreadable\"%' then list_transform(string_split_regex("
        f"json_extract_string(other_fields, '$.unreadable'), {text(SEPARATORS)}), lambda t: cleaned_customer(t)) "
        f"else [cleaned_customer(customer_id)] end as customers from {ROWS}) "
        "select position, load_key, cleaned_id(invoice_id) as invoice_id, customer from invoice_rows "
        "inner join sought on list_contains(customers, customer)"
    )
    # In exports that name a customer on one row of an order only, the others are the customer's too, also where the
    # order goes on in another file, which names nobody for it.
    connection.execute(
        "create or replace temp table of_orders as "  # noqa: S608
        "with order_rows as (select invoice_rows.rowid as position, load_key, files.shape, "
        "cleaned_id(invoice_id) as invoice_id, cleaned_customer(customer_id) as customer "
        f"from {ROWS} as invoice_rows inner join {FILES} as files using (load_key) where files.order_fields <> '[]'), "
        "orders as (select distinct order_rows.load_key, order_rows.shape, order_rows.invoice_id "
        "from order_rows semi join found using (position)), "
        "of_others as (select distinct load_key, invoice_id from order_rows where customer is not null) "
        "select position from order_rows semi join orders using (load_key, invoice_id) union "
        "select position from order_rows semi join orders using (shape, invoice_id) "
        "anti join of_others using (load_key, invoice_id)"
    )
    emptied = [*LINE_FIELDS, *(column for column in ("unread_hash",) if column in connection.table(ROWS).columns)]
    connection.execute(
        f"update {ROWS} set {', '.join(f'{column} = null' for column in emptied)}, other_fields = {text(ERASED)} "  # noqa: S608
        "where rowid in (select position from found union select position from of_orders)"
    )
    for table, keeps_fits, has_customers in _tables(connection):
        if not keeps_fits:
            connection.execute(f"drop table {table}")
        elif has_customers:
            connection.execute(f"delete from {table} where customer_id in (select customer from sought)")  # noqa: S608
        elif table == identifier("intermediate") + "." + identifier("int_fits"):
            connection.execute(
                f"update {table} set reference_customers = list_filter(reference_customers, "  # noqa: S608
                "lambda c: not list_contains($sought, c.customer_id))",
                {"sought": list(customers)},
            )
    counted = fetch(
        connection,
        "select customer, count(position) from sought left join found using (customer) group by customer order by all",
    )
    connection.commit()
    return dict(counted)


def erase_from_files(folder: Path, without: Callable[[str], tuple[str, int]], encoding: str = "") -> dict[Path, int]:
    """Take customers out of the CSV files of a folder, each file in one step.

    Parameters
    ----------
    folder : Path
        It need not be there.
    without : callable
        Returns the text of a file without the customers, and how many rows were theirs.
    encoding : str, default ""
        In which files are written; UTF-8 where it is empty.

    Returns
    -------
    dict of Path to int
        How many rows were taken out of each file that had some.

    Raises
    ------
    OSError
        If a file can't be read or written. It is untouched then.
    """
    taken = {}
    for leftover in folder.glob(".*.csv.erased"):
        leftover.unlink(missing_ok=True)
    for path in sorted(folder.glob("*.csv")):
        kept, rows = without(str(path))
        if not rows:
            continue
        copy = path.with_name(f".{path.name}.erased")
        try:
            copy.write_text(kept, encoding=encoding or "utf-8-sig", newline="\n")
            shutil.copymode(path, copy)
            sync(copy)
            os.replace(copy, path)
            sync(path.parent)
        finally:
            copy.unlink(missing_ok=True)
        taken[path] = rows
    return taken


def _tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, bool, bool]]:
    """Return the tables that are made from rows: the name, whether it keeps fits of the model or the shares of earlier
    builds, which can't be made again, and whether it names customers. Marts are written again by every build.
    """  # noqa: D205
    tables = fetch(
        connection,
        "select schema_name, table_name, bool_or(column_name in ('fit_number', 'build_number')), "
        "bool_or(column_name = 'customer_id') from duckdb_columns() "
        "where database_name = current_database() and schema_name in ('staging', 'intermediate') "
        "and table_name in (select table_name from duckdb_tables()) "
        "and (regexp_matches(table_name, '^(base|stg|int)_') or table_name like 'audited_%') "
        "group by all order by all",
    )
    return [
        (f"{identifier(schema)}.{identifier(table)}", keeps_fits, has_customers)
        for schema, table, keeps_fits, has_customers in tables
        if f"{schema}.{table}" not in (ROWS, FILES)
    ]


def compact(warehouse: Path) -> None:
    """Copy a warehouse to a file without free blocks, which takes its place in one step.

    Parameters
    ----------
    warehouse : Path
        A DuckDB file that no other process has open.

    Raises
    ------
    OSError, duckdb.Error
        If there is no room for it, or the file is open. The warehouse is untouched then.
    """
    path = warehouse.resolve()
    copy = path.with_name(f".{path.name}.compacted")
    leftovers = (copy, copy.with_name(f"{copy.name}.wal"))
    try:
        for file in leftovers:
            file.unlink(missing_ok=True)
        with duckdb.connect(path) as connection:
            connection.execute("checkpoint")
            ((name, storage),) = fetch(
                connection,
                "select database_name, tags['storage_version'] from duckdb_databases() "
                "where database_name = current_database()",
            )
            # Such as v1.4.0+.
            connection.execute(f"attach {text(copy)} as compacted (storage_version {text(storage.rstrip('+'))})")
            connection.execute(f"copy from database {identifier(name)} to compacted")
            connection.execute("checkpoint compacted")
            connection.execute("detach compacted")
            shutil.copymode(path, copy)
            sync(copy)
            # While the file is open here no other process writes to it.
            os.replace(copy, path)
            sync(path.parent)
    finally:
        for file in leftovers:
            file.unlink(missing_ok=True)


def _fail(message: str, code: int) -> int:
    print(message, file=sys.stderr)
    return code


if __name__ == "__main__":
    commands.run(main)
