"""dbt model: the fits of the model, and whether one is to be made in this build."""

import hashlib
import json
from typing import Any

import pyarrow as pa

from segmentation.refit import RefitRule, reason_to_refit
from segmentation.stored_model import read_archetypes
from segmentation_dbt.fit_tables import SCORING_TABLES
from segmentation_dbt.fits import drift_since, stored_fits, stored_table
from segmentation_dbt.relations import result, rows_of, to_arrow, to_pandas

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


def model(dbt: Any, session: Any) -> Any:
    ((as_of,),) = rows_of(dbt.ref("int_as_of_date"), "as_of_date")
    archetypes = read_archetypes(to_pandas(dbt.ref("segment_archetypes")), to_pandas(dbt.ref("claim_words")))
    settings = json.loads(dbt.config.meta_get("settings"))
    settings["segment_archetypes"] = hashlib.sha256(repr(archetypes).encode()).hexdigest()[:12]

    # What the last build left. A fit that is not in int_complete_fits was cut short, and goes.
    numbered, complete = (
        stored_table(dbt, session, dbt.this.identifier),
        stored_table(dbt, session, "int_complete_fits"),
    )
    numbers = [] if numbered is None else [number for (number,) in rows_of(numbered, "fit_number")]
    rows = [] if complete is None else to_arrow(complete.sort("fit_number")).to_pylist()
    if rows:
        last = rows[-1]
        stores = [stored_fits(dbt, session, name) for name in SCORING_TABLES]
        held_out = stored_fits(dbt, session, "int_held_out_customers")
        drift = drift_since(last["fit_number"], stores, held_out, dbt.ref("int_clustering_features"), archetypes)
        rule = RefitRule(**json.loads(dbt.config.meta_get("rule")))
        age = (as_of - last["fitted_as_of"]).days
        reason = reason_to_refit(rule, settings, json.loads(last["settings"]), age, drift)
    else:
        is_old = numbered is None and stored_table(dbt, session, SCORING_TABLES[0]) is not None
        reason = "the first fit" + (" of a warehouse that kept no fits before" if is_old else "")
    if reason:
        new = {"fit_number": max(numbers, default=0) + 1, "fitted_as_of": as_of, "reason": reason, "is_pending": True}
        new["settings"] = json.dumps(settings, sort_keys=True)
        rows.append(new | {"previous_fit_number": rows[-1]["fit_number"] if rows else None})
    return result(session, pa.Table.from_pylist([{"is_pending": False, **row} for row in rows], SCHEMA))
