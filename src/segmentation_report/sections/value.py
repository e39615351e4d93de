"""What customers are worth: the revenue to come, who brings it, who still buys, and how well it is foretold."""

from __future__ import annotations

from functools import partial

from segmentation_charts import formats, sales, segments
from segmentation_charts import value as charts
from segmentation_charts.checks import reliability
from segmentation_charts.frames import value as frames
from segmentation_charts.frames.measures import money_title
from segmentation_charts.frames.segments import current_colors
from segmentation_charts.published import Snapshot
from segmentation_report.parts import Figure, Note, Section, Table


def section(snapshot: Snapshot) -> Section:
    """Return the section on what customers will bring."""
    return Section(
        "value",
        "What customers are worth",
        "What today's customers will bring is foretold from when and how often each has bought and for how much. "
        "It was tried on a day in the past, with what was known then.",
        _parts(snapshot),
    )


def _parts(snapshot: Snapshot) -> list[Figure | Table | Note]:
    if not frames.is_published(snapshot):
        return [Note("This version was published without what customers are worth. Build again.")]
    warnings: list[Figure | Table | Note] = [Note(sentence) for sentence in frames.warnings(snapshot)]
    totals = frames.totals(snapshot)
    if not totals["valued"]:
        reasons = [Note(reason) for reason in frames.reasons(snapshot)]
        return [*warnings, Note("Nothing is foretold of these customers."), *reasons]
    counted = f"From {formats.count(totals['valued'])} customers."
    return [
        *warnings,
        *_segments(snapshot, counted),
        *_concentration(snapshot, counted),
        _matrix(snapshot, counted, is_alive=bool(totals["is_anybody_leaving"])),
        *_outcome(snapshot),
        _new_customers(snapshot, counted),
    ]


def _segments(snapshot: Snapshot, counted: str) -> list[Figure]:
    shares = frames.shares(frames.by_segment(snapshot))
    if shares.empty:
        return []
    return [
        Figure(
            "value-by-segment",
            "Revenue to come by segment",
            f"Share of each segment in what was spent so far, and in what is expected in {frames.span(snapshot)}. "
            f"Where the second share is smaller, the segment is losing weight. {counted}",
            partial(segments.share_bars, shares, current_colors(snapshot)),
        )
    ]


def _concentration(snapshot: Snapshot, counted: str) -> list[Figure]:
    curve = frames.concentration(snapshot)
    if curve.empty:
        return []
    best = frames.best_share(curve)
    return [
        Figure(
            "value-concentration",
            "How few bring how much",
            f"Share of the revenue in {frames.span(snapshot)} that the best customers bring; the best tenth brings "
            f"{formats.share(best, 0)}. Broken line: each brings the same. {counted}",
            partial(charts.concentration, curve, best),
        )
    ]


def _matrix(snapshot: Snapshot, counted: str, *, is_alive: bool) -> Figure:
    rows = frames.matrix(snapshot, is_alive=is_alive)
    if is_alive:
        return Figure(
            "value-who-still-buys",
            "Who still buys",
            "How likely it is that a customer still buys, in percent, by when the last purchase was and how many "
            "orders there were. Who bought often and has been silent for long is more surely gone than who bought "
            f"once. {counted}",
            partial(charts.matrix, rows, "Probability that a customer still buys"),
        )
    return Figure(
        "value-who-still-buys",
        "Who will buy",
        f"How likely a purchase is in {frames.span(snapshot)}, in percent, by when the last purchase was and how many "
        "orders there were. Nobody is seen to leave for good in this shop: the probability to still buy would be 100 "
        f"for all. {counted}",
        partial(charts.matrix, rows, "Probability of a purchase"),
    )


def _outcome(snapshot: Snapshot) -> list[Figure | Note]:
    rows = frames.outcome(snapshot)
    if rows.empty:
        return [
            Note("There is no day in the past to try the forecast at: the history is too short, or customers too few.")
        ]
    calibration = frames.calibration(snapshot)
    since, counted = rows["since"].iloc[0], f"From {formats.count(calibration['customers'].sum())} customers."
    found: list[Figure | Note] = []
    bars = frames.outcome_bars(rows)
    if not bars.empty:
        names = {frames.FORETOLD: charts.FORETOLD, frames.CAME: charts.CAME, frames.BEFORE: charts.BEFORE}
        found.append(
            Figure(
                "value-forecast",
                "Forecast against what came",
                f"What was foretold on {since} of all customers, what came, and what the same customers had brought in "
                f"as long a time before. {frames.verdicts(rows)} {counted}",
                partial(segments.share_bars, bars, names),
            )
        )
    groups = frames.outcome_of_groups(snapshot)
    if not groups.empty:
        found.append(
            Figure(
                "value-forecast-of-groups",
                "Forecast against what came, by group",
                f"What was foretold on {since} by what came, of tenths of the customers (the best is that of whom the "
                "most was expected) and of the segments at that time. On the broken line it was right; "
                f"{formats.number(0.5)} is half of what came. {counted}",
                partial(charts.ratios, groups),
            )
        )
    if not calibration.empty:
        found.append(
            Figure(
                "value-probability-to-buy",
                "Probability to buy against who bought",
                f"Customers in ten groups by their probability to buy on {since}, and how many bought after it, with "
                "twice the standard error. On the broken line it was right; above it more bought than was foretold. "
                f"{counted}",
                partial(reliability, calibration, titles=("Probability to buy", "Share who bought")),
            )
        )
    return found


def _new_customers(snapshot: Snapshot, counted: str) -> Figure:
    return Figure(
        "value-of-new-customers",
        "What new customers are worth",
        "Of a customer by the month of the first purchase: what has been brought so far, and what is to come in "
        f"{frames.horizon(snapshot)}. Earlier customers had more time to buy; the first month of the data also holds "
        f"customers who were there before. {counted}",
        partial(
            sales.by_month,
            frames.parts_of_worth(frames.new_customers(snapshot)),
            {frames.TO_COME: charts.FORETOLD, frames.BROUGHT: charts.BEFORE},
            money_title("Revenue of a customer", snapshot.currency),
        ),
    )
