"""Whether there are clusters at all: the same procedure on permuted data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmentation.algorithms import ALGORITHMS
from segmentation.separation import silhouettes

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Structure:
    """What K-Means finds in data without clusters.

    Attributes
    ----------
    silhouette : tuple of float
        The mean silhouette of each number of segments on permuted data; the larger one of two ways to permute.
    standard_error : tuple of float
        Of that mean.
    p_value : float
        Share of data sets without clusters whose most outstanding silhouette, over all numbers of segments,
        is as outstanding as that of the customers; the larger one of two ways to permute.
    """

    silhouette: tuple[float, ...]
    standard_error: tuple[float, ...]
    p_value: float


def compare_with_permuted(
    points: FloatArray,
    segment_counts: Sequence[int],
    seed: int,
    count: int = 20,
    steps: Mapping[int, int] | None = None,
) -> Structure:
    """Cluster the customers and permuted customers, and compare the silhouettes.

    Two kinds of data without clusters: every feature permuted by itself, which keeps its distribution and ties
    (customers with exactly one order), and every principal component permuted by itself, which keeps the
    correlations. A long cloud of customers is cut well by K-Means and is still one cloud. The comparison with
    the largest of all numbers of segments is that of Westfall & Young (1993); permutation as a reference for a
    number of clusters goes back to Good (1982).

    Parameters
    ----------
    points : array of shape (n, n_features)
        In scaled space; at least two different ones.
    segment_counts : sequence of int
    seed : int
    count : int, default 20
        Data sets of each kind; the smallest p-value is 1 / (count + 1).
    steps : mapping of int to int, optional
        Columns that have two values, by the column that decides which: the lower one up to some value of that, and the
        higher one above. They are no features of their own that could be permuted, and follow the others.
    """
    observed = _silhouettes(points, segment_counts, seed)
    steps = steps or {}
    own = [column for column in range(points.shape[1]) if column not in steps]
    features = points[:, own]
    axes = np.linalg.svd(features - features.mean(axis=0), full_matrices=False)[2]
    highest, errors, p_value = np.full(len(segment_counts), -1.0), np.zeros(len(segment_counts)), 0.0
    for kind, rotation in enumerate((np.eye(len(own)), axes.T)):
        rotated = features @ rotation
        permuted = np.array(
            [
                _silhouettes(
                    _with_steps(
                        _permute(rotated, np.random.default_rng([seed, kind, n])) @ rotation.T, own, points, steps
                    ),
                    segment_counts,
                    seed,
                )
                for n in range(count)
            ]
        )
        mean, spread = permuted.mean(axis=0), np.maximum(permuted.std(axis=0, ddof=1), 1e-9)
        outstanding = ((permuted - mean) / spread).max(axis=1)
        most = ((observed - mean) / spread).max()
        p_value = max(p_value, (1 + int((outstanding >= most).sum())) / (count + 1))
        errors = np.where(mean > highest, spread / np.sqrt(count), errors)
        highest = np.maximum(highest, mean)
    return Structure(tuple(map(float, highest)), tuple(map(float, errors)), float(p_value))


def _permute(points: FloatArray, rng: np.random.Generator) -> FloatArray:
    return np.column_stack([rng.permutation(column) for column in points.T])


def _with_steps(features: FloatArray, own: Sequence[int], points: FloatArray, steps: Mapping[int, int]) -> FloatArray:
    """Return permuted features with the columns that follow from them, as they do among the points."""
    whole = np.zeros_like(points)
    whole[:, own] = features
    for step, source in steps.items():
        low, high = points[:, step].min(), points[:, step].max()
        above = points[:, step] == high
        # In the middle of the gap: rotated there and back, a value is not the same to the last digit.
        border = (points[above, source].min() + points[~above, source].max(initial=-np.inf)) / 2
        whole[:, step] = np.where(whole[:, source] > border, high, low)
    return whole


def _silhouettes(points: FloatArray, segment_counts: Sequence[int], seed: int) -> FloatArray:
    labelings = ALGORITHMS["kmeans"].cluster(points, [float(k) for k in segment_counts], seed, 2)
    return np.array([width for width, _ in silhouettes(points, labelings)])
