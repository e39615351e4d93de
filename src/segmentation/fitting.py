"""How a model is fitted: the clusters of customers, their centroids and their names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from segmentation.algorithms import ALGORITHMS
from segmentation.assignment import NearestNeighbors
from segmentation.clustering import NO_CLUSTER, nearest_centroids, ordered_centroids, segment_rates, spread_sample
from segmentation.model import SegmentationModel
from segmentation.naming import (
    CLUSTER_SHARE,
    HOME_SHARE,
    TRUE_SHARE,
    Archetype,
    Members,
    admissible,
    describe_clusters,
    match_archetypes,
)
from segmentation.rhythm import Rhythm
from segmentation.separation import wcss
from segmentation.transformation import Transformation

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

_SLOW_SAMPLE = 5_000
_STARTS = 10
_MOST_CLUSTERS = 10
_STEPS = 100
_NAMINGS = 3

AS_GOOD = 0.04
"""By how much the WCSS of clusters near the ones before may exceed that of the best, as a share; docs/method.md."""


def fit_clusters(
    points: FloatArray, setting: float, seed: int, algorithm: str = "kmeans", previous: FloatArray | None = None
) -> IntArray:
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
    previous : array of shape (k_previous, n_features), optional
        Centroids of the model in force, in the scaled space of the points. Where K-Means finds as many segments,
        Lloyd's algorithm also starts from them and stops as soon as the WCSS is within AS_GOOD of the best of ten other
        starts: of clusters that are as good, those that change least.

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
        best = _settle(points, centroids)
        if previous is None or len(previous) != len(centroids):
            return best
        bound = (1 + AS_GOOD) * wcss(points, best)
        steps = _lloyd_steps(points, previous)
        return next((labels for means, labels in steps if _spread(points, means, labels) <= bound), best)
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
    *_, (_, labels) = _lloyd_steps(points, cluster_means(points, nearest_centroids(points, centroids)))
    return labels


def _lloyd_steps(points: FloatArray, centroids: FloatArray) -> Iterator[tuple[FloatArray, IntArray]]:
    """Yield the centroids of Lloyd's algorithm, the first ones first, with the nearest of them for each customer."""
    last_labels = None
    for _ in range(_STEPS):
        centroids = ordered_centroids(centroids)
        labels = nearest_centroids(points, centroids)
        if last_labels is not None and (labels == last_labels).all():
            return
        yield centroids, labels
        centroids, last_labels = cluster_means(points, labels), labels


def _spread(points: FloatArray, centroids: FloatArray, labels: IntArray) -> float:
    return float(((points - centroids[labels]) ** 2).sum())


def fitted_centroids(points: FloatArray, labels: IntArray, previous: FloatArray | None = None) -> FloatArray:
    """Return the centroids of clusters: the means of their customers.

    If `fit_clusters` began with the previous centroids, those of the step at which it stopped: every customer is with
    the nearest of them.

    Parameters
    ----------
    points : array of shape (n, n_features)
    labels : integer array of shape (n,)
        From `fit_clusters`, of the same points and previous centroids.
    previous : array of shape (k_previous, n_features), optional
    """
    means = cluster_means(points, labels)
    if previous is None or len(previous) != len(means):
        return means
    steps = _lloyd_steps(points, previous)
    return next((centroids for centroids, passed in steps if (passed == labels).all()), means)


