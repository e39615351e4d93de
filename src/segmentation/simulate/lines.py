"""Invoice lines as columns of numbers, and their rendering as the text columns of an export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from segmentation.simulate.catalogue import Catalogue

COUNTRIES = ("United Kingdom", "Germany", "France", "EIRE", "Spain", "Netherlands", "Belgium", "Australia")
FIRST_CUSTOMER_ID = 10_001
NO_CUSTOMER = -1

SALE, CANCELLATION, ADJUSTMENT = 0, 1, 2
_PREFIXES = pa.array(["", "C", "A"])

LOWER_CASE_CODE, PADDED_DESCRIPTION, PADDED_CUSTOMER = 1, 2, 4

SCHEMA = pa.schema(
    [
        ("InvoiceNo", pa.string()),
        ("StockCode", pa.string()),
        ("Description", pa.string()),
        ("Quantity", pa.int64()),
        ("InvoiceDate", pa.timestamp("s")),
        ("UnitPrice", pa.float64()),
        ("CustomerID", pa.string()),
        ("Country", pa.string()),
    ]
)


@dataclass(frozen=True)
class Lines:
    """Invoice lines, one element each."""

    kind: NDArray[np.int8]
    """SALE, CANCELLATION or ADJUSTMENT: the letter before the invoice number."""
    invoice: NDArray[np.int64]
    code: NDArray[np.int32]
    """Position in the catalogue's codes."""
    description: NDArray[np.int32]
    """Position in the catalogue's descriptions."""
    quantity: NDArray[np.int64]
    second: NDArray[np.int64]
    """Seconds from the start of the window."""
    price_cents: NDArray[np.int64]
    customer: NDArray[np.int64]
    """Number of the customer, or NO_CUSTOMER."""
    variant: NDArray[np.int8]
    """Bits: LOWER_CASE_CODE, PADDED_DESCRIPTION, PADDED_CUSTOMER."""

    def __len__(self) -> int:
        return len(self.kind)

    def take(self, index: NDArray[np.intp] | NDArray[np.bool_]) -> Lines:
        """Choose lines by position or by mask."""
        return Lines(**{f.name: getattr(self, f.name)[index] for f in fields(self)})

    def with_columns(self, **columns: NDArray[Any]) -> Lines:
        """Exchange some columns."""
        return Lines(**{f.name: columns.get(f.name, getattr(self, f.name)) for f in fields(self)})


def make_lines(
    invoice: NDArray[np.int64],
    code: NDArray[np.int32],
    quantity: NDArray[np.int64],
    second: NDArray[np.int64],
    price_cents: NDArray[np.int64],
    customer: NDArray[np.int64],
    kind: int = SALE,
    description: NDArray[np.int32] | None = None,
) -> Lines:
    """Make lines of one kind; the description is the code's own unless it is given."""
    return Lines(
        kind=np.full(len(invoice), kind, dtype=np.int8),
        invoice=invoice,
        code=code,
        description=code if description is None else description,
        quantity=quantity,
        second=second,
        price_cents=price_cents,
        customer=customer,
        variant=np.zeros(len(invoice), dtype=np.int8),
    )


def concat(parts: Sequence[Lines]) -> Lines:
    """Put lines one after the other."""
    return Lines(**{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Lines)})


def country_of(customer: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return in which of the countries customers live; the first of the list has four customers in five."""
    return np.asarray(np.where(customer % 5 == 0, 1 + customer // 5 % (len(COUNTRIES) - 1), 0), dtype=np.int64)


def to_table(lines: Lines, catalogue: Catalogue, start: np.datetime64) -> pa.Table:
    """Render lines as the columns of an Online Retail export."""
    code = pa.array(catalogue.codes).take(pa.array(lines.code))
    description = pa.array(catalogue.descriptions).take(pa.array(lines.description))
    has_customer = lines.customer != NO_CUSTOMER
    customer = pc.cast(pa.array(lines.customer + FIRST_CUSTOMER_ID, mask=~has_customer), pa.string())
    foreign = np.where(has_customer, country_of(lines.customer), 0)
    invoice = pc.binary_join_element_wise(
        _PREFIXES.take(pa.array(lines.kind)), pc.cast(pa.array(lines.invoice), pa.string()), ""
    )

    def where(bit: int, changed: pa.Array, column: pa.Array) -> pa.Array:
        return pc.if_else(pa.array((lines.variant & bit) > 0), changed, column)

    return pa.table(
        [
            invoice,
            where(LOWER_CASE_CODE, pc.utf8_lower(code), code),
            where(PADDED_DESCRIPTION, pc.binary_join_element_wise(description, "", " "), description),
            pa.array(lines.quantity),
            pa.array(start.astype("datetime64[s]") + lines.second),
            pa.array(lines.price_cents / 100),
            where(PADDED_CUSTOMER, pc.binary_join_element_wise(customer, "", " "), customer),
            pa.array(COUNTRIES).take(pa.array(foreign)),
        ],
        schema=SCHEMA,
    )
