"""A fitted segmentation as plain values, as JSON or a row of a table holds them, and back.

A row has three lists: `segments`, an element a segment and feature; `reference_customers`, an element a fitted
customer; `confidence_levels`, an element a number of votes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation.model import SegmentationModel
from segmentation.naming import Bounds, Members
from segmentation.rhythm import Rhythm
from segmentation.scoring import Scorer
from segmentation.transformation import Transformation, is_attribute, skewness

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Row = Mapping[str, Any]
Rows = Sequence[Row] | pd.DataFrame

STORED_FORMAT = 2
"""Raised when rows of before can't be read."""

MEMBER_BOUNDS = {
    "min_orders": ("orders", "lowest"),
    "max_orders": ("orders", "highest"),
    "min_silent_days": ("silent_days", "lowest"),
    "max_silent_days": ("silent_days", "highest"),
    "min_known_days": ("known_days", "lowest"),
    "max_known_days": ("known_days", "highest"),
}
"""The fields of a segment that hold what its name says of each member, and where `Members` has it."""

_OF_FEATURE = ("center", "scale", "low", "high", "lowest", "highest")


def segment_rows(model: SegmentationModel, values: FloatArray, buying_rates: FloatArray) -> list[dict[str, Any]]:
    """Return a model as rows, one a segment and feature.

    Parameters
    ----------
    model : SegmentationModel
        With a rhythm.
    values : array of shape (n, n_features)
        The customers that it was fitted on, in original units.
    buying_rates : array of shape (k,)
        Of the segments; empty where they are not known.

    Returns
    -------
    list of dict
        With None for a bound that a name does not have, for a rate that is not known, for the skewness of a feature on
        which all customers are equal, and as the value_if_unknown of one that is known of everybody.
    """
    transformation, rhythm = model.transformation, model.rhythm
    if rhythm is None:
        raise ValueError("a model without a rhythm is one of an earlier version, and is not stored again")
    original = transformation.inverse(model.centroids)
    raw, capped = skewness(transformation.filled(values)), skewness(transformation.transform(values))
    stand_ins = transformation.value_if_unknown or (None,) * len(transformation.features)
    return [
        {
            "segment_number": number,
            "segment": name,
            "feature_number": f,
            "feature": feature,
            **{part: getattr(transformation, part)[f] for part in _OF_FEATURE},
            "value_if_unknown": stand_ins[f],
            "scaled_centroid": float(model.centroids[number, f]),
            "centroid": float(original[number, f]),
            "skew_before": raw[f],
            "skew_after": capped[f],
            "customers_fitted": len(values),
            "gap_days": rhythm.gap_days,
            "new_days": rhythm.new_days,
            "returning_customers": rhythm.returning_customers,
            "is_gap_estimated": rhythm.is_estimated,
            **_bounds_of(model.members[number]),
            "buying_rate": float(buying_rates[number]) if len(buying_rates) else None,
        }
        for number, name in enumerate(model.names)
        for f, feature in enumerate(transformation.features)
    ]


def reference_rows(features: Sequence[str], values: FloatArray, labels: IntArray) -> list[dict[str, Any]]:
    """Return fitted customers as rows: the features in original units and the number of the segment.

    Attributes, whose names may be anything, are one list in the order of the features, None where one is not known.
    """
    plain, attributes = _places(features)
    return [
        {
            "segment_number": int(label),
            **{features[place]: customer[place] for place in plain},
            **({"attributes": _known(customer[place] for place in attributes)} if attributes else {}),
        }
        for customer, label in zip(values.tolist(), labels, strict=True)
    ]


def level_rows(confidence: FloatArray) -> list[dict[str, Any]]:
    """Return what each number of votes deserves as rows."""
    return [{"votes": votes, "confidence": float(level)} for votes, level in enumerate(confidence, start=1)]


