"""dbt model: every fit of what customers are worth, one row each; a row is added where one is to be made."""

import json
from typing import Any

from segmentation.segmentation import Segmentation
from segmentation.value.backtest import backtest_value
from segmentation.value.customer_value import CustomerValue
from segmentation.value.seasons import Cohorts
from segmentation_dbt.fits import decision_of, fit_of, with_attributes
from segmentation_dbt.relations import rows_of, to_pandas
from segmentation_dbt.value_fits import row_of_value_fit, stored_value_fits, with_value_fit


def model(dbt: Any, session: Any) -> Any:
    fits = stored_value_fits(dbt, session)
    decision = decision_of(dbt.ref("int_refit_decision"), "value", fits)
    if decision is None:
        return with_value_fit(session, fits, None)
    value = CustomerValue(**json.loads(dbt.config.meta_get("value")))
    customers = to_pandas(dbt.ref("int_value_customers").sort("customer_id"))
    customers = customers.rename(columns={"kept_value": "purchased_value"})
    past = to_pandas(dbt.ref("int_validation_customers").sort("cut_date", "customer_id"))
    past = past.rename(columns={"kept_value": "purchased_value"})
    weeks = to_pandas(dbt.ref("int_purchase_weeks").sort("first_week", "purchase_week"))
    days, counts = ["first_week", "purchase_week"], ["customers", "purchase_days"]
    cohorts = Cohorts(
        *(weeks[column].to_numpy(dtype="datetime64[D]") for column in days),
        *(weeks[column].to_numpy(dtype=float) for column in counts),
    )
    earlier = past[past["cut_date"] == past["cut_date"].max()] if len(past) else None
    value.fit(customers, earlier=earlier, as_of=decision.fitted_as_of, cohorts=cohorts)

    # As the segments' model in force is, but fitted on what was known then.
    all_fits, codes = dbt.ref("int_fits"), dict(rows_of(dbt.ref("rfm_segments"), "rfm_score", "rfm_segment"))
    candidates = fit_of(all_fits, max(number for (number,) in rows_of(all_fits, "fit_number")), "candidates")[
        "candidates"
    ]
    chosen = candidates[candidates["is_chosen"].astype(bool)].iloc[0]
    segmentation = Segmentation(**json.loads(dbt.config.meta_get("segmentation")))
    way = (str(chosen["algorithm"]), float(chosen["setting"]))
    past = with_attributes(past, segmentation.features)
    tried = backtest_value(value, segmentation, past, *way, codes, cohorts)
    return with_value_fit(session, fits, row_of_value_fit(decision, value, tried))
