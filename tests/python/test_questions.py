"""What `make inspect` makes of questions and facts: settings to paste, and text that steers no terminal."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
import yaml

from segmentation_dbt.inspect import answers, read_arguments
from segmentation_dbt.questions import Question, settings_of, suggested, take_apart, without_consequences
from segmentation_dbt.reading_facts import layout_of
from segmentation_dbt.reading_text import assumption_lines, describe, escaped, settings_text, table_lines

DATES = """It is not clear which number is the day in the dates of:
  a.csv: 01/02/2024
Say it: --vars '{date_order: dmy}' if the day is first, mdy if the month is."""
MARKS = """It is not clear whether the comma or the point is the decimal mark in the numbers of:
  a.csv: 1,234
Say it: --vars "{decimal_mark: ','}" if 1,234 is a little more than one."""
REJECTED = """9 of 9 lines were rejected, more than max_rejected_share (0.05) allows:
  9 bad_date, for example:
    a.csv row 2: 1
Shown are invoice, product and more.
All of them are in marts.rejected_invoice_lines."""
COPIES = """Many lines are copies. It is not clear whether they are duplicates or were each sold:
  a.csv: 9 of 10 lines
Say it: --vars '{duplicate_lines: keep}' if each was sold; drop if one of equal lines counts."""
FILES = """The invoice files can't be read:
  a.csv
    problem: the file has no header
    remedy:  number the columns: --vars '{column_map: {invoice_id: 1, customer_id: 2}}', with the numbers of this file
  b.csv
    problem: no column for unit_price, invoiced_at among: Account, Net
    remedy:  say which it is: --vars '{column_map: {unit_price: YOUR COLUMN NAME}}'"""
EVERYTHING = [f"question: {DATES}\n{MARKS}", f"question: {REJECTED}\n{COPIES}", f"question: {FILES}"]


def test_messages_are_taken_apart_into_questions() -> None:
    questions = take_apart([*EVERYTHING, EVERYTHING[0]])
    assert ["\n".join(question.lines) for question in questions] == [DATES, MARKS, REJECTED, COPIES, FILES]
    assert [len(question.remedy) for question in questions] == [1, 1, 2, 1, 0]
    assert take_apart(["question: Why?"]) == [Question("Why?")]


def test_what_follows_from_another_question_is_not_asked() -> None:
    dates, rejected = take_apart([DATES, REJECTED])
    assert without_consequences([dates, rejected]) == [dates]
    assert without_consequences([rejected]) == [rejected]


@pytest.mark.parametrize(
    ("message", "settings"),
    [
        (DATES, {"date_order": "dmy"}),
        (MARKS, {"decimal_mark": ","}),
        (REJECTED, {}),
        (COPIES, {"duplicate_lines": "keep"}),
        # Numbers of columns are those of an example; what two files ask for is one mapping.
        (
            FILES,
            {
                "column_map": {
                    "invoice_id": "NUMBER_OF_THE_COLUMN",
                    "customer_id": "NUMBER_OF_THE_COLUMN",
                    "unit_price": "NAME_OF_THE_COLUMN",
                    "invoiced_at": "NAME_OF_THE_COLUMN",
                }
            },
        ),
        (
            "What?\n  x\nSay it: --vars '{order_status_meanings: {\"it's\": stands}}'.",
            {"order_status_meanings": {"it's": "stands"}},
        ),
        ("What?\n  x\nSay it: --vars '{a: [}' or so", {}),
    ],
)
def test_a_question_names_the_settings_that_answer_it(message: str, settings: dict[str, object]) -> None:
    (question,) = take_apart([message])
    assert suggested(question) == settings


def test_settings_are_whole_and_hold_what_the_user_said() -> None:
    statuses = "What do these mean:\n  x: 3 orders\nSay it: --vars '{order_status_meanings: {\"x\": stands}}'."
    known = {"order_status_meanings": {"x": "MEANING", "y": "MEANING"}, "placeholder_customers": []}
    given = {"order_status_meanings": {"z": "stands"}, "column_map": {"unit_price": "Net"}, "time_zone": "UTC"}
    settings = settings_of(take_apart([*EVERYTHING, statuses]), known, given)
    assert settings == {
        "order_status_meanings": {"x": "MEANING", "y": "MEANING", "z": "stands"},
        "column_map": {
            "invoice_id": "NUMBER_OF_THE_COLUMN",
            "customer_id": "NUMBER_OF_THE_COLUMN",
            "unit_price": "Net",
            "invoiced_at": "NAME_OF_THE_COLUMN",
        },
        "time_zone": "UTC",
        "date_order": "DMY_OR_MDY_OR_YMD",
        "decimal_mark": "POINT_OR_COMMA",
        "duplicate_lines": "DROP_OR_KEEP",
    }
    option, value = shlex.split(settings_text(settings | {"cancellation_prefix": "it's"}))
    assert option == "--vars"
    assert yaml.safe_load(value) == settings | {"cancellation_prefix": "it's"}
    assert settings_text({"placeholder_customers": ["0"]}).strip() == """--vars "{placeholder_customers: ['0']}\""""
    assert settings_text({}).strip() == "none: mend the files"


