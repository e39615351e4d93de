"""What Superset imports is made from the project's own descriptions, and asks only for what is published."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from conftest import PROJECT, Build
from test_metrics import SALES

from segmentation_charts.frames.segments import colors
from segmentation_charts.published import Snapshot
from segmentation_superset.__main__ import EXPORT, main
from segmentation_superset.assets import Dataset, read_datasets
from segmentation_superset.bundle import PAGES, assets, currency_code, zipped
from segmentation_superset.dashboards import read_dashboards
from segmentation_superset.descriptions import read_marts, read_metrics

Assets = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def datasets() -> dict[str, Dataset]:
    return read_datasets(PROJECT)


@pytest.fixture(scope="module")
def made() -> Assets:
    return {path: yaml.load(text, yaml.CSafeLoader) for path, text in assets(PROJECT).items()}


def of(made: Assets, folder: str) -> list[dict[str, Any]]:
    return [asset for path, asset in made.items() if path.startswith(f"{folder}/")]


def test_the_committed_files_are_those_that_are_made() -> None:
    folder = PROJECT / EXPORT
    committed = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert committed == assets(PROJECT), "run: .venv/bin/python -m segmentation_superset"


def test_everything_has_a_number_of_its_own(made: Assets) -> None:
    numbers = [asset["uuid"] for asset in made.values() if "uuid" in asset]
    assert len(numbers) == len(set(numbers)) == len(made) - 1


def test_there_are_all_dashboards_with_few_charts_each(datasets: dict[str, Dataset]) -> None:
    dashboards = read_dashboards(PROJECT, datasets, None)
    assert set(dashboards) == set(PAGES)
    for dashboard in dashboards.values():
        drawn = [chart for chart in dashboard.charts.values() if chart.kind != "number"]
        assert 5 <= len(drawn) <= 9 or dashboard.name == "overview", dashboard.name


def test_descriptions_are_the_comments_of_the_published_file(sample_build: Build) -> None:
    published = sample_build.warehouse.parent / "published/segments.duckdb"
    marts = read_marts(PROJECT)
    with duckdb.connect(str(published), read_only=True) as connection:
        tables = dict(connection.execute("select table_name, comment from duckdb_tables()").fetchall())
        columns = connection.execute(
            "select table_name, column_name, comment from duckdb_columns() where not internal "
            "order by table_name, column_index"
        ).fetchall()
    assert {name: mart.description for name, mart in marts.items()} == tables
    said = [
        (mart.name, column.name, column.description)
        for _, mart in sorted(marts.items())
        for column in mart.columns.values()
    ]
    assert said == columns


def test_no_text_is_written_twice(made: Assets) -> None:
    """What the models say of a column or metric stands in no file of Superset's that people edit."""
    edited = "\n".join(path.read_text() for path in sorted((PROJECT / "bi/superset").glob("**/*.yml")))
    edited = " ".join(edited.split())
    marts, metrics = read_marts(PROJECT), read_metrics(PROJECT)
    texts = {column.description for mart in marts.values() for column in mart.columns.values()}
    texts |= {mart.description for mart in marts.values()} | {metric.description for metric in metrics.values()}
    assert [text for text in texts if len(text) > 40 and " ".join(text.split()) in edited] == []


def test_metrics_of_the_semantic_layer_are_certified_and_no_others(made: Assets) -> None:
    metrics = yaml.safe_load((PROJECT / "models/metrics.yml").read_text())["metrics"]
    certified = {
        metric["metric_name"]: (metric["verbose_name"], metric["description"])
        for dataset in of(made, "datasets")
        for metric in dataset["metrics"]
        if "extra" in metric
    }
    assert certified == {
        metric["name"]: (metric["label"], " ".join(metric["description"].split())) for metric in metrics
    }


def test_certified_metrics_are_what_metricflow_answers(sample_build: Build, datasets: dict[str, Dataset]) -> None:
    """Of the SQL of test_metrics.py, which is held against the answers of MetricFlow."""
    metrics = dict(datasets["country_sales"].metrics)
    buyers = metrics.pop("buyers").expression
    assert {name: metric.expression for name, metric in metrics.items()} == SALES
    assert datasets["customers"].metrics["customers"].expression == "count(distinct customer_id)"
    for months in ("true", "month < date '2024-07-01'"):
        last = f"(select max(month) from marts.country_sales where {months})"
        assert sample_build.rows(f"select {buyers} from marts.country_sales where {months}") == sample_build.rows(
            f"select sum(customers) from marts.country_sales where month = {last}"
        )


def test_the_exposure_depends_on_the_marts_that_datasets_read(datasets: dict[str, Dataset]) -> None:
    exposures = yaml.safe_load((PROJECT / "models/exposures.yml").read_text())["exposures"]
    (parents,) = [exposure["depends_on"] for exposure in exposures if exposure["name"] == "superset"]
    read = {table for dataset in datasets.values() for table in dataset.tables} - {"published_manifest"}
    assert set(parents) == {f"ref('{table}')" for table in read}


def test_every_dataset_and_metric_runs_on_the_published_file(sample_build: Build, datasets: dict[str, Dataset]) -> None:
    published = sample_build.warehouse.parent / "published/segments.duckdb"
    with duckdb.connect(str(published), read_only=True) as connection:
        for dataset in datasets.values():
            source = f"({dataset.sql})" if dataset.sql else dataset.name
            found = connection.execute(f"select * from {source} limit 0").description
            assert [column[0] for column in found] == [
                name for name in dataset.columns if name not in dataset.expressions
            ]
            further = [*dataset.expressions.values()]
            for expression in [*(metric.expression for metric in dataset.metrics.values()), *further]:
                connection.execute(f"select {expression} from {source}").fetchall()


