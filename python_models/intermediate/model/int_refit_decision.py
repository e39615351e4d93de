"""dbt model: the fit of the model that is to be made in this build, if one is."""

import json
from typing import Any

import pyarrow as pa

from segmentation.archetypes import archetypes_checksum, read_archetypes
from segmentation.refit import RefitRule, reasons_to_refit
from segmentation_dbt.fits import drift_since, stored_fits
from segmentation_dbt.relations import result, rows_of, stored_table, to_arrow, to_pandas

SCHEMA = pa.schema(
    [
        ("fit_number", pa.int32()),
        ("fitted_as_of", pa.date32()),
        ("reason", pa.string()),
        ("reason_code", pa.string()),
        ("settings", pa.string()),
        ("previous_fit_number", pa.int32()),
        ("is_same_settings", pa.bool_()),
    ]
)


def model(dbt: Any, session: Any) -> Any:
    ((as_of,),) = rows_of(dbt.ref("int_as_of_date"), "as_of_date")
    seeds = [to_pandas(dbt.ref("segment_archetypes")), to_pandas(dbt.ref("claim_words"))]
    settings = json.loads(dbt.config.meta_get("settings")) | {"segment_archetypes": archetypes_checksum(*seeds)}

    fits = stored_fits(dbt, session)
    numbered = [] if fits is None else to_arrow(fits.select("fit_number", "fitted_as_of", "settings")).to_pylist()
    last = max(numbered, key=lambda fit: fit["fit_number"], default=None)
    if last:
        drift = drift_since(fits, last["fit_number"], dbt.ref("int_clustering_features"), read_archetypes(*seeds))
        rule = RefitRule(**json.loads(dbt.config.meta_get("rule")))
        age = (as_of - last["fitted_as_of"]).days
        fitted_settings = json.loads(last["settings"])
        reasons = reasons_to_refit(rule, settings, fitted_settings, age, drift)
    else:
        is_old = stored_table(dbt, session, "int_segmentation_model") is not None
        fitted_settings = None
        reasons = {"first": "the first fit" + (" of a warehouse that kept no fits before" if is_old else "")}
    decision = {
        "fit_number": last["fit_number"] + 1 if last else 1,
        "fitted_as_of": as_of,
        "reason": "; ".join(reasons.values()),
        "reason_code": ",".join(reasons),
        "settings": json.dumps(settings, sort_keys=True),
        "previous_fit_number": last["fit_number"] if last else None,
        "is_same_settings": settings == fitted_settings,
    }
    return result(session, pa.Table.from_pylist([decision] if reasons else [], SCHEMA))
