"""dbt model: the segment of every customer at past month ends, by the model that was in force."""

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa

from segmentation.naming import MEASURED
from segmentation.transformation import is_attribute
from segmentation_dbt.fits import scorer_of, with_attributes
from segmentation_dbt.relations import delete_rows, map_batches, rows_of, stored_table

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


def model(dbt: Any, session: Any) -> Any:
    pending = dbt.ref("int_scored_history")
    months = dbt.ref("int_history_months")
    if stored_table(dbt, session, dbt.this.identifier) is not None and dbt.is_incremental:
        # Months that were made by another model or from other lines, and those that are too long ago.
        keys = ", ".join(str(key) for (key,) in rows_of(months, "history_key"))
        delete_rows(session, str(dbt.this), f"history_key not in ({keys})" if keys else "true")
    fits = sorted(number for (number,) in rows_of(pending.select("fit_number").distinct(), "fit_number"))
    all_fits = dbt.ref("int_fits")

    def assigner(number: int) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
        in_force = scorer_of(all_fits, number)
        names = pa.array(in_force.model.names)
        all_features = in_force.model.transformation.features
        features, measures = (
            [column if is_attribute(column) else f"{column}_feature" for column in columns]
            for columns in (all_features, MEASURED)
        )

        def assign(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                numbers = batch.drop_columns([name for name, _ in CARRIED]).to_pandas()
                rows = with_attributes(numbers, all_features)
                values, measured = (rows[of].to_numpy(dtype=float) for of in (features, measures))
                segments = names.take(pa.array(in_force.assign(values, measured)))
                yield pa.record_batch([*(batch[name].cast(kind) for name, kind in CARRIED), segments], schema=SCHEMA)

        return assign

    parts = ((pending.filter(f"fit_number = {number}"), assigner(number)) for number in fits)
    return map_batches(session, parts, SCHEMA)
