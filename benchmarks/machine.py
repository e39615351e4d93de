"""What a measurement depends on: the machine and the versions."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

from benchmarks.measure import GIB

_PACKAGES = ("dbt-core", "dbt-duckdb", "duckdb", "numpy", "pandas", "polars", "scikit-learn", "scipy")


def describe_machine() -> dict[str, str]:
    """Return processor, cores, memory and operating system, as people write them."""
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{memory_gib():.0f} GiB",
        "system": _system(),
    }


def describe_versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that do the work."""
    return {"Python": platform.python_version()} | {name: version(name) for name in _PACKAGES}


def memory_gib() -> float:
    """Return the memory of the machine."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    named = [line for line in cpuinfo.read_text().splitlines() if "model name" in line] if cpuinfo.exists() else []
    return named[0].partition(":")[2].strip() if named else platform.processor() or platform.machine()


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.platform(terse=True)
