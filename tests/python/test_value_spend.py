"""What a purchase is worth: the paper's numbers, planted ones, and values that are no distribution at all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.stats import spearmanr
from test_value_purchases import cdnow

from segmentation.value.spend import GammaGamma, fit_spend

FloatArray = NDArray[np.float64]


def planted(model: GammaGamma, customers: int, seed: int = 1) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return counts, mean values and the customers' own true means."""
    rng = np.random.default_rng(seed)
    count = rng.geometric(0.4, customers).astype(float)
    rate = rng.gamma(model.q, 1 / model.gamma, customers)
    return count, rng.gamma(model.p * count) / rate / count, model.p / rate


def test_cdnow_has_the_published_parameters() -> None:
    """Fader & Hardie (2013): p 6.25, q 3.74, gamma 15.44 on the 946 with a repeat."""
    table = cdnow()
    fit = fit_spend(table["repeat_days"].to_numpy(float), table["mean_repeat_value"].fillna(0).to_numpy(float))
    assert fit.customers == 946
    assert [round(value, 2) for value in (fit.model.p, fit.model.q, fit.model.gamma)] == [6.25, 3.74, 15.44]
    assert set(fit.standard_errors) == {"p", "q", "gamma"}
    assert fit.at_edge == ()


def test_the_likelihood_is_that_of_the_mean() -> None:
    model = GammaGamma(2.5, 3.5, 30.0)

    def density(value: float, count: float) -> float:
        return float(np.exp(model.log_likelihood(np.array([count]), np.array([value])))[0])

    for count in (1.0, 4.0, 60.0):
        assert quad(density, 0, np.inf, args=(count,))[0] == pytest.approx(1, abs=1e-6)
        mean = quad(lambda value, count: value * density(value, count), 0, np.inf, args=(count,))[0]
        assert mean == pytest.approx(model.mean, rel=1e-4)


def test_planted_parameters_are_found_and_a_mean_is_shrunk_as_much_as_it_must_be() -> None:
    model = GammaGamma(4.0, 3.5, 40.0)
    count, mean, own = planted(model, 20_000)
    fit = fit_spend(count, mean)
    for name, value in vars(model).items():
        assert abs(getattr(fit.model, name) - value) < 3.5 * fit.standard_errors[name]
    expected = fit.model.expected_value(count, mean)
    for few in (1, 2, 5):
        of = count == few
        assert expected[of].mean() == pytest.approx(own[of].mean(), rel=0.02)
        # Of the absolute error: the values' tail is too thick for a mean of squares to be known.
        assert np.abs(expected[of] - own[of]).mean() < np.abs(mean[of] - own[of]).mean()
    # Not quite 0: the mean of few purchases is more skewed than that of many.
    assert abs(fit.correlation or 0) < 0.06


def test_many_customers_are_fitted_on_fewer_rows_as_well() -> None:
    count, mean, _ = planted(GammaGamma(4.0, 3.5, 40.0), 60_000)
    many, part = fit_spend(count, mean), fit_spend(count[:20_000], mean[:20_000])
    for name, value in vars(part.model).items():
        assert abs(getattr(many.model, name) - value) < 3 * part.standard_errors[name]
    assert many.customers == 60_000


def test_the_correlation_is_that_of_ranks() -> None:
    count, mean, _ = planted(GammaGamma(4.0, 3.5, 40.0), 3000)
    mean = mean * count**0.3
    assert fit_spend(count, mean).correlation == pytest.approx(spearmanr(count, mean).statistic, abs=1e-9)


def test_the_order_of_the_rows_does_not_matter() -> None:
    count, mean, _ = planted(GammaGamma(4.0, 3.5, 40.0), 3000)
    order = np.random.default_rng(1).permutation(3000)
    assert fit_spend(count, mean) == fit_spend(count[order], mean[order])


def test_the_currency_does_not_matter() -> None:
    count, mean, _ = planted(GammaGamma(4.0, 3.5, 40.0), 3000)
    cents, euros = fit_spend(count, 100 * mean).model, fit_spend(count, mean).model
    assert cents.expected_value(count, 100 * mean) == pytest.approx(100 * euros.expected_value(count, mean), rel=1e-5)


def test_where_all_spend_the_same_everybody_is_expected_to() -> None:
    fit = fit_spend(np.arange(1.0, 101.0), np.full(100, 9.99))
    assert fit.at_edge == ("equal_values",)
    assert fit.correlation is None
    assert fit.model.expected_value(np.array([0.0, 1.0, 50.0]), np.array([0.0, 9.99, 9.99])) == pytest.approx(9.99)


def test_a_distribution_without_a_mean_keeps_that_of_the_shop() -> None:
    count, mean, _ = planted(GammaGamma(2.0, 0.6, 10.0), 2000)
    fit = fit_spend(count, mean)
    assert fit.at_edge == ("no_mean",)
    assert fit.model.q >= 1.1
    assert fit.model.mean == pytest.approx(mean.mean())
    assert "no mean" in fit.warnings[0]


def test_too_few_count_as_one_purchase_of_the_shop() -> None:
    fit = fit_spend(np.array([1.0, 3.0, 0.0]), np.array([10.0, 30.0, 7.0]))
    assert (fit.at_edge, fit.customers) == (("too_few",), 2)
    assert fit.model.expected_value(np.array([0.0, 1.0]), np.array([0.0, 5.0])) == pytest.approx([25.0, 15.0])


def test_values_of_nothing_and_below_are_left_out() -> None:
    count, mean, _ = planted(GammaGamma(4.0, 3.5, 40.0), 500)
    with_others = fit_spend(np.r_[count, 3, 2, 0], np.r_[mean, 0, -5, 8])
    assert with_others == fit_spend(count, mean)
    with pytest.raises(ValueError, match="finite"):
        fit_spend(np.array([1.0]), np.array([np.nan]))


@given(st.lists(st.tuples(st.integers(1, 10_000), st.floats(0.01, 1e7)), max_size=120))
def test_any_values_have_a_mean_that_they_are_shrunk_towards(rows: list[tuple[int, float]]) -> None:
    count, mean = np.array(rows, dtype=float).reshape(-1, 2).T
    model = fit_spend(count, mean).model
    expected = model.expected_value(count, mean)
    assert np.isfinite(expected).all()
    assert (expected >= 0).all()
    assert (expected <= np.maximum(mean, model.mean) * (1 + 1e-9)).all()
    assert (expected >= np.minimum(mean, model.mean) * (1 - 1e-9)).all()
