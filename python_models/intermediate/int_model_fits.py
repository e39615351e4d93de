"""dbt model: the fits of the model, and whether one is to be made in this build."""

import hashlib
import json
from typing import Any

import pyarrow as pa

from segmentation.refit import RefitRule, reason_to_refit
from segmentation.stored_model import read_archetypes
from segmentation_dbt.fits import before, drift_since

STORES = ("int_segmentation_model", "int_fitted_customers", "int_confidence_levels", "int_segment_buying_rates")
SCHEMA = pa.schema(
    [
        ("fit_number", pa.int32()),
        ("fitted_as_of", pa.date32()),
        ("reason", pa.string()),
        ("settings", pa.string()),
        ("previous_fit_number", pa.int32()),
        ("is_pending", pa.bool_()),
    ]
)


def model(dbt: Any, session: Any) -> pa.Table:
    ((as_of,),) = dbt.ref("int_as_of_date").project("as_of_date").fetchall()
    archetypes = dbt.ref("segment_archetypes")
    settings = json.loads(dbt.config.meta_get("settings"))
    settings["segment_archetypes"] = hashlib.sha256(repr(read_archetypes(archetypes.df())).encode()).hexdigest()[:12]

    # What the last build left. A fit that is not in int_complete_fits was cut short, and goes.
    numbered, complete = before(dbt, session, dbt.this.identifier), before(dbt, session, "int_complete_fits")
    numbers = [] if numbered is None else [number for (number,) in numbered.project("fit_number").fetchall()]
    rows = [] if complete is None else complete.order("fit_number").to_arrow_table().to_pylist()
    stores = [before(dbt, session, name) for name in STORES]
    held_out = before(dbt, session, "int_held_out_customers")
    if None in (*stores, held_out):
        rows = []
    if rows:
        last = rows[-1]
        drift = drift_since(last["fit_number"], stores, held_out, dbt.ref("int_clustering_features"), archetypes)
        rule = RefitRule(**json.loads(dbt.config.meta_get("rule")))
        age = (as_of - last["fitted_as_of"]).days
        reason = reason_to_refit(rule, settings, json.loads(last["settings"]), age, drift)
    else:
        is_old = numbered is None and stores[0] is not None
        reason = "the first fit" + (" of a warehouse that kept no fits before" if is_old else "")
    if reason:
        new = {"fit_number": max(numbers, default=0) + 1, "fitted_as_of": as_of, "reason": reason, "is_pending": True}
        new["settings"] = json.dumps(settings, sort_keys=True)
        rows.append(new | {"previous_fit_number": rows[-1]["fit_number"] if rows else None})
    return pa.Table.from_pylist([{"is_pending": False, **row} for row in rows], SCHEMA)
