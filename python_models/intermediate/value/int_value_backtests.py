"""dbt model: what each fit of value would have foretold; a row is added where the last fit has none."""

import json
from typing import Any

from segmentation_dbt.fits import fit_of, with_attributes, with_row
from segmentation_dbt.processes import apart
from segmentation_dbt.relations import rows_of
from segmentation_dbt.value_fits import VALUE_BACKTESTS, cohorts_of, known_customers, stored_rows


def model(dbt: Any, session: Any) -> Any:
    tried = stored_rows(dbt, session, "int_value_backtests", VALUE_BACKTESTS)
    numbers = {number for (number,) in rows_of(dbt.ref("int_value_fits"), "fit_number")}
    fit_number = max(numbers, default=None)
    if fit_number is None or (tried is not None and (fit_number,) in rows_of(tried, "fit_number")):
        return with_row(session, tried, None, VALUE_BACKTESTS)
    of_value = json.loads(dbt.config.meta_get("value"))
    of_segments = json.loads(dbt.config.meta_get("segmentation"))
    past = known_customers(dbt.ref("int_validation_customers"), "cut_date", "customer_id")
    past = with_attributes(past, of_segments["features"])

    # As the segments' model in force is, but fitted on what was known then.
    fits, codes = dbt.ref("int_fits"), dict(rows_of(dbt.ref("rfm_segments"), "rfm_score", "rfm_segment"))
    candidates = fit_of(fits, max(number for (number,) in rows_of(fits, "fit_number")), "candidates")["candidates"]
    chosen = candidates[candidates["is_chosen"].astype(bool)].iloc[0]
    way = (str(chosen["algorithm"]), float(chosen["setting"]))
    cohorts = cohorts_of(dbt.ref("int_purchase_weeks"))
    row = apart("try_value", fit_number, of_value, of_segments, past, *way, codes, cohorts)
    return with_row(session, tried, row, VALUE_BACKTESTS)
