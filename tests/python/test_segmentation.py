"""One object: fitted on a warehouse's customers it says what the build says; it behaves as scikit-learn's do."""

from __future__ import annotations

import json
import os
import pickle
import re
import subprocess
import sys
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from conftest import PROJECT, Build
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import check_estimator

from segmentation import Segmentation
from segmentation.naming import MEASURED
from segmentation.segmentation import later_of

# Those that fit arrays of random numbers without names, or look for what only such an estimator has.
OF_ARRAYS = re.compile(
    "fit|array|sample|dtype|sparse|complex|nan|shape|dict_unchanged|overwrite|methods|pipeline|features_in|names"
    "|consistency|feature|memmap|object|invariance|n_iter|pickle|empty_data|classif|regress|cluster"
)
OUTCOME = ["segment", "segment_confidence", "runner_up_segment", "centroid_segment", "expected_buying_rate"]


def table(build: Build, query: str) -> pd.DataFrame:
    with duckdb.connect(str(build.warehouse), read_only=True) as connection:
        found: pd.DataFrame = connection.sql(query).df()
    return found


@pytest.fixture(scope="module")
def customers(sample_build: Build) -> pd.DataFrame:
    return table(sample_build, "from intermediate.int_clustering_features order by customer_id")


@pytest.fixture(scope="module")
def fitted(sample_build: Build, customers: pd.DataFrame) -> Segmentation:
    past = table(sample_build, "from intermediate.int_validation_customers order by customer_id")
    segmentation = Segmentation()
    later = later_of(past[past["cut_date"] == past["cut_date"].max()], segmentation.features, 90)
    return segmentation.fit(customers, later=later)


def test_a_warehouse_holds_what_the_object_says(
    sample_build: Build, customers: pd.DataFrame, fitted: Segmentation
) -> None:
    built = table(sample_build, f"select {', '.join(OUTCOME)} from marts.customer_segments order by customer_id")
    scored = fitted.score_customers(customers)
    pd.testing.assert_frame_equal(scored[OUTCOME].round(6), built, check_dtype=False, rtol=0, atol=1e-9)
    assert (fitted.predict(customers) == built["segment"]).all()
    assert sample_build.rows("select distinct model_version from marts.customer_segments") == [(fitted.model_.version,)]


def test_probabilities_add_up_and_agree_with_the_segment(customers: pd.DataFrame, fitted: Segmentation) -> None:
    probabilities, scored = fitted.predict_proba(customers), fitted.score_customers(customers)
    assert probabilities.shape == (len(customers), len(fitted.classes_))
    assert probabilities.min() >= 0
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-12)
    own = probabilities[np.arange(len(customers)), [list(fitted.classes_).index(s) for s in scored["segment"]]]
    has_others = own < 1
    np.testing.assert_allclose(own[has_others], scored["segment_confidence"][has_others])
    # Nobody can be in a segment whose name is untrue of them.
    assert (probabilities[~fitted.model_.allowed(customers[[*MEASURED]].to_numpy(dtype=float))] == 0).all()


@pytest.mark.parametrize("kind", [pl.from_pandas, pa.Table.from_pandas])
def test_tables_of_any_kind_give_the_same(customers: pd.DataFrame, fitted: Segmentation, kind: Any) -> None:
    assert (fitted.predict(kind(customers)) == fitted.predict(customers)).all()


def test_it_is_cloned_and_pickled_as_others_are(customers: pd.DataFrame, fitted: Segmentation) -> None:
    again = pickle.loads(pickle.dumps(fitted))  # noqa: S301
    assert (again.predict(customers) == fitted.predict(customers)).all()
    fresh = clone(fitted).set_params(segment_count=3, evaluation="quick")
    assert fresh.get_params()["segment_count"] == 3
    with pytest.raises(NotFittedError):
        fresh.predict(customers)
    assert len(fresh.fit(customers).classes_) == 3


def test_what_is_stored_scores_alike(sample_build: Build, customers: pd.DataFrame, fitted: Segmentation) -> None:
    row = json.loads(json.dumps(fitted.to_row()))
    stored = Segmentation.from_row(row)
    pd.testing.assert_frame_equal(stored.score_customers(customers), fitted.score_customers(customers))
    assert stored.model_.version == fitted.model_.version
    # dbt keeps the same form.
    with duckdb.connect(str(sample_build.warehouse), read_only=True) as connection:
        kept = Segmentation.from_row(connection.sql("from intermediate.int_fits").to_arrow_table().to_pylist()[0])
    pd.testing.assert_frame_equal(kept.score_customers(customers), fitted.score_customers(customers))
    parameters = {name: value for name, value in kept.get_params().items() if name not in ("workers", "archetypes")}
    assert parameters == {name: value for name, value in stored.get_params().items() if name in parameters}
    with pytest.raises(ValueError, match="of format 0; this version reads 2"):
        Segmentation.from_row(row | {"format": 0})


def test_what_it_cannot_fit_it_says(customers: pd.DataFrame, fitted: Segmentation) -> None:
    with pytest.raises(ValueError, match="the customers have no column purchase_days"):
        Segmentation().fit(customers.drop(columns="purchase_days"))
    with pytest.raises(ValueError, match="table with named columns"):
        Segmentation().fit(customers.to_numpy())
    with pytest.raises(ValueError, match="finite"):
        Segmentation(evaluation="quick").fit(customers.assign(monetary=np.nan))
    with pytest.raises(ValueError, match="the customers have no column frequency"):
        fitted.predict(customers.drop(columns="frequency"))


def test_checks_of_scikit_learn_that_do_not_fit_arrays_pass() -> None:
    results = check_estimator(Segmentation(), on_skip=None, on_fail=None)
    failed = {r["check_name"] for r in results if r["status"] == "failed"}
    assert {name for name in failed if not OF_ARRAYS.search(name)} == set()
    passed = {r["check_name"] for r in results if r["status"] == "passed"}
    assert {
        "check_estimator_cloneable",
        "check_no_attributes_set_in_init",
        "check_parameters_default_constructible",
        "check_get_params_invariance",
        "check_set_params",
        "check_estimator_repr",
    } <= passed


def test_neither_dbt_nor_duckdb_is_imported() -> None:
    code = (
        "import sys, segmentation; segmentation.Segmentation(); print({'dbt', 'duckdb', 'pyspark'} & set(sys.modules))"
    )
    settings = os.environ | {"PYTHONPATH": str(PROJECT / "src")}
    run = subprocess.run([sys.executable, "-c", code], env=settings, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
