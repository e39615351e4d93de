"""The one transformation that fitting and scoring share."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import skew

from segmentation.transformation import SCALERS, Transformation, skewness

VALUES = arrays(
    np.float64, st.tuples(st.integers(1, 40), st.just(3)), elements=st.floats(0, 1e9, allow_subnormal=False)
)


@given(VALUES, st.sampled_from(SCALERS))
def test_inverse_gives_the_original_units_back(values: np.ndarray, scaler: str) -> None:
    fitted = Transformation.fit(values, ["a", "b", "c"], scaler)
    np.testing.assert_allclose(fitted.inverse(fitted.transform(values)), values, rtol=1e-6, atol=1e-6)


@given(VALUES, st.sampled_from(SCALERS))
def test_the_order_of_the_customers_does_not_matter(values: np.ndarray, scaler: str) -> None:
    order = np.random.default_rng(1).permutation(len(values))
    one = Transformation.fit(values, ["a", "b", "c"], scaler)
    other = Transformation.fit(values[order], ["a", "b", "c"], scaler)
    np.testing.assert_allclose([one.center, one.scale], [other.center, other.scale], rtol=1e-9, atol=1e-12)


@given(VALUES, st.sampled_from(SCALERS))
def test_every_scale_is_positive_and_every_result_finite(values: np.ndarray, scaler: str) -> None:
    fitted = Transformation.fit(values, ["a", "b", "c"], scaler)
    assert min(fitted.scale) > 0
    assert np.isfinite(fitted.transform(values)).all()


def test_more_is_more_on_every_feature() -> None:
    # A published accelerator negates recency when it fits and not when it scores; here one object does both.
    values = np.array([[1.0, 10.0], [5.0, 20.0], [30.0, 90.0]])
    scaled = Transformation.fit(values, ["recency_days", "monetary"]).transform(values)
    assert (np.diff(scaled, axis=0) > 0).all()


@pytest.mark.parametrize(
    ("scaler", "center", "scale"),
    [("standard", 2.0, np.sqrt(2)), ("minmax", 0.0, 4.0), ("robust", 2.0, 2.0)],
)
def test_scalers_are_what_their_names_say(scaler: str, center: float, scale: float) -> None:
    values = np.expm1(np.arange(5.0))[:, None]
    fitted = Transformation.fit(values, ["a"], scaler)
    assert fitted.center == pytest.approx((center,))
    assert fitted.scale == pytest.approx((scale,))


def test_a_feature_without_spread_is_only_centred() -> None:
    fitted = Transformation.fit(np.full((10, 1), 123.456), ["a"])
    assert fitted.scale == (1.0,)
    assert fitted.transform(np.full((3, 1), 123.456)) == pytest.approx(0)


def test_negative_values_count_as_zero() -> None:
    fitted = Transformation.fit(np.array([[0.0], [10.0]]), ["net"])
    assert fitted.transform(np.array([[-5.0]])) == fitted.transform(np.array([[0.0]]))


@pytest.mark.parametrize("values", [np.empty((0, 1)), np.array([[np.nan]]), np.array([[np.inf]]), np.ones((2, 2))])
def test_what_cannot_be_fitted_is_refused(values: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"finite|at least one row"):
        Transformation.fit(values, ["a"])


def test_an_unknown_scaler_is_refused() -> None:
    with pytest.raises(ValueError, match="standard, minmax, robust"):
        Transformation.fit(np.ones((2, 1)), ["a"], "quantile")


def test_extreme_customers_are_capped_in_the_fit_and_in_the_score() -> None:
    values = np.r_[np.linspace(1, 1000, 998), 1e6, 1e9][:, None]
    fitted = Transformation.fit(values, ["monetary"], cap_share=0.005)
    assert np.expm1(fitted.high[0]) == pytest.approx(995, abs=5)
    assert len(np.unique(fitted.transform(np.array([[1000.0], [1e6], [1e9]])))) == 1
    # What a whale spends moves nobody.
    richer = Transformation.fit(np.r_[values[:-1], [[1e12]]], ["monetary"], cap_share=0.005)
    assert (richer.center, richer.scale) == (fitted.center, fitted.scale)
    assert Transformation.fit(values, ["monetary"], cap_share=0).high[0] == pytest.approx(np.log1p(1e9))


def test_a_feature_that_few_customers_have_is_not_capped_away() -> None:
    values = np.where(np.arange(1000) < 3, 0.5, 0.0)[:, None]
    fitted = Transformation.fit(values, ["return_rate"], cap_share=0.005)
    assert fitted.transform(values)[0] > fitted.transform(values)[-1]


def test_the_trained_range_is_that_of_the_customers_before_any_cap() -> None:
    values = np.array([[1.0, 10.0], [5.0, 20.0]])
    fitted = Transformation.fit(values, ["a", "b"], cap_share=0.2)
    told = fitted.is_outside(np.array([[1.0, 20.0], [0.9, 15.0], [3.0, 20.1]]))
    assert told.tolist() == [False, True, True]


@pytest.mark.parametrize("share", [-0.1, 0.5])
def test_a_share_that_can_not_be_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="cap_share"):
        Transformation.fit(np.ones((2, 1)), ["a"], cap_share=share)


def test_skewness_is_scipys_and_nothing_where_nothing_varies() -> None:
    values = np.random.default_rng(1).lognormal(size=(300, 2))
    assert skewness(values) == pytest.approx(np.asarray(skew(values, axis=0)).tolist())
    assert skewness(np.full((50, 1), 0.1)) == [None]


@pytest.mark.parametrize(("scaler", "apart"), [("standard", 2.0), ("robust", 2.0), ("minmax", 1.0)])
def test_two_values_are_as_far_apart_however_rare_one_is(scaler: str, apart: float) -> None:
    for rare in (1, 50):
        values = np.r_[np.zeros(100 - rare), np.ones(rare)][:, None]
        scaled = Transformation.fit(values, ["is_repeat_customer"], scaler, cap_share=0).transform(values)
        assert np.ptp(scaled) == pytest.approx(apart)


def test_beyond_limits_all_are_alike() -> None:
    values = np.array([[1.0], [30.0], [100.0], [150.0], [500.0]])
    scaled = Transformation.fit(values, ["recency_days"], limits={"recency_days": (60, 120)}).transform(values).ravel()
    assert scaled[0] == scaled[1] < scaled[2] < scaled[3] == scaled[4]
    everybody = Transformation.fit(values[:2], ["recency_days"], limits={"recency_days": (60, 120)})
    assert everybody.transform(values[:2]).tolist() == [[0.0], [0.0]]


def test_the_median_of_the_fitted_stands_for_an_attribute_that_is_not_known() -> None:
    ages = np.array([[30.0, 1.0], [np.nan, 2.0], [40.0, 3.0], [70.0, 4.0]])
    fitted = Transformation.fit(ages, ["attribute.Age", "monetary"], cap_share=0)
    assert fitted.value_if_unknown == (40.0, None)
    assert (fitted.lowest, fitted.highest) == ((30.0, 1.0), (70.0, 4.0))
    # As if it were known, in the fit and for whoever comes later.
    known = Transformation.fit(fitted.filled(ages), ["attribute.Age", "monetary"], cap_share=0)
    assert (known.center, known.scale) == (fitted.center, fitted.scale)
    np.testing.assert_array_equal(fitted.transform(ages[1:2]), fitted.transform(np.array([[40.0, 2.0]])))
    assert fitted.is_outside(np.array([[np.nan, 2.0], [np.nan, 9.0], [20.0, 2.0]])).tolist() == [False, True, True]
    # What is always known is never filled.
    assert np.isnan(fitted.transform(np.array([[40.0, np.nan]]))[0, 1])


@pytest.mark.parametrize(
    ("values", "feature", "message"),
    [
        ([1.0, np.nan], "monetary", "finite"),
        ([1.0, np.inf], "attribute.Age", "finite"),
        ([np.nan, np.nan], "attribute.Age", "known of nobody"),
        ([-1.0, np.nan], "attribute.Age", "below 0"),
    ],
)
def test_only_attributes_may_be_unknown_and_none_is_below_zero(values: list[float], feature: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Transformation.fit(np.array(values)[:, None], [feature])
