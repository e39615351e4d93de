"""dbt model: the fits that are to be made in this build: of the segments' model, of the customers' value."""

import json
from datetime import date
from typing import Any

import pyarrow as pa

from segmentation.archetypes import archetypes_checksum, read_archetypes
from segmentation.drift import NO_DRIFT
from segmentation.refit import RefitRule, reasons_to_refit
from segmentation_dbt.fits import drift_since, last_fit, stored_fits
from segmentation_dbt.relations import result, rows_of, stored_table, to_pandas
from segmentation_dbt.value_fits import VALUE_FITS, stored_rows

SCHEMA = pa.schema(
    [
        ("model_kind", pa.string()),
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
    customers = dbt.ref("int_clustering_features")
    settings = json.loads(dbt.config.meta_get("settings"))
    rule = RefitRule(**json.loads(dbt.config.meta_get("rule")))

    of_segments = settings["segments"] | {"segment_archetypes": archetypes_checksum(*seeds)}
    fits = stored_fits(dbt, session)
    last = last_fit(fits)
    drift = drift_since(fits, last["fit_number"], customers, read_archetypes(*seeds)) if last else NO_DRIFT
    is_old = last is None and stored_table(dbt, session, "int_segmentation_model") is not None
    first = "the first fit" + (" of a warehouse that kept no fits before" if is_old else "")
    last_value = last_fit(stored_rows(dbt, session, "int_value_fits", VALUE_FITS))
    decisions = [
        decide("segments", as_of, rule, of_segments, last, drift, first),
        decide("value", as_of, rule, settings["value"], last_value, NO_DRIFT, "the first fit"),
    ]
    return result(session, pa.Table.from_pylist([row for row in decisions if row["reason"]], SCHEMA))


def decide(
    kind: str,
    as_of: date,
    rule: RefitRule,
    settings: dict[str, str],
    last: dict[str, Any] | None,
    drift: Any,
    first: str,
) -> dict[str, Any]:
    fitted_settings = json.loads(last["settings"]) if last else None
    reasons = {"first": first}
    if last:
        reasons = reasons_to_refit(rule, settings, fitted_settings or {}, (as_of - last["fitted_as_of"]).days, drift)
    return {
        "model_kind": kind,
        "fit_number": last["fit_number"] + 1 if last else 1,
        "fitted_as_of": as_of,
        "reason": "; ".join(reasons.values()),
        "reason_code": ",".join(reasons),
        "settings": json.dumps(settings, sort_keys=True),
        "previous_fit_number": last["fit_number"] if last else None,
        "is_same_settings": settings == fitted_settings,
    }
