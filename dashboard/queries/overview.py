"""The state of the shop: its customers, segments and sales, and whether the data can be trusted."""

from __future__ import annotations

import pandas as pd

from queries.selection import Country, Period
from segmentation_charts.published import Snapshot


def segments(snapshot: Snapshot, country: Country) -> pd.DataFrame:
    """Return a row a segment of today, the one with the highest revenue first.

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown.
    country : Country
        Whose customers are counted.

    Returns
    -------
    DataFrame
        segment, customers, customer_share, revenue (all they ever spent, before returns), revenue_share. A share is
        null if there is nothing to share.
    """
    return snapshot.query(
        f"""
        with segments as (

            select
                segment,
                count(*) as customers,
                sum(monetary) as revenue
            from customer_segments
            where {country.condition}
            group by segment

        )

        select
            segment,
            customers,
            customers / sum(customers) over () as customer_share,
            revenue,
            revenue / nullif(sum(revenue) over (), 0) as revenue_share
        from segments
        order by revenue desc, segment
        """,  # noqa: S608
        country.parameters,
    )


def revenue_to_come(snapshot: Snapshot, country: Country) -> float | None:
    """Return what customers are expected to bring in sum; None if the version does not say, or nothing is foretold.

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown.
    country : Country
        Whose customers are counted.
    """
    if "customer_value" not in snapshot.tables:
        return None
    of_country = f"customer_id in (select customer_id from customer_segments where {country.condition})"  # noqa: S608
    found = snapshot.query(
        f"""
        select cast(sum(expected_revenue) as double) as revenue
        from customer_value
        where {"true" if country.is_all else of_country}
        """,  # noqa: S608
        country.parameters,
    )["revenue"].iloc[0]
    return None if pd.isna(found) else float(found)


def sales(snapshot: Snapshot, country: Country, period: Period) -> pd.DataFrame:
    """Return a row a month and segment, by the segment at the end of the month.

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown.
    country : Country
        Whose purchases are counted.
    period : Period
        The months.

    Returns
    -------
    DataFrame
        month, segment, customers (who bought), orders, revenue, returned_value. The segment of customers who have only
        returned yet is null.
    """
    relation = "segment_sales" if country.is_all else "country_sales"
    return snapshot.query(
        f"""
        select
            month,
            segment,
            sum(customers)::bigint as customers,
            sum(orders)::bigint as orders,
            sum(revenue) as revenue,
            sum(returned_value) as returned_value
        from {relation}
        where month between $first and $last and {country.condition if not country.is_all else "true"}
        group by month, segment
        order by month, segment
        """,  # noqa: S608
        period.parameters | country.parameters,
    )


def account(snapshot: Snapshot) -> dict[str, float]:
    """Sum the load audit up.

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown.

    Returns
    -------
    dict of str to float
        files, rows_read, rows_accepted, rows_rejected, amount_read, amount_accepted, amount_rejected, is_closed
        (whether accepted and rejected add up to what was read, in rows and money, for each file).
    """
    sums = snapshot.query(
        """
        select
            count(*) as files,
            sum(rows_read) as rows_read,
            sum(rows_accepted) as rows_accepted,
            sum(rows_rejected) as rows_rejected,
            sum(amount_read) as amount_read,
            sum(amount_accepted) as amount_accepted,
            sum(amount_rejected) as amount_rejected,
            bool_and(
                rows_read = rows_accepted + rows_rejected and amount_read = amount_accepted + amount_rejected
            ) as is_closed
        from load_audit
        """
    )
    return dict(sums.iloc[0])


def verdicts(snapshot: Snapshot) -> dict[str, int]:
    """Count the checks of the segmentation by their verdict: pass, warn, fail; figures without a bar are left out.

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown.
    """
    counts = snapshot.query(
        "select verdict, count(*) as checks from segmentation_quality where verdict <> 'info' group by verdict"
    )
    return dict(zip(counts["verdict"], counts["checks"], strict=True))
