"""What is in real exports besides sales: charges, write-offs, bad debt, copies and sloppy text."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segmentation.simulate.catalogue import WRITE_OFF_NOTES, Catalogue
from segmentation.simulate.lines import (
    ADJUSTMENT,
    CANCELLATION,
    LOWER_CASE_CODE,
    NO_CUSTOMER,
    PADDED_CUSTOMER,
    PADDED_DESCRIPTION,
    SALE,
    Lines,
    concat,
    make_lines,
)

GUEST_SHARE = 0.06
"""Orders without a customer, as a share of the others."""
DUPLICATE_SHARE = 0.008
"""Lines that are in the export twice, to the letter."""


def _one_line(
    catalogue: Catalogue, code: str, kind: int, invoice: int, second: int, cents: int, quantity: int
) -> Lines:
    def column(value: int) -> NDArray[np.int64]:
        return np.array([value], dtype=np.int64)

    position = np.array([catalogue.special(code)], dtype=np.int32)
    return make_lines(
        column(invoice), position, column(quantity), column(second), column(cents), column(NO_CUSTOMER), kind
    )


def charges(rng: np.random.Generator, catalogue: Catalogue, sales: Lines) -> Lines:
    """Postage on one order in ten, a discount on one in 150, a manual charge on one in 400."""
    first = np.flatnonzero(np.r_[True, sales.invoice[1:] != sales.invoice[:-1]]) if len(sales) else np.arange(0)
    head = sales.take(first)
    parts = []
    for code, share, low, high, sign in (
        ("POST", 0.1, 300, 1800, 1),
        ("D", 1 / 150, 100, 3000, -1),
        ("M", 1 / 400, 50, 5000, 1),
    ):
        chosen = head.take(rng.random(len(head)) < share)
        position = np.full(len(chosen), catalogue.special(code), dtype=np.int32)
        parts.append(
            chosen.with_columns(
                kind=np.full(len(chosen), SALE if sign > 0 else CANCELLATION, dtype=np.int8),
                code=position,
                description=position,
                quantity=np.full(len(chosen), sign, dtype=np.int64),
                price_cents=rng.integers(low, high, len(chosen)),
            )
        )
    return concat(parts)


def bookkeeping(rng: np.random.Generator, catalogue: Catalogue, day: int, invoice: int, volume: int) -> Lines:
    """Stock written off at price 0, samples given away, monthly fees, and now and then a bad debt."""
    second = day * 86_400 + 17 * 3600
    lost = int(rng.poisson(0.003 * volume))
    first_note = len(catalogue.codes)
    code = rng.integers(0, catalogue.products, lost).astype(np.int32)
    given_away = rng.random(lost) < 0.3
    units = rng.integers(1, 60, lost)
    parts = [
        make_lines(
            invoice=invoice + np.arange(lost),
            code=code,
            quantity=np.where(given_away, units, -units),
            second=np.full(lost, second),
            price_cents=np.zeros(lost, dtype=np.int64),
            customer=np.full(lost, NO_CUSTOMER, dtype=np.int64),
            description=np.where(given_away, code, first_note + rng.integers(0, len(WRITE_OFF_NOTES), lost)).astype(
                np.int32
            ),
        )
    ]
    if day % 30 == 27:
        for n, (fee, low, high) in enumerate((("BANK CHARGES", 1000, 40_000), ("AMAZONFEE", 5000, 900_000))):
            cents = int(rng.integers(low, high))
            parts.append(_one_line(catalogue, fee, CANCELLATION, invoice + lost + n, second, cents, -1))
    if day % 180 == 90:
        cents = -int(rng.integers(50_000, 1_100_000))
        parts.append(_one_line(catalogue, "B", ADJUSTMENT, invoice + lost + 3, second, cents, 1))
    return concat(parts)


def smudge(rng: np.random.Generator, lines: Lines) -> Lines:
    """Write some codes in lower case, pad some texts with a blank, and repeat some lines to the letter."""
    draw = rng.random((3, len(lines)), dtype=np.float32)
    variant = (
        LOWER_CASE_CODE * (draw[0] < 0.004)
        + PADDED_DESCRIPTION * (draw[1] < 0.01)
        + PADDED_CUSTOMER * (draw[2] < 0.001)
    ).astype(np.int8)
    copies = 1 + (rng.random(len(lines), dtype=np.float32) < DUPLICATE_SHARE)
    return lines.with_columns(variant=variant).take(np.repeat(np.arange(len(lines)), copies))
