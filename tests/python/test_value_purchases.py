"""Models of purchases: what papers print, numerical integration, simulated customers, and any counts there can be."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import PROJECT
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import betaln, gammaln, roots_genlaguerre, roots_jacobi
from simulated_customers import simulate

from segmentation.value.drop_out import BGNBD, MBGNBD
from segmentation.value.pareto import ParetoNBD
from segmentation.value.purchases import NBD, PurchaseModel
from segmentation.value.spend import GammaGamma

FloatArray = NDArray[np.float64]

CDNOW = Path(os.environ.get("CDNOW_SUMMARY", PROJECT / "../shared/data/cdnow_sample_summary.csv"))
MODELS: tuple[PurchaseModel, ...] = (
    NBD(0.7, 60.0),
    BGNBD(0.6, 30.0, 0.8, 2.4),
    MBGNBD(1.4, 40.0, 0.6, 2.0),
    ParetoNBD(0.8, 40.0, 0.7, 90.0),
)
SPEND = GammaGamma(6.25, 3.74, 15.44)


def cdnow() -> pd.DataFrame:
    if not CDNOW.exists():
        pytest.skip(f"the sample of CDNOW is not at {CDNOW}; set CDNOW_SUMMARY to its path")
    return pd.read_csv(CDNOW)


def one(first: float, second: float, third: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    return np.array([float(first)]), np.array([float(second)]), np.array([float(third)])


def test_the_paper_s_customer_is_expected_to_buy_as_often_as_it_says() -> None:
    """Fader, Hardie & Lee (2005), section 4: 1.226 in 39 weeks."""
    model = BGNBD(0.243, 4.414, 0.793, 2.426)
    assert model.expected_purchases(*one(2, 30.43, 38.86), 39.0)[0] == pytest.approx(1.226, abs=5e-4)


def test_cdnow_buys_as_the_papers_say() -> None:
    table = cdnow()
    last, observed = (table[column].to_numpy(float) / 7 for column in ("days_to_last", "days_observed"))
    known = (table["repeat_days"].to_numpy(float), last, observed)
    bg = BGNBD(0.243, 4.414, 0.793, 2.426)
    assert bg.log_likelihood(*known).sum() == pytest.approx(-9582.4, abs=0.05)
    assert bg.expected_purchases(*known, 39.0).sum() == pytest.approx(1653, rel=1e-3)
    # Fader, Hardie & Lee (2005), table 2: Pareto/NBD.
    pareto = ParetoNBD(0.553, 10.578, 0.606, 11.669)
    assert pareto.log_likelihood(*known).sum() == pytest.approx(-9595.0, abs=0.05)


def gamma_nodes(shape: float, rate: float) -> tuple[FloatArray, FloatArray]:
    nodes, weights = roots_genlaguerre(70, shape - 1)
    return nodes / rate, weights / weights.sum()


def beta_nodes(a: float, b: float) -> tuple[FloatArray, FloatArray]:
    nodes, weights = roots_jacobi(70, b - 1, a - 1)
    return (nodes + 1) / 2, weights / weights.sum()


def log_gamma_mass(r: float, alpha: float, repeats: float, until: float) -> float:
    """Log of the integral of λ^repeats e^(-λ until) over Gamma(r, alpha)."""
    mass = gammaln(r + repeats) - gammaln(r) + r * np.log(alpha) - (r + repeats) * np.log(alpha + until)
    return float(mass)


@pytest.mark.parametrize("model", [BGNBD(0.6, 30.0, 0.8, 2.4), MBGNBD(1.4, 40.0, 0.6, 2.0)])
@pytest.mark.parametrize(("repeats", "last", "observed"), [(0, 0, 50), (1, 20, 30), (4, 90, 200), (30, 200, 210)])
def test_drop_out_agrees_with_numerical_integration(model: BGNBD, repeats: float, last: float, observed: float) -> None:
    """The likelihood of one customer, summed over rates and probabilities to leave, on nodes of Gauss."""
    chances, horizon = repeats + (type(model) is MBGNBD), 120.0
    stayed = log_gamma_mass(model.r, model.alpha, repeats, observed)
    stayed += float(betaln(model.a, model.b + chances) - betaln(model.a, model.b))
    left = -np.inf
    if chances:
        left = log_gamma_mass(model.r, model.alpha, repeats, last)
        left += float(betaln(model.a + 1, model.b + chances - 1) - betaln(model.a, model.b))
    rates, rate_weights = gamma_nodes(model.r + repeats, model.alpha + observed)
    leave, leave_weights = beta_nodes(model.a, model.b + chances)
    expected = -np.expm1(-rates[:, None] * leave * horizon) / leave
    if_alive = float(rate_weights @ expected @ leave_weights)
    known = one(repeats, last, observed)
    total = np.logaddexp(stayed, left)
    assert model.log_likelihood(*known)[0] == pytest.approx(total, rel=1e-9)
    assert model.probability_alive(*known)[0] == pytest.approx(np.exp(stayed - total), rel=1e-9)
    assert model.expected_purchases(*known, horizon)[0] == pytest.approx(np.exp(stayed - total) * if_alive, rel=1e-6)


@pytest.mark.parametrize("model", [ParetoNBD(3.0, 40.0, 4.0, 90.0), ParetoNBD(2.5, 90.0, 3.0, 20.0)])
@pytest.mark.parametrize(("repeats", "last", "observed"), [(0, 0, 50), (1, 20, 30), (4, 90, 200), (30, 200, 210)])
def test_pareto_agrees_with_numerical_integration(
    model: ParetoNBD, repeats: float, last: float, observed: float
) -> None:
    def sums(until: float) -> tuple[float, FloatArray, FloatArray, FloatArray]:
        rates, rate_weights = gamma_nodes(model.r + repeats, model.alpha + until)
        ends, end_weights = gamma_nodes(model.s, model.beta + until)
        mass = log_gamma_mass(model.r, model.alpha, repeats, until)
        mass += model.s * np.log(model.beta / (model.beta + until))
        return float(np.exp(mass)), rates[:, None], ends, rate_weights[:, None] * end_weights

    mass_at_last, rates, ends, weights = sums(last)
    left = mass_at_last * float((weights * ends / (rates + ends)).sum())
    mass, rates, ends, weights = sums(observed)
    alive, left_until_now = mass, mass * float((weights * ends / (rates + ends)).sum())
    total = alive + left - left_until_now
    horizon = 120.0
    if_alive = float((weights * rates * -np.expm1(-ends * horizon) / ends).sum())
    known = one(repeats, last, observed)
    assert model.log_likelihood(*known)[0] == pytest.approx(np.log(total), rel=1e-5)
    assert model.probability_alive(*known)[0] == pytest.approx(alive / total, rel=1e-4)
    assert model.expected_purchases(*known, horizon)[0] == pytest.approx(if_alive * alive / total, rel=1e-4)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
@pytest.mark.parametrize(("repeats", "observed"), [(0, 5), (3, 80), (40, 300)])
def test_the_counts_that_can_come_have_the_moments(model: PurchaseModel, repeats: float, observed: float) -> None:
    counts = np.arange(3000.0)
    same = np.ones_like(counts)
    chances = np.exp(model.log_count_if_alive(counts, repeats * same, observed * same, 180 * same))
    history = repeats * same, 0.4 * observed * same * (repeats > 0), observed * same
    assert np.exp(model.log_probability_of(counts, *history, 180.0)).sum() == pytest.approx(1, abs=1e-9)
    known = one(repeats, observed, 180)
    assert chances.sum() == pytest.approx(1, abs=1e-9)
    assert chances @ counts == pytest.approx(model.mean_if_alive(*known)[0], rel=1e-6)
    assert chances @ (counts * (counts - 1)) == pytest.approx(model.pairs_if_alive(*known)[0], rel=1e-6)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_simulated_customers_do_what_is_said_of_them(model: PurchaseModel) -> None:
    """Purchases within 2 %, in sum and of who bought again; who is alive within 2 points in each tenth."""
    horizon = 180.0
    observed = np.random.default_rng(1).integers(30, 500, 80_000).astype(float)
    customers = simulate(model, SPEND, observed, horizon, seed=7)
    expected = model.expected_purchases(*customers.known, horizon)
    assert expected.sum() == pytest.approx(customers.later.sum(), rel=0.02)
    again = customers.repeats > 0
    assert expected[again].sum() == pytest.approx(customers.later[again].sum(), rel=0.02)
    for chance, happened in (
        (model.probability_alive(*customers.known), customers.is_alive),
        (model.probability_to_buy(*customers.known, horizon), customers.later > 0),
    ):
        for tenth in np.array_split(np.argsort(chance, kind="stable"), 10):
            assert chance[tenth].mean() == pytest.approx(happened[tenth].mean(), abs=0.02)
    counted = np.mean(model.log_probability_of(customers.later, *customers.known, horizon))
    wrong = type(model)(**{name: 3 * value for name, value in model.parameters.items()})
    assert counted > np.mean(wrong.log_probability_of(customers.later, *customers.known, horizon))


def positive(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(np.log(low), np.log(high)).map(lambda value: float(np.exp(value)))


@st.composite
def models(draw: st.DrawFn) -> PurchaseModel:
    r, alpha = draw(positive(1e-3, 100)), draw(positive(1e-2, 1e4))
    kind = draw(st.sampled_from([NBD, BGNBD, MBGNBD, ParetoNBD]))
    if kind is NBD:
        return NBD(r, alpha)
    if kind is ParetoNBD:
        return ParetoNBD(r, alpha, draw(positive(1e-4, 100)), draw(positive(1e-2, 1e5)))
    leaving = draw(positive(1e-4, 1e3)), draw(positive(1e-3, 1e4))
    return BGNBD(r, alpha, *leaving) if kind is BGNBD else MBGNBD(r, alpha, *leaving)


@st.composite
def customers_of_40_years(draw: st.DrawFn) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Any counts that a shop can have, one purchase, all on one day, 10,000 orders and 40 years among them."""
    rows = draw(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 14_600), st.integers(0, 14_600)), min_size=1))
    rows += [(0, 0, 0), (0, 0, 14_600), (1, 0, 1), (10_000, 14_600, 14_600), (10_000, 10_000, 14_600), (1, 1, 14_600)]
    repeats, one_time, other = np.array(rows, dtype=float).T
    observed = np.maximum(one_time, other)
    last = np.where(repeats > 0, np.minimum(one_time, other), 0)
    return repeats, last, observed


