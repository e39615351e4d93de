"""Reads which category each product is of: tables with a column of products and one of categories.

Any other column is passed over, so the invoice files themselves may be read where they have a column of categories.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from segmentation.attributes.kinds import is_none
from segmentation.attributes.sources import GUARDED, WHITE_SPACE, Problem, Source, find_sources
from segmentation.intake.headers import normal
from segmentation.intake.invoice_file import UnusableFileError

FIELDS = ("product_code", "category")
"""Columns that are read, by the names that `Reading.columns` has."""

CATEGORY_HEADERS = (
    *("Category", "Categories", "Category name", "Product category", "Product category name", "Product categories"),
    *("Product group", "Product type", "Item category", "Department"),
    *("Kategorie", "Kategorien", "Produktkategorie", "Produktgruppe", "Warengruppe", "Artikelgruppe"),
    *("Catégorie", "Catégorie produit", "Categoría", "Categoria", "Categorie", "Kategoria", "Kategori", "Varegruppe"),
)
"""Headers that columns of categories have."""

SCHEMA = pa.schema([(name, pa.string()) for name in ("source_file", *FIELDS, "problem", "remedy")])


@dataclass(frozen=True)
class Reading:
    """How tables of categories are read.

    Attributes
    ----------
    product_headers : collection of str
        Headers that columns of products have.
    columns : mapping of str to str
        product_code and category, to their headers where these are others; it holds for the tables that have them.
    encoding : str, default ""
        Of text; found out for each file where it is empty.
    """

    product_headers: Collection[str]
    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""

    def position(self, headers: Sequence[str], name: str) -> int | None:
        """Return where one of `FIELDS` is; None where it is not known, or where several columns may be it."""
        folded = [normal(header) for header in headers]
        for header in (str(self.columns.get(name, "")), name):
            if header and normal(header) in folded:
                return folded.index(normal(header))
        known = {normal(header) for header in (CATEGORY_HEADERS if name == "category" else self.product_headers)}
        found = [n for n, header in enumerate(folded) if header in known]
        return found[0] if len(found) == 1 else None


def read_files(patterns: str, fallback_dir: str, reading: Reading, must_exist: bool = False) -> pa.Table:
    """Return what is read of the files that patterns match; see `read_sources`.

    Parameters
    ----------
    patterns : str
        Paths or globs, separated by commas; empty for none.
    fallback_dir : str
        Where relative patterns are looked up that match nothing from the working directory.
    reading : Reading
    must_exist : bool, default False
        Whether a pattern that matches nothing is a problem.
    """
    if not patterns:
        return SCHEMA.empty_table()
    sources, problems = find_sources(
        patterns,
        fallback_dir,
        lambda row: all(reading.position(row, name) is not None for name in FIELDS),
        reading.encoding,
        "product_categories" if must_exist else "",
    )
    return pa.concat_tables([_problem(one) for one in problems]) if problems else read_sources(sources, reading)


def read_sources(sources: Sequence[Source], reading: Reading) -> pa.Table:
    """Return a row each product and category of a table, of `SCHEMA`.

    Category is null where the table has the product and no category of it. If a table can't be used there is one row,
    which has a problem and a remedy.

    Parameters
    ----------
    sources : sequence of Source
        In the order in which they are read.
    reading : Reading
    """
    tables = [SCHEMA.empty_table()]
    for source in sources:
        try:
            tables.append(_read(source, reading))
        except UnusableFileError as e:
            return _problem(Problem(source.name, e.problem, e.remedy))
    return pa.concat_tables(tables)


def _read(source: Source, reading: Reading) -> pa.Table:
    if not source.headers:
        raise UnusableFileError(
            "there is no such table or view",
            "name it in the var product_category_relation as schema.table, and build it first, or as ref(…, …)",
        )
    positions = [reading.position(source.headers, name) for name in FIELDS]
    found = [position for position in positions if position is not None]
    if len(found) < len(FIELDS):
        name, what = ("category", "has categories") if positions[0] is not None else ("product_code", "has products")
        shown = [header for header in source.headers if header]
        example = next((header for n, header in enumerate(source.headers) if header and n not in found), "Group")
        raise UnusableFileError(
            f"it is not clear which of its columns {what}; they are {', '.join(shown)[:600]}",
            f"say which: --vars '{{category_map: {{{name}: {example}}}}}'",
        )
    columns = [_cleaned(column) for column in source.read(found)]
    rows = pa.table(dict(zip(FIELDS, columns, strict=True)))
    rows = rows.filter(rows["product_code"].is_valid()).group_by(list(FIELDS)).aggregate([])
    return _rows(len(rows), source_file=source.name, **{name: rows[name] for name in FIELDS})


def _cleaned(column: pa.Array) -> pa.Array:
    """Return texts trimmed and without the apostrophe that guards them; null for what stands for no value."""
    encoded = column.dictionary_encode()
    texts = pc.replace_substring_regex(pc.utf8_trim(encoded.dictionary, characters=WHITE_SPACE), GUARDED, r"\1")
    cleaned = [None if text is None or is_none(text) else text for text in texts.to_pylist()]
    return pa.array(cleaned, pa.string()).take(encoded.indices)


def _problem(found: Problem) -> pa.Table:
    return _rows(1, source_file=found.name, problem=found.problem, remedy=found.remedy)


def _rows(count: int, **values: str | pa.ChunkedArray) -> pa.Table:
    columns = []
    for name in SCHEMA.names:
        value = values.get(name)
        columns.append(value if isinstance(value, pa.ChunkedArray) else pa.repeat(pa.scalar(value, pa.string()), count))
    return pa.table(columns, schema=SCHEMA)
