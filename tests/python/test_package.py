"""The project works as a package of another dbt project, `integration_tests`, on a table that the other one makes."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import LONG, PROJECT, WITH_TESTS, WITHOUT_TESTS, Build, dbt

SHOP = PROJECT / "integration_tests"
# The till's items of the first build end before this day of the year; the second build finds all. Of the first one the
# shop asks more segments than there can be, in the second it makes fewer calls than there are customers to call.
FIRST, SECOND = {"sold_before": 359, "least_segments": 11}, {"calls_a_day": 19}
FILE = "Beleg;StockCode;Description;Quantity;InvoiceDate;UnitPrice;Karte;Country"


def install(folder: Path, installed: Path | None = None, **changes: Any) -> Path:
    """Copy the shop's project, change top-level settings of it, and install the package as a user does.

    It takes some seconds, and not where it is `installed` in another folder.
    """
    shutil.copytree(SHOP, folder, ignore=shutil.ignore_patterns("target", "logs", "dbt_packages", "*.duckdb"))
    (folder / "packages.yml").write_text(yaml.safe_dump({"packages": [{"local": str(PROJECT)}]}))
    project = yaml.safe_load((folder / "dbt_project.yml").read_text())
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(project | changes))
    if installed:
        # What dbt deps made: a link to the package, and which one it is.
        shutil.copytree(installed / "dbt_packages", folder / "dbt_packages", symlinks=True)
        shutil.copy(installed / "package-lock.yml", folder)
        return folder
    # An activated environment names the profiles of this project.
    environment = {name: value for name, value in os.environ.items() if name != "DBT_PROFILES_DIR"}
    command = [str(Path(sys.executable).parent / "dbt"), "deps", "--log-path", str(folder / "logs")]
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    return folder


def build(
    shop: Path,
    variables: dict[str, Any] | None = None,
    arguments: tuple[str, ...] = WITH_TESTS,
    folder: Path | None = None,
    fails: int = 0,
) -> Build:
    """Build the shop's project and the package with it, into the folder of the project or another one."""
    built = dbt(folder or shop, "", variables, (*arguments, "--project-dir", str(shop), "--profiles-dir", str(shop)))
    assert f" ERROR={fails} " in built.output, built.output
    return built


