"""Reads tables of customers' attributes: what may be read, a row a customer and attribute, and what was left out.

Columns that look like they belong to a person are never read, unless they are asked for by their names; nor are columns
in which customers can't be compared. What was done with each column is said in a row of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import PurePath
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from segmentation.attributes.kinds import PROFILED, Column, decimal_mark_of, is_none, judge, number_of, unified
from segmentation.attributes.sources import GUARDED, WHITE_SPACE, Source, find_sources, header_of, text_of
from segmentation.intake.delimited import split_rows
from segmentation.intake.erasure import SEPARATORS, clean_customer_id, customer_hash
from segmentation.intake.headers import normal
from segmentation.intake.invoice_file import UnusableFileError

SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("source_file", "file_date", "attribute", "kind")),
        ("is_read", pa.bool_()),
        *((name, pa.string()) for name in ("customer_id", "text_value")),
        ("number_value", pa.float64()),
        ("is_alone", pa.bool_()),
        ("row_count", pa.int64()),
        *((name, pa.string()) for name in ("explanation", "problem", "remedy")),
    ]
)

_BATCH = 100_000
_COLUMNS_AT_ONCE = 32
# Whatever `clean_customer_id` would change.
_UNCLEAN = r"""[.,'"@]"""
_DAY = re.compile(r"(?<!\d)(20\d\d)[-_.]?(0[1-9]|1[0-2])(?:[-_.]?(0[1-9]|[12]\d|3[01]))?(?!\d)")


@dataclass(frozen=True)
class Reading:
    """How tables of attributes are read.

    Attributes
    ----------
    keys : collection of str
        Headers that columns of customers have.
    key : str, default ""
        The header of the customers where it is another; it holds for the tables that have it.
    attributes : sequence of str
        Headers of the only columns that are read; of none all that do not look personal and that customers share.
    kinds : mapping of str to str
        Headers to number or category, where their values look otherwise.
    encoding : str, default ""
        Of text; found out for each file where it is empty.
    decimal_mark : str, default ""
        "." or ","; found out for each column where it is empty.
    joins_ids : bool, default False
        Whether ids are the same that differ in leading zeros or case only.
    erased : collection of str
        What `customer_hash` returns of customers who were erased: they are not read.
    """

    keys: Collection[str]
    key: str = ""
    attributes: Sequence[str] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    decimal_mark: str = ""
    joins_ids: bool = False
    erased: Collection[str] = ()


def read_files(
    patterns: str, fallback_dir: str, reading: Reading, must_exist: bool = False
) -> Iterator[pa.RecordBatch]:
    """Yield what is read of the files that patterns match; see `read_sources`.

    Parameters
    ----------
    patterns : str
        Paths or globs, separated by commas.
    fallback_dir : str
        Where relative patterns are looked up that match nothing from the working directory.
    reading : Reading
    must_exist : bool, default False
        Whether a pattern that matches nothing is a problem.
    """
    sources, problems = find_sources(
        patterns,
        fallback_dir,
        lambda row: _key_of(row, reading) is not None,
        reading.encoding,
        "attribute_files" if must_exist else "",
    )
    yield from (
        (_problem(one.name, one.problem, one.remedy) for one in problems)
        if problems
        else read_sources(sources, reading)
    )


def read_sources(sources: Sequence[Source], reading: Reading) -> Iterator[pa.RecordBatch]:
    """Yield rows of `SCHEMA`: of each table one, of each column one, and one of each customer and value.

    The row of a table has its number of rows and an explanation, no attribute and no customer. The row of a column has
    no customer: is_read says whether its values follow, row_count how many it has, explanation why. A row of a customer
    has a text_value or a number_value; is_alone says that no other row can be of that customer and attribute. A table
    that can't be used has a row with a problem and a remedy.

    Parameters
    ----------
    sources : sequence of Source
        In the order in which they are told apart.
    reading : Reading
    """
    try:
        tables = [_Table(source, reading) for source in sources]
        columns = _columns_by_attribute(tables, reading)
    except _UnusableTableError as e:
        yield _problem(e.name, e.problem, e.remedy)
        return
    dates = _dates([table.source.name for table in tables])
    try:
        for table in tables:
            yield table.described(dates[table.source.name])
        for group in _grouped(list(columns.items()), _COLUMNS_AT_ONCE):
            for table in tables:
                table.load([position for _, places in group for t, position in places if t is table])
            for attribute, places in group:
                yield from _attribute_rows(attribute, places, dates, reading)
    except _UnusableTableError as e:
        yield _problem(e.name, e.problem, e.remedy)


def without_customers(path: str, reading: Reading) -> tuple[str, int]:
    """Return the text of a table without the rows of erased customers, and how many these are.

    Parameters
    ----------
    path : str
        Of text that is not compressed. Of a table that does not say whose its rows are nothing is taken out.
    reading : Reading
        Its `erased` are taken out.

    Raises
    ------
    OSError
        If it can't be opened.
    UnusableFileError
        If it is of another encoding than `reading` says.
    """
    text = text_of(path, encoding=reading.encoding)
    delimiter, start, headers = header_of(text, lambda row: _key_of(row, reading) is not None)
    key = _key_of(headers, reading)
    if key is None:
        return text, 0
    kept, removed = [text[:start].rstrip("\n")], 0
    for _, values, row in split_rows([text[start:]], delimiter, len(headers)):
        # A row that can't be read is of a customer where one of its values is.
        ids = re.split(SEPARATORS, row) if values is None else [values[key]]
        if any(customer_hash(customer) in reading.erased for customer in ids):
            removed += 1
        else:
            kept.append(row)
    return "".join(f"{row}\n" for row in kept), removed


class _UnusableTableError(UnusableFileError):
    """A table can't be used; says which."""

    def __init__(self, name: str, problem: str, remedy: str) -> None:
        super().__init__(problem, remedy)
        self.name = name


class _Table:
    """One table: whose its rows are, and some of its columns, each value once."""

    def __init__(self, source: Source, reading: Reading) -> None:
        self.source = source
        if not source.headers:
            remedy = "name it in the var attribute_relation as schema.table, and build it first, or as ref(…, …)"
            raise _UnusableTableError(source.name, "there is no such table or view", remedy)
        key = _key_of(source.headers, reading)
        if key is None:
            raise _UnusableTableError(source.name, *_lacks_key(source, reading))
        self.key = key
        self._columns: dict[int, pa.DictionaryArray] = {}
        ids = self._read([key])[0]
        self.rows = len(ids)
        self.customers = _known_customers(ids, reading)
        self.are_alone = _are_alone(self.customers)

    def load(self, positions: Sequence[int]) -> None:
        """Read some columns, in the place of those that were read before."""
        self._columns = {}
        for position, column in zip(positions, self._read(positions), strict=True):
            self._columns[position] = _cleaned(column)

    def column(self, position: int) -> pa.DictionaryArray:
        return self._columns[position]

    def described(self, date: str | None) -> pa.RecordBatch:
        known = self.rows - self.customers.null_count
        without = f"; {self.rows - known:,} name no customer" if known < self.rows else ""
        words = f"{self.rows:,} rows of {len(pc.unique(self.customers.drop_null())):,} customers{without}"
        return _row(source_file=self.source.name, file_date=date, is_read=True, row_count=self.rows, explanation=words)

    def _read(self, positions: Sequence[int]) -> list[pa.Array]:
        if not positions:
            return []
        try:
            return self.source.read(positions)
        except UnusableFileError as e:
            raise _UnusableTableError(self.source.name, e.problem, e.remedy) from e


_Places = list[tuple[_Table, int]]


def _key_of(headers: Sequence[str], reading: Reading) -> int | None:
    """Return the position of the customers; None where it is not known, or where several columns may be it."""
    folded = [normal(header) for header in headers]
    if reading.key and normal(reading.key) in folded:
        return folded.index(normal(reading.key))
    if "customerid" in folded:
        return folded.index("customerid")
    keys = {normal(key) for key in reading.keys if not key.isdigit()}
    found = [n for n, header in enumerate(folded) if header in keys]
    return found[0] if len(found) == 1 else None


def _lacks_key(source: Source, reading: Reading) -> tuple[str, str]:
    keys = {normal(key) for key in reading.keys}
    may = [header for header in source.headers if normal(header) in keys]
    shown = ", ".join(header for header in source.headers if header)[:600]
    problem = (
        f"its columns {' and '.join(map(repr, may))} may both say whose the rows are"
        if may
        else f"none of its columns says whose the rows are; they are {shown}"
    )
    first = (may or [*filter(None, source.headers), "Account"])[0]
    return (
        problem,
        f"say which column has the ids of the invoices: --vars '{{attribute_map: {{customer_id: {first}}}}}'",
    )


def _columns_by_attribute(tables: Sequence[_Table], reading: Reading) -> dict[str, _Places]:
    """Return where each attribute is; by the name that is listed, or that the first table has.

    Raises
    ------
    _UnusableTableError
        If a table has two columns of a name, or if no table has one that is listed.
    """
    listed = {normal(name): name for name in reading.attributes}
    names: dict[str, str] = {}
    found: dict[str, _Places] = {}
    for table in tables:
        seen: set[str] = set()
        for position, header in enumerate(table.source.headers):
            folded = normal(header)
            if position == table.key or not header or (listed and folded not in listed):
                continue
            if folded in seen:
                raise _UnusableTableError(
                    table.source.name,
                    f"it has two columns {header!r}",
                    "rename one of them, or list the columns to be read: --vars '{attributes: [channel, age]}'",
                )
            seen.add(folded)
            found.setdefault(names.setdefault(folded, listed.get(folded, header)), []).append((table, position))
    for setting, wanted in (("attributes", reading.attributes), ("attribute_kinds", reading.kinds)):
        lacking = [name for name in wanted if normal(name) not in names]
        if lacking and tables:
            others = sorted({header for table in tables for header in table.source.headers if header})
            raise _UnusableTableError(
                tables[0].source.name,
                f"{setting} names {', '.join(lacking)}, and no table has a column of that name",
                f"correct {setting}; the columns are {', '.join(others)[:600]}",
            )
    return found


def _attribute_rows(
    attribute: str, places: _Places, dates: Mapping[str, str | None], reading: Reading
) -> Iterator[pa.RecordBatch]:
    counts: Counter[str] = Counter()
    of_place = []
    for table, position in places:
        counted = _counts(table.column(position))
        of_place.append(counted)
        counts.update(counted)
    is_asked = bool(reading.attributes)
    chosen = next((kind for name, kind in reading.kinds.items() if normal(name) == normal(attribute)), "")
    column = judge(attribute, counts, is_asked, chosen)
    is_read = column.kind in PROFILED or (is_asked and bool(counts))
    words = unified(counts, column.kind) if is_read and column.kind != "number" else {}
    for (table, position), counted in zip(places, of_place, strict=True):
        date = dates[table.source.name]
        yield _row(
            source_file=table.source.name,
            file_date=date,
            attribute=attribute,
            kind=column.kind,
            is_read=is_read,
            row_count=sum(counted.values()),
            explanation=column.explanation,
        )
        if is_read:
            values = _values(attribute, table, position, column, counted, words, reading)
            yield from _value_rows(table, attribute, column, date, values, is_only_table=len(places) == 1)


def _values(
    attribute: str,
    table: _Table,
    position: int,
    column: Column,
    counted: Mapping[str, int],
    words: Mapping[str, str],
    reading: Reading,
) -> pa.Array:
    """Return the values of a column, a number or text a row."""
    encoded = table.column(position)
    meaning: Callable[[str], Any] = words.get
    of_type = pa.string()
    if column.kind == "number":
        mark, question = "." if position in table.source.has_points else reading.decimal_mark, ""
        if not mark:
            mark, question = decimal_mark_of(counted)
        if question:
            raise _UnusableTableError(
                table.source.name,
                f"the column {attribute!r} {question}",
                "say what separates the decimals: --vars '{decimal_mark: \".\"}', or ','; or that they are no numbers: "
                f"--vars '{{attribute_kinds: {{{attribute}: category}}}}'",
            )
        of_type = pa.float64()

        def meaning(text: str) -> float | None:
            return number_of(text, mark)

    texts = encoded.dictionary.to_pylist()
    return pa.array([None if text is None else meaning(text) for text in texts], of_type).take(encoded.indices)


def _value_rows(
    table: _Table, attribute: str, column: Column, date: str | None, values: pa.Array, *, is_only_table: bool
) -> Iterator[pa.RecordBatch]:
    known = pc.and_(values.is_valid(), table.customers.is_valid())
    customers, alone, values = (each.filter(known) for each in (table.customers, table.are_alone, values))
    for start in range(0, len(values), _BATCH):
        piece = values.slice(start, _BATCH)
        yield _rows(
            len(piece),
            source_file=table.source.name,
            file_date=date,
            attribute=attribute,
            kind=column.kind,
            is_read=True,
            customer_id=customers.slice(start, _BATCH),
            is_alone=alone.slice(start, _BATCH) if is_only_table else False,
            **{"number_value" if column.kind == "number" else "text_value": piece},
        )


def _cleaned(column: pa.Array) -> pa.DictionaryArray:
    """Return a column each of whose values is trimmed and there once; null for what stands for no value."""
    encoded = column.dictionary_encode()
    texts = pc.utf8_trim(encoded.dictionary, characters=WHITE_SPACE)
    texts = pc.replace_substring_regex(texts, GUARDED, r"\1")
    cleaned = [None if text is None or is_none(text) else text for text in texts.to_pylist()]
    return pa.array(cleaned, pa.string()).take(encoded.indices).dictionary_encode()


def _counts(column: pa.DictionaryArray) -> dict[str, int]:
    counted = column.drop_null().value_counts()
    indices, counts = counted.field("values"), counted.field("counts").to_pylist()
    texts = indices.dictionary.take(indices.indices).to_pylist() if len(indices) else []
    return dict(zip(texts, counts, strict=True))


def _known_customers(ids: pa.Array, reading: Reading) -> pa.Array:
    """Return ids as those of invoices are; null where there is none, or where the customer was erased."""
    found = pc.utf8_trim(ids, characters=WHITE_SPACE)
    found = pc.if_else(pc.equal(found, ""), pa.scalar(None, pa.string()), found)
    unclean = pc.fill_null(pc.match_substring_regex(found, _UNCLEAN), False)
    if pc.any(unclean).as_py():
        cleaned = [clean_customer_id(text) for text in found.filter(unclean).to_pylist()]
        found = pc.replace_with_mask(found, unclean, pa.array(cleaned, pa.string()))
    if reading.erased:
        gone = [customer_hash(customer) in reading.erased for customer in found.to_pylist()]
        found = pc.if_else(pa.array(gone, pa.bool_()), pa.scalar(None, pa.string()), found)
    if reading.joins_ids:
        found = pc.replace_substring_regex(pc.utf8_lower(found), "^0+", "")
    return found


def _are_alone(customers: pa.Array) -> pa.Array:
    """Return whether each customer has one row only."""
    counted = customers.drop_null().value_counts()
    several = counted.field("values").filter(pc.greater(counted.field("counts"), 1))
    return pc.invert(pc.is_in(customers, several))


def _dates(names: Sequence[str]) -> dict[str, str | None]:
    """Return the date in the name of each file, if all have one: a later one is newer. Else none."""
    found = {name: _DAY.search(PurePath(name.partition("#")[0]).name) for name in names}
    if len(names) < 2 or not all(found.values()):
        return dict.fromkeys(names)
    return {name: "".join(part or "" for part in date.groups()) for name, date in found.items() if date}


def _grouped(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    rest = iter(items)
    while group := list(islice(rest, size)):
        yield group


def _problem(name: str, problem: str, remedy: str) -> pa.RecordBatch:
    return _row(source_file=name, problem=problem, remedy=remedy)


def _row(**values: Any) -> pa.RecordBatch:
    return _rows(1, **values)


def _rows(count: int, **values: Any) -> pa.RecordBatch:
    columns = []
    for column in SCHEMA:
        value = values.get(column.name)
        is_many = isinstance(value, pa.Array | pa.ChunkedArray)
        columns.append(value if is_many else pa.repeat(pa.scalar(value, column.type), count))
    return pa.record_batch(columns, schema=SCHEMA)
