"""The shop's days, one after the other: the only state is the population and what has yet to come back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from segmentation.simulate import dirt, orders
from segmentation.simulate.buyers import GROUPS, Population, draw_population, expected_orders_per_customer
from segmentation.simulate.catalogue import make_catalogue
from segmentation.simulate.lines import FIRST_CUSTOMER_ID, NO_CUSTOMER, Lines, concat, to_table

LINES_PER_CUSTOMER = 130
"""As in a wholesaler's books: Online Retail has 125."""

_FIRST_INVOICE = 500_000
_BATCH = 100_000
_OTHER_LINES = 1.08
"""Lines of all kinds for each line of an identified sale: guests, returns, charges, copies."""


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

    def invoice_lines(self) -> Iterator[pa.Table]:
        """Yield the lines in order of time, in tables of at least 100,000 (but the last)."""
        rng = np.random.default_rng([self.seed, 1])
        population, catalogue = self.population(), make_catalogue(rng)
        lines_per_order = max(
            1.0, self.lines / (self.customers * expected_orders_per_customer(self.days) * _OTHER_LINES)
        )
        returns: defaultdict[int, list[Lines]] = defaultdict(list)
        pending: list[Lines] = []
        invoice = _FIRST_INVOICE
        for day in range(self.days):
            buyers = orders.buyers_of_day(rng, population, day, orders.demand(self.start + day))
            value, return_probability = population.order_value[buyers], population.return_probability
            guests = int(rng.poisson(dirt.GUEST_SHARE * len(buyers)))
            if guests:
                value = np.concatenate([value, rng.lognormal(3.3, 0.6, guests).astype(np.float32)])
                buyers = np.concatenate([buyers, np.full(guests, NO_CUSTOMER)])
            mixed = rng.permutation(len(buyers))
            sales = orders.draw_orders(
                rng, catalogue, day, buyers[mixed], value[mixed], lines_per_order, invoice
            )
            invoice += len(buyers)
            come_back = orders.draw_returns(
                rng, sales, np.where(sales.customer >= 0, return_probability[sales.customer], np.float32(0.01))
            )
            for due in np.unique(come_back.second // 86_400):
                returns[int(due)].append(come_back.take(come_back.second // 86_400 == due))
            parts = [sales, dirt.charges(rng, catalogue, sales)]
            if day in returns:
                # One cancellation for each customer and original order.
                due_today = concat(returns.pop(day))
                _, number = np.unique(due_today.invoice, return_inverse=True)
                parts.append(due_today.with_columns(invoice=invoice + number))
                invoice += int(number.max()) + 1
            parts.append(dirt.bookkeeping(rng, catalogue, day, invoice, len(sales)))
            invoice += len(parts[-1]) + 4
            today = concat(parts)
            today = today.take(np.lexsort((today.invoice, today.second)))
            pending.append(dirt.smudge(rng, today))
            if sum(map(len, pending)) >= _BATCH:
                yield to_table(concat(pending), catalogue, self.start)
                pending = []
        if sum(map(len, pending)):
            yield to_table(concat(pending), catalogue, self.start)

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