def test_text_of_files_steers_no_terminal() -> None:
    assert escaped("a\x1b[31m\r\n\x9b\u202e\ud800é 日") == r"a\x1b[31m\r\n\x9b\u202e\ud800é 日"
    row = {
        "assumption": "encoding\x1b",
        "assumed": "\x07",
        "lines_for": 1,
        "lines_against": None,
        "explanation": "\x1b[2J",
    }
    lines = "\n".join(assumption_lines({**row, "decided_by": "file"}))
    assert "\x1b" not in lines
    assert r"\x1b[2J" in lines


def test_lines_as_they_would_be_stored_are_a_table() -> None:
    row = {
        **{"row": 2, "invoice": "500", "date": "2024-01-10T00:00:00", "customer": None, "product": "A\x1b"},
        **{"quantity": 1, "price": 2.5, "amount": 1234.5678},
    }
    assert table_lines([row]) == [
        r"row  invoice  date        customer  product  quantity  price      amount",
        r"  2  500      2024-01-10  -         A\x1b           1   2.50  1,234.5678",
    ]


def test_columns_that_are_not_read_are_known() -> None:
    row = {
        **{"source_file": "a.csv", "problem": None, "remedy": None, "format": "csv", "shape": "invoice_lines"},
        **{"header_row": -1, "encoding": "", "delimiter": "", "compression": "none"},
        **{"headers": '["1", "2", "3"]', "positions": '{"customer_id": 2, "amount": 0}', "order_fields": "[]"},
    }
    layout = layout_of(row)
    assert layout["columns"] == {"customer_id": "3", "amount": "1"}
    assert layout["unread_columns"] == ["2"]
    assert layout["header_row"] is None
    assert layout["encoding"] is None


def test_what_is_doubtful_is_a_warning() -> None:
    doubtful = {"assumption": "placeholder_customers", "assumed": "0", "lines_for": 9, "lines_against": 1}
    doubtful |= {"decided_by": "warning", "explanation": "customer 0 has 9 orders"}
    facts: dict[str, Any] = {"files": [], "tables": [], "assumptions": [doubtful], "totals": {}}
    facts |= answers(facts, [], ["said by dbt"], {}, {})
    assert facts["warnings"] == ["placeholder_customers is 0; customer 0 has 9 orders", "said by dbt"]
    shown = describe(facts, [])
    assert "Warnings:\n  placeholder_customers is 0" in shown
    assert shown.endswith("Nothing is asked: a build would read the files like this.")


def test_options_of_dbt_are_taken_or_refused(capsys: pytest.CaptureFixture[str]) -> None:
    taken = read_arguments(["--json", "--", "--vars", "{date_order: dmy, questions: stop}", "--target", "x"])
    assert taken == (True, ["--target", "x"], {"date_order": "dmy"})
    assert read_arguments([]) == (False, [], {})
    for wrong in (["exports.csv"], ["--", "--full-refresh"], ["--", "--vars", "a: ["], ["--", "--vars", "[a]"]):
        # 2 says that something is asked.
        with pytest.raises(SystemExit, match=r"^1$"):
            read_arguments(wrong)
    assert "--vars is no mapping" in capsys.readouterr().err
