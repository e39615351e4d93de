"""Makes folders of dirty invoice files from a seed, and knows of each row what it holds and whether it can be split."""

from __future__ import annotations

import csv
import datetime
import gzip
import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random
from typing import ClassVar

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

Line = dict[str, str]
"""Field to text, as someone typed it."""
Order = list[Line]
"""The lines of an order, each with all that is known of it."""

UNIT_PRICE_SHAPES = {
    "online_retail": {
        "invoice_id": "InvoiceNo",
        "product_code": "StockCode",
        "description": "Description",
        "quantity": "Quantity",
        "invoiced_at": "InvoiceDate",
        "unit_price": "UnitPrice",
        "customer_id": "CustomerID",
        "country": "Country",
    },
    "online_retail_ii": {
        "invoice_id": "Invoice",
        "product_code": "StockCode",
        "description": "Description",
        "quantity": "Quantity",
        "invoiced_at": "InvoiceDate",
        "unit_price": "Price",
        "customer_id": "Customer ID",
        "country": "Country",
    },
    "invoice_lines": {
        "invoice_id": "Order Number",
        "product_code": "SKU",
        "description": "Product",
        "quantity": "Qty",
        "invoiced_at": "Date",
        "unit_price": "unit_price",
        "customer_id": "Customer Number",
        "country": "country",
        "is_returned": "Returned",
    },
}
AMOUNT_SHAPES = {
    "order_lines": {
        "invoice_id": "Order ID",
        "product_code": "Product ID",
        "description": "Product Name",
        "quantity": "Quantity",
        "amount": "Sales",
        "invoiced_at": "Order Date",
        "customer_id": "Customer ID",
        "country": "Country",
        "is_returned": "Returned",
    },
    "purchase_list": {
        "customer_id": "Customer ID",
        "invoiced_at": "Date",
        "quantity": "Quantity",
        "amount": "Amount",
    },
}
SHAPES = UNIT_PRICE_SHAPES | AMOUNT_SHAPES
OPTIONAL_FIELDS = ("product_code", "description", "country", "is_returned")

ASKED_ABOUT = ("is_returned", "order_status", "cancelled_at", "order_refund", "discount")
"""Fields in which text that nobody understands stops the build."""

BLANK_LINES = ("", "", "   ")


@dataclass(frozen=True)
class Row:
    """One row of a file that is not blank: its number, its text, and its values where they can be told apart."""

    number: int
    text: str
    values: tuple[str, ...] | None


@dataclass(frozen=True)
class WellFormed:
    """What a reader of well-formed CSV has to be told."""

    text: bytes
    encoding: str
    delimiter: str
    rows_above: int


@dataclass(frozen=True)
class DirtyFile:
    """A file, and what is expected of it."""

    name: str
    shape: str
    columns: tuple[str, ...]
    """Field of each column; empty where it is none."""
    decimal_mark: str
    date_order: str
    rows: tuple[Row, ...]
    content: bytes
    well_formed: WellFormed | None = None
    """How any reader of CSV reads the file; None where it needs one that knows the rules of the project."""
    sheet: str = ""
    empty_sheets: tuple[str, ...] = ()
    texts_are_exact: bool = True
    """Whether the values are the texts that the database shows; it writes typed values in its own way."""
    headers: tuple[str | int, ...] = ()
    """Name of each column, or its number where there is no header."""
    needs_column_map: bool = False

    def column_map(self) -> dict[str, str | int]:
        """What says of the file by its name how it is meant to be read."""
        return {field: header for field, header in zip(self.columns, self.headers, strict=True) if field}

    def split_numbers(self) -> list[int]:
        """The numbers of the rows that can be split."""
        return [row.number for row in self.rows if row.values is not None]


# --- what people type ----------------------------------------------------------------------------------------

