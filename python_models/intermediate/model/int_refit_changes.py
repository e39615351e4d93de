"""dbt model: how many customers each refit put into another segment."""

from typing import Any

import pyarrow as pa

from segmentation.refit import count_changed
from segmentation_dbt.fits import pending_fit, scorer, with_fits_before
from segmentation_dbt.relations import to_pandas

SCHEMA = pa.schema(
    [
        ("fit_number", pa.int32()),
        ("previous_fit_number", pa.int32()),
        ("customers", pa.int64()),
        ("changed_customers", pa.int64()),
    ]
)


def model(dbt: Any, session: Any) -> Any:
    fits = dbt.ref("int_model_fits")
    fit = pending_fit(fits)
    if fit is None or fit.previous is None:
        return with_fits_before(dbt, session, fits, SCHEMA)
    tables = [
        dbt.ref("int_segmentation_model"),
        dbt.ref("int_fitted_customers"),
        dbt.ref("int_confidence_levels"),
        dbt.ref("int_segment_buying_rates"),
    ]
    old, new = (scorer(number, *tables) for number in (fit.previous, fit.number))
    customers = to_pandas(dbt.ref("int_fitted_customers").filter(f"fit_number = {fit.number}"))
    before, after = (customers[list(s.model.transformation.features)].to_numpy(dtype=float) for s in (old, new))
    row = (fit.number, fit.previous, len(customers), count_changed(old, new, before, after))
    added = pa.Table.from_pylist([dict(zip(SCHEMA.names, row, strict=True))], SCHEMA)
    return with_fits_before(dbt, session, fits, SCHEMA, added)
