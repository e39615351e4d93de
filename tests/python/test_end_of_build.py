"""What is said at the end of a build, and when it is complete: the rules alone, without dbt."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import duckdb
import pytest

from segmentation_dbt.end_of_build import (
    Build,
    Node,
    Publication,
    Result,
    describe_attributes,
    describe_campaigns,
    describe_changes,
    describe_publication,
    describe_tables,
    describe_value,
    describe_warnings,
    gaps_of,
    publish_build,
    record_audit,
    warnings_of,
)

MARTS = ("customer_segments", "load_audit")
NODES = [
    *(Node(f"model.segmentation.{name}", name, "model") for name in MARTS),
    Node("seed.segmentation.codes", "codes", "seed"),
    Node("test.segmentation.lines_are_sound", "lines_are_sound", "test"),
]


def result(node: Node, status: str | None = None, **changes: Any) -> Result:
    passed = "pass" if node.resource_type == "test" else "success"
    one = Result(node.unique_id, node.name, "segmentation", node.resource_type, [], status or passed, None)
    return replace(one, **changes)


def build(*others: Result, left_out: str = "", **changes: Any) -> Build:
    """Return a build of all nodes but one; results of others come instead or beside."""
    found = {node.unique_id: result(node) for node in NODES if node.name != left_out}
    found |= {one.unique_id: one for one in others}
    relations = {name: name for name in MARTS}
    whole = Build([*found.values()], NODES, relations, [], True, "not is_loaded", 20_000_000, "published", {}, True)
    return replace(whole, **changes)


def test_a_build_in_which_all_has_passed_has_no_gaps() -> None:
    exposure = Node("exposure.segmentation.report", "report", "exposure")
    assert gaps_of(build(result(NODES[-1], "warn"), result(exposure, "no-op"))) == []


@pytest.mark.parametrize(
    ("changed", "gaps"),
    [
        (build(result(NODES[-1], "fail")), ["1 node or test failed (lines_are_sound)"]),
        (build(result(NODES[0], "error")), ["1 node or test failed (customer_segments)"]),
        (
            build(*(result(node, "error") for node in NODES)),
            ["4 nodes and tests failed (customer_segments, load_audit, codes, …)"],
        ),
        (
            build(result(NODES[0], "error"), result(NODES[-1], "skipped")),
            ["1 node or test failed (customer_segments)", "1 skipped"],
        ),
        (build(left_out="lines_are_sound"), ["1 left out, and only a complete dbt build is published"]),
        (build(relations={"load_audit": "load_audit"}), ["customer_segments is disabled"]),
        (build(is_of_all_data=False), ["only a part of the data was read (--empty, --sample)"]),
    ],
)
def test_what_keeps_a_build_from_being_complete(changed: Build, gaps: list[str]) -> None:
    assert gaps_of(changed) == gaps


@pytest.mark.parametrize(
    ("resource_type", "parents", "concerns"),
    [
        ("test", ["model.shop.calls", "model.segmentation.customer_segments"], True),
        ("test", ["model.shop.calls", "seed.segmentation.codes"], False),
        ("model", ["model.segmentation.customer_segments"], False),
    ],
)
def test_of_another_project_only_tests_of_our_models_count(
    resource_type: str, parents: list[str], concerns: bool
) -> None:
    node = Node(f"{resource_type}.shop.calls", "calls", resource_type)
    failed, warned = (
        result(node, status, package="shop", parents=parents, message="Got 2 results") for status in ("fail", "warn")
    )
    assert gaps_of(build(failed)) == (["1 node or test failed (calls)"] if concerns else [])
    assert warnings_of([warned], []) == (["calls: Got 2 results"] if concerns else [])


def test_what_is_unbuilt_leaves_no_marts_to_sum_up() -> None:
    assert build(result(NODES[-1], "fail")).has_marts
    assert not build(result(NODES[0], "error")).has_marts
    assert not build(left_out="codes").has_marts
    assert not build(relations={"load_audit": "load_audit"}).has_marts


def test_missed_bars_are_warnings() -> None:
    bars = [
        ("stability", "VIP", "jaccard", 0.612345, 0.75, "It does not come back."),
        ("drift", None, "recency", None, None, "Unknown."),
    ]
    assert warnings_of([], bars) == [
        "segmentation_quality: stability of VIP (jaccard) is 0.612, the bar is 0.75: It does not come back.",
        "segmentation_quality: drift (recency): Unknown.",
    ]


def test_the_first_warnings_are_shown() -> None:
    assert describe_warnings([]) == [("warnings", "none")]
    assert describe_warnings(["a"]) == [("warnings", "1"), ("", "a")]
    shown = describe_warnings([str(n) for n in range(12)])
    assert (shown[0], shown[1], shown[-1], len(shown)) == (("warnings", "12"), ("", "0"), ("", "… and 2 more"), 12)


TABLES = """
create table load_audit as select 1000 as rows_read, 990 as rows_accepted, 10 as rows_rejected from range(2);
create table base_invoice_files as select range = 1 as is_loaded from range(2);
create table int_rejected_invoice_lines as
    select ['duplicate', 'bad_date', 'no_price', 'erased'][1 + range % 4] as reason from range(18);
create table customer_segments as
    select if(range < 1, 'VIP', 'New') as segment, date '2024-01-01' as as_of_date from range(1500);
