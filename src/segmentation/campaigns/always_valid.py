"""An interval that holds whenever one looks: for outcomes of a fixed group of customers that grow day by day.

The group doesn't grow, its outcomes do. So what is looked at is not a mean of more and more customers, but one
difference D(t) of cumulative outcomes with a variance V(t) that grows; what is estimated is the effect up to that day.

*The boundary* is that of Robbins' normal mixture (Robbins 1970, doi 10.1214/aoms/1177696786; as in Johari, Koomen,
Pekelis & Walsh 2017, doi 10.1145/3097983.3097992, and in Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas 2024,
doi 10.1214/24-AOS2408): |D - effect| <= V^(1/2) * ((1 + 1/m) * log((1 + m) / alpha²))^(1/2), where m is a clock times a
constant. Brownian motion run by that clock leaves it with probability alpha at most, ever.

*The assumption* is not that days are independent: they are not, for who buys much today buys much tomorrow. It is:

1. By the first look enough customers carry each sum (`measure.CARRIED_BY`), so D(s), D(t), … are normal together.
2. For days s < t the correlation of D(s) and D(t) is at least (clock(s) / clock(t))^(1/2), that of Brownian motion.

Then by Slepian's lemma (1962, doi 10.1002/j.1538-7305.1962.tb02419.x) D leaves the boundary on either side no more
often than Brownian motion does, and both sides together with probability alpha at most, but for the chance (of the
order of alpha²) that one motion crosses both. With V for the clock, 2 says that what was bought until s and what is
bought afterwards are not negatively correlated from customer to customer. So it is for orders, revenue and returns:
rates that differ make it positive. It isn't so for whether a customer has bought *yet*: who has, can't again. There
the clock is the odds of having bought: by them that correlation is exactly the one of Brownian motion. Time is a ratio
to what was planned, fixed before the start; a plan that was wrong makes the interval wider, not invalid.

An interval of today is of the effect until today. So intervals of several days must not be intersected.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from segmentation.campaigns.measure import LEVEL, Effect

FloatArray = NDArray[np.float64]

MIXTURE = 20.0
"""The constant: narrowest, by 1.55 times the plain interval, at a clock of 0.4; 1.57 at 1, 1.66 at 0.1, 2.4 at 0.02."""


@dataclass(frozen=True)
class AlwaysValid:
    """What can be said on any day, however often one has looked.

    Attributes
    ----------
    low, high : float or None
        Ends of the interval of the effect until this day; None where it is too early.
    p_value : float
        1 where it is too early. The least of all days so far is valid, too.
    times_wider : float or None
        Than the interval of one look.
    clock : float
        0 at the start, about 1 at the planned end.
    """

    low: float | None
    high: float | None
    p_value: float
    times_wider: float | None
    clock: float


def reach_of(clock: ArrayLike, degrees: ArrayLike, level: float = LEVEL) -> FloatArray:
    """Return how many standard errors the interval reaches to each side where these have few degrees of freedom.

    As far out in t as is as improbable as the `boundary` is in the normal distribution.

    Parameters
    ----------
    clock : array of shape (...,)
        Infinite ones are as good as large ones.
    degrees : array of shape (...,)
        Of freedom, at least 1.
    level : float
    """
    # Beyond MIXTURE * clock = 1e12 nothing changes that matters.
    reach = boundary(np.minimum(clock, 1e12 / MIXTURE), level)
    return -np.asarray(stdtrit(np.asarray(degrees, dtype=np.float64), ndtr(-reach)), dtype=np.float64)


def boundary(clock: ArrayLike, level: float = LEVEL) -> FloatArray:
    """Return how many standard errors the interval reaches to each side; infinite at a clock of 0, shape as given."""
    mixed = MIXTURE * np.asarray(clock, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = np.sqrt((1 + 1 / mixed) * (np.log1p(mixed) - 2 * np.log1p(-level)))
    return np.where(mixed > 0, reach, np.inf)


def spread_clock(variance: ArrayLike, planned_variance: ArrayLike) -> FloatArray:
    """Return the clock of orders, revenue and returns.

    Parameters
    ----------
    variance : array of shape (...,)
        That of the difference until today: its standard error squared.
    planned_variance : array of shape (...,)
        That of the difference at the planned end, as earlier periods let expect it; above 0 and known at the start.
    """
    return np.asarray(variance, dtype=np.float64) / np.asarray(planned_variance, dtype=np.float64)


def odds_clock(buying: ArrayLike, planned_buying: ArrayLike) -> FloatArray:
    """Return the clock of buyers: the odds of having bought.

    Parameters
    ----------
    buying : array of shape (...,)
        The share that has bought until today, of both groups; infinite where all have.
    planned_buying : array of shape (...,)
        The share that is expected to have by the planned end, between 0 and 1, known at the start.
    """
    today, planned = np.asarray(buying, dtype=np.float64), np.asarray(planned_buying, dtype=np.float64)
    with np.errstate(divide="ignore"):
        return np.asarray(today / (1 - today) / (planned / (1 - planned)))


def always_valid(effect: Effect, clock: float) -> AlwaysValid:
    """Return the interval that holds whenever one looks.

    Parameters
    ----------
    effect : Effect
        What was measured until today. Its level is that of the interval.
    clock : float
        `spread_clock` or `odds_clock`.
    """
    found = effect.adjusted
    if not effect.is_enough or found.standard_error is None or clock <= 0:
        return AlwaysValid(None, None, 1.0, None, max(clock, 0.0))
    clock = min(clock, 1e12 / MIXTURE)
    reach = float(reach_of(clock, found.degrees, effect.level))
    tail = float(stdtr(found.degrees, -abs(found.difference) / found.standard_error))
    normal, mixed = float(ndtri(max(tail, 1e-300))), MIXTURE * clock
    evidence = mixed / (1 + mixed) * normal**2 / 2 - float(np.log1p(mixed)) / 2
    plain = float(stdtrit(found.degrees, (1 + effect.level) / 2))
    margin = reach * found.standard_error
    return AlwaysValid(
        found.difference - margin, found.difference + margin, float(np.exp(-max(evidence, 0.0))), reach / plain, clock
    )
