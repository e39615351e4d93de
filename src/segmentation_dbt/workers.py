"""Processes that compare candidates of the model, ready when they are needed."""

from __future__ import annotations

import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from joblib import Parallel, delayed

WORKERS = min(2, os.cpu_count() or 1)
"""How many there are: each needs 150 MB, and two compare what there is in a few seconds."""


def start_workers() -> threading.Thread:
    """Start the processes that joblib gives to whoever asks next, and let them import what they need.

    That takes them two seconds. While this process imports dbt, a second core has nothing else to do.

    Returns
    -------
    Thread
        That waits for them. With a single core there are none.
    """
    thread = threading.Thread(target=_start if WORKERS > 1 else None, name="workers", daemon=True)
    thread.start()
    return thread


def _start() -> None:
    # Where they can't start, whoever needs them is told.
    with suppress(Exception):
        Parallel(WORKERS, batch_size=1, pre_dispatch="all")([delayed(_load)()] * WORKERS)


def _load() -> None:
    # Who stops a build stops the process that shows it, which ends these; they need not show where they were.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with ThreadPoolExecutor(1) as thread:
        thread.submit(_import).result()


def _import() -> None:
    # The process that imports dbt meanwhile goes first. Linux gives each thread a priority of its own, and this thread
    # ends with the import: candidates are compared with the ordinary one.
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)
    import segmentation.candidates  # noqa: F401
