"""How a command of the project is started: `python -m …` ends quietly when nobody reads what it prints."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import Any, NoReturn


class _Patient(io.FileIO):
    """A stream whose reader may go away, as `head` does: what is written after that goes nowhere."""

    def write(self, data: Any) -> int:
        """Write bytes, to nobody if need be."""
        try:
            return super().write(data)
        except BrokenPipeError:
            return len(data)


def run(main: Callable[[], int | None]) -> NoReturn:
    """Do what a command does, all of it, even if whoever reads what it prints has seen enough.

    Parameters
    ----------
    main : callable
        Returns the exit code, or nothing for 0.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        # None where it was closed by who started the command.
        if stream is not None:
            writer = io.BufferedWriter(_Patient(stream.fileno(), "wb", closefd=False))
            by_line = stream.line_buffering or stream.write_through
            setattr(sys, name, io.TextIOWrapper(writer, stream.encoding, stream.errors, line_buffering=by_line))
    sys.exit(main())
