"""Who moved from segment to segment, month by month."""

from __future__ import annotations

import datetime

import pandas as pd

from queries.selection import Country, Period
from segmentation_charts.published import Snapshot


def months(snapshot: Snapshot, period: Period) -> list[datetime.date]:
    """Return the month ends of a period that customers moved up to, the latest first.

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown.
    period : Period
        The months.
    """
    ends = snapshot.query(
        "select distinct month_end from segment_migrations where month_end between $first and $last order by 1 desc",
        period.parameters,
    )
    return [end.date() for end in ends["month_end"]]


def migrations(snapshot: Snapshot, country: Country, month_end: datetime.date) -> pd.DataFrame:
    """Return a row a pair of segments: who moved from one to the other in a month, or stayed.

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown.
    country : Country
        Whose movement is counted. Customers whose purchases went from the data are of no country any more.
    month_end : date
        Last day of the month.

    Returns
    -------
    DataFrame
        from_segment, to_segment, customers, monetary (what they had spent by the end of the month).
    """
    if country.is_all:
        return snapshot.query(
            """
            select
                from_segment,
                to_segment,
                customers,
                monetary
            from segment_migrations
            where month_end = $month_end
            order by from_segment, to_segment
            """,
            {"month_end": month_end},
        )
    return snapshot.query(
        f"""
        with history as (

            select
                month_end,
                customer_id,
                segment,
                monetary
            from segment_history
            where
                month_end in ($month_end, last_day($month_end - interval 1 month))
                and customer_id in (select customer_id from customer_segments where {country.condition})

        ),

        earlier as (

            select * from history
            where month_end < $month_end

        ),

        later as (

            select * from history
            where month_end = $month_end

        )

        select
            coalesce(earlier.segment, 'New customers') as from_segment,
            coalesce(later.segment, 'Lost customers') as to_segment,
            count(*) as customers,
            sum(coalesce(later.monetary, 0)) as monetary
        from earlier
        full join later on earlier.customer_id = later.customer_id
        group by 1, 2
        order by 1, 2
        """,  # noqa: S608
        {"month_end": month_end} | country.parameters,
    )


def sizes(snapshot: Snapshot, country: Country, period: Period) -> pd.DataFrame:
    """Return a row a month end and segment: how many customers were in it.

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown.
    country : Country
        Whose customers are counted.
    period : Period
        The months.

    Returns
    -------
    DataFrame
        month_end, segment, customers.
    """
    if country.is_all:
        return snapshot.query(
            """
            select
                month_end,
                to_segment as segment,
                sum(customers)::bigint as customers
            from segment_migrations
            where month_end between $first and $last and to_segment <> 'Lost customers'
            group by month_end, to_segment
            order by month_end, to_segment
            """,
            period.parameters,
        )
    return snapshot.query(
        f"""
        select
            month_end,
            segment,
            count(*) as customers
        from segment_history
        where
            month_end between $first and $last
            and customer_id in (select customer_id from customer_segments where {country.condition})
        group by month_end, segment
        order by month_end, segment
        """,  # noqa: S608
        period.parameters | country.parameters,
    )
