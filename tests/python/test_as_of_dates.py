"""What was known of customers on a date is what a build of that date says, and what came after is not in it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from conftest import WITHOUT_TESTS, Build, dbt

FEATURES = (
    "recency_days, frequency, monetary, return_rate, avg_order_value, tenure_days, purchase_days, "
    "coalesce(interpurchase_days, tenure_days)"
)


def test_features_of_a_date_are_those_of_a_build_as_of_it(sample_build: Build, tmp_path: Path) -> None:
    ((cut,),) = sample_build.rows("select cut_date from intermediate.int_validation_dates where date_number = 2")
    known = sample_build.rows(
        f"select customer_id, {FEATURES} from intermediate.int_validation_customers where cut_date = '{cut}' order by 1"
    )
    then = dbt(
        tmp_path, variables={"as_of_date": str(cut)}, arguments=(*WITHOUT_TESTS, "--select", "+int_customer_features")
    )
    assert then.exit_code == 0, then.output
    built = then.rows(
        f"select customer_id, {FEATURES} from intermediate.int_customer_features where frequency > 0 order by 1"
    )
    assert [row[0] for row in known] == [row[0] for row in built]
    np.testing.assert_allclose(
        np.array([row[1:] for row in known], dtype=float), np.array([row[1:] for row in built], dtype=float), rtol=1e-12
    )


def test_the_later_orders_are_those_of_the_lines(sample_build: Build) -> None:
    """Counted from the public lines; an order over midnight belongs to its first day."""
    found = sample_build.rows(
        "select cut_date, sum(later_orders), sum(later_spend), count(*) "
        "from intermediate.int_validation_customers group by 1 order by 1"
    )
    expected = sample_build.rows(
        """
        with orders as (
            select customer_id, invoice_id, min(invoiced_at)::date as first_day
            from marts.invoice_lines where line_type = 'sale' and customer_id is not null group by all
        ),
        known as (
            select distinct cut_date, outcome_until, customer_id
            from intermediate.int_validation_dates inner join orders on first_day < cut_date
        )
        select
            cut_date,
            sum((select count(*) from orders as o where o.customer_id = known.customer_id
                and first_day >= cut_date and first_day < outcome_until)),
            sum((select coalesce(sum(amount), 0) from marts.invoice_lines as l where l.customer_id = known.customer_id
                and line_type = 'sale' and invoiced_at >= cut_date and invoiced_at < outcome_until)),
            count(*)
        from known group by 1 order by 1
        """
    )
    assert found == expected
    assert len(found) == 5


@pytest.mark.parametrize("name", ["sample_build", "online_retail_build"])
def test_the_prior_is_that_of_kleinman(name: str, request: pytest.FixtureRequest) -> None:
    build: Build = request.getfixturevalue(name)
    rows = build.rows(
        "select orders, least(return_days, orders), kept_return_rate from intermediate.int_customer_features "
        "where orders > 0"
    )
    orders, returned, rate = np.array(rows, dtype=float).T
    weight, customers = orders.sum(), len(rows)
    mean = returned.sum() / weight
    spread = (orders * (returned / orders - mean) ** 2).sum() / (mean * (1 - mean))
    by_chance = customers - 1
    at_most = weight - (orders**2).sum() / weight
    correlation = (spread - by_chance) / (at_most - by_chance)
    ((mu, kappa),) = build.rows("select mu, kappa from intermediate.int_return_rate_prior")
    assert isinstance(kappa, Decimal)
    assert float(mu) == pytest.approx((orders * rate).sum() / weight, abs=1e-6)
    assert float(kappa) == pytest.approx(1 / correlation - 1, abs=1e-6)
