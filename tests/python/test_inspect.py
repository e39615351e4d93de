"""`make inspect` on real files: what it says of each, and that it leaves nothing behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import PROJECT, Build, write_lines

from segmentation_dbt.questions import Question
from segmentation_dbt.reading_text import describe
from segmentation_dbt.trial import TrialError, warehouse_of

# Modules with this are those in which dbt runs.
__all__ = ["Build"]
HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country,Channel"


@dataclass(frozen=True)
class Inspection:
    """A finished run, and what was in the folder before and after it."""

    folder: Path
    exit_code: int
    output: str
    errors: str
    before: dict[str, bytes]
    after: dict[str, bytes]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "target" not in path.relative_to(folder).parts
    }


def inspect(folder: Path, target: Path, *arguments: str, **environment: str) -> Inspection:
    """Inspect the CSV files of a folder, with a warehouse and something published in it."""
    settings = {
        **{"DBT_PROJECT_DIR": str(PROJECT), "DBT_PROFILES_DIR": str(PROJECT), "DBT_TARGET_PATH": str(target)},
        **{"INVOICE_FILES": "*.csv", "SEGMENTS_WAREHOUSE": "warehouse.duckdb", "SEGMENTS_PUBLISHED": "published"},
    }
    before = contents(folder)
    run = subprocess.run(
        [sys.executable, "-m", "segmentation_dbt.inspect", *arguments],
        cwd=folder,
        env=os.environ | settings | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return Inspection(folder, run.returncode, run.stdout, run.stderr, before, contents(folder))


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where dbt keeps what it made of the project."""
    return tmp_path_factory.mktemp("target")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with files of several kinds, a table in its warehouse, and something published."""
    folder = tmp_path_factory.mktemp("shop")
    write_lines(
        folder / "ambiguous.csv",
        *(f"{100 + n},A{n % 4},\x1b[31mMug,1,0{1 + n % 9}/0{1 + n % 7}/2024,2.50,C{n % 5},UK,web" for n in range(30)),
        header=HEADER,
    )
    write_lines(
        folder / "semicolons.csv",
        *(f"{500 + n};B{n % 4};Tasse;2;2024-0{1 + n % 9}-1{n % 9};{1 + n},50;D{n % 5};DE;shop" for n in range(30)),
        "C530;B1;Tasse;-1;2024-05-01;1,50;D1;DE;shop",
        header=HEADER.replace(",", ";"),
    )
    (folder / "no_header.csv").write_text("900,Z1,2024-01-01,3,4.5,x\n901,Z2,2024-01-02,3,4.5,y\n")
    (folder / "attributes").mkdir()
    members = [f"D{n},{'gold' if n % 2 else 'new'},d{n}@example.com" for n in range(7)]
    write_lines(folder / "attributes/crm.csv", *members, header="Customer,\x1b[31mTier,Mail")
    (folder / "products.txt").write_text("sku;category\np;Mugs\nq;\n")
    (folder / "published").mkdir()
    (folder / "published/segments.duckdb").write_text("as it was")
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute("create schema raw")
        connection.execute("create schema staging")
        connection.execute("create table staging.erased_customers as select sha256('K1') as customer_hash")
        connection.execute(
            "create table raw.lines as select 'R' || n as invoice, 'P' as product, 2 as quantity, 3.5 as price, "
            "date '2024-01-01' + cast(n as int) as day, 'K' || n % 5 as customer from range(40) as t (n)"
        )
        connection.execute("create view raw.sold as from raw.lines")
    return folder


@pytest.fixture(scope="module")
def inspected(shop: Path, target: Path) -> Inspection:
    """The files of the shop, inspected once."""
    return inspect(shop, target, "--json")


@pytest.fixture(scope="module")
def facts(inspected: Inspection) -> dict[str, Any]:
    """What was found out about the files of the shop."""
    found: dict[str, Any] = json.loads(inspected.output)
    return found


def assumed(file: dict[str, Any], assumption: str) -> tuple[Any, ...]:
    (row,) = [row for row in file["assumptions"] if row["assumption"] == assumption]
    return tuple(row[name] for name in ("assumed", "lines_for", "lines_against", "decided_by"))


def test_nothing_of_the_user_is_touched(inspected: Inspection, target: Path) -> None:
    assert inspected.exit_code == 2, inspected.errors
    assert inspected.errors == ""
    assert inspected.after == inspected.before
    # What dbt made of the project is kept, the lines of the shop are not.
    kept = {path.name for path in (target / "inspect").iterdir()}
    assert "partial_parse.msgpack" in kept
    assert not list(target.rglob("*.duckdb*"))


def test_each_file_is_described(facts: dict[str, Any]) -> None:
    ambiguous, no_header, semicolons = facts["files"]
    assert [file["file"] for file in facts["files"]] == ["ambiguous.csv", "no_header.csv", "semicolons.csv"]
    assert semicolons["shape"] == "online_retail"
    assert semicolons["columns"]["unit_price"] == "UnitPrice"
    assert semicolons["unread_columns"] == ["Channel"]
    assert (semicolons["encoding"], semicolons["delimiter"], semicolons["header_row"]) == ("utf-8", ";", 1)
    assert assumed(semicolons, "decimal_mark") == (",", 31, 0, "file")
    assert {row["line_type"]: row["lines"] for row in semicolons["line_types"]} == {"sale": 30, "return": 1}
    assert semicolons["examples"][0] == {
        **{"row": 2, "invoice": "500", "date": "2024-01-10T00:00:00", "customer": "D0", "product": "B0"},
        **{"quantity": 2, "price": 1.5, "amount": 3},
    }
    totals = semicolons["totals"]
    assert {name: totals[name] for name in ("lines", "accepted_lines", "invoices", "customers", "returned")} == {
        **{"lines": 31, "accepted_lines": 31, "invoices": 30, "customers": 5, "returned": 1.5}
    }
    assert totals["purchased"] == sum(2 * (1.5 + n) for n in range(30))
    assert (totals["first_date"], totals["last_date"]) == ("2024-01-10", "2024-09-18")
    # What is open is not said to be decided.
    assert assumed(ambiguous, "date_order")[::3] == (None, "nothing")
    # One that can't be used keeps nobody from the others.
    assert no_header["problem"].startswith("the file has no header")
    assert no_header["remedy"].startswith("number the columns")
    assert "assumptions" not in no_header


def test_tables_of_attributes_are_described(facts: dict[str, Any]) -> None:
    (table,) = facts["tables"]
    assert table["table"] == "attributes/crm.csv"
    assert assumed(table, "attribute_files") == ("customers", 5, 2, "file")
    columns = {row["explanation"].split(":")[0]: row["assumed"] for row in table["assumptions"]}
    assert columns["Mail"] == "left out: personal"
    assert columns["\x1b[31mTier"] == "category"


def test_what_a_build_would_ask_is_asked_with_the_settings_to_paste(facts: dict[str, Any]) -> None:
    files, dates = facts["questions"]
    assert files["question"] == "The invoice files can't be read:"
    assert "ambiguous.csv: 0" in dates["examples"][0]
    assert facts["settings"].keys() == {"column_map", "date_order"}
    assert facts["settings"]["date_order"] == "DMY_OR_MDY_OR_YMD"


def test_the_text_says_the_same_and_steers_no_terminal(facts: dict[str, Any]) -> None:
    text = describe(facts, [Question(**question) for question in facts["questions"]])
    assert "\x1b" not in text
    assert "  not read       Channel" in text
    assert "attributes/crm.csv (beside the invoices)\n" in text
    assert "  attribute      left out: personal (by the file, 7 for)\n" in text
    assert "  numbers        decimal comma (by the file, 31 for, 0 against)" in text
    assert "  can't be used  the file has no header" in text
    assert "A build would stop and ask:" in text
    assert "date_order: DMY_OR_MDY_OR_YMD}'" in text.splitlines()[-1]


def test_a_table_of_the_warehouse_is_only_read(shop: Path, target: Path) -> None:
    mapping = "{invoice_id: invoice, product_code: product, unit_price: price, invoiced_at: day, customer_id: customer}"
    read = f"{{invoice_relation: raw.sold, column_map: {mapping}, product_categories: products.txt}}"
    run = inspect(shop, target, "--", "--vars", read)
    assert run.exit_code == 0, run.errors + run.output
    assert run.after == run.before
    assert run.output.startswith("raw.sold\n")
    # The customer who was erased stays out.
    assert "32 sale (224.00)" in run.output
    assert "8 erased" in run.output
    assert (
        "products.txt (beside the invoices)\n  products       categories (by the file, 1 for, 1 against)\n"
        in run.output
    )
    assert run.output.endswith("Nothing is asked: a build would read the files like this.\n")


def test_the_warehouse_is_the_one_that_the_profile_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SEGMENTS_WAREHOUSE", raising=False)
    monkeypatch.delenv("DBT_PROFILES_DIR", raising=False)
    assert warehouse_of(PROJECT, ["--profiles-dir", str(PROJECT)]) == tmp_path / "warehouse.duckdb"
    shop = PROJECT / "integration_tests"
    assert warehouse_of(shop, ["--profiles-dir", str(shop)]) == tmp_path / "shop.duckdb"
    monkeypatch.setenv("SEGMENTS_WAREHOUSE", "other.duckdb")
    assert warehouse_of(shop, ["--profiles-dir", str(shop)]) == tmp_path / "other.duckdb"
    with pytest.raises(TrialError, match="target"):
        warehouse_of(shop, ["--profiles-dir", str(shop), "--target", "nowhere"])


def test_a_profile_that_writes_elsewhere_is_refused(shop: Path, target: Path, tmp_path: Path) -> None:
    profile = (PROJECT / "profiles.yml").read_text()
    path = "\"{{ env_var('SEGMENTS_WAREHOUSE', 'warehouse.duckdb') }}\""
    assert path in profile
    (tmp_path / "profiles.yml").write_text(profile.replace(path, "warehouse.duckdb"))
    run = inspect(shop, target, DBT_PROFILES_DIR=str(tmp_path))
    assert run.exit_code == 1
    assert run.output == ""
    assert "The profile names the warehouse warehouse.duckdb whatever SEGMENTS_WAREHOUSE is" in run.errors
    assert run.after == run.before
