"""The benchmarks: other ways come to the project's figures, every node has its group, and what is written is true."""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import SAMPLE, Build

from benchmarks import assignment
from benchmarks.__main__ import add_before
from benchmarks.bars import MILLION, Bar, bars
from benchmarks.campaigns import draw
from benchmarks.comparing import Difference, compare
from benchmarks.deliveries import daily
from benchmarks.measure import measure
from benchmarks.page import write_page
from benchmarks.peers import notebook, polars_data
from benchmarks.phases import DBT, GROUPS, MODELS, PUBLISHING, group_of, share_time
from benchmarks.results import WAYS, Results
from benchmarks.shop import write_shop


def of_notebook() -> list[tuple[Any, ...]]:
    return list(notebook.customers(str(SAMPLE)).sort_index().itertuples(name=None))


def of_polars() -> list[tuple[Any, ...]]:
    return polars_data.customers(str(SAMPLE)).sort("CustomerID").rows()


@pytest.mark.parametrize("way", [of_notebook, of_polars])
def test_other_ways_find_the_same_customers_with_the_same_measures(sample_build: Build, way: Any) -> None:
    ours = sample_build.rows(
        "select customer_id, recency_days, frequency, monetary::double from marts.customer_segments order by 1"
    )
    theirs = way()
    assert [row[:3] for row in theirs] == [row[:3] for row in ours]
    assert [row[3] for row in theirs] == pytest.approx([row[3] for row in ours])


def test_the_notebook_compares_and_assigns_everybody() -> None:
    rfm = notebook.customers(str(SAMPLE)).sort_index().head(300)
    found = notebook.segment(rfm)
    assert list(found.silhouette) == list(found.inertia) == [*range(2, 11)]
    assert len(found.segment) == 300


def test_every_node_has_a_group_and_every_named_model_is_there(sample_build: Build) -> None:
    manifest = json.loads((sample_build.target / "manifest.json").read_text())
    assert {group_of(node) for node in manifest["nodes"] if not node.startswith("analysis.")} <= set(GROUPS)
    models = {node["name"] for node in manifest["nodes"].values() if node["resource_type"] == "model"}
    named = [model for group in MODELS.values() for model in group]
    assert set(named) <= models
    assert len(named) == len(set(named))


def test_tables_that_are_drawn_for_campaigns_are_those_of_a_build(sample_build: Build, tmp_path: Path) -> None:
    tables = ("staging.base_campaign_lists", "intermediate.int_customer_days", "intermediate.int_customer_totals")
    shutil.copy(sample_build.warehouse, tmp_path)
    draw(tmp_path, 1000, "1GiB")
    with duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True) as connection:
        for table in tables:
            query = f"select column_name, column_type from (describe {table})"
            assert connection.execute(query).fetchall() == sample_build.rows(query)
        ((customers, campaigns),) = connection.execute(
            "select count(*), count(distinct campaign) from staging.base_campaign_lists"
        ).fetchall()
        assert (900 < customers < 1100, campaigns) == (True, 10)


def test_the_time_of_a_build_is_shared_in_full(sample_build: Build) -> None:
    results = json.loads((sample_build.target / "run_results.json").read_text())["results"]
    phases = share_time(results, sample_build.seconds)
    # Nodes are timed in milliseconds by a clock of their own.
    assert sum(phases.groups.values()) == pytest.approx(sample_build.seconds, abs=0.01)
    assert all(seconds > 0 for seconds in phases.groups.values())


def test_nodes_that_run_at_once_share_a_moment() -> None:
    def node(name: str, step: str, begin: int, end: int) -> dict[str, Any]:
        return {
            "unique_id": name,
            "timing": [
                {
                    "name": step,
                    "started_at": f"2026-01-01T00:00:{begin:02}Z",
                    "completed_at": f"2026-01-01T00:00:{end:02}Z",
                }
            ],
        }

    phases = share_time(
        [
            node("model.segmentation.stg_invoice_lines", "execute", 10, 20),
            node("model.segmentation.customer_segments", "execute", 16, 24),
            node("model.segmentation.segment_profiles", "compile", 24, 30),
            node("operation.segmentation.segmentation-on-run-end-0", "compile", 30, 35),
        ],
        40,
    )
    assert {group: seconds for group, seconds in phases.groups.items() if seconds} == {
        "reading": 8,
        "assignment": 6,
        PUBLISHING: 5,
        DBT: 21,
    }
    assert list(phases.nodes) == ["stg_invoice_lines", "customer_segments", "segmentation-on-run-end-0"]


