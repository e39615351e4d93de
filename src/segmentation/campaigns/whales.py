"""Revenue cut off at a bound, beside revenue as it is: what each says, and whether they agree.

SQL cuts: least(revenue, bound), the covariate at the same bound. The bound is a quantile of what customers spent in the
time before, so it doesn't depend on the campaign. What is cut can't come from outside: an effect that only the very
largest customers show is not in the capped difference. That is its price, and it is why both are shown.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from segmentation.campaigns.measure import Effect


@dataclass(frozen=True)
class Whales:
    """What capping does to a result.

    Attributes
    ----------
    capped_share : float or None
        Share of the revenue of both groups that capping takes away; None without revenue.
    times_narrower : float or None
        How many times narrower the capped interval is; None where there is no interval.
    hidden : float
        Difference per customer that is not in the capped one.
    agree : bool
        Whether the intervals have a point in common; True where one is missing.
    words : str
    """

    capped_share: float | None
    times_narrower: float | None
    hidden: float
    agree: bool
    words: str


def bound_of(spent: ArrayLike, quantile: float = 0.99) -> float:
    """Return the bound at which revenue is cut, of those who spent something; infinite where nobody did.

    Parameters
    ----------
    spent : array of shape (n,)
        Revenue of each customer in the time before, as long as the campaign's.
    quantile : float
        0.99 by default; 1 cuts nothing.

    Raises
    ------
    ValueError
        If the quantile is not above 0 and up to 1.
    """
    if not 0 < quantile <= 1:
        raise ValueError(f"a quantile is above 0 and up to 1, unlike {quantile}")
    positive = np.asarray(spent, dtype=np.float64)
    positive = positive[positive > 0]
    return float("inf") if quantile == 1 or not len(positive) else float(np.quantile(positive, quantile))


def beside(capped: Effect, uncapped: Effect) -> Whales:
    """Return what capping did to a result.

    Raises
    ------
    ValueError
        If the two are not of the same customers.
    """
    counts = [(effect.treated_customers, effect.held_customers) for effect in (capped, uncapped)]
    if counts[0] != counts[1]:
        raise ValueError("capped and uncapped revenue are of the same customers")
    sums = [
        effect.treated_customers * effect.treated_per_customer + effect.held_customers * effect.held_per_customer
        for effect in (capped, uncapped)
    ]
    share = 1 - sums[0] / sums[1] if sums[1] > 0 else None
    one, other = capped.adjusted, uncapped.adjusted
    narrower, agree = None, True
    if one.standard_error and other.standard_error and one.low is not None and other.low is not None:
        # Both lie evenly around their difference.
        half, other_half = one.difference - one.low, other.difference - other.low
        narrower = other_half / half
        agree = abs(one.difference - other.difference) <= half + other_half
    hidden = other.difference - one.difference
    words = "Capping cuts nothing." if not share else f"Capping cuts {share:.1%} of the revenue"
    if share:
        words += f", and makes the interval {narrower:.1f} times narrower." if narrower else "."
        if not agree:
            words += " The largest customers behave unlike the rest: the uncapped difference is another."
    return Whales(share, narrower, hidden, agree, words)
