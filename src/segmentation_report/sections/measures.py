"""Recency, frequency and monetary of the customers."""

from __future__ import annotations

from functools import partial

from segmentation_charts import formats, rfm
from segmentation_charts.frames import rfm as frames
from segmentation_charts.frames.measures import RFM, customers, measure_titles
from segmentation_charts.frames.segments import current_colors
from segmentation_charts.published import Snapshot
from segmentation_report.parts import Figure, Section


def section(snapshot: Snapshot) -> Section:
    """Return the section on the measures that segments are made of."""
    count, sample = customers(snapshot), frames.sample(snapshot)
    titles = {column: title for column, title in measure_titles(snapshot.currency).items() if column in RFM}
    drawn = (
        f"{formats.count(len(sample))} of {formats.count(count)} customers, chosen by a hash of their ids"
        if len(sample) < count
        else f"all {formats.count(count)} customers"
    )
    return Section(
        "measures",
        "Recency, frequency, monetary",
        "When customers last bought, how often, and for how much. A few spend a hundred times as much as most, so the "
        "model compares logarithms, with half a percent at each end capped, and each measure on the same scale.",
        [
            Figure(
                "rfm-distributions",
                "Measures before and after scaling",
                "First in original units, up to the 99th percentile, then as the model sees them: logarithms that "
                f"are capped, centred and scaled. From {formats.count(count)} customers.",
                partial(rfm.distributions, frames.distributions(snapshot)),
            ),
            Figure(
                "rfm-scatter",
                "Each pair of measures, by segment",
                f"A point is a customer, on logarithmic axes; amounts below 1 are drawn at 1. Drawn are {drawn}.",
                partial(rfm.scatter, sample, current_colors(snapshot), titles),
            ),
        ],
    )
