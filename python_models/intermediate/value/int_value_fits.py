"""dbt model: every fit of what customers are worth, one row each; a row is added where one is to be made."""

import json
from typing import Any

from segmentation_dbt.fits import decision_of, with_row
from segmentation_dbt.processes import apart
from segmentation_dbt.value_fits import VALUE_FITS, cohorts_of, known_customers, stored_rows


def model(dbt: Any, session: Any) -> Any:
    fits = stored_rows(dbt, session, "int_value_fits", VALUE_FITS)
    decision = decision_of(dbt.ref("int_refit_decision"), "value", fits)
    if decision is None:
        return with_row(session, fits, None, VALUE_FITS)
    parameters = json.loads(dbt.config.meta_get("value"))
    customers = known_customers(dbt.ref("int_value_customers"), "customer_id")
    past = known_customers(dbt.ref("int_validation_customers"), "cut_date", "customer_id")
    earlier = past[past["cut_date"] == past["cut_date"].max()] if len(past) else None
    cohorts = cohorts_of(dbt.ref("int_purchase_weeks"))
    return with_row(session, fits, apart("fit_value", parameters, decision, customers, earlier, cohorts), VALUE_FITS)
