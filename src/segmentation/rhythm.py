"""The rhythm of a shop: after how long those who come back do so, and who is still new."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

ACTIVE_FOR, GONE_AFTER = 2.0, 3.0
"""For how many times the usual time between purchases a silent customer is active, and after how many gone."""

_FEWEST_RETURNING = 20
_UNKNOWN_GAP = 90
_YOUNG_SHOP = 120
_LEAST_GAP_OF_A_YOUNG_SHOP = 30
_NEW_FOR_AT_LEAST, _NEW_FOR_AT_MOST = 45, 90


@dataclass(frozen=True)
class Rhythm:
    """What recent, overdue, gone and new mean in a shop.

    Attributes
    ----------
    gap_days : int
        The usual time between two purchases, in days.
    new_days : int
        How long a customer is new, in days from the first purchase: two usual gaps, 45 days at least and 90 at most.
    returning_customers : int
        Customers with purchases on two days or more, whom the gap is estimated from.
    is_estimated : bool
        False where there are too few of them, and a quarter of a year is taken.
    """

    gap_days: int
    new_days: int
    returning_customers: int
    is_estimated: bool

    @property
    def recency_limits(self) -> tuple[float, float]:
        """The recency, in days, below which all customers are alike, and above which they are again.

        Within two usual gaps silence says little, after three it has said all: docs/method.md has what was tried.
        """
        return ACTIVE_FOR * self.gap_days, GONE_AFTER * self.gap_days


def estimate_rhythm(interpurchase_days: FloatArray, purchase_days: FloatArray, history_days: float) -> Rhythm:
    """Estimate the rhythm of a shop from its customers, each of whom counts once.

    The usual gap is the time after which half of those who come back at all have done so. Who bought once has not come
    back yet, which is no sign of never: the share who have come back after so many days is the estimate of Kaplan &
    Meier (1958), so that a young shop's rhythm is not that of its quickest customers alone. A shop that is younger than
    four months has not shown it: at least 30 days there.

    Parameters
    ----------
    interpurchase_days : array of shape (n,)
        Mean time between a customer's purchases in days; for who bought on one day the time since then.
    purchase_days : array of shape (n,)
        On how many days each bought.
    history_days : float
        Days since the first purchase of all.
    """
    came_back = purchase_days > 1
    returning = int(came_back.sum())
    is_estimated = returning >= _FEWEST_RETURNING
    gap = _median_return(interpurchase_days, came_back) if is_estimated else _UNKNOWN_GAP
    if history_days < _YOUNG_SHOP:
        gap = max(gap, _LEAST_GAP_OF_A_YOUNG_SHOP)
    new_days = min(max(int(ACTIVE_FOR * gap), _NEW_FOR_AT_LEAST), _NEW_FOR_AT_MOST)
    return Rhythm(gap, new_days, returning, is_estimated)


def _median_return(waited: FloatArray, came_back: NDArray[np.bool_]) -> int:
    """Return the median of the times after which customers came back, of those who do at all; a day at least."""
    days, place = np.unique(np.ceil(waited), return_inverse=True)
    returns = np.bincount(place, weights=came_back)
    waiting = np.bincount(place)[::-1].cumsum()[::-1]
    came = 1 - np.cumprod(1 - returns / waiting)
    # Rounding must not decide which of two days it is.
    return max(1, int(days[np.argmax(came >= came[-1] / 2 - 1e-9)]))
