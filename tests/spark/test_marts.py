"""The marts are the same on DuckDB and on Spark, row by row."""

from __future__ import annotations

import pytest
from comparison import MARTS, compare
from conftest import Builds


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
