"""Reads lists of campaigns: who was sent what, who was held out, and from when to when.

A list is text with a row a customer, as `make campaign` writes it, or as another tool did. Nothing in it is guessed: a
list that can't be read, or that contradicts itself, has a problem and a remedy instead of rows.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import pyarrow as pa
import pyarrow.compute as pc

from segmentation.intake.delimited import split_rows
from segmentation.intake.erasure import SEPARATORS, clean_customer_id, customer_hash
from segmentation.intake.headers import normal
from segmentation.intake.invoice_file import UnusableFileError
from segmentation.intake.paths import find_paths
from segmentation.intake.text_columns import read_columns
from segmentation.intake.text_encoding import decode, inspect_text

REQUIRED = ("customer_id", "group", "starts_on", "ends_on")
FIELDS = (
    "campaign",
    *REQUIRED,
    *("segment", "stratum", "holdout_share", "assigned_on", "model_version", "list_seal", "contacted"),
)
"""What is read of a list; other columns are passed over."""

GROUPS = ("campaign", "holdout")

SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("source_file", "campaign", "customer_id", "campaign_group")),
        *((name, pa.string()) for name in ("segment", "stratum", "written_share")),
        ("holdout_share", pa.float64()),
        *((name, pa.date32()) for name in ("assigned_on", "starts_on", "ends_on")),
        *((name, pa.string()) for name in ("model_version", "list_seal")),
        ("is_contacted", pa.bool_()),
        *((name, pa.string()) for name in ("problem", "remedy")),
    ]
)

_DATES = ("starts_on", "ends_on", "assigned_on")
_DELIMITERS = (",", ";", "\t", "|")
_WHITE_SPACE = " \t\n\r\xa0"
# What a spreadsheet takes for the beginning of a formula, behind the apostrophe that guards it.
_GUARDED = r"^'([=+\-@\t\r＝＋－＠])"  # noqa: RUF001
# Whatever `clean_customer_id` would change.
_UNCLEAN = r"""[.,'"@]"""


@dataclass(frozen=True)
class Reading:
    """How lists are read.

    Attributes
    ----------
    words : mapping of str to str
        Words for groups in lower case, to campaign or holdout.
    columns : mapping of str to str
        Fields to the headers that they have in lists that were drawn elsewhere.
    date_order : str
        dmy, mdy or ymd for dates in numbers such as 03/04/2026; empty where the list has to show it.
    joins_ids : bool
        Whether ids are the same that differ in leading zeros or case only.
    erased : collection of str
        What `customer_hash` returns of customers who were erased: they are not read.
    """

    words: Mapping[str, str]
    columns: Mapping[str, str]
    date_order: str = ""
    joins_ids: bool = False
    erased: Collection[str] = ()


def read_lists(patterns: str, fallback_dir: str, reading: Reading, must_exist: bool = False) -> pa.Table:
    """Read all lists that patterns match.

    Parameters
    ----------
    patterns : str
        Paths or globs, separated by commas.
    fallback_dir : str
        Where relative patterns are looked up that match nothing from the working directory.
    reading : Reading
    must_exist : bool, default False
        Whether a pattern that matches nothing is a problem.

    Returns
    -------
    pyarrow.Table
        Of `SCHEMA`, a row a row of a list, in the order of files and rows. Of a list that can't be used there is one
        row, with source_file, problem and remedy.
    """
    found = find_paths(patterns, fallback_dir)
    paths = sorted({path for matched in found.values() for path in matched})
    tables = [_read_or_explain(path, reading) for path in paths]
    files_of: dict[str, list[str]] = {}
    for path, table in zip(paths, tables, strict=True):
        for name in table["campaign"].unique().drop_null().to_pylist():
            files_of.setdefault(name, []).append(path)
    for name, (first, *others) in sorted(files_of.items()):
        for other in others:
            tables[paths.index(other)] = _unusable(
                other,
                f"the campaign {name!r} is in {first}, too",
                "keep one of the lists, or name one campaign otherwise",
            )
    missing = [
        _unusable(pattern, "no file matches it", "correct campaign_files: a path or a pattern such as lists/*.csv")
        for pattern, matched in found.items()
        if must_exist and not matched
    ]
    return pa.concat_tables([SCHEMA.empty_table(), *missing, *tables])


def seal_of(rows: Iterable[Sequence[str]]) -> int:
    """Return the seal of the rows of a list, which tells whether customers, groups or dates were changed by hand.

    Parameters
    ----------
    rows : iterable of sequences of str
        campaign, customer_id, group, starts_on, ends_on and holdout_share of each, without apostrophes that guard them.
        Of the rows together it is the sum; so that of some can be taken off.
    """
    return sum(int(hashlib.md5("|".join(row).encode(), usedforsecurity=False).hexdigest()[:15], 16) for row in rows)


def without_customers(path: str, erased: Collection[str]) -> tuple[str, int]:
    """Return the text of a list without the rows of erased customers, and how many these are.

    Its seal then says of the others what it said before: it is right if it was right, and wrong if it was wrong.

    Parameters
    ----------
    path : str
        Of a list with a column customer_id. Of any other file nothing is taken out.
    erased : collection of str
        What `customer_hash` returns of them.

    Raises
    ------
    OSError
        If it can't be opened.
    """
    text = "".join(decode(path, "none", inspect_text(path).encoding))
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    kept: list[str] = []
    taken: list[list[str]] = []
    seal, removed, places = "", 0, {}
    for _, values, row in split_rows([text], delimiter, 0):
        if not kept:
            folded = [normal(name) for name in values or []]
            places = {field: folded.index(normal(field)) for field in FIELDS if normal(field) in folded}
            if "customer_id" not in places:
                return text, 0
        elif values is None or len(values) <= max(places.values()):
            # A row that can't be read is of a customer where one of its values is.
            if any(customer_hash(value) in erased for value in re.split(SEPARATORS, row)):
                removed += 1
                continue
        else:
            known = {field: values[place].strip(_WHITE_SPACE) for field, place in places.items()}
            seal = known.get("list_seal", seal)
            if customer_hash(known["customer_id"]) in erased:
                removed += 1
                taken.append(_sealed_values(known))
                continue
        kept.append(row)
    if re.fullmatch("[0-9]+", seal):
        rest = str(int(seal) - seal_of(taken))
        # It is the last column.
        kept[1:] = [rest.join((*row.rsplit(seal, 1),)) if seal in row else row for row in kept[1:]]
    return "".join(f"{row}\n" for row in kept), removed


def _sealed_values(known: Mapping[str, str]) -> list[str]:
    days = [known.get(field, "") for field in ("starts_on", "ends_on")]
    return [
        re.sub(_GUARDED, r"\1", known.get("campaign", "")),
        clean_customer_id(known["customer_id"]) or "",
        known.get("group", ""),
        *(str(_date(day, "dmy") or day) for day in days),
        known.get("holdout_share", ""),
    ]


def _read_or_explain(path: str, reading: Reading) -> pa.Table:
    try:
        return _List(path).read(reading)
    except UnusableFileError as e:
        return _unusable(path, e.problem, e.remedy)
    except OSError as e:
        return _unusable(
            path, f"it can't be opened: {e.strerror or e}", "make it readable, or take it out of the folder"
        )


def _unusable(path: str, problem: str, remedy: str) -> pa.Table:
    return pa.Table.from_pylist([{"source_file": path, "problem": problem, "remedy": remedy}], schema=SCHEMA)


class _List:
    """One list: its text, its columns, and how a row of it is named in a message."""

    def __init__(self, path: str) -> None:
        self.path = path
        text = "".join(decode(path, "none", inspect_text(path).encoding))
        self.text = text.lstrip() if text[:1].isspace() else text
        # The header is one line.
        first = self.text[: self._end_of_header()]
        self.delimiter = max(_DELIMITERS, key=first.count)
        header = next(split_rows([first], self.delimiter, 0), None)
        if header is None or header[1] is None:
            raise UnusableFileError("it has no header", "give it a first row with the names of the columns")
        self.headers = [name.strip(_WHITE_SPACE) for name in header[1]]

    def read(self, reading: Reading) -> pa.Table:
        """Return its rows.

        Raises
        ------
        UnusableFileError
            With what is wrong first, where, and what to do.
        """
        positions = self._positions(reading.columns)
        rows = self._rows(positions)
        columns = {field: rows[field] if field in positions else None for field in FIELDS}
        self._refuse_empty(columns, positions)
        dates = self._dates(columns, positions, reading.date_order)
        campaign = columns["campaign"]
        if campaign is None:
            campaign = pa.array([PurePath(self.path).stem] * len(rows), pa.string())
        shares = self._known("holdout_share", columns["holdout_share"], positions, _share_of, pa.float64())
        contacted = self._known("contacted", columns["contacted"], positions, _yes_or_no, pa.bool_())
        known: dict[str, pa.Array | pa.ChunkedArray | None] = {
            "source_file": pa.array([self.path] * len(rows), pa.string()),
            "campaign": campaign,
            "customer_id": _clean_ids(rows["customer_id"]),
            "campaign_group": self._groups(columns["group"], positions, reading.words),
            "written_share": columns["holdout_share"],
            "holdout_share": shares,
            "is_contacted": contacted,
            **{name: columns[name] for name in ("segment", "stratum", "model_version", "list_seal")},
            **dates,
        }
        arrays = []
        for field in SCHEMA:
            values = known.get(field.name)
            arrays.append(pa.nulls(len(rows), field.type) if values is None else values)
        table = pa.table(arrays, schema=SCHEMA)
        self._refuse_contradictions(table)
        table = _without(table, reading.erased)
        if reading.joins_ids:
            ids = pc.replace_substring_regex(pc.utf8_lower(table["customer_id"]), "^0+", "")
            table = table.set_column(SCHEMA.get_field_index("customer_id"), "customer_id", ids)
        self._refuse_both_groups(table)
        return table

    def _end_of_header(self) -> int:
        end = self.text.find("\n")
        return end if end >= 0 else len(self.text)

    def _positions(self, columns: Mapping[str, str]) -> dict[str, int]:
        folded = [normal(header) for header in self.headers]
        positions = {}
        for field in FIELDS:
            header = columns.get(field)
            # A list of our own stands beside those that were drawn elsewhere, and has its own headers.
            for name in (header, field):
                if name is not None and normal(str(name)) in folded:
                    positions[field] = folded.index(normal(str(name)))
                    break
        if missing := [field for field in REQUIRED if field not in positions]:
            raise UnusableFileError(
                f"it has no column {' and none '.join(missing)}; its columns are {', '.join(self.headers)}",
                f"say which column it is: --vars '{{campaign_map: {{{missing[0]}: {self.headers[0]}}}}}'",
            )
        return positions

    def _rows(self, positions: Mapping[str, int]) -> pa.Table:
        start = self._end_of_header() + 1
        read = read_columns(
            self.text, start, self.delimiter, len(self.headers), list(positions.values()), "list", shows_row=True
        )
        trimmed = {
            field: pc.utf8_trim(column, characters=_WHITE_SPACE) for field, column in zip(positions, read, strict=True)
        }
        for field in ("campaign", "segment", "stratum", "model_version", "list_seal"):
            if field in trimmed:
                trimmed[field] = pc.replace_substring_regex(trimmed[field], _GUARDED, r"\1")
        return pa.table(
            {
                field: pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)
                for field, values in trimmed.items()
            }
        )

    def _row(self, index: int) -> int:
        """Return the number of a row, as a spreadsheet numbers it."""
        for place, (number, _, _) in enumerate(split_rows([self.text], self.delimiter, len(self.headers))):
            if place == index + 1:
                return number
        return index + 2

    def _refuse_empty(self, columns: Mapping[str, pa.Array | None], positions: Mapping[str, int]) -> None:
        for field in ("campaign", *REQUIRED):
            values = columns[field]
            if values is not None and values.null_count:
                row = self._row(pc.index(pc.is_null(values), True).as_py())
                raise UnusableFileError(
                    f"the column {self.headers[positions[field]]!r} is empty in row {row}",
                    "fill it in, or take the row out of the list",
                )

    def _known(
        self,
        field: str,
        values: pa.Array | None,
        positions: Mapping[str, int],
        meaning: Callable[[str], object],
        of_type: pa.DataType,
    ) -> pa.Array | None:
        """Return what the texts of a column mean, each different one looked up once."""
        if values is None:
            return None
        if isinstance(values, pa.ChunkedArray):
            values = values.combine_chunks()
        encoded = values.dictionary_encode()
        texts = encoded.dictionary.to_pylist()
        meanings = [meaning(text) for text in texts]
        for text, found in zip(texts, meanings, strict=True):
            if found is None:
                row = self._row(pc.index(values, text).as_py())
                raise UnusableFileError(
                    f"the column {self.headers[positions[field]]!r} has {text!r} in row {row}, "
                    f"which is no {_KINDS[field]}",
                    f"write {_EXAMPLES[field]}",
                )
        if field == "contacted":
            # Who is left blank was not sent to.
            return pc.fill_null(pa.array(meanings, of_type).take(encoded.indices), pa.scalar(False))
        return pa.array(meanings, of_type).take(encoded.indices)

    def _groups(self, values: pa.Array, positions: Mapping[str, int], words: Mapping[str, str]) -> pa.Array:
        try:
            return self._known("group", values, positions, lambda text: words.get(text.casefold()), pa.string())
        except UnusableFileError as e:
            raise UnusableFileError(
                e.problem, "write campaign or holdout, or add the word to the seed campaign_group_words"
            ) from e

    def _dates(
        self, columns: Mapping[str, pa.Array | None], positions: Mapping[str, int], date_order: str
    ) -> dict[str, pa.Array | None]:
        """Return the columns of dates, whose numbers are in the order that all of them together show."""
        written = {field: columns[field] for field in _DATES if columns[field] is not None}
        texts = {
            field: [t for t in pc.unique(values).to_pylist() if t is not None] for field, values in written.items()
        }
        order = date_order or _shown_order(text for some in texts.values() for text in some)
        for field, some in texts.items():
            unclear = [text for text in some if _parts(text) and _date(text, "dmy") != _date(text, "mdy")]
            if unclear and order is None:
                raise UnusableFileError(
                    f"the column {self.headers[positions[field]]!r} has dates such as {unclear[0]!r}, "
                    "which can be read in two ways",
                    "write them as 2026-04-03, or say the order of the numbers: --vars '{date_order: dmy}', or mdy",
                )
        return {
            field: self._known(field, columns[field], positions, lambda text: _date(text, order or "dmy"), pa.date32())
            for field in _DATES
        }

    def _refuse_contradictions(self, table: pa.Table) -> None:
        fields = ("starts_on", "ends_on", "assigned_on", "list_seal", "model_version")
        different = table.group_by(["source_file", "campaign", *fields]).aggregate([])
        for field in fields:
            key = "campaign" if field != "list_seal" else "source_file"
            several = different.group_by(key).aggregate([(field, "count_distinct"), (field, "min"), (field, "max")])
            wrong = several.filter(pc.greater(several[f"{field}_count_distinct"], 1)).sort_by(key)
            if len(wrong):
                row = wrong.slice(0, 1).to_pylist()[0]
                whose = f"the campaign {row[key]!r}" if key == "campaign" else "it"
                raise UnusableFileError(
                    f"{whose} has several {field}, such as {row[f'{field}_min']} and {row[f'{field}_max']}",
                    "give all rows of a campaign the same; what starts on another day is another campaign",
                )

    def _refuse_both_groups(self, table: pa.Table) -> None:
        seen = table.group_by(["campaign", "customer_id", "campaign_group"]).aggregate([])
        if len(seen) == len(table.group_by(["campaign", "customer_id"]).aggregate([])):
            return
        times = seen.group_by(["campaign", "customer_id"]).aggregate([([], "count_all")])
        wrong = times.filter(pc.greater(times["count_all"], 1))
        if len(wrong):
            first = wrong.sort_by([("campaign", "ascending"), ("customer_id", "ascending")]).slice(0, 1).to_pylist()[0]
            raise UnusableFileError(
                f"{len(wrong):,} customer{'s are' if len(wrong) > 1 else ' is'} in both groups of a campaign, "
                f"such as {first['customer_id']!r} of {first['campaign']!r}",
                "keep the row that says what was drawn, and take the other one out",
            )


