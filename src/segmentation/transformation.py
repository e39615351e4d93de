"""One transformation for fitting and for scoring: log, centre, scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

SCALERS = ("standard", "minmax", "robust")

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Transformation:
    """Takes features into the space where customers are compared, and back.

    A value x becomes (ln(1 + max(x, 0)) - center) / scale: money and counts are skewed, and the logarithm
    makes a step from 10 to 20 as long as one from 100 to 200.

    Attributes
    ----------
    features : tuple of str
        Names of the columns, in order.
    center, scale : tuple of float
        One of each a feature, in units of ln(1 + x); scale is positive.
    """

    features: tuple[str, ...]
    center: tuple[float, ...]
    scale: tuple[float, ...]

    @classmethod
    def fit(cls, values: FloatArray, features: Sequence[str], scaler: str = "standard") -> Self:
        """Learn center and scale from customers.

        Parameters
        ----------
        values : array of shape (n_customers, n_features)
            In original units, finite.
        features : sequence of str
            Names of the columns.
        scaler : {"standard", "minmax", "robust"}, default "standard"
            Mean and standard deviation; minimum and range; median and interquartile range. A feature that
            does not vary by that measure is scaled by its standard deviation, and by 1 where that is 0 too.

        Raises
        ------
        ValueError
            If the scaler is unknown, there are no customers, or a value is not finite.
        """
        if scaler not in SCALERS:
            raise ValueError(f"scaler must be one of {', '.join(SCALERS)}, not {scaler!r}")
        if values.ndim != 2 or values.shape[0] == 0 or values.shape[1] != len(features):
            raise ValueError(f"expected at least one row of {len(features)} features, got shape {values.shape}")
        if not np.isfinite(values).all():
            raise ValueError("every feature of every customer must be a finite number")
        logs = _log(values)
        spread = logs.std(axis=0)
        if scaler == "standard":
            center, scale = logs.mean(axis=0), spread
        elif scaler == "minmax":
            center, scale = logs.min(axis=0), np.ptp(logs, axis=0)
        else:
            low, center, high = np.quantile(logs, [0.25, 0.5, 0.75], axis=0)
            scale = high - low
        # Rounding of equal logs leaves a spread of 1e-17, which would blow up noise.
        scale = np.where(scale > 1e-9, scale, np.where(spread > 1e-9, spread, 1.0))
        return cls(tuple(features), tuple(map(float, center)), tuple(map(float, scale)))

    def transform(self, values: FloatArray) -> FloatArray:
        """Take original units, shape (n, n_features), into the scaled space."""
        return np.asarray((_log(values) - np.array(self.center)) / np.array(self.scale))

    def inverse(self, scaled: FloatArray) -> FloatArray:
        """Take the scaled space back into original units."""
        return np.asarray(np.expm1(scaled * np.array(self.scale) + np.array(self.center)))


def _log(values: FloatArray) -> FloatArray:
    # log(1 + x) and not log1p(x): the same expression as in SQL, to the last bit where possible.
    return np.asarray(np.log(1.0 + np.maximum(values, 0.0)))
