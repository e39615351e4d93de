"""What segmentation_quality says of real builds: the bars, and that they are missed where they should be."""

from __future__ import annotations

import csv
import datetime
import gzip
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import AS_SHIPPED, LONG, PROFILE, PROJECT, SAMPLE, WITH_TESTS, WITHOUT_TESTS, Build, dbt

from segmentation.archetypes import read_archetypes

BUILDS = ["sample_build", "online_retail_build"]
SEGMENTS_ONLY = (*WITHOUT_TESTS, "--select", "+customer_segments", "+segmentation_model")


def figures(build: Build, check: str) -> dict[str, float]:
    return dict(
        build.rows(
            f"select coalesce(segment, subject), value from marts.segmentation_quality where check_name = '{check}'"
        )
    )


WARNED = "from marts.segmentation_quality where verdict = 'warn'"


def test_online_retail_passes_every_check(online_retail_build: Build) -> None:
    assert online_retail_build.rows(f"{WARNED} and check_name <> 'value_forecast'") == []


def test_the_sample_passes_every_check(sample_build: Build) -> None:
    assert sample_build.rows(WARNED) == []


def test_a_forecast_that_does_not_know_the_season_is_warned_of(online_retail_build: Build, sample_build: Build) -> None:
    """Both shops sell most in the last quarter. The sample has the two years that tell it by now, Online Retail one."""
    query = "select verdict, explanation from marts.segmentation_quality where check_name = 'value_forecast'"
    for build, verdict in ((online_retail_build, "warn"), (sample_build, "info")):
        found = build.rows(query)
        assert [row[0] for row in found] == [verdict] * 2
        assert all("as much as last time would have been closer" in explanation for _, explanation in found)


@pytest.mark.parametrize("name", BUILDS)
def test_every_segment_is_stable_in_at_least_fifty_resamples(name: str, request: pytest.FixtureRequest) -> None:
    build: Build = request.getfixturevalue(name)
    ((fewest,),) = build.rows("select min(resamples) from intermediate.int_segmentation_model")
    assert fewest >= 50
    jaccards = figures(build, "bootstrap_jaccard")
    assert set(jaccards) == {n for (n,) in build.rows("select segment from marts.segmentation_model")}
    assert min(jaccards.values()) >= 0.75


def test_segments_of_online_retail_tell_the_next_quarter(online_retail_build: Build) -> None:
    aucs = figures(online_retail_build, "out_of_time_auc")
    assert aucs["segments at 2011-09-11"] >= 0.719
    assert aucs["segments_blended at 2011-09-11"] >= 0.742
    # Counted independently: 0.723 for frequency, 0.740 for the sum of the scores.
    assert aucs["frequency at 2011-09-11"] == pytest.approx(0.723, abs=0.001)
    assert aucs["rfm_sum at 2011-09-11"] == pytest.approx(0.740, abs=0.001)
    assert figures(online_retail_build, "out_of_time_cuts") == {"number of cuts": 2}
    assert max(figures(online_retail_build, "out_of_time_order").values()) <= 3


def test_nothing_after_the_cut_is_known_at_it(online_retail_build: Build) -> None:
    cut = datetime.date(2011, 9, 11)
    known = online_retail_build.rows(
        f"select count(*), min(recency_days), sum(frequency), sum(monetary), sum(later_orders), sum(later_spend) "
        f"from intermediate.int_validation_customers where cut_date = '{cut}'"
    )
    expected = online_retail_build.rows(
        f"""
        with sales as (
            select customer_id, invoice_id, invoiced_at::date as invoice_date, amount from marts.invoice_lines
            where line_type = 'sale' and customer_id is not null
        ),
        orders as (select customer_id, invoice_id, min(invoice_date) as day from sales group by all),
        before as (select distinct customer_id from orders where day < '{cut}')
        select
            (select count(*) from before),
            (select date '{cut}' - max(day) from orders where day < '{cut}'),
            (select count(*) from orders where day < '{cut}'),
            (select sum(amount) from sales where invoice_date < '{cut}'),
            (select count(*) from orders semi join before using (customer_id) where day >= '{cut}'),
            (select sum(amount) from sales semi join before using (customer_id) where invoice_date >= '{cut}')
        """
    )
    assert [float(v) for v in known[0]] == pytest.approx([float(v) for v in expected[0]])


@pytest.mark.parametrize("name", BUILDS)
def test_confidence_is_calibrated_and_neighbours_are_accurate(name: str, request: pytest.FixtureRequest) -> None:
    build: Build = request.getfixturevalue(name)
    assert figures(build, "calibration_error")["segment_confidence"] <= 0.02
    rows = build.rows(
        "select confidence, (segment_number = voted_segment_number) from intermediate.int_held_out_customers "
        "where is_chosen order by customer_number"
    )
    confidence, is_right = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
    tenth = np.minimum((confidence * 10).astype(int), 9)
    error = sum(abs(confidence[tenth == t].sum() - is_right[tenth == t].sum()) for t in range(10)) / len(rows)
    assert figures(build, "calibration_error")["segment_confidence"] == pytest.approx(error, abs=1e-9)
    ((used,),) = build.rows("select len(confidence_levels) from intermediate.int_fits")
    accuracies = figures(build, "neighbor_accuracy")
    assert accuracies[f"{used} neighbors"] == pytest.approx(is_right.mean())
    segments = {n for (n,) in build.rows("select segment from marts.segmentation_model")}
    assert segments <= set(accuracies)


