"""When a model is refitted, and what a refit changes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmentation.drift import Drift
from segmentation.scoring import Scorer

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class RefitRule:
    """When a model is refitted.

    Attributes
    ----------
    mode : {"auto", "always", "never"}
        By the rule; with every build; only if there is no model.
    after_days : int
        Age of the data that the model was fitted on, in days, above which it is refitted.
    shift : float
        Population stability index of a feature above which it is refitted, beyond what chance brings.
    outside_share : float
        The same for the share of customers with a value that the model has not seen.
    confidence_fall : float
        The same for the fall of the mean confidence below that at the fit.
    """

    mode: str
    after_days: int
    shift: float
    outside_share: float
    confidence_fall: float


def reasons_to_refit(
    rule: RefitRule,
    settings: Mapping[str, str],
    fitted_settings: Mapping[str, str],
    age_days: int,
    drift: Drift,
) -> dict[str, str]:
    """Say why the model is to be refitted, in words by their codes; empty where it stays.

    Parameters
    ----------
    rule : RefitRule
    settings : mapping of str to str
        What a fit depends on, today.
    fitted_settings : mapping of str to str
        The same when the model was fitted.
    age_days : int
        Days from the as-of date of the fit to today's; below 0 where an earlier date is looked at.
    drift : Drift

    Returns
    -------
    dict of str to str
        Codes: settings, shift, outside_range, confidence, names, age; and always, if no other applies.
    """
    if rule.mode == "never":
        return {}
    reasons = {}
    changed = [
        f"{name} from {fitted_settings.get(name, 'nothing')} to {settings.get(name, 'nothing')}"
        for name in sorted({*settings, *fitted_settings})
        if settings.get(name) != fitted_settings.get(name)
    ]
    if changed:
        reasons["settings"] = f"settings changed: {', '.join(changed)}"
    shifts = [
        f"{feature} has shifted by {shift.index:.2f}, above {rule.shift:g}"
        for feature, shift in drift.shifts.items()
        if shift.index > rule.shift + shift.by_chance
    ]
    if shifts:
        reasons["shift"] = "; ".join(shifts)
    if drift.outside_share > rule.outside_share:
        reasons["outside_range"] = (
            f"{drift.outside_share:.1%} of the customers are outside the trained range, above {rule.outside_share:.1%}"
        )
    if drift.confidence_fall is not None and drift.confidence_fall > rule.confidence_fall:
        reasons["confidence"] = (
            f"the confidence has fallen by {drift.confidence_fall:.2f}, above {rule.confidence_fall:g}"
        )
    if drift.untrue_names:
        reasons["names"] = f"no longer true of its customers: {', '.join(drift.untrue_names)}"
    if age_days > rule.after_days:
        reasons["age"] = f"the model is {age_days} days old, above {rule.after_days}"
    if rule.mode == "always" and not reasons:
        reasons["always"] = "refit is always"
    return reasons


def fit_in_force(fits: Mapping[int, datetime.date], day: datetime.date) -> int:
    """Return the number of the fit that was in force on a day.

    That is the latest one on data up to that day, of several the last; on days before all fits the first one.

    Parameters
    ----------
    fits : mapping of int to date
        The as-of date of each fit by its number; at least one.
    day : date
    """
    known = {number: as_of for number, as_of in fits.items() if as_of <= day}
    if known:
        return max(known, key=lambda number: (known[number], number))
    return min(fits, key=lambda number: (fits[number], number))


def count_changed(
    old: Scorer, new: Scorer, old_values: FloatArray, new_values: FloatArray, measures: FloatArray
) -> int:
    """Count the customers whom two models put into segments of different names, with the same behaviour.

    Parameters
    ----------
    old, new : Scorer
    old_values : array of shape (n, n_features_old)
        Features of the customers that `old` knows, in original units.
    new_values : array of shape (n, n_features_new)
        Those that `new` knows, of the same customers.
    measures : array of shape (n, 5)
        Their MEASURED.
    """
    was = np.array(old.model.names)[old.score(old_values, measures).segment]
    is_now = np.array(new.model.names)[new.score(new_values, measures).segment]
    return int((was != is_now).sum())
