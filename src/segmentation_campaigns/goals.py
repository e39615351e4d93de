"""The goals of segments as numbers: by what, by how much and in how many days."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

import segmentation
from segmentation_campaigns.customers import Customers
from segmentation_charts.published import Snapshot

# What campaigns are measured by, with what it is called per customer.
MEASURES = {
    "buyers": "customers who buy",
    "orders": "orders",
    "revenue": "revenue",
    "revenue_capped": "revenue, the largest cut off",
    "returned": "value sent back",
    "net_revenue": "revenue less what came back",
}
# Of several segments, of a query, and where a segment has none.
DEFAULT_MEASURE, DEFAULT_DAYS = "buyers", 90


@dataclass(frozen=True)
class Goal:
    """What a campaign is to reach.

    Attributes
    ----------
    measure : str
        One of MEASURES.
    change : float or None
        The difference to the holdout. Of buyers in points of the customers (0.1: ten more of a hundred), of the others
        a share of what the holdout does. None where the goal says none.
    days : int
        In which it is to be seen.
    words : str or None
        The goal as the segment has it; None of several segments.
    """

    measure: str = DEFAULT_MEASURE
    change: float | None = None
    days: int = DEFAULT_DAYS
    words: str | None = None


def goal_of(snapshot: Snapshot, customers: Customers) -> Goal:
    """Return the goal of a segment; of several, or none, one without a change.

    Parameters
    ----------
    snapshot : Snapshot
        The version whose segments they are. Where it does not hold goals as numbers, those of the seed are taken.
    customers : Customers
    """
    profiles = snapshot.query("select * from segment_profiles")
    kind = profiles["kind"] == "overlay" if customers.is_overlay else profiles["segment"].isin(customers.segments)
    chosen = profiles[kind]
    if len(chosen) != 1:
        return Goal()
    if "goal_measure" not in chosen:
        seed = _seed()
        chosen = chosen.drop(columns="goal", errors="ignore").merge(
            seed[["segment", "goal", "goal_measure", "goal_change", "goal_days"]]
        )
        if chosen.empty:
            return Goal()
    row = chosen.iloc[0]
    change = None if pd.isna(row["goal_change"]) else float(row["goal_change"])
    return Goal(str(row["goal_measure"]), change, int(row["goal_days"]), str(row["goal"]))


def _seed() -> pd.DataFrame:
    # Beside the package, or in it where it was installed alone.
    package = Path(segmentation.__file__).parent
    folders = (package / "seeds", package.parents[1] / "seeds")
    path = next(folder / "segment_archetypes.csv" for folder in folders if (folder / "segment_archetypes.csv").exists())
    return pd.read_csv(path)
