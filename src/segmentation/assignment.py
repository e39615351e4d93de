"""Assignment of customers to segments by their nearest neighbours among fitted customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from segmentation.clustering import squared_distances

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Assignment:
    """Segments of customers, one element each.

    Attributes
    ----------
    label : integer array of shape (n,)
        The segment with most votes; the lowest number of equal ones, as in scikit-learn.
    confidence : array of shape (n,)
        Its share of the votes, above 0 and at most 1.
    runner_up : integer array of shape (n,)
        The segment with the second most votes, of equal ones the one with the nearer centroid: where all
        neighbours agree, the nearest of the other centroids. Equal to `label` where there is one segment.
    """

    label: IntArray
    confidence: FloatArray
    runner_up: IntArray


class NearestNeighbors:
    """K nearest neighbours with equal votes (Cover & Hart 1967), exact, over a fixed set of customers.

    Parameters
    ----------
    reference : array of shape (n_reference, n_features)
        Customers whose segment is known, in scaled space, in an order that does not depend on chance.
    labels : integer array of shape (n_reference,)
        Their segments, 0 to k - 1.
    centroids : array of shape (k, n_features)
        Of the segments.
    neighbors : int, default 15
        How many vote; all of the reference where it is smaller.
    """

    def __init__(self, reference: FloatArray, labels: IntArray, centroids: FloatArray, neighbors: int = 15) -> None:
        if len(reference) == 0 or neighbors < 1:
            raise ValueError("at least one reference customer and one neighbor are needed")
        self._tree = cKDTree(reference, balanced_tree=False)
        self._labels = labels
        self._centroids = centroids
        self._neighbors = min(neighbors, len(reference))

    def assign(self, points: FloatArray) -> Assignment:
        """Assign customers, shape (n, n_features) in scaled space; each by itself, whatever the others."""
        _, nearest = self._tree.query(points, k=[*range(1, self._neighbors + 1)], workers=-1)
        segments = len(self._centroids)
        rows = np.arange(len(points))
        ballots = rows[:, None] * segments + self._labels[nearest]
        votes = np.bincount(ballots.ravel(), minlength=len(points) * segments).reshape(-1, segments)
        label = votes.argmax(axis=1)
        confidence = votes[rows, label] / self._neighbors
        if segments == 1:
            return Assignment(label, confidence, label)
        # Votes first; of equal votes the nearer centroid.
        closeness = votes + 0.5 / (1.0 + squared_distances(points, self._centroids))
        closeness[rows, label] = -1.0
        return Assignment(label, confidence, closeness.argmax(axis=1))
