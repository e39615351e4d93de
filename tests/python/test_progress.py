"""What a build shows while it runs, by events of dbt that were recorded; and what it does with dbt's exit."""

from __future__ import annotations

import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import PROJECT
from rich.console import Console

from segmentation_dbt import build, display
from segmentation_dbt.progress import Event, Message, PlannedNode, Progress, clock, plan_of, readable, room_of

RECORDED = [json.loads(line) for line in (PROJECT / "tests/python/fixtures/build_events.jsonl").open(encoding="utf-8")]
MODELS = (
    *("python_models/staging/files/base_invoice_files.py", "models/staging/files/base_file_rows.sql"),
    *("models/staging/files/stg_files.sql", "models/intermediate/customers/int_rfm_scores.sql"),
    *("python_models/intermediate/history/int_segment_history.py", "models/marts/segments/segment_history.sql"),
    "models/intermediate/history/int_segment_changes.sql",
)
# In the last build each node took so many seconds.
RESULTS = {"results": [{"unique_id": "model.segmentation.int_rfm_scores", "execution_time": 2.0}]}


def node(kind: str, file: str, materialized: str = "table", **more: Any) -> dict[str, SimpleNamespace]:
    folder = {"model": 1, "seed": 1, "test": 1}.get(kind, 0)
    described = {
        "resource_type": kind,
        "original_file_path": file,
        "path": "/".join(Path(file).parts[folder:]),
        "package_name": "segmentation",
        "description": "",
        "config": SimpleNamespace(materialized=materialized),
        **more,
    }
    return {f"{kind}.segmentation.{Path(file).stem}": SimpleNamespace(**described)}


def nodes() -> dict[str, SimpleNamespace]:
    found = node("seed", "seeds/claim_words.csv")
    for file in MODELS:
        found |= node("model", file)
    found |= node("test", "tests/it_fails.sql", description="Scores\n  add up.") | node("test", "tests/it_warns.sql")
    found |= node("analysis", "analyses/who.sql") | node("operation", "hooks/end.sql")
    found |= node("model", "models/staging/inline.sql", materialized="ephemeral")
    found["exposure.segmentation.dashboard"] = next(iter(node("exposure", "models/exposures.yml").values()))
    return found | node("unit_test", "models/a.yml", path="a.yml")


def replay(progress: Progress, until: str = "") -> list[Message]:
    said = []
    for recorded in RECORDED:
        event = Event(recorded["name"], recorded["level"], recorded["message"], recorded["data"])
        said += progress.handle(event, recorded["second"])
        if until and until in recorded["message"]:
            break
    return said


def planned() -> Progress:
    return Progress(0.0, plan_of(nodes(), RESULTS, "target"))


def test_rooms_are_counted_and_messages_come_when_they_happen() -> None:
    progress = planned()
    said = [(message.kind, message.text) for message in [*replay(progress), *progress.close(100.0)]]
    assert said == [
        ("room", "seeds                        1 of 1   0:01"),
        (
            "failure",
            "model stg_files (models/staging/files/stg_files.sql)\n"
            "  It is not clear whether the day or the month is first in the dates of:\n"
            "    exports/january.csv: 1/2/2024\n"
            "  Say it: --vars '{date_order: dmy}' where the day is first, mdy where the month does.",
        ),
        ("room", "staging/files            2 of 3, 1 failed   0:11  read 1 file, 64,653 lines"),
        ("room", "intermediate/customers       1 of 1   0:00"),
        (
            "failure",
            "test it_fails (tests/it_fails.sql)\n  Scores add up.\n  Got 3 results, configured to fail if != 0\n"
            "  Its query shows what is wrong: target/compiled/segmentation/tests/it_fails.sql",
        ),
        (
            "warning",
            "test it_warns (tests/it_warns.sql)\n  Got 3 results, configured to warn if != 0\n"
            "  Its query shows what is wrong: target/compiled/segmentation/tests/it_warns.sql",
        ),
        ("room", "tests                    1 of 2, 1 failed   0:00"),
        (
            "failure",
            "model int_segment_history (python_models/intermediate/history/int_segment_history.py)\n"
            '  Python model failed:\n    File "/tmp/model.py", line 28, in model\n      {}["missing"]\n'
            "      ~~^^^^^^^^^^^\n  KeyError: 'missing'\n  The whole traceback is in logs/dbt.log.",
        ),
        ("room", "intermediate/history     0 of 2, 1 failed, 1 skipped   0:00"),
        ("text", ""),
        ("text", "published   nothing: 2 nodes and tests failed (it_fails, int_segment_history), 39 skipped"),
        ("text", "            nothing before, either"),
        (
            "end",
            "282 passed, 1 with a warning, 2 failed, 39 skipped in 1:40. The whole log is in logs/dbt.log.",
        ),
    ]


