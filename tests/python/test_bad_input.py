"""Input that can't be segmented says so, with what, where and a remedy; odd input gives a sensible result."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from conftest import HEADER, LINES_ONLY, LINES_WITH_TESTS, PROJECT, WITH_TESTS, WITHOUT_TESTS, Build, dbt, write_lines
from dbt.adapters.duckdb.credentials import DuckDBCredentials

from segmentation_dbt.warehouse import Plugin

LINE = "1,A,MUG,1,2020-01-01,2,c1,UK"


def build(folder: Path, *lines: str, **variables: Any) -> Build:
    """Build without tests: whatever stops it is a model."""
    return dbt(folder, write_lines(folder / "invoices.csv", *lines), variables, WITHOUT_TESTS)


def look_at(folder: Path, *lines: str, **variables: Any) -> Build:
    """Make the lines and what was rejected, where these are what stops a build."""
    return dbt(folder, write_lines(folder / "invoices.csv", *lines), variables, LINES_ONLY)


def read_and_test(folder: Path, *lines: str, **variables: Any) -> Build:
    """Make the lines and what was rejected, and run the tests of these."""
    return dbt(folder, write_lines(folder / "invoices.csv", *lines), variables, LINES_WITH_TESTS)


def read(folder: Path, *lines: str, **variables: Any) -> Build:
    """Make the lines and what was rejected, and nothing of it."""
    built = look_at(folder, *lines, **variables)
    assert built.exit_code == 0, built.output
    return built


def refused(build: Build) -> str:
    """The message of a build that had to fail, without a stack trace in it."""
    assert build.exit_code != 0, build.output
    assert "Traceback" not in build.output, build.output
    return build.message()


def test_no_file(tmp_path: Path) -> None:
    message = refused(dbt(tmp_path, tmp_path / "2024-*.csv", arguments=WITHOUT_TESTS))
    assert f"{tmp_path}/2024-*.csv problem: no file matches remedy: check the path" in message


def test_every_unusable_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    write_lines(tmp_path / "good.csv", LINE)
    write_lines(tmp_path / "short.csv", header="InvoiceNo,Quantity,UnitPrice,InvoiceDate,Total")
    (tmp_path / "page.csv").write_text("<html>please log in</html>")
    message = refused(dbt(tmp_path, tmp_path / "*.csv", arguments=WITHOUT_TESTS))
    assert "empty.csv problem: the file is empty" in message
    assert "short.csv problem: no column for customer_id among: InvoiceNo, Quantity" in message
    assert "page.csv problem: the file is not a table with a header" in message
    assert "good.csv" not in message


def test_a_header_only(tmp_path: Path) -> None:
    assert "the files hold a header and no lines" in refused(build(tmp_path))


def test_a_day_without_lines_among_others_is_no_fault(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.csv", LINE)
    write_lines(tmp_path / "b.csv")
    built = dbt(tmp_path, tmp_path / "*.csv", arguments=LINES_WITH_TESTS)
    assert built.exit_code == 0, built.output
    assert built.rows("select rows_read from marts.load_audit order by source_file") == [(1,), (0,)]


def test_rows_that_cannot_be_split_are_rejected_with_their_text(tmp_path: Path) -> None:
    good = [f"{n},A,MUG,1,2020-01-01,2,c{n},UK" for n in range(3)]
    bad = ["8,A,MUG", '9,A,"MUG,1,2020-01-01,2,c1,UK', "10,A,MUG,1,2020-01-01,2,c1,UK,more"]
    message = refused(look_at(tmp_path, *good, *bad))
    assert "3 of 6 lines were rejected" in message
    assert f"3 unreadable, for example: {tmp_path}/invoices.csv row 5: 8,A,MUG {tmp_path}/invoices.csv row 6" in message
    allowed = read_and_test(tmp_path, *good, *bad, max_rejected_share=0.5)
    assert allowed.exit_code == 0, allowed.output
    assert allowed.rows(
        "select source_row, reason, raw_text from marts.rejected_invoice_lines order by source_row"
    ) == [(5 + n, "unreadable", text) for n, text in enumerate(bad)]
    assert allowed.rows("select rows_read, rows_accepted, rows_rejected from marts.load_audit") == [(6, 3, 3)]


def test_nobody_is_known(tmp_path: Path) -> None:
    message = refused(build(tmp_path, "1,A,MUG,1,2020-01-01,2,,UK", "2,A,MUG,-1,2020-01-03,2,,UK"))
    assert "No customer with a purchase is left to segment" in message
    assert "1 sale without a customer, 2020-01-01 to 2020-01-01" in message
    assert "column_map" in message


def test_dates_that_could_be_read_in_two_ways_are_asked_about(tmp_path: Path) -> None:
    lines = [f"{n},A,MUG,1,{n}/2/2010 8:26,2,c{n},UK" for n in range(1, 6)]
    message = refused(look_at(tmp_path, *lines))
    assert (
        f"not clear which number is the day, the month and the year in the dates of: {tmp_path}/invoices.csv" in message
    )
    assert "5/2/2010 8:26, 4/2/2010 8:26, 3/2/2010 8:26" in message
    assert "--vars '{date_order: dmy}'" in message
    told = read(tmp_path, *lines, date_order="mdy")
    assert told.rows("select min(invoiced_at)::varchar from marts.invoice_lines") == [("2010-01-02 08:26:00",)]


def test_numbers_that_could_be_read_in_two_ways_are_asked_about(tmp_path: Path) -> None:
    lines = [f'{n},A,MUG,1,2010-01-01,"{n},234",c{n},UK' for n in range(1, 6)]
    message = refused(look_at(tmp_path, *lines))
    assert f"comma or the point is the decimal mark in the numbers of: {tmp_path}/invoices.csv: 1,234, 2,234" in message
    told = read(tmp_path, *lines, decimal_mark=",")
    assert told.rows("select max(unit_price)::varchar from marts.invoice_lines") == [("5.2340",)]


def test_two_currencies_are_refused_unless_their_rates_are_given(tmp_path: Path) -> None:
    lines = ["1,A,MUG,1,2020-01-01,€2.00,c1,UK", "2,A,MUG,1,2020-01-01,€3.00,c2,UK", "3,A,MUG,1,2020-01-01,£4.00,c3,UK"]
    message = refused(look_at(tmp_path, *lines))
    assert "The lines are in several currencies, whose amounts can't be added up: EUR: 2 lines GBP: 1 lines" in message
    told = read(tmp_path, *lines, exchange_rates={"EUR": 1, "GBP": 1.2})
    assert told.rows("select sum(amount)::varchar from marts.invoice_lines") == [("9.8000",)]
    message = refused(look_at(tmp_path, *lines, exchange_rates={"EUR": 1}))
    assert "1 other_currency" in message


def test_dates_that_contradict_each_other_are_asked_about(tmp_path: Path) -> None:
    message = refused(look_at(tmp_path, "1,A,MUG,1,13/1/2010,2,c1,UK", "2,A,MUG,1,1/13/2010,2,c1,UK"))
    assert "some can only be read one way, some only the other" in message


def test_a_file_of_one_day_follows_the_others(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.csv", "1,A,MUG,1,2/1/2010,2,c1,UK")
    write_lines(tmp_path / "b.csv", "2,A,MUG,1,13/1/2010,2,c1,UK")
    built = dbt(tmp_path, tmp_path / "*.csv", arguments=LINES_WITH_TESTS)
    assert built.exit_code == 0, built.output
    dates = built.rows("select invoiced_at::date::varchar from marts.invoice_lines order by 1")
    assert dates == [("2010-01-02",), ("2010-01-13",)]


def test_many_rejected_lines_stop_the_build_with_reasons_and_examples(tmp_path: Path) -> None:
    good = [f"{n},A,MUG,1,2020-01-01,2.50,c{n},UK" for n in range(50)]
    bad = ["80,A,MUG,1,yesterday,2,c1,UK", '81,A,MUG,1,2020-01-01,"2,50",c1,UK', "82,A,MUG,NaN,2020-01-01,2,c1,UK"]
    message = refused(look_at(tmp_path, *good, *bad))
    assert "3 of 53 lines were rejected, more than max_rejected_share (0.05) allows" in message
    assert f"1 bad_date, for example: {tmp_path}/invoices.csv row 52: 80,A,MUG,1,2,yesterday,c1,UK" in message
    assert f'1 bad_price, for example: {tmp_path}/invoices.csv row 53: 81,A,MUG,1,"2,50",2020-01-01,c1,UK' in message
    assert "1 bad_quantity" in message
    assert "how numbers and dates are written (decimal_mark, date_order)" in message
    read(tmp_path, *good, *bad, max_rejected_share=0.06)


@pytest.fixture(scope="module")
def odd_build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """A build with all tests, of amounts and of names and texts that are hardly any."""
    folder = tmp_path_factory.mktemp("odd")
    good = [f"{n},A,MUG,1,2020-01-01,2.50,c{n},UK" for n in range(50)]
    amounts = ["80,A,MUG,10,2020-01-01,99999999999.99,c1,UK", "81,A,MUG,1,2020-01-01,1000000000000,c1,UK"]
    bad = [",A,MUG,1,2020-01-01,999999999999,c1,UK"] * 101
    write_lines(folder / "amounts.csv", *good, *amounts, *bad)
    header = 'InvoiceNo,StockCode,"Desc\'; drop table x; {{ 1/0 }}",Quantity,InvoiceDate,UnitPrice,CustomerID,Country'
    lines = [
        '91,A\'),"=HYPERLINK(""x"")",1,2020-01-01,2,\'; drop table y; --,<script>',
        "92,A,{{ x }},2,2020-01-02,3,nil or none,UK",
    ]
    write_lines(folder / 'it\'s a "list"; {{ drop }} [1]*.csv', *lines, header=header)
    settings = {"max_rejected_share": 1, "column_map": {"description": "Desc'; drop table x; {{ 1/0 }}"}}
    built = dbt(folder, folder / "*.csv", settings, WITH_TESTS)
    assert built.exit_code == 0, built.output
    return built


def test_an_amount_of_a_trillion_is_none_and_rejected_money_has_no_bounds(odd_build: Build) -> None:
    assert odd_build.rows("select max(amount_rejected)::varchar from marts.load_audit") == [("100999999999899.0000",)]
    assert odd_build.rows("select raw_text, reason from marts.rejected_invoice_lines where raw_text not like ',%'") == [
        ("81,A,MUG,1,1000000000000,2020-01-01,c1,UK", "bad_amount")
    ]
    assert odd_build.rows("select max(monetary)::varchar from marts.customer_segments") == [("1000000000002.4000",)]


def test_money_of_a_customer_that_is_none_stops_the_build(tmp_path: Path) -> None:
    message = refused(build(tmp_path, *[f"{n},A,MUG,1,2020-01-01,999999999999,c1,UK" for n in range(101)]))
    assert "The money of customer c1 adds up to more than 99,999,999,999,999. Look in the files for" in message


def test_many_copies_of_lines_are_asked_about(tmp_path: Path) -> None:
    lines = [f"{n},A,MUG,1,2020-01-01,2,c{n},UK" for n in range(5)] * 4
    message = refused(look_at(tmp_path, *lines))
    assert "15 of 20 lines, 75.0 % of the money, are copies of others in all columns, such as row 7 of row 2" in message
    built = read_and_test(tmp_path, *lines, duplicate_lines="drop")
    assert built.exit_code == 0, built.output
    assert built.rows("select rows_accepted, rows_duplicate from marts.load_audit") == [(5, 15)]
    # Said otherwise, what was found to be a copy is a line again.
    kept = read(tmp_path, *lines, duplicate_lines="keep")
    assert kept.rows("select count(*) from marts.invoice_lines") == [(20,)]


def test_words_that_nobody_knows_are_asked_about(tmp_path: Path) -> None:
    """One of an order's second line, too."""
    header = f"{HEADER},Document,State\n"
    lines = [f"{LINE},Invoice,paid", f"{LINE},Slip,Bounced"]
    (tmp_path / "invoices.csv").write_text(header + "\n".join(lines), encoding="utf-8")
    said: dict[str, Any] = {"column_map": {"is_returned": "Document", "order_status": "State"}, "max_rejected_share": 1}
    built = dbt(tmp_path, tmp_path / "invoices.csv", said, LINES_ONLY)
    assert "Bounced: 1 order, for example 1 in" in refused(built)
    said["order_status_meanings"] = {"bounced": "never_paid"}
    built = dbt(tmp_path, tmp_path / "invoices.csv", said, LINES_ONLY)
    assert "slip: 1 line of" in refused(built)
    assert 'document_type_meanings: {"slip": "sale"}' in built.message()
    said["document_type_meanings"] = {"slip": "sale"}
    built = dbt(tmp_path, tmp_path / "invoices.csv", said, LINES_ONLY)
    assert built.rows("select source_row from marts.invoice_lines") == [(2,)]
    assert built.rows("select reason from marts.rejected_invoice_lines") == [("never_paid",)]


