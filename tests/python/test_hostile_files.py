"""Files that were once misread, each as small as it shows."""

from __future__ import annotations

import csv
import os
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import HEADER, LINES_WITH_TESTS, PROJECT, dbt, write_lines

from segmentation.intake import InvoiceFile, ShapeColumn, inspect_files


def test_folders_that_look_like_columns_say_nothing_of_the_lines(tmp_path: Path) -> None:
    for folder in ("c6=9", "Quantity=5"):
        (tmp_path / folder).mkdir()
    write_lines(tmp_path / "c6=9/a.csv", "1,A,MUG,1,2020-01-01,2,c1,UK")
    columns = dict(zip(HEADER.split(","), ["2", "A", "MUG", "1", "2020-01-01", "2", "c1", "UK"], strict=True))
    pq.write_table(pa.table({name: [value] for name, value in columns.items()}), tmp_path / "Quantity=5/b.parquet")
    built = dbt(tmp_path, tmp_path / "*=*/*", arguments=LINES_WITH_TESTS)
    assert built.exit_code == 0, built.output
    lines = built.rows("select invoice_id, quantity, customer_id from marts.invoice_lines order by 1")
    assert lines == [("1", Decimal(1), "c1"), ("2", Decimal(1), "c1")]


def test_the_return_of_a_line_with_an_impossible_date_is_not_counted(tmp_path: Path) -> None:
    header = "Invoice Number,Quantity,Price,Date,Customer,Returned"
    lines = ("1,1,2,2020-01-01,c1,no", "2,1,2,2999-01-01,c1,yes")
    invoices = write_lines(tmp_path / "a.csv", *lines, header=header)
    built = dbt(tmp_path, invoices, {"max_rejected_share": 1}, LINES_WITH_TESTS)
    assert built.exit_code == 0, built.output
    assert built.rows("select rows_accepted, rows_rejected, lines_derived from marts.load_audit") == [(1, 1, 0)]


def inspect(path: Path) -> InvoiceFile:
    with (PROJECT / "seeds/invoice_shapes.csv").open() as seed:
        shapes = [
            ShapeColumn(row["shape"], row["field"], row["header"], row["is_required"] == "true")
            for row in csv.DictReader(seed)
        ]
    (file,) = inspect_files(str(path), shapes)
    return file


def test_blanks_in_a_header_do_not_make_tabs_blanks(tmp_path: Path) -> None:
    file = inspect(write_lines(tmp_path / "a.csv", header=HEADER.replace(",", "\t") + "\tgross margin in percent"))
    assert (file.problem, file.delimiter, file.headers[-1]) == (None, "\t", "gross margin in percent")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_may_hold_letters_with_a_zero_byte(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.csv").write_bytes(f"{HEADER}\n1,A,一 Ā,1,2020-01-01,2,c1,UK\n".encode(encoding))
    file = inspect(tmp_path / "a.csv")
    assert (file.problem, file.encoding) == (None, encoding)


def test_utf_16_that_breaks_off_late_is_told(tmp_path: Path) -> None:
    lines = "1,A,MUG,1,2020-01-01,2,c1,UK\n" * 200_000
    (tmp_path / "a.csv").write_bytes(f"\ufeff{HEADER}\n{lines}".encode("utf-16-le")[:-1])
    assert inspect(tmp_path / "a.csv").problem == "the file is not utf-16-le text: truncated data"


def test_a_name_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path / "a") + b"\xff"))
    write_lines(path)
    file = inspect(path)
    assert (file.source_file, file.problem) == (f"{tmp_path}/a\ufffd", "the name of the file is not UTF-8")
