"""Attributes of customers as features of the clustering: in whole builds, in the package, and what is refused."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from conftest import WITH_TESTS, WITHOUT_TESTS, Build, dbt, write_lines

from segmentation import Segmentation
from segmentation.score.__main__ import main
from segmentation.score.customers import Problem, read_values
from segmentation.segmentation import later_of
from segmentation_dbt.fits import with_attributes

PLAIN = ["recency_days", "frequency", "monetary", "is_repeat_customer"]
FEATURES = [*PLAIN, "attribute.Age"]
VARIABLES = {"attributes": ["Age", "Visits"], "cluster_features": FEATURES}
HOSTILE = 'it\'s "Age"; {{ 1 / 0 }} `x` \\ é, <b>--'
FITS = "select fit_number, reason from intermediate.int_fits order by 1"


@pytest.fixture(scope="module")
def clustered(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The sample, clustered by Age too, with all data tests: they hold the nearest centroid of SQL against Python's."""
    built = dbt(tmp_path_factory.mktemp("clustered"), variables=VARIABLES, arguments=WITH_TESTS)
    assert built.exit_code == 0, built.output
    return built


def table(build: Build, query: str) -> pd.DataFrame:
    with duckdb.connect(str(build.warehouse), read_only=True) as connection:
        return with_attributes(connection.sql(query).df(), FEATURES)


@pytest.fixture(scope="module")
def customers(clustered: Build) -> pd.DataFrame:
    return table(clustered, "from intermediate.int_clustering_features order by customer_id")


@pytest.fixture(scope="module")
def stored(clustered: Build) -> Segmentation:
    with duckdb.connect(str(clustered.warehouse), read_only=True) as connection:
        return Segmentation.from_row(connection.sql("from intermediate.int_fits").to_arrow_table().to_pylist()[0])


def test_customers_have_their_own_value_and_null_where_it_is_not_known(
    clustered: Build, customers: pd.DataFrame
) -> None:
    known = dict(
        clustered.rows("select customer_id, number_value from marts.customer_attributes where attribute = 'Age'")
    )
    ages = customers["attribute.Age"]
    assert 200 < ages.isna().sum() < 400
    assert {c: a for c, a in zip(customers["customer_id"], ages, strict=True) if not np.isnan(a)} == known


def test_the_package_fits_and_says_what_the_warehouse_does(
    clustered: Build, customers: pd.DataFrame, stored: Segmentation
) -> None:
    built = clustered.rows("select customer_id, segment from marts.customer_segments order by customer_id")
    assert len(built) == len(customers)
    assert list(stored.predict(customers)) == [segment for _, segment in built]
    past = table(clustered, "from intermediate.int_validation_customers order by customer_id")
    later = later_of(past[past["cut_date"] == past["cut_date"].max()], FEATURES, 90)
    fitted = Segmentation(features=FEATURES, evaluation="quick").fit(customers, later=later)
    assert fitted.model_.version == stored.model_.version
    again = Segmentation.from_row(json.loads(json.dumps(fitted.to_row())))
    pd.testing.assert_frame_equal(again.score_customers(customers), stored.score_customers(customers))
    # It tells customers apart: without it they are in other segments.
    assert np.ptp(fitted.model_.centroids[:, FEATURES.index("attribute.Age")]) > 1