HOLD = "import time; held = bytearray(300 * 2**20); time.sleep(0.7)"


def test_memory_is_that_of_all_processes(tmp_path: Path) -> None:
    two = f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {HOLD!r}]); {HOLD}; p.wait()"
    cost = measure([sys.executable, "-c", two], tmp_path)
    assert cost.exit_code == 0
    assert 0.58 < cost.peak_gib < 0.8
    assert cost.seconds > 0.7


def test_memory_is_not_that_of_the_program_that_measures(tmp_path: Path) -> None:
    held = bytearray(300 * 2**20)
    cost = measure([sys.executable, "-c", "import time; time.sleep(0.5)"], tmp_path)
    assert 0 < cost.peak_gib < 0.1 < len(held) / 2**30


def test_what_takes_too_much_memory_is_stopped(tmp_path: Path) -> None:
    cost = measure([sys.executable, "-c", HOLD.replace("0.7", "60")], tmp_path, stop_above_gib=0.2)
    assert cost.stopped
    assert cost.seconds < 30


def test_a_shop_keeps_its_last_day_apart(tmp_path: Path) -> None:
    shop = write_shop(tmp_path, 20_000, copies=2)
    names = {path.name for path in shop.months.iterdir()}
    assert len([name for name in names if name.startswith("20")]) >= 24
    size = shop.size()
    shop.hold_back_last_day()
    assert {path.name for path in shop.months.iterdir()} == names - {"last_day.csv"}
    assert shop.size() == size
    once, twice = (polars_data.customers(pattern) for pattern in (str(shop.months / "2024-1*.csv"), shop.pattern))
    assert 0 < len(once) < len(twice)
    shop.deliver_last_day()
    assert {path.name for path in shop.months.iterdir()} == names


def test_the_assignment_agrees_with_an_exact_classifier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assignment, "REFERENCE", 2_000)
    path = tmp_path / "customers.parquet"
    assignment.write_customers(path, 3_000)
    assert assignment.compare(path)["different"] == 0
    assert assignment.stream(path)["customers"] == assignment.assign_alone(path)["customers"] == 3_000


def results(*rounds: dict[str, tuple[float, float]], size: int = 10 * MILLION) -> Results:
    """Make results of a shop from seconds and peak memory by way, a dict a round."""
    phases = {"groups": dict.fromkeys(GROUPS, 1.0), "nodes": {"stg_invoice_lines": 1.0}}
    runs = [
        {
            way: {"seconds": s, "cpu_seconds": s, "peak_gib": gib, "stopped": gib > 10, "phases": phases}
            for way, (s, gib) in done.items()
        }
        for done in rounds
    ]
    shop = {"lines": size + 1, "customers": 76_923, "files": 25, "bytes": 10**9, "memory_limit": "6GiB", "rounds": runs}
    record = {
        "machine": {"processor": "a processor", "cores": "2", "memory": "8 GiB", "system": "a system"},
        "versions": {"Python": "3.11"},
        "commands": ["python -m benchmarks", "python -m benchmarks --lines 1 --add"],
        "notebook_up_to": size,
        "stop_above_gib": 10,
        "shops": {str(size): shop},
        "assignment": {str(MILLION): {"alone": {"customers": MILLION, "seconds": 2.0, "peak_gib": 0.3}}},
    }
    return Results(record)


