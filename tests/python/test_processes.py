"""Fits in processes of their own give what they give in this one; what goes wrong there is told here."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import PROJECT

from segmentation.candidates import Effort, evaluate_candidates
from segmentation_dbt import processes
from segmentation_dbt.processes import LostProcessError, apart

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere fits are made in the process of the build")


@pytest.fixture(scope="module")
def server() -> Iterator[None]:
    """The server that fits are forks of."""
    processes.start()
    yield
    processes._is_started = False
    server: Any = forkserver._forkserver
    server._stop()


@pytest.fixture
def functions_of(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Have functions of another module called in place of those that fit."""
    return lambda module: monkeypatch.setattr(processes, "_FITTING", module)


@ON_LINUX
@pytest.mark.usefixtures("server")
def test_what_a_fit_needs_was_imported_before(functions_of: Any) -> None:
    functions_of("builtins")
    imported, process = apart(
        "eval", "'segmentation.candidates' in __import__('sys').modules, __import__('os').getpid()"
    )
    assert imported
    assert process != os.getpid()


@ON_LINUX
@pytest.mark.usefixtures("server")
def test_a_comparison_is_the_same_there() -> None:
    points = np.random.default_rng(1).normal(size=(1_200, 3)) + np.repeat(
        [[0, 0, 0], [4, 0, 0], [0, 5, 0]], 400, axis=0
    )
    tiny = Effort(1_000, 200, 200, resamples=4, permutations=2, references=2)
    arguments = (points, 42, range(2, 5), tiny, "kmeans", 0)
    here = evaluate_candidates(*arguments, 1)
    assert here.candidates
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processes, "_FITTING", "segmentation.candidates")
        assert apart("evaluate_candidates", *arguments, 2) == here


@ON_LINUX
@pytest.mark.usefixtures("server")
def test_an_error_is_raised_here_and_says_where_it_came_from(functions_of: Any) -> None:
    functions_of("statistics")
    with pytest.raises(ValueError, match="at least one data point") as raised:
        apart("mean", [])
    assert "statistics.py" in raised.value.__notes__[0]


@ON_LINUX
@pytest.mark.usefixtures("server")
def test_a_process_that_is_killed_is_told(functions_of: Any) -> None:
    functions_of("signal")
    with pytest.raises(LostProcessError, match=r"process of raise_signal was killed \(exit code -9\): perhaps memory"):
        apart("raise_signal", signal.SIGKILL)


def test_without_a_server_a_fit_is_made_here(functions_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_is_started", False)
    functions_of("os")
    assert apart("getpid") == os.getpid()


@ON_LINUX
def test_where_no_server_can_be_started_fits_are_made_here(tmp_path: Path) -> None:
    script = """
import os
from segmentation_dbt import processes
processes.start()
processes._FITTING = "os"
assert processes.apart("getpid") == os.getpid()
"""
    deep = tmp_path / ("folder" * 20)
    deep.mkdir()
    subprocess.run([sys.executable, "-c", script], check=True, env=os.environ | {"TMPDIR": str(deep)})


def test_nothing_else_of_a_build_imports_what_only_fits_need() -> None:
    script = """
import runpy, sys
for model in sys.argv[1:]:
    runpy.run_path(model)
found = {"sklearn", "scipy.stats"} & set(sys.modules)
sys.exit(f"{found} were imported" if found else 0)
"""
    models = map(str, (PROJECT / "python_models").rglob("*.py"))
    subprocess.run([sys.executable, "-c", script, *models], check=True)


def test_a_library_that_is_imported_later_has_one_thread_too() -> None:
    script = """
from segmentation.threads import one_thread
from threadpoolctl import threadpool_info
with one_thread():
    pass
before = len(threadpool_info())
import sklearn.cluster
with one_thread():
    found = [library["num_threads"] for library in threadpool_info()]
assert len(found) > before, "it brought no library"
assert found == [1] * len(found), found
"""
    subprocess.run([sys.executable, "-c", script], check=True, env=os.environ | dict.fromkeys(THREADS, "2"))
