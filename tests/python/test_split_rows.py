"""The splitting of text into rows: nothing is lost, numbers are right, and well-formed text comes out as it went in."""

from __future__ import annotations

import csv
import io
import time
from itertools import pairwise
from pathlib import Path
from typing import Literal

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from segmentation.intake.delimited import Row, split_rows
from segmentation.intake.text_encoding import inspect_text

DELIMITERS = st.sampled_from([",", ";", "\t", "|"])
# Short texts of few letters, so that quotes, delimiters and line breaks meet.
TEXTS = st.text(alphabet='ab",;\t| \n1', max_size=60)
# Of a single column a row may be a blank line, which is none.
TABLES = st.integers(2, 5).flatmap(
    lambda width: st.lists(
        st.lists(st.text(alphabet='a" ,;\t|\né1', max_size=8), min_size=width, max_size=width), max_size=6
    )
)

# As they are in a file, some of them badly quoted.
VALUES = ['a"', '"a"', '"a,b"', '""', '"', "x", '"a" ', ' "a"', '"a"b', '"a""b"', '\\"', '"a\\"', '" a" b"', " "]


def rows_of(text: str, delimiter: str, width: int) -> list[Row]:
    return list(split_rows([text], delimiter, width))


def is_blank(line: str, delimiter: str) -> bool:
    return not line.strip() and delimiter not in line


@given(text=TEXTS, delimiter=DELIMITERS, width=st.integers(0, 5))
@example(text='"a\n', delimiter=",", width=2)
@example(text='"a\nb",1\n', delimiter=",", width=2)
@example(text="\t\t\n", delimiter="\t", width=3)
@example(text="a,b\n\n  \n,\n", delimiter=",", width=2)
def test_no_line_is_lost_and_rows_are_numbered_as_in_a_spreadsheet(text: str, delimiter: str, width: int) -> None:
    rows = rows_of(text, delimiter, width)
    lines = text.split("\n")
    expected_number, line = 0, 0
    for number, values, row_text in rows:
        while is_blank(lines[line], delimiter):
            expected_number, line = expected_number + 1, line + 1
        expected_number += 1
        assert number == expected_number
        count = row_text.count("\n") + 1
        assert row_text == "\n".join(lines[line : line + count])
        line += count
        assert values is None or not width or len(values) == width
        assert values is not None or width or '"' in row_text
    assert all(is_blank(rest, delimiter) for rest in lines[line:])


@given(table=TABLES, delimiter=DELIMITERS, quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
@example(table=[["two\nlines", "1"], ["a", "b"]], delimiter=",", quoting=csv.QUOTE_MINIMAL)
def test_well_formed_text_comes_out_as_it_went_in(
    table: list[list[str]], delimiter: str, quoting: Literal[0, 1]
) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n", quoting=quoting).writerows(table)
    assert [values for _, values, _ in rows_of(out.getvalue(), delimiter, 0)] == table
    # Where a line of a value might be a row of its own, the number of columns makes it one.
    if table and not any("\n" in value and (delimiter in value or '"' in value) for row in table for value in row):
        assert [values for _, values, _ in rows_of(out.getvalue(), delimiter, len(table[0]))] == table


def test_hundreds_of_values_over_several_lines_are_one_row() -> None:
    text = ",".join(f'"{n}\n""lines"""' for n in range(400))
    assert rows_of(text, ",", 0) == [(1, [f'{n}\n"lines"' for n in range(400)], text)]


@given(text=TEXTS, delimiter=DELIMITERS, width=st.integers(0, 5), cuts=st.lists(st.integers(0, 60), max_size=8))
def test_it_does_not_matter_how_the_text_is_cut(text: str, delimiter: str, width: int, cuts: list[int]) -> None:
    ends = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [text[begin:end] for begin, end in pairwise(ends)]
    assert list(split_rows(pieces, delimiter, width)) == rows_of(text, delimiter, width)


@given(
    table=st.lists(
        st.sampled_from(['a"', '"a"', '"a,b"', '""', '"', "x", '"a" ', ' "a"', '"a"b', '"a""b"', '\\"', '"a\\"']),
        min_size=2,
        max_size=8,
    )
)
def test_what_a_database_reads_directly_is_what_python_reads(
    tmp_path_factory: pytest.TempPathFactory, table: list[str]
) -> None:
    if len(table) % 2:
        table.append("x")
    lines = [",".join(pair) for pair in zip(table[::2], table[1::2], strict=True)]
    path = tmp_path_factory.getbasetemp() / "direct.csv"
    path.write_text("\n".join(["h1,h2", *lines]) + "\n")
    found = read_directly(path)
    if len(found) == len(lines) and inspect_text(str(path)).is_readable:
        values = [
            tuple(v or None for v in values) if values else None for _, values, _ in rows_of("\n".join(lines), ",", 2)
        ]
        assert found == values


def read_directly(path: Path) -> list[tuple[str | None, ...]]:
    query = f"""
        from read_csv('{path}', columns = {{'c0': 'varchar', 'c1': 'varchar'}}, auto_detect = false, header = true,
        delim = ',', quote = '"', escape = '"', ignore_errors = true)
    """
    return duckdb.sql(query).fetchall()


@pytest.mark.parametrize("letter", ['"', '""x', '"\n', '"a\n', '\\"', '"a"b,', 'a","b\n', '1,"say \\"hi\\"",2\n'])
def test_a_long_run_of_quotes_takes_no_longer_than_other_text(letter: str) -> None:
    text = letter * (1_000_000 // len(letter))
    began = time.process_time()
    rows = rows_of(text, ",", 3)
    assert "\n".join(row_text for _, _, row_text in rows) == text.rstrip("\n")
    assert time.process_time() - began < 10
