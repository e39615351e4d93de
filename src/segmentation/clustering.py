"""K-Means, the figures that compare numbers of clusters, and the choice among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score
from threadpoolctl import threadpool_limits

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

SMALLEST_SHARE = 0.02
"""A cluster below this share of the customers is a handful of outliers and no segment."""

_SILHOUETTE_SAMPLE = 10_000
_SILHOUETTE_CHUNK = 500


@dataclass(frozen=True)
class Candidate:
    """A number of clusters, and how good it is.

    Attributes
    ----------
    segment_count : int
        k.
    wcss : float
        Sum of squared distances to the own centroid, in scaled space; falls with k.
    silhouette, calinski_harabasz, davies_bouldin : float or None
        None where they are not defined (one cluster, or as many as customers). Higher is better for the
        first two, lower for the third.
    smallest_share : float
        Share of the customers in the smallest cluster.
    is_elbow, is_chosen : bool
    reason : str
        Why it was chosen, or why not.
    """

    segment_count: int
    wcss: float
    silhouette: float | None
    calinski_harabasz: float | None
    davies_bouldin: float | None
    smallest_share: float
    is_elbow: bool = False
    is_chosen: bool = False
    reason: str = ""


def fit_kmeans(points: FloatArray, segment_count: int, seed: int, starts: int = 10) -> FloatArray:
    """Fit K-Means and return its centroids in a fixed order.

    Lloyd's algorithm from k-means++ starts (Arthur & Vassilvitskii 2007). It runs on one thread: sums of
    floats differ with the number of threads, and the last bit decides where two clusters meet.

    Parameters
    ----------
    points : array of shape (n, n_features)
        In scaled space.
    segment_count : int
        k, at most the number of different points.
    seed : int
    starts : int, default 10
        Number of initialisations; the one with the lowest WCSS wins.

    Returns
    -------
    array of shape (segment_count, n_features)
        Sorted by coordinates, the last feature first; rounded to nine digits.
    """
    with threadpool_limits(limits=1):
        fitted = KMeans(segment_count, n_init=starts, random_state=seed).fit(points)
    centroids = np.round(fitted.cluster_centers_, 9)
    return np.asarray(centroids[np.lexsort(centroids.T)], dtype=np.float64)


def nearest_centroids(points: FloatArray, centroids: FloatArray) -> IntArray:
    """Return the position of each point's nearest centroid; the first of equally near ones."""
    return np.asarray(squared_distances(points, centroids).argmin(axis=1), dtype=np.int64)


def squared_distances(points: FloatArray, centroids: FloatArray) -> FloatArray:
    """Return the squared distance of each point to each centroid, shape (n, k).

    Summed feature by feature in their order, as the rule in SQL does it, so that both agree to the last bit.
    """
    distances = np.zeros((len(points), len(centroids)))
    for feature in range(points.shape[1]):
        distances += (points[:, feature, None] - centroids[None, :, feature]) ** 2
    return distances


def evaluate_candidates(
    points: FloatArray, seed: int, segment_counts: Sequence[int], starts: int = 4
) -> list[Candidate]:
    """Fit K-Means for several numbers of clusters and measure each.

    Parameters
    ----------
    points : array of shape (n, n_features)
        In scaled space, in an order that does not depend on chance.
    seed : int
    segment_counts : sequence of int
        The k to try; those that exceed the number of different points are left out.
    starts : int, default 4
        K-Means starts for each k.

    Returns
    -------
    list of Candidate
        One a k, in order. A single candidate of one cluster where all customers are alike.
    """
    different = len(np.unique(points, axis=0))
    feasible = [k for k in segment_counts if k <= different and k < len(points)]
    if not feasible:
        spread = float(((points - points.mean(axis=0)) ** 2).sum())
        return [Candidate(1, spread, None, None, None, 1.0)]
    labelings, wcss = [], []
    for k in feasible:
        centroids = fit_kmeans(points, k, seed, starts)
        labels = nearest_centroids(points, centroids)
        labelings.append(labels)
        wcss.append(float(((points - centroids[labels]) ** 2).sum()))
    sample = spread_sample(len(points), _SILHOUETTE_SAMPLE)
    widths = silhouettes(points[sample], [labels[sample] for labels in labelings])
    return [
        Candidate(
            segment_count=k,
            wcss=w,
            silhouette=width,
            calinski_harabasz=float(calinski_harabasz_score(points, labels)),
            davies_bouldin=float(davies_bouldin_score(points, labels)),
            smallest_share=float(np.bincount(labels, minlength=k).min() / len(points)),
        )
        for k, w, width, labels in zip(feasible, wcss, widths, labelings, strict=True)
    ]


def spread_sample(count: int, size: int) -> IntArray:
    """Return at most `size` positions, spread evenly over `count`."""
    return np.unique(np.linspace(0, count - 1, min(count, size)).round().astype(np.int64))


