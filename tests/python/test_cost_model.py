"""The cost model finds the constants that builds have, and docs/scaling.md says what it says."""

from __future__ import annotations

import json
import re

import pytest
from conftest import PROJECT

from benchmarks.cost_tables import TABLES
from benchmarks.costs import STEPS, Model, Size
from benchmarks.measured_builds import TABLES as STORED
from benchmarks.measured_builds import Measured, Table


def measured(millions: int) -> Measured:
    """A build that takes 3 CPU seconds a step and 2 for a million units, of a customer in 100 lines."""
    lines, customers, days = millions * 1_000_000, millions * 10_000, 730
    size = Size("", lines, customers, days)
    steps = {name: 3 + 2 * size.units(step.driver) / 1_000_000 for name, step in STEPS.items()}
    kinds = ("first", "day", "nothing")
    tables = {name: Table(rows=lines, bytes=20 * lines) for name in STORED}
    return Measured(
        lines,
        customers,
        days,
        90 * lines,
        60 * lines,
        tables,
        dict.fromkeys(kinds, steps),
        dict.fromkeys(kinds, 9.0),
        "",
        2,
    )


@pytest.mark.parametrize("step", [name for name, step in STEPS.items() if step.driver != "fitted customer"])
def test_fixed_costs_and_those_of_a_unit_are_found(step: str) -> None:
    fixed, slope = Model([measured(1), measured(10)]).line(step, "first")
    assert (fixed, slope) == pytest.approx((3, 2e-6), rel=1e-6)


def test_what_is_fitted_on_a_sample_does_not_grow_beyond_it() -> None:
    model = Model([measured(1), measured(10)])
    large, larger = Size("", 1e9, 1e7), Size("", 1e11, 1e9)
    assert model.cpu_seconds("fit", larger) == model.cpu_seconds("fit", large)
    assert model.cpu_seconds("assignment", larger) > 50 * model.cpu_seconds("assignment", large)


def test_the_page_has_the_tables_of_the_constants_in_the_repository() -> None:
    records = json.loads((PROJECT / "benchmarks/cost_constants.json").read_text())
    model = Model([Measured.from_record(record) for record in records])
    page = (PROJECT / "docs/scaling.md").read_text()
    for name, table in TABLES.items():
        found = re.search(rf"<!-- {re.escape(name)} -->\n\n(.*?)\n\n<!-- end -->", page, re.DOTALL)
        assert found is not None
        assert found[1].split("\n") == table(model)
