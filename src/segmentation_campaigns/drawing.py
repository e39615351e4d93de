"""Draws who of a campaign's customers is held out, in SQL, and says how alike both groups are.

The rule is that of `segmentation.campaigns.draw`: in each stratum the lowest hashes of the campaign's name and the
customer's id are held out, as many as make the share right over all. Strata are fifths of past revenue within each
segment, and halves of the days since the last purchase within these.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segmentation.campaigns.draw import Balance, balance
from segmentation.campaigns.sums import sums_of
from segmentation_campaigns import lists
from segmentation_campaigns.customers import CampaignError, Customers
from segmentation_charts import formats
from segmentation_charts.published import Snapshot

LONGEST_DAYS = 3_650
# Measures that the groups are compared in, in words.
COMPARED = {"monetary": "past revenue", "recency_days": "days since the last purchase", "frequency": "orders"}

# Stratum (a number from 1), customer_id and hash of the table `strata`, to customer_id and is_held. $share and $offset
# as of the function `draw`.
HELD = """
    sizes as (

        select
            stratum,
            count(*) as customers,
            sum(count(*)) over (order by stratum) as running
        from strata
        group by stratum

    ),

    counts as (

        select
            stratum,
            floor(round($share * running + $offset, 12))
            - floor(round($share * (running - customers) + $offset, 12)) as held
        from sizes

    ),

    places as (

        select
            customer_id,
            stratum,
            row_number() over (partition by stratum order by hash, customer_id) as place
        from strata

    ),

    drawn as (

        select
            places.customer_id,
            places.place <= counts.held as is_held
        from places
        inner join counts on places.stratum = counts.stratum

    )
