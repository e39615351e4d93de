"""Writes docs/notebook.ipynb, the page docs/notebook.md as a notebook of Jupyter: `make notebook`.

The page is the source: its text, its Python, and what that prints. The format is that of nbformat 4.5
(https://nbformat.readthedocs.io/en/latest/format_description.html).
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

# Jupyter starts in the folder of a notebook, and paths of the page are those of the project.
START = """import os

if not os.path.exists("data/sample"):
    os.chdir("..")"""
_CODE = re.compile(r"```python\n(.*?)\n```(?:\n\n```text\n(.*?)```)?\n*", re.DOTALL)


def notebook(page: str) -> str:
    """Return a page as a notebook: what stands between the blocks of Python, and these with what they print.

    Parameters
    ----------
    page : str
        Markdown, in which a block of text behind one of Python is its output.
    """
    # Text and code take turns: a match has two groups.
    words = _CODE.split(page)
    cells = [_cell("markdown", words[0]), _cell("code", START, outputs=[], execution_count=None)]
    for code, printed, text in zip(words[1::3], words[2::3], words[3::3], strict=True):
        outputs = [{"name": "stdout", "output_type": "stream", "text": _lines(printed)}] if printed else []
        cells.append(_cell("code", code, outputs=outputs, execution_count=None))
        if text.strip():
            cells.append(_cell("markdown", text))
    for number, cell in enumerate(cells, start=1):
        cell["id"] = f"cell-{number}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    found = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _cell(kind: str, text: str, **more: Any) -> dict[str, Any]:
    return {"cell_type": kind, "metadata": {}, "source": _lines(text.strip("\n")), **more}


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:])
    target.write_text(notebook(source.read_text(encoding="utf-8")), encoding="utf-8")
