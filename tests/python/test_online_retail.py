"""Online Retail: the facts counted independently of the project come out of the marts, to the penny."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import AS_SHIPPED, LONG, ONLINE_RETAIL, WITHOUT_TESTS, Build, dbt

PRODUCT = r"regexp_full_match(product_code, '[0-9]{5}[A-Z]{0,2}')"

FACTS = {
    "rows": ("select sum(rows_read) from marts.load_audit", 541_909),
    "net of everything": ("select sum(amount_read) from marts.load_audit", Decimal("9747747.9340")),
    "exact duplicates": ("select count(*) from marts.rejected_invoice_lines where reason = 'duplicate'", 5_268),
    "rejected for any other reason": (
        "select count(*) from marts.rejected_invoice_lines where reason <> 'duplicate'",
        0,
    ),
    "customers": ("select count(distinct customer_id) from marts.invoice_lines", 4_372),
    "invoices": ("select count(distinct invoice_id) from marts.invoice_lines", 25_900),
    "product codes, whatever their case": ("select count(distinct product_code) from marts.invoice_lines", 3_958),
    "countries": ("select count(distinct country) from marts.invoice_lines", 38),
    "cancellation rows": ("select count(*) from all_lines where invoice_id like 'C%'", 9_288),
    "cancellation invoices": ("select count(distinct invoice_id) from all_lines where invoice_id like 'C%'", 3_836),
    "cancellation rows with a customer": (
        "select count(*) from all_lines where invoice_id like 'C%' and customer_id is not null",
        8_905,
    ),
    "value of cancellations with a customer": (
        "select sum(amount) from all_lines where invoice_id like 'C%' and customer_id is not null",
        Decimal("-611342.09"),
    ),
    "write-offs": ("select count(*) from marts.invoice_lines where line_type = 'write_off'", 1_336),
    "zero prices": ("select count(*) from all_lines where unit_price = 0", 2_515),
    "negative prices": ("select count(*) from all_lines where unit_price < 0", 2),
    "rows without a customer": ("select count(*) from all_lines where customer_id is null", 135_080),
    "gross sales": (
        "select sum(amount) from all_lines where quantity > 0 and unit_price > 0",
        Decimal("10666684.5440"),
    ),
    "gross sales with a customer": (
        "select sum(amount) from all_lines where quantity > 0 and unit_price > 0 and customer_id is not null",
        Decimal("8911407.9040"),
    ),
    "all negative value": ("select sum(amount) from all_lines where amount < 0", Decimal("-918936.6100")),
    "clean sales: rows": (f"select count(*) from clean where {PRODUCT}", 391_150),
    "clean sales: invoices": (f"select count(distinct invoice_id) from clean where {PRODUCT}", 18_402),
    "clean sales: customers": (f"select count(distinct customer_id) from clean where {PRODUCT}", 4_334),
    "clean sales: value": (f"select sum(amount) from clean where {PRODUCT}", Decimal("8737227.6400")),
    "customers of clean sales are segmented": ("select count(*) from marts.customer_segments", 4_334),
    "their spending": ("select sum(monetary) from marts.customer_segments", Decimal("8737227.6400")),
    "their orders": ("select sum(frequency) from marts.customer_segments", 18_402),
    "day after the last invoice": ("select max(as_of_date)::varchar from marts.customer_segments", "2011-12-10"),
}

LINES = """
    with all_lines as (select * from intermediate.int_invoice_lines),
    clean as (select * from marts.invoice_lines where line_type = 'sale' and customer_id is not null)
