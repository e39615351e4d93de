"""dbt model: how far today's customers are from those that the model in force was fitted on."""

from typing import Any

import pyarrow as pa

from segmentation.archetypes import read_archetypes
from segmentation_dbt.fits import drift_since
from segmentation_dbt.relations import result, rows_of, to_pandas

SCHEMA = pa.schema(
    [
        ("fit_number", pa.int32()),
        ("measure", pa.string()),
        ("feature", pa.string()),
        ("value", pa.float64()),
        ("by_chance", pa.float64()),
    ]
)


def model(dbt: Any, session: Any) -> Any:
    ((number,),) = rows_of(dbt.ref("int_fit_in_force"), "fit_number")
    archetypes = read_archetypes(to_pandas(dbt.ref("segment_archetypes")), to_pandas(dbt.ref("claim_words")))
    fits, customers = dbt.ref("int_fits"), dbt.ref("int_clustering_features")
    drift = drift_since(fits, number, customers, archetypes)
    rows: list[dict[str, Any]] = [
        {"measure": "feature_shift", "feature": feature, "value": shift.index, "by_chance": shift.by_chance}
        for feature, shift in drift.shifts.items()
    ]
    if drift.confidence_fall is not None:
        rows.append({"measure": "confidence_fall", "value": drift.confidence_fall})
    return result(session, pa.Table.from_pylist([row | {"fit_number": number} for row in rows], SCHEMA))
