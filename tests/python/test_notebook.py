"""The notebook is the page docs/notebook.md, and its cells print what both show."""

from __future__ import annotations

import contextlib
import io
import json
import re
from typing import Any

import pytest
from conftest import PROJECT
from notebook_page import notebook

PAGE = (PROJECT / "docs/notebook.md").read_text(encoding="utf-8")
NOTEBOOK = (PROJECT / "docs/notebook.ipynb").read_text(encoding="utf-8")


def test_the_notebook_is_the_page() -> None:
    assert notebook(PAGE) == NOTEBOOK, "run: make notebook"
    said = json.loads(NOTEBOOK)
    code = ["".join(cell["source"]) for cell in said["cells"] if cell["cell_type"] == "code"]
    assert code[1:] == [text.rstrip("\n") for text in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)]
    shown = ["".join(output["text"]) for cell in said["cells"] for output in cell.get("outputs", [])]
    assert shown == re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    ids = [cell["id"] for cell in said["cells"]]
    assert len(set(ids)) == len(ids)


def test_its_cells_print_what_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    # As Jupyter does.
    monkeypatch.chdir(PROJECT / "docs")
    names: dict[str, Any] = {}
    for cell in json.loads(NOTEBOOK)["cells"]:
        if cell["cell_type"] == "code":
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec("".join(cell["source"]), names)  # noqa: S102
            assert printed.getvalue() == "".join(text for output in cell["outputs"] for text in output["text"])


def test_links_of_a_page_are_those_of_the_notebook() -> None:
    """They stand in one folder, so that what the page links to is found from the notebook."""
    assert (PROJECT / "docs/notebook.md").parent == (PROJECT / "docs/notebook.ipynb").parent
