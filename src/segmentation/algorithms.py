"""The clustering algorithms that are compared, behind one signature."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.cluster import HDBSCAN
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from segmentation.clustering import nearest_centroids
from segmentation.kmeans import fit_kmeans
from segmentation.threads import one_thread

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

HDBSCAN_SHARES = (0.01, 0.02, 0.05)
"""Smallest cluster that HDBSCAN may find, as a share of the customers: it finds the number of clusters itself."""


@dataclass(frozen=True)
class Algorithm:
    """A way to cluster customers.

    Attributes
    ----------
    name : str
    cluster : callable
        (points, settings, seed, starts) to one array of labels a setting; labels count from 0, NO_CLUSTER for
        noise. A setting is a number of segments, for HDBSCAN the smallest share of a cluster.
    is_seeded : bool
        Whether the result depends on the seed.
    finds_count : bool
        Whether it finds the number of clusters itself.
    is_fast : bool
        Whether it can be run on thousands of customers hundreds of times.
    """

    name: str
    cluster: Callable[[FloatArray, Sequence[float], int, int], list[IntArray]]
    is_seeded: bool = False
    finds_count: bool = False
    is_fast: bool = False


def _kmeans(points: FloatArray, settings: Sequence[float], seed: int, starts: int) -> list[IntArray]:
    # Customers who are alike, or drawn twice by a resample, are one point of a larger weight.
    order = np.lexsort(points.T)
    is_first = np.r_[True, (np.diff(points[order], axis=0) != 0).any(axis=1)]
    different, weights = points[order][is_first], np.diff(np.r_[np.flatnonzero(is_first), len(points)]).astype(float)
    return [
        nearest_centroids(points, fit_kmeans(different, min(int(k), len(different)), seed, starts, weights))
        for k in settings
    ]


def _gaussian_mixture(points: FloatArray, settings: Sequence[float], seed: int, starts: int) -> list[IntArray]:
    with one_thread(), warnings.catch_warnings():
        # Twenty steps have to do: what does not converge by then is not stable, and that shows.
        warnings.simplefilter("ignore", ConvergenceWarning)
        # The regularisation keeps a component from collapsing on the many customers with exactly one order.
        return [
            GaussianMixture(int(k), reg_covar=1e-2, tol=1e-2, max_iter=20, random_state=seed)
            .fit_predict(points)
            .astype(np.int64)
            for k in settings
        ]


def _ward(points: FloatArray, settings: Sequence[float], seed: int, starts: int) -> list[IntArray]:
    tree = linkage(points, "ward")
    return [fcluster(tree, int(k), "maxclust").astype(np.int64) - 1 for k in settings]


def _hdbscan(points: FloatArray, settings: Sequence[float], seed: int, starts: int) -> list[IntArray]:
    sizes = [max(2, int(np.ceil(share * len(points)))) for share in settings]
    return [HDBSCAN(min_cluster_size=size, copy=True).fit(points).labels_.astype(np.int64) for size in sizes]


def _grid(points: FloatArray, settings: Sequence[float], seed: int, starts: int) -> list[IntArray]:
    return [_cells(points[:, : min(2, points.shape[1])], int(k)) for k in settings]


def _cells(points: FloatArray, cells: int) -> IntArray:
    """Cut the first feature into the more and the second into the fewer parts, at quantiles."""
    columns = max(c for c in range(1, cells + 1) if cells % c == 0 and c * c <= cells) if points.shape[1] > 1 else 1
    labels = np.zeros(len(points), dtype=np.int64)
    for values, parts in zip(points.T, (cells // columns, columns), strict=False):
        edges = np.quantile(values, np.arange(1, parts) / parts, method="inverted_cdf")
        # Equal values share a cell.
        labels = labels * parts + np.searchsorted(edges, values, side="left")
    return labels


ALGORITHMS = {
    algorithm.name: algorithm
    for algorithm in (
        # Lloyd's algorithm from k-means++ starts (Arthur & Vassilvitskii 2007).
        Algorithm("kmeans", _kmeans, is_seeded=True, is_fast=True),
        # Mixture of Gaussians with full covariances, by expectation maximisation (Dempster, Laird & Rubin 1977).
        Algorithm("gaussian_mixture", _gaussian_mixture, is_seeded=True),
        # Agglomerative clustering by least increase of variance (Ward 1963).
        Algorithm("ward", _ward),
        # Density-based clustering (Campello, Moulavi & Sander 2013).
        Algorithm("hdbscan", _hdbscan, finds_count=True),
        # The plain grid of the first two features' quantiles; by default recency and frequency.
        Algorithm("grid", _grid, is_fast=True),
    )
}
