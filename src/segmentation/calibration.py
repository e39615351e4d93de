"""Confidence that means what it says: of customers at 0.8, eight in ten are right."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

MIN_CUSTOMERS = 200
"""Of fewer customers the share of the votes is taken as it is."""


def calibrate(votes: IntArray, is_right: BoolArray, neighbors: int) -> FloatArray:
    """Return the confidence that each number of votes deserves, shape (neighbors,): for 1 vote to all.

    Isotonic regression of being right on the votes (Zadrozny & Elkan 2002, doi 10.1145/775047.775151): never less
    confident with more votes, above 0 and, by the rule of succession, never quite 1. Numbers of votes that do not
    occur are interpolated. With fewer than MIN_CUSTOMERS customers the share of the votes.

    Parameters
    ----------
    votes : integer array of shape (n,)
        Of the segment that won, of customers who were held out.
    is_right : boolean array of shape (n,)
    neighbors : int
        How many voted.
    """
    every = np.arange(1, neighbors + 1)
    if len(votes) < MIN_CUSTOMERS:
        return np.asarray(every / neighbors)
    fitted = IsotonicRegression(y_min=1e-6, y_max=1 - 1 / (len(votes) + 2), out_of_bounds="clip").fit(
        votes, is_right.astype(float)
    )
    return np.asarray(fitted.predict(every))


def cross_calibrate(votes: IntArray, is_right: BoolArray, neighbors: int) -> FloatArray:
    """Return each customer's confidence as calibrated on the other half of the customers.

    What is measured of it is not measured on what it was fitted to. Parameters as in `calibrate`.
    """
    half = np.arange(len(votes)) % 2 == 0
    confidence = np.zeros(len(votes))
    for measured, learned in ((half, ~half), (~half, half)):
        confidence[measured] = calibrate(votes[learned], is_right[learned], neighbors)[votes[measured] - 1]
    return confidence
