"""Figures of separation: those of scikit-learn, and of the papers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from sklearn.metrics import silhouette_samples, silhouette_score

from segmentation.algorithms import ALGORITHMS
from segmentation.candidates import variance_ratios
from segmentation.separation import (
    elbow,
    gap_choice,
    gap_statistics,
    silhouette_widths,
    silhouettes,
    wcss,
)


@given(st.integers(0, 10_000), st.integers(20, 200), st.integers(2, 6))
@settings(max_examples=50, deadline=None)
def test_silhouettes_are_scikit_learns(seed: int, n: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(n, 3)).round(1)
    labelings = [rng.integers(0, k, n), np.arange(n) % k, np.r_[0, np.ones(n - 1, dtype=int)]]
    widths = [silhouette_samples(points, labels) for labels in labelings]
    assert silhouette_widths(points, labelings) == pytest.approx(np.array(widths), abs=1e-9)
    expected = [silhouette_score(points, labels) for labels in labelings]
    errors = [silhouette_samples(points, labels).std() / np.sqrt(n) for labels in labelings]
    found = silhouettes(points, labelings)
    assert [width for width, _ in found] == pytest.approx(expected, abs=1e-9)
    assert [error for _, error in found] == pytest.approx(errors, abs=1e-9)


def test_a_silhouette_needs_two_clusters() -> None:
    points = np.random.default_rng(0).normal(size=(30, 2))
    one, two = silhouettes(points, [np.zeros(30, dtype=int), np.arange(30) % 2])
    assert np.isnan(one[0])
    assert np.isfinite(two[0])


def test_wcss_is_the_inertia_of_kmeans() -> None:
    points = np.random.default_rng(0).normal(size=(500, 3)) + 100
    fitted = KMeans(4, n_init=1, random_state=0, tol=0).fit(points)
    labels = fitted.labels_.astype(np.int64)
    assert wcss(points, labels) == pytest.approx(fitted.inertia_, rel=1e-6)
    assert wcss(np.vstack([points, [[1e6] * 3]]), np.r_[labels, -1]) == pytest.approx(fitted.inertia_, rel=1e-6)


def test_indices_that_are_not_defined_are_none() -> None:
    points = np.random.default_rng(0).normal(size=(5, 2))
    assert variance_ratios(points, np.zeros(5, dtype=int)) == (None, None)
    assert variance_ratios(points, np.arange(5)) == (None, None)


def test_the_elbow_is_where_the_curve_bends() -> None:
    assert elbow([2, 3, 4, 5, 6], [100, 60, 20, 18, 16]) == 4
    assert elbow([2, 3, 4], [30, 20, 10]) is None  # a straight line
    assert elbow([2, 3], [30, 20]) is None
    assert elbow([2, 3, 4], [0, 0, 0]) is None


@pytest.mark.parametrize("centers", [1, 2, 4])
def test_the_gap_finds_the_planted_number_and_one_where_there_is_none(centers: int) -> None:
    points, _ = make_blobs(500, centers=8.0 * np.eye(4)[:centers], random_state=5)
    counts = [1, 2, 3, 4, 5, 6]
    settings_ = [float(k) for k in counts]
    labelings = ALGORITHMS["kmeans"].cluster(points, settings_, 1, 4)
    log_wcss = [float(np.log(wcss(points, labels))) for labels in labelings]
    gap, error = gap_statistics(points, log_wcss, ALGORITHMS["kmeans"], settings_, 1, 10)
    assert gap_choice(counts, list(gap), list(error)) == centers


def test_the_error_of_the_gap_includes_that_of_the_simulation() -> None:
    points = np.random.default_rng(4).normal(size=(100, 2))
    axes = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)[2]
    scores = (points - points.mean(axis=0)) @ axes.T
    uniform = [
        np.random.default_rng([1, n]).uniform(scores.min(axis=0), scores.max(axis=0), scores.shape) for n in range(4)
    ]
    logs = np.array([np.log(wcss(u, np.zeros(100, dtype=int))) for u in uniform])
    gap, error = gap_statistics(points, [2.0], ALGORITHMS["kmeans"], [1.0], 1, 4)
    assert gap[0] == pytest.approx(logs.mean() - 2)
    assert error[0] == pytest.approx(logs.std() * (1 + 1 / 4) ** 0.5)


def test_the_gap_choice_is_the_first_within_one_standard_error_of_the_next() -> None:
    assert gap_choice([1, 2, 3, 4], [0.1, 0.5, 0.55, 0.5], [0.1, 0.1, 0.1, 0.1]) == 2
    assert gap_choice([1, 2, 3, 4], [0.1, 0.5, 0.65, 0.6], [0.1, 0.1, 0.1, 0.1]) == 3
    assert gap_choice([1, 2, 3], [0.1, 0.5, 0.9], [0.1, 0.1, 0.1]) == 3
