"""How compact clusters are and how well they are set apart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from segmentation.clustering import NO_CLUSTER
from segmentation.threads import one_thread

if TYPE_CHECKING:
    from segmentation.algorithms import Algorithm

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_CHUNK = 500


def wcss(points: FloatArray, labels: IntArray) -> float:
    """Return the sum of squared distances to the own cluster's mean; points without a cluster do not count."""
    clustered = labels != NO_CLUSTER
    points, labels = points[clustered], labels[clustered]
    _, numbers, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    total = float((points**2).sum())
    for column in points.T:
        total -= float((np.bincount(numbers, weights=column) ** 2 / sizes).sum())
    return max(total, 0.0)


def silhouettes(points: FloatArray, labelings: Sequence[IntArray]) -> list[tuple[float, float]]:
    """Return the mean silhouette width of each labelling of the same points, and its standard error.

    The silhouette is that of Rousseeuw (1987), doi 10.1016/0377-0427(87)90125-7, with 0 for a point that is
    alone in its cluster. Each distance is computed once, for all labellings together. The error is that of a
    mean over sampled customers, the clusters taken as given.

    Parameters
    ----------
    points : array of shape (n, n_features)
    labelings : sequence of integer arrays of shape (n,)

    Returns
    -------
    list of (mean, standard error)
        Not a number if there are fewer than two clusters.
    """
    widths = silhouette_widths(points, labelings)
    means, errors = widths.mean(axis=1), widths.std(axis=1) / np.sqrt(len(points))
    return [
        (float(mean), float(error)) if len(np.unique(labels)) > 1 else (np.nan, np.nan)
        for mean, error, labels in zip(means, errors, labelings, strict=True)
    ]


def silhouette_widths(points: FloatArray, labelings: Sequence[IntArray]) -> FloatArray:
    """Return the silhouette width of each point, -1 to 1; 0 if there are fewer than two clusters.

    Parameters
    ----------
    points : array of shape (n, n_features)
    labelings : sequence of integer arrays of shape (n,)

    Returns
    -------
    array of shape (n_labelings, n)
    """
    one_hots, bounds = [], [0]
    for labels in labelings:
        _, numbers = np.unique(labels, return_inverse=True)
        one_hots.append(np.eye(int(numbers.max()) + 1)[numbers])
        bounds.append(bounds[-1] + one_hots[-1].shape[1])
    members = np.hstack(one_hots)
    sizes = members.sum(axis=0)
    widths = np.zeros((len(labelings), len(points)))
    with one_thread():
        for start in range(0, len(points), _CHUNK):
            chunk = slice(start, start + _CHUNK)
            sums = cdist(points[chunk], points) @ members
            for n, (low, high) in enumerate(pairwise(bounds)):
                widths[n, chunk] = _widths(sums[:, low:high], sizes[low:high], members[chunk, low:high])
    # The last digits of a product of matrices depend on where in memory they are.
    return np.round(widths, 12)


def _widths(sums: FloatArray, sizes: FloatArray, own: FloatArray) -> FloatArray:
    """Silhouette widths from each point's summed distances to the members of each cluster."""
    if sums.shape[1] < 2:
        return np.zeros(len(sums))
    own_size = own @ sizes
    within = (sums * own).sum(axis=1) / np.maximum(own_size - 1, 1)
    between = np.where(own > 0, np.inf, sums / sizes).min(axis=1)
    largest = np.maximum(within, between)
    width = np.divide(between - within, largest, out=np.zeros_like(largest), where=largest > 0)
    return np.where(own_size > 1, width, 0.0)


def elbow(segment_counts: Sequence[int], wcss: Sequence[float]) -> int | None:
    """Return the k at which the curve of WCSS bends most.

    The point farthest below the chord from the first to the last k, both axes scaled to [0, 1]: the knee of
    Satopaa et al. (2011), "Finding a 'Kneedle' in a Haystack". None if there are fewer than three points
    or the curve does not bend.
    """
    if len(wcss) < 3 or wcss[0] <= wcss[-1]:
        return None
    x = (np.array(segment_counts) - segment_counts[0]) / (segment_counts[-1] - segment_counts[0])
    y = (np.array(wcss) - wcss[-1]) / (wcss[0] - wcss[-1])
    below_chord = 1 - x - y
    return segment_counts[int(below_chord.argmax())] if below_chord.max() > 1e-9 else None


def gap_statistics(
    points: FloatArray,
    log_wcss: Sequence[float],
    algorithm: Algorithm,
    settings: Sequence[float],
    seed: int,
    count: int,
) -> tuple[FloatArray, FloatArray]:
    """Return the gap statistic of each setting and its standard error.

    By how much the logarithm of WCSS lies below that of uniform data in the box of the principal components:
    Tibshirani, Walther & Hastie 2001, doi 10.1111/1467-9868.00293, reference (b).

    Parameters
    ----------
    points : array of shape (n, n_features)
    log_wcss : sequence of float
        ln(WCSS) of the points, one a setting.
    algorithm : Algorithm
    settings : sequence of float
        Numbers of clusters; 1 may be among them.
    seed : int
    count : int
        Number of reference data sets.

    Returns
    -------
    gap, standard_error : arrays of shape (n_settings,)
        The error includes that of the simulation, sd · sqrt(1 + 1 / count).
    """
    mean = points.mean(axis=0)
    axes = np.linalg.svd(points - mean, full_matrices=False)[2]
    scores = (points - mean) @ axes.T
    reference = np.zeros((count, len(settings)))
    for n in range(count):
        rng = np.random.default_rng([seed, n])
        uniform = rng.uniform(scores.min(axis=0), scores.max(axis=0), scores.shape)
        for s, labels in enumerate(algorithm.cluster(uniform, settings, seed, 2)):
            reference[n, s] = np.log(max(wcss(uniform, labels), 1e-300))
    return reference.mean(axis=0) - np.asarray(log_wcss), reference.std(axis=0) * np.sqrt(1 + 1 / count)


def gap_choice(segment_counts: Sequence[int], gap: Sequence[float], standard_error: Sequence[float]) -> int:
    """Return the smallest k whose gap is at least that of k + 1 less one standard error of it.

    The rule of Tibshirani, Walther & Hastie (2001); the last k where none is.
    """
    for n, k in enumerate(segment_counts[:-1]):
        if gap[n] >= gap[n + 1] - standard_error[n + 1]:
            return k
    return segment_counts[-1]
