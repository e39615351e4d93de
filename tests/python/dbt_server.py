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
from types import CodeType
from typing import Any


def load() -> None:
    """Import what builds import. Here, because processes that a run starts import this file, too."""
    import importlib

    modules = "dbt.cli.main dbt.adapters.duckdb pandas pyarrow joblib scipy.spatial"
    for name in f"{modules} segmentation.candidates segmentation.intake segmentation_dbt.fits".split():
        importlib.import_module(name)


def keep_templates() -> None:
    """Let Jinja keep what it makes of a text: it depends on nothing else but the kind of the environment."""
    import jinja2.environment
    import jinja2.nodes

    environment: Any = jinja2.environment.Environment
    compile_text, parse_text = environment.compile, environment.parse
    compiled: dict[tuple[type, str], CodeType] = {}
    parsed: dict[tuple[type, str], jinja2.nodes.Template] = {}

    def compile_once(self: object, source: str, *others: object, **named: object) -> Any:
        if others or named:
            return compile_text(self, source, *others, **named)
        key = (type(self), source)
        if key not in compiled:
            compiled[key] = compile_text(self, source)
        return compiled[key]

    def parse_once(self: object, source: str) -> jinja2.nodes.Template:
        key = (type(self), source)
        if key not in parsed:
            parsed[key] = parse_text(self, source)
        return parsed[key]

    environment.compile, environment.parse = compile_once, parse_once


def keep_contexts() -> None:
    """Let each thread keep the contexts in which dbt calls macros by name, and let contexts find macros at once.

    dbt makes them for each call, with a thousand objects in each, and looks for each macro in five places.
    """
    import threading

    import dbt.cli.requires
    import dbt.parser.manifest
    from dbt.context import macros, providers
    from dbt_common.clients import agate_helper

    generate: Any = providers.generate_runtime_macro_context
    contexts: dict[object, dict[str, Any]] = {}

    def generate_once(macro: Any, config: Any, manifest: Any, package: str | None) -> dict[str, Any]:
        key = (threading.get_ident(), macro.unique_id, package, id(config), id(manifest), id(manifest.flat_graph))
        if key not in contexts:
            contexts[key] = generate(macro, config, manifest, package)
        return contexts[key]

    class Namespace(dict[str, Any]):
        """What dbt's namespace finds, in one place."""

        def __init__(self, namespace: Any) -> None:
            super().__init__()
            for place in reversed([*namespace._search_order()]):
                self.update(place)
            self.local_namespace, self.packages = namespace.local_namespace, namespace.packages
            self.get_from_package = namespace.get_from_package

    builder: Any = macros.MacroNamespaceBuilder
    build = builder.build_namespace
    builder.build_namespace = lambda *arguments: Namespace(build(*arguments))
    for module in (dbt.cli.requires, dbt.parser.manifest):
        vars(module)["generate_runtime_macro_context"] = generate_once
    make_empty: Any = agate_helper.empty_table
    nothing = make_empty()
    vars(agate_helper)["empty_table"] = lambda: nothing


def keep_quiet() -> None:
    """Make nothing of events that are not shown: dbt makes two messages of each, twenty for a model."""
    from dbt_common.events import base_types, event_manager

    event: Any = base_types.BaseEvent
    manager: Any = event_manager.EventManager
    make, get, fire = event.__init__, event.__getattr__, manager.fire_event

    def make_later(self: Any, *arguments: object, **fields: object) -> None:
        self.__dict__["made_of"] = (arguments, fields)

    def get_made(self: Any, key: str) -> Any:
        arguments, fields = self.__dict__.pop("made_of", ((), None))
        if fields is not None:
            make(self, *arguments, **fields)
        return self.__dict__[key] if key in self.__dict__ else get(self, key)

    def fire_shown(self: Any, e: Any, level: Any = None, *others: object, **named: object) -> None:
        debug = base_types.EventLevel.DEBUG
        if (level or e.level_tag()) != debug or any(logger.level == debug for logger in self.loggers):
            fire(self, e, level, *others, **named)

    event.__init__, event.__getattr__, manager.fire_event = make_later, get_made, fire_shown


def parse(variables: str, folder: str) -> None:
    """Parse the project, and compile the macros that only builds call."""
    import dbt.cli.main
    from dbt.contracts.graph.manifest import Manifest
    from dbt_common.clients.jinja import template_cache

    project = str(Path(__file__).parents[2])
    paths = ("--project-dir", project, "--profiles-dir", project, "--target-path", folder, "--log-path", folder)
    # dbt's static parser would start threads, and a fork waits for them forever.
    flags = ("--quiet", "--no-static-parser", "--no-write-json", "--log-level-file", "none")
    # Standard output is for answers.
    with contextlib.redirect_stdout(sys.stderr):
        parsed = dbt.cli.main.dbtRunner().invoke([*flags, "parse", *paths, "--vars", variables])
    # A project that can't be parsed is for the tests to report.
    if isinstance(parsed.result, Manifest):
        for macro in parsed.result.macros.values():
            template_cache.get_node_template(macro)


def take_over_what_was_parsed() -> None:
    """Parse only the settings of models again where the variables are others: nothing else depends on them.

    `test_dbt_server.py` proves that. dbt itself would parse everything again.
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
    keep_templates()
    keep_contexts()
    keep_quiet()
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
