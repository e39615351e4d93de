"""dbt model: how stable each segment of the fitted model is under resampling."""

from typing import Any

import numpy as np
from joblib import Parallel, delayed
from joblib.externals.loky import get_reusable_executor

from segmentation.algorithms import ALGORITHMS
from segmentation.candidates import EFFORTS, MANY
from segmentation.clustering import spread_sample
from segmentation.stability import bootstrap_jaccard
from segmentation.stored_model import read_model, read_reference
from segmentation_dbt.fits import pending_fit, with_stored_fits
from segmentation_dbt.relations import to_pandas

TABLE = "int_segment_stability"


def model(dbt: Any, session: Any) -> Any:
    fits = dbt.ref("int_model_fits")
    fit = pending_fit(fits)
    if fit is None:
        return with_stored_fits(dbt, session, fits, TABLE)
    is_new = f"fit_number = {fit.number}"
    chosen = to_pandas(dbt.ref("int_segmentation_candidates").filter(f"is_chosen and {is_new}")).iloc[0]
    fitted = read_model(to_pandas(dbt.ref("int_segmentation_model").filter(is_new)))
    points, labels = read_reference(fitted, to_pandas(dbt.ref("int_fitted_customers").filter(is_new)))
    effort = EFFORTS.get(dbt.config.meta_get("cluster_evaluation"))
    if effort is None or len(fitted.names) == 1:
        return with_stored_fits(dbt, session, fits, TABLE)
    algorithm = ALGORITHMS[chosen["algorithm"]]
    sample = spread_sample(len(points), effort.customers if algorithm.is_fast else effort.customers_slow)
    seed = int(dbt.config.meta_get("random_seed"))
    # In processes of its own: beside dbt's threads, which hold the interpreter, it takes five times as long.
    halves = Parallel(n_jobs=2 if len(sample) >= MANY else 1)(
        delayed(bootstrap_jaccard)(
            points[sample], [labels[sample]], algorithm, [chosen["setting"]], seed, half.tolist()
        )
        for half in np.array_split(range(effort.resamples), 2)
    )
    found = np.concatenate([of_half for (of_half,) in halves])
    # Its processes, which compared the candidates before, would keep their memory to the end of the build.
    get_reusable_executor(reuse=True).shutdown()
    rows = [
        {
            "fit_number": fit.number,
            "segment": fitted.names[number],
            "resamples": effort.resamples,
            "customers_evaluated": len(sample),
            "jaccard": float(found[:, n].mean()),
            "standard_error": float(found[:, n].std(ddof=1) / np.sqrt(effort.resamples)),
        }
        for n, number in enumerate(np.unique(labels[sample]))
    ]
    return with_stored_fits(dbt, session, fits, TABLE, rows)