_KINDS = {
    "group": "known group",
    "starts_on": "date",
    "ends_on": "date",
    "assigned_on": "date",
    "holdout_share": "share from 0 to 1",
    "contacted": "yes, no or date",
}
_EXAMPLES = {
    "group": "campaign or holdout",
    "starts_on": "it as 2026-04-03",
    "ends_on": "it as 2026-04-03",
    "assigned_on": "it as 2026-04-03",
    "holdout_share": "it as 0.1 or 10 %",
    "contacted": "yes or no, or the date on which it was sent",
}
_YES, _NO = ("yes", "true", "1", "y", "t"), ("no", "false", "0", "n", "f")


def _share_of(text: str) -> float | None:
    found = re.fullmatch(r"([0-9]*[.,]?[0-9]+)\s*(%?)", text)
    if not found:
        return None
    share = float(found[1].replace(",", ".")) / (100 if found[2] else 1)
    return share if 0 <= share <= 1 else None


def _yes_or_no(text: str) -> bool | None:
    if text.casefold() in _YES or _date(text, "dmy") or _date(text, "mdy"):
        return True
    return False if text.casefold() in _NO else None


def _parts(text: str) -> tuple[int, int, int] | None:
    """Return three numbers of a date of which the last is the year; None where it is written in another way."""
    found = re.match(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:[ T].*)?$", text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def _shown_order(texts: Iterable[str]) -> str | None:
    """Return the order that dates show; None where they show none, or both."""
    parts = [found for text in texts if (found := _parts(text))]
    shown = {"dmy" for first, _, _ in parts if first > 12} | {"mdy" for _, second, _ in parts if second > 12}
    return shown.pop() if len(shown) == 1 else None


