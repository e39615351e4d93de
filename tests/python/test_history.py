"""What is said of the past is what was known then, and what comes later does not change it."""

from __future__ import annotations

import datetime
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import AS_SHIPPED, SAMPLE, WITHOUT_TESTS, Build, dbt, write_lines

KNOWN = "customer_id, recency_days, frequency, monetary, return_rate, r_score, f_score, m_score"
HISTORY = "select * from marts.segment_history where month_end {} order by month_end, customer_id"


def test_the_past_is_that_of_a_build_of_then(sample_build: Build, tmp_path: Path) -> None:
    month_end = datetime.date(2024, 3, 31)
    then = dbt(
        tmp_path,
        variables={"as_of_date": str(month_end + datetime.timedelta(days=1))},
        arguments=(*WITHOUT_TESTS, "--select", "+int_rfm_scores"),
    )
    assert then.exit_code == 0, then.output
    known = then.rows(
        f"select {KNOWN} from intermediate.int_customer_features inner join intermediate.int_rfm_scores "
        "using (customer_id) order by customer_id"
    )
    assert known
    past = f"select {KNOWN} from marts.segment_history where month_end = '{month_end}' order by customer_id"
    assert sample_build.rows(past) == known


@pytest.fixture(scope="module")
def later_builds(sample_build: Build, tmp_path_factory: pytest.TempPathFactory) -> tuple[Build, Build]:
    """The sample with lines of the month after it, and then with a line that comes late."""
    folder = tmp_path_factory.mktemp("later")
    shutil.copy(sample_build.warehouse, folder)
    settings = {**AS_SHIPPED, "refit": "never"}
    later = write_lines(folder / "later.csv", "900001,85123A,MUG,600,2025-01-02 10:00:00,9.5,10001,United Kingdom")
    arguments = (*WITHOUT_TESTS, "--select", "+segment_history", "+segment_sales")
    with_later = dbt(folder, f"{SAMPLE},{later}", settings, arguments)
    assert with_later.exit_code == 0, with_later.output
    (tmp := folder / "with_later").mkdir()
    kept = Build(Path(shutil.copy(with_later.warehouse, tmp)), tmp, 0, "", 0)
    late = write_lines(folder / "late.csv", "900002,85123A,MUG,600,2024-06-15 10:00:00,9.5,10001,United Kingdom")
    with_late = dbt(folder, f"{SAMPLE},{later},{late}", settings, arguments)
    assert with_late.exit_code == 0, with_late.output
    return kept, with_late


def test_later_lines_change_nothing_before_them(sample_build: Build, later_builds: tuple[Build, Build]) -> None:
    with_later, _ = later_builds
    before = HISTORY.format("<= '2024-11-30'")
    assert with_later.rows(before) == sample_build.rows(before)
    ((last,),) = with_later.rows("select max(month_end) from marts.segment_history")
    assert last == datetime.date(2024, 12, 31)


def test_a_late_line_changes_what_comes_after_it_only(later_builds: tuple[Build, Build]) -> None:
    before, after = later_builds
    past = HISTORY.format("< '2024-06-01'")
    assert after.rows(past) == before.rows(past)
    spent = (
        "select month_end, monetary from marts.segment_history where customer_id = '10001' and month_end > '2024-06-01'"
    )
    was, is_now = dict(before.rows(spent)), dict(after.rows(spent))
    assert len(is_now) == 7
    assert is_now == {month_end: was.get(month_end, 0) + 5700 for month_end in is_now}
    ((sales_before,),) = before.rows("select sum(revenue) from marts.segment_sales where month = '2024-06-01'")
    ((sales_after,),) = after.rows("select sum(revenue) from marts.segment_sales where month = '2024-06-01'")
    assert sales_after == sales_before + 5700


def test_since_when_a_customer_is_in_a_segment(sample_build: Build) -> None:
    ((as_of,),) = sample_build.rows("select as_of_date from intermediate.int_as_of_date")
    history: dict[str, list[tuple[datetime.date, str]]] = {}
    for customer, month_end, segment in sample_build.rows(
        "select customer_id, month_end, segment from marts.segment_history order by month_end"
    ):
        history.setdefault(customer, []).append((month_end, segment))
    for customer, segment, previous, since in sample_build.rows(
        "select customer_id, segment, previous_segment, segment_since from marts.customer_segments"
    ):
        runs = [*history.get(customer, []), (as_of, segment)]
        start = next((n for n in range(len(runs) - 1, 0, -1) if runs[n - 1][1] != segment), 0)
        assert since == runs[start][0]
        assert previous == (runs[start - 1][1] if start else None)


def test_migrations_are_those_of_the_history(sample_build: Build) -> None:
    rows = sample_build.rows("select month_end, customer_id, segment from marts.segment_history")
    months: dict[datetime.date, dict[str, str]] = {}
    for month_end, customer, segment in rows:
        months.setdefault(month_end, {})[customer] = segment
    expected: dict[tuple[datetime.date, str, str], int] = {}
    for (_, was), (month_end, is_now) in pairwise([(datetime.date.min, {}), *sorted(months.items())]):
        for customer in was.keys() | is_now.keys():
            moved = (month_end, was.get(customer, "New customers"), is_now.get(customer, "Lost customers"))
            expected[moved] = expected.get(moved, 0) + 1
    found = sample_build.rows("select month_end, from_segment, to_segment, customers from marts.segment_migrations")
    assert {row[:3]: row[3] for row in found} == expected


def test_no_history_is_kept_where_none_is_asked_for(tmp_path: Path) -> None:
    lines = (f"{n},A,MUG,1,2020-0{1 + n % 3}-01,2,c{n % 9},UK" for n in range(30))
    arguments = (*WITHOUT_TESTS, "--select", "+segment_history", "+segment_sales")
    built = dbt(tmp_path, write_lines(tmp_path / "invoices.csv", *lines), {"history_months": 0}, arguments)
    assert built.exit_code == 0, built.output
    assert built.rows("select count(*) from marts.segment_history") == [(0,)]
    ((open_months,),) = built.rows("select count(distinct month) from marts.segment_sales")
    assert open_months == 1
