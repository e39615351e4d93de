"""Spares dbt work that it does again and again.

dbt 1.11 checks the type of each field of the manifest whenever it reads it, compiles every text with Jinja in every
run, makes a thousand objects for each call of a macro by its name, and two messages of each event, most of which nobody
sees. What a build makes of the data is the same without. It is for the versions of dbt that pyproject.toml allows.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import marshal
import os
import pickle
import sys
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import CodeType
from typing import Any
from unittest.mock import patch

import dbt.cli.requires
import dbt.parser.manifest
import dbt.task.runnable
import jinja2.environment
from dbt.clients.jinja import MacroGenerator
from dbt.constants import MANIFEST_FILE_NAME, PARTIAL_PARSE_FILE_NAME
from dbt.context import macros, providers
from dbt.contracts.graph.manifest import Manifest
from dbt_common.clients import agate_helper
from dbt_common.events import base_types, event_manager

# What is compiled depends on these beside the text.
_VERSIONS = (sys.implementation.cache_tag, version("jinja2"), version("dbt-common"))
# The project has some 4,000. Beyond that only those of the last run are kept, and not all that ever were.
_MOST_TEMPLATES = 10_000
# Packages whose classes a manifest is made of.
_OF_MANIFEST = ("dbt-core", "dbt-common", "dbt-adapters", "dbt-semantic-interfaces")


@contextmanager
def less_overhead(
    templates: Path | None = None, manifest: Path | None = None, looked_at: Collection[str] = ()
) -> Iterator[None]:
    """Spare dbt that work in this process, and take it over from former processes.

    Parameters
    ----------
    templates, manifest : Path, optional
        Where what Jinja compiles and what dbt has read are kept for other processes. Default: nowhere.
    looked_at : collection of str
        Names of events that are made although no log shows them.
    """
    with ExitStack() as stack:
        for changed in (kept_templates(templates), kept_contexts(), shown_events(looked_at)):
            stack.enter_context(changed)
        if manifest:
            stack.enter_context(kept_manifest(manifest))
        yield


@contextmanager
def kept_templates(file: Path | None = None) -> Iterator[None]:
    """Keep what Jinja makes of a text: it depends on nothing else but the kind of the environment.

    Parameters
    ----------
    file : Path, optional
        For other processes. Default: nowhere.
    """
    environment: Any = jinja2.environment.Environment
    compile_text = environment.compile
    compiled = _read(file) if file else {}
    known, used = len(compiled), set[bytes]()

    def compile_once(self: object, source: Any, *others: object, **named: object) -> Any:
        if others or named or not isinstance(source, str):
            return compile_text(self, source, *others, **named)
        key = hashlib.sha256(f"{type(self).__qualname__}\n{source}".encode()).digest()
        if key not in compiled:
            compiled[key] = compile_text(self, source)
        used.add(key)
        return compiled[key]

    with patch.object(environment, "compile", compile_once):
        yield
    if file and len(compiled) > known:
        _write(file, compiled if len(compiled) <= _MOST_TEMPLATES else {key: compiled[key] for key in used})


def _read(file: Path) -> dict[bytes, CodeType]:
    """Return what a file keeps; nothing if other versions wrote it, or if it can't be read."""
    with contextlib.suppress(OSError, EOFError, ValueError, TypeError):
        # As safe as the project's own macros, beside which it lies.
        versions, compiled = marshal.loads(file.read_bytes())  # noqa: S302
        if versions == _VERSIONS:
            found: dict[bytes, CodeType] = compiled
            return found
    return {}


def _write(file: Path, compiled: dict[bytes, CodeType]) -> None:
    _write_whole(file, marshal.dumps((_VERSIONS, compiled)))


def _write_whole(file: Path, content: bytes) -> None:
    # Where it can't be written, the next process does the work again.
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        # Of its own: two builds may end at once.
        written = file.with_suffix(f".{os.getpid()}")
        written.write_bytes(content)
        written.replace(file)


@contextmanager
def kept_manifest(file: Path) -> Iterator[None]:
    """Keep what dbt reads from partial_parse.msgpack as Python's own objects, whose types were checked once.

    Parameters
    ----------
    file : Path
        For other processes; of the last manifest only.
    """
    manifest: Any = Manifest
    read = manifest.from_msgpack
    versions = json.dumps([sys.implementation.cache_tag, *map(version, _OF_MANIFEST)]).encode()

    def read_once(content: bytes, **how: object) -> Any:
        key = hashlib.sha256(versions + content).digest()
        # What can't be read is written again.
        with contextlib.suppress(Exception):
            kept = file.read_bytes()
            if kept.startswith(key):
                found = manifest()
                # As safe as the templates beside it.
                vars(found).update(pickle.loads(kept[len(key) :]))  # noqa: S301
                return found
        found = read(content, **how)
        # Not the manifest itself: dbt mixes up its fields, and a lock is for one process.
        parts = {name: part for name, part in vars(found).items() if name != "_lock"}
        _write_whole(file, key + pickle.dumps(parts, pickle.HIGHEST_PROTOCOL))
        return found

    with patch.object(manifest, "from_msgpack", read_once):
        yield


