"""The exposures say what the dashboard and the report read."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
from conftest import PROJECT, Build

MARTS = {path.stem for path in (PROJECT / "models/marts").rglob("*.sql")}
FOLDERS = {"dashboard": PROJECT / "dashboard", "report": PROJECT / "src/segmentation_report"}


def modules_of(folder: Path) -> set[Path]:
    """Return the modules of a folder, and those of this project that they import, in turn."""
    found, pending = set[Path](), sorted(folder.rglob("*.py"))
    while pending:
        path = pending.pop()
        if path in found or not path.is_file():
            continue
        found.add(path)
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            for name in names:
                module = PROJECT / "src" / name.replace(".", "/")
                pending += [module.with_suffix(".py"), module / "__init__.py"]
    return found


@pytest.mark.parametrize("name", FOLDERS)
def test_an_exposure_depends_on_the_marts_that_its_code_reads(sample_build: Build, name: str) -> None:
    manifest = json.loads((sample_build.target / "manifest.json").read_text())
    parents = manifest["exposures"][f"exposure.segmentation.{name}"]["depends_on"]["nodes"]
    code = "\n".join(path.read_text() for path in modules_of(FOLDERS[name]))
    read = set(re.findall(r"\w+", code)) & MARTS
    assert {manifest["nodes"][parent]["name"] for parent in parents} == read
