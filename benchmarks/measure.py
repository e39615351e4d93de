"""Wall time, processor time and peak memory of a command with all processes that it starts."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

GIB = 2**30
_PAUSE = 0.1
_PAGE = os.sysconf("SC_PAGE_SIZE")
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Cost:
    """What a command took.

    Attributes
    ----------
    seconds : float
        From its start to its end.
    cpu_seconds : float
        Of all its processes, in user and in system mode.
    peak_gib : float
        Most memory at a time: the resident memory of all its processes together, looked at ten times a second, or of
        the largest one as the kernel counts it where that is more. What processes share counts once for each. Without
        /proc it is that of the largest process.
    exit_code : int
    printed : str
        Its output, errors among it.
    stopped : bool
        Whether it was killed because it took more memory than it may.
    """

    seconds: float
    cpu_seconds: float
    peak_gib: float
    exit_code: int
    printed: str
    stopped: bool


def measure(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str] | None = None,
    stop_above_gib: float | None = None,
) -> Cost:
    """Run a command to its end and say what it took.

    Parameters
    ----------
    command : sequence of str
    folder : Path
        To run it in.
    environment : mapping of str to str, optional
        What it is told besides the environment of this process.
    stop_above_gib : float, optional
        Kill it when its processes together hold more memory.
    """
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        # A session of its own: by it its processes are known.
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=os.environ | dict(environment or {}),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        watch = _Watch(process.pid, stop_above_gib)
        watch.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            # Ctrl-C does not reach another session.
            os.killpg(process.pid, signal.SIGKILL)
            raise
        seconds = time.perf_counter() - began
        watch.end()
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        printed = output.read().decode(errors="replace")
    # The kernel's own figure of a child begins with what this process holds: it is only taken where nothing was seen.
    peak = watch.peak or usage.ru_maxrss * _MAXRSS_UNIT
    cpu_seconds = usage.ru_utime + usage.ru_stime
    return Cost(seconds, cpu_seconds, peak / GIB, process.returncode, printed, watch.stopped)


class _Watch(threading.Thread):
    """Looks at the memory of a session's processes again and again."""

    def __init__(self, session: int, stop_above_gib: float | None) -> None:
        super().__init__(daemon=True)
        self._session = session
        self._limit = float("inf") if stop_above_gib is None else stop_above_gib * GIB
        self._ended = threading.Event()
        self.peak = 0
        self.stopped = False

    def run(self) -> None:
        while not self._ended.wait(_PAUSE):
            memory, largest = session_memory(self._session)
            self.peak = max(self.peak, memory, largest)
            if memory > self._limit and not self._ended.is_set():
                self.stopped = True
                os.killpg(self._session, signal.SIGKILL)
                return

    def end(self) -> None:
        self._ended.set()
        self.join()


def session_memory(session: int) -> tuple[int, int]:
    """Return the resident memory of all processes of a session, and the most that one of them ever had, in bytes.

    Both are 0 if there is no /proc.

    Parameters
    ----------
    session : int
        Its number, that of its first process.
    """
    memory, largest = 0, 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            # Behind the name of the program, which may hold anything.
            fields = (process / "stat").read_text(errors="replace").rpartition(")")[2].split()
            if int(fields[3]) != session:
                continue
            memory += int(fields[21]) * _PAGE
            most = re.search(r"VmHWM:\s+(\d+) kB", (process / "status").read_text(errors="replace"))
        except OSError:
            # It has ended.
            continue
        largest = max(largest, int(most[1]) * 1024 if most else 0)
    return memory, largest
