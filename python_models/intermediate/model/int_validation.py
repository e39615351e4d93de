"""dbt model: how well segments, and what they compete with, told at past cuts who would buy."""

import json
from itertools import pairwise
from typing import Any

import pandas as pd

from segmentation.model import fit_model
from segmentation.naming import MEASURED
from segmentation.segmentation import rhythm_of
from segmentation.stored_model import read_archetypes
from segmentation.validity import Cut, auc, predict_buyers, segment_outcomes, top_share, worst_inversion
from segmentation_dbt.fits import pending_fit, with_stored_fits
from segmentation_dbt.relations import rows_of, to_pandas

TABLE = "int_validation"


def model(dbt: Any, session: Any) -> Any:
    fits = dbt.ref("int_model_fits")
    fit = pending_fit(fits)
    if fit is None:
        return with_stored_fits(dbt, session, fits, TABLE)
    features = json.loads(dbt.config.meta_get("cluster_features"))
    scaler, cap_share = dbt.config.meta_get("cluster_scaler"), float(dbt.config.meta_get("cap_share"))
    seed = int(dbt.config.meta_get("random_seed"))
    candidates = dbt.ref("int_segmentation_candidates").filter(f"is_chosen and fit_number = {fit.number}")
    chosen = to_pandas(candidates).iloc[0]
    archetypes = read_archetypes(to_pandas(dbt.ref("segment_archetypes")), to_pandas(dbt.ref("claim_words")))
    codes = dict(rows_of(dbt.ref("rfm_segments"), "rfm_score", "rfm_segment"))
    customers = to_pandas(dbt.ref("int_validation_customers"))
    customers = customers.sort_values(["cut_date", "customer_id"], ascending=[False, True])

    def cut(rows: pd.DataFrame) -> Cut:
        columns = ([*features], [*MEASURED], "later_orders", "later_spend")
        return Cut(*(rows[c].to_numpy(dtype=float) for c in columns))

    rows: list[dict[str, Any]] = []
    days = [(day, cut(of_day), rhythm_of(of_day)) for day, of_day in customers.groupby("cut_date", sort=False)]
    for (day, known, rhythm), (_, earlier, _) in pairwise(days):
        if not (known.is_sufficient and earlier.is_sufficient):
            continue
        fitted = fit_model(
            known.values, features, known.measures, chosen["setting"], archetypes, rhythm, scaler, cap_share, seed,
            chosen["algorithm"],
        )  # fmt: skip
        whole = {"fit_number": fit.number, "cut_date": day, "customers": len(known.orders)}
        for predictor, score in predict_buyers(known, earlier, fitted, codes).items():
            area, error = auc(score, known.bought)
            share = top_share(score, known.spend)
            rows.append({**whole, "measure": "auc", "predictor": predictor, "value": area, "standard_error": error})
            rows.append({**whole, "measure": "top_decile_revenue_share", "predictor": predictor, "value": share})
        outcomes = segment_outcomes(known, earlier, fitted)
        inversion = worst_inversion(outcomes)
        rows.append({**whole, "measure": "worst_inversion", "predictor": "segments", "value": inversion})
        for o in outcomes:
            own = {**whole, "predictor": "segments", "segment": o.segment, "customers": o.customers}
            buying = {"value": o.observed, "standard_error": o.standard_error, "expected": o.expected}
            rows.append({**own, "measure": "buying_rate", **buying})
            rows.append({**own, "measure": "spend_per_customer", "value": o.spend})
    return with_stored_fits(dbt, session, fits, TABLE, rows)
