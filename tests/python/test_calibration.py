"""Confidence: what it says is how often it is right."""

import numpy as np
import pytest

from segmentation.calibration import MIN_CUSTOMERS, calibrate, cross_calibrate


def votes_and_truth(n: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Votes of 15 whose true confidence is their share squared."""
    rng = np.random.default_rng(seed)
    votes = rng.integers(6, 16, n)
    return votes, rng.uniform(size=n) < (votes / 15) ** 2


def test_calibrated_confidence_is_the_share_who_are_right() -> None:
    votes, is_right = votes_and_truth(50_000)
    confidence = calibrate(votes, is_right, 15)
    assert confidence[5:14] == pytest.approx((np.arange(6, 15) / 15) ** 2, abs=0.02)
    assert (np.diff(confidence) >= 0).all()
    assert confidence[0] > 0
    assert confidence[-1] < 1


def test_the_share_of_votes_itself_would_be_wrong() -> None:
    votes, is_right = votes_and_truth(50_000)
    calibrated = cross_calibrate(votes, is_right, 15)
    assert abs(calibrated.mean() - is_right.mean()) < 0.01
    assert abs((votes / 15).mean() - is_right.mean()) > 0.1


def test_more_votes_never_mean_less_even_where_the_customers_say_so() -> None:
    votes = np.repeat([13, 14, 15], 100)
    is_right = np.r_[np.ones(100), np.zeros(50), np.ones(50), np.ones(100)] > 0
    assert (np.diff(calibrate(votes, is_right, 15)) >= 0).all()


def test_few_customers_leave_the_share_of_votes() -> None:
    votes, is_right = votes_and_truth(MIN_CUSTOMERS - 1)
    assert calibrate(votes, is_right, 15) == pytest.approx(np.arange(1, 16) / 15)


def test_each_half_is_calibrated_on_the_other() -> None:
    votes, is_right = votes_and_truth(2000)
    confidence = cross_calibrate(votes, is_right, 15)
    flipped = is_right.copy()
    flipped[0] = not flipped[0]
    # The own outcome changes nothing of the own confidence.
    assert cross_calibrate(votes, flipped, 15)[::2].tolist() == confidence[::2].tolist()
