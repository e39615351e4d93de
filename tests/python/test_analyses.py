"""The analyses compile and answer on the sample."""

from __future__ import annotations

import duckdb
import pytest
import yaml
from conftest import PROJECT, Build, dbt

ANALYSES = sorted(path.stem for path in (PROJECT / "analyses").glob("*.sql"))
DESCRIBED = {
    analysis["name"]: [column["name"] for column in analysis["columns"]]
    for analysis in yaml.safe_load((PROJECT / "analyses/analyses.yml").read_text())["analyses"]
}


@pytest.fixture(scope="module")
def compiled(sample_build: Build, tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The analyses as dbt compiles them against the sample's warehouse."""
    compiled = dbt(
        tmp_path_factory.mktemp("analyses"),
        arguments=("compile", "--select", "resource_type:analysis"),
        environment={"SEGMENTS_WAREHOUSE": str(sample_build.warehouse)},
    )
    assert compiled.exit_code == 0, compiled.output
    return compiled


def answer(analysis: str, compiled: Build, build: Build) -> tuple[list[str], list[tuple[object, ...]]]:
    query = (compiled.target / f"compiled/segmentation/analyses/{analysis}.sql").read_text()
    with duckdb.connect(str(build.warehouse), read_only=True) as connection:
        result = connection.execute(query)
        return [column[0] for column in result.description or []], result.fetchall()


def test_every_analysis_is_described() -> None:
    assert ANALYSES
    assert sorted(DESCRIBED) == ANALYSES


@pytest.mark.parametrize("analysis", ANALYSES)
def test_it_answers_with_the_columns_that_are_described(analysis: str, compiled: Build, sample_build: Build) -> None:
    columns, rows = answer(analysis, compiled, sample_build)
    assert columns == DESCRIBED[analysis]
    assert rows


def test_who_returns_too_much_are_the_flagged_customers(compiled: Build, sample_build: Build) -> None:
    columns, rows = answer("who_returns_too_much", compiled, sample_build)
    found = [dict(zip(columns, row, strict=True)) for row in rows]
    flagged = sample_build.rows(
        "select customer_id from marts.customer_segments where is_high_return "
        "order by shrunk_return_rate desc, customer_id"
    )
    assert [(row["customer_id"],) for row in found] == flagged
    assert all(row["most_returned_value"] <= row["returned_value"] - row["cancelled_value"] for row in found)  # type: ignore[operator]
