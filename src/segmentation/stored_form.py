"""A fitted model as plain values, such as JSON holds, and back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from segmentation.model import SegmentationModel
from segmentation.naming import Bounds, Members
from segmentation.rhythm import Rhythm
from segmentation.transformation import Transformation


def model_to_row(model: SegmentationModel) -> dict[str, Any]:
    """Return a model as numbers, texts, lists and dicts of these; a bound that there is not is None."""
    return {
        "transformation": asdict(model.transformation),
        "centroids": model.centroids.tolist(),
        "names": list(model.names),
        "members": [_members_to_row(members) for members in model.members],
        "rhythm": None if model.rhythm is None else asdict(model.rhythm),
    }


def model_of_row(row: dict[str, Any]) -> SegmentationModel:
    """Return the model of what `model_to_row` returned."""
    transformation = {name: tuple(values) for name, values in row["transformation"].items()}
    return SegmentationModel(
        Transformation(**transformation),
        np.array(row["centroids"], dtype=float),
        tuple(row["names"]),
        tuple(_members_of_row(members) for members in row["members"]),
        None if row["rhythm"] is None else Rhythm(**row["rhythm"]),
    )


def _members_to_row(members: Members) -> dict[str, list[float | None]]:
    return {of: [float(side) if np.isfinite(side) else None for side in bounds] for of, bounds in vars(members).items()}


def _members_of_row(row: dict[str, list[float | None]]) -> Members:
    bounds = {
        of: Bounds(-np.inf if lowest is None else lowest, np.inf if highest is None else highest)
        for of, (lowest, highest) in row.items()
    }
    return Members(**bounds)
