"""Command `python -m segmentation_campaigns.plan`: how many to hold out, what can be seen, and how long to wait."""

from __future__ import annotations

import argparse
import contextlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

from segmentation import commands
from segmentation.campaigns import plan as planning
from segmentation.campaigns.measure import CARRIED_BY
from segmentation.campaigns.plan import Expected, Plan
from segmentation.campaigns.verdict import number
from segmentation_campaigns.customers import CampaignError, Customers
from segmentation_campaigns.drawing import default_share
from segmentation_campaigns.earlier import Earlier, look_back
from segmentation_campaigns.goals import MEASURES, Goal, goal_of
from segmentation_campaigns.options import customers_of, parser, run
from segmentation_campaigns.printed import aligned, read_days, read_number, read_share
from segmentation_charts import formats
from segmentation_charts.published import Snapshot

# Lengths that are tried to say how long to wait.
LENGTHS = (30, 60, 90, 120, 180, 365)


@dataclass(frozen=True)
class Effect:
    """A difference to the holdout that is looked for.

    Attributes
    ----------
    size : float
        Per customer, or a share of what the holdout does.
    is_relative : bool
        Whether it is a share.
    """

    size: float
    is_relative: bool


@dataclass(frozen=True)
class Outlook:
    """What a campaign of a length could show, of a measure and at a share held out.

    Attributes
    ----------
    days : int
    customers : int
        Who would be drawn.
    share : float
        Held out.
    measure : str
        One of MEASURES.
    effect : Effect or None
        What is looked for.
    earlier : Earlier
        What is reckoned from.
    needed : Plan or None
        For the effect; None where none is looked for.
    detectable : float
        The least effect per customer that is seen with 80 % power.
    power : float or None
        With which the effect is seen.
    carried_by : float
        Customers of the smaller group who carry the measure; with fewer than `CARRIED_BY` nothing is said.
    """

    days: int
    customers: int
    share: float
    measure: str
    effect: Effect | None
    earlier: Earlier
    needed: Plan | None
    detectable: float
    power: float | None
    carried_by: float

    @property
    def expected(self) -> Expected:
        """What is expected of the measure."""
        return self.earlier.expected[self.measure]

    @property
    def held_out(self) -> int:
        """Customers held out."""
        return round(self.share * self.customers)

    @property
    def is_enough(self) -> bool:
        """Whether anything would be said at that share."""
        return self.carried_by >= CARRIED_BY

    @property
    def least_share(self) -> float | None:
        """The least share held out at which anything would be said; None where not even a half is enough."""
        carried = self.expected.carried_by * self.customers / self.expected.customers
        return CARRIED_BY / carried if carried * planning.MOST_HELD >= CARRIED_BY else None


def look_ahead(
    snapshot: Snapshot, customers: Customers, days: int, count: int, share: float, measure: str, effect: Effect | None
) -> Outlook:
    """Return what a campaign could show.

    Parameters
    ----------
    snapshot : Snapshot
    customers : Customers
        Whom it is for.
    days : int
        How many are measured.
    count : int
        Customers who would be drawn.
    share : float
        Held out, above 0 and below 1.
    measure : str
        One of MEASURES.
    effect : Effect or None
        What is looked for.

    Raises
    ------
    CampaignError
        If there are fewer than two customers, or there is nothing to look back at; see `look_back`.
    """
    if count < 2:
        raise CampaignError(
            f"{'No customer' if not count else 'One customer alone'} {customers.words} is left: the others are in "
            "another campaign at that time."
        )
    earlier = look_back(snapshot, customers, days)
    expected = earlier.expected[measure]
    needed = power = None
    if effect is not None:
        needed = planning.plan(expected, effect.size, count, relative=effect.is_relative)
        size = abs(effect.size) * (abs(expected.mean) if effect.is_relative else 1)
        power = planning.power_of(expected, size, share, count) if size else 0.0
    carried = expected.carried_by * count / expected.customers * min(share, 1 - share)
    least = planning.detectable(expected, share, count)
    return Outlook(days, count, share, measure, effect, earlier, needed, least, power, carried)


def effect_of(goal: Goal) -> Effect | None:
    """Return what a goal asks for, as an effect; None where it says no number."""
    return None if goal.change is None else Effect(goal.change, goal.measure != "buyers")


def read_effect(text: str, measure: str) -> Effect:
    """Return an effect that was given as text.

    Parameters
    ----------
    text : str
        In percent: of buyers in points of the customers (5 %: five more of a hundred), of other measures a share of
        what the holdout does. Without a percent sign: per customer.
    measure : str
        One of MEASURES.

    Raises
    ------
    CampaignError
        If it is no number other than 0, or more than all customers.
    """
    value, is_percent = read_number(text, "EFFECT")
    effect = Effect(value / 100 if is_percent else value, is_percent and measure != "buyers")
    if not value:
        raise CampaignError("An effect of 0 is never seen. EFFECT says what would be worth the campaign, such as 5 %.")
    if measure == "buyers" and abs(effect.size) >= 1:
        raise CampaignError(
            f"No more than all customers buy: EFFECT={text} is out of reach. 5 % is five more of a hundred customers."
        )
    return effect


