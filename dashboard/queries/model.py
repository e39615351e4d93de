"""How the segments were chosen, and how far they can be trusted."""

from __future__ import annotations

import pandas as pd

from segmentation_charts.published import Snapshot


def candidates(snapshot: Snapshot) -> pd.DataFrame:
    """Return the rows of segmentation_candidates, by algorithm and number of segments.

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown.
    """
    return snapshot.query("select * from segmentation_candidates order by algorithm, segment_count")


def checks(snapshot: Snapshot, *names: str) -> pd.DataFrame:
    """Return rows of segmentation_quality.

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown.
    names : str
        Of the checks; none for all that are held against a bar.
    """
    return snapshot.query(
        """
        select
            check_name,
            segment,
            subject,
            value,
            standard_error,
            bar,
            verdict,
            explanation
        from segmentation_quality
        where case when len($names) = 0 then verdict <> 'info' else list_contains($names, check_name) end
        order by check_name, segment nulls first, subject
        """,
        {"names": list(names)},
    )


def out_of_time(snapshot: Snapshot) -> pd.DataFrame:
    """Return how well each predictor told who would buy, at each day in the past on which it was tried.

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown.

    Returns
    -------
    DataFrame
        predictor, cut (date), auc (0 to 1, 0.5 is chance) and standard_error.
    """
    return snapshot.query(
        """
        select
            split_part(subject, ' at ', 1) as predictor,
            split_part(subject, ' at ', 2)::date as cut,
            value as auc,
            standard_error
        from segmentation_quality
        where check_name = 'out_of_time_auc' and value is not null
        order by cut, predictor
        """
    )


def in_force(snapshot: Snapshot) -> pd.Series:
    """Return what the model in force is: model_version, fitted_as_of, customers_fitted and segments (a number).

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown.
    """
    return snapshot.query(
        """
        select
            any_value(model_version) as model_version,
            any_value(fitted_as_of) as fitted_as_of,
            any_value(customers_fitted) as customers_fitted,
            count(*) as segments
        from segmentation_model
        where is_in_force
        """
    ).iloc[0]
