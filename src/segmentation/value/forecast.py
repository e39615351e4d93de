"""What customers will buy, and what it is worth: a pure function of arrays, of a chunk as of the whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmentation.value.histories import by_distinct
from segmentation.value.known import Known
from segmentation.value.lifetime import bound_factors, discounted_if_alive
from segmentation.value.purchases import PurchaseModel
from segmentation.value.seasons import YEAR, Seasons
from segmentation.value.spend import GammaGamma

FloatArray = NDArray[np.float64]

_DAYS_OF_PRIOR = 5.0
"""For how many days with a purchase the shop's orders a day count beside a customer's own."""


@dataclass(frozen=True)
class Forecast:
    """What is foretold of n customers, arrays of shape (n,).

    Attributes
    ----------
    probability_alive : array
        That the customer still buys.
    probability_to_buy, expected_orders, expected_revenue : array
        Within the shorter horizon.
    expected_order_value : array
    horizon_orders, horizon_revenue : array
        Within the longer horizon, not discounted.
    lifetime_value, lifetime_value_low, lifetime_value_high : array
        Revenue within the longer horizon, discounted, times the margin, and between which bounds it will lie in at
        least 90 cases of 100; see `bound_factors`.
    revenue_low, revenue_high : array
        The bounds of the revenue itself, within the horizon that is bounded.
    """

    probability_alive: FloatArray
    probability_to_buy: FloatArray
    expected_orders: FloatArray
    expected_revenue: FloatArray
    expected_order_value: FloatArray
    horizon_orders: FloatArray
    horizon_revenue: FloatArray
    lifetime_value: FloatArray
    lifetime_value_low: FloatArray
    lifetime_value_high: FloatArray
    revenue_low: FloatArray
    revenue_high: FloatArray


def forecast(
    known: Known,
    purchases: PurchaseModel,
    spend: GammaGamma,
    orders_per_day: float,
    seasons: Seasons | None,
    today: np.datetime64 | None,
    horizons: tuple[float, float],
    discount_rate: float,
    margin: float,
    is_short_bounded: bool = False,
) -> Forecast:
    """Foretell customers; no row depends on another one.

    Parameters
    ----------
    known : Known
        In days.
    purchases : PurchaseModel
        In days of the season's clock, if there is one.
    spend : GammaGamma
        Of the values of days with a purchase.
    orders_per_day : float
        The shop's orders on a day with one.
    seasons : Seasons or None
    today : datetime64 or None
        Needed with seasons only.
    horizons : pair of float
        The shorter and the longer one, in days.
    discount_rate : float
        A year.
    margin : float
    is_short_bounded : bool, default False
        Whether the bounds are of the shorter horizon, for a comparison with what came.
    """
    clock = seasons if today is not None else None

    def back(days: FloatArray) -> FloatArray:
        return days if clock is None or today is None else clock.days_back(today, days)

    short, long = (h if clock is None or today is None else clock.days_ahead(today, h) for h in horizons)
    bounded = short if is_short_bounded else long
    # A year of the clock is a year: the discount may run by it, too.
    rate = float(np.log1p(discount_rate)) / YEAR

    def if_alive(repeats: FloatArray, observed: FloatArray) -> tuple[FloatArray, ...]:
        until = back(observed)
        results = []
        for horizon in (short, long):
            end = np.full_like(until, horizon)
            none = purchases.log_count_if_alive(np.zeros_like(until), repeats, until, end)
            results += [-np.expm1(np.minimum(none, 0)), purchases.mean_if_alive(repeats, until, end)]
        pairs = purchases.pairs_if_alive(repeats, until, np.full_like(until, bounded))
        return (*results, pairs, discounted_if_alive(purchases, repeats, until, long, rate))

    def of_history(
        repeats: FloatArray, last: FloatArray, observed: FloatArray, count: FloatArray
    ) -> tuple[FloatArray, ...]:
        until = back(observed)
        alive = purchases.probability_alive(repeats, until - back(observed - last), until)
        short_buys, short_mean, long_buys, long_mean, pairs, discounted = by_distinct(if_alive, repeats, observed)
        moments = (long_buys, long_mean) if bounded == long else (short_buys, short_mean)
        factors = bound_factors(alive, *moments, pairs, spend, count)
        discount = discounted / np.maximum(long_mean, 1e-300)
        return alive, alive * short_buys, alive * short_mean, alive * long_mean, discount, *factors

    # Many customers have one history: what does not depend on money is calculated once for each.
    alive, buys, purchases_short, purchases_long, discount, *factors = by_distinct(
        of_history, known.repeats, known.last, known.observed, known.value_count
    )
    day_value = spend.expected_value(known.value_count, known.value_mean)
    per_day = (known.orders + _DAYS_OF_PRIOR * orders_per_day) / (known.purchase_days + _DAYS_OF_PRIOR)
    bounds = [factor * (spend.gamma + known.value_count * known.value_mean) for factor in factors]
    worth = margin * discount
    return Forecast(
        alive,
        buys,
        purchases_short * per_day,
        purchases_short * day_value,
        day_value / per_day,
        purchases_long * per_day,
        purchases_long * day_value,
        purchases_long * day_value * worth,
        *(np.minimum(*(bound * worth for bound in bounds)), np.maximum(*(bound * worth for bound in bounds))),
        *bounds,
    )