"""


@pytest.mark.parametrize("fact", FACTS)
def test_facts(online_retail_build: Build, fact: str) -> None:
    query, expected = FACTS[fact]
    assert online_retail_build.rows(LINES + query) == [(expected,)]


def test_where_the_codes_differ_from_the_pattern_no_customer_is_concerned(online_retail_build: Build) -> None:
    """The list of codes counts 33 lines worth 398.45 more as sales than the pattern: DCGS* are real products."""
    more = online_retail_build.rows(
        f"select count(*), sum(amount), count(customer_id) from marts.invoice_lines "
        f"where line_type = 'sale' and not {PRODUCT}"
    )
    assert more == [(33, Decimal("398.4500"), 0)]
    fewer = online_retail_build.rows(
        "select count(*) from marts.invoice_lines where line_type not in ('sale', 'return', 'free', 'write_off') "
        f"and {PRODUCT} and quantity > 0 and unit_price > 0"
    )
    assert fewer == [(0,)]


@pytest.mark.parametrize(
    ("customer", "expected"),
    [
        ("16446", (Decimal("168472.5000"), Decimal("168469.6000"), Decimal("168469.6000"), Decimal("2.9000"), False)),
        ("12346", (Decimal("77183.6000"), Decimal("77183.6000"), Decimal("77183.6000"), Decimal("0.0000"), False)),
    ],
)
def test_bought_and_cancelled_within_minutes(
    online_retail_build: Build, customer: str, expected: tuple[Any, ...]
) -> None:
    found = online_retail_build.rows(
        "select monetary, returned_value, cancelled_value, net_monetary, is_high_return from marts.customer_segments "
        f"where customer_id = '{customer}'"
    )
    assert found == [expected]


def test_one_in_ten_returns_cancels_a_purchase_of_the_day_before(online_retail_build: Build) -> None:
    """Counted by a subquery on the public lines, another way than the model's join."""
    found = online_retail_build.rows(
        """
        select count(*), sum(-amount) from marts.invoice_lines as r
        where line_type = 'return' and customer_id is not null and exists (
            select 1 from marts.invoice_lines as s
            where s.line_type = 'sale' and s.customer_id = r.customer_id and s.product_code = r.product_code
                and s.quantity >= -r.quantity
                and s.invoiced_at between r.invoiced_at - interval 1 day and r.invoiced_at
        )
        """
    )
    assert found == [(813, Decimal("297413.6900"))]
    assert online_retail_build.rows("select count(*), sum(-amount) from intermediate.int_cancelled_lines") == found
    assert online_retail_build.rows("select sum(cancelled) from intermediate.int_customer_days") == [(found[0][1],)]


def test_of_95_customers_over_the_threshold_nine_are_high_returners(online_retail_build: Build) -> None:
    """The figures of DECISIONS.md."""
    figures = online_retail_build.rows(
        """
        select
            count(*) filter (return_rate >= 0.2), count(*) filter (kept_return_rate >= 0.2),
            count(*) filter (kept_return_rate >= 0.2 and frequency = 1), count(*) filter (is_high_return),
            count(*) filter (is_high_return and frequency = 1)
        from marts.customer_segments inner join intermediate.int_return_behavior
            using (customer_id, shrunk_return_rate, is_high_return)
        """
    )
    assert figures == [(95, 75, 31, 9, 0)]
    assert online_retail_build.rows("select mu, kappa from intermediate.int_return_rate_prior") == [
        (Decimal("0.017717"), Decimal("5.497921"))
    ]


def test_no_segment_is_a_handful_of_whales(online_retail_build: Build) -> None:
    ((smallest,),) = online_retail_build.rows(
        "select min(customer_share) from marts.segment_profiles where kind = 'cluster'"
    )
    assert smallest >= Decimal("0.02")


@LONG
def test_a_rewritten_export_gives_the_same_customers(online_retail_build: Build, tmp_path: Path) -> None:
    """The same lines as a colleague would export them: CSV and Parquet, other headers, dates and ids as of Excel."""
    source = f"read_csv('{ONLINE_RETAIL}', all_varchar = true)"
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            copy (select CustomerID || '.0' as "Customer ID", InvoiceNo as Invoice, StockCode || ' ' as stock_code,
                    Description, UnitPrice as Price, Quantity, Country,
                    strftime(InvoiceDate::timestamp, '%-m/%-d/%Y %-H:%M') as InvoiceDate
                from {source} where InvoiceDate < '2011-06')
            to '{tmp_path}/first.csv' (header, delimiter ';')
            """
        )
        connection.execute(
            f"""
            copy (select * replace (InvoiceDate::timestamp as InvoiceDate, Quantity::int as Quantity) from {source}
                where InvoiceDate >= '2011-06')
            to '{tmp_path}/second.parquet'
            """
        )
    # As a Windows program writes it: 32 lines of the data hold a pound sign.
    first = tmp_path / "first.csv"
    first.write_bytes(first.read_text(encoding="utf-8").replace("\n", "\r\n").encode("cp1252"))
    rewritten = dbt(tmp_path, f"{tmp_path}/first.csv,{tmp_path}/second.parquet", AS_SHIPPED, WITHOUT_TESTS)
    assert rewritten.exit_code == 0, rewritten.output
    columns = "customer_id, monetary, frequency, recency_days, rfm_score, segment, segment_confidence"
    query = f"select {columns} from marts.customer_segments order by customer_id"
    assert rewritten.rows(query) == online_retail_build.rows(query)
    assert rewritten.rows("select encoding, rows_read from marts.load_audit order by source_file") == [
        ("cp1252", 209_029),
        ("", 332_880),
    ]
    pounds = "select count(*) from marts.invoice_lines where description like '%£%'"
    assert rewritten.rows(pounds) == online_retail_build.rows(pounds)
