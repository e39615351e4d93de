"""Fits of the versions that kept them in ten tables, which the first build of this version reads once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa

from segmentation.comparison import Candidate
from segmentation.selection import shortcomings
from segmentation.stored_form import STORED_FORMAT
from segmentation_dbt.fit_rows import FITS, PARTS, conform_column, list_of, unreadable
from segmentation_dbt.relations import schema_of, select, to_arrow

COMPLETE = "int_complete_fits"

TABLES = {
    "segments": ("int_segmentation_model", ("segment_number", "feature_number")),
    "reference_customers": ("int_fitted_customers", ("customer_id",)),
    "confidence_levels": ("int_confidence_levels", ("votes",)),
    "held_out_customers": ("int_held_out_customers", ("neighbors", "customer_number")),
    "candidates": ("int_segmentation_candidates", ("algorithm", "segment_count")),
    "validation": ("int_validation", ("cut_date", "measure", "predictor", "segment")),
}
"""The table of each part, and what tells its rows of one fit apart."""

_ADDED = {
    "int_segment_buying_rates": (("segment_number", pa.int32()), {"buying_rate": "buying_rate"}),
    "int_segment_stability": (
        ("segment", pa.string()),
        {
            "resamples": "resamples",
            "customers_evaluated": "customers_resampled",
            "jaccard": "jaccard",
            "standard_error": "jaccard_error",
        },
    ),
}
"""Tables whose columns are fields of the segments now: by what they are joined, and what the fields are called."""


def read_former(table_of: Callable[[str], Any]) -> pa.Table | None:
    """Return the fits of a warehouse of an earlier version as rows of `int_fits`; None if it keeps none.

    Parameters
    ----------
    table_of : function
        Gives a table of the warehouse by its name; None if there is none.

    Raises
    ------
    UnreadableFitsError
        If a table is not there, or can't be read; nothing is changed then.
    """
    complete = table_of(COMPLETE)
    if complete is None:
        return None
    fits = to_arrow(complete.sort("fit_number"))
    numbers = fits.column("fit_number").to_pylist()
    columns: dict[str, Any] = {
        name: pa.nulls(len(fits), kind) for name, kind in zip(FITS.names, FITS.types, strict=True)
    }
    for name in ("fit_number", "fitted_as_of", "model_version", "reason", "settings", "previous_fit_number"):
        columns[name] = conform_column(fits, name, FITS.field(name).type, COMPLETE)
    columns["format"] = pa.array([STORED_FORMAT] * len(fits), pa.int32())
    columns |= _changes(table_of, numbers)
    for part, (table, order) in TABLES.items():
        rows = _rows(table_of, table, order, numbers)
        if part == "segments":
            rows = _with_added(rows, table_of, numbers)
        if part == "candidates":
            rows = _with_missed_bars(rows)
        fit_numbers = np.array(rows.column("fit_number"), dtype=np.int64)
        columns[part] = list_of(rows, [int((fit_numbers == number).sum()) for number in numbers], part, table)
    return pa.table([columns[name] for name in FITS.names], FITS)


def _rows(table_of: Callable[[str], Any], table: str, order: tuple[str, ...], numbers: list[int]) -> pa.Table:
    """Return the rows of these fits, ordered by the fit."""
    stored = table_of(table)
    if stored is None:
        raise unreadable(table, "it is not there")
    found = schema_of(stored)
    if "fit_number" not in found.names:
        raise unreadable(table, "it has no column fit_number")
    kept = stored.filter(f"fit_number in ({', '.join(map(str, numbers)) or 'null'})")
    return to_arrow(kept.sort("fit_number", *(column for column in order if column in found.names)))


def _with_added(segments: pa.Table, table_of: Callable[[str], Any], numbers: list[int]) -> pa.Table:
    for table, ((key, kind), names) in _ADDED.items():
        rows = _rows(table_of, table, (), numbers)
        keys = {
            "fit_number": conform_column(rows, "fit_number", pa.int32(), table),
            key: conform_column(rows, key, kind, table),
        }
        added = pa.table(keys | {new: rows.column(old) for old, new in names.items()})
        for name, of_key in (("fit_number", pa.int32()), (key, kind)):
            at = segments.column_names.index(name)
            segments = segments.set_column(at, name, conform_column(segments, name, of_key, TABLES["segments"][0]))
        segments = segments.join(added, ["fit_number", key], join_type="left outer")
    return segments.sort_by([("fit_number", "ascending"), *((name, "ascending") for name in TABLES["segments"][1])])


def _with_missed_bars(rows: pa.Table) -> pa.Table:
    fields = {name for name, _ in PARTS["candidates"]} & set(Candidate.__dataclass_fields__)
    missed = [
        ",".join(shortcomings(Candidate(**{name: value for name, value in row.items() if name in fields})))
        for row in rows.to_pylist()
    ]
    return rows.append_column("missed_bars", pa.array(missed, pa.string()))


def _changes(table_of: Callable[[str], Any], numbers: list[int]) -> dict[str, pa.Array]:
    table = "int_refit_changes"
    stored = table_of(table)
    if stored is None:
        raise unreadable(table, "it is not there")
    found = {row["fit_number"]: row for row in to_arrow(select(stored, ["*"])).to_pylist()}
    return {
        column: pa.array([found.get(number, {}).get(former) for number in numbers], pa.int64())
        for column, former in (("compared_customers", "customers"), ("changed_customers", "changed_customers"))
    }