"""

# As many hexadecimal digits of a hash as a double holds.
_DIGITS = 12


@dataclass(frozen=True)
class Overlap:
    """Customers who are in another campaign at the same time.

    Attributes
    ----------
    campaign : str
        The other one.
    ends_on : date
        Its last day.
    customers : int
        How many of those asked for are in it, in either group.
    """

    campaign: str
    ends_on: datetime.date
    customers: int


@dataclass(frozen=True)
class Campaign:
    """What is to be drawn.

    Attributes
    ----------
    name : str
        As `clean_name` returns it.
    customers : Customers
        Whom it is for.
    share : float
        Held out, above 0 and below 1.
    starts_on, ends_on : date
        First and last day that is measured.
    keeps_overlap : bool
        Whether customers who are in another campaign at the same time stay in.
    """

    name: str
    customers: Customers
    share: float
    starts_on: datetime.date
    ends_on: datetime.date
    keeps_overlap: bool = False

    @property
    def days(self) -> int:
        """Days that are measured."""
        return (self.ends_on - self.starts_on).days + 1

    @property
    def holdout_share(self) -> str:
        """The share as it is written."""
        return f"{self.share:.6f}".rstrip("0")


@dataclass(frozen=True)
class Drawn:
    """A draw that may be used.

    Attributes
    ----------
    campaign : Campaign
    rows : Table
        Of the list, with the columns of `lists.COLUMNS`, by customer_id; texts as they are.
    reached, held_out : int
        Customers who get the campaign, and who don't.
    overlaps : tuple of Overlap
        Other campaigns at the same time that some of the customers are in. They are left out unless the campaign
        keeps them.
    left_out : int
        Customers who are left out because of that.
    unread : tuple of str
        Why files of the folder could not be looked through for it.
    balance : tuple of Balance
        How alike both groups are, by measure.
    """

    campaign: Campaign
    rows: pa.Table
    reached: int
    held_out: int
    overlaps: tuple[Overlap, ...]
    left_out: int
    unread: tuple[str, ...]
    balance: tuple[Balance, ...]


class RefusedError(CampaignError):
    """The groups of a draw differ by more than chance brings; it is not to be used.

    Attributes
    ----------
    balance : tuple of Balance
        How alike both groups are, by measure.
    """

    def __init__(self, message: str, rows: tuple[Balance, ...]) -> None:
        super().__init__(message)
        self.balance = rows


def plan_dates(snapshot: Snapshot, starts_on: datetime.date | None, days: int) -> tuple[datetime.date, datetime.date]:
    """Return the first and the last day of a campaign.

    Parameters
    ----------
    snapshot : Snapshot
        The version that it is drawn from.
    starts_on : date, default the day after the as-of date
    days : int
        How many are measured.

    Raises
    ------
    CampaignError
        If it starts before the as-of date, or the days are too few or too many.
    """
    as_of = datetime.date.fromisoformat(snapshot.manifest["as_of_date"])
    first = starts_on or as_of + datetime.timedelta(days=1)
    if first < as_of:
        raise CampaignError(
            f"The campaign would start on {first}, but the list says who customers were on {as_of}: it can't start "
            "before. Give a later day."
        )
    if not 1 <= days <= LONGEST_DAYS:
        raise CampaignError(f"A campaign is measured for 1 to {LONGEST_DAYS:,} days, unlike {days:,}.")
    return first, first + datetime.timedelta(days=days - 1)


def default_share(snapshot: Snapshot, customers: Customers) -> float:
    """Return the share to hold out: the segment's own; of several segments their mean, in whole percent.

    Parameters
    ----------
    snapshot : Snapshot
    customers : Customers
    """
    rows = snapshot.query(
        f"""
        with asked as (

            select segment from customer_segments where {customers.condition}

        )

        select
            profiles.holdout_share,
            count(*) as customers
        from asked
        inner join segment_profiles as profiles
            on {"profiles.kind = 'overlay'" if customers.is_overlay else "profiles.segment = asked.segment"}
        group by profiles.holdout_share
        """,  # noqa: S608 (values are parameters)
        customers.parameters,
    ).astype(float)
    if rows.empty:
        raise CampaignError(f"There are no customers {customers.words}.")
    return round(float(np.average(rows["holdout_share"], weights=rows["customers"])), 2)


def draw(snapshot: Snapshot, campaign: Campaign) -> Drawn:
    """Draw who is held out.

    Parameters
    ----------
    snapshot : Snapshot
        The version that it is drawn from.
    campaign : Campaign

    Raises
    ------
    CampaignError
        If there is nobody to draw, or a group would be empty.
    RefusedError
        If the groups differ by more than chance brings.
    """
    if not 0 < campaign.share < 1:
        raise CampaignError(
            f"The share held out lies between 0 and 1, unlike {campaign.share:g}; without one nothing can be measured."
        )
    campaign = replace(campaign, share=float(campaign.holdout_share))
    busy, others, unread = _busy(snapshot, campaign)
    overlaps, in_others, everybody = _overlaps(snapshot, campaign, busy, others)
    left_out = 0 if campaign.keeps_overlap else in_others
    rows = _rows(snapshot, campaign, busy)
    held = pc.equal(rows["group"], "holdout").to_numpy()
    held_out, reached = int(held.sum()), int((~held).sum())
    if not (held_out and reached):
        raise CampaignError(_nobody(campaign, everybody, left_out, overlaps))
    measures = {
        words: (sums_of(values[~held]), sums_of(values[held]))
        for words, values in ((words, rows[name].cast(pa.float64()).to_numpy()) for name, words in COMPARED.items())
    }
    alike = balance(measures)
    bad = [row.measure for row in alike if row.is_refused]
    if bad:
        raise RefusedError(
            f"This draw is refused: {' and '.join(bad)} of both groups differ by more than chance brings. To draw "
            "again until it pleases would be no draw. Give the campaign another name, which draws others.",
            alike,
        )
    return Drawn(campaign, rows, reached, held_out, overlaps, left_out, unread, alike)


def preview(snapshot: Snapshot, campaign: Campaign) -> tuple[int, int]:
    """Return how many customers are asked for, and how many of them are in another campaign at the same time.

    Parameters
    ----------
    snapshot : Snapshot
    campaign : Campaign
    """
    busy, others, _ = _busy(snapshot, campaign)
    _, in_others, everybody = _overlaps(snapshot, campaign, busy, others)
    return everybody, in_others


def balance_rows(rows: Sequence[Balance]) -> list[tuple[str, str, str, str, str]]:
    """Return the balance table as it is shown: measure, campaign, holdout, apart, could be chance."""
    return [
        (
            row.measure,
            formats.number(row.treated_mean),
            formats.number(row.held_mean),
            formats.number(row.smd, 3),
            formats.number(row.could_be_chance, 3) if np.isfinite(row.could_be_chance) else "any",
        )
        for row in rows
    ]


def _rows(snapshot: Snapshot, campaign: Campaign, busy: pa.Table) -> pa.Table:
    columns = ("probability_to_buy", "expected_revenue", "lifetime_value")
    nothing = f"select null::varchar as customer_id, {', '.join(f'null as {name}' for name in columns)} where false"
    known = f"select customer_id, {', '.join(columns)} from customer_value"  # noqa: S608 (names of columns)
    unoffered = "select null::varchar as customer_id, null::varchar as recommended_product where false"
    offered = """
        select
            customer_id,
            coalesce(description || ' (' || product_code || ')', product_code) as recommended_product
        from customer_recommendations
        where recommendation_rank = 1
    """
    ends = "cast($ends_on as varchar)"
    batches = snapshot.batches(
        f"""
        with asked as (

            select
                *,
                ntile(5) over (partition by segment order by monetary, customer_id) as spend
            from customer_segments
            where
                {campaign.customers.condition}
                {"" if campaign.keeps_overlap else "and customer_id not in (select customer_id from busy)"}

        ),

        customers as (

            select
                *,
                ntile(2) over (partition by segment, spend order by recency_days, customer_id) as recency
            from asked

        ),

        strata as (

            select
                customer_id,
                dense_rank() over (order by segment, spend, recency) as stratum,
                left(md5(md5($campaign) || customer_id), {_DIGITS}) as hash
            from customers

        ),

        {HELD},

        customer_values as (

            {known if "customer_value" in snapshot.tables else nothing}

        ),

        offers as (

            {offered if "customer_recommendations" in snapshot.tables else unoffered}

        ),

        groups as (

            select
                customer_id,
                case when is_held then 'holdout' else 'campaign' end as "group"
            from drawn

        ),

        seal as (

            select
                sum(('0x' || left(md5(
                    $campaign || '|' || customer_id || '|' || "group" || '|' || cast($starts_on as varchar) || '|'
                    || {ends} || '|' || $holdout_share
                ), 15))::bigint::decimal(38, 0)) as number
            from groups

        )

        select
            $campaign as campaign,
            customers.customer_id,
            groups."group",
            customers.segment,
            customers.country,
            customers.recommended_action,
            customers.last_purchase_date,
            customers.recency_days,
            customers.frequency,
            customers.monetary,
            customers.avg_order_value,
            customers.return_rate,
            customer_values.probability_to_buy,
            customer_values.expected_revenue,
            customer_values.lifetime_value,
            offers.recommended_product,
            customers.segment || ', spend ' || customers.spend || ' of 5, recency ' || customers.recency || ' of 2'
                as stratum,
            $holdout_share as holdout_share,
            cast($assigned_on as date) as assigned_on,
            cast($starts_on as date) as starts_on,
            cast($ends_on as date) as ends_on,
            $model_version as model_version,
            cast(seal.number as varchar) as list_seal
        from customers
        inner join groups on customers.customer_id = groups.customer_id
        cross join seal
        left join customer_values on customers.customer_id = customer_values.customer_id
        left join offers on customers.customer_id = offers.customer_id
        order by customers.customer_id
        """,  # noqa: S608 (values are parameters)
        {
            "campaign": campaign.name,
            "share": campaign.share,
            "offset": offset_of(campaign.name, snapshot),
            "holdout_share": campaign.holdout_share,
            "assigned_on": datetime.date.fromisoformat(snapshot.manifest["as_of_date"]),
            "starts_on": campaign.starts_on,
            "ends_on": campaign.ends_on,
            "model_version": snapshot.version,
            **campaign.customers.parameters,
        },
        {"busy": busy},
    )
    return batches.read_all()


def offset_of(name: str, snapshot: Snapshot) -> float:
    """Return where the rounding of a campaign's held-out counts starts, of the hash of its name, in [0, 1)."""
    sql = f"select ('0x' || left(md5($campaign), {_DIGITS}))::bigint / pow(16, {_DIGITS}) as number"
    return float(snapshot.query(sql, {"campaign": name})["number"].iloc[0])


