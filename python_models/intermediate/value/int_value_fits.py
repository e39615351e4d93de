"""dbt model: every fit of what customers are worth, one row each; a row is added where one is to be made."""

import json
from typing import Any

from segmentation.value.customer_value import CustomerValue
from segmentation_dbt.fits import decision_of, with_row
from segmentation_dbt.value_fits import (
    VALUE_FITS,
    cohorts_of,
    known_customers,
    row_of_value_fit,
    stored_rows,
)


def model(dbt: Any, session: Any) -> Any:
    fits = stored_rows(dbt, session, "int_value_fits", VALUE_FITS)
    decision = decision_of(dbt.ref("int_refit_decision"), "value", fits)
    if decision is None:
        return with_row(session, fits, None, VALUE_FITS)
    value = CustomerValue(**json.loads(dbt.config.meta_get("value")))
    customers = known_customers(dbt.ref("int_value_customers"), "customer_id")
    past = known_customers(dbt.ref("int_validation_customers"), "cut_date", "customer_id")
    earlier = past[past["cut_date"] == past["cut_date"].max()] if len(past) else None
    cohorts = cohorts_of(dbt.ref("int_purchase_weeks"))
    value.fit(customers, earlier=earlier, as_of=decision.fitted_as_of, cohorts=cohorts)
    return with_row(session, fits, row_of_value_fit(decision, value), VALUE_FITS)
