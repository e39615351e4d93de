"""Tables of attributes of any format are read alike, what can't be used says why, and what is personal stays there."""

from __future__ import annotations

import datetime
import gzip
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from segmentation.attributes.reading import SCHEMA, Reading, read_files, read_sources, without_customers
from segmentation.attributes.sources import source_of_arrow
from segmentation.intake import customer_hash

KEYS = frozenset({"CustomerID", "customer_id", "Customer", "Kundennummer", "Email", "1"})
HEADER = ("Kundennummer", "Kanal", "Alter")
ROWS = [("1", "Filiale", "34"), ("2.0", "web", "51"), (" 3", "Web", ""), ("'004", "Web", "29"), ("", "Filiale", "40")]
VALUES = [
    *(("1", "Kanal", "Filiale"), ("2", "Kanal", "Web"), ("3", "Kanal", "Web"), ("004", "Kanal", "Web")),
    *(("1", "Alter", 34.0), ("2", "Alter", 51.0), ("004", "Alter", 29.0)),
]


def read(patterns: Path | str, must_exist: bool = False, **settings: Any) -> list[dict[str, Any]]:
    reading = Reading(**{"keys": KEYS, **settings})
    batches = list(read_files(str(patterns), ".", reading, must_exist))
    return list(pa.Table.from_batches(batches, SCHEMA).to_pylist())