def main(arguments: Sequence[str] | None = None) -> int:
    """Plan a campaign; see `options.run`."""
    made = parser(
        "python -m segmentation_campaigns.plan",
        "Say how many customers to hold out of a campaign, what can be seen at all, and how long to wait.",
    )
    made.add_argument("--effect", default="", help="what is looked for, such as 5 %% (default: the segment's goal)")
    made.add_argument(
        "--measure", default="", help=f"one of {', '.join(MEASURES)} (default: that of the segment's goal)"
    )
    return run(act, made, arguments)


def act(snapshot: Snapshot, given: argparse.Namespace) -> str:
    """Return the plan in words.

    Parameters
    ----------
    snapshot : Snapshot
    given : Namespace
        The options.
    """
    customers = customers_of(snapshot, given)
    goal = goal_of(snapshot, customers)
    days = read_days(given.days, "DAYS") if given.days.strip() else goal.days
    measure = given.measure.strip() or goal.measure
    if measure not in MEASURES:
        raise CampaignError(f"There is no measure {measure!r}. There are: {', '.join(MEASURES)}.")
    effect = (
        read_effect(given.effect, measure)
        if given.effect.strip()
        else (effect_of(goal) if measure == goal.measure else None)
    )
    share = read_share(given.holdout, "HOLDOUT") if given.holdout.strip() else default_share(snapshot, customers)
    count = count_of(snapshot, customers)
    outlook = look_ahead(snapshot, customers, days, count, share, measure, effect)
    others = outlooks(snapshot, customers, count, share, measure, effect)
    return "\n".join(
        [
            f"{formats.things(count, 'customer')} {customers.words}, {formats.things(days, 'day')}",
            *([f"Goal: {goal.words}"] if goal.words else []),
            "",
            past_words(outlook.earlier),
            aligned(PAST, past_rows(outlook.earlier, snapshot.currency)),
            "",
            *conclusions(outlook, snapshot.currency),
            *waiting_words(others),
            "",
            f"Of {MEASURES[measure]}, in other times:",
            aligned(WAITING, waiting_rows(others, snapshot.currency)),
        ]
    )


def count_of(snapshot: Snapshot, customers: Customers) -> int:
    """Return how many customers there are today.

    Raises
    ------
    CampaignError
        If there are fewer than two.
    """
    sql = f"select count(*) as customers from customer_segments where {customers.condition}"  # noqa: S608
    count = int(snapshot.query(sql, customers.parameters)["customers"].iloc[0])
    if count < 2:
        raise CampaignError(f"There {'are no customers' if not count else 'is one customer alone'} {customers.words}.")
    return count


PAST = ("per customer", "mean", "spread", "told by the time before")
WAITING = ("time", "to hold out", "seen from", "as a share")


def past_words(earlier: Earlier) -> str:
    """Return a sentence on whose purchases are looked at, and when."""
    if earlier.is_of_today:
        return (
            f"What {formats.count(earlier.customers)} of today's customers did from {formats.date(earlier.begins_on)} "
            f"to {formats.date(earlier.ends_on)}. It has decided who they are today, so the plan may be far off:"
        )
    return (
        f"What the {formats.things(earlier.customers, 'customer')} who were such on {formats.date(earlier.begins_on)} "
        f"did until {formats.date(earlier.ends_on)}:"
    )


def past_rows(earlier: Earlier, currency: str) -> list[tuple[str, str, str, str]]:
    """Return the table of what customers did: measure, mean, standard deviation, and the variance adjusting takes."""
    return [
        (
            words,
            value(expected.mean, measure, currency),
            value(expected.variance**0.5, measure, currency),
            formats.share(expected.correlation**2, 0),
        )
        for measure, words in MEASURES.items()
        for expected in [earlier.expected[measure]]
    ]


def outlooks(
    snapshot: Snapshot, customers: Customers, count: int, share: float, measure: str, effect: Effect | None
) -> list[Outlook]:
    """Return what campaigns of LENGTHS could show; lengths that nothing is known of are left out."""
    found = []
    for days in LENGTHS:
        with contextlib.suppress(CampaignError):
            found.append(look_ahead(snapshot, customers, days, count, share, measure, effect))
    return found


def waiting_rows(outlooks: Sequence[Outlook], currency: str) -> list[tuple[str, str, str, str]]:
    """Return the table of several lengths: time, share to hold out, what is seen at the share given, and as a share."""
    return [
        (
            formats.things(outlook.days, "day"),
            formats.NONE
            if outlook.needed is None
            else "not even a half"
            if outlook.needed.held_share is None
            else formats.share(outlook.needed.held_share),
            value(outlook.detectable, outlook.measure, currency) if outlook.is_enough else "too few",
            formats.share(outlook.detectable / outlook.expected.mean, 0)
            if outlook.is_enough and outlook.expected.mean > 0
            else formats.NONE,
        )
        for outlook in outlooks
    ]


