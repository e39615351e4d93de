"""What the Python models of dbt share: tables that keep a row set for every fit of the model."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from segmentation.assignment import DEFAULT_NEIGHBORS
from segmentation.drift import Drift, measure_drift
from segmentation.model import Later
from segmentation.naming import MEASURED, Archetype
from segmentation.scoring import Scorer
from segmentation.segmentation import later_of
from segmentation.stored_model import read_scorer
from segmentation_dbt.fit_tables import FIT_TABLES, read_stored
from segmentation_dbt.relations import result, rows_of, table, to_pandas, to_relation

_SAMPLE = 10_000


def stored_table(dbt: Any, session: Any, name: str) -> Any:
    """Return a table of the last build, of the schema of the model that asks; None if there is none.

    For what comes after the model in the flow, and can't be referred to.
    """
    return table(session, str(dbt.this).replace(dbt.this.identifier, name))


def stored_fits(dbt: Any, session: Any, name: str) -> Any:
    """Return a fit table of the last build, with the columns that this version knows.

    Parameters
    ----------
    dbt, session
        As dbt gives them to a Python model.
    name : str
        A key of FIT_TABLES.

    Raises
    ------
    UnreadableFitsError
        See `read_stored`.
    """
    return read_stored(stored_table(dbt, session, name), name)


@dataclass(frozen=True)
class Fit:
    """A fit that is to be made in this build.

    Attributes
    ----------
    number : int
    fitted_as_of : date
    previous : int or None
        Number of the fit in force until then.
    is_same_settings : bool
        Whether it was made with the same settings.
    """

    number: int
    fitted_as_of: datetime.date
    previous: int | None
    is_same_settings: bool


def pending_fit(fits: Any) -> Fit | None:
    """Return the fit of `int_model_fits` that is to be made in this build; None where the last one stays in force."""
    rows = to_pandas(fits)
    pending = rows[rows["is_pending"]]
    if pending.empty:
        return None
    row = pending.iloc[0]
    previous = None if row.isna()["previous_fit_number"] else int(row["previous_fit_number"])
    settings = dict(zip(rows["fit_number"], rows["settings"], strict=True))
    is_same = previous is not None and json.loads(settings[previous]) == json.loads(row["settings"])
    return Fit(int(row["fit_number"]), row["fitted_as_of"].date(), previous, is_same)


def with_stored_fits(
    dbt: Any, session: Any, fits: Any, name: str, new: pa.Table | Sequence[Mapping[str, Any]] = ()
) -> Any:
    """Return the rows that a fit table has of earlier fits, and those of the fit of this build.

    Parameters
    ----------
    dbt, session
        As dbt gives them to a Python model.
    fits : relation
        `int_model_fits`: rows of fits that it does not hold, or that are made again, go.
    name : str
        The table, a key of FIT_TABLES.
    new : pyarrow.Table or sequence of mappings, optional
        The rows of the fit of this build; a column that a mapping does not have is null.

    Raises
    ------
    UnreadableFitsError
        If there are fits to keep and the table can't be read: see `read_stored`.
    """
    schema = FIT_TABLES[name]
    added = new.select(schema.names).cast(schema) if isinstance(new, pa.Table) else pa.Table.from_pylist(new, schema)
    kept = [number for (number,) in rows_of(fits.filter("not is_pending"), "fit_number")]
    if not kept:
        return result(session, added)
    rows = stored_fits(dbt, session, name).filter(f"fit_number in ({', '.join(map(str, kept))})")
    return rows.union(to_relation(session, added)) if len(added) else rows


def neighbors_of(held_out: Any, fit_number: int) -> int:
    """Return how many neighbours vote by a fit.

    Those that `int_held_out_customers` has chosen; DEFAULT_NEIGHBORS if there were too few customers to hold out.
    """
    chosen = held_out.filter(f"is_chosen and fit_number = {fit_number}").select("neighbors").distinct()
    return next((int(neighbors) for (neighbors,) in rows_of(chosen, "neighbors")), DEFAULT_NEIGHBORS)


def scorer(fit_number: int, model: Any, fitted: Any, levels: Any, rates: Any) -> Scorer:
    """Return what scores customers by a fit, from the relations of the four tables that keep the fits."""
    tables = (to_pandas(t.filter(f"fit_number = {fit_number}")) for t in (model, fitted, levels, rates))
    return read_scorer(fit_number, *tables)


def latest_later(customers: Any, features: Sequence[str], days: int) -> Later | None:
    """Return who bought after the latest day of `int_validation_customers`; None if they are too few to say."""
    rows = to_pandas(customers.sort("customer_id"))
    return later_of(rows[rows["cut_date"] == rows["cut_date"].max()], features, days)


def drift_since(
    fit_number: int, stores: Sequence[Any], held_out: Any, customers: Any, archetypes: Sequence[Archetype]
) -> Drift:
    """Return how far today's customers are from those of a fit.

    Parameters
    ----------
    fit_number : int
    stores : sequence of relations
        The four tables that keep the fits, as for `scorer`.
    held_out : relation
        `int_held_out_customers`.
    customers : relation
        `int_clustering_features`; at most 10,000 of them are looked at, those of the lowest hash.
    archetypes : sequence of Archetype
        From the seeds.
    """
    model, fitted, levels, rates = stores
    scores = scorer(fit_number, model, fitted, levels, rates)
    features = list(scores.model.transformation.features)
    chosen = held_out.filter(f"is_chosen and fit_number = {fit_number}")
    # In a fixed order: the last digit of a mean of floats depends on it.
    confidence = to_pandas(chosen.sort("customer_number"))["confidence"]
    today = to_pandas(customers.filter(f"sample_rank <= {_SAMPLE}").sort("sample_rank"))
    return measure_drift(
        scores,
        to_pandas(fitted.filter(f"fit_number = {fit_number}"))[features].to_numpy(dtype=float),
        today[features].to_numpy(dtype=float),
        today[[*MEASURED]].to_numpy(dtype=float),
        float(confidence.mean()) if len(confidence) else None,
        archetypes,
    )
