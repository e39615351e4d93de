"""The visual language: colours that everybody can tell apart, texts that can be read, names that can't do harm."""

from __future__ import annotations

import datetime
from decimal import Decimal
from itertools import combinations, pairwise
from math import nan
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import altair as alt
import duckdb
import numpy as np
import pandas as pd
import pytest
import vl_convert
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from segmentation_charts import campaigns, formats
from segmentation_charts.frames.campaigns import ALL, by_segment, forest_rows
from segmentation_charts.movement import migration_matrix
from segmentation_charts.parts import log_axis, month_labels, readable_on
from segmentation_charts.published import Snapshot
from segmentation_charts.style import NARROW, WIDE, styled
from segmentation_charts.theme import DARK, LIGHT, NEUTRAL, OVERLAY, PALETTE, PREFERRED, Ink, segment_colors

FloatArray = NDArray[np.float64]

# How people with each kind of colour blindness see linear RGB: Machado, Oliveira & Fernandes 2009,
# doi 10.1109/TVCG.2009.113, severity 1.
VISION = {
    "common": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
# Linear RGB to the cone responses of OKLab and from their cube roots on: Ottosson 2020.
CONES = [[0.41222, 0.53633, 0.05145], [0.2119, 0.68070, 0.10740], [0.08830, 0.28172, 0.62998]]
OKLAB = [[0.21045, 0.79362, -0.00407], [1.97800, -2.42859, 0.45059], [0.02590, 0.78277, -0.80868]]
NAMES = st.one_of(st.sampled_from(sorted(PREFERRED)), st.text(min_size=1, max_size=8))


def linear(color: str) -> FloatArray:
    channels = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.asarray(np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def difference(one: str, other: str, vision: str) -> float:
    seen = [np.clip(np.array(VISION[vision]) @ linear(color), 0, 1) for color in (one, other)]
    a, b = (np.array(OKLAB) @ np.cbrt(np.array(CONES) @ color) for color in seen)
    return float(np.linalg.norm(a - b))


@pytest.mark.parametrize("background", [LIGHT.background, DARK.background])
def test_marks_stand_out_in_light_and_dark(background: str) -> None:
    """WCAG 1.4.11."""
    assert {color for color in (*PALETTE, NEUTRAL, OVERLAY) if contrast(color, background) < 3} == set()


@pytest.mark.parametrize("ink", [LIGHT, DARK])
def test_text_can_be_read(ink: Ink) -> None:
    """WCAG 1.4.3; lines of axes need 3:1."""
    assert contrast(ink.text, ink.background) >= 7
    assert contrast(ink.muted, ink.background) >= 3


@pytest.mark.parametrize("vision", VISION)
def test_colors_keep_apart_for_every_kind_of_vision(vision: str) -> None:
    """A difference of 0.02 in OKLab can just be seen."""
    assert min(difference(a, b, vision) for a, b in combinations(PALETTE, 2)) > 0.06


@given(st.lists(NAMES, max_size=len(PALETTE), unique=True), st.randoms(use_true_random=False))
def test_each_segment_has_a_color_of_its_own_in_any_order(names: list[str], random: Random) -> None:
    colors = segment_colors(names)
    assert list(colors) == names
    assert len(set(colors.values())) == len(names)
    shuffled = list(names)
    random.shuffle(shuffled)
    assert segment_colors(shuffled) == colors


@given(st.lists(NAMES, max_size=len(PALETTE), unique=True), st.lists(NAMES, max_size=15))
def test_former_segments_leave_the_others_their_colors(names: list[str], former: list[str]) -> None:
    colors = segment_colors(names, former)
    assert {name: colors[name] for name in names} == segment_colors(names)
    assert set(colors) == {*names, *former}
    left = [colors[name] for name in colors if name not in names and colors[name] != NEUTRAL]
    assert not set(left) & {colors[name] for name in names}


def test_a_name_that_is_alone_has_the_color_it_prefers() -> None:
    assert {name: segment_colors([name])[name] for name in PREFERRED} == {n: PALETTE[s] for n, s in PREFERRED.items()}


@given(st.floats(0, 1))
def test_text_on_cells_can_be_read(value: float) -> None:
    domain, colors = [0, 0.5, 1], ["#eef3f9", "#7fa8d1", "#1b4f8a"]
    (ink,) = readable_on([value], domain, colors)
    channels = [[int(c[i : i + 2], 16) for c in colors] for i in (1, 3, 5)]
    cell = "#" + "".join(f"{round(float(np.interp(value, domain, channel))):02x}" for channel in channels)
    assert contrast(ink, cell) >= 4.5


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (formats.count(1234567), "1,234,567"),
        (formats.count(None), "–"),  # noqa: RUF001
        (formats.compact(999), "999"),
        (formats.compact(1_234), "1.2k"),
        (formats.compact(9_960), "10k"),
        (formats.compact(45_600_000), "46M"),
        (formats.number(-0.001, 2), "0.00"),
        (formats.number(nan), "–"),  # noqa: RUF001
        (formats.share(0.12345), "12.3 %"),
        (formats.share(-0.00001), "0.0 %"),
        (formats.money(1234.5, "£", 2), "£ 1,234.50"),
        (formats.money(1234.5), "1,234"),
        (formats.date(datetime.date(2011, 12, 9)), "9 Dec 2011"),
        (formats.month(datetime.date(2011, 12, 9)), "Dec 2011"),
        (formats.text("a\nb\tc\0d"), "a b c d"),
        (formats.text("\u202egnp.exe"), "gnp.exe"),
        (formats.text("x" * 300, 10), "xxxxxxxxx…"),
        (formats.text("\n"), "–"),  # noqa: RUF001
        (formats.text(None), "–"),  # noqa: RUF001
    ],
)
def test_values_are_written_for_people(written: str, expected: str) -> None:
    assert written == expected


