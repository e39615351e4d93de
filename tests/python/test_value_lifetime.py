"""What purchases are worth today, and bounds that hold what they say, for simulated customers of several shops."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import quad
from simulated_customers import simulate
from test_value_purchases import MODELS, SPEND, one

from segmentation.value.drop_out import BGNBD, MBGNBD
from segmentation.value.lifetime import bound_factors, discounted_if_alive
from segmentation.value.pareto import ParetoNBD
from segmentation.value.purchases import NBD, PurchaseModel
from segmentation.value.spend import GammaGamma

FloatArray = NDArray[np.float64]
RATE = float(np.log(1.1) / 365)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
@pytest.mark.parametrize("horizon", [90.0, 365.0, 3650.0, 36_500.0])
@pytest.mark.parametrize(("repeats", "observed"), [(0.0, 30.0), (5.0, 300.0), (300.0, 3000.0)])
def test_the_discount_is_that_of_the_day_of_each_purchase(
    model: PurchaseModel, horizon: float, repeats: float, observed: float
) -> None:
    """The integral over the purchases to be expected by each day, by adaptive quadrature."""

    def discounted(u: float) -> float:
        return float(np.exp(-RATE * u) * model.mean_if_alive(*one(repeats, observed, u))[0])

    end = min(horizon, 40 / RATE)
    within = [day for day in (30, 300, 3000, 30_000) if day < end]
    integral = quad(discounted, 0, end, limit=300, points=within or None)[0]
    expected = discounted(end) + RATE * integral
    known = np.array([repeats]), np.array([observed])
    found = discounted_if_alive(model, *known, horizon, RATE)[0]
    assert found == pytest.approx(expected, rel=5e-4)
    assert found < model.mean_if_alive(*one(repeats, observed, horizon))[0]


def test_without_a_horizon_or_a_rate_nothing_is_discounted() -> None:
    for model in MODELS:
        known = np.array([3.0]), np.array([200.0])
        assert discounted_if_alive(model, *known, 0.0, RATE)[0] == 0
        same = model.mean_if_alive(*one(3.0, 200.0, 365.0))
        assert discounted_if_alive(model, *known, 365.0, 0.0) == same
        # Money that gains: what comes later is worth more.
        assert (discounted_if_alive(model, *known, 365.0, -RATE) > same).all()


SHOPS: list[tuple[PurchaseModel, GammaGamma]] = [
    (NBD(0.74, 62.0), GammaGamma(3.5, 3.2, 250.0)),
    (NBD(3.0, 20.0), GammaGamma(0.5, 5.0, 250.0)),
    (BGNBD(0.5, 30.0, 0.8, 2.4), SPEND),
    (BGNBD(1.0, 200.0, 0.3, 4.0), GammaGamma(40.0, 8.0, 15.4)),
    (MBGNBD(2.0, 60.0, 0.5, 3.0), GammaGamma(1.5, 2.2, 60.0)),
    (ParetoNBD(0.6, 70.0, 0.6, 80.0), GammaGamma(6.25, 1.5, 15.4)),
]


@pytest.mark.parametrize(("model", "spend"), SHOPS)
@pytest.mark.parametrize("horizon", [90.0, 365.0])
def test_bounds_hold_in_ninety_of_a_hundred(model: PurchaseModel, spend: GammaGamma, horizon: float) -> None:
    """Of all, of those with a low bound above 0, of the busiest tenth and of those who bought once."""
    observed = np.random.default_rng(1).integers(30, 600, 30_000).astype(float)
    customers = simulate(model, spend, observed, horizon, seed=5)
    ahead = np.full_like(observed, horizon)
    buys = -np.expm1(model.log_count_if_alive(np.zeros_like(observed), customers.repeats, observed, ahead))
    moments = (
        model.mean_if_alive(customers.repeats, observed, ahead),
        model.pairs_if_alive(customers.repeats, observed, ahead),
    )
    count = customers.repeats + 1
    factors = bound_factors(model.probability_alive(*customers.known), buys, *moments, spend, count)
    low, high = (factor * (spend.gamma + customers.value) for factor in factors)
    below, above = customers.later_value < low, customers.later_value > high
    assert (low <= high).all()
    for members in (
        np.ones(len(count), dtype=bool),
        low > 0,
        high > 0,
        count >= np.quantile(count, 0.9),
        count == 1,
    ):
        if members.sum() < 1000:
            continue
        error = 3 * np.sqrt(0.05 * 0.95 / members.sum())
        assert (below | above)[members].mean() < 0.1 + error
        assert above[members].mean() < 0.05 + error
        assert below[members].mean() < 0.055 + error
    # They say something: they are not far wider than they must be.
    assert above[high > 0].mean() > 0.02
