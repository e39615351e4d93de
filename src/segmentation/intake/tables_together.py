"""Judges the tables of a build together: what is only a question, or only clear, beside the others."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from segmentation.intake.column_map import ANY, ColumnMaps, Table, as_option
from segmentation.intake.guesses import roles
from segmentation.intake.headers import normal
from segmentation.intake.invoice_file import InvoiceFile, UnusableFileError
from segmentation.intake.recognition import lacks_columns
from segmentation.intake.shapes import GENERIC, PAYMENTS, WITHOUT_HEADER, Shapes

_MARKS_OF_INVOICES = {"invoice_id", "invoiced_at"}
_MARKS_OF_LINES = {"quantity", "unit_price", "product_code", "description"}
_KEY = re.compile(r"(id|no|nr|num|number|nummer|code)$")


def judge_together(
    files: Sequence[InvoiceFile],
    passed_over: Mapping[str, UnusableFileError],
    shapes: Shapes,
    column_maps: ColumnMaps,
) -> list[InvoiceFile]:
    """Return the files with the problems that show only when all of them are known.

    Parameters
    ----------
    files : sequence of InvoiceFile
    passed_over : mapping of str to UnusableFileError
        Why sheets were passed over, by their names.
    shapes : Shapes
    column_maps : ColumnMaps
    """
    judged = _refuse_no_table(files, passed_over)
    judged = _refuse_files_to_join(judged, shapes)
    judged = _refuse_unused_columns(judged, column_maps)
    return judged if shapes.is_forced else _ask_about_lists(judged, column_maps)


def _refuse_no_table(files: Sequence[InvoiceFile], passed_over: Mapping[str, UnusableFileError]) -> list[InvoiceFile]:
    """Let sheets without invoice lines pass only where another sheet of the workbook has some."""
    with_lines = {f.path for f in files if f.problem or f.shape != "none"}
    return [f if f.path in with_lines else _refused(f, passed_over.get(f.source_file)) for f in files]


def _refused(file: InvoiceFile, reason: UnusableFileError | None) -> InvoiceFile:
    problem = "no sheet holds invoice lines" + (f": {reason.problem}" if reason else "")
    remedy = reason.remedy if reason else "name the columns with column_map"
    return replace(file, headers=reason.headers if reason else (), problem=problem, remedy=remedy)


def _refuse_unused_columns(files: Sequence[InvoiceFile], column_maps: ColumnMaps) -> list[InvoiceFile]:
    """Refuse columns that were named and that no table has: they would have no effect."""
    for column_map in column_maps:
        meant = [f for f in files if column_maps.of(Table.of(f)) is column_map]
        tables = [f for f in meant if f.problem or f.shape != "none"]
        if column_map.pattern not in ("", ANY) and not meant:
            names = ", ".join(Table.of(f).pattern for f in files[:5])
            problem = f"column_map names columns for {column_map.pattern}, which fits no file or sheet"
            return [*files, InvoiceFile("column_map", problem=problem, remedy=f"there are: {names}")]
        if tables and not any(f.problem for f in tables) and all(column_map.lacking(f.headers) for f in tables):
            closest = min(tables, key=lambda f: len(column_map.lacking(f.headers)))
            error = lacks_columns(column_map, closest.headers)
            return [replace(f, problem=error.problem, remedy=error.remedy) if f is closest else f for f in files]
    return list(files)


def _ask_about_lists(files: Sequence[InvoiceFile], column_maps: ColumnMaps) -> list[InvoiceFile]:
    """Ask about lists of amounts beside invoices: they may be the payments of these, which would count twice."""
    lists = [f for f in files if _is_list(f)]
    invoices = [f for f in files if f not in lists and f.problem is None and set(f.positions) >= _MARKS_OF_INVOICES]
    asked = [f for f in lists if f.is_present and not _is_meant(f, column_maps)] if invoices else []
    columns = {Table.of(f): {name: f.headers[n] for name, n in f.positions.items()} for f in asked}
    names = ", ".join(Table.of(f).pattern for f in invoices[:3])
    option = as_option(column_maps.with_columns(columns))
    workbooks = {f.path for f in invoices}
    return [_asked(f, names, option, f.path in workbooks) if f in asked else f for f in files]


def _is_list(file: InvoiceFile) -> bool:
    """Whether a table has nothing but amounts of customers and days, or of invoices."""
    has_lines = set(file.positions) & _MARKS_OF_LINES
    is_list = file.shape == WITHOUT_HEADER and "invoice_id" not in file.positions
    return file.problem is None and (is_list or file.shape == PAYMENTS or (file.shape == GENERIC and not has_lines))


def _is_meant(file: InvoiceFile, column_maps: ColumnMaps) -> bool:
    """Whether a mapping says that the lines of a table are to be read: by its name, or by the columns of any shape."""
    column_map = column_maps.of(Table.of(file))
    if file.shape == GENERIC:
        return bool(column_map.headers) and not column_map.lacking(file.headers)
    return bool(column_map.pattern and column_map.headers)


def _asked(file: InvoiceFile, names: str, option: str, is_beside_lines: bool) -> InvoiceFile:
    what, leave_out = "it lists payments", "leave it out of invoice_files"
    if file.shape == WITHOUT_HEADER:
        what = f"it lists customers, dates and amounts without invoice numbers, purchases ({file.shape}) or payments"
    elif file.shape == GENERIC:
        what = "it lists one amount an invoice, without products or quantities, as a list of payments does"
    if is_beside_lines:
        leave_out = f"--vars '{{invoice_shape: {GENERIC}}}' passes the sheet over"
        if file.shape == GENERIC:
            leave_out = "delete the sheet"
    return replace(
        file,
        problem=f"{what}, and stands beside tables with invoices ({names}): payments of those would count twice",
        remedy=f"if they are, {leave_out}; if they are sales that are in no other table: {option}",
    )


def _refuse_files_to_join(files: Sequence[InvoiceFile], shapes: Shapes) -> list[InvoiceFile]:
    """Tell tables that must be joined from tables whose columns have to be named."""
    refused = {f.source_file: f for f in files if f.problem and f.headers}
    for lines in refused.values():
        for orders in refused.values():
            key = _join_key(lines, orders, shapes)
            if key:
                related = _related(list(refused.values()), {normal(h) for h in (*lines.headers, *orders.headers)})
                return [_to_join(f, lines, orders, key) if f.source_file in related else f for f in files]
    return list(files)


def _join_key(lines: InvoiceFile, orders: InvoiceFile, shapes: Shapes) -> str:
    """Return the column that lines share with the orders that have their dates and customers; empty if none."""
    of_lines = roles(lines.headers, shapes.missing(lines.headers)[0])
    of_orders = roles(orders.headers, shapes.missing(orders.headers)[0])
    if "money" not in of_lines or {"invoiced_at", "customer_id"} <= of_lines:
        return ""
    if not {"invoiced_at", "customer_id"} <= of_orders or "money" in of_orders:
        return ""
    theirs = {normal(h) for h in orders.headers}
    return next((h for h in lines.headers if normal(h) in theirs and _KEY.search(normal(h))), "")


def _related(files: Sequence[InvoiceFile], keys: set[str]) -> set[str]:
    keys = {key for key in keys if _KEY.search(key)}
    return {f.source_file for f in files if keys & {normal(h) for h in f.headers}}


def _to_join(file: InvoiceFile, lines: InvoiceFile, orders: InvoiceFile, key: str) -> InvoiceFile:
    return replace(
        file,
        problem=f"order, lines and customer stand in different files: {Table.of(lines).pattern} has the lines, "
        f"{Table.of(orders).pattern} their dates and customers, and both have {key}; no column_map can bring them "
        "together",
        remedy="join them in a view of the warehouse and read that with --vars '{invoice_relation: SCHEMA.VIEW}'; "
        "docs/shapes.md, Files that need a join, has such a query",
    )
