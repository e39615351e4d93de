"""dbt model: which category each product is of."""

import json
from typing import Any

from segmentation.attributes.categories import Reading, read_files, read_sources
from segmentation_dbt.relations import result, rows_of
from segmentation_dbt.tables import named_source


def model(dbt: Any, session: Any) -> Any:
    headers = rows_of(dbt.ref("invoice_shapes").filter("field = 'product_code'"), "header")
    columns = json.loads(dbt.config.meta_get("category_map"))
    encoding = dbt.config.meta_get("encoding")
    files = dbt.config.meta_get("product_categories")
    asked_for = dbt.config.meta_get("asked_for")
    profiles_dir = dbt.config.meta_get("profiles_dir")
    reading = Reading(frozenset(header for (header,) in headers), columns, str(encoding or ""))
    if named := named_source(session, dbt.ref("base_attribute_relation"), "product_category_relation"):
        return result(session, read_sources([named], reading))
    return result(session, read_files(files, profiles_dir, reading, must_exist=bool(asked_for)))