def test_the_median_of_the_fitted_customers_stands_where_nothing_is_known(
    customers: pd.DataFrame, stored: Segmentation
) -> None:
    ages = customers["attribute.Age"]
    median = float(np.sort(ages.dropna())[(ages.notna().sum() - 1) // 2])
    assert stored.model_.transformation.value_if_unknown == (None, None, None, None, median)
    filled = customers.assign(**{"attribute.Age": ages.fillna(median)})
    pd.testing.assert_frame_equal(stored.score_customers(filled), stored.score_customers(customers))
    # Whoever is scored alone has the same median, and not one of those who are scored together.
    nobody = customers[ages.isna()]
    assert (stored.predict(nobody) == stored.predict(customers)[ages.isna()]).all()
    assert not stored.score_customers(nobody.assign(recency_days=10.0))["is_outside_trained_range"].all()


def test_files_are_scored_as_in_the_warehouse(clustered: Build, customers: pd.DataFrame, tmp_path: Path) -> None:
    given, scored = tmp_path / "customers.csv", tmp_path / "scored.csv"
    header = ["customer_id", "recency_days", "frequency", "monetary", "tenure_days", "attribute.Age"]
    customers[header].to_csv(given, index=False)
    assert main(["--customers", str(given), "--output", str(scored), "--warehouse", str(clustered.warehouse)]) == 0
    with scored.open(newline="") as f:
        found = [(row["customer_id"], row["segment"], row["problem"]) for row in csv.DictReader(f)]
    expected = clustered.rows("select customer_id, segment, '' from marts.customer_segments order by customer_id")
    assert found == expected


def test_a_value_that_no_attribute_can_have_is_said_and_none_is_not() -> None:
    one = {"recency_days": "12", "frequency": "5", "monetary": "340.5"}
    known = read_values(one | {"attribute.Age": "38"}, FEATURES)
    unknown = read_values(one, FEATURES)
    assert not isinstance(known, Problem)
    assert not isinstance(unknown, Problem)
    assert known.features == [12, 5, 340.5, 1, 38]
    assert np.isnan(unknown.features[-1])
    below = read_values(one | {"attribute.Age": "-1"}, FEATURES)
    assert isinstance(below, Problem)
    assert "attribute.Age is below 0" in below.text


def test_the_mart_of_models_has_it_too(clustered: Build) -> None:
    ((text, segments),) = clustered.rows(
        "select any_value(attribute_features), count(attribute_features) from marts.segmentation_model"
    )
    ((age,), stored) = (json.loads(text), ("center", "scale", "low", "high", "lowest", "highest", "value_if_unknown"))
    fitted = clustered.rows(
        f"select distinct {', '.join(stored)} from intermediate.int_segmentation_model where feature = 'attribute.Age'"
    )
    assert fitted == [tuple(age[part] for part in stored)]
    assert clustered.rows("select count(distinct segment) from intermediate.int_segmentation_model") == [(segments,)]


def test_past_months_are_segmented_by_it_too(clustered: Build, stored: Segmentation) -> None:
    assert clustered.rows("select count(distinct month_end) from intermediate.int_segment_history") == [(23,)]
    past = table(
        clustered,
        """
        select
            features.* exclude (recency_days, frequency, monetary, tenure_days, is_repeat_customer),
            past.recency_days,
            past.frequency,
            past.monetary,
            past.month_end + 1 - today.first_purchase_date as tenure_days,
            (past.frequency > 1)::int as is_repeat_customer,
            past.segment
        from intermediate.int_segment_history as past
        inner join intermediate.int_clustering_features as features using (customer_id)
        inner join marts.customer_segments as today using (customer_id)
        where past.month_end = '2024-06-30'
        """,
    )
    assert len(past) > 1000
    assert (stored.predict(past) == past["segment"]).all()


def test_it_is_not_fitted_again_until_it_is_taken_out(clustered: Build, tmp_path: Path) -> None:
    shutil.copyfile(clustered.warehouse, tmp_path / "warehouse.duckdb")
    up_to_here = (*WITHOUT_TESTS, "--select", "+int_segment_history")
    months = clustered.rows("select count(*) from intermediate.int_segment_history")
    before = clustered.rows(FITS)
    assert before == [(1, "the first fit")]
    again = dbt(tmp_path, variables=VARIABLES, arguments=up_to_here)
    assert again.exit_code == 0, again.output
    assert again.rows(FITS) == before
    stopped = dbt(tmp_path, variables={"refit": "never"}, arguments=up_to_here)
    assert stopped.exit_code != 0
    assert f"cluster_features was {', '.join(FEATURES)} and is {', '.join(PLAIN)}" in stopped.message()
    plain = dbt(tmp_path, arguments=up_to_here)
    assert plain.exit_code == 0, plain.output
    reason = f"settings changed: cluster_features from {', '.join(FEATURES)} to {', '.join(PLAIN)}"
    assert plain.rows(FITS) == [*before, (2, reason)]
    assert plain.rows("select count(*) from intermediate.int_segment_history") == months
    # A month of the first fit that has to be made again takes what stands for an attribute that is no longer read.
    again = dbt(tmp_path, arguments=(*up_to_here, "--full-refresh"))
    assert again.exit_code == 0, again.output
    assert again.rows("select count(*) from intermediate.int_segment_history") == months


def shop(folder: Path, rows: dict[str, list[Any]], customers: int = 120) -> Path:
    """Write invoices of customers, and a table of their attributes; return the invoice file."""
    (folder / "attributes").mkdir(exist_ok=True)
    with (folder / "attributes/customers.csv").open("w", newline="", encoding="utf-8") as f:
        csv.writer(f).writerows(
            [["Customer", *rows], *([f"c{n}", *(column[n] for column in rows.values())] for n in range(customers))]
        )
    lines = [
        f"{500 + 7 * n + k},P{k},Thing,{1 + n % 4},2024-{1 + (n + k) % 12:02d}-{1 + n % 28:02d} 10:00,2.5,c{n},France"
        for n in range(customers)
        for k in range(1 + n % 7)
    ]
    return write_lines(folder / "invoices.csv", *lines)


def by(*names: str) -> dict[str, Any]:
    return {"attributes": [*names], "cluster_features": ["frequency", *(f"attribute.{name}" for name in names)]}


def test_what_can_be_no_feature_is_said_before_anything_is_fitted(tmp_path: Path) -> None:
    numbers = range(120)
    invoices = shop(
        tmp_path,
        {
            "Tier": ["gold" if n % 3 else "new" for n in numbers],
            "Balance": [n - 60.5 for n in numbers],
            "Rare": [n if n % 5 == 0 else "" for n in numbers],
            "Same": [7 for _ in numbers],
            "Age": [n % 50 + 18 for n in numbers],
        },
    )
    up_to_here = ("build", "--select", "+int_clustering_features", "--exclude-resource-type", "test")
    stopped = dbt(tmp_path, invoices, by("Tier", "Balance", "Rare", "Same", "Age"), up_to_here)
    assert stopped.exit_code != 0
    message = stopped.message()
    assert "Attributes that are cluster_features can't be used:" in message
    assert "attribute.Tier was read as category (" in message
    assert "attribute_kinds: {Tier: number}" in message
    assert "attribute.Balance is below 0 of 61 customers" in message
    assert "attribute.Rare is known of 24 of 120 customers" in message
    assert "attribute.Same was read as constant" in message
    assert "attribute.Age" not in message
    # Half is enough. A table that is no longer there is not made up for.
    shop(tmp_path, {"Rare": [n % 20 if n % 2 == 0 else "" for n in numbers]})
    half = dbt(tmp_path, invoices, by("Rare"), up_to_here)
    assert half.exit_code == 0, half.output
    (tmp_path / "attributes/customers.csv").unlink()
    gone = dbt(tmp_path, invoices, by("Rare"), up_to_here)
    assert "attribute.Rare: no table of attributes has a column Rare" in gone.message()


@pytest.mark.parametrize(
    ("attributes", "features"),
    [
        ([], ["frequency", "attribute.Age"]),
        (["Age"], ["frequency", "attribute.age"]),
        (["Age"], ["attribute.Age", "frequency", "attribute.Age"]),
        (["Age"], ["frequency", "attribute.Age) from x; --"]),
    ],
)
def test_only_attributes_that_are_listed_can_be_features(
    attributes: list[str], features: list[str], tmp_path: Path
) -> None:
    invoices = write_lines(tmp_path / "invoices.csv", "1,A,MUG,1,2020-01-01,2,c1,UK")
    stopped = dbt(tmp_path, invoices, {"attributes": attributes, "cluster_features": features}, WITHOUT_TESTS)
    assert stopped.exit_code != 0
    assert "or numbers that the setting attributes lists, such as attribute.Age" in stopped.message()
    assert "START" not in stopped.output


def test_its_name_may_be_any_text(tmp_path: Path) -> None:
    invoices = shop(tmp_path, {HOSTILE: [n % 50 + 0.5 if n % 9 else "" for n in range(120)]})
    built = dbt(tmp_path, invoices, by(HOSTILE), WITH_TESTS)
    assert built.rows("select count(distinct segment) > 1, count(*) from marts.customer_segments") == [(True, 120)]
    ((text,),) = built.rows("select distinct attribute_features from marts.segmentation_model")[:1] or [("",)]
    assert json.loads(text)[0]["feature"] == f"attribute.{HOSTILE}"
    assert "Failure in test centroid_rules_agree" not in built.output
    assert "Database Error" not in built.output, built.output
