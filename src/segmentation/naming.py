"""Names for clusters: each gets the archetype that is true of it and fits it best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

FloatArray = NDArray[np.float64]

MEASURES = ("recency", "frequency", "monetary", "tenure")
"""What a name speaks of. A position of 1 is the most recent, most frequent, highest spending, longest known."""

_UNTRUE = 100.0
"""Cost of a name that is not true, for each unit by which it misses: more than any sum of true ones' misfits."""


@dataclass(frozen=True)
class Archetype:
    """A kind of customer that a cluster can be.

    Attributes
    ----------
    name : str
    ideal : tuple of float
        Its typical position among all customers, 0 to 1, on each of MEASURES.
    lowest, highest : tuple of float
        Bounds outside of which the name is not true.
    max_median_frequency : float
        The median number of orders above which the name is not true; infinite for most.
    """

    name: str
    ideal: tuple[float, ...]
    lowest: tuple[float, ...]
    highest: tuple[float, ...]
    max_median_frequency: float = float("inf")

    def untruth(self, position: FloatArray, median_frequency: float) -> float:
        """Return by how much a cluster lies outside the bounds; 0 where the name is true of it."""
        outside = np.maximum(np.array(self.lowest) - position, 0) + np.maximum(position - np.array(self.highest), 0)
        return float(outside.sum() + max(0.0, min(1.0, median_frequency - self.max_median_frequency)))


def median_positions(values: FloatArray, labels: NDArray[np.int64]) -> FloatArray:
    """Return where the median of each cluster stands among all customers.

    Parameters
    ----------
    values : array of shape (n, n_measures)
        In original units; higher is a higher position.
    labels : integer array of shape (n,)
        Cluster of each customer, 0 to k - 1, each with a member.

    Returns
    -------
    array of shape (k, n_measures)
        Mid-rank positions in [0, 1]: the share of customers below plus half the share of equal ones.
    """
    ordered = np.sort(values, axis=0)
    positions = np.empty((int(labels.max()) + 1, values.shape[1]))
    for cluster in range(len(positions)):
        medians = np.median(values[labels == cluster], axis=0)
        for m, median in enumerate(medians):
            below = np.searchsorted(ordered[:, m], median, side="left")
            upto = np.searchsorted(ordered[:, m], median, side="right")
            positions[cluster, m] = (below + upto) / 2 / len(values)
    return positions


def match_archetypes(
    positions: FloatArray, median_frequencies: Sequence[float], archetypes: Sequence[Archetype]
) -> list[str]:
    """Give every cluster a name of its own, by optimal assignment (Kuhn 1955).

    The cost of a name is the squared distance of the cluster from the archetype's ideal position; a name
    that is not true of the cluster costs more than any that is.

    Parameters
    ----------
    positions : array of shape (k, n_measures)
        From `median_positions`.
    median_frequencies : sequence of float
        Median number of orders of each cluster.
    archetypes : sequence of Archetype
        At least k.

    Raises
    ------
    ValueError
        If there are fewer archetypes than clusters.
    """
    if len(archetypes) < len(positions):
        raise ValueError(f"{len(positions)} clusters need as many archetypes; there are {len(archetypes)}")
    cost = np.array(
        [
            [
                float(((position - np.array(a.ideal)) ** 2).sum()) + _UNTRUE * a.untruth(position, frequency)
                for a in archetypes
            ]
            for position, frequency in zip(positions, median_frequencies, strict=True)
        ]
    )
    clusters, chosen = linear_sum_assignment(cost)
    return [archetypes[int(a)].name for _, a in sorted(zip(clusters, chosen, strict=True))]
