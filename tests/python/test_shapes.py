"""Exports of known shapes: each line comes out as it was worked out by hand from the file."""

from __future__ import annotations

import datetime
import shutil
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter
from conftest import LINES_ONLY, ONLINE_RETAIL, PROFILE, PROJECT, Build, dbt, write_lines

from segmentation.intake import InvoiceFile, ShapeColumn, inspect_files

FIXTURES = Path(__file__).parent / "fixtures/shapes"
WORKBOOK = "superstore.xlsx"

# Says of the lists that they are purchases and not the payments of the invoices beside them.
UNKNOWN_TYPES = {"document_type_meanings": {"maybe": "rejected"}}
LISTS = {
    "purchase_list.csv": {"customer_id": "Customer ID", "invoiced_at": "Date", "amount": "Amount"},
    "*_without_header.txt": {"customer_id": 1, "invoiced_at": 2, "quantity": 3, "amount": 4},
}

# row, + where the line is derived from it; invoice; customer; time in UTC; type; quantity; amount
LINES = {
    "online_retail.csv": """
        2|580001|16001|2011-03-01 09:05:00|sale|6|15.3
        3|580001|16001|2011-03-01 09:05:00|sale|12|10.2
        4|580001|16001|2011-03-01 09:05:00|charge|1|4.95
        5|580002|-|2011-03-01 11:40:00|sale|2|6.5
        6|580003|16002|2011-03-02 14:10:00|sale|4|31.8
        8|C580004|16001|2011-03-04 10:00:00|return|-2|-5.1
        9|580005|-|2011-03-05 12:00:00|write_off|-30|0
        10|580006|16002|2011-03-05 15:30:00|free|1|0
        11|A580007|-|2011-03-06 09:00:00|adjustment|1|-55.1
        12|C580008|16002|2011-03-07 10:15:00|charge|-1|-12.5
    """,
    "online_retail_ii.csv": """
        2|490001|13001|2009-12-01 07:45:00|sale|12|83.4
        3|490001|13001|2009-12-01 07:45:00|sale|2|10.7
        4|490002|13002|2009-12-01 09:28:00|sale|1|42.5
        5|490003|-|2009-12-02 10:00:00|sale|3|25.41
        6|C490004|13001|2009-12-03 11:15:00|return|-1|-5.35
        7|490005|13003|2009-12-04 12:30:00|charge|1|50
        8|490005|13003|2009-12-04 12:30:00|sale|24|30
        9|490006|13002|2009-12-05 08:00:00|adjustment|5|22.5
        10|490007|13002|2009-12-07 15:00:00|sale|2|85
        11|490008|-|2009-12-08 16:45:00|charge|1|17.02
    """,
    "online_retail_us.txt": """
        2|570001|17001|2018-11-29 08:26:00|sale|6|15.3
        3|570001|17001|2018-11-29 08:26:00|sale|8|27.12
        4|570002|17002|2018-11-30 17:01:00|sale|6|11.1
        5|570003|-|2018-12-01 09:00:00|sale|1|2.95
        6|570004|17003|2018-12-03 12:10:00|sale|32|54.08
        7|C570005|17003|2018-12-04 14:40:00|return|-2|-3.38
        8|570006|17001|2018-12-05 15:00:00|sale|2|36
        9|570007|17002|2018-12-06 16:20:00|charge|1|11.17
        10|570008|17002|2018-12-07 10:10:00|sale|12|22.2
        11|570009|17003|2018-12-08 11:11:00|sale|4|13.56
    """,
    # 1005 is voided; 1004 was cancelled the day after; of 1003 the postage came back too, of 1002 one candle.
    # 1000 holds two equal items, of which one came back.
    "shopify_orders.csv": """
        2|#1008|carla@example.com|2024-06-01 06:00:00|sale|1|28
        3|#1007|ben.fuchs@example.com|2024-05-20 15:30:00|sale|2|90
        4|#1007|ben.fuchs@example.com|2024-05-20 15:30:00|sale|1|34.9
        5|#1006|-|2024-05-04 09:11:11|sale|1|12.5
        8|#1004|anna.berg@example.com|2024-04-02 18:45:10|sale|4|50
        8+|#1004|anna.berg@example.com|2024-04-03 07:00:00|return|-4|-50
        9|#1003|carla@example.com|2024-03-30 17:00:00|sale|1|28
        9+|#1003|carla@example.com|2024-03-30 17:00:00|return|-1|-28
        9+|#1003|carla@example.com|2024-03-30 17:00:00|charge|-1|-4.9
        10|#1002|ben.fuchs@example.com|2024-02-02 23:15:00|sale|1|45
        10+|#1002|ben.fuchs@example.com|2024-02-02 23:15:00|return|-1|-12.5
        11|#1002|ben.fuchs@example.com|2024-02-02 23:15:00|sale|3|37.5
        12|#1001|anna.berg@example.com|2024-01-15 09:30:00|sale|2|69.8
        13|#1001|anna.berg@example.com|2024-01-15 09:30:00|sale|1|40
        14|#1000|dave@example.com|2024-01-02 08:00:00|sale|1|28
        14+|#1000|dave@example.com|2024-01-02 08:00:00|return|-1|-28
        15|#1000|dave@example.com|2024-01-02 08:00:00|sale|1|28
    """,
    "woocommerce_order_lines.csv": """
        2|7001|elin@example.com|2024-01-08 09:12:00|sale|2|28
        3|7001|elin@example.com|2024-01-08 09:12:00|sale|1|22.5
        4|7002|mara@example.com|2024-01-19 21:40:00|sale|1|20.25
        5|7003|elin@example.com|2024-02-02 13:05:00|sale|3|42
        5+|7003|elin@example.com|2024-02-02 13:05:00|return|-3|-42
        5+|7003|elin@example.com|2024-02-02 13:05:00|charge|-1|-4.9
        8|7006|otto@example.com|2024-03-03 16:20:00|sale|2|28
        8+|7006|otto@example.com|2024-03-03 16:20:00|return|-1|-14
        9|7006|otto@example.com|2024-03-03 16:20:00|sale|1|35
        10|7007|mara@example.com|2024-03-09 07:30:00|sale|1|14
        11|7008|elin@example.com|2024-03-21 12:00:00|sale|4|56
        12|7008|elin@example.com|2024-03-21 12:00:00|free|1|0
    """,
    "woocommerce_order_lines_net.csv": """
        2|8001|kai@example.com|2024-01-03 10:10:00|sale|2|22
        3|8001|kai@example.com|2024-01-03 10:10:00|sale|1|39
        4|8002|lena@example.com|2024-01-14 15:45:00|sale|1|11
        9|8006|mo@example.com|2024-02-14 11:11:00|sale|5|49.5
        10|8007|kai@example.com|2024-03-01 08:08:00|sale|1|12
        11|8007|kai@example.com|2024-03-01 08:08:00|sale|1|11
    """,
    "woocommerce_item_rows.csv": """
        2|9101|nora@example.com|2024-01-05 08:00:10|sale|2|30
        3|9101|nora@example.com|2024-01-05 08:00:10|sale|1|12
        4|9102|ida@example.com|2024-01-17 19:22:31|sale|1|15
        5|9103|nora@example.com|2024-02-06 12:30:00|sale|2|24
        5+|9103|nora@example.com|2024-02-06 12:30:00|return|-2|-24
        6|9104|ida@example.com|2024-02-18 06:45:59|sale|1|12
        6+|9104|ida@example.com|2024-02-18 06:45:59|return|-1|-15
        7|9104|ida@example.com|2024-02-18 06:45:59|sale|2|30
        10|9107|paul@example.com|2024-03-02 14:14:14|free|1|0
        11|9107|paul@example.com|2024-03-02 14:14:14|sale|1|18
        12|9108|paul@example.com|2024-03-15 09:09:09|sale|3|10
    """,
    # 100001 is marked in its own column and in the list of returned orders: it comes back once.
    "order_lines.csv": """
        2|CA-2023-100001|AE-10015|2023-01-05 00:00:00|sale|2|261.96
        2+|CA-2023-100001|AE-10015|2023-01-05 00:00:00|return|-2|-261.96
        3|CA-2023-100001|AE-10015|2023-01-05 00:00:00|sale|3|731.94
        3+|CA-2023-100001|AE-10015|2023-01-05 00:00:00|return|-3|-731.94
        4|CA-2023-100002|BE-10020|2023-02-14 00:00:00|sale|2|14.62
        5|US-2023-100003|CE-10025|2023-03-31 00:00:00|sale|5|957.5775
        6|US-2023-100003|CE-10025|2023-03-31 00:00:00|sale|2|22.368
        7|CA-2023-100004|AE-10015|2023-04-07 00:00:00|sale|6|907.152
        8|CA-2023-100005|DE-10030|2023-05-20 00:00:00|sale|4|7.28
        8+|CA-2023-100005|DE-10030|2023-05-20 00:00:00|return|-4|-7.28
        9|CA-2023-100005|DE-10030|2023-05-20 00:00:00|sale|5|114.9
        9+|CA-2023-100005|DE-10030|2023-05-20 00:00:00|return|-5|-114.9
        11|US-2023-100007|CE-10025|2023-12-31 00:00:00|sale|2|12.5
    """,
    "returned_orders.csv": "",
    "purchase_list.csv": """
        2|A01/2023-01-05|A01|2023-01-05 00:00:00|sale|2|19.9
        3|A01/2023-01-05|A01|2023-01-05 00:00:00|sale|2|19.9
        4|A01/2023-02-11|A01|2023-02-11 00:00:00|sale|1|9.95
        5|B02/2023-01-31|B02|2023-01-31 00:00:00|sale|3|10
        6|B02/2023-03-01|B02|2023-03-01 00:00:00|return|-1|-9.95
        7|C03/2023-04-15|C03|2023-04-15 00:00:00|sale|5|61.25
        8|C03/2023-04-15|C03|2023-04-15 00:00:00|sale|1|12.25
        9|C03/2023-06-02|C03|2023-06-02 00:00:00|return|-2|-24.5
        10|D04/2023-06-30|D04|2023-06-30 00:00:00|free|1|0
        11|/2023-07-01|-|2023-07-01 00:00:00|sale|1|5
    """,
    "purchase_list_without_header.txt": """
        1|00001/1997-01-01|00001|1997-01-01 00:00:00|sale|1|11.77
        2|00002/1997-01-12|00002|1997-01-12 00:00:00|sale|1|12
        3|00002/1997-01-12|00002|1997-01-12 00:00:00|sale|5|77
        4|00003/1997-01-02|00003|1997-01-02 00:00:00|sale|2|20.76
        5|00003/1997-03-30|00003|1997-03-30 00:00:00|sale|2|20.76
        6|00003/1997-04-02|00003|1997-04-02 00:00:00|sale|2|19.54
        7|00004/1997-01-01|00004|1997-01-01 00:00:00|sale|2|29.33
        8|00004/1997-01-18|00004|1997-01-18 00:00:00|sale|2|29.73
        9|00004/1997-01-18|00004|1997-01-18 00:00:00|sale|2|29.73
        10|00004/1997-12-12|00004|1997-12-12 00:00:00|sale|2|26.48
        11|00005/1997-01-01|00005|1997-01-01 00:00:00|free|2|0
    """,
    "invoice_lines.csv": """
        2|R-1|K1|2024-01-02 00:00:00|sale|2|20
        3|R-1|K1|2024-01-02 00:00:00|sale|10|4
        4|R-2|K2|2024-01-15 00:00:00|sale|1|10
        4+|R-2|K2|2024-01-15 00:00:00|return|-1|-10
        5|R-3|K1|2024-02-01 00:00:00|sale|1|100
        6|R-4|K2|2024-02-20 00:00:00|return|-4|-1.8
        7|R-5|K3|2024-03-03 00:00:00|charge|1|7.5
        8|R-5|K3|2024-03-03 00:00:00|sale|3|30
        10|R-7|K3|2024-03-10 00:00:00|sale|20|9
    """,
    # Semicolons, cp1252, dates with the day first.
    "invoice_lines_decimal_comma.csv": """
        2|2024-0001|D-100|2024-01-03 00:00:00|sale|1|1234.5
        3|2024-0001|D-100|2024-01-03 00:00:00|sale|4|359.6
        4|2024-0002|D-101|2024-01-15 00:00:00|sale|2|179.8
        5|2024-0003|D-102|2024-01-31 00:00:00|sale|1.5|300
        6|2024-0004|D-100|2024-02-01 00:00:00|return|-1|-89.9
        7|2024-0005|D-101|2024-02-02 00:00:00|sale|100|4.5
        8|2024-0006|D-103|2024-02-03 00:00:00|sale|1|1234.5
        9|2024-0007|D-103|2024-02-04 00:00:00|sale|1|12345
        11|2024-0009|D-101|2024-02-28 00:00:00|sale|3|255
    """,
    f"{WORKBOOK}#Orders": """
        2|CA-2024-200001|FE-10035|2024-01-08 00:00:00|sale|3|31.5
        3|CA-2024-200001|FE-10035|2024-01-08 00:00:00|sale|1|99.9
        4|US-2024-200002|GE-10040|2024-02-09 00:00:00|sale|2|48.896
        4+|US-2024-200002|GE-10040|2024-02-09 00:00:00|return|-2|-48.896
    """,
    f"{WORKBOOK}#Returns": "",
    f"{WORKBOOK}#People": "",
}