def test_of_a_part_rooms_have_no_size() -> None:
    progress = Progress(
        0.0, plan_of(nodes(), RESULTS, "target") | {"model.segmentation.not_selected": PlannedNode("marts", "x")}
    )
    said = replay(progress)
    kinds = [message.kind for message in said]
    # Nobody knows when a room is done, until all are; then come the rooms, and the summary.
    assert kinds.index("room") == kinds.index("text") - kinds.count("room")
    assert "Its query shows what is wrong: target/compiled" in next(m.text for m in said if "it_fails" in m.text)
    assert Message("room", "staging/files            2, 1 failed   0:11  read 1 file, 64,653 lines") in said
    assert progress.seconds_left(100.0) is None


def test_unit_tests_are_counted_where_they_run() -> None:
    progress = planned()
    progress.handle(Event("ConcurrencyLine", "info", "", {"node_count": 11}), 0.0)
    assert progress.total == 11
    started = {
        "unique_id": "unit_test.segmentation.a",
        "node_name": "a",
        "resource_type": "unit_test",
        "node_path": "a.yml",
    }
    for _ in range(2):
        progress.handle(Event("NodeStart", "debug", "", {"node_info": started}), 0.0)
        assert progress.total == 12
    assert progress.rooms["unit tests"].counted == "0 of 1"


def test_the_time_left_is_told_by_the_last_build() -> None:
    results = [{"unique_id": key, "execution_time": 2.0} for key in planned().plan]
    progress = Progress(0.0, plan_of(nodes(), {"results": results}, "target"))
    replay(progress, "Finished running node seed.segmentation.claim_words")
    # One of eleven nodes is too little to tell by.
    assert progress.seconds_left(34.77) is None
    progress = Progress(0.0, plan_of(nodes(), {"results": results}, "target"))
    replay(progress, "Finished running node model.segmentation.base_invoice_files")
    assert progress.seconds_left(33.77 + 20) == pytest.approx(20 * 9 / 2)
    # A node that is new took nobody knows how long.
    new = Progress(0.0, plan_of(nodes(), {"results": results[:-2]}, "target"))
    replay(new, "Finished running node model.segmentation.base_invoice_files")
    assert new.seconds_left(53.77) is None


@pytest.mark.parametrize(
    ("unique_id", "kind", "path", "room"),
    [
        ("model.segmentation.x", "model", "intermediate/ledger/x.sql", "intermediate/ledger"),
        ("model.segmentation.x", "model", "marts/x.sql", "marts"),
        ("unit_test.segmentation.x.y", "unit_test", "x.yml", "unit tests"),
        ("model.shop.sold_items", "model", "sold_items.sql", "shop: models"),
        ("test.shop.x", "test", "x.sql", "shop: tests"),
    ],
)
def test_a_room_is_a_folder_or_a_kind(unique_id: str, kind: str, path: str, room: str) -> None:
    assert room_of(unique_id, kind, path) == room


def test_a_message_is_readable() -> None:
    assert readable(
        "\x1b[31mRuntime Error in hook x (a.sql)\n  Full.\x1b[0m\n\n\n  Make room.\n\n  > in macro a (b)"
    ) == ("Full.\n\nMake room.")
    long = readable("\n".join(map(str, range(100))), "dbt.log")
    assert long.splitlines()[-1] == "… and 60 more lines in dbt.log"
    assert [clock(seconds) for seconds in (7.4, 59.6, 750, 3723)] == ["0:07", "1:00", "12:30", "1:02:03"]


