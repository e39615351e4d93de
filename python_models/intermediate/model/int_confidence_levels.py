"""dbt model: the confidence that each number of neighbours' votes deserves."""

from typing import Any

import numpy as np
import pyarrow as pa

from segmentation.calibration import calibrate
from segmentation_dbt.fits import neighbors_of, pending_fit, with_stored_fits
from segmentation_dbt.relations import rows_of, to_pandas

TABLE = "int_confidence_levels"


def model(dbt: Any, session: Any) -> Any:
    fits = dbt.ref("int_model_fits")
    fit = pending_fit(fits)
    if fit is None:
        return with_stored_fits(dbt, session, fits, TABLE)
    is_new = f"fit_number = {fit.number}"
    held_out = to_pandas(dbt.ref("int_held_out_customers").filter(f"is_chosen and {is_new}").sort("customer_number"))
    fitted = len(rows_of(dbt.ref("int_fitted_customers").filter(is_new), "customer_id"))
    neighbors = min(neighbors_of(dbt.ref("int_held_out_customers"), fit.number), fitted)
    is_right = (held_out["segment_number"] == held_out["voted_segment_number"]).to_numpy(dtype=bool)
    confidence = calibrate(held_out["votes"].to_numpy(dtype="int64"), is_right, neighbors)
    new = pa.table(
        {
            "fit_number": np.full(neighbors, fit.number),
            "neighbors": np.full(neighbors, neighbors),
            "votes": np.arange(1, neighbors + 1),
            "confidence": confidence,
        }
    )
    return with_stored_fits(dbt, session, fits, TABLE, new)