@pytest.mark.parametrize(
    ("field", "text", "problem"),
    [
        ("cancelled_at", "yes", "The time at which orders were cancelled (cancelled_at) is none"),
        ("order_refund", "all of it", "What was refunded of orders (order_refund) is no number"),
    ],
)
def test_what_became_of_an_order_has_to_be_readable(tmp_path: Path, field: str, text: str, problem: str) -> None:
    lines = [f"{LINE},0000-00-00", f"{LINE.replace('1', '2', 1)},{text}"]
    (tmp_path / "invoices.csv").write_text(f"{HEADER},Gone\n" + "\n".join(lines), encoding="utf-8")
    built = dbt(tmp_path, tmp_path / "invoices.csv", {"column_map": {field: "Gone"}}, LINES_ONLY)
    assert problem in refused(built)
    assert f"{text}: 1 order, for example" in built.message()
    assert "0000" not in built.message()


def test_an_as_of_date_before_the_data(tmp_path: Path) -> None:
    message = refused(build(tmp_path, LINE, as_of_date="1999-01-01"))
    assert "as_of_date, which is set to 1999-01-01" in message


# A value that each setting can't have, and what is said of it.
WRONG: dict[str, tuple[Any, str]] = {
    "keep_vanished_files": ("maybe", "it must be true or false"),
    "column_map": ({"customer": "x"}, "such as {customer_id: Account}; the fields are invoice_id, product_code"),
    "date_order": ("ydm", "it must be dmy, mdy, ymd or ''"),
    "time_zone": ("Mars/1' or", "it must be a name such as UTC or Europe/London"),
    "decimal_mark": (";", "it must be '.', ',' or ''"),
    "ignored_columns": ("Note", "it must be a list such as"),
    "discount_sign": ("minus", "it must be positive, negative or ''"),
    "discount_unit": ("cents", "it must be money, percent, share or ''"),
    "document_type_meanings": ({"slip": "stands"}, "it must be a meaning for each word, such as {picked: sale}"),
    "order_status_meanings": ({"picked": "maybe"}, "it must be a meaning for each word, such as {picked: stands}"),
    "overlapping_files": ("oldest", "it must be newest, file_name, all or ''"),
    "line_amounts": ("price", "it must be file, product, order or ''"),
    "duplicate_lines": ("some", "it must be drop, keep or ''"),
    "invoice_numbers": ("weekly", "it must be unique, daily or ''"),
    "placeholder_customers": ("0", "it must be '' or a list such as"),
    "join_customer_ids": ("maybe", "it must be true or false"),
    "questions": ("skip", "it must be stop or report"),
    "exchange_rates": ({"USD": "x"}, "it must be a number above 0 for each currency"),
    "first_plausible_date": ("' or true", "it must be a date such as 2011-12-10"),
    "last_plausible_date": ("2100-13-01", "it must be a date such as 2011-12-10"),
    "max_rejected_share": (5, "it must be a share from 0 to 1"),
    "audit": ("all", "it must be new or full"),
    "as_of_date": ("2011-02-30", "it must be '' or a date such as 2011-12-10"),
    "frequency_unit": ("weeks", "it must be invoices or days"),
    "monetary_basis": ("profit", "it must be gross or net"),
    "high_return_rate": (20, "it must be a share from 0 to 1"),
    "cluster_features": (["age"], "it must be a list of recency_days, frequency"),
    "cluster_scaler": ("log", "it must be standard, minmax or robust"),
    "cap_share": (0.25, "it must be a share from 0 to below 0.25"),
    "cluster_algorithm": ("dbscan", "it must be kmeans, gaussian_mixture, ward, hdbscan, grid or auto"),
    "segment_count": (11, "it must be auto or a whole number from 2 to 10"),
    "segment_count_min": (1, "it must be a whole number from 2 to 10"),
    "segment_count_max": (2.5, "it must be a whole number from 2 to 10"),
    "cluster_evaluation": ("fast", "it must be standard, full or quick"),
    "min_customers": ("few", "it must be a whole number of at least 0"),
    "fit_sample_size": (5, "it must be a whole number of at least 1000"),
    "knn_neighbors": (0, "it must be auto or a whole number of at least 1"),
    "random_seed": ("abc", "it must be a whole number of at least 0"),
    "refit": ("daily", "it must be auto, always or never"),
    "refit_after_days": (0, "it must be a whole number of at least 1"),
    "drift_psi_warn": (-1, "it must be a number of at least 0"),
    "drift_psi_error": ("much", "it must be a number of at least 0"),
    "outside_range_warn": (3, "outside_range_error must not be below it"),
    "outside_range_error": (2, "outside_range_error must not be below it"),
    "confidence_fall_warn": ("", "it must be a number of at least 0"),
    "confidence_fall_error": ([1], "it must be a number of at least 0"),
    "low_confidence_warn": (True, "it must be a number of at least 0"),
    "low_confidence_error": (False, "it must be a number of at least 0"),
    "segment_share_change_warn": (None, "it must be a number of at least 0"),
    "segment_share_change_error": ({}, "it must be a number of at least 0"),
    "history_months": (1000, "it must be a whole number from 0 to 999"),
    "validation_days": (0, "it must be a whole number of at least 1"),
    "validation_sample": ("all", "it must be a whole number of at least 1"),
    "value_horizon_days": (36501, "it must be a whole number from 0 to 36500"),
    "value_discount_rate": (-1, "it must be a number from -0.99 to 10"),
    "gross_margin": ("half", "it must be a number from -10 to 10"),
    "purchase_model": ("gamma", "it must be auto, bg_nbd, mbg_nbd, pareto_nbd or nbd"),
    "campaign_map": (
        {"customer": "Account"},
        "such as {customer_id: Account}; the fields are campaign, customer_id, group",
    ),
    "campaign_revenue_cap": (99, "it must be a share from 0 to 1"),
    "products": ("some", "it must be true or false"),
    "category_map": ({"product": "Article"}, "such as {product_code: Account}; the fields are product_code, category"),
    "attribute_map": ({"id": "Card"}, "such as {customer_id: Account}; the fields are customer_id"),
    "attributes": ("Channel", "it must be a list such as"),
    "attribute_kinds": ({"Age": "date"}, "it must be a meaning for each word, such as {picked: number}"),
    "publish_lines_up_to": (-1, "it must be a whole number of at least 0"),
    "unit_tests": ("yes", "it must be true or false"),
}
# What only the files, or the warehouse, can say; and what may be any text.
ANY_TEXT = {
    "campaign_files",
    "attribute_files",
    "attribute_relation",
    "product_categories",
    "product_category_relation",
    "invoice_files",
    "invoice_relation",
    "invoice_shape",
    "encoding",
    "cancellation_prefix",
    "currency",
}


