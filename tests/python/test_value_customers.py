"""`CustomerValue`: fitted, asked, stored and read back; seasons, and tables that no shop should have."""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from conftest import LONG
from hypothesis import given
from hypothesis import strategies as st
from simulated_customers import simulate

import segmentation
from segmentation.value.customer_value import CustomerValue
from segmentation.value.drop_out import BGNBD
from segmentation.value.forecaster import NUMBERS
from segmentation.value.outcomes import compare_with_outcome
from segmentation.value.purchases import NBD, PurchaseModel
from segmentation.value.seasons import Cohorts, months_of
from segmentation.value.spend import GammaGamma

SPEND = GammaGamma(6.25, 3.74, 60.0)


def shop(model: PurchaseModel, customers: int = 3000, horizon: float = 90.0, seed: int = 2) -> pd.DataFrame:
    """Customers of a day, with what they bought within the horizon after it."""
    observed = np.random.default_rng(seed).integers(90, 700, customers).astype(float)
    did = simulate(model, SPEND, observed, horizon, seed)
    last = np.ceil(did.last)
    days = np.minimum(did.repeats, last) + 1
    return pd.DataFrame(
        {
            "customer_id": [f"c{n}" for n in range(customers)],
            "purchase_days": days.astype(int),
            "orders": days.astype(int),
            "recency_days": (observed - last).astype(int),
            "tenure_days": observed.astype(int),
            "purchased_value": did.value,
            "later_purchase_days": did.later,
            "later_value": did.later_value,
        }
    )


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    return shop(BGNBD(0.8, 60.0, 0.8, 2.4))


@pytest.fixture(scope="module")
def value(customers: pd.DataFrame) -> CustomerValue:
    return CustomerValue().fit(customers, earlier=shop(BGNBD(0.8, 60.0, 0.8, 2.4), seed=3))


def test_what_comes_is_as_foretold(value: CustomerValue, customers: pd.DataFrame) -> None:
    later, spent = (customers[column].to_numpy(float) for column in ("later_purchase_days", "later_value"))
    outcome = compare_with_outcome(value.foretell(customers), later, spent)
    assert value.purchases_.model.name in ("bg_nbd", "mbg_nbd")
    assert outcome.orders_ratio == pytest.approx(1, abs=0.05)
    # The values of 3,000 customers are no more alike than that.
    assert outcome.revenue_ratio == pytest.approx(1, abs=0.15)
    assert outcome.within_bounds is not None
    assert outcome.within_bounds >= 0.9
    for group in outcome.calibration:
        assert group.expected_buyers / group.customers == pytest.approx(group.came_buyers / group.customers, abs=0.06)


def test_the_bounds_of_a_lifetime_hold_with_a_margin_and_a_discount() -> None:
    """With parameters that were fitted on the same customers, and of the worth of a year."""
    settings: dict[str, Any] = {"value_discount_rate": 0.1, "gross_margin": 0.3, "purchase_model": "bg_nbd"}
    table = shop(BGNBD(0.8, 60.0, 0.8, 2.4), 4000, horizon=365.0)
    predicted = CustomerValue(**settings).fit(table).predict(table)
    # What came in a year, each purchase in its middle on average.
    worth = 0.3 * table["later_value"] / 1.1**0.5
    within = (predicted["lifetime_value_low"] <= worth) & (worth <= predicted["lifetime_value_high"])
    assert 0.9 <= within.mean() < 0.99
    assert predicted["lifetime_value"].sum() == pytest.approx(worth.sum(), rel=0.1)


def test_the_columns_go_together(value: CustomerValue, customers: pd.DataFrame) -> None:
    predicted = value.predict(customers)
    assert [*predicted.columns] == ["customer_id", *NUMBERS, "no_value_reason"]
    assert predicted["customer_id"].tolist() == customers["customer_id"].tolist()
    assert predicted["no_value_reason"].isna().all()
    numbers = predicted[[*NUMBERS]].to_numpy(float)
    assert np.isfinite(numbers).all()
    assert (numbers >= 0).all()
    revenue = (predicted["expected_orders"] * predicted["expected_order_value"]).to_numpy(float)
    np.testing.assert_allclose(predicted["expected_revenue"].to_numpy(float), revenue, rtol=1e-9)
    assert (predicted["horizon_orders"] > predicted["expected_orders"]).all()
    assert (predicted["lifetime_value"] < predicted["horizon_revenue"]).all()
    assert (predicted["lifetime_value_low"] <= predicted["lifetime_value_high"]).all()
    assert (predicted["probability_to_buy"] <= predicted["probability_alive"]).all()


