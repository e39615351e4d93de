"""A fitted segmentation: the transformation, the centroids and their names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from segmentation.algorithms import ALGORITHMS, NO_CLUSTER
from segmentation.clustering import nearest_centroids, ordered_centroids, spread_sample
from segmentation.naming import Archetype, describe_clusters, match_archetypes
from segmentation.transformation import Transformation

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_SLOW_SAMPLE = 5_000
_STARTS = 10
_MOST_CLUSTERS = 10


@dataclass(frozen=True)
class SegmentationModel:
    """Everything that is needed to score a customer by the nearest centroid.

    Attributes
    ----------
    transformation : Transformation
    centroids : array of shape (k, n_features)
        In scaled space: the means of the segments' customers.
    names : tuple of str
        Segment of each centroid.
    """

    transformation: Transformation
    centroids: FloatArray
    names: tuple[str, ...]

    @property
    def version(self) -> str:
        """Twelve hexadecimal digits that change when the model does, and only then."""
        t = self.transformation
        content = [
            t.features,
            np.round([t.center, t.scale, t.low, t.high, t.lowest, t.highest], 9).tolist(),
            self.centroids.tolist(),
            self.names,
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:12]


def fit_clusters(points: FloatArray, setting: float, seed: int, algorithm: str = "kmeans") -> IntArray:
    """Cluster customers and number the clusters by their centroids, the last feature first.

    An algorithm that is quadratic is run on a spread sample of 5,000, and everybody else joins the cluster of
    the nearest customer of the sample; so does whoever the algorithm leaves without a cluster.

    Parameters
    ----------
    points : array of shape (n, n_features)
        In scaled space, in an order that does not depend on chance.
    setting : float
        Number of segments, for HDBSCAN the smallest share of a cluster.
    seed : int
    algorithm : str, default "kmeans"
        A key of `ALGORITHMS`.

    Returns
    -------
    integer array of shape (n,)
        0 to k - 1, each with a customer. With K-Means the nearest of the clusters' means for each.
    """
    if setting == 1:
        return np.zeros(len(points), dtype=np.int64)
    chosen = ALGORITHMS[algorithm]
    sample = points if chosen.is_fast else points[spread_sample(len(points), _SLOW_SAMPLE)]
    labels = chosen.cluster(sample, [setting], seed, _STARTS)[0]
    clustered = _largest(labels)
    if not clustered.any():
        return np.zeros(len(points), dtype=np.int64)
    if not clustered.all() or len(sample) < len(points):
        labels = labels[clustered][cKDTree(sample[clustered]).query(points)[1]]
    centroids = ordered_centroids(cluster_means(points, labels))
    if algorithm == "kmeans":
        return _settle(points, centroids)
    _, labels = np.unique(labels, return_inverse=True)
    return np.asarray(nearest_centroids(cluster_means(points, labels), centroids)[labels], dtype=np.int64)


def _largest(labels: IntArray) -> NDArray[np.bool_]:
    """Tell who is in one of the ten largest clusters: there are no names for more."""
    clusters, sizes = np.unique(labels[labels != NO_CLUSTER], return_counts=True)
    return np.isin(labels, clusters[np.argsort(-sizes, kind="stable")[:_MOST_CLUSTERS]])


def cluster_means(points: FloatArray, labels: IntArray) -> FloatArray:
    """Return the mean of each cluster's points, by rising label, rounded to nine digits."""
    _, numbers, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    sums = [np.bincount(numbers, weights=column) for column in points.T]
    return np.round(np.column_stack(sums) / sizes[:, None], 9)


def _settle(points: FloatArray, centroids: FloatArray) -> IntArray:
    """Lloyd's last steps, until every customer is with the nearest of the means that are stored."""
    labels = nearest_centroids(points, centroids)
    for _ in range(100):
        centroids = ordered_centroids(cluster_means(points, labels))
        settled = nearest_centroids(points, centroids)
        if (settled == labels).all():
            break
        labels = settled
    return labels


def describe_model(
    values: FloatArray,
    measures: FloatArray,
    labels: IntArray,
    transformation: Transformation,
    archetypes: Sequence[Archetype],
) -> SegmentationModel:
    """Return the model of clustered customers: their means, and names.

    Parameters
    ----------
    values : array of shape (n, n_features)
        The features of the customers in original units.
    measures : array of shape (n, 4)
        Recency in days, frequency, monetary and tenure in days of the same customers, for the names.
    labels : integer array of shape (n,)
        From `fit_clusters`.
    transformation : Transformation
    archetypes : sequence of Archetype
    """
    centroids = cluster_means(transformation.transform(values), labels)
    names = match_archetypes(describe_clusters(measures, labels), archetypes)
    return SegmentationModel(transformation, centroids, tuple(names))


def fit_model(
    values: FloatArray,
    features: Sequence[str],
    measures: FloatArray,
    setting: float,
    archetypes: Sequence[Archetype],
    scaler: str = "standard",
    cap_share: float = 0.005,
    seed: int = 42,
    algorithm: str = "kmeans",
) -> SegmentationModel:
    """Fit the transformation and the clusters, and name them.

    Parameters
    ----------
    values : array of shape (n, n_features)
        The features of the customers in original units, in an order that does not depend on chance.
    features : sequence of str
        Their names.
    measures : array of shape (n, 4)
        Recency in days, frequency, monetary and tenure in days of the same customers, for the names.
    setting : float
        Number of segments, for HDBSCAN the smallest share of a cluster.
    archetypes : sequence of Archetype
    scaler : {"standard", "minmax", "robust"}, default "standard"
    cap_share : float, default 0.005
        See `Transformation.fit`.
    seed : int, default 42
    algorithm : str, default "kmeans"
    """
    transformation = Transformation.fit(values, features, scaler, cap_share)
    labels = fit_clusters(transformation.transform(values), setting, seed, algorithm)
    return describe_model(values, measures, labels, transformation, archetypes)
