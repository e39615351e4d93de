"""dbt model: the customers that each fit of the model was made on, clustered."""

import json
from typing import Any

import pyarrow as pa

from segmentation.model import fit_clusters
from segmentation.stored_model import read_model
from segmentation_dbt.fit_tables import FEATURES
from segmentation_dbt.fits import pending_fit, stored_fits, transformation_of, with_stored_fits
from segmentation_dbt.relations import to_pandas

TABLE = "int_fitted_customers"


def model(dbt: Any, session: Any) -> Any:
    fits = dbt.ref("int_model_fits")
    fit = pending_fit(fits)
    if fit is None:
        return with_stored_fits(dbt, session, fits, TABLE)
    features = json.loads(dbt.config.meta_get("cluster_features"))
    candidates = dbt.ref("int_segmentation_candidates").filter(f"is_chosen and fit_number = {fit.number}")
    chosen = to_pandas(candidates).iloc[0]
    customers = to_pandas(dbt.ref("int_clustering_features").filter("is_fit_sample").sort("customer_id"))
    values = customers[features].to_numpy(dtype=float)
    transformation = transformation_of(
        customers, features, dbt.config.meta_get("cluster_scaler"), float(dbt.config.meta_get("cap_share"))
    )
    start = None
    if fit.previous is not None:
        stored = stored_fits(dbt, session, "int_segmentation_model").filter(f"fit_number = {fit.previous}")
        start = read_model(to_pandas(stored)).centroids_in(transformation)
    labels = fit_clusters(
        transformation.transform(values),
        float(chosen["setting"]),
        int(dbt.config.meta_get("random_seed")),
        str(chosen["algorithm"]),
        start,
    )
    new = customers[["customer_id", *FEATURES]].assign(fit_number=fit.number, segment_number=labels)
    return with_stored_fits(dbt, session, fits, TABLE, pa.Table.from_pandas(new, preserve_index=False))
