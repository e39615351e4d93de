"""Campaigns: what they brought, and the next one planned, drawn and written as a list."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import filters
import pandas as pd
import streamlit as st
from queries import segments as queries
from shown import as_of, chart, escape, facts, table

from segmentation_campaigns import drawing, lists
from segmentation_campaigns.customers import ANY_COUNTRY, CampaignError, choose
from segmentation_campaigns.drawing import Campaign, Drawn, RefusedError
from segmentation_campaigns.goals import MEASURES, Goal, goal_of
from segmentation_campaigns.plan import (
    PAST,
    WAITING,
    Effect,
    conclusions,
    look_ahead,
    outlooks,
    past_rows,
    past_words,
    waiting_rows,
    waiting_words,
)
from segmentation_campaigns.printed import read_date
from segmentation_charts import campaigns as charts
from segmentation_charts import formats
from segmentation_charts.frames import campaigns as frames
from segmentation_charts.published import Snapshot

EVERYBODY = "All segments"
# Up to so many lines, other times are compared unasked: it takes less than a second.
FEW_LINES = 3_000_000
BALANCE = ("Before the campaign", "Campaign", "Holdout", "Apart", "Could be chance")
_SHOWN_AS = {"works": st.success, "harms": st.error, "not_trusted": st.warning}


def draw(snapshot: Snapshot) -> None:
    """Draw the page."""
    st.title("Campaigns")
    as_of(snapshot, "A campaign is measured against customers of the same kind who were left out of it at random.")
    _results(snapshot)
    _plan(snapshot)


def _results(snapshot: Snapshot) -> None:
    st.header("What campaigns brought")
    if not frames.is_published(snapshot):
        st.info("This version was published without results of campaigns. Build again.")
        return
    rows = frames.campaigns(snapshot)
    if rows.empty:
        st.markdown(
            "No campaign is measured yet. Plan one below: its list is saved to the folder "
            f"{escape(lists.campaigns_folder())}, and each build after it says what the campaign has brought so far."
        )
        return
    currency = snapshot.currency
    table(
        rows.assign(
            time=[_span(row["starts_on"], row["ends_on"]) for row in rows.to_dict("records")],
            between=[
                _between(low, high, "revenue", currency)
                for low, high in zip(rows["incremental_revenue_low"], rows["incremental_revenue_high"], strict=True)
            ],
            said=rows["verdict_code"].map(frames.VERDICTS).fillna(formats.NONE),
        ),
        {
            "campaign": ("Campaign", lambda name: formats.text(name, 60)),
            "state": ("State", None),
            "time": ("Time", None),
            "campaign_customers": ("Got it", formats.count),
            "holdout_customers": ("Held out", formats.count),
            "incremental_revenue": ("Revenue it brought", lambda value: frames.total(value, "revenue", currency)),
            "between": ("Between", None),
            "said": ("Verdict on revenue", None),
        },
        "Campaigns, with what each has brought in revenue",
    )
    name_column, measure_column = st.columns(2)
    with name_column:
        name = st.selectbox(
            "Campaign",
            rows["campaign"].tolist(),
            format_func=lambda name: formats.text(name, 60),
            key="shown_campaign",
            bind="query-params",
        )
    with measure_column:
        words = frames.MEASURES
        measure = st.selectbox(
            "Measure", list(words), format_func=words.__getitem__, key="shown_measure", bind="query-params"
        )
    row = rows[rows["campaign"] == name].iloc[0]
    _campaign(snapshot, row, measure)


def _campaign(snapshot: Snapshot, row: pd.Series[Any], measure: str) -> None:
    name, currency = str(row["campaign"]), snapshot.currency
    st.subheader(escape(name))
    if row["state"] == "planned":
        st.markdown(
            f"It starts on {formats.date(row['starts_on'])}: {formats.count(row['campaign_customers'])} customers get "
            f"it, {formats.count(row['holdout_customers'])} are held out."
        )
        _findings(row)
        return
    results = frames.results(snapshot, name)
    _findings(row)
    if results.empty:
        st.markdown("Nothing is known of it yet.")
        return
    chosen = results[results["measure"] == measure].iloc[0]
    _SHOWN_AS.get(str(chosen["verdict_code"]), st.info)(escape(formats.prose(chosen["verdict"])))
    is_share = measure == "buyers"
    word = frames.MEASURES[measure]
    facts(
        {
            f"{word}, got it": frames.amount(chosen["campaign_mean"], measure, currency),
            f"{word}, held out": frames.amount(chosen["holdout_mean"], measure, currency),
            "Difference per customer": frames.signed(chosen["difference"], measure, currency),
            "Brought in all": frames.total(chosen["incremental"], measure, currency),
            "Between": _between(chosen["incremental_low"], chosen["incremental_high"], measure, currency),
        }
    )
    counted = (
        f"From {formats.count(chosen['campaign_customers'])} customers who got it and "
        f"{formats.count(chosen['holdout_customers'])} who were held out."
    )
    title = frames.title(measure, currency)
    curve = frames.days(snapshot, name, measure)
    if not curve.empty:
        chart(
            partial(charts.curve, curve, title, is_share=is_share),
            f"{word}: difference per customer between who got the campaign and who was held out, from its start until "
            "each day. On the broken line both do the same. The 95 % interval is for who looks once, at the end; "
            f"the one that is always valid holds however often one looks. {counted}",
            curve,
        )
    forest = frames.by_segment(snapshot, name, measure)
    many = formats.things(len(forest) - 1, "segment")
    if len(forest) > 1:
        st.subheader("By segment")
        chart(
            partial(charts.forest, forest, title, is_share=is_share),
            f"{word}: difference per customer by segment, with the 95 % interval (thick) and the one that holds "
            f"however often one looks (thin). Verdicts allow for there being {many}. {counted}",
            forest[["name", *frames.DIFFERENCES, "verdict"]],
        )
    _all_measures(results, currency)


def _all_measures(results: pd.DataFrame, currency: str) -> None:
    rows = [
        {
            "measure": frames.MEASURES.get(str(row["measure"]), str(row["measure"])),
            "treated": frames.amount(row["campaign_mean"], row["measure"], currency),
            "held": frames.amount(row["holdout_mean"], row["measure"], currency),
            "difference": frames.signed(row["difference"], row["measure"], currency),
            "between": _between(row["difference_low"], row["difference_high"], row["measure"], currency, each=True),
            "brought": frames.total(row["incremental"], row["measure"], currency),
            "gained": formats.share(row["variance_reduction"], 0),
            "said": frames.VERDICTS.get(str(row["verdict_code"]), formats.NONE),
        }
        for row in results.to_dict("records")
    ]
    table(
        pd.DataFrame(rows),
        {
            "measure": ("Per customer", None),
            "treated": ("Got it", None),
            "held": ("Held out", None),
            "difference": ("Difference", None),
            "between": ("Between", None),
            "brought": ("Brought in all", None),
            "gained": ("Spread told by the past", None),
            "said": ("Verdict", None),
        },
        "What the campaign changed, by measure",
    )
    st.caption(
        "The difference allows for what each customer did in as long a time before, so it may differ from that of the "
        "two means. Between: the 95 % interval."
    )


def _findings(row: pd.Series[Any]) -> None:
    if isinstance(row["findings"], str) and row["findings"]:
        st.warning(escape(formats.prose(row["findings"])))


def _plan(snapshot: Snapshot) -> None:
    st.header("Plan the next one")
    profiles = queries.profiles(snapshot)
    segment_column, country_column = st.columns(2)
    with segment_column:
        segment = st.selectbox(
            "Segment", [*profiles["segment"], EVERYBODY], key="campaign_segment", bind="query-params"
        )
    with country_column:
        country = filters.choose_country(snapshot)
    try:
        customers = choose(
            snapshot,
            () if segment == EVERYBODY else (segment,),
            ANY_COUNTRY if country.is_all else country.parameters.get("country"),  # type: ignore[arg-type]
        )
        share, goal = drawing.default_share(snapshot, customers), goal_of(snapshot, customers)
    except CampaignError as e:
        st.info(escape(e))
        return
    if goal.words:
        st.markdown(f"**Goal.** {escape(goal.words)}")
    share_column, days_column, start_column = st.columns(3)
    with share_column:
        percent = st.slider("Held out, in percent", 1, 50, round(100 * share), key=f"share {segment}", format="%d %%")
    with days_column:
        days = int(st.number_input("Days that are measured", 1, 730, goal.days, key=f"days {segment}"))
    proposed, _ = drawing.plan_dates(snapshot, None, days)
    with start_column:
        # Streamlit's field for dates is too small to be touched (WCAG 2.5.8).
        start = st.text_input("First day", str(proposed), key="campaign_start")
    try:
        first, last = drawing.plan_dates(snapshot, read_date(start, "The first day"), days)
    except CampaignError as e:
        st.info(escape(e))
        return
    campaign = Campaign("", customers, percent / 100, first, last)
    everybody, in_others = drawing.preview(snapshot, campaign)
    keeps = bool(in_others) and st.checkbox(
        f"Keep {formats.things(in_others, 'customer')} of other campaigns of that time, who are left out otherwise",
        key="keeps_overlap",
    )
    campaign = replace(campaign, keeps_overlap=keeps)
    count = everybody if keeps else everybody - in_others
    _outlook(snapshot, campaign, goal, count)
    _list(snapshot, campaign, segment, count)


def _outlook(snapshot: Snapshot, campaign: Campaign, goal: Goal, count: int) -> None:
    st.subheader("What could be seen")
    measure_column, effect_column = st.columns(2)
    with measure_column:
        names = list(MEASURES)
        measure = st.selectbox(
            "Measured by", names, names.index(goal.measure), format_func=_capital_measure, key=f"measure {goal.words}"
        )
    with effect_column:
        aim = goal.change if measure == goal.measure and goal.change is not None else 0.1
        size = st.number_input(
            "Customers more of a hundred who buy" if measure == "buyers" else "Change looked for, in percent",
            -99.0,
            999.0,
            100 * aim,
            step=1.0,
            format="%g",
            key=f"effect {measure} {goal.words}",
        )
    effect = Effect(size / 100, measure != "buyers") if size else None
    currency = snapshot.currency
    try:
        outlook = look_ahead(snapshot, campaign.customers, campaign.days, count, campaign.share, measure, effect)
    except CampaignError as e:
        st.info(escape(e))
        return
    show = st.success if outlook.power is not None and outlook.power >= 0.8 and outlook.is_enough else st.info
    show("\n\n".join(escape(sentence) for sentence in conclusions(outlook, currency)))
    past_column, wait_column = st.columns(2)
    with past_column:
        st.markdown(f"**Before.** {escape(past_words(outlook.earlier))}")
        _texts(PAST, past_rows(outlook.earlier, currency), "What these customers did before")
    with wait_column:
        st.markdown(f"**How long to wait.** {escape(MEASURES[measure].capitalize())}, by the days that are measured:")
        lines = int(snapshot.manifest["row_counts"].get("invoice_lines") or 0)
        if lines <= FEW_LINES or st.toggle("Compare other times (takes some seconds)", key="other_times"):
            others = outlooks(snapshot, campaign.customers, count, campaign.share, measure, effect)
            _texts(WAITING, waiting_rows(others, currency), "What could be seen in other times")
            st.caption(" ".join(escape(sentence) for sentence in waiting_words(others)))


def _list(snapshot: Snapshot, campaign: Campaign, segment: str, count: int) -> None:
    st.subheader("The list")
    st.markdown(
        "Whom to write to, and whom to leave out. Who is held out is drawn by the name of the campaign, so that both "
        "groups are alike in segment, past revenue and recency."
    )
    proposed = f"{segment} {campaign.starts_on}"
    given = st.text_input("Name of the campaign", proposed, key=f"name {proposed}")
    try:
        chosen = replace(campaign, name=lists.clean_name(given))
    except CampaignError as e:
        st.info(escape(e))
        return
    st.markdown(
        f"{formats.things(count, 'customer')} {escape(campaign.customers.words)}, {formats.share(campaign.share, 0)} "
        f"held out, from {_span(campaign.starts_on, campaign.ends_on)}."
    )
    if st.button("Draw the list", disabled=not count):
        st.session_state["drawn"] = _drawn(snapshot, chosen)
    drawn = st.session_state.get("drawn")
    # What was drawn of other choices, or of an earlier version, is no longer asked for.
    if isinstance(drawn, tuple) and drawn[0] == (snapshot.version, chosen):
        _offer(drawn[1])


def _drawn(snapshot: Snapshot, campaign: Campaign) -> tuple[tuple[str, Campaign], Drawn | CampaignError]:
    key = (snapshot.version, campaign)
    try:
        lists.refuse_taken(campaign.name)
        return key, drawing.draw(snapshot, campaign)
    except CampaignError as e:
        return key, e


def _offer(drawn: Drawn | CampaignError) -> None:
    rows = drawn.balance if isinstance(drawn, Drawn | RefusedError) else ()
    if rows:
        _texts(BALANCE, drawing.balance_rows(rows), "How alike both groups were before the campaign")
    if isinstance(drawn, CampaignError):
        st.error(escape(drawn))
        return
    st.caption(
        f"{formats.count(drawn.reached)} customers get the campaign, {formats.count(drawn.held_out)} are held out. "
        f"Apart: by how many standard deviations the groups differ. More than {formats.number(0.1)} and than chance "
        "brings is refused."
    )
    for reason in drawn.unread:
        st.warning(escape(reason))
    for other in drawn.overlaps:
        count = formats.things(other.customers, "customer")
        st.markdown(f"{count} of {escape(other.campaign)}, which ends on {formats.date(other.ends_on)}.")
    name = drawn.campaign.name
    save_column, load_column = st.columns(2)
    with save_column:
        if st.button("Save the list, so that builds measure it", type="primary"):
            try:
                st.session_state["saved"] = (name, str(lists.save(name, lists.to_csv(drawn.rows))))
            except CampaignError as e:
                st.error(escape(e))
    with load_column:
        st.download_button(
            "Download the list (CSV)",
            lambda: lists.to_csv(drawn.rows),
            file_name=f"{lists.slug(name)}.csv",
            mime="text/csv",
            on_click="ignore",
        )
    saved = st.session_state.get("saved")
    if saved and saved[0] == name:
        st.success(
            f"Saved as {escape(saved[1])}. Send to the rows of the group campaign, and to none of the group holdout. "
            "Each build from the first day on says what it has brought."
        )


def _texts(header: tuple[str, ...], rows: Sequence[tuple[str, ...]], name: str) -> None:
    columns = {str(number): (text[:1].upper() + text[1:], None) for number, text in enumerate(header)}
    table(pd.DataFrame([dict(zip(columns, row, strict=True)) for row in rows], columns=list(columns)), columns, name)


def _capital_measure(measure: str) -> str:
    return MEASURES[measure][:1].upper() + MEASURES[measure][1:]


def _span(first: datetime.date, last: datetime.date) -> str:
    return f"{formats.date(first)} to {formats.date(last)}"


def _between(low: Any, high: Any, measure: str, currency: str, *, each: bool = False) -> str:
    if low is None or high is None or low != low or high != high:
        return formats.NONE
    write = frames.amount if each else frames.total
    return f"{write(low, measure, currency)} and {write(high, measure, currency)}"
