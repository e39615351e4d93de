"""The workbook: what is published as sheets for Excel, with charts and a sheet that explains the columns."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from segmentation_charts import formats
from segmentation_charts.frames.segments import colors
from segmentation_charts.published import Snapshot

FILE = "segments.xlsx"
MOST_ROWS = 1_048_576
"""Rows that Excel has."""

IN_MEMORY = 100_000
"""Customers up to whom sheets are Excel's tables; of more rows are written one by one, and have a filter."""

_HEADER, _FIRST = 3, 4
_WIDTH, _LONGEST_TEXT = 60, 32_767
_WIDE = {"explanation", "recommended_action", "goal", "verdict", "description", "claim", "why"}
_FONT = {"font_name": "Calibri", "font_size": 11, "valign": "top"}


@dataclass(frozen=True)
class Sheet:
    """A sheet of rows.

    Attributes
    ----------
    name : str
        At most 31 characters.
    about : str
        What stands above the rows.
    tables : tuple of str
        Published tables that it needs; without one of them the sheet is left out.
    query : str
        On these tables.
    """

    name: str
    about: str
    tables: tuple[str, ...]
    query: str


SHEETS = (
    Sheet(
        "Segments",
        "What each segment is, what to do about it, and its median customer.",
        ("segment_profiles",),
        """
        select
            segment, customers, customer_share, revenue, revenue_share, expected_revenue, median_recency_days,
            median_frequency, median_monetary, median_return_rate, explanation, recommended_action, goal
        from segment_profiles
        order by kind, revenue desc, segment
        """,
    ),
    Sheet(
        "Who they are",
        "What distinguishes the customers of a segment beyond chance, the most first.",
        ("segment_attributes",),
        """
        select
            segment, attribute, attribute_value, customers, share_in_segment, share_in_all, times_as_frequent,
            times_low, times_high, median_in_segment, median_in_all
        from segment_attributes
        where distinguishes
        order by segment, distinguishing_rank
        """,
    ),
    Sheet(
        "Products",
        "The twenty products that most customers of each segment bought. Is significant: bought by more of them than "
        "chance explains.",
        ("segment_products",),
        """
        select
            segment, product_code, description, customers, customer_share, orders, revenue, times_as_frequent,
            is_significant
        from segment_products
        where customers_rank <= 20
        order by segment, customers_rank
        """,
    ),
    Sheet(
        "Categories",
        "The categories of products that each segment bought from. Is significant: more often than all customers, "
        "and more than chance explains.",
        ("segment_categories",),
        """
        select
            segment, category, customers, customer_share, purchases, revenue, purchase_share, purchase_share_in_all,
            times_as_frequent, is_significant
        from segment_categories
        where customers_rank <= 20
        order by segment, customers_rank
        """,
    ),
    Sheet(
        "Campaigns",
        "What campaigns brought against customers who were left out of them at random.",
        ("campaigns",),
        """
        select
            campaign, state, starts_on, ends_on, campaign_customers, holdout_customers, incremental_revenue,
            incremental_revenue_low, incremental_revenue_high, verdict_code, verdict
        from campaigns
        order by starts_on desc, campaign
        """,
    ),
    Sheet(
        "Forecast",
        "What would have been foretold at a day in the past, against what came.",
        ("value_validation",),
        "select * from value_validation order by all",
    ),
)

_CUSTOMERS = "customer_segments"