def values(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [
        (
            row["customer_id"],
            row["attribute"],
            row["text_value"] if row["number_value"] is None else row["number_value"],
        )
        for row in rows
        if row["customer_id"] is not None
    ]


def columns(rows: list[dict[str, Any]]) -> dict[str, tuple[str, bool]]:
    return {
        row["attribute"]: (row["kind"], row["is_read"])
        for row in rows
        if row["attribute"] and row["row_count"] is not None
    }


def problem(rows: list[dict[str, Any]]) -> tuple[str, str]:
    (row,) = [row for row in rows if row["problem"]]
    assert row["remedy"]
    return row["problem"], row["remedy"]


def write_csv(path: Path, rows: list[tuple[str, ...]], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    path.write_bytes("".join(delimiter.join(row) + "\n" for row in rows).encode(encoding))
    return path


def write_workbook(path: Path, rows: list[tuple[str, ...]]) -> Path:
    with xlsxwriter.Workbook(path) as workbook:
        workbook.add_worksheet("Notes").write_row(0, 0, ["nothing", "of", "use"])
        sheet = workbook.add_worksheet("Kunden")
        sheet.write_row(0, 0, ["Export of the CRM"])
        for number, row in enumerate(rows, start=2):
            for place, text in enumerate(row):
                is_number = place == 2 and text.isdigit()
                (sheet.write_number if is_number else sheet.write_string)(
                    number, place, float(text) if is_number else text
                )
    return path


def write_parquet(path: Path, rows: list[tuple[str, ...]]) -> Path:
    ages = pa.array([int(row[2]) if row[2] else None for row in rows[1:]], pa.int32())
    texts = [pa.array([row[place] for row in rows[1:]]) for place in (0, 1)]
    pq.write_table(pa.table([*texts, ages], names=list(HEADER)), path)
    return path


def write_gzip(path: Path, rows: list[tuple[str, ...]]) -> Path:
    path.write_bytes(gzip.compress("".join(";".join(row) + "\n" for row in rows).encode()))
    return path


@pytest.mark.parametrize(
    "write",
    [
        lambda folder, rows: write_csv(folder / "a.csv", rows),
        lambda folder, rows: write_csv(folder / "a.txt", rows, "\t", "utf-16"),
        lambda folder, rows: write_csv(folder / "a.csv", rows, ";", "cp1252"),
        lambda folder, rows: write_csv(folder / "a.csv", [("Export of 2024",), *rows], ";"),
        lambda folder, rows: write_gzip(folder / "a.csv.gz", rows),
        lambda folder, rows: write_workbook(folder / "a.xlsx", rows),
        lambda folder, rows: write_parquet(folder / "a.parquet", rows),
    ],
    ids=["csv", "utf-16", "cp1252", "title", "gzip", "workbook", "parquet"],
)
def test_each_format_gives_the_same_values(tmp_path: Path, write: Any) -> None:
    write(tmp_path, [HEADER, *ROWS])
    rows = read(tmp_path)
    assert values(rows) == VALUES
    assert columns(rows) == {"Kanal": ("category", True), "Alter": ("number", True)}
    (table,) = [row for row in rows if row["attribute"] is None]
    assert table["explanation"] == "5 rows of 4 customers; 1 name no customer"


def test_a_table_of_the_warehouse_is_read_by_its_types() -> None:
    table = pa.table(
        {
            "customer_id": pa.array([1, 2, 3, 4]),
            "vip": [True, False, None, True],
            "spent": [1.234, 34.0, float("nan"), 5.678],
            "since": [datetime.date(2024, 1, day) for day in (1, 2, 3, 4)],
        }
    )
    source = source_of_arrow("crm.customers", lambda names: table.select(names), table.schema)
    rows = pa.Table.from_batches(read_sources([source], Reading(KEYS)), SCHEMA).to_pylist()
    # What was a number has no mark to be asked for.
    assert [value for value in values(rows) if value[1] == "spent"] == [
        ("1", "spent", 1.234),
        ("2", "spent", 34.0),
        ("4", "spent", 5.678),
    ]
    assert [value[2] for value in values(rows) if value[1] == "vip"] == ["yes", "no", "yes"]
    assert columns(rows)["since"] == ("date", False)
    none = source_of_arrow("crm.nothing", lambda names: table.select(names), pa.schema([]))
    stopped = pa.Table.from_batches(read_sources([none], Reading(KEYS)), SCHEMA).to_pylist()
    assert problem(stopped)[0] == "there is no such table or view"


PEOPLE: list[tuple[str, ...]] = [("customer_id", "E-mail", "Name", "Channel", "Remark")]
PEOPLE += [(str(n), f"secret{n}@example.com", f"Secret Person{n:x}", "web" if n % 3 else "shop", "") for n in range(50)]


def test_nothing_personal_is_read_unless_it_is_asked_for(tmp_path: Path) -> None:
    write_csv(tmp_path / "crm.csv", PEOPLE)
    rows = read(tmp_path)
    assert columns(rows) == {
        "E-mail": ("personal", False),
        "Name": ("personal", False),
        "Channel": ("category", True),
        "Remark": ("empty", False),
    }
    assert "ecret" not in str(rows)
    asked = read(tmp_path, attributes=["name"])
    assert columns(asked) == {"name": ("category", True)}
    assert "example.com" not in str(asked)
    assert len(values(asked)) == 50


def test_only_what_is_listed_is_read(tmp_path: Path) -> None:
    write_csv(tmp_path / "crm.csv", PEOPLE)
    rows = read(tmp_path, attributes=["channel"])
    assert columns(rows) == {"channel": ("category", True)}
    assert "no table has a column of that name" in problem(read(tmp_path, attributes=["channel", "age"]))[0]
    assert "attribute_kinds names age" in problem(read(tmp_path, kinds={"age": "number"}))[0]


def test_what_is_listed_is_read_though_segments_can_not_be_compared_in_it(tmp_path: Path) -> None:
    write_csv(tmp_path / "crm.csv", [("customer_id", "joined"), *((str(n), f"2024-01-{n:02d}") for n in range(1, 25))])
    assert columns(read(tmp_path)) == {"joined": ("date", False)}
    rows = read(tmp_path, attributes=["joined"])
    assert columns(rows) == {"joined": ("date", True)}
    assert values(rows)[0] == ("1", "joined", "2024-01-01")


def test_a_setting_names_the_column_of_customers(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", [("Member", "Channel"), ("7", "web"), ("8", "shop")])
    stopped, remedy = problem(read(tmp_path))
    assert stopped == "none of its columns says whose the rows are; they are Member, Channel"
    assert "attribute_map: {customer_id: Member}" in remedy
    assert values(read(tmp_path, key="member")) == [("7", "Channel", "web"), ("8", "Channel", "shop")]
    write_csv(tmp_path / "a.csv", [("Customer", "Email", "Channel"), ("7", "a@b.de", "web")])
    assert problem(read(tmp_path))[0] == "its columns 'Customer' and 'Email' may both say whose the rows are"


def test_ids_are_those_of_the_invoices(tmp_path: Path) -> None:
    ids = ("17850.0", "17,850", "A.B@Example.COM", "007", '="12"')
    write_csv(
        tmp_path / "a.csv", [("Customer", "x"), *((f'"{one.replace(chr(34), chr(34) * 2)}"', "1") for one in ids)]
    )
    seen = [customer for customer, _, _ in values(read(tmp_path, attributes=["x"]))]
    assert seen == ["17850", "17850", "a.b@example.com", "007", "12"]
    joined = [customer for customer, _, _ in values(read(tmp_path, attributes=["x"], joins_ids=True))]
    assert joined == ["17850", "17850", "a.b@example.com", "7", "12"]
    erased = {customer_hash("17850")}
    assert "17850" not in str(values(read(tmp_path, attributes=["x"], erased=erased)))


def test_several_tables_have_an_attribute_together_and_dates_in_their_names_say_which_is_newer(tmp_path: Path) -> None:
    write_csv(tmp_path / "crm-2024-01.csv", [("Customer", "Channel"), ("1", "web"), ("2", "web")])
    write_csv(
        tmp_path / "crm-2024-02.csv", [("Customer", "channel", "City"), ("1", "shop", "Rome"), ("3", "web", "Bonn")]
    )
    rows = read(tmp_path)
    assert {row["file_date"] for row in rows} == {"202401", "202402"}
    assert {attribute for _, attribute, _ in values(rows)} == {"Channel", "City"}
    write_csv(tmp_path / "more.csv", [("Customer", "Channel"), ("1", "web")])
    assert {row["file_date"] for row in read(tmp_path)} == {None}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "the file is empty"),
        (b"%PDF-1.4", "PDF"),
        (b"PAR1 broken", "broken Parquet"),
        (b"PK\x03\x04 broken", "workbook can't be opened"),
        (b"Customer,Channel\n1,web\n2,web,more,values\n", "row 3 has not the 2 values"),
        (b"Customer,Channel,channel\n1,web,web\n", "it has two columns 'channel'"),
        (b"Customer,Spent\n1,1.234\n2,5.678\n3,9.123\n", "numbers such as 1.234, which can be read in two ways"),
        (b"Customer;Spent\n1;1.5\n2;1,5\n3;9.12\n", "some with a comma"),
    ],
)
def test_what_can_not_be_used_says_why(tmp_path: Path, content: bytes, expected: str) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    rows = read(tmp_path)
    assert expected in problem(rows)[0]
    assert rows[-1]["source_file"].startswith(str(tmp_path / "a.csv"))