def test_numbers_follow_the_style_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEGMENTS_NUMBERS", "German")
    assert formats.count(1234567) == "1.234.567"
    assert formats.compact(1_234) == "1,2k"
    assert formats.number(-1234.56, 2) == "-1.234,56"
    assert formats.share(0.12345) == "12,3 %"
    assert formats.money(1234.5, "€", 2) == "1.234,50 €"
    # Days, versions, addresses and codes are no numbers.
    said = "Spent 1,503 (all: 251.5), 2,000.25 since 2011-12-09, 1.2.3, a1.5, 12:30.5, 4.5/5; 3, 4 and 7."
    turned = "Spent 1.503 (all: 251,5), 2.000,25 since 2011-12-09, 1.2.3, a1.5, 12:30.5, 4.5/5; 3, 4 and 7."
    assert formats.prose(said) == turned
    chart = alt.Chart(pd.DataFrame({"x": [1234.5]})).mark_text().encode(text=alt.Text("x:Q", format=",.1f"))
    assert ">1.234,5<" in vl_convert.vegalite_to_svg(styled(chart).to_json())
    monkeypatch.setenv("SEGMENTS_NUMBERS", "")
    assert formats.prose(said) == said
    assert ">1,234.5<" in vl_convert.vegalite_to_svg(styled(chart).to_json())
    monkeypatch.setenv("SEGMENTS_NUMBERS", "french")
    with pytest.raises(formats.NumbersError, match="english or german, unlike 'french'"):
        formats.count(1)


@pytest.mark.parametrize(("months", "width"), [(1, 300), (13, 300), (24, 700), (120, 300)])
def test_month_labels_have_room_and_end_with_the_last(months: int, width: float) -> None:
    names = [f"{month:%b %Y}" for month in pd.date_range("2011-01-01", periods=months, freq="MS")]
    shown = month_labels(names, width)
    assert shown[-1] == names[-1]
    assert [name for name in names if name in shown] == shown
    assert len(shown) * 62 <= width + 62


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("length", [1, 2, 8, 60, 90, 400, 3_650])
def test_days_of_a_campaign_have_labels_with_room(length: int, width: float) -> None:
    days = pd.date_range("2024-02-27", periods=length)
    frame = pd.DataFrame({"day": days}).assign(
        difference=0.5, difference_low=-1.0, difference_high=2.0, anytime_low=nan, anytime_high=nan
    )
    drawn = campaigns.curve(frame, "Difference", width).to_dict()
    ticks = drawn["layer"][0]["encoding"]["x"]["axis"]["values"]
    shown = [datetime.date(tick["year"], tick["month"], tick["date"]) for tick in ticks]
    assert shown[0] == days[0].date()
    assert len({later - earlier for earlier, later in pairwise(shown)}) <= 1
    # Each takes some 50 pixels.
    assert all(50 * length <= width * (later - earlier).days for earlier, later in pairwise(shown))


