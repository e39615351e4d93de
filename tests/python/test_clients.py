"""What is published is read as BI tools read it, also while a build runs: by SQLAlchemy, pandas and Polars."""

from __future__ import annotations

import importlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import AS_SHIPPED, SAMPLE, Build, dbt_command

Rows = list[tuple[Any, ...]]
REVENUE = "select month, sum(revenue) as revenue from {} group by month order by month"


@pytest.fixture(scope="module")
def expected(sample_build: Build) -> Rows:
    rows = sample_build.rows(REVENUE.format("marts.country_sales"))
    assert len(rows) > 12
    return rows


@pytest.fixture(scope="module")
def published(sample_build: Build, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What is published, while a build beside it runs that would publish there too."""
    folder = tmp_path_factory.mktemp("clients")
    shutil.copytree(sample_build.warehouse.parent / "published", folder / "published", symlinks=True)
    shutil.copy(sample_build.warehouse, folder)
    # What dbt made of the project, with the same variables, saves it some seconds.
    (folder / "target").mkdir()
    shutil.copy(sample_build.target / "partial_parse.msgpack", folder / "target")
    command, environment = dbt_command(folder, SAMPLE, AS_SHIPPED | {"unit_tests": True}, ("build",))
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as build:
        assert build.stdout is not None
        assert any("START" in line for line in build.stdout)
        # It stands still, so that it runs for as long as anybody reads.
        os.killpg(build.pid, signal.SIGSTOP)
        yield folder / "published"
        assert build.poll() is None
        os.killpg(build.pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def sqlalchemy() -> Any:
    return importlib.import_module("sqlalchemy")


@pytest.fixture
def connection(sqlalchemy: Any, published: Path) -> Iterator[Any]:
    """A connection of SQLAlchemy, the way Superset makes it."""
    engine = sqlalchemy.create_engine(
        f"duckdb:///{published}/segments.duckdb", connect_args={"read_only": True}, poolclass=sqlalchemy.pool.NullPool
    )
    with engine.connect() as connection:
        yield connection


def test_superset_asks_by_sqlalchemy(sqlalchemy: Any, connection: Any, expected: Rows) -> None:
    assert [tuple(row) for row in connection.execute(sqlalchemy.text(REVENUE.format("country_sales")))] == expected


def test_superset_finds_tables_and_columns_with_their_comments(
    sqlalchemy: Any, connection: Any, sample_build: Build
) -> None:
    inspector = sqlalchemy.inspect(connection)
    comments = "select {0}_name, trim(comment, e' \\n') from duckdb_{0}s() where schema_name = 'marts'"
    tables = dict(row for kind in ("table", "view") for row in sample_build.rows(comments.format(kind)))
    assert set(inspector.get_table_names(schema="main")) == {*tables, "published_manifest"}
    for table, comment in tables.items():
        assert inspector.get_table_comment(table, schema="main")["text"].strip() == comment
        columns = [
            (column["name"], column["comment"].rstrip()) for column in inspector.get_columns(table, schema="main")
        ]
        assert columns == sample_build.rows(
            "select column_name, rtrim(comment, e' \\n') from duckdb_columns() "
            f"where schema_name = 'marts' and table_name = '{table}' order by column_index"
        )


def test_superset_can_not_write(sqlalchemy: Any, connection: Any) -> None:
    with pytest.raises(sqlalchemy.exc.ProgrammingError, match="read-only"):
        connection.execute(sqlalchemy.text("delete from country_sales"))


def test_pandas_reads_parquet(published: Path, expected: Rows) -> None:
    sales = pd.read_parquet(published / "country_sales.parquet", dtype_backend="pyarrow")
    assert list(sales.groupby("month")["revenue"].sum().items()) == expected


def test_polars_reads_parquet(published: Path, expected: Rows) -> None:
    import polars

    sales = polars.read_parquet(published / "country_sales.parquet")
    assert sales.group_by("month").agg(polars.col("revenue").sum()).sort("month").rows() == expected
