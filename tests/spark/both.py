"""Builds on DuckDB and on Spark that tests compare."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Builds:
    """What was built: the marts of each step, by both, as Parquet files; and what was printed."""

    marts: Path
    output: str


def build_both(folder: Path, steps: list[dict[str, Any]], environment: Mapping[str, str] | None = None) -> Builds:
    """Make the steps in a process of its own, because a session of Spark ends with its process."""
    script = Path(__file__).parent / "builds.py"
    command = [sys.executable, str(script), str(folder), json.dumps(steps)]
    run = subprocess.run(
        command,
        env=os.environ | (environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout
    return Builds(folder / "marts", run.stdout)
