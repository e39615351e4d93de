"""Names for clusters: each gets the archetype that is true of it and fits it best."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from segmentation.rhythm import Rhythm

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

MEASURES = ("recency", "frequency", "monetary", "tenure")
"""What relative words speak of. A position of 1 is the most recent, most frequent, highest spending, longest known."""

MEASURED = ("recency_days", "frequency", "monetary", "tenure_days", "interpurchase_days")
"""The columns of the measures that names are about, in the order in which functions take them."""

TRUE_SHARE = 0.9
"""Share of a segment's customers of whom what its name says of each has to be true."""

CLUSTER_SHARE = 0.75
"""The same of a cluster, before those of whom it is not true go to other segments."""

HOME_SHARE = 0.995
"""The same of those who are left once the others have gone where a name is true of them: nearly everybody has one."""

KEPT_TOLERANCE = 0.02
"""By how much a cluster may lie outside the bounds of the name that most of its customers had, and keep it."""

_UNTRUE = 1000.0
"""Cost of a name that is not true: more than the misfits of any ten true ones add up to.

Those are at most 4 each, and 36 for a name of last resort, whose ideal position lies at 3, where no cluster is.
"""

_KEPT = 500.0
"""What it is worth that all customers keep their name: less than an untruth, a percent of them more than any misfit."""


class Bounds(NamedTuple):
    """What a word allows: the lowest and the highest value."""

    lowest: float = -np.inf
    highest: float = np.inf

    def outside(self, value: float) -> float:
        """Return by how much a value lies outside; 0 where it is nowhere known (NaN)."""
        return max(0.0, self.lowest - value, value - self.highest) if np.isfinite(value) else 0.0

    def within(self, other: Bounds) -> Bounds:
        """Return what both allow."""
        return Bounds(max(self.lowest, other.lowest), min(self.highest, other.highest))


_ANY = Bounds()


@dataclass(frozen=True)
class Members:
    """What is true of each customer of a segment, whatever the others are.

    Attributes
    ----------
    orders : Bounds
        Of the number of orders.
    silent_days : Bounds
        Of the days since the last purchase.
    known_days : Bounds
        Of the days since the first purchase; from 0 on where a name says that its customers are rather new, which is
        nothing that could be said of a customer of unknown tenure.
    """

    orders: Bounds = _ANY
    silent_days: Bounds = _ANY
    known_days: Bounds = _ANY

    def admits(self, measures: FloatArray) -> BoolArray:
        """Tell of whom it is true, of customers with the MEASURED in columns; of what is NaN nothing is."""
        admitted = np.ones(len(measures), dtype=bool)
        for bounds, column in ((self.silent_days, 0), (self.orders, 1), (self.known_days, 3)):
            values = measures[:, column]
            admitted &= (values >= bounds.lowest) if np.isfinite(bounds.lowest) else True
            admitted &= (values <= bounds.highest) if np.isfinite(bounds.highest) else True
        return admitted


@dataclass(frozen=True)
class Cluster:
    """What a name can be true of.

    Attributes
    ----------
    position : tuple of float
        Where the cluster's medians rank among all customers, 0 to 1, on each of MEASURES: the share of
        customers below plus half the share of equal ones.
    median_orders : float
        Median number of orders.
    median_silence : float
        Median time since the last purchase, in usual gaps of the shop.
    median_own_silence : float
        The same in usual gaps of the customer, drawn to the shop's where there are few.
    median_age : float
        Median time since the first purchase, in times for which a customer is new.
    buying : float
        Share who bought again in the last period, of those who were like them before it, as a share of what the rhythm
        lets expect; NaN where it is not known.
    measures : array of shape (m, 5)
        Of its customers.
    """

    position: tuple[float, ...]
    median_orders: float = 3.0
    median_silence: float = 1.0
    median_own_silence: float = 1.0
    median_age: float = 2.0
    buying: float = float("nan")
    measures: FloatArray = field(default_factory=lambda: np.zeros((0, len(MEASURED))), compare=False)

    def median(self, measure: str) -> float:
        """Return what a word about the median speaks of."""
        return float(getattr(self, measure if measure == "buying" else f"median_{measure}"))

    def share_of(self, members: Members) -> float:
        """Return of which share of the customers it is true; 1 if there is nobody."""
        return float(members.admits(self.measures).mean()) if len(self.measures) else 1.0