def test_filters_reach_the_charts_that_have_their_column_and_no_others(made: Assets) -> None:
    (overview,) = [dashboard for dashboard in of(made, "dashboards") if dashboard["dashboard_title"] == "Overview"]
    charts = {
        part["meta"]["chartId"]: part["meta"]["sliceName"]
        for part in overview["position"].values()
        if isinstance(part, dict) and part["type"] == "CHART"
    }
    excluded = {
        rule["name"]: {charts[number] for number in rule["scope"]["excluded"]}
        for rule in overview["metadata"]["native_filter_configuration"]
    }
    today = {"Customers", "How many customers are in each segment today?"}
    assert excluded == {"Country": set(), "Months": today, "Segment": set()}
    assert all(dashboard["metadata"]["cross_filters_enabled"] for dashboard in of(made, "dashboards"))


def test_nothing_can_be_written_and_no_other_file_is_read(made: Assets) -> None:
    (database,) = of(made, "databases")
    assert not any(database[f"allow_{what}"] for what in ("dml", "ctas", "cvas", "csv_upload"))
    arguments = database["extra"]["engine_params"]["connect_args"]
    assert arguments["read_only"]
    assert arguments["config"]["enable_external_access"] == "false"


@pytest.mark.parametrize(
    ("currency", "code"), [("£", "GBP"), ("eur", "EUR"), ("EUR", "EUR"), ("", None), ("Taler", None), ("<b>", None)]
)
def test_a_currency_is_a_code_or_none(currency: str, code: str | None) -> None:
    assert currency_code(currency) == code


def test_money_and_nothing_else_has_the_currency() -> None:
    made = {path: yaml.load(text, yaml.CSafeLoader) for path, text in assets(PROJECT, currency="GBP").items()}
    sales = made["datasets/customer_segments/country_sales.yaml"]["metrics"]
    pounds = {"symbol": "GBP", "symbolPosition": "prefix"}
    money = {"revenue", "returned_value", "net_revenue", "average_order_value"}
    assert {metric["metric_name"]: metric["currency"] for metric in sales} == {
        metric["metric_name"]: pounds if metric["metric_name"] in money else None for metric in sales
    }
    table = made["charts/segments/people.yaml"]["params"]["column_config"]
    assert [name for name, config in table.items() if "currencyFormat" in config] == ["monetary"]


def test_the_zip_is_of_what_is_published(
    sample_build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = sample_build.warehouse.parent / "published"
    monkeypatch.setenv("SEGMENTS_PUBLISHED", str(folder))
    file = tmp_path / "new/superset.zip"
    assert main(["--project", str(PROJECT), "--zip", str(file)]) == 0
    with zipfile.ZipFile(file) as archive:
        assert {name.split("/")[0] for name in archive.namelist()} == {"customer_segments"}
        database = yaml.safe_load(archive.read("customer_segments/databases/customer_segments.yaml"))
        overview = yaml.safe_load(archive.read("customer_segments/dashboards/overview.yaml"))
    assert database["sqlalchemy_uri"] == f"duckdb:///{folder}/segments.duckdb"
    snapshot = Snapshot(folder)
    shown = colors(snapshot)
    snapshot.close()
    assert overview["metadata"]["label_colors"] | shown == overview["metadata"]["label_colors"]
    assert zipped({"a": "b"}) == zipped({"a": "b"})
    monkeypatch.setenv("SEGMENTS_PUBLISHED", str(tmp_path / "nothing"))
    assert main(["--zip", str(file)]) == 1
    assert "Run `make build`" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("dashboards/overview.yml", "metric: revenue}", "metric: profit}", "overview.yml: revenue asks .* for profit"),
        ("dashboards/overview.yml", "by: country", "by: planet", "revenue_by_country asks .* for planet"),
        ("dashboards/overview.yml", "kind: lines", "kind: cake", "is of the kind cake, which is none of number"),
        ("dashboards/overview.yml", "of: customers,", "of: people,", "there is no dataset people"),
        (
            "dashboards/overview.yml",
            "column: segment, of: country_sales}",
            "column: colour, of: country_sales}",
            "no chart follows the filter Segment",
        ),
        ("datasets.yml", "segment_profiles:\n", "segment_profile:\n", "reads segment_profile, which is no mart"),
        ("datasets.yml", "    recency_days: Days", "    days: Days", "customers has no days"),
        ("datasets.yml", "    total_spent:", "    customers:", "customers stands in models/metrics.yml"),
    ],
)
def test_what_is_not_there_is_refused(tmp_path: Path, file: str, old: str, new: str, message: str) -> None:
    for folder in ("models", "seeds"):
        shutil.copytree(PROJECT / folder, tmp_path / folder)
    shutil.copytree(PROJECT / "bi/superset", tmp_path / "bi/superset", ignore=shutil.ignore_patterns("export"))
    path = tmp_path / "bi/superset" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(ValueError, match=message):
        assets(tmp_path)


def test_the_lock_has_hashes_and_no_address() -> None:
    lock = (PROJECT / "requirements-superset.lock").read_text()
    assert "http" not in lock
    packages = re.findall(r"^\S+==.*(?:\n    .*)*", lock, flags=re.MULTILINE)
    assert len(packages) > 100
    assert all("--hash=sha256:" in package for package in packages)


def test_query_contexts_ask_the_same_as_the_charts(made: Assets) -> None:
    for chart in of(made, "charts"):
        (query,) = json.loads(chart["query_context"])["queries"]
        parameters = chart["params"]
        shown = [parameters.get("metric"), *parameters.get("metrics", [])]
        assert (query["metrics"] or []) == [name for name in shown if name], chart["slice_name"]
