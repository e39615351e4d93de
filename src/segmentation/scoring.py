"""Scoring of customers by a fitted model: the same for a build and for a single customer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmentation.assignment import NearestNeighbors
from segmentation.clustering import blend
from segmentation.model import SegmentationModel

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Scores:
    """What the model says of customers, one element each. Segments are numbers, places in the model's names.

    Attributes
    ----------
    segment, runner_up, centroid_segment : integer arrays of shape (n,)
        By the votes of the neighbours, the second by them, and by the nearest centroid: each of the segments whose
        names say nothing untrue of the customer.
    confidence : array of shape (n,)
        Calibrated probability that the segment is right.
    is_outside_trained_range : boolean array of shape (n,)
        Whether a value is one that the model has not seen.
    expected_buying_rate : array of shape (n,), or None
        Share of customers like this one who bought in the last period; None where it is not known.
    """

    segment: IntArray
    runner_up: IntArray
    centroid_segment: IntArray
    confidence: FloatArray
    is_outside_trained_range: BoolArray
    expected_buying_rate: FloatArray | None


class Scorer:
    """A fitted model with all that it takes to score customers, each by itself.

    Parameters
    ----------
    model : SegmentationModel
    reference : array of shape (n_reference, n_features)
        Fitted customers in scaled space, in an order that does not depend on chance.
    labels : integer array of shape (n_reference,)
        Their segments.
    confidence : array of shape (neighbors,)
        What each number of votes deserves, from `calibration.calibrate`; as many neighbours vote as it has elements.
    buying_rates : array of shape (k,)
        Of the segments; empty where they are not known.
    """

    def __init__(
        self,
        model: SegmentationModel,
        reference: FloatArray,
        labels: IntArray,
        confidence: FloatArray,
        buying_rates: FloatArray,
    ) -> None:
        self.model = model
        self._neighbors = NearestNeighbors(reference, labels, model.centroids, len(confidence))
        self._confidence = confidence
        self._buying_rates = buying_rates

    def score(self, values: FloatArray, measures: FloatArray) -> Scores:
        """Score customers.

        Parameters
        ----------
        values : array of shape (n, n_features)
            In original units, all finite.
        measures : array of shape (n, 5)
            Their MEASURED; NaN where one is not known: a name that says something of it is not given then.
        """
        points = self.model.transformation.transform(values)
        assigned = self._neighbors.assign(points, self.model.allowed(measures))
        has_rates = len(self._buying_rates) > 0
        return Scores(
            assigned.label,
            assigned.runner_up,
            self.model.nearest_numbers(values, measures),
            self._confidence[assigned.votes - 1],
            self.model.transformation.is_outside(values),
            blend(points, self.model.centroids, self._buying_rates) if has_rates else None,
        )

    def probabilities(self, values: FloatArray, measures: FloatArray) -> FloatArray:
        """Return how probable each segment is, shape (n, k), of customers as for `score`; a row adds up to 1.

        The segment has the confidence; what is left is shared by the others in the proportion of their votes, and goes
        to the runner-up if they have none.
        """
        scores, rows = self.score(values, measures), np.arange(len(values))
        allowed = self.model.allowed(measures)
        others = np.where(allowed, self._neighbors.count(self.model.transformation.transform(values)), 0).astype(float)
        others[rows, scores.segment] = 0.0
        has_votes = others.any(axis=1)
        others[rows[~has_votes], scores.runner_up[~has_votes]] = 1.0
        others[rows, scores.segment] = 0.0
        confidence = np.where(others.any(axis=1), scores.confidence, 1.0)
        shares = others / np.maximum(others.sum(axis=1, keepdims=True), 1.0)
        shares *= (1.0 - confidence)[:, None]
        shares[rows, scores.segment] = confidence
        return np.asarray(shares)

    def assign(self, values: FloatArray, measures: FloatArray) -> IntArray:
        """Return the segments only, of customers as for `score`."""
        points = self.model.transformation.transform(values)
        return self._neighbors.assign(points, self.model.allowed(measures)).label
