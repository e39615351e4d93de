"""The questions of analyses/, asked of the sample and of Online Retail, and answered again in pandas."""

from __future__ import annotations

import json
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from conftest import PROJECT, Build, dbt

QUESTIONS = sorted(path.stem for path in (PROJECT / "analyses").glob("*.sql"))
CUSTOMERS = "select * from marts.customer_segments order by customer_id"


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The queries, which dbt build leaves out; they are the same for every warehouse."""
    build = dbt(tmp_path_factory.mktemp("analyses"), arguments=("--write-json", "compile", "--select", "path:analyses"))
    assert build.exit_code == 0, build.output
    return build


@pytest.fixture(params=["sample_build", "online_retail_build"])
def shop(request: pytest.FixtureRequest) -> Build:
    build: Build = request.getfixturevalue(request.param)
    return build


def table(build: Build, query: str) -> pd.DataFrame:
    with duckdb.connect(str(build.warehouse), read_only=True) as connection:
        return connection.execute(query).df()


def answer(compiled: Build, shop: Build, question: str) -> pd.DataFrame:
    return table(shop, (compiled.target / f"compiled/segmentation/analyses/{question}.sql").read_text())


def described_columns(compiled: Build, question: str) -> dict[str, str]:
    manifest = json.loads((compiled.target / "manifest.json").read_text())
    node: dict[str, Any] = manifest["nodes"][f"analysis.segmentation.{question}"]
    assert node["description"]
    return {name: column["description"] for name, column in node["columns"].items()}


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_has_an_answer_that_is_described(compiled: Build, shop: Build, question: str) -> None:
    rows = answer(compiled, shop, question)
    columns = described_columns(compiled, question)
    assert len(rows) > 0
    assert list(rows.columns) == list(columns)
    # A description says where a value is null; anywhere else there is one.
    assert [name for name in rows if rows[name].isna().any() and "Null" not in columns[str(name)]] == []


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_same_answer_comes_again_in_the_same_order(compiled: Build, shop: Build, question: str) -> None:
    query = (compiled.target / f"compiled/segmentation/analyses/{question}.sql").read_text()
    with duckdb.connect(str(shop.warehouse), read_only=True, config={"threads": 1}) as connection:
        alone = connection.execute(query).fetchall()
    assert shop.rows(query) == alone


def test_questions_are_listed_beside_the_tables() -> None:
    page = (PROJECT / "docs/tables.md").read_text()
    assert [question for question in QUESTIONS if f"analyses/{question}.sql" not in page] == []


def test_the_best_customers_are_the_fewest_who_bring_half_of_the_revenue(compiled: Build, shop: Build) -> None:
    best = answer(compiled, shop, "who_are_the_best_customers")
    net = table(shop, CUSTOMERS).set_index("customer_id")["net_monetary"].astype(float)
    net = net[net > 0].sort_values(ascending=False, kind="stable")
    fewest = int(np.searchsorted(net.cumsum().to_numpy(), net.sum() / 2)) + 1
    assert list(best["customer_id"]) == list(net.index[:fewest])
    assert best["revenue_share_to_here"].astype(float).iloc[-1] == pytest.approx(net.iloc[:fewest].sum() / net.sum())


def test_who_is_at_risk_is_late_by_the_own_rhythm(compiled: Build, shop: Build) -> None:
    at_risk = answer(compiled, shop, "who_is_at_risk_of_leaving").set_index("customer_id")
    customers = table(shop, CUSTOMERS).set_index("customer_id")
    days = table(
        shop, "select distinct customer_id, invoiced_at::date as day from marts.invoice_lines where line_type = 'sale'"
    )
    days = days[days["customer_id"].isin(customers.index) & (days["day"] < customers["as_of_date"].iloc[0])]
    expected = set()
    for customer, own in days.sort_values("day").groupby("customer_id")["day"]:
        row = customers.loc[str(customer)]
        if len(own) < 3 or row["m_score"] < 4 or row["net_monetary"] <= 0:
            continue
        gap = round(float(np.diff(own.to_numpy()).mean() / np.timedelta64(1, "D")) + 1e-9, 1)
        if row["recency_days"] >= 3 * gap - 1e-9:
            expected.add(customer)
            assert float(at_risk["days_between_purchases"][str(customer)]) == gap
    assert set(at_risk.index) == expected
    assert at_risk["net_monetary"].is_monotonic_decreasing


def test_who_can_become_valuable_has_neighbours_who_spend_more(compiled: Build, shop: Build) -> None:
    rows = answer(compiled, shop, "who_can_become_valuable").set_index("customer_id")
    customers = table(shop, CUSTOMERS).set_index("customer_id")
    # Medians of our own, not those of segment_profiles.
    spent = customers["monetary"].astype(float).groupby(customers["segment"]).median()
    own, following = customers["segment"].map(spent), customers["runner_up_segment"].map(spent)
    expected = customers[
        (customers["r_score"] >= 4)
        & (customers["segment_confidence"] < 0.95)
        & (following > own)
        & (following > customers["monetary"])
        & ~customers["is_high_return"]
    ]
    assert set(rows.index) == set(expected.index)
    to_go = following[rows.index] - customers.loc[rows.index, "monetary"]
    assert np.allclose(rows["monetary_to_go"].astype(float), to_go.astype(float))
    worth = table(shop, "from marts.customer_value").set_index("customer_id")["lifetime_value"]
    assert list(rows["lifetime_value"]) == list(worth[rows.index])


def test_a_new_customer_is_worth_the_mean_of_the_month(compiled: Build, shop: Build) -> None:
    rows = answer(compiled, shop, "what_is_a_new_customer_worth")
    customers = table(shop, CUSTOMERS).merge(
        table(shop, "select customer_id, horizon_revenue, lifetime_value from marts.customer_value"), on="customer_id"
    )
    customers = customers.dropna(subset="lifetime_value")
    every = rows[rows["scope"] == "all countries"].set_index("first_month")
    month = customers["first_purchase_date"].dt.to_period("M").dt.to_timestamp()
    means = customers[["monetary", "horizon_revenue", "lifetime_value"]].astype(float).groupby(month).mean()
    found = every[["brought_so_far", "to_come", "lifetime_value"]].astype(float)
    assert np.allclose(found, means, atol=0.006)
    assert every["customers"].sum() == rows.loc[rows["scope"] == "country", "customers"].sum() == len(customers)


def test_retention_counts_who_bought_again_within_90_days(compiled: Build, shop: Build) -> None:
    rows = answer(compiled, shop, "what_improves_retention")
    lines = table(
        shop,
        "select customer_id, invoiced_at::date as day, country, product_code, line_type, amount "
        "from marts.invoice_lines where customer_id is not null and line_type in ('sale', 'return')",
    )
    end = table(shop, CUSTOMERS)["as_of_date"].iloc[0]
    sales = lines[(lines["line_type"] == "sale") & (lines["day"] < end)]
    first = sales.groupby("customer_id")["day"].min()
    first = first[first <= end - pd.Timedelta(days=91)]
    age = (sales["day"] - sales["customer_id"].map(first)).dt.days
    again = sales[age.between(1, 90)].groupby("customer_id").size()
    came_back = pd.Series(first.index.isin(again.index), index=first.index)

    everybody = rows[(rows["cohort"] == "all") & (rows["trait"] == "first basket value")]
    assert everybody["customers"].sum() == len(first)
    assert everybody["came_back"].sum() == came_back.sum()
    assert np.allclose(everybody["came_back_share_of_cohort"].astype(float), came_back.mean(), atol=1e-6)

    basket = sales[age == 0].groupby("customer_id")["amount"].sum().astype(float)
    highest = basket > np.quantile(basket, 0.6667, method="inverted_cdf")
    third = everybody.set_index("trait_value").loc["3 highest third"]
    assert (third["customers"], third["came_back"]) == (highest.sum(), came_back[highest[highest].index].sum())

    quarters = first.dt.year.astype(str) + "-Q" + first.dt.quarter.astype(str)
    by_quarter = rows[rows["trait"] == "sent some of it back within 14 days"].groupby("cohort")["customers"].sum()
    sizes = quarters.value_counts()
    for quarter, customers in by_quarter.drop("all").items():
        assert sizes[quarter] - 20 < customers <= sizes[quarter]


def test_who_returns_too_much_are_the_flagged_customers(compiled: Build, shop: Build) -> None:
    rows = answer(compiled, shop, "who_returns_too_much")
    flagged = table(
        shop,
        "select customer_id from marts.customer_segments where is_high_return "
        "order by shrunk_return_rate desc, customer_id",
    )
    assert list(rows["customer_id"]) == list(flagged["customer_id"])
    assert (rows["most_returned_value"] <= rows["returned_value"] - rows["cancelled_value"]).all()
