"""K-Means, the figures that compare candidates, and the choice."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_blobs
from sklearn.metrics import silhouette_score
from threadpoolctl import threadpool_limits

from segmentation.clustering import (
    Candidate,
    choose,
    elbow,
    evaluate_candidates,
    fit_kmeans,
    nearest_centroids,
    silhouettes,
    spread_sample,
)


@given(st.integers(0, 10_000), st.integers(20, 200), st.integers(2, 6))
@settings(max_examples=50, deadline=None)
def test_silhouettes_are_scikit_learns(seed: int, n: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(n, 3)).round(1)
    labelings = [rng.integers(0, k, n), np.arange(n) % k, np.r_[0, np.ones(n - 1, dtype=int)]]
    expected = [silhouette_score(points, labels) for labels in labelings]
    assert silhouettes(points, labelings) == pytest.approx(expected, abs=1e-9)


def test_a_silhouette_needs_two_clusters() -> None:
    points = np.random.default_rng(0).normal(size=(30, 2))
    one, two = silhouettes(points, [np.zeros(30, dtype=int), np.arange(30) % 2])
    assert one is None
    assert two is not None


def test_kmeans_finds_planted_centers_in_a_fixed_order() -> None:
    points, _ = make_blobs(600, centers=[[0, 0], [8, 0], [0, 8]], random_state=3)
    centroids = fit_kmeans(points, 3, seed=1)
    np.testing.assert_allclose(centroids, [[0, 0], [8, 0], [0, 8]], atol=0.3)
    assert fit_kmeans(points, 3, seed=99) == pytest.approx(centroids, abs=1e-6)


def test_kmeans_does_not_depend_on_the_number_of_threads() -> None:
    points = np.random.default_rng(5).normal(size=(5000, 3))
    results = []
    for threads in (1, 2):
        with threadpool_limits(limits=threads):
            results.append(fit_kmeans(points, 7, seed=42))
    assert (results[0] == results[1]).all()


def test_the_first_of_equally_near_centroids_wins() -> None:
    assert nearest_centroids(np.array([[1.0]]), np.array([[2.0], [0.0]])).tolist() == [0]


def test_the_elbow_is_where_the_curve_bends() -> None:
    assert elbow([2, 3, 4, 5, 6], [100, 60, 20, 18, 16]) == 4
    assert elbow([2, 3, 4], [30, 20, 10]) is None  # a straight line
    assert elbow([2, 3], [30, 20]) is None
    assert elbow([2, 3, 4], [0, 0, 0]) is None


@pytest.mark.parametrize("centers", [3, 4, 5])
def test_the_planted_number_of_clusters_is_chosen(centers: int) -> None:
    points, _ = make_blobs(900, centers=6.0 * np.eye(centers), cluster_std=0.6, random_state=11)
    candidates = choose(evaluate_candidates(points, 42, range(2, 11)))
    assert [c.segment_count for c in candidates if c.is_chosen] == [centers]


def _candidate(k: int, wcss: float, silhouette: float, smallest: float = 0.1) -> Candidate:
    return Candidate(k, wcss, silhouette, 1.0, 1.0, smallest)


def test_a_split_of_a_few_whales_is_refused() -> None:
    # The silhouette alone would take two clusters, one of them with 26 of 4,338 customers.
    candidates = choose([_candidate(2, 100, 0.9, 0.006), _candidate(3, 40, 0.34), _candidate(4, 35, 0.33)])
    assert [c.segment_count for c in candidates if c.is_chosen] == [3]
    assert "below 2%" in candidates[0].reason


def test_of_those_near_the_elbow_the_widest_silhouette_is_chosen() -> None:
    candidates = choose(
        [_candidate(2, 100, 0.6), _candidate(3, 60, 0.3), _candidate(4, 20, 0.2), _candidate(5, 18, 0.4)]
    )
    assert [c.segment_count for c in candidates if c.is_elbow] == [4]
    assert [c.segment_count for c in candidates if c.is_chosen] == [5]
    assert "more than one from the elbow" in candidates[0].reason
    assert all(c.reason for c in candidates)


def test_segment_count_overrides_and_warns() -> None:
    candidates = choose([_candidate(2, 100, 0.6), _candidate(3, 60, 0.3, 0.001)], segment_count=3)
    assert [c.segment_count for c in candidates if c.is_chosen] == [3]
    assert "only 0.1% of the customers" in candidates[1].reason
    too_many = choose(candidates, segment_count=9)
    assert [c.segment_count for c in too_many if c.is_chosen] == [3]
    assert "too alike" in too_many[1].reason


@pytest.mark.parametrize(
    ("points", "counts"),
    [
        (np.zeros((50, 3)), [1]),  # all alike
        (np.zeros((1, 3)), [1]),
        (np.arange(6.0).reshape(2, 3), [1]),  # two customers
        (np.arange(9.0).reshape(3, 3), [2]),  # fewer customers than segments
        (np.repeat([[0.0], [1.0]], 20, axis=0), [2]),  # two kinds of customers
    ],
)
def test_few_or_equal_customers_have_few_candidates(points: np.ndarray, counts: list[int]) -> None:
    candidates = choose(evaluate_candidates(points, 1, range(2, 11)))
    assert [c.segment_count for c in candidates] == counts
    assert sum(c.is_chosen for c in candidates) == 1


def test_a_sample_is_spread_and_bounded() -> None:
    assert spread_sample(5, 10).tolist() == [0, 1, 2, 3, 4]
    assert len(spread_sample(100_000, 500)) == 500
    assert spread_sample(100_000, 500)[[0, -1]].tolist() == [0, 99_999]