def silhouettes(points: FloatArray, labelings: Sequence[IntArray]) -> list[float | None]:
    """Return the mean silhouette width of each labelling of the same points.

    The silhouette is that of Rousseeuw (1987), doi 10.1016/0377-0427(87)90125-7, with 0 for a point that is
    alone in its cluster. Each distance is computed once, for all labellings together.

    Parameters
    ----------
    points : array of shape (n, n_features)
    labelings : sequence of integer arrays of shape (n,)

    Returns
    -------
    list of float or None
        None where there are fewer than two clusters.
    """
    one_hots, bounds = [], [0]
    for labels in labelings:
        _, numbers = np.unique(labels, return_inverse=True)
        one_hots.append(np.eye(int(numbers.max()) + 1)[numbers])
        bounds.append(bounds[-1] + one_hots[-1].shape[1])
    members = np.hstack(one_hots)
    sizes = members.sum(axis=0)
    totals = np.zeros(len(labelings))
    with threadpool_limits(limits=1):
        for start in range(0, len(points), _SILHOUETTE_CHUNK):
            chunk = slice(start, start + _SILHOUETTE_CHUNK)
            distances = np.sqrt(squared_distances(points[chunk], points))
            sums = distances @ members
            for n, (low, high) in enumerate(pairwise(bounds)):
                totals[n] += _widths(sums[:, low:high], sizes[low:high], members[chunk, low:high]).sum()
    return [
        float(total / len(points)) if high - low > 1 else None
        for total, (low, high) in zip(totals, pairwise(bounds), strict=True)
    ]


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
    Satopaa et al. (2011), "Finding a 'Kneedle' in a Haystack". None where there are fewer than three points
    or the curve does not bend.
    """
    if len(wcss) < 3 or wcss[0] <= wcss[-1]:
        return None
    x = (np.array(segment_counts) - segment_counts[0]) / (segment_counts[-1] - segment_counts[0])
    y = (np.array(wcss) - wcss[-1]) / (wcss[0] - wcss[-1])
    below_chord = 1 - x - y
    return segment_counts[int(below_chord.argmax())] if below_chord.max() > 1e-9 else None


def choose(candidates: Sequence[Candidate], segment_count: int | None = None) -> list[Candidate]:
    """Mark the candidate to use and say of each why it was or was not taken.

    Unless a count is given: of those within one of the elbow, without a cluster below SMALLEST_SHARE, the
    one with the widest silhouette. The silhouette alone would nearly always say two.

    Parameters
    ----------
    candidates : sequence of Candidate
        At least one.
    segment_count : int, optional
        A count that the user asks for; where the fitted customers are too alike for it, the largest there is.
    """
    by_count = {c.segment_count: c for c in candidates}
    bend = elbow(list(by_count), [c.wcss for c in candidates])
    if segment_count is None:
        chosen = _best(candidates, bend)
    else:
        # Fewer of the fitted customers may differ than were asked for.
        chosen = segment_count if segment_count in by_count else max(by_count)
    return [
        replace(
            c,
            is_elbow=c.segment_count == bend,
            is_chosen=c.segment_count == chosen,
            reason=_reason(c, by_count[chosen], bend, segment_count),
        )
        for c in candidates
    ]


def _width(candidate: Candidate) -> float:
    return -1.0 if candidate.silhouette is None else candidate.silhouette


def _best(candidates: Sequence[Candidate], bend: int | None) -> int:
    large_enough = [c for c in candidates if c.smallest_share >= SMALLEST_SHARE]
    if not large_enough:
        return max(candidates, key=lambda c: (c.smallest_share, -c.segment_count)).segment_count
    near = [c for c in large_enough if bend is not None and abs(c.segment_count - bend) <= 1]
    return max(near or large_enough, key=lambda c: (_width(c), -c.segment_count)).segment_count


def _reason(candidate: Candidate, chosen: Candidate, bend: int | None, asked_for: int | None) -> str:
    k, width = candidate.segment_count, candidate.silhouette
    small = candidate.smallest_share < SMALLEST_SHARE
    warning = f"; its smallest cluster holds only {candidate.smallest_share:.1%} of the customers" if small else ""
    if k == chosen.segment_count:
        if k == 1:
            return "chosen: too few different customers to tell clusters apart"
        if asked_for == k:
            return f"chosen: segment_count asks for it{warning}"
        if asked_for:
            return f"chosen: segment_count asks for {asked_for}, but the fitted customers are too alike for more"
        if small:
            return f"chosen: every candidate has a cluster below {SMALLEST_SHARE:.0%}, this one's is the largest"
        where = f"within one of the elbow at {bend}" if bend and abs(k - bend) <= 1 else "with large enough clusters"
        return f"chosen: the widest silhouette ({width:.3f}) {where}"
    if asked_for:
        return f"not chosen: segment_count asks for {asked_for}"
    if small:
        return f"not chosen: its smallest cluster holds {candidate.smallest_share:.1%}, below {SMALLEST_SHARE:.0%}"
    if bend and abs(k - bend) > 1:
        return f"not chosen: more than one from the elbow at {bend}"
    return f"not chosen: silhouette {width:.3f}, against {_width(chosen):.3f} for {chosen.segment_count} clusters"
