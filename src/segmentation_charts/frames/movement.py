"""How customers move from segment to segment, and whether they come back."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import pandas as pd

from segmentation_charts import formats
from segmentation_charts.published import Snapshot

COHORTS = 24
NEW = "New customers"


@dataclass(frozen=True)
class Migration:
    """Who went where between two month ends.

    Attributes
    ----------
    begin, end : date
        The month ends.
    rows : DataFrame
        from_segment, to_segment, customers, label, share (of those who were in from_segment).
    """

    begin: datetime.date
    end: datetime.date
    rows: pd.DataFrame

    @property
    def customers(self) -> int:
        """How many customers it is about."""
        return int(self.rows["customers"].sum())

    @property
    def moved(self) -> int:
        """How many of those who were customers before are in another segment now."""
        known = self.rows[self.rows["from_segment"] != NEW]
        return int(known.loc[known["from_segment"] != known["to_segment"], "customers"].sum())


def months(snapshot: Snapshot) -> list[datetime.date]:
    """Return the month ends of the history."""
    found = snapshot.query("select distinct month_end from segment_history order by month_end")
    return [month.date() for month in found["month_end"]]


def migration(snapshot: Snapshot, over: int = 1) -> Migration | None:
    """Return who went where over so many months to the last month end.

    Parameters
    ----------
    snapshot : Snapshot
    over : int, default 1
        Months; as many as the history has, where it has fewer.

    Returns
    -------
    Migration or None
        None where the history holds fewer than two month ends.
    """
    ends = months(snapshot)
    if len(ends) < 2:
        return None
    begin, end = ends[max(-1 - over, -len(ends))], ends[-1]
    found = snapshot.query(
        """
        with pairs as (
            select
                coalesce(old.segment, $new) as from_segment,
                coalesce(current.segment, 'Lost customers') as to_segment,
                count(*) as customers
            from (from segment_history where month_end = $begin) as old
            full join (from segment_history where month_end = $end) as current using (customer_id)
            group by all
        )
        select *, customers / sum(customers) over (partition by from_segment) as share
        from pairs
        order by from_segment, to_segment
        """,
        {"begin": begin, "end": end, "new": NEW},
    )
    return Migration(begin, end, found.assign(label=[formats.count(n) for n in found["customers"]]))


def cohorts(snapshot: Snapshot) -> pd.DataFrame:
    """Return which share of the customers of a month bought in each month after it, of the last 24 months, for a year.

    Returns
    -------
    DataFrame
        cohort (a name for people, with its size), months_since (from 1), customers (of the cohort), share, label.
        Empty where the history is too short.
    """
    found = snapshot.query(
        """
        with first_months as (
            select customer_id, date_trunc('month', first_purchase_date) as cohort
            from customer_segments
        ),
        sizes as (select cohort, count(*) as customers from first_months group by cohort),
        shown as (
            select distinct date_trunc('month', month_end) as cohort
            from segment_history
            order by 1 desc
            limit $cohorts
        ),
        months as (
            select
                first_months.cohort,
                date_diff('month', first_months.cohort, segment_history.month_end) as months_since,
                -- Who bought within the days of the month: recency counts from the day after it.
                count(*) filter (where segment_history.recency_days <= day(segment_history.month_end)) as buyers
            from segment_history
            inner join first_months using (customer_id)
            inner join shown using (cohort)
            where date_diff('month', first_months.cohort, segment_history.month_end) between 1 and 12
            group by all
        )
        select cohort, months_since, customers, buyers / customers as share
        from months
        inner join sizes using (cohort)
        order by cohort, months_since
        """,
        {"cohorts": COHORTS},
    )
    return found.assign(
        cohort=[
            f"{formats.month(cohort)} ({formats.count(customers)})"
            for cohort, customers in zip(found["cohort"], found["customers"], strict=True)
        ],
        label=[f"{100 * share:.0f}" for share in found["share"]],
    )