SHAPES = {
    "online_retail.csv": "online_retail",
    "online_retail_ii.csv": "online_retail_ii",
    "online_retail_us.txt": "online_retail",
    "shopify_orders.csv": "shopify_orders",
    "woocommerce_order_lines.csv": "woocommerce_order_lines",
    "woocommerce_order_lines_net.csv": "woocommerce_order_lines_net",
    "woocommerce_item_rows.csv": "woocommerce_order_lines",
    "order_lines.csv": "order_lines",
    "returned_orders.csv": "returned_orders",
    "purchase_list.csv": "purchase_list",
    "purchase_list_without_header.txt": "purchase_list",
    "invoice_lines.csv": "invoice_lines",
    "invoice_lines_decimal_comma.csv": "invoice_lines",
    f"{WORKBOOK}#Orders": "order_lines",
    f"{WORKBOOK}#Returns": "returned_orders",
    f"{WORKBOOK}#People": "none",
}

REJECTED = {
    "online_retail.csv": {7: "duplicate"},
    "shopify_orders.csv": {6: "never_paid", 7: "never_paid"},
    "woocommerce_order_lines.csv": {6: "never_paid", 7: "never_paid", 13: "never_paid"},
    "woocommerce_order_lines_net.csv": {5: "bad_quantity", 6: "never_paid", 7: "never_paid", 8: "never_paid"},
    "woocommerce_item_rows.csv": {8: "never_paid", 9: "never_paid"},
    "order_lines.csv": {10: "bad_return_flag"},
    "returned_orders.csv": {2: "order_mark", 3: "order_mark", 4: "order_mark", 5: "order_mark"},
    "invoice_lines.csv": {9: "missing_invoice", 11: "duplicate"},
    "invoice_lines_decimal_comma.csv": {10: "bad_price"},
    f"{WORKBOOK}#Returns": {2: "order_mark"},
}