def _busy(snapshot: Snapshot, campaign: Campaign) -> tuple[pa.Table, pa.Table, tuple[str, ...]]:
    """Return who is in another campaign at the same time, these campaigns, and why files could not be read."""
    members: list[pa.Table] = []
    names: list[str] = []
    ends: list[datetime.date] = []
    # The campaign itself, should it be there already, is no other one.
    known, unread = [campaign.name], []
    for number, written in enumerate(lists.read_all()):
        if isinstance(written, CampaignError):
            unread.append(str(written))
        elif written.campaign == campaign.name:
            continue
        else:
            known.append(written.campaign)
            if _is_at_once(written.starts_on, written.ends_on, campaign):
                members.append(_members(written.customers, number))
                names.append(written.campaign)
                ends.append(written.ends_on)
    # Lists that were drawn elsewhere are known to the build.
    if "campaign_customers" in snapshot.tables:
        built = snapshot.batches(
            """
            select campaign, max(ends_on) as ends_on, list(customer_id) as customers
            from campaign_customers
            where not list_contains($known, campaign) and starts_on <= $ends_on and ends_on >= $starts_on
            group by campaign
            order by campaign
            """,
            {"known": known, "starts_on": campaign.starts_on, "ends_on": campaign.ends_on},
        ).read_all()
        for number, (name, end) in enumerate(
            zip(built["campaign"].to_pylist(), built["ends_on"].to_pylist(), strict=True)
        ):
            members.append(_members(built["customers"][number].values, -1 - number))
            names.append(name)
            ends.append(end)
    numbers = [table["number"][0].as_py() for table in members]
    busy = pa.concat_tables([_NOBODY, *members])
    others = pa.table(
        {
            "number": pa.array(numbers, pa.int64()),
            "campaign": pa.array(names, pa.string()),
            "ends_on": pa.array(ends, pa.date32()),
        }
    )
    return busy, others, tuple(unread)


