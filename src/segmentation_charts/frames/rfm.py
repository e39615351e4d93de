"""Recency, frequency and monetary of the customers: histograms and a sample."""

from __future__ import annotations

import pandas as pd

from segmentation_charts.frames.measures import MEASURES, RFM, measure_titles
from segmentation_charts.published import Snapshot

SAMPLE = 1_000
_BINS = 30


def distributions(snapshot: Snapshot) -> pd.DataFrame:
    """Return histograms of recency, frequency and monetary, and of what else the model looks at, before and after.

    Returns
    -------
    DataFrame
        panel, low, high, customers: first each measure up to its 99th percentile, then as the model scales it.
    """
    model = snapshot.query("select * from segmentation_model where is_in_force limit 1").iloc[0]
    scaled = [m for m in MEASURES if pd.notna(model[f"{m}_center"])]
    titles = measure_titles(snapshot.currency)
    before = [_before(snapshot, m, titles[m]) for m in dict.fromkeys((*RFM, *scaled))]
    after = [_after(snapshot, m, model) for m in scaled]
    return pd.concat([*before, *after], ignore_index=True)


def _before(snapshot: Snapshot, measure: str, title: str) -> pd.DataFrame:
    query = f"""
        with shown as (
            select cast({measure} as double) as value,
            from customer_segments
            where {measure} is not null
        ),
        bounds as (select least(0, min(value)) as low, quantile_disc(value, 0.99) as high from shown),
        bins as (
            select
                low,
                case
                    when high <= low then 1
                    when high - low < $bins and $is_whole then 1
                    when $is_whole then ceil((high - low) / $bins)
                    else (high - low) / $bins
                end as step,
                high
            from bounds
        )
        select
            low + step * floor((value - low) / step) as low,
            low + step * (floor((value - low) / step) + 1) as high,
            count(*) as customers
        from shown
        cross join bins
        where value <= bins.high
        group by all
        order by 1
    """  # noqa: S608 (names of columns, no values)
    is_whole = measure in ("recency_days", "frequency", "tenure_days")
    return snapshot.query(query, {"bins": _BINS, "is_whole": is_whole}).assign(panel=title)


def _after(snapshot: Snapshot, measure: str, model: pd.Series[float]) -> pd.DataFrame:
    query = f"""
        select
            floor(scaled / 0.25) * 0.25 as low,
            (floor(scaled / 0.25) + 1) * 0.25 as high,
            count(*) as customers
        from (
            select (least(greatest(ln(1 + greatest(cast({measure} as double), 0)), $low), $high) - $center) / $scale
                as scaled
            from customer_segments
            where {measure} is not null
        )
        group by all
        order by 1
    """  # noqa: S608 (names of columns, no values)
    values = {part: float(model[f"{measure}_{part}"]) for part in ("low", "high", "center", "scale")}
    name = measure.removesuffix("_days").replace("_", " ").capitalize()
    return snapshot.query(query, values).assign(panel=f"{name}, scaled")


def sample(snapshot: Snapshot) -> pd.DataFrame:
    """Return at most 1,000 customers, chosen by a hash of their id: segment, recency_days, frequency, monetary.

    Values below 1 are 1, since the axes are logarithmic.
    """
    return snapshot.query(
        """
        select
            segment,
            greatest(recency_days, 1) as recency_days,
            greatest(frequency, 1) as frequency,
            cast(greatest(monetary, 1) as double) as monetary
        from customer_segments
        order by md5(customer_id), customer_id
        limit $size
        """,
        {"size": SAMPLE},
    )
