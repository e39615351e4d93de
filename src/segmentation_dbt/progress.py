"""What a build is doing, made of dbt's events: rooms with their nodes, messages when they happen, the time left.

A room is the folder of a model, such as staging/files; seeds and tests are rooms, too. Nothing here knows dbt or a
terminal: `display` gives the events and draws what comes of them.
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Literal

PACKAGE = "segmentation"
_UNIT_TESTS = "unit tests"
_ROOMS_OF_TYPES = {
    "seed": "seeds",
    "snapshot": "snapshots",
    "test": "tests",
    "unit_test": _UNIT_TESTS,
    "exposure": "exposures",
}
_ENDED = {"NodeFinished", "LogNodeNoOpResult"}
_SAID = {"Note", "JinjaLogInfo", "PrintEvent"}
# What these say was said when it happened, or is in the last line.
_REPEATED = {"EndOfRunSummary", "RunResultWarning", "RunResultFailure", "RunResultErrorNoMessage", "LogCancelLine"}
_FAILED = {"error", "fail", "runtime error", "partial success"}
# Lines of one message; the log has all.
LINES_SHOWN = 40
# Share of the work, by the times of the last build, from which the time that is left can be told.
_KNOWN_SHARE = 0.1


@dataclass(frozen=True)
class Event:
    """An event of dbt, with its fields as a dictionary."""

    name: str
    level: str
    message: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Message:
    """Lines that stay on the screen, and what they are."""

    kind: Literal["room", "text", "warning", "failure", "end"]
    text: str


@dataclass(frozen=True)
class PlannedNode:
    """A node that may be built.

    Parameters
    ----------
    room : str
        Where it is counted.
    file : str
        Path of its source, from the project's root.
    description : str
        What a test proves.
    compiled : str
        Path of its compiled SQL.
    seconds : float or None
        That it took in the last build.
    """

    room: str
    file: str
    description: str = ""
    compiled: str = ""
    seconds: float | None = None


@dataclass
class Room:
    """What has become of the nodes of a room."""

    name: str
    total: int | None
    began: float
    done: int = 0
    failed: int = 0
    skipped: int = 0
    last_done: float | None = None
    ended: float | None = None
    note: str = ""

    @property
    def counted(self) -> str:
        """How many of its nodes were built, and what became of the others."""
        built = f"{self.done - self.failed - self.skipped}" + ("" if self.total is None else f" of {self.total}")
        others = ((self.failed, "failed"), (self.skipped, "skipped"))
        return ", ".join([built, *(f"{number} {word}" for number, word in others if number)])

    @property
    def is_shown(self) -> bool:
        """Whether it has a line of its own when it is done: not where nothing was run."""
        return self.done > self.skipped and self.name != _ROOMS_OF_TYPES["exposure"]


@dataclass
class Progress:
    """What a build is doing.

    Parameters
    ----------
    began : float
        Second of a clock, by which `handle` is called, too.
    """

    began: float
    plan: dict[str, PlannedNode] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    running: dict[str, str] = field(default_factory=dict)
    total: int | None = None
    log: str = "logs/dbt.log"
    _totals: Counter[str] = field(default_factory=Counter)
    _expected: set[str] = field(default_factory=set)
    _ended: set[str] = field(default_factory=set)
    _told: set[str] = field(default_factory=set)
    _stats: Mapping[str, int] = field(default_factory=dict)
    _nodes_began: float = 0.0
    _is_summed_up: bool = False

    @property
    def done(self) -> int:
        """How many nodes are done."""
        return len(self._ended)

    def handle(self, event: Event, now: float) -> list[Message]:
        """Take in an event at a second; return what is to be said of it."""
        data = event.data
        if event.name == "MainReportArgs":
            self.log = str(Path(data.get("args", {}).get("log_path", "logs")) / "dbt.log")
        elif event.name == "ConcurrencyLine":
            self._expect(int(data.get("node_count", 0)), now)
        elif event.name == "NodeStart":
            self._start(data["node_info"], now)
        elif event.name in _ENDED:
            return list(self._end(data, now))
        elif event.name == "StatsLine":
            self._stats = data.get("stats", {})
        elif event.name in _SAID:
            return self._say(event, now)
        elif event.name == "RunResultError":
            # Of a hook: nodes have said so themselves.
            return self._fail_once(_node_of(data), event.message)
        elif event.name == "MainEncounteredError":
            return self._fail_once("", data.get("exc", ""))
        elif event.name == "MainStackTrace" and "KeyboardInterrupt" in event.message:
            return []
        elif event.name not in _REPEATED and not _node_of(data):
            if event.level == "error":
                return self._fail_once("", event.message)
            if event.level == "warn":
                return [Message("warning", readable(event.message))]
        return []

    def close(self, now: float, exception: BaseException | None = None) -> list[Message]:
        """Return the last lines, after dbt has ended, perhaps by an exception."""
        messages = self._describe_rest(now)
        if isinstance(exception, KeyboardInterrupt):
            messages.append(Message("failure", "Stopped."))
        elif exception is not None:
            messages += self._fail_once("", str(exception))
        stats = ((self._stats.get(key), word) for key, word in _WORDS)
        counted = ", ".join(f"{number:,} {word}" for number, word in stats if number)
        said = f"{counted} in {clock(now - self.began)}. " if counted else ""
        messages.append(Message("end", f"{said}The whole log is in {self.log}."))
        return messages

    def seconds_left(self, now: float) -> float | None:
        """Return how long the rest will take by the times of the last build; None where they don't say it."""
        rest = [self.plan[key].seconds for key in self._expected - self._ended]
        past = [self.plan[key].seconds for key in self._expected & self._ended]
        if not self._expected or any(seconds is None for seconds in rest):
            return None
        todo, done = sum(filter(None, rest)), sum(filter(None, past))
        if done < _KNOWN_SHARE * (todo + done) or not done:
            return None
        return (now - self._nodes_began) * todo / done

    def _expect(self, node_count: int, now: float) -> None:
        """Take the number of nodes; where it is that of the plan, the build is whole and rooms have known sizes."""
        self.total, self._nodes_began = node_count or None, now
        # dbt does not count unit tests, and may run them all the same.
        counted = {key for key, node in self.plan.items() if node.room != _UNIT_TESTS}
        self._expected = counted if len(counted) == node_count else set()
        self._totals = Counter(self.plan[key].room for key in self._expected)

    def _expect_unit_tests(self) -> None:
        """Take the unit tests for part of the build, now that one of them runs."""
        unit_tests = {key for key, node in self.plan.items() if node.room == _UNIT_TESTS}
        if self._expected and self.total and not unit_tests <= self._expected:
            self._expected |= unit_tests
            self.total += len(unit_tests)
            self._totals[_UNIT_TESTS] = len(unit_tests)

    def _start(self, node: Mapping[str, Any], now: float) -> None:
        self.running[node["unique_id"]] = node["node_name"]
        if node["resource_type"] == "unit_test":
            self._expect_unit_tests()
        self._room(node, now)

    def _end(self, data: Mapping[str, Any], now: float) -> Iterator[Message]:
        node, result = data["node_info"], data.get("run_result", {})
        key, status = node["unique_id"], result.get("status", "no-op")
        self.running.pop(key, None)
        if key in self._ended:
            return
        self._ended.add(key)
        room = self._room(node, now)
        room.done, room.last_done = room.done + 1, now
        room.failed += status in _FAILED
        room.skipped += status == "skipped"
        if status in _FAILED or status == "warn":
            self._told.add(key)
            yield self._result(node, result, "warning" if status == "warn" else "failure")
        if room.done == room.total:
            room.ended = now
            if room.is_shown:
                yield self._describe(room, now)

    def _room(self, node: Mapping[str, Any], now: float) -> Room:
        planned = self.plan.get(node["unique_id"])
        name = planned.room if planned else room_of(node["unique_id"], node["resource_type"], node["node_path"])
        return self.rooms.setdefault(name, Room(name, self._totals[name] or None, now))

    def _describe_rest(self, now: float) -> list[Message]:
        """Write the lines of the rooms that have none yet: in a build of a part nobody knows when a room is done."""
        rest = [room for room in self.rooms.values() if room.ended is None and room.is_shown]
        for room in rest:
            room.ended = room.last_done
        return [self._describe(room, now) for room in rest]

    def _describe(self, room: Room, now: float) -> Message:
        """Write the line of a room, as it stays when it is done."""
        took = clock((room.ended or now) - room.began)
        return Message("room", f"{room.name:24} {room.counted:>10}  {took:>5}  {room.note}".rstrip())

    def _result(
        self, node: Mapping[str, Any], result: Mapping[str, Any], kind: Literal["warning", "failure"]
    ) -> Message:
        """Say what went wrong in a node: where, what, and for a test what it proves and how to see the rows."""
        planned = self.plan.get(node["unique_id"])
        file = planned.file if planned else node["node_path"]
        lines = [f"{node['resource_type'].replace('_', ' ')} {node['node_name']} ({file})"]
        if planned and planned.description:
            lines += [f"  {line}" for line in textwrap.wrap(" ".join(planned.description.split()), 110)]
        lines += [f"  {line}" for line in readable(result.get("message") or "", self.log).splitlines()]
        if planned and planned.compiled and node["resource_type"] == "test" and result.get("status") != "error":
            lines.append(f"  Its query shows what is wrong: {planned.compiled}")
        return Message(kind, "\n".join(lines))

    def _say(self, event: Event, now: float) -> list[Message]:
        """Pass on what a macro said: beside its room if it was a model's, else as a line."""
        if event.level == "debug":
            return []
        key = _node_of(event.data)
        if key in self.running:
            self._room(event.data["node_info"], self.began).note = event.message.strip()
            return []
        # What is said when all nodes are done is the summary.
        begins = not self._is_summed_up and self.total is not None and self.done >= self.total
        self._is_summed_up |= begins
        before = [*self._describe_rest(now), Message("text", "")] if begins else []
        return [*before, Message("text", event.message)]

    def _fail_once(self, key: str, message: str) -> list[Message]:
        text = readable(message, self.log)
        if (key and key in self._told) or text in self._told or not text:
            return []
        self._told |= {key, text} - {""}
        return [Message("failure", text)]


