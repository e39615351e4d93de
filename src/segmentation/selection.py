"""The rule that chooses a candidate, and says why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from segmentation.comparison import Candidate, Comparison
from segmentation.separation import elbow

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


def choose(
    comparison: Comparison,
    algorithm: str = "kmeans",
    segment_count: int | None = None,
    in_force: tuple[str, int] | None = None,
) -> list[Candidate]:
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
    in_force : tuple of str and int, optional
        Algorithm and number of segments of the model that is to be refitted. They stay as long as they pass 1 and 2:
        with another number segments are others, and which number is set apart most changes by chance from month to
        month (docs/method.md). The reason says where another one is set apart more beyond the sampling error.
    """
    kept = None
    marked = _with_marks(comparison.candidates)
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
        kept = next((c for c in allowed if (c.algorithm, c.segment_count) == in_force and not shortcomings(c)), None)
        chosen, why = (kept, _still_passes(kept, allowed)) if kept else _best(allowed)
    return [
        replace(c, is_chosen=c is chosen, reason=_chosen(c, why) if c is chosen else _refused(c, chosen, allowed, kept))
        for c in marked
    ]


def shortcomings(candidate: Candidate) -> dict[str, str]:
    """Return the bars that a candidate misses, in words by their codes.

    Empty where it passes, or is everybody in one segment.
    """
    missed: dict[str, str] = {}
    if candidate.segment_count == 1:
        return missed
    if candidate.min_jaccard is not None and candidate.min_jaccard < STABLE:
        missed["stability"] = (
            f"its least stable cluster has a bootstrap Jaccard of {candidate.min_jaccard:.2f}, below {STABLE}"
        )
    if candidate.smallest_share < SMALLEST_SHARE:
        missed["smallest_share"] = (
            f"its smallest cluster holds {candidate.smallest_share:.1%} of the customers, below {SMALLEST_SHARE:.0%}"
        )
    elif round(candidate.smallest_share * candidate.customers_evaluated) < SMALLEST_SIZE:
        missed["smallest_size"] = f"its smallest cluster has fewer than {SMALLEST_SIZE} customers"
    if candidate.unclustered_share > LARGEST_UNCLUSTERED_SHARE:
        missed["unclustered"] = f"it leaves {candidate.unclustered_share:.0%} of the customers without a cluster"
    return missed


def _with_marks(candidates: Sequence[Candidate]) -> list[Candidate]:
    bends = {
        name: elbow([c.segment_count for c in own], [c.wcss for c in own])
        for name in {c.algorithm for c in candidates} - {"hdbscan"}
        for own in [[c for c in candidates if c.algorithm == name]]
    }
    return [
        replace(c, is_elbow=c.segment_count == bends.get(c.algorithm), missed_bars=",".join(shortcomings(c)))
        for c in candidates
    ]


def _still_passes(kept: Candidate, candidates: Sequence[Candidate]) -> str:
    """Say why the number in force stays, and whether another one is set apart more than by chance."""
    why = f"{kept.segment_count} segments, as many as before, which pass the bars still"
    rivals = [c for c in candidates if not shortcomings(c) and c.silhouette_excess is not None]
    if not rivals or kept.silhouette_excess is None:
        return why
    most = max(rivals, key=lambda c: (_excess(c), -c.segment_count))
    error = ((most.silhouette_excess_error or 0.0) ** 2 + (kept.silhouette_excess_error or 0.0) ** 2) ** 0.5
    if _excess(most) <= _excess(kept) + 2 * error:
        return f"{why}; none exceeds the silhouette of permuted data more, but for the sampling error"
    return (
        f"{why}; {most.segment_count} ({most.algorithm}) exceed the silhouette of permuted data by {_excess(most):.3f} "
        f"against {_excess(kept):.3f}: segment_count takes them"
    )


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
    return "; ".join([f"chosen: {why}", *(f"but {missed}" for missed in shortcomings(candidate).values())])


def _refused(candidate: Candidate, chosen: Candidate, allowed: Sequence[Candidate], kept: Candidate | None) -> str:
    missed = list(shortcomings(candidate).values())
    if candidate not in allowed:
        why = ["cluster_algorithm asks for another algorithm", *missed]
        if candidate.min_jaccard is None:
            why.append("its stability was not measured; cluster_evaluation full or cluster_algorithm auto measures it")
        return "not chosen: " + "; ".join(why)
    if missed:
        return "not chosen: " + "; ".join(missed)
    if kept is not None:
        return f"not chosen: {kept.segment_count} segments, as many as before, pass the bars still"
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