@given(models(), customers_of_40_years(), st.sampled_from([0.0, 1.0, 90.0, 365.0, 36_500.0]))
def test_any_counts_have_a_sound_forecast(
    model: PurchaseModel, known: tuple[FloatArray, FloatArray, FloatArray], horizon: float
) -> None:
    repeats, _, observed = known
    assert np.isfinite(model.log_likelihood(*known)).all()
    for chance in (model.probability_alive(*known), model.probability_to_buy(*known, horizon)):
        assert ((chance >= 0) & (chance <= 1)).all()
    expected = model.expected_purchases(*known, horizon)
    assert np.isfinite(expected).all()
    assert (expected >= 0).all()
    if horizon == 0:
        assert (expected == 0).all()
    pairs = model.pairs_if_alive(repeats, observed, np.full_like(observed, horizon))
    assert np.isfinite(pairs).all()
    assert (pairs >= 0).all()
    came = model.log_probability_of(np.minimum(repeats, 50), *known, max(horizon, 1.0))
    assert not np.isnan(came).any()
    assert (came <= 1e-9).all()


@given(models(), st.integers(1, 10_000), st.integers(1, 14_600))
def test_who_bought_later_is_likelier_to_be_a_customer(model: PurchaseModel, repeats: int, observed: int) -> None:
    last = np.linspace(0, observed, 30)
    same = np.ones_like(last)
    alive = model.probability_alive(repeats * same, last, observed * same)
    assert (np.diff(alive) >= -1e-9).all()


@given(models(), customers_of_40_years(), st.sampled_from([1 / 24, 7.0, 30.4]))
def test_the_unit_of_time_does_not_matter(
    model: PurchaseModel, known: tuple[FloatArray, FloatArray, FloatArray], unit: float
) -> None:
    repeats, last, observed = known
    other, times = model.in_unit(unit), (repeats, last / unit, observed / unit)
    np.testing.assert_allclose(other.probability_alive(*times), model.probability_alive(*known), rtol=1e-6, atol=1e-12)
    expected = model.expected_purchases(*known, 90.0)
    np.testing.assert_allclose(other.expected_purchases(*times, 90.0 / unit), expected, rtol=1e-6, atol=1e-12)
    likelihood = model.log_likelihood(*known) + repeats * np.log(unit)
    np.testing.assert_allclose(other.log_likelihood(*times), likelihood, rtol=1e-7, atol=1e-5)
