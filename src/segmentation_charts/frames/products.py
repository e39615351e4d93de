"""What segments like, and what is recommended to their customers."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from segmentation_charts.published import Snapshot


def liked(snapshot: Snapshot, segment: str, limit: int = 8) -> pd.DataFrame:
    """Return the products that a segment likes: bought by more of its customers than chance explains, the most first.

    Parameters
    ----------
    snapshot : Snapshot
        Where it has no products there are no rows.
    segment : str
        Name of the segment.
    limit : int, default 8
        Products at most.
    """
    return _first(snapshot, "segment_products", "is_significant", "preference_rank", segment, limit)


def liked_categories(snapshot: Snapshot, segment: str, limit: int = 8) -> pd.DataFrame:
    """Return the categories that a segment likes: bought from more often than chance explains, the most first.

    Parameters
    ----------
    snapshot : Snapshot
        Where it has no categories there are no rows.
    segment : str
        Name of the segment.
    limit : int, default 8
        Categories at most.
    """
    return _first(snapshot, "segment_categories", "is_significant", "preference_rank", segment, limit)


def has_categories(snapshot: Snapshot) -> bool:
    """Tell whether the version says which category products are of."""
    return bool(snapshot.manifest["row_counts"].get("segment_categories"))


def bought(snapshot: Snapshot, segment: str, limit: int = 8) -> pd.DataFrame:
    """Return the products that most customers of a segment bought.

    Parameters
    ----------
    snapshot : Snapshot
        Where it has no products there are no rows.
    segment : str
        Name of the segment.
    limit : int, default 8
        Products at most.
    """
    return _first(snapshot, "segment_products", "true", "customers_rank", segment, limit)


def _first(snapshot: Snapshot, mart: str, condition: str, rank: str, segment: str, limit: int) -> pd.DataFrame:
    if mart not in snapshot.tables:
        return pd.DataFrame()
    return snapshot.query(
        f"select * from {mart} where segment = $segment and {condition} order by {rank} limit $limit",  # noqa: S608
        {"segment": segment, "limit": limit},
    )


def offered(
    snapshot: Snapshot, condition: str = "true", parameters: Mapping[str, object] | None = None, limit: int = 8
) -> pd.DataFrame:
    """Return the products that are recommended to most of some customers.

    Parameters
    ----------
    snapshot : Snapshot
        Where it has no products there are no rows.
    condition : str, default of all customers
        What SQL asks of customer_segments.
    parameters : mapping of str to object, optional
        Of the condition.
    limit : int, default 8
        Products at most.

    Returns
    -------
    DataFrame
        product_code, description, customers (to whom it is one of five), first_customers (to whom it is the first).
    """
    if "customer_recommendations" not in snapshot.tables:
        return pd.DataFrame()
    return snapshot.query(
        f"""
        select
            product_code,
            any_value(description) as description,
            count(*) as customers,
            count(*) filter (recommendation_rank = 1) as first_customers
        from customer_recommendations
        where customer_id in (select customer_id from customer_segments where {condition})
        group by product_code
        order by customers desc, first_customers desc, product_code
        limit $limit
        """,  # noqa: S608
        {**(parameters or {}), "limit": limit},
    )


def name(product: Mapping[Hashable, Any]) -> str:
    """Return the description of a product, or its code if the files have none."""
    return str(product["description"] if isinstance(product["description"], str) else product["product_code"])
