"""Files of different formats and types, read together: each line as it is in its own file."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import HEADER, LINES_ONLY, Build, dbt, write_lines


def lines_of(build: Build) -> list[tuple[object, ...]]:
    assert build.exit_code == 0, build.output
    return build.rows(
        "select invoice_id, customer_id, quantity, unit_price, invoiced_at, source_row from marts.invoice_lines "
        "order by invoice_id"
    )


def test_parquet_files_of_different_types_keep_their_own(tmp_path: Path) -> None:
    columns = {
        "InvoiceNo": ["1"],
        "Quantity": pa.array([2], pa.int32()),
        "UnitPrice": pa.array([Decimal("1.25")], pa.decimal128(10, 2)),
        "InvoiceDate": pa.array([datetime.datetime(2011, 1, 2, 3, 4)], pa.timestamp("us")),
        "CustomerID": pa.array([123], pa.int64()),
        "filename": ["a column of the file's own"],
    }
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    others = {
        "InvoiceNo": ["2"],
        "Quantity": pa.array([1.5]),
        "UnitPrice": pa.array([1.2345]),
        "InvoiceDate": ["2011-01-03 04:05"],
        "CustomerID": ["0123"],
    }
    pq.write_table(pa.table(columns | others), tmp_path / "b.parquet")
    write_lines(tmp_path / "c.csv", "3,A,MUG,1,2011-01-04,2,00123,UK")
    assert lines_of(dbt(tmp_path, tmp_path / "?.*", arguments=LINES_ONLY)) == [
        ("1", "123", Decimal(2), Decimal("1.25"), datetime.datetime(2011, 1, 2, 3, 4), 1),
        ("2", "0123", Decimal("1.5"), Decimal("1.2345"), datetime.datetime(2011, 1, 3, 4, 5), 1),
        ("3", "00123", Decimal(1), Decimal(2), datetime.datetime(2011, 1, 4), 2),
    ]


@pytest.mark.parametrize("environment", [None, {"TZ": "America/New_York"}], ids=["here", "New York"])
def test_timestamps_with_a_zone_do_not_depend_on_the_machine(
    tmp_path: Path, environment: dict[str, str] | None
) -> None:
    moment = datetime.datetime(2011, 1, 2, 23, 30, tzinfo=datetime.UTC)
    columns = {name: ["1"] for name in HEADER.split(",")} | {
        "InvoiceDate": pa.array([moment], pa.timestamp("us", "UTC"))
    }
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    built = dbt(tmp_path, tmp_path / "a.parquet", arguments=LINES_ONLY, environment=environment)
    assert lines_of(built)[0][4] == datetime.datetime(2011, 1, 2, 23, 30)


def test_line_ends_and_quoted_line_breaks_of_any_kind(tmp_path: Path) -> None:
    lines = [
        HEADER,
        '1,A,"two\nlines",1,2011-01-04,2,7,UK',
        "",
        "2,A,MUG,1,2011-01-05,2,7,UK",
        "3,A,MUG,x,2011-01-05,2,7,UK",
    ]
    (tmp_path / "a.csv").write_bytes("\r\n".join(lines).encode())
    # Two exports put together: one of Windows, one of another system.
    more = f"{HEADER}\r\n4,A,MUG,1,2011-01-06,2,7,UK\r\n5,A,MUG,1,2011-01-07,2,7,UK\n6,A,MUG,1,2011-01-07,2,7,UK"
    (tmp_path / "b.csv").write_bytes(more.encode())
    built = dbt(tmp_path, tmp_path / "?.csv", {"max_rejected_share": 1}, LINES_ONLY)
    assert [row[0] for row in lines_of(built)] == ["1", "2", "4", "5", "6"]
    # As in a spreadsheet: blank lines count, and a value that spans lines is in one row.
    assert built.rows("select source_row, raw_text from marts.rejected_invoice_lines") == [
        (5, "3,A,MUG,x,2,2011-01-05,7,UK")
    ]


def test_a_thousand_files_of_one_layout(tmp_path: Path) -> None:
    for n in range(1000):
        write_lines(
            tmp_path / f"{n:03}.csv", f"{n},A,MUG,1,2011-01-04,2,c{n % 50},UK", f"{n},B,MUG,2,2011-01-04,2,c7,UK"
        )
    built = dbt(tmp_path, tmp_path / "*.csv", arguments=LINES_ONLY)
    assert built.exit_code == 0, built.output
    # Each line under the name of its own file.
    assert built.rows(
        "select count(*), count(distinct source_file), "
        "bool_and(source_file like '%/' || lpad(invoice_id, 3, '0') || '.csv') from marts.invoice_lines"
    ) == [(2000, 1000, True)]
