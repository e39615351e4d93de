"""Reads invoice files, or a table of the warehouse, into a warehouse of its own that is gone afterwards.

It runs dbt up to the mart reading_evidence, in this process and without tests. Nothing of the user's is written to: of
their warehouse only the table that is to be read is looked at, through views and read-only, and the hashes of the
customers who were erased. What dbt made of the project stays in target/inspect, so that the next time is quicker.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.cli.resolvers import default_profiles_dir
from dbt.config.runtime import load_profile
from dbt.flags import set_from_args
from dbt_common.context import set_invocation_context
from dbt_common.exceptions import DbtBaseException

from segmentation_dbt import warehouse
from segmentation_dbt.build import MANIFEST, TEMPLATES, option_of
from segmentation_dbt.dbt_overhead import less_overhead
from segmentation_dbt.progress import PACKAGE, readable
from segmentation_dbt.questions import ASKED
from segmentation_dbt.version_files import fetch, identifier, text

INSPECTED = "inspected"
"""Name of the user's warehouse beside the one that is made."""
_MODEL = "reading_evidence"
_WITHOUT_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
_WARNINGS = {"JinjaLogWarning"}
_FAILED = {"error", "fail", "runtime error"}


class TrialError(Exception):
    """The files could not be looked at; the message says why."""


@dataclass
class Trial:
    """What dbt left and said.

    Attributes
    ----------
    path : Path
        Of the warehouse that was made.
    relations : dict of str to str
        Model to its table.
    questions, warnings : list of str
        Messages.
    """

    path: Path
    relations: dict[str, str] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def receive(self, message: Any) -> None:
        """Take an event of dbt."""
        if message.info.msg.startswith(ASKED):
            self.questions.append(message.info.msg)
        elif message.info.name in _WARNINGS:
            self.warnings.append(message.info.msg)


@contextmanager
def trial(project: Path, options: Sequence[str], relation: str) -> Iterator[Trial]:
    """Read what a build would read, and remove it at the end.

    Parameters
    ----------
    project : Path
        Where dbt_project.yml is.
    options : sequence of str
        Of dbt.
    relation : str
        The var invoice_relation; empty where files are read.

    Raises
    ------
    TrialError
        Where dbt fails, or the user's warehouse can't be opened.
    """
    # Relative to the project, as dbt takes it.
    target = (project / os.environ.get("DBT_TARGET_PATH", "target") / "inspect").resolve()
    theirs = warehouse_of(project, options)
    with ExitStack() as stack:
        # Always the same path: dbt parses the project again where the profile is another.
        folder = stack.enter_context(_folder(target))
        stack.enter_context(less_overhead(target.parent / TEMPLATES, target / MANIFEST))
        reading = Trial(folder / "warehouse.duckdb")
        stack.enter_context(
            _environment(SEGMENTS_WAREHOUSE=str(reading.path), SEGMENTS_PUBLISHED=str(folder / "published"))
        )
        log = target / "dbt.log"
        log.unlink(missing_ok=True)
        common = [*options, "--target-path", str(target), "--log-path", str(target), "--log-level", "none"]
        common += ["--log-level-file", "info", "--no-write-json"]
        _check_warehouse(_credentials(project, options), reading.path)
        parsed = _run(reading, ["parse", *common], log)
        manifest: Any = parsed.result
        nodes = [node for node in manifest.nodes.values() if getattr(node, "relation_name", None)]
        reading.relations = {node.name: node.relation_name for node in nodes if node.package_name == PACKAGE}
        if theirs.exists():
            built = {(node.schema.lower(), node.alias.lower()) for node in nodes}
            _look_into(theirs, reading, built if relation else None)
            if relation:
                stack.callback(warehouse.READ_ALSO.pop, INSPECTED, None)
                warehouse.READ_ALSO[INSPECTED] = theirs
        command = ["build", "--select", f"+{_MODEL}"]
        _run(reading, [*command, *_WITHOUT_TESTS, *common], log, manifest)
        yield reading


def warehouse_of(project: Path, options: Sequence[str]) -> Path:
    """Return the path of the warehouse that a profile names.

    Parameters
    ----------
    project : Path
        Where dbt_project.yml is.
    options : sequence of str
        Of dbt.

    Raises
    ------
    TrialError
        If there is no such profile.
    """
    return Path(getattr(_credentials(project, options), "path", None) or "warehouse.duckdb").absolute()