"""


def test_the_tables_are_summed_up() -> None:
    with duckdb.connect() as connection:
        connection.execute(TABLES)
        names = ("load_audit", "base_invoice_files", "int_rejected_invoice_lines", "customer_segments")
        summed_up = build(relations={name: name for name in names})
        assert describe_tables(connection, summed_up) == [
            ("files", "2, 1 read in this build"),
            ("lines", "1,980 accepted, 20 rejected (1.0 %: 5 bad_date, 5 duplicate, 4 erased)"),
            ("customers", "1,500 as of 2024-01-01"),
            ("segments", "New 1,499 (100 %), VIP 1 (0 %)"),
        ]
        connection.execute("delete from int_rejected_invoice_lines; update load_audit set rows_rejected = 0")
        assert describe_tables(connection, summed_up)[1] == ("lines", "1,980 accepted, 0 rejected")


def test_what_is_to_come_is_summed_up() -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "create table customer_value as select 2.5 as expected_orders, 1000.5 as expected_revenue from range(2);"
            "create table value_model as select unnest(['nbd', 'bg_nbd']) as purchase_model, 90 as validation_days, "
            "unnest([true, false]) as is_season_known, unnest([false, true]) as is_in_force"
        )
        relations = {name: name for name in ("customer_value", "value_model")}
        expected = "5 orders and a revenue of 2,001 to be expected within 90 days"
        assert describe_value(connection, relations) == [("value", f"{expected} (bg_nbd; a season is not known yet)")]
        connection.execute("update value_model set is_in_force = not is_in_force")
        assert describe_value(connection, relations) == [("value", f"{expected} (nbd)")]
        assert describe_value(connection, {}) == []


def test_campaigns_are_summed_up_if_there_are_some() -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "create table campaigns (campaign varchar, state varchar, starts_on date, verdict_code varchar, "
            "incremental_revenue decimal(28, 4))"
        )
        relations = {"campaigns": "campaigns"}
        assert describe_campaigns(connection, {}) == []
        assert describe_campaigns(connection, relations) == []
        connection.execute("insert into campaigns values ('a', 'planned', '2024-01-01', 'too_early', null)")
        assert describe_campaigns(connection, relations) == [("campaigns", "1, 1 planned: 1 too early to tell")]
        connection.execute(
            "insert into campaigns values ('b', 'over', '2024-01-01', 'works', 1200.5), "
            "('c', 'over', '2024-01-01', 'not_trusted', 900), ('d', 'running', '2024-01-01', 'works', 34)"
        )
        said = (
            "4, 1 planned: 2 work, 1 too early to tell, 1 not to be trusted; those that work brought a revenue of 1,234"
        )
        assert describe_campaigns(connection, relations) == [("campaigns", said)]


def test_attributes_are_summed_up_if_there_are_some() -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "create table base_attribute_rows (attribute varchar, kind varchar, is_read boolean, customer_id varchar);"
            "create table int_customer_attributes (customer_id varchar);"
            "create table segment_attributes (segment varchar, distinguishes boolean)"
        )
        relations = {name: name for name in ("base_attribute_rows", "int_customer_attributes", "segment_attributes")}
        assert describe_attributes(connection, {}) == []
        assert describe_attributes(connection, relations) == []
        connection.execute(
            "insert into base_attribute_rows values (null, null, true, null), ('Age', 'number', true, null), "
            "('Age', 'number', true, 'a'), ('Mail', 'personal', false, null);"
            "insert into int_customer_attributes values ('a'), ('a'), ('b');"
            "insert into segment_attributes values ('VIP', true), ('VIP', true), ('Lost', false)"
        )
        assert describe_attributes(connection, relations) == [
            ("attributes", "Age, of 2 customers; they distinguish 1 segment"),
            ("", "left out: Mail (personal)"),
        ]


def test_what_was_audited_is_written_down_again() -> None:
    relations = {
        "int_file_comparisons": '"main"."int_file_comparisons"',
        "int_customer_days": "int_customer_days",
        "int_history_months": "int_history_months",
    }
    with duckdb.connect() as connection:
        keys = ("classified_key", "ledger_key", "history_key")
        for model, key in zip(relations, keys, strict=True):
            connection.execute(f"create table {model} as select '{model}' as {key} from range(2)")
        for _ in range(2):
            record_audit(connection, relations)
        for what, key, model in zip(("files", "customers", "months"), keys, relations, strict=True):
            assert connection.execute(f"select {key} from main.audited_{what}").fetchall() == [(model,)]


def test_changes_are_counted() -> None:
    changes = {
        **{"customers_gained": 1, "customers_lost": 1200, "customers_moved": 3},
        **{"files_gained": 2, "files_lost": 0, "files_changed": 1},
    }
    assert describe_changes(Publication(changes=changes, before="000001-x")) == [
        ("changes", "since version 000001-x:"),
        ("", "1 new customer, 1,200 gone, 3 in another segment"),
        ("", "2 new files, 0 gone, 1 changed"),
    ]
    assert describe_changes(Publication()) == []


def test_what_was_published_is_said() -> None:
    manifest = {"version": "000002-y", "row_counts": {"load_audit": 1}, "left_out": {"invoice_lines": "too many"}}
    assert describe_publication(Publication("/p", "000002-y", manifest), []) == [
        ("published", "/p/segments.duckdb and 1 Parquet file, version 000002-y"),
        ("", "without invoice_lines: too many"),
    ]
    gaps = ["2 skipped", "1 left out"]
    assert describe_publication(Publication(current="000001-x"), gaps) == [
        ("published", "nothing: 2 skipped, 1 left out"),
        ("", "version 000001-x is untouched"),
    ]
    assert describe_publication(Publication(), gaps)[1] == ("", "nothing before, either")
    assert describe_publication(Publication(problem="full"), []) == [("published", "nothing: it failed, see below")]
    assert describe_publication(Publication(reason="none of it"), []) == [("published", "nothing: none of it")]


def test_without_its_plugin_nothing_is_published() -> None:
    with duckdb.connect() as connection:
        told = publish_build(connection, build(is_published=False), [], [])
    assert told.reason == "the plugin segmentation_dbt.publishing is not in the profile"