GOOD_IDS = (
    "17850",
    "17850.0",
    "17850.00",
    "17,850",
    "'17850",
    '="00123"',
    "17850 ",
    "00123",
    "c1",
    "12346",
    "12347",
    "Ann@Example.COM",
    "7",
    "8",
    "9",
    "x y",
)
HOSTILE_TEXTS = (
    "",
    " ",
    "null",
    "NULL",
    "nan",
    "None",
    "N/A",
    '=HYPERLINK("x")',
    "<script>alert(1)</script>",
    "{{ 1/0 }}",
    "{% raw %}",
    "'; drop table y; --",
    "$${x}\\n",
    "a\\",
    '5" disk',
    'MUG "BLUE"',
    '"quoted"',
    '""',
    'a "" b',
    "a, b; c | d\te",
    "two\nlines",
    "three\n\nlines",
    'end"\n"begin',
    "\n",
    "-",
    "#REF!",
    "@SUM(A1)",
    "é £9",
    "x\x0bx\x1cx",
)
ONLY_UNICODE = (
    "\u202eabc\u200f",
    "一 Ā",
    "😀 x",
    "\u00a0x\u00a0",
    "\u00a0",
    "a\u2028b\u0085c",
    "İstanbul",
    "\u2018x\u2019",
)

GOOD_QUANTITIES = ("1", "2", "6", "12", "-1", "-3", " 7 ", "+4", "24")
BAD_QUANTITIES = ("0", "1000000000000000000", "1e30", "NaN", "Infinity", "-Infinity", "", "six", "12abc34", "--5", "3-")
POINT_QUANTITIES = ("2.5", "0.0004", "999999999999999", "0.125", "1,234.50", "-0")
COMMA_QUANTITIES = ("2,5", "0,125", "1.234", "12.345,5")
POINT_PRICES = (
    "2.50",
    "0.85",
    "0.00095",
    "4.25",
    "10",
    "0",
    "-1.00",
    "(£5.00)",
    "£3.10",
    "1 234.5",
    "1'234.50",
    "'2.50",
    "'-2.50",
    "1,23,456.50",
    "99.99995",
)
COMMA_PRICES = ("2,50", "0,85", "4,25", "10", "0", "-1,00", "(5,00)", "1.234,50", "12.345.678,9", "1 234,5")
BAD_PRICES = ("1e30", "NaN", "Infinity", "", "free", "100000000000000", "#REF!", "#VALUE!", "NULL", "--1", "1,23,4 x")
AMOUNTS = ("10", "7", "-5", "1234", "0")

BAD_DATES = (
    "",
    "epoch",
    "infinity",
    "-infinity",
    "yesterday",
    "now",
    "1899-12-31",
    "2999-01-01",
    "2010-02-30",
    "2020-13-01",
    "2020111",
    "1970-01-01",
    "1900-01-01 00:00",
    "9999-12-31",
)
UNKNOWN_FLAGS = ("maybe", "{{ x }}", "2")
RETURN_FLAGS = ("Yes", "No", "yes", "n", "0", "1", "", "true", "Not")


def typed_date(rng: Random, order: str) -> str:
    moment = datetime.datetime(2019, 1, 1) + datetime.timedelta(minutes=rng.randrange(1_500_000))
    if not order:
        form = rng.choice(
            ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y/%m/%d", "%Y%m%d", "%Y-%m-%d"]
        )
        if rng.random() < 0.05:
            form = "%Y-%m-%dT%H:%M:%S" + rng.choice(["Z", "+02:00", "-0530"])
        return moment.strftime(form)
    form = "%d/%m/" if order == "dmy" else "%m/%d/"
    text = moment.strftime(form + rng.choice(["%Y", "%y"])).replace("/", rng.choice("/.-"))
    return text + moment.strftime(rng.choice(["", " %H:%M", " %H:%M:%S", " %I:%M %p"]))


def plain_date(order: str) -> str:
    """A date that shows the order of its file."""
    return {"": "2020-05-17 10:00", "dmy": "17/5/2020 10:00", "mdy": "5/17/2020 10:00"}[order]


# --- files -----------------------------------------------------------------------------------------------------

NAMES = (
    "plain",
    "it's",
    'a "list"',
    "semi;colon",
    "{{ 1/0 }}",
    "{% raw %}",
    "[1]*?",
    "ünï 一 😀",
    "com,ma",
    "#1 50%",
    "back\\slash",
    "$HOME",
    "-x",
    "line\nbreak",
    "new.csv.gz",
    "a'; drop table x; --",
    "year=2020/x",
    "c3=7/c0=1/x",
    "Quantity=5/UnitPrice=1/CustomerID=9/x",
    "\u202etxt",
    "*",
)


