"""What was foretold against what came: by hand on few customers, and on Online Retail with its bars."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest
from conftest import ONLINE_RETAIL

from segmentation.validity import rfm_scores, top_share
from segmentation.value.customer_value import CustomerValue
from segmentation.value.forecaster import Foretold
from segmentation.value.outcomes import compare_with_outcome, share_of_best


def hundred() -> tuple[Foretold, np.ndarray, np.ndarray]:
    expected = np.arange(1.0, 101.0)
    orders = np.where(np.arange(100) % 2 == 0, 0.0, 2.0)
    foretold = Foretold(expected / 50, expected, expected / 101, np.zeros(100), np.full(100, 50.0))
    return foretold, orders, orders * expected


def test_sums_tenths_segments_and_bounds_are_those_of_the_customers() -> None:
    foretold, orders, revenue = hundred()
    segments = ["b" if n < 30 else "a" for n in range(100)]
    outcome = compare_with_outcome(foretold, orders, revenue, segments=segments, before=(orders, 2 * revenue))
    assert (outcome.total.customers, outcome.total.came_orders, outcome.total.came_revenue) == (100, 100, 5100)
    assert outcome.total.expected_orders == pytest.approx(101)
    assert outcome.orders_ratio == pytest.approx(1.01)
    assert outcome.revenue_ratio == pytest.approx(5050 / 5100)
    assert [tenth.customers for tenth in outcome.tenths] == [10] * 10
    assert (outcome.tenths[0].name, outcome.tenths[0].expected_revenue) == ("1", 955)
    assert outcome.tenths[-1].came_revenue == 2 * (2 + 4 + 6 + 8 + 10)
    assert [(group.name, group.customers) for group in outcome.segments] == [("a", 70), ("b", 30)]
    assert outcome.calibration[0].expected_buyers == pytest.approx(55 / 101)
    assert outcome.calibration[0].came_buyers == 5
    assert (outcome.naive_orders, outcome.naive_revenue) == (100, 10_200)
    assert outcome.within_bounds == pytest.approx(0.5 + 12 / 100)
    assert outcome.auc == pytest.approx(0.51)


def test_the_share_of_the_best_has_the_error_that_shops_differ_by() -> None:
    rng = np.random.default_rng(1)
    shares, errors = [], []
    for _ in range(300):
        revenue = rng.lognormal(0, 1.2, 2000)
        share, error = share_of_best(revenue * rng.lognormal(0, 1, 2000), revenue)
        shares.append(share)
        errors.append(error)
    assert np.mean(errors) == pytest.approx(np.std(shares), rel=0.25)


def test_ties_count_in_part() -> None:
    revenue = np.arange(20.0)
    share, error = share_of_best(np.ones(20), revenue)
    assert share == pytest.approx(top_share(np.ones(20), revenue)) == pytest.approx(0.1)
    assert error == pytest.approx(0, abs=1e-12)


def test_where_nothing_came_nothing_is_divided_by_it() -> None:
    nothing = np.zeros(5)
    outcome = compare_with_outcome(Foretold(nothing, nothing, nothing), nothing, nothing)
    assert (outcome.orders_ratio, outcome.revenue_ratio, outcome.auc, outcome.within_bounds) == (None,) * 4
    assert outcome.top_shares[0].share == 0
    with pytest.raises(ValueError, match="no customers"):
        compare_with_outcome(Foretold(*[np.zeros(0)] * 3), np.zeros(0), np.zeros(0))
    with pytest.raises(ValueError, match="of the same customers"):
        compare_with_outcome(Foretold(nothing, nothing, nothing), nothing[:3], nothing[:3])


@cache
def online_retail() -> pd.DataFrame:
    """Orders and value of each customer's days, of the lines that the README of the data calls clean sales."""
    if not ONLINE_RETAIL.exists():
        pytest.skip(f"the Online Retail data set is not at {ONLINE_RETAIL}; set ONLINE_RETAIL to its path")
    lines = pd.read_csv(ONLINE_RETAIL, dtype={"CustomerID": str, "InvoiceNo": str, "StockCode": str})
    lines = lines.drop_duplicates().dropna(subset="CustomerID")
    lines = lines[(lines["Quantity"] > 0) & (lines["UnitPrice"] > 0) & ~lines["InvoiceNo"].str.startswith("C")]
    lines = lines[lines["StockCode"].str.fullmatch("[0-9]{5}[A-Za-z]{0,2}")]
    days = lines["InvoiceDate"].str[:10].to_numpy(dtype="datetime64[D]")
    lines = lines.assign(day=days, value=lines["Quantity"] * lines["UnitPrice"])
    grouped = lines.groupby(["CustomerID", "day"]).agg(orders=("InvoiceNo", "nunique"), value=("value", "sum"))
    return grouped.reset_index()


def as_of(cut: str, days: int) -> pd.DataFrame:
    """Customers of a day, and what they bought in the days from it on."""
    table, day = online_retail(), pd.Timestamp(cut)
    past, later = (
        table[table["day"] < day],
        table[(table["day"] >= day) & (table["day"] < day + pd.Timedelta(days, "D"))],
    )
    known = past.groupby("CustomerID").agg(
        purchase_days=("day", "size"),
        orders=("orders", "sum"),
        purchased_value=("value", "sum"),
        first=("day", "min"),
        last=("day", "max"),
    )
    came = later.groupby("CustomerID").agg(
        later_purchase_days=("day", "size"), later_orders=("orders", "sum"), later_spend=("value", "sum")
    )
    known = known.join(came).fillna(dict.fromkeys(came.columns, 0.0))
    known["recency_days"], known["tenure_days"] = ((day - known[column]).dt.days for column in ("last", "first"))
    return known.drop(columns=["first", "last"]).reset_index(names="customer_id")


def test_online_retail_is_foretold_as_the_bars_say() -> None:
    """As of 2011-06-11: orders in sum within 10 %, the best tenth as good as past spending less one standard error."""
    today, earlier = as_of("2011-06-11", 90), as_of("2011-03-13", 90)
    assert len(online_retail()["CustomerID"].unique()) == 4334
    value = CustomerValue().fit(today, earlier=earlier, as_of="2011-06-11")
    # Nobody is seen to leave: the models with drop-out run to their edge, and say so.
    assert value.purchases_.model.name == "nbd"
    assert all(trial.fit.at_edge == ("no_drop_out",) for trial in value.trials_ if trial.name != "nbd")
    assert any("A season is not known" in words for words in value.warnings_)
    orders, revenue = (today[column].to_numpy(float) for column in ("later_orders", "later_spend"))
    past = today["purchased_value"].to_numpy(float)
    measures = today[["recency_days", "orders", "purchased_value"]].to_numpy(float)
    outcome = compare_with_outcome(
        value.foretell(today),
        orders,
        revenue,
        scores={"past_spending": past, "rfm_sum": rfm_scores(measures).sum(axis=1).astype(float)},
    )
    assert outcome.orders_ratio == pytest.approx(1, abs=0.1)
    shares = {share.score: share for share in outcome.top_shares}
    assert shares["expected_revenue"].share >= shares["past_spending"].share - shares["past_spending"].standard_error
    assert shares["expected_revenue"].share > shares["rfm_sum"].share
    assert outcome.auc is not None
    assert outcome.auc > 0.73
    assert outcome.within_bounds is not None
    assert outcome.within_bounds > 0.9
    for group in outcome.calibration:
        assert group.expected_buyers / group.customers == pytest.approx(group.came_buyers / group.customers, abs=0.08)
    json.dumps(value.describe())
