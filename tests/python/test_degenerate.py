"""Data that hold little: a verdict and a sensible table, or a refusal that says what is needed."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pytest
from conftest import AS_SHIPPED, WITH_TESTS, WITHOUT_TESTS, dbt, write_lines

DAY = datetime.date(2020, 1, 1)


def line(n: int, day: int, quantity: int, price: float, customer: str) -> str:
    return f"{n},P{n % 7},THING,{quantity},{DAY + datetime.timedelta(day)} 10:00:00,{price},{customer},UK"


def cloud() -> list[str]:
    """Customers whose recency, frequency and spending have nothing to do with each other."""
    rng = np.random.default_rng(3)
    lines: list[str] = []
    for customer in range(800):
        recency = int(np.clip(rng.lognormal(4, 0.6), 1, 400))
        orders = int(np.clip(rng.lognormal(2, 0.6), 1, 60))
        price = round(float(rng.lognormal(6, 0.8)) / orders, 2)
        days = [400 - recency, *(400 - recency - rng.integers(0, 300, orders - 1))]
        lines += [line(len(lines) + n, int(day), 1, price, f"c{customer}") for n, day in enumerate(days)]
    return lines


def degenerate(name: str) -> list[str]:
    rng = np.random.default_rng(1)

    def some(count: int, customers: int, days: int, top: int) -> list[str]:
        return [
            line(
                n,
                int(rng.integers(0, days)),
                int(rng.integers(1, 9)),
                int(rng.integers(1, top)),
                f"c{rng.integers(customers)}",
            )
            for n in range(count)
        ]

    return {
        "two customers": [line(1, 0, 2, 3, "a"), line(2, 30, 1, 5, "b")],
        "one day": some(1000, 300, 1, 50),
        "once each": [line(n, int(rng.integers(0, 300)), int(rng.integers(1, 9)), 9, f"c{n}") for n in range(300)],
        "equal amounts": [line(n, int(rng.integers(0, 300)), 1, 10, f"c{rng.integers(400)}") for n in range(2000)],
        "a whale": [*some(2000, 200, 300, 9), *(line(9000 + n, 30 * n, 1000, 500, "whale") for n in range(10))],
        "a cloud": cloud(),
    }[name]


@pytest.mark.parametrize("name", ["two customers", "one day", "once each", "equal amounts", "a whale", "a cloud"])
def test_degenerate_data_get_a_verdict_and_a_sensible_table(tmp_path: Path, name: str) -> None:
    lines = write_lines(tmp_path / "lines.csv", *degenerate(name))
    # The comparison and dbt's tests take their time: each where it has most to say.
    arguments = WITH_TESTS if name in ("two customers", "one day", "a whale") else WITHOUT_TESTS
    built = dbt(tmp_path, lines, AS_SHIPPED if name.startswith("a ") else None, arguments)
    assert built.exit_code == 0, built.output
    ((reason, customers),) = built.rows(
        "select reason, (select count(*) from marts.customer_segments where segment is not null) "
        "from marts.segmentation_candidates where is_chosen"
    )
    expected = len({row.split(",")[6] for row in degenerate(name)})
    assert customers == expected
    verdicts = dict(
        built.rows(
            "select check_name, min(explanation) from marts.segmentation_quality where verdict = 'warn' group by 1"
        )
    )
    if name == "two customers":
        assert reason == "chosen: 2 customers are too few to cluster; min_customers is 50"
        assert "chosen_candidate" in verdicts
    if name in ("one day", "once each"):
        assert "neither segments nor names can speak of it" in verdicts["skew_after"]
    if name == "a cloud":
        assert verdicts["cluster_structure"].startswith("no cluster structure")
    if name == "a whale":
        ((alone,),) = built.rows("select min(customers) from marts.segment_profiles where kind = 'cluster'")
        assert alone >= 5
