"""dbt model: every fit of the model, one row each; a row is added where one is to be made, and none changes."""

import json
from typing import Any

from segmentation.archetypes import read_archetypes
from segmentation.backtest import backtest
from segmentation.naming import MEASURED
from segmentation.refit import count_changed
from segmentation.segmentation import Segmentation, later_of
from segmentation.stored_form import read_scorer
from segmentation_dbt.fit_rows import FITS
from segmentation_dbt.fits import (
    SCORING_PARTS,
    decision_of,
    fit_of,
    row_of_fit,
    stored_fits,
    with_attributes,
    with_row,
)
from segmentation_dbt.relations import rows_of, to_pandas
from segmentation_dbt.workers import WORKERS


def model(dbt: Any, session: Any) -> Any:
    fits = stored_fits(dbt, session)
    decision = decision_of(dbt.ref("int_refit_decision"), "segments", fits)
    if decision is None:
        return with_row(session, fits, None, FITS)
    archetypes = read_archetypes(to_pandas(dbt.ref("segment_archetypes")), to_pandas(dbt.ref("claim_words")))
    parameters = json.loads(dbt.config.meta_get("segmentation"))
    segmentation = Segmentation(**parameters, archetypes=archetypes, workers=WORKERS)
    customers = to_pandas(dbt.ref("int_clustering_features").filter("is_fit_sample").sort("customer_id"))
    customers = with_attributes(customers, segmentation.features)
    past = to_pandas(dbt.ref("int_validation_customers").sort("cut_date", "customer_id"))
    past = with_attributes(past, segmentation.features)

    old = in_force = None
    if decision.previous_fit_number is not None:
        before = fit_of(fits, decision.previous_fit_number, *SCORING_PARTS, "candidates")
        old = read_scorer(before)
        customers = with_attributes(customers, old.model.transformation.features)
        candidates = before["candidates"]
        chosen = candidates[candidates["is_chosen"].astype(bool)].iloc[0]
        # Other settings ask for another choice.
        if decision.is_same_settings:
            in_force = (str(chosen["algorithm"]), int(chosen["segment_count"]))
    later = later_of(
        past[past["cut_date"] == past["cut_date"].max()],
        segmentation.features,
        int(dbt.config.meta_get("validation_days")),
    )
    segmentation.fit(customers, later=later, previous=old.model if old else None, in_force=in_force)

    row = row_of_fit(decision, segmentation, customers)
    (taken,) = (candidate for candidate in segmentation.candidates_ if candidate.is_chosen)
    codes = dict(rows_of(dbt.ref("rfm_segments"), "rfm_score", "rfm_segment"))
    row["validation"] = backtest(segmentation, past, taken.algorithm, taken.setting, codes)
    if old:
        measures = customers[[*MEASURED]].to_numpy(dtype=float)
        known, values = (
            customers[list(features)].to_numpy(dtype=float)
            for features in (old.model.transformation.features, segmentation.features)
        )
        row["compared_customers"] = len(customers)
        row["changed_customers"] = count_changed(old, segmentation.scorer_, known, values, measures)
    return with_row(session, fits, row, FITS)