def test_a_chunk_is_scored_as_the_whole_and_in_any_order(value: CustomerValue, customers: pd.DataFrame) -> None:
    whole = value.predict(customers)
    chunks = [value.predict(customers.iloc[start : start + 701]) for start in range(0, len(customers), 701)]
    pd.testing.assert_frame_equal(pd.concat(chunks, ignore_index=True), whole, check_exact=True)
    one = value.predict(customers.iloc[[17]])
    pd.testing.assert_frame_equal(one, whole.iloc[[17]].reset_index(drop=True), check_exact=True)
    backwards = value.predict(customers[::-1])[::-1].reset_index(drop=True)
    pd.testing.assert_frame_equal(backwards, whole, check_exact=True)


def test_the_order_of_the_rows_does_not_matter_to_a_fit(value: CustomerValue, customers: pd.DataFrame) -> None:
    earlier = shop(BGNBD(0.8, 60.0, 0.8, 2.4), seed=3).sample(frac=1, random_state=1)
    again = CustomerValue().fit(customers.sample(frac=1, random_state=1), earlier=earlier)
    assert json.dumps(again.to_row()) == json.dumps(value.to_row())


def test_it_is_read_back_as_it_was_stored(value: CustomerValue, customers: pd.DataFrame) -> None:
    row = json.loads(json.dumps(value.to_row()))
    again = CustomerValue.from_row(row)
    pd.testing.assert_frame_equal(again.predict(customers), value.predict(customers), check_exact=True)
    assert again.to_row() == value.to_row()
    with pytest.raises(ValueError, match="fit again"):
        CustomerValue.from_row(row | {"format": 0})


def test_the_row_of_the_model_says_what_was_tried_and_why_this_was_taken(value: CustomerValue) -> None:
    row = json.loads(json.dumps(value.describe()))
    assert {trial["purchase_model"] for trial in row["tried"]} == {"nbd", "bg_nbd", "mbg_nbd", "pareto_nbd"}
    assert row["chosen_because"] in ("best", "as_good_and_simpler")
    assert set(row["standard_errors"]) == set(row["parameters"])
    assert row["customers"] == 3000
    assert any("season is not known" in words for words in row["warnings"])


def test_tables_of_polars_and_arrow_are_taken(value: CustomerValue, customers: pd.DataFrame) -> None:
    columns = customers.drop(columns="customer_id")
    expected = value.predict(columns)
    for table in (pl.from_pandas(columns), pl.from_pandas(columns).to_arrow()):
        pd.testing.assert_frame_equal(value.predict(table), expected, check_exact=True)


def test_who_has_no_value_is_told_why(value: CustomerValue, customers: pd.DataFrame) -> None:
    strange = customers.head(6).copy()
    strange["purchase_days"] = [0, np.nan, 5, 3, 1, 2]
    strange["recency_days"] = [np.nan, np.nan, 10, 50, 20, np.nan]
    strange["tenure_days"] = [np.nan, np.nan, 12, 40, 30, 40]
    predicted = value.predict(strange)
    assert predicted[[*NUMBERS]].isna().all().all()
    reasons = predicted["no_value_reason"].tolist()
    assert all("bought nothing" in reason for reason in reasons[:2])
    assert all("contradict" in reason for reason in reasons[2:])
    # They change nothing of a fit, either.
    with_them = pd.concat([customers, strange])
    fits = [CustomerValue(purchase_model="nbd").fit(table).to_row() for table in (customers, with_them)]
    assert fits[0] == fits[1]


def test_returns_are_no_value(customers: pd.DataFrame) -> None:
    plain = CustomerValue(purchase_model="nbd").fit(customers)
    half = CustomerValue(purchase_model="nbd").fit(customers.assign(returned_value=customers["purchased_value"] / 2))
    assert half.spend_.model.mean == pytest.approx(plain.spend_.model.mean / 2, rel=1e-4)
    # Who brought everything back is worth what an unknown customer is.
    kept = customers.assign(returned_value=0.0)
    kept.loc[0, ["purchased_value", "returned_value"]] = 9e6
    fitted = CustomerValue(purchase_model="nbd").fit(kept)
    assert fitted.predict(kept)["expected_order_value"][0] == pytest.approx(fitted.spend_.model.mean, rel=1e-6)


def test_orders_are_so_many_a_day_as_the_customer_had(customers: pd.DataFrame) -> None:
    double = customers.assign(orders=2 * customers["purchase_days"])
    one, two = (CustomerValue(purchase_model="nbd").fit(table).predict(table) for table in (customers, double))
    assert two["expected_orders"].to_numpy(float) == pytest.approx(2 * one["expected_orders"].to_numpy(float))
    values = [predicted["expected_order_value"].to_numpy(float) for predicted in (one, two)]
    assert 2 * values[1] == pytest.approx(values[0])
    assert two["expected_revenue"].to_numpy(float) == pytest.approx(one["expected_revenue"].to_numpy(float))


