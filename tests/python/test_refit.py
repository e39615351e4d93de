"""A model that is kept: when it is refitted, what a refit changes, and what a killed build leaves."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from conftest import LONG, PROJECT, WITHOUT_TESTS, Build, dbt
from hypothesis import given
from hypothesis import strategies as st

from segmentation.candidates import Effort, evaluate_candidates
from segmentation.clustering import nearest_centroids
from segmentation.drift import Drift, Shift, population_stability
from segmentation.model import AS_GOOD, SegmentationModel, fit_clusters, fit_model, fitted_centroids
from segmentation.naming import KEPT_TOLERANCE, Archetype, Cluster, match_archetypes
from segmentation.refit import RefitRule, count_changed, fit_in_force, reason_to_refit
from segmentation.score.__main__ import main
from segmentation.scoring import Scorer
from segmentation.selection import choose
from segmentation.separation import wcss
from segmentation.stored_model import read_archetypes, read_scorer
from segmentation.transformation import Transformation

RFM = ["recency_days", "frequency", "monetary"]
SMALL = Effort(2_000, 200, 1_000, resamples=20, permutations=20, references=2)


# --- What a refit changes ---------------------------------------------------------------------------------------------


def features_as_of(build: Build, day: datetime.date) -> pd.DataFrame:
    """Recency, frequency, monetary and tenure on a day, from the ledger; customers in a fixed order."""
    with duckdb.connect(str(build.warehouse), read_only=True) as connection:
        return connection.execute(
            """
            select
                $day - max(activity_date) filter (sale_lines > 0) as recency_days,
                sum(orders)::double as frequency,
                sum(purchased)::double as monetary,
                $day - min(activity_date) filter (sale_lines > 0) as tenure_days
            from intermediate.int_customer_days where activity_date < $day
            group by customer_id having sum(orders) > 0 order by customer_id
            """,
            {"day": day},
        ).df()


def shipped() -> list[Archetype]:
    return read_archetypes(pd.read_csv(PROJECT / "seeds/segment_archetypes.csv"))


def scorer_of(model: SegmentationModel, values: np.ndarray) -> Scorer:
    points = model.transformation.transform(values)
    labels = nearest_centroids(points, model.centroids)
    return Scorer(model, points, labels, np.ones(15), np.array([]))


def test_refits_of_online_retail_month_by_month_move_few_customers(online_retail_build: Build) -> None:
    """From the end of February 2011 on; in three months there is no history that would tell a segment."""
    months = [datetime.date(2011, month, 1) for month in range(3, 13)]
    archetypes, changed = shipped(), []
    before: Scorer | None = None
    for month in months:
        customers = features_as_of(online_retail_build, month)
        values = customers[RFM].to_numpy(dtype=float)
        if before is None:
            points = Transformation.fit(values, RFM).transform(values)
            (chosen,) = [c for c in choose(evaluate_candidates(points, 42, range(2, 11), SMALL)) if c.is_chosen]
        measures = customers[[*RFM, "tenure_days"]].to_numpy(dtype=float)
        model = fit_model(
            values, RFM, measures, chosen.setting, archetypes, previous=None if before is None else before.model
        )
        after = scorer_of(model, values)
        if before is not None:
            changed.append(count_changed(before, after, values, values) / len(values))
        before = after
    assert chosen.segment_count == 4
    assert max(changed) <= 0.1, changed
    # All but the second, when a history of four months becomes one of five.
    assert sorted(changed)[-2] <= 0.05, changed
    # Without what keeps them, segments of the same number change far more.
    first, last = (features_as_of(online_retail_build, months[n]) for n in (2, 3))
    one, other = (
        fit_model(f[RFM].to_numpy(dtype=float), RFM, f[[*RFM, "tenure_days"]].to_numpy(dtype=float), 4, archetypes)
        for f in (first, last)
    )
    values = last[RFM].to_numpy(dtype=float)
    assert np.mean(np.array(one.nearest(values)) != np.array(other.nearest(values))) > 0.3


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


def named(*names: str, low: float = 0.0, at: float = 0.5) -> list[Archetype]:
    return [Archetype(name, (at,) * 4, (low,) * 4, (1.0,) * 4) for name in names]


def test_names_stay_where_they_are_true() -> None:
    archetypes = [*named("a", at=0.2), *named("b", at=0.8)]
    low, high = Cluster((0.2,) * 4, 3, 0.5), Cluster((0.8,) * 4, 3, 0.5)
    assert match_archetypes([low, high], archetypes) == ["a", "b"]
    # Most of the customers of the low cluster were called b, and most of the other a.
    had = [{"b": 0.4, "a": 0.1}, {"a": 0.3, "b": 0.2}]
    assert match_archetypes([low, high], archetypes, had) == ["b", "a"]
    # b is not true of the low cluster.
    archetypes[1] = Archetype("b", (0.8,) * 4, (0.5,) * 4, (1.0,) * 4)
    assert match_archetypes([low, high], archetypes, had) == ["a", "b"]


@pytest.mark.parametrize(("beyond", "kept"), [(KEPT_TOLERANCE - 0.001, "a"), (KEPT_TOLERANCE + 0.001, "b")])
def test_a_name_stays_a_little_beyond_its_bounds(beyond: float, kept: str) -> None:
    archetypes = [Archetype("a", (0.9,) * 4, (0.5, 0, 0, 0), (1.0,) * 4), *named("b")]
    cluster = Cluster((0.5 - beyond, 0.5, 0.5, 0.5), 3, 0.5)
    assert match_archetypes([cluster], archetypes, [{"a": 0.9, "b": 0.1}]) == [kept]
    assert match_archetypes([cluster], archetypes, [{"a": 0.4, "b": 0.6}]) == ["b"]
    assert match_archetypes([cluster], archetypes) == ["b"]


def test_a_name_of_last_resort_is_given_up() -> None:
    archetypes = [*named("mixed", at=3.0), *named("a")]
    assert match_archetypes([Cluster((0.5,) * 4, 3, 0.5)], archetypes, [{"mixed": 1.0}]) == ["a"]


# --- When it is refitted ----------------------------------------------------------------------------------------------

SETTINGS = {"cluster_scaler": "standard", "segment_count": "auto"}
STEADY = Drift({"frequency": Shift(0.25, 0.01)}, outside_share=0.05, confidence_fall=0.1)


def reason(mode: str = "auto", age: int = 0, drift: Drift = STEADY, **changed: str) -> str | None:
    rule = RefitRule(mode, 92, shift=0.25, outside_share=0.05, confidence_fall=0.1)
    return reason_to_refit(rule, SETTINGS | changed, SETTINGS, age, drift)


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


# --- Builds -----------------------------------------------------------------------------------------------------------

STEADY_BARS = {f"{name}_error": 9 for name in ("drift_psi", "outside_range", "confidence_fall", "segment_share_change")}
FITS = "select fit_number, fitted_as_of::varchar, reason from intermediate.int_complete_fits order by 1"
SEGMENTS = "select customer_id, segment, segment_confidence from marts.customer_segments order by 1"
STORES = ("int_segmentation_model", "int_fitted_customers", "int_confidence_levels", "int_segment_buying_rates")


def build(folder: Path, day: str, *arguments: str, **variables: Any) -> Build:
    return dbt(folder, variables={"as_of_date": day, **variables}, arguments=arguments or WITHOUT_TESTS)


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
        connection.sql("select customer_id, recency_days, frequency, monetary from marts.customer_segments").write_csv(
            str(given)
        )
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

    kept = built(tmp_path, "2024-07-01", **STEADY_BARS)
    assert len(kept.rows(FITS)) == 1
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
    always = built(tmp_path, "2024-07-01", *WITHOUT_TESTS, "--full-refresh", **STEADY_BARS, refit="always")
    assert always.rows(FITS)[2:] == [(3, "2024-07-01", "refit is always")]
    assert always.rows("select count(distinct model_version) from marts.segmentation_model") == [(2,)]
    assert always.rows(SEGMENTS) == old.rows(SEGMENTS)
    for name in (*STORES, "int_segmentation_candidates", "int_held_out_customers", "int_validation"):
        assert numbers_of(always, name) == {1, 2, 3}
    with duckdb.connect(str(always.warehouse), read_only=True) as connection:
        stores = [connection.sql(f"from intermediate.{name}").df() for name in STORES]
    assert read_scorer(1, *stores).model.version == before
    with pytest.raises(ValueError, match="fit 9 is not complete"):
        read_scorer(9, *stores)


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
    assert stopped.exit_code == 1
    assert "cluster_features was recency_days, frequency, monetary and is frequency, monetary" in stopped.message()

    auto = built(tmp_path, "2023-12-01", cluster_scaler="robust")
    ((number, _, why),) = auto.rows(FITS)[1:]
    assert number == 2
    assert why.startswith("settings changed: cluster_scaler from standard to robust; ")
    assert "outside the trained range" in why
    assert "the model is 183 days old" in why
    failed = auto.rows("select check_name from marts.segmentation_quality where verdict = 'fail'")
    assert {name for (name,) in failed} <= {"segment_share_change"}


@pytest.fixture(scope="module")
def fitted_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a build as of June 2024, to be copied."""
    folder = tmp_path_factory.mktemp("fitted")
    built(folder, "2024-06-01")
    return folder


