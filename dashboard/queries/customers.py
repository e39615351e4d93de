"""One customer: who it is, what was bought, how the segment changed, and who is alike."""

from __future__ import annotations

import pandas as pd

from queries.selection import Country, Period
from segmentation_charts.published import Snapshot

# What each feature of the model is, from the columns of customer_segments (macro clustering_value).
FEATURES = {
    "recency_days": "recency_days",
    "frequency": "frequency",
    "monetary": "monetary",
    "return_rate": "return_rate",
    "avg_order_value": "avg_order_value",
    "tenure_days": "tenure_days",
    "interpurchase_days": "coalesce(interpurchase_days, tenure_days)",
    "is_repeat_customer": "(frequency > 1)::int",
}


def search(snapshot: Snapshot, text: str, country: Country, segment: str | None, limit: int = 50) -> pd.DataFrame:
    """Return the customers whose id holds a text, those who spent the most first.

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown.
    text : str
        A part of the id, in any case; '' for all customers.
    country : Country
        Of the customers.
    segment : str or None
        Of the customers; None for any.
    limit : int, default 50
        Customers at most.

    Returns
    -------
    DataFrame
        customer_id, segment, country, recency_days, frequency, monetary, found (how many there are without the limit),
        and of customer_value probability_to_buy, expected_revenue and lifetime_value, where it is published.
    """
    in_segment = "true" if segment is None else "segment = $segment"
    # To look through a million ids for nothing takes three quarters of the time.
    holds = "contains(lower(customer_id), lower($text))" if text else "true"
    # Counted apart, so that only the first have to be kept in order.
    first = snapshot.query(
        f"""
        with found as (

            select
                customer_id,
                segment,
                country,
                recency_days,
                frequency,
                monetary
            from customer_segments
            where {holds} and {country.condition} and {in_segment}

        )

        select
            *,
            (select count(*) from found) as found
        from found
        order by customer_id = $text desc, monetary desc, customer_id
        limit $limit
        """,  # noqa: S608
        {"text": text, "limit": limit, **country.parameters} | ({} if segment is None else {"segment": segment}),
    )
    return _with_value(snapshot, first)


def profile(snapshot: Snapshot, customer_id: str) -> pd.Series:
    """Return the row of customer_segments.

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown.
    customer_id : str
        Of the customer, who has to be there.
    """
    return snapshot.query("select * from customer_segments where customer_id = $id", {"id": customer_id}).iloc[0]


def value(snapshot: Snapshot, customer_id: str) -> pd.Series | None:
    """Return the row of customer_value with valued_customers, how many have a rank; None where it is not published.

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown.
    customer_id : str
        Of the customer.
    """
    if "customer_value" not in snapshot.tables:
        return None
    found = snapshot.query(
        """
        select
            *,
            (select count(value_rank) from customer_value) as valued_customers
        from customer_value
        where customer_id = $id
        """,
        {"id": customer_id},
    )
    return None if found.empty else found.iloc[0]


def recommendations(snapshot: Snapshot, customer_id: str) -> pd.DataFrame:
    """Return the customer's rows of customer_recommendations, best first; empty if there are none.

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown.
    customer_id : str
        Of the customer.
    """
    if "customer_recommendations" not in snapshot.tables:
        return pd.DataFrame()
    return snapshot.query(
        "select * from customer_recommendations where customer_id = $id order by recommendation_rank",
        {"id": customer_id},
    )


def history(snapshot: Snapshot, customer_id: str, period: Period) -> pd.DataFrame:
    """Return a row a month end: month_end, segment, recency_days, frequency, monetary and return_rate as they were.

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown.
    customer_id : str
        Of the customer.
    period : Period
        The months.
    """
    return snapshot.query(
        """
        select
            month_end,
            segment,
            recency_days,
            frequency,
            monetary,
            return_rate
        from segment_history
        where customer_id = $id and month_end between $first and $last
        order by month_end
        """,
        {"id": customer_id} | period.parameters,
    )


