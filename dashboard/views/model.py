"""How the segments were found, and how far they can be trusted."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st
from queries import model as queries
from shown import as_of, chart, escape, facts, sentence, table, thousands

from segmentation_charts import formats, model
from segmentation_charts.checks import intervals, reliability
from segmentation_charts.frames import model as frames
from segmentation_charts.frames.segments import current_colors
from segmentation_charts.published import Snapshot

PREDICTORS = {
    "segments": "Segment",
    "segments_blended": "Segment, blended by closeness",
    "frequency": "Number of orders",
    "recency": "Time since the last purchase",
    "monetary": "Amount spent",
    "rfm_sum": "Sum of the three scores",
    "rfm_segments": "RFM segment",
    "logistic_regression": "Regression on the three",
}
VERDICTS = {"pass": "passed", "warn": "missed", "fail": "failed", "info": "no bar"}


def draw(snapshot: Snapshot) -> None:
    """Draw the page."""
    st.title("Model")
    as_of(snapshot, "All customers count here, of all countries.")
    in_force = queries.in_force(snapshot)
    facts(
        {
            "Segments": formats.count(in_force["segments"]),
            "Fitted on data up to": formats.date(in_force["fitted_as_of"]),
            "Customers fitted on": formats.count(in_force["customers_fitted"]),
            "Version": str(in_force["model_version"]),
        }
    )
    candidates = frames.candidates(snapshot)
    _choice(candidates)
    _silhouettes(snapshot)
    _stability(snapshot)
    _out_of_time(snapshot)
    _calibration(snapshot)
    _candidates(queries.candidates(snapshot))
    _checks(snapshot)


def _choice(candidates: pd.DataFrame) -> None:
    st.header("How many segments")
    if len(candidates) < 2:
        st.markdown("The number of segments was set and not searched for.")
        return
    chosen = candidates[candidates["is_chosen"]].iloc[0]
    st.markdown(escape(f"{int(chosen['segment_count'])} segments. {sentence(formats.prose(chosen['reason']))}."))
    customers = formats.count(chosen["customers_evaluated"])
    left, right = st.columns(2)
    with left:
        chart(
            partial(model.elbow, candidates),
            f"Elbow: how far {customers} customers are from the middle of their segment, by the number of segments. "
            "It always falls; where it bends, more segments add less.",
            candidates[["segment_count", "wcss"]],
        )
    with right:
        chart(
            partial(model.silhouette_by_count, candidates.dropna(subset="silhouette")),
            f"Mean silhouette of {customers} customers by the number of segments, with twice its standard error: how "
            "much nearer customers are to their own segment than to the next. Broken line: data without clusters.",
            candidates[["segment_count", "silhouette", "silhouette_error", "silhouette_excess"]],
        )


def _silhouettes(snapshot: Snapshot) -> None:
    st.header("Silhouette of each customer")
    if "segment_silhouettes" not in snapshot.tables:
        st.info("This version was published without them. Build again.")
        return
    groups = frames.silhouette_groups(snapshot)
    customers = formats.count(groups.groupby("segment")["last"].max().sum())
    chart(
        partial(model.silhouette_plot, groups, current_colors(snapshot)),
        f"Silhouettes of {customers} customers, drawn at random if there are more; the highest on top in each "
        "segment. Below 0 a customer is nearer to another segment.",
        groups[["segment", "first", "last", "silhouette"]],
    )


def _stability(snapshot: Snapshot) -> None:
    st.header("Do the segments come back?")
    rows = queries.checks(snapshot, "bootstrap_jaccard").dropna(subset="value")
    if rows.empty:
        st.info("It was not measured: the var `cluster_evaluation` is quick, or there are too few customers.")
        return
    bar = float(rows["bar"].iloc[0])
    chart(
        partial(
            intervals,
            rows.assign(name=rows["segment"]),
            f"Jaccard coefficient; stable from {formats.number(bar, 2)} on",
            bar,
        ),
        f"How much of each segment is found again in {thousands(formats.prose(rows['subject'].iloc[0]))} (1 is all of "
        "it), with twice the standard error.",
        rows[["segment", "value", "standard_error", "bar"]],
    )


def _out_of_time(snapshot: Snapshot) -> None:
    st.header("Did they tell who would buy?")
    rows = queries.out_of_time(snapshot)
    if rows.empty:
        st.info("The history is too short to look at the past.")
        return
    rows = rows.assign(name=rows["predictor"].map(PREDICTORS).fillna(rows["predictor"]), value=rows["auc"])
    cuts = list(dict.fromkeys(rows["cut"]))
    cut = st.selectbox(
        "Tested on what happened after", cuts[::-1], format_func=formats.date, key="cut", bind="query-params"
    )
    shown = rows[rows["cut"] == cut].sort_values(["value", "name"], ascending=[False, True])
    chart(
        partial(intervals, shown, f"AUC; {formats.number(0.5)} is chance", 0.5, low=0.4),
        f"How well each told, from the lines before {formats.date(cut)} alone, who would buy in the period after it: "
        "the probability that a buyer stood above a customer who did not buy. "
        f"{formats.number(0.5)} is chance.",
        shown[["name", "auc", "standard_error"]],
    )


def _calibration(snapshot: Snapshot) -> None:
    st.header("Is the confidence true?")
    rows = queries.checks(snapshot, "reliability").dropna(subset=["value", "bar"])
    if rows.empty:
        st.info("It was not measured: there are too few customers.")
        return
    error = queries.checks(snapshot, "calibration_error")["value"]
    chart(
        partial(reliability, rows.assign(expected=rows["bar"])),
        "Of held-out customers with a confidence of 80 % eight in ten should be in the segment that they were fitted "
        f"into: on the line it means what it says. Mean distance "
        f"{formats.share(error.iloc[0] if len(error) else None)}.",
        rows[["bar", "value", "standard_error"]].set_axis(
            ["confidence", "share_that_was_right", "standard_error"], axis=1
        ),
    )


def _candidates(candidates: pd.DataFrame) -> None:
    st.header("All that was tried")

    def two(value: float) -> str:
        return formats.number(value, 2)

    table(
        candidates.assign(
            algorithm=candidates["algorithm"].str.replace("_", " "),
            reason=candidates["reason"].map(formats.prose).map(sentence),
            chosen=candidates["is_chosen"].map({True: "chosen", False: ""}),
        ),
        {
            "algorithm": ("Algorithm", None),
            "segment_count": ("Segments", formats.count),
            "chosen": ("Chosen", None),
            "silhouette": ("Silhouette", two),
            "calinski_harabasz": ("Calinski-Harabasz", formats.count),
            "davies_bouldin": ("Davies-Bouldin", two),
            "gap": ("Gap", two),
            "min_jaccard": ("Least stable segment", two),
            "split_half_ari": ("Agreement of halves", two),
            "smallest_share": ("Smallest segment", formats.share),
            "reason": ("Why, or why not", None),
        },
        "Candidates that could have been used",
    )


def _checks(snapshot: Snapshot) -> None:
    st.header("All checks")
    checks = queries.checks(snapshot)
    table(
        checks.assign(
            check=checks["check_name"].str.replace("_", " ").str.capitalize(),
            segment=checks["segment"].fillna("All customers"),
            verdict=checks["verdict"].map(VERDICTS),
            subject=checks["subject"].str.replace("_", " ").map(formats.prose).map(thousands),
            # Names of columns are words, too.
            explanation=checks["explanation"]
            .map(formats.prose)
            .map(sentence)
            .str.replace(r"(?<=[a-z])_(?=[a-z])", " ", regex=True),
        ),
        {
            "check": ("Check", None),
            "segment": ("Of", None),
            "subject": ("What was measured", None),
            "value": ("Figure", lambda value: formats.number(value, 3)),
            "bar": ("Bar", lambda value: formats.number(value, 3)),
            "verdict": ("Verdict", None),
            "explanation": ("What it means", None),
        },
        "Checks that are held against a bar",
    )
