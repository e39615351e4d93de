"""`make build` builds unless nothing is new: whatever a build depends on makes it build again."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from segmentation_dbt import build
from segmentation_dbt.versions import Versions

# What a build leaves, in place of dbt: a warehouse and, if it is complete, a version.
DBT = """
import os, pathlib, sys
from segmentation_dbt.versions import Versions
print("RUNS")
if pathlib.Path("arrives.csv").exists():
    pathlib.Path("arrives.csv").rename("late.csv")
with open("warehouse.duckdb", "a") as warehouse:
    warehouse.write("x")
if os.environ.get("ENDS") != "in part":
    versions = Versions(pathlib.Path("published").absolute())
    with versions.draft() as draft:
        versions.publish(draft, versions.next_name("v"))
sys.exit(os.environ.get("ENDS") == "failed")
"""
PROJECT = {
    "dbt_project.yml": "name: shop\nvars: {segmentation: {cancellation_prefix: C}}\n",
    "models/segments.sql": "select 1",
    "macros/one.sql": "1",
    "seeds/names.csv": "a,b",
    "tests/none.sql": "select 1",
    "dbt_packages/other/macros/two.sql": "2",
    "a.csv": "1,2",
}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., bool]:
    """Build in a small project; tell whether dbt was run."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("DBT_", "INVOICE_", "SEGMENTS_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("INVOICE_FILES", "*.csv")
    for name, content in PROJECT.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    (tmp_path / "dbt.txt").write_text(DBT)
    monkeypatch.setattr(build, "run_dbt", lambda _: subprocess.run([sys.executable, "dbt.txt"], check=False).returncode)

    def run(*options: str, code: int = 0) -> bool:
        assert build.main(options) == code
        said = capfd.readouterr().out
        assert ("RUNS" in said) != ("Nothing is new" in said)
        return "RUNS" in said

    assert run()
    assert not run()
    return run


@pytest.mark.parametrize("name", list(PROJECT))
def test_a_changed_file_is_new(run: Callable[..., bool], name: str) -> None:
    before = Path(name).stat()
    Path(name).write_text(PROJECT[name].replace("1", "3").replace("a", "z").replace("2", "4"))
    if not name.startswith("a"):
        # Of the project the content counts: an editor may keep the time.
        os.utime(name, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert run()
    assert not run()


@pytest.mark.parametrize(
    "change",
    [
        lambda: Path("b.csv").write_text("1,2"),
        lambda: Path("a.csv").unlink(),
        lambda: os.utime("a.csv", ns=(1, 1)),
        lambda: Path("models/more.sql").write_text("select 2"),
        lambda: Path("warehouse.duckdb").write_text("another"),
        lambda: Path("warehouse.duckdb").unlink(),
        lambda: shutil.rmtree("published"),
        lambda: Versions(Path("published").absolute()).publish(_draft(), "000009-other"),
    ],
)
def test_what_is_there_or_gone_is_new(run: Callable[..., bool], change: Callable[[], object]) -> None:
    change()
    assert run()
    assert not run()


def _draft() -> Path:
    draft = Path("published/versions/.partial").absolute()
    draft.mkdir()
    return draft


def test_a_setting_is_new(run: Callable[..., bool], monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("--vars", "{segment_count: 5}")
    assert not run("--vars", "{segment_count: 5}")
    assert run("--vars={segment_count: 6}")
    assert run("--threads", "1")
    monkeypatch.setenv("SEGMENTS_PUBLISHED", "elsewhere")
    assert run()
    monkeypatch.setenv("INVOICE_FILES", "b.csv")
    monkeypatch.delenv("SEGMENTS_PUBLISHED")
    assert run()
    assert run("--vars", "{invoice_files: c.csv}")
    Path("c.csv").write_text("1")
    assert run("--vars", "{invoice_files: c.csv}")


def test_another_version_of_a_package_is_new(run: Callable[..., bool], monkeypatch: pytest.MonkeyPatch) -> None:
    installed = list(importlib.metadata.distributions())
    monkeypatch.setattr(importlib.metadata, "distributions", lambda: installed[1:])
    assert run()


@pytest.mark.parametrize("ends", ["failed", "in part"])
def test_a_build_that_published_nothing_is_repeated(
    run: Callable[..., bool], ends: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("b.csv").write_text("new")
    monkeypatch.setenv("ENDS", ends)
    assert run(code=ends == "failed")
    assert run(code=ends == "failed")
    monkeypatch.delenv("ENDS")
    assert run()
    assert not run()


def test_a_file_that_arrives_meanwhile_is_new(run: Callable[..., bool]) -> None:
    Path("arrives.csv").write_text("3,4")
    assert run()
    assert run()
    assert not run()


def test_a_table_of_the_warehouse_is_always_read(run: Callable[..., bool]) -> None:
    options = ("--vars", "{invoice_relation: raw.lines}")
    assert run(*options)
    assert run(*options)
    Path("dbt_project.yml").write_text("vars: {segmentation: {invoice_relation: raw.lines}}")
    assert run()
    assert run()


@pytest.mark.parametrize("is_first", [True, False])
def test_what_fits_is_started_where_a_fit_is_certain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_first: bool
) -> None:
    done: list[str] = []
    monkeypatch.setenv("SEGMENTS_WAREHOUSE", str(tmp_path / "warehouse.duckdb"))
    for name in build._LOG_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("segmentation_dbt.processes.start", lambda: done.append("start"))
    monkeypatch.setattr("segmentation_dbt.display.build", lambda options: done.append("build"))
    if not is_first:
        (tmp_path / "warehouse.duckdb").touch()
    build.run_dbt([])
    assert done == (["start", "build"] if is_first else ["build"])


def test_where_nothing_is_new_neither_dbt_nor_the_display_is_loaded() -> None:
    script = "import sys, segmentation_dbt.build; sys.exit(bool({'dbt', 'rich'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
