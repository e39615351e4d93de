"""Centroids in a fixed order, the rule of the nearest centroid, and what is told of customers by their clusters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

NO_CLUSTER = -1
"""Label of customers whom an algorithm leaves without a cluster (HDBSCAN's noise)."""


def ordered_centroids(centroids: FloatArray) -> FloatArray:
    """Return centroids rounded to nine digits and sorted by coordinates, the last feature first."""
    rounded = np.round(centroids, 9)
    return np.asarray(rounded[np.lexsort(rounded.T)], dtype=np.float64)


def nearest_centroids(points: FloatArray, centroids: FloatArray) -> IntArray:
    """Return the position of each point's nearest centroid; the first of equally near ones."""
    return np.asarray(squared_distances(points, centroids).argmin(axis=1), dtype=np.int64)


def squared_distances(points: FloatArray, centroids: FloatArray) -> FloatArray:
    """Return the squared distance of each point to each centroid, shape (n, k).

    Summed feature by feature in their order, as the rule in SQL does it, so that both agree to the last bit.
    """
    distances = np.zeros((len(points), len(centroids)))
    for feature in range(points.shape[1]):
        distances += (points[:, feature, None] - centroids[None, :, feature]) ** 2
    return distances


def blend(points: FloatArray, centroids: FloatArray, rates: FloatArray) -> FloatArray:
    """Return each point's mean of the rates, weighted by exp(-d²/2) of the distance to the centroids.

    The responsibilities of soft K-Means with unit variance (MacKay 2003, chapter 22).
    """
    distances = squared_distances(points, centroids)
    weights = np.exp(-(distances - distances.min(axis=1, keepdims=True)) / 2)
    return np.asarray(weights @ rates / weights.sum(axis=1))


def segment_rates(labels: IntArray, bought: BoolArray, segments: int) -> FloatArray:
    """Return the share of buyers in each segment; in one without customers the share of all."""
    customers = np.bincount(labels, minlength=segments)
    buyers = np.bincount(labels, weights=bought.astype(float), minlength=segments)
    return np.where(customers > 0, buyers / np.maximum(customers, 1), bought.mean())


def spread_sample(count: int, size: int) -> IntArray:
    """Return at most `size` positions, spread evenly over `count`."""
    return np.unique(np.linspace(0, count - 1, min(count, size)).round().astype(np.int64))
