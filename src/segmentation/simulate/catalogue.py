"""What the shop sells, and the codes on its invoices that are not products."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_COLOURS = ("RED", "BLUE", "WHITE", "GREEN", "PINK", "IVORY", "VINTAGE", "RETRO")
_MATERIALS = ("GLASS", "PAPER", "WOODEN", "METAL", "CERAMIC", "COTTON", "FELT", "ZINC")
_THINGS = ("LANTERN", "MUG", "CAKE STAND", "CLOCK", "NAPKINS, PACK OF 20", 'FRAME 6" X 4"', "DOORMAT", "BOWL")
_CATEGORIES = ("Lanterns", "Mugs", "Cake stands", "Clocks", "Napkins", "Frames", "Doormats", "Bowls")

SPECIALS = {
    "POST": "POSTAGE",
    "D": "Discount",
    "M": "Manual",
    "BANK CHARGES": "Bank Charges",
    "AMAZONFEE": "AMAZON FEE",
    "B": "Adjust bad debt",
}
"""Codes that are on invoices without being products."""

WRITE_OFF_NOTES = ("damaged", "wet/rusty", "thrown away", "?")
"""What is written where a description should be when stock is written off."""


@dataclass(frozen=True)
class Catalogue:
    """Everything that can be on a line: products first, then specials, then write-off notes."""

    codes: NDArray[np.object_]
    descriptions: NDArray[np.object_]
    price_cents: NDArray[np.int64]
    popularity: NDArray[np.float64]
    categories: NDArray[np.object_]
    """Of the products."""
    products: int

    def special(self, code: str) -> int:
        """Position of a code that is not a product."""
        return self.products + list(SPECIALS).index(code)


def make_catalogue(rng: np.random.Generator, products: int = 1200) -> Catalogue:
    """Draw a catalogue: log-normal prices around 2.50 and popularity by Zipf's law."""
    number = np.arange(products)
    suffix = np.where(number % 7 == 0, "A", np.where(number % 11 == 0, "B", ""))
    codes = [f"{20000 + 3 * n}{s}" for n, s in zip(number, suffix, strict=True)]
    names = [
        f"{_COLOURS[n % 8]} {_MATERIALS[n // 8 % 8]} {_THINGS[n // 64 % 8]}" + (f" No {n // 512}" if n >= 512 else "")
        for n in number
    ]
    price = np.clip(np.rint(rng.lognormal(np.log(250), 0.8, products) / 5) * 5, 10, 15000)
    weight = rng.permutation(1 / (number + 20.0))
    return Catalogue(
        codes=np.array(codes + list(SPECIALS), dtype=object),
        descriptions=np.array(names + list(SPECIALS.values()) + list(WRITE_OFF_NOTES), dtype=object),
        price_cents=price.astype(np.int64),
        popularity=np.cumsum(weight) / weight.sum(),
        categories=np.array(_CATEGORIES, dtype=object)[number // 64 % 8],
        products=products,
    )
