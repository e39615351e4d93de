"""Files for Power BI and Tableau are made of the project's descriptions, and fit what is published."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import pytest
import yaml
from conftest import PROJECT, Build

from segmentation_bi.__main__ import made, main
from segmentation_bi.power_bi import METRICS, NAME, RELATIONSHIPS, TABLES
from segmentation_superset.descriptions import read_marts, read_metrics

MODEL = f"{NAME}.SemanticModel/definition"
COLUMN = re.compile(r"((?:\t/// .*\n)*)\tcolumn (\S+)\n\t\tdataType: (\w+)")
# What Power Query makes of the types of Parquet.
POWER_QUERY = {
    "VARCHAR": "type text",
    "BIGINT": "Int64.Type",
    "INTEGER": "Int64.Type",
    "BOOLEAN": "type logical",
    "DATE": "type date",
    "TIMESTAMP": "type datetime",
    "DOUBLE": "type number",
}


@pytest.fixture(scope="module")
def power_bi() -> dict[str, str]:
    return made(PROJECT)["power_bi"]


@pytest.fixture(scope="module")
def tableau() -> dict[str, ElementTree.Element]:
    return {path: ElementTree.fromstring(text) for path, text in made(PROJECT)["tableau"].items()}  # noqa: S314


@pytest.fixture(scope="module")
def published(sample_build: Build) -> Iterator[duckdb.DuckDBPyConnection]:
    file = sample_build.warehouse.parent / "published/segments.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        yield connection


@pytest.mark.parametrize("name", ["power_bi", "tableau"])
def test_the_committed_files_are_those_that_are_made(name: str) -> None:
    folder = PROJECT / "bi" / name
    committed = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert committed == made(PROJECT)[name], "run: .venv/bin/python -m segmentation_bi"


def test_tables_of_the_model_have_the_columns_types_and_descriptions_of_the_parquet_files(
    power_bi: dict[str, str], sample_build: Build
) -> None:
    marts = read_marts(PROJECT)
    folder = sample_build.warehouse.parent / "published"
    assert {Path(path).stem for path in power_bi if path.startswith(f"{MODEL}/tables/")} == {*TABLES, METRICS}
    for name in TABLES:
        text = power_bi[f"{MODEL}/tables/{name}.tmdl"]
        columns = {column: said for said, column, _ in COLUMN.findall(text)}
        types = dict(re.findall(r'\{"(\w+)", ([\w. ]+)\}', text))
        found = duckdb.sql(f"select column_name, column_type from (describe from '{folder / name}.parquet')").fetchall()
        assert list(columns) == list(types) == [column for column, _ in found]
        for column, kind in found:
            is_money = kind in ("DECIMAL(18,4)", "DECIMAL(28,4)")
            assert types[column] == POWER_QUERY.get(kind, "Currency.Type" if is_money else "type number"), column
            said = " ".join(columns[column].replace("///", "").split())
            assert said == " ".join(marts[name].columns[column].description.split()), column


def test_relationships_hold(published: duckdb.DuckDBPyConnection) -> None:
    """The one side has each value once, and only once: Power BI refuses the load otherwise."""
    for many, one, _ in RELATIONSHIPS:
        (many_table, many_column), (one_table, one_column) = many.split("."), one.split(".")
        ((rows, values, nulls),) = published.execute(
            f"select count(*), count(distinct {one_column}), count(*) - count({one_column}) from {one_table}"
        ).fetchall()
        assert (rows, nulls) == (values, 0), one
        found = published.execute(
            f"select count(*) from {many_table} semi join {one_table} on {many_table}.{many_column} = "
            f"{one_table}.{one_column}"
        ).fetchall()
        empty = published.execute(f"select count(*) from {many_table}").fetchall() == [(0,)]
        assert empty or found != [(0,)], f"{many} has nothing of {one}"


def test_between_two_tables_one_way_of_filters_is_in_force() -> None:
    active = [(one.split(".")[0], many.split(".")[0]) for many, one, is_active in RELATIONSHIPS if is_active]

    def ways(start: str, end: str) -> int:
        return sum(1 if to == end else ways(to, end) for at, to in active if at == start)

    tables = sorted({table for pair in active for table in pair})
    several = [pair for pair in itertools.permutations(tables, 2) if ways(*pair) > 1]
    assert several == []


def test_measures_are_the_metrics_and_name_what_is_there(power_bi: dict[str, str]) -> None:
    text = power_bi[f"{MODEL}/tables/{METRICS}.tmdl"]
    measures = re.findall(r"((?:\t/// .*\n)+)\tmeasure (?:'([^']+)'|(\S+)) = (.*)\n", text)
    metrics = yaml.safe_load((PROJECT / "models/metrics.yml").read_text())["metrics"]
    assert {quoted or bare: " ".join(said.replace("///", "").split()) for said, quoted, bare, _ in measures} == {
        metric["label"]: " ".join(metric["description"].split()) for metric in metrics
    }
    marts, names = read_marts(PROJECT), {quoted or bare for _, quoted, bare, _ in measures}
    for *_, expression in measures:
        for table, column in re.findall(r"'(\w+)'\[(\w+)\]", expression):
            assert table in TABLES
            assert column in marts[table].columns
        assert set(re.findall(r"(?<!')\[([^\]]+)\]", expression)) <= names


def test_json_files_say_which_schema_they_fit(power_bi: dict[str, str]) -> None:
    said = {path: json.loads(text) for path, text in power_bi.items() if not path.endswith(".tmdl")}
    assert all(file["$schema"].startswith("https://developer.microsoft.com/json-schemas/") for file in said.values())
    report = f"{NAME}.Report"
    assert said[f"{NAME}.pbip"]["artifacts"] == [{"report": {"path": report}}]
    assert said[f"{report}/definition.pbir"]["datasetReference"]["byPath"]["path"] == f"../{NAME}.SemanticModel"


def test_visuals_show_what_the_model_has(power_bi: dict[str, str]) -> None:
    visuals = [json.loads(text) for path, text in power_bi.items() if path.endswith("visual.json")]
    assert len(visuals) == 8
    marts, labels = read_marts(PROJECT), {metric.label for metric in read_metrics(PROJECT).values()}
    for visual in visuals:
        for role in visual["visual"]["query"]["queryState"].values():
            for projection in role["projections"]:
                ((kind, said),) = projection["field"].items()
                table, name = said["Expression"]["SourceRef"]["Entity"], said["Property"]
                assert name in (labels if kind == "Measure" else marts[table].columns)
                assert (table == METRICS) == (kind == "Measure")
    page = json.loads(power_bi[f"{NAME}.Report/definition/pages/overview/page.json"])
    for visual in visuals:
        at = visual["position"]
        assert at["x"] + at["width"] < page["width"]
        assert at["y"] + at["height"] < page["height"]


def test_numbers_stay_and_are_there_once(power_bi: dict[str, str]) -> None:
    numbers = re.findall(r"lineageTag: (\S+)", "".join(power_bi.values()))
    assert len(numbers) == len(set(numbers)) > 200


def test_sources_of_tableau_have_the_columns_of_their_query(
    tableau: dict[str, ElementTree.Element], published: duckdb.DuckDBPyConnection
) -> None:
    for name, source in tableau.items():
        (relation,) = source.iter("relation")
        query = relation.text or f"from {str(relation.get('table')).replace('[', '').replace(']', '')}"
        columns = [column[0] for column in published.execute(f"select * from ({query}) limit 0").description]
        said = [element for element in source.iter("column") if element.find("calculation") is None]
        assert [element.get("name") for element in said] == [f"[{column}]" for column in columns], name
        assert all(element.findtext("desc/formatted-text/run") for element in said)


def test_calculations_of_tableau_are_the_metrics(
    tableau: dict[str, ElementTree.Element], published: duckdb.DuckDBPyConnection
) -> None:
    """Written as SQL they say what the metrics say."""
    metrics = read_metrics(PROJECT)
    calculated = {}
    for source in tableau.values():
        for element in source.iter("column"):
            if (calculation := element.find("calculation")) is not None:
                calculated[str(element.get("name"))[len("[Calculation_") : -1]] = str(calculation.get("formula"))
    assert calculated.keys() == {"customers", "net_revenue", "average_order_value", "return_rate"}
    for name, formula in calculated.items():
        sql = re.sub(r"COUNTD\((.*?)\)", r"count(distinct \1)", formula).replace("[", "").replace("]", "")
        asked = [f"round(({expression})::double, 6)" for expression in (sql, metrics[name].expression)]
        ((found, expected),) = published.execute(f"select {', '.join(asked)} from {metrics[name].mart}").fetchall()
        assert found == expected, name


def test_a_report_that_somebody_has_made_stays(tmp_path: Path) -> None:
    arguments = ["--project", str(PROJECT), "--output", str(tmp_path)]
    assert main(arguments) == 0
    report = tmp_path / "power_bi" / f"{NAME}.Report/definition/report.json"
    model = tmp_path / "power_bi" / MODEL / "model.tmdl"
    report.write_text("mine")
    model.write_text("old")
    assert main(arguments) == 0
    assert report.read_text() == "mine"
    assert model.read_text() != "old"


def test_the_place_of_what_is_published_is_said(tmp_path: Path) -> None:
    folder = '//server/"a" & b'
    assert main(["--project", str(PROJECT), "--output", str(tmp_path), "--folder", folder]) == 0
    parameter = (tmp_path / "power_bi" / MODEL / "expressions.tmdl").read_text()
    assert 'expression Folder = "//server/""a"" & b" meta' in parameter
    source = ElementTree.parse(tmp_path / "tableau/customers.tds")  # noqa: S314
    (connection,) = source.iterfind(".//named-connection/connection")
    assert connection.get("jdbcurl") == f"jdbc:duckdb:{folder}/segments.duckdb;duckdb.read_only=true"
