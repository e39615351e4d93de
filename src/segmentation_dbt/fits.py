"""The fits of the model, as Python models read them: the one place that reads what an earlier build stored."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.drift import NO_DRIFT, Drift, measure_drift
from segmentation.naming import MEASURED, Archetype
from segmentation.scoring import Scorer
from segmentation.stored_form import read_reference, read_scorer
from segmentation.transformation import is_attribute
from segmentation_dbt.fit_rows import FITS, conform
from segmentation_dbt.former_fits import read_former
from segmentation_dbt.relations import result, rows_of, schema_of, stored_table, to_arrow, to_pandas, to_relation

SCORING_PARTS = ("segments", "reference_customers", "confidence_levels")
"""What it takes to score customers by a fit."""

_SAMPLE = 10_000


def stored_fits(dbt: Any, session: Any) -> Any:
    """Return the rows of `int_fits` as the last build left them, with the columns of this version.

    Those of a version that kept fits in ten tables are read from these. None if there are none.

    Raises
    ------
    UnreadableFitsError
        If this version can't read them; nothing is changed then.
    """
    stored = stored_table(dbt, session, "int_fits")
    if stored is None:
        former = read_former(lambda name: stored_table(dbt, session, name))
        return None if former is None else to_relation(session, former)
    return stored if schema_of(stored).equals(FITS) else to_relation(session, conform(to_arrow(stored)))


def fit_of(fits: Any, number: int, *parts: str) -> dict[str, pd.DataFrame]:
    """Return parts of a fit, each a table with a row an element.

    Parameters
    ----------
    fits : relation
        `int_fits`, or what `stored_fits` returns.
    number : int
    *parts : str
        Names of its lists.
    """
    row = to_arrow(fits.filter(f"fit_number = {number}").select(*parts))
    return {part: pa.Table.from_struct_array(row.column(part).combine_chunks().flatten()).to_pandas() for part in parts}


def scorer_of(fits: Any, number: int) -> Scorer:
    """Return what scores customers by a fit."""
    return read_scorer(fit_of(fits, number, *SCORING_PARTS))


def with_attributes(customers: pd.DataFrame, features: Sequence[str]) -> pd.DataFrame:
    """Return customers with the attributes among some features by their names, NaN where they are not known.

    Parameters
    ----------
    customers : DataFrame
        Of a table that has attributes in the columns that the macro `attribute_features` names.
    features : sequence of str
        Perhaps those of an earlier fit: of an attribute that the table no longer has nothing is known.
    """
    columns = {feature: _column_of(feature) for feature in features if is_attribute(feature)}
    return customers.assign(**{name: customers.get(column, np.nan) for name, column in columns.items()})


def _column_of(attribute: str) -> str:
    return f"attribute_{hashlib.md5(attribute.encode(), usedforsecurity=False).hexdigest()[:12]}"


@dataclass(frozen=True)
class Decision:
    """A fit that is to be made in this build.

    Attributes
    ----------
    fit_number : int
    fitted_as_of : date
    reason, reason_code : str
    settings : str
        As JSON.
    previous_fit_number : int or None
        Of the fit in force until then.
    is_same_settings : bool
        Whether that was made with the same settings.
    """

    fit_number: int
    fitted_as_of: datetime.date
    reason: str
    reason_code: str
    settings: str
    previous_fit_number: int | None
    is_same_settings: bool


def last_fit(fits: Any) -> dict[str, Any] | None:
    """Return number, date and settings of the last one of stored fits; None if there are none."""
    if fits is None:
        return None
    rows = to_arrow(fits.select("fit_number", "fitted_as_of", "settings")).to_pylist()
    return max(rows, key=lambda fit: fit["fit_number"], default=None)


def decision_of(decisions: Any, kind: str, fits: Any) -> Decision | None:
    """Return what `int_refit_decision` says; None if the last fit stays in force, or the fit was made already.

    Parameters
    ----------
    decisions : relation
        `int_refit_decision`.
    kind : {"segments", "value"}
    fits : relation or None
        Those that are stored.
    """
    rows = to_arrow(decisions.filter(f"model_kind = '{kind}'").select(*Decision.__dataclass_fields__)).to_pylist()
    made = set() if fits is None else {number for (number,) in rows_of(fits, "fit_number")}
    return Decision(**rows[0]) if rows and rows[0]["fit_number"] not in made else None


def with_row(session: Any, stored: Any, row: dict[str, Any] | None, schema: pa.Schema) -> Any:
    """Return what a model with a row a fit returns: the rows that are kept, and the one of this build.

    Parameters
    ----------
    session
        As dbt gives it to a Python model.
    stored : relation or None
        Rows of earlier builds.
    row : dict or None
        Of this build, if it makes one.
    schema : Schema
        Of the table.
    """
    added = pa.Table.from_pylist([] if row is None else [row], schema)
    if stored is None:
        return result(session, added)
    return stored if row is None else stored.union(to_relation(session, added))


def drift_since(fits: Any, number: int, customers: Any, archetypes: Sequence[Archetype]) -> Drift:
    """Return how far today's customers are from those of a fit.

    Parameters
    ----------
    fits : relation
        As for `fit_of`.
    number : int
    customers : relation
        `int_clustering_features`; at most 10,000 of them are looked at, those of the lowest hash.
    archetypes : sequence of Archetype
        From the seeds.
    """
    parts = fit_of(fits, number, *SCORING_PARTS, "held_out_customers")
    scores = read_scorer(parts)
    features = list(scores.model.transformation.features)
    # In a fixed order: the last digit of a mean of floats depends on it.
    held_out = parts["held_out_customers"].sort_values("customer_number")
    confidence = held_out.loc[held_out["is_chosen"].astype(bool), "confidence"].astype(float)
    today = to_pandas(customers.filter(f"sample_rank <= {_SAMPLE}").sort("sample_rank"))
    # Of an attribute that is no feature any more nothing is known; the settings have changed, and that is the reason.
    if not {_column_of(feature) for feature in features if is_attribute(feature)} <= {*today}:
        return NO_DRIFT
    today = with_attributes(today, features)
    return measure_drift(
        scores,
        read_reference(features, parts["reference_customers"])[0],
        today[features].to_numpy(dtype=float),
        today[[*MEASURED]].to_numpy(dtype=float),
        float(confidence.mean()) if len(confidence) else None,
        archetypes,
    )
