"""What customers will bring, in sum and by segment, past purchases and first month; and how well it is foretold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from segmentation_charts import formats
from segmentation_charts.published import Snapshot

# Upper ends of the ranges of days since the last purchase, and of numbers of orders.
_RECENCY = (7, 14, 30, 60, 90, 180, 365, 730)
_ORDERS = (1, 2, 3, 5, 10, 20)
# Customers whose expected revenue differs by less than this part are one point of the curve of concentration.
_POINTS_AN_E_FOLD = 20
BROUGHT, TO_COME = "Brought so far", "To come"
FORETOLD, CAME, BEFORE = "Foretold", "Came", "Last time"


@dataclass(frozen=True)
class Chosen:
    """The customers that are looked at.

    Attributes
    ----------
    condition : str, default all
        What SQL asks of customer_segments.
    parameters : mapping of str to object
        Of the condition.
    """

    condition: str = "true"
    parameters: Mapping[str, object] = field(default_factory=dict)


ALL = Chosen()


def is_published(snapshot: Snapshot) -> bool:
    """Tell whether the version says what customers are worth; those of earlier releases do not."""
    return {"customer_value", "value_model", "value_validation"} <= snapshot.tables


def span(snapshot: Snapshot) -> str:
    """Return the time that expected orders and revenue are of, in words that follow "in"."""
    days = model(snapshot)["validation_days"] if is_published(snapshot) else None
    return f"the next {formats.count(int(days))} days" if days else "the time that is foretold"


def horizon(snapshot: Snapshot) -> str:
    """Return the longer time, that lifetime values are of, in words that follow "in"."""
    days = model(snapshot)["value_horizon_days"] if is_published(snapshot) else None
    return f"the next {formats.count(int(days))} days" if days is not None else "the longer time that is foretold"


def model(snapshot: Snapshot) -> pd.Series[Any]:
    """Return the row of value_model that is in force."""
    return snapshot.query("select * from value_model where is_in_force").iloc[0]


def warnings(snapshot: Snapshot) -> list[str]:
    """Return what is to be known before the figures are believed, in sentences, the forecast that failed first."""
    said = [
        f"The forecast was off: from {row['since']} on {row['words']} were foretold and {row['came_words']} came. To "
        f"expect as much as last time, {row['as_before_words']}, would have been closer."
        for row in outcome(snapshot).to_dict("records")
        if row["is_worse"]
    ]
    found = model(snapshot)
    # Names of columns are words, too.
    plain = re.sub(r"(?<=[a-z])_(?=[a-z])", " ", found["warnings"] or "")
    said += map(formats.prose, re.findall(r".+?[.!?](?=\s+[A-Z]|\s*$)", plain))
    if not found["is_season_known"] and not any("season" in sentence for sentence in said):
        said.append("The season of the shop is not known: what is foretold takes every month for an average one.")
    return [sentence.strip() for sentence in said]


def totals(snapshot: Snapshot, chosen: Chosen = ALL) -> pd.Series[Any]:
    """Return sums over the customers.

    Returns
    -------
    Series
        customers, valued (of whom something is foretold), expected_orders, expected_revenue, expected_buyers,
        lifetime_value, is_anybody_leaving (whether probability_alive is below 1 for any).
    """
    found = _sums(snapshot, chosen, "segment")
    names = ["customers", "valued", "expected_orders", "expected_revenue", "expected_buyers", "lifetime_value"]
    total = found[names].sum().astype(object)
    total["is_anybody_leaving"] = bool((found["lowest_alive"] < 1).any())
    return total


def reasons(snapshot: Snapshot, chosen: Chosen = ALL) -> list[str]:
    """Return why nothing is foretold, in sentences, what holds of most customers first."""
    found = snapshot.query(
        f"""
        select no_value_reason
        from customer_value
        where
            no_value_reason is not null
            and customer_id in (select customer_id from customer_segments where {chosen.condition})
        group by no_value_reason
        order by count(*) desc, no_value_reason
        limit 5
        """,  # noqa: S608 (names of columns, no values)
        chosen.parameters,
    )
    return found["no_value_reason"].tolist()


def by_segment(snapshot: Snapshot, chosen: Chosen = ALL) -> pd.DataFrame:
    """Return a row a segment, the one that has brought the most first.

    Returns
    -------
    DataFrame
        segment, customers, revenue and revenue_share (so far), expected_orders, expected_revenue,
        expected_revenue_share, expected_buyers, alive_share (of the customers who still buy), and
        lifetime_value_per_customer. A share is null if there is nothing to share.
    """
    found = _sums(snapshot, chosen, "segment")
    found = found.assign(
        alive_share=_over(found["alive"], found["valued"]),
        lifetime_value_per_customer=_over(found["lifetime_value"], found["valued"]),
        revenue_share=_over(found["revenue"], found["revenue"].sum()),
        expected_revenue_share=_over(found["expected_revenue"], found["expected_revenue"].sum()),
    )
    return found.sort_values(["revenue", "segment"], ascending=[False, True], ignore_index=True)


def shares(segments: pd.DataFrame) -> pd.DataFrame:
    """Return share_bars' rows of what segments have brought and what they will.

    Parameters
    ----------
    segments : DataFrame
        Of `by_segment`.
    """
    panels = {"Share of the revenue so far": "revenue_share", "Share of the revenue to come": "expected_revenue_share"}
    return pd.concat(
        segments[["segment"]].assign(
            panel=panel, share=segments[column], label=[formats.share(share) for share in segments[column]]
        )
        for panel, column in panels.items()
    ).dropna(subset="share")


def concentration(snapshot: Snapshot, chosen: Chosen = ALL) -> pd.DataFrame:
    """Return points of the curve of concentration: the share of the expected revenue that the best customers bring.

    Returns
    -------
    DataFrame
        customer_share, revenue_share (0 to 1), both rising, from 0 to 1. Empty where nothing is expected.
    """
    # Customers are counted in narrow ranges and not put in order, which takes far longer; each point is exact.
    found = _sums(snapshot, chosen, "place").sort_values("place", ascending=False, na_position="last")
    found = found[found["valued"] > 0]
    customers, revenue = (found[name].astype(float).cumsum() for name in ("valued", "expected_revenue"))
    if found.empty or not revenue.iloc[-1] > 0:
        return pd.DataFrame(columns=["customer_share", "revenue_share"])
    return pd.DataFrame(
        {
            "customer_share": [0.0, *(customers / customers.iloc[-1])],
            "revenue_share": [0.0, *(revenue / revenue.iloc[-1])],
        }
    )


def best_share(curve: pd.DataFrame, customers: float = 0.1) -> float:
    """Return the share of the revenue that so large a share of the customers brings, the best ones.

    Parameters
    ----------
    curve : DataFrame
        Of `concentration`.
    customers : float, default 0.1
        Share of the customers, 0 to 1.
    """
    return float(np.interp(customers, curve["customer_share"], curve["revenue_share"]))


def matrix(snapshot: Snapshot, chosen: Chosen = ALL, is_alive: bool = True) -> pd.DataFrame:
    """Return the mean probability of customers by days since the last purchase and number of orders.

    Parameters
    ----------
    snapshot : Snapshot
    chosen : Chosen
    is_alive : bool, default True
        Whether it is the probability that a customer still buys; else that of a purchase in the time that is foretold.

    Returns
    -------
    DataFrame
        recency, orders (names of ranges, for people), customers, share (the probability), label; the latest and fewest
        first. Ranges without customers are left out.
    """
    found = _sums(snapshot, chosen, "recency").sort_values(["recency", "orders"], ignore_index=True)
    found = found[found["valued"] > 0]
    recency, orders = _names(_RECENCY), _names(_ORDERS)
    share = _over(found["alive" if is_alive else "expected_buyers"], found["valued"])
    return pd.DataFrame(
        {
            "recency": [recency[int(place)] for place in found["recency"]],
            "orders": [orders[int(place)] for place in found["orders"]],
            "customers": found["valued"],
            "share": share,
            "label": [f"{100 * value:.0f}" for value in share],
        }
    )


def new_customers(snapshot: Snapshot, chosen: Chosen = ALL) -> pd.DataFrame:
    """Return a row a month of first purchases: what its customers have brought and will, each in the mean.

    Returns
    -------
    DataFrame
        month (a date), customers, brought (spent so far), to_come (in the longer time that is foretold) and
        lifetime_value, of a customer of whom something is foretold.
    """
    found = _sums(snapshot, chosen, "month").sort_values("month", ignore_index=True)
    found = found[found["valued"] > 0]
    means = {"brought": "valued_revenue", "to_come": "horizon_revenue", "lifetime_value": "lifetime_value"}
    return pd.DataFrame(
        {"month": pd.to_datetime(found["month"]), "customers": found["valued"]}
        | {name: _over(found[column], found["valued"]) for name, column in means.items()}
    ).reset_index(drop=True)


def parts_of_worth(months: pd.DataFrame) -> pd.DataFrame:
    """Return by_month's rows of what new customers have brought and will.

    Parameters
    ----------
    months : DataFrame
        Of `new_customers`.
    """
    # A month without new customers has its place on the axis, too.
    axis = pd.date_range(months["month"].min(), months["month"].max(), freq="MS")
    every = months.set_index("month").reindex(axis, fill_value=0)
    named = every.reset_index(drop=True).assign(month=[formats.month(month) for month in every.index])
    return pd.concat(
        named[["month"]].assign(segment=part, value=named[column])
        for part, column in ((TO_COME, "to_come"), (BROUGHT, "brought"))
    ).sort_index(kind="stable")


def outcome(snapshot: Snapshot) -> pd.DataFrame:
    """Return what was foretold in sum at a day in the past, against what came and what had come before.

    Returns
    -------
    DataFrame
        measure (orders, revenue), since (the day, for people), ratio (foretold by what came), foretold, came, as_before
        in numbers and in words (words, came_words, as_before_words), verdict, is_worse (whether as much as last time
        would have been closer). Empty where there is no such day.
    """
    found = snapshot.query(
        """
        select
            measure,
            cut_date as since,
            expected / came as ratio,
            verdict = 'farther' as is_worse,
            expected as foretold,
            came,
            as_before,
            verdict
        from value_validation
        where verdict is not null
        order by measure
        """
    )

    def words(column: str) -> list[str]:
        return [
            f"{formats.count(value)} orders" if measure == "orders" else formats.money(value, snapshot.currency)
            for measure, value in zip(found["measure"], found[column], strict=True)
        ]

    return found.assign(
        since=[formats.date(day) for day in found["since"]],
        words=words("foretold"),
        came_words=words("came"),
        as_before_words=words("as_before"),
    )


def outcome_bars(rows: pd.DataFrame) -> pd.DataFrame:
    """Return share_bars' rows of what was foretold, what came, and what had come before.

    Parameters
    ----------
    rows : DataFrame
        Of `outcome`.
    """
    columns = {FORETOLD: "foretold", CAME: "came", BEFORE: "as_before"}
    return pd.DataFrame(
        [
            {
                "panel": row["measure"].capitalize(),
                "segment": name,
                "share": row[column],
                "label": formats.count(row[column]),
            }
            for row in rows.to_dict("records")
            for name, column in columns.items()
        ]
    ).dropna(subset="share")


def verdicts(rows: pd.DataFrame) -> str:
    """Return in sentences whether the forecast was better than as much as last time.

    Parameters
    ----------
    rows : DataFrame
        Of `outcome`.
    """
    words = {
        "closer": "the forecast was closer than as much as last time",
        "within_a_tenth": "the forecast was off by less than a tenth",
        "farther": "as much as last time would have been closer",
        "season_not_known_then": "as much as last time would have been closer; the season was not known, today it is",
    }
    return " ".join(f"{row['measure'].capitalize()}: {words[row['verdict']]}." for row in rows.to_dict("records"))


def outcome_of_groups(snapshot: Snapshot) -> pd.DataFrame:
    """Return what was foretold by what came, of tenths of the customers and of segments.

    Returns
    -------
    DataFrame
        group (for people), measure (Orders, Revenue), ratio: tenths first, the one of whom the most was expected on
        top. What is 0 is left out.
    """
    found = snapshot.query(
        """
        select measure, kind, name, expected / came as ratio
        from value_validation
        where kind in ('tenth', 'segment') and came > 0 and expected > 0
        """
    )
    place = found["name"].where(found["kind"] == "tenth").astype(float)
    words = {1.0: "Best tenth", 10.0: "Last tenth"}
    names = [
        name if pd.isna(tenth) else words.get(tenth, f"Tenth {tenth:.0f}")
        for name, tenth in zip(found["name"], place, strict=True)
    ]
    return (
        found.assign(place=place.fillna(99), group=names, measure=found["measure"].str.capitalize())
        .sort_values(["place", "group", "measure"])[["group", "measure", "ratio"]]
        .reset_index(drop=True)
    )


def calibration(snapshot: Snapshot) -> pd.DataFrame:
    """Return who bought of those who were given a probability to buy: expected, value, standard_error, customers."""
    return snapshot.query(
        """
        select
            expected / customers as expected,
            came / customers as value,
            sqrt(came * (customers - came) / customers) / customers as standard_error,
            customers
        from value_validation
        where kind = 'probability_tenth'
        order by expected / customers, name
        """
    )


def _sums(snapshot: Snapshot, chosen: Chosen, group: str) -> pd.DataFrame:
    """Return sums over the customers by segment, by recency and orders, by month or by place of the curve.

    All are of one query, because to join the customers with their values takes most of the time.

    Parameters
    ----------
    snapshot : Snapshot
    chosen : Chosen
    group : str
        The first column that they are by: segment, recency, month or place.
    """
    found = snapshot.query(
        f"""
        with customers as (
            select
                customer_id,
                segment,
                {_ranges("recency_days", _RECENCY)} as recency,
                {_ranges("frequency", _ORDERS)} as orders,
                cast(date_trunc('month', first_purchase_date) as date) as month,
                monetary
            from customer_segments
            where {chosen.condition}
        ),
        -- Added up once for the smallest groups, of which there are far fewer than customers.
        cells as (
            select
                segment,
                recency,
                orders,
                month,
                floor($points * ln(nullif(expected_revenue, 0))) as place,
                count(*) as customers,
                count(expected_revenue) as valued,
                sum(monetary) as revenue,
                sum(case when expected_revenue is not null then monetary end) as valued_revenue,
                sum(expected_orders) as expected_orders,
                sum(expected_revenue) as expected_revenue,
                sum(probability_to_buy) as expected_buyers,
                sum(probability_alive) as alive,
                min(probability_alive) as lowest_alive,
                sum(horizon_revenue) as horizon_revenue,
                sum(lifetime_value) as lifetime_value
            from customers
            inner join customer_value on customers.customer_id = customer_value.customer_id
            group by segment, recency, orders, month, floor($points * ln(nullif(expected_revenue, 0)))
        )
        select
            case
                when grouping(segment) = 0 then 'segment'
                when grouping(recency) = 0 then 'recency'
                when grouping(month) = 0 then 'month'
                else 'place'
            end as group_name,
            segment,
            recency,
            orders,
            month,
            place,
            sum(customers)::bigint as customers,
            sum(valued)::bigint as valued,
            cast(sum(revenue) as double) as revenue,
            cast(sum(valued_revenue) as double) as valued_revenue,
            cast(sum(expected_orders) as double) as expected_orders,
            cast(sum(expected_revenue) as double) as expected_revenue,
            cast(sum(expected_buyers) as double) as expected_buyers,
            cast(sum(alive) as double) as alive,
            cast(min(lowest_alive) as double) as lowest_alive,
            cast(sum(horizon_revenue) as double) as horizon_revenue,
            cast(sum(lifetime_value) as double) as lifetime_value
        from cells
        group by grouping sets ((segment), (recency, orders), (month), (place))
        """,  # noqa: S608 (names of columns, no values)
        {"points": _POINTS_AN_E_FOLD, **chosen.parameters},
    )
    return found[found["group_name"] == group].reset_index(drop=True)


def _over(values: pd.Series[float], by: Any) -> pd.Series[float]:
    """Divide; null where there is nothing to divide by."""
    divisor = by if isinstance(by, pd.Series) else pd.Series(by, index=values.index)
    return values.astype(float) / divisor.astype(float).where(divisor > 0)


def _ranges(column: str, edges: tuple[int, ...]) -> str:
    cases = " ".join(f"when {column} <= {edge} then {place}" for place, edge in enumerate(edges))
    return f"case {cases} else {len(edges)} end"


def _names(edges: tuple[int, ...]) -> list[str]:
    lows = [edges[0], *(edge + 1 for edge in edges)]
    first = str(edges[0]) if edges[0] == 1 else f"up to {edges[0]}"
    between = [
        str(high) if low == high else f"{low}–{high}"  # noqa: RUF001
        for low, high in zip(lows[1:], edges[1:], strict=False)
    ]
    return [first, *between, f"over {edges[-1]}"]
