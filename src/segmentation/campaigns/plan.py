"""How many to hold out, what can be seen at all, and how long to wait: from what the same customers did before.

Two-sided, for means of two groups: the variance of the difference is variance * (1 / held + 1 / treated), and an effect
is seen with a power of Phi(effect / standard error - z). (Chow, Shao & Wang 2008, Sample Size Calculations, 3.2; the
gain by adjustment as of Deng et al. 2013: the variance times 1 - correlation².)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from segmentation.campaigns.measure import CARRIED_BY
from segmentation.campaigns.sums import Sums

LEVEL = 0.95
POWER = 0.8
MOST_HELD = 0.5


@dataclass(frozen=True)
class Expected:
    """What is expected of customers in a time, from what they did in as long a time before.

    Attributes
    ----------
    customers : int
    mean : float
        Per customer.
    variance : float
        Between customers, within strata.
    correlation : float
        With the time before that, within strata; 0 where nothing is known of it.
    carried_by : float
        Customers who carry the sum (`Sums.carried_by`).
    """

    customers: int
    mean: float
    variance: float
    correlation: float
    carried_by: float

    @property
    def variance_left(self) -> float:
        """Return the variance that the adjustment leaves."""
        return self.variance * (1 - self.correlation**2)


@dataclass(frozen=True)
class Plan:
    """How a campaign has to be drawn for an effect to be seen.

    Attributes
    ----------
    held_share : float or None
        The least share to hold out, up to a half; None where the effect can't be seen with any.
    held_customers : int or None
    power : float
        What the effect is seen with at that share; at a half where no share is enough.
    detectable : float
        The least effect per customer, in size, that could be seen with the power asked for, with a half held out.
    detectable_relative : float or None
        As a share of the mean; None where the mean isn't above 0.
    days : int or None
        Of the shortest time in which the effect is seen; None where the time wasn't asked for, or none is long enough.
    """

    held_share: float | None
    held_customers: int | None
    power: float
    detectable: float
    detectable_relative: float | None
    days: int | None = None


def expected_of(earlier: Sums) -> Expected:
    """Return what is expected of customers.

    Parameters
    ----------
    earlier : Sums of shape (strata,)
        y is what they did in a time that is over and as long as the campaign's, x in as long a time before it. Who was
        not yet a customer counts in neither: take the customers of the day on which the time of y began.

    Raises
    ------
    ValueError
        If there are fewer than two customers.
    """
    everybody = earlier.total()
    customers = int(everybody.customers[0])
    if customers < 2:
        raise ValueError("a plan needs two customers at least who were there in an earlier period")
    full = earlier.customers > 0
    degrees = max(customers - int(full.sum()), 1)
    spread_y, spread_x = float(earlier.spread_y.sum()), float(earlier.spread_x.sum())
    together = float(earlier.spread_xy.sum())
    correlation = together / np.sqrt(spread_x * spread_y) if spread_x > 0 and spread_y > 0 else 0.0
    return Expected(
        customers, float(everybody.mean_y[0]), spread_y / degrees, float(correlation), float(everybody.carried_by[0])
    )


def standard_error(expected: Expected, share: float, customers: int | None = None) -> float:
    """Return the standard error that the difference will have.

    Parameters
    ----------
    expected : Expected
    share : float
        Held out, above 0 and below 1.
    customers : int, optional
        Who are drawn; by default as many as were looked at.

    Raises
    ------
    ValueError
        If the share is not between 0 and 1.
    """
    if not 0 < share < 1:
        raise ValueError(f"the share held out lies between 0 and 1, unlike {share}")
    count = expected.customers if customers is None else customers
    return float(np.sqrt(expected.variance_left / (count * share * (1 - share))))


def detectable(
    expected: Expected, share: float, customers: int | None = None, *, level: float = LEVEL, power: float = POWER
) -> float:
    """Return the least effect per customer that is seen with the power; parameters as of `standard_error`."""
    return float(ndtri((1 + level) / 2) + ndtri(power)) * standard_error(expected, share, customers)


def power_of(
    expected: Expected, effect: float, share: float, customers: int | None = None, *, level: float = LEVEL
) -> float:
    """Return with what probability an effect per customer is seen; parameters as of `standard_error`."""
    error = standard_error(expected, share, customers)
    if error == 0:
        return 0.0
    z = float(ndtri((1 + level) / 2))
    return float(ndtr(effect / error - z) + ndtr(-effect / error - z))


def plan(
    expected: Expected,
    effect: float,
    customers: int | None = None,
    *,
    relative: bool = False,
    level: float = LEVEL,
    power: float = POWER,
) -> Plan:
    """Return the least share to hold out for an effect to be seen.

    It is never so small that fewer customers than `CARRIED_BY` are expected to carry the sum of the held out.

    Parameters
    ----------
    expected : Expected
    effect : float
        Per customer, or a share of the mean; of either sign, not 0.
    customers : int, optional
        Who are drawn; by default as many as were looked at.
    relative : bool
        Whether the effect is a share of the mean; by default it isn't.
    level, power : float
        0.95 and 0.8 by default.

    Raises
    ------
    ValueError
        If the effect is 0, or level or power are not between 0 and 1.
    """
    if effect == 0 or not np.isfinite(effect):
        raise ValueError("an effect of 0 is never seen: say what effect would be worth the campaign")
    if not (0 < level < 1 and 0 < power < 1):
        raise ValueError("level and power lie between 0 and 1")
    count = expected.customers if customers is None else customers
    least = detectable(expected, MOST_HELD, count, level=level, power=power)
    least_relative = least / expected.mean if expected.mean > 0 else None
    size = abs(effect) * (abs(expected.mean) if relative else 1.0)
    # A mean of 0, customers who are all alike, or too few who buy: nothing to reckon with.
    carried = expected.carried_by * count / expected.customers
    if size == 0 or expected.variance == 0 or carried * MOST_HELD < CARRIED_BY:
        return Plan(None, None, 0.0, least, least_relative)
    z = float(ndtri((1 + level) / 2) + ndtri(power))
    # share * (1 - share) that it takes; a quarter is the most there is.
    product = z**2 * expected.variance_left / (count * size**2)
    if product > 1 / 4:
        return Plan(None, None, power_of(expected, size, MOST_HELD, count, level=level), least, least_relative)
    share = max((1 - np.sqrt(1 - 4 * product)) / 2, CARRIED_BY / carried)
    held = min(int(np.ceil(share * count - 1e-9)), count // 2)
    share = held / count
    return Plan(share, held, power_of(expected, size, share, count, level=level), least, least_relative)


def how_long(
    by_days: Mapping[int, Expected],
    effect: float,
    customers: int | None = None,
    *,
    most_held: float = MOST_HELD,
    relative: bool = False,
    level: float = LEVEL,
    power: float = POWER,
) -> Plan:
    """Return the plan of the shortest time in which no more than a share need be held out.

    A longer time isn't always better: an effect per customer that doesn't grow drowns in what they buy later. So each
    length is tried, as earlier periods of that length were.

    Parameters
    ----------
    by_days : mapping of int to Expected
        Of earlier periods by their length in days.
    effect, customers, relative, level, power
        As of `plan`. An absolute effect is that in the whole time, whatever its length.
    most_held : float
        The most that may be held out, a half by default.

    Raises
    ------
    ValueError
        If there are no periods, or as of `plan`.
    """
    if not by_days:
        raise ValueError("how long to wait is known from earlier periods, and there are none")
    plans = {
        days: plan(by_days[days], effect, customers, relative=relative, level=level, power=power)
        for days in sorted(by_days)
    }
    for days, made in plans.items():
        if made.held_share is not None and made.held_share <= most_held:
            return Plan(**{**vars(made), "days": days})
    return max(plans.values(), key=lambda made: made.power)
