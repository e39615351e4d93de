"""Where every row and every penny of the files went, and what was rejected and why."""

from __future__ import annotations

import streamlit as st
from queries import data_quality as queries
from queries import overview
from shown import as_of, facts, sentence, table

from segmentation_charts import formats
from segmentation_charts.published import Snapshot

TYPES = {
    "sale": "Sales",
    "return": "Returns",
    "charge": "Charges: postage, fees, discounts, vouchers",
    "adjustment": "Adjustments of the accounts",
    "write_off": "Stock written off",
    "free": "Given away",
}
REASONS = {
    "erased": "Of a customer whose data were removed",
    "unreadable": "Too few or too many values",
    "order_mark": "Row of a list of returned orders",
    "bad_return_flag": "Neither yes nor no under returned",
    "never_paid": "The order was never paid",
    "other_currency": "A currency without a rate",
    "missing_invoice": "No invoice number",
    "bad_date": "No date that can be read",
    "bad_quantity": "No quantity, or zero",
    "bad_price": "No price",
    "bad_amount": "Too large to be money",
    "duplicate": "Equal to an earlier line",
}
ASSUMPTIONS = {
    "invoice_shape": "What its columns are",
    "encoding": "How its text is encoded",
    "date_order": "Order of day, month and year",
    "decimal_mark": "Decimal mark",
    "discount_sign": "Sign of discounts",
    "overlapping_files": "Orders that are in another file, too",
    "duplicate_lines": "Lines that are equal in every column",
    "invoice_numbers": "Whether a number is one invoice",
    "placeholder_customers": "A customer who may be nobody",
    "join_customer_ids": "Customer ids that are nearly equal",
    "last_date": "The last day",
    "first_date": "The first day",
    "lines": "What lines are",
}
DECIDED_BY = {
    "setting": "A setting",
    "file": "The file",
    "other files": "The other files",
    "default": "Default",
    "warning": "Doubtful",
}


def draw(snapshot: Snapshot) -> None:
    """Draw the page."""
    st.title("Data quality")
    as_of(snapshot, "All rows of all files are counted, whatever their date, country or customer.")
    account = overview.account(snapshot)
    facts(
        {
            "Rows read": formats.count(account["rows_read"]),
            "Accepted": formats.count(account["rows_accepted"]),
            "Rejected": formats.count(account["rows_rejected"]),
            "Rejected share": formats.share(
                account["rows_rejected"] / account["rows_read"] if account["rows_read"] else None, 2
            ),
        }
    )
    if account["is_closed"]:
        st.success("Every row and every penny is accounted for: accepted and rejected add up to what was read.")
    else:
        st.error("The account is open: accepted and rejected do not add up to what was read.")
    _rejected(snapshot)
    _accepted(snapshot)
    _files(snapshot, int(account["files"]))
    _readings(snapshot)


def _rejected(snapshot: Snapshot) -> None:
    st.header("Rejected lines")
    if "rejected_invoice_lines" not in snapshot.tables:
        st.info(f"They were not published: {snapshot.manifest['left_out'].get('rejected_invoice_lines')}.")
        return
    reasons = queries.reasons(snapshot)
    if reasons.empty:
        st.markdown("No line was rejected.")
        return
    table(
        reasons.assign(words=reasons["reason"].map(REASONS).fillna(reasons["reason"])),
        {
            "words": ("Reason", None),
            "lines": ("Lines", formats.count),
            "amount": ("Money on them, where it can be read", lambda amount: formats.money(amount, snapshot.currency)),
        },
        "Rejected lines by reason",
    )
    st.subheader("Examples")
    reason = st.selectbox(
        "Reason",
        reasons["reason"].tolist(),
        format_func=lambda name: REASONS.get(name, name),
        key="reason",
        bind="query-params",
    )
    table(
        queries.examples(snapshot, reason),
        {"source_file": ("File", None), "source_row": ("Row", formats.count), "raw_text": ("Text", None)},
        "The first rejected lines of the reason",
    )


def _accepted(snapshot: Snapshot) -> None:
    st.header("Accepted lines")
    types = queries.line_types(snapshot)
    table(
        types.assign(words=types["line_type"].map(TYPES)),
        {
            "words": ("What they are", None),
            "lines": ("Lines", formats.count),
            "amount": ("Money", lambda amount: formats.money(amount, snapshot.currency, 2)),
        },
        "Accepted lines by type",
    )


def _files(snapshot: Snapshot, count: int) -> None:
    st.header("Files")
    files = queries.files(snapshot)
    if len(files) < count:
        st.caption(f"{formats.count(len(files))} of {formats.count(count)} files, those with the most rejected rows.")
    table(
        files,
        {
            "source_file": ("File", None),
            "rows_read": ("Rows read", formats.count),
            "rows_accepted": ("Accepted", formats.count),
            "rows_rejected": ("Rejected", formats.count),
            "rows_duplicate": ("Of these copies", formats.count),
            "amount_read": ("Money read", lambda amount: formats.money(amount, snapshot.currency, 2)),
            "amount_accepted": ("Money accepted", lambda amount: formats.money(amount, snapshot.currency, 2)),
            "amount_rejected": ("Money rejected", lambda amount: formats.money(amount, snapshot.currency, 2)),
            "first_invoice_date": ("First day", formats.date),
            "last_invoice_date": ("Last day", formats.date),
            "encoding": ("Encoding", None),
            "loaded_at": ("First read", formats.date),
        },
        "What was read of each file",
    )


def _readings(snapshot: Snapshot) -> None:
    """Show what was assumed of the files; versions of an earlier release do not hold it."""
    if "reading_evidence" not in snapshot.tables:
        return
    readings = queries.readings(snapshot)
    if readings.empty:
        return
    st.header("How files were read")
    st.markdown("What files do not say by themselves, and what speaks for and against how it was taken.")
    doubtful = int((readings["decided_by"] == "warning").sum())
    if doubtful:
        st.warning(
            f"{formats.things(doubtful, 'reading')} may be wrong: {'it is' if doubtful == 1 else 'they are'} first."
        )
    count = int(readings["reading_count"].iloc[0])
    if len(readings) < count:
        st.caption(f"{formats.count(len(readings))} of {formats.count(count)} readings, the doubtful ones first.")
    table(
        readings.assign(
            source_file=readings["source_file"].fillna("All files"),
            words=readings["assumption"].map(ASSUMPTIONS).fillna(readings["assumption"]),
            decided=readings["decided_by"].map(DECIDED_BY).fillna(readings["decided_by"]),
            explanation=readings["explanation"].fillna("").map(sentence),
        ),
        {
            "source_file": ("File", None),
            "words": ("What was assumed", None),
            "assumed": ("As", None),
            "decided": ("Decided by", None),
            "lines_for": ("For", formats.count),
            "lines_against": ("Against", formats.count),
            "explanation": ("Explanation", None),
        },
        "How files were read",
    )
