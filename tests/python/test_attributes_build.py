"""Attributes of customers through a whole build: what is planted is found, and nothing else; what was read is said."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from conftest import PROJECT, WITHOUT_TESTS, Build, dbt, write_lines

CUSTOMERS = PROJECT / "data/sample/attributes/customers.csv"
HOSTILE = "<img src=x onerror=alert(1)>'; drop table x; --"


def described() -> pd.DataFrame:
    return pd.read_csv(CUSTOMERS, dtype=str)


def test_what_is_planted_in_the_sample_is_found_and_nothing_else(sample_build: Build) -> None:
    told = sample_build.rows("select distinct attribute from marts.segment_attributes where distinguishes order by all")
    assert told == [("Age",), ("Channel",)]
    first = "select attribute, attribute_value from marts.segment_attributes where segment = '{}' "
    first += "and distinguishing_rank = 1"
    assert sample_build.rows(first.format("VIP")) == [("Channel", "sales representative")]
    assert sample_build.rows(first.format("Quick starter")) == [("Channel", "marketplace")]
    # Of what is significant at all, whatever its size, 5 % at most are of the attributes that follow nothing.
    ((false, all_of_them),) = sample_build.rows(
        "select count(*) filter (attribute not in ('Age', 'Channel')), count(*) "
        "from marts.segment_attributes where adjusted_p_value <= 0.05"
    )
    assert false / all_of_them <= 0.05, (false, all_of_them)


def test_figures_are_those_of_the_table(sample_build: Build) -> None:
    table = described().drop_duplicates("Customer ID", keep=False)
    segments = pd.DataFrame(
        sample_build.rows("select customer_id, segment from marts.customer_segments"),
        columns=["Customer ID", "segment"],
    )
    known = table.merge(segments, on="Customer ID")
    known = known[known["Channel"].notna() & (known["Channel"] != "")]
    found = sample_build.rows(
        "select segment, attribute_value, customers, customers_known, all_customers, all_customers_known, "
        "cast(share_in_segment as double), cast(times_as_frequent as double) "
        "from marts.segment_attributes where attribute = 'Channel'"
    )
    assert len(found) == 24
    # Who is in the table twice has one channel in it.
    twice = (
        described()[described()["Customer ID"].duplicated()].merge(segments, on="Customer ID").dropna(subset="Channel")
    )
    known = pd.concat([known, twice])
    for segment, value, customers, customers_known, all_with, everybody, share, times in found:
        members = known[known["segment"] == segment]
        assert customers == (members["Channel"] == value).sum()
        assert customers_known == len(members)
        assert (all_with, everybody) == ((known["Channel"] == value).sum(), len(known))
        assert abs(share - customers / customers_known) < 1e-6
        assert abs(times - share / (all_with / everybody)) < 1e-5


def test_what_was_read_and_left_out_is_said(sample_build: Build) -> None:
    found = dict(
        sample_build.rows(
            "select split_part(explanation, ':', 1), assumed from marts.reading_evidence "
            "where assumption = 'attributes'"
        )
    )
    assert found == {
        "E-mail": "left out: personal",
        **{"Channel": "category", "City": "category", "Newsletter": "yes_no"},
        **{"Age": "number", "Visits": "number"},
    }
    table = described()
    twice = table["Customer ID"].duplicated().sum()
    ((contradictory,),) = sample_build.rows(
        "select lines_for from marts.reading_evidence where assumption = 'attribute_files' and assumed = 'unknown'"
    )
    ((strangers,),) = sample_build.rows(
        "select lines_against from marts.reading_evidence "
        "where assumption = 'attribute_files' and source_file like '%customers.csv'"
    )
    assert 0 < contradictory <= twice
    assert strangers == 30


def test_nothing_personal_is_in_the_warehouse_or_published(sample_build: Build) -> None:
    for file in (sample_build.warehouse, *(sample_build.warehouse.parent / "published").rglob("*.parquet")):
        assert b"@example.com" not in file.read_bytes(), file


def test_explanations_end_with_who_the_customers_are_where_it_is_beyond_chance(sample_build: Build) -> None:
    found = dict(sample_build.rows("select segment, explanation from marts.segment_profiles"))
    assert "Who its customers are: Channel is sales representative for 6" in found["VIP"]
    assert "Who its customers are: Channel is marketplace for " in found["Quick starter"]
    assert "; Age is 3" in found["Quick starter"]
    assert "Who its customers" not in found["High return rate"]
    assert not any("City" in text or "Newsletter" in text or "Visits" in text for text in found.values())


def lines_of(customers: int) -> list[str]:
    return [
        f"{500 + 7 * n + k},P{k},Thing,{1 + n % 4},2024-{1 + (n + k) % 12:02d}-{1 + n % 28:02d} 10:00,2.5,c{n},France"
        for n in range(customers)
        for k in range(1 + n % 7)
    ]


def test_hostile_late_changed_and_vanished_tables(tmp_path: Path) -> None:
    invoices = write_lines(tmp_path / "invoices.csv", *lines_of(200))
    folder = tmp_path / "attributes"
    folder.mkdir()
    quoted = HOSTILE.replace('"', '""')
    rows = [f'c{n},"{quoted}" ,{n % 5},x{n},' for n in range(100)] + [
        f"c{n},plain,{n % 5},y{n}," for n in range(100, 200)
    ]
    (folder / "a.csv").write_text("\n".join([f'Customer,"{quoted}",segment,code,nothing', *rows]) + "\n")
    built = dbt(tmp_path, invoices, {}, WITHOUT_TESTS)
    assert built.exit_code == 0, built.output
    known = "select attribute, kind, count(*), max(text_value), max(number_value) from marts.customer_attributes "
    known += "group by all order by all"
    assert built.rows(known) == [(HOSTILE, "category", 200, "plain", None), ("segment", "number", 200, None, 4.0)]
    up_to_here = (*WITHOUT_TESTS, "--select", "+customer_attributes", "+segment_attributes")
    # A changed one, and a late one; then one is gone.
    (folder / "a.csv").write_text("\n".join(["Customer,segment", *(f"c{n},{n % 3}" for n in range(200))]) + "\n")
    (folder / "b.csv").write_text(
        "\n".join(["Customer,Tier", *(f"c{n},{'gold' if n % 2 else 'new'}" for n in range(50))]) + "\n"
    )
    changed = dbt(tmp_path, invoices, {}, up_to_here)
    assert changed.rows(known) == [("Tier", "category", 50, "new", None), ("segment", "number", 200, None, 2.0)]
    (folder / "a.csv").unlink()
    vanished = dbt(tmp_path, invoices, {}, up_to_here)
    assert [name for name, *_ in vanished.rows(known)] == ["Tier"]
    (folder / "b.csv").write_text("Customer,Tier\nc1,gold\nc2,gold,more\n")
    stopped = dbt(tmp_path, invoices, {}, up_to_here)
    assert stopped.exit_code != 0
    assert "The tables of attributes can't be read:" in stopped.output
    assert "problem: row 3 has not the 2 values of the header" in stopped.output
