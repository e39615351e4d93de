"""A fitted segmentation: the transformation, the centroids and their names."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmentation.clustering import squared_distances
from segmentation.naming import Members, admissible
from segmentation.rhythm import Rhythm
from segmentation.transformation import Transformation

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class SegmentationModel:
    """Everything that is needed to score a customer by the nearest centroid.

    Attributes
    ----------
    transformation : Transformation
    centroids : array of shape (k, n_features)
        In scaled space: the means of the segments' customers. Where the model took over from one before, they may be on
        the way there.
    names : tuple of str
        Segment of each centroid.
    members : tuple of Members
        What each name says of every customer of its segment.
    rhythm : Rhythm or None
        Of the shop when the model was fitted; None for a model that was fitted before there was one.
    """

    transformation: Transformation
    centroids: FloatArray
    names: tuple[str, ...]
    members: tuple[Members, ...] = ()
    rhythm: Rhythm | None = None

    def allowed(self, measures: FloatArray) -> BoolArray:
        """Tell which segments customers can be in, shape (n, k), by their MEASURED, shape (n, 5)."""
        return admissible(self.members or [Members()] * len(self.names), measures)

    def nearest(self, values: FloatArray, measures: FloatArray) -> list[str]:
        """Return the segment of customers that has the nearest centroid of those that they can be in.

        Parameters
        ----------
        values : array of shape (n, n_features)
            In original units.
        measures : array of shape (n, 5)
            Their MEASURED.
        """
        return [self.names[number] for number in self.nearest_numbers(values, measures)]

    def nearest_numbers(self, values: FloatArray, measures: FloatArray) -> IntArray:
        """Return the same as places in `names`."""
        points = self.transformation.transform(values)
        distances = np.where(self.allowed(measures), squared_distances(points, self.centroids), np.inf)
        return np.asarray(distances.argmin(axis=1), dtype=np.int64)

    def centroids_in(self, transformation: Transformation) -> FloatArray | None:
        """Return the centroids in the scaled space of another transformation; None where it has other features."""
        if transformation.features != self.transformation.features:
            return None
        return transformation.transform(self.transformation.inverse(self.centroids))

    @property
    def version(self) -> str:
        """Twelve hexadecimal digits that change when the model does, and only then."""
        t = self.transformation
        content = [
            t.features,
            np.round([t.center, t.scale, t.low, t.high, t.lowest, t.highest], 9).tolist(),
            self.centroids.tolist(),
            self.names,
        ]
        if self.rhythm is not None:
            content += [self.rhythm.gap_days, self.rhythm.new_days]
        if any(value is not None for value in t.value_if_unknown):
            content.append(t.value_if_unknown)
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:12]
