"""Nearest neighbours: the same labels as scikit-learn, with votes and a runner-up."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import KNeighborsClassifier

from segmentation.assignment import NearestNeighbors
from segmentation.clustering import fit_kmeans, nearest_centroids


@given(st.integers(0, 10_000), st.integers(2, 8), st.integers(1, 15))
@settings(max_examples=50, deadline=None)
def test_labels_and_votes_are_scikit_learns(seed: int, k: int, neighbors: int) -> None:
    rng = np.random.default_rng(seed)
    reference, points = rng.normal(size=(300, 3)), rng.normal(size=(200, 3))
    centroids = fit_kmeans(reference, k, seed, starts=1)
    labels = nearest_centroids(reference, centroids)
    assigned = NearestNeighbors(reference, labels, centroids, neighbors).assign(points)
    expected = KNeighborsClassifier(neighbors).fit(reference, labels)
    assert (assigned.label == expected.predict(points)).all()
    assert assigned.confidence == pytest.approx(expected.predict_proba(points).max(axis=1))
    assert (assigned.runner_up != assigned.label).all()


def test_the_runner_up_has_the_second_most_votes() -> None:
    reference = np.array([[0.0], [0.1], [0.2], [0.3], [5.0]])
    labels, centroids = np.array([0, 0, 0, 2, 1]), np.array([[0.0], [0.6], [50.0]])
    assigned = NearestNeighbors(reference, labels, centroids, 4).assign(np.array([[0.0]]))
    assert (assigned.label[0], assigned.confidence[0], assigned.runner_up[0]) == (0, 0.75, 2)


def test_where_all_agree_the_runner_up_is_the_next_centroid() -> None:
    reference, labels = np.array([[0.0], [0.1]]), np.array([1, 1])
    assigned = NearestNeighbors(reference, labels, np.array([[9.0], [0.0], [-3.0]]), 2).assign(np.array([[0.0]]))
    assert (assigned.label[0], assigned.confidence[0], assigned.runner_up[0]) == (1, 1.0, 2)


def test_one_segment_has_no_other_runner_up() -> None:
    assigned = NearestNeighbors(np.zeros((3, 1)), np.zeros(3, dtype=int), np.zeros((1, 1)), 15).assign(np.ones((2, 1)))
    assert assigned.label.tolist() == assigned.runner_up.tolist() == [0, 0]
    assert assigned.confidence.tolist() == [1.0, 1.0]


def test_a_customer_is_assigned_alone_as_in_company() -> None:
    rng = np.random.default_rng(8)
    reference, points = rng.normal(size=(500, 3)), rng.normal(size=(100, 3))
    labels = rng.integers(0, 3, 500)
    neighbors = NearestNeighbors(reference, labels, rng.normal(size=(3, 3)))
    together = neighbors.assign(points)
    alone = [neighbors.assign(points[[i]]) for i in range(100)]
    assert together.label.tolist() == [a.label[0] for a in alone]
    assert together.confidence.tolist() == [a.confidence[0] for a in alone]


def test_without_reference_or_neighbors_it_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        NearestNeighbors(np.empty((0, 1)), np.empty(0, dtype=int), np.zeros((1, 1)))
    with pytest.raises(ValueError, match="at least one"):
        NearestNeighbors(np.zeros((1, 1)), np.zeros(1, dtype=int), np.zeros((1, 1)), 0)
