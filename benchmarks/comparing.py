"""What differs between the marts of two DuckDB files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

SCHEMA = "marts"
CLOCK = ("loaded_at",)
"""Columns that hold the time of the build."""

_ROUNDING = 1e-9
_EXAMPLES = 3
_FLOATS = {"FLOAT", "DOUBLE"}


@dataclass(frozen=True)
class Difference:
    """How a mart of one file differs from that of another.

    Attributes
    ----------
    mart : str
    both, only_old, only_new : int
        Rows, by their key.
    columns : dict of str to int
        Columns whose type or values differ, to the number of rows of which the values do.
    rounded : dict of str to int
        Columns of floats to the rows that are equal but for rounding.
    lost, added : tuple of str
        Columns that only the old or only the new mart has; "*" for the mart itself.
    examples : tuple of str
        Of what differs, for people.
    """

    mart: str
    both: int
    only_old: int
    only_new: int
    columns: dict[str, int]
    rounded: dict[str, int]
    lost: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()

    def uncovered(self, allowed: Sequence[str]) -> bool:
        """Return whether anything differs that may not.

        Parameters
        ----------
        allowed : sequence of str
            Marts, or columns such as mart.column. What is new is always allowed.
        """
        if self.mart in allowed:
            return False
        columns = {f"{self.mart}.{column}" for column in (*self.columns, *self.lost)}
        return bool(self.only_old or self.only_new or columns - set(allowed))


def compare(old: Path, new: Path, left_out: Sequence[str] = CLOCK) -> list[Difference]:
    """Compare the tables of the schema `marts` of two files row by row.

    Rows are joined by the shortest run of leading columns that tells them apart on both sides, and where none does by
    all columns.

    Parameters
    ----------
    old, new : Path
        DuckDB files whose marts are tables.
    left_out : sequence of str, default CLOCK
        Columns that are not compared.

    Returns
    -------
    list of Difference
        One a mart, by name.
    """
    with duckdb.connect() as connection:
        for name, path in (("old", old), ("new", new)):
            connection.execute(f"attach '{path}' as {name} (read_only)")
        before, after = (_columns_of(connection, name) for name in ("old", "new"))
        return [
            _compare(connection, mart, before[mart], after[mart], left_out)
            if mart in before and mart in after
            else Difference(mart, 0, 0, 0, {}, {}, ("*",) * (mart in before), ("*",) * (mart in after))
            for mart in sorted({*before, *after})
        ]


def _columns_of(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, dict[str, str]]:
    """Return the type of each column of each mart."""
    found: dict[str, dict[str, str]] = {}
    query = (
        "select table_name, column_name, data_type from duckdb_columns() "
        f"where database_name = '{database}' and schema_name = '{SCHEMA}' order by table_name, column_index"
    )
    for mart, column, data_type in connection.execute(query).fetchall():
        found.setdefault(mart, {})[column] = data_type
    return found


def _compare(
    connection: duckdb.DuckDBPyConnection,
    mart: str,
    before: dict[str, str],
    after: dict[str, str],
    left_out: Sequence[str],
) -> Difference:
    common = [column for column in before if column in after and column not in left_out]
    key = _key(connection, mart, common)
    columns = [column for column in common if column not in key]
    is_both = "o.is_there and n.is_there"
    differs = {column: _differs(column, before[column], after[column]) for column in columns}
    rounds = {column: _rounds(column) for column in columns if {before[column], after[column]} <= _FLOATS}
    select = [
        f"count(*) filter ({is_both})",
        "count(*) filter (n.is_there is null)",
        "count(*) filter (o.is_there is null)",
        *(f"count(*) filter ({is_both} and {differs[column]})" for column in columns),
        *(f"count(*) filter ({is_both} and {differs[column]} and {rounds[column]})" for column in rounds),
    ]
    joined = _joined(mart, common, key)
    (both, only_old, only_new, *counts), *_ = connection.execute(f"select {', '.join(select)} {joined}").fetchall()
    of_rounding = dict(zip(rounds, counts[len(columns) :], strict=True))
    found: dict[str, int] = {}
    examples: list[str] = []

    def show(what: str, condition: str, *shown: str) -> None:
        query = f"select {', '.join(shown)} {joined} where {condition} order by all limit {_EXAMPLES}"
        examples.extend(f"{what}: {', '.join(map(str, row))}" for row in connection.execute(query).fetchall())

    for count, what, side, other in ((only_old, "only old", "o", "n"), (only_new, "only new", "n", "o")):
        if count:
            show(what, f"{other}.is_there is null", *(f"{side}.{_quoted(part)}" for part in key))
    for column, count in zip(columns, counts, strict=False):
        if before[column] != after[column]:
            found[column] = 0
            examples.append(f"{column}: {before[column]} became {after[column]}")
        if beyond := count - of_rounding.get(column, 0):
            found[column] = beyond
            is_beyond = f"{differs[column]} and not {rounds[column]}" if column in rounds else differs[column]
            values = f"concat_ws(' -> ', coalesce(o.{_quoted(column)}::varchar, 'null'), "
            values += f"coalesce(n.{_quoted(column)}::varchar, 'null'))"
            show(column, f"{is_both} and {is_beyond}", *(f"o.{_quoted(part)}" for part in key), values)
    return Difference(
        mart,
        both,
        only_old,
        only_new,
        found,
        {column: count for column, count in of_rounding.items() if count},
        lost=tuple(column for column in before if column not in after),
        added=tuple(column for column in after if column not in before),
        examples=tuple(examples),
    )


def _key(connection: duckdb.DuckDBPyConnection, mart: str, columns: Sequence[str]) -> list[str]:
    """Return the columns that rows are joined by."""
    for length in range(1, len(columns)):
        key = ", ".join(map(_quoted, columns[:length]))
        counts = ", ".join(
            f"(select count(*) from {side}.{SCHEMA}.{_quoted(mart)}) "
            f"= (select count(*) from (select distinct {key} from {side}.{SCHEMA}.{_quoted(mart)}))"
            for side in ("old", "new")
        )
        if all(connection.execute(f"select {counts}").fetchall()[0]):
            return list(columns[:length])
    return list(columns)


def _joined(mart: str, columns: Sequence[str], key: Sequence[str]) -> str:
    # Rows that nothing tells apart are numbered.
    number = f"row_number() over (partition by {', '.join(map(_quoted, key))}) as copy"
    sides = {
        side: f"(select *, true as is_there{f', {number}' * (len(key) == len(columns))} "
        f"from {side}.{SCHEMA}.{_quoted(mart)})"
        for side in ("old", "new")
    }
    on = [f"o.{_quoted(column)} is not distinct from n.{_quoted(column)}" for column in key]
    on += ["o.copy = n.copy"] * (len(key) == len(columns))
    return f"from {sides['old']} as o full join {sides['new']} as n on {' and '.join(on)}"


def _differs(column: str, before: str, after: str) -> str:
    old, new = (
        f"{side}.{_quoted(column)}" if before == after else f"{side}.{_quoted(column)}::varchar" for side in ("o", "n")
    )
    return f"({old} is distinct from {new})"


def _rounds(column: str) -> str:
    old, new = f"o.{_quoted(column)}", f"n.{_quoted(column)}"
    return f"coalesce(abs({old} - {new}) <= {_ROUNDING} * greatest(abs({old}), abs({new})), false)"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
