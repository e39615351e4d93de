"""What a build would ask: its questions apart, and the settings that answer them as one mapping."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import yaml

ASKED = "question: "
"""What a message of the macro `ask` begins with, where questions are reported."""

# What stands where only the user knows the value. No setting allows it: what is pasted without an answer is refused.
PLACEHOLDERS: dict[str, Any] = {
    "date_order": "DMY_OR_MDY_OR_YMD",
    "decimal_mark": "POINT_OR_COMMA",
    "discount_sign": "POSITIVE_OR_NEGATIVE",
    "discount_unit": "MONEY_OR_PERCENT_OR_SHARE",
    "duplicate_lines": "DROP_OR_KEEP",
    "first_plausible_date": "DATE",
    "invoice_numbers": "UNIQUE_OR_DAILY",
    "last_plausible_date": "DATE",
    "overlapping_files": "NEWEST_OR_FILE_NAME_OR_ALL",
}
RATE = "RATE"
MEANING = "STANDS_OR_NEVER_PAID_OR_CANCELLED"
MEANING_OF_DOCUMENT = "SALE_OR_RETURN_OR_RETURNED_SALE_OR_NEVER_PAID_OR_REJECTED"
NUMBER_OF_COLUMN = "NUMBER_OF_THE_COLUMN"
NAME_OF_COLUMN = "NAME_OF_THE_COLUMN"
# Of a file that lacks several fields the remedy names one; all are to be answered.
_MISSING = re.compile(r"^\s+problem: no column for (\w+(?:, \w+)*) among: ")
# Quoted as for a shell; a setting may hold the other quotation mark.
_SETTINGS = re.compile(r"--vars (?:'(\{.*?\})'|\"(\{.*?\})\")(?=$|[\s.,;:)])")


@dataclass(frozen=True)
class Question:
    """A question as a build that stops would ask it.

    Parameters
    ----------
    question : str
        Such as: It is not clear which number is the day in the dates of:
    examples : tuple of str
        Lines about files, with their indentation.
    remedy : tuple of str
        How to answer it; empty where the examples say it.
    """

    question: str
    examples: tuple[str, ...] = ()
    remedy: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """The whole, as it is shown."""
        return (self.question, *self.examples, *self.remedy)


def take_apart(messages: Iterable[str]) -> list[Question]:
    """Return the questions of messages, each once.

    Parameters
    ----------
    messages : iterable of str
        Each with one question or more: a line, examples that are indented, and lines that say how to answer it.
    """
    questions: dict[Question, None] = {}
    for message in messages:
        lines = [line for line in message.removeprefix(ASKED).splitlines() if line.strip()]
        # A line before an indented one is a question; what follows the examples belongs to it.
        starts = [
            n for n in range(1, len(lines)) if not _is_example(lines[n]) and _is_example("".join(lines[n + 1 : n + 2]))
        ]
        for start, end in pairwise([0, *starts, len(lines)] if lines else []):
            questions[_question(lines[start:end])] = None
    return list(questions)


def without_consequences(questions: Sequence[Question]) -> list[Question]:
    """Leave out that lines are rejected where it is not known how to read them: it follows from the other question."""
    is_open = any({"date_order", "decimal_mark"} & suggested(question).keys() for question in questions)
    return [q for q in questions if not (is_open and any("max_rejected_share" in line for line in q.lines))]


def _is_example(line: str) -> bool:
    return line.startswith("  ")


def _question(lines: Sequence[str]) -> Question:
    examples = tuple(line for line in lines[1:] if _is_example(line))
    return Question(lines[0], examples, tuple(line for line in lines[1:] if not _is_example(line)))


def settings_of(questions: Iterable[Question], known: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings to paste: those that are given, and those that the questions ask for.

    Parameters
    ----------
    questions : iterable of Question
        What is asked.
    known : mapping
        Settings that the files name the parts of, such as the statuses of order_status_meanings.
    given : mapping
        The user's own.
    """
    settings = dict(given)
    for question in questions:
        for name, example in suggested(question).items():
            value = known.get(name) or PLACEHOLDERS.get(name, example)
            mine = settings.get(name)
            # What the user has said of one column, status or currency holds.
            settings[name] = {**value, **mine} if isinstance(mine, dict) and isinstance(value, dict) else value
    return settings


def suggested(question: Question) -> dict[str, Any]:
    """Return the settings that a question names, with the values that it gives as examples.

    Of several ways to answer it that a line names, the first counts.
    """
    settings: dict[str, Any] = {}
    for line in (*question.examples, *question.remedy):
        if missing := _MISSING.match(line):
            named: Any = {"column_map": dict.fromkeys(missing[1].split(", "), NAME_OF_COLUMN)}
        else:
            found = _SETTINGS.search(line)
            named = _mapping(found[1] or found[2]) if found else None
        for name, value in named.items() if isinstance(named, dict) else ():
            settings[name] = _merged(settings.get(name), _without_guesses(name, value))
    return settings


def _mapping(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return None


def _merged(before: Any, value: Any) -> Any:
    return {**before, **value} if isinstance(before, dict) and isinstance(value, dict) else value


def _without_guesses(name: str, value: Any) -> Any:
    """Replace the columns of an example: their numbers, and words that stand for a name; and what words mean."""
    if name == "document_type_meanings" and isinstance(value, dict):
        return dict.fromkeys(value, MEANING_OF_DOCUMENT)
    if name != "column_map" or not isinstance(value, dict):
        return value
    words = {"YOUR COLUMN NAME": NAME_OF_COLUMN}
    return {
        field: NUMBER_OF_COLUMN if isinstance(column, int) else words.get(column, column)
        for field, column in value.items()
    }


def as_option(settings: Mapping[str, Any]) -> str:
    """Return settings as one mapping of YAML on one line."""
    written = yaml.safe_dump(
        dict(settings), default_flow_style=True, sort_keys=False, width=float("inf"), allow_unicode=True
    )
    return written.strip()
