"""The tables that keep the fits of the model: which columns each has, and how those of an earlier version are read."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from segmentation.stored_model import MEMBER_BOUNDS
from segmentation_dbt.relations import schema_of, select

FEATURES = (
    *("recency_days", "frequency", "monetary", "return_rate", "avg_order_value", "tenure_days", "purchase_days"),
    *("interpurchase_days", "is_repeat_customer"),
)
"""What customers can be clustered by, as the macro `clustering_features` has it."""

FIT_TABLES: dict[str, pa.Schema] = {
    "int_segmentation_model": pa.schema(
        [
            ("fit_number", pa.int32()),
            ("fitted_as_of", pa.date32()),
            ("model_version", pa.string()),
            ("segment_number", pa.int32()),
            ("segment", pa.string()),
            ("feature_number", pa.int32()),
            ("feature", pa.string()),
            ("center", pa.float64()),
            ("scale", pa.float64()),
            ("low", pa.float64()),
            ("high", pa.float64()),
            ("lowest", pa.float64()),
            ("highest", pa.float64()),
            ("scaled_centroid", pa.float64()),
            ("centroid", pa.float64()),
            ("skew_before", pa.float64()),
            ("skew_after", pa.float64()),
            ("customers_fitted", pa.int64()),
            ("gap_days", pa.int32()),
            ("new_days", pa.int32()),
            ("returning_customers", pa.int64()),
            ("is_gap_estimated", pa.bool_()),
            *((column, pa.float64()) for column in MEMBER_BOUNDS),
        ]
    ),
    "int_fitted_customers": pa.schema(
        [
            ("fit_number", pa.int32()),
            ("customer_id", pa.string()),
            ("segment_number", pa.int64()),
            *((feature, pa.float64()) for feature in FEATURES),
        ]
    ),
    "int_confidence_levels": pa.schema(
        [("fit_number", pa.int32()), ("neighbors", pa.int32()), ("votes", pa.int32()), ("confidence", pa.float64())]
    ),
    "int_segment_buying_rates": pa.schema(
        [("fit_number", pa.int32()), ("segment_number", pa.int32()), ("buying_rate", pa.float64())]
    ),
    "int_held_out_customers": pa.schema(
        [
            ("fit_number", pa.int32()),
            ("customer_number", pa.int64()),
            ("neighbors", pa.int32()),
            ("segment_number", pa.int64()),
            ("voted_segment_number", pa.int64()),
            ("votes", pa.int32()),
            ("confidence", pa.float64()),
            ("is_chosen", pa.bool_()),
        ]
    ),
    "int_segmentation_candidates": pa.schema(
        [
            ("fit_number", pa.int32()),
            ("algorithm", pa.string()),
            ("segment_count", pa.int32()),
            ("setting", pa.float64()),
            ("customers_evaluated", pa.int64()),
            ("wcss", pa.float64()),
            ("silhouette", pa.float64()),
            ("silhouette_error", pa.float64()),
            ("silhouette_excess", pa.float64()),
            ("silhouette_excess_error", pa.float64()),
            ("calinski_harabasz", pa.float64()),
            ("davies_bouldin", pa.float64()),
            ("gap", pa.float64()),
            ("gap_error", pa.float64()),
            ("min_jaccard", pa.float64()),
            ("min_jaccard_error", pa.float64()),
            ("seed_ari", pa.float64()),
            ("split_half_ari", pa.float64()),
            ("smallest_share", pa.float64()),
            ("unclustered_share", pa.float64()),
            ("is_elbow", pa.bool_()),
            ("is_gap_choice", pa.bool_()),
            ("is_chosen", pa.bool_()),
            ("reason", pa.string()),
            ("structure_p_value", pa.float64()),
        ]
    ),
    "int_segment_stability": pa.schema(
        [
            ("fit_number", pa.int32()),
            ("segment", pa.string()),
            ("resamples", pa.int32()),
            ("customers_evaluated", pa.int64()),
            ("jaccard", pa.float64()),
            ("standard_error", pa.float64()),
        ]
    ),
    "int_validation": pa.schema(
        [
            ("fit_number", pa.int32()),
            ("cut_date", pa.date32()),
            ("measure", pa.string()),
            ("predictor", pa.string()),
            ("segment", pa.string()),
            ("customers", pa.int64()),
            ("value", pa.float64()),
            ("standard_error", pa.float64()),
            ("expected", pa.float64()),
        ]
    ),
    "int_refit_changes": pa.schema(
        [
            ("fit_number", pa.int32()),
            ("previous_fit_number", pa.int32()),
            ("customers", pa.int64()),
            ("changed_customers", pa.int64()),
        ]
    ),
}
"""The columns of each, by the name of its model."""

SCORING_TABLES = ("int_segmentation_model", "int_fitted_customers", "int_confidence_levels", "int_segment_buying_rates")
"""What is needed to score customers by a fit, in the order of `segmentation.stored_model.read_scorer`."""

_SQL_TYPES = {
    pa.int32(): "int",
    pa.int64(): "bigint",
    pa.float64(): "double",
    pa.string(): "string",
    pa.date32(): "date",
    pa.bool_(): "boolean",
}


class UnreadableFitsError(Exception):
    """A table of an earlier version holds fits that this version can't read."""


def read_stored(stored: Any, table: str) -> Any:
    """Return the rows of a fit table with the columns that this version of the project has.

    Parameters
    ----------
    stored : relation or None
        The table as the last build left it, perhaps by another version: a column that it lacks is null in all rows, one
        that is no longer known is left out.
    table : str
        A key of FIT_TABLES.

    Raises
    ------
    UnreadableFitsError
        If it is not there, has no number of the fit, or a column of a type that can't be read as the expected one.
    """
    if stored is None:
        raise UnreadableFitsError(_message(table, "it is not there"))
    found = schema_of(stored)
    if "fit_number" not in found.names:
        raise UnreadableFitsError(_message(table, "it has no column fit_number"))
    columns = []
    for field in FIT_TABLES[table]:
        sql_type = _SQL_TYPES[field.type]
        if field.name not in found.names:
            columns.append(f"cast(null as {sql_type}) as {field.name}")
            continue
        kind = found.field(field.name).type
        if not _is_readable(kind, field.type):
            raise UnreadableFitsError(_message(table, f"its column {field.name} is of type {kind}, not {field.type}"))
        columns.append(f"cast({field.name} as {sql_type}) as {field.name}")
    return select(stored, columns)


def _is_readable(found: pa.DataType, expected: pa.DataType) -> bool:
    """Return whether all values of a type are values of another."""
    types = pa.types
    if types.is_floating(expected):
        return bool(types.is_floating(found) or types.is_integer(found) or types.is_decimal(found))
    if types.is_integer(expected):
        return bool(types.is_integer(found) and found.bit_width <= expected.bit_width)
    if types.is_string(expected):
        return bool(types.is_string(found) or types.is_large_string(found) or types.is_null(found))
    return bool(found == expected)


def _message(table: str, problem: str) -> str:
    return (
        f"The fits of the model that {table} keeps can't be read: {problem}. Nothing was changed. Build with the "
        "version of the project that wrote the table. To begin again with a first fit, which gives up the names of "
        "segments and their past, rename the table int_complete_fits beside it."
    )
