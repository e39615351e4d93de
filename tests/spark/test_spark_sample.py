"""The sample comes out the same on DuckDB and on Spark, row by row, and passes all tests of dbt on Spark."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from both import Builds, build_both
from comparison import MARTS, compare

SAMPLE = Path(__file__).parents[2] / "data/sample/invoices.csv.gz"


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


@pytest.mark.parametrize("mart", MARTS)
@pytest.mark.parametrize("step", ["most", "all", "again"])
def test_the_sample_comes_out_the_same(sample_builds: Builds, step: str, mart: str) -> None:
    assert compare(sample_builds.marts / step, mart) == []


def test_nothing_is_read_where_nothing_is_new(sample_builds: Builds) -> None:
    *_, last = sample_builds.output.split("Running with dbt=")
    assert "2, 0 read in this build" in last
