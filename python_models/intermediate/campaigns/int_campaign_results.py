"""dbt model: what each campaign did to each measure, by day, and what to make of it."""

from dataclasses import fields
from typing import Any

from segmentation.campaigns.results import Campaign, results
from segmentation_dbt.relations import result, rows_of, to_pandas


def model(dbt: Any, session: Any) -> Any:
    names = [field.name for field in fields(Campaign)]
    known = dbt.ref("int_campaigns")
    campaigns = [Campaign(**dict(zip(names, row, strict=True))) for row in rows_of(known, *names)]
    sums = to_pandas(dbt.ref("int_campaign_sums"))
    return result(session, results(campaigns, sums))
