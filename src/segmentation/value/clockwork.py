"""Whether purchases come like clockwork: subscriptions and standing orders, which no model of chance describes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

FEWEST_GAPS = 4
"""Of fewer gaps between purchases it can't be told whether they are even."""

FEWEST_CUSTOMERS = 20

EVEN_BELOW = 0.25
"""Gaps are even where their variance is below so much of their squared mean: they differ by less than half of it."""

WARN_FROM = 0.3
"""From this share of regular customers on, more than chance makes in any shop, a warning is due."""


@dataclass(frozen=True)
class Clockwork:
    """How even the gaps between purchases are.

    Attributes
    ----------
    customers : int
        With gaps enough to tell.
    regular_share : float or None
        Share of them whose gaps are even; None of too few customers.
    unevenness : float or None
        Median over them of variance by squared mean: 1 of purchases by chance, 0 of a clock.
    """

    customers: int
    regular_share: float | None
    unevenness: float | None

    @property
    def is_warned_of(self) -> bool:
        """Whether so many customers buy like clockwork that the models of purchases don't describe them."""
        return self.regular_share is not None and self.regular_share >= WARN_FROM

    @property
    def words(self) -> str:
        """What there is to say."""
        if self.regular_share is None:
            return "Whether customers buy at even times is not known: too few have bought often enough."
        if self.is_warned_of:
            return (
                f"{self.regular_share:.0%} of those who have bought often buy at even times, as by subscription or "
                "contract: the models take purchases for chance, so that who is overdue is held for a customer for too "
                "long, and bounds are too wide. Count the contracts that are cancelled instead."
            )
        return f"Customers buy by chance: {self.regular_share:.0%} of those who have bought often buy at even times."


def measure_clockwork(gaps: FloatArray, total: FloatArray, squares: FloatArray) -> Clockwork:
    """Tell from sums over customers' gaps whether they buy at even times.

    The squared coefficient of variation, corrected for the number of gaps, so that it is 1 in the mean of purchases by
    chance (a Poisson process), and for the counting in whole days. About regularity, of which the models of purchases
    know nothing, see Platzer & Reutterer (2016), Marketing Science 35(5), 779-799.

    Parameters
    ----------
    gaps : array of shape (n,)
        Number of gaps between days with a purchase: the repeats.
    total : array of shape (n,)
        Their sum, in days.
    squares : array of shape (n,)
        The sum of their squares.
    """
    tells = (gaps >= FEWEST_GAPS) & (total > 0)
    number, mean = gaps[tells], total[tells] / gaps[tells]
    if len(number) < FEWEST_CUSTOMERS:
        return Clockwork(len(number), None, None)
    variance = np.maximum(squares[tells] - number * mean**2, 0) / (number - 1)
    unevenness = ((number + 1) / number * variance + mean) / mean**2
    return Clockwork(len(number), float((unevenness < EVEN_BELOW).mean()), float(np.median(unevenness)))