@LONG
def test_a_fit_that_is_cut_short_goes_with_the_next_build(fitted_once: Path, tmp_path: Path) -> None:
    shutil.copytree(fitted_once, tmp_path, symlinks=True, dirs_exist_ok=True)
    model_rows = "from marts.segmentation_model order by model_version, segment"
    with duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True) as connection:
        segments, model = (connection.execute(query).fetchall() for query in (SEGMENTS, model_rows))
    # As a build that is killed after the model, before the confidence.
    cut = built(tmp_path, "2024-06-01", "run", "--select", "+int_segmentation_model", refit="always")
    assert numbers_of(cut, "int_segmentation_model") == {1, 2}
    assert numbers_of(cut, "int_confidence_levels") == {1}
    assert scored(cut) == segments
    again = built(tmp_path, "2024-06-01")
    assert again.rows(FITS) == [(1, "2024-06-01", "the first fit")]
    for name in (*STORES, "int_model_fits", "int_segmentation_candidates", "int_held_out_customers"):
        assert numbers_of(again, name) == {1}
    assert again.rows(SEGMENTS) == segments
    assert again.rows(model_rows) == model


def test_a_warehouse_of_a_version_without_fits_is_taken_over(fitted_once: Path, tmp_path: Path) -> None:
    shutil.copytree(fitted_once, tmp_path, symlinks=True, dirs_exist_ok=True)
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("drop view intermediate.int_fit_in_force")
        for name in ("int_model_fits", "int_complete_fits", "int_refit_changes", "int_segment_shares"):
            connection.execute(f"drop table intermediate.{name}")
        for name in (*STORES, "int_segmentation_candidates", "int_held_out_customers", "int_segment_stability"):
            connection.execute(f"alter table intermediate.{name} drop column fit_number")
        segments = connection.execute(SEGMENTS).fetchall()
    again = built(tmp_path, "2024-06-01")
    assert again.rows(FITS) == [(1, "2024-06-01", "the first fit of a warehouse that kept no fits before")]
    assert again.rows(SEGMENTS) == segments
