"""What a version takes over from the one before it: tables that are the same, and nothing of erased customers."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from segmentation_dbt.publishing import publish
from segmentation_dbt.version_files import Mart
from segmentation_dbt.versions import Versions

TABLES = """
create schema staging;
create table customer_segments as select 'c1' as customer_id, 'VIP' as segment, date '2024-01-01' as as_of_date,
    'x' as model_version;
create table load_audit as select 'a.csv' as source_file, 10 as size_bytes, 2 as rows_read, 2 as rows_accepted,
    0 as rows_rejected, 0 as lines_derived, 5.0 as amount_read, date '2024-01-01' as first_invoice_date,
    date '2024-01-02' as last_invoice_date;
create table segment_history as
    select 'customer' || (range * 7 % 1000) as customer_id, range as recency_days from range(1000);
"""


@pytest.fixture
def warehouse() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(TABLES)
    return connection


def published(
    warehouse: duckdb.DuckDBPyConnection,
    folder: Path,
    description: str = "History.",
    comment: str = "Who.",
    of_lines: Sequence[str] = (),
) -> Path:
    """Publish all tables, and return the folder of the version."""
    marts = [
        Mart(name, name, description if name == "segment_history" else name, {"customer_id": comment}, False)
        for name in ("customer_segments", "segment_history")
    ]
    marts.append(Mart("load_audit", "load_audit", "", {}, False))
    marts += [Mart(name, name, "Lines.", {}, True) for name in of_lines]
    versions = Versions(folder)
    with warehouse.cursor() as cursor:
        publish(cursor, versions, marts, 2_000_000, {"published_at": "2024-01-03T00:00:00Z", "invocation_id": "1"}, [])
    return versions.path(str(versions.current()))


def is_taken_over(before: Path, now: Path, name: str) -> bool:
    return (before / f"{name}.parquet").stat().st_ino == (now / f"{name}.parquet").stat().st_ino


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(folder / "segments.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


def assert_the_same(warehouse: duckdb.DuckDBPyConnection, folder: Path) -> None:
    for name in ("customer_segments", "segment_history", "load_audit"):
        query = f"select * from {name} order by all"
        assert rows(folder, query) == warehouse.execute(query).fetchall()
        assert duckdb.sql(f"select * from '{folder / name}.parquet' order by all").fetchall() == rows(folder, query)


def test_only_tables_that_changed_are_written(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    first = published(warehouse, tmp_path)
    warehouse.execute("update customer_segments set segment = 'Loyal'")
    second = published(warehouse, tmp_path)
    assert is_taken_over(first, second, "segment_history")
    assert not is_taken_over(first, second, "customer_segments")
    assert_the_same(warehouse, second)
    # The version before is as it was.
    assert rows(first, "select segment from customer_segments") == [("VIP",)]
    assert rows(first, "select version from published_manifest") == [(first.name,)]
    assert rows(second, "select version from published_manifest") == [(second.name,)]


@pytest.mark.parametrize(
    "change",
    [
        "update segment_history set recency_days = recency_days + 1 where customer_id = 'customer7'",
        "delete from segment_history where customer_id = 'customer7'",
        "insert into segment_history from segment_history limit 1",
        "update segment_history set customer_id = null where customer_id = 'customer7'",
        "alter table segment_history rename recency_days to recency",
        "alter table segment_history alter recency_days type integer",
    ],
)
def test_any_change_is_seen(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, change: str) -> None:
    first = published(warehouse, tmp_path)
    warehouse.execute(change)
    second = published(warehouse, tmp_path)
    assert not is_taken_over(first, second, "segment_history")
    assert_the_same(warehouse, second)


def test_a_description_that_changed_is_written(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    published(warehouse, tmp_path)
    second = published(warehouse, tmp_path, "The past.", "The customer.")
    comments = "select comment from duckdb_tables() where table_name = 'segment_history'"
    assert rows(second, comments) == [("The past.",)]
    column = "select comment from duckdb_columns() where (table_name, column_name) = ('segment_history', 'customer_id')"
    assert rows(second, column) == [("The customer.",)]


def test_nothing_is_taken_over_that_may_hold_erased_customers(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    warehouse.execute("update customer_segments set customer_id = 'erika@example.com'")
    first = published(warehouse, tmp_path)
    warehouse.execute("update customer_segments set customer_id = 'c1'")
    warehouse.execute("create table staging.erased_customers as select 'hash' as customer_hash")
    second = published(warehouse, tmp_path)
    assert not is_taken_over(first, second, "segment_history")
    assert b"erika@" in (first / "segments.duckdb").read_bytes()
    assert b"erika@" not in (second / "segments.duckdb").read_bytes()


def test_a_version_that_is_damaged_is_not_taken_over(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    first = published(warehouse, tmp_path)
    (first / "segments.duckdb").write_bytes(b"no database")
    (first / "segment_history.parquet").unlink()
    assert_the_same(warehouse, published(warehouse, tmp_path))
    (first / "manifest.json").write_text("{")
    assert_the_same(warehouse, published(warehouse, tmp_path))


def test_large_tables_are_compressed_once(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    # What DuckDB compresses twice it leaves in more groups of rows than it needs, in a file half as large again.
    warehouse.execute(
        """
        create table read_lines as select range as line_id, 'p' || range % 99 as product_code from range(2_000_000);
        create table copies as select line_id from read_lines where line_id % 100 = 0;
        create view invoice_lines as
            select read_lines.* from read_lines left join copies on read_lines.line_id = copies.line_id
            where copies.line_id is null;
        update load_audit set rows_accepted = 1_980_000;
        """
    )
    version = published(warehouse, tmp_path, of_lines=["invoice_lines"])
    groups = rows(version, "select distinct row_group_id from pragma_storage_info('invoice_lines')")
    assert len(groups) <= 1_980_000 // 122_880 + 3
    assert rows(version, "select count(*), sum(line_id) from invoice_lines") == [(1_980_000, 1_980_000_000_000)]


def test_a_version_says_what_it_holds(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    version = published(warehouse, tmp_path, "How <b>they</b> were | then.", "Who\nit is.")
    schema = json.loads((version / "schema.json").read_text())
    tables = {table["name"]: table for table in schema["tables"]}
    assert list(tables) == ["customer_segments", "load_audit", "segment_history"]
    history = tables["segment_history"]
    assert (history["rows"], history["file"]) == (1000, "segment_history.parquet")
    assert history["columns"] == [
        {"name": "customer_id", "type": "VARCHAR", "description": "Who\nit is."},
        {"name": "recency_days", "type": "BIGINT", "description": ""},
    ]
    page = (version / "README.md").read_text()
    assert "How &lt;b&gt;they&lt;/b&gt; were \\| then. 1,000 rows." in page
    assert "| `customer_id` | varchar | Who it is. |" in page


def test_the_python_that_a_version_shows_runs(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = published(warehouse, tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", (version / "README.md").read_text(), re.DOTALL)
    monkeypatch.chdir(version)
    exec(code.replace("segment_profiles", "customer_segments"), {})  # noqa: S102


def test_what_is_left_out_is_said(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    warehouse.execute("create table invoice_lines as select 1 as line_id; update load_audit set rows_accepted = 3e6")
    page = (published(warehouse, tmp_path, of_lines=["invoice_lines"]) / "README.md").read_text()
    assert "`invoice_lines` is left out: 3,000,000 lines, more than" in page
    assert "## invoice_lines" not in page
