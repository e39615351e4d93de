"""dbt model: the fitted segmentation, one row a segment and feature."""

import json
from typing import Any

import pandas as pd
import pyarrow as pa

from segmentation.model import fit_model
from segmentation.naming import MEASURES, Archetype

SCHEMA = pa.schema(
    [
        ("model_version", pa.string()),
        ("segment_number", pa.int32()),
        ("segment", pa.string()),
        ("feature", pa.string()),
        ("center", pa.float64()),
        ("scale", pa.float64()),
        ("scaled_centroid", pa.float64()),
        ("centroid", pa.float64()),
        ("customers_fitted", pa.int64()),
    ]
)


def model(dbt: Any, session: Any) -> pa.Table:
    features = json.loads(dbt.config.meta_get("cluster_features"))
    chosen = dbt.ref("int_segmentation_candidates").filter("is_chosen").fetchall()[0][1]
    customers = dbt.ref("int_clustering_features").filter("is_fit_sample").order("customer_id").df()
    fitted = fit_model(
        values=customers[features].to_numpy(dtype=float),
        features=features,
        measures=customers[["recency_days", "frequency", "monetary", "tenure_days"]].to_numpy(dtype=float),
        segment_count=chosen,
        archetypes=archetypes(dbt.ref("segment_archetypes").filter("kind = 'cluster'").df()),
        scaler=dbt.config.meta_get("cluster_scaler"),
        seed=int(dbt.config.meta_get("random_seed")),
    )
    original = fitted.transformation.inverse(fitted.centroids)
    rows = [
        {
            "model_version": fitted.version,
            "segment_number": number,
            "segment": name,
            "feature": feature,
            "center": fitted.transformation.center[f],
            "scale": fitted.transformation.scale[f],
            "scaled_centroid": fitted.centroids[number, f],
            "centroid": original[number, f],
            "customers_fitted": len(customers),
        }
        for number, name in enumerate(fitted.names)
        for f, feature in enumerate(features)
    ]
    return pa.Table.from_pylist(rows, SCHEMA)


def archetypes(seed: pd.DataFrame) -> list[Archetype]:
    seed = seed.sort_values("segment")
    ideal, lowest, highest = (
        seed[[f"{measure}_{part}" for measure in MEASURES]].to_numpy(dtype=float).tolist()
        for part in ("position", "from", "to")
    )
    bounds = seed[["min_median_frequency", "max_median_frequency", "max_tenure_share"]].astype(float)
    bounds = bounds.fillna({"min_median_frequency": 0, "max_median_frequency": float("inf"), "max_tenure_share": 1})
    return [
        Archetype(name, tuple(at), tuple(low), tuple(high), *bound)
        for name, at, low, high, bound in zip(
            seed["segment"], ideal, lowest, highest, bounds.to_numpy().tolist(), strict=True
        )
    ]
