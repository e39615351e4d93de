"""What a column of attributes holds, told by its values; whatever may be a person's is told apart."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import pytest

from segmentation.attributes.kinds import decimal_mark_of, is_none, judge, number_of, unified

ROWS = 1500
FIRST = ("Anna", "Ben", "Carla", "David", "Émile", "Fatima", "Gus", "Hanna")
LAST = tuple(a + b for a in ("Mei", "Schu", "Fran", "Ro", "Li", "Smi") for b in ("er", "mann", "ke", "ssi", "th"))

Draw = Callable[[random.Random, int], str]

COLUMNS: list[tuple[str, str, Draw]] = [
    ("age", "number", lambda r, n: str(r.randint(18, 90))),
    ("Alter", "number", lambda r, n: str(r.randint(18, 90)) if r.random() > 0.02 else "unbekannt"),
    ("visits", "number", lambda r, n: str(r.randint(0, 400))),
    ("income", "number", lambda r, n: f"{r.lognormvariate(10, 1):,.2f}"),
    ("salary", "number", lambda r, n: str(int(r.lognormvariate(10, 1)))),
    ("since year", "number", lambda r, n: str(r.randint(1950, 2005))),
    ("latitude", "number", lambda r, n: f"{r.uniform(40, 60):.6f}"),
    ("share", "number", lambda r, n: f"{r.randint(0, 100)} %"),
    ("channel", "category", lambda r, n: r.choice(["web", "shop"])),
    ("segment", "category", lambda r, n: r.choice("abc")),
    ("city", "category", lambda r, n: f"City {r.randint(1, 40)}"),
    ("store_no", "category", lambda r, n: f"{r.randint(1, 50):03d}"),
    ("Store name", "category", lambda r, n: f"Store {r.randint(1, 50)}"),
    ("mobile", "category", lambda r, n: r.choice(["iOS", "Android", "none"])),
    ("newsletter", "yes_no", lambda r, n: r.choice(["Ja", "nein"])),
    ("flag", "yes_no", lambda r, n: r.choice("01")),
    ("joined", "date", lambda r, n: f"2023-{r.randint(1, 12):02d}-{r.randint(1, 28):02d}"),
    ("joined", "date", lambda r, n: f"{r.randint(1, 28)}.{r.randint(1, 12)}.2023 10:00"),
    ("joined", "date", lambda r, n: f"2023{r.randint(1, 12):02d}{r.randint(1, 28):02d}"),
    ("crm_id", "id", lambda r, n: str(100_000 + n)),
    ("row", "id", lambda r, n: str(n)),
    ("guid", "id", lambda r, n: f"{r.getrandbits(64):x}"),
    ("remark", "text", lambda r, n: " ".join(r.choice(LAST) for _ in range(8))),
    ("same", "constant", lambda r, n: "x"),
    ("who", "personal", lambda r, n: f"{r.choice(FIRST)} {r.choice(LAST)}"),
    ("Vorname", "personal", lambda r, n: r.choice(FIRST) + r.choice("abcdefgh")),
    ("last_name", "personal", lambda r, n: r.choice(LAST)),
    ("login", "personal", lambda r, n: f"user{n}@example.com"),
    ("note", "personal", lambda r, n: f"user{n}@example.com" if n % 30 == 0 else r.choice(LAST)),
    ("reach", "personal", lambda r, n: f"+49 {r.randint(100, 999)} {r.randint(1_000_000, 9_999_999)}"),
    ("reach", "personal", lambda r, n: f"({r.randint(200, 999)}) {r.randint(200, 999)}-{r.randint(1000, 9999)}"),
    ("Telefonnummer", "personal", lambda r, n: str(r.randint(10**8, 10**9))),
    ("where", "personal", lambda r, n: f"{r.choice(LAST)}straße {r.randint(1, 200)}"),
    ("where", "personal", lambda r, n: f"{r.randint(1, 200)} {r.choice(LAST)} Street"),
    ("PLZ", "personal", lambda r, n: str(r.randint(10_000, 99_998))),
    ("area", "personal", lambda r, n: str(r.randint(10_000, 99_998))),
    ("area", "personal", lambda r, n: f"{r.randint(1067, 99_998):05d}"),
    ("area", "personal", lambda r, n: f"SW{r.randint(1, 9)} {r.randint(1, 9)}AB"),
    ("birth_date", "personal", lambda r, n: f"19{r.randint(40, 99)}-0{r.randint(1, 9)}-1{r.randint(1, 9)}"),
    ("page", "personal", lambda r, n: f"https://example.com/{n}"),
]


def counted(draw: Draw, rows: int = ROWS) -> Counter[str]:
    generator = random.Random(1)
    return Counter(draw(generator, n) for n in range(rows))


@pytest.mark.parametrize(("header", "kind", "draw"), COLUMNS, ids=[f"{n}-{h}" for n, (h, _, _) in enumerate(COLUMNS)])
def test_columns_are_told_apart(header: str, kind: str, draw: Draw) -> None:
    assert judge(header, counted(draw)).kind == kind


def test_what_is_personal_is_read_where_it_is_asked_for_and_postcodes_are_no_numbers() -> None:
    postcodes = counted(lambda r, n: str(r.randint(10_000, 99_998)))
    assert judge("PLZ", postcodes, is_asked=True).kind == "category"
    births = counted(lambda r, n: f"19{r.randint(40, 99)}-05-12")
    assert judge("birthday", births, is_asked=True).kind == "date"


def test_a_setting_says_what_a_column_holds() -> None:
    stores = counted(lambda r, n: str(r.randint(1, 40)))
    assert judge("store", stores).kind == "number"
    assert judge("store", stores, chosen="category").kind == "category"
    # It does not open what may be a person's.
    mails = counted(lambda r, n: f"user{n}@example.com")
    assert judge("mail", mails, chosen="category").kind == "personal"


def test_explanations_show_no_value_of_a_person() -> None:
    for header, kind, draw in COLUMNS:
        if kind == "personal":
            values = counted(draw)
            explanation = judge(header, values).explanation
            assert not any(value in explanation for value in values)


def test_a_column_without_values_is_empty() -> None:
    assert judge("x", {}).kind == "empty"
    assert [text for text in ("", "NULL", "n/a", "#N/A", "none", "0", "-") if is_none(text)] == [
        "",
        "NULL",
        "n/a",
        "#N/A",
    ]


def test_a_million_different_values_are_judged_in_seconds() -> None:
    assert judge("code", dict.fromkeys((f"x{n}" for n in range(1_000_000)), 1)).kind == "id"


@pytest.mark.parametrize(
    ("texts", "mark", "is_asked"),
    [
        (["1.5", "22.75"], ".", False),
        (["1,5", "1.234,5"], ",", False),
        (["1,234,567"], ".", False),
        (["1.234.567"], ",", False),
        (["1.234", "5.678"], ".", True),
        (["1.234", "5.67"], ".", False),
        (["1.5", "1,5"], ".", True),
        (["0.123"], ".", False),
        (["12", "13"], ".", False),
    ],
)
def test_decimal_marks_are_shown_or_asked_for(texts: list[str], mark: str, is_asked: bool) -> None:
    found, question = decimal_mark_of(texts)
    assert bool(question) == is_asked
    assert is_asked or found == mark


@pytest.mark.parametrize(
    ("text", "mark", "number"),
    [
        ("1,234.5", ".", 1234.5),
        ("1.234,5", ",", 1234.5),
        ("€ 1'234.50", ".", 1234.5),
        ("-3", ".", -3.0),
        ("12 %", ".", 12.0),
        (".5", ".", 0.5),
        ("1 234", ".", 1234.0),
        ("007", ".", None),
        ("1e308", ".", None),
        ("9" * 30, ".", None),
        ("", ".", None),
        ("twelve", ".", None),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, mark: str, number: float | None) -> None:
    assert number_of(text, mark) == number


def test_values_that_differ_in_case_and_blanks_are_one() -> None:
    counts = {"Web": 5, "web": 2, "WEB  shop": 1, "web shop": 3}
    assert unified(counts, "category") == {"Web": "Web", "web": "Web", "WEB  shop": "web shop", "web shop": "web shop"}
    assert unified({"Ja": 1, "0": 2}, "yes_no") == {"Ja": "yes", "0": "no"}
