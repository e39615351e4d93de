"""Who is held out: the lowest hashes of each stratum, as many as make the share right over all; and how even it came.

The hash is of the campaign's name and the customer's id, so the draw is a draw, and can be made again. What it decides
within strata is chance alone; strata only say how many. Fractions of customers are rounded along the strata (systematic
sampling, Madow & Madow 1944): the total is right, a run of small strata together has its
share, and with the offset a hash of the campaign's name, too, each customer is held out with the same probability.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from segmentation.campaigns.sums import Sums

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

UNEVEN = 0.1
"""Standardized mean difference above which groups are unlike (Austin 2009, doi 10.1002/sim.3697)."""

REFUSED = 0.01
"""Chance with which a draw that is right is refused, over all measures of the table."""


def held_counts(sizes: ArrayLike, share: float, offset: float = 0.5) -> IntArray:
    """Return how many are held out of each stratum.

    In SQL: floor(share * c + offset) less the same of the stratum before, where c is the running sum of sizes.

    Parameters
    ----------
    sizes : array of int of shape (strata,)
        In an order that stays, with strata that are alike side by side.
    share : float
        0 to 1.
    offset : float
        Where rounding starts, at least 0 and below 1; by default one half, which rounds the total.

    Raises
    ------
    ValueError
        If the share or the offset is out of bounds, or a size is negative.
    """
    counts = np.asarray(sizes, dtype=np.int64)
    if not 0 <= share <= 1:
        raise ValueError(f"the share held out lies between 0 and 1, unlike {share}")
    if not 0 <= offset < 1:
        raise ValueError(f"the offset is at least 0 and below 1, unlike {offset}")
    if (counts < 0).any():
        raise ValueError("strata have no negative number of customers")
    # To twelve digits: 0.1 * 30 is meant to be 3.
    running = np.floor(np.round(share * np.r_[0, np.cumsum(counts)] + offset, 12))
    return np.asarray(np.diff(running), dtype=np.int64)


def draw(
    hashes: ArrayLike, strata: ArrayLike, customers: ArrayLike, share: float | Mapping[int, float], offset: float = 0.5
) -> BoolArray:
    """Return who of n customers is held out, in the order of the rows; the order itself doesn't matter.

    Parameters
    ----------
    hashes : array of shape (n,)
        Of the campaign's name and the customer's id, in [0, 1).
    strata : array of int of shape (n,)
        Of segment, past revenue and recency, numbered in the order of rounding.
    customers : array of shape (n,)
        Ids, which decide between equal hashes. Each is there once.
    share : float, or mapping of stratum to float
        Held out. With several shares, strata of the same are rounded together.
    offset : float
        As of `held_counts`.

    Raises
    ------
    ValueError
        If lengths differ, an id is there twice, a hash is not in [0, 1), or a stratum has no share.
    """
    of, where, ids = np.asarray(hashes, dtype=np.float64), np.asarray(strata, dtype=np.int64), np.asarray(customers)
    if not len(of) == len(where) == len(ids):
        raise ValueError("hashes, strata and ids are of the same customers")
    if len(np.unique(ids)) < len(ids):
        raise ValueError("a customer is drawn once; an id is there twice")
    if not ((of >= 0) & (of < 1)).all():
        raise ValueError("hashes are at least 0 and below 1")
    names, index, sizes = np.unique(where, return_inverse=True, return_counts=True)
    if isinstance(share, Mapping):
        shares = np.array([share.get(int(name), np.nan) for name in names])
    else:
        shares = np.full(len(names), float(share))
    if np.isnan(shares).any():
        raise ValueError(f"no share is given for stratum {names[np.isnan(shares)][0]}")
    counts = np.zeros(len(names), dtype=np.int64)
    for value in np.unique(shares):
        counts[shares == value] = held_counts(sizes[shares == value], float(value), offset)
    order = np.lexsort((ids, of, index))
    rank = np.empty(len(of), dtype=np.int64)
    rank[order] = np.arange(len(of)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.asarray(rank < counts[index])


@dataclass(frozen=True)
class Balance:
    """How alike both groups were in a measure before the campaign.

    Attributes
    ----------
    measure : str
    treated_mean, held_mean : float
    smd : float
        Standardized mean difference: treated less held, by the root of the mean of both variances. 0 where neither
        varies and both are equal, infinite where they differ.
    could_be_chance : float
        How large it may be in size by chance alone, of a draw without strata; infinite with fewer than two in a group.
    is_refused : bool
        Whether it is above 0.1 in size, and more than chance brings.
    """

    measure: str
    treated_mean: float
    held_mean: float
    smd: float
    could_be_chance: float
    is_refused: bool


def balance(measures: Mapping[str, tuple[Sums, Sums]], refused: float = REFUSED) -> tuple[Balance, ...]:
    """Return the balance table of a draw, a row a measure.

    A draw with a refused row isn't to be used, nor drawn again until it pleases: who wants another gives the campaign
    another name, which is written down.

    Parameters
    ----------
    measures : mapping of str to pair of Sums
        Of treated and held out, y for the measure: past revenue, recency, orders. Strata are summed up.
    refused : float
        Chance with which a draw that is right is refused, over all measures; 0.01 by default.

    Raises
    ------
    ValueError
        If a group is empty.
    """
    rows = []
    # By Bonferroni, for one row is enough to refuse.
    z = -float(ndtri(refused / 2 / max(len(measures), 1)))
    for name, pair in measures.items():
        groups = [group.total() for group in pair]
        n = [float(group.customers[0]) for group in groups]
        if not all(n):
            raise ValueError("groups are compared that both have customers")
        means = [float(group.mean_y[0]) for group in groups]
        variances = [float(group.spread_y[0]) / max(count - 1, 1) for group, count in zip(groups, n, strict=True)]
        scale = np.sqrt(sum(variances) / 2)
        apart = means[0] - means[1]
        alike = abs(apart) <= 1e-9 * max(map(abs, means))
        smd = float(apart / scale) if scale > 0 else 0.0 if alike else float(np.copysign(np.inf, apart))
        chance = z * float(np.sqrt(1 / n[0] + 1 / n[1])) if min(n) > 1 else float("inf")
        rows.append(Balance(name, means[0], means[1], smd, chance, bool(abs(smd) > max(UNEVEN, chance))))
    return tuple(rows)
