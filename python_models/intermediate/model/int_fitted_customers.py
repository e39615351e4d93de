"""dbt model: the customers that each fit of the model was made on, clustered."""

import json
from typing import Any

import pyarrow as pa

from segmentation.segmentation import Segmentation
from segmentation.stored_model import read_model
from segmentation_dbt.fit_tables import FEATURES
from segmentation_dbt.fits import pending_fit, stored_fits, with_stored_fits
from segmentation_dbt.relations import to_pandas

TABLE = "int_fitted_customers"


def model(dbt: Any, session: Any) -> Any:
    fits = dbt.ref("int_model_fits")
    fit = pending_fit(fits)
    if fit is None:
        return with_stored_fits(dbt, session, fits, TABLE)
    segmentation = Segmentation(**json.loads(dbt.config.meta_get("segmentation")))
    candidates = dbt.ref("int_segmentation_candidates").filter(f"is_chosen and fit_number = {fit.number}")
    chosen = to_pandas(candidates).iloc[0]
    customers = to_pandas(dbt.ref("int_clustering_features").filter("is_fit_sample").sort("customer_id"))
    previous = None
    if fit.previous is not None:
        stored = stored_fits(dbt, session, "int_segmentation_model").filter(f"fit_number = {fit.previous}")
        previous = read_model(to_pandas(stored))
    labels = segmentation.cluster(customers, str(chosen["algorithm"]), float(chosen["setting"]), previous)
    new = customers[["customer_id", *FEATURES]].assign(fit_number=fit.number, segment_number=labels)
    return with_stored_fits(dbt, session, fits, TABLE, pa.Table.from_pandas(new, preserve_index=False))
