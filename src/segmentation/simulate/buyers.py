"""The population: who the customers are, when they come, how they buy and when they stop.

Each customer buys as a Poisson process at an own rate while alive, spends around an own mean and returns
lines with an own probability: the structure of Schmittlein, Morrison & Colombo (1987), "Counting your
customers: who are they and what will they do next?", Management Science 33(1), with the spending part of
Fader, Hardie & Lee (2005), "RFM and CLV", Journal of Marketing Research 42(4). Within a group the rates
are gamma distributed, the mean spends are log-normal and the return probabilities are beta distributed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Group:
    """A planted group of customers.

    Attributes
    ----------
    name : str
        Its name in the truth file.
    share : float
        Its share of all customers.
    orders_per_year : float
        Mean rate of repeat orders; 0 means that nobody in it comes back.
    order_value : float
        Median of the customers' mean order values, in the shop's currency.
    arrival : tuple of float
        First order: earliest and latest, as shares of the window.
    departure : tuple of float
        Last possible order: earliest and latest, as shares of the window; above 1 means still alive.
    """

    name: str
    share: float
    orders_per_year: float
    order_value: float
    arrival: tuple[float, float]
    departure: tuple[float, float] = (2.0, 2.0)


GROUPS = (
    Group("vip", 0.08, 45.0, 240.0, (0.00, 0.40)),
    Group("regular", 0.22, 9.0, 60.0, (0.00, 0.40)),
    Group("occasional", 0.18, 2.2, 35.0, (0.00, 0.30)),
    Group("newcomer", 0.14, 22.0, 20.0, (0.90, 0.975)),
    Group("lapsed", 0.16, 16.0, 120.0, (0.00, 0.25), (0.45, 0.68)),
    Group("one_time", 0.22, 0.0, 24.0, (0.02, 0.60)),
)

RATE_SHAPE = 12.0
"""Gamma shape of the rates within a group: a coefficient of variation of 0.29."""

VALUE_SIGMA = 0.35
"""Standard deviation of the log of the customers' mean order values within a group."""

HIGH_RETURNER_SHARE = 0.06
"""Share of customers, in every group, who return about a third of what they buy."""


BLOCK = 8_192
"""Customers that are drawn, or asked whether they buy today, at a time."""

_DRAWN = ("arrival_day", "departure_day", "orders_per_day", "order_value", "return_probability")


@dataclass(frozen=True)
class Population:
    """Customers as columns, one element each; days count from the start of the window."""

    group: NDArray[np.int8]
    arrival_day: NDArray[np.float32]
    departure_day: NDArray[np.float32]
    orders_per_day: NDArray[np.float32]
    order_value: NDArray[np.float32]
    return_probability: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.group)


def draw_population(rng: np.random.Generator, customers: int, days: int) -> Population:
    """Draw the customers of a window.

    Parameters
    ----------
    rng : numpy.random.Generator
    customers : int
        How many.
    days : int
        Length of the window.
    """
    population = Population(
        group=np.empty(customers, dtype=np.int8),
        **{name: np.empty(customers, dtype=np.float32) for name in _DRAWN},
    )
    # Block by block: what is only needed while drawing does not grow with the shop.
    for start in range(0, customers, BLOCK):
        block = slice(start, min(start + BLOCK, customers))
        group, drawn = _draw_block(rng, block.stop - start, days)
        population.group[block] = group
        for name in _DRAWN:
            getattr(population, name)[block] = drawn[name]
    return population


def _draw_block(
    rng: np.random.Generator, customers: int, days: int
) -> tuple[NDArray[np.int64], dict[str, NDArray[np.float64]]]:
    shares = np.array([g.share for g in GROUPS])
    group = rng.choice(len(GROUPS), size=customers, p=shares / shares.sum())

    def between(name: str) -> NDArray[np.float64]:
        low, high = np.array([getattr(g, name) for g in GROUPS]).T
        return np.asarray((low[group] + rng.random(customers) * (high - low)[group]) * days)

    rate = np.array([g.orders_per_year for g in GROUPS]) / 365
    value = np.array([g.order_value for g in GROUPS])
    high_returner = rng.random(customers) < HIGH_RETURNER_SHARE
    return group, {
        "arrival_day": between("arrival"),
        "departure_day": between("departure"),
        "orders_per_day": rate[group] * rng.gamma(RATE_SHAPE, 1 / RATE_SHAPE, customers),
        "order_value": value[group] * rng.lognormal(0, VALUE_SIGMA, customers),
        "return_probability": np.where(high_returner, rng.beta(9, 16, customers), rng.beta(1, 50, customers)),
    }


def expected_orders_per_customer(days: int) -> float:
    """Mean number of orders of a customer in a window, first orders included."""
    total = 0.0
    for g in GROUPS:
        alive_from, alive_to = np.mean(g.arrival), min(float(np.mean(g.departure)), 1.0)
        total += g.share * (1 + g.orders_per_year / 365 * days * max(0.0, float(alive_to - alive_from)))
    return total / sum(g.share for g in GROUPS)
