"""Whether segments tell who will buy: what was known at a cut, against what happened after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from segmentation.clustering import blend, segment_rates
from segmentation.model import SegmentationModel
from segmentation.threads import one_thread

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

MIN_CUSTOMERS = 200
"""Fewer customers at a cut, or fewer than a tenth of them on either side, prove nothing."""


@dataclass(frozen=True)
class Cut:
    """The customers of a day, and what they did afterwards.

    Attributes
    ----------
    values : array of shape (n, n_features)
        The features that segments are made of, as of the day, in original units.
    measures : array of shape (n, 5)
        The MEASURED of `segmentation.naming`, as of the day.
    orders : array of shape (n,)
        Orders in the time after it.
    spend : array of shape (n,)
        Money spent in the time after it.
    """

    values: FloatArray
    measures: FloatArray
    orders: FloatArray
    spend: FloatArray

    @property
    def bought(self) -> BoolArray:
        """Who bought in the time after the day."""
        return np.asarray(self.orders > 0)

    @property
    def is_sufficient(self) -> bool:
        """Whether there are enough customers, buyers and others, to measure anything."""
        buyers = int(self.bought.sum())
        return len(self.orders) >= MIN_CUSTOMERS and min(buyers, len(self.orders) - buyers) >= MIN_CUSTOMERS // 10


def predict_buyers(
    known: Cut, earlier: Cut, model: SegmentationModel, code_names: Mapping[str, str]
) -> dict[str, FloatArray]:
    """Order the customers of a cut by how likely they are to buy, in several ways.

    Every rate is learned from the earlier cut and what followed it, which was known on the day of the cut; the
    outcome itself is not looked at.

    Parameters
    ----------
    known : Cut
        The customers whose buying is to be predicted.
    earlier : Cut
        As of a day so long before that its outcome was known.
    model : SegmentationModel
        Fitted on `known`.
    code_names : mapping of str to str
        Name of each of the 125 codes of scores, for the segments by rule.

    Returns
    -------
    dict of arrays of shape (n,)
        segments: the rate of the own segment. segments_blended: the rates of all segments, weighted by closeness to
        their centroids, which orders the customers inside a segment. recency, frequency, monetary, rfm_sum: the
        measures and the sum of their scores. rfm_segments: the rate of the name of the code.
        logistic_regression: on the scaled features, what the features themselves can tell.
    """
    points, earlier_points = (model.transformation.transform(cut.values) for cut in (known, earlier))
    was_in, is_in = (model.nearest_numbers(cut.values, cut.measures) for cut in (earlier, known))
    rates = segment_rates(was_in, earlier.bought, len(model.centroids))
    scores, earlier_scores = rfm_scores(known.measures), rfm_scores(earlier.measures)
    with one_thread():
        regression = LogisticRegression().fit(earlier_points, earlier.bought)
        return {
            "segments": rates[is_in],
            "segments_blended": blend(points, model.centroids, rates),
            "recency": -known.measures[:, 0],
            "frequency": known.measures[:, 1],
            "monetary": known.measures[:, 2],
            "rfm_sum": scores.sum(axis=1).astype(float),
            "rfm_segments": _name_rates(scores, earlier_scores, earlier.bought, code_names),
            "logistic_regression": regression.decision_function(points),
        }


def rfm_scores(measures: FloatArray) -> IntArray:
    """Return the scores 1 to 5 of recency, frequency and monetary: 1 + the number of quintile edges exceeded.

    Parameters
    ----------
    measures : array of shape (n, at least 3)
        Recency in days, frequency, monetary.
    """
    scores = np.ones((len(measures), 3), dtype=np.int64)
    for m, values in enumerate((-measures[:, 0], measures[:, 1], measures[:, 2])):
        edges = np.quantile(values, [0.2, 0.4, 0.6, 0.8], method="inverted_cdf")
        scores[:, m] += (values[:, None] > edges).sum(axis=1)
    return scores


def _name_rates(
    scores: IntArray, earlier_scores: IntArray, bought: BoolArray, code_names: Mapping[str, str]
) -> FloatArray:
    names = sorted(set(code_names.values()))
    labels, earlier_labels = (
        np.array([names.index(code_names["".join(map(str, row))]) for row in rows], dtype=np.int64)
        for rows in (scores, earlier_scores)
    )
    return segment_rates(earlier_labels, bought, len(names))[labels]


def auc(score: FloatArray, bought: BoolArray) -> tuple[float, float]:
    """Return the area under the ROC curve and its standard error.

    The probability that a buyer ranks above a customer who did not buy, ties counting half. The error is that of
    Hanley & McNeil 1982, doi 10.1148/radiology.143.1.7063747.
    """
    area = float(roc_auc_score(bought, score))
    buyers, others = int(bought.sum()), int((~bought).sum())
    both_buyers, both_others = area / (2 - area), 2 * area**2 / (1 + area)
    variance = area * (1 - area) + (buyers - 1) * (both_buyers - area**2) + (others - 1) * (both_others - area**2)
    return area, float(np.sqrt(max(variance, 0.0) / (buyers * others)))


def top_share(score: FloatArray, spend: FloatArray, share: float = 0.1) -> float:
    """Return the share of all spend that the customers with the highest scores bring.

    Parameters
    ----------
    score, spend : arrays of shape (n,)
    share : float, default 0.1
        Share of the customers. Of those who share the last score, as many as are needed count, each in part: no
        order of the rows decides.
    """
    _, group = np.unique(-score, return_inverse=True)
    sizes, sums = np.bincount(group), np.bincount(group, weights=spend)
    room = np.clip(share * len(score) - np.r_[0, np.cumsum(sizes)[:-1]], 0, sizes)
    return float((sums * room / sizes).sum() / spend.sum()) if spend.sum() > 0 else 0.0


@dataclass(frozen=True)
class SegmentOutcome:
    """What a segment was expected to do and what it did.

    Attributes
    ----------
    segment : str
    customers : int
    expected : float
        Share of buyers among its kind after the earlier cut.
    observed : float
        Share of its customers who bought after the cut.
    spend : float
        Mean spend of its customers after the cut.
    """

    segment: str
    customers: int
    expected: float
    observed: float
    spend: float

    @property
    def standard_error(self) -> float:
        """Standard error of the observed share."""
        return float(np.sqrt(self.observed * (1 - self.observed) / self.customers))


def segment_outcomes(known: Cut, earlier: Cut, model: SegmentationModel) -> list[SegmentOutcome]:
    """Return each segment's expected and observed share of buyers, the highest expected first."""
    labels, earlier_labels = (model.nearest_numbers(cut.values, cut.measures) for cut in (known, earlier))
    rates = segment_rates(earlier_labels, earlier.bought, len(model.names))
    outcomes = [
        SegmentOutcome(
            name,
            int(members.sum()),
            float(rates[n]),
            float(known.bought[members].mean()),
            float(known.spend[members].mean()),
        )
        for n, name in enumerate(model.names)
        if (members := labels == n).any()
    ]
    return sorted(outcomes, key=lambda outcome: (-outcome.expected, outcome.segment))


def worst_inversion(outcomes: Sequence[SegmentOutcome]) -> float:
    """Return by how many standard errors one bought more than another that was expected to buy more; 0 if none did."""
    worst = 0.0
    for n, higher in enumerate(outcomes):
        for lower in outcomes[n + 1 :]:
            error = np.hypot(higher.standard_error, lower.standard_error)
            if lower.observed > higher.observed and error > 0:
                worst = max(worst, float((lower.observed - higher.observed) / error))
    return worst
