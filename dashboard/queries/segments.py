"""One segment: its profile, and where its customers rank among everybody."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from queries.selection import Country
from segmentation_charts.published import Snapshot

# Measures of customers that are compared.
MEASURES = ("recency_days", "frequency", "monetary", "avg_order_value", "tenure_days", "return_rate")


@dataclass(frozen=True)
class Members:
    """The customers of a segment, or those whom an overlay is laid over.

    Parameters
    ----------
    segment : str
        Its name.
    is_overlay : bool, default False
        Whether it is the overlay of high returners, who are in any segment.
    """

    segment: str
    is_overlay: bool = False

    @property
    def condition(self) -> str:
        """What SQL asks of customer_segments."""
        return "is_high_return" if self.is_overlay else "segment = $segment"

    @property
    def parameters(self) -> dict[str, object]:
        """Parameters of the condition."""
        return {} if self.is_overlay else {"segment": self.segment}


def profiles(snapshot: Snapshot) -> pd.DataFrame:
    """Return the rows of segment_profiles, the overlay last and the highest revenue first.

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown.
    """
    return snapshot.query("select * from segment_profiles order by kind, revenue desc, segment")


def medians(snapshot: Snapshot, members: Members, country: Country) -> pd.DataFrame:
    """Return two rows: the members, and everybody, of the country.

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown.
    members : Members
        Of the segment.
    country : Country
        Whose customers are measured.

    Returns
    -------
    DataFrame
        is_member, customers, revenue, and the median of each of MEASURES; medians are null where nobody is there.
    """
    columns = ", ".join(f"median({measure}) as {measure}" for measure in MEASURES)
    sides = [
        f"""
        select
            {is_member} as is_member,
            count(*) as customers,
            coalesce(sum(monetary), 0) as revenue,
            {columns}
        from customer_segments
        where {country.condition} and {condition}
        """  # noqa: S608
        for is_member, condition in (("true", members.condition), ("false", "true"))
    ]
    return snapshot.query(" union all ".join(sides), members.parameters | country.parameters)


def edges(snapshot: Snapshot, measure: str) -> list[float]:
    """Return round numbers between which customers are counted: days of weeks and months, shares, or 1, 2, 5, 10, 20.

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown.
    measure : str
        One of MEASURES.
    """
    query = f"select quantile_cont({measure}, [0.01, 0.99]) as ends from customer_segments"  # noqa: S608
    low, high = snapshot.query(query)["ends"].iloc[0]
    if measure in {"recency_days", "tenure_days"}:
        steps = [7.0, 14, 30, 60, 90, 180, 365, 730, 1460, 2920]
    elif measure == "return_rate":
        steps = [0.0, 0.05, 0.1, 0.2, 0.5]
    elif measure == "frequency":
        steps = [1.0, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000]
    else:
        steps = [float(digit * 10**power) for power in range(-2, 12) for digit in (1, 2, 5)]
    inside = [step for step in steps if low <= step < high]
    return inside or steps[:1]


def distribution(
    snapshot: Snapshot, members: Members, country: Country, measure: str, edges: list[float]
) -> pd.DataFrame:
    """Count the members and everybody between edges.

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown.
    members : Members
        Of the segment.
    country : Country
        Whose customers are counted.
    measure : str
        One of MEASURES.
    edges : list of float
        Rising; a value that is equal to one lies below it.

    Returns
    -------
    DataFrame
        A row for each of the len(edges) + 1 bins: bin (from 0), member_share and everybody_share (0 to 1; null where
        nobody is there).
    """
    bins = " ".join(f"when {measure} <= {edge!r} then {number}" for number, edge in enumerate(edges))
    return snapshot.query(
        f"""
        with customers as (

            select
                case {bins} else {len(edges)} end as bin,
                {members.condition} as is_member
            from customer_segments
            where {country.condition}

        ),

        counts as (

            select
                bin,
                count(*) as everybody,
                count(*) filter (is_member) as members
            from customers
            group by bin

        )

        select
            bins.bin,
            coalesce(members, 0) / nullif(sum(members) over (), 0) as member_share,
            coalesce(everybody, 0) / nullif(sum(everybody) over (), 0) as everybody_share
        from range({len(edges) + 1}) as bins (bin)
        left join counts on bins.bin = counts.bin
        order by bins.bin
        """,  # noqa: S608
        members.parameters | country.parameters,
    )


def countries(snapshot: Snapshot, members: Members, limit: int = 10) -> pd.DataFrame:
    """Return the countries that most of the members are from: country, customers and revenue.

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown.
    members : Members
        Of the segment.
    limit : int, default 10
        Countries at most.
    """
    return snapshot.query(
        f"""
        select
            country,
            count(*) as customers,
            sum(monetary) as revenue
        from customer_segments
        where {members.condition}
        group by country
        order by customers desc, country
        limit $limit
        """,  # noqa: S608
        members.parameters | {"limit": limit},
    )
