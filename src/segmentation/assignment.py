"""Assignment of customers to segments by their nearest neighbours among fitted customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from segmentation.clustering import spread_sample, squared_distances

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

NEIGHBOR_COUNTS = (5, 7, 9, 11, 15, 21, 31)
"""Numbers of neighbours that are tried; fewer could not say how sure they are."""

DEFAULT_NEIGHBORS = 15

_HELD_OUT_SAMPLE = 10_000
_FOLDS = 5


@dataclass(frozen=True)
class Assignment:
    """Segments of customers, one element each.

    Attributes
    ----------
    label : integer array of shape (n,)
        The segment with most votes; the lowest number of equal ones, as in scikit-learn.
    votes : integer array of shape (n,)
        Its votes of those that count, from 1 to the number of neighbours.
    runner_up : integer array of shape (n,)
        The segment with the second most votes, of equal ones the one with the nearer centroid: where all
        neighbours agree, the nearest of the other centroids. Equal to `label` if the customer can be in no other.
    """

    label: IntArray
    votes: IntArray
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

    def count(self, points: FloatArray) -> IntArray:
        """Count the votes of the neighbours for each segment, shape (n, k)."""
        _, nearest = self._tree.query(points, k=[*range(1, self._neighbors + 1)], workers=-1)
        return count_votes(self._labels[nearest], len(self._centroids))

    def assign(self, points: FloatArray, allowed: BoolArray | None = None) -> Assignment:
        """Assign customers, each by itself, whatever the others.

        Parameters
        ----------
        points : array of shape (n, n_features)
            In scaled space.
        allowed : boolean array of shape (n, k), optional
            Which segments each can be in, one at least; by default in all. Votes for others do not count: those that
            do are as sure as if they were all. If there are none, the nearest centroid decides, as sure as one vote.
        """
        votes = self.count(points)
        rows = np.arange(len(points))
        if votes.shape[1] == 1:
            label = np.zeros(len(points), dtype=np.int64)
            return Assignment(label, votes[:, 0], label)
        # Of equal votes for the second the nearer centroid.
        nearness = 0.5 / (1.0 + squared_distances(points, self._centroids))
        if allowed is not None:
            votes = np.where(allowed, votes, 0)
            nearness = np.where(allowed, nearness, -1.0)
        label = np.where(votes.any(axis=1), votes.argmax(axis=1), nearness.argmax(axis=1))
        sure = votes[rows, label] * self._neighbors // np.maximum(votes.sum(axis=1), 1)
        closeness = votes + nearness
        closeness[rows, label] = -1.0
        runner_up = np.where(closeness.max(axis=1) > -1.0, closeness.argmax(axis=1), label)
        return Assignment(label, np.maximum(sure, 1), runner_up)


def count_votes(ballots: IntArray, segments: int) -> IntArray:
    """Count the votes for each segment, shape (n, segments), from the neighbours' segments, shape (n, neighbors)."""
    rows = np.arange(len(ballots))[:, None] * segments
    return np.bincount((rows + ballots).ravel(), minlength=len(ballots) * segments).reshape(-1, segments)


@dataclass(frozen=True)
class HeldOutVotes:
    """What neighbours say of customers who were held out, one element each.

    Attributes
    ----------
    truth : integer array of shape (n,)
        The segment that the customer was fitted into.
    label : integer array of shape (n,)
        The segment that the neighbours vote for.
    votes : integer array of shape (n,)
        Its votes.
    neighbors : int
        How many voted.
    """

    truth: IntArray
    label: IntArray
    votes: IntArray
    neighbors: int

    @property
    def is_right(self) -> BoolArray:
        """Whether the neighbours say what the fit said."""
        return np.asarray(self.truth == self.label)


def hold_out(
    points: FloatArray, labels: IntArray, segments: int, neighbor_counts: Sequence[int] = NEIGHBOR_COUNTS
) -> list[HeldOutVotes]:
    """Assign fitted customers by the others: five-fold cross-validation, each customer held out once.

    Parameters
    ----------
    points : array of shape (n, n_features)
        In scaled space, in an order that does not depend on chance; of more than 10,000 a spread sample.
    labels : integer array of shape (n,)
        The segments that they were fitted into.
    segments : int
        Number of segments.
    neighbor_counts : sequence of int, default NEIGHBOR_COUNTS
        Numbers of neighbours to try.

    Returns
    -------
    list of HeldOutVotes
        One a number of neighbours; none that exceeds the customers who are not held out.
    """
    sample = spread_sample(len(points), _HELD_OUT_SAMPLE)
    points, labels = points[sample], labels[sample]
    fold = np.arange(len(points)) % _FOLDS
    counts = [k for k in neighbor_counts if k <= len(points) - (fold == 0).sum()]
    if not counts:
        return []
    ballots = np.zeros((len(points), max(counts)), dtype=np.int64)
    for f in range(_FOLDS):
        known, held_out = np.flatnonzero(fold != f), fold == f
        nearest = cKDTree(points[known], balanced_tree=False).query(points[held_out], k=[*range(1, max(counts) + 1)])[1]
        ballots[held_out] = labels[known][nearest]
    held_out = []
    for k in counts:
        votes = count_votes(ballots[:, :k], segments)
        label = votes.argmax(axis=1)
        held_out.append(HeldOutVotes(labels, label, votes[np.arange(len(points)), label], k))
    return held_out


def choose_neighbors(held_out: Sequence[HeldOutVotes]) -> int:
    """Return the largest number of neighbours whose accuracy is within one standard error of the best.

    More votes say more precisely how sure a segment is; the one-standard-error rule is that of Breiman, Friedman,
    Olshen & Stone (1984).
    """
    accuracies = [float(s.is_right.mean()) for s in held_out]
    best = int(np.argmax(accuracies))
    error = np.sqrt(accuracies[best] * (1 - accuracies[best]) / len(held_out[best].truth))
    return max(
        s.neighbors for s, accuracy in zip(held_out, accuracies, strict=True) if accuracy >= accuracies[best] - error
    )
