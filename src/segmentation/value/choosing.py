"""Which model of purchases to take: the one that foretold best what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from segmentation.value.fitting import MODELS, PurchaseFit, fit_purchase_model
from segmentation.value.histories import distinct, each_kth, histories

FloatArray = NDArray[np.float64]

MOST_COMPARED = 20_000
"""What came is looked at of so many customers at most."""


@dataclass(frozen=True)
class Trial:
    """A model that was fitted on customers of a day in the past, and what it said of what came.

    Attributes
    ----------
    name, title : str
    fit : PurchaseFit
        On what was known on that day.
    later_log_likelihood : float
        Of the number of purchases that came, the sum over the customers looked at; not of what was fitted.
    behind : float
        How much below the best one that is.
    behind_error : float
        Standard error of that: the customers' own differences, added up.
    foretold, came : float
        Purchases, in sum over the customers looked at.
    is_chosen : bool
    reason : str
        "best", "as_good_and_simpler", "no_simpler" or "worse".
    reason_in_words : str
    """

    name: str
    title: str
    fit: PurchaseFit
    later_log_likelihood: float
    behind: float
    behind_error: float
    foretold: float
    came: float
    is_chosen: bool
    reason: str
    reason_in_words: str


def try_purchase_models(
    repeats: FloatArray,
    last: FloatArray,
    observed: FloatArray,
    later: FloatArray,
    horizon: float,
    names: Sequence[str] = tuple(MODELS),
) -> list[Trial]:
    """Fit each model on what was known on a day in the past, and choose by the probability of what came.

    The measure is the logarithmic score of the number of purchases within the horizon (Good 1952), given what was
    known of each customer: proper, so that no model gains by saying anything but what it believes. The simplest model
    is taken that is not worse than the best one by more than one standard error of the difference (Breiman et al. 1984,
    section 3.4.3).

    Parameters
    ----------
    repeats, last, observed : arrays of shape (n,)
        As of the day in the past; see `Histories`.
    later : array of shape (n,)
        Days with a purchase from that day on and before it plus the horizon.
    horizon : float
        In the unit of `observed`.
    names : sequence of str
        Keys of `MODELS`, the simpler one first.
    """
    customers = histories(repeats, last, observed)
    columns, place = distinct(*(np.asarray(values, dtype=float) for values in (repeats, last, observed, later)))
    weights = np.bincount(place).astype(float)
    rows, standing_for = each_kth(weights, MOST_COMPARED)
    # Each customer looked at counts once: so many are what is known.
    weights = standing_for * (MOST_COMPARED / len(later) if len(weights) > MOST_COMPARED else 1)
    x, tx, t, count = (column[rows] for column in columns)
    fits = [fit_purchase_model(name, customers) for name in names]
    scores = [fit.model.log_probability_of(count, x, tx, t, horizon) for fit in fits]
    sums = [float(weights @ score) for score in scores]
    best = int(np.argmax(sums))
    behind = [sums[best] - total for total in sums]
    errors = [_error_of_sum(scores[best] - score, weights) for score in scores]
    # What only the search for the optimum leaves open is no difference.
    is_as_good = [gap <= max(error, 1e-5 * len(later)) for gap, error in zip(behind, errors, strict=True)]
    chosen = is_as_good.index(True)
    trials = [
        Trial(
            name,
            MODELS[name].title,
            fit,
            total,
            gap,
            error,
            float(weights @ fit.model.expected_purchases(x, tx, t, horizon)),
            float(weights @ count),
            n == chosen,
            "",
            "",
        )
        for n, (name, fit, total, gap, error) in enumerate(zip(names, fits, sums, behind, errors, strict=True))
    ]
    return [_with_reason(trial, n == best, is_as_good[n]) for n, trial in enumerate(trials)]


def _with_reason(trial: Trial, is_best: bool, is_as_good: bool) -> Trial:
    measured = f"the log-likelihood of what came is {trial.later_log_likelihood:,.1f}"
    behind = f"{measured}, {trial.behind:,.1f} below the best one (standard error {trial.behind_error:,.1f})"
    if trial.is_chosen and is_best:
        return replace(trial, reason="best", reason_in_words=f"It foretold best what came: {measured}.")
    if trial.is_chosen:
        words = f"The simplest that foretold what came as well as any: {behind}."
        return replace(trial, reason="as_good_and_simpler", reason_in_words=words)
    if is_as_good:
        words = f"As good, and no simpler than the one that was taken: {behind}."
        return replace(trial, reason="no_simpler", reason_in_words=words)
    return replace(trial, reason="worse", reason_in_words=f"It foretold worse what came: {behind}.")


def _error_of_sum(differences: FloatArray, weights: FloatArray) -> float:
    total = float(weights.sum())
    mean = float(weights @ differences) / total
    return float(np.sqrt(max(float(weights @ (differences - mean) ** 2), 0.0) * total / max(total - 1, 1)))
