"""Who the customers of the segments are, where tables of their attributes were read."""

from __future__ import annotations

from segmentation_charts import formats
from segmentation_charts.frames import attributes as frames
from segmentation_charts.frames.measures import customers
from segmentation_charts.frames.segments import profiles
from segmentation_charts.published import Snapshot
from segmentation_report.parts import Figure, Note, Section, Table

# Rows of a segment that are shown.
MOST = 5


def section(snapshot: Snapshot) -> Section:
    """Return the section on attributes of customers."""
    return Section(
        "attributes",
        "Who the customers are",
        "What customers of a segment have more often than others, or less, of all that is known of them besides what "
        "they buy.",
        _parts(snapshot),
    )


def _parts(snapshot: Snapshot) -> list[Figure | Table | Note]:
    if not frames.is_published(snapshot):
        return [Note("This version was published without attributes of customers. Build again.")]
    if not snapshot.query("select 1 from segment_attributes limit 1").shape[0]:
        return [
            Note(
                "Nothing is known of the customers besides what they buy. A table with a row a customer, in the folder "
                "attributes/ or named by attribute_files, is read by each build."
            )
        ]
    found = frames.distinguishing(snapshot)
    if found.empty:
        return [Note("Nothing that is known of the customers distinguishes a segment beyond chance.")]
    order = {name: place for place, name in enumerate(profiles(snapshot)["segment"])}
    found = found[found["distinguishing_rank"] <= MOST]
    found = found.sort_values(
        ["segment", "distinguishing_rank"], key=lambda c: c.map(order) if c.name == "segment" else c
    )
    rows = [(formats.text(row["segment"]), *frames.written(row)) for row in found.to_dict("records")]
    return [
        Table(
            "What distinguishes the segments",
            f"{formats.prose(frames.CAPTION)} At most {MOST} rows a segment. "
            f"From {formats.count(customers(snapshot))} customers.",
            ("Segment", *frames.HEADER),
            rows,
            frozenset(range(3, 7)),
        )
    ]
