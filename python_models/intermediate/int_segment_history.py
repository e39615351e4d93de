"""dbt model: the segment of every customer at past month ends, by the model that was in force."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from segmentation_dbt.fits import before, scorer

BATCH = 100_000
CARRIED = [
    ("history_key", pa.int64()),
    ("month_end", pa.date32()),
    ("customer_id", pa.string()),
    ("recency_days", pa.int64()),
    ("frequency", pa.int64()),
    ("monetary", pa.decimal128(18, 4)),
    ("return_rate", pa.decimal128(9, 6)),
    ("r_score", pa.int32()),
    ("f_score", pa.int32()),
    ("m_score", pa.int32()),
    ("model_version", pa.string()),
]
SCHEMA = pa.schema([*CARRIED, ("segment", pa.string())])


def model(dbt: Any, session: Any) -> pa.RecordBatchReader:
    pending = dbt.ref("int_scored_history")
    months = dbt.ref("int_history_months")
    if before(dbt, session, dbt.this.identifier) is not None and dbt.is_incremental:
        # Months that were made by another model or from other lines, and those that are too long ago.
        keys = ", ".join(str(key) for (key,) in months.project("history_key").fetchall())
        condition = f"where history_key not in ({keys})" if keys else ""
        session.execute(f"delete from {dbt.this} {condition}")  # noqa: S608
    fits = [number for (number,) in pending.aggregate("fit_number").order("fit_number").fetchall()]
    stores = [
        dbt.ref("int_segmentation_model"),
        dbt.ref("int_fitted_customers"),
        dbt.ref("int_confidence_levels"),
        dbt.ref("int_segment_buying_rates"),
    ]

    def batches() -> Iterator[pa.RecordBatch]:
        for number in fits:
            in_force = scorer(number, *stores)
            names = pa.array(in_force.model.names)
            features = [f"{feature}_feature" for feature in in_force.model.transformation.features]
            for batch in pending.filter(f"fit_number = {number}").fetch_record_batch(BATCH):
                values = batch.select(features).to_pandas().to_numpy(dtype=float)
                segments = names.take(pa.array(in_force.assign(values)))
                yield pa.record_batch([*(batch[name].cast(kind) for name, kind in CARRIED), segments], schema=SCHEMA)

    return pa.RecordBatchReader.from_batches(SCHEMA, batches())
