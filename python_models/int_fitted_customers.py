"""dbt model: the customers that the model is fitted on, clustered."""

import json
from typing import Any

import pyarrow as pa

from segmentation.model import fit_clusters
from segmentation.transformation import Transformation


def model(dbt: Any, session: Any) -> pa.Table:
    features = json.loads(dbt.config.meta_get("cluster_features"))
    chosen = dbt.ref("int_segmentation_candidates").filter("is_chosen").df().iloc[0]
    customers = dbt.ref("int_clustering_features").filter("is_fit_sample").order("customer_id").df()
    values = customers[features].to_numpy(dtype=float)
    transformation = Transformation.fit(
        values, features, dbt.config.meta_get("cluster_scaler"), float(dbt.config.meta_get("cap_share"))
    )
    labels = fit_clusters(
        transformation.transform(values),
        float(chosen["setting"]),
        int(dbt.config.meta_get("random_seed")),
        str(chosen["algorithm"]),
    )
    columns = {"customer_id": pa.array(customers["customer_id"], pa.string()), "segment_number": pa.array(labels)}
    return pa.table(columns)
