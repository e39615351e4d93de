"""How customers move between segments, and whether they come back."""

from __future__ import annotations

from functools import partial

from segmentation_charts import formats, movement
from segmentation_charts.frames import movement as frames
from segmentation_charts.frames.segments import colors
from segmentation_charts.published import Snapshot
from segmentation_report.parts import Figure, Note, Section, Table


def section(snapshot: Snapshot) -> Section:
    """Return the section on migrations and retention."""
    parts: list[Figure | Table | Note] = [*_migrations(snapshot), *_cohorts(snapshot)]
    if not parts:
        parts = [Note("The history holds no two month ends yet, so nothing can have moved.")]
    return Section(
        "movement",
        "How customers move",
        "Segments are kept month by month, so that it can be seen who rises, who slips away and who comes back.",
        parts,
    )


def _migrations(snapshot: Snapshot) -> list[Figure]:
    figures = []
    for name, over in (("migration-month", 1), ("migration-year", 12)):
        found = frames.migration(snapshot, over)
        if found is None or (over > 1 and len(frames.months(snapshot)) == 2):
            continue
        span = f"{formats.date(found.begin)} to {formats.date(found.end)}"
        figures.append(
            Figure(
                name,
                f"Migration, {span}",
                "Rows: the segment at the beginning. Columns: that at the end. The number of customers is in "
                "the cell, its colour is the share of the row; the diagonal stayed. "
                f"From {formats.count(found.customers)} customers.",
                partial(movement.migration_matrix, found.rows, list(colors(snapshot))),
            )
        )
    return figures


def _cohorts(snapshot: Snapshot) -> list[Figure]:
    frame = frames.cohorts(snapshot)
    if frame.empty:
        return []
    customers = formats.count(frame.drop_duplicates("cohort")["customers"].sum())
    return [
        Figure(
            "cohort-retention",
            "Cohort retention",
            "Rows: customers by the month of their first purchase in the data, with their number. Cells: percent of "
            "them who bought in the month so many months later. The first month of the data also holds customers who "
            f"were there before. From {customers} customers.",
            partial(movement.cohort_retention, frame),
        )
    ]
