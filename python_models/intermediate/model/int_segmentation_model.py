"""dbt model: every fit of the segmentation, one row a segment and feature."""

import json
from typing import Any

from segmentation.segmentation import Segmentation, rhythm_of
from segmentation.stored_model import read_archetypes, read_model, write_members
from segmentation.transformation import skewness
from segmentation_dbt.fits import latest_later, neighbors_of, pending_fit, stored_fits, with_stored_fits
from segmentation_dbt.relations import to_pandas

TABLE = "int_segmentation_model"


def model(dbt: Any, session: Any) -> Any:
    fits = dbt.ref("int_model_fits")
    fit = pending_fit(fits)
    if fit is None:
        return with_stored_fits(dbt, session, fits, TABLE)
    archetypes = read_archetypes(to_pandas(dbt.ref("segment_archetypes")), to_pandas(dbt.ref("claim_words")))
    segmentation = Segmentation(**json.loads(dbt.config.meta_get("segmentation")), archetypes=archetypes)
    customers = to_pandas(dbt.ref("int_fitted_customers").filter(f"fit_number = {fit.number}").sort("customer_id"))
    previous = None
    if fit.previous is not None:
        stored = stored_fits(dbt, session, TABLE).filter(f"fit_number = {fit.previous}")
        previous = read_model(to_pandas(stored))
    days = int(dbt.config.meta_get("validation_days"))
    fitted = segmentation.describe(
        customers,
        customers["segment_number"].to_numpy(dtype="int64"),
        neighbors_of(dbt.ref("int_held_out_customers"), fit.number),
        previous,
        latest_later(dbt.ref("int_validation_customers"), segmentation.features, days),
    )
    transformation, rhythm = fitted.transformation, rhythm_of(customers)
    values = customers[list(segmentation.features)].to_numpy(dtype=float)
    original = transformation.inverse(fitted.centroids)
    raw, capped = skewness(values), skewness(transformation.transform(values))
    rows = [
        {
            "fit_number": fit.number,
            "fitted_as_of": fit.fitted_as_of,
            "model_version": fitted.version,
            "segment_number": number,
            "segment": name,
            "feature_number": f,
            "feature": feature,
            **{p: getattr(transformation, p)[f] for p in ("center", "scale", "low", "high", "lowest", "highest")},
            "scaled_centroid": fitted.centroids[number, f],
            "centroid": original[number, f],
            "skew_before": raw[f],
            "skew_after": capped[f],
            "customers_fitted": len(customers),
            "gap_days": rhythm.gap_days,
            "new_days": rhythm.new_days,
            "returning_customers": rhythm.returning_customers,
            "is_gap_estimated": rhythm.is_estimated,
            **write_members(fitted.members[number]),
        }
        for number, name in enumerate(fitted.names)
        for f, feature in enumerate(segmentation.features)
    ]
    return with_stored_fits(dbt, session, fits, TABLE, rows)
