"""The sample comes out the same on DuckDB and on Spark, row by row, and passes all data tests of dbt on Spark.

With the profile "short", for CI, in one build and without the tests of dbt.
"""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import duckdb
import pytest
from both import Builds, build_both
from comparison import MARTS, compare

SAMPLE = Path(__file__).parents[2] / "data/sample/invoices.csv.gz"
IS_SHORT = os.environ.get("TEST_PROFILE") == "short"


def split_sample(folder: Path) -> list[Path]:
    """Write most of the sample as CSV, and the rest as typed Parquet, with what a glob is made of in its name."""
    header, *lines = gzip.decompress(SAMPLE.read_bytes()).splitlines(keepends=True)
    most, rest, parquet = folder / "most.csv", folder / "rest.csv", folder / "the {rest} [1,2]?*.parquet"
    most.write_bytes(header + b"".join(lines[:60_000]))
    rest.write_bytes(header + b"".join(lines[60_000:]))
    duckdb.read_csv(str(rest), sample_size=-1).write_parquet(str(parquet))
    return [most, parquet]


@pytest.fixture(scope="session")
def sample_builds(tmp_path_factory: pytest.TempPathFactory) -> Builds:
    """Most of the sample; then with the rest of it and all data tests of dbt."""
    files = [str(file) for file in split_sample(tmp_path_factory.mktemp("parts"))]
    if IS_SHORT:
        steps = [{"name": "all", "files": files, "tests": []}]
    else:
        steps = [
            {"name": "most", "files": files[:1], "tests": []},
            {"name": "all", "files": files[1:], "tests": ["test"]},
        ]
    return build_both(tmp_path_factory.mktemp("sample"), steps)


@pytest.mark.parametrize("mart", MARTS)
@pytest.mark.parametrize("step", ["all"] if IS_SHORT else ["most", "all"])
def test_the_sample_comes_out_the_same(sample_builds: Builds, step: str, mart: str) -> None:
    assert compare(sample_builds.marts / step, mart) == []


@pytest.mark.skipif(IS_SHORT, reason="one build reads everything: make test-spark")
def test_what_was_read_before_is_not_read_again(sample_builds: Builds) -> None:
    *_, last = sample_builds.output.split("Running with dbt=")
    assert "2, 1 read in this build" in last
