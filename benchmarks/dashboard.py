"""How long the dashboard takes to start and to draw its pages, with a million customers.

What is published, of the sample if nothing else, is written many times over to a folder of its own, with other
customers, until there are as many as asked for, and up to twenty million lines. A browser (Debian's chromium) then
opens the dashboard and clicks through all pages twice: the second time the answers to the same questions, and the
charts of them, are kept. Said are the seconds from the click until all of the page is drawn, and of these how many the
server took of the processors, which hardly changes with what else the machine does.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import duckdb

PROJECT = Path(__file__).parents[1]
sys.path.insert(0, str(PROJECT / "tests" / "python"))

import browser  # noqa: E402

PAGES = ("Segments", "Customers", "Campaigns", "Value", "Movement", "Data quality", "Model", "Overview")
LINES = 20_000_000
# Tables with a customer in each row.
OF_CUSTOMERS = (
    *("customer_segments", "customer_value", "segment_history", "customer_recommendations", "customer_attributes"),
    "campaign_customers",
)
# Amounts that add up with the customers.
SUMS = ("customers", "orders", "revenue", "returned_value", "monetary", "expected_revenue")


def main() -> None:
    """Print the seconds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--published", type=Path, default=Path("published"), help="what a build published")
    parser.add_argument("--customers", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        multiply(options.published, Path(scratch), options.customers)
        measure(Path(scratch))


def multiply(published: Path, folder: Path, customers: int) -> None:
    """Write the current version many times over.

    Parameters
    ----------
    published : Path
        Folder that a build published to.
    folder : Path
        Written to as a build would.
    customers : int
        About how many there shall be.
    """
    version = (published / "current").readlink().name
    target = folder / "versions" / version
    target.mkdir(parents=True)
    (folder / "current").symlink_to(Path("versions") / version)
    with duckdb.connect(str(target / "segments.duckdb")) as connection:
        source = str(published / "versions" / version / "segments.duckdb").replace("'", "''")
        connection.execute(f"attach '{source}' as source (read_only)")
        ((few,),) = connection.execute("select count(*) from source.customer_segments").fetchall()
        times = max(1, round(customers / few))
        made = {
            name
            for (name,) in connection.execute(
                "select table_name from duckdb_tables() where database_name = 'source'"
            ).fetchall()
        }
        for name in sorted(made):
            columns = connection.table(f"source.main.{name}").columns
            if name == "invoice_lines":
                ((lines,),) = connection.execute("select count(*) from source.invoice_lines").fetchall()
                some = max(1, min(times, LINES // lines))
                connection.execute(copies(name, range_of=f"range({some}) as copies(i)"))
            elif name in OF_CUSTOMERS:
                order = "order by month_end, customer_id" if "month_end" in columns else "order by customer_id"
                connection.execute(f"{copies(name, range_of=f'range({times}) as copies(i)')} {order}")
            elif name in ("segment_profiles", "segment_sales", "country_sales", "segment_migrations"):
                sums = ", ".join(f"{column} * {times} as {column}" for column in SUMS if column in columns)
                connection.execute(f"create table {name} as select * replace ({sums}) from source.{name}")
            else:
                connection.execute(f"create table {name} as from source.{name}")
        for name in sorted({*OF_CUSTOMERS, "invoice_lines"} & made):
            rows = connection.execute(f"select count(*) from {name}").fetchall()[0][0]
            print(f"{rows:>12,} {name}")
            # Pages ask less of a version that holds many lines.
            connection.execute(
                "update published_manifest set manifest = json_merge_patch(manifest, $counts)",
                {"counts": json.dumps({"row_counts": {name: rows}})},
            )


def copies(name: str, range_of: str) -> str:
    """Write the statement that makes a table with a copy of each row for each number, each of a customer of its own."""
    return (
        f"create table {name} as select * replace (customer_id || '-' || i as customer_id) "
        f"from source.{name}, {range_of}"
    )


def measure(folder: Path) -> None:
    """Print how long each page takes until all of it is drawn.

    Parameters
    ----------
    folder : Path
        What is published.
    """
    visits: dict[str, list[float]] = {page: [] for page in PAGES}
    with browser.chromium() as chromium:
        start = time.monotonic()
        with browser.dashboard(folder) as url:
            print(f"{time.monotonic() - start:6.2f} s until the server answers")
            with chromium.tab(None, browser.LAPTOP, "light") as tab:
                tab.page.goto(url)
                drawn(tab, "Overview")
                print(f"{time.monotonic() - start:6.2f} s until the first page is drawn")
                for page in 2 * PAGES:
                    clicked, worked = time.monotonic(), server_seconds()
                    tab.page.get_by_role("link", name=page, exact=True).first.click()
                    drawn(tab, page)
                    visits[page] += [time.monotonic() - clicked, server_seconds() - worked]
    print(f"\n{'Seconds':<14}{'first visit':>12}{'processor':>11}{'again':>9}{'processor':>11}")
    for page, (first, first_worked, again, again_worked) in visits.items():
        print(f"{page:<14}{first:>12.2f}{first_worked:>11.2f}{again:>9.2f}{again_worked:>11.2f}")


def server_seconds() -> float:
    """Return what the server has taken of the processors; 0 where there is no /proc."""
    ticks = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            fields = (process / "stat").read_text(errors="replace").rpartition(")")[2].split()
            if int(fields[1]) == os.getpid() and b"streamlit" in (process / "cmdline").read_bytes():
                ticks += int(fields[11]) + int(fields[12])
        except OSError:
            # It has ended.
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def drawn(tab: browser.Tab, page: str) -> None:
    """Wait until a page is drawn, without the rest that a test takes for its pictures."""
    tab.page.get_by_role("heading", name=page, exact=True, level=1).wait_for()
    # So long it may take until the server knows of the click.
    tab.page.wait_for_timeout(50)
    tab.wait_for_server()


if __name__ == "__main__":
    main()