def write_workbook(snapshot: Snapshot, folder: Path) -> Path:
    """Write segments.xlsx; the same snapshot gives the same bytes.

    Parameters
    ----------
    snapshot : Snapshot
    folder : Path
        Made where it is not there.

    Returns
    -------
    Path
        Of the file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    is_large = snapshot.manifest["row_counts"][_CUSTOMERS] > IN_MEMORY
    book = xlsxwriter.Workbook(path, {"constant_memory": is_large})
    as_of = datetime.datetime.fromisoformat(snapshot.manifest["as_of_date"])
    book.set_properties({"title": "Customer segments", "comments": snapshot.version, "created": as_of})
    writer = _Writer(book, snapshot, is_large)
    shown = [sheet for sheet in SHEETS if snapshot.tables.issuperset(sheet.tables)]
    for sheet in shown:
        writer.add(sheet)
        if sheet.name == "Segments":
            writer.add_months()
    customers = _customers(snapshot)
    writer.add(customers)
    writer.add_columns([*shown, customers])
    book.close()
    return path


def _customers(snapshot: Snapshot) -> Sheet:
    most = MOST_ROWS - _FIRST
    total = snapshot.manifest["row_counts"][_CUSTOMERS]
    part = f" These are the {most:,} who spent the most, of {total:,}." if total > most else ""
    has_value, has_offers = (name in snapshot.tables for name in ("customer_value", "customer_recommendations"))
    value = "value.probability_to_buy, value.expected_revenue, value.lifetime_value," if has_value else ""
    offer = "coalesce(offer.description, offer.product_code) as recommended_product," if has_offers else ""
    return Sheet(
        "Customers",
        f"Each customer with today's segment and what to do.{part}",
        (_CUSTOMERS, *["customer_value"] * has_value),
        f"""
        select
            customers.customer_id, customers.segment, customers.segment_confidence, customers.country,
            customers.recency_days, customers.frequency, customers.monetary, customers.avg_order_value,
            customers.return_rate, {value} {offer} customers.rfm_segment, customers.first_purchase_date,
            customers.last_purchase_date, customers.recommended_action
        from customer_segments as customers
        {"left join customer_value as value on customers.customer_id = value.customer_id" if has_value else ""}
        {
            "left join customer_recommendations as offer on customers.customer_id = offer.customer_id "
            "and offer.recommendation_rank = 1"
            if has_offers
            else ""
        }
        order by customers.monetary desc, customers.customer_id
        limit {most}
        """,  # noqa: S608 (no value of anybody's)
    )


class _Writer:
    """Writes sheets of one workbook."""

    def __init__(self, book: Workbook, snapshot: Snapshot, is_large: bool) -> None:
        self.book, self.snapshot, self.is_large = book, snapshot, is_large
        currency = snapshot.currency.replace('"', "")
        money = f'"{currency} "#,##0.00' if currency else "#,##0.00"
        self.formats = {
            kind: book.add_format({**_FONT, "num_format": code})
            for kind, code in (
                ("money", money),
                ("share", "0.0 %"),
                ("count", "#,##0"),
                ("number", "#,##0.0"),
                ("date", "d mmm yyyy"),
                ("month", "mmm yyyy"),
                ("text", "@"),
            )
        }
        self.formats["wide"] = book.add_format({**_FONT, "text_wrap": True, "indent": 1})
        self.title = book.add_format({**_FONT, "bold": True, "font_size": 16})
        self.header = book.add_format({**_FONT, "bold": True, "bottom": 1, "bg_color": "#EDF0F4"})

    def add(self, sheet: Sheet) -> None:
        """Add a sheet of the rows of a query."""
        described = self.snapshot.query(f"describe {sheet.query}")
        names, types = described["column_name"].tolist(), described["column_type"].tolist()
        kinds = [_kind(name, kind) for name, kind in zip(names, types, strict=True)]
        page = self._page(sheet.name, sheet.about, names, kinds)
        last = _HEADER
        for last, row in enumerate(self._rows(sheet.query), _FIRST):
            self._write(page, last, row, kinds)
        self._close(page, names, last)
        if sheet.name == "Segments":
            self._shares(page, last)

    def add_months(self) -> None:
        """Add a sheet of revenue by month and segment, with a chart."""
        if "segment_sales" not in self.snapshot.tables:
            return
        sales = self.snapshot.query(
            "select month, segment, revenue from segment_sales where segment is not null order by month, segment"
        )
        if sales.empty:
            return
        shown = colors(self.snapshot)
        sales["revenue"] = sales["revenue"].astype(float)
        wide = sales.pivot_table(index="month", columns="segment", values="revenue")
        wide = wide[[segment for segment in shown if segment in wide]].fillna(0.0)
        segments = [str(segment) for segment in wide]
        kinds = ["month", *["money"] * len(segments)]
        about = "Revenue before returns, by the segment at the end of the month."
        page = self._page("Months", about, ["month", *segments], kinds)
        last = _HEADER
        for last, (month, *values) in enumerate(wide.itertuples(), _FIRST):
            self._write(page, last, (month, *values), kinds)
        self._close(page, ["month", *segments], last)
        chart = self.book.add_chart({"type": "column", "subtype": "stacked"})
        for column, segment in enumerate(segments, 1):
            chart.add_series(
                {
                    "name": ["Months", _HEADER, column],
                    "categories": ["Months", _FIRST, 0, last, 0],
                    "values": ["Months", _FIRST, column, last, column],
                    "fill": {"color": shown[segment]},
                    "gap": 40,
                }
            )
        chart.set_title({"name": "Revenue by month and segment", "overlay": False})
        chart.set_x_axis({"num_format": "mmm yy", "date_axis": True, "major_gridlines": {"visible": False}})
        chart.set_y_axis({"num_format": "#,##0", "line": {"none": True}})
        chart.set_size({"width": 900, "height": 420})
        page.insert_chart(_HEADER, len(segments) + 2, chart)

    def add_columns(self, sheets: list[Sheet]) -> None:
        """Add a sheet that explains the columns of the tables that the sheets are made of."""
        tables = sorted({table for sheet in sheets for table in sheet.tables})
        rows = self.snapshot.query(
            """
            select table_name, column_name, data_type, coalesce(comment, '') as comment
            from duckdb_columns()
            where list_contains($tables, table_name)
            order by table_name, column_index
            """,
            {"tables": tables},
        )
        names = ["table", "column", "header", "type", "description"]
        kinds = ["text", "text", "text", "text", "wide"]
        page = self._page("Columns", "What the columns mean.", names, kinds)
        last = _HEADER
        for last, (table, column, *others) in enumerate(rows.itertuples(index=False), _FIRST):
            self._write(page, last, (table, column, _header(column), *others), kinds)
        self._close(page, names, last)

    def _page(self, name: str, about: str, names: list[str], kinds: list[str]) -> Worksheet:
        page = self.book.add_worksheet(name)
        as_of = formats.date(datetime.date.fromisoformat(self.snapshot.manifest["as_of_date"]))
        page.write_string(0, 0, name, self.title)
        page.write_string(1, 0, f"{about} As of {as_of}, version {self.snapshot.version}.")
        for column, (column_name, kind) in enumerate(zip(names, kinds, strict=True)):
            page.write_string(_HEADER, column, _header(column_name), self.header)
            width = _WIDTH if kind == "wide" else min(max(len(column_name) + 4, 12), 30)
            page.set_column(column, column, width)
        page.freeze_panes(_FIRST, 1)
        page.hide_gridlines(2)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.repeat_rows(_HEADER)
        return page

    def _close(self, page: Worksheet, names: list[str], last: int) -> None:
        """Make rows a table of Excel, or give them a filter where rows are written one by one."""
        if last == _HEADER:
            page.write_string(_FIRST, 0, "Nothing is known yet.")
        elif self.is_large:
            page.autofilter(_HEADER, 0, last, len(names) - 1)
        else:
            headers = [{"header": _header(name), "header_format": self.header} for name in names]
            page.add_table(_HEADER, 0, last, len(names) - 1, {"columns": headers, "style": "Table Style Light 1"})

    def _shares(self, page: Worksheet, last: int) -> None:
        chart = self.book.add_chart({"type": "bar"})
        for column, words, color in ((2, "Share of customers", "#8A97A5"), (4, "Share of revenue", "#6379EE")):
            chart.add_series(
                {
                    "name": words,
                    "categories": ["Segments", _FIRST, 0, last, 0],
                    "values": ["Segments", _FIRST, column, last, column],
                    "fill": {"color": color},
                }
            )
        chart.set_title({"name": "Who they are, and what they bring", "overlay": False})
        chart.set_y_axis({"reverse": True})
        chart.set_x_axis({"num_format": "0 %", "major_gridlines": {"visible": True, "line": {"color": "#E0E4E9"}}})
        chart.set_size({"width": 760, "height": 80 + 45 * (last - _HEADER)})
        page.insert_chart(last + 2, 0, chart)

    def _rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        for batch in self.snapshot.batches(query):
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)

    def _write(self, page: Worksheet, row: int, values: tuple[Any, ...], kinds: list[str]) -> None:
        longest = max((len(v) for v, k in zip(values, kinds, strict=True) if k == "wide" and v), default=0)
        if longest > _WIDTH:
            # Not every program makes room for text that is wrapped.
            page.set_row(row, 15.0 * -(-longest * 11 // (_WIDTH * 10)))
        for column, (value, kind) in enumerate(zip(values, kinds, strict=True)):
            _write_cell(page, row, column, value, self.formats[kind])


def _write_cell(page: Worksheet, row: int, column: int, value: Any, form: Format) -> None:
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    if value is None or value != value or value is pd.NaT:
        page.write_blank(row, column, None, form)
    elif isinstance(value, bool):
        page.write_string(row, column, "yes" if value else "no", form)
    elif isinstance(value, str):
        # Whatever it begins with: somebody wrote it into a file of invoices.
        page.write_string(row, column, value[:_LONGEST_TEXT], form)
    elif isinstance(value, datetime.date):
        page.write_datetime(row, column, value, form)
    else:
        page.write_number(row, column, float(value), form)


def _header(name: str) -> str:
    """Write the name of a column as people do; names of segments stay as they are."""
    return name.replace("_", " ").capitalize() if name.islower() else name


def _kind(name: str, kind: str) -> str:
    """Say how a column is written: amounts and shares have types of their own in the marts."""
    if name in _WIDE:
        return "wide"
    if kind.startswith("DECIMAL"):
        return "share" if kind == "DECIMAL(9,6)" else "money" if kind.endswith(",4)") else "number"
    if kind in {"DATE", "TIMESTAMP"}:
        return "date"
    if kind in {"BIGINT", "INTEGER", "HUGEINT"}:
        return "count"
    return "number" if kind == "DOUBLE" else "text"
