"""Customers whose days depend on one another, and many draws of the same customers at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmentation.campaigns.draw import held_counts
from segmentation.campaigns.sums import Sums

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Shop:
    """What n customers do on each of so many days; arrays of shape (n, days)."""

    orders: FloatArray
    revenue: FloatArray
    returned: FloatArray


def shop(customers: int, days: int, *, shape: float, per_day: float, seed: int, heavy: bool = False) -> Shop:
    """Customers who buy as of NBD, each with orders of a value of their own; a third of some comes back."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(shape, per_day / shape, customers)
    orders = rng.poisson(rate[:, None], (customers, days)).astype(float)
    value = rng.lognormal(3.0, 1.0 if heavy else 0.5, customers)[:, None]
    revenue = value * orders * rng.gamma(3, 1 / 3, orders.shape)
    returned = np.zeros_like(revenue)
    returned[:, 10:] = revenue[:, :-10] * (rng.random((customers, days - 10)) < 0.3) / 3
    return Shop(orders, revenue, returned)


def many_draws(strata: IntArray, share: float, draws: int, seed: int) -> FloatArray:
    """Return 1 for who is held out, shape (draws, n): of sorted strata, as many of each as `held_counts` says."""
    rng, sizes = np.random.default_rng(seed), np.bincount(strata)
    counts = held_counts(sizes, share)
    held = np.zeros((draws, len(strata)))
    start = 0
    for size, count in zip(sizes, counts, strict=True):
        if count:
            chance = rng.random((draws, size))
            edge = np.partition(chance, count - 1, axis=1)[:, count - 1 : count]
            held[:, start : start + size] = chance <= edge
        start += size
    return held


def sums_of_draws(held: FloatArray, y: FloatArray, x: FloatArray, strata: IntArray) -> tuple[Sums, Sums]:
    """Return treated and held out of each draw, shape (draws, strata); y is what all do, treated or not."""
    member = np.zeros((len(strata), int(strata.max()) + 1))
    member[np.arange(len(strata)), strata] = 1
    weights = (np.ones_like(y), y, y**2, x, x**2, x * y)
    of_held = Sums(*(held @ (member * of[:, None]) for of in weights))
    of_treated = Sums(*((1 - held) @ (member * of[:, None]) for of in weights))
    return of_treated, of_held


def planted(held: FloatArray, y: FloatArray, changed: FloatArray, x: FloatArray, strata: IntArray) -> tuple[Sums, Sums]:
    """Return the same, where the treated do something else than they would have done."""
    return sums_of_draws(held, changed, x, strata)[0], sums_of_draws(held, y, x, strata)[1]


def quantile_strata(x: FloatArray, parts: int = 5) -> tuple[IntArray, IntArray]:
    """Return the order that sorts customers by what they did before, and the fifths in that order."""
    rank = np.argsort(np.argsort(x, kind="stable"), kind="stable")
    strata = (rank * parts // len(x)).astype(np.int64)
    order = np.argsort(strata, kind="stable")
    return order, strata[order]
