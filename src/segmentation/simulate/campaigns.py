"""Campaigns that are planted: lists with a group held out, and orders that one of them brings.

The orders are lines of their own, with numbers of their own: without campaigns the shop sells the same.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segmentation.campaigns.draw import draw
from segmentation.campaigns.lists import seal_of
from segmentation.simulate import orders
from segmentation.simulate.buyers import GROUPS, Population
from segmentation.simulate.catalogue import Catalogue
from segmentation.simulate.lines import COUNTRIES, FIRST_CUSTOMER_ID, Lines, country_of

FIRST_INVOICE = 900_000
"""Numbers of the orders that campaigns bring; those of the shop begin with 5."""


@dataclass(frozen=True)
class Campaign:
    """A campaign to be planted.

    Attributes
    ----------
    name : str
    group : str
        The planted group whose customers it is for.
    segment, recommended_action : str
        What the list says of them.
    start, days : float
        First day and length, as shares of the window.
    holdout_share : float
    effect : float
        Orders that it brings, as a share of those that customers place anyway.
    """

    name: str
    group: str
    segment: str
    recommended_action: str
    start: float
    days: float
    holdout_share: float
    effect: float


CAMPAIGNS = (
    Campaign(
        "Autumn offer",
        "regular",
        "Loyal",
        "Invite to the loyalty programme and recommend what goes with past purchases.",
        *(0.8343, 0.1233, 0.3, 0.25),
    ),
    Campaign(
        "Early access",
        "vip",
        "VIP",
        "Name a contact person, give early access to new products and ask for referrals; no discounts, they buy "
        "without.",
        *(0.8754, 0.0822, 0.3, 0.0),
    ),
)

_HEADER = (
    *("campaign", "customer_id", "group", "segment", "country", "recommended_action", "last_purchase_date"),
    *("recency_days", "frequency", "monetary", "avg_order_value", "return_rate", "probability_to_buy"),
    *("expected_revenue", "lifetime_value", "stratum", "holdout_share", "assigned_on", "starts_on", "ends_on"),
    *("model_version", "list_seal"),
)


def _number(text: str) -> float:
    """Return a number from 0 to 1, as good as random, that stands for a text."""
    return int(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:12], 16) / 16**12


@dataclass
class Diary:
    """What customers have bought so far, by their number; and the lists that were drawn by it.

    Attributes
    ----------
    population : Population
    start : numpy.datetime64
        First day of the window.
    days : int
        Length of the window.
    seed : int
    """

    population: Population
    start: np.datetime64
    days: int
    seed: int
    rows: dict[str, list[list[str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with customers who have bought nothing."""
        customers = len(self.population)
        self._orders = np.zeros(customers, dtype=np.int64)
        self._cents = np.zeros(customers, dtype=np.int64)
        self._last_day = np.full(customers, -1, dtype=np.int64)
        self._reached: dict[str, NDArray[np.int64]] = {}
        self._rng = np.random.default_rng([self.seed, 3])
        self._invoice = FIRST_INVOICE

    def note(self, sales: Lines, day: int) -> None:
        """Note the sales of a day."""
        known = sales.take(sales.customer >= 0)
        np.add.at(self._cents, known.customer, known.quantity * known.price_cents)
        _, first = np.unique(known.invoice, return_index=True)
        np.add.at(self._orders, known.customer[first], 1)
        self._last_day[known.customer] = day

    def orders_of(self, day: int, catalogue: Catalogue, lines_per_order: float) -> Iterator[Lines]:
        """Draw the lists of a day, and yield the orders that campaigns bring on it."""
        for campaign in CAMPAIGNS:
            first = round(campaign.start * self.days)
            if day == first - 1:
                self._draw(campaign, first)
            if campaign.name not in self._reached or not first <= day < first + round(campaign.days * self.days):
                continue
            reached = self._reached[campaign.name]
            rate = campaign.effect * self.population.orders_per_day[reached]
            chance = -np.expm1(-rate * orders.demand(self.start + day))
            buyers = reached[self._rng.random(len(reached)) < chance]
            value = self.population.order_value[buyers]
            yield orders.draw_orders(
                self._rng, catalogue, day, buyers, value, lines_per_order, self._invoice, (0.0, 1.0)
            )
            self._invoice += len(buyers)

    def _draw(self, campaign: Campaign, first: int) -> None:
        """Draw a list in the evening before the campaign starts."""
        wanted = [group.name for group in GROUPS].index(campaign.group)
        customers = np.flatnonzero((self.population.group == wanted) & (self._orders > 0))
        ids = [str(FIRST_CUSTOMER_ID + customer) for customer in customers]
        name = hashlib.md5(campaign.name.encode(), usedforsecurity=False).hexdigest()
        spent = _parts(self._cents[customers], 4)
        silent = _parts(first - self._last_day[customers], 2)
        held = draw(
            [_number(name + customer) for customer in ids],
            spent * 2 + silent,
            ids,
            campaign.holdout_share,
            _number(campaign.name),
        )
        self._reached[campaign.name] = customers[~held]
        starts_on, ends_on = self.start + first, self.start + first + round(campaign.days * self.days) - 1
        rows = []
        for place in np.argsort(ids):
            customer = customers[place]
            count, money = int(self._orders[customer]), int(self._cents[customer]) / 100
            last_day = int(self._last_day[customer])
            rows.append(
                [
                    *(campaign.name, ids[place], "holdout" if held[place] else "campaign", campaign.segment),
                    *(COUNTRIES[int(country_of(customer))], campaign.recommended_action),
                    *(str(self.start + last_day), str(first - last_day), str(count), f"{money:.2f}"),
                    *(f"{money / count:.2f}", "", "", "", ""),
                    f"revenue {spent[place] + 1} of 4 recency {silent[place] + 1} of 2",
                    *(str(campaign.holdout_share), str(starts_on), str(starts_on), str(ends_on), ""),
                ]
            )
        sealed = ([row[0], row[1], row[2], row[18], row[19], row[16]] for row in rows)
        seal = str(seal_of(sealed))
        self.rows[campaign.name] = [[*row, seal] for row in rows]

    def write(self, folder: Path) -> None:
        """Write the lists that were drawn, one file a campaign."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in self.rows.items():
            path = folder / f"{name.lower().replace(' ', '-')}.csv"
            with path.open("w", encoding="utf-8-sig", newline="") as f:
                csv.writer(f, lineterminator="\n").writerows([_HEADER, *rows])


def _parts(values: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Return in which of some parts of equal size each value is, from 0; equal values are in the same."""
    below = np.searchsorted(np.sort(values), values)
    return np.asarray(below * count // max(len(values), 1), dtype=np.int64)
