"""What was foretold against what came: in sum, by tenth and by segment, and who brought the revenue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmentation.validity import auc, top_share
from segmentation.value.forecaster import Foretold

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

TENTHS = 10


@dataclass(frozen=True)
class Group:
    """Customers of a tenth or of a segment.

    Attributes
    ----------
    name : str
    customers : int
    expected_orders, came_orders : float
        In sum.
    expected_revenue, came_revenue : float
        In sum.
    expected_buyers, came_buyers : float
        Sum of the probabilities to buy, and customers who did.
    """

    name: str
    customers: int
    expected_orders: float
    came_orders: float
    expected_revenue: float
    came_revenue: float
    expected_buyers: float
    came_buyers: float


@dataclass(frozen=True)
class TopShare:
    """The share of the revenue that the best tenth by some score brought.

    Attributes
    ----------
    score : str
    share : float
        0 to 1.
    standard_error : float
    """

    score: str
    share: float
    standard_error: float


@dataclass(frozen=True)
class ValueOutcome:
    """What was foretold of customers of a day in the past, against what came.

    Attributes
    ----------
    total : Group
        All customers.
    tenths : tuple of Group
        By expected revenue, the best one first ("1" to "10").
    segments : tuple of Group
        By name; empty where none were given.
    calibration : tuple of Group
        Tenths by the probability to buy, the lowest first.
    top_shares : tuple of TopShare
        Of the expected revenue first, then of each other score.
    naive_orders, naive_revenue : float or None
        What the same customers bought in as long a time before: as much as last time. None where it was not given.
    auc, auc_error : float or None
        Of the probability to buy, and its standard error; None where all bought or nobody did.
    within_bounds : float or None
        Share of the customers whose revenue lay within their bounds; None where there were none.
    """

    total: Group
    tenths: tuple[Group, ...]
    segments: tuple[Group, ...]
    calibration: tuple[Group, ...]
    top_shares: tuple[TopShare, ...]
    naive_orders: float | None
    naive_revenue: float | None
    auc: float | None
    auc_error: float | None
    within_bounds: float | None

    @property
    def orders_ratio(self) -> float | None:
        """Expected orders by those that came; None where none came."""
        return self.total.expected_orders / self.total.came_orders if self.total.came_orders > 0 else None

    @property
    def revenue_ratio(self) -> float | None:
        """Expected revenue by what came; None where none came."""
        return self.total.expected_revenue / self.total.came_revenue if self.total.came_revenue > 0 else None


def compare_with_outcome(
    foretold: Foretold,
    orders: FloatArray,
    revenue: FloatArray,
    *,
    scores: Mapping[str, FloatArray] | None = None,
    segments: Sequence[str] | None = None,
    before: tuple[FloatArray, FloatArray] | None = None,
) -> ValueOutcome:
    """Compare what was foretold of customers with what came in the same time.

    Parameters
    ----------
    foretold : Foretold
        Of n customers.
    orders, revenue : arrays of shape (n,)
        What came, counted as what it was fitted on was: with returns taken off, if they were.
    scores : mapping of str to array of shape (n,), optional
        Other ways to put customers in order, such as past spending, the sum of R, F and M, `expected_buying_rate`.
    segments : sequence of str of length n, optional
    before : pair of arrays of shape (n,), optional
        Orders and revenue of the same customers in as long a time before.

    Raises
    ------
    ValueError
        If there are no customers, or the lengths differ.
    """
    count = len(orders)
    if not count:
        raise ValueError("there are no customers whose future was foretold")
    if any(len(values) != count for values in (foretold.orders, foretold.revenue, foretold.buying, revenue)):
        raise ValueError("what was foretold and what came must be of the same customers")
    by_revenue, by_chance = _tenths(-foretold.revenue), _tenths(foretold.buying)
    bought = orders > 0

    def groups(labels: IntArray, names: Sequence[str]) -> tuple[Group, ...]:
        return tuple(_group(name, labels == n, foretold, orders, revenue) for n, name in enumerate(names))

    of_tenths = [str(n + 1) for n in range(TENTHS)]
    names, of_segment = np.unique(np.asarray([] if segments is None else segments, dtype=str), return_inverse=True)
    area, error = auc(foretold.buying, bought) if bought.any() and not bought.all() else (None, None)
    within = None
    if foretold.low is not None and foretold.high is not None:
        within = float(((foretold.low <= revenue) & (revenue <= foretold.high)).mean())
    ranked = {"expected_revenue": foretold.revenue, **(scores or {})}
    return ValueOutcome(
        _group("all", np.ones(count, dtype=bool), foretold, orders, revenue),
        tuple(group for group in groups(by_revenue, of_tenths) if group.customers),
        () if segments is None else groups(of_segment, [str(name) for name in names]),
        tuple(group for group in groups(by_chance, of_tenths) if group.customers),
        tuple(TopShare(name, *share_of_best(score, revenue)) for name, score in ranked.items()),
        None if before is None else float(before[0].sum()),
        None if before is None else float(before[1].sum()),
        area,
        error,
        within,
    )


def share_of_best(score: FloatArray, revenue: FloatArray, share: float = 0.1) -> tuple[float, float]:
    """Return the share of the revenue that the customers with the highest scores bring, and its standard error.

    The share is that of `validity.top_share`; its error is that of a point of a concentration curve, with the customers
    for a sample (linearized, as of Langel & Tillé 2013, doi 10.1111/j.1467-985X.2012.01048.x): another sample has other
    customers in front, and another border. Parameters as there.
    """
    part, total, count = top_share(score, revenue, share), float(revenue.sum()), len(score)
    if total <= 0:
        return part, 0.0
    order = np.argsort(-score, kind="stable")
    ordered = -score[order]
    edge = ordered[max(int(np.ceil(share * count)) - 1, 0)]
    above, at = -score < edge, -score == edge
    # Who is at the border counts in part, as in the share itself.
    is_best = above + at * np.clip((share * count - above.sum()) / at.sum(), 0, 1)
    around = _around(ordered, edge, share)
    residual = revenue * (is_best - part) - revenue[order][around].mean() * (is_best - share)
    return part, float(np.sqrt((residual**2).sum()) / total)


def _around(ordered: FloatArray, edge: float, share: float) -> slice:
    """Return where the customers at the border of the best are, all who share its score among them."""
    count = len(ordered)
    first, last = np.searchsorted(ordered, edge, "left"), np.searchsorted(ordered, edge, "right")
    return slice(min(int(first), int(0.7 * share * count)), max(int(last), int(np.ceil(1.3 * share * count))))


def _tenths(values: FloatArray) -> IntArray:
    """Return the tenth of each value, 0 for the lowest; equal values are in one."""
    rank = np.searchsorted(np.sort(values), values, side="left")
    return np.asarray(rank * TENTHS // len(values), dtype=np.int64)


def _group(name: str, members: NDArray[np.bool_], foretold: Foretold, orders: FloatArray, revenue: FloatArray) -> Group:
    return Group(
        name,
        int(members.sum()),
        float(foretold.orders[members].sum()),
        float(orders[members].sum()),
        float(foretold.revenue[members].sum()),
        float(revenue[members].sum()),
        float(foretold.buying[members].sum()),
        float((orders[members] > 0).sum()),
    )