def manifest(shop: Path) -> dict[str, Any]:
    """Return what the manifest of the published version says."""
    return dict(json.loads((shop / "published/manifest.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop's project as it is, with the package installed."""
    return install(tmp_path_factory.mktemp("package") / "shop")


@pytest.fixture(scope="module")
def first_build(shop: Path) -> Build:
    """The first build, up to a day in December."""
    built = build(shop, FIRST, fails=1)
    # Under the same name, by which views know their tables.
    (shop / "first").mkdir()
    return replace(built, warehouse=Path(shutil.copy(built.warehouse, shop / "first/warehouse.duckdb")))


@pytest.fixture(scope="module")
def second_build(shop: Path, first_build: Build) -> Build:
    """The second build, in which the shop's table has grown."""
    return build(shop, SECOND, fails=1)


def test_one_build_makes_the_shops_table_the_segments_and_what_the_shop_makes_of_them(second_build: Build) -> None:
    ((items,),) = second_build.rows("select count(*) from main.sold_items")
    audit = second_build.rows("select source_file, rows_read, rows_accepted from main_segments.load_audit")
    assert audit == [("main.sold_items", items, items)]
    assert second_build.rows("select count(distinct customer_id) from main.customers_to_call") == [(20,)]


def test_schemas_are_those_that_the_shop_says(second_build: Build) -> None:
    schemas = second_build.rows("select distinct schema_name from duckdb_tables() order by all")
    assert [schema for (schema,) in schemas] == [
        "main",
        "main_segments",
        "segments_intermediate",
        "segments_seeds",
        "segments_staging",
    ]
    # Nothing is left where the shop's own tables stand, after an incremental build either.
    ours = second_build.rows("select table_name from duckdb_tables() where schema_name = 'main' order by all")
    assert ours == [("customers_to_call",), ("members",), ("non_product_codes",), ("sold_items",)]


def test_a_bar_of_the_shop_on_the_segments_keeps_them_from_being_published(first_build: Build) -> None:
    assert "published   nothing: 1 node or test failed (segments_suffice_for_the_shop)" in first_build.output


def test_what_the_shop_disabled_is_not_built_and_the_rest_is_published(second_build: Build, shop: Path) -> None:
    # Whatever the shop's tests of its own models find.
    assert "Failure in test calls_can_be_made_in_a_day" in second_build.output
    published = manifest(shop)["row_counts"]
    assert "customer_segments" in published
    assert {"segment_silhouettes", "rejected_invoice_lines", "customers_to_call"} & set(published) == set()


def test_a_seed_of_the_shop_takes_the_place_of_one_of_the_package(first_build: Build) -> None:
    query = "select distinct product_code from main_segments.invoice_lines where line_type = 'charge'"
    assert first_build.rows(query) == [("A49",)]


def test_the_second_build_reads_what_the_table_holds_by_then(
    first_build: Build, second_build: Build, shop: Path, tmp_path: Path
) -> None:
    read = "select rows_read from main_segments.load_audit"
    ((before,),), ((after,),) = first_build.rows(read), second_build.rows(read)
    assert before < after == second_build.rows("select count(*) from main.sold_items")[0][0]
    # What does not depend on the model, which is kept, is the same as in a warehouse that is built at once.
    select = ("--select", "+invoice_lines", "+int_rfm_scores")
    again = build(shop, arguments=(*WITHOUT_TESTS, *select), folder=tmp_path)
    for query in (
        "select line_id, line_type, amount, customer_id from main_segments.invoice_lines order by all",
        "from segments_intermediate.int_rfm_scores order by all",
    ):
        assert second_build.rows(query) == again.rows(query)


def test_a_table_that_did_not_change_is_not_read_again(shop: Path, second_build: Build) -> None:
    looked = build(shop, arguments=("run", "--select", "base_invoice_files"))
    assert looked.rows("select is_loaded from segments_staging.base_invoice_files") == [(True,)]


# --- Every switch -----------------------------------------------------------------------------------------------------


def switches(name: str) -> dict[str, Any]:
    """Return the vars of a file of the shop."""
    return dict(yaml.safe_load((SHOP / name).read_text(encoding="utf-8")))


def test_every_var_is_turned_somewhere() -> None:
    defaults = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"]["segmentation"]
    shop_vars = yaml.safe_load((SHOP / "dbt_project.yml").read_text())["vars"]["segmentation"]
    turned = {
        name
        for values in (shop_vars, switches("switches.yml"), switches("switches_of_files.yml"))
        for name, value in values.items()
        if value != defaults[name]
    }
    # The build of the sample turns the one on, make inspect the other.
    assert set(defaults) - turned == {"unit_tests", "questions"}


def test_slips_in_the_shops_settings_are_told_and_its_own_are_none(shop: Path, tmp_path: Path) -> None:
    project_vars = yaml.safe_load((SHOP / "dbt_project.yml").read_text())["vars"]
    project_vars["segmentation"] |= {"invoices": "exports/*.csv"}
    slips = install(tmp_path / "slips", shop, vars=project_vars)
    options = ("--project-dir", str(slips), "--profiles-dir", str(slips))
    stopped = dbt(slips, "", {"calls_a_day": 19, "refits": "auto"}, (*WITHOUT_TESTS, *options))
    assert stopped.exit_code != 0
    told = re.findall(r"(\w+) is no setting\. Did you mean (\w+)\?", stopped.output)
    assert told == [("refits", "refit"), ("invoices", "invoice_files")]
    assert "START sql" not in stopped.output


@pytest.fixture(scope="module")
def turned_build(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Build:
    """A build with every switch turned, and schemas and marts as the package has them."""
    turned = install(tmp_path_factory.mktemp("package") / "turned", shop, models={}, seeds={})
    return build(turned, switches("switches.yml"))


def test_with_every_switch_turned_the_results_show_it(turned_build: Build) -> None:
    assert turned_build.rows("select distinct reason from marts.rejected_invoice_lines") == [("bad_date",)]
    assert turned_build.rows("select count(*) from marts.segment_profiles where kind = 'cluster'") == [(4,)]
    as_of = turned_build.rows("select distinct cast(as_of_date as varchar) from marts.customer_segments")
    assert as_of == [("2024-11-15",)]
    assert turned_build.rows("select count(distinct month_end) from marts.segment_history") == [(3,)]
    algorithms = turned_build.rows("select distinct algorithm from marts.segmentation_candidates where is_chosen")
    assert algorithms == [("ward",)]
    published = manifest(turned_build.warehouse.parent)
    assert published["currency"] == "€"
    known = "select distinct source_file, attribute, text_value from marts.customer_attributes order by all"
    assert turned_build.rows(known) == [("main.members", "channel", value) for value in ("app", "till")]
    assert "invoice_lines" in published["left_out"]


@LONG
def test_with_every_switch_turned_a_second_build_goes_on(turned_build: Build) -> None:
    again = build(turned_build.warehouse.parent, switches("switches.yml"), WITHOUT_TESTS)
    assert again.rows("select count(*) from intermediate.int_fits") == [(2,)]


def test_files_are_looked_up_in_the_shops_folder(shop: Path, tmp_path: Path) -> None:
    shop = install(tmp_path / "files", shop, models={}, seeds={})
    (shop / "exports").mkdir()
    lines = [
        f"{n};A{n % 9};Käse;{1 + n % 4};2024-{1 + n % 6:02}-{1 + n % 28:02};{1 + n % 7}.50;K{n % 60};Österreich"
        for n in range(600)
    ]
    for name, part in (("first", lines[:400]), ("second", lines[400:])):
        (shop / f"exports/{name}.csv").write_text("\n".join([FILE, *part]) + "\n", encoding="latin-1")
    (shop / "lists").mkdir()
    drawn = [f"K{n},{'sent' if n % 3 else 'control'},2024-05-01,2024-07-31" for n in range(60)]
    (shop / "lists/spring.csv").write_text("\n".join(["customer_id,group,starts_on,ends_on", *drawn]) + "\n")
    (shop / "crm").mkdir()
    members = [f"K{n};{'Wien' if n % 2 else 'Graz'}" for n in range(60)]
    (shop / "crm/members.csv").write_text("\n".join(["Karte;Ort", *members]) + "\n", encoding="latin-1")
    build(shop, switches("switches_of_files.yml"), WITHOUT_TESTS)
    (shop / "exports/second.csv").unlink()
    second = build(shop, switches("switches_of_files.yml"), WITHOUT_TESTS)
    # The rows of the file that is gone are kept, nothing is refitted, and there is no past.
    assert second.rows("select source_file, rows_accepted from marts.load_audit order by all") == [
        ("exports/first.csv", 400),
        ("exports/second.csv", 200),
    ]
    assert second.rows("select distinct country from marts.invoice_lines") == [("Österreich",)]
    assert second.rows("select count(*) from intermediate.int_fits") == [(1,)]
    assert second.rows("select count(*) from marts.segment_history") == [(0,)]
    assert second.rows("select campaign, source_file, state, customers, holdout_customers from marts.campaigns") == [
        ("spring", "lists/spring.csv", "running", 60, 20)
    ]
    known = "select source_file, attribute, count(*) from marts.customer_attributes group by all"
    assert second.rows(known) == [("crm/members.csv", "Ort", 60)]
    assert second.rows("select distinct category from marts.segment_categories") == [("Käse",)]
