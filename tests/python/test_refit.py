"""A model that is kept: when it is refitted, what a refit changes, and what a killed build leaves."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from conftest import LONG, PROJECT, WITHOUT_TESTS, Build, dbt
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from segmentation import Segmentation
from segmentation.archetypes import archetypes_checksum, read_archetypes
from segmentation.candidates import Effort, evaluate_candidates
from segmentation.clustering import nearest_centroids
from segmentation.drift import NAME_TOLERANCE, Drift, Shift, measure_drift, population_stability
from segmentation.fitting import (
    AS_GOOD,
    describe_model,
    fit_clusters,
    fit_transformation,
    fitted_centroids,
    steps_of,
)
from segmentation.model import SegmentationModel
from segmentation.naming import (
    HOME_SHARE,
    KEPT_TOLERANCE,
    MEASURED,
    Archetype,
    Bounds,
    Cluster,
    Members,
    describe_clusters,
    match_archetypes,
)
from segmentation.refit import RefitRule, count_changed, fit_in_force, reasons_to_refit
from segmentation.rhythm import Rhythm, estimate_rhythm
from segmentation.score.__main__ import main
from segmentation.scoring import Scorer
from segmentation.selection import choose
from segmentation.separation import wcss
from segmentation.stored_form import read_buying_rates, read_model, read_scorer, segment_rows
from segmentation.transformation import Transformation

FEATURES = ["recency_days", "frequency", "monetary", "is_repeat_customer"]
RHYTHM = Rhythm(60, 90, 100, is_estimated=True)
SMALL = Effort(2_000, 200, 1_000, resamples=20, permutations=20, references=2)


# --- What a refit changes ---------------------------------------------------------------------------------------------


def customers_as_of(build: Build, day: datetime.date) -> pd.DataFrame:
    """The features and measures of customers on a day, from the ledger; customers in a fixed order."""
    with duckdb.connect(str(build.warehouse), read_only=True) as connection:
        return connection.execute(
            """
            select
                $day - max(activity_date) filter (sale_lines > 0) as recency_days,
                sum(orders)::double as frequency,
                sum(purchased)::double as monetary,
                (frequency > 1)::int as is_repeat_customer,
                $day - min(activity_date) filter (sale_lines > 0) as tenure_days,
                count(*) filter (sale_lines > 0) as purchase_days,
                if(purchase_days > 1, (tenure_days - recency_days) / (purchase_days - 1), tenure_days)
                    as interpurchase_days
            from intermediate.int_customer_days where activity_date < $day
            group by customer_id having sum(orders) > 0 order by customer_id
            """,
            {"day": day},
        ).df().astype(float)  # fmt: skip


def shipped() -> list[Archetype]:
    return read_archetypes(
        *(pd.read_csv(PROJECT / f"seeds/{name}.csv") for name in ("segment_archetypes", "claim_words"))
    )


def values_and_measures(customers: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    values, measures = (customers[[*columns]].to_numpy() for columns in (FEATURES, MEASURED))
    return values, measures


def rhythm_of(customers: pd.DataFrame) -> Rhythm:
    waited, days, known = (customers[f].to_numpy() for f in ("interpurchase_days", "purchase_days", "tenure_days"))
    return estimate_rhythm(waited, days, float(known.max()))


def fit(customers: pd.DataFrame, setting: float, previous: SegmentationModel | None = None) -> SegmentationModel:
    """Fit a model as a build does."""
    (values, measures), rhythm = values_and_measures(customers), rhythm_of(customers)
    transformation = fit_transformation(values, FEATURES, rhythm)
    start = names = None
    if previous is not None:
        start, names = previous.centroids_in(transformation), previous.nearest(values, measures)
    labels = fit_clusters(transformation.transform(values), setting, 42, "kmeans", start)
    return describe_model(values, measures, labels, transformation, shipped(), rhythm, start, names, neighbors=15)


def scorer_of(model: SegmentationModel, values: np.ndarray) -> Scorer:
    points = model.transformation.transform(values)
    labels = nearest_centroids(points, model.centroids)
    return Scorer(model, points, labels, np.ones(15), np.array([]))


def test_refits_of_online_retail_month_by_month_move_few_customers(online_retail_build: Build) -> None:
    """From the end of February 2011 on; in three months there is no history that would tell a segment.

    Segments of two months are matched so that they overlap most. One has another name only where its old one is no
    longer true: as the shop grows older, those who bought once are no longer new, and the overdue are gone.
    """
    months = [customers_as_of(online_retail_build, datetime.date(2011, month, 1)) for month in range(3, 13)]
    values, _ = values_and_measures(months[0])
    points = fit_transformation(values, FEATURES, rhythm_of(months[0])).transform(values)
    comparison = evaluate_candidates(points, 42, range(2, 11), SMALL, steps=steps_of(FEATURES))
    (chosen,) = [c for c in choose(comparison) if c.is_chosen]
    archetypes = {archetype.name: archetype for archetype in shipped()}
    moved, renamed = [], []
    before = scorer_of(fit(months[0], chosen.setting), values)
    for customers in months[1:]:
        values, measures = values_and_measures(customers)
        after = scorer_of(fit(customers, chosen.setting, before.model), values)
        was, is_now = before.assign(values, measures), after.assign(values, measures)
        both = np.zeros((chosen.segment_count, chosen.segment_count))
        np.add.at(both, (was, is_now), 1 / len(values))
        pairs = list(zip(*linear_sum_assignment(-both), strict=True))
        moved.append(1 - sum(both[pair] for pair in pairs))
        rhythm = after.model.rhythm
        assert rhythm is not None
        clusters = describe_clusters(measures, is_now, rhythm)
        changes = [(one, other) for one, other in pairs if before.model.names[one] != after.model.names[other]]
        for one, other in changes:
            renamed.append((before.model.names[one], after.model.names[other]))
            assert archetypes[renamed[-1][0]].untruth(clusters[other], rhythm, HOME_SHARE) > KEPT_TOLERANCE
        changed = count_changed(before, after, values, values, measures) / len(values)
        assert changed <= moved[-1] + sum(both[pair] for pair in changes) + 1e-9
        before = after
    assert chosen.segment_count == 3
    assert max(moved) <= 0.1, moved
    # All but the first three, when a history of three months becomes one of six, and the usual gap 51 days of 32.
    assert max(moved[3:]) <= 0.05, moved
    assert len(renamed) <= 2, renamed
    # Without what keeps them, segments of the same number change far more.
    first, last = (fit(months[n], chosen.setting) for n in (1, 2))
    values, measures = values_and_measures(months[2])
    changed = float(np.mean(np.array(first.nearest(values, measures)) != np.array(last.nearest(values, measures))))
    assert changed > 4 * moved[1]


def test_clusters_that_are_as_good_are_those_before() -> None:
    rng = np.random.default_rng(0)
    points = rng.normal(size=(2000, 3))
    best = fit_clusters(points, 5, 1)
    start = fitted_centroids(points[:1500], fit_clusters(points[:1500], 5, 2)) + 0.02
    kept = fit_clusters(points, 5, 1, previous=start)
    centroids = fitted_centroids(points, kept, start)
    assert (nearest_centroids(points, centroids) == kept).all()
    spread = float(((points - centroids[kept]) ** 2).sum())
    assert spread <= (1 + AS_GOOD) * wcss(points, best)
    before = nearest_centroids(points, start[np.lexsort(start.T)])
    assert np.mean(before == kept) > 0.9 > np.mean(before == best)


def test_clusters_that_are_worse_than_others_are_given_up() -> None:
    noise = np.random.default_rng(1).normal(size=(150, 2))
    points = np.repeat([[0.0, 0.0], [9.0, 0.0], [0.0, 9.0]], 50, axis=0) + noise
    # Two of the three start in one group: Lloyd's algorithm can't leave it.
    stuck = np.array([[0.0, 0.5], [0.0, -0.5], [4.5, 4.5]])
    found = fit_clusters(points, 3, 1, previous=stuck)
    assert (found == fit_clusters(points, 3, 1)).all()
    assert (fitted_centroids(points, found, stuck) == fitted_centroids(points, found)).all()


def test_another_number_of_segments_starts_anew() -> None:
    points = np.random.default_rng(2).normal(size=(300, 2))
    before = np.zeros((3, 2))
    assert (fit_clusters(points, 4, 1, previous=before) == fit_clusters(points, 4, 1)).all()


def named(*names: str, at: float = 0.5, **positions: Bounds) -> list[Archetype]:
    return [Archetype(name, (at,) * 4, positions) for name in names]


def match(clusters: list[Cluster], archetypes: list[Archetype], had: list[dict[str, float]] | None = None) -> list[str]:
    return [archetype.name for archetype in match_archetypes(clusters, archetypes, RHYTHM, had)]


def test_names_stay_where_they_are_true() -> None:
    low, high = Cluster((0.2,) * 4), Cluster((0.8,) * 4)
    archetypes = [*named("a", at=0.2), *named("b", at=0.8)]
    assert match([low, high], archetypes) == ["a", "b"]
    # Most of the customers of the low cluster were called b, and most of the other a.
    had = [{"b": 0.4, "a": 0.1}, {"a": 0.3, "b": 0.2}]
    assert match([low, high], archetypes, had) == ["b", "a"]
    # b is not true of the low cluster.
    archetypes[1:] = named("b", at=0.8, monetary=Bounds(0.5))
    assert match([low, high], archetypes, had) == ["a", "b"]


@pytest.mark.parametrize(("beyond", "kept"), [(KEPT_TOLERANCE - 0.001, "a"), (KEPT_TOLERANCE + 0.001, "b")])
def test_a_name_stays_a_little_beyond_its_bounds(beyond: float, kept: str) -> None:
    archetypes = [*named("a", at=0.9, recency=Bounds(0.5)), *named("b")]
    cluster = Cluster((0.5 - beyond, 0.5, 0.5, 0.5))
    assert match([cluster], archetypes, [{"a": 0.9, "b": 0.1}]) == [kept]
    assert match([cluster], archetypes, [{"a": 0.4, "b": 0.6}]) == ["b"]
    assert match([cluster], archetypes) == ["b"]


def test_a_name_of_last_resort_is_given_up() -> None:
    archetypes = [*named("mixed", at=3.0), *named("a")]
    assert match([Cluster((0.5,) * 4)], archetypes, [{"mixed": 1.0}]) == ["a"]


def two_segments(model: SegmentationModel) -> Scorer:
    """Customers near recency 1 are in the first of two segments, those near 300 in the second."""
    points = model.transformation.transform(np.repeat([[1.0], [300.0]], 5, axis=0))
    return Scorer(model, points, np.repeat([0, 1], 5), np.ones(5), np.array([]))


def model_of(*names: str, members: tuple[Members, ...] = (), rhythm: Rhythm | None = RHYTHM) -> SegmentationModel:
    transformation = Transformation(("recency_days",), (0.0,), (1.0,), (0.0,), (9.0,), (1.0,), (300.0,))
    return SegmentationModel(transformation, np.log([[2.0], [301.0]]), names, members, rhythm)


def test_changed_are_those_whose_segment_has_another_name() -> None:
    values = np.array([[1.0], [2.0], [300.0]])
    measures = np.array([[1, 1, 5, 9, 9], [2, 2, 5, 9, 9], [300, 1, 5, 400, 9]], dtype=float)
    one, renamed = (two_segments(model_of(*names)) for names in (("a", "b"), ("c", "b")))
    assert count_changed(one, one, values, values, measures) == 0
    assert count_changed(one, renamed, values, values, measures) == 2
    # Of the first customer the name is not true.
    choosy = two_segments(model_of("a", "b", members=(Members(Bounds(2)), Members())))
    assert count_changed(one, choosy, values, values, measures) == 1
    assert count_changed(choosy, one, values, values, measures) == 1


# --- The model in its table -------------------------------------------------------------------------------------------


VALUES = np.random.default_rng(1).uniform(1, 300, (50, 4))


def test_a_model_is_read_as_it_was_written() -> None:
    archetypes = shipped()
    rng = np.random.default_rng(2)
    transformation = fit_transformation(VALUES, FEATURES, RHYTHM)
    model = SegmentationModel(
        transformation,
        rng.normal(size=(len(archetypes), 4)),
        tuple(archetype.name for archetype in archetypes),
        tuple(archetype.members_in(RHYTHM) for archetype in archetypes),
        Rhythm(61, 90, 19, is_estimated=False),
    )
    rates = rng.uniform(size=len(archetypes))
    rows = segment_rows(model, VALUES, rates)
    rng.shuffle(rows)
    known = read_model(rows)
    assert known.version == model.version
    assert (known.transformation, known.names) == (transformation, model.names)
    assert known.members == model.members
    assert known.rhythm == model.rhythm
    assert (known.centroids == model.centroids).all()
    assert (read_buying_rates(rows) == rates).all()
    assert len(read_buying_rates(segment_rows(model, VALUES, np.zeros(0)))) == 0


def test_a_model_of_a_version_without_rhythm_keeps_nobody_out_of_a_segment() -> None:
    model = model_of("a", "b", members=(Members(Bounds(2)), Members()))
    former = ("gap_days", "min_orders")
    rows = [{name: None if name in former else value for name, value in row.items()} for row in
            segment_rows(model, np.array([[1.0], [2.0]]), np.zeros(0))]  # fmt: skip
    known = read_model(rows)
    assert known.rhythm is None
    assert known.nearest(np.array([[1.0]]), np.array([[1.0, 1, 5, 1, 1]])) == ["a"]


def test_the_checksum_of_archetypes_depends_on_what_is_used_of_the_seeds() -> None:
    rows, words = (pd.read_csv(PROJECT / f"seeds/{name}.csv") for name in ("segment_archetypes", "claim_words"))
    checksum = archetypes_checksum(rows, words)
    assert checksum == archetypes_checksum(rows[::-1].assign(goal="x"), words[::-1])
    cluster = rows.index[rows["kind"] == "cluster"][0]
    assert checksum != archetypes_checksum(rows.assign(recency_position=rows["recency_position"] / 2), words)
    assert checksum != archetypes_checksum(rows.drop(index=cluster), words)
    used = rows.loc[cluster, "claim"].split(", ")[0]
    assert checksum != archetypes_checksum(rows, words.replace({"word": {used: "other"}}))


# --- When it is refitted ----------------------------------------------------------------------------------------------

SETTINGS = {"cluster_scaler": "standard", "segment_count": "auto"}
STEADY = Drift({"frequency": Shift(0.25, 0.01)}, outside_share=0.05, confidence_fall=0.1)


def reason(mode: str = "auto", age: int = 0, drift: Drift = STEADY, **changed: str) -> str | None:
    rule = RefitRule(mode, 92, shift=0.25, outside_share=0.05, confidence_fall=0.1)
    return "; ".join(reasons_to_refit(rule, SETTINGS | changed, SETTINGS, age, drift).values()) or None


def test_the_model_stays_at_the_bars_and_is_refitted_above_them() -> None:
    assert reason(age=92) is None
    assert reason(age=-400) is None
    assert reason(age=93) == "the model is 93 days old, above 92"
    assert reason(drift=Drift({"monetary": Shift(0.261, 0.01)}, 0, None)) == "monetary has shifted by 0.26, above 0.25"
    assert reason(drift=Drift({"frequency": Shift(0.3, 0.06)}, 0, None)) is None
    assert reason(drift=Drift({}, 0.051, None)) == "5.1% of the customers are outside the trained range, above 5.0%"
    assert reason(drift=Drift({}, 0, 0.11)) == "the confidence has fallen by 0.11, above 0.1"
    assert reason(drift=Drift({}, 0, -0.5)) is None
    assert reason(drift=Drift({}, 0, None, ("New",))) == "no longer true of its customers: New"


def test_other_settings_are_a_reason() -> None:
    assert reason(cluster_scaler="robust") == "settings changed: cluster_scaler from standard to robust"
    assert reason(new="1") == "settings changed: new from nothing to 1"


def test_always_and_never_do_what_they_say() -> None:
    assert reason("always") == "refit is always"
    assert reason("always", age=93) == "the model is 93 days old, above 92"
    assert reason("never", age=9999, drift=Drift({}, 1, 1, ("New",)), cluster_scaler="robust") is None


def test_the_fit_in_force_on_a_day_is_the_latest_up_to_it() -> None:
    day = datetime.date
    fits = {1: day(2020, 2, 1), 2: day(2020, 3, 1), 3: day(2020, 3, 1), 5: day(2020, 1, 15)}
    assert fit_in_force(fits, day(2020, 1, 1)) == 5
    assert fit_in_force(fits, day(2020, 1, 31)) == 5
    assert fit_in_force(fits, day(2020, 2, 1)) == 1
    assert fit_in_force(fits, day(2020, 2, 29)) == 1
    assert fit_in_force(fits, day(2021, 1, 1)) == 3


# --- Drift ------------------------------------------------------------------------------------------------------------

numbers = st.lists(st.floats(0, 1e6), min_size=1, max_size=200).map(np.array)


@given(numbers, numbers)
def test_the_index_is_no_less_than_0_and_0_for_the_same(one: np.ndarray, other: np.ndarray) -> None:
    shift = population_stability(one, other)
    assert shift.index >= 0
    assert np.isfinite([shift.index, shift.by_chance]).all()
    assert population_stability(one, one).index == pytest.approx(0, abs=1e-12)
    assert population_stability(one, np.repeat(one, 3)).index == pytest.approx(0, abs=1e-12)


@given(numbers, numbers)
def test_the_index_sees_the_order_of_values_only(one: np.ndarray, other: np.ndarray) -> None:
    ranks = np.unique(np.concatenate([one, other]), return_inverse=True)[1].astype(float)
    assert population_stability(one, other) == population_stability(ranks[: len(one)], ranks[len(one) :])


def test_the_index_is_that_of_its_formula() -> None:
    # Ten equal bins at the fit; today a tenth has moved from the first to the last.
    fitted, today = np.arange(100.0), np.arange(100.0)
    today[:5] = 99.0
    expected = (0.05 - 0.1) * np.log(0.05 / 0.1) + (0.15 - 0.1) * np.log(0.15 / 0.1)
    assert population_stability(fitted, today).index == pytest.approx(expected)


def test_ties_are_one_bin() -> None:
    fitted = np.array([1.0] * 60 + [2.0] * 40)
    today = np.array([1.0] * 40 + [2.0] * 60)
    assert population_stability(fitted, today).index == pytest.approx(2 * 0.2 * np.log(0.6 / 0.4))
    assert population_stability(fitted, fitted + 5).index > 1


def test_an_empty_bin_counts_as_half_a_customer() -> None:
    fitted, today = np.array([1.0, 2.0] * 50), np.ones(100)
    expected = (1 - 0.5) * np.log(1 / 0.5) + (0.005 - 0.5) * np.log(0.005 / 0.5)
    assert population_stability(fitted, today).index == pytest.approx(expected)


def test_samples_of_one_distribution_stay_below_what_chance_brings() -> None:
    rng = np.random.default_rng(3)
    shifts = [population_stability(rng.lognormal(size=150), rng.lognormal(size=300)) for _ in range(200)]
    assert np.mean([s.index <= s.by_chance for s in shifts]) > 0.9
    # And a shift of half a standard deviation is seen in so few.
    moved = [population_stability(rng.lognormal(size=150), rng.lognormal(0.7, size=300)) for _ in range(50)]
    assert np.mean([s.index > 0.1 + s.by_chance for s in moved]) > 0.9


def drift(today: np.ndarray, model: SegmentationModel, archetypes: list[Archetype]) -> Drift:
    """The drift of customers, by recency and orders."""
    rows = np.column_stack([today, np.full((len(today), 3), 100.0)])
    return measure_drift(two_segments(model), np.ones((9, 1)), rows[:, :1], rows, None, archetypes)


def test_a_name_that_is_no_longer_true_of_its_customers_is_told() -> None:
    archetypes = [Archetype("a", (0.5,) * 4, members={"orders": Bounds(3)}), Archetype("b", (0.5,) * 4)]
    model = model_of("a", "b")
    today = np.column_stack([np.repeat([1.0, 300.0], 100), np.full(200, 3.0)])
    # One in ten may differ, and a little more.
    today[: round(100 * (0.1 + NAME_TOLERANCE)) - 1, 1] = 1
    assert drift(today, model, archetypes).untrue_names == ()
    today[: round(100 * (0.1 + NAME_TOLERANCE)) + 1, 1] = 1
    assert drift(today, model, archetypes).untrue_names == ("a",)
    # Fewer than 20 say little, and a model without a rhythm has no names that they could be held against.
    today[:, 1] = 1
    assert drift(today[81:], model, archetypes).untrue_names == ()
    assert drift(today, model_of("a", "b", rhythm=None), archetypes).untrue_names == ()
    # A name that is no longer shipped is true of nobody.
    assert drift(today[-20:], model, archetypes[:1]).untrue_names == ("b",)
    assert drift(today[-19:], model, archetypes[:1]).untrue_names == ()


# --- Builds -----------------------------------------------------------------------------------------------------------

# What the fits are for, and what is said of them.
MODELS = "customer_segments customer_value segmentation_candidates segmentation_model segmentation_quality value_model"
UP_TO_HERE = (*WITHOUT_TESTS, "--select", *(f"+{model}" for model in MODELS.split()))
STEADY_BARS = {f"{name}_error": 9 for name in ("drift_psi", "outside_range", "confidence_fall", "segment_share_change")}
FITS = "select fit_number, fitted_as_of::varchar, reason from intermediate.int_fits order by 1"
VALUE_FITS = "select fit_number, reason_code, model_version from intermediate.int_value_fits order by 1"
SEGMENTS = "select customer_id, segment, segment_confidence from marts.customer_segments order by 1"


def build(folder: Path, day: str, *arguments: str, **variables: Any) -> Build:
    return dbt(
        folder, variables={"as_of_date": day, "history_months": 0, **variables}, arguments=arguments or UP_TO_HERE
    )


def built(folder: Path, day: str, *arguments: str, **variables: Any) -> Build:
    found = build(folder, day, *arguments, **variables)
    assert found.exit_code == 0, found.output
    return found


def numbers_of(found: Build, name: str) -> set[int]:
    return {number for (number,) in found.rows(f"select distinct fit_number from intermediate.{name}")}


def scored(found: Build, version: str | None = None) -> list[tuple[Any, ...]]:
    """Customer and segment by the model of the command line, from the features of the mart."""
    given, output = found.warehouse.with_name("given.csv"), found.warehouse.with_name("scored.csv")
    with duckdb.connect(str(found.warehouse), read_only=True) as connection:
        connection.sql(
            "select customer_id, recency_days, frequency, monetary, tenure_days from marts.customer_segments"
        ).write_csv(str(given))
    options = ["--model-version", version] if version else []
    files = ["--customers", str(given), "--output", str(output), "--warehouse", str(found.warehouse)]
    assert main([*files, *options]) == 0
    return duckdb.sql(
        f"select customer_id, segment, segment_confidence::decimal(9, 6) "
        f"from read_csv('{output}', types = {{'customer_id': 'varchar'}}) order by 1"
    ).fetchall()


def test_the_life_of_a_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Fitted, kept while customers change, refitted when it is old, and each version still scores."""
    first = built(tmp_path, "2024-06-01")
    assert first.rows(FITS) == [(1, "2024-06-01", "the first fit")]
    model = "select * exclude (is_in_force) from marts.segmentation_model order by 1, 2"
    fitted = first.rows(model)

    foretold = first.rows(VALUE_FITS)
    assert [row[:2] for row in foretold] == [(1, "first")]

    # As an earlier version stored it: what a fit was tried on was beside it, and nowhere else.
    with duckdb.connect(str(first.warehouse)) as connection:
        connection.execute("alter table intermediate.int_value_fits add column cut_date date")
        connection.execute("drop table intermediate.int_value_backtests")
    kept = built(tmp_path, "2024-07-01", **STEADY_BARS, gross_margin=-0.5, value_horizon_days=0)
    assert len(kept.rows(FITS)) == 1
    assert kept.rows(VALUE_FITS) == foretold
    assert numbers_of(kept, "int_value_backtests") == {1}
    # Horizon and margin are of the day.
    assert kept.rows("select count(*), count(distinct lifetime_value) from marts.customer_value")[0][1] == 1
    assert kept.rows(model) == fitted
    assert scored(kept) == kept.rows(SEGMENTS)
    assert kept.rows("select max(as_of_date)::varchar from marts.customer_segments") == [("2024-07-01",)]
    quality = "select {} from marts.segmentation_quality where check_name = '{}'"
    changes = kept.rows(quality.format("segment, value", "segment_share_change"))
    assert {segment for segment, _ in changes} == {row[1] for row in fitted}
    assert sum(value for _, value in changes) == pytest.approx(0, abs=1e-12)
    assert max(abs(value) for _, value in changes) > 0
    then = kept.rows(SEGMENTS)

    old = built(tmp_path, "2024-07-01", **STEADY_BARS, refit_after_days=29)
    assert old.rows(FITS)[1:] == [(2, "2024-07-01", "the model is 30 days old, above 29")]
    assert [row[:2] for row in old.rows(VALUE_FITS)] == [(1, "first"), (2, "age")]
    assert numbers_of(old, "int_value_backtests") == {1, 2}
    assert old.rows("select distinct model_version from marts.customer_value") == old.rows(
        "select model_version from marts.value_model where is_in_force"
    )
    versions = old.rows(
        "select distinct model_version, is_in_force, fitted_as_of::varchar from marts.segmentation_model"
    )
    assert sorted(row[1:] for row in versions) == [(False, "2024-06-01"), (True, "2024-07-01")]
    (before,) = [version for version, is_in_force, _ in versions if not is_in_force]
    assert scored(old) == old.rows(SEGMENTS)
    assert scored(old, before) == then
    ((share, verdict),) = old.rows(quality.format("value, verdict", "changed_by_refit"))
    moved = np.mean([one != other for one, other in zip(then, old.rows(SEGMENTS), strict=True)])
    assert verdict == "pass"
    assert share <= 0.05
    assert share == pytest.approx(
        np.mean([one[1] != other[1] for one, other in zip(then, old.rows(SEGMENTS), strict=True)]), abs=1e-6
    )
    assert moved >= share
    assert main(["1", "2", "3", "--warehouse", str(old.warehouse), "--model-version", "none"]) == 2
    assert f"holds no model of version none. It holds {before}" in capsys.readouterr().err

    # The same data again are the same model, under another number; and so they are after a full refresh.
    always = built(tmp_path, "2024-07-01", *UP_TO_HERE, "--full-refresh", **STEADY_BARS, refit="always")
    assert always.rows(FITS)[2:] == [(3, "2024-07-01", "refit is always")]
    assert always.rows("select count(distinct model_version) from marts.segmentation_model") == [(2,)]
    assert always.rows(SEGMENTS) == old.rows(SEGMENTS)
    for name in ("int_segmentation_model", "int_segmentation_candidates", "int_held_out_customers", "int_validation"):
        assert numbers_of(always, name) == {1, 2, 3}
    with duckdb.connect(str(always.warehouse), read_only=True) as connection:
        first_row = connection.sql("from intermediate.int_fits where fit_number = 1").to_arrow_table().to_pylist()[0]
    assert read_scorer(first_row).model.version == before
    assert Segmentation.from_row(first_row).model_.version == before


