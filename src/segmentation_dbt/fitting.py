"""Fits, from tables of pandas to the row that is stored: what `processes.apart` is asked for by name.

Nothing else that a build calls imports scikit-learn, which takes a second.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from segmentation.backtest import backtest
from segmentation.calibration import cross_calibrate
from segmentation.naming import MEASURED, Archetype
from segmentation.refit import count_changed
from segmentation.segmentation import Segmentation, later_of
from segmentation.stored_form import read_scorer
from segmentation.value.backtest import Backtest, backtest_value, outcome_rows
from segmentation.value.customer_value import CustomerValue
from segmentation.value.seasons import Cohorts
from segmentation_dbt.fit_rows import FEATURES
from segmentation_dbt.fits import SCORING_PARTS, Decision
from segmentation_dbt.value_fits import TRIAL, VALUE_FITS

WORKERS = min(2, os.cpu_count() or 1)
"""Processes that compare candidates: two do in seconds what there is, and each takes memory."""


def fit_segments(
    parameters: Mapping[str, Any],
    archetypes: Sequence[Archetype],
    decision: Decision,
    customers: pd.DataFrame,
    past: pd.DataFrame,
    validation_days: int,
    codes: Mapping[str, str],
    before: Mapping[str, pd.DataFrame] | None,
) -> dict[str, Any]:
    """Return the row of a fit for `int_fits`.

    Parameters
    ----------
    parameters : mapping
        Of `Segmentation`.
    archetypes : sequence of Archetype
    decision : Decision
    customers : DataFrame
        To fit it on, by customer_id.
    past : DataFrame
        The customers as of days in the past, with what they did afterwards.
    validation_days : int
        How many days after.
    codes : mapping of str to str
        Name of each code of scores.
    before : mapping of str to DataFrame, optional
        SCORING_PARTS and candidates of the fit in force until now.
    """
    segmentation = Segmentation(**parameters, archetypes=archetypes, workers=WORKERS)
    old = in_force = None
    if before is not None:
        old = read_scorer({part: before[part] for part in SCORING_PARTS})
        candidates = before["candidates"]
        chosen = candidates[candidates["is_chosen"].astype(bool)].iloc[0]
        # Other settings ask for another choice.
        if decision.is_same_settings:
            in_force = (str(chosen["algorithm"]), int(chosen["segment_count"]))
    later = later_of(past[past["cut_date"] == past["cut_date"].max()], segmentation.features, validation_days)
    segmentation.fit(customers, later=later, previous=old.model if old else None, in_force=in_force)

    row = row_of_fit(decision, segmentation, customers)
    (taken,) = (candidate for candidate in segmentation.candidates_ if candidate.is_chosen)
    row["validation"] = backtest(segmentation, past, taken.algorithm, taken.setting, codes)
    if old:
        measures = customers[[*MEASURED]].to_numpy(dtype=float)
        known, values = (
            customers[list(features)].to_numpy(dtype=float)
            for features in (old.model.transformation.features, segmentation.features)
        )
        row["compared_customers"] = len(customers)
        row["changed_customers"] = count_changed(old, segmentation.scorer_, known, values, measures)
    return row


def row_of_fit(decision: Decision, segmentation: Segmentation, customers: pd.DataFrame) -> dict[str, Any]:
    """Return the row of a fit for `int_fits`, without its validation.

    Parameters
    ----------
    decision : Decision
    segmentation : Segmentation
        Fitted on the customers.
    customers : DataFrame
        Those that it was fitted on, with customer_id and FEATURES.
    """
    stored = segmentation.to_row()
    stability = segmentation.stability()
    found = (
        {
            int(number): {
                "resamples": stability.resamples,
                "customers_resampled": stability.customers,
                "jaccard": jaccard,
                "jaccard_error": error,
            }
            for number, jaccard, error in zip(
                stability.numbers, stability.jaccard, stability.standard_error, strict=True
            )
        }
        if stability
        else {}
    )
    reference = customers[["customer_id", *FEATURES]].assign(segment_number=segmentation.labels_)
    return {
        "format": stored["format"],
        "parameters": json.dumps(stored["parameters"], sort_keys=True),
        **{name: value for name, value in asdict(decision).items() if name != "is_same_settings"},
        "model_version": segmentation.model_.version,
        "segments": [segment | found.get(segment["segment_number"], {}) for segment in stored["segments"]],
        "reference_customers": [
            customer | {"attributes": known.get("attributes")}
            for customer, known in zip(reference.to_dict("records"), stored["reference_customers"], strict=True)
        ],
        "confidence_levels": stored["confidence_levels"],
        "held_out_customers": [
            {
                "customer_number": number,
                "neighbors": votes.neighbors,
                "segment_number": truth,
                "voted_segment_number": label,
                "votes": count,
                "confidence": confidence,
                "is_chosen": votes.neighbors == segmentation.neighbors_,
            }
            for votes in segmentation.held_out_
            for number, (truth, label, count, confidence) in enumerate(
                zip(
                    votes.truth.tolist(),
                    votes.label.tolist(),
                    votes.votes.tolist(),
                    cross_calibrate(votes.votes, votes.is_right, votes.neighbors).tolist(),
                    strict=True,
                )
            )
        ],
        "candidates": [
            asdict(candidate) | {"structure_p_value": segmentation.structure_p_value_}
            for candidate in segmentation.candidates_
        ],
    }


def fit_value(
    parameters: Mapping[str, Any],
    decision: Decision,
    customers: pd.DataFrame,
    earlier: pd.DataFrame | None,
    cohorts: Cohorts,
) -> dict[str, Any]:
    """Return the row of a fit for `int_value_fits`; parameters and tables are those of `CustomerValue`."""
    value = CustomerValue(**parameters)
    value.fit(customers, earlier=earlier, as_of=decision.fitted_as_of, cohorts=cohorts)
    return row_of_value_fit(decision, value)


def try_value(
    fit_number: int,
    parameters: Mapping[str, Any],
    of_segments: Mapping[str, Any],
    past: pd.DataFrame,
    algorithm: str,
    setting: float,
    codes: Mapping[str, str],
    cohorts: Cohorts,
) -> dict[str, Any]:
    """Return the row of a fit for `int_value_backtests`.

    Parameters
    ----------
    fit_number : int
    parameters, of_segments : mapping
        Of `CustomerValue` and `Segmentation`.
    past : DataFrame
        As of `fit_segments`.
    algorithm, setting : str, float
        Of the candidate in force.
    codes : mapping of str to str
        Name of each code of scores.
    cohorts : Cohorts
    """
    value, segmentation = CustomerValue(**parameters), Segmentation(**of_segments)
    tried = backtest_value(value, segmentation, past, algorithm, setting, codes, cohorts)
    return row_of_value_backtest(fit_number, tried)


def row_of_value_fit(decision: Decision, value: CustomerValue) -> dict[str, Any]:
    """Return the row of a fit for `int_value_fits`.

    Parameters
    ----------
    decision : Decision
    value : CustomerValue
        Fitted.
    """
    found, stored = value.describe(), value.to_row()
    fitted = {name: part for name, part in stored.items() if name not in ("parameters", "as_of")}
    version = hashlib.sha256(json.dumps(fitted, sort_keys=True).encode()).hexdigest()[:12]
    return {
        **{name: given for name, given in asdict(decision).items() if name != "is_same_settings"},
        "format": stored["format"],
        "model_version": version,
        "stored": json.dumps(stored, sort_keys=True),
        **_with_errors(found["parameters"], found["standard_errors"]),
        **_with_errors(found["spend_parameters"], found["spend_standard_errors"]),
        **{
            name: found[name]
            for name in VALUE_FITS.names
            if name in found and name not in ("at_edge", "season_factors")
        },
        "at_edge": ", ".join(found["at_edge"]),
        "is_season_known": found["season_factors"] is not None,
        "season_factors": None if found["season_factors"] is None else json.dumps(found["season_factors"]),
        "warnings": " ".join(found["warnings"]),
        "tried": [{field.name: trial.get(field.name) for field in TRIAL} for trial in found["tried"]],
    }


def row_of_value_backtest(fit_number: int, tried: Backtest | None) -> dict[str, Any]:
    """Return the row of a fit for `int_value_backtests`.

    Parameters
    ----------
    fit_number : int
    tried : Backtest or None
        None if the history is too short.
    """
    return {
        "fit_number": fit_number,
        "cut_date": tried.cut.date() if tried else None,
        "was_season_known": tried.is_season_known if tried else None,
        "outcome": outcome_rows(tried.outcome) if tried else [],
    }


def _with_errors(parameters: dict[str, Any], errors: dict[str, Any]) -> dict[str, Any]:
    return parameters | {f"{name}_error": errors.get(name) for name in parameters}
