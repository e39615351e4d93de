"""dbt model: every number of segments that could be used, measured, and the one that is."""

import json
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from segmentation.clustering import choose, evaluate_candidates
from segmentation.transformation import Transformation

SCHEMA = pa.schema(
    [
        ("algorithm", pa.string()),
        ("segment_count", pa.int32()),
        ("wcss", pa.float64()),
        ("silhouette", pa.float64()),
        ("calinski_harabasz", pa.float64()),
        ("davies_bouldin", pa.float64()),
        ("smallest_share", pa.float64()),
        ("is_elbow", pa.bool_()),
        ("is_chosen", pa.bool_()),
        ("reason", pa.string()),
    ]
)


def model(dbt: Any, session: Any) -> pa.Table:
    features = json.loads(dbt.config.meta_get("cluster_features"))
    asked_for = dbt.config.meta_get("segment_count")
    asked_for = None if asked_for == "auto" else int(asked_for)
    low, high = int(dbt.config.meta_get("segment_count_min")), int(dbt.config.meta_get("segment_count_max"))
    counts = sorted({*range(low, high + 1), *([asked_for] if asked_for else [])})

    customers = dbt.ref("int_clustering_features").filter("is_fit_sample").order("customer_id").df()
    values = customers[features].to_numpy(dtype=float)
    points = Transformation.fit(values, features, dbt.config.meta_get("cluster_scaler")).transform(values)
    candidates = choose(evaluate_candidates(points, int(dbt.config.meta_get("random_seed")), counts), asked_for)
    return pa.Table.from_pylist([{"algorithm": "kmeans", **asdict(c)} for c in candidates], SCHEMA)