def read_model(segments: Rows) -> SegmentationModel:
    """Return the model of the rows that `segment_rows` returned, in any order.

    A rhythm and bounds that are None, or not there, are those of a fit of a version that had none.
    """
    rows = _frame(segments).sort_values(["segment_number", "feature_number"])
    of_features = rows.drop_duplicates("feature_number")
    transformation = Transformation(
        tuple(of_features["feature"]),
        **{part: tuple(of_features[part].astype(float)) for part in _OF_FEATURE},
        value_if_unknown=tuple(
            None if pd.isna(value) else float(value) for value in of_features.get("value_if_unknown", ())
        ),
    )
    of_segments = rows.drop_duplicates("segment_number")
    names = tuple(of_segments["segment"])
    centroids = rows["scaled_centroid"].to_numpy(dtype=float).reshape(len(names), len(of_features))
    members = tuple(_members_of(dict(row)) for _, row in of_segments.iterrows())
    return SegmentationModel(transformation, centroids, names, members, _rhythm_of(dict(rows.iloc[0])))


def read_buying_rates(segments: Rows) -> FloatArray:
    """Return the buying rate of each segment, by rising number; empty where they are not known."""
    rows = _frame(segments).sort_values("segment_number").drop_duplicates("segment_number")
    known = pd.to_numeric(rows["buying_rate"]) if "buying_rate" in rows else pd.Series(dtype=float)
    return known.dropna().to_numpy(dtype=float)


def read_reference(features: Sequence[str], customers: Rows) -> tuple[FloatArray, IntArray]:
    """Return the features of fitted customers in original units, shape (n, n_features), and their segment numbers.

    They are in the order of `customer_id` if they have one, else as they come: neighbours at the same distance are
    taken in this order.
    """
    rows = _frame(customers)
    if "customer_id" in rows:
        rows = rows.sort_values("customer_id")
    plain, attributes = _places(features)
    values = np.empty((len(rows), len(features)))
    values[:, plain] = rows[[features[place] for place in plain]].to_numpy(dtype=float)
    if attributes:
        values[:, attributes] = np.array([*map(list, rows["attributes"])], dtype=float).reshape(len(rows), -1)
    return values, rows["segment_number"].to_numpy(dtype=np.int64)


def read_levels(confidence_levels: Rows) -> FloatArray:
    """Return what each number of votes deserves, by rising number."""
    return _frame(confidence_levels).sort_values("votes")["confidence"].to_numpy(dtype=float)


def read_scorer(row: Mapping[str, Rows]) -> Scorer:
    """Return what scores customers, of a row with the three lists."""
    model = read_model(row["segments"])
    values, labels = read_reference(model.transformation.features, row["reference_customers"])
    rates = read_buying_rates(row["segments"])
    return Scorer(model, model.transformation.transform(values), labels, read_levels(row["confidence_levels"]), rates)


def _frame(rows: Rows) -> pd.DataFrame:
    return rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))


def _places(features: Sequence[str]) -> tuple[list[int], list[int]]:
    """Return the places of the features that are known of everybody, and of attributes."""
    places = range(len(features))
    return (
        [place for place in places if not is_attribute(features[place])],
        [place for place in places if is_attribute(features[place])],
    )


def _known(values: Iterable[float]) -> list[float | None]:
    return [None if np.isnan(value) else value for value in values]


def _bounds_of(members: Members) -> dict[str, float | None]:
    bounds = {field: getattr(getattr(members, of), side) for field, (of, side) in MEMBER_BOUNDS.items()}
    return {field: float(bound) if np.isfinite(bound) else None for field, bound in bounds.items()}


def _members_of(row: Row) -> Members:
    found: dict[str, dict[str, float]] = {}
    for field, (of, side) in MEMBER_BOUNDS.items():
        bound = row.get(field)
        if pd.notna(bound):
            found.setdefault(of, {})[side] = float(bound)
    return Members(**{of: Bounds(**sides) for of, sides in found.items()})


def _rhythm_of(row: Row) -> Rhythm | None:
    if pd.isna(row.get("gap_days")):
        return None
    return Rhythm(
        int(row["gap_days"]), int(row["new_days"]), int(row["returning_customers"]), bool(row["is_gap_estimated"])
    )
