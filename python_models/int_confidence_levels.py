"""dbt model: the confidence that each number of neighbours' votes deserves."""

from typing import Any

import numpy as np
import pyarrow as pa

from segmentation.assignment import DEFAULT_NEIGHBORS
from segmentation.calibration import calibrate


def model(dbt: Any, session: Any) -> pa.Table:
    held_out = dbt.ref("int_held_out_customers").filter("is_chosen").order("customer_number").df()
    ((fitted,),) = dbt.ref("int_fitted_customers").aggregate("count(*)").fetchall()
    # Too few customers to hold some out: everybody else votes.
    neighbors = int(held_out["neighbors"].max()) if len(held_out) else min(DEFAULT_NEIGHBORS, fitted)
    is_right = (held_out["segment_number"] == held_out["voted_segment_number"]).to_numpy(dtype=bool)
    confidence = calibrate(held_out["votes"].to_numpy(dtype="int64"), is_right, neighbors)
    return pa.table(
        {
            "neighbors": pa.array(np.full(neighbors, neighbors), pa.int32()),
            "votes": pa.array(np.arange(1, neighbors + 1), pa.int32()),
            "confidence": pa.array(confidence, pa.float64()),
        }
    )
