"""dbt model: the lists of campaigns, a row a customer of a list."""

import json
from typing import Any

from segmentation.campaigns.lists import Reading, read_lists
from segmentation_dbt.relations import result, rows_of


def model(dbt: Any, session: Any) -> Any:
    # Who was erased is not read again.
    kept_out = dbt.ref("base_erased_customers")
    erased = frozenset(customer_hash for (customer_hash,) in rows_of(kept_out, "customer_hash"))
    order = dbt.config.meta_get("date_order")
    joins_ids = dbt.config.meta_get("join_customer_ids")
    reading = Reading(
        words=dict(rows_of(dbt.ref("campaign_group_words"), "word", "campaign_group")),
        columns=json.loads(dbt.config.meta_get("campaign_map")),
        date_order=str(order or "").lower(),
        joins_ids=str(joins_ids).lower() == "true",
        erased=erased,
    )
    lists = read_lists(
        dbt.config.meta_get("campaign_files"),
        dbt.config.meta_get("profiles_dir"),
        reading,
        must_exist=bool(dbt.config.meta_get("asked_for")),
    )
    return result(session, lists)
