"""What dbt is spared changes nothing of what it does; all tests that build show that builds come out the same."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dbt.parser.manifest
import dbt.task.runnable
import pytest
from dbt.adapters.events.types import SQLQuery
from dbt.context.macros import MacroNamespaceBuilder
from dbt.contracts.graph.manifest import Manifest
from dbt.events.types import NodeStart
from dbt.parser.manifest import extended_mashumaro_encoder, extended_mashumuro_decoder
from dbt_common.clients import agate_helper
from dbt_common.clients.jinja import get_template
from dbt_common.events.event_manager import EventManager
from dbt_common.events.functions import msg_to_dict
from dbt_common.events.types import Note
from jinja2.environment import Environment

from segmentation_dbt.dbt_overhead import (
    kept_contexts,
    kept_manifest,
    kept_templates,
    less_overhead,
    manifest_at_the_end,
    shown_events,
)


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What Jinja compiles itself."""
    texts: list[str] = []
    compile_text: Any = Environment.compile

    def note(self: object, source: str, *others: object, **named: object) -> Any:
        texts.append(source)
        return compile_text(self, source, *others, **named)

    monkeypatch.setattr(Environment, "compile", note)
    return texts


def render(text: str, native: bool = False) -> Any:
    return get_template(text, {}, native=native).render({"one": 1})


def test_a_text_is_compiled_once_for_all_processes(tmp_path: Path, compiled: list[str]) -> None:
    file = tmp_path / "target" / "templates"
    for _ in range(2):
        with kept_templates(file):
            assert [render("{{ one + 1 }}") for _ in range(2)] == ["2", "2"]
    assert compiled == ["{{ one + 1 }}"]
    with kept_templates(file):
        assert render("{{ one + 2 }}") == "3"
    assert compiled == ["{{ one + 1 }}", "{{ one + 2 }}"]


def test_a_text_that_stands_for_a_value_is_another(tmp_path: Path) -> None:
    for _ in range(2):
        with kept_templates(tmp_path / "templates"):
            assert render("{{ [one] }}") == "[1]"
            assert render("{{ [one] }}", native=True) == [1]


@pytest.mark.parametrize("content", [b"", b"no such thing", b"\xe3\x00"])
def test_a_file_that_says_nothing_is_written_again(tmp_path: Path, compiled: list[str], content: bytes) -> None:
    file = tmp_path / "templates"
    file.write_bytes(content)
    for _ in range(2):
        with kept_templates(file):
            assert render("{{ one }}") == "1"
    assert compiled == ["{{ one }}"]