def test_all_settings_that_cannot_be_are_told_at_once_before_the_first_model(tmp_path: Path) -> None:
    settings = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"]["segmentation"]
    assert set(WRONG) | ANY_TEXT == set(settings)
    slips = {"segment_counts": 5, "colum_map": {}, "history_month": 3}
    wrong = {name: value for name, (value, _) in WRONG.items()} | slips
    # None of them stops dbt while it parses, either.
    arguments = ("--no-partial-parse", *WITHOUT_TESTS)
    stopped = dbt(tmp_path, write_lines(tmp_path / "invoices.csv", LINE), wrong, arguments)
    message = refused(stopped)
    faults = {name: message.partition(f" {name} is ")[2].partition(". ")[0] for name in WRONG}
    expected = {name: told for name, (_, told) in WRONG.items()}
    expected["outside_range_warn"] = ""
    assert {name: told for name, told in expected.items() if told not in faults[name]} == {}
    meant = {"segment_counts": "segment_count", "colum_map": "column_map", "history_month": "history_months"}
    assert [slip for slip in slips if f"{slip} is no setting. Did you mean {meant[slip]}?" not in message] == []
    assert "START" not in stopped.output


@pytest.mark.parametrize(
    "column_map",
    [
        {"invoices.csv": {"customer_id": "CustomerID"}, "country": "Country"},
        {"invoices.csv": {"customer": "CustomerID"}},
        {"invoices.csv": {"customer_id": {"CustomerID": 1}}},
    ],
    ids=["both forms", "no field", "too deep"],
)
def test_columns_are_named_for_all_files_or_by_their_names(tmp_path: Path, column_map: dict[str, Any]) -> None:
    stopped = build(tmp_path, LINE, column_map=column_map)
    assert "or all of it by the names of files, such as {'etsy*.csv': {customer_id: Buyer}" in refused(stopped)
    assert "START" not in stopped.output


