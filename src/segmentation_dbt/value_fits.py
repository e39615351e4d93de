"""Tables with a row a fit of what customers are worth: `int_value_fits` and `int_value_backtests`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

import pandas as pd
import pyarrow as pa

from segmentation.value.backtest import Backtest, outcome_rows
from segmentation.value.customer_value import CustomerValue
from segmentation.value.seasons import Cohorts
from segmentation_dbt.fits import Decision
from segmentation_dbt.relations import rows_of, schema_of, stored_table, to_pandas

PARAMETERS = ("r", "alpha", "a", "b", "s", "beta")
SPEND_PARAMETERS = ("p", "q", "gamma")

OUTCOME = pa.struct(
    [
        ("measure", pa.string()),
        ("kind", pa.string()),
        ("name", pa.string()),
        ("customers", pa.int64()),
        ("expected", pa.float64()),
        ("came", pa.float64()),
        ("as_before", pa.float64()),
        ("standard_error", pa.float64()),
    ]
)

TRIAL = pa.struct(
    [
        ("purchase_model", pa.string()),
        ("later_log_likelihood", pa.float64()),
        ("behind", pa.float64()),
        ("behind_error", pa.float64()),
        ("foretold", pa.float64()),
        ("came", pa.float64()),
        ("reason", pa.string()),
    ]
)

VALUE_FITS = pa.schema(
    [
        ("fit_number", pa.int32()),
        ("format", pa.int32()),
        ("fitted_as_of", pa.date32()),
        ("model_version", pa.string()),
        ("reason", pa.string()),
        ("reason_code", pa.string()),
        ("settings", pa.string()),
        ("previous_fit_number", pa.int32()),
        ("stored", pa.string()),
        ("purchase_model", pa.string()),
        *((name + suffix, pa.float64()) for name in PARAMETERS for suffix in ("", "_error")),
        ("log_likelihood", pa.float64()),
        ("customers", pa.int64()),
        ("returning_customers", pa.int64()),
        ("at_edge", pa.string()),
        ("chosen_because", pa.string()),
        ("chosen_in_words", pa.string()),
        *((name + suffix, pa.float64()) for name in SPEND_PARAMETERS for suffix in ("", "_error")),
        ("spend_log_likelihood", pa.float64()),
        ("spend_customers", pa.int64()),
        ("frequency_value_correlation", pa.float64()),
        ("orders_per_day", pa.float64()),
        ("is_season_known", pa.bool_()),
        ("season_factors", pa.string()),
        ("regular_share", pa.float64()),
        ("warnings", pa.string()),
        ("tried", pa.list_(TRIAL)),
    ]
)

VALUE_BACKTESTS = pa.schema(
    [
        ("fit_number", pa.int32()),
        ("cut_date", pa.date32()),
        ("was_season_known", pa.bool_()),
        ("outcome", pa.list_(OUTCOME)),
    ]
)


def stored_rows(dbt: Any, session: Any, name: str, schema: pa.Schema) -> Any:
    """Return the rows of a table as the last build left them, with the columns of this version; None if there are none.

    Those of a version that stored them without one of the columns are left: a fit of purchases takes seconds and has no
    past that names depend on, so it is made again.

    Parameters
    ----------
    dbt, session
        As dbt gives them to a Python model.
    name : str
        Of the table.
    schema : Schema
        VALUE_FITS or VALUE_BACKTESTS.
    """
    stored = stored_table(dbt, session, name)
    if stored is None or not set(schema.names) <= set(stored.columns):
        return None
    known = stored.select(*schema.names)
    return known if schema_of(known).equals(schema) else None


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


def cohorts_of(weeks: Any) -> Cohorts:
    """Return the purchase days of each week by the week of the first one, from the relation `int_purchase_weeks`."""
    rows = to_pandas(weeks.sort("first_week", "purchase_week"))
    days, counts = ["first_week", "purchase_week"], ["customers", "purchase_days"]
    return Cohorts(
        *(rows[column].to_numpy(dtype="datetime64[D]") for column in days),
        *(rows[column].to_numpy(dtype=float) for column in counts),
    )


def known_customers(relation: Any, *sorted_by: str) -> pd.DataFrame:
    """Return customers as `CustomerValue` reads them, in an order that does not depend on chance."""
    return to_pandas(relation.sort(*sorted_by)).rename(columns={"kept_value": "purchased_value"})


def value_in_force(fits: Any, parameters: dict[str, Any]) -> tuple[CustomerValue, str]:
    """Return what says what customers are worth by the last fit, and its version.

    Parameters
    ----------
    fits : relation
        `int_value_fits`.
    parameters : dict
        Those of `CustomerValue` that hold today, whatever the fit was made with: horizons, discount, margin.
    """
    numbers = [number for (number,) in rows_of(fits, "fit_number")]
    ((stored, version),) = rows_of(fits.filter(f"fit_number = {max(numbers)}"), "stored", "model_version")
    return CustomerValue.from_row(json.loads(stored)).set_params(**parameters), version


def _with_errors(parameters: dict[str, Any], errors: dict[str, Any]) -> dict[str, Any]:
    return parameters | {f"{name}_error": errors.get(name) for name in parameters}
