"""Names in shops of other kinds: what a person would say who looks at their figures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
import pytest
from conftest import PROJECT
from numpy.typing import NDArray
from shops import CUSTOMERS, SHOPS, orders_of

from segmentation.archetypes import read_archetypes
from segmentation.assignment import NearestNeighbors, choose_neighbors, hold_out
from segmentation.candidates import EFFORTS, evaluate_candidates
from segmentation.fitting import describe_model, fit_clusters, fit_transformation, steps_of
from segmentation.model import SegmentationModel
from segmentation.naming import MEASURED, Archetype
from segmentation.rhythm import estimate_rhythm
from segmentation.selection import choose

FEATURES = ["recency_days", "frequency", "monetary", "is_repeat_customer"]


@cache
def archetypes() -> list[Archetype]:
    return read_archetypes(
        *(pd.read_csv(PROJECT / f"seeds/{name}.csv") for name in ("segment_archetypes", "claim_words"))
    )


@cache
def claims() -> dict[str, list[str]]:
    rows = pd.read_csv(PROJECT / "seeds/segment_archetypes.csv")
    return {name: claim.split(", ") for name, claim in zip(rows["segment"], rows["claim"], strict=True)}


@dataclass(frozen=True)
class Segmented:
    """A shop in segments: the model, the measures of each customer, and where each is."""

    model: SegmentationModel
    measures: NDArray[np.float64]
    segments: NDArray[np.int64]

    def words(self) -> list[list[str]]:
        """Return the words of the names of the segments that somebody is in."""
        return [claims()[self.model.names[number]] for number in np.unique(self.segments)]

    def share_with(self, word: str, customers: slice) -> float:
        """Return the share of some customers in whose segment's name a word is."""
        return float(np.mean([word in claims()[self.model.names[number]] for number in self.segments[customers]]))


@cache
def segmented(name: str) -> Segmented:
    """Segment a shop as a build does, with the defaults."""
    orders, today = orders_of(name)
    days = orders.groupby("customer")["day"]
    frame = pd.DataFrame(
        {
            "recency_days": today - days.max(),
            "frequency": days.size(),
            "monetary": orders.groupby("customer")["amount"].sum(),
            "tenure_days": today - days.min(),
            "purchase_days": days.nunique(),
        }
    ).astype(float)
    span = (days.max() - days.min()) / (frame["purchase_days"] - 1).clip(lower=1)
    frame["interpurchase_days"] = span.where(frame["purchase_days"] > 1, frame["tenure_days"])
    frame["is_repeat_customer"] = (frame["frequency"] > 1).astype(float)
    rhythm = estimate_rhythm(
        frame["interpurchase_days"].to_numpy(), frame["purchase_days"].to_numpy(), float(frame["tenure_days"].max())
    )
    values, measures = frame[FEATURES].to_numpy(), frame[[*MEASURED]].to_numpy()
    transformation = fit_transformation(values, FEATURES, rhythm)
    points = transformation.transform(values)
    (chosen,) = [
        c
        for c in choose(evaluate_candidates(points, 42, range(2, 11), EFFORTS["standard"], steps=steps_of(FEATURES)))
        if c.is_chosen
    ]
    labels = fit_clusters(points, chosen.setting, 42)
    neighbors = choose_neighbors(hold_out(points, labels, int(labels.max()) + 1))
    model = describe_model(values, measures, labels, transformation, archetypes(), rhythm, neighbors=neighbors)
    voters = NearestNeighbors(points, labels, model.centroids, neighbors)
    return Segmented(model, measures, voters.assign(points, model.allowed(measures)).label)


@pytest.mark.parametrize("name", SHOPS)
def test_what_names_say_of_each_customer_is_true_of_nearly_all(name: str) -> None:
    shop = segmented(name)
    for number, members in enumerate(shop.model.members):
        own = shop.measures[shop.segments == number]
        assert not len(own) or members.admits(own).mean() >= 0.99, shop.model.names[number]
    assert not any(name.endswith("ixed group") for name in shop.model.names)


@pytest.mark.parametrize("name", ["one_month", "dead_for_a_year"])
def test_where_everybody_is_gone_all_names_say_so(name: str) -> None:
    assert all("overdue" in words for words in segmented(name).words())


def test_where_everybody_is_new_all_names_say_so() -> None:
    assert all("new" in words for words in segmented("six_weeks_old").words())


def test_where_nobody_comes_back_no_name_speaks_of_coming_back() -> None:
    said = {word for words in segmented("weddings").words() for word in words}
    assert not said & {"repeat orders", "several orders", "often", "recent", "more orders than most"}


def test_a_subscription_is_active_until_it_is_cancelled() -> None:
    shop = segmented("subscription")
    assert shop.model.rhythm is not None
    assert shop.model.rhythm.gap_days == 30
    for number, name in enumerate(shop.model.names):
        silence = shop.measures[shop.segments == number, 0]
        assert ("active" in claims()[name]) == bool((silence <= 60).all())
        assert ("overdue" in claims()[name]) == bool((silence > 60).all())


def test_nobody_bought_recently_in_a_christmas_shop_in_july() -> None:
    said = {word for words in segmented("christmas").words() for word in words}
    assert not said & {"recent", "new"}


def test_who_orders_every_week_is_no_occasional_customer() -> None:
    shop = segmented("weekly")
    active, gone = slice(0, CUSTOMERS * 8 // 10), slice(CUSTOMERS * 8 // 10, None)
    assert shop.share_with("active", active) > 0.9
    assert shop.share_with("overdue", gone) == 1
    assert not {"Occasional", "Low engagement", "One-time"} & set(shop.model.names)


def test_those_who_have_been_dormant_for_years_do_not_make_the_others_look_more_active() -> None:
    shop = segmented("half_dormant")
    dormant, active = slice(0, CUSTOMERS // 2), slice(CUSTOMERS // 2, None)
    assert shop.share_with("gone", dormant) == 1
    assert shop.share_with("gone", active) < 0.1
