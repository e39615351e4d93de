"""What was foretold at a day in the past against what came, beside other ways to find the best customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from segmentation.backtest import cut_of
from segmentation.segmentation import Segmentation
from segmentation.validity import predict_buyers
from segmentation.value.customer_value import FEWEST_EARLIER, CustomerValue
from segmentation.value.outcomes import Group, ValueOutcome, compare_with_outcome
from segmentation.value.seasons import Cohorts

SCORES = ("monetary", "rfm_sum", "segments_blended")
"""Of `validity.predict_buyers`, what the expected revenue is held against."""

BEFORE = ["orders_before", "value_before"]


@dataclass(frozen=True)
class Backtest:
    """What was foretold at a day in the past, against what came.

    Attributes
    ----------
    cut : Timestamp
        The first day that was not known.
    is_season_known : bool
        Whether two whole years before it had told a season.
    outcome : ValueOutcome
    """

    cut: pd.Timestamp
    is_season_known: bool
    outcome: ValueOutcome


def backtest_value(
    value: CustomerValue,
    segmentation: Segmentation,
    past: pd.DataFrame,
    algorithm: str,
    setting: float,
    code_names: Mapping[str, str],
    cohorts: Cohorts,
) -> Backtest | None:
    """Foretell, as of the latest cut, what has come since; None if there are too few customers.

    All is fitted on what was known at the cut: the model of purchases chosen by the cut before, the segments and their
    rates too.

    Parameters
    ----------
    value : CustomerValue
        Its parameters are used.
    segmentation : Segmentation
        Likewise.
    past : DataFrame
        One row a cut_date and customer, by customer in each cut: what `cut_of` and `rhythm_of` read; purchase_days,
        orders, purchased_value, later_purchase_days, later_value, orders_before and value_before.
    algorithm, setting
        Of the segments.
    code_names : mapping of str to str
        Name of each of the 125 codes of scores.
    cohorts : Cohorts
        As for `CustomerValue.fit`; weeks from the cut on are left out.
    """
    days = sorted(past["cut_date"].unique(), reverse=True)[:2]
    if len(days) < 2:
        return None
    then, before = (past[past["cut_date"] == day] for day in days)
    features = list(segmentation.features)
    known, earlier = cut_of(then, features), cut_of(before, features)
    if not known.is_sufficient or not earlier.is_sufficient or len(then) < FEWEST_EARLIER:
        return None
    as_of = np.datetime64(pd.Timestamp(days[0]).date())
    fitted = CustomerValue(**value.get_params()).fit(then, earlier=before, as_of=str(as_of), cohorts=cohorts)
    model = segmentation.name_clusters(then, algorithm, setting)
    scores = predict_buyers(known, earlier, model, code_names)
    later, was = (then[columns].to_numpy(dtype=float).T for columns in (["later_orders", "later_value"], BEFORE))
    outcome = compare_with_outcome(
        fitted.foretell(then),
        later[0],
        np.maximum(later[1], 0.0),
        scores={name: scores[name] for name in SCORES},
        segments=model.nearest(known.values, known.measures),
        before=(was[0], np.maximum(was[1], 0.0)),
    )
    return Backtest(pd.Timestamp(days[0]), fitted.seasons_ is not None, outcome)


def outcome_rows(outcome: ValueOutcome) -> list[dict[str, Any]]:
    """Return an outcome as rows: measure, kind, name, customers, expected, came, as_before, standard_error.

    Measures are orders and revenue (of kind all, tenth and segment), buyers (all, probability_tenth), top_tenth_share
    (score), auc and within_bounds. as_before is what the same customers had brought in as long a time before the cut. A
    key that says nothing is left out.
    """
    rows = []

    def add(measure: str, kind: str, name: str, **figures: Any) -> None:
        rows.append({"measure": measure, "kind": kind, "name": name, **figures})

    def add_groups(kind: str, groups: tuple[Group, ...], measures: tuple[str, ...]) -> None:
        for of in map(asdict, groups):
            for measure in measures:
                figures = {side: of[f"{side}_{measure}"] for side in ("expected", "came")}
                add(measure, kind, of["name"], customers=of["customers"], **figures)

    total, before = asdict(outcome.total), {"orders": outcome.naive_orders, "revenue": outcome.naive_revenue}
    count = outcome.total.customers
    for measure in ("orders", "revenue", "buyers"):
        figures = {side: total[f"{side}_{measure}"] for side in ("expected", "came")}
        add(measure, "all", "all", customers=count, as_before=before.get(measure), **figures)
    add_groups("tenth", outcome.tenths, ("orders", "revenue"))
    add_groups("segment", outcome.segments, ("orders", "revenue"))
    add_groups("probability_tenth", outcome.calibration, ("buyers",))
    for share in outcome.top_shares:
        figures = {"came": share.share, "standard_error": share.standard_error}
        add("top_tenth_share", "score", share.score, customers=count, **figures)
    if outcome.auc is not None:
        add("auc", "score", "probability_to_buy", customers=count, came=outcome.auc, standard_error=outcome.auc_error)
    if outcome.within_bounds is not None:
        add("within_bounds", "all", "all", customers=count, expected=0.9, came=outcome.within_bounds)
    return rows
