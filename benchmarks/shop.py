"""The files that are measured: two years of an invented shop, a file a month, and its last day in a file of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb

MOST_DRAWN = 10_000_000
"""Lines that are drawn one by one; larger shops are copies of it with other customers and invoices."""


@dataclass(frozen=True)
class ShopFiles:
    """Where the files are.

    Attributes
    ----------
    folder : Path
        Of all that belongs to a shop.
    """

    folder: Path

    @property
    def months(self) -> Path:
        """Folder of the files that are read."""
        return self.folder / "files"

    @property
    def pattern(self) -> str:
        """Glob of the files that are read."""
        return str(self.months / "*")

    def hold_back_last_day(self) -> None:
        """Leave the last day out of what is read."""
        if (self.months / "last_day.csv").exists():
            (self.months / "last_day.csv").rename(self.folder / "last_day.held_back")

    def deliver_last_day(self) -> None:
        """Put the last day among what is read."""
        (self.folder / "last_day.held_back").rename(self.months / "last_day.csv")

    def size(self) -> int:
        """Return the bytes of all files, the last day among them."""
        held_back = self.folder.glob("last_day.held_back")
        return sum(path.stat().st_size for path in (*self.months.iterdir(), *held_back))


def write_shop(folder: Path, lines: int, copies: int = 1) -> ShopFiles:
    """Write the files of a shop, unless they are there.

    Parameters
    ----------
    folder : Path
        Is made where it is not there.
    lines : int
        About how many to draw.
    copies : int, default 1
        Write each line so many times, with other customers and invoices.
    """
    shop = ShopFiles(folder)
    if shop.months.exists():
        return shop
    drawn, parts, unfinished = folder / "lines.csv", folder / "parts", folder / "unfinished"
    for left in (parts, unfinished):
        shutil.rmtree(left, ignore_errors=True)
    unfinished.mkdir(parents=True)
    command = [sys.executable, "-m", "segmentation.simulate", str(drawn), "--lines", str(lines)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with duckdb.connect() as connection:
        connection.execute("set preserve_insertion_order = false")
        connection.execute("set enable_progress_bar = false")
        rows = f"read_csv('{drawn}', all_varchar = true)"
        # The plain text of dates begins with the year: the greatest is the last.
        ((last_day,),) = connection.execute(f"select max(InvoiceDate[:10]) from {rows}").fetchall()
        connection.execute(
            f"""
            copy (
                select
                    * replace (InvoiceNo || copy_number as InvoiceNo, CustomerID || copy_number as CustomerID),
                    case when InvoiceDate[:10] = '{last_day}' then 'last_day' else InvoiceDate[:7] end as part
                from {rows}
                cross join (
                    select case when range = 0 then '' else range::varchar end as copy_number from range({copies})
                )
            ) to '{parts}' (format csv, header, partition_by (part))
            """
        )
    drawn.unlink()
    for part in parts.iterdir():
        name = part.name.removeprefix("part=")
        for number, source in enumerate(sorted(part.iterdir())):
            source.rename(unfinished / (f"{name}-{number}.csv" if number else f"{name}.csv"))
        part.rmdir()
    parts.rmdir()
    unfinished.rename(shop.months)
    return shop


def copy_shop(folder: Path, file: Path) -> ShopFiles:
    """Copy an invoice file, as the shop that has no other.

    Parameters
    ----------
    folder : Path
        Is made where it is not there.
    file : Path
    """
    shop = ShopFiles(folder)
    shop.months.mkdir(parents=True, exist_ok=True)
    shutil.copy(file, shop.months / file.name)
    return shop


def copies_of(lines: int) -> tuple[int, int]:
    """Return how many lines are drawn for a shop of so many, and how often each is written."""
    drawn = min(lines, MOST_DRAWN)
    return drawn, max(1, round(lines / drawn))
