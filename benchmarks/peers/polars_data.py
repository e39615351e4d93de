"""The notebook's part before the clustering, in Polars, streaming. Takes a glob."""

from __future__ import annotations

import json
import sys

import polars as pl

from benchmarks.peers.codes import NOT_PRODUCTS


def customers(pattern: str) -> pl.DataFrame:
    """Return recency in days, frequency in invoices and monetary of each customer who bought.

    Parameters
    ----------
    pattern : str
        Glob of CSV files with the columns of Online Retail.
    """
    text = {"InvoiceNo": pl.String, "StockCode": pl.String, "CustomerID": pl.String}
    lines = pl.scan_csv(pattern, schema_overrides=text, try_parse_dates=True)
    as_of = lines.select(pl.col("InvoiceDate").max().dt.date() + pl.duration(days=1))
    by_customer = (
        lines.unique()
        .drop_nulls("CustomerID")
        .filter(
            ~pl.col("InvoiceNo").str.starts_with("C"),
            ~pl.col("StockCode").str.to_uppercase().is_in(NOT_PRODUCTS),
            pl.col("Quantity") > 0,
            pl.col("UnitPrice") > 0,
        )
        .group_by(pl.col("CustomerID").str.strip_chars())
        .agg(
            pl.col("InvoiceDate").max().dt.date().alias("last"),
            pl.col("InvoiceNo").n_unique().alias("frequency"),
            (pl.col("Quantity") * pl.col("UnitPrice")).sum().alias("monetary"),
        )
    )
    found, day = pl.collect_all([by_customer, as_of], engine="streaming")
    recency = (pl.lit(day.item()) - pl.col("last")).dt.total_days().alias("recency_days")
    return found.select("CustomerID", recency, "frequency", "monetary")


def main() -> None:
    """Print how many customers there are."""
    print(json.dumps({"customers": len(customers(sys.argv[1]))}))


if __name__ == "__main__":
    main()
