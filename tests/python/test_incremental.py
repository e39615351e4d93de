"""The warehouse equals what the files say, whatever was built before and wherever a build was killed."""

from __future__ import annotations

import csv
import functools
import gzip
import random
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import LONG, PROFILE, PROJECT, SAMPLE, SERVER, WITHOUT_TESTS, Build, dbt, dbt_command

ARGUMENTS = (
    "build",
    *("--select", "+invoice_lines", "+rejected_invoice_lines", "+load_audit", "+int_customer_features"),
    *("--exclude-resource-type", "test"),
)
LEDGER = ("intermediate.int_cancelled_lines", "intermediate.int_customer_days", "intermediate.int_customer_features")
AUDIT = "select * exclude (loaded_at) from marts.load_audit order by source_file"
TABLES = (
    "select * from marts.invoice_lines order by line_id",
    "select * from marts.rejected_invoice_lines order by line_id",
    AUDIT,
    *(f"select * from {table} order by all" for table in LEDGER),
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
    # Of a hundred lines that are in both; the order in which the older file ends is as the newer one has it.
    assert overlap == f"{shop.path(0)}: 99"

    before = loaded(first)
    again = shop.build(tmp_path)
    assert read_in_this_build(again) == set()
    assert loaded(again) == before
    assert again.rows("select count(*) from staging.base_irregular_rows") == [(0,)]

    time.sleep(1.1)
    shop.deliver(4)
    more = shop.build(tmp_path)
    assert read_in_this_build(more) == {"4"}
    assert {name for name, when in loaded(more).items() if when != before.get(name)} == {"4"}

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


def test_rows_are_found_where_they_are_whenever_the_database_tidies_up(shop: Shop, tmp_path: Path) -> None:
    """All rows are deleted for others, and a checkpoint is due after each model, as it may be in large shops."""
    profiles = yaml.safe_load((PROJECT / "profiles.yml").read_text())
    profiles["segmentation"]["outputs"]["duckdb"]["settings"]["checkpoint_threshold"] = "1KB"
    (tmp_path / "profiles.yml").write_text(yaml.safe_dump(profiles))
    for n in (1, 2, 3):
        shop.path(n).unlink()
    shop.build(tmp_path)
    shop.deliver(0, lines=1000)
    arguments = (*ARGUMENTS, "--threads", "1", "--profiles-dir", str(tmp_path))
    built = dbt(tmp_path, shop.folder / "*.csv", {}, arguments)
    assert built.exit_code == 0, built.output
    shop.assert_equal_to_a_new_build(built, tmp_path / "new")
    # They were behind the deleted ones when their places were noted, and may be moved between builds.
    assert built.rows("select first_position from staging.base_file_rows") == [(1100,)]
    assert built.rows("select count(*) from duckdb_indexes()") == [(0,)]


@LONG
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


@LONG
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


def as_line(row: list[str]) -> str:
    return ",".join('"' + value.replace('"', '""') + '"' for value in row)


def cancellations(lines: list[str], prefix: str) -> list[str]:
    """Lines that return what others sell, by the end of the same day."""
    rows = [row for row in csv.reader(lines) if not row[3].startswith("-")]
    return [as_line([prefix + r[0], *r[1:3], f"-{r[3]}", r[4][:10] + " 23:59:00", *r[5:]]) for r in rows]


class Deliveries:
    """Daily deliveries of a shop: lines come late or twice, and files change or go."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        folder.mkdir()
        self.chance = random.Random(seed)
        with gzip.open(SAMPLE, "rt") as f:
            self.header, *lines = f.read().splitlines()
        self.days: dict[str, list[str]] = {}
        for line in sorted(lines, key=lambda line: next(csv.reader([line]))[4]):
            self.days.setdefault(next(csv.reader([line]))[4][:10], []).append(line)
        self.calendar = sorted(day for day in self.days if len(self.days[day]) > 40)[:40]
        self.late: list[str] = []

    def write(self, name: str, lines: list[str]) -> None:
        (self.folder / f"{name}.csv").write_text("\n".join((self.header, *lines)) + "\n")

    def deliver(self, day: str) -> None:
        """Write the file of a day, less lines that come late, with lines that are late and some of the day before.

        What cancels the lines that come late is there before them.
        """
        lines = list(self.days[day])
        self.chance.shuffle(lines)
        held_back = self.chance.randrange(4)
        before = self.days[self.calendar[max(self.calendar.index(day) - 1, 0)]]
        again = self.chance.sample(before, 3)
        self.write(day, lines[held_back:] + self.late + again + cancellations(lines[:held_back], "C8"))
        self.late = lines[:held_back]

    def cancel_old_order(self, name: str) -> None:
        """Return lines of a day long ago within 24 hours of it, so that they cancel what other files hold."""
        self.write(name, cancellations(self.chance.sample(self.days[self.calendar[1]], 5), "C9"))

    def change(self) -> None:
        """Correct a file: some lines go, and some say something else."""
        path = self.chance.choice(sorted(self.folder.glob("2*.csv")))
        lines = path.read_text().splitlines()[1:]
        self.write(path.stem, [line.replace("United Kingdom", "Ireland") for line in lines[5:]])

    def correct_prices(self) -> None:
        """Correct the prices of a file, and nothing else."""
        path = self.chance.choice(sorted(self.folder.glob("2*.csv")))
        rows = list(csv.reader(path.read_text().splitlines()[1:]))
        corrected = [[*row[:5], f"{float(row[5]) + 1:.2f}", *row[6:]] for row in rows]
        self.write(path.stem, [as_line(row) for row in corrected])

    def remove(self) -> None:
        self.chance.choice(sorted(self.folder.glob("2*.csv"))).unlink()


@pytest.mark.parametrize("seed", [1] if PROFILE == "short" else range(1, 11))
def test_daily_deliveries_give_what_a_full_refresh_gives(tmp_path: Path, seed: int) -> None:
    shop = Deliveries(tmp_path / "deliveries", seed)
    for day in shop.calendar[:20]:
        shop.deliver(day)

    def build(folder: Path, *arguments: str, **variables: Any) -> Build:
        folder.mkdir(exist_ok=True)
        settings = {"refit": "never", "segment_count": 4, **variables}
        built = dbt(folder, shop.folder / "*.csv", settings, (*WITHOUT_TESTS, *arguments))
        assert built.exit_code == 0, built.output
        return built

    build(tmp_path / "daily")
    cancel_in_the_first_file = functools.partial(shop.cancel_old_order, "0-cancelled")
    cancel_in_the_last_file = functools.partial(shop.cancel_old_order, "z-cancelled")
    events: list[Callable[[], None]] = [shop.change, shop.remove, cancel_in_the_first_file, cancel_in_the_last_file]
    # In two days all of them.
    shop.chance.shuffle(events)
    days = 2 if PROFILE == "short" else 4
    for n, day in enumerate(shop.calendar[20 : 20 + days]):
        shop.deliver(day)
        shop.correct_prices()
        for event in events[2 * n % 4 :][:2]:
            event()
        # A rule that changes on the way classifies all lines again.
        variables = {"cancellation_prefix": "C9"} if n == days - 1 else {}
        daily = build(tmp_path / "daily", **variables)
        if PROFILE == "short" and n < days - 1:
            # What a day does wrong is wrong on the next one, too.
            continue
        refreshed = tmp_path / f"refreshed-{n}"
        refreshed.mkdir()
        shutil.copy(daily.warehouse, refreshed)
        new = build(refreshed, "--full-refresh", **variables)
        marts = daily.rows("select table_name from information_schema.tables where table_schema = 'marts' order by 1")
        for mart in [*(f"marts.{mart}" for (mart,) in marts), *LEDGER]:
            columns = "* exclude (loaded_at)" if mart == "marts.load_audit" else "*"
            query = f"select {columns} from {mart} order by all"
            assert daily.rows(query) == new.rows(query), (n, mart)
    assert len(marts) >= 11
    ((cancelled, copies, months),) = daily.rows(
        "select (select count(*) from intermediate.int_cancelled_lines), "
        "(select sum(rows_duplicate) from marts.load_audit), "
        "(select count(distinct month_end) from marts.segment_history)"
    )
    assert min(cancelled, copies, months) > 0


KILLED_AT = [
    "python table model staging.base_invoice_files",
    "sql table model staging.base_file_checks",
    "sql append model staging.base_invoice_rows",
    "sql by_part model staging.stg_invoice_lines",
    "sql append model intermediate.int_duplicate_invoice_lines",
    "sql table model marts.load_audit",
]
KILLED_AT = KILLED_AT[1::2] if PROFILE == "short" else KILLED_AT


def test_a_build_that_is_killed_and_run_again_ends_as_one_undisturbed(shop: Shop, tmp_path: Path) -> None:
    shop.build(tmp_path)
    chance = random.Random(3)
    for n, step in enumerate(KILLED_AT):
        # Something to read in every build, in both ways, and something to delete.
        shop.deliver(n % 3, ["utf-8", "utf-16"][n % 2], lines=900 + n)
        shop.deliver(4 + n % 2, lines=800 + n)
        kill_build(shop, tmp_path, step, seconds_later=chance.random() * 0.3)
    shop.assert_equal_to_a_new_build(shop.build(tmp_path), tmp_path / "new")


@LONG
def test_a_first_build_that_is_killed_while_it_loads(shop: Shop, tmp_path: Path) -> None:
    kill_build(shop, tmp_path, "sql append model staging.base_invoice_rows", seconds_later=0)
    shop.assert_equal_to_a_new_build(shop.build(tmp_path), tmp_path / "new")


def kill_build(shop: Shop, folder: Path, step: str, seconds_later: float) -> None:
    """Start a build and kill all of it some time after a step began."""
    command, environment = dbt_command(folder, shop.folder / "*.csv", None, ARGUMENTS)
    exit_code, output = SERVER.run(command[1:], folder, environment, seconds_later, kill_at=f"START {step}")
    assert (exit_code, f"START {step}" in output) == (-signal.SIGKILL, True), output
