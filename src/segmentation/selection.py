"""The candidates for a segmentation, the figures that compare them, and the rule that chooses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from segmentation.algorithms import ALGORITHMS, HDBSCAN_SHARES, NO_CLUSTER, Algorithm
from segmentation.clustering import spread_sample
from segmentation.separation import elbow, gap_choice, gap_statistics, silhouettes, variance_ratios, wcss
from segmentation.stability import bootstrap_jaccard, seed_agreement, split_half_agreement
from segmentation.structure import Structure, compare_with_permuted

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

STABLE = 0.75
"""Mean bootstrap Jaccard from which Hennig (2007) calls a cluster stable."""

SMALLEST_SHARE = 0.02
"""A cluster below this share of the customers is a handful of outliers and no segment."""

SMALLEST_SIZE = 5
"""Nor are fewer customers than this a segment, however few there are in all."""

LARGEST_UNCLUSTERED_SHARE = 0.05
"""A segmentation that leaves more customers than this without a cluster does not answer the question."""

STRONG_SILHOUETTE = 0.7
"""Silhouette from which Kaufman & Rousseeuw (1990) speak of a strong structure, which needs no comparison."""

MANY = 1_000
"""Fewer customers are examined faster than another process starts."""

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
        candidates = _evaluate(ALGORITHMS.get(algorithm, ALGORITHMS["kmeans"]), points, feasible, seed, None)
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


def choose(comparison: Comparison, algorithm: str = "kmeans", segment_count: int | None = None) -> list[Candidate]:
    """Mark the candidate to use and say of each why it was or was not taken.

    1. Stable first: every cluster has a mean bootstrap Jaccard of STABLE or more.
    2. No cluster holds fewer than SMALLEST_SHARE of the customers, at most LARGEST_UNCLUSTERED_SHARE are in none.
    3. Then separation: the silhouette that exceeds permuted data most. Where others are within one standard
       error of it, the one with most segments of these: the finest partition that is stable (Ben-Hur, Elisseeff &
       Guyon 2002) and no worse separated. A strong structure needs no comparison: from STRONG_SILHOUETTE on the
       widest silhouette wins.

    Where no candidate passes, the most stable one with large enough clusters is taken. Where stability was not
    measured: of those within one of the elbow, without a small cluster, the one with the widest silhouette.

    Parameters
    ----------
    comparison : Comparison
        From `evaluate_candidates`.
    algorithm : str, default "kmeans"
        Whose candidates may be chosen; "auto" for all.
    segment_count : int, optional
        A count that the user asks for; where the fitted customers are too alike for it, the largest there is.
    """
    marked = _with_elbows(comparison.candidates)
    allowed = [c for c in marked if algorithm in ("auto", c.algorithm)] or marked
    if segment_count is not None:
        # Fewer of the fitted customers may differ than were asked for.
        counts = {c.segment_count for c in allowed}
        asked_for = [
            c for c in allowed if c.segment_count == (segment_count if segment_count in counts else max(counts))
        ]
        chosen, why = _best(asked_for)[0], "segment_count asks for it"
        if chosen.segment_count != segment_count:
            why = f"segment_count asks for {segment_count}, which {chosen.algorithm} can't make of these customers"
    else:
        chosen, why = _best(allowed)
    return [
        replace(c, is_chosen=c is chosen, reason=_chosen(c, why) if c is chosen else _refused(c, chosen, allowed))
        for c in marked
    ]


def shortcomings(candidate: Candidate) -> list[str]:
    """Return the bars that a candidate misses, in words; empty where it passes, or is everybody in one segment."""
    missed: list[str] = []
    if candidate.segment_count == 1:
        return missed
    if candidate.min_jaccard is not None and candidate.min_jaccard < STABLE:
        missed.append(
            f"its least stable cluster has a bootstrap Jaccard of {candidate.min_jaccard:.2f}, below {STABLE}"
        )
    if candidate.smallest_share < SMALLEST_SHARE:
        missed.append(
            f"its smallest cluster holds {candidate.smallest_share:.1%} of the customers, below {SMALLEST_SHARE:.0%}"
        )
    elif round(candidate.smallest_share * candidate.customers_evaluated) < SMALLEST_SIZE:
        missed.append(f"its smallest cluster has fewer than {SMALLEST_SIZE} customers")
    if candidate.unclustered_share > LARGEST_UNCLUSTERED_SHARE:
        missed.append(f"it leaves {candidate.unclustered_share:.0%} of the customers without a cluster")
    return missed


def _with_elbows(candidates: Sequence[Candidate]) -> list[Candidate]:
    bends = {
        name: elbow([c.segment_count for c in own], [c.wcss for c in own])
        for name in {c.algorithm for c in candidates} - {"hdbscan"}
        for own in [[c for c in candidates if c.algorithm == name]]
    }
    return [replace(c, is_elbow=c.segment_count == bends.get(c.algorithm)) for c in candidates]


def _best(candidates: Sequence[Candidate]) -> tuple[Candidate, str]:
    if candidates[0].segment_count == 1:
        return candidates[0], candidates[0].reason
    passing = [c for c in candidates if not shortcomings(c)]
    if not passing:
        large = [c for c in candidates if c.smallest_share >= SMALLEST_SHARE]
        if not large:
            best = max(candidates, key=lambda c: (c.smallest_share, -c.segment_count))
            return best, f"every candidate has a cluster below {SMALLEST_SHARE:.0%}, this one's is the largest"
        best = max(large, key=lambda c: (c.min_jaccard or 0.0, -c.segment_count))
        return best, f"no candidate is stable in every cluster, this one comes closest ({best.min_jaccard or 0:.2f})"
    if all(c.silhouette_excess is None for c in passing):
        return _near_the_elbow(passing)
    widest = max(passing, key=lambda c: (_width(c), -c.segment_count))
    if _width(widest) >= STRONG_SILHOUETTE:
        return widest, f"stable, and the widest silhouette ({_width(widest):.2f}), a strong structure"
    most = max(passing, key=lambda c: (_excess(c), -c.segment_count))
    as_good = [c for c in passing if _excess(c) >= _excess(most) - (most.silhouette_excess_error or 0.0)]
    finest = max(as_good, key=lambda c: (c.segment_count, _excess(c)))
    return finest, (
        f"stable (Jaccard {finest.min_jaccard or 0:.2f}), and its silhouette exceeds that of permuted data by "
        f"{_excess(finest):.3f}, "
        + ("the most" if finest is most else f"as much as any ({_excess(most):.3f}) but for the sampling error")
    )


def _near_the_elbow(candidates: Sequence[Candidate]) -> tuple[Candidate, str]:
    bends = [c.segment_count for c in candidates if c.is_elbow]
    near = [c for c in candidates if bends and abs(c.segment_count - bends[0]) <= 1]
    best = max(near or candidates, key=lambda c: (_width(c), -c.segment_count))
    where = f"within one of the elbow at {bends[0]}" if near else "with large enough clusters"
    return best, f"the widest silhouette ({_width(best):.3f}) {where}; stability was not examined"


def _chosen(candidate: Candidate, why: str) -> str:
    return "; ".join([f"chosen: {why}", *(f"but {missed}" for missed in shortcomings(candidate))])


def _refused(candidate: Candidate, chosen: Candidate, allowed: Sequence[Candidate]) -> str:
    missed = shortcomings(candidate)
    if missed:
        return "not chosen: " + "; ".join(missed)
    if candidate not in allowed:
        return "not chosen: cluster_algorithm asks for another algorithm"
    if candidate.silhouette_excess is not None:
        if chosen.silhouette_excess is not None and candidate.silhouette_excess >= chosen.silhouette_excess:
            return f"not chosen: coarser than {chosen.segment_count} segments, which are no worse separated"
        return (
            f"not chosen: its silhouette exceeds that of permuted data by {candidate.silhouette_excess:.3f}, "
            f"against {_excess(chosen):.3f} for {chosen.segment_count} segments"
        )
    return f"not chosen: silhouette {_width(candidate):.3f}, against {_width(chosen):.3f} for {chosen.segment_count}"


def _width(candidate: Candidate) -> float:
    return -1.0 if candidate.silhouette is None else candidate.silhouette


def _excess(candidate: Candidate) -> float:
    return -1.0 if candidate.silhouette_excess is None else candidate.silhouette_excess
