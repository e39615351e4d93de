"""The marts are the same on DuckDB and on Spark, row by row."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from comparison import MARTS, compare

PROJECT = Path(__file__).parents[2]
SAMPLE = PROJECT / "data/sample/invoices.csv.gz"
ONLINE_RETAIL = Path(os.environ.get("ONLINE_RETAIL", PROJECT / "../shared/data/online_retail.csv.gz"))


@dataclass(frozen=True)
class Builds:
    """What was built: the marts of each step, by both, as Parquet files; and what was printed."""

    marts: Path
    output: str


def build_both(folder: Path, steps: list[dict[str, Any]]) -> Builds:
    """Make the steps in a process of its own: a session of Spark ends with its process."""
    script = Path(__file__).parent / "builds.py"
    command = [sys.executable, str(script), str(folder), json.dumps(steps)]
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert run.returncode == 0, run.stdout
    return Builds(folder / "marts", run.stdout)


def split_sample(folder: Path) -> list[Path]:
    """Write the sample as two files: most of its lines, and the rest."""
    header, *lines = gzip.decompress(SAMPLE.read_bytes()).splitlines(keepends=True)
    files = []
    for number, part in enumerate((lines[:60_000], lines[60_000:])):
        files.append(folder / f"part{number}.csv")
        files[-1].write_bytes(header + b"".join(part))
    return files


@pytest.fixture(scope="session")
def sample_builds(tmp_path_factory: pytest.TempPathFactory) -> Builds:
    """Most of the sample; with the rest of it and all tests of dbt; and once more with nothing new."""
    most, rest = split_sample(tmp_path_factory.mktemp("parts"))
    steps = [
        {"name": "most", "files": [str(most)], "is_tested": False},
        {"name": "all", "files": [str(rest)], "is_tested": True},
        {"name": "again", "files": [], "is_tested": False},
    ]
    return build_both(tmp_path_factory.mktemp("sample"), steps)


@pytest.fixture(scope="session")
def online_retail_builds(tmp_path_factory: pytest.TempPathFactory) -> Builds:
    """Online Retail in one build."""
    if not ONLINE_RETAIL.exists():
        pytest.skip(f"the Online Retail data set is not at {ONLINE_RETAIL}; set ONLINE_RETAIL to its path")
    steps = [{"name": "all", "files": [str(ONLINE_RETAIL)], "is_tested": False}]
    return build_both(tmp_path_factory.mktemp("online_retail"), steps)


@pytest.mark.parametrize("mart", MARTS)
@pytest.mark.parametrize("step", ["most", "all", "again"])
def test_the_sample_comes_out_the_same(sample_builds: Builds, step: str, mart: str) -> None:
    assert compare(sample_builds.marts / step, mart) == []


@pytest.mark.parametrize("mart", MARTS)
def test_online_retail_comes_out_the_same(online_retail_builds: Builds, mart: str) -> None:
    assert compare(online_retail_builds.marts / "all", mart) == []


def test_nothing_is_read_where_nothing_is_new(sample_builds: Builds) -> None:
    *_, last = sample_builds.output.split("Running with dbt=")
    assert "2, 0 read in this build" in last
