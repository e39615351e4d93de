"""What SQL hands over of a group of customers: how many, and sums and squares of what they did and had done before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_ROUNDING = 1e-11
"""A spread below this share of the mean square is what the rounding of sums leaves."""


@dataclass(frozen=True)
class Sums:
    """Sums over the customers of a group, by stratum: arrays of one shape (..., strata).

    A group without strata has one. Axes in front are other draws or other days of the same strata.

    Attributes
    ----------
    customers : array
        All who were drawn, whatever became of them: intention to treat.
    y, yy : array
        Sum and sum of squares of the measure, such as orders, or revenue in the currency of the shop.
    x, xx : array
        The same of the covariate: the measure in the time before. It must be known before the campaign starts.
    xy : array
        Sum of the products of both.
    """

    customers: FloatArray
    y: FloatArray
    yy: FloatArray
    x: FloatArray
    xx: FloatArray
    xy: FloatArray

    def __post_init__(self) -> None:
        """Make arrays of what was given, and refuse what can't be sums.

        Raises
        ------
        ValueError
            If shapes differ, a number is not finite, or a count or a sum of squares is negative.
        """
        fields = np.broadcast_arrays(*(np.atleast_1d(np.asarray(v, dtype=np.float64)) for v in vars(self).values()))
        if any(np.size(given) not in (1, fields[0].size) for given in vars(self).values()):
            raise ValueError("the sums of a group are of one shape")
        for name, values in zip(tuple(vars(self)), fields, strict=True):
            if not np.isfinite(values).all():
                raise ValueError(f"{name} has values that are not numbers; nothing bought is a zero")
            if name in ("customers", "yy", "xx") and (values < 0).any():
                raise ValueError(f"{name} is negative")
            object.__setattr__(self, name, values)

    def __add__(self, other: Sums) -> Sums:
        """Return the sums of both groups together, stratum by stratum."""
        return Sums(*(mine + its for mine, its in zip(vars(self).values(), vars(other).values(), strict=True)))

    def __getitem__(self, index: Any) -> Sums:
        """Return the sums of a part of the axes."""
        return Sums(*(values[index] for values in vars(self).values()))

    def total(self) -> Sums:
        """Return the sums over all strata, shape (..., 1)."""
        return Sums(*(values.sum(axis=-1, keepdims=True) for values in vars(self).values()))

    @property
    def mean_y(self) -> FloatArray:
        """Return the measure per customer; 0 where there is none."""
        return self.y / np.maximum(self.customers, 1)

    @property
    def mean_x(self) -> FloatArray:
        """Return the covariate per customer; 0 where there is none."""
        return self.x / np.maximum(self.customers, 1)

    @property
    def spread_y(self) -> FloatArray:
        """Return the sum of squares around the mean of the measure."""
        return _around_mean(self.yy, self.y * self.mean_y)

    @property
    def spread_x(self) -> FloatArray:
        """Return the sum of squares around the mean of the covariate."""
        return _around_mean(self.xx, self.x * self.mean_x)

    @property
    def spread_xy(self) -> FloatArray:
        """Return the sum of products around both means; never more than the spreads allow."""
        most = np.sqrt(self.spread_x * self.spread_y)
        return np.asarray(np.clip(self.xy - self.x * self.mean_y, -most, most))

    @property
    def carried_by(self) -> FloatArray:
        """Return by how many customers the sum is carried, as if each of them brought the same.

        (Sum of y)² / sum of y²: of buyers it is their number, of revenue fewer than buyers the more some bring.
        """
        return np.divide(self.y**2, self.yy, out=np.zeros_like(self.yy), where=self.yy > 0)


def sums_of(
    y: ArrayLike, x: ArrayLike | None = None, *, strata: ArrayLike | None = None, count: int | None = None
) -> Sums:
    """Return the sums of n customers, as SQL would.

    Parameters
    ----------
    y : array of shape (n,)
    x : array of shape (n,), optional
        By default nothing is known of the time before.
    strata : array of int of shape (n,), optional
        The stratum of each, from 0; by default all are in one.
    count : int, optional
        How many strata there are; by default as many as `strata` names.
    """
    measure = np.asarray(y, dtype=np.float64)
    before = np.zeros_like(measure) if x is None else np.asarray(x, dtype=np.float64)
    labels = np.zeros(len(measure), dtype=np.int64) if strata is None else np.asarray(strata, dtype=np.int64)
    length = count or int(labels.max(initial=0)) + 1
    weights = (np.ones_like(measure), measure, measure**2, before, before**2, measure * before)
    return Sums(*(np.asarray(np.bincount(labels, of, length), dtype=np.float64) for of in weights))


def merge_thin(treated: Sums, held: Sums, least: int = 5) -> tuple[Sums, Sums]:
    """Return the sums with each stratum that is too thin joined to the next one, so that each spread can be estimated.

    Only counts decide, never outcomes. Strata are to be in an order in which neighbours are alike.

    Parameters
    ----------
    treated, held : Sums of shape (..., strata)
        With the same customers along all axes but the last, as on each day.
    least : int
        Customers that a stratum has in either group, 5 by default; all are one stratum where a group has fewer.
    """
    starts, begin, filled = [], 0, np.zeros(2)
    count = treated.customers.shape[-1]
    of_treated, of_held = (group.customers.reshape(-1, count)[0] for group in (treated, held))
    for stratum, counts in enumerate(zip(of_treated, of_held, strict=True)):
        filled += counts
        if filled.min() >= least:
            starts.append(begin)
            begin, filled = stratum + 1, np.zeros(2)
    # What is left at the end joins the last stratum that was full.
    where: IntArray = np.array(starts or [0], dtype=np.int64)
    return _joined(treated, where), _joined(held, where)


def _joined(sums: Sums, starts: IntArray) -> Sums:
    return Sums(*(np.add.reduceat(values, starts, axis=-1) for values in vars(sums).values()))


def _around_mean(squares: FloatArray, of_mean: FloatArray) -> FloatArray:
    spread = squares - of_mean
    return np.where(spread > _ROUNDING * squares, spread, 0.0)
