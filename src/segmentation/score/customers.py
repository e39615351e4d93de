"""Customers as text, scored: a customer who can't be scored keeps a row, with the reason."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from segmentation.scoring import Scorer

BATCH = 100_000

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
class Problem:
    """Why a customer can't be scored."""

    text: str


def score_rows(scorer: Scorer, rows: Iterable[Row]) -> Iterator[tuple[Row, Row]]:
    """Score customers given as text, in their order.

    Parameters
    ----------
    scorer : Scorer
    rows : iterable of dict
        With a value for each feature of the model, and whatever else.

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


def read_values(row: Row, features: Sequence[str]) -> list[float] | Problem:
    """Return the features of a customer as numbers, or what is wrong with the first that is none."""
    values = []
    for feature in features:
        text = (row.get(feature) or "").strip()
        if not text:
            return Problem(f"{feature} is missing")
        try:
            value = float(text)
        except ValueError:
            return Problem(f"{feature} is no number: {text[:40]}")
        if not math.isfinite(value):
            return Problem(f"{feature} is no finite number: {text[:40]}")
        if value < 1 and feature in ("recency_days", "frequency"):
            return Problem(f"{feature} is below 1: the segments are for customers with a purchase")
        values.append(value)
    return values


def _score_batch(scorer: Scorer, customers: list[list[float] | Problem]) -> Iterator[Row]:
    readable = [values for values in customers if not isinstance(values, Problem)]
    scored = iter(_score_values(scorer, readable))
    for customer in customers:
        if isinstance(customer, Problem):
            yield {**dict.fromkeys(RESULT_COLUMNS, ""), "problem": customer.text}
        else:
            yield next(scored)


def _score_values(scorer: Scorer, values: list[list[float]]) -> list[Row]:
    if not values:
        return []
    names = scorer.model.names
    scores = scorer.score(np.array(values, dtype=float))
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
        for n in range(len(values))
    ]
