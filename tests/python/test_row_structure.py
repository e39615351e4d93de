"""Tables whose rows depend on each other are read as a person sees them, and what is no line says so."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from conftest import HEADER, write_lines
from hypothesis import example, given
from hypothesis import strategies as st
from test_intake import SHAPES, rows_of

from segmentation.intake import InvoiceFile, customer_hash, inspect_files, read_rows_without
from segmentation.intake.invoice_file import load_key
from segmentation.intake.sums import MARKS, read_number

GERMAN = {
    "invoice_id": "Beleg",
    "invoiced_at": "Datum",
    "customer_id": "Kunde",
    "description": "Artikel",
    "quantity": "Menge",
    "amount": "Betrag",
}
GERMAN_HEADER = "Beleg;Datum;Kunde;Artikel;Menge;Betrag"
ORDER_HEADER = "Order Number,Date,Customer,Title,Quantity,Amount"


def inspected(path: Path, column_map: dict[str, str] | None = None) -> InvoiceFile:
    (file,) = inspect_files(str(path), SHAPES, column_map)
    return file


def mark(row: dict[str, object]) -> str:
    return str(json.loads(str(row["other_fields"] or "{}")).get("passed_over", ""))


def read(path: Path, column_map: dict[str, str] | None, *fields: str) -> list[tuple[object, ...]]:
    """What each row of a file says in some fields, or why it is passed over."""
    file = inspected(path, column_map)
    assert file.problem is None
    return [
        (row["source_row"], mark(row)) if mark(row) else tuple(row[field] for field in fields) for row in rows_of(file)
    ]


# --- values on the first row only ----------------------------------------------------------------------------


def test_values_of_an_invoice_are_filled_down(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "a.csv",
        *("R1;03.01.2024;Öl & Co;Schrank;1;1.234,50", ";;;Stuhl;2;80,00", "R2;04.01.2024;D-2;Stuhl;1;40,00"),
        *("R3;05.01.2024;D-3;Stuhl;1;40,00", ";;;Tisch;1;99,00", ";;;Lampe;1;12,00"),
        header=GERMAN_HEADER,
    )
    file = inspected(path, GERMAN)
    assert (file.row_structure, file.is_readable) == ({"fill_down": (0, 1, 2)}, False)
    assert read(path, GERMAN, "source_row", "invoice_id", "invoiced_at", "customer_id", "description") == [
        (2, "R1", "03.01.2024", "Öl & Co", "Schrank"),
        (3, "R1", "03.01.2024", "Öl & Co", "Stuhl"),
        (4, "R2", "04.01.2024", "D-2", "Stuhl"),
        (5, "R3", "05.01.2024", "D-3", "Stuhl"),
        (6, "R3", "05.01.2024", "D-3", "Tisch"),
        (7, "R3", "05.01.2024", "D-3", "Lampe"),
    ]


def test_merged_cells_of_a_sheet_are_filled_down(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as workbook:
        sheet = workbook.add_worksheet("Ventes")
        sheet.write(0, 0, "Ventes 2024")
        sheet.write_row(2, 0, ["Facture", "Le", "Client", "Pays", "Article", "Qté", "Prix"])
        sheet.merge_range(3, 0, 4, 0, "F1")
        sheet.merge_range(3, 1, 4, 1, "2024-01-03")
        sheet.merge_range(3, 2, 4, 2, "Zoé")
        sheet.merge_range(3, 3, 4, 3, "FR")
        sheet.write_row(3, 4, ["Mug", 2, 3.5])
        sheet.write_row(4, 4, ["Bol", 1, 4])
        sheet.write_row(5, 0, ["F2", "2024-01-04", "Luc", None, "Bol", 1, 4])
        sheet.write_row(6, 4, ["Mug", 1, 3.5])
    names = ("Facture", "Le", "Client", "Pays", "Qté", "Prix")
    fields = ("invoice_id", "invoiced_at", "customer_id", "country", "quantity", "unit_price")
    column_map = dict(zip(fields, names, strict=True))
    assert read(tmp_path / "a.xlsx", column_map, "source_row", *fields) == [
        (4, "F1", "2024-01-03", "Zoé", "FR", "2", "3.5"),
        (5, "F1", "2024-01-03", "Zoé", "FR", "1", "4"),
        # What the first row does not say is not taken from the invoice above.
        (6, "F2", "2024-01-04", "Luc", None, "1", "4"),
        (7, "F2", "2024-01-04", "Luc", None, "1", "3.5"),
    ]


def test_without_numbers_customer_and_date_are_filled_down(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "a.csv", "K1,2024-01-02,2,5", ",,1,3", "K2,2024-01-03,1,4", header="Customer,Date,Quantity,Amount"
    )
    assert read(path, None, "customer_id", "invoiced_at", "quantity") == [
        ("K1", "2024-01-02", "2"),
        ("K1", "2024-01-02", "1"),
        ("K2", "2024-01-03", "1"),
    ]


@pytest.mark.parametrize(
    "lines",
    [
        # Guests: only the customer is missing.
        ["1,A,M,1,2024-01-01,2,7,UK", "2,A,M,1,2024-01-01,2,,UK", "3,A,M,1,2024-01-01,2,8,UK"],
        # Numbers or dates are missing, and never both.
        ["1,A,M,1,2024-01-01,2,7,UK", ",A,M,1,2024-01-01,2,7,UK", "3,A,M,1,,2,8,UK"],
        # Each line has its number: where it is missing it is lost.
        ["1,A,M,1,2024-01-01,2,7,UK", "1,B,M,1,2024-01-01,2,7,UK", ",C,M,1,,2,,UK", "2,C,M,1,2024-01-01,2,7,UK"],
        # The customer is there: these are lines of others.
        ["1,A,M,1,2024-01-01,2,7,UK", ",B,M,1,,2,8,UK", "2,C,M,1,2024-01-01,2,7,UK"],
        # Nothing is above the first.
        [",B,M,1,,2,,UK", "1,A,M,1,2024-01-01,2,7,UK", ",B,M,1,,2,,UK"],
        # Too few to be a habit of the file.
        [*(f"{n},A,M,1,2024-01-01,2,7,UK" for n in range(99)), ",B,M,1,,2,,UK"],
    ],
    ids=["guests", "only one", "repeated", "other customer", "first", "few"],
)
def test_other_empty_cells_are_not_filled(tmp_path: Path, lines: list[str]) -> None:
    file = inspected(write_lines(tmp_path / "a.csv", *lines))
    assert (file.problem, file.row_structure, file.is_readable) == (None, {}, True)


def test_a_guest_stays_one_on_all_rows_of_an_invoice(tmp_path: Path) -> None:
    lines = ["1,A,M,1,2024-01-01,2,7,UK", ",B,M,1,,2,,", "2,A,M,1,2024-01-02,2,,UK", ",B,M,1,,2,,"]
    path = write_lines(tmp_path / "a.csv", *lines)
    assert read(path, None, "invoice_id", "customer_id") == [("1", "7"), ("1", "7"), ("2", None), ("2", None)]


def test_below_a_row_that_cannot_be_read_nothing_is_filled(tmp_path: Path) -> None:
    lines = ["1,A,M,1,2024-01-01,2,7,UK", ",B,M,1,,2,,", "2,A,M,1,2024-01-02,2,8", ",B,M,1,,2,,"]
    path = write_lines(tmp_path / "a.csv", *lines)
    assert [number for number, _ in read(path, None, "invoice_id", "customer_id")] == ["1", "1", None, None]


def test_what_a_row_says_far_below_is_not_filled_over(tmp_path: Path) -> None:
    lines = [line for n in range(2000) for line in (f"{n},A,M,1,2024-01-01,2,7,UK", ",B,M,1,,2,,")]
    path = write_lines(tmp_path / "a.csv", *lines, ",B,M,1,,2,,France")
    assert read(path, None, "invoice_id", "country")[-2:] == [("1999", "UK"), ("1999", "France")]


def test_values_of_lines_are_not_filled(tmp_path: Path) -> None:
    header = f"{HEADER},Discount Amount,Returned,Currency"
    lines = ["1,A,M,1,2024-01-01,2,7,UK,1.00,x,EUR", ",B,M,1,,2,,,,,", "2,A,M,1,2024-01-02,2,8,UK,1.00,,EUR"]
    path = write_lines(tmp_path / "a.csv", *lines, header=header)
    column_map = {"discount": "Discount Amount", "is_returned": "Returned", "currency": "Currency"}
    (_, below, _) = read(path, column_map, "invoice_id", "country", "other_fields")
    assert below == ("1", "UK", '{"discount":null,"is_returned":null,"currency":"EUR"}')
    # What all first rows say is said of the invoice, such as that it is a credit note.
    write_lines(path, lines[0], lines[1], lines[2].replace(",,EUR", ",no,EUR"), header=header)
    (_, below, _) = read(path, column_map, "other_fields")
    assert json.loads(str(below[0]))["is_returned"] == "x"


def test_what_speaks_for_and_against_is_asked_about(tmp_path: Path) -> None:
    lines = [line for n in range(12) for line in (f"{n},A,M,1,2024-01-01,2,7,UK", ",B,M,1,,2,,")]
    file = inspected(write_lines(tmp_path / "a.csv", *lines, "99,A,M,1,,2,7,UK"))
    assert file.problem is not None
    assert "stand on the first row of an invoice only" in file.problem
    assert "row 26 lacks only one of them" in file.problem
    assert "fill InvoiceNo and InvoiceDate down" in str(file.remedy)


# --- headers that come again ---------------------------------------------------------------------------------


def test_repeated_headers_titles_and_rulers_are_passed_over(tmp_path: Path) -> None:
    page = [
        "Liste der Fakturen   {day}.02.2024   Seite {day}",
        "",
        "=" * 40,
        "|Beleg|Datum|Kunde|Menge|Betrag|",
        "=" * 40,
    ]
    lines = [f"|R{n}|0{n}.01.2024|K{n}|{n},000|1{n},50|" for n in range(1, 7)]
    pages = [[line.format(day=day) for line in page] + lines[3 * day - 3 : 3 * day] for day in (1, 2)]
    path = tmp_path / "a.txt"
    path.write_text("\n".join([*pages[0], *pages[1], "| | | | | |", "=" * 40]) + "\n")
    column_map = {field: header for field, header in GERMAN.items() if field != "description"}
    passed_over = [(row, "repeated_header") for row in (9, 11, 12, 13)]
    assert read(path, column_map, "source_row", "invoice_id", "customer_id") == [
        (5, "repeated_header"),
        *((5 + n, f"R{n}", f"K{n}") for n in (1, 2, 3)),
        *passed_over,
        *((10 + n, f"R{n}", f"K{n}") for n in (4, 5, 6)),
        (17, "repeated_header"),
        (18, "repeated_header"),
    ]
    # What is passed over keeps its text.
    texts = [json.loads(str(row["other_fields"])).get("unreadable") for row in rows_of(inspected(path, column_map))]
    assert texts[4] == "Liste der Fakturen   2.02.2024   Seite 2"


def test_files_that_were_put_together_have_a_header_again(tmp_path: Path) -> None:
    lines = ["1,A,M,1,2024-01-01,2,7,UK", HEADER, "2,A,M,1,2024-01-01,2,8,UK"]
    path = write_lines(tmp_path / "a.csv", *lines)
    assert read(path, None, "invoice_id") == [("1",), (3, "repeated_header"), ("2",)]


def test_rows_of_empty_cells_alone_make_no_other_file(tmp_path: Path) -> None:
    file = inspected(write_lines(tmp_path / "a.csv", "1,A,M,1,2024-01-01,2,7,UK", ",,,,,,,", ",,,,,,,"))
    assert (file.row_structure, file.is_readable) == ({}, True)


# --- rows that sum rows above --------------------------------------------------------------------------------


def test_totals_on_several_levels_are_recognised(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "a.csv",
        *("R1;03.01.2024;K1;Schrank;1;1.234,50", "R1;03.01.2024;K1;Stuhl;2;80,00"),
        "Zwischensumme;;;;3;1.314,50",
        "R2;04.01.2024;K1;Stuhl;1;40,00",
        *("Zwischensumme;;;;1;40,00", "Summe K1;;;;4;1.354,50"),
        *("R3;05.01.2024;K2;Stuhl;1;40,00", "Zwischensumme;;;;1;40,00"),
        *("R4;05.01.2024;K2;Stuhl;1;40,00", "R5;05.01.2024;K2;Bett;1;50,00", "R5;05.01.2024;K2;Regal;1;60,00"),
        # Not every invoice has its own.
        *("Zwischensumme;;;;2;110,00", ";;;Gesamt;8;1.544,50 €", "Gesamt;;;;0;0,00"),
        header=GERMAN_HEADER,
    )
    assert read(path, GERMAN, "invoice_id", "description") == [
        *(("R1", "Schrank"), ("R1", "Stuhl"), (4, "total_row"), ("R2", "Stuhl"), (6, "total_row"), (7, "total_row")),
        *(("R3", "Stuhl"), (9, "total_row"), ("R4", "Stuhl"), ("R5", "Bett"), ("R5", "Regal")),
        *((13, "total_row"), (14, "total_row"), ("Gesamt", None)),
    ]


@pytest.mark.parametrize(
    "label",
    [
        *("Total", "TOTALS", "Subtotal:", "Sub-total", "Grand Total", "Total for Ada Alder", "Ada Alder Total"),
        *("Summe", "Gesamtsumme", "Gesamt", "Zwischensumme", "Total général", "Sous-total", "Totale", "Subtotale"),
        *("Suma", "Razem", "Totaal", "Subtotaal", "Totalt", "Summa", "Soma", "Toplam", "Итого", "100043 Ergebnis"),
    ],
)
def test_totals_have_many_names(tmp_path: Path, label: str) -> None:
    lines = ["1,2024-01-01,K,Mug,1,5", "1,2024-01-01,K,Pot,2,7", f"{label},,,,,12"]
    path = write_lines(tmp_path / "a.csv", *lines, header=ORDER_HEADER)
    assert read(path, None, "invoice_id") == [("1",), ("1",), (4, "total_row")]


def test_a_total_at_the_end_of_a_long_file_or_sheet_is_found(tmp_path: Path) -> None:
    lines = [f"{n},2024-01-01,K,Mug,1,5" for n in range(5000)]
    for name, end in (("a.csv", "\n"), ("b.csv", "\r\n")):
        content = end.join([ORDER_HEADER, *lines, "Total,,,,,25000", "", "the end"])
        (tmp_path / name).write_bytes(content.encode())
    with xlsxwriter.Workbook(tmp_path / "c.xlsx") as workbook:
        sheet = workbook.add_worksheet()
        for n, line in enumerate([ORDER_HEADER, *lines]):
            sheet.write_row(n, 0, line.split(","))
        sheet.write(5002, 4, "Total")
        sheet.write(5002, 5, 25_000)
    for name, row in (("a.csv", 5002), ("b.csv", 5002), ("c.xlsx", 5003)):
        rows = read(tmp_path / name, None, "invoice_id")
        assert [found for found in rows if found[-1] == "total_row"] == [(row, "total_row")]
    (tmp_path / "a.csv").write_text("\n".join([ORDER_HEADER, *lines, "Total,,,,,24999"]))
    assert inspected(tmp_path / "a.csv").row_structure == {}


@pytest.mark.parametrize(
    "total", ["Total,,,,,11.99", "Total,,,,4,12", "Total,,,,,", "Total,,,,,n/a", "Sonstiges,,,,,12", "7,,,Total,,12"]
)
def test_rows_that_are_not_the_sum_are_left(tmp_path: Path, total: str) -> None:
    lines = ["1,2024-01-01,K,Mug,1,5", "1,2024-01-01,K,Pot,2,7", total]
    file = inspected(write_lines(tmp_path / "a.csv", *lines, header=ORDER_HEADER))
    assert (file.problem, file.row_structure) == (None, {})


def test_a_total_may_be_of_what_stands_below_another(tmp_path: Path) -> None:
    lines = [
        "1,2024-01-01,K,Mug,1,5",
        "Total,,,,,5",
        "2,2024-01-01,L,Mug,1,6",
        "3,2024-01-01,L,Mug,1,7",
        "Total,,,,,13",
    ]
    path = write_lines(tmp_path / "a.csv", *lines, header=ORDER_HEADER)
    assert read(path, None, "invoice_id") == [("1",), (3, "total_row"), ("2",), ("3",), (6, "total_row")]


def test_what_cannot_be_read_with_a_mark_is_not_left_out_of_a_sum(tmp_path: Path) -> None:
    lines = ["1;2024-01-01;K;Mug;1;1,5", "1;2024-01-01;K;Pot;1;2", "Total;;;;;2"]
    file = inspected(write_lines(tmp_path / "a.csv", *lines, header=ORDER_HEADER.replace(",", ";")))
    assert file.row_structure == {}


def test_a_total_is_of_all_since_another_and_no_other_lines(tmp_path: Path) -> None:
    lines = ["1,2024-01-01,K,Mug,1,5", "1,2024-01-01,K,Pot,2,7", "2,2024-01-01,K,Jar,1,9", "3,2024-01-01,K,Jar,1,9"]
    path = write_lines(tmp_path / "a.csv", *lines, "Total,,,,,25", "Total,,,,,30", header=ORDER_HEADER)
    assert read(path, None, "invoice_id") == [("1",), ("1",), ("2",), ("3",), ("Total",), (7, "total_row")]


def test_totals_of_quantity_times_price_may_stand_in_any_column(tmp_path: Path) -> None:
    header = "Invoice,Date,Customer,Product,Qty,Price,Net"
    lines = ["1,2024-01-01,K,Mug,2,$5.25,x", "2,2024-01-01,K,Pot,3,$7.00,x", "Total,,,,5,,$31.50"]
    path = write_lines(tmp_path / "a.csv", *lines, header=header)
    assert read(path, None, "invoice_id") == [("1",), ("2",), (4, "total_row")]


def test_totals_are_not_filled_and_products_of_that_name_are(tmp_path: Path) -> None:
    lines = ["1,T,Total Gym,1,2024-01-01,500,7,UK", ",,Total Gym,1,,500,,", ",,Sum,,,1000,,", ",,Mug,2,,3,,"]
    path = write_lines(tmp_path / "a.csv", *lines)
    assert read(path, None, "invoice_id", "customer_id", "description") == [
        ("1", "7", "Total Gym"),
        ("1", "7", "Total Gym"),
        (4, "total_row"),
        ("1", "7", "Mug"),
    ]
    # A total that is none is no line either.
    write_lines(path, *lines[:2], ",,Sum,,,999,,", lines[3])
    assert read(path, None, "invoice_id")[2] == (None,)


def test_a_last_row_of_sums_without_a_name_is_no_line_of_the_last_invoice(tmp_path: Path) -> None:
    lines = ["R1;03.01.2024;K1;Schrank;1;100,00", ";;;Stuhl;2;80,00", "R2;03.01.2024;K2;Stuhl;2;80,00"]
    path = write_lines(tmp_path / "a.csv", *lines, ";;;;5;260,00", header=GERMAN_HEADER)
    assert read(path, GERMAN, "invoice_id")[2:] == [("R2",), (5, "total_row")]
    for other in (";;;;5;259,00", ";;;;4;260,00", ";;;Stuhl;5;260,00", ";;;;2;80,00"):
        write_lines(path, *lines, other, header=GERMAN_HEADER)
        assert read(path, GERMAN, "invoice_id")[3] == ("R2",)


# --- rows of a whole order -----------------------------------------------------------------------------------

ORDERS = [
    *("10,2024-01-01,ada,,4,$208.85", "10,,,Rug,1,$149.00", "10,,,Towel,3,$59.85"),
    "11,2024-01-02,ben,Mug,1,$6.25",
    *("12,2024-01-03,cleo,,2,$18.15", "12,,,Pot,1,$14.40", "12,,,Egg cup,1,$3.75"),
]


def test_rows_of_whole_orders_are_passed_over_and_say_whose_the_items_are(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.csv", *ORDERS, header=ORDER_HEADER)
    assert inspected(path).row_structure == {"order_rows": (3,)}
    assert read(path, None, "invoice_id", "invoiced_at", "customer_id", "quantity") == [
        (2, "order_row"),
        ("10", "2024-01-01", "ada", "1"),
        ("10", "2024-01-01", "ada", "3"),
        ("11", "2024-01-02", "ben", "1"),
        (6, "order_row"),
        ("12", "2024-01-03", "cleo", "1"),
        ("12", "2024-01-03", "cleo", "1"),
    ]


def test_orders_without_any_item_are_lines(tmp_path: Path) -> None:
    lines = [*ORDERS, "13,2024-01-04,dora,,1,$9.00", "14,2024-01-04,eva,,1,$4.00", "14,2024-01-04,eva,,1,$4.00"]
    path = write_lines(tmp_path / "a.csv", *lines, header=ORDER_HEADER)
    assert read(path, None, "invoice_id")[4:] == [(6, "order_row"), ("12",), ("12",), ("13",), ("14",), ("14",)]


def test_rows_of_whole_orders_may_stand_below_and_call_themselves_totals(tmp_path: Path) -> None:
    header = "Pedido;Fecha;Cliente;Producto;Unidades;Importe"
    names = dict(zip(GERMAN, header.split(";"), strict=True))
    lines = [
        *("P1;2024-01-01;ana;Taza;1;1.149,00", "P1;2024-01-01;ana;Olla;3;59,85", "P1;2024-01-01;ana;Total;4;1.208,85"),
        *("P2;2024-01-01;eva;Taza;1;149,00", "P2;2024-01-01;eva;Total;1;149,00"),
    ]
    path = write_lines(tmp_path / "a.csv", *lines, header=header)
    assert read(path, names, "invoice_id") == [("P1",), ("P1",), (4, "order_row"), ("P2",), (6, "order_row")]


def test_rows_of_orders_above_items_whose_number_is_filled_down(tmp_path: Path) -> None:
    lines = [
        *("10,2024-01-01,ada,,4,20.00", ",,,Rug,1,15.00", ",,,Towel,3,5.00"),
        *("11,2024-01-02,ben,,1,6.25", ",,,Mug,1,6.25"),
    ]
    path = write_lines(tmp_path / "a.csv", *lines, header=ORDER_HEADER)
    assert read(path, None, "invoice_id", "customer_id", "quantity") == [
        (2, "order_row"),
        ("10", "ada", "1"),
        ("10", "ada", "3"),
        (5, "order_row"),
        ("11", "ben", "1"),
    ]


def test_rows_of_orders_that_have_no_money_are_no_lines(tmp_path: Path) -> None:
    lines = [line.rsplit(",", 2)[0] + ",," if ",,4," in line or ",,2," in line else line for line in ORDERS]
    path = write_lines(tmp_path / "a.csv", *lines, header=ORDER_HEADER.replace("Title", "Product"))
    assert [row for row in read(path, None, "invoice_id") if len(row) > 1] == [(2, "order_row"), (6, "order_row")]


@pytest.mark.parametrize("change", [("$18.15", "$18.20"), ("cleo,,2,", "cleo,,3,")], ids=["amount", "quantity"])
def test_rows_of_orders_that_do_not_sum_them_are_asked_about(tmp_path: Path, change: tuple[str, str]) -> None:
    lines = [line.replace(*change) for line in ORDERS]
    file = inspected(write_lines(tmp_path / "a.csv", *lines, header=ORDER_HEADER))
    assert file.problem is not None
    assert "rows without Title" in file.problem
    assert "row 2 is the sum of the rows of its order" in file.problem
    assert "row 6 is not the sum of the others" in file.problem
    assert "totals of an order" in str(file.remedy)


def test_a_sum_that_is_none_is_found_far_below(tmp_path: Path) -> None:
    single = [f"{n},2024-01-02,ben,Mug,1,$6.25" for n in range(100, 5000)]
    wrong = ["7000,2024-01-02,ben,,1,$6.25", "7000,2024-01-02,ben,Mug,1,$6.00"]
    file = inspected(write_lines(tmp_path / "a.csv", *ORDERS, *single, *wrong, header=ORDER_HEADER))
    assert "row 4909 is not the sum of the others" in str(file.problem)


def test_totals_with_postage_are_asked_about_where_no_sum_agrees(tmp_path: Path) -> None:
    lines = [
        line
        for n in range(4)
        for line in (
            f"{n},2024-01-01,ada,,2,{24 + n}.00",
            f"{n},2024-01-01,ada,Rug,1,15.00",
            f"{n},2024-01-01,ada,Mug,1,5.00",
        )
    ]
    file = inspected(write_lines(tmp_path / "a.csv", *lines, header=ORDER_HEADER.replace("Title", "Product")))
    assert "row 2, 5, 8 is not the sum of the others" in str(file.problem)


@pytest.mark.parametrize(
    "lines",
    [
        # The sum of one amount is a coincidence.
        ["1,2024-01-01,K,,1,5", "1,2024-01-01,K,Mug,1,5", "2,2024-01-01,K,Pot,1,7"],
        # A product without a name, here and there.
        ["1,2024-01-01,K,,1,5", "1,2024-01-01,K,Mug,1,5", "2,2024-01-01,K,,1,9", "2,2024-01-01,K,Pot,1,7"],
        # What is in the middle is no row of the order.
        ["1,2024-01-01,K,Mug,1,5", "1,2024-01-01,K,,2,12", "1,2024-01-01,K,Pot,1,7"],
        # Two rows without a name.
        ["1,2024-01-01,K,,2,12", "1,2024-01-01,K,,1,5", "1,2024-01-01,K,Mug,1,7"],
        # Without a number they are no order.
        [",2024-01-01,K,,2,12", ",2024-01-01,K,Mug,1,5", ",2024-01-01,K,Pot,1,7", "2,2024-01-01,K,Jar,1,7"],
        # Most of what has no name is sold alone.
        [
            *(f"{n},2024-01-01,K,,1,5" for n in (2, 3)),
            "1,2024-01-01,K,,2,12",
            *(f"1,2024-01-01,K,{p}" for p in ("A,1,5", "B,1,7")),
        ],
        # The first product costs what the others do.
        ["1,2024-01-01,K,Set,2,12", "1,2024-01-01,K,Mug,1,5", "1,2024-01-01,K,Pot,1,7"],
    ],
    ids=["one", "without a name", "middle", "two", "without a number", "alone", "product"],
)
def test_items_are_not_taken_for_rows_of_orders(tmp_path: Path, lines: list[str]) -> None:
    file = inspected(write_lines(tmp_path / "a.csv", *lines, header=ORDER_HEADER))
    assert (file.problem, file.row_structure) == (None, {})


# --- customers as headings -----------------------------------------------------------------------------------

REPORT = [
    *("Ada & Söhne;;;;;", ";2.1.2024;7;Becher;1;5,00", ";3.1.2024;8;Topf;2;7,50", "Summe Ada & Söhne;;;;;12,50"),
    *("Total Ltd;;;;;", ";3.1.2024;9;Topf;2;7,50", "Summe Total Ltd;;;;;7,50", "Gesamt;;;;;20,00"),
]
REPORT_HEADER = ";Datum;Beleg;Artikel;Menge;Betrag"
BY_NUMBER = GERMAN | {"customer_id": "1"}


def test_customers_in_rows_above_their_lines_are_read_where_the_column_is_named(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.csv", *REPORT, header=f"Verkäufe nach Kunde;;;;;\n\n{REPORT_HEADER}")
    assert inspected(path, BY_NUMBER).row_structure["group_headings"] == (0,)
    assert read(path, BY_NUMBER, "customer_id", "invoice_id") == [
        (4, "repeated_header"),
        *(("Ada & Söhne", "7"), ("Ada & Söhne", "8"), (7, "total_row")),
        (8, "repeated_header"),
        *(("Total Ltd", "9"), (10, "total_row"), (11, "total_row")),
    ]
    assert inspected(path, {f: h for f, h in BY_NUMBER.items() if f != "customer_id"}).problem is not None
    # All that is of a customer is erased.
    (batch,) = read_rows_without([inspected(path, BY_NUMBER)], {str(customer_hash("Ada & Söhne"))})
    assert "Söhne" not in str(batch.to_pylist())
    assert [row["customer_id"] for row in batch.to_pylist()] == [None] * 4 + ["Total Ltd"] * 3 + ["Gesamt"]


@pytest.mark.parametrize("between", ["", "Ben"], ids=["after a total", "after a row that can't be read"])
def test_a_line_below_no_heading_is_asked_about(tmp_path: Path, between: str) -> None:
    lines = [*REPORT[:3], between or REPORT[3], ";4.1.2024;8;Topf;2;7,50", *REPORT[4:]]
    path = write_lines(tmp_path / "a.csv", *lines, header=REPORT_HEADER)
    assert "a report in groups, with the customer in a row above" in str(inspected(path, BY_NUMBER).problem)
    assert "row 6 stands below no such row" in str(inspected(path, BY_NUMBER).problem)


def test_a_title_below_the_header_is_no_customer(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.csv", REPORT[0], *REPORT[1:3], header=f"Kunde{REPORT_HEADER}")
    assert inspected(path, GERMAN).row_structure == {}


def test_numbers_name_columns_without_a_header_only(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.csv", *REPORT, header=f"Kunde{REPORT_HEADER}")
    # So nothing says in which column the customers are, who stand above their lines.
    assert "a report in groups" in str(inspected(path, BY_NUMBER).problem)


# --- what is known of a file, and erasure --------------------------------------------------------------------


def test_ordinary_files_keep_their_numbers_and_older_records_are_read(tmp_path: Path) -> None:
    file = InvoiceFile("a.csv", content_hash="x", headers=("a", "b"))
    record = file.as_record()
    assert record["row_structure"] == "{}"
    del record["row_structure"]
    assert InvoiceFile.from_record(record) == file
    # As in version 0.1.0.
    assert load_key(file) == 3_529_702_775_554_312_971
    assert load_key(replace(file, row_structure={"total_rows": (1,)})) != load_key(file)


def test_the_structure_of_rows_outlives_a_table_and_makes_other_rows(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.csv", *ORDERS, header=ORDER_HEADER)
    file = inspected(path)
    assert InvoiceFile.from_record(file.as_record()) == file
    assert inspect_files(str(path), SHAPES, known=[file]) == [file]


def test_erased_customers_are_emptied_on_all_rows_that_are_theirs(tmp_path: Path) -> None:
    lines = [
        *("1,2024-01-01,Ada,Rug,1,15.00", ",,,Gift,3,5.00", "Total for Ada,,,,4,20.00"),
        *("2,2024-01-02,Ben,Mug,1,6.25", "Total for Ben,,,,1,6.25"),
    ]
    path = write_lines(tmp_path / "a.csv", *lines, header=ORDER_HEADER.replace("Title", "Product"))
    (batch,) = read_rows_without([inspected(path)], {str(customer_hash("Ada"))})
    rows = batch.to_pylist()
    assert [row["other_fields"] for row in rows[:3]] == ['{"erased": "true"}'] * 3
    assert [row["source_row"] for row in rows] == [2, 3, 4, 5, 6]
    assert [row["customer_id"] for row in rows] == [None, None, None, "Ben", "Ben"]
    assert "Ada" not in str(rows)
    assert mark(rows[4]) == "total_row"


# --- any table -----------------------------------------------------------------------------------------------

Invoice = tuple[str, list[tuple[str, int, Decimal]]]
INVOICES = st.lists(
    st.tuples(
        st.sampled_from(["Ada", "Öz", "", "Total Ltd"]),
        st.lists(
            st.tuples(st.sampled_from(["Mug", "Egg cup"]), st.integers(1, 9), st.decimals("0.01", 2000, places=2)),
            min_size=1,
            max_size=4,
        ),
    ),
    min_size=1,
    max_size=12,
)


def written(number: Decimal, decimal_mark: str) -> str:
    return f"{number:,.2f}" if decimal_mark == "." else f"{number:,.2f}".translate({44: ".", 46: ","})


def plain(invoices: Sequence[Invoice], decimal_mark: str) -> list[list[list[str]]]:
    """The rows of each invoice, all cells filled."""
    return [
        [
            [f"R{n}", f"2024-01-{n + 1:02d}", customer, product, str(quantity), written(amount, decimal_mark)]
            for product, quantity, amount in lines
        ]
        for n, (customer, lines) in enumerate(invoices)
    ]


def read_lines(rows: Sequence[Sequence[str]]) -> list[tuple[object, ...]]:
    header = ORDER_HEADER.replace("Title", "Product").split(",")
    with tempfile.TemporaryDirectory() as folder:
        path = write_lines(Path(folder) / "a.csv", *(";".join(row) for row in rows), header=";".join(header))
        file = inspected(path)
        assert file.problem is None
        return [
            (
                *(row[f] for f in ("invoice_id", "invoiced_at", "customer_id", "description", "quantity")),
                row["other_fields"],
            )
            for row in rows_of(file)
            if not mark(row)
        ]


@given(
    invoices=INVOICES,
    decimal_mark=st.sampled_from(MARKS),
    is_filled=st.booleans(),
    page=st.integers(0, 5),
    with_totals=st.booleans(),
)
@example([("Ada", [("Mug", 1, Decimal(5)), ("Mug", 1, Decimal(5)), ("Mug", 1, Decimal(10))])], ".", False, 0, False)
def test_lines_are_the_same_however_a_list_is_laid_out(
    invoices: list[Invoice], decimal_mark: str, is_filled: bool, page: int, with_totals: bool
) -> None:
    expected = [line for lines in plain(invoices, decimal_mark) for line in lines]
    rows: list[list[str]] = []
    for (_, items), lines in zip(invoices, plain(invoices, decimal_mark), strict=True):
        rows += [lines[0], *(line if is_filled else ["", "", "", *line[3:]] for line in lines[1:])]
        if with_totals:
            amount = sum(item[2] for item in items)
            quantity = sum(item[1] for item in items)
            rows.append(["", "", "Summe", "", str(quantity), written(Decimal(amount), decimal_mark)])
    header = ORDER_HEADER.replace("Title", "Product").split(",")
    rows = [row for n, row in enumerate(rows) for row in ([header, row] if page and n and n % page == 0 else [row])]
    assert read_lines(rows) == read_lines(expected)


@pytest.mark.parametrize(
    ("text", "point", "comma"),
    [
        ("1234.50", "1234.50", None),
        ("$1,234.50", "1234.50", None),
        ("1.234,50 €", None, "1234.50"),
        ("EUR 1.234", "1.234", "1234"),
        ("1,23,456.00", "123456.00", None),
        ("1 234,5", None, "1234.5"),
        ("12,00-", None, "-12.00"),
        ("(3.75)", "-3.75", None),
        ("-£ .5", "-0.5", None),
        ("Rs. 7", "7", "7"),
        ("R$ 5,00", None, "5.00"),
        ("'-12.5", "-12.5", None),
        ("\u221212", "-12", "-12"),
        ("2024-01-05", None, None),
        ("1.2.3", None, None),
        ("5 %", None, None),
        ("(5", None, None),
        ("A5", "5", "5"),
        ("", None, None),
        ("Total", None, None),
    ],
)
def test_numbers_in_cells(text: str, point: str | None, comma: str | None) -> None:
    expected = [None if number is None else Decimal(number) for number in (point, comma)]
    assert [read_number(text, decimal_mark) for decimal_mark in MARKS] == expected
