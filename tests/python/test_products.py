"""What customers like, on Online Retail: counted again from the public lines, and held against what came."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pytest
from conftest import Build
from scipy.stats import false_discovery_control, norm

NOT_TO_RECOMMEND = {
    "bought before": """
        select 1 from marts.customer_recommendations inner join marts.invoice_lines using (customer_id, product_code)
        where line_type = 'sale'
    """,
    "no product, or not sold in the last 90 days": """
        select 1 from marts.customer_recommendations as r where not exists (
            select 1 from marts.invoice_lines as l
            where l.line_type = 'sale' and l.product_code = r.product_code
                and l.invoiced_at >= r.as_of_date - interval 90 day
        )
    """,
    "mostly sent back": """
        select 1 from marts.customer_recommendations semi join (
            select product_code
            from marts.invoice_lines as lines left join intermediate.int_cancelled_lines as cancelled using (line_id)
            where line_type in ('sale', 'return') and lines.customer_id is not null
            group by product_code
            having -2 * coalesce(sum(lines.amount) filter (line_type = 'return' and cancelled.line_id is null), 0)
                >= sum(lines.amount) filter (line_type = 'sale' or cancelled.line_id is not null)
        ) using (product_code)
    """,
    "for a reason that the customer did not buy": """
        select 1 from marts.customer_recommendations as r where basis = 'bought_with' and not exists (
            select 1 from marts.invoice_lines as l where l.line_type = 'sale' and l.customer_id = r.customer_id
                and l.product_code = r.reason_product_code
        )
    """,
}


def test_the_ledger_of_products_is_the_ledger(online_retail_build: Build) -> None:
    """Every sale and return of Online Retail has a product."""
    of_products, of_days = (
        online_retail_build.rows(f"select sum(purchased), sum(returned) from intermediate.{table}")
        for table in ("int_customer_products", "int_customer_days")
    )
    assert of_products == of_days


def test_recommendations_hit_far_more_than_best_sellers(online_retail_build: Build) -> None:
    """The bar is 1.6 times as many hits as the best sellers of the last 90 days, over products not bought before."""
    found = dict(
        online_retail_build.rows(
            "select subject, value from marts.segmentation_quality "
            "where check_name = 'recommendations_over_best_sellers'"
        )
    )
    assert found["hit_share at 10"] > 1.9
    assert found["hit_share at 5"] > 2.0


def test_best_sellers_are_no_weak_bar(online_retail_build: Build) -> None:
    """What best sellers hit, counted another way: from the public lines."""
    ((hit_share, customers),) = online_retail_build.rows(
        """
        with sales as (
            select customer_id, product_code, min(invoiced_at::date) as first_date
            from marts.invoice_lines where line_type = 'sale' and customer_id is not null group by all
        ),
        best as (
            select product_code, count(distinct customer_id) as customers from marts.invoice_lines
            where line_type = 'sale' and customer_id is not null
                and invoiced_at >= '2011-06-13' and invoiced_at < '2011-09-11'
            group by all
        ),
        tried as (
            select customer_id, count(*) filter (first_date >= '2011-09-11') as new from sales
            group by customer_id having min(first_date) < '2011-09-11' and new > 0
        ),
        listed as (
            select customer_id, product_code,
                row_number() over (partition by customer_id order by best.customers desc, product_code) as place
            from tried cross join best
            anti join (from sales where first_date < '2011-09-11') as known using (customer_id, product_code)
        )
        select avg(hits / least(10, new)), count(*) from (
            select customer_id, any_value(new) as new, count(sales.product_code) as hits
            from tried left join listed using (customer_id) left join sales using (customer_id, product_code)
            where place <= 10 group by customer_id
        )
        """
    )
    ((value, bar, explanation),) = online_retail_build.rows(
        "select value, bar, explanation from marts.segmentation_quality "
        "where check_name = 'recommendations' and subject = 'hit_share at 10' and segment is null"
    )
    assert bar == pytest.approx(hit_share, abs=1e-5)
    assert explanation.startswith(f"of {customers} customers")
    assert value > 1.6 * bar


@pytest.mark.parametrize("fault", NOT_TO_RECOMMEND)
def test_nothing_is_recommended_that_should_not_be(online_retail_build: Build, fault: str) -> None:
    assert online_retail_build.rows(NOT_TO_RECOMMEND[fault]) == []


def test_every_customer_with_a_segment_gets_five(online_retail_build: Build) -> None:
    """Those who bought once, too."""
    found = online_retail_build.rows(
        """
        select count(*), min(products), max(products) from (
            select customer_id, count(r.product_code) as products
            from marts.customer_segments left join marts.customer_recommendations as r using (customer_id) group by all
        )
        """
    )
    assert found == [(4_334, 5, 5)]


def test_what_a_segment_buys_is_in_the_lines(online_retail_build: Build) -> None:
    differing = online_retail_build.rows(
        """
        select segment, product_code, customers, orders, revenue from marts.segment_products
        except
        select segment, product_code, count(distinct customer_id), count(distinct invoice_id), sum(amount)
        from marts.invoice_lines inner join marts.customer_segments using (customer_id)
        where line_type = 'sale' group by all
        """
    )
    assert differing == []


def test_a_preference_is_more_than_chance(online_retail_build: Build) -> None:
    """By the exact tail, over all pairs of a segment and a product: no more than these, and hardly fewer.

    Customers are held against others with as many products: expected number and variance are those of draws without
    replacement, but that a customer is as likely drawn as they have products.
    """
    rows = online_retail_build.rows(
        "select customer_id, segment, product_code from intermediate.int_customer_products "
        "inner join marts.customer_segments using (customer_id) where orders > 0"
    )
    bought = pd.DataFrame(rows, columns=["customer", "segment", "product"])
    products = bought.groupby("customer")["product"].transform("size")
    bought["size"] = np.floor(np.log(products) / np.log(1.5))
    table = pd.crosstab([bought["size"], bought["segment"]], bought["product"])
    expected, variance = (
        pd.DataFrame(0.0, index=sorted(bought["segment"].unique()), columns=table.columns) for _ in range(2)
    )
    for size, of_size in table.groupby(level="size"):
        buyers, share = of_size.sum(), of_size.droplevel("size").sum(axis=1) / of_size.to_numpy().sum()
        everybody = bought.loc[bought["size"] == size, "customer"].nunique()
        expected.loc[share.index] += np.outer(share, buyers)
        variance.loc[share.index] += np.outer(share * (1 - share), buyers * (1 - buyers / everybody))
    customers = table.groupby(level="segment").sum()
    counted, ratio = customers + 10, (customers + 10) / (expected + 10)
    z = ratio.apply(np.log) * (counted * (expected + 10) / (variance + 10)).pow(0.5)
    distances = z.where(customers > 0).melt(var_name="product", ignore_index=False).dropna()
    is_beyond = false_discovery_control(norm.sf(distances["value"])) <= 0.05
    by_tail = set(distances.loc[is_beyond, "product"].items())
    found = set(
        online_retail_build.rows("select segment, product_code from marts.segment_products where is_significant")
    )
    assert found <= by_tail
    assert len(found) > 0.8 * len(by_tail) > 15


def test_where_no_segment_has_a_taste_large_baskets_make_none(sample_build: Build) -> None:
    """Who buys much buys every best seller: that is no dislike of best sellers, nor a liking of what is rare."""
    query = (sample_build.target / "compiled/segmentation/models/marts/products/segment_products.sql").read_text()
    rng = np.random.default_rng(37)
    shops = 20
    popularity = 1 / (np.arange(400) + 20.0)
    false = 0
    for _ in range(shops):
        segment = rng.choice(6, 1_000, p=(0.08, 0.2, 0.17, 0.19, 0.12, 0.24))
        baskets = 1 + rng.poisson(np.array((250, 80, 60, 25, 25, 5))[segment] * rng.lognormal(-0.125, 0.5, 1_000))
        # The first of products in the order of exponential times are draws without replacement.
        places = (rng.exponential(size=(1_000, 400)) / popularity).argsort(axis=1).argsort(axis=1)
        customer, product = np.nonzero(places < baskets[:, None])
        purchases = pd.DataFrame({"customer": customer, "segment": segment[customer], "product": product})
        false += bool(significant(query, purchases))
    assert false <= 0.05 * shops


def significant(query: str, purchases: pd.DataFrame) -> int:
    """Return how many pairs of a segment and a product the model calls significant."""
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as warehouse; use warehouse; create schema intermediate")
        connection.register("purchases", purchases)
        connection.execute(
            """
            create table intermediate.int_customer_products as
            select
                'c' || customer as customer_id, 'P' || product as product_code,
                1 as orders, 1 as purchased, 0 as returned
            from purchases;
            create table intermediate.int_segment_assignments as
            select distinct 'c' || customer as customer_id, 's' || segment as segment from purchases;
            create table intermediate.int_products as
            select distinct 'P' || product as product_code, null as description from purchases;
            """
        )
        found = connection.execute(f"select count(*) from ({query}) where is_significant").fetchall()
    return int(found[0][0])


def test_a_segment_likes_only_products_that_were_planted(sample_build: Build) -> None:
    """The generator draws products without a look at the customer, but for the clocks of newcomers."""
    liked = sample_build.rows(
        "select distinct segment, description like '%CLOCK%' from marts.segment_products where is_significant"
    )
    assert set(liked) <= {("Quick starter", True)}


def test_a_pair_of_products_is_counted_in_the_lines(online_retail_build: Build) -> None:
    """The green and the pink teacup, bought by many with more than 50 others: what is said is of all lines."""
    ((customers, orders),) = online_retail_build.rows(
        """
        with sales as (
            select distinct customer_id, invoice_id, product_code from marts.invoice_lines
            where line_type = 'sale' and customer_id is not null and invoiced_at >= '2011-09-11'
        )
        select
            count(distinct one.customer_id),
            count(distinct one.invoice_id) filter (one.invoice_id = other.invoice_id)
        from sales as one inner join sales as other using (customer_id)
        where one.product_code = '22697' and other.product_code = '22698'
        """
    )
    ((counted_customers, counted_orders, lift),) = online_retail_build.rows(
        "select customers, orders, order_lift from marts.product_pairs "
        "where product_code = '22697' and other_product_code = '22698'"
    )
    assert (counted_customers, counted_orders) == (customers, orders)
    assert lift > 10
