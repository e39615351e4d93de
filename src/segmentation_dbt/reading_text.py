"""The facts of `make inspect` as text for people."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from segmentation_dbt.questions import Question, as_option

WIDTH = 120
_LABEL = 15
_NONE = "-"
_DECIDED = {
    "setting": "by a setting",
    "file": "by the file",
    "other files": "by the other files",
    "default": "by default",
    "warning": "doubtful",
    "nothing": "to be answered",
}
_LABELS = {
    "date_order": "dates",
    "last_date": "last day",
    "first_date": "first day",
    "decimal_mark": "numbers",
    "discount_sign": "discounts",
    "duplicate_lines": "copies",
    "placeholder_customers": "customers",
    "join_customer_ids": "customer ids",
    "invoice_numbers": "invoices",
    "overlapping_files": "deliveries",
    "attribute_files": "customers",
    "attributes": "attribute",
    "product_categories": "products",
}
# What is written of these in other words.
_WRITTEN_ELSEWHERE = {"invoice_shape", "encoding", "lines"}
_ORDERS = {"dmy": "day, month, year", "mdy": "month, day, year", "ymd": "year, month, day, the year with two digits"}
_MARKS = {".": "decimal point", ",": "decimal comma"}
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "pipes", " ": "blanks"}
_HEADINGS = ("row", "invoice", "date", "customer", "product", "quantity", "price", "amount")
_NUMBERS = ("row", "quantity", "price", "amount")


def describe(facts: Mapping[str, Any], questions: Sequence[Question]) -> str:
    """Return all that is shown.

    Parameters
    ----------
    facts : mapping
        With files, tables, assumptions, totals, warnings and settings.
    questions : sequence of Question
        What a build would ask.
    """
    parts = [file_text(file) for file in facts["files"]]
    for table in facts["tables"]:
        lines = [line for row in table["assumptions"] for line in assumption_lines(row)]
        parts.append("\n".join([f"{escaped(table['table'])} (beside the invoices)", *lines]))
    of_all = [line for row in facts["assumptions"] for line in assumption_lines(row)]
    if len(facts["files"]) > 1:
        of_all += _labelled("totals", totals_text(facts["totals"]))
    if of_all:
        parts.append("\n".join(["All files" if len(facts["files"]) > 1 else "All lines", *of_all]))
    if facts["warnings"]:
        parts.append("\n".join(["Warnings:", *(f"  {escaped(warning)}" for warning in facts["warnings"])]))
    if questions:
        asked = (escaped(line) for question in questions for line in question.lines)
        parts.append("\n".join(["A build would stop and ask:", "", *asked]))
        parts.append("Settings to paste:\n" + settings_text(facts["settings"]))
    else:
        parts.append("Nothing is asked: a build would read the files like this.")
    return "\n\n".join(parts)


def settings_text(settings: Mapping[str, Any]) -> str:
    """Return settings as an option of dbt, quoted for a shell; words in capitals are to be replaced."""
    if not settings:
        return "  none: mend the files"
    option = escaped(as_option(settings))
    # What holds one sort of quotation marks is easier to read in the other.
    return (
        f'  --vars "{option}"'
        if "'" in option and not set('"$`\\!') & set(option)
        else f"  --vars {shlex.quote(option)}"
    )


def file_text(file: Mapping[str, Any]) -> str:
    """Return what is known of a file or sheet."""
    lines = [escaped(file["file"])]
    if file["problem"]:
        lines += [*_labelled("can't be used", file["problem"]), *_labelled("remedy", file["remedy"])]
        return "\n".join(lines)
    if file["shape"] == "none":
        return "\n".join([*lines, *_labelled("passed over", "the sheet holds no invoice lines")])
    lines += [*_layout_lines(file), *_date_lines(file["totals"])]
    for row in sorted(file["assumptions"], key=_place):
        lines += assumption_lines(row)
    for label, kinds, name in (("lines", "line_types", "line_type"), ("rejected", "rejected", "reason")):
        lines += _labelled(label, _kinds_text(file[kinds], name))
    if file["totals"].get("returns_by_order"):
        lines += _labelled(
            "cancelled",
            f"{file['totals']['returns_by_order']:,} returns stand for orders that were cancelled or refunded",
        )
    lines += _labelled("totals", totals_text(file["totals"]))
    if file["examples"]:
        lines += ["  as stored", *(f"    {line}" for line in table_lines(file["examples"]))]
    return "\n".join(lines)


def _place(row: Mapping[str, Any]) -> int:
    names = list(_LABELS)
    return names.index(row["assumption"]) if row["assumption"] in names else len(names)


def _layout_lines(file: Mapping[str, Any]) -> list[str]:
    (decided,) = [row["decided_by"] for row in file["assumptions"] if row["assumption"] == "invoice_shape"] or ["file"]
    header = f"header in row {file['header_row']}" if file["header_row"] else "without a header"
    lines = _labelled("shape", f"{file['shape']} ({_DECIDED[decided]}); {header}")
    of_order = set(file["fields_of_the_order"])
    columns = (
        f"{field}{' (of the order)' if field in of_order else ''} <- {c}" for field, c in file["columns"].items()
    )
    lines += _labelled("columns", ", ".join(columns))
    lines += _labelled("not read", ", ".join(file["unread_columns"]) or "no column is left out")
    if file["encoding"]:
        packed = "" if file["compression"] == "none" else f", packed with {file['compression']}"
        separated = _DELIMITERS.get(file["delimiter"] or "", file["delimiter"] or "nothing")
        lines += _labelled("text", f"{file['encoding']}{packed}; values are separated by {separated}")
    return lines


def _date_lines(totals: Mapping[str, Any]) -> list[str]:
    if not totals.get("first_date"):
        return _labelled("days", "no line has a date that counts")
    return _labelled("days", f"{totals['first_date']} to {totals['last_date']}")


def assumption_lines(row: Mapping[str, Any]) -> list[str]:
    """Return what was assumed, how that was decided and why."""
    if row["assumption"] in _WRITTEN_ELSEWHERE:
        return []
    counted = [
        f"{row[name]:,} {word}"
        for name, word in (("lines_for", "for"), ("lines_against", "against"))
        if row[name] is not None
    ]
    said = ", ".join([_DECIDED.get(row["decided_by"], row["decided_by"]), *counted])
    lines = _labelled(_LABELS.get(row["assumption"], row["assumption"]), f"{_assumed(row)} ({said})")
    return lines + (_labelled("", row["explanation"]) if row["explanation"] else [])


def _assumed(row: Mapping[str, Any]) -> str:
    if row["assumed"] is None:
        return "not known"
    words = {"date_order": _ORDERS, "decimal_mark": _MARKS}.get(row["assumption"], {})
    return words.get(row["assumed"], str(row["assumed"]))


def _kinds_text(kinds: Sequence[Mapping[str, Any]], name: str) -> str:
    shown = (f"{kind['lines']:,} {kind[name]} ({money(kind['amount'])})" for kind in kinds)
    return ", ".join(shown) or "none"


def totals_text(totals: Mapping[str, Any]) -> str:
    """Return the totals in a line: of accepted lines, without copies."""
    if not totals:
        return "no line was read"
    without = totals["sales_without_customer"]
    return ", ".join(
        [
            f"{totals['accepted_lines']:,} of {totals['lines']:,} lines count",
            f"{totals['invoices']:,} invoices",
            f"{totals['customers']:,} customers" + (f" ({without:,} sales have none)" if without else ""),
            f"purchased {money(totals['purchased'])}",
            f"returned {money(totals['returned'])}",
        ]
    )


def table_lines(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return lines of a table: a heading, and a row each."""
    cells = [list(_HEADINGS), *([_cell(name, row[name]) for name in _HEADINGS] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    aligned = [
        [
            cell.rjust(width) if name in _NUMBERS else cell.ljust(width)
            for name, cell, width in zip(_HEADINGS, line, widths, strict=True)
        ]
        for line in cells
    ]
    return ["  ".join(line).rstrip() for line in aligned]


def _cell(name: str, value: Any) -> str:
    if value is None:
        return _NONE
    if name in ("price", "amount"):
        return f"{value:,.2f}" if round(value, 2) == value else f"{value:,.4f}"
    # Many shops know the day only.
    return escaped(str(value).replace("T", " ").removesuffix(" 00:00:00") if name == "date" else value)


def money(amount: float) -> str:
    """Write an amount: 1,234.50."""
    return f"{amount:,.2f}"


def escaped(text: object) -> str:
    """Return text of files so that it steers no terminal: what is no printable character is written as an escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in str(text))


def _labelled(label: str, text: str) -> list[str]:
    """Return lines with a label before the first; words are kept whole, however long."""
    inside = textwrap.wrap(escaped(text), WIDTH - _LABEL - 2, break_long_words=False, break_on_hyphens=False) or [_NONE]
    return [
        f"  {escaped(name):<{_LABEL}}{line}" for name, line in zip([label, *[""] * len(inside)], inside, strict=False)
    ]
