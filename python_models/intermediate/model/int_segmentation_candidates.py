"""dbt model: every way to segment the customers, measured, and the one that is used."""

import json
import os
from dataclasses import asdict
from typing import Any

from segmentation.candidates import EFFORTS, evaluate_candidates
from segmentation.model import steps_of
from segmentation.selection import choose
from segmentation_dbt.fits import pending_fit, stored_fits, transformation_of, with_stored_fits
from segmentation_dbt.relations import rows_of, to_pandas

TABLE = "int_segmentation_candidates"


def model(dbt: Any, session: Any) -> Any:
    fits = dbt.ref("int_model_fits")
    fit = pending_fit(fits)
    if fit is None:
        return with_stored_fits(dbt, session, fits, TABLE)
    features = json.loads(dbt.config.meta_get("cluster_features"))
    asked_for = dbt.config.meta_get("segment_count")
    asked_for = None if asked_for == "auto" else int(asked_for)
    low, high = int(dbt.config.meta_get("segment_count_min")), int(dbt.config.meta_get("segment_count_max"))
    min_customers = int(dbt.config.meta_get("min_customers"))
    counts = sorted({*range(low, high + 1), *([asked_for] if asked_for else [])})

    customers = to_pandas(dbt.ref("int_clustering_features").filter("is_fit_sample").sort("customer_id"))
    values = customers[features].to_numpy(dtype=float)
    transformation = transformation_of(
        customers, features, dbt.config.meta_get("cluster_scaler"), float(dbt.config.meta_get("cap_share"))
    )
    algorithm = dbt.config.meta_get("cluster_algorithm")
    comparison = evaluate_candidates(
        transformation.transform(values),
        int(dbt.config.meta_get("random_seed")),
        counts,
        EFFORTS.get(dbt.config.meta_get("cluster_evaluation")),
        algorithm,
        min_customers=0 if asked_for else min_customers,
        workers=min(2, os.cpu_count() or 1),
        steps=steps_of(features),
    )
    # Other settings ask for another choice.
    in_force = None
    if fit.is_same_settings:
        chosen = stored_fits(dbt, session, TABLE).filter(f"is_chosen and fit_number = {fit.previous}")
        (in_force,) = rows_of(chosen, "algorithm", "segment_count")
    candidates = choose(comparison, algorithm, asked_for, in_force)
    whole = {"fit_number": fit.number, "structure_p_value": comparison.structure_p_value}
    new = [asdict(c) | whole for c in candidates]
    return with_stored_fits(dbt, session, fits, TABLE, new)
