"""The candidates for a segmentation, and the figures that compare them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score

from segmentation.algorithms import ALGORITHMS, HDBSCAN_SHARES, Algorithm
from segmentation.clustering import NO_CLUSTER, spread_sample
from segmentation.comparison import Candidate, Comparison
from segmentation.separation import gap_choice, gap_statistics, silhouettes, wcss
from segmentation.stability import MANY, bootstrap_jaccard, seed_agreement, split_half_agreement
from segmentation.structure import Structure, compare_with_permuted

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_QUICK_SAMPLE = 5_000
_SILHOUETTE_SAMPLE = 10_000
_STARTS = 10
_FEW = 20
_PARTS = 5


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
    every_algorithm : bool, default False
        Whether stability and gap are measured of algorithms that can't be chosen, too.
    """

    customers: int
    customers_slow: int
    customers_permuted: int
    resamples: int
    permutations: int
    references: int
    every_algorithm: bool = False


EFFORTS = {
    "standard": Effort(5_000, 1_000, 1_000, resamples=50, permutations=20, references=10),
    "full": Effort(10_000, 5_000, 5_000, resamples=200, permutations=99, references=50, every_algorithm=True),
}


def evaluate_candidates(
    points: FloatArray,
    seed: int,
    segment_counts: Sequence[int],
    effort: Effort | None = None,
    algorithm: str = "kmeans",
    min_customers: int = 0,
    workers: int = 1,
    steps: Mapping[int, int] | None = None,
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
        Whose candidates can be chosen; "auto" for all. With K-Means the other algorithms are measured without
        resampling, unless the effort says otherwise: neither stability nor the gap statistic. Without an effort it is
        the only algorithm, K-Means for "auto".
    min_customers : int, default 0
        Fewer customers are not clustered.
    workers : int, default 1
        Processes to use; the result does not depend on them.
    steps : mapping of int to int, optional
        Columns that follow from others: see `compare_with_permuted`.

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
        candidates = _find(ALGORITHMS.get(algorithm, ALGORITHMS["kmeans"]), sample, feasible, seed).candidates
        return Comparison(candidates) if candidates else _one_segment(points, f"{algorithm} finds no clusters")
    slow = points[spread_sample(len(points), effort.customers_slow)]
    fast = points[spread_sample(len(points), effort.customers)]
    few = points[spread_sample(len(points), effort.customers_permuted)]
    with Parallel(workers if len(points) >= MANY else 1, batch_size=1, pre_dispatch="all") as parallel:
        found = parallel(
            delayed(_find)(each, fast if each.is_fast else slow, feasible, seed) for each in ALGORITHMS.values()
        )
        resampled = [f for f in found if f.candidates and _is_resampled(f.algorithm, algorithm, effort)]
        tasks = [_resampling(f, seed, effort) for f in resampled]
        structure, *figures = parallel(
            [
                delayed(compare_with_permuted)(few, feasible, seed, effort.permutations, steps),
                *(t for of in tasks for t in of),
            ]
        )
    stable = iter(figures)
    measured = {
        f.algorithm.name: _with_stability(f, [next(stable) for _ in of]) for f, of in zip(resampled, tasks, strict=True)
    }
    candidates = [c for f in found for c in measured.get(f.algorithm.name, f.candidates)]
    return Comparison([_with_excess(c, structure, feasible) for c in candidates], structure.p_value)


def _one_segment(points: FloatArray, reason: str) -> Comparison:
    spread = wcss(points, np.zeros(len(points), dtype=np.int64))
    return Comparison([Candidate("kmeans", 1, 1.0, len(points), spread, 1.0, reason=reason)])


@dataclass(frozen=True)
class _Found:
    """What an algorithm finds among the points: a candidate, its setting and its labels for each number of segments."""

    algorithm: Algorithm
    points: FloatArray
    settings: list[float]
    labelings: list[IntArray]
    candidates: list[Candidate]


def _find(algorithm: Algorithm, points: FloatArray, segment_counts: Sequence[int], seed: int) -> _Found:
    """Cluster the points and measure what takes no resampling."""
    settings, labelings = _distinct(algorithm, points, segment_counts, seed)
    sample = spread_sample(len(points), _SILHOUETTE_SAMPLE)
    widths = _silhouettes(points[sample], [labels[sample] for labels in labelings])
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
    return _Found(algorithm, points, settings, labelings, candidates)


def variance_ratios(points: FloatArray, labels: IntArray) -> tuple[float | None, float | None]:
    """Return the Calinski-Harabasz and the Davies-Bouldin index of the points that are in a cluster.

    None where they are not defined: one cluster, or as many as points. Calinski & Harabasz 1974 (higher is
    better), Davies & Bouldin 1979 (lower is better).
    """
    clustered = labels != NO_CLUSTER
    points, labels = points[clustered], labels[clustered]
    if not 1 < len(np.unique(labels)) < len(points):
        return None, None
    return float(calinski_harabasz_score(points, labels)), float(davies_bouldin_score(points, labels))


def _is_resampled(algorithm: Algorithm, asked_for: str, effort: Effort) -> bool:
    """Who asks for another algorithm than the default wants to see how it compares with all."""
    return effort.every_algorithm or asked_for in (algorithm.name, "auto") or asked_for != "kmeans"


def _resampling(found: _Found, seed: int, effort: Effort) -> list[Any]:
    """Return the tasks that measure what takes resampling, none much longer than another: see `_with_stability`."""
    algorithm, points, settings, labelings = found.algorithm, found.points, found.settings, found.labelings
    parts = [part.tolist() for part in np.array_split(range(effort.resamples), _PARTS)]
    return [
        delayed(_gaps)(found, seed, effort),
        delayed(seed_agreement)(points, labelings, algorithm, settings, seed),
        delayed(split_half_agreement)(points, algorithm, settings, seed),
        *(delayed(bootstrap_jaccard)(points, labelings, algorithm, settings, seed, part) for part in parts),
    ]


def _with_stability(found: _Found, figures: Sequence[Any]) -> list[Candidate]:
    gaps, seed_aris, half_aris, *jaccards = figures
    least_stable = [_least_stable(np.concatenate(parts)) for parts in zip(*jaccards, strict=True)]
    return [
        replace(c, min_jaccard=least, min_jaccard_error=error, seed_ari=seed_ari, split_half_ari=half_ari, **gap)
        for c, (least, error), seed_ari, half_ari, gap in zip(
            found.candidates, least_stable, seed_aris, half_aris, gaps, strict=True
        )
    ]


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


def _silhouettes(points: FloatArray, labelings: Sequence[IntArray]) -> list[tuple[float | None, float | None]]:
    """Return the silhouette of each labelling's clustered points and its error; None with fewer than two clusters."""
    clustered = [labels != NO_CLUSTER for labels in labelings]
    if labelings and np.all(clustered):
        widths = silhouettes(points, labelings)
    else:
        widths = [
            silhouettes(points[among], [labels[among]])[0] if among.any() else (np.nan, np.nan)
            for labels, among in zip(labelings, clustered, strict=True)
        ]
    return [(None, None) if np.isnan(width) else (width, error) for width, error in widths]


def _least_stable(jaccards: FloatArray) -> tuple[float, float]:
    """Mean and standard error of the cluster with the lowest mean."""
    least = int(jaccards.mean(axis=0).argmin())
    return float(jaccards[:, least].mean()), float(jaccards[:, least].std(ddof=1) / np.sqrt(len(jaccards)))


def _gaps(found: _Found, seed: int, effort: Effort) -> list[dict[str, Any]]:
    """Return the gap statistic of each candidate; nothing for an algorithm that finds the number itself."""
    if found.algorithm.finds_count:
        return [{} for _ in found.candidates]
    algorithm, points = found.algorithm, found.points[spread_sample(len(found.points), effort.customers_permuted)]
    settings = [1.0, *found.settings]
    log_wcss = [np.log(max(wcss(points, labels), 1e-300)) for labels in algorithm.cluster(points, settings, seed, 2)]
    gaps, errors = gap_statistics(points, log_wcss, algorithm, settings, seed, effort.references)
    choice = gap_choice([int(setting) for setting in settings], list(gaps), list(errors))
    return [
        {"gap": float(gap), "gap_error": float(error), "is_gap_choice": int(setting) == choice}
        for setting, gap, error in zip(found.settings, gaps[1:], errors[1:], strict=True)
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
