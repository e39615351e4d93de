"""Finds out how a table is read, by the columns that were named for it or by its header alone."""

from __future__ import annotations

from collections.abc import Sequence

from segmentation.intake.column_map import ColumnMap, ColumnMaps, Table, as_option, nearest
from segmentation.intake.explanation import explain
from segmentation.intake.foreign_formats import refuse_foreign_format
from segmentation.intake.headers import TITLE_ROWS, is_data
from segmentation.intake.invoice_file import LacksColumnsError, UnusableFileError
from segmentation.intake.shapes import GENERIC, OTHER_FIELDS, Layout, Shapes

_OPTIONAL_FIELDS = set(OTHER_FIELDS) - {"amount"}


def recognise(shapes: Shapes, rows: Sequence[Sequence[str]], column_maps: ColumnMaps, table: Table) -> Layout:
    """Return the layout of a table.

    The columns that were named hold for a table that has all of them; any other is recognised as if none were named,
    unless its name was.

    Parameters
    ----------
    shapes : Shapes
    rows : sequence of sequence of str
        The first rows of the table.
    column_maps : ColumnMaps
    table : Table
        What the table is called.

    Raises
    ------
    UnusableFileError
        If it can't be read; says what is missing.
    """
    column_map = column_maps.of(table)
    is_named = has_columns(rows, column_map)
    refuse_foreign_format(rows, is_named and "customer_id" in column_map.headers)
    if is_named:
        layout = shapes.recognise(rows, column_map.headers)
    elif column_map.must_fit(table):
        raise lacks_columns(column_map, _closest_row(rows, column_map))
    else:
        layout = shapes.recognise(rows)
        if layout and layout.shape == GENERIC:
            _refuse_unread_facts(layout, column_maps, column_map, table)
    if layout is None:
        raise explain(shapes, rows, column_maps, table)
    return layout


def has_columns(rows: Sequence[Sequence[str]], column_map: ColumnMap) -> bool:
    """Whether one of the first rows has all columns that were named, or as many columns if there is no header."""
    if not column_map.headers:
        return False
    numbers = [str(n + 1) for n in range(len(rows[0]))] if rows and is_data(rows[0]) else []
    return any(not column_map.lacking(row) for row in [*rows[:TITLE_ROWS], numbers])


def _closest_row(rows: Sequence[Sequence[str]], column_map: ColumnMap) -> Sequence[str]:
    return min(rows[:TITLE_ROWS], key=lambda row: (len(column_map.lacking(row)), -len(row)), default=[])


def lacks_columns(column_map: ColumnMap, headers: Sequence[str]) -> LacksColumnsError:
    """Say which of the named columns a table lacks, and what it has that looks like them."""
    near, shown = nearest(column_map.lacking(headers), headers)
    corrected = {field: near.get(header, header) for field, header in column_map.headers.items()}
    setting = {column_map.pattern: corrected} if column_map.pattern else corrected
    whose = f" for {column_map.pattern}" if column_map.pattern else ""
    return LacksColumnsError(
        f"column_map names columns{whose} that it does not have: {shown}; no column is called so "
        f"among: {', '.join(headers)[:600]}",
        f"name columns of the file: {as_option(setting)}"
        if near
        else "name columns of the file in column_map, or leave out what it does not have",
    )


def _refuse_unread_facts(layout: Layout, column_maps: ColumnMaps, column_map: ColumnMap, table: Table) -> None:
    """Stop where a column was named that the table has and that would not be read, for want of another one."""
    lacking = column_map.lacking(layout.headers)
    unread = {
        field: header
        for field, header in column_map.headers.items()
        if field in _OPTIONAL_FIELDS and header not in lacking and field not in layout.positions
    }
    if unread and lacking:
        kept = {field: header for field, header in column_map.headers.items() if header not in lacking}
        raise UnusableFileError(
            f"column_map names {', '.join(lacking)}, which the file does not have, and therefore does not hold for it; "
            f"but it has {', '.join(unread.values())}, which would not be read as {', '.join(unread)}",
            f"say what holds for this file: {as_option(column_maps.with_columns({table: kept}))}",
        )
