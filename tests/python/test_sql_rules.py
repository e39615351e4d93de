"""The SQL of the models, run on data that Hypothesis makes up, against the same rules written in Python."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import Build
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

Row = tuple[Any, ...]


class CompiledModels:
    """Models as dbt compiled them, on tables of our own in memory."""

    def __init__(self, compiled: Path) -> None:
        self._compiled = compiled
        self.connection = duckdb.connect()
        self.connection.execute("attach ':memory:' as warehouse; use warehouse")
        for schema in ("seeds", "staging", "intermediate"):
            self.connection.execute(f"create schema {schema}")

    def table(self, name: str, columns: str, rows: list[Row]) -> None:
        self.connection.execute(f"create or replace table {name} ({columns})")
        if rows:
            self.connection.executemany(f"insert into {name} values ({', '.join('?' * len(rows[0]))})", rows)

    def build(self, model: str) -> None:
        schema = "staging" if model.startswith("stg_") else "intermediate"
        (path,) = (self._compiled / schema).glob(f"*/{model}.sql")
        self.connection.execute(f"create or replace table {schema}.{model} as {path.read_text()}")

    def rows(self, query: str) -> list[Row]:
        return self.connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def models(sample_build: Build) -> Iterator[CompiledModels]:
    compiled = CompiledModels(sample_build.target / "compiled/segmentation/models")
    yield compiled
    compiled.connection.close()


# --- scores ------------------------------------------------------------------------------------------------

CUSTOMERS = st.lists(
    st.tuples(
        st.integers(1, 40), st.integers(1, 6), st.decimals(0, 500, places=2, allow_nan=False, allow_infinity=False)
    ),
    min_size=1,
    max_size=60,
)


def score(models: CompiledModels, customers: list[Row]) -> dict[str, Row]:
    models.table(
        "intermediate.int_customer_features",
        "customer_id varchar, recency_days bigint, frequency bigint, monetary decimal(28, 4)",
        customers,
    )
    models.build("int_rfm_scores")
    scored = models.rows("select customer_id, r_score, f_score, m_score from intermediate.int_rfm_scores")
    return {row[0]: row[1:] for row in scored}


def expected_score(value: Any, values: list[Any]) -> int:
    """1 + the number of quintile edges exceeded, as the design words it."""
    ordered = sorted(values)
    edges = [
        next(v for n, v in enumerate(ordered, start=1) if Fraction(n, len(ordered)) >= Fraction(fifth, 5))
        for fifth in range(1, 5)
    ]
    return 1 + sum(bool(value > edge) for edge in edges)


@pytest.fixture(scope="module", autouse=True)
def seeds(models: CompiledModels) -> None:
    models.table("seeds.rfm_segments", "rfm_score varchar, rfm_segment varchar", [("555", "best")])


@given(customers=CUSTOMERS)
@QUICK
def test_scores_count_the_edges_exceeded(models: CompiledModels, customers: list[Row]) -> None:
    named = [(str(n), *row) for n, row in enumerate(customers)]
    scores = score(models, named)
    recencies, frequencies, monetaries = ([row[i] for row in customers] for i in range(3))
    for name, recency, frequency, monetary in named:
        assert scores[name] == (
            expected_score(-recency, [-r for r in recencies]),
            expected_score(frequency, frequencies),
            expected_score(monetary, monetaries),
        )


@given(customers=CUSTOMERS, data=st.data())
@QUICK
def test_the_order_of_the_customers_changes_no_score(
    models: CompiledModels, customers: list[Row], data: st.DataObject
) -> None:
    named = [(str(n), *row) for n, row in enumerate(customers)]
    assert score(models, named) == score(models, data.draw(st.permutations(named)))


@given(customers=CUSTOMERS)
@QUICK
def test_equal_values_share_a_score_and_better_ones_never_score_lower(
    models: CompiledModels, customers: list[Row]
) -> None:
    named = [(str(n), *row) for n, row in enumerate(customers)]
    scores = score(models, named)
    for measure, sign in enumerate((-1, 1, 1)):
        pairs = sorted((sign * row[1 + measure], scores[row[0]][measure]) for row in named)
        for (value, one), (next_value, other) in pairwise(pairs):
            assert one == other if value == next_value else one <= other


def test_customers_who_are_all_alike_share_the_lowest_score(models: CompiledModels) -> None:
    assert set(score(models, [(str(n), 5, 2, Decimal(10)) for n in range(20)]).values()) == {(1, 1, 1)}


def test_different_values_fill_the_scores_evenly(models: CompiledModels) -> None:
    scores = score(models, [(str(n), n + 1, n + 1, Decimal(n + 1)) for n in range(100)])
    for measure in range(3):
        of_measure = [row[measure] for row in scores.values()]
        assert [of_measure.count(s) for s in range(1, 6)] == [20] * 5


# --- classification ----------------------------------------------------------------------------------------

QUANTITIES = st.sampled_from([None, 0, 1, 2, 7, -1, -5, 10**14]) | st.decimals(-50, 50, places=3)
PRICES = st.sampled_from([None, 0, 1, 5, -1, 10**13]) | st.decimals(-50, 50, places=4)
DATES = st.sampled_from(
    [None, "2010-12-01 08:26:00", "2011-12-09", "1899-12-31", "1970-01-01", "2099-12-31 23:59:59", "2100-01-01"]
)
LINES = st.lists(
    st.tuples(
        st.sampled_from([None, "1", "2", "C1", "A1"]),
        st.sampled_from([None, "A", "B", "POST", "GIFT_0001_20"]),
        QUANTITIES,
        PRICES,
        DATES,
        st.sampled_from([None, "17850"]),
    ),
    min_size=1,
    max_size=25,
)


def amount(line: Row) -> Decimal | None:
    quantity, price = line[2:4]
    if quantity is None or price is None or abs(exact := Decimal(quantity) * Decimal(price)) >= Decimal(10) ** 14:
        return None
    return exact.quantize(Decimal("0.0001"), ROUND_HALF_UP)


def classify(models: CompiledModels, lines: list[Row]) -> dict[int, Row]:
    columns = (
        "line_id bigint, source_file varchar, source_row bigint, invoice_id varchar, product_code varchar, "
        "quantity decimal(18, 3), unit_price decimal(18, 4), invoiced_at timestamp, customer_id varchar, "
        "description varchar, country varchar, problem varchar, typed_key bigint, load_key bigint, "
        "amount decimal(18, 4), has_invoice_id boolean, has_order_fields boolean, shape varchar, "
        "unread_hash varchar, returned_at timestamp, is_amount_agreed boolean"
    )
    # Few hashes, so that lines that differ share one.
    rows = [
        (
            n,
            "a.csv",
            n,
            *line,
            None,
            None,
            None,
            1,
            1,
            amount(line),
            True,
            False,
            "online_retail",
            *(None, None, None),
            len(repr(line[:2])) % 3,
        )
        for n, line in enumerate(lines)
    ]
    for table in ("staging.stg_invoice_lines", "intermediate.int_delivered_lines"):
        models.table(table, f"{columns}, content_hash bigint", rows)
    models.table("intermediate.int_derived_invoice_lines", f"{columns}, given_line_type varchar", [])
    models.table(
        "seeds.non_product_codes",
        "code_pattern varchar, line_type varchar, meaning varchar",
        [("POST", "charge", ""), ("B", "adjustment", ""), ("GIFT\\_%", "charge", "")],
    )
    for model in (
        "stg_file_totals",
        "int_non_product_codes",
        "int_cancellation_marks",
        "int_classified_lines",
        "int_duplicate_candidates",
        "int_duplicate_invoice_lines",
        "int_invoice_lines",
    ):
        models.build(model)
    classified = models.rows("select line_id, line_type, reason, amount from intermediate.int_invoice_lines")
    assert len(classified) == len(lines)
    return {row[0]: row[1:] for row in classified}


def expected_fate(line: Row, earlier: list[Row], cancellations_are_marked: bool) -> tuple[str | None, str | None]:
    invoice, code, quantity, price, date, _ = line
    if invoice is None:
        return None, "missing_invoice"
    if date is None or not "1970-01-03" <= date < "2100-01-01":
        return None, "bad_date"
    if quantity is None or quantity == 0:
        return None, "bad_quantity"
    if price is None:
        return None, "bad_price"
    if abs(Decimal(quantity) * Decimal(price)) >= Decimal(10) ** 14:
        return None, "bad_amount"
    if line in earlier:
        return None, "duplicate"
    if code in ("POST", "GIFT_0001_20"):
        return "charge", None
    if code == "B" or price < 0:
        return "adjustment", None
    if price == 0:
        return ("write_off" if quantity < 0 else "free"), None
    if quantity < 0:
        return "return", None
    return ("adjustment" if invoice.startswith("C") and cancellations_are_marked else "sale"), None


@given(lines=LINES)
@QUICK
def test_every_line_is_classified_exactly_once(models: CompiledModels, lines: list[Row]) -> None:
    marked = [line[2] for line in lines if line[0] and line[0].startswith("C")]
    are_marked = sum(q is not None and q < 0 for q in marked) > len(marked) / 2
    for n, (line_type, reason, _) in classify(models, lines).items():
        assert (line_type, reason) == expected_fate(lines[n], lines[:n], are_marked), lines[n]
        assert (line_type is None) != (reason is None)


@given(lines=LINES, data=st.data())
@QUICK
def test_of_equal_lines_one_is_kept_whatever_their_order(
    models: CompiledModels, lines: list[Row], data: st.DataObject
) -> None:
    def kept(some: list[Row]) -> list[Row]:
        classified = classify(models, some)
        return sorted((repr(some[n]), fate[0]) for n, fate in classified.items() if fate[1] is None)

    assert kept(lines) == kept(data.draw(st.permutations(lines)))
