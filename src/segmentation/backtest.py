"""What the segments would have told at past days: fitted on what was known, held against what came."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pandas as pd

from segmentation.naming import MEASURED
from segmentation.segmentation import Segmentation
from segmentation.validity import Cut, auc, predict_buyers, segment_outcomes, top_share, worst_inversion


def cut_of(customers: pd.DataFrame, features: list[str]) -> Cut:
    """Return the customers of one day: rows with the features, MEASURED, later_orders and later_spend."""
    columns = (features, [*MEASURED], "later_orders", "later_spend")
    return Cut(*(customers[c].to_numpy(dtype=float) for c in columns))


def backtest(
    segmentation: Segmentation, customers: pd.DataFrame, algorithm: str, setting: float, code_names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return how well segments, and what they compete with, told at past cuts who would buy.

    At each cut a model is fitted on what was known then; the rates of its segments are those of the cut before.

    Parameters
    ----------
    segmentation : Segmentation
        Its parameters are used, not what it was fitted on.
    customers : DataFrame
        One row a cut_date and customer, with what `cut_of` and `rhythm_of` read, by customer in each cut.
    algorithm, setting
        Of the candidate that is chosen.
    code_names : mapping of str to str
        Name of each of the 125 codes of scores.

    Returns
    -------
    list of dict
        One a cut, measure, predictor and segment: cut_date, measure, predictor, segment, customers, value,
        standard_error, expected; a key that says nothing is left out. None of cuts with too few customers.
    """
    features = list(segmentation.features)
    rows: list[dict[str, Any]] = []
    by_day = customers.sort_values("cut_date", ascending=False, kind="stable").groupby("cut_date", sort=False)
    days = [(day, of_day, cut_of(of_day, features)) for day, of_day in by_day]
    for (day, then, known), (_, _, earlier) in pairwise(days):
        if not (known.is_sufficient and earlier.is_sufficient):
            continue
        model = segmentation.name_clusters(then, algorithm, setting)
        whole = {"cut_date": day, "customers": len(known.orders)}
        for predictor, score in predict_buyers(known, earlier, model, code_names).items():
            area, error = auc(score, known.bought)
            share = top_share(score, known.spend)
            rows.append({**whole, "measure": "auc", "predictor": predictor, "value": area, "standard_error": error})
            rows.append({**whole, "measure": "top_decile_revenue_share", "predictor": predictor, "value": share})
        outcomes = segment_outcomes(known, earlier, model)
        inversion = worst_inversion(outcomes)
        rows.append({**whole, "measure": "worst_inversion", "predictor": "segments", "value": inversion})
        for o in outcomes:
            own = {**whole, "predictor": "segments", "segment": o.segment, "customers": o.customers}
            buying = {"value": o.observed, "standard_error": o.standard_error, "expected": o.expected}
            rows.append({**own, "measure": "buying_rate", **buying})
            rows.append({**own, "measure": "spend_per_customer", "value": o.spend})
    return rows