@contextmanager
def kept_contexts() -> Iterator[None]:
    """Let each thread keep the contexts in which dbt calls macros by name, and let contexts find macros at once."""
    generate: Any = providers.generate_runtime_macro_context
    contexts: dict[object, dict[str, Any]] = {}

    def generate_once(macro: Any, config: Any, manifest: Any, package: str | None) -> dict[str, Any]:
        key = (threading.get_ident(), macro.unique_id, package, id(config), id(manifest), id(manifest.flat_graph))
        if key not in contexts:
            contexts[key] = generate(macro, config, manifest, package)
        return contexts[key]

    builder: Any = macros.MacroNamespaceBuilder
    make_empty: Any = agate_helper.empty_table
    make_tester: Any = agate_helper.build_type_tester
    nothing = make_empty()

    @cache
    def keep_tester(texts: tuple[str, ...], nulls: tuple[str, ...]) -> Any:
        return make_tester(texts, nulls)

    def make_tester_once(text_columns: Iterable[str], string_null_values: Iterable[str] = ("null", "")) -> Any:
        return keep_tester(tuple(text_columns), tuple(string_null_values))

    with ExitStack() as stack:
        stack.enter_context(patch.object(builder, "build_namespace", _build_namespace))
        stack.enter_context(patch.object(agate_helper, "empty_table", lambda: nothing))
        stack.enter_context(patch.object(agate_helper, "build_type_tester", make_tester_once))
        for module in (dbt.cli.requires, dbt.parser.manifest):
            stack.enter_context(patch.object(module, "generate_runtime_macro_context", generate_once))
        yield


def _build_namespace(builder: Any, macros_by_package: dict[str, dict[str, Any]], context: dict[str, Any]) -> _Namespace:
    """Return what dbt's builder does, in half the time: each node needs two of these, of hundreds of macros."""
    packages: dict[str, dict[str, MacroGenerator]] = {}
    make = object.__new__
    for package, of_package in macros_by_package.items():
        packages[package] = made = {}
        for name, macro in of_package.items():
            # What its three constructors do.
            made[name] = one = make(MacroGenerator)
            one.macro, one.context, one.node, one.stack = macro, context, builder.node, builder.thread_ctx
    of_dbt: dict[str, MacroGenerator] = {}
    for package in reversed(builder.internal_package_names_order):
        of_dbt |= packages.pop(package, {})
    root, own = (packages.get(package, {}) for package in (builder.root_package, builder.search_package))
    return _Namespace(macros.MacroNamespace(root, own, of_dbt, packages))


class _Namespace(dict[str, Any]):
    """What dbt's namespace of macros finds in five places, in one."""

    def __init__(self, namespace: Any) -> None:
        super().__init__()
        for place in reversed([*namespace._search_order()]):
            self.update(place)
        self.local_namespace, self.packages = namespace.local_namespace, namespace.packages
        self.get_from_package = namespace.get_from_package


@contextmanager
def shown_events(looked_at: Collection[str] = ()) -> Iterator[None]:
    """Make nothing of events for debugging, unless a log shows these.

    Parameters
    ----------
    looked_at : collection of str
        Names of events that are made all the same.
    """
    event: Any = base_types.BaseEvent
    manager: Any = event_manager.EventManager
    make, get, fire = event.__init__, event.__getattr__, manager.fire_event
    debug = base_types.EventLevel.DEBUG

    def make_later(self: Any, *arguments: object, **fields: object) -> None:
        self.__dict__["made_of"] = (arguments, fields)

    def get_made(self: Any, key: str) -> Any:
        arguments, fields = self.__dict__.pop("made_of", ((), None))
        if fields is not None:
            make(self, *arguments, **fields)
        return self.__dict__[key] if key in self.__dict__ else get(self, key)

    def fire_shown(self: Any, e: Any, level: Any = None, *others: object, **named: object) -> None:
        is_shown = (level or e.level_tag()) != debug or type(e).__name__ in looked_at
        if is_shown or any(logger.level == debug for logger in self.loggers):
            fire(self, e, level, *others, **named)

    with (
        patch.object(event, "__init__", make_later),
        patch.object(event, "__getattr__", get_made),
        patch.object(manager, "fire_event", fire_shown),
    ):
        yield


@contextmanager
def manifest_at_the_end(receive: Callable[[Manifest, Path], None]) -> Iterator[None]:
    """Have dbt write manifest.json when a build is over, not also before it begins, and only if anything was parsed.

    Parameters
    ----------
    receive : callable
        Given the manifest before the build begins, and the folder that it will be written to.
    """
    # The same function under two names: of what dbt does before a build, and of what it does after.
    write = dbt.parser.manifest.write_manifest

    def write_if_new(made: Manifest, target: str) -> None:
        parsed, written = (Path(target, name) for name in (PARTIAL_PARSE_FILE_NAME, MANIFEST_FILE_NAME))
        if not (parsed.exists() and written.exists() and written.stat().st_mtime_ns >= parsed.stat().st_mtime_ns):
            write(made, target)

    with (
        patch.object(dbt.parser.manifest, "write_manifest", lambda made, target: receive(made, Path(target))),
        patch.object(dbt.task.runnable, "write_manifest", write_if_new),
    ):
        yield
