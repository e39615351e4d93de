"""Builds that the tests look at: each with a warehouse and a target folder of its own."""

from __future__ import annotations

import fcntl
import json
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
import yaml
from hypothesis import Phase, settings

if TYPE_CHECKING:
    from browser import Chromium

# Both processors have a process that runs tests. A second thread of BLAS would wait for one, and use it up by waiting.
os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

PROJECT = Path(__file__).parents[2]
SAMPLE = PROJECT / "data/sample/invoices.csv.gz"
PLANTED_GROUPS = PROJECT / "data/sample/planted_groups.csv"
ONLINE_RETAIL = Path(os.environ.get("ONLINE_RETAIL", PROJECT / "../shared/data/online_retail.csv.gz"))
HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
AS_SHIPPED: dict[str, Any] = {"cluster_evaluation": "standard"}
WITH_TESTS = ("build",)
WITHOUT_TESTS = ("build", "--exclude-resource-type", "test")
# What lines come from, and nothing behind them: for tests that look no further.
_LINES = ("--select", "+load_audit", "+invoice_lines", "+rejected_invoice_lines")
LINES_ONLY = (*WITHOUT_TESTS, *_LINES)
LINES_WITH_TESTS = ("build", "--indirect-selection", "buildable", *_LINES)

# What dbt made of the project, by the variables of the build: it saves two seconds each.
_PARSED: dict[str, Path] = {}
# The tests of dbt's SQL are parsed at all only where this variable says so.
PARSED_AGAIN = {"unit_tests"}

# The short profile tries the same examples each time. Neither has a deadline: a build takes seconds.
settings.register_profile("short", deadline=None, derandomize=True)
settings.register_profile("long", deadline=None, max_examples=1000)
PROFILE = os.environ.get("TEST_PROFILE", "short")
settings.load_profile(PROFILE)
# For what takes long and is nearly proved by another test.
LONG = pytest.mark.skipif(PROFILE == "short", reason="takes long: make test PROFILE=long")


def build_examples(short: int, long: int) -> settings:
    """Settings of a test whose examples are builds: so many, and no shrinking, which would build for hours."""
    examples = long if PROFILE == "long" else short
    return settings(max_examples=examples, phases=(Phase.explicit, Phase.generate), database=None)


@dataclass(frozen=True)
class Build:
    """A finished run of dbt."""

    warehouse: Path
    target: Path
    exit_code: int
    output: str
    seconds: float

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def message(self) -> str:
        """What dbt says went wrong, on one line."""
        _, found, message = self.output.partition("Completed with ")
        return " ".join((message if found else self.output).split())


