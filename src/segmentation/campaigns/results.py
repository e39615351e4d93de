"""The results of campaigns from sums by day: what each measure says on each day, and what to make of it."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from segmentation.campaigns.always_valid import AlwaysValid, always_valid, odds_clock, reach_of, spread_clock
from segmentation.campaigns.checks import (
    Finding,
    check_contamination,
    check_days,
    check_overlap,
    check_sample_ratio,
    sample_ratio_p,
)
from segmentation.campaigns.measure import CARRIED_BY, LEVEL, Effect, carried, contrast, measure
from segmentation.campaigns.sums import Sums, merge_thin
from segmentation.campaigns.verdict import POWER, Verdict, adjust_for_many, judge

FloatArray = NDArray[np.float64]

MEASURES = {
    "buyers": "buyers",
    "orders": "orders",
    "revenue": "revenue",
    "revenue_capped": "revenue, capped,",
    "returned": "returns",
    "net_revenue": "net revenue",
}
"""Measures, and how they are called in a sentence."""

VANISHED = 0.05
"""Share of the customers of a list who are gone from the lines, above which a result is not to be trusted."""

_NUMBERS = (
    *("campaign_total", "holdout_total", "campaign_mean", "holdout_mean", "difference", "difference_low"),
    *("difference_high", "relative_difference", "relative_difference_low", "relative_difference_high"),
    *("unadjusted_difference", "variance_reduction", "p_value", "adjusted_p_value", "anytime_low", "anytime_high"),
    *("anytime_p_value", "incremental", "incremental_low", "incremental_high", "sample_ratio_p_value"),
    "detectable_difference",
)
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("campaign", "segment", "measure")),
        ("activity_date", pa.date32()),
        ("is_latest", pa.bool_()),
        *((name, pa.int64()) for name in ("campaign_customers", "holdout_customers")),
        *((name, pa.float64()) for name in _NUMBERS),
        *((name, pa.string()) for name in ("verdict_code", "verdict", "finding_codes", "findings")),
    ]
)
"""Of the results: a row a campaign, segment (null for all), measure and day; the latest day has the verdict."""


@dataclass(frozen=True)
class Campaign:
    """What is known of a campaign beside its sums.

    Attributes
    ----------
    campaign : str
    state : str
        planned, running or over.
    starts_on, ends_on : datetime.date
    observed_until : datetime.date or None
        None while it is planned.
    customers, campaign_customers, holdout_customers : int
    holdout_share : float or None
        As it was to be drawn.
    unknown_customers, vanished_customers, contacted_holdout : int
    other_campaigns : str or None
        JSON list of campaigns at the same time: campaign, treated and held, the customers of each group in it.
    is_sealed : bool or None
        False if the list was changed by hand; None if that is not known.
    """

    campaign: str
    state: str
    starts_on: datetime.date
    ends_on: datetime.date
    observed_until: datetime.date | None
    customers: int
    campaign_customers: int
    holdout_customers: int
    holdout_share: float | None
    unknown_customers: int
    vanished_customers: int
    contacted_holdout: int
    other_campaigns: str | None
    is_sealed: bool | None

    @property
    def share(self) -> float | None:
        """Return the share that was to be held out, where there is one to be checked against."""
        return self.holdout_share if self.holdout_share is not None and 0 < self.holdout_share < 1 else None

    def findings(self) -> list[Finding]:
        """Return what makes the results ones not to be trusted."""
        treated, held = self.campaign_customers, self.holdout_customers
        found: list[Finding | None] = []
        if self.is_sealed is False:
            words = "The list was changed by hand: its customers, groups, days or share are not those that were drawn."
            found.append(Finding("list_edited", words))
        days = check_days(self.starts_on, self.ends_on, self.ends_on)
        found.append(days if days is not None and days.code == "start_after_end" else None)
        if not held:
            words = "Nobody is held out: nothing says what they would have bought without the campaign."
            found.append(Finding("nobody_held_out", words))
        if not treated:
            found.append(Finding("nobody_reached", "All customers are held out: nobody was sent the campaign."))
        if self.share is not None and treated and held:
            found.append(check_sample_ratio(treated, held, self.share))
        found.append(check_contamination(self.contacted_holdout, held))
        found += [
            check_overlap(other["treated"], treated, other["held"], held, other["campaign"])
            for other in json.loads(self.other_campaigns or "[]")
            if treated and held
        ]
        gone = self.vanished_customers
        if gone > VANISHED * self.customers:
            words = f"{gone:,} of the {self.customers:,} customers are not in the invoice lines any more."
            found.append(Finding("customers_vanished", words, gone / self.customers))
        if self.unknown_customers == self.customers:
            words = "None of the customers is in the invoice lines: their ids may be others than those of the lines."
            found.append(Finding("nobody_known", words))
        return [finding for finding in found if finding is not None]


def results(campaigns: Sequence[Campaign], sums: pd.DataFrame) -> pa.Table:
    """Measure campaigns on each of their days.

    Parameters
    ----------
    campaigns : sequence of Campaign
    sums : pandas.DataFrame
        A row a campaign, campaign_group, segment, stratum, measure and activity_date: customers, y, yy, x, xx and xy,
        that a day adds. Without activity_date is what was known at the start.

    Returns
    -------
    pyarrow.Table
        Of `SCHEMA`, ordered by campaign, measure, segment and day.
    """
    by_campaign = dict(list(sums.groupby("campaign", sort=False))) if len(sums) else {}
    rows = [
        row
        for campaign in sorted(campaigns, key=lambda one: one.campaign)
        for row in _rows_of(campaign, by_campaign[campaign.campaign])
    ]
    return pa.Table.from_pylist(rows, SCHEMA)


def _rows_of(campaign: Campaign, sums: pd.DataFrame) -> Iterator[dict[str, Any]]:
    findings = campaign.findings()
    share = campaign.share
    treated, held = campaign.campaign_customers, campaign.holdout_customers
    found = {
        "finding_codes": ", ".join(dict.fromkeys(finding.code for finding in findings)) or None,
        "findings": " ".join(finding.words for finding in findings) or None,
        "sample_ratio_p_value": None if share is None else sample_ratio_p(treated, held, share),
    }
    cube = _Cube(sums, campaign.observed_until)
    for name, words in MEASURES.items():
        yield from cube.curve(campaign, name)
        looks = {segment: cube.look(name, segment) for segment in (None, *cube.segments)}
        deciding = {segment: _deciding(campaign, look) for segment, look in looks.items()}
        many = adjust_for_many([deciding[segment] for segment in cube.segments])
        adjusted = {None: deciding[None]} | dict(zip(cube.segments, many, strict=True))
        for segment, look in looks.items():
            verdict = _verdict(campaign, look, adjusted[segment], findings, name, words)
            yield (
                _row(campaign, name, segment, look)
                | found
                | {
                    "is_latest": True,
                    "adjusted_p_value": adjusted[segment],
                    "detectable_difference": _detectable(campaign, look),
                    "verdict_code": verdict.code,
                    "verdict": verdict.words,
                }
            )


@dataclass(frozen=True)
class _Look:
    """A measure of some customers by the end of a day; no effect where a group is empty, or nothing is known."""

    day: datetime.date | None
    treated: Sums
    held: Sums
    effect: Effect | None
    running: AlwaysValid | None
    planned_variance: float


class _Cube:
    """Sums of a campaign by measure, day, stratum and group, each up to the end of the day."""

    def __init__(self, sums: pd.DataFrame, observed_until: datetime.date | None) -> None:
        frame = sums.assign(segment=sums["segment"].fillna(""), stratum=sums["stratum"].fillna(""))
        strata = frame[["segment", "stratum"]].drop_duplicates().sort_values(["segment", "stratum"])
        keys = list(strata.itertuples(index=False, name=None))
        self._segment_of = np.array([segment for segment, _ in keys], dtype=object)
        self.segments: tuple[str, ...] = tuple(dict.fromkeys(segment for segment, _ in keys if segment))
        happened = frame["activity_date"].notna().to_numpy()
        dates = pd.to_datetime(frame["activity_date"]).dt.date
        self.days: list[datetime.date | None] = sorted(
            {*dates[happened]} | {*([observed_until] if observed_until else [])}
        )
        if not self.days:
            self.days = [None]
        stratum = pd.MultiIndex.from_tuples(keys).get_indexer(pd.MultiIndex.from_frame(frame[["segment", "stratum"]]))
        group = (frame["campaign_group"] == "holdout").to_numpy().astype(int)
        measures = {name: number for number, name in enumerate(MEASURES)}
        number = frame["measure"].map(measures).to_numpy()
        place = {day: position for position, day in enumerate(self.days)}
        day = np.array([place.get(date, 0) for date in dates])
        # What was known at the start, and what each day adds.
        start, shape = ~happened, (len(measures), len(keys), 2)
        self._known, self._grown = {}, {}
        for column in ("customers", "x", "xx"):
            values = np.zeros(shape)
            np.add.at(values, (number[start], stratum[start], group[start]), frame[column].to_numpy(float)[start])
            self._known[column] = values
        for column in ("y", "yy", "xy"):
            values = np.zeros((len(measures), len(self.days), len(keys), 2))
            where = (number[happened], day[happened], stratum[happened], group[happened])
            np.add.at(values, where, frame[column].to_numpy(float)[happened])
            self._grown[column] = np.cumsum(values, axis=1)

    def _groups(self, name: str, segment: str | None, days: int | slice) -> tuple[Sums, Sums]:
        """Return the sums of both groups by the end of some days, of shape (days, strata), or of one, (strata,)."""
        number = list(MEASURES).index(name)
        mine = slice(None) if segment is None else self._segment_of == segment

        def sums(group: int) -> Sums:
            grown = {column: values[number, days, :, group][..., mine] for column, values in self._grown.items()}
            known = {
                column: np.broadcast_to(values[number, mine, group], grown["y"].shape)
                for column, values in self._known.items()
            }
            # Squares that are all taken off again leave what rounding does.
            squares = np.maximum(grown["yy"], 0)
            return Sums(known["customers"], grown["y"], squares, known["x"], known["xx"], grown["xy"])

        return sums(0), sums(1)

    @staticmethod
    def _clock(name: str, treated: Sums, held: Sums, variance: FloatArray) -> tuple[FloatArray, float]:
        """Return the clock of a measure, 0 where none can be had, and the variance that was to be expected."""
        both = treated + held
        strata = both.customers.shape[-1]
        customers, spread = (values.reshape(-1, strata)[0] for values in (both.customers, both.spread_x))
        degrees = max(float(customers.sum()) - np.count_nonzero(customers), 1)
        counts = [float(group.customers.reshape(-1, strata)[0].sum()) for group in (treated, held)]
        planned = float(spread.sum() / degrees * (1 / counts[0] + 1 / counts[1]))
        if name == "buyers":
            before = float(both.x.reshape(-1, strata)[0].sum()) / sum(counts)
            known = 0 < before < 1
            clock = odds_clock(both.y.sum(axis=-1) / sum(counts), before) if known else np.zeros_like(variance)
        else:
            clock = spread_clock(variance, planned) if planned > 0 else np.zeros_like(variance)
        return np.where(np.isfinite(variance), clock, 0), planned

    def look(self, name: str, segment: str | None) -> _Look:
        """Return what is to be seen of a measure by the end of the latest day."""
        treated, held = self._groups(name, segment, -1)
        date = self.days[-1]
        if not treated.customers.sum() or not held.customers.sum():
            return _Look(date, treated, held, None, None, 0.0)
        if date is None:
            _, planned = self._clock(name, treated, held, np.array(np.nan))
            return _Look(date, treated, held, None, None, planned)
        effect = measure(treated, held)
        error = effect.adjusted.standard_error
        clock, planned = self._clock(name, treated, held, np.array(np.nan if error is None else error**2))
        return _Look(date, treated, held, effect, always_valid(effect, float(clock)), planned)

    def curve(self, campaign: Campaign, name: str) -> Iterator[dict[str, Any]]:
        """Yield a row a day but the latest: the same as of `look`, all days at once."""
        treated, held = self._groups(name, None, slice(0, len(self.days) - 1))
        if len(self.days) < 2 or not campaign.campaign_customers or not campaign.holdout_customers:
            return
        means = contrast(*merge_thin(treated, held))
        error = np.where(means.standard_error > 0, means.standard_error, np.nan)
        error[~np.isfinite(error)] = np.nan
        clock, _ = self._clock(name, treated, held, error**2)
        enough = (carried(treated.total(), held.total()) >= CARRIED_BY) & (clock > 0)
        margin = stdtrit(means.degrees, (1 + LEVEL) / 2) * error
        anytime = np.where(enough, reach_of(np.where(enough, clock, 1), means.degrees) * error, np.nan)
        for day, (difference, plain, wide) in enumerate(zip(means.difference, margin, anytime, strict=True)):
            row = {
                "campaign": campaign.campaign,
                "measure": name,
                "activity_date": self.days[day],
                "is_latest": False,
                "campaign_customers": campaign.campaign_customers,
                "holdout_customers": campaign.holdout_customers,
                "difference": float(difference),
                "incremental": float(difference) * campaign.campaign_customers,
            }
            if np.isfinite(plain):
                row |= {"difference_low": float(difference - plain), "difference_high": float(difference + plain)}
            if np.isfinite(wide):
                row |= {"anytime_low": float(difference - wide), "anytime_high": float(difference + wide)}
            yield row


def _deciding(campaign: Campaign, look: _Look) -> float | None:
    """Return the p-value that a verdict goes by: people look every day as long as a campaign runs."""
    if look.effect is None or look.running is None:
        return None
    return look.effect.adjusted.p_value if campaign.state == "over" else look.running.p_value


def _verdict(
    campaign: Campaign, look: _Look, adjusted: float | None, findings: Sequence[Finding], name: str, words: str
) -> Verdict:
    if look.effect is None and not findings:
        if look.day is None:
            return Verdict(
                "too_early", f"It is too early: the campaign starts on {campaign.starts_on}.", ("not_started",)
            )
        return Verdict(
            "too_early", "One of the groups has no customers here, so there is nothing to compare.", ("no_group",)
        )
    if look.effect is None:
        sentences = ["The result is not to be trusted.", *(finding.words for finding in findings)]
        return Verdict("not_trusted", " ".join(sentences), tuple(finding.code for finding in findings))
    return judge(
        look.effect,
        adjusted,
        is_over=campaign.state == "over",
        running=look.running,
        findings=findings,
        what=words,
        is_good=name != "returned",
    )


def _detectable(campaign: Campaign, look: _Look) -> float | None:
    """Return the difference that is seen four times out of five at the end; None where nothing lets expect one."""
    variance = look.planned_variance
    if campaign.state == "over" and look.effect is not None and look.effect.adjusted.standard_error is not None:
        variance = look.effect.adjusted.standard_error**2
    return float(ndtri((1 + LEVEL) / 2) + ndtri(POWER)) * variance**0.5 if variance > 0 else None


def _row(campaign: Campaign, name: str, segment: str | None, look: _Look) -> dict[str, Any]:
    counts = {"campaign": look.treated.customers.sum(), "holdout": look.held.customers.sum()}
    totals = {"campaign": look.treated.y.sum(), "holdout": look.held.y.sum()}
    row: dict[str, Any] = {
        "campaign": campaign.campaign,
        "segment": segment,
        "measure": name,
        "activity_date": look.day,
        **{f"{group}_customers": int(count) for group, count in counts.items()},
    }
    if look.day is not None:
        row |= {f"{group}_total": float(total) for group, total in totals.items()}
        row |= {f"{group}_mean": float(totals[group] / count) for group, count in counts.items() if count}
    effect, running = look.effect, look.running
    if effect is None or running is None:
        return row
    return row | {
        "difference": effect.adjusted.difference,
        "difference_low": effect.adjusted.low,
        "difference_high": effect.adjusted.high,
        "relative_difference": effect.relative,
        "relative_difference_low": effect.relative_low,
        "relative_difference_high": effect.relative_high,
        "unadjusted_difference": effect.unadjusted.difference,
        "variance_reduction": effect.variance_taken,
        "p_value": effect.adjusted.p_value,
        "anytime_low": running.low,
        "anytime_high": running.high,
        "anytime_p_value": running.p_value,
        "incremental": effect.incremental,
        "incremental_low": effect.incremental_low,
        "incremental_high": effect.incremental_high,
    }
