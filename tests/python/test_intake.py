"""What is found out about a file before it is read, and what is said of files that can't be."""

import gzip
import os
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import HEADER, write_lines
from hypothesis import given
from hypothesis import strategies as st

from segmentation.intake import COLUMNS, InvoiceFile, inspect_files

ALIASES = {
    "invoice_id": ["InvoiceNo", "Invoice"],
    "product_code": ["StockCode"],
    "unit_price": ["UnitPrice", "Price"],
    "invoiced_at": ["InvoiceDate"],
    "customer_id": ["CustomerID"],
}
LINE = "536365,85123A,MUG,6,2010-12-01 08:26:00,2.55,17850,United Kingdom"


def test_headers_are_found_in_any_order_and_spelling(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.csv", header="Customer ID;price;INVOICE;Quantity;invoice_date;Comment")
    (file,) = inspect_files(str(tmp_path / "*.csv"), ALIASES)
    assert file.problem is None
    assert file.delimiter == ";"
    assert file.positions == {"customer_id": 0, "unit_price": 1, "invoice_id": 2, "quantity": 3, "invoiced_at": 4}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_recognised(tmp_path: Path, delimiter: str) -> None:
    path = write_lines(tmp_path / "a.txt", header=HEADER.replace(",", delimiter))
    (file,) = inspect_files(str(path), ALIASES)
    assert (file.problem, file.delimiter) == (None, delimiter)
    assert set(file.positions) == set(COLUMNS)


def test_a_byte_order_mark_gzip_zstd_and_parquet_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xef\xbb\xbf" + HEADER.encode() + b"\n")
    (tmp_path / "b.csv").write_bytes(gzip.compress(HEADER.encode()))  # gzip by content, whatever the name
    with pa.output_stream(tmp_path / "d.csv", compression="zstd") as zstd:
        zstd.write(HEADER.encode())
    pq.write_table(pa.table({name: ["1"] for name in HEADER.split(",")}), tmp_path / "c.parquet")
    files = inspect_files(str(tmp_path), ALIASES)
    assert [(f.problem, f.format, f.compression) for f in files] == [
        (None, "csv", "none"),
        (None, "csv", "gzip"),
        (None, "parquet", "none"),
        (None, "csv", "zstd"),
    ]
    assert {len(f.positions) for f in files} == {8}


def test_column_map_takes_precedence(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.csv", header=HEADER + ",Account")
    (file,) = inspect_files(str(path), ALIASES, {"customer_id": "account"})
    assert file.positions["customer_id"] == 8


def test_columns_that_could_be_meant_twice_are_not_guessed(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.csv", header=HEADER + ",Price")
    (file,) = inspect_files(str(path), ALIASES)
    assert file.problem == "several columns could be the unit_price: UnitPrice, Price"
    assert "column_map" in str(file.remedy)


def test_several_patterns_and_odd_names(tmp_path: Path) -> None:
    names = ["a[1].csv", "it's; drop {{ x }}.csv", "b*.csv"]
    for name in names:
        write_lines(tmp_path / name, LINE)
    assert {os.path.basename(f.source_file) for f in inspect_files(str(tmp_path / "*.csv"), ALIASES)} == set(names)
    (file,) = inspect_files(str(tmp_path / "a[1].csv"), ALIASES)
    assert file.problem is None
    both = inspect_files(f"{tmp_path}/a*.csv, {tmp_path}/b*.csv", ALIASES)
    assert len(both) == 2


def test_a_file_that_two_patterns_match_is_read_once(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.csv", LINE)
    assert len(inspect_files(f"{tmp_path}/*.csv,{tmp_path}/a.*", ALIASES)) == 1


def test_file_keys_depend_on_the_path_alone_and_differ(tmp_path: Path) -> None:
    for n in range(50):
        write_lines(tmp_path / f"{n}.csv", LINE)
    files = inspect_files(str(tmp_path), ALIASES)
    assert len({f.file_key for f in files}) == 50
    (alone,) = inspect_files(str(tmp_path / "7.csv"), ALIASES)
    assert alone.file_key == next(f.file_key for f in files if f.source_file == alone.source_file)
    assert all(0 <= f.file_key < 2**31 for f in files)


@pytest.mark.parametrize(
    ("content", "problem", "remedy"),
    [
        (b"", "the file is empty", "export it again"),
        (b"\n\n", "the file is empty", "export it again"),
        (b"<html><body>Please log in</body></html>", "not a table with a header", "with the column names"),
        (b"PK\x03\x04rest", "an Excel workbook", "save it as CSV"),
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
    (file,) = inspect_files(str(tmp_path / "a.csv"), ALIASES, workspace=str(tmp_path))
    assert problem in str(file.problem)
    assert remedy in str(file.remedy)


def inspect_text(folder: Path, content: bytes, encoding: str = "") -> tuple[InvoiceFile, str]:
    """Inspect a file of some bytes; return what was found and the text that the database will read."""
    (folder / "a.csv").write_bytes(content)
    (file,) = inspect_files(str(folder / "a.csv"), ALIASES, encoding=encoding, workspace=str(folder))
    return file, Path(file.read_path).read_bytes().decode() if file.read_path else ""


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
        (file,) = inspect_files(str(tmp_path / "a.csv"), ALIASES)
        assert file.problem is None


def test_no_file_and_an_unknown_column(tmp_path: Path) -> None:
    (file,) = inspect_files(str(tmp_path / "*.csv"), ALIASES)
    assert file.problem == "no file matches"
    assert os.getcwd() in str(file.remedy)
    (file,) = inspect_files("x", ALIASES, {"customer": "Account"})
    assert "column_map names customer" in str(file.problem)


def test_a_pattern_without_a_match_is_reported_beside_the_others(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.csv", LINE)
    files = inspect_files(f"{tmp_path}/a.csv,{tmp_path}/b.csv", ALIASES)
    assert sorted((f.problem or "") for f in files) == ["", "no file matches"]


def test_relative_patterns_fall_back_to_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_lines(tmp_path / "a.csv", LINE)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    (file,) = inspect_files("a.csv", ALIASES, fallback_dir=str(tmp_path))
    assert file.problem is None


def test_parquet_types_are_told_so_that_files_of_different_types_are_read_apart(tmp_path: Path) -> None:
    columns = {name: ["1"] for name in HEADER.split(",")}
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    pq.write_table(pa.table(columns | {"CustomerID": [1]}), tmp_path / "b.parquet")
    text, number = inspect_files(str(tmp_path), ALIASES)
    assert (text.types[6], number.types[6]) == ("string", "int64")


def test_blank_lines_before_the_header_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"\n\n{HEADER}\n{LINE}\n")
    (file,) = inspect_files(str(tmp_path / "a.csv"), ALIASES)
    assert (file.problem, file.headers[0]) == (None, "InvoiceNo")


def test_columns_of_the_same_name_have_to_be_renamed(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.csv", header=f"{HEADER},Quantity")
    (file,) = inspect_files(str(path), ALIASES)
    assert "rename one of them in the file" in str(file.remedy)


def test_a_comma_in_a_folder_is_no_separator(tmp_path: Path) -> None:
    (tmp_path / "a, b").mkdir()
    write_lines(tmp_path / "a, b" / "c.csv", LINE)
    (file,) = inspect_files(f"{tmp_path}/a, b/*.csv", ALIASES)
    assert file.problem is None


@given(st.lists(st.sampled_from(["a", "\n", "\r\n", "\r"]), max_size=8))
def test_line_ends_are_made_one_where_they_differ(parts: list[str]) -> None:
    content = HEADER + "\n" + "x".join(parts) + "x"
    with tempfile.TemporaryDirectory() as folder:
        file, text = inspect_text(Path(folder), content.encode())
    assert file.problem is None
    # Only what differs is copied.
    assert (file.read_path == file.source_file) == ("\r" not in content)
    assert text == (content.replace("\r\n", "\n").replace("\r", "\n") if "\r" in content else content)
