"""The segments: their names, colours and figures."""

from __future__ import annotations

import pandas as pd

from segmentation_charts import formats
from segmentation_charts.published import Snapshot
from segmentation_charts.theme import segment_colors


def profiles(snapshot: Snapshot) -> pd.DataFrame:
    """Return the rows of segment_profiles that are segments, those that bring the most first."""
    return snapshot.query("select * from segment_profiles where kind = 'cluster' order by revenue desc, segment")


def colors(snapshot: Snapshot) -> dict[str, str]:
    """Return the colour of each segment, in the order in which they are shown: those that bring the most first.

    Segments that only the history or an earlier model knows follow.
    """
    former = snapshot.query(
        """
        select segment from segmentation_model
        union
        select segment from segment_sales where segment is not null
        order by segment
        """
    )
    return segment_colors(profiles(snapshot)["segment"], former["segment"])


def current_colors(snapshot: Snapshot) -> dict[str, str]:
    """Return the colours of the segments of today alone."""
    shown = colors(snapshot)
    return {segment: shown[segment] for segment in profiles(snapshot)["segment"]}


def sizes_and_revenue(snapshot: Snapshot) -> pd.DataFrame:
    """Return share_bars' rows of how many customers each segment has and which share of the revenue it brings."""
    found = profiles(snapshot)
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "panel": panel,
                    "segment": found["segment"],
                    "share": found[f"{column}_share"].astype(float),
                    "label": [formats.share(share) for share in found[f"{column}_share"]],
                }
            )
            for panel, column in (("Share of customers", "customer"), ("Share of revenue", "revenue"))
        ],
        ignore_index=True,
    )


def return_rates(snapshot: Snapshot) -> pd.DataFrame:
    """Return share_bars' rows of what the segments send back, and how many in them are high returners."""
    found = snapshot.query(
        """
        with segments as (
            select
                segment,
                least(coalesce(sum(returned_value) / nullif(sum(returned_value + net_monetary), 0), 0), 1) as returned,
                count(*) filter (where is_high_return) / count(*) as high_returners,
                count(*) filter (where returned_value > 0) / count(*) as returners
            from customer_segments
            group by segment
        )
        select segment_profiles.segment, returned, returners, high_returners
        from segment_profiles
        inner join segments using (segment)
        order by segment_profiles.revenue desc, segment
        """
    )
    panels = {
        "Value sent back": "returned",
        "Customers who sent anything back": "returners",
        "High returners": "high_returners",
    }
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "panel": panel,
                    "segment": found["segment"],
                    "share": found[column].astype(float),
                    "label": [formats.share(share) for share in found[column]],
                }
            )
            for panel, column in panels.items()
        ],
        ignore_index=True,
    )
