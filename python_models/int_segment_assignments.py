"""dbt model: the segment of every customer, by the votes of the nearest fitted customers."""

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from segmentation.assignment import NearestNeighbors
from segmentation.transformation import Transformation

BATCH = 100_000
SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("segment", pa.string()),
        ("segment_confidence", pa.float64()),
        ("runner_up_segment", pa.string()),
        ("model_version", pa.string()),
    ]
)


def model(dbt: Any, session: Any) -> pa.RecordBatchReader:
    features = json.loads(dbt.config.meta_get("cluster_features"))
    fitted = dbt.ref("int_segmentation_model").order("segment_number").df()
    version = fitted["model_version"].iloc[0]
    names = pa.array(fitted.drop_duplicates("segment_number")["segment"])
    centroids = fitted.pivot_table(index="segment_number", columns="feature", values="scaled_centroid")[features]
    parameters = fitted.drop_duplicates("feature").set_index("feature").loc[features]
    transformation = Transformation(tuple(features), tuple(parameters["center"]), tuple(parameters["scale"]))

    reference = dbt.ref("int_nearest_centroids").filter("is_fit_sample").order("customer_id").df()
    neighbors = NearestNeighbors(
        transformation.transform(reference[features].to_numpy(dtype=float)),
        reference["segment_number"].to_numpy(dtype="int64"),
        centroids.to_numpy(),
        int(dbt.config.meta_get("knn_neighbors")),
    )

    def batches() -> Iterator[pa.RecordBatch]:
        # Customers stream through: memory does not grow with their number.
        for batch in dbt.ref("int_clustering_features").fetch_record_batch(BATCH):
            customers = batch.to_pandas()
            assigned = neighbors.assign(transformation.transform(customers[features].to_numpy(dtype=float)))
            yield pa.record_batch(
                [
                    batch["customer_id"],
                    names.take(pa.array(assigned.label)),
                    pa.array(assigned.confidence),
                    names.take(pa.array(assigned.runner_up)),
                    pa.array([version] * len(batch), pa.string()),
                ],
                schema=SCHEMA,
            )

    return pa.RecordBatchReader.from_batches(SCHEMA, batches())
