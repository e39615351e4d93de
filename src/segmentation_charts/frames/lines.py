"""The invoice lines as they came: what was read, and its columns."""

from __future__ import annotations

from typing import Any

import pandas as pd

from segmentation_charts import formats
from segmentation_charts.frames.measures import money_title
from segmentation_charts.published import Snapshot

TYPES = {
    "sale": "Sale",
    "return": "Return",
    "charge": "Charge (postage, fees, discounts)",
    "adjustment": "Adjustment of the accounts",
    "write_off": "Stock written off",
    "free": "Given away",
}
REASONS = {
    "erased": "erased on request",
    "unreadable": "can't be read",
    "order_mark": "mark of a returned order",
    "never_paid": "never paid",
    "bad_return_flag": "unclear return mark",
    "other_currency": "other currency",
    "missing_invoice": "no invoice number",
    "bad_date": "no valid date",
    "bad_quantity": "no valid quantity",
    "bad_price": "no valid price",
    "bad_amount": "amount too large",
    "duplicate": "repeats another line",
}
COLUMNS = {
    "invoice_id": "Invoice",
    "product_code": "Product code",
    "description": "Description",
    "quantity": "Quantity",
    "unit_price": "Unit price",
    "amount": "Amount",
    "invoiced_at": "Date and time",
    "customer_id": "Customer",
    "country": "Country",
}
# Bins of a histogram from a power of ten to the next.
_BINS = 5


def is_published(snapshot: Snapshot) -> bool:
    """Tell whether the snapshot holds the lines; if there are too many they are left out."""
    return "invoice_lines" in snapshot.tables


def fates(snapshot: Snapshot) -> pd.DataFrame:
    """Return what became of the rows that were read.

    Returns
    -------
    DataFrame
        label, value (rows), text (rows and their share): accepted rows by type, then rejected ones by reason, or as
        one where rejected_invoice_lines is not published.
    """
    sums = ", ".join(f"sum(rows_{name}) as {name}" for name in (*TYPES, "rejected"))
    totals = snapshot.query(f"select {sums} from load_audit").iloc[0]  # noqa: S608 (names of columns)
    rows = {label: int(totals[name]) for name, label in TYPES.items()}
    if "rejected_invoice_lines" in snapshot.tables:
        reasons = snapshot.query(
            "select reason, count(*) as lines from rejected_invoice_lines group by reason order by lines desc, reason"
        )
        for reason, lines in zip(reasons["reason"], reasons["lines"], strict=True):
            rows[f"Rejected: {REASONS.get(reason, reason)}"] = int(lines)
    else:
        rows["Rejected"] = int(totals["rejected"])
    return _bars([(label, lines) for label, lines in rows.items() if lines], sum(rows.values()))


def _bars(rows: list[tuple[str, int]], total: int) -> pd.DataFrame:
    return pd.DataFrame(
        [(label, n, f"{formats.count(n)} ({formats.share(n / max(total, 1))})") for label, n in rows],
        columns=["label", "value", "text"],
    )


def missing(snapshot: Snapshot) -> pd.DataFrame:
    """Return the share of the accepted lines in which a column is empty: label, value (0 to 1), text."""
    counts = ", ".join(f"count({column}) as {column}" for column in COLUMNS)
    found = snapshot.query(f"select count(*) as lines, {counts} from invoice_lines").iloc[0]  # noqa: S608
    lines = max(int(found["lines"]), 1)
    shares = {label: 1 - int(found[column]) / lines for column, label in COLUMNS.items()}
    return pd.DataFrame(
        [(label, share, formats.share(share)) for label, share in shares.items()], columns=["label", "value", "text"]
    )


def values(snapshot: Snapshot) -> pd.DataFrame:
    """Return a row a column of the accepted lines: column, different (values), lowest, median, highest, as text."""
    rows = []
    for column, label in COLUMNS.items():
        is_number, is_time = column in ("quantity", "unit_price", "amount"), column == "invoiced_at"
        middle = f"quantile_disc({column}, 0.5)" if is_number or is_time else "null"
        query = f"""
            select
                count(distinct {column}) as different,
                min({column}) as lowest,
                {middle} as median,
                max({column}) as highest
            from invoice_lines
        """  # noqa: S608 (names of columns)
        found = snapshot.query(query).iloc[0]
        rows.append((label, formats.count(found["different"]), *(_value(found[v]) for v in _EDGES)))
    return pd.DataFrame(rows, columns=["column", "different", *_EDGES])


_EDGES = ("lowest", "median", "highest")


def _value(value: Any) -> str:
    if pd.isna(value):
        return formats.NONE
    if isinstance(value, pd.Timestamp):
        return f"{formats.date(value)}, {value:%H:%M}"
    if isinstance(value, str):
        return formats.text(value, 24)
    return formats.number(value, 0 if round(float(value), 2).is_integer() else 2)


def histograms(snapshot: Snapshot) -> pd.DataFrame:
    """Return histograms, on logarithmic bins, of every column that can be counted or measured.

    Returns
    -------
    DataFrame
        panel (its title, with the unit), low, high, count, and fence_low, fence_high: Tukey's fences on logs, 1.5
        interquartile ranges beyond the quartiles, beyond which a value counts as an outlier; outliers, their share.
    """
    sales = "from invoice_lines where line_type = 'sale'"
    panels = {
        "Quantity of a sale line (units)": f"select quantity as value {sales}",
        money_title("Unit price of a sale line", snapshot.currency): f"select unit_price as value {sales}",
        money_title("Amount of a sale line", snapshot.currency): f"select amount as value {sales}",
        **{
            f"Lines of {article}": f"select count(*) as value {sales} and {column} is not null group by {column}"
            for article, column in {
                "an invoice": "invoice_id",
                "a product": "product_code",
                "a customer": "customer_id",
            }.items()
        },
    }
    return pd.concat([_histogram(snapshot, query).assign(panel=panel) for panel, query in panels.items()])


def _histogram(snapshot: Snapshot, values: str) -> pd.DataFrame:
    return snapshot.query(
        f"""
        with logs as (select log10(cast(value as double)) as x from ({values}) where value > 0),
        quartiles as (select quantile_disc(x, 0.25) as q1, quantile_disc(x, 0.75) as q3 from logs),
        fences as (select q1 - 1.5 * (q3 - q1) as low, q3 + 1.5 * (q3 - q1) as high from quartiles),
        outliers as (select count(*) filter (where x < low or x > high) / count(*) as share from logs, fences),
        bins as (select floor(round(x * $bins, 6)) as bin, count(*) as count from logs group by bin)
        select
            10 ** (bin / $bins) as low,
            10 ** ((bin + 1) / $bins) as high,
            count,
            10 ** fences.low as fence_low,
            10 ** fences.high as fence_high,
            outliers.share as outliers
        from bins, fences, outliers
        order by bin
        """,  # noqa: S608 (a query of this module)
        {"bins": _BINS},
    )