def _credentials(project: Path, options: Sequence[str]) -> Any:
    """Return what a profile says of the database.

    Raises
    ------
    TrialError
        If there is no such profile.
    """
    profiles = option_of(options, "--profiles-dir") or os.environ.get("DBT_PROFILES_DIR") or default_profiles_dir()
    set_invocation_context(os.environ)
    set_from_args(Namespace(profiles_dir=str(profiles)), None)
    profile, target = (
        option_of(options, f"--{name}") or os.environ.get(f"DBT_{name.upper()}") for name in ("profile", "target")
    )
    try:
        return load_profile(str(project), {}, profile, target).credentials
    except DbtBaseException as e:
        raise TrialError(readable(str(e))) from e


@contextmanager
def _folder(target: Path) -> Iterator[Path]:
    """Return an empty folder that is removed at the end; wait until nobody else has it."""
    target.mkdir(parents=True, exist_ok=True)
    folder = target / "warehouse"
    with (target / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("Another inspection is running; this one waits for it.", file=sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
        # Of one that was killed.
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _environment(**variables: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _run(reading: Trial, arguments: Sequence[str], log: Path, manifest: Any = None) -> dbtRunnerResult:
    """Run dbt in this process.

    Raises
    ------
    TrialError
        With dbt's message, where it fails.
    """
    result = dbtRunner(manifest=manifest, callbacks=[reading.receive]).invoke(list(arguments))
    # It would stay open until the process ends.
    close_warehouse: Callable[[], None] = DuckDBConnectionManager.close_all_connections
    close_warehouse()
    if isinstance(result.exception, KeyboardInterrupt):
        raise result.exception
    if not result.success:
        raise TrialError("\n".join([*_faults(result), f"dbt's own log is {log}."]))
    return result


def _faults(result: dbtRunnerResult) -> list[str]:
    if result.exception:
        return [readable(str(result.exception))]
    failed = [node for node in getattr(result.result, "results", None) or () if str(node.status) in _FAILED]
    return [f"{node.node.name}: {readable(node.message or '')}" for node in failed]


def _check_warehouse(credentials: Any, path: Path) -> None:
    """Refuse to go on where dbt would write to another file: a profile need not look at SEGMENTS_WAREHOUSE."""
    if credentials.type != "duckdb":
        raise TrialError("Files are looked at with DuckDB: name a target of the type duckdb (--target).")
    given = str(credentials.path)
    if given != str(path):
        raise TrialError(
            f"The profile names the warehouse {given} whatever SEGMENTS_WAREHOUSE is, and looking at files must not "
            "touch it. Write in the profile: path: \"{{ env_var('SEGMENTS_WAREHOUSE', '" + given + "') }}\""
        )


def _look_into(theirs: Path, reading: Trial, built: set[tuple[str, str]] | None) -> None:
    """Take from the user's warehouse what reading needs: erased customers and, for a relation, views of its tables.

    Parameters
    ----------
    theirs : Path
        The user's warehouse.
    reading : Trial
        With the warehouse that is made.
    built : set of (schema, table), or None
        What dbt builds by itself, of which no view is made. None where no table is read.

    Raises
    ------
    TrialError
        Where a table is to be read and the warehouse can't be opened.
    """
    with duckdb.connect(reading.path) as connection:
        try:
            connection.execute(f"attach {text(theirs)} as {INSPECTED} (read_only)")
        except duckdb.Error as e:
            if built is not None:
                raise TrialError(warehouse.explain(str(theirs), str(e))) from e
            reading.warnings.append(
                f"The warehouse {theirs} can't be opened now: customers who were erased from it are not left out here."
            )
            return
        for schema, name in _tables(connection):
            if name == "erased_customers":
                _make(connection, "table", schema, name)
            elif built is not None and (schema.lower(), name.lower()) not in built:
                _make(connection, "view", schema, name)


def _tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return fetch(
        connection,
        "select schema_name, table_name from duckdb_tables() where database_name = 'inspected' union all "
        "select schema_name, view_name from duckdb_views() where database_name = 'inspected' and not internal",
    )


def _make(connection: duckdb.DuckDBPyConnection, kind: str, schema: str, name: str) -> None:
    """Make a table or view of one in the user's warehouse; a view of theirs that is broken is passed over."""
    connection.execute(f"create schema if not exists {identifier(schema)}")
    with suppress(duckdb.Error):
        connection.execute(
            f"create {kind} {identifier(schema)}.{identifier(name)} as "
            f"from {INSPECTED}.{identifier(schema)}.{identifier(name)}"
        )
