"""How long the models of products take: of all lines of a shop, and for one more day.

A shop is drawn, and built without tests but for its last day. The models of products are then made again, with their
tests. Last comes the day: everything is built, and what belongs to products is shown.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from benchmarks.builds import print_nodes, run_dbt
from benchmarks.measure import Cost
from benchmarks.shop import copies_of, write_shop

WITHOUT_TESTS = ("--exclude-resource-type", "test")
MODELS = ("--select", "models/intermediate/products", "models/marts/products", "--indirect-selection", "cautious")


def main() -> None:
    """Print the seconds of each table, and of the whole."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.products", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=int, default=10_000_000, help="of the shop (default: %(default)s)")
    parser.add_argument("--memory-limit", default="4GiB", help="of DuckDB (default: %(default)s)")
    parser.add_argument("--folder", type=Path, help="keep the warehouse there, and take it from there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        folder = (options.folder or Path(scratch)).absolute()
        shop = write_shop(folder, *copies_of(options.lines))

        def build(*arguments: str) -> Cost:
            return run_dbt(folder, arguments, options.memory_limit, shop.pattern)

        if (shop.months / "last_day.csv").exists():
            shop.hold_back_last_day()
            build(*WITHOUT_TESTS)
        print(f"{options.lines:,} lines, {os.cpu_count()} cores")
        print_nodes(folder, build(*MODELS, "--full-refresh"))
        shop.deliver_last_day()
        build(*WITHOUT_TESTS, "--exclude", *MODELS[1:3])
        print("one more day")
        print_nodes(folder, build(*MODELS))


if __name__ == "__main__":
    main()
