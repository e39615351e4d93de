"""Names for clusters: each gets the archetype that is true of it and fits it best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

FloatArray = NDArray[np.float64]

MEASURES = ("recency", "frequency", "monetary", "tenure")
"""What a name speaks of. A position of 1 is the most recent, most frequent, highest spending, longest known."""

_UNTRUE = 1000.0
"""Cost of a name that is not true: more than the misfits of any ten true ones add up to.

Those are at most 4 each, and 36 for a name of last resort, whose ideal position lies at 3, where no cluster is.
"""

KEPT_TOLERANCE = 0.02
"""By how much a cluster may lie outside the bounds of the name that most of its customers had, and keep it."""

_KEPT = 500.0
"""What it is worth that all customers keep their name: less than an untruth, a percent of them more than any misfit."""


@dataclass(frozen=True)
class Cluster:
    """What a name can be true of.

    Attributes
    ----------
    position : tuple of float
        Where the cluster's medians rank among all customers, 0 to 1, on each of MEASURES: the share of
        customers below plus half the share of equal ones.
    median_frequency : float
        Median number of orders of its customers.
    tenure_share : float
        Median tenure of its customers as a share of the longest of all.
    """

    position: tuple[float, ...]
    median_frequency: float
    tenure_share: float


@dataclass(frozen=True)
class Archetype:
    """A kind of customer that a cluster can be.

    Attributes
    ----------
    name : str
    ideal : tuple of float
        Its typical position on each of MEASURES.
    lowest, highest : tuple of float
        Bounds of the position outside of which the name is not true.
    min_median_frequency, max_median_frequency : float
        Bounds of the median number of orders.
    max_tenure_share : float
        Bound of the tenure share.
    """

    name: str
    ideal: tuple[float, ...]
    lowest: tuple[float, ...]
    highest: tuple[float, ...]
    min_median_frequency: float = 0.0
    max_median_frequency: float = float("inf")
    max_tenure_share: float = 1.0

    def untruth(self, cluster: Cluster) -> float:
        """Return by how much a cluster lies outside the bounds; 0 where the name is true of it."""
        position = np.array(cluster.position)
        outside = np.maximum(np.array(self.lowest) - position, 0) + np.maximum(position - np.array(self.highest), 0)
        return float(
            outside.sum()
            + min(1.0, max(0.0, cluster.median_frequency - self.max_median_frequency))
            + min(1.0, max(0.0, self.min_median_frequency - cluster.median_frequency))
            + max(0.0, cluster.tenure_share - self.max_tenure_share)
        )

    def misfit(self, cluster: Cluster) -> float:
        """Return the cost of the name for a cluster: squared distance, and much more where it is not true."""
        untruth = self.untruth(cluster)
        return self.distance(cluster) + (_UNTRUE + untruth if untruth > 0 else 0.0)

    def distance(self, cluster: Cluster) -> float:
        """Return the squared distance of a cluster from the typical position."""
        return float(((np.array(cluster.position) - np.array(self.ideal)) ** 2).sum())


def describe_clusters(measures: FloatArray, labels: NDArray[np.int64]) -> list[Cluster]:
    """Describe clusters for their names.

    Parameters
    ----------
    measures : array of shape (n, 4)
        Recency in days, frequency, monetary and tenure in days of each customer.
    labels : integer array of shape (n,)
        Cluster of each customer, 0 to k - 1, each with a member.
    """
    values = measures * np.array([-1.0, 1.0, 1.0, 1.0])  # the most recent rank highest
    ordered = np.sort(values, axis=0)
    longest = float(measures[:, 3].max())
    clusters = []
    for label in range(int(labels.max()) + 1):
        members = labels == label
        medians = np.median(values[members], axis=0)
        position = tuple(
            float(np.searchsorted(column, median, side="left") + np.searchsorted(column, median, side="right"))
            / (2 * len(values))
            for column, median in zip(ordered.T, medians, strict=True)
        )
        clusters.append(Cluster(position, float(medians[1]), float(medians[3]) / longest if longest else 0.0))
    return clusters


def match_archetypes(
    clusters: Sequence[Cluster],
    archetypes: Sequence[Archetype],
    names_before: Sequence[Mapping[str, float]] | None = None,
) -> list[str]:
    """Give every cluster a name of its own, by optimal assignment (Kuhn 1955).

    The cost of a name is the squared distance of the cluster from the archetype's ideal position; a name
    that is not true of the cluster costs more than all true ones together. Where the customers had names before,
    a name costs the less, the more of the cluster's customers had it: as many as possible keep theirs, as long as it
    is true. The name that most of its customers had counts as true up to KEPT_TOLERANCE beyond its bounds, so that it
    does not come and go with the last customers. Names of last resort say nothing that would be worth keeping.

    Parameters
    ----------
    clusters : sequence of Cluster
        From `describe_clusters`.
    archetypes : sequence of Archetype
        At least as many.
    names_before : sequence of mappings from str to float, optional
        For each cluster how many customers with which name are in it, as shares of all customers.

    Raises
    ------
    ValueError
        If there are fewer archetypes than clusters.
    """
    if len(archetypes) < len(clusters):
        raise ValueError(f"{len(clusters)} clusters need as many archetypes; there are {len(archetypes)}")
    cost = np.array([[archetype.misfit(cluster) for archetype in archetypes] for cluster in clusters])
    for c, had in enumerate(names_before or []):
        for a, archetype in enumerate(archetypes):
            share = had.get(archetype.name, 0.0) if max(archetype.ideal) <= 1 else 0.0
            if share > sum(had.values()) / 2 and archetype.untruth(clusters[c]) <= KEPT_TOLERANCE:
                cost[c, a] = archetype.distance(clusters[c])
            cost[c, a] -= _KEPT * share
    rows, chosen = linear_sum_assignment(cost)
    return [archetypes[int(a)].name for _, a in sorted(zip(rows, chosen, strict=True))]
