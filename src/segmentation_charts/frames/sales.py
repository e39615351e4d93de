"""What the segments buy, by month."""

from __future__ import annotations

import datetime

import pandas as pd

from segmentation_charts import formats
from segmentation_charts.published import Snapshot


def by_month(snapshot: Snapshot) -> pd.DataFrame:
    """Return segment_sales of the segments, by month.

    Returns
    -------
    DataFrame
        month (a name for people), segment, customers, orders, revenue, revenue_per_customer (null where nobody bought).
    """
    found = snapshot.query(
        """
        select
            month,
            segment,
            customers,
            orders,
            revenue,
            cast(revenue as double) / nullif(customers, 0) as revenue_per_customer
        from segment_sales
        where segment is not null
        order by month, segment
        """
    )
    return found.assign(month=[formats.month(month) for month in found["month"]])


def open_month(snapshot: Snapshot) -> str | None:
    """Return the name of the month that the as-of date cuts off; None where the data end with a month."""
    as_of = datetime.date.fromisoformat(str(snapshot.manifest["as_of_date"]))
    return None if as_of.day == 1 else formats.month(as_of)