def purchases(
    snapshot: Snapshot, customer_id: str, period: Period, invoices: int = 100, products: int = 10
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the customer's latest invoices, and the products that they spent the most on.

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown; it has to hold invoice_lines.
    customer_id : str
        Of the customer.
    period : Period
        The months.
    invoices : int, default 100
        Invoices at most.
    products : int, default 10
        Products at most.

    Returns
    -------
    tuple of DataFrame
        invoiced_at, invoice_id, products (kinds), bought, returned and other (charges and adjustments), in money; and
        product_code, description, quantity, bought and orders.
    """
    # In one query, as the lines of all customers are looked through for those of one.
    found = snapshot.query(
        """
        with lines as materialized (

            select * from invoice_lines
            where customer_id = $id and invoiced_at >= $first and invoiced_at < $last + interval 1 day

        ),

        invoices as (

            select
                min(invoiced_at) as invoiced_at,
                invoice_id,
                count(distinct coalesce(product_code, description)) filter (line_type in ('sale', 'return'))
                    as products,
                cast(coalesce(sum(amount) filter (line_type = 'sale'), 0) as double) as bought,
                cast(-coalesce(sum(amount) filter (line_type = 'return'), 0) as double) as returned,
                cast(coalesce(sum(amount) filter (line_type not in ('sale', 'return')), 0) as double) as other
            from lines
            group by invoice_id
            order by invoiced_at desc, invoice_id desc
            limit $invoices

        ),

        products as (

            select
                product_code,
                max(description) as description,
                cast(sum(quantity) as double) as quantity,
                cast(sum(amount) as double) as bought,
                count(distinct invoice_id) as orders
            from lines
            where line_type = 'sale'
            group by product_code, case when product_code is null then description end
            order by bought desc, product_code, description
            limit $products

        )

        select
            (select list(invoices order by invoiced_at desc, invoice_id desc) from invoices) as invoices,
            (select list(products order by bought desc, product_code, description) from products) as products
        """,
        {"id": customer_id, "invoices": invoices, "products": products} | period.parameters,
    ).iloc[0]
    columns = {
        "invoices": ["invoiced_at", "invoice_id", "products", "bought", "returned", "other"],
        "products": ["product_code", "description", "quantity", "bought", "orders"],
    }
    # A list of nothing is null.
    latest, dearest = (
        pd.DataFrame([] if found[name] is None else list(found[name]), columns=names) for name, names in columns.items()
    )
    return latest, dearest


def nearest(snapshot: Snapshot, customer_id: str, limit: int = 10) -> pd.DataFrame:
    """Return the customers who are most alike: nearest in the scaled space of the model in force.

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown.
    customer_id : str
        Of the customer.
    limit : int, default 10
        Customers at most.

    Returns
    -------
    DataFrame
        customer_id, segment, country, recency_days, frequency, monetary, distance in scaled space (1 is a standard
        deviation of one feature, where cluster_scaler is standard), and of customer_value as search has it. Empty where
        no feature of the model is published; attributes are no part of it, which says who acts alike.
    """
    model = snapshot.query("select * from segmentation_model where is_in_force order by segment_number limit 1").iloc[0]
    used = [feature for feature in FEATURES if not pd.isna(model.get(f"{feature}_scale"))]
    # Numbers of the model, which are no text of strangers.
    scaled = ",\n".join(
        f"(least(greatest(ln(1 + greatest({FEATURES[feature]}, 0)), {model[f'{feature}_low']!r}), "
        f"{model[f'{feature}_high']!r}) - {model[f'{feature}_center']!r}) / {model[f'{feature}_scale']!r} "
        f"as scaled_{feature}"
        for feature in used
    ).replace("np.float64", "")
    squares = " + ".join(f"pow(other.scaled_{feature} - this.scaled_{feature}, 2)" for feature in used)
    alike = snapshot.query(
        f"""
        with customers as (

            select
                customer_id,
                segment,
                country,
                recency_days,
                frequency,
                monetary,
                {scaled or "0 as nothing"}
            from customer_segments

        ),

        this as (

            select * from customers
            where customer_id = $id

        )

        select
            other.customer_id,
            other.segment,
            other.country,
            other.recency_days,
            other.frequency,
            other.monetary,
            sqrt({squares or "0"}) as distance
        from customers as other
        cross join this
        where other.customer_id <> $id and {bool(used)}
        order by distance, other.customer_id
        limit $limit
        """,  # noqa: S608
        {"id": customer_id, "limit": limit},
    )
    return _with_value(snapshot, alike)


def _with_value(snapshot: Snapshot, customers: pd.DataFrame) -> pd.DataFrame:
    """Join some customers with what is foretold of them, which need not be looked up for all."""
    if "customer_value" not in snapshot.tables:
        return customers
    found = snapshot.query(
        """
        select
            customer_id,
            probability_to_buy,
            expected_revenue,
            lifetime_value
        from customer_value
        where customer_id in (select unnest($ids))
        """,
        {"ids": customers["customer_id"].tolist()},
    )
    return customers.merge(found, how="left", on="customer_id")
