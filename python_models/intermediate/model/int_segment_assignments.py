"""dbt model: the segment of every customer, by the votes of the nearest fitted customers."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from segmentation.naming import MEASURED
from segmentation_dbt.fits import scorer_of, with_attributes
from segmentation_dbt.relations import map_batches, rows_of

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


def model(dbt: Any, session: Any) -> Any:
    ((number, version),) = rows_of(dbt.ref("int_fit_in_force"), "fit_number", "model_version")
    in_force = scorer_of(dbt.ref("int_fits"), number)
    names, features = pa.array(in_force.model.names), list(in_force.model.transformation.features)

    def assign(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            rows = with_attributes(batch.to_pandas(), features)
            scores = in_force.score(*(rows[columns].to_numpy(dtype=float) for columns in (features, [*MEASURED])))
            buying = scores.expected_buying_rate
            yield pa.record_batch(
                [
                    batch["customer_id"],
                    names.take(pa.array(scores.segment)),
                    pa.array(scores.confidence),
                    names.take(pa.array(scores.runner_up)),
                    names.take(pa.array(scores.centroid_segment)),
                    pa.array(scores.is_outside_trained_range),
                    pa.nulls(len(batch), pa.float64()) if buying is None else pa.array(buying),
                    pa.array([version] * len(batch), pa.string()),
                ],
                schema=SCHEMA,
            )

    customers = dbt.ref("int_clustering_features")
    return map_batches(session, [(customers, assign)], SCHEMA)
