"""The marts that a commit of this repository builds of a data set."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import duckdb

from benchmarks.builds import PROJECT
from benchmarks.comparing import SCHEMA
from benchmarks.deliveries import DATA

_FILES = "invoices"
_DBT = (sys.executable, "-c", "from dbt.cli.main import cli; cli()")
# Of the environment of the caller: a commit is built as shipped.
_SETTINGS = ("DBT_", "INVOICE_", "SEGMENTS_")
# Only a complete build is published and remembers what it has tested: that matters to the next delivery.
_LEFT_OUT = {"daily": ("unit_test",)}
_WITHOUT_TESTS = ("test", "unit_test")


def builds_of(revision: str, folder: Path) -> Path:
    """Return the folder of the builds of a commit; end the program if there is no such commit.

    Parameters
    ----------
    revision : str
        As git takes it, or such a folder.
    folder : Path
        Of the builds of all commits.
    """
    found = subprocess.run(
        ["git", "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"],  # noqa: S607
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    if found.returncode == 0:
        return folder / found.stdout.strip()
    if Path(revision).is_dir():
        return Path(revision).absolute()
    sys.exit(f"{revision} is neither a commit nor a folder of finished builds.")


def build(builds: Path, data: str) -> Path:
    """Build a data set with a commit, unless that was done.

    Parameters
    ----------
    builds : Path
        Of builds_of: its name is the commit's hash.
    data : str
        A key of DATA.

    Returns
    -------
    Path
        A folder with a DuckDB file of the marts after each delivery.
    """
    source, deliver = DATA[data]
    finished = builds / f"{data}-{hashlib.sha256(source.read_bytes()).hexdigest()[:8]}"
    if finished.exists():
        return finished
    builds.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=builds) as scratch:
        checkout, marts = Path(scratch) / "project", Path(scratch) / "marts"
        _check_out(builds.name, checkout)
        # In the checkout, so that the paths that a build stores are the same for all commits.
        files = checkout / _FILES
        for folder in (marts, files):
            folder.mkdir()
        for number, delivery in enumerate(deliver(source, files), 1):
            print(f"  {builds.name[:8]}: {data}, {delivery}", flush=True)
            _build(checkout, _LEFT_OUT.get(data, _WITHOUT_TESTS))
            kept = marts / f"{number} {delivery}.duckdb"
            _keep_marts(checkout / "warehouse.duckdb", kept)
            if (read := _files_read(kept)) != (delivered := {f"{_FILES}/{path.name}" for path in files.iterdir()}):
                sys.exit(f"{builds.name} has read {sorted(read)} and not {sorted(delivered)}.")
        shutil.move(marts, finished)
    return finished


def _check_out(commit: str, checkout: Path) -> None:
    """Write the files of a commit, and see that its package is the one that is imported."""
    archive = subprocess.run(
        ["git", "archive", commit],  # noqa: S607
        cwd=PROJECT,
        capture_output=True,
        check=True,
    )
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        files.extractall(checkout, filter="data")
    show = "import segmentation, segmentation_dbt; print(segmentation.__file__, segmentation_dbt.__file__, sep='\\n')"
    imported = _run((sys.executable, "-c", show), checkout).splitlines()
    print(f"  {commit[:8]}: {imported[0]}", flush=True)
    for path in imported:
        if not Path(path).resolve().is_relative_to(checkout.resolve()):
            sys.exit(f"{path} is imported, which is not of the commit {commit}.")


def _build(checkout: Path, left_out: tuple[str, ...]) -> None:
    _run((*_DBT, "--no-use-colors", "build", "--exclude-resource-type", *left_out), checkout)


def _run(command: tuple[str, ...], checkout: Path) -> str:
    """Run a command in a checkout with its package; end the program where it fails."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_SETTINGS)}
    environment |= {"PYTHONPATH": str(checkout / "src"), "INVOICE_FILES": f"{_FILES}/*"}
    run = subprocess.run(
        command, cwd=checkout, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if run.returncode:
        sys.exit(f"{checkout}: {' '.join(command)} failed:\n{run.stdout}")
    return run.stdout


def _keep_marts(warehouse: Path, file: Path) -> None:
    """Copy the marts, views as tables: a view needs the rest of its warehouse."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute(f"attach '{file}' as kept (read_write)")
        connection.execute(f"create schema kept.{SCHEMA}")
        query = (
            "select table_name from information_schema.tables "
            f"where table_catalog = current_database() and table_schema = '{SCHEMA}'"
        )
        for (mart,) in connection.execute(query).fetchall():
            connection.execute(f"create table kept.{SCHEMA}.{mart} as select * from {SCHEMA}.{mart}")


def _files_read(marts: Path) -> set[str]:
    """Return the paths of the files that a build has read and that are still there."""
    with duckdb.connect(str(marts), read_only=True) as connection:
        found = connection.execute(f"select source_file from {SCHEMA}.load_audit where is_present").fetchall()
    return {path for (path,) in found}
