"""What stands only in a later part of a file is looked at."""

from __future__ import annotations

import csv
import datetime
import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from segmentation.intake import InvoiceFile, ShapeColumn, Words, inspect_files, inspect_relation
from segmentation.intake.sampling import PIECES

PROJECT = Path(__file__).parents[2]
HEADER = ["Invoice", "Date", "Customer", "SKU", "Product", "Quantity", "Price", "Kind"]
WORDS = Words({"is_returned": {"invoice": False, "credit note": True}})
ROWS = 40_000


def rows(last: str) -> list[list[str]]:
    lines = [[str(n), "2024-01-02", f"C{n % 99}", "A", "Mug, blue", "1", "2.50", "Invoice"] for n in range(ROWS)]
    return [*lines[:-40], *([*line[:-1], last] for line in lines[-40:])]


def shape_columns() -> list[ShapeColumn]:
    with (PROJECT / "seeds/invoice_shapes.csv").open(encoding="utf-8") as seed:
        return [
            ShapeColumn(r["shape"], r["field"], r["header"], r["is_required"] == "true", r["is_of_order"] == "true")
            for r in csv.DictReader(seed)
        ]


def write_csv(path: Path, lines: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *lines])


def write_workbook(path: Path, lines: list[list[str]]) -> None:
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("Sales")
        for number, line in enumerate([HEADER, *lines]):
            sheet.write_row(number, 0, line)


def write_parquet(path: Path, lines: list[list[str]]) -> None:
    table = pa.table(dict(zip(HEADER, map(list, zip(*lines, strict=True)), strict=True)))
    pq.write_table(table, path, row_group_size=ROWS // PIECES)


def write_gzip(path: Path, lines: list[list[str]]) -> None:
    write_csv(path, lines)
    path.write_bytes(gzip.compress(path.read_bytes()))


def write_utf_16(path: Path, lines: list[list[str]]) -> None:
    write_csv(path, lines)
    path.write_text(path.read_text("utf-8"), "utf-16")


def write_small(path: Path, lines: list[list[str]]) -> None:
    write_csv(path, lines[-5_000:])


WRITERS = {
    "csv": write_csv,
    "small.csv": write_small,
    "csv.gz": write_gzip,
    "utf-16.csv": write_utf_16,
    "xlsx": write_workbook,
    "parquet": write_parquet,
}


@pytest.mark.parametrize("kind", WRITERS)
def test_a_word_at_the_end_of_a_file_is_found(tmp_path: Path, kind: str) -> None:
    found: list[InvoiceFile] = []
    for last in ("Invoice", "Credit note"):
        path = tmp_path / f"{last}.{kind}"
        WRITERS[kind](path, rows(last))
        found += inspect_files(str(path), shape_columns(), words=WORDS)
    plain, with_credits = found
    assert plain.problem is None
    assert "'Kind' is not read, and says 'Credit note'" in str(with_credits.problem)


def test_rows_of_a_relation_are_looked_at() -> None:
    record: dict[str, object] = dict(zip(HEADER, rows("Credit note")[-1], strict=True))
    record |= {"Date": datetime.date(2024, 1, 2), "Price": None}
    file = inspect_relation("raw.lines", "raw.lines", HEADER, shape_columns(), records=[record], words=WORDS)
    assert "says 'Credit note' on 1 of 1 rows" in str(file.problem)