def with_small_shops(found: Results) -> Results:
    """Add the small shops, whose build takes half as long where the project is parsed."""

    def run(seconds: float) -> dict[str, Any]:
        phases = {"groups": dict.fromkeys(GROUPS, 1.0), "nodes": {}}
        return {"seconds": seconds, "cpu_seconds": seconds, "peak_gib": 1.0, "stopped": False, "phases": phases}

    for name, notebook_s, build_s in (("online_retail", 4.0, 18.0), ("sample", 2.0, 16.0)):
        rounds = [{"notebook": run(notebook_s), "whole": run(2 * build_s), "parsed": run(build_s), "nothing": run(0.9)}]
        shop = {"lines": 541_909, "customers": 4_334, "files": 1, "bytes": 10**7, "memory_limit": "", "rounds": rounds}
        found.record["shops"][name] = shop
    return found


def bar(found: Results, words: str) -> Bar:
    (one,) = [bar for bar in bars(found) if words in bar.what]
    return one


def test_ratios_are_medians_of_rounds_and_bars_say_met_or_missed() -> None:
    found = results(
        {"notebook": (100.0, 6.0), "whole": (10.0, 1.5), "same_job": (5.1, 1.0)},
        {"notebook": (200.0, 6.0), "whole": (10.0, 1.5), "same_job": (10.1, 1.0)},
        {"notebook": (90.0, 6.0), "whole": (90.0, 1.5), "same_job": (90.0, 1.0)},
    )
    assert found.ratio((10 * MILLION, "notebook"), (10 * MILLION, "whole")) == 10
    assert bar(found, "whole build's peak memory").verdict == "met"
    assert bar(found, "that of the whole build").verdict == "met"
    assert bar(found, "a build of the same job").verdict == "missed"
    assert bar(found, "customers a second").verdict == "met"
    assert bar(found, "peak memory of any build").verdict == "not measured"


def test_small_shops_have_bars_of_their_own() -> None:
    found = with_small_shops(results({"nothing": (0.8, 0.1)}))
    assert bar(found, "Online Retail").value == 4.5
    assert bar(found, "Online Retail").verdict == "met"
    assert bar(found, "The sample").verdict == "missed"
    assert bar(found, "Nothing new").value == 0.9
    assert found.sizes == [10 * MILLION]
    assert bar(results({}), "Online Retail").verdict == "not measured"


def test_the_page_says_where_the_time_of_a_missed_bar_goes(tmp_path: Path) -> None:
    done = {"floor": (0.4, 0.1), "notebook": (100.0, 6.0), "whole": (9.0, 1.5), "same_job": (12.0, 1.0)}
    write_page(results(done), tmp_path)
    missed = (tmp_path / "benchmarks.md").read_text().partition("Builds that take longer")[2]
    assert "| Build of the notebook's job only, 10 million | 5.0 | 12.0 | 1.0 | 1.0 | 10.0 | 11.4 |" in missed
    assert "| Whole build, 10 million |" not in missed


def test_what_was_measured_before_is_kept_unless_it_is_measured_again() -> None:
    options = argparse.Namespace(small=["sample"], lines=[10], assigned=[], output=Path("docs"))
    same = {"machine": {"cores": "2"}, "versions": {"Python": "3.11"}}
    before = {
        **same,
        "commands": ["first"],
        "shops": {"sample": "old", "online_retail": "kept", "10": "old", "100": "kept"},
        "assignment": {"1": "kept"},
    }
    record = {**same, "commands": ["second"], "shops": {}, "assignment": {}}
    add_before(record, before, options)
    kept = {"online_retail": "kept", "100": "kept"}
    assert record == {**same, "commands": ["first", "second"], "shops": kept, "assignment": {"1": "kept"}}
    with pytest.raises(SystemExit, match="is of another machine"):
        add_before(record, before | {"machine": {"cores": "8"}}, options)