_WORDS = (("pass", "passed"), ("warn", "with a warning"), ("error", "failed"), ("skip", "skipped"))


def _node_of(data: Mapping[str, Any]) -> str:
    """Return the id of the node that an event is about; '' if it is about none."""
    return str(data.get("node_info", {}).get("unique_id", ""))


def room_of(unique_id: str, resource_type: str, path: str) -> str:
    """Return the room of a node: the folder of a model, else what it is; of another package with its name."""
    package = unique_id.split(".")[1]
    name = _ROOMS_OF_TYPES.get(resource_type) or str(PurePosixPath(path).parent).removeprefix(".")
    return name if package == PACKAGE else f"{package}: {name or 'models'}"


def plan_of(nodes: Mapping[str, Any], results: Mapping[str, Any], target: str) -> dict[str, PlannedNode]:
    """Return what a build of everything has.

    Parameters
    ----------
    nodes : mapping
        Nodes, unit tests and exposures of dbt's manifest, by their unique_id.
    results : mapping
        Content of run_results.json of the last build; empty if there was none.
    target : str
        dbt's folder of these.
    """
    took = {result["unique_id"]: float(result["execution_time"]) for result in results.get("results", [])}
    plan = {}
    for key, node in nodes.items():
        kind = str(node.resource_type)
        if kind not in {"model", *_ROOMS_OF_TYPES} or getattr(node.config, "materialized", "") == "ephemeral":
            continue
        file, path = node.original_file_path, node.path
        # As dbt names it: a generic test is in a folder that has the name of its file.
        inside = file if PurePosixPath(file).name == PurePosixPath(path).name else f"{file}/{path}"
        plan[key] = PlannedNode(
            room_of(key, kind, path),
            file,
            node.description if kind.endswith("test") else "",
            f"{target}/compiled/{node.package_name}/{inside}",
            took.get(key),
        )
    return plan