class Server:
    """dbt, loaded once for all builds of a process that runs tests (`dbt_server.py`)."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._folder = tempfile.TemporaryDirectory()

    @property
    def folder(self) -> Path:
        """What is kept as long as the server runs."""
        return Path(self._folder.name)

    def start(self) -> None:
        """Load dbt, and parse the project with the variables that tests have unless they say otherwise."""
        if self._process is None:
            program = str(Path(__file__).parent / "dbt_server.py")
            self._process = subprocess.Popen(
                [sys.executable, program, variables_text(None), self._folder.name],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=os.environ | SETTINGS,
                text=True,
            )
            assert self._process.stdout is not None
            assert self._process.stdout.readline() == "ready\n"
            _PARSED[variables_text(None)] = self.folder / "partial_parse.msgpack"

    def run(
        self,
        arguments: list[str],
        folder: Path,
        environment: dict[str, str],
        kill_after: float | None = None,
        take_over: bool = False,
        kill_at: str = "",
    ) -> tuple[int, str]:
        """Return the exit code of a run, and what it printed; kill it some seconds after it has printed a text."""
        self.start()
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        output = folder / "printed.txt"
        output.unlink(missing_ok=True)
        request = {
            # Few tests read these files, and they take two seconds of a build. Who needs them says so: --write-json.
            "arguments": ["--no-write-json", "--log-level-file", "none", *arguments],
            "folder": str(folder),
            "environment": environment,
            "output": str(output),
            "take_over": take_over,
            "kill_at": kill_at,
            "kill_after": kill_after,
        }
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        exit_code = int(self._process.stdout.readline())
        return exit_code, output.read_text()

    def stop(self) -> None:
        if self._process is not None:
            self._process.communicate()


SERVER = Server()
SETTINGS = {
    "DBT_PROJECT_DIR": str(PROJECT),
    "DBT_PROFILES_DIR": str(PROJECT),
    # Relative, so that the profile of all builds is the same: dbt parses the project again where it is another.
    "SEGMENTS_WAREHOUSE": "warehouse.duckdb",
}


def variables_text(variables: dict[str, Any] | None) -> str:
    """Return variables as dbt takes them.

    Unless they say otherwise, candidates are compared in the quick way, which saves ten seconds a build.
    """
    return yaml.safe_dump({"cluster_evaluation": "quick", **(variables or {})}, default_flow_style=True)


def dbt_command(
    folder: Path,
    invoices: Path | str,
    variables: dict[str, Any] | None,
    arguments: tuple[str, ...],
    environment: dict[str, str] | None = None,
) -> tuple[list[str], dict[str, str]]:
    """Return a command and its environment that run dbt as `dbt` does, with the folder as the current one."""
    command = [
        *(str(Path(sys.executable).parent / "dbt"), "--no-use-colors", *arguments),
        *("--target-path", str(folder / "target"), "--log-path", str(folder / "logs")),
        *("--vars", variables_text(variables)),
    ]
    return command, os.environ | SETTINGS | {"INVOICE_FILES": str(invoices)} | (environment or {})


def give_what_was_parsed(folder: Path, variables: dict[str, Any] | None = None) -> bool:
    """Copy to a folder what dbt made of the project; return whether it was with other variables."""
    key = variables_text(variables)
    SERVER.start()
    take_over = key not in _PARSED and not PARSED_AGAIN.intersection(variables or {})
    source = _PARSED.get(key, _PARSED[variables_text(None)] if take_over else None)
    parsed = folder / "target/partial_parse.msgpack"
    if source and source != parsed:
        parsed.parent.mkdir(exist_ok=True)
        shutil.copyfile(source, parsed)
    return take_over


def keep_what_was_parsed(key: str, parsed: Path) -> None:
    """Copy what dbt made of the project to where no other build writes."""
    if key not in _PARSED:
        _PARSED[key] = Path(shutil.copyfile(parsed, SERVER.folder / f"{len(_PARSED)}.msgpack"))


def dbt(
    folder: Path,
    invoices: Path | str = SAMPLE,
    variables: dict[str, Any] | None = None,
    arguments: tuple[str, ...] = WITH_TESTS,
    environment: dict[str, str] | None = None,
) -> Build:
    """Run dbt on invoice files, as a user does, and keep everything it writes in a folder."""
    command, settings = dbt_command(folder, invoices, variables, arguments, environment)
    began = time.perf_counter()
    if environment and not all(name.startswith("SEGMENTS_") for name in environment):
        # What a process reads when it starts, such as its number of threads, needs one of its own.
        parse(folder, variables)
        run = subprocess.run(
            command, cwd=folder, env=settings, capture_output=True, text=True, check=False, timeout=600
        )
        exit_code, output = run.returncode, run.stdout + run.stderr
    elif "--project-dir" in arguments or "--no-partial-parse" in arguments:
        exit_code, output = SERVER.run(command[1:], folder, settings)
    else:
        parsed, key = folder / "target/partial_parse.msgpack", variables_text(variables)
        take_over = give_what_was_parsed(folder, variables)
        take_over = take_over or bool(environment)
        exit_code, output = SERVER.run(command[1:], folder, settings, take_over=take_over)
        if parsed.exists() and not environment:
            keep_what_was_parsed(key, parsed)
    seconds = time.perf_counter() - began
    return Build(folder / "warehouse.duckdb", folder / "target", exit_code, output, seconds)


def parse(folder: Path, variables: dict[str, Any] | None = None) -> None:
    """Parse the project for what runs dbt in a process of its own in a folder: it saves that ten seconds."""
    key = variables_text(variables)
    take_over = give_what_was_parsed(folder, variables)
    if key not in _PARSED:
        command, settings = dbt_command(folder, "", variables, ("parse",))
        exit_code, output = SERVER.run(command[1:], folder, settings, take_over=take_over)
        assert exit_code == 0, output
        keep_what_was_parsed(key, folder / "target/partial_parse.msgpack")


def project_with_few_tests(folder: Path) -> Path:
    """Make a project that installs the package, and runs only one of its tests: its builds are complete in seconds."""
    settings = {
        "name": "shop",
        "version": "1.0.0",
        "profile": "segmentation",
        "flags": {"send_anonymous_usage_stats": False},
        "data_tests": {"segmentation": {"+enabled": False, "every_file_is_read": {"+enabled": True}}},
        "unit_tests": {"segmentation": {"+enabled": False}},
    }
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(settings))
    # As dbt deps does; `test_package.py` runs it.
    (folder / "dbt_packages").mkdir()
    (folder / "dbt_packages/segmentation").symlink_to(PROJECT)
    return folder


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--without-builds", action="store_true", help="leave out the modules in which dbt builds")


def pytest_unconfigure() -> None:
    SERVER.stop()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out modules that build, if that is asked for; begin with tests that need none of the shared builds.

    So a second process has something to do while the first one makes them.
    """
    if config.getoption("--without-builds"):
        items[:] = [item for item in items if not {"Build", "dbt"} & vars(getattr(item, "module", None)).keys()]
    shared = {"sample_build", "online_retail_build"}
    first = items[0].path if items else None
    waiting = {item.path for item in items if shared & set(getattr(item, "fixturenames", ()))}
    items.sort(key=lambda item: 0 if item.path == first else 1 + (item.path in waiting))


def write_lines(path: Path, *lines: str, header: str = HEADER) -> Path:
    """Write an invoice file."""
    path.write_text("\n".join((header, *lines)) + "\n")
    return path


def build_once(factory: pytest.TempPathFactory, name: str, invoices: Path, **variables: Any) -> Build:
    """Build as shipped, with all data tests, once for all processes that run tests."""
    root = factory.getbasetemp()
    root = root.parent if "PYTEST_XDIST_WORKER" in os.environ else root
    folder, finished = root / name, root / f"{name}.pickle"
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not finished.exists():
            folder.mkdir()
            finished.write_bytes(
                pickle.dumps(dbt(folder, invoices, AS_SHIPPED | variables, ("--write-json", *WITH_TESTS)))
            )
    build: Build = pickle.loads(finished.read_bytes())  # noqa: S301
    assert build.exit_code == 0, build.output
    return build


@pytest.fixture(scope="session")
def sample_build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The sample, built with all tests of dbt, those of its SQL, too."""
    return build_once(tmp_path_factory, "sample", SAMPLE, unit_tests=True)


@pytest.fixture(scope="session")
def online_retail_build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Online Retail, built with all data tests."""
    if not ONLINE_RETAIL.exists():
        pytest.skip(f"the Online Retail data set is not at {ONLINE_RETAIL}; set ONLINE_RETAIL to its path")
    return build_once(tmp_path_factory, "online_retail", ONLINE_RETAIL)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """The browser that pages are looked at with."""
    # It needs what only some tests do.
    import browser

    with browser.chromium() as started:
        yield started
