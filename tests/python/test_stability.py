"""Stability: what is there comes back, what is not there does not."""

from collections.abc import Sequence

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs

from segmentation.algorithms import ALGORITHMS, Algorithm
from segmentation.clustering import NO_CLUSTER
from segmentation.stability import best_jaccard, bootstrap_jaccard, seed_agreement, split_half_agreement
from segmentation.structure import compare_with_permuted

KMEANS = ALGORITHMS["kmeans"]


def test_the_jaccard_coefficient_is_that_of_the_most_similar_cluster() -> None:
    labels, others = np.array([0, 0, 0, 0, 1, 1]), np.array([5, 5, 5, 7, 7, 7])
    assert best_jaccard(labels, others, np.array([0, 1])).tolist() == [3 / 4, 2 / 3]
    # Without a member, and beside customers without a cluster.
    assert best_jaccard(labels, others, np.array([0, 9])).tolist() == [3 / 4, 0]
    assert best_jaccard(labels, np.full(6, NO_CLUSTER), np.array([0, 1])).tolist() == [0, 0]


def test_planted_clusters_are_stable_and_a_cut_through_one_is_not() -> None:
    points, _ = make_blobs(600, centers=[[0, 0], [9, 0], [0, 9]], random_state=3)
    three, four = KMEANS.cluster(points, [3.0, 4.0], 1, 10)
    stable, cut = bootstrap_jaccard(points, [three, four], KMEANS, [3.0, 4.0], 1, range(50))
    assert stable.shape == (50, 3)
    assert stable.mean(axis=0).min() > 0.98
    assert cut.mean(axis=0).min() < 0.75


def test_a_resample_is_the_same_whichever_others_there_are() -> None:
    points = np.random.default_rng(3).normal(size=(200, 2))
    labelings = KMEANS.cluster(points, [3.0], 1, 10)
    (whole,), (odd,) = (bootstrap_jaccard(points, labelings, KMEANS, [3.0], 1, of) for of in (range(4), range(1, 4, 2)))
    assert (whole[1::2] == odd).all()


def test_the_figures_are_those_of_scikit_learn() -> None:
    def cluster(points: np.ndarray, settings: Sequence[float], seed: int, starts: int) -> list[np.ndarray]:
        return [KMeans(int(k), n_init=starts, random_state=seed).fit_predict(points) for k in settings]

    points, _ = make_blobs(400, centers=2.5 * np.eye(3), random_state=3)
    counts = [2.0, 3.0, 4.0]
    peer = Algorithm("scikit-learn", cluster, is_seeded=True)
    labelings = KMEANS.cluster(points, counts, 1, 10)
    ours, theirs = (bootstrap_jaccard(points, labelings, a, counts, 1, range(20)) for a in (KMEANS, peer))
    for one, other in zip(ours, theirs, strict=True):
        error = other.std(axis=0, ddof=1) / np.sqrt(len(other))
        assert (np.abs(one.mean(axis=0) - other.mean(axis=0)) <= 2 * error).all()
    ours_of_halves, theirs_of_halves = (split_half_agreement(points, a, [3.0], 1) for a in (KMEANS, peer))
    assert ours_of_halves == pytest.approx(theirs_of_halves, abs=0.02)


def test_seeds_and_halves_agree_on_planted_clusters_and_not_on_others() -> None:
    points, _ = make_blobs(600, centers=[[0, 0], [9, 0], [0, 9]], random_state=3)
    labelings = KMEANS.cluster(points, [3.0], 1, 10)
    assert seed_agreement(points, labelings, KMEANS, [3.0], 1) == pytest.approx([1.0])
    assert split_half_agreement(points, KMEANS, [3.0], 1)[0] > 0.98
    cloud = np.random.default_rng(3).normal(size=(600, 2))
    assert split_half_agreement(cloud, KMEANS, [7.0], 1)[0] < 0.8
    assert seed_agreement(cloud, KMEANS.cluster(cloud, [7.0], 1, 1), ALGORITHMS["ward"], [7.0], 1) == [1.0]


@pytest.mark.parametrize("shape", ["round", "long", "one spike", "few values"])
def test_a_single_cloud_is_no_more_structured_than_when_permuted(shape: str) -> None:
    rng = np.random.default_rng(11)
    points = rng.normal(size=(800, 3))
    if shape == "long":
        points = points @ np.array([[2.0, 1.0, 0.5], [0, 0.5, 0.2], [0, 0, 0.4]])
    if shape == "one spike":  # most customers ordered once
        points[:, 0] = np.maximum(points[:, 0], 0.3)
    if shape == "few values":  # numbers of orders, which have nothing to do with each other
        points = np.column_stack([rng.integers(0, 3, 800), rng.integers(0, 2, 800) * 1.5, rng.integers(0, 2, 800)])
    structure = compare_with_permuted(points.astype(float), range(2, 7), 1, 20)
    assert structure.p_value > 0.05


def test_a_column_that_follows_from_another_is_no_structure() -> None:
    points = np.random.default_rng(11).normal(size=(800, 3))
    points = np.column_stack([points, np.where(points[:, 0] > 0.2, 1.0, -1.0)])
    assert compare_with_permuted(points, range(2, 7), 1, 20, {3: 0}).p_value > 0.05
    assert compare_with_permuted(points, range(2, 7), 1, 20).p_value < 0.05


def test_blobs_are_more_structured_than_when_permuted() -> None:
    points, _ = make_blobs(600, centers=5.0 * np.eye(4), random_state=3)
    structure = compare_with_permuted(points, range(2, 7), 1, 20)
    assert structure.p_value == pytest.approx(1 / 21)
    widths = np.array(structure.silhouette)
    assert (widths < 0.6).all()
