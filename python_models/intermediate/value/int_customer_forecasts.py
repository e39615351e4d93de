"""dbt model: what every customer will buy and what that is worth, by the fit in force."""

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from segmentation.value.forecaster import NUMBERS
from segmentation_dbt.relations import map_batches, rows_of
from segmentation_dbt.value_fits import forecaster_in_force

KNOWN = ("purchase_days", "orders", "recency_days", "tenure_days", "kept_value")
RENAMED = {"kept_value": "purchased_value"}
SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        *((number, pa.float64()) for number in NUMBERS),
        ("no_value_reason", pa.string()),
        ("model_version", pa.string()),
    ]
)


def model(dbt: Any, session: Any) -> Any:
    fits = dbt.ref("int_value_fits")
    forecaster, version = forecaster_in_force(fits, json.loads(dbt.config.meta_get("value")))
    ((as_of,),) = rows_of(dbt.ref("int_as_of_date"), "as_of_date")

    def foretell(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            known = batch.select(["customer_id", *KNOWN]).to_pandas()
            known[list(KNOWN)] = known[list(KNOWN)].astype(float)
            foretold = forecaster.predict(known.rename(columns=RENAMED), as_of=as_of)
            foretold["model_version"] = version
            yield pa.RecordBatch.from_pandas(foretold, SCHEMA, preserve_index=False)

    customers = dbt.ref("int_customer_features")
    return map_batches(session, [(customers, foretell)], SCHEMA)
