"""dbt model: every fit of the model, one row each; a row is added where one is to be made, and none changes."""

import json
from typing import Any

from segmentation.archetypes import read_archetypes
from segmentation.stored_form import read_model
from segmentation_dbt.fit_rows import FITS
from segmentation_dbt.fits import SCORING_PARTS, decision_of, fit_of, stored_fits, with_attributes, with_row
from segmentation_dbt.processes import apart
from segmentation_dbt.relations import rows_of, to_pandas


def model(dbt: Any, session: Any) -> Any:
    fits = stored_fits(dbt, session)
    decision = decision_of(dbt.ref("int_refit_decision"), "segments", fits)
    if decision is None:
        return with_row(session, fits, None, FITS)
    archetypes = read_archetypes(to_pandas(dbt.ref("segment_archetypes")), to_pandas(dbt.ref("claim_words")))
    parameters = json.loads(dbt.config.meta_get("segmentation"))
    customers = to_pandas(dbt.ref("int_clustering_features").filter("is_fit_sample").sort("customer_id"))
    customers = with_attributes(customers, parameters["features"])
    past = to_pandas(dbt.ref("int_validation_customers").sort("cut_date", "customer_id"))
    past = with_attributes(past, parameters["features"])
    codes = dict(rows_of(dbt.ref("rfm_segments"), "rfm_score", "rfm_segment"))
    validation_days = int(dbt.config.meta_get("validation_days"))
    before = None
    if decision.previous_fit_number is not None:
        before = fit_of(fits, decision.previous_fit_number, *SCORING_PARTS, "candidates")
        customers = with_attributes(customers, read_model(before["segments"]).transformation.features)
    known = (customers, past, validation_days, codes, before)
    return with_row(session, fits, apart("fit_segments", parameters, archetypes, decision, *known), FITS)
