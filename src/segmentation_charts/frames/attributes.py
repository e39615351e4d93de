"""Who the customers of segments are: the attributes that distinguish them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from segmentation_charts import formats
from segmentation_charts.published import Snapshot

HEADER = ("Attribute", "Value", "In the segment", "All customers", "Times as frequent", "Effect")
"""Of `written`."""

CAPTION = (
    "What is more than chance, corrected for all values and segments that were looked at. Of numbers the median, with "
    "the range of the middle half. Times as frequent: the share in the segment over that of all customers, with the "
    "95 % interval. Effect: 0.2 is small, 0.5 medium, 0.8 large; negative where the segment has less."
)


def is_published(snapshot: Snapshot) -> bool:
    """Tell whether the version holds attributes; those of earlier releases do not."""
    return "segment_attributes" in snapshot.tables


def distinguishing(snapshot: Snapshot) -> pd.DataFrame:
    """Return the rows of segment_attributes that distinguish a segment, what distinguishes it most first.

    Parameters
    ----------
    snapshot : Snapshot
    """
    if not is_published(snapshot):
        return pd.DataFrame(columns=["segment"])
    return snapshot.query(
        "select * from segment_attributes where distinguishes order by segment, distinguishing_rank, attribute"
    )


def compared(snapshot: Snapshot, segment: str) -> list[str]:
    """Return the names of the attributes in which a segment is compared with all customers.

    Parameters
    ----------
    snapshot : Snapshot
    segment : str
        Its name.
    """
    if not is_published(snapshot):
        return []
    rows = snapshot.query(
        "select distinct attribute from segment_attributes where segment = $segment order by attribute",
        {"segment": segment},
    )
    return rows["attribute"].tolist()


def written(row: dict[Any, Any]) -> tuple[str, ...]:
    """Write a row of segment_attributes for people, a text a column of HEADER.

    Parameters
    ----------
    row : dict
        Of `distinguishing`.
    """
    effect = formats.number(row["effect_size"], 2).replace("-", "\u2212")
    name, value = formats.text(row["attribute"], 40), formats.text(row["attribute_value"], 40)
    if row["kind"] == "number":
        lower, median, upper, of_all = (
            number(row[name]) for name in ("lower_quartile", "median_in_segment", "upper_quartile", "median_in_all")
        )
        return name, "median", f"{median} ({lower} to {upper})", of_all, formats.NONE, effect
    times = [formats.number(row[name], 2) for name in ("times_as_frequent", "times_low", "times_high")]
    shares = formats.share(row["share_in_segment"]), formats.share(row["share_in_all"])
    return name, value, *shares, f"{times[0]} ({times[1]} to {times[2]})", effect


def number(value: Any) -> str:
    """Write a number of an attribute: as whole if it is, else with one decimal."""
    if formats.is_none(value):
        return formats.NONE
    return formats.number(value, 0 if float(value).is_integer() else 1).replace("-", "\u2212")


def times(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of values as the chart of how frequent they are takes them.

    Parameters
    ----------
    rows : DataFrame
        Of one segment, of `distinguishing`.

    Returns
    -------
    DataFrame
        name, times, low, high (floats above 0), label; numbers are left out.
    """
    texts = rows[rows["kind"] != "number"]
    names = zip(texts["attribute"], texts["attribute_value"], strict=True)
    ratios = {
        column: texts[source].astype(float).clip(lower=0.01)
        for column, source in (("times", "times_as_frequent"), ("low", "times_low"), ("high", "times_high"))
    }
    return pd.DataFrame(
        {
            "name": [f"{formats.text(attribute, 22)}: {formats.text(value, 22)}" for attribute, value in names],
            **ratios,
            "label": [f"{formats.number(value, 1 if value >= 1 else 2)} times" for value in texts["times_as_frequent"]],
        }
    )
