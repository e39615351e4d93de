"""K-Means, the nearest centroid, and the algorithms behind one signature."""

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits

from segmentation.algorithms import ALGORITHMS, HDBSCAN_SHARES
from segmentation.clustering import NO_CLUSTER, nearest_centroids, ordered_centroids, spread_sample
from segmentation.fitting import cluster_means, fit_clusters
from segmentation.kmeans import _lloyd, fit_kmeans


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


def test_a_weight_stands_for_so_many_customers() -> None:
    points = np.random.default_rng(2).normal(size=(200, 2))
    weights = np.where(np.arange(200) < 20, 5.0, 1.0)
    repeated = np.repeat(points, weights.astype(int), axis=0)
    assert fit_kmeans(points, 3, 1, weights=weights) == pytest.approx(fit_kmeans(repeated, 3, 1), abs=1e-2)


@pytest.mark.parametrize("starts", [1, 4])
@pytest.mark.parametrize("k", [1, 2, 5, 9])
def test_kmeans_finds_what_scikit_learn_finds(k: int, starts: int) -> None:
    rng = np.random.default_rng(7)
    points = rng.lognormal(size=(700, 3))
    weights = rng.integers(1, 4, 700).astype(float)
    peer = KMeans(k, n_init=starts, random_state=5).fit(points, sample_weight=weights)
    centroids = fit_kmeans(points, k, 5, starts, weights)
    np.testing.assert_allclose(centroids, ordered_centroids(peer.cluster_centers_), atol=1e-4)


@pytest.mark.parametrize("seed", range(8))
def test_a_point_between_two_centroids_belongs_to_one(seed: int) -> None:
    # From starts at both ends the middle is equally near; shared by both, they would rest at 0.5 and 1.5.
    centroids = fit_kmeans(np.array([[0.0], [1.0], [2.0]]), 2, seed, starts=1)
    assert centroids.ravel().tolist() in ([0.0, 1.5], [0.5, 2.0])


def test_as_many_segments_as_different_points_are_these_points() -> None:
    points = np.repeat(np.array([[0.0, 0.0], [0.0, 1.0], [5.0, 5.0], [900.0, 5.0]]), 7, axis=0)
    assert fit_kmeans(points, 4, seed=1, starts=1).tolist() == np.unique(points, axis=0).tolist()


def test_a_centroid_that_nobody_is_nearest_to_goes_to_the_farthest_point() -> None:
    extended = np.vstack([[5.0, 5.1, 5.2, 13.0, 14.0], np.ones(5)])
    (centroids,) = _lloyd(extended, extended.T.copy(), np.array([[[5.0], [500.0]]]), 0.0)
    assert sorted(centroids.ravel()) == pytest.approx([5.1, 13.5])


def test_the_first_of_equally_near_centroids_wins() -> None:
    assert nearest_centroids(np.array([[1.0]]), np.array([[2.0], [0.0]])).tolist() == [0]


def test_a_sample_is_spread_and_bounded() -> None:
    assert spread_sample(5, 10).tolist() == [0, 1, 2, 3, 4]
    assert len(spread_sample(100_000, 500)) == 500
    assert spread_sample(100_000, 500)[[0, -1]].tolist() == [0, 99_999]


@pytest.mark.parametrize("name", ["kmeans", "gaussian_mixture", "ward", "hdbscan"])
def test_every_algorithm_finds_blobs(name: str) -> None:
    points, planted = make_blobs(600, centers=[[0, 0], [9, 0], [0, 9]], random_state=3)
    (labels,) = ALGORITHMS[name].cluster(points, [0.05 if name == "hdbscan" else 3.0], 1, 4)
    clustered = labels != NO_CLUSTER
    assert clustered.mean() > 0.9
    assert adjusted_rand_score(planted[clustered], labels[clustered]) > 0.95


@pytest.mark.parametrize(("cells", "sizes"), [(2, [2, 1]), (4, [2, 2]), (6, [3, 2]), (7, [7, 1]), (9, [3, 3])])
def test_the_grid_cuts_two_features_at_quantiles(cells: int, sizes: list[int]) -> None:
    points = np.random.default_rng(7).uniform(size=(900, 3))
    (labels,) = ALGORITHMS["grid"].cluster(points, [float(cells)], 1, 1)
    first, second = ((points[:, f] * parts).astype(int) for f, parts in enumerate(sizes))
    # Uniform values: the quantiles are the equal parts of [0, 1], but for the sample.
    assert (labels == first * sizes[1] + second).mean() > 0.9
    assert np.bincount(labels, minlength=cells).min() > 0


def test_equal_customers_share_a_cell_of_the_grid() -> None:
    points = np.repeat([[1.0, 1.0], [2.0, 1.0]], 10, axis=0)
    (labels,) = ALGORITHMS["grid"].cluster(points, [6.0], 1, 1)
    assert len(np.unique(labels[:10])) == len(np.unique(labels[10:])) == 1
    # Most customers have one order: they are the lower cell, and the others the upper.
    orders = np.column_stack([np.zeros(10), np.r_[np.ones(7), 2, 3, 4]])[:, ::-1]
    (labels,) = ALGORITHMS["grid"].cluster(orders, [2.0], 1, 1)
    assert labels.tolist() == [0] * 7 + [1] * 3


@pytest.mark.parametrize("name", list(ALGORITHMS))
def test_fitted_clusters_are_numbered_by_their_centroids_and_cover_everybody(name: str) -> None:
    points, _ = make_blobs(6000, centers=[[0, 0], [9, 0], [0, 9]], random_state=3)
    labels = fit_clusters(points, HDBSCAN_SHARES[1] if name == "hdbscan" else 3.0, 1, name)
    assert sorted(np.unique(labels)) == [0, 1, 2]
    means = cluster_means(points, labels)
    assert (np.lexsort(means.T) == np.arange(3)).all()


def test_fitted_kmeans_is_the_rule_of_the_nearest_mean() -> None:
    points = np.random.default_rng(1).normal(size=(3000, 3))
    labels = fit_clusters(points, 6.0, 1)
    assert (labels == nearest_centroids(points, cluster_means(points, labels))).all()


def test_customers_in_whom_no_cluster_is_found_are_one() -> None:
    cloud = np.random.default_rng(1).uniform(size=(300, 2))
    assert np.unique(fit_clusters(cloud, 0.4, 1, "hdbscan")).tolist() == [0]


def test_more_clusters_than_names_are_the_ten_largest() -> None:
    centers = [[20 * x, 20 * y] for x in range(4) for y in range(3)]
    points, _ = make_blobs([50] * 10 + [20, 20], centers=centers, random_state=3)
    assert len(np.unique(fit_clusters(points, 0.02, 1, "hdbscan"))) == 10
