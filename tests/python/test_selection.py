"""The rule that chooses a candidate, and what it says of the others."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from sklearn.datasets import make_blobs

from segmentation.algorithms import ALGORITHMS, Algorithm
from segmentation.candidates import EFFORTS, Effort, evaluate_candidates
from segmentation.comparison import Candidate, Comparison
from segmentation.selection import choose, shortcomings

SMALL = Effort(500, 300, 300, resamples=20, permutations=20, references=5)


def candidate(k: int, excess: float, jaccard: float = 0.9, smallest: float = 0.1, width: float = 0.3) -> Candidate:
    return Candidate(
        "kmeans",
        k,
        float(k),
        1000,
        wcss=100.0 / k,
        smallest_share=smallest,
        silhouette=width,
        silhouette_excess=excess,
        silhouette_excess_error=0.01,
        min_jaccard=jaccard,
    )


def chosen(candidates: list[Candidate], algorithm: str = "kmeans", count: int | None = None) -> Candidate:
    (taken,) = [c for c in choose(Comparison(candidates), algorithm, count) if c.is_chosen]
    return taken


def test_stability_comes_before_separation() -> None:
    candidates = [candidate(3, 0.02), candidate(4, 0.3, jaccard=0.74)]
    assert chosen(candidates).segment_count == 3
    assert "Jaccard of 0.74, below 0.75" in choose(Comparison(candidates))[1].reason


def test_a_split_of_a_few_whales_is_refused() -> None:
    candidates = [candidate(2, 0.6, smallest=0.006, width=0.9), candidate(3, 0.02)]
    assert chosen(candidates).segment_count == 3
    assert "0.6% of the customers, below 2%" in choose(Comparison(candidates))[0].reason


def test_a_handful_of_customers_is_no_segment() -> None:
    few = [replace(candidate(2, 0.5, smallest=0.04), customers_evaluated=100), candidate(3, 0.02)]
    assert chosen(few).segment_count == 3


def test_of_those_as_well_separated_the_finest_is_chosen() -> None:
    # 5 is within one standard error (0.01) of 4, 6 is not.
    candidates = [candidate(3, 0.02), candidate(4, 0.050), candidate(5, 0.041), candidate(6, 0.039)]
    taken = choose(Comparison(candidates))
    assert [c.segment_count for c in taken if c.is_chosen] == [5]
    assert taken[1].reason == "not chosen: coarser than 5 segments, which are no worse separated"
    assert "exceeds that of permuted data by 0.039" in taken[3].reason


def test_a_refit_keeps_the_number_of_segments_while_it_passes_the_bars() -> None:
    candidates = [candidate(3, 0.02), candidate(4, 0.050), candidate(5, 0.041), candidate(6, 0.1, jaccard=0.7)]

    def refit(count: int, algorithm: str = "kmeans", asked_for: int | None = None) -> list[Candidate]:
        return choose(Comparison(candidates), "kmeans", asked_for, (algorithm, count))

    taken = {count: next(c for c in refit(count) if c.is_chosen) for count in (3, 4, 5, 6, 9)}
    assert {count: c.segment_count for count, c in taken.items()} == {3: 3, 4: 4, 5: 5, 6: 5, 9: 5}
    # 4 is set apart more than 3, by more than two standard errors (0.014 each), and no more than 5.
    assert taken[3].reason.endswith(
        "4 (kmeans) exceed the silhouette of permuted data by 0.050 against 0.020: segment_count takes them"
    )
    assert "none exceeds the silhouette of permuted data more, but for the sampling error" in taken[5].reason
    assert "; but" not in taken[3].reason
    assert refit(3)[1].reason == "not chosen: 3 segments, as many as before, pass the bars still"
    assert [c.segment_count for c in refit(3, asked_for=4) if c.is_chosen] == [4]
    assert [c.segment_count for c in refit(3, "ward") if c.is_chosen] == [5]


def test_a_strong_structure_needs_no_comparison_with_permuted_data() -> None:
    # Four blobs at the corners of a square are the same when permuted: no excess.
    candidates = [candidate(3, 0.01, width=0.6), candidate(4, 0.0, width=0.8), candidate(5, 0.02, width=0.6)]
    assert chosen(candidates).segment_count == 4


def test_where_none_is_stable_the_most_stable_is_taken_with_a_warning() -> None:
    taken = chosen([candidate(3, 0.1, jaccard=0.6), candidate(4, 0.2, jaccard=0.7), candidate(5, 0.3, 0.99, 0.001)])
    assert taken.segment_count == 4
    assert "no candidate is stable" in taken.reason
    assert "; but its least stable cluster" in taken.reason


def test_where_all_are_small_the_largest_smallest_cluster_is_taken() -> None:
    assert chosen([candidate(2, 0.1, smallest=0.01), candidate(3, 0.1, smallest=0.001)]).segment_count == 2


def test_segment_count_overrides_and_warns() -> None:
    candidates = [candidate(2, 0.2), candidate(3, 0.1, jaccard=0.5)]
    asked = chosen(candidates, count=3)
    assert asked.segment_count == 3
    assert asked.reason.startswith("chosen: segment_count asks for it; but its least stable cluster")
    assert chosen(candidates, count=2).reason == "chosen: segment_count asks for it"
    assert "which kmeans can't make of these customers" in chosen(candidates, count=9).reason


def test_other_algorithms_are_chosen_only_when_allowed() -> None:
    candidates = [candidate(3, 0.1), replace(candidate(4, 0.3), algorithm="ward")]
    assert chosen(candidates).algorithm == "kmeans"
    assert choose(Comparison(candidates))[1].reason == "not chosen: cluster_algorithm asks for another algorithm"
    assert chosen(candidates, "ward").algorithm == chosen(candidates, "auto").algorithm == "ward"


def test_customers_without_a_cluster_are_a_shortcoming() -> None:
    assert (
        "40% of the customers without a cluster"
        in shortcomings(replace(candidate(3, 0.1), unclustered_share=0.4))["unclustered"]
    )


def test_without_stability_the_widest_silhouette_near_the_elbow_is_chosen() -> None:
    widths = {2: 0.6, 3: 0.3, 4: 0.2, 5: 0.4}
    plain = [
        Candidate("kmeans", k, float(k), 100, wcss=w, smallest_share=0.1, silhouette=widths[k])
        for k, w in ((2, 100.0), (3, 60.0), (4, 20.0), (5, 18.0))
    ]
    taken = choose(Comparison(plain))
    assert [c.segment_count for c in taken if c.is_elbow] == [4]
    assert [c.segment_count for c in taken if c.is_chosen] == [5]
    assert all(c.reason for c in taken)


@pytest.mark.parametrize("centers", [3, 4, 5])
@pytest.mark.parametrize("effort", [None, SMALL])
def test_the_planted_number_of_clusters_is_chosen(centers: int, effort: Effort | None) -> None:
    points, _ = make_blobs(500, centers=6.0 * np.eye(centers), cluster_std=0.6, random_state=11)
    comparison = evaluate_candidates(points, 42, range(2, 8), effort)
    assert chosen(comparison.candidates).segment_count == centers


def test_blobs_at_the_corners_of_a_square_are_found() -> None:
    points, _ = make_blobs(500, centers=[[0, 0], [0, 9], [9, 0], [9, 9]], random_state=11)
    assert chosen(evaluate_candidates(points, 42, range(2, 8), SMALL).candidates).segment_count == 4


@pytest.mark.parametrize(
    ("algorithm", "effort"), [("auto", SMALL), ("ward", SMALL), ("kmeans", replace(SMALL, every_algorithm=True))]
)
def test_every_algorithm_and_number_is_measured(algorithm: str, effort: Effort) -> None:
    points, _ = make_blobs(500, centers=4.0 * np.eye(3), random_state=11)
    comparison = evaluate_candidates(points, 42, range(2, 6), effort, algorithm)
    found = {(c.algorithm, c.segment_count) for c in comparison.candidates}
    assert found >= {(name, k) for name in ALGORITHMS if name != "hdbscan" for k in range(2, 6)}
    assert len(found) == len(comparison.candidates)
    for c in comparison.candidates:
        assert None not in (c.silhouette, c.silhouette_error, c.min_jaccard, c.min_jaccard_error, c.seed_ari)
        assert c.split_half_ari is not None
        assert (c.gap is None) == (c.algorithm == "hdbscan")
        assert c.customers_evaluated == (500 if ALGORITHMS[c.algorithm].is_fast else 300)
    assert EFFORTS["full"].every_algorithm


def test_algorithms_that_can_not_be_chosen_are_not_resampled(monkeypatch: pytest.MonkeyPatch) -> None:
    clustered: list[str] = []

    def counted(algorithm: Algorithm) -> Algorithm:
        def cluster(points: np.ndarray, settings: Sequence[float], seed: int, starts: int) -> list[np.ndarray]:
            clustered.append(algorithm.name)
            return algorithm.cluster(points, settings, seed, starts)

        return replace(algorithm, cluster=cluster)

    for name, algorithm in list(ALGORITHMS.items()):
        monkeypatch.setitem(ALGORITHMS, name, counted(algorithm))
    points, _ = make_blobs(500, centers=4.0 * np.eye(3), random_state=11)
    candidates = choose(evaluate_candidates(points, 42, range(2, 6), replace(EFFORTS["standard"], resamples=2)))
    others = [name for name in clustered if name != "kmeans"]
    assert sorted(others) == sorted(set(ALGORITHMS) - {"kmeans"})
    for c in candidates:
        assert None not in (c.silhouette, c.wcss, c.davies_bouldin)
        figures = (c.min_jaccard, c.min_jaccard_error, c.seed_ari, c.split_half_ari, c.gap, c.gap_error)
        if c.algorithm == "kmeans":
            assert None not in figures
        else:
            assert set(figures) == {None}
            assert c.reason.startswith("not chosen: cluster_algorithm asks for another algorithm; ")
            assert c.reason.endswith("; cluster_evaluation full or cluster_algorithm auto measures it")


def test_the_number_of_processes_changes_nothing() -> None:
    points, _ = make_blobs(1200, centers=4.0 * np.eye(3), random_state=11)
    tiny = Effort(200, 100, 100, resamples=3, permutations=3, references=2)
    one, two = (evaluate_candidates(points, 42, range(2, 4), tiny, workers=w) for w in (1, 2))
    assert one == two


@pytest.mark.parametrize("effort", [None, SMALL])
@pytest.mark.parametrize(
    ("points", "counts"),
    [
        (np.zeros((50, 3)), [1]),  # all alike
        (np.zeros((1, 3)), [1]),
        (np.arange(6.0).reshape(2, 3), [1]),  # two customers
        (np.arange(9.0).reshape(3, 3), [2]),  # fewer customers than segments
        (np.repeat([[0.0], [1.0]], 20, axis=0), [2]),  # two kinds of customers
    ],
)
def test_few_or_equal_customers_have_few_candidates(
    points: np.ndarray, counts: list[int], effort: Effort | None
) -> None:
    taken = choose(evaluate_candidates(points, 1, range(2, 11), effort))
    assert [c.segment_count for c in taken if c.algorithm == "kmeans"] == counts
    assert sum(c.is_chosen for c in taken) == 1


def test_too_few_customers_are_one_segment() -> None:
    points = np.random.default_rng(0).normal(size=(40, 3))
    (only,) = choose(evaluate_candidates(points, 1, range(2, 11), SMALL, min_customers=50))
    assert (only.segment_count, only.is_chosen) == (1, True)
    assert only.reason == "chosen: 40 customers are too few to cluster; min_customers is 50"


def test_a_grid_with_empty_cells_has_as_many_segments_as_cells_with_customers() -> None:
    points = np.repeat([[1.0, 1.0], [2.0, 1.0], [3.0, 1.0]], 20, axis=0)
    comparison = evaluate_candidates(points, 1, range(2, 7), None, "grid")
    assert {c.segment_count for c in comparison.candidates} <= {2, 3}
    assert min(c.smallest_share for c in comparison.candidates) > 0


def test_where_an_algorithm_finds_nothing_there_is_one_segment() -> None:
    cloud = np.random.default_rng(1).uniform(size=(60, 3))
    taken = choose(evaluate_candidates(cloud, 1, range(9, 11), None, "hdbscan"), "hdbscan")
    assert [(c.segment_count, c.reason) for c in taken] == [(1, "chosen: hdbscan finds no clusters")]
