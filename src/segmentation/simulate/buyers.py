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
    Group("vip", 0.05, 26.0, 190.0, (0.00, 0.50)),
    Group("regular", 0.20, 8.0, 75.0, (0.00, 0.50)),
    Group("occasional", 0.18, 2.0, 40.0, (0.00, 0.40)),
    Group("newcomer", 0.12, 16.0, 22.0, (0.88, 0.98)),
    Group("lapsed", 0.17, 14.0, 110.0, (0.00, 0.30), (0.50, 0.72)),
    Group("one_time", 0.28, 0.0, 26.0, (0.02, 0.70)),
)

RATE_SHAPE = 12.0
"""Gamma shape of the rates within a group: a coefficient of variation of 0.29."""

VALUE_SIGMA = 0.35
"""Standard deviation of the log of the customers' mean order values within a group."""

HIGH_RETURNER_SHARE = 0.06
"""Share of customers, in every group, who return about a third of what they buy."""


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
    shares = np.array([g.share for g in GROUPS])
    group = rng.choice(len(GROUPS), size=customers, p=shares / shares.sum()).astype(np.int8)

    def between(name: str) -> NDArray[np.float32]:
        low, high = np.array([getattr(g, name) for g in GROUPS], dtype=np.float32).T
        share = rng.random(customers, dtype=np.float32)
        return np.asarray((low[group] + share * (high - low)[group]) * days, dtype=np.float32)

    rate = np.array([g.orders_per_year for g in GROUPS], dtype=np.float32) / 365
    value = np.array([g.order_value for g in GROUPS], dtype=np.float32)
    high_returner = rng.random(customers, dtype=np.float32) < HIGH_RETURNER_SHARE
    return Population(
        group=group,
        arrival_day=between("arrival"),
        departure_day=between("departure"),
        orders_per_day=(rate[group] * rng.gamma(RATE_SHAPE, 1 / RATE_SHAPE, customers)).astype(np.float32),
        order_value=(value[group] * rng.lognormal(0, VALUE_SIGMA, customers)).astype(np.float32),
        return_probability=np.where(
            high_returner, rng.beta(9, 16, customers), rng.beta(1, 50, customers)
        ).astype(np.float32),
    )


def expected_orders_per_customer(days: int) -> float:
    """Mean number of orders of a customer in a window, first orders included."""
    total = 0.0
    for g in GROUPS:
        alive_from, alive_to = np.mean(g.arrival), min(float(np.mean(g.departure)), 1.0)
        total += g.share * (1 + g.orders_per_year / 365 * days * max(0.0, float(alive_to - alive_from)))
    return total / sum(g.share for g in GROUPS)
