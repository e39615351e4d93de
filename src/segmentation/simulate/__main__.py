"""Write the invoice lines of an invented shop: ``python -m segmentation.simulate --help``."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from segmentation import commands
from segmentation.simulate.attributes import write_attributes
from segmentation.simulate.lines import SCHEMA
from segmentation.simulate.shop import LINES_PER_CUSTOMER, Shop
from segmentation.simulate.tastes import write_categories


class _Writer(Protocol):
    def write_table(self, table: pa.Table) -> None: ...


@contextmanager
def open_writer(path: Path, schema: pa.Schema) -> Iterator[_Writer]:
    """Open a file for tables: Parquet by its ending, else CSV, compressed where the name ends in .gz."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        with pq.ParquetWriter(path, schema) as writer:
            yield writer
    else:
        with pa.output_stream(path) as sink, pa_csv.CSVWriter(sink, schema) as writer:
            yield writer


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m segmentation.simulate",
        description="Write the invoice lines of an invented shop, with planted groups of customers and the dirt "
        "of real exports. The same options give the same lines.",
    )
    parser.add_argument("output", type=Path, help="file to write: .csv, .csv.gz or .parquet")
    parser.add_argument("--truth", type=Path, help="file for the planted group of each customer")
    parser.add_argument("--campaigns", type=Path, help="folder for lists of two campaigns, one of which brings orders")
    parser.add_argument("--attributes", type=Path, help="folder for a table of the customers, their channel and age")
    parser.add_argument("--categories", type=Path, help="file for the category of each product")
    parser.add_argument("--lines", type=int, default=1_000_000, help="about how many lines (default: %(default)s)")
    parser.add_argument("--customers", type=int, help=f"how many customers (default: lines / {LINES_PER_CUSTOMER})")
    parser.add_argument("--start", default="2023-01-01", help="first day (default: %(default)s)")
    parser.add_argument("--days", type=int, default=730, help="length of the window (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    options = parser.parse_args(arguments)
    customers = max(1, options.lines // LINES_PER_CUSTOMER) if options.customers is None else options.customers
    if options.lines < 1 or customers < 1 or options.days < 1 or options.seed < 0:
        parser.error("--lines, --customers and --days must be at least 1, --seed at least 0")
    try:
        start = np.datetime64(options.start, "D")
    except ValueError:
        parser.error(f"--start must be a date such as 2023-01-01, not {options.start!r}")
    if np.isnat(start):
        parser.error("--start must be a date such as 2023-01-01")

    shop = Shop(options.lines, customers, start, options.days, options.seed)
    began, written = time.perf_counter(), 0
    with open_writer(options.output, SCHEMA) as writer:
        diary = shop.diary() if options.campaigns else None
        for table in shop.invoice_lines(diary):
            writer.write_table(table)
            written += len(table)
            if sys.stderr.isatty():
                print(f"\r{written:,} lines", end="", file=sys.stderr, flush=True)
    if options.truth:
        truth = shop.truth()
        with open_writer(options.truth, truth.schema) as writer:
            writer.write_table(truth)
    if diary:
        diary.write(options.campaigns)
    if options.attributes:
        write_attributes(options.attributes, shop.population(), options.seed)
    if options.categories:
        write_categories(options.categories, shop.catalogue(), options.seed)
    seconds = time.perf_counter() - began
    print(f"{written:,} lines of {customers:,} customers in {seconds:.1f} s: {options.output}")
    return 0


if __name__ == "__main__":
    commands.run(main)
