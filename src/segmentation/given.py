"""What the objects of the package are given, checked: tables of customers, and rows that they stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd


def table_of(customers: Any) -> pd.DataFrame:
    """Return a table of pandas, Polars or Arrow as one of pandas.

    Raises
    ------
    ValueError
        If it is none of them.
    """
    table = customers.to_pandas() if hasattr(customers, "to_pandas") else customers
    if not isinstance(table, pd.DataFrame):
        raise ValueError("customers must be a table with named columns: of pandas, Polars or Arrow")
    return table


def check_format(row: Mapping[str, Any], known: int) -> None:
    """Refuse a row that was stored in another format.

    Raises
    ------
    ValueError
        If it was.
    """
    if row.get("format") != known:
        raise ValueError(f"the row is of format {row.get('format')}; this version reads {known}: fit again")
