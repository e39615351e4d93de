"""The measures of a customer, and how people call them."""

from __future__ import annotations

from segmentation_charts.published import Snapshot

RFM = ("recency_days", "frequency", "monetary")
MEASURES = (*RFM, "avg_order_value", "tenure_days", "interpurchase_days", "return_rate")


def money_title(name: str, currency: str) -> str:
    """Return the title of an axis of amounts, with the currency as its unit where the shop gave it one."""
    return f"{name} ({currency})" if currency else f"{name} (shop's currency)"


def measure_titles(currency: str) -> dict[str, str]:
    """Return the columns of measures with their titles, each with its unit."""
    return {
        "recency_days": "Recency (days since last purchase)",
        "frequency": "Frequency (orders)",
        "monetary": money_title("Monetary", currency),
        "avg_order_value": money_title("Average order", currency),
        "tenure_days": "Tenure (days since first purchase)",
        "interpurchase_days": "Days between purchases",
        "return_rate": "Return rate (0 to 1)",
    }


def customers(snapshot: Snapshot) -> int:
    """Return the number of customers."""
    return int(snapshot.query("select count(*) as customers from customer_segments")["customers"][0])
