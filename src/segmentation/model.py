"""A fitted segmentation: the transformation, the centroids and their names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmentation.clustering import fit_kmeans, nearest_centroids
from segmentation.naming import Archetype, describe_clusters, match_archetypes
from segmentation.transformation import Transformation

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class SegmentationModel:
    """Everything that is needed to score a customer by the nearest centroid.

    Attributes
    ----------
    transformation : Transformation
    centroids : array of shape (k, n_features)
        In scaled space.
    names : tuple of str
        Segment of each centroid.
    """

    transformation: Transformation
    centroids: FloatArray
    names: tuple[str, ...]

    @property
    def version(self) -> str:
        """Twelve hexadecimal digits that change when the model does, and only then."""
        content = [
            self.transformation.features,
            np.round([self.transformation.center, self.transformation.scale], 9).tolist(),
            self.centroids.tolist(),
            self.names,
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:12]


def fit_model(
    values: FloatArray,
    features: Sequence[str],
    measures: FloatArray,
    segment_count: int,
    archetypes: Sequence[Archetype],
    scaler: str = "standard",
    seed: int = 42,
) -> SegmentationModel:
    """Fit the transformation and K-Means, and name the clusters.

    Parameters
    ----------
    values : array of shape (n, n_features)
        The features of the customers in original units, in an order that does not depend on chance.
    features : sequence of str
        Their names.
    measures : array of shape (n, 4)
        Recency in days, frequency, monetary and tenure in days of the same customers, for the names.
    segment_count : int
        k.
    archetypes : sequence of Archetype
    scaler : {"standard", "minmax", "robust"}, default "standard"
    seed : int, default 42
    """
    transformation = Transformation.fit(values, features, scaler)
    points = transformation.transform(values)
    centroids = fit_kmeans(points, segment_count, seed)
    labels = nearest_centroids(points, centroids)
    names = match_archetypes(describe_clusters(measures, labels), archetypes)
    return SegmentationModel(transformation, centroids, tuple(names))
