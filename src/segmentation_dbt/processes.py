"""Processes that fit, beside the one that runs dbt, whose threads share one interpreter.

What a fit needs takes a second to import. `start` lets a server import it while this process imports dbt, and each fit
is a fork of that server. Where none was started, as in `dbt build`, fits are made in this process.
"""

from __future__ import annotations

import multiprocessing
import os
import pkgutil
import signal
import sys
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_FITTING = "segmentation_dbt.fitting"
# To fork is safe for what has no threads; elsewhere than on Linux libraries of the system may have some.
_CONTEXT = multiprocessing.get_context("forkserver") if sys.platform == "linux" else None
_is_started = False


class LostProcessError(RuntimeError):
    """A process ended without an answer."""


def start() -> None:
    """Start the server, if it can be: with a single processor nothing could be imported meanwhile."""
    global _is_started
    if _CONTEXT and (os.cpu_count() or 1) > 1:
        # There is none on Windows.
        from multiprocessing import forkserver

        _CONTEXT.set_forkserver_preload(["segmentation_dbt.preload"])
        # The folder for temporary files may have a path that is too long for a socket.
        with suppress(OSError):
            forkserver.ensure_running()
            _is_started = True


def apart(name: str, *arguments: Any) -> Any:
    """Return what a function of `segmentation_dbt.fitting` returns, called in a process of its own.

    Parameters
    ----------
    name : str
        Of the function: this process need not import it.
    *arguments
        Such as can be pickled.

    Raises
    ------
    LostProcessError
        If the process was killed.
    Exception
        What the function raises.
    """
    called = f"{_FITTING}:{name}"
    if not _CONTEXT or not _is_started:
        return pkgutil.resolve_name(called)(*arguments)
    receiver, sender = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=_answer, args=(sender, called, arguments))
    process.start()
    sender.close()
    with receiver:
        try:
            answer, error = receiver.recv()
        except EOFError:
            process.join()
            raise LostProcessError(
                f"The process of {name} was killed (exit code {process.exitcode}): perhaps memory was short."
            ) from None
    process.join()
    if error is not None:
        raise error
    return answer


def _answer(sender: Connection, called: str, arguments: tuple[Any, ...]) -> None:
    from joblib import parallel_config

    from segmentation.threads import one_thread

    # Who stops a build stops the process that shows it; the answer of this one is then for nobody.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    multiprocessing.set_start_method("fork", force=True)
    answer = error = None
    # Those that compare candidates are forks of this one; each has a processor, and so no other thread.
    with one_thread(), parallel_config("multiprocessing"):
        try:
            answer = pkgutil.resolve_name(called)(*arguments)
        except Exception as raised:
            raised.add_note(traceback.format_exc())
            error = raised
    try:
        sender.send((answer, error))
    except BrokenPipeError:
        # The process that asked has ended; this one says nothing of it on its way out.
        os._exit(1)