def _members(customers: pa.Array, number: int) -> pa.Table:
    return pa.table({"customer_id": customers, "number": pa.array(np.full(len(customers), number))})


def _is_at_once(starts_on: datetime.date, ends_on: datetime.date, campaign: Campaign) -> bool:
    return starts_on <= campaign.ends_on and ends_on >= campaign.starts_on


def _overlaps(
    snapshot: Snapshot, campaign: Campaign, busy: pa.Table, others: pa.Table
) -> tuple[tuple[Overlap, ...], int, int]:
    # Campaigns by name, customers who are in any, and customers in all.
    rows = (
        snapshot.batches(
            f"""
        with asked as (

            select customer_id from customer_segments where {campaign.customers.condition}

        ),

        found as (

            select
                others.campaign,
                others.ends_on,
                asked.customer_id
            from asked
            inner join busy on asked.customer_id = busy.customer_id
            inner join others on busy.number = others.number

        )

        select campaign, max(ends_on) as ends_on, count(distinct customer_id) as customers from found group by campaign
        union all
        select null, null, count(distinct customer_id) from found
        union all
        select null, null, count(*) from asked
        """,  # noqa: S608 (values are parameters)
            campaign.customers.parameters,
            {"busy": busy, "others": others},
        )
        .read_all()
        .to_pylist()
    )
    totals = [row["customers"] for row in rows if row["campaign"] is None]
    found = sorted((Overlap(**row) for row in rows if row["campaign"] is not None), key=lambda one: one.campaign)
    return tuple(found), min(totals), max(totals)


def _nobody(campaign: Campaign, everybody: int, left_out: int, overlaps: tuple[Overlap, ...]) -> str:
    customers = everybody - left_out
    if not everybody:
        return f"There are no customers {campaign.customers.words}."
    if not customers:
        return (
            f"All {formats.things(everybody, 'customer')} {campaign.customers.words} are in another campaign at that "
            f"time: {', '.join(one.campaign for one in overlaps)}. Start after its end, or keep them (OVERLAP=keep)."
        )
    return (
        f"Of {formats.things(customers, 'customer')}, {formats.share(campaign.share)} held out leaves a group empty. "
        "Take more customers, or another share."
    )


_NOBODY = pa.table({"customer_id": pa.array([], pa.string()), "number": pa.array([], pa.int64())})