def name_of(source_file: str) -> str:
    return source_file.rsplit("/", 1)[-1]


def plain(number: Decimal) -> str:
    """Without zeros behind: 2.000 is 2, whatever the type of the column."""
    return f"{number.normalize():f}"


def lines_of(build: Build) -> dict[str, list[str]]:
    """The accepted lines of each file, as they are written above."""
    assert build.exit_code == 0, build.output
    lines: dict[str, list[str]] = {}
    for file, row, is_derived, invoice, customer, time, kind, quantity, amount in build.rows(
        "select source_file, source_row, is_derived, invoice_id, coalesce(customer_id, '-'), "
        "strftime(invoiced_at, '%Y-%m-%d %H:%M:%S'), line_type, quantity, amount from marts.invoice_lines "
        "order by source_file, line_id"
    ):
        line = f"{row}{'+' * is_derived}|{invoice}|{customer}|{time}|{kind}|{plain(quantity)}|{plain(amount)}"
        lines.setdefault(name_of(file), []).append(line)
    return lines


def rejected_of(build: Build) -> dict[str, dict[int, str]]:
    rejected: dict[str, dict[int, str]] = {}
    for file, row, reason in build.rows("select source_file, source_row, reason from marts.rejected_invoice_lines"):
        rejected.setdefault(name_of(file), {})[row] = reason
    return rejected


