"""The shop's days, one after the other: the only state is the population and what has yet to come back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from segmentation.simulate import dirt, orders
from segmentation.simulate.buyers import GROUPS, Population, draw_population, expected_orders_per_customer
from segmentation.simulate.campaigns import Diary
from segmentation.simulate.catalogue import Catalogue, make_catalogue
from segmentation.simulate.lines import FIRST_CUSTOMER_ID, NO_CUSTOMER, Lines, concat, to_table
from segmentation.simulate.tastes import Tastes

LINES_PER_CUSTOMER = 130
"""As in a wholesaler's books: Online Retail has 125."""

_FIRST_INVOICE = 500_000
_BATCH = 50_000
_PART = 10_000
_GUESTS_RETURN = np.float32(0.01)
_OTHER_LINES = 1.08
"""Lines of all kinds for each line of an identified sale: guests, returns, charges, copies."""


def _split(returns: Lines, second: int) -> tuple[list[Lines], Lines]:
    """Tell returns that are still to come at a time from those that are due."""
    return [returns.take(returns.second >= second)], returns.take(returns.second < second)


def _guest_values(rng: np.random.Generator, count: int) -> NDArray[np.float32]:
    return rng.lognormal(3.3, 0.6, count).astype(np.float32)


@dataclass(frozen=True)
class Shop:
    """A shop to be simulated.

    Attributes
    ----------
    lines : int
        About how many invoice lines.
    customers : int
        How many customers, all of whom buy at least once.
    start : numpy.datetime64
        First day.
    days : int
        Length of the window.
    seed : int
        Same seed and same settings: same lines.
    """

    lines: int
    customers: int
    start: np.datetime64
    days: int
    seed: int

    def population(self) -> Population:
        """Draw the customers."""
        return draw_population(np.random.default_rng([self.seed, 0]), self.customers, self.days)

    def catalogue(self) -> Catalogue:
        """Draw what it sells."""
        return make_catalogue(np.random.default_rng([self.seed, 1]))

    def diary(self) -> Diary:
        """Return what `invoice_lines` notes for campaigns, and draws their lists by."""
        return Diary(self.population(), self.start, self.days, self.seed)

    def invoice_lines(self, diary: Diary | None = None) -> Iterator[pa.Table]:
        """Yield the lines, day by day, in tables of some 50,000.

        Parameters
        ----------
        diary : Diary, optional
            Of this shop, to plant campaigns. Other lines are the same with it.
        """
        pending: list[Lines] = []
        catalogue = self.catalogue()
        for lines in self._parts_of_days(catalogue, diary):
            pending.append(lines)
            if sum(map(len, pending)) >= _BATCH:
                yield to_table(concat(pending), catalogue, self.start)
                pending = []
        if sum(map(len, pending)):
            yield to_table(concat(pending), catalogue, self.start)

    def _parts_of_days(self, catalogue: Catalogue, diary: Diary | None) -> Iterator[Lines]:
        rng = np.random.default_rng([self.seed, 2])
        population = self.population()
        tastes = Tastes(catalogue, population, self.seed)
        lines_per_order = max(
            1.0, self.lines / (self.customers * expected_orders_per_customer(self.days) * _OTHER_LINES)
        )
        outstanding: list[Lines] = []
        invoice = _FIRST_INVOICE
        for day in range(self.days):
            buyers = orders.buyers_of_day(rng, population, day, orders.demand(self.start + day))
            guests = np.full(rng.poisson(dirt.GUEST_SHARE * len(buyers)), NO_CUSTOMER)
            buyers = rng.permutation(np.concatenate([buyers, guests]))
            # A busy day comes in parts, so that memory does not grow with the shop.
            parts = np.array_split(buyers, 1 + int(len(buyers) * lines_per_order / _PART))
            for n, part in enumerate(parts):
                known = part != NO_CUSTOMER
                value = np.where(known, population.order_value[part], _guest_values(rng, len(part)))
                sales = orders.draw_orders(
                    rng,
                    catalogue,
                    day,
                    part,
                    value,
                    lines_per_order,
                    invoice,
                    (n / len(parts), (n + 1) / len(parts)),
                )
                sales = tastes.applied(sales)
                invoice += len(part)
                probability = np.where(
                    sales.customer != NO_CUSTOMER,
                    population.return_probability[sales.customer],
                    _GUESTS_RETURN,
                )
                outstanding.append(orders.draw_returns(rng, sales, probability))
                if diary:
                    diary.note(sales, day)
                yield self._written(rng, sales, dirt.charges(rng, catalogue, sales))
            if outstanding:
                outstanding, due = _split(concat(outstanding), (day + 1) * 86_400)
                # One cancellation for each original order.
                _, number = np.unique(due.invoice, return_inverse=True)
                yield self._written(rng, due.with_columns(invoice=invoice + number))
                invoice += len(due)
            books = dirt.bookkeeping(rng, catalogue, day, invoice, int(len(buyers) * lines_per_order))
            yield self._written(rng, books)
            invoice += len(books) + 4
            if diary:
                for sales in diary.orders_of(day, catalogue, lines_per_order):
                    diary.note(sales, day)
                    yield sales

    @staticmethod
    def _written(rng: np.random.Generator, *parts: Lines) -> Lines:
        lines = concat(parts)
        return dirt.smudge(rng, lines.take(np.lexsort((lines.invoice, lines.second))))

    def truth(self) -> pa.Table:
        """Return what was planted: one row a customer."""
        p = self.population()
        return pa.table(
            {
                "customer_id": FIRST_CUSTOMER_ID + np.arange(len(p)),
                "planted_group": pa.array([g.name for g in GROUPS]).take(pa.array(p.group)),
                "arrival_day": p.arrival_day,
                "departure_day": p.departure_day,
                "orders_per_day": p.orders_per_day,
                "order_value": p.order_value,
                "return_probability": p.return_probability,
            }
        )
