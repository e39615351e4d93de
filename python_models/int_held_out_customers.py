"""dbt model: fitted customers, held out and assigned by their neighbours among the others."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from segmentation.assignment import NEIGHBOR_COUNTS, choose_neighbors, hold_out
from segmentation.calibration import cross_calibrate
from segmentation.stored_model import read_model, read_reference

SCHEMA = pa.schema(
    [
        ("customer_number", pa.int64()),
        ("neighbors", pa.int32()),
        ("segment_number", pa.int64()),
        ("voted_segment_number", pa.int64()),
        ("votes", pa.int32()),
        ("confidence", pa.float64()),
        ("is_chosen", pa.bool_()),
    ]
)


def model(dbt: Any, session: Any) -> pa.RecordBatchReader:
    fitted = read_model(dbt.ref("int_segmentation_model").df())
    points, labels = read_reference(
        fitted, dbt.ref("int_fitted_customers").df(), dbt.ref("int_clustering_features").filter("is_fit_sample").df()
    )
    asked_for = dbt.config.meta_get("knn_neighbors")
    counts = NEIGHBOR_COUNTS if asked_for == "auto" else [int(asked_for)]
    said = hold_out(points, labels, len(fitted.names), counts)

    def batches() -> Iterator[pa.RecordBatch]:
        chosen = choose_neighbors(said) if said else 0
        for s in said:
            confidence = cross_calibrate(s.votes, s.is_right, s.neighbors)
            yield pa.record_batch(
                [
                    pa.array(range(len(s.truth)), pa.int64()),
                    pa.array([s.neighbors] * len(s.truth), pa.int32()),
                    pa.array(s.truth),
                    pa.array(s.label),
                    pa.array(s.votes, pa.int32()),
                    pa.array(confidence),
                    pa.array([s.neighbors == chosen] * len(s.truth)),
                ],
                schema=SCHEMA,
            )

    return pa.RecordBatchReader.from_batches(SCHEMA, batches())
