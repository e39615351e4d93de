"""dbt model: every fit of the segmentation, one row a segment and feature."""

import json
from typing import Any

import pyarrow as pa

from segmentation.model import describe_model
from segmentation.stored_model import read_archetypes, read_model
from segmentation.transformation import Transformation, skewness
from segmentation_dbt.fits import before, neighbors_of, pending_fit, with_fits_before
from segmentation_dbt.relations import to_pandas

SCHEMA = pa.schema(
    [
        ("fit_number", pa.int32()),
        ("fitted_as_of", pa.date32()),
        ("model_version", pa.string()),
        ("segment_number", pa.int32()),
        ("segment", pa.string()),
        ("feature_number", pa.int32()),
        ("feature", pa.string()),
        ("center", pa.float64()),
        ("scale", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("lowest", pa.float64()),
        ("highest", pa.float64()),
        ("scaled_centroid", pa.float64()),
        ("centroid", pa.float64()),
        ("skew_before", pa.float64()),
        ("skew_after", pa.float64()),
        ("customers_fitted", pa.int64()),
    ]
)


def model(dbt: Any, session: Any) -> Any:
    fits = dbt.ref("int_model_fits")
    fit = pending_fit(fits)
    if fit is None:
        return with_fits_before(dbt, session, fits, SCHEMA)
    features = json.loads(dbt.config.meta_get("cluster_features"))
    customers = to_pandas(dbt.ref("int_fitted_customers").filter(f"fit_number = {fit.number}").sort("customer_id"))
    values = customers[features].to_numpy(dtype=float)
    transformation = Transformation.fit(
        values, features, dbt.config.meta_get("cluster_scaler"), float(dbt.config.meta_get("cap_share"))
    )
    start = names = None
    if fit.previous is not None:
        old = read_model(to_pandas(before(dbt, session, dbt.this.identifier).filter(f"fit_number = {fit.previous}")))
        names = old.nearest(customers[list(old.transformation.features)].to_numpy(dtype=float))
        start = old.centroids_in(transformation)
    fitted = describe_model(
        values,
        customers[["recency_days", "frequency", "monetary", "tenure_days"]].to_numpy(dtype=float),
        customers["segment_number"].to_numpy(dtype="int64"),
        transformation,
        read_archetypes(to_pandas(dbt.ref("segment_archetypes"))),
        start,
        names,
        neighbors_of(dbt.ref("int_held_out_customers"), fit.number),
    )
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
        }
        for number, name in enumerate(fitted.names)
        for f, feature in enumerate(features)
    ]
    return with_fits_before(dbt, session, fits, SCHEMA, pa.Table.from_pylist(rows, SCHEMA))
