"""Tests look at the lines and customers that no complete build has passed with, or at all where they are told to."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
from conftest import SAMPLE, Build, dbt

# Of each, the fault that it is to find.
FAULTS = {
    "days_add_up_to_the_lines": "update staging.stg_invoice_lines set amount = amount + 1 where line_id = {line}",
    "lines_are_sound": "update staging.stg_invoice_lines set line_id = line_id + 4 where line_id = {line}",
    "originals_are_kept": "update intermediate.int_duplicate_invoice_lines set original_line_id = line_id "
    "where line_id = (select min(line_id) from intermediate.int_duplicate_invoice_lines)",
    "load_audit_agrees_with_the_lines": "update marts.load_audit set rows_accepted = rows_accepted + 1",
    "customers_have_one_row_a_day": "insert into intermediate.int_customer_days "
    "from intermediate.int_customer_days where customer_id = '{customer}' and activity_date = '{day}'",
    "orders_add_up_to_the_invoices": "update intermediate.int_customer_days set orders = orders + 1 "
    "where customer_id = '{customer}' and activity_date = '{day}'",
    "customers_add_up_to_the_ledger": "update marts.customer_segments set returned_value = returned_value + 1 "
    "where customer_id = '{customer}'",
    "sales_add_up_to_the_ledger": "update marts.country_sales set orders = orders + 1 "
    "where month = (select min(month) from marts.country_sales)",
}
# The first line, so that its month is over.
LINE = (
    "select line_id, customer_id, invoiced_at::date from marts.invoice_lines "
    "where line_type = 'sale' and customer_id is not null order by invoiced_at, line_id limit 1"
)


def test_what_is_audited_is_not_tested_again(sample_build: Build, tmp_path: Path) -> None:
    shutil.copyfile(sample_build.warehouse, tmp_path / "warehouse.duckdb")

    def failed(audit: str = "new") -> set[str]:
        tested = dbt(tmp_path, SAMPLE, {"audit": audit}, ("test", "--select", *FAULTS))
        assert "Done. PASS" in tested.output, tested.output
        return {name for name in FAULTS if f"Failure in test {name}" in tested.output}

    def change(*statements: str) -> None:
        with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
            for statement in statements:
                connection.execute(statement)

    ((line, customer, day),) = sample_build.rows(LINE)
    assert failed("full") == set()
    change(*(fault.format(line=line, customer=customer, day=day) for fault in FAULTS.values()))
    assert failed() == set()
    assert failed("full") == {*FAULTS}
    # As after a build that failed, which writes nothing down.
    change(
        "delete from intermediate.audited_files",
        "delete from intermediate.audited_months",
        "delete from intermediate.audited_customers where ledger_key in "
        f"(select ledger_key from intermediate.int_customer_days where customer_id = '{customer}')",
    )
    assert failed() == {*FAULTS}