def _date(text: str, order: str) -> datetime.date | None:
    iso = re.match(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?:[ T].*)?$", text)
    try:
        if iso:
            return datetime.date(int(iso[1]), int(iso[2]), int(iso[3]))
        if parts := _parts(text):
            first, second, year = parts
            return datetime.date(year, *((first, second) if order == "mdy" else (second, first)))
    except ValueError:
        return None
    return None


def _clean_ids(ids: pa.Array) -> pa.Array:
    """Return ids as `clean_customer_id` does, which is asked only where it would change something."""
    if isinstance(ids, pa.ChunkedArray):
        ids = ids.combine_chunks()
    mask = pc.match_substring_regex(ids, _UNCLEAN)
    if not pc.any(mask).as_py():
        return ids
    cleaned = [clean_customer_id(text) for text in ids.filter(mask).to_pylist()]
    return pc.replace_with_mask(ids, mask, pa.array(cleaned, pa.string()))


def _without(table: pa.Table, erased: Collection[str]) -> pa.Table:
    """Take erased customers off, and off the seal, so that it says of the others what it said before."""
    if not erased:
        return table
    gone = pa.array([customer_hash(customer) in erased for customer in table["customer_id"].to_pylist()], pa.bool_())
    if not pc.any(gone).as_py():
        return table
    taken, kept = table.filter(gone), table.filter(pc.invert(gone))
    seals = kept["list_seal"].unique().drop_null().to_pylist()
    if seals and re.fullmatch("[0-9]+", seals[0]):
        seal = pa.array([str(int(seals[0]) - seal_of(_sealed(taken)))] * len(kept), pa.string())
        kept = kept.set_column(SCHEMA.get_field_index("list_seal"), "list_seal", seal)
    return kept


def _sealed(table: pa.Table) -> Iterator[list[str]]:
    columns = ("campaign", "customer_id", "campaign_group", "starts_on", "ends_on", "written_share")
    for row in table.select(columns).to_pylist():
        yield ["" if value is None else str(value) for value in row.values()]
