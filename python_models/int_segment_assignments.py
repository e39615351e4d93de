"""dbt model: the segment of every customer, by the votes of the nearest fitted customers."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from segmentation.scoring import Scorer
from segmentation.stored_model import read_model, read_reference

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
    stored = dbt.ref("int_segmentation_model").df()
    fitted = read_model(stored)
    levels = dbt.ref("int_confidence_levels").order("votes").df()
    rates = dbt.ref("int_segment_buying_rates").order("segment_number").df()
    reference, labels = read_reference(
        fitted, dbt.ref("int_fitted_customers").df(), dbt.ref("int_clustering_features").filter("is_fit_sample").df()
    )
    scorer = Scorer(fitted, reference, labels, levels["confidence"].to_numpy(), rates["buying_rate"].to_numpy())
    names, version = pa.array(fitted.names), stored["model_version"].iloc[0]

    def batches() -> Iterator[pa.RecordBatch]:
        # Customers stream through: memory does not grow with their number.
        for batch in dbt.ref("int_clustering_features").fetch_record_batch(BATCH):
            scores = scorer.score(batch.to_pandas()[list(fitted.transformation.features)].to_numpy(dtype=float))
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

    return pa.RecordBatchReader.from_batches(SCHEMA, batches())
