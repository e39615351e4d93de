"""The generic test column_rules finds what is against each of its rules, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from conftest import dbt, project_with_few_tests

Row = tuple[int | str | None, ...]
SOUND: list[Row] = [(1, "a", 0, 5, "new"), (2, "a", 5, 5, None), (3, "b", None, 5, "it's")]
# Two nulls of a key that is one column are no value that is there twice.
BROKEN: list[Row] = [(1, None, -1, 5, "old"), (1, "b", 6, 5, "new"), (None, "b", 6, 5, "new"), (None, "a", 3, 5, None)]
RULES: dict[str, Any] = {
    "never_null": ["id", "part"],
    "unique": ["id", ["part", "low"]],
    "accepted_range": {"low": {"at_least": 0, "at_most": "high"}},
    "accepted_values": {"word": ["new", "it's"]},
}
FOUND = {
    ("id is never null; part is never null; low is at least 0; low is at most high; word is one of new, it's", 7),
    ("id is unique", 1),
    ("part, low is unique", 1),
}


def test_each_rule_is_held_to(tmp_path: Path) -> None:
    project = project_with_few_tests(tmp_path)
    (project / "models").mkdir()
    models = []
    for name, rows in {"sound": SOUND, "broken": BROKEN}.items():
        values = ", ".join("(" + ", ".join(map(literal, row)) + ")" for row in rows)
        (project / f"models/{name}.sql").write_text(f"select * from (values {values}) as t (id, part, low, high, word)")
        models.append({"name": name, "data_tests": [{"segmentation.column_rules": {"arguments": RULES}}]})
    (project / "models/models.yml").write_text(yaml.safe_dump({"models": models}))
    command = ("build", "--select", "sound", "broken", "--store-failures", "--project-dir", str(project))
    built = dbt(project, "", None, command)
    assert built.exit_code == 1
    assert "Got 9 results, configured to fail if != 0" in built.output
    # Of what is sound nothing is kept.
    tables = built.rows("select schema_name, table_name from duckdb_columns() where column_name = 'broken_rule'")
    assert {row for schema, name in tables for row in built.rows(f'select * from "{schema}"."{name}"')} == FOUND


def literal(value: object) -> str:
    return "null" if value is None else "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)
