"""The table `int_fits`, one row a fit of the model: what a row holds, and how one of another version is read."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from segmentation.stored_form import MEMBER_BOUNDS

FEATURES = (
    *("recency_days", "frequency", "monetary", "return_rate", "avg_order_value", "tenure_days", "purchase_days"),
    *("interpurchase_days", "is_repeat_customer"),
)
"""What customers can be clustered by besides attributes, as the macro `clustering_features` has it."""

PARTS: dict[str, list[tuple[str, pa.DataType]]] = {
    "segments": [
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
        ("value_if_unknown", pa.float64()),
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
        ("buying_rate", pa.float64()),
        ("resamples", pa.int32()),
        ("customers_resampled", pa.int64()),
        ("jaccard", pa.float64()),
        ("jaccard_error", pa.float64()),
    ],
    "reference_customers": [
        ("customer_id", pa.string()),
        ("segment_number", pa.int64()),
        *((feature, pa.float64()) for feature in FEATURES),
        ("attributes", pa.list_(pa.float64())),
    ],
    "confidence_levels": [("votes", pa.int32()), ("confidence", pa.float64())],
    "held_out_customers": [
        ("customer_number", pa.int64()),
        ("neighbors", pa.int32()),
        ("segment_number", pa.int64()),
        ("voted_segment_number", pa.int64()),
        ("votes", pa.int32()),
        ("confidence", pa.float64()),
        ("is_chosen", pa.bool_()),
    ],
    "candidates": [
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
        ("missed_bars", pa.string()),
        ("reason", pa.string()),
        ("structure_p_value", pa.float64()),
    ],
    "validation": [
        ("cut_date", pa.date32()),
        ("measure", pa.string()),
        ("predictor", pa.string()),
        ("segment", pa.string()),
        ("customers", pa.int64()),
        ("value", pa.float64()),
        ("standard_error", pa.float64()),
        ("expected", pa.float64()),
    ],
}
"""The lists of a row, and the fields of their elements."""

SCALARS: list[tuple[str, pa.DataType]] = [
    ("fit_number", pa.int32()),
    ("format", pa.int32()),
    ("fitted_as_of", pa.date32()),
    ("model_version", pa.string()),
    ("reason", pa.string()),
    ("reason_code", pa.string()),
    ("settings", pa.string()),
    ("parameters", pa.string()),
    ("previous_fit_number", pa.int32()),
    ("compared_customers", pa.int64()),
    ("changed_customers", pa.int64()),
]
"""What a row holds beside them."""

FITS = pa.schema([*SCALARS, *((name, pa.list_(pa.struct(fields))) for name, fields in PARTS.items())])


class UnreadableFitsError(Exception):
    """A table of another version holds fits that this version can't read."""


def conform(fits: pa.Table) -> pa.Table:
    """Return rows of `int_fits` as this version has them.

    Parameters
    ----------
    fits : pyarrow.Table
        As they are stored, perhaps by another version: a column, or a field of a list's elements, that it lacks is null
        in all rows; one that is no longer known is left out.

    Raises
    ------
    UnreadableFitsError
        If there is no number of the fit, or something is of a type that can't be read as the expected one.
    """
    if "fit_number" not in fits.column_names:
        raise unreadable("int_fits", "it has no column fit_number")
    columns = [
        conform_column(fits, name, kind, "int_fits") if name not in PARTS else _conform_list(fits, name)
        for name, kind in zip(FITS.names, FITS.types, strict=True)
    ]
    return pa.table(columns, FITS)


def conform_column(rows: pa.Table, name: str, kind: pa.DataType, table: str) -> pa.Array:
    """Return a column as one of a type; null in all rows if there is none.

    Raises
    ------
    UnreadableFitsError
        If its values may be none of that type.
    """
    if name not in rows.column_names:
        return pa.nulls(len(rows), kind)
    column = rows.column(name)
    found = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if not _is_readable(found.type, kind):
        raise unreadable(table, f"its column {name} is of type {found.type}, not {kind}")
    return found.cast(kind)


def list_of(rows: pa.Table, sizes: list[int], name: str, table: str) -> pa.ListArray:
    """Return the elements of a part, in rows, as lists of so many each.

    Raises
    ------
    UnreadableFitsError
        See `conform_column`.
    """
    fields = [conform_column(rows, field, kind, table) for field, kind in PARTS[name]]
    elements = pa.StructArray.from_arrays(fields, names=[field for field, _ in PARTS[name]])
    return pa.ListArray.from_arrays(pa.array(np.cumsum([0, *sizes]), pa.int32()), elements)


def _conform_list(fits: pa.Table, name: str) -> pa.ListArray:
    if name not in fits.column_names:
        return list_of(pa.table({}), [0] * len(fits), name, "int_fits")
    lists = fits.column(name).combine_chunks()
    is_list = pa.types.is_list(lists.type) or pa.types.is_large_list(lists.type)
    if not is_list or not pa.types.is_struct(lists.type.value_type):
        raise unreadable("int_fits", f"its column {name} is of type {lists.type}")
    elements = pa.Table.from_struct_array(lists.flatten())
    sizes = [size or 0 for size in lists.value_lengths().to_pylist()]
    return list_of(elements, sizes, name, f"int_fits.{name}")


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


def unreadable(table: str, problem: str) -> UnreadableFitsError:
    """Return the error that says of a table of fits why it can't be read, and which table to rename to begin again."""
    # The former tables are read as long as this one is there.
    to_rename = "int_fits" if table.split(".")[0] == "int_fits" else "int_complete_fits"
    return UnreadableFitsError(
        f"The fits of the model that {table} keeps can't be read: {problem}. Nothing was changed. Build with the "
        "version of the project that wrote the table. To begin again with a first fit, which gives up the names of "
        f"segments and their past, rename the table {to_rename}."
    )
