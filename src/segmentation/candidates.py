"""The candidates for a segmentation, and the figures that compare them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from segmentation.algorithms import ALGORITHMS, HDBSCAN_SHARES, NO_CLUSTER, Algorithm
from segmentation.clustering import spread_sample
from segmentation.separation import gap_choice, gap_statistics, silhouettes, variance_ratios, wcss
from segmentation.stability import bootstrap_jaccard, seed_agreement, split_half_agreement
from segmentation.structure import Structure, compare_with_permuted

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

MANY = 1_000
"""Fewer customers are examined faster than another process starts."""

_QUICK_SAMPLE = 5_000
_SILHOUETTE_SAMPLE = 10_000
_STARTS = 10
_FEW = 20


@dataclass(frozen=True)
class Effort:
    """How much is spent on the comparison of candidates.

    Attributes
    ----------
    customers : int
        Customers that K-Means and the grid are examined on, at most.
    customers_slow : int
        The same for the algorithms that are slower, or quadratic.
    customers_permuted : int
        Customers that the comparison with permuted data looks at, at most.
    resamples : int
        Bootstrap resamples.
    permutations : int
        Permuted data sets of each kind.
    references : int
        Reference data sets of the gap statistic.
    """

    customers: int
    customers_slow: int
    customers_permuted: int
    resamples: int
    permutations: int
    references: int


EFFORTS = {
    "standard": Effort(5_000, 1_000, 1_000, resamples=50, permutations=20, references=10),
    "full": Effort(10_000, 5_000, 5_000, resamples=200, permutations=99, references=50),
}


@dataclass(frozen=True)
class Candidate:
    """A way to segment the customers, and how good it is. None means: not measured, or not defined.

    Attributes
    ----------
    algorithm : str
    segment_count : int
        Clusters that it finds.
    setting : float
        What the algorithm was run with: the number of segments, for HDBSCAN its smallest share.
    customers_evaluated : int
        On how many customers the figures are measured; all of them sampling errors of that.
    wcss : float
        Sum of squared distances to the own cluster's mean, in scaled space.
    silhouette, silhouette_error : float or None
        Of those in a cluster, and its standard error.
    silhouette_excess, silhouette_excess_error : float or None
        The silhouette less what K-Means reaches with as many segments on permuted data, and its standard error.
    calinski_harabasz, davies_bouldin : float or None
    gap, gap_error : float or None
        Gap statistic and its standard error.
    min_jaccard, min_jaccard_error : float or None
        Mean bootstrap Jaccard of the least stable cluster, and its standard error over the resamples.
    seed_ari, split_half_ari : float or None
        Mean adjusted Rand index between seeds, and between halves of the customers.
    smallest_share, unclustered_share : float
        Shares of the customers in the smallest cluster, and in none.
    is_elbow, is_gap_choice, is_chosen : bool
    reason : str
        Why it was chosen, or why not.
    """

    algorithm: str
    segment_count: int
    setting: float
    customers_evaluated: int
    wcss: float
    smallest_share: float
    unclustered_share: float = 0.0
    silhouette: float | None = None
    silhouette_error: float | None = None
    silhouette_excess: float | None = None
    silhouette_excess_error: float | None = None
    calinski_harabasz: float | None = None
    davies_bouldin: float | None = None
    gap: float | None = None
    gap_error: float | None = None
    min_jaccard: float | None = None
    min_jaccard_error: float | None = None
    seed_ari: float | None = None
    split_half_ari: float | None = None
    is_elbow: bool = False
    is_gap_choice: bool = False
    is_chosen: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Comparison:
    """Candidates and what permuted data say of the customers as a whole.

    Attributes
    ----------
    candidates : list of Candidate
        By algorithm and number of segments.
    structure_p_value : float or None
        See `Structure.p_value`; None where it was not measured.
    """

    candidates: list[Candidate]
    structure_p_value: float | None = None


def evaluate_candidates(
    points: FloatArray,
    seed: int,
    segment_counts: Sequence[int],
    effort: Effort | None = None,
    algorithm: str = "kmeans",
    min_customers: int = 0,
    workers: int = 1,
) -> Comparison:
    """Cluster the customers in every way and measure each.

    Parameters
    ----------
    points : array of shape (n, n_features)
        In scaled space, in an order that does not depend on chance.
    seed : int
    segment_counts : sequence of int
        The numbers of segments to try; those that exceed the number of different points are left out.
    effort : Effort, optional
        What to spend; without it, or with fewer than 20 customers, one algorithm only, and neither stability nor
        permuted data.
    algorithm : str, default "kmeans"
        Which one that is; K-Means for "auto".
    min_customers : int, default 0
        Fewer customers are not clustered.
    workers : int, default 1
        Processes to use; the result does not depend on them.

    Returns
    -------
    Comparison
        With a single candidate of one segment where all customers are alike, or too few.
    """
    different = len(np.unique(points, axis=0))
    feasible = [k for k in segment_counts if k <= different and k < len(points)]
    if len(points) < min_customers:
        return _one_segment(points, f"{len(points)} customers are too few to cluster; min_customers is {min_customers}")
    if not feasible:
        return _one_segment(points, "too few different customers to tell clusters apart")
    if effort is None or len(points) < _FEW:
        sample = points[spread_sample(len(points), _QUICK_SAMPLE)]
        candidates = _evaluate(ALGORITHMS.get(algorithm, ALGORITHMS["kmeans"]), sample, feasible, seed, None)
        return Comparison(candidates) if candidates else _one_segment(points, f"{algorithm} finds no clusters")
    slow = points[spread_sample(len(points), effort.customers_slow)]
    fast = points[spread_sample(len(points), effort.customers)]
    few = points[spread_sample(len(points), effort.customers_permuted)]
    structure, *evaluated = Parallel(n_jobs=workers if len(points) >= MANY else 1)(
        [
            delayed(compare_with_permuted)(few, feasible, seed, effort.permutations),
            *(
                delayed(_evaluate)(algorithm, fast if algorithm.is_fast else slow, feasible, seed, effort)
                for algorithm in ALGORITHMS.values()
            ),
        ]
    )
    candidates = [_with_excess(candidate, structure, feasible) for candidates in evaluated for candidate in candidates]
    return Comparison(candidates, structure.p_value)


def _one_segment(points: FloatArray, reason: str) -> Comparison:
    spread = wcss(points, np.zeros(len(points), dtype=np.int64))
    return Comparison([Candidate("kmeans", 1, 1.0, len(points), spread, 1.0, reason=reason)])


def _evaluate(
    algorithm: Algorithm, points: FloatArray, segment_counts: Sequence[int], seed: int, effort: Effort | None
) -> list[Candidate]:
    """Measure what an algorithm finds, and how stable it is where an effort says how to find out."""
    settings, labelings = _distinct(algorithm, points, segment_counts, seed)
    if not labelings:
        return []
    sample = spread_sample(len(points), _SILHOUETTE_SAMPLE)
    widths = [_silhouette(points[sample], labels[sample]) for labels in labelings]
    candidates = []
    for setting, labels, (width, error) in zip(settings, labelings, widths, strict=True):
        ratio, similarity = variance_ratios(points, labels)
        _, sizes = np.unique(labels[labels != NO_CLUSTER], return_counts=True)
        candidates.append(
            Candidate(
                algorithm=algorithm.name,
                segment_count=len(sizes),
                setting=setting,
                customers_evaluated=len(points),
                wcss=wcss(points, labels),
                smallest_share=float(sizes.min() / len(points)),
                unclustered_share=float(1 - sizes.sum() / len(points)),
                silhouette=width,
                silhouette_error=error,
                calinski_harabasz=ratio,
                davies_bouldin=similarity,
            )
        )
    if effort is None:
        return candidates
    jaccards = bootstrap_jaccard(points, labelings, algorithm, settings, seed, effort.resamples)
    seed_aris = seed_agreement(points, labelings, algorithm, settings, seed)
    half_aris = split_half_agreement(points, algorithm, settings, seed)
    candidates = [
        replace(c, min_jaccard=least, min_jaccard_error=error, seed_ari=seed_ari, split_half_ari=half_ari)
        for c, (least, error), seed_ari, half_ari in zip(
            candidates, map(_least_stable, jaccards), seed_aris, half_aris, strict=True
        )
    ]
    return candidates if algorithm.finds_count else _with_gap(candidates, algorithm, points, seed, effort)


def _distinct(
    algorithm: Algorithm, points: FloatArray, segment_counts: Sequence[int], seed: int
) -> tuple[list[float], list[IntArray]]:
    """Cluster the points in every setting; of settings that find equally many clusters the first.

    Ties can leave a cell of the grid empty, and an algorithm that finds the number itself can find any.
    """
    settings = list(HDBSCAN_SHARES) if algorithm.finds_count else [float(k) for k in segment_counts if k < len(points)]
    found: dict[int, tuple[float, IntArray]] = {}
    for setting, labels in zip(settings, algorithm.cluster(points, settings, seed, _STARTS), strict=True):
        clusters = len(np.unique(labels[labels != NO_CLUSTER]))
        if min(segment_counts) <= clusters <= max(segment_counts):
            found.setdefault(clusters, (setting, labels))
    return [setting for setting, _ in found.values()], [labels for _, labels in found.values()]


def _silhouette(points: FloatArray, labels: IntArray) -> tuple[float | None, float | None]:
    clustered = labels != NO_CLUSTER
    if len(np.unique(labels[clustered])) < 2:
        return None, None
    return silhouettes(points[clustered], [labels[clustered]])[0]


def _least_stable(jaccards: FloatArray) -> tuple[float, float]:
    """Mean and standard error of the cluster with the lowest mean."""
    least = int(jaccards.mean(axis=0).argmin())
    return float(jaccards[:, least].mean()), float(jaccards[:, least].std(ddof=1) / np.sqrt(len(jaccards)))


def _with_gap(
    candidates: list[Candidate], algorithm: Algorithm, points: FloatArray, seed: int, effort: Effort
) -> list[Candidate]:
    points = points[spread_sample(len(points), effort.customers_permuted)]
    settings = [1.0, *(c.setting for c in candidates)]
    log_wcss = [np.log(max(wcss(points, labels), 1e-300)) for labels in algorithm.cluster(points, settings, seed, 2)]
    gaps, errors = gap_statistics(points, log_wcss, algorithm, settings, seed, effort.references)
    choice = gap_choice([int(setting) for setting in settings], list(gaps), list(errors))
    return [
        replace(c, gap=float(gap), gap_error=float(error), is_gap_choice=int(c.setting) == choice)
        for c, gap, error in zip(candidates, gaps[1:], errors[1:], strict=True)
    ]


def _with_excess(candidate: Candidate, structure: Structure, segment_counts: Sequence[int]) -> Candidate:
    if candidate.silhouette is None or candidate.silhouette_error is None:
        return candidate
    if candidate.segment_count not in segment_counts:
        return candidate
    n = segment_counts.index(candidate.segment_count)
    return replace(
        candidate,
        silhouette_excess=candidate.silhouette - structure.silhouette[n],
        silhouette_excess_error=float(np.hypot(candidate.silhouette_error, structure.standard_error[n])),
    )
