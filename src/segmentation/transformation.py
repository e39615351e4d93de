"""One transformation for fitting and for scoring: log, cap, centre, scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

SCALERS = ("standard", "minmax", "robust")

ATTRIBUTE = "attribute."
"""What the names of features begin with that say who a customer is, and need not be known."""

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Transformation:
    """Takes features into the space where customers are compared, and back.

    A value x becomes (min(max(ln(1 + max(x, 0)), low), high) - center) / scale. Money and counts are skewed, and
    the logarithm makes a step from 10 to 20 as long as one from 100 to 200; the caps keep a few extreme
    customers from pulling the centroids (winsorising, Tukey 1962), while everybody still has a place. NaN is an
    attribute that is not known of a customer: the median of the fitted customers stands for it.

    Attributes
    ----------
    features : tuple of str
        Names of the columns, in order.
    center, scale : tuple of float
        One of each a feature, in units of ln(1 + x); scale is positive.
    low, high : tuple of float
        Caps of ln(1 + x), as above or by what the user of the transformation knows of a feature.
    lowest, highest : tuple of float
        The range of the fitted customers in original units, before any cap.
    value_if_unknown : tuple of float or None
        What stands for NaN, in original units; None for a feature that is known of everybody. Empty: all are.
    """

    features: tuple[str, ...]
    center: tuple[float, ...]
    scale: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    lowest: tuple[float, ...]
    highest: tuple[float, ...]
    value_if_unknown: tuple[float | None, ...] = ()

    @classmethod
    def fit(
        cls,
        values: FloatArray,
        features: Sequence[str],
        scaler: str = "standard",
        cap_share: float = 0.005,
        limits: Mapping[str, tuple[float, float]] | None = None,
    ) -> Self:
        """Learn caps, center and scale from customers.

        Parameters
        ----------
        values : array of shape (n_customers, n_features)
            In original units, finite. Attributes are not below 0, and NaN where they are not known.
        features : sequence of str
            Names of the columns; those that begin with ATTRIBUTE are attributes.
        scaler : {"standard", "minmax", "robust"}, default "standard"
            Mean and standard deviation; minimum and range; median and interquartile range. A feature of two values
            is scaled by half their distance but for "minmax", however rare one is. A feature that
            does not vary by that measure is scaled by its standard deviation, and by 1 where that is 0 too.
        cap_share : float, default 0.005
            Share of the customers at each end of a feature whose values are capped. A feature that no longer
            varies when capped is left as it is.
        limits : mapping of str to pairs of float, optional
            Caps of some features, in original units, beyond which values are alike whatever their share: a feature of
            which all are says nothing then.

        Raises
        ------
        ValueError
            If the scaler is unknown, there are no customers, the share is not in [0, 0.5), a value is not finite, or an
            attribute is below 0 or known of nobody.
        """
        if scaler not in SCALERS:
            raise ValueError(f"scaler must be one of {', '.join(SCALERS)}, not {scaler!r}")
        if not 0 <= cap_share < 0.5:
            raise ValueError(f"cap_share must be from 0 to below 0.5, not {cap_share}")
        if values.ndim != 2 or values.shape[0] == 0 or values.shape[1] != len(features):
            raise ValueError(f"expected at least one row of {len(features)} features, got shape {values.shape}")
        stand_ins = tuple(
            _median_of(column, feature) if is_attribute(feature) else None
            for feature, column in zip(features, values.T, strict=True)
        )
        values = _filled(values, stand_ins)
        if not np.isfinite(values).all():
            raise ValueError("every feature of every customer must be a finite number")
        logs = _log(values)
        # Values that occur: of fewer than 1 / cap_share customers nobody is capped.
        low, high = np.quantile(logs, [cap_share, 1 - cap_share], axis=0, method="inverted_cdf")
        low, high = np.where(high > low, [low, high], [logs.min(axis=0), logs.max(axis=0)])
        for feature, of_feature in (limits or {}).items():
            if feature in features:
                column = list(features).index(feature)
                low[column], high[column] = np.clip([low[column], high[column]], *_log(np.array(of_feature)))
        logs = np.clip(logs, low, high)
        spread = logs.std(axis=0)
        if scaler == "standard":
            center, scale = logs.mean(axis=0), spread
        elif scaler == "minmax":
            center, scale = logs.min(axis=0), np.ptp(logs, axis=0)
        else:
            first, center, third = np.quantile(logs, [0.25, 0.5, 0.75], axis=0)
            scale = third - first
        # As if both of two values were as frequent: else a few customers with the rarer one would lie far from others.
        if scaler != "minmax":
            has_two_values = ((logs == logs.min(axis=0)) | (logs == logs.max(axis=0))).all(axis=0)
            scale = np.where(has_two_values, np.ptp(logs, axis=0) / 2, scale)
        # Rounding of equal logs leaves a spread of 1e-17, which would blow up noise.
        scale = np.where(scale > 1e-9, scale, np.where(spread > 1e-9, spread, 1.0))
        learned = {
            "center": center,
            "scale": scale,
            "low": low,
            "high": high,
            "lowest": values.min(axis=0),
            "highest": values.max(axis=0),
        }
        numbers = {name: tuple(map(float, column)) for name, column in learned.items()}
        return cls(tuple(features), **numbers, value_if_unknown=stand_ins)

    def filled(self, values: FloatArray) -> FloatArray:
        """Return values in original units, shape (n, n_features), with the median of the fitted ones for NaN."""
        return _filled(values, self.value_if_unknown)

    def transform(self, values: FloatArray) -> FloatArray:
        """Take original units, shape (n, n_features), into the scaled space."""
        capped = np.clip(_log(self.filled(values)), self.low, self.high)
        return np.asarray((capped - np.array(self.center)) / np.array(self.scale))

    def inverse(self, scaled: FloatArray) -> FloatArray:
        """Take the scaled space back into original units."""
        return np.asarray(np.expm1(scaled * np.array(self.scale) + np.array(self.center)))

    def is_outside(self, values: FloatArray) -> BoolArray:
        """Tell which customers, shape (n, n_features), lie outside the range of the fitted ones in any feature.

        What is not known lies in it.
        """
        return np.asarray(((values < np.array(self.lowest)) | (values > np.array(self.highest))).any(axis=1))


def is_attribute(feature: str) -> bool:
    """Return whether a feature is an attribute, by its name."""
    return feature.startswith(ATTRIBUTE)


def skewness(values: FloatArray) -> list[float | None]:
    """Return the skewness of each column, the third standardised moment; None where it does not vary.

    Parameters
    ----------
    values : array of shape (n, n_features)
    """
    deviations = values - values.mean(axis=0)
    spread = deviations.std(axis=0)
    # Rounding of equal values leaves a spread of 1e-17.
    return [
        float((column**3).mean() / s**3) if s > 1e-9 * max(1.0, float(np.abs(column).max())) else None
        for column, s in zip(deviations.T, spread, strict=True)
    ]


def _median_of(column: FloatArray, feature: str) -> float:
    known = column[~np.isnan(column)]
    if not len(known):
        raise ValueError(f"{feature} is known of nobody")
    if known.min() < 0:
        raise ValueError(f"{feature} is below 0 of somebody, and has no logarithm")
    # A value that occurs.
    return float(np.quantile(known, 0.5, method="inverted_cdf"))


def _filled(values: FloatArray, stand_ins: Sequence[float | None]) -> FloatArray:
    if all(value is None for value in stand_ins):
        return values
    return np.where(np.isnan(values), np.array(stand_ins, dtype=float), values)


def _log(values: FloatArray) -> FloatArray:
    # log(1 + x) and not log1p(x): the same expression as in SQL, to the last bit where possible.
    return np.asarray(np.log(1.0 + np.maximum(values, 0.0)))
