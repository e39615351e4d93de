"""How long a build takes after one more day of lines, against the full build of all of them.

Both run in one go on the lines of an invented shop over two years, in a file a month and one for the last day: first
all months are built, then the day is added, and last everything is built again with --full-refresh. Builds run all data
tests and publish, as a scheduled build does; unit tests of the project's own SQL are left out.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path

from benchmarks.builds import WHOLE, build, start_anew
from benchmarks.measure import Cost
from benchmarks.shop import ShopFiles, copies_of, write_shop


def main() -> None:
    """Print the seconds of each build, and their ratio."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.daily", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--memory-limit", default="", help="of DuckDB, such as 6GiB (default: its own)")
    parser.add_argument("--files-only", action="store_true", help="write the files and stop")
    parser.add_argument("--folder", type=Path, help="keep the files there, and take them from there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        shop = write_shop((options.folder or Path(scratch)).absolute(), *copies_of(options.lines))
        print(f"{options.lines:,} lines, {shop.size() / 1e9:.2f} GB, {os.cpu_count()} cores", flush=True)
        if options.files_only:
            return
        peaks = []

        def timed(kind: str, name: str, *arguments: str) -> float:
            cost = build(shop, (*WHOLE, *arguments), options.memory_limit).cost
            keep(shop, kind, cost)
            peaks.append(cost.peak_gib)
            print(f"{name}: {cost.seconds:.1f} s", flush=True)
            return cost.seconds

        shop.hold_back_last_day()
        start_anew(shop)
        timed("first", "first build, without the last day")
        shop.deliver_last_day()
        day = timed("day", "one more day")
        timed("nothing", "nothing new")
        full = timed("full", "full build", "--full-refresh")
        print(f"a day costs {day / full:.3f} of a full build; peak memory of a build {max(peaks):.1f} GiB")


def keep(shop: ShopFiles, kind: str, cost: Cost) -> None:
    """Keep the times of a build's steps, for the cost model."""
    results = shop.folder / "results"
    results.mkdir(exist_ok=True)
    steps = json.loads((shop.folder / "target/run_results.json").read_text())
    costs = {"seconds": cost.seconds, "cpu_seconds": cost.cpu_seconds}
    (results / f"{kind}.json").write_text(json.dumps(steps | costs))


if __name__ == "__main__":
    main()
