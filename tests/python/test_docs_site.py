"""The site of make docs is one page, which shows every mart with its columns and loads nothing from elsewhere."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from conftest import AS_SHIPPED, PROJECT, Build, dbt

MARTS = {path.stem for path in (PROJECT / "models/marts").rglob("*.sql")}


def test_the_docs_are_one_page_that_opens_offline(sample_build: Build, tmp_path: Path) -> None:
    shutil.copy(sample_build.warehouse, tmp_path)
    built = dbt(tmp_path, variables=AS_SHIPPED, arguments=("--write-json", "docs", "generate", "--static"))
    assert built.exit_code == 0, built.output
    page = (tmp_path / "target/static_index.html").read_text()
    assert re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=[\"']?(?:https?:)?//[^>]+>", page) == []
    catalog = json.loads((tmp_path / "target/catalog.json").read_text())["nodes"]
    manifest = json.loads((tmp_path / "target/manifest.json").read_text())
    for mart in MARTS:
        key = f"model.segmentation.{mart}"
        assert catalog[key]["columns"].keys() == manifest["nodes"][key]["columns"].keys()
        assert json.dumps(key) in page
    assert "doc.segmentation.__overview__" in page
