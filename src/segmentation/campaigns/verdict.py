"""What to say of a campaign: one of five codes, and sentences with the reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import ndtri

from segmentation.campaigns.always_valid import AlwaysValid
from segmentation.campaigns.checks import Finding
from segmentation.campaigns.measure import CARRIED_BY, Effect

Code = Literal["works", "harms", "no_effect_seen", "too_early", "not_trusted"]

POWER = 0.8


@dataclass(frozen=True)
class Verdict:
    """What is said of a measure of a campaign.

    Attributes
    ----------
    code : str
        works, harms, no_effect_seen, too_early or not_trusted.
    words : str
        One or more sentences.
    reasons : tuple of str
        Codes of the findings that it was decided by.
    """

    code: Code
    words: str
    reasons: tuple[str, ...] = ()


def adjust_for_many(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Return p-values adjusted for being several.

    By Benjamini & Hochberg 1995 (doi 10.1111/j.2517-6161.1995.tb02031.x).

    Parameters
    ----------
    p_values : sequence of float or None
        Of the segments of a campaign, of one measure. None is left out, and stays None.
    """
    # As scipy.stats.false_discovery_control, which takes as long to import as all else that is needed here.
    known = np.array([p for p in p_values if p is not None], dtype=float)
    falling = np.argsort(-known, kind="stable")
    of_rank = known[falling] * (len(known) / np.arange(len(known), 0, -1))
    adjusted = np.empty_like(known)
    adjusted[falling] = np.minimum.accumulate(of_rank)
    values = iter(np.minimum(adjusted, 1.0))
    return tuple(None if p is None else float(next(values)) for p in p_values)


def judge(
    effect: Effect,
    p_value: float | None,
    *,
    is_over: bool,
    running: AlwaysValid | None = None,
    findings: Sequence[Finding] = (),
    what: str = "revenue",
    is_good: bool = True,
) -> Verdict:
    """Say what to make of a campaign.

    Parameters
    ----------
    effect : Effect
    p_value : float or None
        The one to decide by, adjusted if there are several segments. Of the effect if the campaign is over, and
        otherwise of `running`, for people look every day.
    is_over : bool
        Whether all its days are known.
    running : AlwaysValid, optional
        Needed as long as it isn't over.
    findings : sequence of Finding
        What makes the result one not to be trusted.
    what : str
        The measure in words, "revenue" by default.
    is_good : bool
        Whether more of it is better, as by default; of returns it isn't.

    Raises
    ------
    ValueError
        If the campaign isn't over, and `running` is missing.
    """
    if not is_over and running is None:
        raise ValueError("a campaign that runs is judged by the interval that holds whenever one looks")
    if findings:
        words = " ".join(["The result is not to be trusted.", *(finding.words for finding in findings)])
        return Verdict("not_trusted", words, tuple(finding.code for finding in findings))
    found = effect.adjusted
    if not effect.is_enough or found.standard_error is None:
        if found.standard_error is None:
            return Verdict("too_early", f"It is too early: no chance can be reckoned for {what} yet.", ("no_spread",))
        words = (
            f"It is too early: {what} of the smaller group comes from as few as {effect.carried_by:,.0f} customers, "
            f"and {CARRIED_BY:,.0f} are needed: more time, more held out, or the largest cut off."
        )
        return Verdict("too_early", words, ("too_few_carry_it",))
    low, high = (found.low, found.high) if is_over or running is None else (running.low, running.high)
    between = "" if low is None or high is None else f" ({effect.level:.0%} interval {number(low)} to {number(high)})"
    each = f"{number(abs(found.difference))} {'more' if found.difference > 0 else 'less'} {what} per customer"
    if p_value is not None and p_value <= 1 - effect.level:
        code: Code = "works" if (found.difference > 0) == is_good else "harms"
        sooner = "" if is_over else " It can be said already, however often one has looked."
        verb = "works" if code == "works" else "does harm"
        return Verdict(code, f"The campaign {verb}: {each}{between}.{sooner}", ("beyond_chance",))
    if not is_over:
        return Verdict("too_early", f"It is too early: {each} so far may be chance{between}.", ("still_running",))
    seen = float(ndtri((1 + effect.level) / 2) + ndtri(POWER)) * found.standard_error
    many = ""
    if found.p_value is not None and found.p_value <= 1 - effect.level:
        many = " Alone it would be beyond chance; among so many segments it isn't."
    words = (
        f"No effect is to be seen: {each} may be chance{between}. "
        f"One of {number(seen)} would have been seen four times out of five.{many}"
    )
    return Verdict("no_effect_seen", words, ("within_chance",))


def number(value: float) -> str:
    """Return a number as people read it: three digits that matter, and thousands with commas."""
    if value == 0 or not np.isfinite(value):
        return f"{value:g}"
    decimals = max(2 - int(np.floor(np.log10(abs(value)))), 0)
    return f"{value:,.{min(decimals, 8)}f}"