def test_the_page_says_what_was_measured(tmp_path: Path) -> None:
    done = {way: (10.0 + number, 1.0) for number, way in enumerate(WAYS)} | {"polars": (3.0, 11.0)}
    del done["notebook"]
    with_small_shops(results(done)).write(tmp_path / "benchmarks.json")
    write_page(Results.read(tmp_path / "benchmarks.json"), tmp_path)
    page = (tmp_path / "benchmarks.md").read_text()
    assert "**10,000,001 lines** of 76,923 customers, 25 CSV files, 1.00 GB;\nDuckDB's limit: 6GiB; one round." in page
    assert "**Online Retail: 541,909 lines** of 4,334 customers, one CSV file, 0.01 GB;\nDuckDB's limit: its" in page
    assert "| Whole build, parsed before | 18.0 | 18.0 | 1.00 | 4.5 |" in page
    assert "```shell\n.venv/bin/python -m benchmarks\n.venv/bin/python -m benchmarks --lines 1 --add\n```" in page
    assert "| Floor: DuckDB's bare read, one group-by | 10.0 | 10.0 | 1.00 | 1.0 |" in page
    assert "| Polars: data part of the notebook | stopped above 10 GiB |" in page
    assert "| Notebook: pandas and scikit-learn | not run |" in page
    assert "| 1 million | neighbours alone | 2.0 | 500,000 | 0.30 |" in page
    assert all(f"| {group} |" in page for group in GROUPS)
    assert (tmp_path / "benchmarks.png").read_bytes().startswith(b"\x89PNG")


def test_commits_are_compared_row_by_row(tmp_path: Path) -> None:
    clocked = "from (values ('a', 1, 0.1::double{}, now()), ('a', 2, {}, null)) t(id, part, share, loaded_at)"
    marts = {
        "same": ("select 1 as id, 2.5 as amount", "select 1 as id, 2.5 as amount"),
        "rows": ("from (values ('a', 1), ('b', 2)) t(id, n)", "from (values ('a', 1), ('c', 2)) t(id, n)"),
        "values": (clocked.format("", "null"), clocked.format(" + 1e-12", "0.5")),
        "repeated": ("from (values (1), (1), (2)) t(id)", "from (values (1), (2), (2)) t(id)"),
        "columns": ("select 1 as id, 2 as gone, 3 as typed", "select 1 as id, 2 as come, 3::bigint as typed"),
        "lost": ("select 1 as id", None),
        "added": (None, "select 1 as id"),
    }
    for side in (0, 1):
        with duckdb.connect(str(tmp_path / f"{side}.duckdb")) as connection:
            connection.execute("create schema marts")
            for mart, queries in marts.items():
                if query := queries[side]:
                    connection.execute(f"create table marts.{mart} as {query}")
    found = {difference.mart: difference for difference in compare(tmp_path / "0.duckdb", tmp_path / "1.duckdb")}
    assert found["same"] == Difference("same", 1, 0, 0, {}, {})
    assert found["rows"] == Difference("rows", 1, 1, 1, {}, {}, examples=("only old: b", "only new: c"))
    assert found["values"] == Difference(
        "values", 2, 0, 0, {"share": 1}, {"share": 1}, examples=("share: a, 2, null -> 0.5",)
    )
    assert (found["repeated"].both, found["repeated"].only_old, found["repeated"].only_new) == (2, 1, 1)
    assert found["columns"] == Difference(
        "columns", 1, 0, 0, {"typed": 0}, {}, ("gone",), ("come",), ("typed: INTEGER became BIGINT",)
    )
    uncovered = {mart for mart, difference in found.items() if difference.uncovered(["rows", "columns.gone"])}
    assert uncovered == {"values", "repeated", "columns", "lost"}
    assert not found["values"].uncovered(["values.share"])
    assert not found["columns"].uncovered(["columns.gone", "columns.typed"])


def test_a_sample_is_delivered_as_a_shop_delivers(tmp_path: Path) -> None:
    def files() -> dict[str, list[str]]:
        return {path.stem: path.read_text().splitlines()[1:] for path in tmp_path.iterdir()}

    found = {delivery: files() for delivery in daily(SAMPLE, tmp_path)}
    assert len(found) == 6
    assert set(found["first"]) == {"early", "past"}
    assert set(found["two days again"]["week-1"]) & set(found["two days again"]["week-2"])
    assert min(map(dated, found["a late line"]["week-3"])) < min(map(dated, found["a late line"]["week-1"]))
    changed, before = (found[name]["week-1"] for name in ("a file that changed", "a late line"))
    assert len(changed) == len(before) - 1
    assert changed[1:] == before[1:-1]
    assert set(found["a file that vanished"]) == {"past", *(f"week-{week}" for week in range(1, 6))}


def dated(line: str) -> str:
    return next(csv.reader([line]))[4]
