"""What customers will buy and what it is worth, by a fit, each customer by itself: the same for a build and for one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation.given import table_of
from segmentation.value.forecast import Forecast, forecast
from segmentation.value.known import Known, known_of
from segmentation.value.purchases import PurchaseModel
from segmentation.value.seasons import Seasons
from segmentation.value.spend import GammaGamma

FloatArray = NDArray[np.float64]

NUMBERS = (
    "probability_alive",
    "probability_to_buy",
    "expected_orders",
    "expected_revenue",
    "expected_order_value",
    "horizon_orders",
    "horizon_revenue",
    "lifetime_value",
    "lifetime_value_low",
    "lifetime_value_high",
)
"""The columns of `predict`, besides customer_id and no_value_reason."""


@dataclass(frozen=True)
class Foretold:
    """What was foretold of n customers for some time, arrays of shape (n,).

    Attributes
    ----------
    orders, revenue : array
    buying : array
        Probability to buy at all.
    low, high : array, optional
        Bounds of the revenue.
    """

    orders: FloatArray
    revenue: FloatArray
    buying: FloatArray
    low: FloatArray | None = None
    high: FloatArray | None = None


@dataclass(frozen=True)
class Forecaster:
    """A fitted value of customers with all that it takes to foretell.

    Attributes
    ----------
    purchases : PurchaseModel
        Times are days, of the season's clock if there is one.
    spend : GammaGamma
    orders_per_day : float
        Orders on a day with one, in the mean.
    seasons : Seasons or None
    as_of : numpy.datetime64 or None
        The day that the model was fitted on.
    validation_days, value_horizon_days : int
    value_discount_rate, gross_margin : float
        As of `CustomerValue`.
    """

    purchases: PurchaseModel
    spend: GammaGamma
    orders_per_day: float
    seasons: Seasons | None
    as_of: np.datetime64 | None
    validation_days: int
    value_horizon_days: int
    value_discount_rate: float
    gross_margin: float

    def predict(self, customers: Any, as_of: date | str | None = None) -> pd.DataFrame:
        """Return what each customer will buy and what that is worth, in the order given.

        Parameters
        ----------
        customers
            As for `CustomerValue.fit`.
        as_of : date or ISO text, optional
            The day that they are looked at from; that of the fit where it is None.

        Returns
        -------
        DataFrame
            customer_id where it is given, `NUMBERS` (null for customers without a value, never NaN), and
            no_value_reason: null, or why there is none.
        """
        table = table_of(customers)
        known = known_of(table)
        foretold = self.forecast(known, as_of)
        result: dict[str, Any] = {"customer_id": table["customer_id"].to_numpy()} if "customer_id" in table else {}
        unsound = ~known.is_sound
        for column in NUMBERS:
            values = np.where(unsound, 0.0, getattr(foretold, column))
            result[column] = pd.arrays.FloatingArray(values, unsound.copy())
        result["no_value_reason"] = known.reason
        return pd.DataFrame(result)

    def forecast(self, known: Known, as_of: date | str | None = None, *, is_short_bounded: bool = False) -> Forecast:
        """Return the numbers of `predict` as arrays; those of customers who are not sound mean nothing."""
        return forecast(
            known,
            self.purchases,
            self.spend,
            self.orders_per_day,
            self.seasons,
            self.as_of if as_of is None else np.datetime64(as_of, "D"),
            (float(self.validation_days), float(self.value_horizon_days)),
            self.value_discount_rate,
            self.gross_margin,
            is_short_bounded,
        )

    def foretell(self, customers: Any, as_of: date | str | None = None) -> Foretold:
        """Return what is foretold for validation_days, for `compare_with_outcome`; nothing of who never bought."""
        known = known_of(table_of(customers))
        foretold = self.forecast(known, as_of, is_short_bounded=True)
        names = ("expected_orders", "expected_revenue", "probability_to_buy", "revenue_low", "revenue_high")
        return Foretold(*(np.where(known.is_sound, getattr(foretold, name), 0.0) for name in names))
