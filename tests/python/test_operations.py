"""The examples of docs/operations.md, run as they are."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import PROJECT

OPERATIONS = (PROJECT / "docs/operations.md").read_text()


def write_command(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.mark.parametrize("code", [0, 1])
def test_the_line_for_cron_builds_and_mails_what_failed(tmp_path: Path, code: int) -> None:
    (line,) = re.findall(r"^30 5 \* \* \*  (.*)$", OPERATIONS, re.MULTILINE)
    write_command(tmp_path / ".venv/bin/python", f'echo "$INVOICE_FILES: $*"\nexit {code}')
    write_command(tmp_path / "bin/mail", f"cat > {tmp_path}/mail")
    command = line.replace("/srv/segmentation", str(tmp_path))
    path = f"{tmp_path}/bin:{os.environ['PATH']}"
    subprocess.run(["/bin/sh", "-c", command], env={"PATH": path}, check=True)
    said = "/srv/exports/*.csv: -m segmentation_dbt.build\n"
    assert (tmp_path / "build.log").read_text() == said
    assert (tmp_path / "mail").exists() == bool(code)
    assert not code or (tmp_path / "mail").read_text() == said


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd is not installed")
    (text,) = re.findall(r"```ini\n(.*?)```", OPERATIONS, re.DOTALL)
    parts = re.split(r"^# (/etc/systemd/system/.*)\n", text, flags=re.MULTILINE)[1:]
    units = {Path(name).name: unit for name, unit in zip(parts[::2], parts[1::2], strict=True)}
    assert units.keys() == {"segmentation.service", "segmentation.timer"}
    write_command(tmp_path / "dbt", "exit 0")
    for name, unit in units.items():
        # Of what the examples name, the machine has neither the program nor the account.
        unit = re.sub(r"^(ExecStart=)\S+", rf"\g<1>{tmp_path}/dbt", unit, flags=re.MULTILINE)
        (tmp_path / name).write_text(unit.replace("User=segmentation", "User=root"))
    verified = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / name) for name in units)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    about_ours = [line for line in verified.stderr.splitlines() if str(tmp_path) in line or "segmentation" in line]
    assert about_ours == []
