"""Runs dbt again and again without loading it again: one process loads it, and each run is a fork of that.

Reads requests from standard input, one a line: arguments, a folder, an environment, a file for what is printed, and the
seconds after which the run is killed (null for never). Answers each with the exit code, that of a killed one is -9.
Loading takes four seconds of every build otherwise.
"""

import contextlib
import json
import os
import signal
import sys
import time

import dbt.adapters.duckdb
import dbt.cli.main
import dbt_common.invocation
import pandas
import pyarrow
import scipy.spatial
import sklearn.cluster
import sklearn.isotonic
import sklearn.mixture
import sklearn.neighbors

LOADED = (
    dbt.adapters.duckdb,
    pandas,
    pyarrow,
    scipy.spatial,
    sklearn.cluster,
    sklearn.isotonic,
    sklearn.mixture,
    sklearn.neighbors,
)


def run(arguments: list[str], folder: str, environment: dict[str, str], output: str) -> None:
    """Run dbt in this process, and end it."""
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


def wait(child: int, kill_after: float | None) -> int:
    """Return the exit code of a run; kill it when its time is over."""
    if kill_after is not None:
        deadline = time.monotonic() + kill_after
        while time.monotonic() < deadline:
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
    for line in sys.stdin:
        request = json.loads(line)
        kill_after = request.pop("kill_after")
        if (child := os.fork()) == 0:
            run(**request)
        print(wait(child, kill_after), flush=True)


if __name__ == "__main__":
    main()
