"""Command `python -m segmentation_campaigns`: draws a campaign and writes its list to the folder of the lists."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from segmentation import commands
from segmentation_campaigns import drawing, lists
from segmentation_campaigns.customers import CampaignError
from segmentation_campaigns.drawing import Campaign, Drawn, RefusedError
from segmentation_campaigns.goals import Goal, goal_of
from segmentation_campaigns.options import customers_of, parser, run
from segmentation_campaigns.plan import conclusions, effect_of, look_ahead
from segmentation_campaigns.printed import aligned, read_date, read_days, read_share
from segmentation_charts import formats
from segmentation_charts.published import Snapshot

HEADER = ("before the campaign", "campaign", "holdout", "apart", "could be chance")


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw a campaign; see `options.run`."""
    made = parser(
        "python -m segmentation_campaigns",
        "Draw who of a segment gets a campaign and who is left out, and write the list as CSV.",
    )
    made.add_argument("name", help="of the campaign; it decides who is drawn")
    made.add_argument("--starts", default="", help="first day that is measured (default: the day after the as-of date)")
    made.add_argument(
        "--overlap", default="", help="keep: customers who are in another campaign at that time stay in the list"
    )
    return run(act, made, arguments)


def act(snapshot: Snapshot, given: argparse.Namespace) -> str:
    """Draw, write, and say what was drawn.

    Parameters
    ----------
    snapshot : Snapshot
        The version that it is drawn from.
    given : Namespace
        The options.
    """
    name = lists.clean_name(given.name)
    lists.refuse_taken(name)
    if given.overlap not in ("keep", ""):
        raise CampaignError(f"OVERLAP is keep or nothing, unlike {given.overlap!r}.")
    customers = customers_of(snapshot, given)
    goal = goal_of(snapshot, customers)
    days = read_days(given.days, "DAYS") if given.days.strip() else goal.days
    starts_on = read_date(given.starts, "STARTS") if given.starts.strip() else None
    first, last = drawing.plan_dates(snapshot, starts_on, days)
    share = (
        read_share(given.holdout, "HOLDOUT") if given.holdout.strip() else drawing.default_share(snapshot, customers)
    )
    campaign = Campaign(name, customers, share, first, last, given.overlap == "keep")
    try:
        drawn = drawing.draw(snapshot, campaign)
    except RefusedError as e:
        table = aligned(HEADER, drawing.balance_rows(e.balance))
        raise CampaignError(f"{table}\n\n{e}") from e
    path = lists.save(name, lists.to_csv(drawn.rows))
    return "\n\n".join(
        [
            _drawn(snapshot, drawn),
            *_overlaps(drawn),
            f"{aligned(HEADER, drawing.balance_rows(drawn.balance))}\n"
            "Both groups are alike, as far as chance lets them.",
            *_outlook(snapshot, drawn, goal),
            f"Wrote {path}. Send to the rows of the group campaign, and to none of the group holdout.\n"
            f"Keep the file as it is: builds read it from {first} on, and say whether the campaign worked.",
        ]
    )


def _drawn(snapshot: Snapshot, drawn: Drawn) -> str:
    campaign = drawn.campaign
    return (
        f"{campaign.name}: {formats.things(drawn.rows.num_rows, 'customer')} {campaign.customers.words}\n"
        f"  {formats.count(drawn.reached)} get the campaign, {formats.count(drawn.held_out)} are held out "
        f"({formats.share(campaign.share)})\n"
        f"  from {formats.date(campaign.starts_on)} to {formats.date(campaign.ends_on)}, "
        f"{formats.things(campaign.days, 'day')}\n"
        f"  drawn as of {snapshot.manifest['as_of_date']}, version {snapshot.version}"
    )


def _outlook(snapshot: Snapshot, drawn: Drawn, goal: Goal) -> list[str]:
    """Return what could be seen, if anything is known of earlier times."""
    campaign = drawn.campaign
    try:
        outlook = look_ahead(
            snapshot, campaign.customers, campaign.days, len(drawn.rows), campaign.share, goal.measure, effect_of(goal)
        )
    except CampaignError:
        return []
    return ["\n".join(conclusions(outlook, snapshot.currency))]


def _overlaps(drawn: Drawn) -> list[str]:
    said = [*drawn.unread]
    if drawn.overlaps:
        kept = drawn.campaign.keeps_overlap
        for other in drawn.overlaps:
            are = f"{formats.things(other.customers, 'customer')} {'is' if other.customers == 1 else 'are'}"
            said.append(f"{are} in {other.campaign}, until {other.ends_on}{'' if kept else ', and left out'}.")
        said.append(
            "They are kept, as you chose: what either campaign does is seen in both."
            if kept
            else "With OVERLAP=keep they stay in the list."
        )
    return ["\n".join(said)] if said else []


if __name__ == "__main__":
    commands.run(main)
