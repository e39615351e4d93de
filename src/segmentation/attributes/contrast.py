"""How the customers of a segment differ from all others: in a share, or in a number.

Arrays of any shape, one element a comparison; an element of which too little is known is NaN.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, ndtr, ndtri

FloatArray = NDArray[np.float64]

LEVEL = 0.95
"""Level of intervals."""

_EXPECTED_FOR_CHI_SQUARED = 5


def times_as_frequent(
    members_with: ArrayLike, members: ArrayLike, all_with: ArrayLike, everybody: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray]:
    r"""Return how many times as frequent a value is in a segment as among all customers, with an interval.

    The segment is a part of all, so the two shares are not independent. Those of the segment and of the others are: of
    their ratio r the interval is the one of logarithms (Katz et al. 1978, doi 10.2307/2530610) with half a customer
    added to each count (Walter 1975, doi 10.1093/biomet/62.2.371), so that there is one also where nobody has the
    value, or everybody. With w, the segment's share of all, the ratio to all is r / (w r + 1 - w), and so are the ends.

    Parameters
    ----------
    members_with, members : array_like
        Customers of the segment who have the value, and all of it.
    all_with, everybody : array_like
        The same of all customers, those of the segment among them.

    Returns
    -------
    times, low, high : ndarray
        NaN where nobody has the value or where the segment is empty or is everybody.
    """
    a, n, a_all, n_all = (np.asarray(x, dtype=float) for x in (members_with, members, all_with, everybody))
    b, m = a_all - a, n_all - n
    with np.errstate(all="ignore"):
        times = (a / n) / (a_all / n_all)
        log_ratio = np.log((a + 0.5) / (n + 0.5)) - np.log((b + 0.5) / (m + 0.5))
        error = np.sqrt(1 / (a + 0.5) - 1 / (n + 0.5) + 1 / (b + 0.5) - 1 / (m + 0.5))
        reach = float(ndtri((1 + LEVEL) / 2)) * error
        share = n / n_all
        low, high = (ratio / (share * ratio + 1 - share) for ratio in np.exp([log_ratio - reach, log_ratio + reach]))
    is_known = (n > 0) & (m > 0) & (a_all > 0)
    # Half a customer more may move the interval away from what was counted.
    ends = np.minimum(low, times), np.maximum(high, times)
    return tuple(np.where(is_known, x, np.nan) for x in (times, *ends))  # type: ignore[return-value]


def share_p_values(
    members_with: ArrayLike, members: ArrayLike, all_with: ArrayLike, everybody: ArrayLike
) -> FloatArray:
    """Return the probability of a difference as large if the segment had nothing to do with the value.

    By Pearson's chi-squared test where at least 5 customers are expected in each of the four cells (Cochran 1954, doi
    10.2307/3001616), and else by Fisher's exact test.

    Parameters
    ----------
    members_with, members, all_with, everybody : array_like
        As of `times_as_frequent`.

    Returns
    -------
    ndarray
        NaN where nobody or everybody has the value, or is in the segment.
    """
    a, n, a_all, n_all = np.broadcast_arrays(
        *(np.asarray(x, dtype=np.int64) for x in (members_with, members, all_with, everybody))
    )
    found = np.full(a.shape, np.nan)
    rows, columns = (n, n_all - n), (a_all, n_all - a_all)
    is_known = np.minimum(np.minimum(*rows), np.minimum(*columns)) > 0
    with np.errstate(all="ignore"):
        least = np.minimum(*rows) / n_all * np.minimum(*columns)
        # Of two by two cells all four differences are the same.
        difference = a - n * (a_all / n_all)
        size = n_all / (n * (n_all - n) / n_all * a_all * (n_all - a_all) / n_all)
        statistic = difference**2 * size
    is_large = is_known & (least >= _EXPECTED_FOR_CHI_SQUARED)
    found[is_large] = chdtrc(1, statistic[is_large])
    few = [*map(tuple, np.argwhere(is_known & ~is_large))]
    if few:
        # It takes as long to import as all else that is needed here.
        from scipy.stats import fisher_exact
    for place in few:
        inside, outside = a[place], a_all[place] - a[place]
        cells = [[inside, n[place] - inside], [outside, n_all[place] - n[place] - outside]]
        found[place] = fisher_exact(np.array(cells)).pvalue
    return found


def share_effects(members_with: ArrayLike, members: ArrayLike, all_with: ArrayLike, everybody: ArrayLike) -> FloatArray:
    """Return Cohen's h of the segment's share and that of the others.

    A difference of shares in units that stand for as much at 2 % as at 50 %: 0.2 is small, 0.5 medium and 0.8 large
    (Cohen 1988, Statistical Power Analysis for the Behavioral Sciences, chapter 6).

    Parameters
    ----------
    members_with, members, all_with, everybody : array_like
        As of `times_as_frequent`.

    Returns
    -------
    ndarray
        From -3.15 to 3.15, positive where the segment's share is the larger; NaN without members or others.
    """
    a, n, a_all, n_all = (np.asarray(x, dtype=float) for x in (members_with, members, all_with, everybody))
    with np.errstate(all="ignore"):
        inside, outside = a / n, (a_all - a) / (n_all - n)
        effects: FloatArray = 2 * np.arcsin(np.sqrt(inside)) - 2 * np.arcsin(np.sqrt(outside))
    return effects


def standardised_differences(
    members: ArrayLike,
    total: ArrayLike,
    squares: ArrayLike,
    everybody: ArrayLike,
    all_total: ArrayLike,
    all_squares: ArrayLike,
) -> FloatArray:
    """Return by how many standard deviations the segment's mean is above that of the others (Cohen's d).

    The standard deviation is the pooled one of both, Cohen 1988, chapter 2: 0.2 is small, 0.5 medium, 0.8 large.

    Parameters
    ----------
    members, total, squares : array_like
        Number of customers of the segment with a value, the sum of the values and the sum of their squares.
    everybody, all_total, all_squares : array_like
        The same of all customers, those of the segment among them.

    Returns
    -------
    ndarray
        NaN without members or others, or if no value differs from the mean of its side.
    """
    n, s, q, n_all, s_all, q_all = (
        np.asarray(x, dtype=float) for x in (members, total, squares, everybody, all_total, all_squares)
    )
    m, t, r = n_all - n, s_all - s, q_all - q
    with np.errstate(all="ignore"):
        within = np.maximum(q - s**2 / n, 0) + np.maximum(r - t**2 / m, 0)
        spread = np.sqrt(within / (n_all - 2))
        # What is left of equal values is the rounding of floats.
        spread = np.where(within > 1e-12 * np.maximum(q_all, 1e-300), spread, np.nan)
        return np.where((n > 0) & (m > 0), (s / n - t / m) / spread, np.nan)


def rank_p_values(members: ArrayLike, rank_sum: ArrayLike, everybody: ArrayLike, ties: ArrayLike) -> FloatArray:
    """Return p-values of the rank sum test (Mann & Whitney 1947, doi 10.1214/aoms/1177730491).

    By the normal approximation with the correction for ties and for continuity, as scipy.stats.mannwhitneyu: it is of
    sums, which a database makes of a million customers. No outlier decides it.

    Parameters
    ----------
    members : array_like
        Customers of the segment with a value.
    rank_sum : array_like
        Sum of their ranks among all, equal values with the mean of their ranks.
    everybody : array_like
        All customers with a value.
    ties : array_like
        Sum of t**3 - t over the values, of which t customers have the same.

    Returns
    -------
    ndarray
        NaN without members or others, or if all values are equal.
    """
    n, ranks, n_all, tied = (np.asarray(x, dtype=float) for x in (members, rank_sum, everybody, ties))
    m = n_all - n
    with np.errstate(all="ignore"):
        u = ranks - n * (n + 1) / 2
        variance = n * m / 12 * ((n_all + 1) - tied / (n_all * (n_all - 1)))
        distance = np.maximum(np.abs(u - n * m / 2) - 0.5, 0)
        found = np.minimum(2 * ndtr(-distance / np.sqrt(variance)), 1.0)
    return np.where((n > 0) & (m > 0) & (variance > 0), found, np.nan)
