"""What was read: the exploration that comes before any segment."""

from __future__ import annotations

from functools import partial

from segmentation_charts import formats, lines
from segmentation_charts.frames import lines as frames
from segmentation_charts.frames import sold
from segmentation_charts.frames.measures import money_title
from segmentation_charts.published import Snapshot
from segmentation_report.parts import Figure, Note, Section, Table


def section(snapshot: Snapshot) -> Section:
    """Return the section on the invoice lines."""
    parts: list[Figure | Table | Note] = [_fates(snapshot), _files(snapshot)]
    if frames.is_published(snapshot):
        parts += _columns(snapshot)
        parts += _rankings(snapshot)
        parts += _times(snapshot)
    else:
        parts.append(
            Note(
                "The invoice lines are not in this snapshot: there are more of them than publish_lines_up_to allows. A "
                "build with a higher value of this setting publishes them, and this section then also shows the "
                "distribution, missing values and outliers of each column, the top products and countries, and the "
                "sales by month, weekday and hour."
            )
        )
    introduction = "What the files held before anything was made of it, and what cleaning took out."
    return Section("lines", "The invoice lines", introduction, parts)


def _customers_with_lines(snapshot: Snapshot) -> str:
    found = snapshot.query(
        "select count(*) as lines, count(distinct customer_id) as customers from invoice_lines where line_type = 'sale'"
    ).iloc[0]
    return f"From {formats.count(found['lines'])} sale lines; {formats.count(found['customers'])} customers are named."


def _fates(snapshot: Snapshot) -> Figure:
    frame = frames.fates(snapshot)
    rows = formats.count(frame["value"].sum())
    customers = formats.count(snapshot.manifest["row_counts"]["customer_segments"])
    return Figure(
        "cleaning",
        "What became of the rows that were read",
        f"Every row is accepted as one type of line, or rejected for one reason. From {rows} rows; the sales among "
        f"them are those of {customers} customers, and of buyers without a name.",
        partial(lines.bars, frame, "Rows"),
    )


def _files(snapshot: Snapshot) -> Table:
    found = snapshot.query("select * from load_audit order by source_file limit 20")
    files = len(snapshot.query("select source_file from load_audit"))
    rows = [
        (
            formats.text(row["source_file"].rsplit("/", 1)[-1]),
            formats.count(row["rows_read"]),
            formats.count(row["rows_accepted"]),
            formats.count(row["rows_rejected"]),
            formats.money(row["amount_accepted"], snapshot.currency),
        )
        for row in found.to_dict("records")
    ]
    return Table(
        "Files",
        f"What was read from {formats.count(files)} {'file' if files == 1 else 'files'}"
        f"{', the first 20 by name' if files > len(rows) else ''}. Rows read are rows accepted and rejected.",
        ("File", "Rows read", "Accepted", "Rejected", "Amount accepted"),
        rows,
        frozenset(range(1, 5)),
    )


def _columns(snapshot: Snapshot) -> list[Figure | Table | Note]:
    missing, histograms = frames.missing(snapshot), frames.histograms(snapshot)
    outliers = histograms.drop_duplicates("panel")[["panel", "outliers"]].to_dict("records")
    values = frames.values(snapshot)
    shares = dict(zip(missing["label"], missing["text"], strict=True))
    counted = _customers_with_lines(snapshot)
    accepted = formats.count(snapshot.manifest["row_counts"]["invoice_lines"])
    return [
        Table(
            "Columns",
            f"What the columns of the {accepted} accepted lines hold. The lowest and highest of names are the first "
            "and last by alphabet.",
            ("Column", "Without a value", "Different values", "Lowest", "Median", "Highest"),
            [
                (row[0], shares[row[0]], *row[1:])
                for row in values[["column", "different", "lowest", "median", "highest"]].itertuples(index=False)
            ],
            frozenset({1, 2}),
        ),
        Figure(
            "missing-values",
            "Missing values",
            f"Share of the {accepted} accepted lines in which a column is empty. Lines without a customer count in "
            "the accounts and for no customer; rows without a number, date or price that can be read are rejected. "
            f"{counted}",
            partial(lines.bars, missing, "Lines without a value"),
        ),
        Figure(
            "column-distributions",
            "Distributions and outliers",
            f"Histograms on logarithmic axes. Dashed lines: Tukey's fences, {formats.number(1.5)} interquartile ranges "
            "beyond the quartiles of the logarithms; beyond them lie "
            + ", ".join(f"{formats.share(o['outliers'])} ({_short(o['panel'])})" for o in outliers)
            + f". {counted}",
            partial(lines.histograms, histograms),
        ),
    ]


def _short(panel: str) -> str:
    return panel.split(" (")[0].removesuffix(" of a sale line").lower()


def _rankings(snapshot: Snapshot) -> list[Figure]:
    counted, title = _customers_with_lines(snapshot), money_title("Revenue", snapshot.currency)
    figures = []
    for name, what, frame in (
        ("top-products", "products", sold.top_products(snapshot)),
        ("top-countries", "countries", sold.top_countries(snapshot)),
    ):
        if len(frame):
            caption = f"The {what} with the highest revenue, at most {sold.TOP}, before returns. {counted}"
            figures.append(Figure(name, f"Top {what}", caption, partial(lines.bars, frame, title)))
    return figures


def _times(snapshot: Snapshot) -> list[Figure]:
    counted, title = _customers_with_lines(snapshot), money_title("Revenue", snapshot.currency)
    figures = []
    for name, what, frame in (
        ("sales-by-month", "month", sold.sales_by_month(snapshot)),
        ("sales-by-weekday", "weekday", sold.sales_by_weekday(snapshot)),
        ("sales-by-hour", "hour of the day", sold.sales_by_hour(snapshot)),
    ):
        if len(frame):
            caption = f"Revenue by {what}, before returns, over the whole time of the data. {counted}"
            figures.append(Figure(name, f"Sales by {what}", caption, partial(lines.periods, frame, title)))
    return figures
