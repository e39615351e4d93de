"""A folder of random dirty files comes out the same on DuckDB and on a Spark Connect server, row by row.

All unit tests of dbt pass there, too.

What DuckDB makes of such files is held to an independent reading in tests/python/test_dirty_files.py.
"""

from __future__ import annotations

import os

import pytest
from both import Builds, build_both
from comparison import MARTS, compare
from connect_server import connect_server
from dirty_folders import DirtyFolder, what_files_do_not_say, write_folder


@pytest.fixture(scope="session")
def dirty_builds(tmp_path_factory: pytest.TempPathFactory) -> Builds:
    """Text in many encodings and dialects, Parquet and Excel, with names that mean something elsewhere."""
    if os.environ.get("TEST_PROFILE") == "short":
        pytest.skip("takes long: make test-spark")
    files = tmp_path_factory.mktemp("files")
    folder = DirtyFolder(seed=8).files()
    write_folder(folder, files)
    said = what_files_do_not_say(folder) | {"overlapping_files": "all", "duplicate_lines": "drop"}
    steps = [{"name": "all", "files": [str(files)], "tests": ["unit_test"], "vars": said}]
    with connect_server(tmp_path_factory.mktemp("server")) as address:
        # Only the server has Java.
        environment = {"SPARK_REMOTE": address, "JAVA_HOME": "/nowhere"}
        return build_both(tmp_path_factory.mktemp("dirty"), steps, environment)


@pytest.mark.parametrize("mart", MARTS)
def test_dirty_files_come_out_the_same(dirty_builds: Builds, mart: str) -> None:
    assert compare(dirty_builds.marts / "all", mart) == []


def test_a_server_is_asked_only_for_what_it_lets_be_set(dirty_builds: Builds) -> None:
    assert "Failed to set" not in dirty_builds.output


def test_unit_tests_pass_on_a_server(dirty_builds: Builds) -> None:
    *_, last = dirty_builds.output.split("Running with dbt=")
    assert "START unit_test " in last
