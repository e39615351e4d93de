"""The materialization by_part makes the rows that are due, in one transaction; to render a model changes nothing."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from conftest import PROJECT, Build, dbt, project_with_few_tests

# Each row says when it was made, by a number that no other has.
MODEL = """
{{ config(materialized='by_part', part_key='key_of_part') }}

with known as (select * from main.given where part > 0),

parts as (

    {{ segmentation.pending_parts('known', ['part'], 'key_of_part') }}

)

select
    key_of_part,
    part,
    cast(content as integer) as content,
    '{{ var("word", "first") }}' as word,
    random() as made
from parts
order by part
"""
# What takes the place of dbt's materializations: it renders a model and its hooks, and does nothing.
NOTHING = """
{%% materialization %s, adapter='duckdb', supported_languages=['sql', 'python'] %%}
    {%%- for hook in pre_hooks + post_hooks -%%}
        {%%- do render(hook.sql) -%%}
    {%%- endfor -%%}
    {%%- call statement('main') -%%} select 1 {%%- endcall -%%}
    {{ return({'relations': []}) }}
{%% endmaterialization %%}
"""
NO_SCHEMAS = "{% macro duckdb__create_schema(relation) %}{% endmacro %}"
WRITES = "{% do run_query('create table main.written as select 1 as one') if execute %} select 1 as one"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that installs this one."""
    project_with_few_tests(tmp_path)
    for folder in ("models", "macros"):
        (tmp_path / folder).mkdir()
    return tmp_path


class Parts:
    """A model by part, and the table that says which parts there are."""

    def __init__(self, project: Path) -> None:
        self.project = project
        (project / "models/rows_of_parts.sql").write_text(MODEL)

    def execute(self, statement: str) -> None:
        with duckdb.connect(str(self.project / "warehouse.duckdb")) as connection:
            connection.execute(statement)

    def give(self, parts: dict[int, str]) -> None:
        rows = ", ".join(f"({part}, '{content}')" for part, content in parts.items())
        self.execute(f"create or replace table main.given as from (values {rows}) as given (part, content)")

    def run(self, *arguments: str, fails: bool = False, **variables: Any) -> dict[int, float]:
        """Run the model; return when the rows of each part were made."""
        command = ("run", "--select", "rows_of_parts", *arguments, "--project-dir", str(self.project))
        built = dbt(self.project, "", variables, command)
        assert built.exit_code == fails, built.output
        return dict(built.rows("select part, made from main.rows_of_parts order by rowid"))


def test_rows_of_new_parts_are_made_and_those_of_parts_that_are_gone_are_deleted(project: Path) -> None:
    parts = Parts(project)
    parts.give({2: "0", 1: "0"})
    first = parts.run()
    assert list(first) == [1, 2]
    assert parts.run() == first

    parts.give({4: "0", 3: "0", 2: "0"})
    second = parts.run()
    assert (list(second), second[2]) == ([2, 3, 4], first[2])

    # Nothing is deleted where the rows of a new part can't be made.
    parts.give({4: "0", 5: "no number"})
    assert parts.run(fails=True) == second
    parts.give({4: "0", 5: "5"})
    third = parts.run()
    assert (list(third), third[4]) == ([4, 5], second[4])

    # No part at all.
    parts.give({0: "0"})
    assert parts.run() == {}


def test_all_rows_are_made_again_where_the_code_changes_or_a_full_refresh_is_asked_for(project: Path) -> None:
    parts = Parts(project)
    parts.give({1: "0", 2: "0"})
    made = [parts.run()]
    made.append(parts.run(word="second"))
    made.append(parts.run("--full-refresh", word="second"))
    # As a version before left it.
    parts.execute("alter table main.rows_of_parts drop column key_of_part")
    made.append(parts.run(word="second"))
    # Another list of columns.
    model = project / "models/rows_of_parts.sql"
    model.write_text(model.read_text().replace("as word,", "as word,\n    'more' as another,"))
    made.append(parts.run(word="second"))
    # A view of the same name.
    parts.execute("drop table main.rows_of_parts")
    parts.execute("create view main.rows_of_parts as select 1 as part")
    made.append(parts.run(word="second"))
    assert [list(one) for one in made] == [[1, 2]] * len(made)
    assert len({when for one in made for when in one.values()}) == 2 * len(made)
    assert parts.run(word="second") == made[-1]


def test_no_model_writes_while_it_is_rendered(project: Path, sample_build: Build) -> None:
    """All are rendered as in a build, hooks, too, on a warehouse that can't be written to."""
    shutil.copy(sample_build.warehouse, project)
    profile = yaml.safe_load((PROJECT / "profiles.yml").read_text())
    profile["segmentation"]["outputs"]["duckdb"]["config_options"]["access_mode"] = "read_only"
    (project / "profiles.yml").write_text(yaml.safe_dump(profile))
    for name in ("append", "by_part", "incremental", "table", "view"):
        (project / f"macros/{name}.sql").write_text(NOTHING % name)
    (project / "macros/no_schemas.sql").write_text(NO_SCHEMAS)
    (project / "models/writes.sql").write_text(WRITES)
    rendered = dbt(project, arguments=("run", "--project-dir", str(project), "--profiles-dir", str(project)))
    models = [*(PROJECT / "models").rglob("*.sql"), *(PROJECT / "python_models").rglob("*.py")]
    # With three hooks at the start and the end. The model that does write shows that nobody may.
    assert f"Done. PASS={len(models) + 3} WARN=0 ERROR=1 SKIP=0" in rendered.output, rendered.output
    assert "Failure in model writes" in rendered.message()
    assert "attached in read-only mode" in rendered.message()