def test_a_shop_that_nobody_leaves_says_that_nobody_is_seen_to(customers: pd.DataFrame) -> None:
    stays = NBD(0.8, 60.0)
    value = CustomerValue().fit(shop(stays), earlier=shop(stays, seed=3))
    assert value.purchases_.model.name == "nbd"
    assert (value.predict(customers)["probability_alive"] == 1).all()
    assert any("Nobody is seen to leave" in words for words in value.warnings_)
    edges = {trial.name: trial.fit.at_edge for trial in value.trials_}
    assert edges["bg_nbd"] == ("no_drop_out",)


def test_without_a_day_in_the_past_the_fit_itself_chooses_and_says_so(customers: pd.DataFrame) -> None:
    value = CustomerValue().fit(customers)
    assert value.chosen_because_ == "by_fit"
    assert value.purchases_.model.name != "nbd"
    few = shop(NBD(0.8, 60.0), 150)
    assert CustomerValue().fit(customers, earlier=few).chosen_because_ == "by_fit"
    assert CustomerValue(purchase_model="pareto_nbd").fit(customers).chosen_because_ == "asked_for"


def test_orders_follow_the_season_of_the_shop() -> None:
    """Looked at in October, what comes by January is more than the mean of a year."""
    factors = np.r_[np.full(10, 0.8), 2.0, 2.0]
    days = np.datetime64("2021-01-15") + np.arange(365 * 4)
    speed = factors[months_of(days)]
    today = 365 * 4 - 90
    rng = np.random.default_rng(4)
    rows = []
    for rate, begin in zip(rng.gamma(1.0, 1 / 60, 2500), rng.integers(0, today - 30, 2500), strict=True):
        bought = np.r_[True, rng.random(len(days) - begin - 1) < 1 - np.exp(-rate * speed[begin + 1 :])]
        on = np.flatnonzero(bought) + begin
        past = on[on < today]
        rows.append((len(past), today - past[-1], today - begin, (on >= today).sum(), on))
    table = pd.DataFrame(rows, columns=["purchase_days", "recency_days", "tenure_days", "later", "on"])
    table = table.assign(orders=table["purchase_days"], purchased_value=10.0 * table["purchase_days"])
    weeks = [(on[0] // 7 * 7, day // 7 * 7, float(day == on[0]), 1.0) for on in table["on"] for day in on[on < today]]
    first, week, new, bought = (np.array(values) for values in zip(*weeks, strict=True))
    cohorts = Cohorts(days[0] + first.astype(int), days[0] + week.astype(int), new, bought)
    as_of = str(days[today])
    seasonal = CustomerValue(purchase_model="nbd").fit(table, as_of=as_of, cohorts=cohorts)
    plain = CustomerValue(purchase_model="nbd").fit(table)
    assert seasonal.seasons_ is not None
    assert not any("season" in words for words in seasonal.warnings_)
    came = table["later"].sum()
    assert seasonal.predict(table)["expected_orders"].sum() == pytest.approx(came, rel=0.06)
    assert plain.predict(table)["expected_orders"].sum() < 0.75 * came
    # In spring less is to be expected, and a stored model knows it, too.
    stored = CustomerValue.from_row(json.loads(json.dumps(seasonal.to_row())))
    spring = stored.predict(table, as_of="2025-04-01")["expected_orders"].sum()
    assert spring < 0.6 * seasonal.predict(table)["expected_orders"].sum()


def test_clockwork_is_warned_of(customers: pd.DataFrame) -> None:
    subscribed = customers.assign(
        purchase_days=8, orders=8, recency_days=20, tenure_days=230, squared_gap_days=7 * 30.0**2
    )
    value = CustomerValue().fit(subscribed)
    assert value.describe()["regular_share"] == 1
    assert any("subscription" in words for words in value.warnings_)


def row(**known: float) -> dict[str, float]:
    return {"purchase_days": 1, "orders": 1, "recency_days": 5, "tenure_days": 5, "purchased_value": 20.0} | known


@pytest.mark.parametrize(
    "rows",
    [
        [row()],
        [row() for _ in range(500)],
        [row(recency_days=0, tenure_days=0) for _ in range(500)],
        [
            row(purchase_days=9000, orders=10_000, recency_days=1, tenure_days=14_600, purchased_value=1e9),
            *[row()] * 99,
        ],
        [row(purchase_days=2, recency_days=0, tenure_days=1, purchased_value=-5.0) for _ in range(60)],
        [row(purchased_value=0.0) for _ in range(60)],
        [row(purchased_value=np.nan, orders=np.nan) for _ in range(60)],
    ],
    ids=["one", "nobody again", "all today", "one with most orders", "negative values", "no values", "unknown values"],
)
@pytest.mark.parametrize("horizon", [0, 365, 36_500])
@pytest.mark.parametrize("margin", [1.0, -0.2])
def test_bad_tables_have_a_sound_forecast(rows: list[dict[str, float]], horizon: int, margin: float) -> None:
    table = pd.DataFrame(rows)
    value = CustomerValue(value_horizon_days=horizon, gross_margin=margin).fit(table)
    predicted = value.predict(table)
    numbers = predicted[[*NUMBERS]].to_numpy(float)
    assert np.isfinite(numbers).all()
    assert (predicted["lifetime_value_low"] <= predicted["lifetime_value_high"]).all()
    assert (predicted["lifetime_value"] * margin >= 0).all()
    if horizon == 0:
        assert (predicted[["horizon_orders", "lifetime_value", "lifetime_value_high"]].to_numpy(float) == 0).all()
    json.dumps(value.to_row(), allow_nan=False)
    json.dumps(value.describe(), allow_nan=False)
    assert value.warnings_


known_rows = st.tuples(
    st.integers(1, 10_000), st.integers(0, 14_600), st.integers(0, 14_600), st.floats(-1e6, 1e9), st.integers(1, 3)
)


@given(st.lists(known_rows, min_size=1, max_size=80))
def test_any_table_is_foretold_or_refused_in_words(rows: list[tuple[int, int, int, float, int]]) -> None:
    days, one, other, worth, orders = np.array(rows, dtype=float).T
    table = pd.DataFrame(
        {
            "purchase_days": days,
            "orders": days * orders,
            "recency_days": np.minimum(one, other),
            "tenure_days": np.where(days == 1, np.minimum(one, other), np.maximum(one, other)),
            "purchased_value": worth,
        }
    )
    try:
        predicted = CustomerValue().fit(table).predict(table)
    except ValueError as problem:
        assert "no customer has bought anything" in str(problem)  # noqa: PT017
        return
    has_reason = predicted["no_value_reason"].notna()
    assert (predicted[[*NUMBERS]].isna().all(axis=1) == has_reason).all()
    assert np.isfinite(predicted.loc[~has_reason, [*NUMBERS]].to_numpy(float)).all()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"validation_days": -1}, "validation_days must be 0 to 36,500"),
        ({"value_horizon_days": 40_000}, "value_horizon_days must be"),
        ({"value_discount_rate": -1.0}, "must be above -1"),
        ({"gross_margin": float("nan")}, "gross_margin must be a number"),
        ({"purchase_model": "magic"}, "one of nbd, bg_nbd"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CustomerValue(**settings).fit(pd.DataFrame([row()]))


def test_tables_that_make_no_sense_are_refused(customers: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="no column purchase_days, tenure_days"):
        CustomerValue().fit(customers.drop(columns=["purchase_days", "tenure_days"]))
    with pytest.raises(ValueError, match="no column later_purchase_days"):
        CustomerValue().fit(customers, earlier=customers.drop(columns="later_purchase_days"))
    with pytest.raises(ValueError, match="nothing to foretell from"):
        CustomerValue().fit(customers.assign(purchase_days=0))
    with pytest.raises(ValueError, match="named columns"):
        CustomerValue().fit(np.zeros((3, 5)))


def test_values_that_depend_on_how_often_somebody_buys_are_warned_of(customers: pd.DataFrame) -> None:
    dearer = customers.assign(purchased_value=customers["purchased_value"] * customers["purchase_days"] ** 0.8)
    assert any("spends more a purchase" in words for words in CustomerValue().fit(dearer).warnings_)
    assert not any("a purchase (rank" in words for words in CustomerValue().fit(customers).warnings_)


def test_the_package_has_it_by_name() -> None:
    assert segmentation.CustomerValue is CustomerValue


@LONG
def test_a_million_customers_are_fitted_and_scored_in_seconds() -> None:
    """5 s on two cores that do nothing else, the choice between four models among them; three times that here."""
    million = shop(BGNBD(0.5, 60.0, 0.6, 2.4), 1_000_000)
    began = time.perf_counter()
    value = CustomerValue().fit(million, earlier=million)
    predicted = value.predict(million)
    assert time.perf_counter() - began < 15
    assert predicted["expected_orders"].sum() == pytest.approx(million["later_purchase_days"].sum(), rel=0.02)
