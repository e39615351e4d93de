"""Runs dbt again and again without loading it again: one process loads it, and each run is a fork of that.

That one also parses the project, with the variables and into the folder that are its arguments: what dbt makes by the
way, such as compiled templates, is then there for all runs, and each saves half of its time.

Says that it is ready, and reads requests from standard input, one a line: arguments, a folder, an environment, a file
for what is printed, whether what was parsed with other variables is taken over, and when the run is killed: the text
that it has printed by then, and seconds after that (null for never). Answers each with the exit code, that of a killed
one is -9.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any


def load() -> None:
    """Import what builds import. Here, because processes that a run starts import this file, too."""
    import importlib
    import runpy

    modules = "dbt.cli.main dbt.task.build dbt.adapters.duckdb.environments.local pyarrow.dataset scipy.stats"
    for name in f"{modules} segmentation_dbt.fitting segmentation_dbt.plugin segmentation_dbt.end_of_build".split():
        importlib.import_module(name)
    for model in (Path(__file__).parents[2] / "python_models").rglob("*.py"):
        runpy.run_path(str(model))
    # Both processors run tests: a comparison of candidates has one, and no processes of its own.
    sys.modules["segmentation_dbt.fitting"].WORKERS = 1  # type: ignore[attr-defined]


def keep_parsed_texts() -> None:
    """Let Jinja keep what it parses, too, which dbt does to macros each time that it parses a part of the project."""
    import jinja2.environment
    import jinja2.nodes

    environment: Any = jinja2.environment.Environment
    parse_text = environment.parse
    parsed: dict[tuple[type, str], jinja2.nodes.Template] = {}

    def parse_once(self: object, source: str) -> jinja2.nodes.Template:
        key = (type(self), source)
        if key not in parsed:
            parsed[key] = parse_text(self, source)
        return parsed[key]

    environment.parse = parse_once


def find_with_at_once() -> None:
    """Spare sqlparse to group what it reads: of a unit test dbt looks for the first word only, and it takes seconds."""
    from sqlparse.engine import FilterStack

    stack: Any = FilterStack
    stack.enable_grouping = lambda self: None


def parse(variables: str, folder: str) -> None:
    """Parse the project, compile what only builds render, and read what was parsed, which each run would do."""
    import dbt.cli.main
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    from segmentation_dbt.prepare import compile_templates

    project = str(Path(__file__).parents[2])
    paths = ("--project-dir", project, "--profiles-dir", project, "--target-path", folder, "--log-path", folder)
    # dbt's static parser would start threads, and a fork waits for them forever.
    flags = ("--quiet", "--no-static-parser", "--no-write-json", "--log-level-file", "none")
    # Standard output is for answers.
    with contextlib.redirect_stdout(sys.stderr):
        parsed = dbt.cli.main.dbtRunner().invoke([*flags, "parse", *paths, "--vars", variables])
    # A project that can't be parsed is for the tests to report.
    if isinstance(parsed.result, Manifest):
        compile_templates(parsed.result)
        manifest: Any = Manifest
        read = manifest.from_msgpack
        content = Path(folder, "partial_parse.msgpack").read_bytes()
        kept = read(content, decoder=extended_mashumuro_decoder)
        # Each run changes a copy of its own: it is a fork.
        manifest.from_msgpack = lambda given, **how: kept if given == content else read(given, **how)


def take_over_what_was_parsed() -> None:
    """Parse only the settings of models again where the variables are others, and models whose parents they decide.

    Nothing else depends on them: `test_dbt_server.py` proves that. dbt itself would parse everything again.
    """
    from dbt.artifacts.resources.base import FileHash
    from dbt.contracts.files import SchemaSourceFile
    from dbt.parser.manifest import ManifestLoader

    loader: Any = ManifestLoader
    is_partial_parsable = loader.is_partial_parsable

    def is_parsable(self: Any, saved: Any) -> Any:
        # Of the profile only the name of the database is in it: tests whose warehouse can't be opened come to no table.
        for name in ("vars_hash", "profile_hash", "profile_env_vars_hash"):
            setattr(saved.state_check, name, getattr(self.manifest.state_check, name))
        for file in saved.files.values():
            for model in file.dict_from_yaml.get("models", []) if isinstance(file, SchemaSourceFile) else []:
                if "var(" in str(model.get("config")):
                    # As if somebody had edited it.
                    file.path.modification_time = 0.0
                    file.checksum, model["config"] = FileHash.from_contents(""), {}
        for node in saved.nodes.values():
            decided = any(name in node.raw_code for name in ("attribute_features()", "var('invoice_relation')"))
            if decided and node.resource_type == "model":
                saved.files[node.file_id].path.modification_time = 0.0
                saved.files[node.file_id].checksum = FileHash.from_contents("")
        return is_partial_parsable(self, saved)

    loader.is_partial_parsable = is_parsable


def run(arguments: list[str], folder: str, environment: dict[str, str], output: str, take_over: bool) -> None:
    """Run dbt in this process, and end it."""
    import dbt.cli.main
    import dbt_common.invocation

    if take_over:
        take_over_what_was_parsed()

    # What it starts is killed with it.
    os.setsid()
    descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    dbt_common.invocation.reset_invocation_id()
    sys.argv = ["dbt", *arguments]
    code = 2
    try:
        dbt.cli.main.cli(standalone_mode=True)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 2
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        # As an ordinary process would: connections close, and processes of its own end.
        import atexit

        atexit._run_exitfuncs()
        os._exit(code)


def wait(child: int, output: Path, kill_at: str, kill_after: float | None) -> int:
    """Return the exit code of a run; kill it when its time is over, which begins when it has printed a text."""
    if kill_after is not None:
        deadline = None
        while deadline is None or time.monotonic() < deadline:
            if deadline is None and (not kill_at or (output.exists() and kill_at in output.read_text())):
                deadline = time.monotonic() + kill_after
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.01)
        # Itself first: so early it may not have a group of its own.
        os.kill(child, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def main() -> None:
    load()
    from segmentation_dbt.dbt_overhead import less_overhead

    keep_parsed_texts()
    find_with_at_once()
    with less_overhead():
        parse(*sys.argv[1:])
        # All that is here stays: forks need not look at it again and again.
        gc.collect()
        gc.freeze()
        # A build makes much, and is soon over.
        gc.set_threshold(200_000, 10, 10)
        print("ready", flush=True)
        for line in sys.stdin:
            request = json.loads(line)
            kill_at, kill_after = request.pop("kill_at"), request.pop("kill_after")
            if (child := os.fork()) == 0:
                run(**request)
            print(wait(child, Path(request["output"]), kill_at, kill_after), flush=True)


if __name__ == "__main__":
    main()
