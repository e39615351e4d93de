"""How the segments were found."""

from __future__ import annotations

import pandas as pd

from segmentation_charts.frames.measures import MEASURES
from segmentation_charts.published import Snapshot

_GROUPS = 240


def candidates(snapshot: Snapshot) -> pd.DataFrame:
    """Return the rows of segmentation_candidates of the algorithm that was chosen, by number of segments."""
    return snapshot.query(
        """
        select * from segmentation_candidates
        where algorithm = (select algorithm from segmentation_candidates where is_chosen)
        order by segment_count
        """
    )


def silhouette_groups(snapshot: Snapshot) -> pd.DataFrame:
    """Return the customers of segment_silhouettes in groups of neighbours, sorted inside their segments.

    Returns
    -------
    DataFrame
        segment, first, last (positions inside the segment, the highest silhouette first), silhouette (mean of the
        group). Some 240 groups in all: more could not be told apart.
    """
    return snapshot.query(
        """
        with ranked as (
            select
                segment,
                silhouette,
                row_number() over (partition by segment order by silhouette desc, customer_id) - 1 as position,
                1 + count(*) over () // $groups as size
            from segment_silhouettes
        )
        select
            segment,
            min(position) as first,
            max(position) + 1 as last,
            cast(avg(cast(silhouette as decimal(18, 9))) as double) as silhouette
        from ranked
        group by segment, position // size
        order by segment, first
        """,
        {"groups": _GROUPS},
    )


def heatmap(snapshot: Snapshot) -> pd.DataFrame:
    """Return how far the mean of each segment is from that of all customers, on logs, in standard deviations.

    Returns
    -------
    DataFrame
        segment, measure (a name for people), z: the segments that bring the most first. A measure that does not vary
        has no rows.
    """
    names = {
        "recency_days": "Recency",
        "frequency": "Frequency",
        "monetary": "Monetary",
        "avg_order_value": "Average order",
        "tenure_days": "Tenure",
        "interpurchase_days": "Days between",
        "return_rate": "Return rate",
    }
    return pd.concat([_z_scores(snapshot, column).assign(measure=names[column]) for column in MEASURES])


def _z_scores(snapshot: Snapshot, column: str) -> pd.DataFrame:
    # Sums of decimals, which no order of the rows changes.
    return snapshot.query(
        f"""
        with logs as (
            select segment, cast(ln(1 + greatest(cast({column} as double), 0)) as decimal(18, 9)) as x
            from customer_segments
            where {column} is not null
        ),
        totals as (
            select mean, sqrt(greatest(mean_square - mean * mean, 0)) as sd
            from (
                select cast(sum(x) as double) / count(*) as mean, cast(sum(x * x) as double) / count(*) as mean_square
                from logs
            )
        ),
        means as (select segment, cast(sum(x) as double) / count(*) as mean from logs group by segment)
        select means.segment, round((means.mean - totals.mean) / totals.sd, 2) as z
        from means
        cross join totals
        inner join segment_profiles using (segment)
        where totals.sd > 1e-6
        order by segment_profiles.revenue desc, segment
        """  # noqa: S608 (names of columns, no values)
    )
