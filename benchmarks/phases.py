"""Where the time of a build goes: each moment is shared among the nodes that run in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

DBT = "dbt itself"
READING = "reading"
DUPLICATES = "duplicates"
FEATURES = "features"
FITTING = "fitting"
ASSIGNMENT = "assignment"
VALUE = "value"
CAMPAIGNS = "campaigns"
PRODUCTS = "products"
ATTRIBUTES = "attributes"
HISTORY = "history"
MARTS = "marts"
TESTS = "tests"
PUBLISHING = "publishing"

GROUPS = {
    DBT: "starting, parsing, compiling, and the time between nodes",
    READING: "inspecting the files, reading, typing and classifying their lines",
    DUPLICATES: "finding lines that are in the files twice",
    FEATURES: "days and measures of customers, cancellations, return rates, scores",
    FITTING: "comparing candidates with their stability, fitting, holding out, validating, drift",
    ASSIGNMENT: "the segment of every customer, by neighbours and by the nearest centroid",
    VALUE: "what customers will buy and what that is worth: the fit, the forecast at a past day, all customers",
    PRODUCTS: "what segments like, what goes together, what to recommend, and its trial",
    HISTORY: "measures and segments at the end of each month, and who moved",
    CAMPAIGNS: "what campaigns did, if there are lists",
    ATTRIBUTES: "who the customers are, if there are tables of their attributes",
    MARTS: "the public tables that are not named above",
    TESTS: "data tests",
    PUBLISHING: "the snapshot that BI reads, and the summary",
}
"""What each group holds."""

MODELS = {
    READING: (
        *("int_file_orders", "int_overlapping_files", "int_superseded_orders", "int_delivered_lines"),
        *("int_amount_evidence", "int_copy_evidence", "int_customer_evidence", "int_date_evidence"),
        *("int_invoice_number_evidence", "int_line_evidence", "int_file_evidence", "reading_evidence"),
        *("int_invoice_lines", "int_classified_lines", "int_derived_invoice_lines"),
        *(
            "int_pending_rejections",
            "int_rejected_invoice_lines",
            "int_returned_sales",
            "int_non_product_codes",
        ),
        *("int_file_invoice_days", "invoice_lines", "rejected_invoice_lines", "load_audit"),
    ),
    DUPLICATES: ("int_file_comparisons", "int_duplicate_invoice_lines", "int_duplicate_candidates"),
    FEATURES: (
        *("int_as_of_date", "int_days", "int_invoice_days", "int_customer_days", "int_cancellation_marks"),
        *("int_cancellation_pairs", "int_cancelled_lines", "int_customer_totals"),
        *("int_customer_features", "int_return_behavior", "int_return_rate_prior", "int_rfm_scores"),
        "int_clustering_features",
    ),
    FITTING: (
        *("int_refit_decision", "int_fits", "int_segmentation_candidates", "int_candidate_checks"),
        *("int_segmentation_model", "int_held_out_customers"),
        *("int_fit_in_force", "int_neighbor_checks"),
        *("int_model_drift", "int_drift_checks", "int_validation", "int_validation_checks", "int_validation_customers"),
        *("int_validation_dates", "segmentation_candidates", "segmentation_model", "segmentation_quality"),
        *("int_name_precision", "int_name_checks", "shop_rhythm"),
    ),
    ASSIGNMENT: ("int_segment_assignments", "int_nearest_centroids", "customer_segments"),
    VALUE: (
        *("int_value_customers", "int_purchase_weeks", "int_value_fits", "int_value_backtests", "int_value_outcomes"),
        *(
            "int_value_checks",
            "int_customer_forecasts",
            "int_segment_values",
            "customer_value",
            "value_model",
            "value_validation",
        ),
    ),
    PRODUCTS: (
        *("int_customer_products", "int_sampled_purchases", "int_products", "int_product_pairs"),
        "int_product_categories",
        *("int_product_pair_counts", "int_segment_best_sellers"),
        *("int_recommendation_trial", "int_recommendations", "int_product_checks"),
        *("segment_products", "segment_categories", "product_pairs", "customer_recommendations"),
    ),
    HISTORY: (
        *("int_history_months", "int_history_features", "int_scored_history"),
        *("int_segment_history", "int_segment_migrations", "int_segment_shares"),
        *("int_share_changes", "segment_history", "segment_migrations"),
    ),
    CAMPAIGNS: (
        *("int_campaign_customers", "int_campaigns", "int_campaign_sums", "int_campaign_results"),
        "int_segment_campaigns",
        *("campaigns", "campaign_customers", "campaign_results", "campaign_days"),
    ),
    ATTRIBUTES: (
        *("int_customer_attributes", "int_attribute_evidence", "int_attribute_sums", "int_segment_attributes"),
        *("customer_attributes", "segment_attributes"),
    ),
    MARTS: (
        *("int_country_sales", "country_sales", "segment_sales", "segment_profiles", "segment_silhouettes"),
        "int_segment_silhouettes",
    ),
}
"""Models of each group, but for those of the staging layer, which all read."""

_GROUP_OF_MODEL = {model: group for group, models in MODELS.items() for model in models}
_GROUP_OF_TYPE = {"test": TESTS, "unit_test": TESTS, "seed": READING, "operation": PUBLISHING, "exposure": DBT}
_STAGING = ("base_", "stg_")


@dataclass(frozen=True)
class Phases:
    """Seconds of a build.

    Attributes
    ----------
    groups : dict of str to float
        By group, in the order of GROUPS; together all of the build.
    nodes : dict of str to float
        Of the nodes that took most, the longest first.
    """

    groups: dict[str, float]
    nodes: dict[str, float]


def group_of(node: str) -> str:
    """Return the group of a node.

    Parameters
    ----------
    node : str
        Its unique id, such as model.segmentation.customer_segments.

    Raises
    ------
    KeyError
        If it is a model that MODELS does not name.
    """
    kind, _, name = node.split(".")[:3]
    if kind in _GROUP_OF_TYPE:
        return _GROUP_OF_TYPE[kind]
    return READING if name.startswith(_STAGING) else _GROUP_OF_MODEL[name]


def share_time(results: Iterable[Mapping[str, Any]], seconds: float, most: int = 12) -> Phases:
    """Share the time of a build among its nodes.

    Of a moment in which two nodes run each gets the half. Where none runs, the time is dbt's own.

    Parameters
    ----------
    results : iterable of mapping
        The results of run_results.json.
    seconds : float
        How long the build took as a whole, dbt's start included.
    most : int, default 12
        How many nodes to name.
    """
    spans = [
        (datetime.fromisoformat(step["started_at"]), datetime.fromisoformat(step["completed_at"]), result["unique_id"])
        for result in results
        for step in result["timing"]
        # What the hook at the end does, it does while it is compiled.
        if step["name"] == "execute" or result["unique_id"].startswith("operation.")
    ]
    events = sorted(
        [(begin, 1, node) for begin, _, node in spans] + [(end, 0, node) for _, end, node in spans],
        # Of the same moment, ends before begins.
        key=lambda event: (event[0], event[1]),
    )
    nodes: dict[str, float] = defaultdict(float)
    running: list[str] = []
    for (moment, begins, node), (following, _, _) in pairwise(events):
        if begins:
            running.append(node)
        elif node in running:
            running.remove(node)
        for other in running:
            nodes[other] += (following - moment).total_seconds() / len(running)
    groups = dict.fromkeys(GROUPS, 0.0)
    for node, share in nodes.items():
        groups[group_of(node)] += share
    groups[DBT] = seconds - sum(nodes.values())
    longest = sorted(nodes, key=lambda node: (-nodes[node], node))[:most]
    return Phases(groups, {node.split(".")[2]: nodes[node] for node in longest})
