"""How far customers have moved away from those that a model was fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmentation.naming import Archetype, describe_clusters
from segmentation.scoring import Scorer

FloatArray = NDArray[np.float64]

NAME_TOLERANCE = 0.04
"""How far the customers of a segment may move beyond the bounds of its name until it is no longer true."""

_FEWEST_MEMBERS = 20


@dataclass(frozen=True)
class Shift:
    """How differently a feature is distributed.

    Attributes
    ----------
    index : float
        Population stability index: 0 is the same distribution, from 0.1 on a shift, from 0.25 on a large one.
    by_chance : float
        What two samples of these sizes from one distribution stay below, nearly always.
    """

    index: float
    by_chance: float


@dataclass(frozen=True)
class Drift:
    """What has become of the customers since a fit.

    Attributes
    ----------
    shifts : dict of str to Shift
        One a feature of the model.
    outside_share : float
        Share of the customers with a value that the model has not seen.
    confidence_fall : float or None
        By how much the mean confidence lies below that of customers who were held out of the fit; below 0 where it is
        higher, None where nobody was held out.
    untrue_names : tuple of str
        Segments whose name is no longer true of their customers.
    """

    shifts: dict[str, Shift]
    outside_share: float
    confidence_fall: float | None
    untrue_names: tuple[str, ...] = ()


NO_DRIFT = Drift({}, 0.0, None)


def population_stability(fitted: FloatArray, today: FloatArray, bins: int = 10) -> Shift:
    """Compare the distribution of a feature with that at the fit: the population stability index.

    The sum over the bins of (share today - share at the fit) * ln(share today / share at the fit): Siddiqi 2006,
    Credit Risk Scorecards. By chance it is about chi-squared with as many degrees of freedom as there are edges, times
    1 / n_fitted + 1 / n_today (Yurdakul & Naranjo 2020): that mean and two standard
    deviations are `by_chance`.

    Parameters
    ----------
    fitted : array of shape (n_fitted,)
        Values of the customers that the model was fitted on; at least one.
    today : array of shape (n_today,)
        Values of today's customers; at least one.
    bins : int, default 10
        Between the quantiles of the fitted values. Equal edges are merged: a value that fills several bins is one.
        An empty bin counts as half a customer.
    """
    edges = np.unique(np.quantile(fitted, np.arange(1, bins) / bins, method="inverted_cdf"))
    # The highest values may be a bin by themselves that nobody was in.
    counts = [np.bincount(np.searchsorted(edges, values), minlength=len(edges) + 1) for values in (fitted, today)]
    occurs = (counts[0] + counts[1]) > 0
    then, now = (np.maximum(count[occurs], 0.5) / count.sum() for count in counts)
    index = float(((now - then) * np.log(now / then)).sum())
    freedom = int(occurs.sum()) - 1
    return Shift(index, float((freedom + 2 * np.sqrt(2 * freedom)) * (1 / len(fitted) + 1 / len(today))))


def measure_drift(
    scorer: Scorer,
    fitted: FloatArray,
    today: FloatArray,
    measures: FloatArray,
    held_out_confidence: float | None,
    archetypes: Sequence[Archetype],
) -> Drift:
    """Measure how far customers have moved since a model was fitted.

    Parameters
    ----------
    scorer : Scorer
        Of the model.
    fitted : array of shape (n_fitted, n_features)
        The features of the fitted customers, in original units; NaN for an attribute that is not known, which counts as
        what stands for it in the model.
    today : array of shape (n_today, n_features)
        Those of today's customers.
    measures : array of shape (n_today, 5)
        Their MEASURED, for the names.
    held_out_confidence : float or None
        Mean confidence of the customers who were held out of the fit.
    archetypes : sequence of Archetype
    """
    transformation = scorer.model.transformation
    fitted_known, today_known = transformation.filled(fitted), transformation.filled(today)
    scores = scorer.score(today, measures)
    rhythm = scorer.model.rhythm
    named = {archetype.name: archetype for archetype in archetypes}
    untrue = []
    # The clusters that somebody is in, numbered without gaps.
    numbers, labels, sizes = np.unique(scores.segment, return_inverse=True, return_counts=True)
    # A model of an earlier version has no rhythm that its names could be held against.
    if rhythm is not None:
        for number, size, cluster in zip(numbers, sizes, describe_clusters(measures, labels, rhythm), strict=True):
            name = scorer.model.names[number]
            if size >= _FEWEST_MEMBERS and (name not in named or named[name].untruth(cluster, rhythm) > NAME_TOLERANCE):
                untrue.append(name)
    return Drift(
        {
            name: population_stability(then, now)
            for name, then, now in zip(transformation.features, fitted_known.T, today_known.T, strict=True)
        },
        float(scores.is_outside_trained_range.mean()),
        None if held_out_confidence is None else held_out_confidence - float(scores.confidence.mean()),
        tuple(untrue),
    )
