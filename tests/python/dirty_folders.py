"""Folders of random dirty files, and what a build has to be told of them."""

from __future__ import annotations

import glob
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dirty_files import UNKNOWN_FLAGS, DirtyFile, FileMaker, Line, Order, Row
from dirty_orders import STATUS_MEANINGS, OrderFileMaker
from hypothesis import strategies as st

_ONE_IN = 5
"""How many files there are for one export of orders; in a folder of orders, for one of another kind."""


@dataclass(frozen=True)
class DirtyFolder:
    """Files that are built together; the same seed makes the same ones."""

    seed: int
    file_count: int = 50
    is_of_orders: bool = False
    """Whether most files are exports of orders, some of them later deliveries of the same."""

    def files(self) -> list[DirtyFile]:
        pool: list[Line] = []
        orders: list[Order] = []
        makers = [
            OrderFileMaker(self.seed, n, pool, orders)
            if (n % _ONE_IN == 0) != self.is_of_orders
            else FileMaker(self.seed, n, pool)
            for n in range(1, self.file_count)
        ]
        # One good file, so that there are customers to segment whatever the others hold.
        return [_good_file(), *(maker.make() for maker in makers)]


def dirty_folders(
    file_count: int = 50, is_of_orders: bool = False, first_seed: int = 0
) -> st.SearchStrategy[DirtyFolder]:
    """Folders of dirty files.

    All that a folder holds follows from one number: its thousands of values are more than Hypothesis would keep, and
    a failure is told, and repeated, by that number. The short tests take the first, in which most rules matter.
    """
    return st.builds(DirtyFolder, st.integers(first_seed, 2**32 - 1), st.just(file_count), st.just(is_of_orders))


def write_folder(files: list[DirtyFile], folder: Path) -> None:
    for file in files:
        path = folder / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)


def what_files_do_not_say(files: list[DirtyFile]) -> dict[str, Any]:
    """The settings that answer what a build would ask of the files.

    Beside invoices it has to be said of a list that it is no list of their payments. What is random is no invoice of
    one customer.
    """
    named = {glob.escape(file.name): file.column_map() for file in files if file.needs_column_map}
    return {
        "column_map": named,
        "invoice_numbers": "unique",
        "max_rejected_share": 1,
        "document_type_meanings": dict.fromkeys(UNKNOWN_FLAGS, "rejected"),
        "order_status_meanings": STATUS_MEANINGS,
    }


def _good_file() -> DirtyFile:
    header = "InvoiceNo,Quantity,InvoiceDate,UnitPrice,CustomerID"
    lines = ["good 1,2,2020-01-02 10:00,2.50,good one", "good 2,1,2020-03-02 10:00,9.50,good two"]
    rows = tuple(Row(n, line, tuple(line.split(","))) for n, line in enumerate(lines, start=2))
    columns = ("invoice_id", "quantity", "invoiced_at", "unit_price", "customer_id")
    content = "\n".join((header, *lines)).encode()
    return DirtyFile("good.csv", "online_retail", columns, ".", "", rows, content)
