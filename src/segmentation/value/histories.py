"""What is known of customers' purchases, and the same on few rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

MOST_ROWS = 20_000
"""So many distinct histories are looked at in a fit at most."""


@dataclass(frozen=True)
class Histories:
    """Customers by what is known of their purchases; equal ones are one row with a weight.

    Attributes
    ----------
    repeats : array of shape (n,)
        Purchases after the first: days with one.
    last : array of shape (n,)
        Time from the first to the last purchase; 0 without a repeat.
    observed : array of shape (n,)
        Time from the first purchase to today, in the same unit.
    weights : array of shape (n,)
        How many customers each row stands for.
    """

    repeats: FloatArray
    last: FloatArray
    observed: FloatArray
    weights: FloatArray

    @property
    def customers(self) -> float:
        """How many customers there are."""
        return float(self.weights.sum())

    @property
    def returning(self) -> float:
        """How many of them have bought again."""
        return float(self.weights[self.repeats > 0].sum())

    @property
    def known(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The three numbers that models take."""
        return self.repeats, self.last, self.observed

    def in_unit(self, length: float) -> Histories:
        """Return the same in a unit of time of so many of the present ones."""
        return Histories(self.repeats, self.last / length, self.observed / length, self.weights)


def histories(
    repeats: FloatArray, last: FloatArray, observed: FloatArray, weights: FloatArray | None = None
) -> Histories:
    """Return customers' histories, each distinct one once, in an order that does not depend on that of the rows.

    Parameters
    ----------
    repeats, last, observed : arrays of shape (n,)
        See `Histories`.
    weights : array of shape (n,), optional
        1 each where it is None.

    Raises
    ------
    ValueError
        If a number is missing, infinite or negative, or the last purchase is later than today.
    """
    given = [np.asarray(values, dtype=float) for values in (repeats, last, observed)]
    weight = np.ones(len(given[0])) if weights is None else np.asarray(weights, dtype=float)
    if problem := _contradiction(given, weight):
        raise ValueError(problem)
    (repeats, last, observed), place = distinct(*given)
    return Histories(repeats, last, observed, _sums(place, weight))


def _contradiction(given: list[FloatArray], weights: FloatArray) -> str | None:
    repeats, last, observed = given
    if not len(repeats) == len(last) == len(observed) == len(weights):
        return "repeats, last, observed and weights must have one length"
    if not all(np.isfinite(values).all() for values in (repeats, last, observed, weights)):
        return "repeats, last, observed and weights must be finite numbers"
    if any((values < 0).any() for values in (repeats, last, weights)):
        return "repeats, last and weights must not be negative"
    if (last > observed).any():
        return "no purchase can be later than the day it is looked back from: last must not be above observed"
    if ((repeats == 0) & (last > 0)).any():
        return "who has no repeat has last 0"
    return None


def distinct(*columns: FloatArray) -> tuple[list[FloatArray], IntArray]:
    """Return the distinct rows of columns, sorted, and the place of each row among them.

    Whole numbers, such as days, are packed into one, which is ten times as fast as to sort by several columns.
    """
    if not len(columns[0]):
        return [*columns], np.zeros(0, dtype=np.int64)
    widths = [float(column.max()) + 1 for column in columns]
    is_whole = all(column.min() >= 0 and (column == np.floor(column)).all() for column in columns)
    if not is_whole or np.prod(widths) > 2.0**62:
        rows, place = np.unique(np.column_stack(columns), axis=0, return_inverse=True)
        return [*rows.T.copy()], place.ravel()
    key = np.zeros(len(columns[0]), dtype=np.int64)
    for column, width in zip(columns, widths, strict=True):
        key = key * int(width) + column.astype(np.int64)
    keys, place = np.unique(key, return_inverse=True)
    unpacked = []
    for width in reversed(widths):
        keys, rest = np.divmod(keys, int(width))
        unpacked.append(rest.astype(float))
    return unpacked[::-1], place


def by_distinct(function: Callable[..., tuple[FloatArray, ...]], *columns: FloatArray) -> tuple[FloatArray, ...]:
    """Return what a function says of rows, calculated once for those that are equal."""
    rows, place = distinct(*columns)
    return tuple(result[place] for result in function(*rows))


def each_kth(weights: FloatArray, most: int) -> tuple[IntArray, FloatArray]:
    """Return which of sorted rows to look at, and how many customers each then stands for.

    Each k-th customer in the order of the rows, beginning in the middle of the first k (a systematic sample, Cochran
    1977, chapter 8): of rows that are sorted by history as mixed as all customers are, and no chance in it.

    Parameters
    ----------
    weights : array of shape (n,)
        Customers of each row.
    most : int
        So many customers are looked at; all rows where there are no more.
    """
    if len(weights) <= most:
        return np.arange(len(weights)), weights
    until = np.cumsum(weights)
    each = until[-1] / most
    taken, counts = np.unique(np.searchsorted(until, (np.arange(most) + 0.5) * each), return_counts=True)
    return taken, counts * each


def sample_of(customers: Histories, most: int = MOST_ROWS) -> Histories:
    """Return customers of at most so many rows who stand for all, by `each_kth`."""
    rows, weights = each_kth(customers.weights, most)
    return Histories(customers.repeats[rows], customers.last[rows], customers.observed[rows], weights)


def _sums(place: IntArray, values: FloatArray) -> FloatArray:
    return np.asarray(np.bincount(place, weights=values), dtype=np.float64)
