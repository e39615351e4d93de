"""Customers who are erased are nowhere in what a build keeps, and stay out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import HEADER, WITHOUT_TESTS, Build, dbt, dbt_command, parse, write_lines

from segmentation.campaigns.lists import seal_of
from segmentation.intake import LINE_FIELDS, InvoiceFile, clean_customer_id, customer_hash, read_rows_without
from segmentation_dbt.erase import _MACROS, ROWS, empty_rows
from segmentation_dbt.versions import Versions

MAIL = "erika.very.rare@example.com"
NUMBER = "918273645"
GIFT = "a gift that nobody else bought"
TRACES = (MAIL, NUMBER, GIFT)
ORDERS = "Name,Email,Financial Status,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku"
VARIABLES = {"keep_vanished_files": True}
PLACES = (
    "select regexp_extract(source_file, '[^/]+$') as file, source_row from marts.rejected_invoice_lines "
    "where reason = 'erased' order by all"
)
LISTED = "select customer_id from marts.campaign_customers order by position('@' in customer_id) = 0, customer_id"
OTHERS = f"select * from marts.invoice_lines where customer_id not in ('{MAIL}', '{NUMBER}') order by line_id"
EMPTIED = [
    *(("gone.csv", 2), ("gone.csv", 3)),
    *(("mixed.csv", 2), ("mixed.csv", 4)),
    *(("orders.csv", 2), ("orders.csv", 3)),
    *(("shop.csv", row) for row in (2, 302)),
]


def line(number: int, customer: str, thing: str = "Thing") -> str:
    day = f"2024-{1 + number % 12:02d}-{1 + number % 28:02d}"
    return f"{1000 + number},P{number % 7},{thing},{1 + number % 5},{day} 10:00,{2 + number % 3}.5,{customer},France"


def deliver(folder: Path, more: int = 0) -> None:
    """Write files that a database reads and that Python reads, and one in which orders name a customer once."""
    folder.mkdir(exist_ok=True)
    others = [line(n, f"c{n % 40}") for n in range(600 + more)]
    erika = line(700, "Erika.VERY.Rare@Example.com", GIFT)
    write_lines(folder / "shop.csv", erika, *others[:299], line(701, f" {NUMBER}.0 "), *others[299:])
    mixed = (HEADER, erika, others[0], f"broken;row;of;{MAIL};{GIFT}", *others[1 : 9 + more])
    (folder / "mixed.csv").write_text("\n".join(mixed) + "\n", "utf-16")
    orders = (
        f"#1,{MAIL},paid,2024-02-03 00:15:00 +0100,1,{GIFT},45.00,GIFT-1",
        f"#1,,,2024-02-03 00:15:00 +0100,3,{GIFT},12.50,GIFT-2",
        "#2,ben@example.com,paid,2024-02-04 00:15:00 +0100,1,Candle,12.50,CAN-3",
        *(f"#{n},ben@example.com,paid,2024-02-05 00:15:00 +0100,1,Candle,12.50,CAN-3" for n in range(3, 3 + more)),
    )
    write_lines(folder / "orders.csv", *orders, header=ORDERS)


def draw(folder: Path) -> None:
    """Write the list of a campaign, as it was drawn."""
    folder.mkdir(exist_ok=True)
    days = ("2024-06-01", "2024-08-29")
    groups = {MAIL: "campaign", NUMBER: "holdout", "c1": "campaign", "c2": "holdout"}
    seal = seal_of(("Spring", customer, group, *days, "0.5") for customer, group in groups.items())
    rows = [f"Spring,{customer},{group},A,{','.join(days)},0.5,{seal}" for customer, group in groups.items()]
    header = "campaign,customer_id,group,segment,starts_on,ends_on,holdout_share,list_seal"
    (folder / "spring.csv").write_text("\n".join((header, *rows)) + "\n", "utf-8-sig")


def describe(folder: Path) -> None:
    """Write a table of attributes with a title, in which the customers are among others."""
    folder.mkdir(exist_ok=True)
    rows = [f"{customer},shop,{GIFT}" for customer in (MAIL.title(), f"{NUMBER}.0")]
    rows += [f"c{n},{'web' if n % 3 else 'shop'},Gift {n % 2}" for n in range(40)]
    (folder / "crm.csv").write_text("\n".join(("Customers 2024", "Customer ID,Channel,Gift", *rows)) + "\n", "latin-1")


def erase(
    folder: Path, *customers: str, variables: dict[str, Any], invoices: str = "invoices/*.csv"
) -> subprocess.CompletedProcess[str]:
    command, settings = dbt_command(folder, folder / invoices, variables, ())
    options = command[command.index("--target-path") :]
    return subprocess.run(
        [sys.executable, "-m", "segmentation_dbt.erase", *customers, "--", *options],
        cwd=folder,
        env=settings,
        capture_output=True,
        text=True,
        check=False,
    )


def files_with(folder: Path, *texts: str) -> set[str]:
    """Names of the files that hold one of some texts, in whatever case, of the warehouse and what is published."""
    files = [*folder.glob("*.duckdb*"), *(path for path in (folder / "published").rglob("*") if path.is_file())]
    return {path.name for path in files if any(text.encode() in path.read_bytes().lower() for text in texts)}


def values_with(build: Build, *texts: str) -> list[tuple[object, ...]]:
    """Tables and columns of the warehouse that hold one of some texts; bytes may be compressed."""
    columns = build.rows(
        "select schema_name, table_name, column_name from duckdb_columns() where data_type = 'VARCHAR' and not internal"
    )
    pattern = "|".join(texts)
    found = "select 1 from {0}.{1} where regexp_matches(lower(\"{2}\"), '{3}') limit 1"
    # One connection: to open one for each of some hundred columns takes longer than all the rest.
    with duckdb.connect(str(build.warehouse), read_only=True) as connection:
        return [
            (table, column)
            for schema, table, column in columns
            if connection.execute(found.format(schema, table, column, pattern)).fetchall()
        ]


def test_an_erased_customer_is_nowhere_and_stays_out(tmp_path: Path) -> None:
    invoices = tmp_path / "invoices"
    deliver(invoices)
    write_lines(invoices / "gone.csv", line(702, MAIL, GIFT), line(703, MAIL, GIFT), line(704, "c1"))
    draw(tmp_path / "campaigns")
    describe(tmp_path / "attributes")
    first = dbt(tmp_path, invoices / "*.csv", VARIABLES, WITHOUT_TESTS)
    assert first.exit_code == 0, first.output
    (invoices / "gone.csv").unlink()
    versions = Versions(tmp_path / "published")
    for _ in range(2):
        with versions.draft() as draft:
            (draft / "customer_segments.parquet").write_text(MAIL)
            versions.publish(draft, versions.next_name("old"))
    for trace in TRACES:
        assert "warehouse.duckdb" in files_with(tmp_path, trace)
    assert files_with(tmp_path, MAIL) == {"warehouse.duckdb", "customer_segments.parquet"}
    ((rows,),) = first.rows(f"select count(*) from {ROWS}")
    storage = "select tags['storage_version'] from duckdb_databases() where not internal"
    stored = first.rows(storage)
    before, others = versions.current(), first.rows(OTHERS)
    lists = tmp_path / "campaigns"
    assert first.rows(LISTED) == [(MAIL,), (NUMBER,), ("c1",), ("c2",)]
    described = "select count(distinct customer_id), max(kind) from marts.customer_attributes"
    assert first.rows(described) == [(42, "category")]

    # As where it is killed: the rows are empty, and nothing is published.
    # Rows that were erased are no fault of the load.
    variables = VARIABLES | {"max_rejected_share": 0}
    parse(tmp_path, variables)
    (tmp_path / "empty.csv").touch()
    stopped = erase(tmp_path, MAIL, NUMBER, "nobody", variables=variables, invoices="empty.csv")
    assert stopped.returncode == 1
    for message in (
        f"{MAIL}: 6 rows emptied",
        f"{NUMBER}: 1 row emptied",
        "nobody: not found in the loaded rows; kept out",
    ):
        assert message in stopped.stdout
    assert "versions that are published still hold them" in stopped.stderr
    assert versions.current() == before
    assert "spring.csv: 2 rows taken out" in stopped.stdout
    assert files_with(lists, MAIL, NUMBER) == set()
    assert "crm.csv: 2 rows taken out" in stopped.stdout
    table = (tmp_path / "attributes/crm.csv").read_text("utf-8-sig")
    assert table.splitlines()[:3] == ["Customers 2024", "Customer ID,Channel,Gift", "c0,shop,Gift 0"]
    assert table.count("\n") == 42

    erased = erase(tmp_path, MAIL, NUMBER, variables=variables)
    assert erased.returncode == 0, erased.stdout + erased.stderr
    assert "(2 older versions deleted)" in erased.stdout
    assert [versions.current()] == versions.names()
    assert first.rows(f"select count(*) from {ROWS}") == [(rows,)]
    assert first.rows(PLACES) == EMPTIED
    assert first.rows(OTHERS) == others
    assert first.rows("select count(*), count(distinct customer_hash) from staging.erased_customers") == [(3, 3)]
    assert values_with(first, *TRACES) == []
    assert files_with(tmp_path, *TRACES) == set()
    assert first.rows(storage) == stored == [("v1.4.0+",)]

    # The list says of the others what it said before: it was not edited, and has lost nobody.
    assert first.rows(LISTED) == [("c1",), ("c2",)]
    assert first.rows(described) == [(40, "category")]
    assert first.rows("select is_sealed, customers from marts.campaigns") == [(True, 2)]

    # Delivered again, with more; and the list and the table come back from a backup.
    deliver(invoices, more=5)
    draw(lists)
    describe(tmp_path / "attributes")
    again = dbt(tmp_path, invoices / "*.csv", VARIABLES, WITHOUT_TESTS)
    assert "files       4, 3 read in this build" in again.output
    assert again.rows(PLACES) == EMPTIED
    assert again.rows(f"select count(*) from {ROWS}") == [(rows + 15,)]
    assert again.rows("select is_sealed, customers from marts.campaigns") == [(True, 2)]
    assert again.rows(described) == [(40, "category")]
    assert values_with(again, *TRACES) == []
    assert files_with(tmp_path, *TRACES) == set()


@pytest.mark.parametrize(
    "text",
    ["17850", "17850.0", " 17850.0\xa0", "017850.00", "A.0", "ID-7", "Ä.Öl@Example.COM ", "ΣΑΣ@İ.com", "", " \t", None],
)
def test_customers_are_cleaned_as_by_the_database(text: str | None) -> None:
    with duckdb.connect() as connection:
        for macro in _MACROS:
            connection.execute(macro)
        assert connection.execute("select cleaned_customer(?::varchar)", [text]).fetchall() == [
            (clean_customer_id(text),)
        ]


def test_orders_of_files_that_python_reads_are_emptied_whole(tmp_path: Path) -> None:
    orders = write_lines(
        tmp_path / "orders.csv", "#1,,1", "#1,a@b.de,2", "#2.0,c,3", f'#2,"{MAIL}', "#3,,4", header="n,c,q"
    )
    positions = {"invoice_id": 0, "customer_id": 1, "quantity": 2}
    read: dict[str, Any] = {
        "path": str(orders),
        "encoding": "utf-8",
        "delimiter": ",",
        "headers": ("n", "c", "q"),
        "positions": positions,
    }
    erased = {str(customer_hash(" A@B.de")), str(customer_hash(MAIL))}
    for order_fields, quantities in (
        ((), ["1", None, "3", None, "4"]),
        (("customer_id",), [None, None, "3", None, "4"]),
    ):
        file = InvoiceFile("orders.csv", load_key=5, order_fields=order_fields, **read)
        (batch,) = read_rows_without([file], erased)
        rows = batch.to_pylist()
        assert [row["quantity"] for row in rows] == quantities
        assert [row["source_row"] for row in rows] == [2, 3, 4, 5, 6]
        assert [row["other_fields"] for row in rows] == [None if n else '{"erased": "true"}' for n in quantities]


def test_orders_that_go_on_in_another_file_are_emptied_whole() -> None:
    # Load key, order, customer, quantity; what is left of the rows if ann is erased.
    rows = [
        (1, "#1", "ann", "1", None),
        (1, "#1", None, "2", None),
        (1, "#2", "bob", "3", "3"),
        (2, "#1", None, "4", None),
        (2, "#2", None, "5", "5"),
        # Another's, with a number of the same.
        (3, "#1", "bob", "6", "6"),
        (3, "#1", None, "7", "7"),
        # Another shop, and files whose rows stand for themselves.
        (4, "#1", None, "8", "8"),
        (5, "#1", None, "9", "9"),
    ]
    with duckdb.connect() as connection:
        connection.execute("create schema staging; create schema intermediate")
        columns = ", ".join(f"{name} varchar" for name in (*LINE_FIELDS, "other_fields", "unread_hash"))
        connection.execute(f"create table {ROWS} (load_key bigint, {columns})")
        connection.execute(
            "create table staging.base_invoice_files (load_key bigint, shape varchar, order_fields varchar)"
        )
        connection.execute(
            "insert into staging.base_invoice_files values "
            "(1, 's', '[1]'), (2, 's', '[1]'), (3, 's', '[1]'), (4, 't', '[1]'), (5, 's', '[]')"
        )
        connection.executemany(
            f"insert into {ROWS} (load_key, invoice_id, customer_id, quantity) values (?, ?, ?, ?)",
            [row[:-1] for row in rows],
        )
        assert empty_rows(connection, ["ann"]) == {"ann": 1}
        assert connection.execute(f"select quantity from {ROWS} order by rowid").fetchall() == [
            (row[-1],) for row in rows
        ]


def test_where_nothing_can_be_erased(tmp_path: Path) -> None:
    missing = erase(tmp_path, "1", variables={})
    assert (missing.returncode, "There is no warehouse" in missing.stderr) == (2, True)
    duckdb.connect(tmp_path / "warehouse.duckdb").close()
    empty = erase(tmp_path, "1", variables={})
    assert (empty.returncode, "has no loaded rows" in empty.stderr) == (2, True)
    assert erase(tmp_path, " ", variables={}).returncode == 2
