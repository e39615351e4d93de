"""Tables with a row a fit of what customers are worth: `int_value_fits` and `int_value_backtests`."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pyarrow as pa

from segmentation.value.forecaster import Forecaster
from segmentation.value.seasons import Cohorts
from segmentation.value.stored import read_forecaster
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


def forecaster_in_force(fits: Any, parameters: dict[str, Any]) -> tuple[Forecaster, str]:
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
    row = json.loads(stored)
    return read_forecaster(row | {"parameters": row["parameters"] | parameters}), version
