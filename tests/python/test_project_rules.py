"""The rules of the project's structure hold, and each of them notices where it is broken."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from conftest import Build
from project_rules import RULES, violations

Thing = dict[str, Any]
MART = "model.segmentation.country_sales"
INTERMEDIATE = "model.segmentation.int_country_sales"
EXCUSED = "model.segmentation.int_as_of_date"
METRIC = "metric.segmentation.revenue"
SALES = "semantic_model.segmentation.sales"
MACRO = "macro.segmentation.each_day"
BY_PART = "macro.segmentation.materialization_by_part_default"
DASHBOARD = "exposure.segmentation.dashboard"

# What is done to a manifest, the rule that it breaks, and where.
BROKEN: list[tuple[str, str, Callable[[Thing], None]]] = [
    ("names_say_the_layer", MART, lambda m: m["nodes"][MART].update(name="int_sales")),
    ("names_say_the_layer", INTERMEDIATE, lambda m: m["nodes"][INTERMEDIATE].update(name="country_sales_of_months")),
    ("names_say_the_layer", INTERMEDIATE, lambda m: m["nodes"][INTERMEDIATE]["config"].update(schema="elsewhere")),
    (
        "parents_are_of_layers_below",
        MART,
        lambda m: m["nodes"][MART]["depends_on"]["nodes"].append("model.segmentation.stg_invoice_lines"),
    ),
    (
        "parents_are_of_layers_below",
        "model.segmentation.stg_invoice_lines",
        lambda m: m["nodes"]["model.segmentation.stg_invoice_lines"]["depends_on"]["nodes"].append(MART),
    ),
    ("keys_are_unique", MART, lambda m: m["child_map"].update({MART: []})),
    ("models_are_tested", MART, lambda m: m["child_map"].update({MART: []})),
    ("everything_is_described", MART, lambda m: m["nodes"][MART]["columns"]["month"].update(description="")),
    ("everything_is_described", METRIC, lambda m: m["metrics"][METRIC].update(description="")),
    ("everything_is_described", SALES, lambda m: m["semantic_models"][SALES]["measures"][0].update(description=None)),
    ("everything_is_described", MACRO, lambda m: m["macros"][MACRO]["arguments"][0].update(description="")),
    ("arguments_are_those_of_the_macro", MACRO, lambda m: m["macros"][MACRO]["arguments"].pop()),
    ("properties_stand_beside", MART, lambda m: m["nodes"][MART].update(patch_path="segmentation://models/all.yml")),
    ("rooms_are_small", MART, lambda m: m["nodes"].update(copies(m["nodes"][MART], 16))),
    ("macros_are_described_once", MACRO, lambda m: m["macros"][MACRO].update(patch_path="segmentation://macros/x.yml")),
    (
        "macros_are_described_once",
        MACRO,
        lambda m: m["macros"][MACRO].update(
            original_file_path="macros/x.sql", patch_path="segmentation://macros/macros.yml"
        ),
    ),
    ("marts_have_contracts", MART, lambda m: m["nodes"][MART]["config"]["contract"].update(enforced=False)),
    ("marts_have_contracts", MART, lambda m: m["nodes"][MART]["columns"]["month"].update(data_type=None)),
    ("nothing_is_unused", INTERMEDIATE, lambda m: m["child_map"].update({INTERMEDIATE: []})),
    ("nothing_is_unused", BY_PART, lambda m: m["macros"][BY_PART].update(name="materialization_by_day_default")),
    ("nothing_is_unused", MACRO, lambda m: m["macros"][MACRO].update(name="no_day")),
    ("nothing_is_unused", "doc.segmentation.x", lambda m: m["docs"].update({"doc.segmentation.x": doc_block("x")})),
    ("layers_have_colors", MART, lambda m: m["nodes"][MART]["config"]["docs"].update(node_color="#44aa99")),
    ("layers_have_colors", MART, lambda m: m["nodes"][MART]["config"]["docs"].update(node_color=None)),
    ("exposures_are_complete", DASHBOARD, lambda m: m["exposures"][DASHBOARD].update(url=None)),
    ("exposures_are_complete", DASHBOARD, lambda m: m["exposures"][DASHBOARD]["depends_on"].update(nodes=[])),
    (
        "exposures_are_complete",
        DASHBOARD,
        lambda m: m["exposures"][DASHBOARD]["depends_on"]["nodes"].append(INTERMEDIATE),
    ),
    # An exception needs a reason, and something to excuse.
    ("keys_are_unique", EXCUSED, lambda m: exceptions(m, EXCUSED).update(keys_are_unique=" ")),
    (
        "keys_are_unique",
        MART,
        lambda m: m["nodes"][MART]["config"]["meta"].update(exceptions={"keys_are_unique": "So."}),
    ),
]


def copies(node: Thing, number: int) -> Thing:
    return {f"{node['unique_id']}_{n}": node for n in range(number)}


def doc_block(name: str) -> Thing:
    return {"name": name, "package_name": "segmentation"}


def exceptions(manifest: Thing, key: str) -> dict[str, str]:
    found: dict[str, str] = manifest["nodes"][key]["config"]["meta"]["exceptions"]
    return found


@pytest.fixture(scope="module")
def manifest(sample_build: Build) -> Thing:
    read: Thing = json.loads((sample_build.target / "manifest.json").read_text())
    return read


def test_the_project_keeps_its_rules(manifest: Thing) -> None:
    assert violations(manifest) == []


@pytest.mark.parametrize(
    ("rule", "key", "breach"), BROKEN, ids=[f"{n}-{rule}" for n, (rule, _, _) in enumerate(BROKEN)]
)
def test_a_rule_that_is_broken_is_noticed(
    manifest: Thing, rule: str, key: str, breach: Callable[[Thing], None]
) -> None:
    broken = copy.deepcopy(manifest)
    breach(broken)
    assert [found for found in violations(broken) if found.startswith(f"{key}:") and rule in found]


def test_every_rule_is_tried() -> None:
    assert {rule for rule, _, _ in BROKEN} == RULES.keys()


def test_every_column_is_described(manifest: Thing, sample_build: Build) -> None:
    """Those of the warehouse are those of the .yml, in all layers; a contract says so of the marts alone."""
    found: dict[tuple[str, str], list[str]] = {}
    for schema, table, column in sample_build.rows(
        "select table_schema, table_name, column_name from information_schema.columns order by column_name"
    ):
        found.setdefault((schema, table), []).append(column)
    for node in manifest["nodes"].values():
        if node["resource_type"] in ("model", "seed") and node["config"]["materialized"] != "ephemeral":
            assert found[node["schema"], node["alias"]] == sorted(node["columns"]), node["name"]
