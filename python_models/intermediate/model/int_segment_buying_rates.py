"""dbt model: how many of each segment's customers bought in the last period, of those who were its like before it."""

from typing import Any

import numpy as np
import pyarrow as pa

from segmentation.segmentation import buying_rates
from segmentation.stored_model import read_model
from segmentation_dbt.fits import latest_later, pending_fit, with_stored_fits
from segmentation_dbt.relations import to_pandas

TABLE = "int_segment_buying_rates"


def model(dbt: Any, session: Any) -> Any:
    fits = dbt.ref("int_model_fits")
    fit = pending_fit(fits)
    if fit is None:
        return with_stored_fits(dbt, session, fits, TABLE)
    fitted = read_model(to_pandas(dbt.ref("int_segmentation_model").filter(f"fit_number = {fit.number}")))
    days = int(dbt.config.meta_get("validation_days"))
    rates = buying_rates(
        fitted, latest_later(dbt.ref("int_validation_customers"), fitted.transformation.features, days)
    )
    numbers = np.arange(len(rates))
    new = pa.table({"fit_number": np.full(len(rates), fit.number), "segment_number": numbers, "buying_rate": rates})
    return with_stored_fits(dbt, session, fits, TABLE, new)