def test_what_keeps_dbt_from_beginning_is_said_once() -> None:
    progress = Progress(0.0)
    exc = "Runtime Error\n  It is locked."
    event = Event("MainEncounteredError", "error", f"Encountered an error:\n{exc}", {"exc": exc})
    assert progress.handle(event, 1.0) == [Message("failure", "Runtime Error\n  It is locked.")]
    assert [m.kind for m in progress.close(1.0, RuntimeError("Runtime Error\n  It is locked."))] == ["end"]
    assert progress.close(1.0, RuntimeError("No such option: --x"))[0] == Message("failure", "No such option: --x")
    assert progress.close(1.0, KeyboardInterrupt())[0] == Message("failure", "Stopped.")
    for name, message in (("MainEncounteredError", "Encountered an error:\n"), ("LogCancelLine", "CANCEL query x")):
        assert progress.handle(Event(name, "error", message, {"exc": ""}), 1.0) == []
    interrupted = "Traceback (most recent call last):\n  File 'x', line 1\nKeyboardInterrupt"
    assert progress.handle(Event("MainStackTrace", "error", interrupted, {}), 1.0) == []
    warning = Event("UnusedResourceConfigPath", "warn", "[WARNING]: Nobody uses it.", {})
    assert progress.handle(warning, 1.0) == [Message("warning", "[WARNING]: Nobody uses it.")]


def shown(monkeypatch: pytest.MonkeyPatch, outcome: tuple[bool, BaseException | None], **terminal: Any) -> Any:
    """Return what a build prints whose events are the recorded ones, and its exit code."""

    class Runner:
        def __init__(self, callbacks: list[Any]) -> None:
            self._receive = callbacks[0]

        def invoke(self, arguments: list[str]) -> SimpleNamespace:
            # The file has a level of its own: dbt would give it that of the console.
            assert arguments == ["--log-level", "none", "--log-level-file", "info", "build", "--threads", "1"]
            for recorded in RECORDED:
                info = SimpleNamespace(name=recorded["name"], level=recorded["level"], msg=recorded["message"])
                self._receive(SimpleNamespace(info=info, data=recorded["data"]))
            return SimpleNamespace(success=outcome[0], exception=outcome[1])

    monkeypatch.setattr(display, "dbtRunner", Runner)
    monkeypatch.setattr(display, "msg_to_dict", lambda message: {"data": message.data})
    output = io.StringIO()
    console = Console(file=output, markup=False, highlight=False, **terminal)
    return display.build(["--threads", "1"], console), output.getvalue()


def test_without_a_terminal_lines_are_plain_and_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    code, output = shown(monkeypatch, (False, None), width=30)
    assert code == 1
    assert "\x1b" not in output
    assert "Failed: test it_fails (it_fails.sql)\n" in output
    assert "\npublished   nothing: 2 nodes and tests failed (it_fails, int_segment_history), 39 skipped\n" in output
    assert len(output.splitlines()) < 40


def test_on_a_terminal_lines_move_and_the_cursor_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    code, output = shown(monkeypatch, (True, None), width=60, force_terminal=True, force_interactive=True)
    assert code == 0
    assert output.rindex("\x1b[?25h") > output.rindex("\x1b[?25l")
    assert "\x1b[31mFailed: test it_fails" in output
    monkeypatch.setenv("NO_COLOR", "1")
    _, output = shown(monkeypatch, (True, None), width=60, force_terminal=True, force_interactive=True)
    assert "\x1b[31m" not in output


def test_the_exit_code_is_that_of_dbt(monkeypatch: pytest.MonkeyPatch) -> None:
    for outcome, code in (((True, None), 0), ((False, None), 1), ((False, RuntimeError("x")), 2)):
        assert shown(monkeypatch, outcome)[0] == code


@pytest.mark.parametrize(
    ("options", "variables", "is_log"),
    [
        ([], {}, False),
        (["--threads", "1"], {"DBT_TARGET_PATH": "x"}, False),
        ([], {"VERBOSE": "1"}, True),
        ([], {"DBT_LOG_FORMAT": "json"}, True),
        (["--log-level=debug"], {}, True),
        (["--quiet"], {}, True),
    ],
)
def test_who_asks_for_dbts_log_gets_it(
    monkeypatch: pytest.MonkeyPatch, options: list[str], variables: dict[str, str], is_log: bool
) -> None:
    for name in ("VERBOSE", "DBT_LOG_LEVEL", "DBT_LOG_FORMAT", "DBT_QUIET", "DBT_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(display, "build", lambda given: 7 if given == options else 8)
    ran = SimpleNamespace(returncode=9)
    monkeypatch.setattr("subprocess.run", lambda *_, **__: ran)
    assert build.run_dbt(options) == (9 if is_log else 7)
