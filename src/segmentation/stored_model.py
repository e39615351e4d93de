"""A fitted segmentation and the archetypes, as they are in tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation.model import SegmentationModel
from segmentation.naming import MEASURES, Archetype
from segmentation.scoring import Scorer
from segmentation.transformation import Transformation

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def read_model(rows: pd.DataFrame) -> SegmentationModel:
    """Return the model that `int_segmentation_model` holds, one row a segment and feature.

    Parameters
    ----------
    rows : DataFrame
        With segment_number, segment, feature_number, feature, scaled_centroid and the parameters of the
        transformation.
    """
    rows = rows.sort_values(["segment_number", "feature_number"])
    of_features = rows.drop_duplicates("feature_number")
    parts = ("center", "scale", "low", "high", "lowest", "highest")
    transformation = Transformation(
        tuple(of_features["feature"]), *(tuple(of_features[p].astype(float)) for p in parts)
    )
    names = tuple(rows.drop_duplicates("segment_number")["segment"])
    centroids = rows["scaled_centroid"].to_numpy(dtype=float).reshape(len(names), len(of_features))
    return SegmentationModel(transformation, centroids, names)


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


def read_archetypes(rows: pd.DataFrame) -> list[Archetype]:
    """Return the archetypes of clusters that the seed `segment_archetypes` holds, by name."""
    rows = rows[rows["kind"] == "cluster"].sort_values("segment")
    ideal, lowest, highest = (
        rows[[f"{measure}_{part}" for measure in MEASURES]].to_numpy(dtype=float).tolist()
        for part in ("position", "from", "to")
    )
    bounds = rows[["min_median_frequency", "max_median_frequency", "max_tenure_share"]].astype(float)
    bounds = bounds.fillna({"min_median_frequency": 0, "max_median_frequency": float("inf"), "max_tenure_share": 1})
    return [
        Archetype(name, tuple(at), tuple(low), tuple(high), *bound)
        for name, at, low, high, bound in zip(
            rows["segment"], ideal, lowest, highest, bounds.to_numpy().tolist(), strict=True
        )
    ]
