"""The metrics of the semantic layer say what the marts say, asked by MetricFlow's command line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import PROJECT, Build

# What the metrics of sales are of rows of country_sales.
SALES = {
    "orders": "sum(orders)",
    "revenue": "sum(revenue)",
    "returned_value": "sum(returned_value)",
    "net_revenue": "sum(revenue) - sum(returned_value)",
    "average_order_value": "sum(revenue) / nullif(sum(orders), 0)",
    "return_rate": "sum(returned_value) / nullif(sum(revenue), 0)",
}
LAST_MONTH = "(select max(month) from marts.country_sales)"


@dataclass(frozen=True)
class Metrics:
    """A copy of the sample's warehouse that MetricFlow asks, beside what dbt wrote of the metrics."""

    build: Build
    project: Path

    def ask(self, metrics: list[str], group_by: list[str]) -> list[tuple[Any, ...]]:
        """Return the answer of `mf query`: the groups, then the metrics."""
        answer = self.project / "answer.csv"
        command = [str(Path(sys.executable).parent / "mf"), "query", "--csv", str(answer)]
        command += ["--metrics", ",".join(metrics), *(["--group-by", ",".join(group_by)] if group_by else [])]
        environment = os.environ | {
            "DBT_PROJECT_DIR": str(self.project),
            "DBT_PROFILES_DIR": str(PROJECT),
            "SEGMENTS_WAREHOUSE": "warehouse.duckdb",
            # It asks a package registry for a later version of itself, and does without an answer.
            "https_proxy": "http://127.0.0.1:9",
        }
        run = subprocess.run(
            command, cwd=self.project, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
        assert run.returncode == 0, run.stdout + run.stderr
        columns = [f'"{group}"' for group in group_by] + [f"round({metric}::double, 6)" for metric in metrics]
        return duckdb.sql(f"select {', '.join(columns)} from '{answer}' order by all").fetchall()

    def said_by(self, table: str, metrics: dict[str, str], group_by: list[str]) -> list[tuple[Any, ...]]:
        """Return the same of SQL on a mart."""
        columns = [*group_by, *(f"round(({sql})::double, 6)" for sql in metrics.values())]
        groups = f"group by {', '.join(group_by)}" if group_by else ""
        return self.build.rows(f"select {', '.join(columns)} from {table} {groups} order by all")


@pytest.fixture(scope="module")
def metrics(sample_build: Build, tmp_path_factory: pytest.TempPathFactory) -> Metrics:
    # MetricFlow reads target/ of the project, and opens the warehouse to write.
    project = tmp_path_factory.mktemp("metrics")
    for path in (PROJECT / "dbt_project.yml", sample_build.warehouse):
        shutil.copy(path, project)
    (project / "target").mkdir()
    shutil.copy(sample_build.target / "semantic_manifest.json", project / "target")
    return Metrics(sample_build, project)


def test_metrics_of_sales_by_segment_country_and_month(metrics: Metrics) -> None:
    asked = SALES | {"buyers": "sum(customers)"}
    said = metrics.said_by("marts.country_sales", asked, ["segment", "country", "month::timestamp"])
    assert len(said) > 500
    assert metrics.ask(list(asked), ["sale__segment", "sale__country", "metric_time__month"]) == said


def test_buyers_of_several_months_are_those_of_the_last(metrics: Metrics) -> None:
    asked = {"buyers": f"sum(customers) filter (where month = {LAST_MONTH})", "revenue": "sum(revenue)"}
    assert metrics.ask(list(asked), []) == metrics.said_by("marts.country_sales", asked, [])


def test_customers_of_today_by_segment_and_country(metrics: Metrics) -> None:
    asked = {"customers": "count(*)"}
    said = metrics.said_by("marts.customer_segments", asked, ["segment", "country"])
    assert metrics.ask(list(asked), ["customer__segment", "customer__country"]) == said
