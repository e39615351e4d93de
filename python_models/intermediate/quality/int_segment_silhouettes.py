"""dbt model: how well each customer of a sample fits its segment, by the silhouette in scaled space."""

from typing import Any

import numpy as np

from segmentation.separation import silhouette_widths
from segmentation.stored_form import read_model
from segmentation_dbt.fits import fit_of, with_attributes
from segmentation_dbt.relations import result, rows_of, to_pandas


def model(dbt: Any, session: Any) -> Any:
    size = int(dbt.config.meta_get("sample_size"))
    ((number, version),) = rows_of(dbt.ref("int_fit_in_force"), "fit_number", "model_version")
    fits = dbt.ref("int_fits")
    in_force = read_model(fit_of(fits, number, "segments")["segments"])
    customers = dbt.ref("int_clustering_features").filter(f"sample_rank <= {size}")
    segments = dbt.ref("int_segment_assignments").select("customer_id", "segment")
    # In a fixed order: the last digit of a sum of floats depends on it.
    sample = to_pandas(customers.join(segments, "customer_id").sort("sample_rank"))
    features = list(in_force.transformation.features)
    values = with_attributes(sample, features)[features].to_numpy(dtype=float)
    points = in_force.transformation.transform(values)
    numbers = sample["segment"].map({name: n for n, name in enumerate(in_force.names)})
    labels = np.asarray(numbers, dtype=np.int64)
    (widths,) = silhouette_widths(points, [labels])
    return result(session, sample[["customer_id", "segment"]].assign(silhouette=widths, model_version=version))
