"""How the segments were found."""

from __future__ import annotations

import pandas as pd

from segmentation_charts.frames.measures import MEASURES
from segmentation_charts.published import Snapshot

_GROUPS = 240

# Checks of segmentation_quality that have a bar: what they say when they are passed, and what is measured.
CHECKS = {
    "cluster_structure": ("There are clusters", "p-value of data without clusters"),
    "chosen_candidate": ("The number of segments passes the bars of the choice", "number of segments"),
    "bootstrap_jaccard": ("Segments come back in resamples", "Jaccard coefficient of a segment"),
    "split_half_ari": ("Both halves of the customers make the same segments", "adjusted Rand index"),
    "seed_ari": ("Other starts make the same segments", "adjusted Rand index"),
    "skew_after": ("Scaled measures are not skewed", "skewness of a measure"),
    "neighbor_accuracy": ("Held-out customers are put where they were fitted", "share of them"),
    "neighbors_disagree_with_centroid": ("The neighbours and the centroids agree", "share of customers who differ"),
    "calibration_error": ("Confidence means what it says", "expected calibration error"),
    "low_confidence": ("Few customers lie between segments", "share with a confidence below 0.7"),
    "confidence_fall": ("Confidence has not fallen since the fit", "fall of the mean confidence"),
    "feature_shift": ("Measures have not shifted since the fit", "population stability index of a measure"),
    "outside_trained_range": ("Customers lie in the range of the fit", "share who do not"),
    "segment_share_change": ("Segments keep their size from build to build", "change of a segment's share"),
    "out_of_time_auc": ("Segments tell who buys next", "area under the ROC curve of a quarter"),
    "value_bounds": ("Revenue of a customer lies in its bounds", "share of the customers whose revenue did"),
    "value_forecast": ("Foretold is closer than as much as last time", "foretold by what came"),
    "value_model": ("The model of purchases has no parameter at an edge", "customers fitted on"),
    "value_top_tenth_share": ("The best tenth brings what that by past spending does", "share of the later revenue"),
    "out_of_time_order": ("Segments that were to buy more did", "worst inversion in standard errors"),
}


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


def checks(snapshot: Snapshot) -> pd.DataFrame:
    """Return the checks of segmentation_quality that have a verdict, a row a check, what is missed first.

    Returns
    -------
    DataFrame
        title, meaning (texts), passed and measured (how many figures), value and bar (of the figure nearest to its bar,
        of those missed where any is).
    """
    found = snapshot.query(
        """
        with figures as (
            select
                check_name,
                verdict = 'pass' as is_passed,
                value,
                bar,
                row_number() over (
                    partition by check_name
                    order by verdict = 'pass', abs(value - bar) nulls last, segment nulls first, subject
                ) as place
            from segmentation_quality
            where verdict <> 'info'
        )
        select
            check_name,
            count(*) filter (where is_passed) as passed,
            count(*) as measured,
            any_value(value) filter (where place = 1) as value,
            any_value(bar) filter (where place = 1) as bar
        from figures
        group by check_name
        order by passed = measured, check_name
        """
    )
    words = [CHECKS.get(name, (name.replace("_", " ").capitalize(), "")) for name in found["check_name"]]
    return found.assign(title=[title for title, _ in words], meaning=[meaning for _, meaning in words])
