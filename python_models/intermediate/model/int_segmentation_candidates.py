"""dbt model: every way to segment the customers, measured, and the one that is used."""

import json
import os
from dataclasses import asdict
from typing import Any

from segmentation.segmentation import Segmentation
from segmentation_dbt.fits import pending_fit, stored_fits, with_stored_fits
from segmentation_dbt.relations import rows_of, to_pandas

TABLE = "int_segmentation_candidates"


def model(dbt: Any, session: Any) -> Any:
    fits = dbt.ref("int_model_fits")
    fit = pending_fit(fits)
    if fit is None:
        return with_stored_fits(dbt, session, fits, TABLE)
    segmentation = Segmentation(**json.loads(dbt.config.meta_get("segmentation")), workers=min(2, os.cpu_count() or 1))
    customers = to_pandas(dbt.ref("int_clustering_features").filter("is_fit_sample").sort("customer_id"))
    # Other settings ask for another choice.
    in_force = None
    if fit.is_same_settings:
        chosen = stored_fits(dbt, session, TABLE).filter(f"is_chosen and fit_number = {fit.previous}")
        (in_force,) = rows_of(chosen, "algorithm", "segment_count")
    candidates, p_value = segmentation.compare(customers, in_force)
    new = [asdict(c) | {"fit_number": fit.number, "structure_p_value": p_value} for c in candidates]
    return with_stored_fits(dbt, session, fits, TABLE, new)