def refused(build: Build) -> str:
    """The message of a build that had to fail, without a stack trace in it."""
    assert build.exit_code != 0, build.output
    assert "Traceback" not in build.output, build.output
    return build.message()


def write_superstore_workbook(path: Path) -> None:
    """Write orders, returned orders and people on a sheet each, dates as dates, as the data set comes."""
    header = (FIXTURES / "order_lines.csv").read_text().splitlines()[0].split(",")[:-1]
    lines: list[tuple[str, datetime.date, str, str, float, int]] = [
        ("CA-2024-200001", datetime.date(2024, 1, 8), "FE-10035", "OFF-AR-10000007", 31.5, 3),
        ("CA-2024-200001", datetime.date(2024, 1, 8), "FE-10035", "OFF-AP-10000008", 99.9, 1),
        ("US-2024-200002", datetime.date(2024, 2, 9), "GE-10040", "OFF-PA-10000003", 48.896, 2),
    ]
    with xlsxwriter.Workbook(path) as workbook:
        day = workbook.add_format({"num_format": "m/d/yyyy"})
        orders = workbook.add_worksheet("Orders")
        orders.write_row(0, 0, header)
        for number, (order, date, customer, product, sales, quantity) in enumerate(lines, start=1):
            values: dict[str, Any] = {"Row ID": number, "Order ID": order, "Customer ID": customer, "Country": "Canada"}
            values |= {"Product ID": product, "Sales": sales, "Quantity": quantity, "Discount": 0, "Profit": 1.5}
            orders.write_row(number, 0, [values.get(name, "Other") for name in header])
            orders.write_datetime(
                number, header.index("Order Date"), datetime.datetime.combine(date, datetime.time()), day
            )
        workbook.add_worksheet("Returns").write_row(0, 0, ["Returned", "Order ID"])
        workbook.get_worksheet_by_name("Returns").write_row(1, 0, ["Yes", "US-2024-200002"])
        workbook.add_worksheet("People").write_row(0, 0, ["Person", "Region"])
        workbook.get_worksheet_by_name("People").write_row(1, 0, ["Pat Example", "West"])


@pytest.fixture(scope="module")
def shapes_build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """All fixtures together, with all data tests of dbt: what is true of one file does not change beside others."""
    folder = tmp_path_factory.mktemp("shapes")
    write_superstore_workbook(folder / WORKBOOK)
    build = dbt(folder, f"{FIXTURES}/*, {folder / WORKBOOK}", {"column_map": LISTS, **UNKNOWN_TYPES})
    assert build.exit_code == 0, build.output
    return build


@pytest.mark.parametrize("file", LINES)
def test_lines_are_those_worked_out_by_hand(shapes_build: Build, file: str) -> None:
    assert lines_of(shapes_build).get(file, []) == [line.strip() for line in LINES[file].strip().splitlines()]


@pytest.mark.parametrize("file", SHAPES)
def test_rows_are_rejected_for_their_reason_and_no_others(shapes_build: Build, file: str) -> None:
    assert rejected_of(shapes_build).get(file, {}) == REJECTED.get(file, {})


def test_a_derived_return_is_a_cancellation_only_where_the_file_says_when(shapes_build: Build) -> None:
    """An order cancelled the next morning; not the ones marked as returned or refunded, which have the sale's time."""
    cancelled = shapes_build.rows(
        "select invoice_id, quantity from marts.invoice_lines "
        "inner join intermediate.int_cancelled_lines using (line_id) where is_derived"
    )
    assert cancelled == [("#1004", Decimal(-4))]


