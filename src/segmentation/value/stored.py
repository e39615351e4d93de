"""A fitted value of customers as plain values, such as JSON holds, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from segmentation.given import check_format
from segmentation.value.clockwork import Clockwork
from segmentation.value.fitting import MODELS, PurchaseFit
from segmentation.value.forecaster import Forecaster
from segmentation.value.seasons import Seasons
from segmentation.value.spend import GammaGamma, SpendFit

if TYPE_CHECKING:
    from segmentation.value.customer_value import CustomerValue

STORED_FORMAT = 1
"""Raised when rows of before can't be read."""


def value_to_row(value: CustomerValue) -> dict[str, Any]:
    """Return what was fitted as numbers, texts, lists and dicts of these."""
    purchases, seasons = value.purchases_, value.seasons_
    return {
        "purchases": asdict(purchases)
        | {"name": purchases.model.name, "model": purchases.model.parameters, "at_edge": list(purchases.at_edge)},
        "spend": asdict(value.spend_) | {"at_edge": list(value.spend_.at_edge)},
        "seasons": None if seasons is None else asdict(seasons) | {"factors": list(seasons.factors)},
        "clockwork": asdict(value.clockwork_),
        "orders_per_day": value.orders_per_day_,
        "as_of": None if value.as_of_ is None else str(value.as_of_),
        "chosen_because": value.chosen_because_,
        "chosen_in_words": value.chosen_in_words_,
    }


def value_of_row(row: dict[str, Any]) -> dict[str, Any]:
    """Return the attributes of what `value_to_row` returned, by name."""
    purchases, spend, seasons = dict(row["purchases"]), dict(row["spend"]), row["seasons"]
    purchases["model"] = MODELS[purchases.pop("name")](**purchases["model"])
    spend["model"] = GammaGamma(**spend["model"])
    return {
        "purchases_": PurchaseFit(**(purchases | {"at_edge": tuple(purchases["at_edge"])})),
        "spend_": SpendFit(**(spend | {"at_edge": tuple(spend["at_edge"])})),
        "seasons_": None if seasons is None else Seasons(**(seasons | {"factors": tuple(seasons["factors"])})),
        "clockwork_": Clockwork(**row["clockwork"]),
        "orders_per_day_": row["orders_per_day"],
        "as_of_": None if row["as_of"] is None else np.datetime64(row["as_of"], "D"),
        "chosen_because_": row["chosen_because"],
        "chosen_in_words_": row["chosen_in_words"],
    }


def read_forecaster(row: dict[str, Any]) -> Forecaster:
    """Return what foretells by a fit, of what `CustomerValue.to_row` returned.

    Raises
    ------
    ValueError
        If it was stored in another format.
    """
    check_format(row, STORED_FORMAT)
    return forecaster_of(value_of_row(row), row["parameters"])


def forecaster_of(fitted: Mapping[str, Any], parameters: Mapping[str, Any]) -> Forecaster:
    """Return what foretells by what was fitted, the attributes of `CustomerValue` by name, with its parameters."""
    return Forecaster(
        fitted["purchases_"].model,
        fitted["spend_"].model,
        fitted["orders_per_day_"],
        fitted["seasons_"],
        fitted["as_of_"],
        int(parameters["validation_days"]),
        int(parameters["value_horizon_days"]),
        float(parameters["value_discount_rate"]),
        float(parameters["gross_margin"]),
    )
