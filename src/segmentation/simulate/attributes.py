"""A table of customers' attributes that is planted: two follow the groups of customers, and the others nothing.

It has the dirt of exports of a customer database: empty values, customers who are missing, people who bought nothing,
and customers who are in it twice.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from segmentation.simulate.buyers import GROUPS, Population
from segmentation.simulate.lines import FIRST_CUSTOMER_ID

CHANNELS = ("website", "marketplace", "shop", "sales representative")
CHANNEL_SHARES = {
    "vip": (0.25, 0.05, 0.10, 0.60),
    "regular": (0.60, 0.10, 0.20, 0.10),
    "occasional": (0.45, 0.25, 0.25, 0.05),
    "newcomer": (0.30, 0.60, 0.08, 0.02),
    "lapsed": (0.55, 0.15, 0.22, 0.08),
    "one_time": (0.35, 0.45, 0.18, 0.02),
}
"""How often a group comes through each channel."""

MEAN_AGES = {"vip": 51.0, "newcomer": 36.0}
"""Of the groups whose age is another than that of the others."""

_MEAN_AGE, _AGE_DEVIATION = 45.0, 12.0
_CITIES = (
    *("London", "Birmingham", "Leeds", "Glasgow", "Sheffield", "Bradford", "Manchester", "Edinburgh", "Liverpool"),
    *("Bristol", "Cardiff", "Belfast", "Leicester", "Wakefield"),
)
_MISSING, _STRANGERS, _TWICE = 0.03, 0.01, 0.005
_HEADER = ("Customer ID", "E-mail", "Channel", "City", "Age", "Newsletter", "Visits")


def write_attributes(folder: Path, population: Population, seed: int) -> None:
    """Write customers.csv.

    Parameters
    ----------
    folder : Path
    population : Population
        Of the shop. Nothing is drawn of it: its lines are the same with a table of attributes.
    seed : int
    """
    rng = np.random.default_rng([seed, 5])
    groups = np.array([group.name for group in GROUPS])[population.group]
    count = len(groups)
    shares = np.cumsum([CHANNEL_SHARES[group] for group in groups], axis=1)
    channels = (rng.random(count)[:, None] > shares).sum(axis=1).clip(max=len(CHANNELS) - 1)
    means = np.array([MEAN_AGES.get(group, _MEAN_AGE) for group in groups])
    ages = np.clip(rng.normal(means, _AGE_DEVIATION), 18, 95).astype(int)
    weights = 1 / np.arange(1, len(_CITIES) + 1)
    cities = rng.choice(len(_CITIES), count, p=weights / weights.sum())
    newsletter, visits = rng.random(count) < 0.4, rng.negative_binomial(2, 0.1, count)
    has_age, has_channel = rng.random(count) > 0.05, rng.random(count) > 0.02
    rows = [
        [
            str(FIRST_CUSTOMER_ID + n),
            f"customer{FIRST_CUSTOMER_ID + n}@example.com",
            CHANNELS[channels[n]] if has_channel[n] else "",
            _CITIES[cities[n]],
            str(ages[n]) if has_age[n] else "",
            "yes" if newsletter[n] else "no",
            str(visits[n]),
        ]
        for n in range(count)
    ]
    kept = [row for row, is_kept in zip(rows, rng.random(count) >= _MISSING, strict=True) if is_kept]
    twice = [row for row, is_twice in zip(kept, rng.random(len(kept)) < _TWICE, strict=True) if is_twice]
    # The second row of a customer is of another city.
    again = [[*row[:3], _CITIES[(_CITIES.index(row[3]) + 1) % len(_CITIES)], *row[4:]] for row in twice]
    strangers = [
        [str(FIRST_CUSTOMER_ID + count + n), f"customer{FIRST_CUSTOMER_ID + count + n}@example.com", *row[2:]]
        for n, row in enumerate(kept[: round(_STRANGERS * count)])
    ]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "customers.csv").open("w", encoding="utf-8", newline="") as f:
        csv.writer(f, lineterminator="\n").writerows([_HEADER, *kept, *again, *strangers])