@dataclass
class FileMaker:
    """Makes one file."""

    seed: int
    number: int
    pool: list[Line]
    rng: Random = field(init=False)

    shapes: ClassVar[dict[str, dict[str, str]]] = SHAPES
    optional_fields: ClassVar[tuple[str, ...]] = OPTIONAL_FIELDS
    named_shapes: ClassVar[tuple[str, ...]] = ("purchase_list",)
    """Shapes of files of which it has to be said which column is which."""

    def __post_init__(self) -> None:
        self.rng = rng = Random(f"{self.seed}/{self.number}")
        self.shape = self._choose_shape()
        headers = self.shapes[self.shape]
        fields = {f: h for f, h in headers.items() if f not in self.optional_fields or rng.random() < 0.9}
        self.kind = rng.choices(["text", "parquet", "excel"], [10, 1, 1])[0]
        self.has_header = self.shape != "purchase_list" or self.kind != "text" or rng.random() < 0.3
        self.columns = list(fields.items())
        if self.has_header:
            rng.shuffle(self.columns)
        if self.shape != "purchase_list":
            self._add_columns_of_the_file_itself()
        self.delimiter = rng.choice(",;\t|")
        self.decimal_mark = "," if self.delimiter == ";" and self.kind == "text" and rng.random() < 0.7 else "."
        self.date_order = rng.choice(["", "", "dmy", "mdy"]) if self.kind == "text" else ""
        self.encoding = rng.choice(["utf-8"] * 4 + ["utf-8-sig", "utf-16", "utf-16-be", "utf-16-le", "cp1252", "both"])
        # From clean files, which a database reads by itself, to those in which most is wrong.
        self.hostility = rng.choice([0, 0.1, 0.5])
        self.breakage = rng.choice([0, 0, 0.05, 0.3]) if self.kind == "text" else 0
        self.is_careful = self.breakage == 0 and rng.random() < 0.5

    def _choose_shape(self) -> str:
        return self.rng.choice([*SHAPES, "online_retail"])

    def _add_columns_of_the_file_itself(self) -> None:
        rng = self.rng
        count = rng.choices([0, 1, 3, 3000], [50, 25, 24, 1])[0]
        hostile = [*HOSTILE_TEXTS, "Note", "filename", "file_index", "file_row_number", "c0", "rowid"]
        for n in range(count):
            header = rng.choice(hostile)
            if count > 10 or self.kind != "text":
                # A table that is not text has no two columns of one name.
                header = f"{header} {n}".strip()
            self.columns.insert(rng.randrange(len(self.columns) + 1), ("", header))

    def make(self) -> DirtyFile:
        rng = self.rng
        name = f"{rng.choice(NAMES)} {self.number:03}{rng.choice(['.csv', '.txt', '', '.gz'])}"
        file = DirtyFile(
            name, self.shape, tuple(f for f, _ in self.columns), self.decimal_mark, self.date_order, (), b""
        )
        headers = tuple(h if self.has_header else n for n, (_, h) in enumerate(self.columns, 1))
        file = replace(file, headers=headers, needs_column_map=self.shape in self.named_shapes)
        lines = [self._first_line(), *self._lines(rng.choice([0, 3, 15, 30]))]
        if self.kind == "parquet":
            return self._as_parquet(file, lines)
        if self.kind == "excel":
            return self._as_workbook(file, lines)
        return self._as_text(file, lines)

    # --- lines

    def _lines(self, count: int) -> list[Line]:
        return [self._line() for _ in range(count)]

    def _first_line(self) -> Line:
        """A good line that leaves no doubt about dates and decimals: what files without any do depends on others."""
        price = {".": "2.50", ",": "2,50"}[self.decimal_mark]
        line = dict.fromkeys(self.shapes[self.shape], "")
        first = {"quantity": "2", "unit_price": price, "amount": price, "invoiced_at": plain_date(self.date_order)}
        return (
            line | first | {"customer_id": "12346", "invoice_id": f"first {self.number}"}
            if "invoice_id" in line
            else (line | first | {"customer_id": "12346"})
        )

    def _line(self) -> Line:
        rng = self.rng
        if rng.random() < 0.1 and (fitting := [line for line in self.pool if self._takes(line)]):
            copied = rng.choice(fitting)
            # What differs in one column is no copy, though the column says nothing of what was sold.
            differs = "is_returned" in copied and rng.random() < 0.3
            return copied | {"is_returned": self._value("is_returned")} if differs else copied
        line = {name: self._value(name) for name in self.shapes[self.shape]}
        if rng.random() < 0.02:
            line = dict.fromkeys(line, "")
        line["style"] = self._style()
        self.pool.append(line)
        return line

    def _style(self) -> str:
        return f"{self.shape} {self.decimal_mark} {self.date_order}"

    def _takes(self, line: Line) -> bool:
        return line["style"] == self._style() and all(map(self._can_write, line.values()))

    def _can_write(self, text: str) -> bool:
        if self.kind == "excel":
            return text.isprintable() and text == text.strip() and len(text) < 1000 and text.isascii()
        if self.kind == "parquet":
            return True
        if self.encoding in ("cp1252", "both", "utf-16-le", "utf-16-be"):
            # Without a mark, UTF-16 is told by the zero bytes of Western letters.
            return all(letter.isascii() or letter in "é£" for letter in text)
        return True

    def _value(self, name: str) -> str:
        for _ in range(20):
            value = self._any_value(name)
            if self._can_write(value):
                return value
        return ""

    def _any_value(self, name: str) -> str:
        rng = self.rng
        is_hostile = rng.random() < self.hostility
        comma = self.decimal_mark == ","
        if name == "invoice_id":
            return (
                rng.choice(HOSTILE_TEXTS)
                if is_hostile
                else rng.choice(["5", "C5", "A-", "00"]) + str(rng.randrange(1000))
            )
        if name == "quantity":
            more = COMMA_QUANTITIES if comma else POINT_QUANTITIES
            return rng.choice(BAD_QUANTITIES + more) if is_hostile else rng.choice(GOOD_QUANTITIES)
        if name == "unit_price":
            return rng.choice(BAD_PRICES[:-1]) if is_hostile else rng.choice(COMMA_PRICES if comma else POINT_PRICES)
        if name == "amount":
            good = AMOUNTS + (
                COMMA_PRICES if comma else ("2.50", "0.85", "4.25", "-1.00", "£3.10", "(£5.00)", "1'234.50")
            )
            return rng.choice(BAD_PRICES[:-1]) if is_hostile else rng.choice(good)
        if name == "invoiced_at":
            own = {"": "20101301", "dmy": "30/2/2010", "mdy": "2/30/2010"}[self.date_order]
            return rng.choice((*BAD_DATES, own)) if is_hostile else typed_date(rng, self.date_order)
        if name == "is_returned":
            return rng.choice(UNKNOWN_FLAGS) if is_hostile else rng.choice(RETURN_FLAGS)
        if name == "country":
            return rng.choice(HOSTILE_TEXTS + ONLY_UNICODE) if is_hostile else rng.choice(["UK", "EIRE", " France "])
        if is_hostile:
            text = rng.choice(HOSTILE_TEXTS + ONLY_UNICODE)
            return (
                text * rng.randrange(20_000, 100_000)
                if text and name == "description" and rng.random() < 0.003
                else text
            )
        return rng.choice(GOOD_IDS) if name == "customer_id" else rng.choice(["MUG", "85123a ", "POST", "m", "22"])

    def _values(self, line: Line) -> list[str]:
        own = ("", "a note", "5") if self.hostility == 0 else ("", "a note", *HOSTILE_TEXTS)
        return [line[f] if f else self._own_value(own) for f, _ in self.columns]

    def _own_value(self, choices: tuple[str, ...]) -> str:
        if len(self.columns) > 1000:
            return ""
        value = self.rng.choice(choices)
        return value if self._can_write(value) else ""

    # --- text

    def _as_text(self, file: DirtyFile, lines: list[Line]) -> DirtyFile:
        rng = self.rng
        texts: list[tuple[str, tuple[str, ...] | None]] = []
        if self.has_header and rng.random() < 0.1:
            texts += [("Sales of the year", ()), ("", ())]
        if self.has_header:
            header = [h for _, h in self.columns]
            texts.append((self._write(header, careful=True), ()))
        # The first line shows how dates and numbers are written, and what a file without a header is.
        texts.append(self._careful_row(lines.pop(0)))
        for line in lines:
            texts += self._rows_of(line)
        content = self._encode(texts)
        well_formed = None
        if self.is_careful and self.encoding != "both":
            above = sum(values == () and text != "" for text, values in texts)
            well_formed = WellFormed(content, self.encoding, self.delimiter, above)
        return replace(file, rows=tuple(_numbered(texts)), content=self._compress(content), well_formed=well_formed)

    def _careful_row(self, line: Line) -> tuple[str, tuple[str, ...]]:
        values = self._values(line)
        return self._write(values, careful=True), tuple(values)

    def _rows_of(self, line: Line) -> list[tuple[str, tuple[str, ...] | None]]:
        """A line as a row, or as what becomes of it in a broken file, with what keeps that from being ambiguous."""
        rng = self.rng
        values = self._values(line)
        good: list[tuple[str, tuple[str, ...] | None]] = [(self._write(values, self.is_careful), tuple(values))]
        if not rng.random() < self.breakage:
            return good
        plain = [self._plain(name, value) for (name, _), value in zip(self.columns, values, strict=True)]
        joined = self.delimiter.join(plain)
        kind = rng.choice(["short", "long", "wide", "blank", "open", "half", "nul", "header", "quirk"])
        if kind == "short":
            return [(self.delimiter.join(plain[: rng.randrange(1, len(plain))]) or "x", None)]
        if kind == "long":
            return [(joined + self.delimiter + rng.choice(["", "y" + self.delimiter]) + "z", None)]
        # With more columns the last line of a value over several might be a row of its own.
        if kind == "wide" and not any("\n" in value for value in values):
            return [(self._write(values) + self.delimiter * rng.randrange(1, 4), tuple(values))]
        if kind == "blank":
            return [(rng.choice(BLANK_LINES), ()), *good]
        if kind in ("open", "half"):
            # A quote that is never closed; the row below it stands for itself.
            position = rng.randrange(len(plain))
            plain[position] = '"' + plain[position] + ('" MUG' if kind == "half" else "")
            blank = [(rng.choice(BLANK_LINES), ())] if rng.random() < 0.2 else []
            below = [value.replace('"', "").replace("\n", " ") for value in values]
            return [(self.delimiter.join(plain), None), *blank, (self._write(below), tuple(below))]
        if kind == "nul":
            position = rng.randrange(len(values))
            values[position] += "a\0b"
            return (
                good
                if self.encoding.endswith("e") or self.columns[position][0] in ASKED_ABOUT
                else [(self._write(values), tuple(values))]
            )
        if kind == "header" and self.has_header:
            header = [h for _, h in self.columns]
            return [(self._write(header, careful=True), tuple(header)), *good]
        # A word that nobody knows would be asked about.
        if self.columns[0][0] in ASKED_ABOUT:
            return good
        # A quote in a quoted value that is neither doubled nor before a delimiter stands for itself.
        plain[0] = '5" disk'
        return [('"5" disk"' + "".join(self.delimiter + value for value in plain[1:]), tuple(plain))]

    def _plain(self, name: str, value: str) -> str:
        """A value without what a broken row would be ambiguous by."""
        return value if value.isalnum() else "x"

    def _write(self, values: list[str], careful: bool = False) -> str:
        return self.delimiter.join(self._quoted(value, careful) for value in values)

    def _quoted(self, value: str, careful: bool) -> str:
        must = value.startswith('"') or any(letter in value for letter in (self.delimiter, "\n", "\r"))
        may = self.rng.random() < (0.1 if '"' not in value else 1 if careful else 0.5)
        return '"' + value.replace('"', '""') + '"' if must or may else value

    def _encode(self, texts: list[tuple[str, tuple[str, ...] | None]]) -> bytes:
        rng = self.rng
        end = rng.choice(["\n", "\n", "\r\n", "\r", "mixed"])
        ends = ["\n", "\r\n", "\r"] if end == "mixed" else [end]
        pieces: list[str] = []
        for text, _ in texts:
            # A blank line that ends in a line feed, below a line that ends in a return, would be no line.
            chosen = "\r\n" if end == "mixed" and not text else rng.choice(ends)
            inner = "\r\n" if end == "mixed" else end
            pieces.append(text.replace("\n", inner) + chosen)
        if rng.random() < 0.3 and texts[-1][0]:
            pieces[-1] = pieces[-1].rstrip("\r\n") if not texts[-1][0].endswith("\n") else pieces[-1]
        if self.encoding == "both":
            return b"".join(piece.encode(rng.choice(["utf-8", "cp1252"])) for piece in pieces)
        return "".join(pieces).encode(self.encoding)

    def _compress(self, content: bytes) -> bytes:
        kind = self.rng.choice(["none"] * 6 + ["gzip", "gzip in parts", "zstd"])
        half = len(content) // 2
        if kind == "gzip":
            return gzip.compress(content)
        if kind == "gzip in parts":
            return gzip.compress(content[:half]) + gzip.compress(content[half:])
        if kind == "zstd":
            return bytes(pa.Codec("zstd").compress(content, asbytes=True))
        return content

    # --- typed values

    def _as_parquet(self, file: DirtyFile, lines: list[Line]) -> DirtyFile:
        are_typed = self.rng.random() < 0.5
        if are_typed:
            lines = [self._clean_line(n) for n, _ in enumerate(lines)]
        rows = [self._values(line) for line in lines]
        names = [h for _, h in self.columns]
        columns = []
        for n, (name, _) in enumerate(self.columns):
            values: list[object] = [row[n] or None for row in rows]
            if are_typed and name in _TYPES:
                make, kind = _TYPES[name]
                columns.append(pa.array([make(str(value)) for value in values], kind))
            else:
                columns.append(pa.array(values, pa.string()))
        out = io.BytesIO()
        pq.write_table(pa.Table.from_arrays(columns, names), out)
        numbered = tuple(Row(n, "", tuple(row)) for n, row in enumerate(rows, start=1))
        return replace(file, rows=numbered, content=out.getvalue(), texts_are_exact=not are_typed)

    def _as_workbook(self, file: DirtyFile, lines: list[Line]) -> DirtyFile:
        rng = self.rng
        are_typed = rng.random() < 0.5
        if are_typed:
            lines = [self._clean_line(n) for n, _ in enumerate(lines)]
        out = io.BytesIO()
        sheet_name = rng.choice(["Sheet1", "it's; {{ 1 }}", "一 # %"])
        workbook = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
        sheet = workbook.add_worksheet(sheet_name)
        as_date = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        number = rng.choice([0, 0, 3])
        for column, (_, header) in enumerate(self.columns):
            sheet.write_string(number, column, header)
        rows = []
        for line in lines:
            number += rng.choice([1, 1, 1, 3])
            values = self._values(line)
            for column, ((name, _), value) in enumerate(zip(self.columns, values, strict=True)):
                if are_typed and name in ("quantity", "unit_price", "amount"):
                    sheet.write_number(number, column, float(value))
                elif are_typed and name == "invoiced_at":
                    sheet.write_datetime(number, column, datetime.datetime.fromisoformat(value), as_date)
                elif value:
                    sheet.write_string(number, column, value)
            if any(values):
                rows.append(Row(number + 1, "", tuple(values)))
        workbook.add_worksheet("Notes").write_string(0, 0, "made by hand")
        workbook.close()
        return replace(
            file,
            rows=tuple(rows),
            content=out.getvalue(),
            sheet=sheet_name,
            empty_sheets=("Notes",),
            texts_are_exact=not are_typed,
        )

    def _clean_line(self, n: int) -> Line:
        line = self._first_line()
        clean = {
            "quantity": str(self.rng.choice([1, 2, -3, 0])),
            "unit_price": "2.5",
            "amount": "7.25",
            "is_returned": "No",
        }
        line |= {name: clean[name] for name in clean if name in line}
        moment = datetime.datetime(2020, 1, 1) + datetime.timedelta(seconds=self.rng.randrange(10**7))
        return line | {"invoiced_at": moment.isoformat(sep=" "), "customer_id": str(self.rng.randrange(20))}


_TYPES: dict[str, tuple[Callable[[str], object], pa.DataType]] = {
    "quantity": (int, pa.int32()),
    "unit_price": (Decimal, pa.decimal128(12, 4)),
    "amount": (float, pa.float64()),
    "invoiced_at": (datetime.datetime.fromisoformat, pa.timestamp("us")),
    "customer_id": (int, pa.int64()),
}


def _numbered(texts: list[tuple[str, tuple[str, ...] | None]]) -> list[Row]:
    """The rows below the header with the numbers that a spreadsheet shows; blank lines count and are no rows."""
    return [
        Row(
            number,
            text.replace("\0", "\ufffd"),
            None if values is None else tuple(v.replace("\0", "\ufffd") for v in values),
        )
        for number, (text, values) in enumerate(texts, start=1)
        if values != ()
    ]


def good_copy(file: DirtyFile) -> str:
    """The rows that can be split, well-formed, for another reader."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows(row.values for row in file.rows if row.values is not None)
    return out.getvalue()
