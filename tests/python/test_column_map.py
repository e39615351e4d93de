"""What is said about columns: for which files it holds, when it is refused, and what is told where it is missing."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
import yaml
from conftest import HEADER, PROJECT, write_lines

from segmentation.intake import InvoiceFile, ShapeColumn, inspect_files, inspect_relation

with (PROJECT / "seeds/invoice_shapes.csv").open() as seed:
    SHAPES = [
        ShapeColumn(
            row["shape"], row["field"], row["header"], row["is_required"] == "true", row["is_of_order"] == "true"
        )
        for row in csv.DictReader(seed)
    ]

ORDERS = "Number,Day,Buyer,Units,Price"
LINES = [f"{n},2024-01-{n:02},K{n},{n % 3 + 1},2.50" for n in range(1, 10)]


def inspect(where: Path, column_map: dict[str, Any] | None = None, shape: str = "") -> dict[str, InvoiceFile]:
    """Each file or sheet by its name."""
    return {file.source_file.rsplit("/", 1)[-1]: file for file in inspect_files(str(where), SHAPES, column_map, shape)}


def mappings_of(file: InvoiceFile) -> list[dict[str, Any]]:
    """The mappings that a remedy offers, as a shell and YAML would read them."""
    options = str(file.remedy).split("--vars '")[1:]
    return [yaml.safe_load(option.split("}'")[0].replace("'\\''", "'") + "}")["column_map"] for option in options]


def write_workbook(path: Path, sheets: dict[str, list[list[Any]]]) -> None:
    with xlsxwriter.Workbook(path) as workbook:
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)


# --- Facts of an order ----------------------------------------------------------------------------------------


def test_statuses_and_refunds_are_facts_of_the_order_in_any_file(tmp_path: Path) -> None:
    header = "Invoice,Date,Customer,Quantity,Price,State,Stopped,Back"
    path = write_lines(tmp_path / "a.csv", "1,2024-01-01,K1,1,2.50,paid,,", header=header)
    named = {"order_status": "State", "cancelled_at": "Stopped", "order_refund": "Back"}
    file = inspect(path, named)["a.csv"]
    assert (file.positions["order_status"], file.positions["cancelled_at"], file.positions["order_refund"]) == (5, 6, 7)
    assert file.order_fields == ("order_status", "cancelled_at", "order_refund")


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Order Status", "order_status"),
        ("financial_status", "order_status"),
        ("Cancelled at", "cancelled_at"),
        ("Refunded Amount", "order_refund"),
    ],
)
def test_usual_headers_of_them_are_known(tmp_path: Path, header: str, field: str) -> None:
    path = write_lines(tmp_path / "a.csv", header=f"Invoice,Date,Customer,Quantity,Price,{header}")
    assert inspect(path)["a.csv"].order_fields == (field,)


def test_a_plain_status_is_not_taken_for_that_of_the_order(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.csv", header="Invoice,Date,Customer,Quantity,Price,Status")
    assert inspect(path)["a.csv"].order_fields == ()


# --- Which files it holds for -----------------------------------------------------------------------------------


def test_columns_hold_for_the_files_that_have_all_of_them(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.csv", *LINES, header=ORDERS)
    write_lines(tmp_path / "b.csv")
    named = {"invoice_id": "Number", "invoiced_at": "Day", "customer_id": "Buyer", "quantity": "Units"}
    files = inspect(tmp_path, named)
    assert [file.problem for file in files.values()] == [None, None]
    assert (files["a.csv"].positions["customer_id"], files["b.csv"].shape) == (2, "online_retail")


def test_a_file_that_lacks_a_named_column_is_told_so_and_what_else_is_missing(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.csv", *LINES, header=ORDERS)
    write_lines(tmp_path / "b.csv", *LINES, header=ORDERS.replace("Buyer", "Client no"))
    named = {"invoice_id": "Number", "invoiced_at": "Day", "customer_id": "Buyer", "quantity": "Units"}
    file = inspect(tmp_path, named)["b.csv"]
    assert "column_map does not hold for it, for want of Buyer" in str(file.problem)
    assert "no column for invoice_id, quantity, invoiced_at, customer_id among: Number, Day" in str(file.problem)
    # What is offered is whole, for both files.
    (setting,) = mappings_of(file)
    assert setting["*"] == named
    assert setting["b.csv"] == named | {"customer_id": "Client no"}
    assert [f.problem for f in inspect(tmp_path, setting).values()] == [None, None]


def test_columns_that_no_file_has_are_refused_with_the_nearest(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.csv", header=f"{HEADER},Account No")
    file = inspect(path, {"customer_id": "AccountNr"})["a.csv"]
    assert "column_map names columns that it does not have: AccountNr (there is Account No)" in str(file.problem)
    assert mappings_of(file) == [{"customer_id": "Account No"}]


def test_a_column_that_would_not_be_read_for_want_of_another_is_asked_about(tmp_path: Path) -> None:
    header = "Invoice,Date,Customer,Quantity,Price,State"
    write_lines(tmp_path / "a.csv", header=f"{header},Back")
    write_lines(tmp_path / "b.csv", header=header)
    file = inspect(tmp_path, {"order_status": "State", "order_refund": "Back"})["b.csv"]
    assert "it has State, which would not be read as order_status" in str(file.problem)
    (setting,) = mappings_of(file)
    files = inspect(tmp_path, setting)
    assert [f.order_fields for f in files.values()] == [("order_status", "order_refund"), ("order_status",)]


def test_a_column_that_is_named_as_an_amount_is_no_price(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.csv", header="Order ID,Date,Customer,Price")
    assert inspect(path, {"amount": "Price"})["a.csv"].positions == {
        "invoice_id": 0,
        "invoiced_at": 1,
        "customer_id": 2,
        "amount": 3,
    }


def test_columns_may_be_named_by_the_names_of_files(tmp_path: Path) -> None:
    for folder in ("web", "pos"):
        (tmp_path / folder).mkdir()
        write_lines(tmp_path / folder / "a.csv", *LINES, header=ORDERS)
    write_lines(tmp_path / "web" / "b.csv")
    named = {"invoice_id": "Number", "invoiced_at": "Day", "quantity": "Units"}
    setting = {"pos/*": named | {"customer_id": "Buyer"}, "*": named | {"customer_id": "Number"}}
    pos, web, other = inspect_files(str(tmp_path / "*/*"), SHAPES, setting)
    assert (pos.positions["customer_id"], web.positions["customer_id"], other.shape) == (2, 0, "online_retail")


def test_a_file_that_is_meant_by_name_must_have_the_columns(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.csv", header=f"{HEADER},Account")
    file = inspect(path, {"a*.csv": {"customer_id": "Accout"}})["a.csv"]
    assert "column_map names columns for a*.csv that it does not have: Accout (there is Account)" in str(file.problem)
    assert mappings_of(file) == [{"a*.csv": {"customer_id": "Account"}}]


def test_a_pattern_that_fits_no_file_is_refused(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.csv")
    file = inspect(tmp_path, {"b*.csv": {"customer_id": "CustomerID"}})["column_map"]
    assert file.problem == "column_map names columns for b*.csv, which fits no file or sheet"
    assert "a.csv" in str(file.remedy)


def test_a_sheet_is_meant_by_its_name_and_a_workbook_by_that_of_its_file(tmp_path: Path) -> None:
    rows = [ORDERS.split(","), *(line.split(",") for line in LINES)]
    write_workbook(tmp_path / "a.xlsx", {"Sales": rows, "Notes": [["nothing"]]})
    named = {"invoice_id": "Number", "invoiced_at": "Day", "customer_id": "Buyer", "quantity": "Units"}
    for pattern in ("a.xlsx", "a.xlsx#Sales", "*#Sales"):
        files = inspect(tmp_path, {pattern: named})
        assert (files["a.xlsx#Notes"].problem, files["a.xlsx#Notes"].shape) == (None, "none")
        assert files["a.xlsx#Sales"].positions["customer_id"] == 2
    missed = inspect(tmp_path, {"a.xlsx#Sales": named | {"country": "Land"}})["a.xlsx#Sales"]
    assert "does not have: Land" in str(missed.problem)


def test_a_file_whose_name_has_signs_of_patterns_is_meant_by_the_pattern_that_is_offered(tmp_path: Path) -> None:
    name = "#1 [50%]*?.csv"
    write_lines(tmp_path / name, *LINES, header=ORDERS.replace("Buyer", "Client's no"))
    write_lines(tmp_path / "other.csv", header=f"{HEADER},Account")
    (setting, *_) = mappings_of(inspect(tmp_path, {"customer_id": "Account"})[name])
    assert [f.problem for f in inspect(tmp_path, setting).values()] == [None, None]


@pytest.mark.parametrize(
    ("column_map", "problem"),
    [
        ({"a*": {"customer_id": "x"}, "country": "y"}, "names columns for all files (country) and for some (a*)"),
        ({"a*": {"customer": "x"}}, "column_map names customer, which is no column of an invoice line"),
    ],
)
def test_a_setting_of_both_forms_or_of_unknown_fields_is_refused(
    tmp_path: Path, column_map: dict[str, Any], problem: str
) -> None:
    (file,) = inspect_files(str(tmp_path), SHAPES, column_map)
    assert problem in str(file.problem)


def test_a_table_of_a_warehouse_and_a_parquet_file_are_told_in_the_same_way(tmp_path: Path) -> None:
    headers = ORDERS.split(",")
    relation = inspect_relation("raw.sold", '"raw"."sold"', headers, SHAPES)
    pq.write_table(pa.table({name: ["1"] for name in headers}), tmp_path / "a.parquet")
    for file in (relation, inspect(tmp_path)["a.parquet"]):
        assert mappings_of(file)[0]["customer_id"] == "Buyer"
    missed = inspect_relation("raw.sold", '"raw"."sold"', [*HEADER.split(","), "Buyer"], SHAPES, {"country": "Byer"})
    assert "Byer (there is Buyer)" in str(missed.problem)


def test_numbers_of_columns_do_not_name_values_of_a_row(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("2,1,2024-01-01,3,2.50\n2,1,2024-01-02,3,2.50\n")
    named = {"customer_id": 1, "invoice_id": 2, "invoiced_at": 3, "quantity": 4, "unit_price": 5}
    file = inspect(tmp_path, named)["a.csv"]
    assert (file.header_row, file.positions["customer_id"]) == (-1, 0)


# --- What is offered -------------------------------------------------------------------------------------------


def test_all_that_is_missing_is_offered_as_one_mapping_with_what_would_follow(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.csv", *LINES, header="Receipt no,Day,Buyer,Units,Sold for")
    file = inspect(path)["a.csv"]
    as_price, as_amount = mappings_of(file)
    columns = {"invoice_id": "Receipt no", "invoiced_at": "Day", "customer_id": "Buyer", "quantity": "Units"}
    assert as_price == columns | {"unit_price": "Sold for"}
    assert as_amount == columns | {"amount": "Sold for"}
    assert "if Sold for is the price of one unit (Units times Sold for would make 45.00 of the first 9 rows)" in str(
        file.remedy
    )
    assert "if Sold for is the amount of the whole line (it makes 22.50 of the first 9 rows)" in str(file.remedy)
    for setting in (as_price, as_amount):
        assert inspect(path, setting)["a.csv"].problem is None


def test_two_columns_of_money_are_told_apart_where_the_rows_do(tmp_path: Path) -> None:
    lines = [f"{line},{(n % 3 + 1) * 2.5:.2f}" for n, line in enumerate(LINES, start=1)]
    path = write_lines(tmp_path / "a.csv", *lines, header="Receipt,Day,Buyer,Units,Net price,Net total")
    (setting,) = mappings_of(inspect(path)["a.csv"])
    assert (setting["unit_price"], setting["amount"]) == ("Net price", "Net total")
    assert "Units times Net price makes Net total" in str(inspect(path)["a.csv"].remedy)


def test_a_price_without_quantities_may_be_the_amount_of_the_line(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.csv", "1,2024-01-01,K1,2.50", header="order_id,order_purchased_at,client,price")
    with_amount, with_quantity = mappings_of(inspect(path)["a.csv"])
    assert (with_amount["amount"], with_quantity["quantity"]) == ("price", "YOUR COLUMN")


def test_where_nothing_looks_like_a_field_its_column_is_asked_for(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.csv", "1,2024-01-01,K1,2,x", header="Invoice,Date,Customer,Quantity,Foo")
    assert mappings_of(inspect(path)["a.csv"]) == [{"unit_price": "YOUR COLUMN"}]
    assert "or amount instead of unit_price" in str(inspect(path)["a.csv"].remedy)


@pytest.mark.parametrize(
    "header",
    [
        "Faktura-ID;Tag;Wer;Stk;Wert",
        "Lasku;Päivä;Asiakas;Määrä;Hinta",
        "伝票;日付;顧客;数量;金額",
    ],
)
def test_a_header_is_one_in_any_language(tmp_path: Path, header: str) -> None:
    lines = [line.replace(",", ";").replace(".", ",") for line in LINES]
    path = write_lines(tmp_path / "a.csv", "Our shop", "", header, *lines, header="Export of 2024")
    file = inspect(path)["a.csv"]
    shown = ", ".join(header.split(";"))
    assert "no column is known by its header; needed are invoice_id" in str(file.problem)
    assert str(file.problem).endswith(f"among: {shown}")
    assert "column_map" in str(file.remedy)


def test_a_header_between_pipes_and_dashes_is_one(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "01.07.2024   List   1\n\n-----------\n|Doc.no|Dy        |Sold-to|  Net |\n-----------\n"
        "|900001|04.01.2023|100026 |137,50|\n|900002|11.01.2023|100043 | 45,00|\n"
    )
    file = inspect(tmp_path)["a.txt"]
    assert str(file.problem).endswith("among: Doc.no, Dy, Sold-to, Net")


# --- Files that hold no invoice lines --------------------------------------------------------------------------


def test_an_export_for_datev_is_known_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        '"EXTF";700;21;"Buchungsstapel";13;20240701\nUmsatz;Soll/Haben-Kennzeichen;Konto;Belegdatum;Belegfeld 1\n'
        "45,00;S;10000;0101;RE1001\n"
    )
    file = inspect(tmp_path, {"amount": "Umsatz"})["a.csv"]
    assert "DATEV" in str(file.problem)
    assert "dates without a year" in str(file.problem)
    assert "export the invoices with their lines" in str(file.remedy)
    (tmp_path / "b.csv").write_text("Umsatz;Soll/Haben-Kennzeichen;Belegdatum;Belegfeld 1\n45,00;S;0101;RE1001\n")
    assert "DATEV" in str(inspect(tmp_path)["b.csv"].problem)


GROUPED = [
    ["", "Date", "Type", "Num", "Product", "Qty", "Sales Price", "Amount"],
    ["Ada Alder", "", "", "", "", "", "", ""],
    ["", "01/02/2024", "Invoice", "1001", "Mug", "1", "2.50", "2.50"],
    ["", "01/05/2024", "Invoice", "1004", "Jar", "2", "3.00", "6.00"],
    ["Total for Ada Alder", "", "", "", "", "3", "", "8.50"],
    ["Ben Birch", "", "", "", "", "", "", ""],
    ["", "01/09/2024", "Invoice", "1009", "Mug", "1", "2.50", "2.50"],
    ["Total for Ben Birch", "", "", "", "", "1", "", "2.50"],
]


def test_a_report_in_groups_is_told_as_what_it_is(tmp_path: Path) -> None:
    title = [["Our shop", *[""] * 7], ["January", *[""] * 7]]
    with (tmp_path / "a.csv").open("w", newline="") as f:
        csv.writer(f).writerows([*title, *GROUPED])
    write_workbook(tmp_path / "b.xlsx", {"Report": [*title, *GROUPED]})
    for file in (inspect(tmp_path / "a.csv")["a.csv"], inspect(tmp_path / "b.xlsx")["b.xlsx#Report"]):
        assert "a report in groups: 'Ada Alder' stands alone in a row above the lines" in str(file.problem)
        assert "each row names its customer" in str(file.remedy)


def test_a_report_in_groups_is_none_too_where_all_columns_are_known(tmp_path: Path) -> None:
    rows = [["Customer", "Date", "Num", "Invoice", "Product", "Quantity", "Price", "Amount"], *GROUPED[1:]]
    with (tmp_path / "a.csv").open("w", newline="") as f:
        csv.writer(f).writerows(rows)
    assert "a report in groups" in str(inspect(tmp_path)["a.csv"].problem)


def test_customers_above_their_lines_are_seen_where_the_lines_begin_with_a_date(tmp_path: Path) -> None:
    rows = ["Ada Alder", "01/02/2024,1001,Mug,1,2.50", "01/05/2024,1004,Jar,2,3.00", "Ben Birch"]
    path = write_lines(
        tmp_path / "a.csv", *rows, "01/09/2024,1009,Mug,1,2.50", header="Date,Invoice,SKU,Quantity,Price"
    )
    assert "a report in groups: 'Ada Alder'" in str(inspect(path)["a.csv"].problem)


def test_a_row_with_one_value_does_not_make_a_report_of_a_list(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "a.csv",
        "C1,,,,",
        ",2024-01-02,K1,1,2.5",
        "2,2024-01-03,K2,1,2.5",
        header=("Invoice,Date,Customer,Quantity,Price"),
    )
    assert inspect(path)["a.csv"].problem is None


def test_a_workbook_without_invoice_lines_is_not_passed_over_beside_files_that_have_some(tmp_path: Path) -> None:
    write_workbook(
        tmp_path / "2023.xlsx", {"Sales": [["Faktura-ID", "Tag", "Wer", "Stk", "Wert"], [1, "2", "K1", 2, 3]]}
    )
    write_lines(tmp_path / "2024.csv")
    problem = str(inspect(tmp_path)["2023.xlsx#Sales"].problem)
    assert problem.startswith("no sheet holds invoice lines: no column is known by its header")


# --- Tables beside others --------------------------------------------------------------------------------------

INVOICES: list[list[Any]] = [
    ["Invoice", "Date", "Customer", "SKU", "Quantity", "Price"],
    ["1", "2024-01-02", "K1", "MUG", 2, 2.5],
]
PAYMENTS: list[list[Any]] = [["Customer", "Date", "Amount"], ["K1", "2024-01-16", 5]]


def test_a_list_of_amounts_beside_invoices_is_asked_about(tmp_path: Path) -> None:
    write_workbook(tmp_path / "a.xlsx", {"Invoices": INVOICES, "Payments": PAYMENTS})
    files = inspect(tmp_path)
    assert files["a.xlsx#Invoices"].problem is None
    assert "payments of those would count twice" in str(files["a.xlsx#Payments"].problem)
    # Either answer that is offered goes on.
    assert "invoice_shape: invoice_lines" in str(files["a.xlsx#Payments"].remedy)
    assert inspect(tmp_path, shape="invoice_lines")["a.xlsx#Payments"].shape == "none"
    setting = yaml.safe_load(str(files["a.xlsx#Payments"].remedy).rsplit("--vars '", 1)[1][:-1])["column_map"]
    said = inspect(tmp_path, setting)["a.xlsx#Payments"]
    assert (said.problem, said.shape) == (None, "purchase_list")


def test_lists_of_amounts_without_invoices_beside_them_are_read(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_lines(tmp_path / f"{name}.csv", "K1,2024-01-16,5", header="Customer,Date,Amount")
    assert [file.problem for file in inspect(tmp_path).values()] == [None, None]


@pytest.mark.parametrize(
    "header",
    [
        "Customer,Date,Amount",
        "Invoice,Customer,Date,Amount",
        "id,Created (UTC),Amount,Amount Refunded,Currency,Status,Customer Email",
    ],
)
def test_a_file_of_payments_beside_invoices_is_asked_about(tmp_path: Path, header: str) -> None:
    write_lines(tmp_path / "invoices.csv")
    write_lines(tmp_path / "money.csv", header=header)
    files = inspect(tmp_path)
    assert files["invoices.csv"].problem is None
    assert "beside tables with invoices (invoices.csv)" in str(files["money.csv"].problem)
    (setting,) = mappings_of(files["money.csv"])
    assert inspect(tmp_path, setting)["money.csv"].problem is None


def test_several_lists_are_answered_by_one_mapping(tmp_path: Path) -> None:
    write_lines(tmp_path / "invoices.csv")
    for name in ("a", "b"):
        write_lines(tmp_path / f"{name}.csv", "K1,2024-01-16,5", header="Customer,Date,Amount")
    (setting,) = mappings_of(inspect(tmp_path)["a.csv"])
    assert {file.problem for file in inspect(tmp_path, setting).values()} == {None}


OLIST = {
    "olist_customers_dataset": "customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,customer_state",
    "olist_order_items_dataset": "order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value",
    "olist_order_payments_dataset": "order_id,payment_sequential,payment_type,payment_installments,payment_value",
    "olist_orders_dataset": "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at",
    "olist_products_dataset": "product_id,product_category_name,product_name_lenght,product_weight_g",
}
OLIST_ROWS = {
    "olist_customers_dataset": "c1,u1,01234,sao paulo,SP",
    "olist_order_items_dataset": "o1,1,p1,s1,2017-09-19 09:45:35,58.90,13.29",
    "olist_order_payments_dataset": "o1,1,credit_card,8,99.33",
    "olist_orders_dataset": "o1,c1,delivered,2017-10-02 10:56:33,2017-10-02 11:07:15",
    "olist_products_dataset": "p1,perfumaria,40,225",
}


def test_files_that_need_a_join_are_told_from_files_that_need_a_mapping(tmp_path: Path) -> None:
    for name, header in OLIST.items():
        write_lines(tmp_path / f"{name}.csv", OLIST_ROWS[name], header=header)
    files = inspect(tmp_path)
    for name in OLIST:
        assert "order, lines and customer stand in different files" in str(files[f"{name}.csv"].problem), name
        assert "invoice_relation" in str(files[f"{name}.csv"].remedy)
    assert "olist_order_items_dataset.csv has the lines" in str(files["olist_orders_dataset.csv"].problem)
    assert "both have order_id" in str(files["olist_orders_dataset.csv"].problem)


def test_the_query_of_the_documentation_joins_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, header in OLIST.items():
        write_lines(tmp_path / f"{name}.csv", OLIST_ROWS[name], header=header)
    monkeypatch.chdir(tmp_path)
    section = (PROJECT / "docs/shapes.md").read_text().partition("### Files that need a join")[2]
    query = section.partition("```sql")[2].partition("```")[0]
    with duckdb.connect() as connection:
        connection.execute(query)
        rows = connection.execute("from raw.olist_lines").fetchall()
        headers = [name for name, *_ in connection.description or []]
    assert [row[-1] for row in rows] == ["u1"]
    file = inspect_relation("raw.olist_lines", "raw.olist_lines", headers, SHAPES)
    assert (file.problem, file.order_fields) == (None, ("order_status",))
    assert {"invoice_id", "product_code", "amount", "invoiced_at", "customer_id"} <= set(file.positions)


def test_two_files_that_each_lack_one_column_need_no_join(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_lines(tmp_path / f"{name}.csv", *LINES, header="Invoice,Date,Buyer,Quantity,Price")
    assert all("no column for customer_id" in str(file.problem) for file in inspect(tmp_path).values())


def test_a_setting_that_changes_makes_a_file_looked_at_again(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.csv", header=f"{HEADER},Account")
    before = list(inspect(tmp_path).values())
    (after,) = inspect_files(str(tmp_path), SHAPES, {"a.csv": {"customer_id": "Account"}}, known=before)
    assert after.positions["customer_id"] == 8
    assert json.loads(after.as_record()["positions"]) == after.positions


def test_examples_of_the_documentation_are_of_the_shape_that_they_stand_under(tmp_path: Path) -> None:
    names = {column.shape for column in SHAPES}
    found: dict[str, str | None] = {}
    for section in (PROJECT / "docs/shapes.md").read_text().split("\n## ")[1:]:
        title = section.partition("\n")[0]
        if example := re.search(r"```text\n(.*?)```", section, re.DOTALL):
            (tmp_path / f"{title}.csv").write_text(example[1])
            found[title] = inspect(tmp_path / f"{title}.csv")[f"{title}.csv"].shape
    assert {title: shape for title, shape in found.items() if title in names and shape != title} == {}
    assert len(set(found) & names) > 5