def test_a_forest_keeps_rows_of_equal_names_apart_and_leaves_out_what_has_no_interval() -> None:
    rows = pd.DataFrame(
        {
            "name": ["Same", "Same", "None"],
            "difference": [Decimal("-1.5"), Decimal("0.25"), Decimal(1)],
            "difference_low": [-2, 0.1, None],
            "difference_high": [-1, 0.4, None],
            "anytime_low": None,
            "anytime_high": None,
            "verdict_code": ["harms", "works", "too_early"],
        }
    )
    found = forest_rows(rows, "revenue", "£")
    assert found["label"].tolist() == ["\u2212£ 1.50 · does harm", "+£ 0.25 · works"]
    drawn = campaigns.forest(found, "Difference").to_dict()
    (axis,) = {str(layer["encoding"]["y"]["axis"]) for layer in drawn["layer"][1:]}
    assert '["Same", "Same"][datum.value]' in axis


def results_of(*rows: str) -> Snapshot:
    """Return what answers queries of rows of campaign_results: segment, customers, difference, intervals, verdict."""
    connection = duckdb.connect()
    connection.execute(
        "create table campaign_results as "
        "select 'Spring' as campaign, 'revenue' as measure, 10 as holdout_customers, * "
        f"from (values {', '.join(rows)}) as results (segment, campaign_customers, difference, difference_low, "
        "difference_high, anytime_low, anytime_high, verdict_code)"
    )
    query: Any = lambda sql, parameters: connection.execute(sql, parameters).df()  # noqa: E731
    return cast(Snapshot, SimpleNamespace(query=query, currency="£"))


def test_a_forest_by_segment_begins_with_all_and_shows_both_intervals() -> None:
    snapshot = results_of(
        "('Small', 20, 1.5, -0.5, 3.5, -2, 5, 'too_early')",
        "('Large', 300, -2, -3, -1, -4, -0.5, 'harms')",
        "('Nobody', 400, null, null, null, null, null, 'not_trusted')",
        "(null, 720, 0.5, 0.2, 0.8, 0.1, 0.9, 'works')",
    )
    found = by_segment(snapshot, "Spring", "revenue")
    assert found["name"].tolist() == [ALL, "Large", "Small"]
    assert found["label"].tolist() == [
        "+£ 0.50 · works",
        "\u2212£ 2.00 · does harm",
        "+£ 1.50 · too early to say",
    ]
    drawn = campaigns.forest(found, "Difference").to_dict()
    (axis,) = {str(layer["encoding"]["y"]["axis"]) for layer in drawn["layer"][1:]}
    assert f'["{ALL}", "Large", "Small"][datum.value]' in axis
    nothing, thin, thick, point, _ = drawn["layer"]
    assert nothing["encoding"]["x"]["field"] == "difference"
    ends = [(layer["encoding"]["x"]["field"], layer["encoding"]["x2"]["field"]) for layer in (thin, thick)]
    assert ends == [("anytime_low", "anytime_high"), ("difference_low", "difference_high")]
    assert thin["mark"]["strokeWidth"] < thick["mark"]["strokeWidth"]
    low, high = point["encoding"]["x"]["scale"]["domain"]
    assert low < -4 < 5 < high
    rows = drawn["datasets"][point["data"]["name"]]
    assert [(row["difference_low"], row["difference"], row["difference_high"]) for row in rows] == [
        (0.2, 0.5, 0.8),
        (-3, -2, -1),
        (-0.5, 1.5, 3.5),
    ]


def test_a_campaign_of_one_segment_has_no_forest_of_segments() -> None:
    rows = [f"({segment}, 20, 1.5, -0.5, 3.5, -2, 5, 'too_early')" for segment in ("null", "'VIP'")]
    assert by_segment(results_of(*rows), "Spring", "revenue")["name"].tolist() == [ALL]


def test_logarithmic_axes_have_few_labels() -> None:
    ticks = [log_axis(values).to_dict()["values"] for values in ([3, 40], [0.5, 200_000], [0])]
    assert ticks == [
        [1, 2, 5, 10, 20, 50, 100, 200, 500],
        [0.1, 1, 10, 100, 1_000, 10_000, 100_000, 1_000_000],
        [1, 2, 5],
    ]


@pytest.mark.parametrize(("customers", "width", "label"), [(1_234, WIDE, "1,234"), (123_456, NARROW, "123k")])
def test_numbers_have_room_in_their_cells(customers: int, width: float, label: str) -> None:
    names = [f"Segment {n}" for n in range(7)]
    pairs = {"from_segment": names, "to_segment": names, "customers": customers, "share": 1.0}
    chart = migration_matrix(pd.DataFrame(pairs).assign(label=formats.count(customers)), names, width)
    assert f'"label": "{label}"' in chart.to_json()
