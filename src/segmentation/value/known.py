"""What a table says of customers, checked: who can be foretold, and why somebody can't."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

DAYS = ("purchase_days", "recency_days", "tenure_days")
COLUMNS = (*DAYS, "orders", "purchased_value")
"""What must be known of customers."""

RETURNED, GAPS = "returned_value", "squared_gap_days"
"""What may be."""

NO_PURCHASE = "The customer has bought nothing so far: there is nothing to foretell from."
CONTRADICTION = (
    "The days contradict each other: of purchase_days, recency_days and tenure_days, the last purchase must not be "
    "before the first one, and there must be a day for each purchase."
)


@dataclass(frozen=True)
class Known:
    """What is known of n customers; of those who are not sound, zeros.

    Attributes
    ----------
    is_sound : boolean array of shape (n,)
        Whether the customer can be foretold.
    reason : array of str or None, shape (n,)
        Why not; None for who can.
    purchase_days, orders, repeats, last, observed : arrays of shape (n,)
        Days with a purchase, and orders; the three numbers of `Histories`, in days.
    value_count, value_mean : arrays of shape (n,)
        Purchase days with a value, and their mean value: 0 and 0 where nothing of worth was kept.
    squared_gap_days : array of shape (n,) or None
    """

    is_sound: BoolArray
    reason: NDArray[np.object_]
    purchase_days: FloatArray
    orders: FloatArray
    repeats: FloatArray
    last: FloatArray
    observed: FloatArray
    value_count: FloatArray
    value_mean: FloatArray
    squared_gap_days: FloatArray | None


def known_of(customers: pd.DataFrame, columns: Sequence[str] = COLUMNS) -> Known:
    """Read what is known of customers.

    Parameters
    ----------
    customers : DataFrame
    columns : sequence of str, default COLUMNS
        What must be there; `DAYS` where only purchases are asked about.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    if missing := [column for column in columns if column not in customers.columns]:
        raise ValueError(f"the customers have no column {', '.join(missing)}")
    days, recency, tenure, orders, value = (
        _numbers(customers, column) if column in columns else np.zeros(len(customers)) for column in COLUMNS
    )
    if RETURNED in customers.columns:
        value = value - np.nan_to_num(_numbers(customers, RETURNED))
    bought = np.nan_to_num(days) > 0
    with np.errstate(invalid="ignore"):
        last = tenure - recency
        is_possible = np.isfinite(days + recency + tenure) & (recency >= 0) & (days - 1 <= last) & (days >= 1)
        is_possible &= (days > 1) | (last == 0)
    sound = bought & is_possible
    reason = np.array([None, CONTRADICTION, NO_PURCHASE], dtype=object)[np.where(sound, 0, np.where(bought, 1, 2))]

    def of_sound(values: FloatArray, least: float = 0.0) -> FloatArray:
        return np.where(sound & np.isfinite(values), np.maximum(np.nan_to_num(values), least), least)

    days = of_sound(days, 1.0)
    has_value = sound & np.isfinite(value) & (np.nan_to_num(value) > 0)
    return Known(
        sound,
        reason,
        days,
        # An order a day at least: who has fewer orders than days with one was counted otherwise.
        np.maximum(of_sound(orders), days),
        days - 1,
        of_sound(last),
        of_sound(tenure),
        np.where(has_value, days, 0.0),
        np.where(has_value, np.nan_to_num(value, posinf=0.0) / days, 0.0),
        of_sound(_numbers(customers, GAPS)) if GAPS in customers.columns else None,
    )


def _numbers(customers: pd.DataFrame, column: str) -> FloatArray:
    return customers[column].to_numpy(dtype=float, na_value=np.nan)