def waiting_words(outlooks: Sequence[Outlook]) -> list[str]:
    """Return a sentence on how long to wait for the effect, at the share held out; none without an effect."""
    asked = [outlook for outlook in outlooks if outlook.effect is not None and outlook.needed is not None]
    if not asked:
        return []
    shares = {outlook.days: outlook.needed.held_share for outlook in asked if outlook.needed is not None}
    share = asked[0].share
    soon = next((days for days, held in shares.items() if held is not None and held <= share), None)
    if soon is not None:
        return [f"The shortest time in which it is seen so is {formats.things(soon, 'day')}."]
    lengths = ", ".join(str(days) for days in shares)
    said = f"With {formats.share(share, 0)} held out it is not seen in any of {lengths} days"
    later = next(((days, held) for days, held in shares.items() if held is not None), None)
    more = "" if later is None else f"; with {formats.share(later[1])} it is in {formats.things(later[0], 'day')}"
    return [f"{said}{more}."]


def conclusions(outlook: Outlook, currency: str) -> list[str]:
    """Return the plan in sentences.

    Parameters
    ----------
    outlook : Outlook
    currency : str
        What comes before amounts.
    """
    said = []
    measure, expected = outlook.measure, outlook.expected
    if outlook.effect is not None and outlook.needed is not None:
        words = effect_words(outlook.effect, expected, measure, currency)
        looked_for = f"To see {words} four times out of five,"
        if measure == "buyers" and expected.mean + outlook.effect.size > 1:
            said.append(
                f"{formats.share(expected.mean)} of them buy without a campaign: {words} is out of reach. "
                "Look for an effect on orders or revenue instead."
            )
        elif outlook.needed.held_customers is not None:
            said.append(
                f"{looked_for} hold out at least {formats.things(outlook.needed.held_customers, 'customer')} "
                f"({formats.share(outlook.needed.held_share)})."
            )
        elif outlook.least_share is None:
            said.append(f"{looked_for} there are too few customers: not even a half held out is enough.")
        else:
            size = abs(outlook.effect.size) * (abs(expected.mean) if outlook.effect.is_relative else 1)
            times = (planning.detectable(expected, planning.MOST_HELD, outlook.customers) / size) ** 2 if size else 0
            more = f": it would take {formats.count(math.ceil(times * outlook.customers))} customers" if times else ""
            said.append(f"{looked_for} not even a half held out is enough{more}.")
    at = f"With {formats.share(outlook.share, 0)} held out ({formats.things(outlook.held_out, 'customer')})"
    if outlook.is_enough:
        least = detectable_words(outlook.detectable, expected, measure, currency)
        chance = (
            "" if outlook.power is None else f" The one looked for is seen in {_odds(outlook.power)} of such campaigns."
        )
        return [*said, f"{at}, the least that is seen four times out of five is {least}.{chance}"]
    needs = f"{formats.count(CARRIED_BY)} of the smaller group"
    reason = (
        f"{needs} have to buy, and {formats.count(math.floor(outlook.carried_by))} are expected to."
        if measure == "buyers"
        else f"{MEASURES[measure]} of the smaller group comes from as few as "
        f"{formats.things(math.floor(outlook.carried_by), 'customer')}, and {formats.count(CARRIED_BY)} are needed."
    )
    remedy = (
        ""
        if outlook.least_share is None
        else f" From {formats.share(outlook.least_share, 0)} held out on, something is."
    )
    return [*said, f"{at}, nothing would be said: {reason}{remedy}"]


def _odds(power: float) -> str:
    return "more than 99 %" if power > 0.99 else formats.share(power, 0)


def effect_words(effect: Effect, expected: Expected, measure: str, currency: str) -> str:
    """Return an effect in words: 10 more of 100 customers buy; 10 % more revenue."""
    more = "more" if effect.size > 0 else "less" if measure != "orders" else "fewer"
    if measure == "buyers":
        size = abs(effect.size) * (expected.mean if effect.is_relative else 1)
        return f"{formats.written(100 * size, '.3g')} {'more' if effect.size > 0 else 'fewer'} of 100 customers buy"
    if effect.is_relative:
        return f"{formats.share(abs(effect.size), 0)} {more} {MEASURES[measure]}"
    return f"{value(abs(effect.size), measure, currency)} {more} {MEASURES[measure]} per customer"


def detectable_words(size: float, expected: Expected, measure: str, currency: str) -> str:
    """Return the least effect that is seen, in words."""
    if measure == "buyers":
        return f"{formats.written(100 * size, '.3g')} more or fewer of 100 customers who buy"
    share = f" ({formats.share(size / expected.mean, 0)})" if expected.mean > 0 else ""
    return f"a difference of {value(size, measure, currency)} per customer{share}"


def value(amount: float, measure: str, currency: str) -> str:
    """Return a mean or difference per customer as it is shown."""
    if measure == "buyers":
        return formats.share(amount)
    if measure == "orders":
        return formats.prose(number(amount))
    return formats.money(amount, currency, 2 if abs(amount) < 1000 else 0)


if __name__ == "__main__":
    commands.run(main)
