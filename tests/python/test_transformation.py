"""The one transformation that fitting and scoring share."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from segmentation.transformation import SCALERS, Transformation

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
