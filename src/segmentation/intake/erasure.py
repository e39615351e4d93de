"""Keeps customers out whose data were erased: their rows are read as empty ones, which keep their places."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Collection, Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from segmentation.intake.conversion import ROW_SCHEMA, UNREADABLE, read_rows
from segmentation.intake.invoice_file import InvoiceFile
from segmentation.intake.shapes import LINE_FIELDS

ERASED = '{"erased": "true"}'
"""The other_fields of a row that was emptied; nothing else is left of it but its place."""

SEPARATORS = r'[,;\t|"]'
"""A regular expression for what stands between the values of a row that can't be read."""

_WHITE_SPACE = " \t\n\r\xa0"


def clean_id(text: str | None) -> str | None:
    """Return an identifier as the macros clean_text and clean_id do; None where it is empty.

    17850 for `17850.0`, `17,850`, `'17850` and `="17850"`.
    """
    stripped = (text or "").strip(_WHITE_SPACE)
    if number := re.fullmatch(r"([0-9]+)\.00?", stripped):
        return number[1]
    if re.fullmatch(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.00?)?", stripped):
        return stripped.replace(",", "").partition(".")[0]
    if stripped.startswith(("'", '="')):
        stripped = re.sub(r"""^(?:'|="\s*)|"$""", "", stripped)
    return stripped or None


def clean_customer_id(text: str | None) -> str | None:
    """Return a customer as the macro clean_customer_id does: an identifier, or an e-mail address in lower case."""
    customer = clean_id(text)
    if customer is None or "@" not in customer:
        return customer
    # Letter by letter, as databases do: Python knows that a sigma has another form at the end of a word.
    return "".join("i" if letter == "İ" else letter.lower() for letter in customer)


@functools.lru_cache(100_000)
def customer_hash(text: str | None) -> str | None:
    """Return the SHA-256 hash, 64 hexadecimal digits, of a customer after cleaning; None if there is none."""
    customer = clean_customer_id(text)
    return None if customer is None else hashlib.sha256(customer.encode("utf-8", "surrogatepass")).hexdigest()


def read_rows_without(files: Iterable[InvoiceFile], erased: Collection[str]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of files as `read_rows` does, those of erased customers emptied.

    Of files in which a customer is on one row of an order only, all rows of the customer's orders are emptied: they
    are read twice. A row that can't be read is emptied where one of its values is an erased customer.

    Parameters
    ----------
    files : iterable of InvoiceFile
        Text files and sheets of workbooks.
    erased : collection of str
        What `customer_hash` returns of erased customers.
    """
    if not erased:
        yield from read_rows(files)
        return
    for file in files:
        orders: set[str | None] = set()
        if file.order_fields:
            for batch in read_rows([file]):
                mask = _is_erased(batch, erased)
                orders.update(clean_id(invoice) for invoice in batch["invoice_id"].filter(mask).to_pylist())
        orders.discard(None)
        for batch in read_rows([file]):
            mask = _is_erased(batch, erased)
            if orders:
                of_order = [clean_id(invoice) in orders for invoice in batch["invoice_id"].to_pylist()]
                mask = pc.or_(mask, pa.array(of_order, pa.bool_()))
            yield _emptied(batch, mask)


def _is_erased(batch: pa.RecordBatch, erased: Collection[str]) -> pa.Array:
    customers, others = batch["customer_id"].to_pylist(), batch["other_fields"].to_pylist()
    return pa.array(
        [
            customer_hash(customer) in erased or any(customer_hash(value) in erased for value in _unreadable(other))
            for customer, other in zip(customers, others, strict=True)
        ],
        pa.bool_(),
    )


def _unreadable(other_fields: str | None) -> list[str]:
    if other_fields is None or UNREADABLE not in other_fields:
        return []
    return re.split(SEPARATORS, json.loads(other_fields).get(UNREADABLE, ""))


def _emptied(batch: pa.RecordBatch, mask: pa.Array) -> pa.RecordBatch:
    columns = {name: batch[name] for name in ROW_SCHEMA.names}
    for name in LINE_FIELDS:
        columns[name] = pc.if_else(mask, pa.scalar(None, pa.string()), columns[name])
    columns["other_fields"] = pc.if_else(mask, ERASED, columns["other_fields"])
    columns["unread_hash"] = pc.if_else(mask, pa.scalar(None, pa.string()), columns["unread_hash"])
    return pa.record_batch(list(columns.values()), schema=ROW_SCHEMA)
