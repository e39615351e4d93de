"""What makes a campaign's result one not to be trusted: each a code, a sentence and the figure it was decided by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from scipy.special import chdtrc, ndtr

SAMPLE_RATIO = 0.001
"""p-value below which the groups aren't the ones that were drawn (Fabijan et al. 2019, doi 10.1145/3292500.3330722)."""

CONTAMINATED = 0.05
"""Share of the held out who may have been reached nevertheless: the effect is seen smaller by that much."""

OVERLAP = 0.001
"""p-value below which another campaign reached one group more than the other."""


@dataclass(frozen=True)
class Finding:
    """What a check found.

    Attributes
    ----------
    code : str
        Such as sample_ratio_off.
    words : str
        A sentence for people.
    figure : float or None
        What it was decided by: a p-value or a share.
    """

    code: str
    words: str
    figure: float | None = None


def sample_ratio_p(treated: int, held: int, share: float) -> float:
    """Return the p-value of as many held out as there are, by a chi-square test with one degree of freedom.

    Groups that were drawn by strata have their counts by design. What it finds is customers who got lost, came twice,
    or were drawn by somebody else in another way.

    Parameters
    ----------
    treated, held : int
        Customers measured.
    share : float
        That was to be held out, above 0 and below 1.

    Raises
    ------
    ValueError
        If the share is not between 0 and 1, a count is negative, or both are 0.
    """
    if not 0 < share < 1:
        raise ValueError(f"the share held out lies between 0 and 1, unlike {share}")
    if treated < 0 or held < 0 or treated + held == 0:
        raise ValueError("a sample ratio is one of customers who were drawn, and there are none")
    total = treated + held
    expected = share * total
    return float(chdtrc(1, (held - expected) ** 2 * (1 / expected + 1 / (total - expected))))


def check_sample_ratio(treated: int, held: int, share: float) -> Finding | None:
    """Return a finding if groups are not of the sizes that were drawn; parameters as of `sample_ratio_p`."""
    p_value = sample_ratio_p(treated, held, share)
    if p_value >= SAMPLE_RATIO:
        return None
    total = treated + held
    words = (
        f"{held:,} of {total:,} customers are held out, {held / total:.1%} instead of {share:.1%}: "
        f"customers got lost, came twice, or were drawn in another way."
    )
    return Finding("sample_ratio_off", words, p_value)


def check_contamination(held_reached: int, held: int) -> Finding | None:
    """Return a finding if more of the held out were reached than `CONTAMINATED`.

    Raises
    ------
    ValueError
        If more were reached than are held out, or a count is negative.
    """
    if not 0 <= held_reached <= held:
        raise ValueError("of the held out, at least none and at most all were reached")
    share = held_reached / held if held else 0.0
    if share <= CONTAMINATED:
        return None
    words = (
        f"{held_reached:,} of the {held:,} customers held out were reached by the campaign nevertheless ({share:.1%})."
    )
    return Finding("held_out_reached", words, share)


def check_overlap(treated_in_other: int, treated: int, held_in_other: int, held: int, other: str) -> Finding | None:
    """Return a finding if another campaign reached one group more than the other, by a test of two shares.

    Another campaign that reached both alike is no trouble: it changes both.

    Parameters
    ----------
    treated_in_other, held_in_other : int
        Customers of each group whom the other campaign reached in the time that is measured.
    treated, held : int
        Above 0.
    other : str
        Name of the other campaign.

    Raises
    ------
    ValueError
        If a group is empty, or more of it were reached than it has.
    """
    if not (0 <= treated_in_other <= treated and 0 <= held_in_other <= held and treated and held):
        raise ValueError("of each group, at least no customer and at most all are in the other campaign")
    pooled = (treated_in_other + held_in_other) / (treated + held)
    variance = pooled * (1 - pooled) * (1 / treated + 1 / held)
    if variance == 0:
        return None
    of_treated, of_held = treated_in_other / treated, held_in_other / held
    p_value = 2 * float(ndtr(-abs(of_treated - of_held) / variance**0.5))
    if p_value >= OVERLAP:
        return None
    words = (
        f"The campaign {other} reached {of_treated:.1%} of the treated and {of_held:.1%} of the held out at that time."
    )
    return Finding("overlap_uneven", words, p_value)


def check_days(start: date, end: date, known_until: date) -> Finding | None:
    """Return a finding if the days of a campaign can't be measured, or not yet.

    Parameters
    ----------
    start, end : date
        First and last day that is measured.
    known_until : date
        The last day of which purchases are known.
    """
    if start > end:
        return Finding("start_after_end", f"The campaign starts on {start}, after its end on {end}.")
    if start > known_until:
        return Finding("not_started", f"The campaign starts on {start}; purchases are known until {known_until}.")
    if end > known_until:
        days = (known_until - start).days + 1
        words = f"{days} of {(end - start).days + 1} days are known: the campaign ends on {end}."
        return Finding("still_running", words)
    return None
