"""Online Retail comes out the same on DuckDB and on Spark, row by row."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from both import Builds, build_both
from comparison import MARTS, compare

PROJECT = Path(__file__).parents[2]
ONLINE_RETAIL = Path(os.environ.get("ONLINE_RETAIL", PROJECT / "../shared/data/online_retail.csv.gz"))


@pytest.fixture(scope="session")
def online_retail_builds(tmp_path_factory: pytest.TempPathFactory) -> Builds:
    """Online Retail in one build."""
    if os.environ.get("TEST_PROFILE") == "short":
        pytest.skip("takes long: make test-spark")
    if not ONLINE_RETAIL.exists():
        pytest.skip(f"the Online Retail data set is not at {ONLINE_RETAIL}; set ONLINE_RETAIL to its path")
    steps = [{"name": "all", "files": [str(ONLINE_RETAIL)], "tests": []}]
    return build_both(tmp_path_factory.mktemp("online_retail"), steps)


@pytest.mark.parametrize("mart", MARTS)
def test_online_retail_comes_out_the_same(online_retail_builds: Builds, mart: str) -> None:
    assert compare(online_retail_builds.marts / "all", mart) == []
