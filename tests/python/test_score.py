"""python -m segmentation.score: the same answers as the warehouse, for every customer."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import PROJECT, Build

from segmentation.archetypes import read_archetypes
from segmentation.model import SegmentationModel
from segmentation.naming import Members
from segmentation.rhythm import Rhythm
from segmentation.score.__main__ import main, spreadsheet_safe
from segmentation.score.customers import Problem, Values, read_values, score_rows
from segmentation.scoring import Scorer
from segmentation.transformation import Transformation

FEATURES = ("recency_days", "frequency", "monetary", "is_repeat_customer")

COLUMNS = (
    "customer_id, segment, segment_confidence, runner_up_segment, centroid_segment, is_outside_trained_range, "
    "expected_buying_rate"
)


def score(build: Build, *arguments: str | Path) -> int:
    return main([*map(str, arguments), "--warehouse", str(build.warehouse)])


@pytest.mark.parametrize("name", ["sample_build", "online_retail_build"])
def test_every_customer_is_scored_as_in_the_warehouse(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    build: Build = request.getfixturevalue(name)
    header = ("customer_id", "recency_days", "frequency", "monetary", "tenure_days")
    customers = build.rows(f"select {', '.join(header)} from marts.customer_segments")
    given, scored = tmp_path / "customers.csv", tmp_path / "scored.csv"
    with given.open("w", newline="") as f:
        csv.writer(f).writerows([header, *customers])
    assert score(build, "--customers", given, "--output", scored) == 0
    with scored.open(newline="") as f:
        found = {row["customer_id"]: row for row in csv.DictReader(f)}
    expected = build.rows(f"select {COLUMNS} from marts.customer_segments")
    assert len(found) == len(expected)
    for row in expected:
        told = found[row[0]]
        assert (told["segment"], told["runner_up_segment"], told["centroid_segment"]) == (row[1], row[3], row[4])
        assert told["is_outside_trained_range"] == str(row[5]).lower()
        assert float(told["segment_confidence"]) == pytest.approx(float(row[2]), abs=1e-6)
        assert float(told["expected_buying_rate"]) == pytest.approx(float(row[6]), abs=1e-6)
        assert told["problem"] == ""


def test_a_single_customer(sample_build: Build, capsys: pytest.CaptureFixture[str]) -> None:
    # Also of those of whom a name says how long they are known.
    for customer, tenure, segment in sample_build.rows(
        "select [recency_days::varchar, frequency::varchar, monetary::varchar], tenure_days::varchar, segment "
        "from marts.customer_segments qualify row_number() over (partition by segment order by customer_id) = 1"
    ):
        assert score(sample_build, *customer, "--tenure", tenure) == 0
        assert f"segment                   {segment}\n" in capsys.readouterr().out
    # A newcomer and a customer beyond everything that was seen.
    assert score(sample_build, "1", "1", "0.01") == 0
    assert score(sample_build, "9999", "9999", "1e12") == 0
    assert "is_outside_trained_range  true" in capsys.readouterr().out


SAYS_NEW = {"new", "rather new", "known for a shorter time than most"}
SEEDS = {name: pd.read_csv(PROJECT / f"seeds/{name}.csv") for name in ("segment_archetypes", "claim_words")}
ARCHETYPES = {archetype.name: archetype for archetype in read_archetypes(*SEEDS.values())}
CLAIMS = dict(
    zip(SEEDS["segment_archetypes"]["segment"], SEEDS["segment_archetypes"]["claim"].str.split(", "), strict=True)
)


def scorer_that_votes_for(name: str) -> Scorer:
    """Everybody votes for a shipped name; whoever it is not true of is in the segment `others`."""
    rhythm = Rhythm(60, 90, 100, is_estimated=True)
    zeros, ones = (0.0,) * 4, (1.0,) * 4
    transformation = Transformation(FEATURES, zeros, ones, zeros, (99.0,) * 4, zeros, (1e9,) * 4)
    centroids = np.array([zeros, (50.0,) * 4])
    members = (ARCHETYPES[name].members_in(rhythm), Members())
    model = SegmentationModel(transformation, centroids, (name, "others"), members, rhythm)
    return Scorer(model, np.zeros((5, 4)), np.zeros(5, dtype=int), np.ones(5), np.array([]))


def segment_of(name: str, values: str, tenure: str = "") -> str:
    row = dict(zip(("recency_days", "frequency", "monetary"), values.split(), strict=True)) | {"tenure_days": tenure}
    ((_, scored),) = score_rows(scorer_that_votes_for(name), [row])
    assert scored["problem"] == ""
    assert scored["centroid_segment"] == scored["segment"]
    return scored["segment"]


@pytest.mark.parametrize("name", ARCHETYPES)
def test_no_name_says_new_of_who_may_have_been_known_for_years(name: str) -> None:
    recency, orders = 200 if "overdue" in CLAIMS[name] else 12, 1 if "one order" in CLAIMS[name] else 5
    customer = f"{recency} {orders} 340.50"
    assert segment_of(name, customer, f"{recency + 10}") == name
    # A single order is the first one: it tells since when a customer is known.
    is_told = orders == 1 or not SAYS_NEW & {*CLAIMS[name]}
    assert segment_of(name, customer) == (name if is_told else "others")
    if "new" in CLAIMS[name]:
        assert segment_of(name, f"91 {orders} 340.50") == segment_of(name, customer, "91") == "others"


def values_of(features: Sequence[str] = FEATURES, **given: str) -> Values:
    found = read_values({"recency_days": "12", "monetary": "340.50"} | given, features)
    assert isinstance(found, Values)
    return found


def test_what_is_not_given_is_told_by_the_number_of_orders() -> None:
    assert values_of(frequency="5").features == [12, 5, 340.5, 1]
    assert values_of(frequency="1").features == [12, 1, 340.5, 0]
    assert values_of(frequency="1").measures[:4] == [12, 1, 340.5, 12]
    assert values_of(frequency="1", tenure_days="20").measures[3] == 20
    assert np.isnan(values_of(frequency="5").measures[3:]).all()
    wrong = read_values({"recency_days": "1", "frequency": "2", "monetary": "3", "tenure_days": "long"}, FEATURES)
    assert wrong == Problem("tenure_days is no number: long")
    # A model without the number of orders has to be told who came back.
    assert read_values({"monetary": "340.50"}, FEATURES[2:]) == Problem("is_repeat_customer is missing")
    assert values_of(FEATURES[2:], is_repeat_customer="1").features == [340.5, 1]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["1", "2"], "The model needs 3 numbers: recency_days frequency monetary; 2 given"),
        (["1", "x", "3"], "frequency is no number: x"),
        (["1", "nan", "3"], "frequency is no finite number"),
        (["1", "0", "3"], "frequency is below 1: the segments are for customers with a purchase"),
        (["1", "", "3"], "frequency is missing"),
    ],
)
def test_what_can_not_be_scored_is_said(
    sample_build: Build, capsys: pytest.CaptureFixture[str], values: list[str], message: str
) -> None:
    assert score(sample_build, *values) > 0
    assert message in capsys.readouterr().err


def test_customers_with_gaps_keep_their_row_and_hostile_text_is_harmless(
    sample_build: Build, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = tmp_path / "customers.csv"
    given.write_text(
        "\ufeffname,recency_days,frequency,monetary,segment\n"
        '=cmd(),10,2,30.5,old\n"a,b",,2,30,old\n+1,10,many,30,old\n-5,10,2\n',
        encoding="utf-8",
    )
    assert score(sample_build, "--customers", given) == 1
    printed = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(printed.out)))
    assert [row["name"] for row in rows] == ["'=cmd()", "a,b", "+1", "-5"]
    assert [row["problem"] for row in rows] == [
        *("", "recency_days is missing", "frequency is no number: many", "monetary is missing")
    ]
    assert [bool(row["segment"]) for row in rows] == [True, False, False, False]
    assert "3 of 4 customers can't be scored" in printed.err


def test_files_and_warehouses_that_can_not_be_used(
    sample_build: Build, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = tmp_path / "customers.csv"
    given.write_text("id,recency\n1,2\n")
    assert score(sample_build, "--customers", given) == 2
    assert "has no column recency_days, frequency, monetary" in capsys.readouterr().err
    given.write_bytes(b"recency_days,frequency,monetary\n\xff,1,1\n" * 2)
    assert score(sample_build, "--customers", given) == 2
    assert "UTF-8" in capsys.readouterr().err
    assert main(["1", "2", "3", "--warehouse", str(tmp_path / "none.duckdb")]) == 2
    assert "There is no warehouse" in capsys.readouterr().err
    (tmp_path / "text.duckdb").write_text("no database")
    assert main(["1", "2", "3", "--warehouse", str(tmp_path / "text.duckdb")]) == 2
    assert "can't be opened" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([])
    assert "either the numbers of one customer or --customers" in capsys.readouterr().err


def test_texts_that_a_spreadsheet_would_run_are_quoted() -> None:
    assert [spreadsheet_safe(t) for t in ("=1", "@x", "-5", "+1,5", "-a", "a=1", "")] == [
        *("'=1", "'@x", "-5", "+1,5", "'-a", "a=1", "")
    ]


def test_it_is_a_command() -> None:
    assert sys.modules["segmentation.score.__main__"].__file__
