"""Builds the same on DuckDB and on Spark, step by step, and writes the marts of each step to Parquet files.

`python builds.py FOLDER STEPS` makes the steps, a JSON list of objects: name, files or folders that are delivered
before it, the kinds of tests of dbt that run on Spark (test, unit_test) and, if there are any, vars. All builds of
Spark share a session, which takes ten seconds to start, and in which each query is faster than the one before.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from comparison import MARTS

if TYPE_CHECKING:
    from collections.abc import Sequence

PROJECT = Path(__file__).parents[2]
QUICK = {"cluster_evaluation": "quick"}


def settings_of(folder: Path) -> dict[str, str]:
    """Return the environment of builds in a folder."""
    return os.environ | {
        "DBT_PROJECT_DIR": str(PROJECT),
        "DBT_PROFILES_DIR": str(PROJECT),
        "INVOICE_FILES": f"{folder}/invoices/**/*",
        # Lists of another shop are lists, too: its customers are unknown, or others.
        "SEGMENTS_CAMPAIGNS": str(PROJECT / "data/sample/campaigns"),
        "SEGMENTS_ATTRIBUTES": str(PROJECT / "data/sample/attributes"),
        "SEGMENTS_WAREHOUSE": str(folder / "warehouse.duckdb"),
        "SEGMENTS_PUBLISHED": str(folder / "published"),
        "SEGMENTS_SPARK_WAREHOUSE": str(folder / "warehouse"),
        "SEGMENTS_SPARK_PARTITIONS": "2",
        "SPARK_CONF_DIR": str(Path(__file__).parent / "conf"),
    }


def arguments_of(folder: Path, target: str, options: Sequence[str]) -> list[str]:
    """Return the arguments of dbt for a build."""
    paths = ("--target-path", str(folder / f"target_{target}"), "--log-path", str(folder / f"logs_{target}"))
    return ["--no-use-colors", "build", "--target", target, *paths, *options]


WITHOUT_TESTS = ("--exclude-resource-type", "test")


def build_on_duckdb(folder: Path, options: Sequence[str], marts: Path) -> None:
    """Build, and write each mart to a file of its own."""
    dbt = str(Path(sys.executable).parent / "dbt")
    subprocess.run([dbt, *arguments_of(folder, "duckdb", options)], cwd=folder, check=True)
    marts.mkdir(parents=True)
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
        for mart in MARTS:
            connection.execute(f"copy marts.{mart} to '{marts}/{mart}.parquet'")


def build_on_spark(folder: Path, options: Sequence[str], marts: Path) -> None:
    """Build, and write each mart to a folder of its own."""
    from dbt.cli.main import dbtRunner
    from pyspark.sql import SparkSession

    if not dbtRunner().invoke(arguments_of(folder, "spark", options)).success:
        sys.exit(f"the build on Spark of {marts} failed")
    session = SparkSession.builder.getOrCreate()
    for mart in MARTS:
        session.table(f"marts.{mart}").coalesce(1).write.parquet(str(marts / mart))


def main(folder: Path, steps: list[dict[str, Any]]) -> None:
    """Make the steps; stop at the first build that fails."""
    os.environ.update(settings_of(folder))
    os.chdir(folder)
    (folder / "invoices").mkdir()
    for step in steps:
        for path in map(Path, step["files"]):
            if path.is_dir():
                shutil.copytree(path, folder / "invoices", dirs_exist_ok=True)
            else:
                shutil.copy(path, folder / "invoices")
        marts = folder / "marts" / step["name"]
        variables = QUICK | step.get("vars", {})
        # Its own tests run it with all tests of dbt.
        build_on_duckdb(folder, ["--vars", json.dumps(variables), *WITHOUT_TESTS], marts / "duckdb")
        variables |= {"unit_tests": "unit_test" in step["tests"]}
        left_out = () if "test" in step["tests"] else WITHOUT_TESTS
        build_on_spark(folder, ["--vars", json.dumps(variables), *left_out], marts / "spark")


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]))