def test_shapes_are_recognised_by_header(shapes_build: Build) -> None:
    found = shapes_build.rows("select source_file, shape from marts.load_audit")
    assert {name_of(file): shape for file, shape in found} == SHAPES


def test_every_row_and_penny_is_accounted_for(shapes_build: Build) -> None:
    audit = shapes_build.rows(
        "select source_file, rows_read, rows_accepted, rows_rejected, lines_derived, amount_read, amount_accepted, "
        "amount_rejected, amount_derived from marts.load_audit"
    )
    for file, read, accepted, rejected, derived, amount, amount_accepted, amount_rejected, amount_derived in audit:
        of_file = [line for line in LINES[name_of(file)].splitlines() if "|" in line]
        own = [line for line in of_file if "+" not in line]
        assert (accepted, rejected) == (len(own), len(REJECTED.get(name_of(file), {}))), file
        assert read == accepted + rejected, file
        assert derived == len(of_file) - len(own), file
        assert amount == amount_accepted + amount_rejected, file
        assert amount_accepted == sum(Decimal(line.rsplit("|", 1)[1]) for line in own), file
        assert amount_derived == sum(Decimal(line.rsplit("|", 1)[1]) for line in of_file if "+" in line), file


# --- Online Retail, as other systems would export it ------------------------------------------------------------------

# Of the 25,900 invoices 43 have lines of two minutes, which an order with one time can't hold.
REWRITTEN = {
    "ii.csv": """
        select InvoiceNo as Invoice, StockCode, Description, Quantity, InvoiceDate, UnitPrice as Price,
            CustomerID || '.0' as "Customer ID", Country
        from lines order by n
    """,
    "us.txt": """
        select InvoiceNo, StockCode, Description, Quantity,
            strftime(InvoiceDate::timestamp, '%m/%d/%Y %H:%M') as InvoiceDate, UnitPrice, CustomerID
        from lines order by n
    """,
    "shopify.csv": """
        select '#' || InvoiceNo as Name, case when is_first then CustomerID end as Email,
            case when is_first then 'paid' end as "Financial Status", case when is_first then 'GBP' end as Currency,
            case when is_first then InvoiceDate || ' +0000' end as "Created at", Quantity as "Lineitem quantity",
            Description as "Lineitem name", UnitPrice as "Lineitem price", StockCode as "Lineitem sku",
            case when is_first then Country end as "Billing Country", null as "Cancelled at",
            case when is_first then '0.00' end as "Refunded Amount", '0.00' as "Lineitem discount"
        from (select *, row_number() over (partition by InvoiceNo order by n) = 1 as is_first from orders)
        order by InvoiceNo, n
    """,
    "list.csv": """
        select CustomerID, strftime(InvoiceDate::timestamp, '%Y%m%d'), Quantity,
            Quantity::decimal(18, 3) * UnitPrice::decimal(18, 4)
        from lines order by n
    """,
}
COUNTED = {"ii.csv": "unequal_lines", "us.txt": "unequal_lines", "shopify.csv": "orders", "list.csv": "lines"}


@pytest.fixture(scope="module")
def online_retail() -> Iterator[duckdb.DuckDBPyConnection]:
    """The data set as it is, looked at without the project; its first quarter, unless there is time for all."""
    if not ONLINE_RETAIL.exists():
        pytest.skip(f"the Online Retail data set is not at {ONLINE_RETAIL}; set ONLINE_RETAIL to its path")
    with duckdb.connect() as connection:
        connection.execute(
            "create table all_lines as select row_number() over () as n, *, "
            "Quantity::decimal(18, 3) * UnitPrice::decimal(18, 4) as amount "
            f"from read_csv('{ONLINE_RETAIL}', all_varchar = true)"
        )
        connection.execute(
            "create table all_orders as from all_lines where InvoiceNo in (select InvoiceNo from all_lines group by 1 "
            "having count(distinct (CustomerID, InvoiceDate, Country)) = 1)"
        )
        part = "n <= 135000" if PROFILE == "short" else "true"
        for name in ("lines", "orders"):
            connection.execute(f"create table {name} as from all_{name} where {part}")
        connection.execute("create table unequal_lines as select distinct * exclude (n) from lines")
        yield connection