def test_the_decimal_mark_is_said_by_the_setting(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", [("Customer", "Spent"), ("1", "1.234"), ("2", "5.678")])
    assert [value for _, _, value in values(read(tmp_path, decimal_mark=","))] == [1234.0, 5678.0]
    assert [value for _, _, value in values(read(tmp_path, decimal_mark="."))] == [1.234, 5.678]
    assert [value for _, _, value in values(read(tmp_path, kinds={"spent": "category"}))] == ["1.234", "5.678"]


def test_no_tables_are_no_problem_unless_they_were_named(tmp_path: Path) -> None:
    assert read(tmp_path / "*.csv") == []
    assert problem(read(tmp_path / "*.csv", must_exist=True))[0] == "no file matches it"


def test_a_table_of_five_hundred_columns_is_read(tmp_path: Path) -> None:
    header = ("customer_id", *(f"column {n}" for n in range(500)))
    write_csv(tmp_path / "wide.csv", [header, *((str(n), *(str((n * k) % 7) for k in range(500))) for n in range(60))])
    rows = read(tmp_path)
    assert len(columns(rows)) == 500
    assert columns(rows)["column 0"] == ("constant", False)
    assert len(values(rows)) == 60 * sum(is_read for _, is_read in columns(rows).values())


def test_hostile_names_and_values_are_values(tmp_path: Path) -> None:
    text = "<script>alert(1)</script>'; drop table x;--"
    cells: list[tuple[str, ...]] = [
        ("customer_id", f'"{text}"', "segment", "=cmd()"),
        ("1", f'"{text}"', "VIP", "'=1+1"),
        ("2", "ok", "x", "\u202eevil"),
    ]
    write_csv(tmp_path / "a.csv", cells)
    rows = read(tmp_path)
    assert ("1", text, text) in values(rows)
    assert ("1", "segment", "VIP") in values(rows)
    assert ("1", "=cmd()", "=1+1") in values(rows)


def test_a_quote_that_is_never_closed_swallows_no_rows(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('Customer,Channel\n1,"web\n2,shop\n3,web\n')
    assert "row 2 has not the 2 values" in problem(read(tmp_path))[0]


def test_erased_customers_are_taken_out_of_a_table(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "a.csv", [("Title",), ("Customer", "Channel"), ("1.0", "web"), ("2", '"a\nb"'), ("1", "x")]
    )
    erased = frozenset({customer_hash("1") or ""})
    assert without_customers(str(path), Reading(KEYS, erased=erased)) == ('Title\nCustomer,Channel\n2,"a\nb"\n', 2)
    assert without_customers(str(path), Reading(frozenset({"Nothing"}), erased=erased))[1] == 0