@LONG
def test_never_keeps_the_model_and_says_what_that_costs(tmp_path: Path) -> None:
    built(tmp_path, "2023-06-01")
    # Half a year later auto would refit.
    kept = built(tmp_path, "2023-12-01", refit="never", cluster_scaler="robust")
    assert len(kept.rows(FITS)) == 1
    failed = kept.rows("select check_name from marts.segmentation_quality where verdict = 'fail'")
    assert ("outside_trained_range",) in failed
    names = ("test", "--select", "quality_does_not_fail", "quality_warns")
    tested = build(tmp_path, "2023-12-01", *names, refit="never", cluster_scaler="robust")
    assert tested.exit_code == 1
    assert "Failure in test quality_does_not_fail" in tested.output
    stopped = build(tmp_path, "2023-12-01", refit="never", cluster_features=["frequency", "monetary"])
    assert stopped.exit_code != 0
    assert f"cluster_features was {', '.join(FEATURES)} and is frequency, monetary" in stopped.message()

    auto = built(tmp_path, "2023-12-01", cluster_scaler="robust")
    ((number, _, why),) = auto.rows(FITS)[1:]
    assert number == 2
    assert why.startswith("settings changed: cluster_scaler from standard to robust; ")
    assert "outside the trained range" in why
    assert "the model is 183 days old" in why
    failed = auto.rows("select check_name from marts.segmentation_quality where verdict = 'fail'")
    assert {name for (name,) in failed} <= {"segment_share_change"}


@LONG
def test_a_fit_of_a_build_that_was_cut_short_is_whole_or_not_there(tmp_path: Path) -> None:
    built(tmp_path, "2024-06-01")
    # As a build that is killed before the fit, and after it.
    cut = built(tmp_path, "2024-06-01", "run", "--select", "+int_refit_decision", refit="always")
    decided = "select model_kind, fit_number, reason_code from intermediate.int_refit_decision order by 1"
    assert cut.rows(decided) == [("segments", 2, "always"), ("value", 2, "always")]
    assert numbers_of(cut, "int_fits") == {1}
    for _ in range(2):
        cut = built(tmp_path, "2024-06-01", "run", "--select", "int_validation_customers", "int_fits", refit="always")
        assert cut.rows(FITS)[1:] == [(2, "2024-06-01", "refit is always")]
    again = built(tmp_path, "2024-06-01")
    assert len(again.rows(FITS)) == 2
    assert scored(again) == again.rows(SEGMENTS)