def describe_model(
    values: FloatArray,
    measures: FloatArray,
    labels: IntArray,
    transformation: Transformation,
    archetypes: Sequence[Archetype],
    rhythm: Rhythm,
    start: FloatArray | None = None,
    names_before: Sequence[str] | None = None,
    neighbors: int | None = None,
    later: Later | None = None,
) -> SegmentationModel:
    """Return the model of clustered customers: their centroids, and names.

    Parameters
    ----------
    values : array of shape (n, n_features)
        The features of the customers in original units.
    measures : array of shape (n, 5)
        The MEASURED of the same customers, for the names.
    labels : integer array of shape (n,)
        From `fit_clusters`.
    transformation : Transformation
    archetypes : sequence of Archetype
    rhythm : Rhythm
    start : array of shape (k_before, n_features), optional
        Centroids of the model in force in the scaled space of `transformation`, where `fit_clusters` had them.
    names_before : sequence of str, optional
        The segment of each customer by the model in force. As many customers as possible keep it.
    neighbors : int, optional
        How many neighbours vote where customers are assigned. The names then speak of the customers who are voted into
        a cluster, by default of those who were fitted into it: in a small cluster these are not the same.
    later : Later, optional
        Who bought later, for names that foretell it.
    """
    points = transformation.transform(values)
    centroids = fitted_centroids(points, labels, start)
    had = None if names_before is None else count_names(names_before, labels)
    buying = None if later is None else later.shares(transformation, centroids, rhythm)
    votes = None if neighbors is None else NearestNeighbors(points, labels, centroids, neighbors)
    fitted = describe_clusters(measures, labels, rhythm, buying)
    members: tuple[Members, ...] = (Members(),) * len(centroids)
    chosen: list[Archetype] = []
    # A name moves those of whom it is not true to other segments, which may need another name then.
    for share in (CLUSTER_SHARE if votes else TRUE_SHARE, *(HOME_SHARE,) * _NAMINGS):
        described = fitted
        if votes is not None:
            voted = votes.assign(points, admissible(members, measures)).label
            numbers, own = np.unique(voted, return_inverse=True)
            shares = None if buying is None else buying[numbers]
            somebody = dict(zip(numbers.tolist(), describe_clusters(measures, own, rhythm, shares), strict=True))
            # A cluster that nobody is voted into stays as it was fitted.
            described = [somebody.get(number, cluster) for number, cluster in enumerate(fitted)]
        before, chosen = chosen, match_archetypes(described, archetypes, rhythm, had, share)
        members = tuple(archetype.members_in(rhythm) for archetype in chosen)
        if votes is None or chosen == before:
            break
    return SegmentationModel(transformation, centroids, tuple(a.name for a in chosen), members, rhythm)


@dataclass(frozen=True)
class Later:
    """Customers as of a day in the past, and who of them bought in the days after it.

    Attributes
    ----------
    values : array of shape (n, n_features)
        Their features in original units.
    bought : boolean array of shape (n,)
    days : int
        Length of the period after the day.
    """

    values: FloatArray
    bought: BoolArray
    days: int

    def shares(self, transformation: Transformation, centroids: FloatArray, rhythm: Rhythm) -> FloatArray:
        """Return the share of each cluster who bought, as a share of what the rhythm lets expect of who comes back.

        Half of them would have come back after one usual gap, a quarter would not after two.
        """
        labels = nearest_centroids(transformation.transform(self.values), centroids)
        expected = 1 - 0.5 ** (self.days / rhythm.gap_days)
        return np.asarray(segment_rates(labels, self.bought, len(centroids)) / expected)


def count_names(names: Sequence[str], labels: IntArray) -> list[dict[str, float]]:
    """Return for each cluster the names that its customers had, with their number as a share of all customers."""
    had = np.array(names)
    return [
        {str(name): float(((labels == label) & (had == name)).mean()) for name in np.unique(had)}
        for label in range(int(labels.max()) + 1)
    ]


def steps_of(features: Sequence[str]) -> dict[int, int]:
    """Return the columns that follow from others: whether a customer is a repeat one, from frequency."""
    places = {feature: place for place, feature in enumerate(features)}
    is_known = {"is_repeat_customer", "frequency"} <= places.keys()
    return {places["is_repeat_customer"]: places["frequency"]} if is_known else {}


def fit_transformation(
    values: FloatArray,
    features: Sequence[str],
    rhythm: Rhythm,
    scaler: str = "standard",
    cap_share: float = 0.005,
) -> Transformation:
    """Fit the transformation of customers; their recency counts between one and three usual gaps of the shop.

    Parameters
    ----------
    values : array of shape (n, n_features)
        In original units.
    features : sequence of str
        Their names.
    rhythm : Rhythm
    scaler : {"standard", "minmax", "robust"}, default "standard"
    cap_share : float, default 0.005
        See `Transformation.fit`.
    """
    return Transformation.fit(values, features, scaler, cap_share, {"recency_days": rhythm.recency_limits})
