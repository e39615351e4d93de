"""A fitted segmentation and the archetypes, as they are in tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation.model import SegmentationModel
from segmentation.naming import MEASURES, Archetype, Bounds, Members
from segmentation.rhythm import Rhythm
from segmentation.scoring import Scorer
from segmentation.transformation import Transformation

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def read_model(rows: pd.DataFrame) -> SegmentationModel:
    """Return the model that `int_segmentation_model` holds, one row a segment and feature.

    Parameters
    ----------
    rows : DataFrame
        With segment_number, segment, feature_number, feature, scaled_centroid, the parameters of the transformation,
        the rhythm and the bounds of the members; these are null of a fit that was made before there were any.
    """
    rows = rows.sort_values(["segment_number", "feature_number"])
    of_features = rows.drop_duplicates("feature_number")
    parts = ("center", "scale", "low", "high", "lowest", "highest")
    transformation = Transformation(
        tuple(of_features["feature"]), *(tuple(of_features[p].astype(float)) for p in parts)
    )
    of_segments = rows.drop_duplicates("segment_number")
    names = tuple(of_segments["segment"])
    centroids = rows["scaled_centroid"].to_numpy(dtype=float).reshape(len(names), len(of_features))
    members = tuple(_read_members(row) for _, row in of_segments.iterrows())
    return SegmentationModel(transformation, centroids, names, members, _read_rhythm(rows.iloc[0]))


MEMBER_BOUNDS = {
    "min_orders": ("orders", "lowest"),
    "max_orders": ("orders", "highest"),
    "min_silent_days": ("silent_days", "lowest"),
    "max_silent_days": ("silent_days", "highest"),
    "min_known_days": ("known_days", "lowest"),
    "max_known_days": ("known_days", "highest"),
}
"""The columns of `int_segmentation_model` that hold what a name says of each member, and where `Members` has it."""


def write_members(members: Members) -> dict[str, float | None]:
    """Return the columns of MEMBER_BOUNDS; None where there is no bound."""
    bounds = {column: getattr(getattr(members, of), side) for column, (of, side) in MEMBER_BOUNDS.items()}
    return {column: float(bound) if np.isfinite(bound) else None for column, bound in bounds.items()}


def _read_members(row: pd.Series) -> Members:
    found: dict[str, dict[str, float]] = {}
    for column, (of, side) in MEMBER_BOUNDS.items():
        if pd.notna(row[column]):
            found.setdefault(of, {})[side] = float(row[column])
    return Members(**{of: Bounds(**sides) for of, sides in found.items()})


def _read_rhythm(row: pd.Series) -> Rhythm | None:
    if pd.isna(row["gap_days"]):
        return None
    return Rhythm(
        int(row["gap_days"]), int(row["new_days"]), int(row["returning_customers"]), bool(row["is_gap_estimated"])
    )


def read_reference(model: SegmentationModel, fitted: pd.DataFrame) -> tuple[FloatArray, IntArray]:
    """Return the fitted customers in scaled space and their segment numbers, ordered by customer.

    Parameters
    ----------
    model : SegmentationModel
    fitted : DataFrame
        Rows of `int_fitted_customers` of one fit: customer_id, segment_number and the features.
    """
    fitted = fitted.sort_values("customer_id")
    values = fitted[list(model.transformation.features)].to_numpy(dtype=float)
    return model.transformation.transform(values), fitted["segment_number"].to_numpy(dtype=np.int64)


def read_scorer(
    fit_number: int, model: pd.DataFrame, fitted: pd.DataFrame, levels: pd.DataFrame, rates: pd.DataFrame
) -> Scorer:
    """Return what scores customers by one fit, from the four tables that keep the fits.

    Parameters
    ----------
    fit_number : int
    model : DataFrame
        Rows of `int_segmentation_model`; those of other fits do not matter, here and below.
    fitted : DataFrame
        Rows of `int_fitted_customers`.
    levels : DataFrame
        Rows of `int_confidence_levels`.
    rates : DataFrame
        Rows of `int_segment_buying_rates`; none where the rates are not known.

    Raises
    ------
    ValueError
        If a table holds no rows of the fit; buying rates may be missing.
    """
    model, fitted, levels, rates = (rows[rows["fit_number"] == fit_number] for rows in (model, fitted, levels, rates))
    if model.empty or fitted.empty or levels.empty:
        raise ValueError(f"fit {fit_number} is not complete")
    known = read_model(model)
    reference, labels = read_reference(known, fitted)
    return Scorer(
        known,
        reference,
        labels,
        levels.sort_values("votes")["confidence"].to_numpy(dtype=float),
        rates.sort_values("segment_number")["buying_rate"].to_numpy(dtype=float),
    )


def read_archetypes(rows: pd.DataFrame, words: pd.DataFrame) -> list[Archetype]:
    """Return the archetypes of clusters, by name.

    Parameters
    ----------
    rows : DataFrame
        The seed `segment_archetypes`.
    words : DataFrame
        The seed `claim_words`: what the words of their claims mean.

    Raises
    ------
    ValueError
        If a claim has a word that the seed does not know.
    """
    known = words.set_index("word")
    rows = rows[rows["kind"] == "cluster"].sort_values("segment")
    ideals = rows[[f"{measure}_position" for measure in MEASURES]].to_numpy(dtype=float).tolist()
    return [
        Archetype(name, tuple(ideal), **_read_claim(name, claim, known))
        for name, claim, ideal in zip(rows["segment"], rows["claim"], ideals, strict=True)
    ]


def _read_claim(name: str, claim: str, words: pd.DataFrame) -> dict[str, dict[str, Bounds]]:
    """Return the bounds that the words of a claim have together, as `Archetype` takes them."""
    bounds: dict[str, dict[str, Bounds]] = {"positions": {}, "medians": {}, "members": {}}
    for text in claim.split(", "):
        if text not in words.index:
            raise ValueError(f"the claim of {name} has a word that claim_words does not know: {text}")
        word: dict[str, Any] = dict(words.loc[text])
        lowest, highest = (pd.to_numeric(word[side]) for side in ("lowest", "highest"))
        own = Bounds(-np.inf if pd.isna(lowest) else float(lowest), np.inf if pd.isna(highest) else float(highest))
        of = bounds[word["holds_of"]]
        of[word["measure"]] = own.within(of.get(word["measure"], Bounds()))
    return bounds
