"""What is found out about a file before it is read, and what is said of files that can't be."""

import csv
import datetime
import gzip
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from conftest import HEADER, PROJECT, write_lines
from hypothesis import given
from hypothesis import strategies as st

from segmentation.intake import LINE_FIELDS, InvoiceFile, ShapeColumn, inspect_files, inspect_relation, read_rows
from segmentation.intake.text_encoding import decode

with (PROJECT / "seeds/invoice_shapes.csv").open() as seed:
    SHAPES = [
        ShapeColumn(
            row["shape"], row["field"], row["header"], row["is_required"] == "true", row["is_of_order"] == "true"
        )
        for row in csv.DictReader(seed)
    ]
LINE = "536365,85123A,MUG,6,2010-12-01 08:26:00,2.55,17850,United Kingdom"


def test_headers_are_found_in_any_order_and_spelling(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.csv", header="Customer ID;price;INVOICE;Quantity;invoice_date;Comment")
    (file,) = inspect_files(str(tmp_path / "*.csv"), SHAPES)
    assert file.problem is None
    assert file.delimiter == ";"
    assert file.positions == {"customer_id": 0, "unit_price": 1, "invoice_id": 2, "quantity": 3, "invoiced_at": 4}
    assert file.shape == "online_retail_ii"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_recognised(tmp_path: Path, delimiter: str) -> None:
    path = write_lines(tmp_path / "a.txt", header=HEADER.replace(",", delimiter))
    (file,) = inspect_files(str(path), SHAPES)
    assert (file.problem, file.delimiter) == (None, delimiter)
    assert set(file.positions) == set(LINE_FIELDS)


def test_a_byte_order_mark_gzip_zstd_and_parquet_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xef\xbb\xbf" + HEADER.encode() + b"\n")
    (tmp_path / "b.csv").write_bytes(gzip.compress(HEADER.encode()))  # gzip by content, whatever the name
    with pa.output_stream(tmp_path / "d.csv", compression="zstd") as zstd:
        zstd.write(HEADER.encode())
    pq.write_table(pa.table({name: ["1"] for name in HEADER.split(",")}), tmp_path / "c.parquet")
    files = inspect_files(str(tmp_path), SHAPES)
    assert [(f.problem, f.format, f.compression) for f in files] == [
        (None, "csv", "none"),
        (None, "csv", "gzip"),
        (None, "parquet", "none"),
        (None, "csv", "zstd"),
    ]
    assert {len(f.positions) for f in files} == {8}


def test_column_map_takes_precedence(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.csv", header=HEADER + ",Account")
    (file,) = inspect_files(str(path), SHAPES, {"customer_id": "account"})
    assert file.positions["customer_id"] == 8


def test_columns_that_could_be_meant_twice_are_not_guessed(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.csv", header=HEADER + ",Price")
    (file,) = inspect_files(str(path), SHAPES)
    assert file.problem == "several columns could be the unit_price: UnitPrice, Price"
    assert "column_map" in str(file.remedy)


def test_several_patterns_and_odd_names(tmp_path: Path) -> None:
    names = ["a[1].csv", "it's; drop {{ x }}.csv", "b*.csv"]
    for name in names:
        write_lines(tmp_path / name, LINE)
    assert {os.path.basename(f.source_file) for f in inspect_files(str(tmp_path / "*.csv"), SHAPES)} == set(names)
    (file,) = inspect_files(str(tmp_path / "a[1].csv"), SHAPES)
    assert file.problem is None
    both = inspect_files(f"{tmp_path}/a*.csv, {tmp_path}/b*.csv", SHAPES)
    assert len(both) == 2


def test_a_file_that_two_patterns_match_is_read_once(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.csv", LINE)
    assert len(inspect_files(f"{tmp_path}/*.csv,{tmp_path}/a.*", SHAPES)) == 1


def test_file_keys_depend_on_the_path_alone_and_differ(tmp_path: Path) -> None:
    for n in range(50):
        write_lines(tmp_path / f"{n}.csv", LINE)
    files = inspect_files(str(tmp_path), SHAPES)
    assert len({f.file_key for f in files}) == 50
    (alone,) = inspect_files(str(tmp_path / "7.csv"), SHAPES)
    assert alone.file_key == next(f.file_key for f in files if f.source_file == alone.source_file)
    assert all(0 <= f.file_key < 2**29 for f in files)


@pytest.mark.parametrize(
    ("content", "problem", "remedy"),
    [
        (b"", "the file is empty", "export it again"),
        (b"\n\n", "the file is empty", "export it again"),
        (b"<html><body>Please log in</body></html>", "not a table with a header", "with the column names"),
        (b"PK\x03\x04rest", "the workbook can't be opened", "export the lines as CSV"),
        (b"7,x,1,2,3\n", "the file has no header", "number the columns"),
        (b"%PDF-1.7", "a PDF document", "export the invoice lines"),
        (b"PAR1 but not really", "broken Parquet", "write it again"),
        (b"\x1f\x8bnot really gzip", "the file can't be read", "fetch it again"),
        (gzip.compress(HEADER.encode() * 999)[:-9], "the file can't be read", "fetch it again"),
        (bytes(range(256)) * 20, "not a table with a header", "with the column names"),
        (b"InvoiceNo,Quantity,InvoiceDate,UnitPrice,Total\n", "no column for customer_id among", "column_map"),
    ],
)
def test_what_cannot_be_read_says_why_and_what_to_do(tmp_path: Path, content: bytes, problem: str, remedy: str) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    (file,) = inspect_files(str(tmp_path / "a.csv"), SHAPES)
    assert problem in str(file.problem)
    assert remedy in str(file.remedy)


def inspect_text(folder: Path, content: bytes, encoding: str = "") -> tuple[InvoiceFile, str]:
    """Inspect a file of some bytes; return what was found, and its text as Python reads it."""
    (folder / "a.csv").write_bytes(content)
    (file,) = inspect_files(str(folder / "a.csv"), SHAPES, encoding=encoding)
    return file, "" if file.problem else "".join(decode(file.path, file.compression, file.encoding))


TEXT = f"{HEADER}\n1,A,£5 “café” 20 %,1,2020-01-01,2,7,España\n"


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16-le", "utf-16-be"])
def test_other_encodings_are_recognised_and_read_as_utf8(tmp_path: Path, encoding: str) -> None:
    file, text = inspect_text(tmp_path, TEXT.encode(encoding))
    assert (file.problem, file.encoding, text) == (None, encoding, TEXT)


@pytest.mark.parametrize("mark", ["utf-16", "utf-8-sig"])
def test_byte_order_marks_are_no_part_of_the_header(tmp_path: Path, mark: str) -> None:
    file, _ = inspect_text(tmp_path, TEXT.encode(mark))
    assert (file.problem, file.headers[0]) == (None, "InvoiceNo")


def test_a_file_in_two_encodings_comes_out_right_in_both_parts(tmp_path: Path) -> None:
    file, text = inspect_text(tmp_path, TEXT.encode() + "2,A,£,1,2020-01-01,2,7,Österreich\n".encode("cp1252"))
    assert file.encoding == "cp1252"
    assert text == TEXT + "2,A,£,1,2020-01-01,2,7,Österreich\n"


@given(st.binary(max_size=60))
def test_every_byte_that_is_not_utf8_is_one_character(tail: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file, text = inspect_text(Path(folder), HEADER.encode() + b"\n1,A,\xff|" + tail)
    assert (file.problem, file.encoding) == (None, "cp1252")
    shown = text.removeprefix(f"{HEADER}\n1,A,ÿ|")
    rest = tail
    for character in shown:
        byte = rest[:1]
        if rest.startswith(character.encode()):
            byte = character.encode()
        elif character == "\ufffd":
            assert byte == b"\0"
        elif character == "\n":
            byte = b"\r\n" if rest.startswith(b"\r\n") else b"\r"
            assert rest.startswith(byte)
        else:
            assert character.encode("cp1252" if byte[0] not in b"\x81\x8d\x8f\x90\x9d" else "latin-1") == byte
        rest = rest[len(byte) :]
    assert rest == b""


def test_a_nul_byte_becomes_a_visible_character(tmp_path: Path) -> None:
    file, text = inspect_text(tmp_path, TEXT.encode() + b"2,A,a\0b,1,2020-01-01,2,7,UK\n")
    assert file.problem is None
    assert "a\ufffdb" in text


def test_an_encoding_can_be_set(tmp_path: Path) -> None:
    file, text = inspect_text(
        tmp_path, TEXT.replace("£5 “café” 20 %", "ソニー").replace("ñ", "n").encode("shift_jis"), encoding="shift_jis"
    )
    assert (file.problem, "ソニー" in text) == (None, True)
    file, _ = inspect_text(tmp_path, TEXT.encode("cp1252"), encoding="utf-8")
    assert "not utf-8 text" in str(file.problem)
    file, _ = inspect_text(tmp_path, TEXT.encode(), encoding="klingon")
    assert "which is not known" in str(file.problem)


def test_a_byte_that_is_not_utf8_is_found_far_into_the_file(tmp_path: Path) -> None:
    file, text = inspect_text(tmp_path, HEADER.encode() + b"\n" + (LINE.encode() + b"\n") * 200_000 + b"\xa3\n")
    assert file.encoding == "cp1252"
    assert text.endswith("£\n")


def test_letters_of_several_bytes_may_lie_across_the_chunks(tmp_path: Path) -> None:
    content = HEADER + "\n" + "1,2," + "€" * 6_000_000 + "\n"
    for shift in range(3):
        (tmp_path / "a.csv").write_bytes(b" " * shift + content.encode())
        (file,) = inspect_files(str(tmp_path / "a.csv"), SHAPES)
        assert file.problem is None


def test_no_file_and_an_unknown_column(tmp_path: Path) -> None:
    (file,) = inspect_files(str(tmp_path / "*.csv"), SHAPES)
    assert file.problem == "no file matches"
    assert os.getcwd() in str(file.remedy)
    (file,) = inspect_files("x", SHAPES, {"customer": "Account"})
    assert "column_map names customer" in str(file.problem)


def test_a_pattern_without_a_match_is_reported_beside_the_others(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.csv", LINE)
    files = inspect_files(f"{tmp_path}/a.csv,{tmp_path}/b.csv", SHAPES)
    assert sorted((f.problem or "") for f in files) == ["", "no file matches"]


def test_relative_patterns_fall_back_to_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_lines(tmp_path / "a.csv", LINE)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    (file,) = inspect_files("a.csv", SHAPES, fallback_dir=str(tmp_path))
    assert file.problem is None


def test_parquet_types_are_told_so_that_files_of_different_types_are_read_apart(tmp_path: Path) -> None:
    columns = {name: ["1"] for name in HEADER.split(",")}
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    pq.write_table(pa.table(columns | {"CustomerID": [1]}), tmp_path / "b.parquet")
    text, number = inspect_files(str(tmp_path), SHAPES)
    assert (text.types[6], number.types[6]) == ("string", "int64")


def test_blank_lines_before_the_header_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"\n\n{HEADER}\n{LINE}\n")
    (file,) = inspect_files(str(tmp_path / "a.csv"), SHAPES)
    assert (file.problem, file.headers[0]) == (None, "InvoiceNo")
    assert [row["source_row"] for row in rows_of(file)] == [4]


@pytest.mark.parametrize("first", ["17850,19970101,2,29.33", "1,19970101,2,4", "1,2/3/1997,3,4"])
def test_a_first_row_of_data_is_no_header(tmp_path: Path, first: str) -> None:
    (tmp_path / "a.csv").write_text(f"{first}\n17851,19970102,1,5\n")
    (file,) = inspect_files(str(tmp_path), SHAPES)
    assert (file.shape, file.header_row, file.row_count) == ("purchase_list", -1, 2)
    assert file.positions == {"customer_id": 0, "invoiced_at": 1, "quantity": 2, "amount": 3}


def test_columns_without_a_header_are_named_by_number(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("2010-12-01,x,7,536365,2.55,6\n")
    numbers = {"invoice_id": 4, "customer_id": 3, "invoiced_at": 1, "quantity": 6, "unit_price": 5}
    (file,) = inspect_files(str(tmp_path), SHAPES, numbers)
    assert (file.problem, file.header_row) == (None, -1)
    assert file.positions == {field: number - 1 for field, number in numbers.items()}


def test_columns_of_the_same_name_have_to_be_renamed(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.csv", header=f"{HEADER},Quantity")
    (file,) = inspect_files(str(path), SHAPES)
    assert "rename one of them in the file" in str(file.remedy)


def test_a_comma_in_a_folder_is_no_separator(tmp_path: Path) -> None:
    (tmp_path / "a, b").mkdir()
    write_lines(tmp_path / "a, b" / "c.csv", LINE)
    (file,) = inspect_files(f"{tmp_path}/a, b/*.csv", SHAPES)
    assert file.problem is None


def test_half_a_letter_at_the_end_of_a_chunk_is_seen(tmp_path: Path) -> None:
    start = HEADER.encode() + b"\n1,A,"
    chunk = 8 << 20
    # The second half is one chunk of other letters away.
    text = start + b"x" * (chunk - len(start) - 1) + b"\xc3" + b"x" * chunk + b"\xa9,1,2020-01-01,2,7,UK\n"
    (tmp_path / "a.csv").write_bytes(text)
    (file,) = inspect_files(str(tmp_path / "a.csv"), SHAPES)
    assert (file.encoding, file.is_readable) == ("cp1252", False)


@given(st.lists(st.sampled_from(["a", "\n", "\r\n", "\r"]), max_size=8))
def test_line_ends_are_made_one_where_python_reads(parts: list[str]) -> None:
    content = HEADER + "\n" + "x".join(parts) + "x"
    with tempfile.TemporaryDirectory() as folder:
        file, text = inspect_text(Path(folder), content.encode())
    assert file.problem is None
    # Only a file whose lines all end alike is left to the database.
    assert file.is_readable == ("\r" not in content)
    assert text == content.replace("\r\n", "\n").replace("\r", "\n")
    if file.is_readable:
        assert file.row_count == text.rstrip("\n").count("\n")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("after", ["", "{end}", "{end}{end}{end}"])
def test_lines_are_counted_whatever_they_end_with(tmp_path: Path, end: str, after: str) -> None:
    (tmp_path / "a.csv").write_bytes((end.join([HEADER, LINE, LINE]) + after.format(end=end)).encode())
    (file,) = inspect_files(str(tmp_path / "a.csv"), SHAPES)
    assert (file.row_count, file.is_readable) == (2, True)


# --- what was found before -----------------------------------------------------------------------------------


def test_a_file_that_did_not_change_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_lines(tmp_path / "a.csv", LINE)
    before = inspect_files(str(tmp_path), SHAPES)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("opened")

    for opener in ("open", "read_bytes"):
        monkeypatch.setattr(Path, opener, refuse)
    assert inspect_files(str(tmp_path), SHAPES, known=before) == before
    with pytest.raises(AssertionError, match="opened"):
        inspect_files(str(tmp_path), SHAPES)
    with pytest.raises(AssertionError, match="opened"):
        inspect_files(str(tmp_path), SHAPES, {"country": "Country"}, known=before)


def test_a_file_that_was_only_touched_keeps_its_rows(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.csv", LINE)
    (before,) = inspect_files(str(tmp_path), SHAPES)
    os.utime(path, (1, 1))
    (after,) = inspect_files(str(tmp_path), SHAPES, known=[before])
    assert after.signature != before.signature
    assert after.load_key == before.load_key


def test_a_change_of_the_same_size_and_time_is_seen(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.csv", LINE)
    times = path.stat()
    (before,) = inspect_files(str(tmp_path), SHAPES)
    write_lines(path, LINE.replace("17850", "17851"))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    (after,) = inspect_files(str(tmp_path), SHAPES, known=[before])
    assert after.load_key != before.load_key


@pytest.mark.parametrize(
    "settings",
    [{"column_map": {"country": "StockCode"}}, {"shape": "invoice_lines"}, {"encoding": "latin-1"}],
    ids=["column_map", "shape", "encoding"],
)
def test_a_setting_that_changes_how_a_file_is_read_makes_other_rows(tmp_path: Path, settings: dict[str, Any]) -> None:
    write_lines(tmp_path / "a.csv", LINE)
    (before,) = inspect_files(str(tmp_path), SHAPES)
    (after,) = inspect_files(str(tmp_path), SHAPES, known=[before], **settings)
    assert after.load_key != before.load_key


def test_a_file_that_is_gone_is_left_out_or_kept(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.csv", LINE)
    write_lines(tmp_path / "b.csv", LINE)
    before = inspect_files(str(tmp_path), SHAPES)
    path.unlink()
    assert [f.source_file for f in inspect_files(str(tmp_path), SHAPES, known=before)] == [before[1].source_file]
    kept = inspect_files(str(tmp_path), SHAPES, known=before, keep_vanished=True)
    assert [(f.load_key, f.is_present) for f in kept] == [(before[0].load_key, False), (before[1].load_key, True)]
    write_lines(path, LINE)
    assert all(f.is_present for f in inspect_files(str(tmp_path), SHAPES, known=kept, keep_vanished=True))


def test_a_file_is_the_same_after_a_table_has_held_it(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.csv", LINE)
    (file,) = inspect_files(str(tmp_path), SHAPES)
    table = pa.Table.from_pylist([file.as_record()], schema=InvoiceFile.schema())
    assert InvoiceFile.from_record(table.to_pylist()[0]) == file


# --- workbooks, tables and rows ------------------------------------------------------------------------------


def test_every_sheet_of_a_workbook_is_a_file(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx", {"default_date_format": "d/m/yy"}) as workbook:
        for year in (2009, 2010):
            sheet = workbook.add_worksheet(f"Year {year}")
            sheet.write_row(1, 0, ["Our shop", "2009"])
            sheet.write_row(3, 0, HEADER.split(","))
            sheet.write_row(5, 0, [536365, "00123", "MUG", 6.0, None, 2.55, 17850.0, ""])
            sheet.write_datetime(5, 4, datetime.datetime(year, 12, 1, 8, 26))
        workbook.add_worksheet("Notes").write(0, 0, "nothing of use")
    notes, first, second = inspect_files(str(tmp_path), SHAPES)
    assert [f.source_file for f in (first, second)] == [f"{tmp_path}/a.xlsx#Year 2009", f"{tmp_path}/a.xlsx#Year 2010"]
    assert (first.shape, second.shape, notes.shape, notes.problem) == ("online_retail", "online_retail", "none", None)
    (row,) = rows_of(first)
    assert row == {
        "invoice_id": "536365",
        "product_code": "00123",
        "description": "MUG",
        "quantity": "6",
        "unit_price": "2.55",
        "invoiced_at": "2009-12-01 08:26:00",
        "customer_id": "17850",
        "country": None,
        "other_fields": None,
        "load_key": first.load_key,
        # The row that Excel shows.
        "source_row": 6,
        "unread_hash": None,
    }


def test_a_workbook_without_invoice_lines_is_a_problem(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as workbook:
        workbook.add_worksheet("Notes").write(0, 0, "nothing of use")
    (file,) = inspect_files(str(tmp_path), SHAPES)
    assert str(file.problem).startswith("no sheet holds invoice lines: the file is not a table with a header")


def test_a_lock_file_beside_an_open_workbook_is_no_export(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.csv", LINE)
    (tmp_path / "~$a.xlsx").write_bytes(b"x")
    assert len(inspect_files(str(tmp_path / "*"), SHAPES)) == 1


def test_a_table_is_recognised_by_its_columns() -> None:
    file = inspect_relation(
        "raw.lines", '"raw"."lines"', ["invoice", "qty", "Price", "day", "customer"], SHAPES, {"invoiced_at": "day"}
    )
    assert (file.problem, file.format, file.positions["invoiced_at"]) == (None, "relation", 3)
    assert inspect_relation("raw.nix", '"raw"."nix"', [], SHAPES).problem == "there is no such table or view"


def test_rows_that_cannot_be_split_keep_their_text_and_number(tmp_path: Path) -> None:
    lines = [
        "1,A,MUG,1,2020-01-01,2,7,UK",
        "2,A,MUG",
        "",
        '3,A,"MUG, ""big""\nand blue",1,2020-01-01,2,7,UK',
        '4,A,"MUG,1,2020-01-01,2,7,UK',
        "5,A,MUG,1,2020-01-01,2,7,UK,,",
        "6,A,MUG,1,2020-01-01,2,7,UK,x",
        '7,A,"MUG 6" high",1,2020-01-01,2,7,UK',
        '8,A,MUG 6" high,1,2020-01-01,2,7,UK',
        '9,A,MUG",1,2020-01-01,2,7,UK',
    ]
    (file,) = inspect_files(str(write_lines(tmp_path / "a.csv", *lines)), SHAPES)
    rows = rows_of(file)
    assert [(row["source_row"], row["invoice_id"], row["description"]) for row in rows] == [
        (2, "1", "MUG"),
        (3, None, None),
        (5, "3", 'MUG, "big"\nand blue'),
        (6, None, None),
        (7, "5", "MUG"),
        (8, None, None),
        (9, "7", 'MUG 6" high'),
        (10, "8", 'MUG 6" high'),
        (11, "9", 'MUG"'),
    ]
    texts = [json.loads(str(row["other_fields"]))["unreadable"] for row in rows if row["other_fields"]]
    assert texts == [lines[1], lines[4], lines[6]]


def test_fields_of_some_shapes_are_written_as_the_database_writes_them(tmp_path: Path) -> None:
    lines = [f"{n},A,MUG,1,2020-01-01,2,7,{returned}" for n, returned in enumerate(("Yes", "", 'n"ö'))]
    header = "Order Number,SKU,Product,Qty,Date,unit_price,Customer Number,Returned"
    (file,) = inspect_files(str(write_lines(tmp_path / "a.csv", *lines, header=header)), SHAPES)
    texts = ["Yes", None, 'n"ö']
    with duckdb.connect() as connection:
        written = [
            connection.execute("select json_object('is_returned', ?)::text", [t]).fetchall()[0][0] for t in texts
        ]
    assert [row["other_fields"] for row in rows_of(file)] == written


def rows_of(file: InvoiceFile) -> list[dict[str, object]]:
    return [row for batch in read_rows([file]) for row in batch.to_pylist()]
