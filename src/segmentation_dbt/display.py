"""Runs dbt build in this process and shows what it does: a few lines that move on a terminal, else plain ones."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt_common.events.functions import msg_to_dict
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Column, Table
from rich.text import Text

from segmentation_dbt.build import MANIFEST, TEMPLATES, target_of
from segmentation_dbt.dbt_overhead import less_overhead, manifest_at_the_end
from segmentation_dbt.progress import Event, Message, Progress, clock, plan_of

_STYLES = {"room": "dim", "text": "", "warning": "yellow", "failure": "red", "end": ""}
_SIGNS = {"warning": "Warning: ", "failure": "Failed: "}
# Events that are told apart by name; of the others only those that warn or fail are looked at.
_LOOKED_AT = {
    *("MainReportArgs", "ConcurrencyLine", "NodeStart", "NodeFinished", "LogNodeNoOpResult"),
    *("Note", "JinjaLogInfo", "PrintEvent", "RunResultError", "StatsLine"),
}
# dbt would take the level of the file from that of the console.
_LEVELS = ("--log-level", "none", "--log-level-file", "info")
_ROOMS_SHOWN = 4
# A narrow terminal has no room for it.
_WIDTH_OF_BAR = 80


def build(options: Sequence[str], console: Console | None = None) -> int:
    """Run dbt build and show what it does.

    Parameters
    ----------
    options : sequence of str
        Of dbt build.
    console : Console, optional
        Where to. Default: standard output.

    Returns
    -------
    int
        The exit code that dbt would have.
    """
    display = Display(console or Console(highlight=False, markup=False))
    target = target_of(options)
    with (
        less_overhead(target / TEMPLATES, target / MANIFEST, _LOOKED_AT),
        manifest_at_the_end(display.plan),
        display.live(),
    ):
        result = dbtRunner(callbacks=[display.receive]).invoke([*_LEVELS, "build", *options])
    # dbt keeps the warehouse open until the process ends, and DuckDB writes to the file when it is closed: who looks at
    # the file next has to find it as it stays.
    close_warehouse: Callable[[], None] = DuckDBConnectionManager.close_all_connections
    close_warehouse()
    display.close(result.exception)
    # As the command dbt has it.
    return 0 if result.success else 2 if result.exception else 1


class Display:
    """Draws the progress of a build.

    Parameters
    ----------
    console : Console
        Where to.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = Progress(time.monotonic())
        # Events come from all threads of dbt.
        self._lock = threading.Lock()

    @contextmanager
    def live(self) -> Iterator[None]:
        """Show the lines that move while a build runs, if somebody looks at a terminal."""
        if not self._console.is_interactive:
            yield
            return
        with Live(get_renderable=self._draw, console=self._console, refresh_per_second=4, transient=True):
            # Whoever kills the process keeps a cursor.
            self._console.show_cursor()
            yield

    def receive(self, message: Any) -> None:
        """Take an event of dbt."""
        name, level = message.info.name, message.info.level
        if name not in _LOOKED_AT and level not in {"warn", "error"}:
            return
        event = Event(name, level, message.info.msg, msg_to_dict(message)["data"])
        with self._lock:
            self._print(self._progress.handle(event, time.monotonic()))

    def plan(self, manifest: Manifest, target: Path) -> None:
        """Take what dbt has read of the project, and how long its nodes took when they were built last."""
        # As it is to be read: from where one is.
        shown = target.relative_to(Path.cwd()) if target.is_relative_to(Path.cwd()) else target
        nodes = {**manifest.nodes, **manifest.unit_tests, **manifest.exposures}
        with self._lock:
            self._progress.plan = plan_of(nodes, read_json(target / "run_results.json"), str(shown))

    def close(self, exception: BaseException | None) -> None:
        """Print the last lines."""
        with self._lock:
            self._print(self._progress.close(time.monotonic(), exception))

    def _print(self, messages: Sequence[Message]) -> None:
        for message in messages:
            text = _SIGNS.get(message.kind, "") + message.text
            # Lines are not cut: paths are to be copied, and logs to be searched.
            self._console.print(Text(text, style=_STYLES[message.kind]), soft_wrap=True)

    def _draw(self) -> RenderableType:
        now, progress = time.monotonic(), self._progress
        if progress.total is None:
            return Text(f"dbt starts and reads the project … {clock(now - progress.began)}", no_wrap=True)
        rooms = Table.grid(padding=(0, 2))
        rooms.add_column(no_wrap=True)
        rooms.add_column(justify="right", no_wrap=True)
        rooms.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
        # A copy: threads of dbt add rooms meanwhile.
        for room in [room for room in list(progress.rooms.values()) if room.ended is None][-_ROOMS_SHOWN:]:
            rooms.add_row(room.name, room.counted, room.note)
        left = progress.seconds_left(now)
        doing = ", ".join(list(progress.running.values())) if progress.done < progress.total else "publishing"
        counted = f"{progress.done} of {progress.total}  {clock(now - progress.began)}"
        counted += f", about {clock(left)} left" if left is not None else ""
        state = Table.grid(padding=(0, 2))
        state.add_column(no_wrap=True, min_width=len(counted))
        state.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
        cells: list[RenderableType] = [counted, doing]
        if self._console.width >= _WIDTH_OF_BAR:
            state.columns.insert(0, Column(width=20))
            cells.insert(0, ProgressBar(total=progress.total, completed=progress.done, width=20))
        state.add_row(*cells)
        return Group(rooms, state)


def read_json(path: Path) -> Mapping[str, Any]:
    """Return the content of a file; nothing if there is none, or half of one."""
    try:
        content: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content
