"""dbt model: fitted customers, held out and assigned by their neighbours among the others."""

import json
from typing import Any

import numpy as np
import pyarrow as pa

from segmentation.assignment import choose_neighbors
from segmentation.calibration import cross_calibrate
from segmentation.segmentation import Segmentation
from segmentation_dbt.fits import pending_fit, with_stored_fits
from segmentation_dbt.relations import to_pandas

TABLE = "int_held_out_customers"


def model(dbt: Any, session: Any) -> Any:
    fits = dbt.ref("int_model_fits")
    fit = pending_fit(fits)
    if fit is None:
        return with_stored_fits(dbt, session, fits, TABLE)
    segmentation = Segmentation(**json.loads(dbt.config.meta_get("segmentation")))
    customers = to_pandas(dbt.ref("int_fitted_customers").filter(f"fit_number = {fit.number}").sort("customer_id"))
    held_out = segmentation.hold_out(customers, customers["segment_number"].to_numpy(dtype="int64"))
    chosen = choose_neighbors(held_out) if held_out else 0
    rows = [
        pa.table(
            {
                "fit_number": np.full(len(s.truth), fit.number),
                "customer_number": np.arange(len(s.truth)),
                "neighbors": np.full(len(s.truth), s.neighbors),
                "segment_number": s.truth,
                "voted_segment_number": s.label,
                "votes": s.votes,
                "confidence": cross_calibrate(s.votes, s.is_right, s.neighbors),
                "is_chosen": np.full(len(s.truth), s.neighbors == chosen),
            }
        )
        for s in held_out
    ]
    return with_stored_fits(dbt, session, fits, TABLE, pa.concat_tables(rows) if rows else ())
