"""dbt model: how many customers each refit put into another segment."""

from typing import Any

from segmentation.naming import MEASURED
from segmentation.refit import count_changed
from segmentation_dbt.fits import pending_fit, scorer, with_stored_fits
from segmentation_dbt.relations import to_pandas

TABLE = "int_refit_changes"


def model(dbt: Any, session: Any) -> Any:
    fits = dbt.ref("int_model_fits")
    fit = pending_fit(fits)
    if fit is None or fit.previous is None:
        return with_stored_fits(dbt, session, fits, TABLE)
    tables = [
        dbt.ref("int_segmentation_model"),
        dbt.ref("int_fitted_customers"),
        dbt.ref("int_confidence_levels"),
        dbt.ref("int_segment_buying_rates"),
    ]
    old, new = (scorer(number, *tables) for number in (fit.previous, fit.number))
    customers = to_pandas(dbt.ref("int_fitted_customers").filter(f"fit_number = {fit.number}"))
    values_before, values_after = (
        customers[list(s.model.transformation.features)].to_numpy(dtype=float) for s in (old, new)
    )
    measures = customers[[*MEASURED]].to_numpy(dtype=float)
    added = {
        "fit_number": fit.number,
        "previous_fit_number": fit.previous,
        "customers": len(customers),
        "changed_customers": count_changed(old, new, values_before, values_after, measures),
    }
    return with_stored_fits(dbt, session, fits, TABLE, [added])