def test_columns_that_are_named_by_file_are_read(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.csv", LINE, header=HEADER.replace("CustomerID", "Account"))
    write_lines(tmp_path / "b.csv", LINE.replace("1,A", "2,A", 1))
    built = dbt(tmp_path, tmp_path / "*.csv", {"column_map": {path.name: {"customer_id": "Account"}}}, LINES_ONLY)
    assert built.exit_code == 0, built.output
    assert built.rows("select count(*), count(customer_id) from marts.invoice_lines") == [(2, 2)]


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"segment_count": 3}, "segment_count asks for 3 segments, but there are 2 customers with a purchase"),
        ({"invoice_shape": "magento"}, "invoice_shape is magento, which is not known remedy: it must be of: online"),
        ({"invoice_relation": "raw.nix"}, "raw.nix problem: there is no such table or view"),
    ],
)
def test_settings_that_the_data_refuse(tmp_path: Path, variables: dict[str, Any], message: str) -> None:
    assert message in refused(build(tmp_path, LINE, "2,A,MUG,3,2020-01-05,2,c2,UK", **variables))


@pytest.mark.parametrize(
    ("lines", "segments"),
    [
        ([LINE], 1),  # one customer
        ([f"{n},A,MUG,1,2020-01-01,2,c{n},UK" for n in range(30)], 1),  # all alike
        ([f"{n},A,MUG,{n + 1},2020-01-0{n + 1},2,c{n},UK" for n in range(3)], 2),  # fewer than segments
        ([f"{n},A,MUG,{1 + n % 2 * 50},2020-01-01,2,c{n},UK" for n in range(30)], 2),  # two kinds
    ],
    ids=["one customer", "all alike", "three customers", "two kinds"],
)
def test_few_or_equal_customers_get_a_sensible_answer(tmp_path: Path, lines: list[str], segments: int) -> None:
    # Where there is one segment, all tables have to bear it.
    select = ("--select", "+customer_segments", "+segmentation_model", "+segmentation_candidates")
    arguments = WITHOUT_TESTS if segments == 1 else (*WITHOUT_TESTS, *select)
    built = dbt(tmp_path, write_lines(tmp_path / "invoices.csv", *lines), {"min_customers": 0}, arguments)
    assert built.exit_code == 0, built.output
    assert built.rows("select count(*) from marts.customer_segments") == [(len(lines),)]
    assert built.rows("select count(*) from marts.segmentation_model") == [(segments,)]
    ((reason,),) = built.rows("select reason from marts.segmentation_candidates where is_chosen")
    assert reason.startswith("chosen: ")