def test_what_other_versions_compiled_is_not_taken(
    tmp_path: Path, compiled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for versions in (("of one",), ("of another",)):
        monkeypatch.setattr("segmentation_dbt.dbt_overhead._VERSIONS", versions)
        with kept_templates(tmp_path / "templates"):
            render("{{ one }}")
    assert len(compiled) == 2


def test_of_too_many_texts_those_of_the_last_run_are_kept(
    tmp_path: Path, compiled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segmentation_dbt.dbt_overhead._MOST_TEMPLATES", 2)
    for texts in (["{{ one }}", "{{ one + 1 }}"], ["{{ one }}", "{{ one + 2 }}"], ["{{ one }}", "{{ one + 1 }}"]):
        with kept_templates(tmp_path / "templates"):
            for text in texts:
                render(text)
    assert compiled == ["{{ one }}", "{{ one + 1 }}", "{{ one + 2 }}", "{{ one + 1 }}"]


def test_a_folder_that_can_not_be_written_to_is_no_fault(tmp_path: Path, contents: list[bytes]) -> None:
    (tmp_path / "file").write_text("")
    with less_overhead(tmp_path / "file" / "templates", tmp_path / "file" / "manifest"):
        assert render("{{ one }}") == "1"
        assert read_manifest(contents[0])


@pytest.fixture
def contents() -> list[bytes]:
    """What dbt writes of two manifests."""
    manifests = [Manifest(), Manifest(disabled={"model.shop.one": []})]
    return [manifest.to_msgpack(extended_mashumaro_encoder) for manifest in manifests]


@pytest.fixture
def checked(contents: list[bytes], monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What dbt reads itself."""
    read: list[bytes] = []
    manifest: Any = Manifest
    # The first call puts another method in its place.
    read_manifest(contents[0])
    from_msgpack = manifest.from_msgpack

    def note(content: bytes, **how: object) -> Any:
        read.append(content)
        return from_msgpack(content, **how)

    monkeypatch.setattr(Manifest, "from_msgpack", note)
    return read


def read_manifest(content: Any) -> dict[str, str]:
    """Return what dbt reads, written out: to dbt, checksums of nothing differ. Each manifest has a lock of its own."""
    manifest = Manifest.from_msgpack(content, decoder=extended_mashumuro_decoder)
    return {name: repr(value) for name, value in vars(manifest).items() if name != "_lock"}


def test_a_manifest_is_checked_once(tmp_path: Path, contents: list[bytes], checked: list[bytes]) -> None:
    expected = [read_manifest(content) for content in contents]
    checked.clear()
    for which in (0, 0, 1, 1, 0):
        with kept_manifest(tmp_path / "manifest"):
            assert read_manifest(contents[which]) == expected[which]
    # Only the last one is kept.
    assert checked == [contents[0], contents[1], contents[0]]


@pytest.mark.parametrize("damage", [lambda kept: b"", lambda kept: kept[:-10], lambda kept: kept[:32] + b"no pickle"])
def test_a_manifest_that_can_not_be_read_is_written_again(
    tmp_path: Path, contents: list[bytes], checked: list[bytes], damage: Any
) -> None:
    file = tmp_path / "manifest"
    with kept_manifest(file):
        expected = read_manifest(contents[0])
    file.write_bytes(damage(file.read_bytes()))
    for _ in range(2):
        with kept_manifest(file):
            assert read_manifest(contents[0]) == expected
    assert len(checked) == 2


def test_a_manifest_of_other_versions_is_not_taken(
    tmp_path: Path, contents: list[bytes], checked: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in "12":
        monkeypatch.setattr("segmentation_dbt.dbt_overhead.version", lambda package, number=number: number)
        with kept_manifest(tmp_path / "manifest"):
            read_manifest(contents[0])
    assert len(checked) == 2


def found(namespace: Any) -> dict[str, Any]:
    """Return the macros that names stand for, those of a package by its name, and all that calls of them know."""
    return {
        name: found(one) if isinstance(one, dict) else (type(one), vars(one)) for name, one in dict(namespace).items()
    }


@pytest.mark.parametrize(("root", "own"), [("shop", "shop"), ("shop", "segmentation"), ("shop", "dbt")])
def test_a_macro_is_found_where_dbt_finds_it(root: str, own: str) -> None:
    packages = {"dbt": "abcd", "dbt_duckdb": "bcde", "shop": "cf", "segmentation": "dfg"}
    made = {
        package: {name: SimpleNamespace(name=name, package_name=package) for name in names}
        for package, names in packages.items()
    }

    def namespace_of_builder() -> Any:
        builder = MacroNamespaceBuilder(root, own, "stack", ["dbt_duckdb", "dbt"], "node")  # type: ignore[arg-type]
        return builder.build_namespace(made, {"one": 1})  # type: ignore[arg-type]

    of_dbt = namespace_of_builder()
    with kept_contexts():
        ours = namespace_of_builder()
    assert found(ours) == found(of_dbt)
    assert found(ours.local_namespace) == found(of_dbt.local_namespace)
    for package in (None, "dbt", "shop", "segmentation"):
        for name in "abcdefgh":
            one, other = (namespace.get_from_package(package, name) for namespace in (ours, of_dbt))
            assert (one and vars(one)) == (other and vars(other))


class Log:
    """A log of dbt."""

    def __init__(self, level: Any) -> None:
        self.level, self.lines = level, list[str]()

    def filter(self, message: Any) -> bool:
        return True

    def write_line(self, message: Any) -> None:
        self.lines.append(message.info.name)


def fired(level: str, *looked_at: str) -> tuple[list[str], list[str]]:
    """What a log and a receiver see of three events, of which the last one is not for debugging."""
    from dbt_common.events.base_types import EventLevel

    manager, received = EventManager(), list[str]()
    log = Log(EventLevel(level))
    manager.loggers.append(log)  # type: ignore[arg-type]
    manager.add_callback(lambda message: received.append(message.info.name))
    with shown_events(looked_at):
        for event in (SQLQuery(conn_name="a", sql="select 1"), NodeStart(), Note(msg="said")):
            manager.fire_event(event)
    return log.lines, received


def test_events_for_debugging_are_made_if_somebody_looks_at_them() -> None:
    assert fired("info") == (["Note"], ["Note"])
    assert fired("info", "NodeStart") == (["NodeStart", "Note"], ["NodeStart", "Note"])
    assert fired("debug") == (["SQLQuery", "NodeStart", "Note"], ["SQLQuery", "NodeStart", "Note"])


def test_an_event_that_is_shown_is_whole() -> None:
    manager, received = EventManager(), list[Any]()
    manager.add_callback(received.append)
    with shown_events(["SQLQuery"]):
        manager.fire_event(SQLQuery(conn_name="model.one", sql="select 1"))
    message = msg_to_dict(received[0])
    assert message["data"]["sql"] == "select 1"
    assert "select 1" in message["info"]["msg"]


def test_the_manifest_is_written_after_a_build_that_parsed_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed, written, received = tmp_path / "partial_parse.msgpack", tmp_path / "manifest.json", list[Any]()
    runnable: Any = dbt.task.runnable
    manifest = Manifest()
    monkeypatch.setattr(dbt.parser.manifest, "write_manifest", lambda made, target: written.write_text("{}"))
    for parsed_at, is_written in ((1, True), (1, False), (3, True)):
        with manifest_at_the_end(lambda *given: received.append(given)):
            dbt.parser.manifest.write_manifest(manifest, str(tmp_path))
            assert received.pop() == (manifest, tmp_path)
            parsed.touch()
            os.utime(parsed, (parsed_at, parsed_at))
            runnable.write_manifest(manifest, str(tmp_path))
        assert (written.stat().st_mtime != 2) is is_written
        os.utime(written, (2, 2))


def test_columns_of_results_have_the_types_that_dbt_gives_them() -> None:
    def types() -> list[Any]:
        results = [[{"a": "01", "b": "2"}], [{"a": 1, "b": "2"}], [{"a": "01", "b": "2"}]]
        tables = [agate_helper.table_from_data_flat(result, ["a", "b"]) for result in results]
        return [[type(kind).__name__ for kind in table.column_types] for table in tables]

    of_dbt = types()
    assert of_dbt[0] != of_dbt[1]
    with kept_contexts():
        assert types() == of_dbt


def test_dbt_is_as_it_was_afterwards(tmp_path: Path) -> None:
    def parts() -> list[Any]:
        import dbt.cli.requires
        from dbt_common.events.base_types import BaseEvent

        return [
            *(Environment.compile, MacroNamespaceBuilder.build_namespace, EventManager.fire_event, BaseEvent.__init__),
            *(BaseEvent.__getattr__, vars(dbt.cli.requires)["generate_runtime_macro_context"]),
            Manifest.from_msgpack,
        ]

    before = parts()
    with less_overhead(manifest=tmp_path / "manifest"), kept_contexts():
        assert all(now is not then for now, then in zip(parts(), before, strict=True))
        assert render("{{ one }}") == "1"
    assert parts() == before
