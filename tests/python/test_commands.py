"""Commands whose output nobody reads to its end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from conftest import PROJECT

LOUD = """
from segmentation import commands

def main():
    for n in range(100_000):
        print("line", n)
    open(r"{done}", "w").close()
    return 3

commands.run(main)
"""


def piped_into_nothing(*arguments: str) -> tuple[int, str]:
    """Return the exit code of Python, and what it says, where nobody reads its standard output."""
    reader, writer = os.pipe()
    os.close(reader)
    paths = os.pathsep.join(filter(None, (str(PROJECT / "src"), os.environ.get("PYTHONPATH"))))
    try:
        ended = subprocess.run(
            [sys.executable, *arguments],
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": paths},
            check=False,
        )
    finally:
        os.close(writer)
    return ended.returncode, ended.stderr


def test_a_command_does_all_of_its_work_if_nobody_reads(tmp_path: Path) -> None:
    assert piped_into_nothing("-c", LOUD.format(done=tmp_path / "done")) == (3, "")
    assert (tmp_path / "done").exists()


def test_every_command_is_started_so() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (PROJECT / "src").rglob("*.py")]
    started = [part.strip() for text in sources for part in text.split('if __name__ == "__main__":')[1:]]
    assert len(started) > 5
    assert set(started) == {"commands.run(main)"}
