"""A folder of random dirty files comes out the same on DuckDB and on Spark, row by row.

What DuckDB makes of such files is held to an independent reading in tests/python/test_dirty_files.py.
"""

from __future__ import annotations

import os

import pytest
from both import Builds, build_both
from comparison import MARTS, compare
from dirty_files import DirtyFolder, write_folder


@pytest.fixture(scope="session")
def dirty_builds(tmp_path_factory: pytest.TempPathFactory) -> Builds:
    """Text in many encodings and dialects, Parquet and Excel, with names that mean something elsewhere."""
    if os.environ.get("TEST_PROFILE") == "short":
        pytest.skip("takes long: make test-spark")
    files = tmp_path_factory.mktemp("files")
    write_folder(DirtyFolder(seed=8).files(), files)
    steps = [{"name": "all", "files": [str(files)], "is_tested": False, "vars": {"max_rejected_share": 1}}]
    return build_both(tmp_path_factory.mktemp("dirty"), steps)


@pytest.mark.parametrize("mart", MARTS)
def test_dirty_files_come_out_the_same(dirty_builds: Builds, mart: str) -> None:
    assert compare(dirty_builds.marts / "all", mart) == []
