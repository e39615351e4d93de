"""Folders of random dirty files, built by dbt and compared with an independent reading: no row is lost or misread."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import LINES_ONLY, WITH_TESTS, Build, build_examples, dbt
from dirty_files import DirtyFile, Row
from dirty_folders import DirtyFolder, dirty_folders, what_files_do_not_say, write_folder
from hypothesis import given
from independent_reading import JudgedLine, judge

TEXT_COLUMNS = (
    *("invoice_id", "product_code", "description", "quantity", "unit_price", "invoiced_at", "customer_id", "country"),
)


@build_examples(short=1, long=10)
@given(folder=dirty_folders(40))
def test_every_row_is_accounted_for(tmp_path_factory: pytest.TempPathFactory, folder: DirtyFolder) -> None:
    place = tmp_path_factory.mktemp("dirty")
    # What is random is no delivery.
    assert _misread(place, folder, {"overlapping_files": "all", "duplicate_lines": "drop"}, WITH_TESTS) == []


@pytest.mark.parametrize(("overlapping_files", "duplicate_lines"), [("newest", "keep"), ("file_name", "drop")])
@build_examples(short=1, long=10)
@given(folder=dirty_folders(16, is_of_orders=True, first_seed=4))
def test_orders_are_as_their_newest_delivery_has_them(
    tmp_path_factory: pytest.TempPathFactory, folder: DirtyFolder, overlapping_files: str, duplicate_lines: str
) -> None:
    said = {"overlapping_files": overlapping_files, "duplicate_lines": duplicate_lines}
    assert _misread(tmp_path_factory.mktemp("orders"), folder, said, LINES_ONLY) == []


def _misread(place: Path, folder: DirtyFolder, said: dict[str, str], arguments: tuple[str, ...]) -> list[str]:
    """What a build of a folder makes of its files otherwise than the independent reading."""
    files = folder.files()
    write_folder(files, place / "exports")
    built = dbt(place, place / "exports/**/*", what_files_do_not_say(files) | said, arguments)
    assert "Traceback" not in built.output, built.message()
    assert built.exit_code == 0, built.message()
    return discrepancies(built, {_source_file(place / "exports", file): file for file in files}, said)


def _source_file(folder: Any, file: DirtyFile) -> str:
    return str(folder / file.name) + (f"#{file.sheet}" if file.sheet else "")


def discrepancies(built: Build, files: dict[str, DirtyFile], said: dict[str, str]) -> list[str]:
    """What the warehouse says otherwise than the independent reading."""
    lines, expected = judge(files.items(), **said)
    judged = {(line.source_file, line.source_row): line for line in lines}
    accepted = {(row[0], row[1]): row[2:] for row in built.rows(ACCEPTED + "where not is_derived")}
    rejected = {(row[0], row[1]): row[2:] for row in built.rows(REJECTED)}
    derived = Counter(row[2:] for row in built.rows(ACCEPTED + "where is_derived"))
    found = [f"{place} is both accepted and rejected" for place in accepted.keys() & rejected.keys()]
    generated = {(source_file, row.number): row for source_file, file in files.items() for row in file.rows}
    for place, row in generated.items():
        found += _check_row(files[place[0]], row, judged.get(place), accepted.get(place), rejected.get(place))
    found += [
        f"{place} is no row of a file" for place in sorted((accepted.keys() | rejected.keys()) - generated.keys())
    ]
    if derived != expected:
        found.append(f"derived lines: {derived - expected} and not {expected - derived}")
    return found + _check_audit(built, files, lines, len(accepted), len(rejected))


ACCEPTED = """
    select source_file, source_row, customer_id, invoice_id, product_code, quantity, unit_price, amount, invoiced_at
    from marts.invoice_lines
    """
REJECTED = "select source_file, source_row, reason, raw_text from marts.rejected_invoice_lines"


def _check_row(
    file: DirtyFile,
    row: Row,
    line: JudgedLine | None,
    accepted: tuple[Any, ...] | None,
    rejected: tuple[Any, ...] | None,
) -> list[str]:
    where = f"{file.name!r} ({file.shape}) row {row.number} {row.text[:200]!r} {str(row.values)[:300]}"
    if not accepted and not rejected:
        return [f"{where}: lost"]
    if line is None or line.reason is not None:
        reason = line.reason if line else "unreadable"
        if rejected is None or rejected[0] != reason:
            return [f"{where}: {accepted or rejected} and not {reason}"]
        if not _shows(file, row, rejected[1]):
            return [f"{where}: its text is given as {rejected[1][:300]!r}"]
    elif accepted != line.values():
        return [f"{where}: {accepted or rejected} and not {line.values()}"]
    return []


def _shows(file: DirtyFile, row: Row, raw_text: str) -> bool:
    """Whether the text of a rejected row is what is in the file."""
    if row.values is None:
        return raw_text == row.text
    if not file.texts_are_exact:
        return True
    texts = {name: value for name, value in zip(file.columns, row.values, strict=True) if name and value}
    shown = ",".join(map(_quoted, (texts.get(name, "") for name in TEXT_COLUMNS)))
    others = {name: value for name, value in texts.items() if name not in TEXT_COLUMNS}
    rest = raw_text.removeprefix(shown)
    if not raw_text.startswith(shown) or rest[:2] not in ("", ",{"):
        return False
    given = json.loads(rest[1:] or "{}")
    return {name: value for name, value in given.items() if value} == others


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"' if set(value) & set(',"\n') else value


def _check_audit(
    built: Build, files: dict[str, DirtyFile], lines: list[JudgedLine], accepted_count: int, rejected_count: int
) -> list[str]:
    audit = {
        source_file: tuple(counts)
        for source_file, *counts in built.rows(
            "select source_file, rows_read, rows_accepted, rows_rejected, amount_read, amount_accepted "
            "from marts.load_audit"
        )
    }
    expected: dict[str, tuple[int | Decimal, ...]] = {
        f"{name.removesuffix(file.sheet)}{empty}": (0, 0, 0, 0, 0)
        for name, file in files.items()
        for empty in file.empty_sheets
    }
    for name, file in files.items():
        own = [line for line in lines if line.source_file == name]
        good = [line for line in own if line.reason is None]
        expected[name] = (
            *(len(file.rows), len(good), len(file.rows) - len(good)),
            *(sum(line.amount or 0 for line in of) for of in (own, good)),
        )
    found = [
        f"audit of {n!r}: {audit.get(n)} and not {expected.get(n)}"
        for n in audit.keys() | expected
        if audit.get(n) != expected.get(n)
    ]
    ((rows, distinct),) = built.rows(
        "select count(*), count(distinct line_id) from (select line_id from marts.invoice_lines where not is_derived "
        "union all select line_id from marts.rejected_invoice_lines)"
    )
    if not rows == distinct == accepted_count + rejected_count:
        found.append(f"{rows} lines have {distinct} numbers and {accepted_count + rejected_count} places")
    return found
