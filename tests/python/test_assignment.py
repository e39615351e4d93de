"""Nearest neighbours: the same labels as scikit-learn, with votes and a runner-up."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import KNeighborsClassifier

from segmentation.assignment import HeldOutVotes, NearestNeighbors, choose_neighbors, hold_out
from segmentation.clustering import nearest_centroids
from segmentation.kmeans import fit_kmeans


@given(st.integers(0, 10_000), st.integers(2, 8), st.integers(1, 15))
@settings(max_examples=50, deadline=None)
def test_labels_and_votes_are_scikit_learns(seed: int, k: int, neighbors: int) -> None:
    rng = np.random.default_rng(seed)
    reference, points = rng.normal(size=(300, 3)), rng.normal(size=(200, 3))
    centroids = fit_kmeans(reference, k, seed, starts=1)
    labels = nearest_centroids(reference, centroids)
    assigned = NearestNeighbors(reference, labels, centroids, neighbors).assign(points)
    expected = KNeighborsClassifier(neighbors).fit(reference, labels)
    assert (assigned.label == expected.predict(points)).all()
    assert assigned.votes / neighbors == pytest.approx(expected.predict_proba(points).max(axis=1))
    assert (assigned.runner_up != assigned.label).all()


def test_the_runner_up_has_the_second_most_votes() -> None:
    reference = np.array([[0.0], [0.1], [0.2], [0.3], [5.0]])
    labels, centroids = np.array([0, 0, 0, 2, 1]), np.array([[0.0], [0.6], [50.0]])
    assigned = NearestNeighbors(reference, labels, centroids, 4).assign(np.array([[0.0]]))
    assert (assigned.label[0], assigned.votes[0], assigned.runner_up[0]) == (0, 3, 2)


def test_where_all_agree_the_runner_up_is_the_next_centroid() -> None:
    reference, labels = np.array([[0.0], [0.1]]), np.array([1, 1])
    assigned = NearestNeighbors(reference, labels, np.array([[9.0], [0.0], [-3.0]]), 2).assign(np.array([[0.0]]))
    assert (assigned.label[0], assigned.votes[0], assigned.runner_up[0]) == (1, 2, 2)


def test_one_segment_has_no_other_runner_up() -> None:
    assigned = NearestNeighbors(np.zeros((3, 1)), np.zeros(3, dtype=int), np.zeros((1, 1)), 15).assign(np.ones((2, 1)))
    assert assigned.label.tolist() == assigned.runner_up.tolist() == [0, 0]
    assert assigned.votes.tolist() == [3, 3]


NEAR_FIVE = NearestNeighbors(
    np.array([[0.0], [0.1], [0.2], [0.3], [0.4]]), np.array([0, 0, 0, 1, 2]), np.array([[0.0], [5.0], [2.0], [-1.0]]), 5
)


@pytest.mark.parametrize(
    ("allowed", "label", "votes", "runner_up"),
    [
        ([True, True, True, True], 0, 3, 2),
        # The majority does not count: the votes of the others are scaled to all, 1 of 2 to 2 of 5.
        ([False, True, True, True], 1, 2, 2),
        ([False, True, False, True], 1, 5, 3),
        ([True, False, False, True], 0, 5, 3),
        # Nobody votes for the last: the nearest centroid that is left, as sure as one vote.
        ([False, False, False, True], 3, 1, 3),
        ([False, True, False, False], 1, 5, 1),
    ],
)
def test_votes_for_segments_that_a_customer_can_not_be_in_do_not_count(
    allowed: list[bool], label: int, votes: int, runner_up: int
) -> None:
    assigned = NEAR_FIVE.assign(np.array([[0.0]]), np.array([allowed]))
    assert (assigned.label[0], assigned.votes[0], assigned.runner_up[0]) == (label, votes, runner_up)


def test_without_votes_the_nearest_centroid_of_those_left_decides() -> None:
    centroids = np.array([[0.0], [4.0], [2.0], [-3.0]])
    unanimous = NearestNeighbors(np.zeros((5, 1)), np.zeros(5, dtype=int), centroids, 5)
    assigned = unanimous.assign(np.array([[0.0], [9.0]]), np.array([[False, True, True, True]] * 2))
    assert assigned.label.tolist() == [2, 1]
    assert assigned.votes.tolist() == [1, 1]
    assert assigned.runner_up.tolist() == [3, 2]


@given(st.integers(0, 10_000), st.integers(2, 6), st.integers(1, 15))
@settings(max_examples=50)
def test_nobody_is_assigned_to_a_segment_that_is_not_allowed(seed: int, k: int, neighbors: int) -> None:
    rng = np.random.default_rng(seed)
    voters = NearestNeighbors(rng.normal(size=(60, 2)), rng.integers(0, k, 60), rng.normal(size=(k, 2)), neighbors)
    points, allowed = rng.normal(size=(50, 2)), rng.random((50, k)) < 0.5
    allowed[np.arange(50), rng.integers(0, k, 50)] = True
    assigned, rows = voters.assign(points, allowed), np.arange(50)
    assert allowed[rows, assigned.label].all()
    assert allowed[rows, assigned.runner_up].all()
    assert ((assigned.runner_up == assigned.label) == (allowed.sum(axis=1) == 1)).all()
    assert ((assigned.votes >= 1) & (assigned.votes <= neighbors)).all()
    free, all_allowed = voters.assign(points), voters.assign(points, np.ones((50, k), dtype=bool))
    assert all((getattr(free, f) == getattr(all_allowed, f)).all() for f in ("label", "votes", "runner_up"))


def test_a_customer_is_assigned_alone_as_in_company() -> None:
    rng = np.random.default_rng(8)
    reference, points = rng.normal(size=(500, 3)), rng.normal(size=(100, 3))
    labels = rng.integers(0, 3, 500)
    neighbors = NearestNeighbors(reference, labels, rng.normal(size=(3, 3)))
    together = neighbors.assign(points)
    alone = [neighbors.assign(points[[i]]) for i in range(100)]
    assert together.label.tolist() == [a.label[0] for a in alone]
    assert together.votes.tolist() == [a.votes[0] for a in alone]


def test_without_reference_or_neighbors_it_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        NearestNeighbors(np.empty((0, 1)), np.empty(0, dtype=int), np.zeros((1, 1)))
    with pytest.raises(ValueError, match="at least one"):
        NearestNeighbors(np.zeros((1, 1)), np.zeros(1, dtype=int), np.zeros((1, 1)), 0)


def test_whoever_is_held_out_does_not_vote_for_himself() -> None:
    # Labels without any pattern: a customer who voted for himself would be right more often than one in ten.
    rng = np.random.default_rng(3)
    points, labels = rng.normal(size=(2000, 3)), rng.integers(0, 10, 2000)
    for said in hold_out(points, labels, 10):
        assert said.is_right.mean() < 0.15
        assert (said.truth == labels).all()


def test_held_out_customers_are_assigned_by_all_folds_but_their_own() -> None:
    rng = np.random.default_rng(3)
    points = rng.normal(size=(100, 2))
    labels = (points[:, 0] > 0).astype(np.int64)
    (said,) = hold_out(points, labels, 2, [5])
    fold = np.arange(100) % 5
    for f in range(5):
        others = NearestNeighbors(points[fold != f], labels[fold != f], np.zeros((2, 2)), 5)
        expected = others.assign(points[fold == f])
        assert (said.label[fold == f] == expected.label).all()
        assert (said.votes[fold == f] == expected.votes).all()


def test_too_few_customers_are_not_held_out() -> None:
    assert hold_out(np.zeros((5, 1)), np.zeros(5, dtype=np.int64), 1) == []
    assert [s.neighbors for s in hold_out(np.zeros((12, 1)), np.zeros(12, dtype=np.int64), 1)] == [5, 7, 9]


def test_the_most_neighbours_within_one_standard_error_of_the_best_are_asked() -> None:
    def said(neighbors: int, right: int) -> HeldOutVotes:
        truth = np.zeros(1000, dtype=np.int64)
        return HeldOutVotes(truth, (np.arange(1000) >= right).astype(np.int64), truth + 1, neighbors)

    # One standard error of 0.96 is 0.0062.
    assert choose_neighbors([said(5, 960), said(9, 955), said(15, 954), said(31, 950)]) == 15
    assert choose_neighbors([said(5, 900), said(9, 960)]) == 9
