"""The warehouse equals what the files say, whatever was built before and wherever a build was killed."""

from __future__ import annotations

import gzip
import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import SAMPLE, Build, dbt, dbt_command

ARGUMENTS = (
    "build",
    *("--select", "+invoice_lines", "+rejected_invoice_lines", "+load_audit"),
    *("--exclude-resource-type", "test", "unit_test"),
)
AUDIT = "select * exclude (loaded_at) from marts.load_audit order by source_file"
TABLES = (
    "select * from marts.invoice_lines order by line_id",
    "select * from marts.rejected_invoice_lines order by line_id",
    AUDIT,
)


class Shop:
    """A folder of deliveries: months of the sample, which overlap by some lines, and one that a database can't read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.header, *lines = gzip.decompress(SAMPLE.read_bytes()).decode().splitlines()
        self._parts = [lines[n * 1000 : n * 1000 + 1100] for n in range(6)]
        for n in range(3):
            self.deliver(n)
        self.deliver(3, "utf-16")

    def path(self, n: int) -> Path:
        return self.folder / f"{n}.csv"

    def deliver(self, n: int, encoding: str = "utf-8", lines: int = 1100) -> None:
        # A database reads the one kind by itself, and Python the other.
        broken = [] if encoding == "utf-8" else ["broken,row"]
        self.path(n).write_text("\n".join((self.header, *self._parts[n][:lines], *broken)) + "\n", encoding)

    def build(self, folder: Path, **variables: Any) -> Build:
        built = dbt(folder, self.folder / "*.csv", variables, ARGUMENTS)
        assert built.exit_code == 0, built.output
        return built

    def assert_equal_to_a_new_build(self, built: Build, folder: Path, **variables: Any) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        new = self.build(folder, **variables)
        for table in TABLES:
            assert built.rows(table) == new.rows(table)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "deliveries")


def loaded(build: Build) -> dict[str, Any]:
    rows = build.rows("select source_file, loaded_at from marts.load_audit")
    return {Path(source_file).stem: loaded_at for source_file, loaded_at in rows}


def read_in_this_build(build: Build) -> set[str]:
    rows = build.rows(
        "select source_file from staging.base_invoice_files inner join staging.base_file_checks using (load_key)"
    )
    return {Path(source_file).stem for (source_file,) in rows}


def test_only_what_is_new_or_changed_is_read(shop: Shop, tmp_path: Path) -> None:
    first = shop.build(tmp_path)
    assert read_in_this_build(first) == {"0", "1", "2", "3"}
    ((overlap,),) = first.rows(f"select duplicates_of from marts.load_audit where source_file = '{shop.path(1)}'")
    assert overlap == f"{shop.path(0)}: 100"

    before = loaded(first)
    again = shop.build(tmp_path)
    assert read_in_this_build(again) == set()
    assert loaded(again) == before
    assert again.rows("select count(*) from staging.base_converted_rows") == [(0,)]

    time.sleep(1.1)
    shop.deliver(4)
    more = shop.build(tmp_path)
    assert read_in_this_build(more) == {"4"}
    assert {name for name, when in loaded(more).items() if when != before.get(name)} == {"4"}
    shop.assert_equal_to_a_new_build(more, tmp_path / "new")

    # One is shorter now, one of the same size says something else, one was only touched, one comes in another encoding.
    shop.deliver(1, lines=700)
    shop.path(2).write_text(shop.path(2).read_text().replace("United Kingdom", "United Kingdon"))
    shop.path(4).touch()
    shop.deliver(0, "utf-16")
    changed = shop.build(tmp_path)
    assert read_in_this_build(changed) == {"0", "1", "2"}
    shop.assert_equal_to_a_new_build(changed, tmp_path / "new")

    # The lines that the file which is gone had first are those of the next that holds them.
    shop.path(0).unlink()
    without = shop.build(tmp_path)
    assert read_in_this_build(without) == set()
    assert "0" not in loaded(without)
    shop.assert_equal_to_a_new_build(without, tmp_path / "new")


def test_rows_of_a_file_that_is_gone_can_be_kept(shop: Shop, tmp_path: Path) -> None:
    first = shop.build(tmp_path)
    before = [first.rows(table) for table in TABLES[:2]]
    shop.path(0).unlink()
    shop.path(3).unlink()
    kept = shop.build(tmp_path, keep_vanished_files=True)
    assert [kept.rows(table) for table in TABLES[:2]] == before
    present = kept.rows("select is_present from marts.load_audit order by source_file")
    assert present == [(False,), (True,), (True,), (False,)]
    shop.assert_equal_to_a_new_build(shop.build(tmp_path), tmp_path / "new")


def test_a_full_refresh_reads_everything_anew(shop: Shop, tmp_path: Path) -> None:
    shop.build(tmp_path)
    refreshed = dbt(tmp_path, shop.folder / "*.csv", arguments=(*ARGUMENTS, "--full-refresh"))
    assert refreshed.exit_code == 0, refreshed.output
    assert read_in_this_build(refreshed) == {"0", "1", "2", "3"}
    shop.assert_equal_to_a_new_build(refreshed, tmp_path / "new")


def test_a_setting_reads_files_anew_only_where_it_changes_their_rows(shop: Shop, tmp_path: Path) -> None:
    shop.build(tmp_path)
    assert read_in_this_build(shop.build(tmp_path, cancellation_prefix="A")) == set()
    mapped = shop.build(tmp_path, column_map={"description": "StockCode"})
    assert read_in_this_build(mapped) == {"0", "1", "2", "3"}
    shop.assert_equal_to_a_new_build(mapped, tmp_path / "new", column_map={"description": "StockCode"})


KILLED_AT = [
    "python table model staging.base_invoice_files",
    "sql table model staging.base_file_checks",
    "python table model staging.base_converted_rows",
    "sql incremental model staging.base_invoice_rows",
    "sql table model staging.stg_invoice_lines",
    "sql table model marts.load_audit",
]


def test_a_build_that_is_killed_and_run_again_ends_as_one_undisturbed(shop: Shop, tmp_path: Path) -> None:
    shop.build(tmp_path)
    chance = random.Random(3)
    for n, step in enumerate(KILLED_AT):
        # Something to read in every build, in both ways, and something to delete.
        shop.deliver(n % 3, ["utf-8", "utf-16"][n % 2], lines=900 + n)
        shop.deliver(4 + n % 2, lines=800 + n)
        kill_build(shop, tmp_path, step, seconds_later=chance.random() * 0.3)
    shop.assert_equal_to_a_new_build(shop.build(tmp_path), tmp_path / "new")


def test_a_first_build_that_is_killed_while_it_loads(shop: Shop, tmp_path: Path) -> None:
    kill_build(shop, tmp_path, "sql incremental model staging.base_invoice_rows", seconds_later=0)
    shop.assert_equal_to_a_new_build(shop.build(tmp_path), tmp_path / "new")


def kill_build(shop: Shop, folder: Path, step: str, seconds_later: float) -> None:
    """Start a build and kill all of it some time after a step began."""
    command, environment = dbt_command(folder, shop.folder / "*.csv", {}, ARGUMENTS)
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert any(f"START {step}" in line for line in process.stdout), step
        time.sleep(seconds_later)
        os.killpg(process.pid, signal.SIGKILL)