@dataclass(frozen=True)
class Archetype:
    """A kind of customer that a cluster can be.

    Attributes
    ----------
    name : str
    ideal : tuple of float
        Its typical position on each of MEASURES.
    positions : mapping of str to Bounds
        Of the position of the medians, by one of MEASURES.
    medians : mapping of str to Bounds
        Of the medians themselves, by orders, silence, own_silence, age and buying, in the units of `Cluster`.
    members : mapping of str to Bounds
        Of each customer: orders, silence in usual gaps, and age in times for which one is new.
    """

    name: str
    ideal: tuple[float, ...]
    positions: Mapping[str, Bounds] = field(default_factory=dict)
    medians: Mapping[str, Bounds] = field(default_factory=dict)
    members: Mapping[str, Bounds] = field(default_factory=dict)

    def members_in(self, rhythm: Rhythm) -> Members:
        """Return what the name says of each customer, in orders and days of a shop."""
        silence, age = (self.members.get(measure, Bounds()) for measure in ("silence", "age"))
        # Whoever is overdue has been silent for longer than the gap; whoever is recent, for the gap at most.
        least = np.floor(silence.lowest * rhythm.gap_days) + 1 if np.isfinite(silence.lowest) else -np.inf
        says_new = any(
            np.isfinite(bounds[measure].highest)
            for bounds, measure in ((self.members, "age"), (self.medians, "age"), (self.positions, "tenure"))
            if measure in bounds
        )
        return Members(
            self.members.get("orders", Bounds()),
            Bounds(least, silence.highest * rhythm.gap_days),
            Bounds(0.0 if says_new else -np.inf, age.highest * rhythm.new_days),
        )

    def untruth(self, cluster: Cluster, rhythm: Rhythm, true_share: float = TRUE_SHARE) -> float:
        """Return by how much a cluster lies outside the bounds; 0 where the name is true of it."""
        position = dict(zip(MEASURES, cluster.position, strict=True))
        return (
            sum(bounds.outside(position[measure]) for measure, bounds in self.positions.items())
            + sum(min(1.0, bounds.outside(cluster.median(measure))) for measure, bounds in self.medians.items())
            + max(0.0, true_share - cluster.share_of(self.members_in(rhythm)))
        )

    def misfit(self, cluster: Cluster, rhythm: Rhythm, true_share: float = TRUE_SHARE) -> float:
        """Return the cost of the name for a cluster: squared distance, and much more where it is not true."""
        untruth = self.untruth(cluster, rhythm, true_share)
        return self.distance(cluster) + (_UNTRUE + untruth if untruth > 0 else 0.0)

    def distance(self, cluster: Cluster) -> float:
        """Return the squared distance of a cluster from the typical position."""
        return float(((np.array(cluster.position) - np.array(self.ideal)) ** 2).sum())


def describe_clusters(
    measures: FloatArray, labels: NDArray[np.int64], rhythm: Rhythm, buying: FloatArray | None = None
) -> list[Cluster]:
    """Describe clusters for their names.

    Parameters
    ----------
    measures : array of shape (n, 5)
        The MEASURED of each customer.
    labels : integer array of shape (n,)
        Cluster of each customer, 0 to k - 1, each with a member.
    rhythm : Rhythm
    buying : array of shape (k,), optional
        Share of each cluster who bought in the last period, as a share of what the rhythm lets expect.
    """
    values = measures[:, : len(MEASURES)] * np.array([-1.0, 1.0, 1.0, 1.0])  # the most recent rank highest
    ordered = np.sort(values, axis=0)
    silence = measures[:, 0] / rhythm.gap_days
    own_gap = (measures[:, 4] * (measures[:, 1] - 1) + rhythm.gap_days) / measures[:, 1]
    clusters = []
    for label in range(int(labels.max()) + 1):
        members = labels == label
        medians = np.median(values[members], axis=0)
        position = tuple(
            float(np.searchsorted(column, median, side="left") + np.searchsorted(column, median, side="right"))
            / (2 * len(values))
            for column, median in zip(ordered.T, medians, strict=True)
        )
        clusters.append(
            Cluster(
                position,
                float(medians[1]),
                float(np.median(silence[members])),
                float(np.median(measures[members, 0] / own_gap[members])),
                float(medians[3]) / rhythm.new_days,
                float("nan") if buying is None else float(buying[label]),
                measures[members],
            )
        )
    return clusters


def match_archetypes(
    clusters: Sequence[Cluster],
    archetypes: Sequence[Archetype],
    rhythm: Rhythm,
    names_before: Sequence[Mapping[str, float]] | None = None,
    true_share: float = TRUE_SHARE,
) -> list[Archetype]:
    """Give every cluster an archetype of its own, by optimal assignment (Kuhn 1955).

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
    rhythm : Rhythm
    names_before : sequence of mappings from str to float, optional
        For each cluster how many customers with which name are in it, as shares of all customers.
    true_share : float, default TRUE_SHARE
        Share of a cluster's customers of whom has to be true what a name says of each.

    Raises
    ------
    ValueError
        If there are fewer archetypes than clusters.
    """
    if len(archetypes) < len(clusters):
        raise ValueError(f"{len(clusters)} clusters need as many archetypes; there are {len(archetypes)}")
    cost = np.array(
        [[archetype.misfit(cluster, rhythm, true_share) for archetype in archetypes] for cluster in clusters]
    )
    for c, had in enumerate(names_before or []):
        for a, archetype in enumerate(archetypes):
            share = had.get(archetype.name, 0.0) if max(archetype.ideal) <= 1 else 0.0
            if share > sum(had.values()) / 2 and archetype.untruth(clusters[c], rhythm, true_share) <= KEPT_TOLERANCE:
                cost[c, a] = archetype.distance(clusters[c])
            cost[c, a] -= _KEPT * share
    rows, chosen = linear_sum_assignment(cost)
    return [archetypes[int(a)] for _, a in sorted(zip(rows, chosen, strict=True))]


def admissible(members: Iterable[Members], measures: FloatArray) -> BoolArray:
    """Tell which segments customers can be in: those whose names say nothing untrue of them.

    Parameters
    ----------
    members : iterable of Members
        Of the k segments.
    measures : array of shape (n, 5)
        The MEASURED of the customers; NaN where it is not known.

    Returns
    -------
    boolean array of shape (n, k)
        All true for a customer of whom no name is true.
    """
    allowed = np.column_stack([of_segment.admits(measures) for of_segment in members])
    return allowed | ~allowed.any(axis=1, keepdims=True)
