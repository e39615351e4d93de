"""A day of the shop: who orders, what is in the baskets, what comes back later."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from segmentation.simulate.buyers import BLOCK, Population
from segmentation.simulate.catalogue import Catalogue
from segmentation.simulate.lines import CANCELLATION, Lines, make_lines

_DAY = 86_400
_WEEKDAYS = np.array([1.05, 1.10, 1.10, 1.25, 0.95, 0.35, 0.70])
_WEEKDAYS /= _WEEKDAYS.mean()


def demand(date: np.datetime64) -> float:
    """Demand of a day relative to the mean day: weekday, and a season that peaks in November."""
    weekday = int((date.astype("datetime64[D]").astype(np.int64) + 3) % 7)
    day_of_year = int((date - date.astype("datetime64[Y]")).astype(np.int64))
    season = 1 + 0.35 * np.cos(2 * np.pi * (day_of_year - 320) / 365.25)
    return float(_WEEKDAYS[weekday] * season)


def buyers_of_day(rng: np.random.Generator, population: Population, day: int, factor: float) -> NDArray[np.int64]:
    """Return the customers who order on a day: new ones, and repeat buyers by their own rates."""
    buyers = []
    for start in range(0, len(population), BLOCK):
        block = slice(start, start + BLOCK)
        arrival = population.arrival_day[block]
        chance = -np.expm1(-population.orders_per_day[block] * np.float32(factor))
        repeats = rng.random(len(arrival), dtype=np.float32) < chance
        repeats &= (arrival < day) & (population.departure_day[block] > day)
        arrives = np.floor(arrival) == day
        buyers.append(start + np.flatnonzero(repeats | arrives))
    return np.concatenate(buyers)


def draw_orders(
    rng: np.random.Generator,
    catalogue: Catalogue,
    day: int,
    customer: NDArray[np.int64],
    order_value: NDArray[np.float32],
    lines_per_order: float,
    first_invoice: int,
    hours: tuple[float, float],
) -> Lines:
    """Fill the baskets of a day's orders.

    An order's value is gamma distributed around its customer's mean and is shared among its lines; the
    quantity of a line is what that share buys of a product, at least one. `hours` is the part of the day's
    trade that they fall into, (0, 1) for all of it: the day's orders are normal around 12:42.
    """
    orders = len(customer)
    hour = np.clip(12.7 + 2.6 * ndtri(np.sort(rng.uniform(*hours, orders))), 6, 20.9)
    second = day * _DAY + (hour * 60).astype(np.int64) * 60
    size = 1 + rng.poisson(lines_per_order - 1, orders)
    order = np.repeat(np.arange(orders), size)
    code = np.searchsorted(catalogue.popularity, rng.random(len(order))).astype(np.int32)
    price = catalogue.price_cents[code]
    value = order_value * rng.gamma(6.0, 1 / 6.0, orders)
    line_value = (value / size)[order] * rng.gamma(4.0, 1 / 4.0, len(order)) * 100
    return make_lines(
        invoice=first_invoice + order,
        code=code,
        quantity=np.maximum(1, np.rint(line_value / price)).astype(np.int64),
        second=second[order],
        price_cents=price,
        customer=customer[order],
    )


def draw_returns(rng: np.random.Generator, sales: Lines, return_probability: NDArray[np.float32]) -> Lines:
    """Draw which sold lines come back, whole or in part, one to 45 days after the sale.

    Invoice numbers are 0: they are given when the cancellation is written.
    """
    returned = sales.take(rng.random(len(sales), dtype=np.float32) < return_probability)
    part = np.where(rng.random(len(returned)) < 0.7, 1.0, rng.random(len(returned)))
    delay = 1 + np.minimum(rng.geometric(0.12, len(returned)), 44)
    return returned.with_columns(
        kind=np.full(len(returned), CANCELLATION, dtype=np.int8),
        quantity=-np.maximum(1, np.rint(returned.quantity * part)).astype(np.int64),
        second=returned.second + delay * _DAY,
    )
