"""What the sale lines sold, and when: products, countries, months, weekdays and hours."""

from __future__ import annotations

import pandas as pd

from segmentation_charts import formats
from segmentation_charts.published import Snapshot

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
TOP = 10


def top_products(snapshot: Snapshot) -> pd.DataFrame:
    """Return the products that brought the most: label (with the code, each another), value (revenue), text."""
    found = snapshot.query(
        """
        with products as (
            select product_code, sum(amount) as revenue
            from invoice_lines
            where line_type = 'sale' and coalesce(product_code, description) is not null
            group by product_code
            order by revenue desc, product_code
            limit $top
        ),
        names as (
            select
                product_code,
                description,
                row_number() over (partition by product_code order by count(*) desc, description) as place
            from invoice_lines
            inner join products using (product_code)
            where line_type = 'sale' and description is not null
            group by product_code, description
        )
        select products.product_code as code, names.description as name, revenue
        from products
        left join names on products.product_code = names.product_code and names.place = 1
        order by revenue desc, code
        """,
        {"top": TOP},
    )
    labels = [
        formats.text(code, 40) if not isinstance(name, str) else f"{formats.text(name, 30)} ({formats.text(code, 12)})"
        for code, name in zip(found["code"], found["name"], strict=True)
    ]
    return _amounts(labels, found["revenue"], snapshot.currency)


def top_countries(snapshot: Snapshot) -> pd.DataFrame:
    """Return the countries that brought the most: label, value (revenue), text. Empty where lines have none."""
    found = snapshot.query(
        """
        select country, sum(amount) as revenue
        from invoice_lines
        where line_type = 'sale' and country is not null
        group by country
        order by revenue desc, country
        limit $top
        """,
        {"top": TOP},
    )
    return _amounts([formats.text(c, 40) for c in found["country"]], found["revenue"], snapshot.currency)


def _amounts(labels: list[str], revenue: pd.Series[float], currency: str) -> pd.DataFrame:
    # Two long names may be equal where they are cut.
    unique = [label if label not in labels[:n] else f"{label} · {n + 1}" for n, label in enumerate(labels)]
    return pd.DataFrame({"label": unique, "value": revenue, "text": [formats.money(r, currency) for r in revenue]})


def sales_by_month(snapshot: Snapshot) -> pd.DataFrame:
    """Return the revenue of each month: label, value. A month without sales is 0."""
    found = _sales_by(snapshot, "date_trunc('month', invoiced_at)")
    months = pd.date_range(found["period"].min(), found["period"].max(), freq="MS") if len(found) else found["period"]
    revenue = dict(zip(found["period"], found["value"], strict=True))
    return pd.DataFrame(
        [(formats.month(month), revenue.get(month, 0.0)) for month in months], columns=["label", "value"]
    )


def sales_by_weekday(snapshot: Snapshot) -> pd.DataFrame:
    """Return the revenue of each day of the week: label, value."""
    found = _sales_by(snapshot, "isodow(invoiced_at)")
    revenue = dict(zip(found["period"], found["value"], strict=True))
    return pd.DataFrame(
        [(day, revenue.get(number, 0.0)) for number, day in enumerate(WEEKDAYS, 1)], columns=["label", "value"]
    )


def sales_by_hour(snapshot: Snapshot) -> pd.DataFrame:
    """Return the revenue of each hour of the day: label, value. Empty where the lines have dates without times."""
    found = _sales_by(snapshot, "hour(invoiced_at)")
    revenue = dict(zip(found["period"], found["value"], strict=True))
    hours = range(24) if set(revenue) - {0} else range(0)
    return pd.DataFrame([(f"{hour:02d}", revenue.get(hour, 0.0)) for hour in hours], columns=["label", "value"])


def _sales_by(snapshot: Snapshot, period: str) -> pd.DataFrame:
    query = f"""
        select {period} as period, sum(amount) as value
        from invoice_lines
        where line_type = 'sale'
        group by period
        order by period
    """  # noqa: S608 (expressions of this module)
    return snapshot.query(query)
