"""Some columns of a delimited text, as arrays of strings."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.csv as pa_csv

from segmentation.intake.delimited import split_rows
from segmentation.intake.invoice_file import UnusableFileError


def read_columns(
    text: str, start: int, delimiter: str, width: int, positions: Sequence[int], what: str, *, shows_row: bool
) -> list[pa.Array]:
    """Return the columns at some positions, each an array of strings with all rows.

    Arrow reads them, and where rows have another number of values than the header, or quotes are not closed, they are
    split as those of invoice files are.

    Parameters
    ----------
    text : str
        With lines that end in a line feed.
    start : int
        Where the rows begin below the header.
    delimiter : str
    width : int
        Number of columns.
    positions : sequence of int
        One may be there twice.
    what : str
        What it is to who exported it, for messages: table or list.
    shows_row : bool
        Whether a message may show a row.

    Raises
    ------
    UnusableFileError
        If a row can't be read; says which.
    """
    names = [f"c{n}" for n in range(width)]
    body = text[start:].encode("utf-8", "surrogatepass")
    if not body or body.isspace():
        return [pa.array([], pa.string()) for _ in positions]
    # A quote that is never closed would swallow rows.
    is_broken = body.count(b'"') % 2 == 1

    def note(row: pa_csv.InvalidRow) -> str:
        nonlocal is_broken
        is_broken = is_broken or row.actual_columns > 1 or bool(row.text.strip())
        return "skip"

    try:
        read = pa_csv.read_csv(
            pa.BufferReader(body),
            pa_csv.ReadOptions(column_names=names),
            pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=b'"' in body, invalid_row_handler=note),
            pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=[names[position] for position in dict.fromkeys(positions)],
            ),
        )
    except pa.ArrowInvalid:
        is_broken = True
    if not is_broken:
        return [_whole(read[names[position]]) for position in positions]
    rows = []
    above = text[:start].count("\n")
    for number, values, row in split_rows([text[start:]], delimiter, width):
        if values is None:
            shown = f": {row[:80]!r}" if shows_row else ""
            raise UnusableFileError(
                f"row {number + above} has not the {width} values of the header{shown}",
                f"export the {what} again, or repair the row: a text with the delimiter in it stands in quotes",
            )
        rows.append(values)
    return [pa.array([row[position] for row in rows], pa.string()) for position in positions]


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], pa.string())