@pytest.fixture(scope="module")
def rewritten_build(online_retail: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Build:
    """All four exports together; no line of one repeats a line of another, since each says something else of it."""
    folder = tmp_path_factory.mktemp("rewritten")
    (folder / "exports").mkdir()
    for name, query in REWRITTEN.items():
        options = {"us.txt": "header, delimiter '\t'", "list.csv": "header false"}.get(name, "header")
        online_retail.execute(f"copy ({query}) to '{folder}/exports/{name}' ({options})")
    columns = {"list.csv": {"customer_id": 1, "invoiced_at": 2, "quantity": 3, "amount": 4}}
    build = dbt(folder, folder / "exports", {"column_map": columns}, LINES_ONLY)
    assert build.exit_code == 0, build.output
    return build


def test_an_order_with_one_customer_and_time_is_what_most_invoices_are(
    online_retail: duckdb.DuckDBPyConnection,
) -> None:
    counts = online_retail.execute("select count(*), count(distinct InvoiceNo) from all_orders").fetchall()
    assert counts == [(538_562, 25_857)]


@pytest.mark.parametrize("file", REWRITTEN)
def test_online_retail_in_other_shapes_has_the_facts_of_the_original(
    rewritten_build: Build, online_retail: duckdb.DuckDBPyConnection, file: str
) -> None:
    invoice = "InvoiceNo" if file != "list.csv" else "coalesce(CustomerID, '') || '/' || InvoiceDate[:10]"
    if file == "shopify.csv":
        invoice = "'#' || InvoiceNo"
    facts = (
        "count(*), count(distinct {0}), count(distinct {1}), sum(amount), sum(amount) filter (where amount > 0), {2}"
    )
    days = "count(distinct ({0}, {1}))"
    of_original = facts.format(invoice, "CustomerID", days.format("CustomerID", "InvoiceDate[:10]"))
    expected = online_retail.execute(f"select {of_original} from {COUNTED[file]}").fetchall()
    found = rewritten_build.rows(
        f"select {facts.format('invoice_id', 'customer_id', days.format('customer_id', 'invoiced_at::date'))} "
        f"from marts.invoice_lines where source_file like '%/{file}'"
    )
    assert found == expected


def test_online_retail_in_other_shapes_loses_only_copies(
    rewritten_build: Build, online_retail: duckdb.DuckDBPyConnection
) -> None:
    ((lines, unequal, rows),) = online_retail.execute(
        "select (select count(*) from lines), (select count(*) from unequal_lines), (select count(*) from orders)"
    ).fetchall()
    copies = lines - unequal
    assert copies > 1000
    found = rewritten_build.rows(
        "select shape, rows_read, rows_rejected, rows_duplicate, rows_duplicate_elsewhere from marts.load_audit "
        "order by source_file"
    )
    assert found == [
        ("online_retail_ii", lines, copies, copies, 0),
        ("purchase_list", lines, 0, 0, 0),
        ("shopify_orders", rows, 0, 0, 0),
        ("online_retail", lines, copies, copies, 0),
    ]


# --- What the settings say about shapes -------------------------------------------------------------------------------


def seed_columns() -> list[ShapeColumn]:
    """The shapes that the project knows."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            "select shape, field, header, is_required, is_of_order "
            f"from read_csv('{PROJECT}/seeds/invoice_shapes.csv') order by preference"
        ).fetchall()
    return [ShapeColumn(*row) for row in rows]


def inspect(path: Path, *extra: ShapeColumn, **settings: Any) -> InvoiceFile:
    (file,) = inspect_files(str(path), [*seed_columns(), *extra], **settings)
    return file


def test_a_shape_that_is_set_takes_the_place_of_the_one_found_out(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.csv", header="Order ID,Customer ID,Date,Quantity,Amount")
    assert inspect(path).shape == "invoice_lines"
    assert inspect(path, shape="purchase_list").shape == "purchase_list"
    # The orders are not looked at then.
    assert "invoice_id" not in inspect(path, shape="purchase_list").positions


def test_a_shape_that_is_not_known_is_refused_with_those_that_are(tmp_path: Path) -> None:
    file = inspect(write_lines(tmp_path / "a.csv"), shape="shopify")
    assert file.problem == "invoice_shape is shopify, which is not known"
    assert "online_retail, online_retail_ii, shopify_orders" in str(file.remedy)


def test_a_set_shape_that_a_file_does_not_have_says_what_is_missing(tmp_path: Path) -> None:
    file = inspect(FIXTURES / "invoice_lines.csv", shape="shopify_orders")
    assert str(file.problem).startswith("no column for invoice_id, description, quantity, unit_price, invoiced_at")


def test_an_unknown_header_is_shown_as_it_is_separated(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.csv", header="First Name,Last Name,Email,Total Spent,Total Orders,Accepts Email")
    assert str(inspect(path).problem).endswith("Last Name, Email, Total Spent, Total Orders, Accepts Email")


def test_a_zip_archive_is_not_taken_for_a_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "orders_export.zip", "w") as archive:
        archive.write(FIXTURES / "shopify_orders.csv", "orders_export_1.csv")
    file = inspect(tmp_path / "orders_export.zip")
    assert file.problem == "the file is a zip archive and no workbook"
    assert "unpack it" in str(file.remedy)


def test_numbers_name_the_columns_of_a_file_without_a_header(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("2023-01-05;19.90;A01;2\n2023-02-01;5.00;B02;1\n")
    column_map = {"invoiced_at": 1, "amount": 2, "customer_id": 3, "quantity": 4}
    built = dbt(tmp_path, tmp_path / "a.csv", {"column_map": column_map}, LINES_ONLY)
    assert lines_of(built)["a.csv"] == [
        "1|A01/2023-01-05|A01|2023-01-05 00:00:00|sale|2|19.9",
        "2|B02/2023-02-01|B02|2023-02-01 00:00:00|sale|1|5",
    ]


def test_numbers_may_name_an_invoice_and_a_price_too(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("R1\tA01\t2023-01-05\t2\t9.95\nR1\tA01\t2023-01-05\t2\t9.95\n")
    column_map = {"invoice_id": 1, "customer_id": 2, "invoiced_at": 3, "quantity": 4, "unit_price": 5}
    file = inspect(tmp_path / "a.txt", column_map=column_map)
    assert (file.problem, file.delimiter, file.header_row) == (None, "\t", -1)
    assert file.positions == {field: number - 1 for field, number in column_map.items()}


def test_a_list_with_a_column_that_may_be_the_invoice_asks(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "a.csv", "A01,2023-01-05,R7,2,19.90", header="Customer ID,Date,Receipt,Quantity,Amount"
    )
    file = inspect(path)
    assert file.problem == "no column for invoice_id among: Customer ID, Date, Receipt, Quantity, Amount"
    assert "column_map: {invoice_id: Receipt}" in str(file.remedy)
    assert "invoice_shape: purchase_list" in str(file.remedy)
    assert inspect(path, column_map={"invoice_id": "Receipt"}).positions["invoice_id"] == 2
    assert inspect(path, shape="purchase_list").shape == "purchase_list"


def test_a_file_without_a_header_and_another_number_of_columns_asks(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("536365,17850,2010-12-01,6,2.55\n")
    file = inspect(tmp_path / "a.csv")
    assert str(file.problem).startswith("the file has no header: its first line is '536365, 17850")
    assert "number the columns" in str(file.remedy)


def test_cancellations_of_one_shape_do_not_make_some_of_the_sales_of_another(rates_build: Build) -> None:
    lines = lines_of(rates_build)
    assert lines["superstore.csv"] == ["2|CA-2023-100002|BE-10020|2023-02-14 00:00:00|sale|2|14.62"]
    assert lines["online_retail.csv"] == [line.strip() for line in LINES["online_retail.csv"].strip().splitlines()]


def test_equal_rows_are_copies_only_where_there_are_invoice_numbers(shapes_build: Build) -> None:
    found = shapes_build.rows("select source_file, rows_duplicate from marts.load_audit where rows_duplicate > 0")
    assert {name_of(file): rows for file, rows in found} == {"online_retail.csv": 1, "invoice_lines.csv": 1}
    kept = shapes_build.rows(
        "select count(*) from (select 1 from marts.invoice_lines where source_file like '%purchase_list%' "
        "group by invoice_id, quantity, amount having count(*) > 1)"
    )
    assert kept == [(2,)]


# --- Tables of the warehouse ------------------------------------------------------------------------------------------

RAW_LINES = """
    create schema raw;
    create table raw.invoice_lines (
        invoice_id varchar, product_code varchar, quantity integer, unit_price decimal(10, 2), invoiced_at timestamp,
        customer_id integer, country varchar, loaded_by varchar
    );
    insert into raw.invoice_lines values
        ('1', 'MUG', 2, 2.50, '2024-01-02 10:00', 7, 'UK', 'x'),
        ('1', 'POST', 1, 4.00, '2024-01-02 10:00', 7, 'UK', 'x'),
        ('2', 'MUG', -1, 2.50, '2024-01-05 11:30', 7, 'UK', 'x'),
        ('3', 'POT', 1, 12.25, '2024-02-01 12:00', 8, 'FR', 'x');
    create view raw.sold as
        select invoice_id as "Beleg", invoiced_at as "Tag", customer_id as "Kunde", quantity as "Menge",
            quantity * unit_price as "Netto Summe", product_code as "SKU"
        from raw.invoice_lines
"""
GERMAN_NAMES = {
    "invoice_id": "Beleg",
    "invoiced_at": "Tag",
    "customer_id": "Kunde",
    "quantity": "Menge",
    "amount": "Netto Summe",
}


@pytest.mark.parametrize(
    ("relation", "column_map"), [("raw.invoice_lines", {}), ("raw.sold", GERMAN_NAMES)], ids=["table", "view"]
)
def test_a_table_or_view_of_the_warehouse_is_read_like_a_file(
    tmp_path: Path, relation: str, column_map: dict[str, str]
) -> None:
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute(RAW_LINES)
    built = dbt(tmp_path, "", {"invoice_relation": relation, "column_map": column_map}, LINES_ONLY)
    lines = lines_of(built)
    assert sorted(line.split("|", 1)[1] for line in lines[relation]) == [
        "1|7|2024-01-02 10:00:00|charge|1|4",
        "1|7|2024-01-02 10:00:00|sale|2|5",
        "2|7|2024-01-05 11:30:00|return|-1|-2.5",
        "3|8|2024-02-01 12:00:00|sale|1|12.25",
    ]
    assert built.rows("select source_file, format, shape, rows_read from marts.load_audit") == [
        (relation, "relation", "invoice_lines", 4)
    ]


def test_a_relation_that_does_not_exist_is_named(tmp_path: Path) -> None:
    message = refused(dbt(tmp_path, "", {"invoice_relation": "raw.no_such_table"}, LINES_ONLY))
    assert "raw.no_such_table problem: there is no such table or view" in message
    assert "remedy: name it as schema.table in the var invoice_relation" in message


# --- Currencies -------------------------------------------------------------------------------------------------------


CURRENCIES = (
    "Order Number,Date,Customer,SKU,Quantity,Price,Currency",
    "1,2024-01-02,K1,MUG,2,10.00,EUR",
    "2,2024-01-03,K2,MUG,3,10.00,USD",
    "3,2024-01-04,K2,MUG,1,10.00,EUR",
)


@pytest.fixture(scope="module")
def rates_build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Two currencies, an export of orders that was delivered twice, and two shapes with invoices that begin with C."""
    folder = tmp_path_factory.mktemp("rates")
    (folder / "exports").mkdir()
    write_lines(folder / "exports/currencies.csv", *CURRENCIES[1:], header=CURRENCIES[0])
    for name in ("january.csv", "all.csv"):
        shutil.copy(FIXTURES / "shopify_orders.csv", folder / "exports" / name)
    shutil.copy(FIXTURES / "online_retail.csv", folder / "exports")
    superstore = "CA-2023-100002,2/14/2023,BE-10020,OFF-PA-10000003,14.62,2"
    write_lines(
        folder / "exports/superstore.csv",
        superstore,
        header="Order ID,Order Date,Customer ID,Product ID,Sales,Quantity",
    )
    return dbt(folder, folder / "exports", {"date_order": "mdy", "exchange_rates": {"EUR": 1, "USD": 0.92}}, LINES_ONLY)


def test_amounts_in_several_currencies_are_refused(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.csv", *CURRENCIES[1:], header=CURRENCIES[0])
    message = refused(dbt(tmp_path, path, arguments=LINES_ONLY))
    assert "The lines are in several currencies, whose amounts can't be added up: EUR: 2 lines USD: 1 lines" in message
    assert "--vars '{exchange_rates: {EUR: 1, USD: 0.9}}'" in message


def test_rates_bring_amounts_into_one_currency(rates_build: Build) -> None:
    assert lines_of(rates_build)["currencies.csv"] == [
        "2|1|K1|2024-01-02 00:00:00|sale|2|20",
        "3|2|K2|2024-01-03 00:00:00|sale|3|27.6",
        "4|3|K2|2024-01-04 00:00:00|sale|1|10",
    ]


def test_equal_items_of_an_order_are_copies_only_in_another_export(rates_build: Build) -> None:
    lines = lines_of(rates_build)
    assert lines["all.csv"] == [line.strip() for line in LINES["shopify_orders.csv"].strip().splitlines()]
    assert "january.csv" not in lines
    assert rejected_of(rates_build)["january.csv"] == {
        row: REJECTED["shopify_orders.csv"].get(row, "duplicate") for row in range(2, 16)
    }


# --- Adding a shape ---------------------------------------------------------------------------------------------------

NEW_SHAPE = """\
kassenbuch,invoice_id,Bon,true,false,1001
kassenbuch,invoiced_at,Zeitpunkt,true,true,1002
kassenbuch,customer_id,Kundenkarte,true,true,1003
kassenbuch,description,Artikel,true,false,1004
kassenbuch,amount,Betrag,true,false,1005
kassenbuch,is_returned,Storno,false,false,1006
"""


def test_a_shape_is_added_by_rows_of_one_seed(tmp_path: Path) -> None:
    project = tmp_path / "project"
    parts = ["dbt_project.yml", "profiles.yml", "macros", "models", "python_models", "seeds", "tests"]
    for part in parts:
        source = PROJECT / part
        if source.is_dir():
            shutil.copytree(source, project / part, ignore=shutil.ignore_patterns("python", "__pycache__"))
        else:
            (project / part).parent.mkdir(exist_ok=True)
            shutil.copy(source, project / part)
    with (project / "seeds/invoice_shapes.csv").open("a") as seed:
        seed.write(NEW_SHAPE)
    header = "Bon;Zeitpunkt;Kundenkarte;Artikel;Betrag;Storno"
    lines = ["1;2024-01-02 09:30;K7;Brot;4,20;", "1;;;Kuchen;12,80;x", "2;2024-01-03 10:00;K8;Brot;4,20;"]
    path = write_lines(tmp_path / "a.csv", *lines, header=header)
    built = dbt(tmp_path, path, arguments=(*LINES_ONLY, "--project-dir", str(project)))
    assert lines_of(built)["a.csv"] == [
        "2|1|K7|2024-01-02 09:30:00|sale|1|4.2",
        "3|1|K7|2024-01-02 09:30:00|sale|1|12.8",
        "3+|1|K7|2024-01-02 09:30:00|return|-1|-12.8",
        "4|2|K8|2024-01-03 10:00:00|sale|1|4.2",
    ]
    assert built.rows("select shape from marts.load_audit") == [("kassenbuch",)]
