"""How many segments there are, and how far they can be trusted."""

from __future__ import annotations

from functools import partial

from segmentation_charts import formats, model
from segmentation_charts.frames import model as frames
from segmentation_charts.frames.measures import customers
from segmentation_charts.frames.segments import current_colors
from segmentation_charts.published import Snapshot
from segmentation_report.parts import Figure, Note, Section, Table


def section(snapshot: Snapshot) -> Section:
    """Return the section on the model."""
    parts: list[Figure | Table | Note] = [*_candidates(snapshot), *_silhouettes(snapshot), _heatmap(snapshot)]
    parts.append(_quality(snapshot))
    return Section(
        "model",
        "How the segments were found",
        "Customers are compared by their scaled measures. The number of segments is not guessed: several are "
        "tried, and measured by how compact they are, how far they are set apart and whether they come back in "
        "resamples.",
        parts,
    )


def _candidates(snapshot: Snapshot) -> list[Figure | Note]:
    frame = frames.candidates(snapshot)
    measured = frame.dropna(subset=["silhouette"])
    chosen = frame[frame["is_chosen"]].iloc[0]
    count = int(chosen["segment_count"])
    reason = (
        f"{count} {'segment was' if count == 1 else 'segments were'} {formats.prose(chosen['reason']).rstrip('.')}."
    )
    if len(measured) < 2:
        return [Note(f"One number of segments was asked for, or possible. {reason}")]
    counted = f"From {formats.count(frame['customers_evaluated'].max())} customers."
    by_chance = (
        " The dashed line is what the same procedure finds in data without clusters: the same customers with each "
        "measure shuffled."
        if measured["silhouette_excess"].notna().any()
        else ""
    )
    return [
        Note(reason),
        Figure(
            "elbow",
            "Compactness by number of segments",
            "The sum of squared distances to the segment's mean falls with every further segment; where the curve "
            f"bends, one more explains little. {counted}",
            partial(model.elbow, frame),
        ),
        Figure(
            "silhouette-by-count",
            "Silhouette by number of segments",
            "The mean silhouette says how much nearer customers are to their own segment than to the next one: 1 is "
            f"best.{by_chance} {counted}",
            partial(model.silhouette_by_count, measured),
        ),
    ]


def _silhouettes(snapshot: Snapshot) -> list[Figure]:
    if "segment_silhouettes" not in snapshot.tables or len(current_colors(snapshot)) < 2:
        return []
    sampled, count = int(snapshot.manifest["row_counts"]["segment_silhouettes"]), customers(snapshot)
    drawn = "all" if sampled == count else f"{formats.count(sampled)}, chosen by a hash of their ids, of"
    return [
        Figure(
            "silhouette-plot",
            "Silhouette of each customer",
            "Customers of each segment, the best fitting first. Below 0 a customer is nearer to another segment. The "
            f"dashed line is the mean. From {drawn} {formats.count(count)} customers.",
            partial(model.silhouette_plot, frames.silhouette_groups(snapshot), current_colors(snapshot)),
        )
    ]


def _heatmap(snapshot: Snapshot) -> Figure:
    return Figure(
        "segment-heatmap",
        "What sets the segments apart",
        "Mean of each segment, on logarithms, in standard deviations from the mean of all customers (z-score): blue is "
        f"above, orange below. From {formats.count(customers(snapshot))} customers.",
        partial(model.heatmap, frames.heatmap(snapshot)),
    )


def _quality(snapshot: Snapshot) -> Table:
    return Table(
        "Checks",
        "What the model is held to, what is missed first. The value is that of the figure nearest to its bar. "
        f"From {formats.count(customers(snapshot))} customers.",
        ("Check", "Passed", "Value", "Bar", "What is measured"),
        [
            (
                row["title"],
                f"{row['passed']} of {row['measured']}",
                formats.number(row["value"], 2),
                formats.number(row["bar"], 2),
                formats.prose(row["meaning"]),
            )
            for row in frames.checks(snapshot).to_dict("records")
        ],
        frozenset({1, 2, 3}),
    )
