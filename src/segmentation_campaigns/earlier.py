"""What a campaign's customers did in an earlier time as long as the campaign, and in as long a time before that.

Who they are is decided by the segment that they were in when that time began: customers who are overdue today are so
because they did not buy lately, and would be foretold to buy nothing. Sums and squares are made in SQL.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import pandas as pd

from segmentation.campaigns.plan import Expected, expected_of
from segmentation.campaigns.sums import Sums
from segmentation_campaigns.customers import CampaignError, Customers
from segmentation_campaigns.goals import MEASURES
from segmentation_charts import formats
from segmentation_charts.published import Snapshot

# Revenue of customers above this quantile of those who bought before is cut off, as the var campaign_revenue_cap says
# unless it says otherwise.
CAP = 0.99
DRAWN = 25_000
"""Customers who are looked at, at most: the error of a mean is then below a hundredth of the standard deviation."""


@dataclass(frozen=True)
class Earlier:
    """What customers did in an earlier time.

    Attributes
    ----------
    begins_on, ends_on : date
        First and last day.
    is_of_today : bool
        Whether they are today's customers, since it isn't known who they would have been then. What they did then has
        decided who they are today, so the plan may be far off.
    customers : int
        All of them, also where only DRAWN of them were looked at.
    expected : dict of str to Expected
        By measure, per customer.
    cap : float or None
        Where revenue_capped is cut off; None where nobody bought before.
    """

    begins_on: datetime.date
    ends_on: datetime.date
    is_of_today: bool
    customers: int
    expected: dict[str, Expected]
    cap: float | None


def look_back(snapshot: Snapshot, customers: Customers, days: int) -> Earlier:
    """Return what customers did in the latest time of so many days that is over and whose beginning is known.

    Parameters
    ----------
    snapshot : Snapshot
    customers : Customers
        Whom the campaign is for.
    days : int
        Of the campaign.

    Raises
    ------
    CampaignError
        If the version holds no lines, the data don't reach so far back, or fewer than two customers were there.
    """
    if "invoice_lines" not in snapshot.tables:
        raise CampaignError(
            "A plan looks at earlier purchases, and this version was published without invoice lines: they are more "
            "than publish_lines_up_to. Build with a larger publish_lines_up_to."
        )
    as_of = datetime.date.fromisoformat(snapshot.manifest["as_of_date"])
    latest = as_of - datetime.timedelta(days=days)
    month_end = None if customers.is_by_query or customers.is_overlay else _month_end(snapshot, customers, latest)
    begin = latest if month_end is None else month_end + datetime.timedelta(days=1)
    end = begin + datetime.timedelta(days=days)
    first = snapshot.query("select min(first_purchase_date) as first from customer_segments")["first"].iloc[0]
    if pd.isna(first) or first.date() > begin:
        raise CampaignError(
            f"No customer is known for {formats.things(days, 'day')}: there is no time of this length to look back at. "
            "Plan for fewer days."
        )
    rows = snapshot.query(
        _sums(customers, month_end),
        {
            **customers.parameters,
            **({} if month_end is None else {"month_end": month_end}),
            "before": begin - datetime.timedelta(days=days),
            "begin": begin,
            "end": end,
            "quantile": CAP,
            "drawn": DRAWN,
        },
    )
    count = 0 if rows.empty else int(rows["members"].iloc[0])
    if count < 2:
        raise CampaignError(
            f"{'No customer was' if not count else 'One customer alone was'} {customers.words} on {begin}: there is "
            "nothing to plan from."
        )
    expected = {
        measure: expected_of(
            Sums(*(rows[name].to_numpy(float) for name in ("customers", *(f"{measure}_{sum_}" for sum_ in _SUMS))))
        )
        for measure in MEASURES
    }
    cap = rows["cap"].max()
    last = end - datetime.timedelta(days=1)
    return Earlier(begin, last, month_end is None, count, expected, None if pd.isna(cap) else float(cap))


def _month_end(snapshot: Snapshot, customers: Customers, latest: datetime.date) -> datetime.date | None:
    """Return the latest month end before a day that knows who was such a customer; None where there is none."""
    if "segment_history" not in snapshot.tables:
        return None
    found = snapshot.query(
        "select max(month_end) as month_end from segment_history where month_end < $latest", {"latest": latest}
    )["month_end"].iloc[0]
    if pd.isna(found):
        return None
    # A segment that came with a new model has no members of an earlier one.
    month_end = found.date()
    sql = f"select customer_id from ({_members(customers, month_end)}) limit 1"  # noqa: S608
    members = snapshot.query(sql, {**customers.parameters, "month_end": month_end})
    return None if members.empty else month_end


# An order counts on its first day. One that begins so many days before the lines that are looked at is known to.
_ORDER_DAYS = 7
# Of the measure (y) and of the same in the time before (x).
_SUMS = {"y": "{y}", "yy": "{y} * {y}", "x": "{x}", "xx": "{x} * {x}", "xy": "{x} * {y}"}


def _sums(customers: Customers, month_end: datetime.date | None) -> str:
    columns = ",\n".join(
        f"sum({form.format(x=f'{measure}_before', y=measure)}) as {measure}_{name}"
        for measure in MEASURES
        for name, form in _SUMS.items()
    )
    before = "invoiced_at >= $before and invoiced_at < $begin"
    return f"""
        with members as (

            {_members(customers, month_end)}

        ),

        -- By a hash: the same ones whatever the order of the rows.
        drawn as (

            select * from members
            order by md5_number_lower(customer_id), customer_id
            limit $drawn

        ),

        -- Millions of rows are grouped by a number sooner than by a text. It tells customers apart, and no more.
        numbered as (

            select
                customer_id,
                stratum,
                row_number() over () as customer
            from drawn

        ),

        lines as (

            select
                numbered.customer,
                invoice_lines.invoice_id,
                invoice_lines.line_type = 'sale' as is_sale,
                invoice_lines.invoiced_at,
                invoice_lines.amount
            from invoice_lines
            inner join numbered on invoice_lines.customer_id = numbered.customer_id
            where
                invoice_lines.line_type in ('sale', 'return')
                and invoice_lines.invoiced_at >= $before - interval {_ORDER_DAYS} day
                and invoice_lines.invoiced_at < $end

        ),

        amounts as (

            select
                customer,
                cast(sum(amount) filter (is_sale and invoiced_at >= $begin) as double) as revenue,
                cast(sum(amount) filter (is_sale and {before}) as double) as revenue_before,
                cast(-sum(amount) filter (not is_sale and invoiced_at >= $begin) as double) as returned,
                cast(-sum(amount) filter (not is_sale and {before}) as double) as returned_before
            from lines
            group by customer

        ),

        -- Of each order no more than its first day: there are nearly as many orders as lines.
        orders as (

            select
                customer,
                min(invoiced_at) as sold_at
            from lines
            where is_sale
            group by customer, invoice_id

        ),

        counts as (

            select
                customer,
                count(*) filter (sold_at >= $begin) as orders,
                count(*) filter (sold_at >= $before and sold_at < $begin) as orders_before
            from orders
            group by customer

        ),

        customers as (

            select
                numbered.stratum,
                coalesce(counts.orders, 0)::double as orders,
                coalesce(counts.orders_before, 0)::double as orders_before,
                coalesce(revenue, 0) as revenue,
                coalesce(revenue_before, 0) as revenue_before,
                coalesce(returned, 0) as returned,
                coalesce(returned_before, 0) as returned_before
            from numbered
            left join amounts on numbered.customer = amounts.customer
            left join counts on numbered.customer = counts.customer

        ),

        caps as (

            select quantile_cont(revenue_before, $quantile) filter (revenue_before > 0) as cap from customers

        ),

        measured as (

            select
                customers.*,
                (orders > 0)::double as buyers,
                (orders_before > 0)::double as buyers_before,
                least(revenue, cap) as revenue_capped,
                least(revenue_before, cap) as revenue_capped_before,
                revenue - returned as net_revenue,
                revenue_before - returned_before as net_revenue_before,
                cap
            from customers
            cross join caps

        )

        select
            stratum,
            count(*) as customers,
            (select count(*) from members) as members,
            max(cap) as cap,
            {columns}
        from measured
        group by stratum
        order by stratum
    """  # noqa: S608 (values are parameters)


def _members(customers: Customers, month_end: datetime.date | None) -> str:
    if month_end is None:
        return f"""
            select
                customer_id,
                segment || '|' || m_score as stratum
            from customer_segments
            where {customers.condition} and first_purchase_date < $begin
        """  # noqa: S608
    country = (
        "true"
        if customers.country_condition == "true"
        else f"customer_id in (select customer_id from customer_segments where {customers.country_condition})"  # noqa: S608
    )
    of = ", ".join(f"$segment_{number}" for number in range(len(customers.segments)))
    segments = f"segment in ({of})" if customers.segments else "true"
    return f"""
        select
            customer_id,
            segment || '|' || m_score as stratum
        from segment_history
        where month_end = $month_end and {segments} and {country}
    """  # noqa: S608
