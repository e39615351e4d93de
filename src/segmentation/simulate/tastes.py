"""Tastes that are planted: one follows a group of customers, the other follows nothing; and a table of categories.

A taste exchanges products for others of the same price, so that amounts, dates and customers stay as they are.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segmentation.simulate.buyers import GROUPS, Population
from segmentation.simulate.catalogue import Catalogue
from segmentation.simulate.lines import NO_CUSTOMER, Lines

GROUP, LIKED_BY_GROUP = "newcomer", "Clocks"
"""A group of customers, and the category that they like."""

LIKED_BY_SOME = "Bowls"
"""The category that some customers like, whatever their group."""

_SOME = 0.15
_STRENGTH = 0.35
_WITHOUT_CATEGORY, _MISSING = 0.02, 0.01
_HEADER = ("StockCode", "Category")


class Tastes:
    """What customers like.

    Parameters
    ----------
    catalogue : Catalogue
    population : Population
    seed : int
        Of the shop. Tastes are drawn from numbers of their own.
    """

    def __init__(self, catalogue: Catalogue, population: Population, seed: int) -> None:
        self._rng = np.random.default_rng([seed, 6])
        self._catalogue = catalogue
        names = np.array([group.name for group in GROUPS])
        likers = {
            LIKED_BY_GROUP: names[population.group] == GROUP,
            LIKED_BY_SOME: self._rng.random(len(population)) < _SOME,
        }
        self._tastes = [(self._by_price(category), liking) for category, liking in likers.items()]

    def _by_price(self, category: str) -> NDArray[np.int32]:
        products = np.flatnonzero(self._catalogue.categories == category)
        order = np.argsort(self._catalogue.price_cents[products], kind="stable")
        return products[order].astype(np.int32)

    def applied(self, sales: Lines) -> Lines:
        """Return sales with some products exchanged for those that their customers like.

        Parameters
        ----------
        sales : Lines
            Whole orders of a part of a day.
        """
        code = sales.code.copy()
        for products, liking in self._tastes:
            chance = np.where(sales.customer == NO_CUSTOMER, 0.0, _STRENGTH * liking[sales.customer])
            prices = self._catalogue.price_cents[products]
            first, end = (np.searchsorted(prices, sales.price_cents, side) for side in ("left", "right"))  # type: ignore[call-overload]
            is_taken = (self._rng.random(len(sales)) < chance) & (end > first)
            place = first + (self._rng.random(len(sales)) * (end - first)).astype(np.int64)
            code[is_taken] = products[place[is_taken]]
        # No product twice in an order that was not: equal lines would be copies.
        of_order = np.int64(len(self._catalogue.codes))
        before, after = (sales.invoice * of_order + codes for codes in (sales.code, code))
        is_first = np.zeros(len(sales), dtype=bool)
        is_first[np.unique(after, return_index=True)[1]] = True
        code = np.where(is_first & ~np.isin(after, before), code, sales.code).astype(np.int32)
        return sales.with_columns(code=code, description=code)


def write_categories(path: Path, catalogue: Catalogue, seed: int) -> None:
    """Write the table of categories, in which some products have none and some are missing.

    Parameters
    ----------
    path : Path
        Of a CSV file.
    catalogue : Catalogue
    seed : int
    """
    rng = np.random.default_rng([seed, 7])
    products = np.arange(catalogue.products)
    has_category = rng.random(len(products)) >= _WITHOUT_CATEGORY
    is_there = rng.random(len(products)) >= _MISSING
    rows = [
        (
            catalogue.codes[n].lower() if n % 5 == 0 else catalogue.codes[n],
            catalogue.categories[n] if has_category[n] else "",
        )
        for n in products[is_there]
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as f:
        csv.writer(f, lineterminator="\n").writerows([_HEADER, *rows])
