"""dbt model: the segment of every customer, by the votes of the nearest fitted customers."""

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from segmentation.assignment import NearestNeighbors
from segmentation.clustering import nearest_centroids
from segmentation.stored_model import read_model, read_reference
from segmentation.validity import blend

BATCH = 100_000
SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("segment", pa.string()),
        ("segment_confidence", pa.float64()),
        ("runner_up_segment", pa.string()),
        ("centroid_segment", pa.string()),
        ("is_outside_trained_range", pa.bool_()),
        ("expected_buying_rate", pa.float64()),
        ("model_version", pa.string()),
    ]
)


def model(dbt: Any, session: Any) -> pa.RecordBatchReader:
    features = json.loads(dbt.config.meta_get("cluster_features"))
    stored = dbt.ref("int_segmentation_model").df()
    fitted = read_model(stored, features)
    reference, labels = read_reference(
        fitted, dbt.ref("int_fitted_customers").df(), dbt.ref("int_clustering_features").filter("is_fit_sample").df()
    )
    levels = dbt.ref("int_confidence_levels").order("votes").df()
    confidence = levels["confidence"].to_numpy()
    neighbors = NearestNeighbors(reference, labels, fitted.centroids, len(levels))
    buying = dbt.ref("int_segment_buying_rates").order("segment_number").df()
    rates = buying["buying_rate"].to_numpy()
    names, version = pa.array(fitted.names), stored["model_version"].iloc[0]

    def batches() -> Iterator[pa.RecordBatch]:
        # Customers stream through: memory does not grow with their number.
        for batch in dbt.ref("int_clustering_features").fetch_record_batch(BATCH):
            values = batch.to_pandas()[features].to_numpy(dtype=float)
            points = fitted.transformation.transform(values)
            assigned = neighbors.assign(points)
            yield pa.record_batch(
                [
                    batch["customer_id"],
                    names.take(pa.array(assigned.label)),
                    pa.array(confidence[assigned.votes - 1]),
                    names.take(pa.array(assigned.runner_up)),
                    names.take(pa.array(nearest_centroids(points, fitted.centroids))),
                    pa.array(fitted.transformation.is_outside(values)),
                    pa.array(blend(points, fitted.centroids, rates)) if len(rates) else pa.nulls(len(batch), pa.float64()),
                    pa.array([version] * len(batch), pa.string()),
                ],
                schema=SCHEMA,
            )

    return pa.RecordBatchReader.from_batches(SCHEMA, batches())