@pytest.mark.parametrize("name", BUILDS)
def test_candidates_of_every_algorithm_and_number_say_why(name: str, request: pytest.FixtureRequest) -> None:
    build: Build = request.getfixturevalue(name)
    found = build.rows("select algorithm, segment_count, reason from marts.segmentation_candidates")
    for algorithm in ("kmeans", "gaussian_mixture", "ward"):
        assert {k for a, k, _ in found if a == algorithm} == set(range(2, 11))
    # Many customers are alike in recency, which is capped: quantiles can't cut them into every number of cells.
    assert len({k for a, k, _ in found if a == "grid"} & set(range(2, 11))) >= 3
    assert any(a == "hdbscan" for a, _, _ in found)
    assert all(reason.startswith(("chosen: ", "not chosen: ")) for *_, reason in found)


def test_the_number_of_segments_of_the_sample_is_that_of_the_planted_groups(sample_build: Build) -> None:
    chosen = sample_build.rows("select segment_count from marts.segmentation_candidates where is_chosen")
    assert chosen == [(6,)]


def test_whales_do_not_move_anybody(sample_build: Build, tmp_path: Path) -> None:
    """Ten customers who spend a thousand times as much: everybody else stays, and the whales are outside no more."""
    whales = {c for (c,) in sample_build.rows(
        "select customer_id from marts.customer_segments order by monetary desc, customer_id limit 10"
    )}  # fmt: skip
    header, *rows = csv.reader(gzip.decompress(SAMPLE.read_bytes()).decode().splitlines())
    place, price = header.index("CustomerID"), header.index("UnitPrice")
    for row in rows:
        if row[place] in whales:
            row[price] = f"{row[price]}000" if "." not in row[price] else str(float(row[price]) * 1000)
    with (tmp_path / "whales.csv").open("w", newline="") as f:
        csv.writer(f).writerows([header, *rows])
    built = dbt(tmp_path, tmp_path / "whales.csv", {"segment_count": 6}, SEGMENTS_ONLY)
    assert built.exit_code == 0, built.output
    query = "select customer_id, segment from marts.customer_segments"
    before, after = dict(sample_build.rows(query)), dict(built.rows(query))
    assert np.mean([before[c] == after[c] for c in before]) > 0.995


def test_customers_that_the_fit_did_not_see_are_flagged(tmp_path: Path) -> None:
    built = dbt(tmp_path, variables={"fit_sample_size": 1000, "segment_count": 6}, arguments=SEGMENTS_ONLY)
    assert built.exit_code == 0, built.output
    ((flagged, beyond),) = built.rows(
        """
        select count_if(is_outside_trained_range), count_if(
            recency_days not between recency_days_lowest and recency_days_highest
            or frequency not between frequency_lowest and frequency_highest
            or monetary not between monetary_lowest and monetary_highest
        )
        from marts.customer_segments cross join (from marts.segmentation_model where is_in_force limit 1)
        """
    )
    assert flagged == beyond > 0


@pytest.mark.parametrize(
    ("algorithm", "scaler"),
    [
        ("hdbscan", "robust"),
        ("auto", "standard"),
        *([("ward", "minmax"), ("gaussian_mixture", "robust"), ("grid", "standard")] if PROFILE == "long" else []),
    ],
)
def test_every_algorithm_and_scaler_builds_with_all_tests(tmp_path: Path, algorithm: str, scaler: str) -> None:
    features = ["recency_days", "frequency", "monetary", "return_rate", "avg_order_value", "tenure_days"]
    more = ["interpurchase_days", "purchase_days"]
    variables = {
        "cluster_algorithm": algorithm,
        "cluster_scaler": scaler,
        "cluster_features": features + more if algorithm == "auto" else features[:3],
        "segment_count": "auto" if algorithm == "hdbscan" else 5,
    }
    # Two with all tests, of the others only the model.
    fit_only = (*WITHOUT_TESTS, "--select", "+segmentation_model", "+segmentation_candidates")
    arguments = WITH_TESTS if algorithm in ("ward", "auto") else fit_only
    built = dbt(tmp_path, variables=variables, arguments=arguments)
    assert built.exit_code == 0, built.output
    assert len(built.rows("from marts.segmentation_model")) == (5 if algorithm != "hdbscan" else built.rows(
        "select segment_count from marts.segmentation_candidates where is_chosen")[0][0])  # fmt: skip


@LONG
def test_an_override_that_misses_the_bar_is_warned_of(tmp_path: Path) -> None:
    built = dbt(tmp_path, variables={**AS_SHIPPED, "segment_count": 7}, arguments=WITHOUT_TESTS)
    assert built.exit_code == 0, built.output
    assert "segmentation_quality: chosen_candidate (kmeans) is 7" in built.output
    assert "its least stable cluster has a bootstrap Jaccard of" in built.output


def test_shipped_archetypes_are_read_from_their_seed() -> None:
    seeds = ("segment_archetypes", "claim_words")
    archetypes = read_archetypes(*(pd.read_csv(PROJECT / f"seeds/{name}.csv") for name in seeds))
    assert [a.name for a in archetypes] == sorted(a.name for a in archetypes)
    assert "High return rate" not in {a.name for a in archetypes}
    assert json.dumps([a.ideal for a in archetypes])