def test_a_warehouse_that_another_process_has_open(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [
            *(sys.executable, "-c"),
            "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()",
            str(tmp_path / "warehouse.duckdb"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        message = refused(dbt(tmp_path, arguments=WITHOUT_TESTS))
        holder.communicate()
    assert f"process {holder.pid} has it open" in message
    assert "SEGMENTS_WAREHOUSE" in message


def test_a_warehouse_that_is_no_duckdb_file(tmp_path: Path) -> None:
    (tmp_path / "warehouse.duckdb").write_bytes(b"not a database" * 1000)
    assert "it is no DuckDB file" in refused(dbt(tmp_path, arguments=WITHOUT_TESTS))
    # DuckDB would open a CSV file as a database in memory, and all that is built would be gone.
    table = write_lines(tmp_path / "table.csv", LINE)
    assert "it is no DuckDB file" in refused(dbt(tmp_path, environment={"SEGMENTS_WAREHOUSE": str(table)}))
    assert table.read_text() == f"{HEADER}\n{LINE}\n"


def test_a_warehouse_in_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    message = refused(dbt(tmp_path, environment={"SEGMENTS_WAREHOUSE": str(tmp_path / "no" / "such.duckdb")}))
    assert "its folder does not exist" in message


def test_a_memory_limit_that_is_none(tmp_path: Path) -> None:
    stopped = dbt(tmp_path, environment={"SEGMENTS_MEMORY_LIMIT": "little"})
    assert "SEGMENTS_MEMORY_LIMIT is a number and a unit" in refused(stopped)


def test_the_memory_limit_is_that_of_the_database(tmp_path: Path) -> None:
    config: dict[str, Any] = {}
    credentials = DuckDBCredentials(path=str(tmp_path / "warehouse.duckdb"))
    Plugin("warehouse", {"memory_limit": "3GiB"}).update_connection_config(credentials, config)
    with duckdb.connect(config=config) as connection:
        assert connection.execute("select current_setting('memory_limit')").fetchall() == [("3.0 GiB",)]


def test_hostile_names_and_texts_are_only_text(odd_build: Build) -> None:
    customers = "select customer_id, country from marts.customer_segments where customer_id not like 'c%' order by 1"
    assert odd_build.rows(customers) == [
        # An apostrophe before a text guards it against spreadsheets.
        ("; drop table y; --", "<script>"),
        ("nil or none", "UK"),
    ]
    texts = "select description from marts.invoice_lines where description <> 'MUG' order by 1"
    assert odd_build.rows(texts) == [('=HYPERLINK("x")',), ("{{ x }}",)]
