"""Customers as text, scored: a customer who can't be scored keeps a row, with the reason."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from segmentation.naming import MEASURED
from segmentation.scoring import Scorer
from segmentation.transformation import is_attribute

BATCH = 100_000
REPEAT = "is_repeat_customer"

RESULT_COLUMNS = (
    "segment",
    "segment_confidence",
    "runner_up_segment",
    "centroid_segment",
    "is_outside_trained_range",
    "expected_buying_rate",
    "problem",
)

Row = dict[str, str]


@dataclass(frozen=True)
class Values:
    """The numbers of a customer: the features of the model, and the MEASURED; NaN is not known."""

    features: list[float]
    measures: list[float]


@dataclass(frozen=True)
class Problem:
    """Why a customer can't be scored."""

    text: str


def score_rows(scorer: Scorer, rows: Iterable[Row]) -> Iterator[tuple[Row, Row]]:
    """Score customers given as text, in their order.

    Parameters
    ----------
    scorer : Scorer
    rows : iterable of dict
        With a value for each feature of the model, empty only for an attribute that is not known, and whatever else.
        Without tenure_days nobody with two orders or more is in a segment whose name says that its customers are new.

    Yields
    ------
    tuple of two dicts
        The row as given, and RESULT_COLUMNS; all but `problem` are empty where the customer can't be scored.
    """
    features = scorer.model.transformation.features
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        scored = _score_batch(scorer, [read_values(row, features) for row in batch])
        yield from zip(batch, scored, strict=True)


def given_features(features: Sequence[str]) -> list[str]:
    """Return the features of a model that have to be given: frequency tells whether a customer is a repeat one."""
    return [name for name in features if name != REPEAT or "frequency" not in features]


def read_values(row: Row, features: Sequence[str]) -> Values | Problem:
    """Return the numbers of a customer, or what is wrong with the first that is none."""
    found: dict[str, float] = {}
    for name in dict.fromkeys([*given_features(features), *MEASURED]):
        text = (row.get(name) or "").strip()
        if not text:
            if is_attribute(name):
                found[name] = math.nan
            elif name in given_features(features):
                return Problem(f"{name} is missing")
            continue
        try:
            value = float(text)
        except ValueError:
            return Problem(f"{name} is no number: {text[:40]}")
        if not math.isfinite(value):
            return Problem(f"{name} is no finite number: {text[:40]}")
        if value < 0 and is_attribute(name):
            return Problem(f"{name} is below 0, which no fitted customer is")
        if value < 1 and name in ("recency_days", "frequency"):
            return Problem(f"{name} is below 1: the segments are for customers with a purchase")
        found[name] = value
    if "frequency" in found:
        found.setdefault(REPEAT, float(found["frequency"] > 1))
        # The only purchase is the first one.
        if found["frequency"] == 1 and "recency_days" in found:
            found.setdefault("tenure_days", found["recency_days"])
    return Values([found[name] for name in features], [found.get(name, math.nan) for name in MEASURED])


def _score_batch(scorer: Scorer, customers: list[Values | Problem]) -> Iterator[Row]:
    readable = [values for values in customers if not isinstance(values, Problem)]
    scored = iter(_score_values(scorer, readable))
    for customer in customers:
        if isinstance(customer, Problem):
            yield {**dict.fromkeys(RESULT_COLUMNS, ""), "problem": customer.text}
        else:
            yield next(scored)


def _score_values(scorer: Scorer, customers: list[Values]) -> list[Row]:
    if not customers:
        return []
    names = scorer.model.names
    scores = scorer.score(
        np.array([customer.features for customer in customers], dtype=float),
        np.array([customer.measures for customer in customers], dtype=float),
    )
    buying = scores.expected_buying_rate
    return [
        {
            "segment": names[scores.segment[n]],
            "segment_confidence": f"{scores.confidence[n]:.6f}",
            "runner_up_segment": names[scores.runner_up[n]],
            "centroid_segment": names[scores.centroid_segment[n]],
            "is_outside_trained_range": str(bool(scores.is_outside_trained_range[n])).lower(),
            "expected_buying_rate": "" if buying is None else f"{buying[n]:.6f}",
            "problem": "",
        }
        for n in range(len(customers))
    ]
