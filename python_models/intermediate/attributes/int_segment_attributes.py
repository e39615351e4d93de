"""dbt model: how each segment differs from all customers in their attributes."""

from typing import Any

import pyarrow as pa

from segmentation.attributes.profiles import SCHEMA, profiles
from segmentation_dbt.relations import result, to_pandas


def model(dbt: Any, session: Any) -> Any:
    compared = profiles(to_pandas(dbt.ref("int_attribute_sums")))
    return result(session, pa.Table.from_pandas(compared, SCHEMA, preserve_index=False))
