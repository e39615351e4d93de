"""Validity out of time: figures of the literature, and no look at the outcome."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from segmentation.clustering import blend, segment_rates
from segmentation.model import SegmentationModel
from segmentation.naming import Bounds, Members
from segmentation.transformation import Transformation
from segmentation.validity import (
    Cut,
    SegmentOutcome,
    auc,
    predict_buyers,
    rfm_scores,
    segment_outcomes,
    top_share,
    worst_inversion,
)

CODES = {f"{r}{f}{m}": "often" if f > 2 else "seldom" for r in range(1, 6) for f in range(1, 6) for m in range(1, 6)}


def cut(seed: int, n: int = 600) -> Cut:
    rng = np.random.default_rng(seed)
    frequency = 1.0 + rng.poisson(3, n)
    tenure = rng.integers(300, 400, n)
    measures = np.column_stack([rng.integers(1, 300, n), frequency, frequency * 20, tenure, tenure / frequency])
    orders = (rng.uniform(size=n) < frequency / 12).astype(float)
    return Cut(measures[:, :3].astype(float), measures.astype(float), orders, orders * frequency * 20)


def model(known: Cut) -> SegmentationModel:
    t = Transformation.fit(known.values, ("recency_days", "frequency", "monetary"))
    centroids = t.transform(np.array([[150.0, 1.5, 30.0], [150.0, 7.0, 140.0]]))
    return SegmentationModel(t, centroids, ("seldom", "often"))


def test_predictors_are_learned_from_the_time_before_and_never_from_the_outcome() -> None:
    known, earlier = cut(1), cut(2)
    predicted = predict_buyers(known, earlier, model(known), CODES)
    shuffled = replace(known, orders=known.orders[::-1].copy(), spend=known.spend[::-1].copy())
    for name, score in predict_buyers(shuffled, earlier, model(known), CODES).items():
        assert (score == predicted[name]).all(), name
    assert auc(predicted["segments"], known.bought)[0] > 0.6
    assert auc(predicted["segments_blended"], known.bought)[0] > auc(predicted["segments"], known.bought)[0]
    assert set(predicted) == {
        *("segments", "segments_blended", "recency", "frequency", "monetary"),
        *("rfm_sum", "rfm_segments", "logistic_regression"),
    }


def test_rates_are_the_shares_of_buyers() -> None:
    labels, bought = np.array([0, 0, 1, 1, 1]), np.array([True, False, True, True, True])
    assert segment_rates(labels, bought, 3).tolist() == [0.5, 1.0, 0.8]


def test_blended_rates_lie_between_those_of_the_segments_and_meet_in_the_middle() -> None:
    centroids, rates = np.array([[0.0], [10.0]]), np.array([0.2, 0.8])
    blended = blend(np.array([[0.0], [4.9], [5.0], [10.0], [1e6]]), centroids, rates)
    assert blended == pytest.approx(
        [0.2, (0.2 * np.e**0.5 + 0.8 * np.e**-0.5) / (np.e**0.5 + np.e**-0.5), 0.5, 0.8, 0.8]
    )


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=60))
def test_the_area_is_scikit_learns(pairs: list[tuple[int, bool]]) -> None:
    score, bought = np.array([p[0] for p in pairs], dtype=float), np.array([p[1] for p in pairs])
    if bought.all() or not bought.any():
        return
    area, error = auc(score, bought)
    assert area == pytest.approx(roc_auc_score(bought, score))
    assert 0 <= error <= 0.8


def test_the_error_of_the_area_is_that_of_hanley_and_mcneil() -> None:
    # Their formula for A = 0.75 with 50 and 50, worked out by hand.
    bought = np.arange(100) < 50
    score = np.where(bought, np.arange(100) % 2, 0.0)  # half of the buyers above everybody, half tied
    area, error = auc(score, bought)
    assert area == 0.75
    q1, q2 = 0.75 / 1.25, 2 * 0.75**2 / 1.75
    assert error == pytest.approx(((0.1875 + 49 * (q1 - 0.5625) + 49 * (q2 - 0.5625)) / 2500) ** 0.5)


def test_the_top_tenth_counts_ties_in_part_and_no_order_decides() -> None:
    score, spend = np.array([9.0] + [5.0] * 4 + [1.0] * 15), np.array([10.0] + [5.0] * 4 + [0.0] * 15)
    assert top_share(score, spend) == pytest.approx((10 + 5) / 30)
    assert top_share(score[::-1], spend[::-1]) == pytest.approx((10 + 5) / 30)
    assert top_share(np.zeros(20), spend) == pytest.approx(0.1)
    assert top_share(score, np.zeros(20)) == 0.0


def test_scores_count_the_quintile_edges_exceeded() -> None:
    measures = np.column_stack([np.arange(1, 11), np.r_[np.ones(6), 2, 3, 4, 5], np.arange(10)])
    scores = rfm_scores(measures)
    assert scores[:, 0].tolist() == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]
    assert scores[:, 1].tolist() == [1, 1, 1, 1, 1, 1, 4, 4, 5, 5]
    # The edges are values that occur, as in the macro quintile_edges.
    of_seven = rfm_scores(np.column_stack([np.ones(7), np.arange(7), np.ones(7)]))
    assert of_seven[:, 1].tolist() == [1, 1, 2, 3, 3, 4, 5]


def test_segments_are_held_against_what_their_kind_did_before() -> None:
    known, earlier = cut(1), cut(2)
    often, seldom = segment_outcomes(known, earlier, model(known))
    assert (often.segment, seldom.segment) == ("often", "seldom")
    assert often.customers + seldom.customers == 600
    assert often.observed > seldom.observed
    assert worst_inversion([often, seldom]) == 0


def test_everybody_counts_in_a_segment_whose_name_is_true() -> None:
    known, earlier = cut(1), cut(2)
    named = replace(model(known), members=(Members(Bounds(1, 2)), Members(Bounds(3))))
    often, seldom = segment_outcomes(known, earlier, named)
    few_orders = known.measures[:, 1] <= 2
    assert seldom.customers == few_orders.sum()
    assert seldom.observed == known.bought[few_orders].mean()
    assert often.expected == segment_rates((earlier.measures[:, 1] > 2).astype(int), earlier.bought, 2)[1]


def test_an_inversion_is_measured_in_standard_errors() -> None:
    high, low = SegmentOutcome("a", 100, 0.8, 0.4, 1.0), SegmentOutcome("b", 100, 0.2, 0.5, 1.0)
    assert worst_inversion([high, low]) == pytest.approx(0.1 / np.hypot(0.24**0.5 / 10, 0.5 / 10))


def test_few_customers_prove_nothing() -> None:
    assert cut(1).is_sufficient
    assert not cut(1, 100).is_sufficient
    assert not replace(cut(1), orders=np.zeros(600)).is_sufficient
