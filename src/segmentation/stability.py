"""Whether the same clusters come back on other data, from other seeds, from half of the customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from joblib.externals.loky import get_reusable_executor
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from sklearn.metrics import adjusted_rand_score

from segmentation.algorithms import Algorithm
from segmentation.clustering import NO_CLUSTER

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

MANY = 1_000
"""Fewer customers are examined faster than another process starts."""

_STARTS = 4


@dataclass(frozen=True)
class Stability:
    """How well segments are found again in bootstrap resamples.

    Attributes
    ----------
    numbers : integer array of shape (k,)
        The segments that the customers looked at are in.
    jaccard, standard_error : arrays of shape (k,)
        Mean Jaccard coefficient with the most similar cluster of a resample, and its standard error.
    resamples, customers : int
        How many resamples of how many customers.
    """

    numbers: IntArray
    jaccard: FloatArray
    standard_error: FloatArray
    resamples: int
    customers: int


def resampled_stability(
    points: FloatArray,
    labels: IntArray,
    algorithm: Algorithm,
    setting: float,
    seed: int,
    resamples: int,
    workers: int = 1,
) -> Stability:
    """Return how well the clusters of one labelling are found again; see `bootstrap_jaccard`.

    Parameters
    ----------
    points : array of shape (n, n_features)
    labels : integer array of shape (n,)
    algorithm : Algorithm
    setting : float
    seed : int
    resamples : int
    workers : int, default 1
        Processes; the result does not depend on them.
    """
    # In processes of its own: beside other threads, which hold the interpreter, it takes five times as long.
    parts = Parallel(n_jobs=workers if len(points) >= MANY else 1)(
        delayed(bootstrap_jaccard)(points, [labels], algorithm, [setting], seed, part.tolist())
        for part in np.array_split(range(resamples), 2)
    )
    # They, and those that compared the candidates, would keep their memory to the end. They end by themselves.
    get_reusable_executor(reuse=True).shutdown(wait=False)
    found = np.concatenate([of_part for (of_part,) in parts])
    jaccard = np.array([of_cluster.mean() for of_cluster in found.T])
    error = np.array([of_cluster.std(ddof=1) for of_cluster in found.T]) / np.sqrt(resamples)
    return Stability(np.unique(labels), jaccard, error, resamples, len(points))


def bootstrap_jaccard(
    points: FloatArray,
    labelings: Sequence[IntArray],
    algorithm: Algorithm,
    settings: Sequence[float],
    seed: int,
    resamples: Sequence[int],
) -> list[FloatArray]:
    """Return how well each cluster is found again in bootstrap resamples.

    Customers are drawn with replacement and clustered again; each original cluster, among the customers drawn,
    is compared with the new cluster that is most similar to it by Jaccard's coefficient: Hennig 2007,
    doi 10.1016/j.csda.2006.11.025. A mean of 0.75 or more is a stable cluster, 0.85 a highly stable one, 0.5
    and less a dissolved one.

    Parameters
    ----------
    points : array of shape (n, n_features)
    labelings : sequence of integer arrays of shape (n,)
        The clusters to be found again, one array a setting.
    algorithm : Algorithm
    settings : sequence of float
        What the algorithm is run with, one a labelling.
    seed : int
    resamples : sequence of int
        Their numbers, from 0: a resample is the same whichever others there are.

    Returns
    -------
    list of arrays of shape (n_resamples, n_clusters)
        One a labelling, clusters by rising label.
    """
    originals = [np.unique(labels[labels != NO_CLUSTER]) for labels in labelings]
    found = [np.zeros((len(resamples), len(clusters))) for clusters in originals]
    for row, n in enumerate(resamples):
        drawn = np.random.default_rng([seed, n]).integers(0, len(points), len(points))
        # Whoever is drawn twice counts once in the comparison.
        different, position = np.unique(drawn, return_index=True)
        for s, labels in enumerate(algorithm.cluster(points[drawn], settings, seed + n, _STARTS)):
            found[s][row] = best_jaccard(labelings[s][different], labels[position], originals[s])
    return found


def best_jaccard(labels: IntArray, others: IntArray, clusters: IntArray) -> FloatArray:
    """Return for each cluster of the first labelling the Jaccard coefficient with its most similar one of the other.

    0 for a cluster without a member here.
    """
    # Counted from 1, with those who are in no cluster at 0.
    width, height = int(others.max()) + 2, max(int(labels.max()), int(clusters.max())) + 2
    table = np.bincount((labels + 1) * width + others + 1, minlength=height * width).reshape(height, width)
    common = table[clusters + 1, 1:]
    either = table.sum(axis=1)[clusters + 1, None] + table.sum(axis=0)[1:] - common
    return np.asarray((common / np.maximum(either, 1)).max(axis=1, initial=0.0))


def seed_agreement(
    points: FloatArray,
    labelings: Sequence[IntArray],
    algorithm: Algorithm,
    settings: Sequence[float],
    seed: int,
    repeats: int = 5,
) -> list[float]:
    """Return the mean adjusted Rand index of each labelling with those from other seeds; 1 without a seed.

    Hubert & Arabie 1985, doi 10.1007/BF01908075: 1 is the same partition, 0 no more agreement than by chance.
    """
    if not algorithm.is_seeded:
        return [1.0] * len(labelings)
    runs = [algorithm.cluster(points, settings, seed + 1000 + n, _STARTS) for n in range(repeats)]
    return [float(np.mean([adjusted_rand_score(labels, run[s]) for run in runs])) for s, labels in enumerate(labelings)]


def split_half_agreement(
    points: FloatArray, algorithm: Algorithm, settings: Sequence[float], seed: int, repeats: int = 5
) -> list[float]:
    """Return the mean adjusted Rand index between what two halves of the customers say of all of them.

    Each half is clustered by itself and extended to everybody by the nearest customer of the half, after
    Lange, Roth, Braun & Buhmann 2004, doi 10.1162/089976604773717621.
    """
    agreement = np.zeros((repeats, len(settings)))
    for n in range(repeats):
        order = np.random.default_rng([seed, n]).permutation(len(points))
        labelings = []
        for half in np.array_split(order, 2):
            nearest = cKDTree(points[half]).query(points)[1]
            labelings.append([labels[nearest] for labels in algorithm.cluster(points[half], settings, seed, _STARTS)])
        agreement[n] = [adjusted_rand_score(one, other) for one, other in zip(*labelings, strict=True)]
    return [float(value) for value in agreement.mean(axis=0)]
