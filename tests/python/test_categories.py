"""Categories of products: how tables of them are read, and which tastes of segments are found."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from conftest import PROJECT, WITHOUT_TESTS, Build, dbt, write_lines

from segmentation.attributes.categories import Reading, read_files, read_sources
from segmentation.attributes.sources import source_of_arrow
from segmentation.simulate.tastes import LIKED_BY_GROUP, LIKED_BY_SOME

TABLE = PROJECT / "data/sample/product_categories.csv"
READING = Reading(["StockCode", "SKU", "Artikelnummer"])


def read(path: Path, reading: Reading = READING) -> list[tuple[str | None, ...]]:
    rows = read_files(str(path), "", reading, must_exist=True).to_pylist()
    assert [row["problem"] for row in rows if row["problem"]] == []
    return [(row["product_code"], row["category"]) for row in rows]


# --- reading -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("SKU,Category\nA1,Mugs\nA2,\n", "utf-8"),
        ("List of 2026;;\n\nPreis;Artikelnummer;Warengruppe\n1,5;A1;Mugs\n2;A2; \n", "cp1252"),
        ("category\tsku\n Mugs \tA1\nn/a\tA2\n", "utf-16"),
        ("StockCode,Category\nA1,Mugs\nA1,Mugs\nA2,\n,Clocks\n", "utf-8-sig"),
    ],
)
def test_a_table_is_read_as_others_are(tmp_path: Path, text: str, encoding: str) -> None:
    (tmp_path / "categories.csv").write_text(text, encoding)
    assert read(tmp_path / "categories.csv") == [("A1", "Mugs"), ("A2", None)]


def test_columns_are_named_where_headers_do_not_say_it(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Ware,Line,Category\nA1,Mugs,x\n")
    named = Reading([], {"product_code": "ware", "category": "line"})
    assert read(tmp_path / "a.csv", named) == [("A1", "Mugs")]


def test_a_table_of_the_warehouse_is_read_and_a_product_may_have_several_categories() -> None:
    rows = pa.table({"sku": [1.0, 2.0, 2.0, None], "category": ["Mugs", "Mugs", "'=Gifts", "Clocks"]})
    found = read_sources([source_of_arrow("shop.products", rows.select, rows.schema)], READING).to_pylist()
    assert [(row["product_code"], row["category"]) for row in found] == [("1", "Mugs"), ("2", "Mugs"), ("2", "=Gifts")]


@pytest.mark.parametrize(
    ("text", "problem", "remedy"),
    [
        ("Ware,Category\nA,B\n", "which of its columns has products; they are Ware", "{product_code: Ware}"),
        ("SKU,Line\nA,B\n", "which of its columns has categories; they are SKU, Line", "{category: Line}"),
        ("SKU,Kategorie,Warengruppe\nA,B,C\n", "which of its columns has categories", "{category: Kategorie}"),
        ("SKU,Category\nA,B,C\n", "row 2 has not the 2 values of the header", "stands in quotes"),
        ("", "the file is empty", "export it again"),
        ("%PDF-1.7", "not a table but a PDF", "as CSV"),
    ],
)
def test_what_can_not_be_used_says_why_and_what_to_do(tmp_path: Path, text: str, problem: str, remedy: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    (row,) = read_files(str(tmp_path / "a.csv"), "", READING).to_pylist()
    assert problem in row["problem"]
    assert remedy in row["remedy"]


def test_a_file_that_is_not_there_is_a_problem_only_where_it_is_asked_for(tmp_path: Path) -> None:
    assert read_files(str(tmp_path / "a.csv"), "", READING).num_rows == 0
    assert read_files("", str(PROJECT), READING).num_rows == 0
    (row,) = read_files(str(tmp_path / "a.csv"), "", READING, must_exist=True).to_pylist()
    assert (row["problem"], "product_categories" in row["remedy"]) == ("no file matches it", True)


# --- tastes ------------------------------------------------------------------------------------------------


def test_the_planted_taste_is_found_and_nothing_else(sample_build: Build) -> None:
    """Newcomers like clocks; those who like bowls are of all groups."""
    liked = sample_build.rows("select segment, category from marts.segment_categories where is_significant")
    assert liked == [("Quick starter", LIKED_BY_GROUP)]
    found = dict(sample_build.rows("select segment, explanation from marts.segment_profiles"))
    assert f"What they buy more often than others: {LIKED_BY_GROUP} (1.8 times as often)." in found["Quick starter"]
    assert [segment for segment, text in found.items() if "more often than others" in text] == ["Quick starter"]


def test_the_other_taste_is_there(sample_build: Build) -> None:
    """As many customers as planted buy far more bowls than others do: to find nothing of it is no want of a taste."""
    ((likers, others),) = sample_build.rows(
        f"""
        with shares as (
            select customer_id, sum(orders) filter (category = '{LIKED_BY_SOME}') / sum(orders) as share
            from intermediate.int_customer_products
            inner join intermediate.int_product_categories using (product_code)
            where orders > 0 group by customer_id having sum(orders) >= 30
        )
        select count(*) filter (share > 0.25), count(*) filter (share <= 0.25) from shares
        """
    )
    assert 0.03 < likers / (likers + others) < 0.3


def test_figures_are_those_of_the_lines(sample_build: Build) -> None:
    with TABLE.open() as f:
        table = [(row["StockCode"].upper(), row["Category"]) for row in csv.DictReader(f) if row["Category"]]
    categories = pd.DataFrame(table, columns=["product_code", "category"])
    lines = pd.DataFrame(
        sample_build.rows(
            "select segment, customer_id, invoice_id, product_code, sum(amount) from marts.invoice_lines "
            "inner join marts.customer_segments using (customer_id) where line_type = 'sale' group by all"
        ),
        columns=["segment", "customer_id", "invoice_id", "product_code", "amount"],
    ).merge(categories, on="product_code")
    counted = lines.groupby(["segment", "category"]).agg(
        customers=("customer_id", "nunique"), purchases=("invoice_id", "size"), revenue=("amount", "sum")
    )
    found = sample_build.rows(
        "select segment, category, customers, purchases, revenue, purchase_share, purchase_share_in_all "
        "from marts.segment_categories"
    )
    assert len(found) == len(counted)
    for segment, category, customers, purchases, revenue, share, share_in_all in found:
        assert tuple(counted.loc[(segment, category)]) == (customers, purchases, revenue)
        of_segment = counted.loc[segment]["purchases"].sum()
        assert float(share) == pytest.approx(purchases / of_segment, abs=1e-6)
        of_category = counted.xs(category, level="category")["purchases"].sum()
        assert float(share_in_all) == pytest.approx(of_category / counted["purchases"].sum(), abs=1e-6)


def test_products_without_a_category_are_counted(sample_build: Build) -> None:
    with TABLE.open() as f:
        known = {row["StockCode"].upper() for row in csv.DictReader(f) if row["Category"]}
    sold = {
        code
        for (code,) in sample_build.rows(
            "select distinct product_code from intermediate.int_customer_products where orders > 0"
        )
    }
    ((has, has_not, explanation),) = sample_build.rows(
        "select lines_for, lines_against, explanation from marts.reading_evidence "
        "where assumption = 'product_categories' and source_file is null"
    )
    assert (has, has_not) == (len(sold & known), len(sold - known))
    assert has_not > 0
    assert explanation.startswith(f"of the products that customers bought {has_not} have no category")


SEGMENTS = 6
SHARES, MEAN_BASKETS = (0.08, 0.2, 0.17, 0.19, 0.12, 0.24), (83, 22, 20, 6.4, 6.3, 1.4)
"""As those of the sample."""


def simulated(rng: np.random.Generator, customers: int, tastes: float, planted: float) -> pd.DataFrame:
    """Draw the purchases of a shop.

    Some customers buy three times as often from a category as others, whatever their segment; the customers of the
    first segment buy `planted` times as often from the first.
    """
    segment = rng.choice(SEGMENTS, customers, p=SHARES)
    baskets = rng.poisson(np.array(MEAN_BASKETS)[segment] * rng.lognormal(-0.125, 0.5, customers))
    weights = rng.dirichlet(np.full(10, 3.0)) * np.where(rng.random((customers, 10)) < tastes, 3.0, 1.0)
    weights[segment == 0, 0] *= planted
    bought = rng.multinomial(baskets, weights / weights.sum(axis=1, keepdims=True))
    customer, category = np.nonzero(bought)
    return pd.DataFrame(
        {"customer": customer, "segment": segment[customer], "category": category, "n": bought[customer, category]}
    )


@pytest.fixture(scope="module")
def query(sample_build: Build) -> str:
    compiled = sample_build.target / "compiled/segmentation/models/marts/products/segment_categories.sql"
    return compiled.read_text()


def liked(query: str, purchases: pd.DataFrame) -> set[str]:
    """Return what the model calls significant."""
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as warehouse; use warehouse")
        connection.execute("create schema intermediate")
        connection.execute(
            """
            create table intermediate.int_customer_products as
            select 'c' || customer as customer_id, 'C' || category as product_code, n as orders, n as purchased
            from purchases;
            create table intermediate.int_segment_assignments as
            select distinct 'c' || customer as customer_id, 's' || segment as segment from purchases;
            create table intermediate.int_product_categories as
            select distinct 'C' || category as product_code, 'c' || category as category from purchases;
            """
        )
        found = connection.execute(f"select segment || ' ' || category from ({query}) where is_significant").fetchall()
    return {name for (name,) in found}


@pytest.mark.parametrize("tastes", [0.0, 0.3])
def test_where_no_segment_has_a_taste_hardly_any_is_found(query: str, tastes: float) -> None:
    """False discoveries are 5 % at most, whether or not customers have tastes of their own."""
    rng = np.random.default_rng(35)
    shops = 100
    false = sum(bool(liked(query, simulated(rng, 1_500, tastes, 1.0))) for _ in range(shops))
    assert false <= 0.05 * shops


def test_a_taste_of_a_segment_is_found_among_tastes_of_customers(query: str) -> None:
    rng = np.random.default_rng(36)
    shops = 25
    found = sum("s0 c0" in liked(query, simulated(rng, 1_500, 0.3, 2.0)) for _ in range(shops))
    assert found >= 0.9 * shops


# --- through a build ---------------------------------------------------------------------------------------

HOSTILE = "<img src=x onerror=alert(1)>'; drop table x; --"


def lines_of(customers: int) -> list[str]:
    return [
        f"{500 + 7 * n + k},P{k},Thing,{1 + n % 4},2024-{1 + (n + k) % 12:02d}-{1 + n % 28:02d} 10:00,2.5,c{n},France"
        for n in range(customers)
        for k in range(1 + n % 7)
    ]


def test_hostile_changed_and_wrong_tables(tmp_path: Path) -> None:
    invoices = write_lines(tmp_path / "invoices.csv", *lines_of(120))
    path = tmp_path / "categories.csv"
    path.write_text(f'sku,category\np0,"{HOSTILE}"\nP1,Mugs\nP1,Gifts\nQ9,Clocks\n')
    settings = {"product_categories": str(path)}
    built = dbt(tmp_path, invoices, settings, WITHOUT_TESTS)
    assert built.exit_code == 0, built.output
    known = "select distinct category from marts.segment_categories order by all"
    assert built.rows(known) == [(HOSTILE,), ("Gifts",), ("Mugs",)]
    told = "select lines_for, lines_against from marts.reading_evidence where assumption = 'product_categories' "
    assert built.rows(told + "order by source_file nulls last") == [(3, 0), (2, 5)]
    up_to_here = (*WITHOUT_TESTS, "--select", "+segment_categories")
    path.write_text("sku,category\nP0,Mugs\n")
    changed = dbt(tmp_path, invoices, settings, up_to_here)
    assert changed.rows(known) == [("Mugs",)]
    none = dbt(tmp_path, invoices, {}, up_to_here)
    assert none.rows("select count(*) from marts.segment_categories") == [(0,)]
    path.write_text("sku,line\nP0,Mugs\n")
    stopped = dbt(tmp_path, invoices, settings, up_to_here)
    assert stopped.exit_code != 0
    assert "The tables of categories can't be read:" in stopped.output
    assert "--vars '{category_map: {category: line}}'" in stopped.output