def readable(message: str, log: str = "") -> str:
    """Return a message without colours, the macros that raised it and the frames of a traceback but the last."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", message)
    lines = [line.rstrip() for line in text.splitlines() if not re.match(r"\s*> (in|called by) ", line)]
    # The heading is said already.
    if lines and re.match(r"\s*\w+ Error in \S+ \S+ \(.*\)$", lines[0]):
        lines = lines[1:]
    lines = textwrap.dedent("\n".join(lines)).strip("\n").splitlines()
    lines = [line for line, before in zip(lines, [None, *lines], strict=False) if line or before]
    if any(line.startswith("Traceback (most recent call last)") for line in lines):
        begins = next(n for n, line in enumerate(lines) if line.startswith("Traceback"))
        # An exception that was raised while another one was handled has a traceback of its own: the last one counts.
        last = max(n for n, line in enumerate(lines) if line.lstrip().startswith("File "))
        lines = [*lines[:begins], *lines[last:], *([f"The whole traceback is in {log}."] if log else [])]
    if len(lines) > LINES_SHOWN:
        lines = [*lines[:LINES_SHOWN], f"… and {len(lines) - LINES_SHOWN} more lines{f' in {log}' if log else ''}"]
    return "\n".join(lines)


def clock(seconds: float) -> str:
    """Write a duration, such as 0:07, 12:30 or 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
