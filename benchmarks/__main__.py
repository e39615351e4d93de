"""Measure builds of the project, the assignment of customers, and other ways to do the same.

Rounds are interleaved: in each, every shop is read by the other ways and built by the project, and ratios are those of
runs of the same round. The small shops, Online Retail where it is at hand and the sample, are built as `make build`
does, beside the notebook only. Everything is written to benchmarks.json after each round, and in the end to a page and
a chart.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.bars import bars
from benchmarks.builds import BUILD_IF_NEW, PROJECT, SAME_JOB, WHOLE, Build, build, start_anew
from benchmarks.data import ONLINE_RETAIL, SAMPLE
from benchmarks.machine import describe_machine, describe_versions, memory_gib
from benchmarks.measure import Cost, measure
from benchmarks.page import write_page
from benchmarks.results import SMALL, WAYS, Results
from benchmarks.shop import ShopFiles, copies_of, copy_shop, write_shop

RUNS = ("alone", "stream", "compare")
_COMPARED = 1_000_000


def main() -> int:
    """Run the command; return its exit code."""
    options = read_options()
    files = small_files(options.small)
    options.small = list(files)
    record: dict[str, Any] = {
        "machine": describe_machine(),
        "versions": describe_versions(),
        "commands": [command_of(options)],
        "notebook_up_to": options.notebook_up_to,
        "stop_above_gib": options.stop_above_gib,
        "shops": {},
        "assignment": {},
    }
    results, file_of_results = Results(record), options.output / "benchmarks.json"
    if options.add and file_of_results.exists():
        add_before(record, Results.read(file_of_results).record, options)
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        folder = (options.folder or Path(scratch)).absolute()
        for name, file in files.items():
            shop = copy_shop(folder / f"shop-{name}", file)
            for number in range(options.small_rounds):
                print(f"round {number + 1}, {SMALL[name]}", flush=True)
                done = measure_small_shop(shop)
                described = describe_shop(shop) | {"memory_limit": "", "rounds": []}
                record["shops"].setdefault(name, described)["rounds"].append(done)
                results.write(file_of_results)
        limits = dict(zip(options.lines, options.memory_limit, strict=True))
        shops = {size: write_shop(folder / f"shop-{size}", *copies_of(size)) for size in sorted(options.lines)}
        for number in range(options.rounds):
            for size, shop in shops.items():
                print(f"round {number + 1}, {size:,} lines", flush=True)
                limit = limits[size]
                done = measure_shop(shop, size, limit, options)
                described = describe_shop(shop) | {"memory_limit": limit, "rounds": []}
                described = record["shops"].setdefault(str(size), described)
                described["rounds"].append(done)
                results.write(file_of_results)
                start_anew(shop)
        for customers in options.assigned:
            record["assignment"][str(customers)] = measure_assignment(folder, customers)
            results.write(file_of_results)
    write_page(results, options.output)
    for bar in bars(results):
        print(f"{bar.what}: {bar.measured or bar.verdict} (bar: {bar.asked}){' MISSED' * (bar.verdict == 'missed')}")
    return 0


def read_options() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=int, nargs="+", default=[1_000_000], help="of each shop (default: a million)")
    parser.add_argument("--small", nargs="*", choices=SMALL, default=list(SMALL), help="shops (default: all at hand)")
    parser.add_argument("--small-rounds", type=int, default=3, help="of small shops (default: %(default)s)")
    parser.add_argument("--assigned", type=int, nargs="*", default=[1_000_000], help="customers (default: a million)")
    parser.add_argument("--rounds", type=int, default=1, help="default: %(default)s")
    parser.add_argument(
        "--memory-limit", nargs="+", default=["6GiB"], help="of DuckDB, of all shops or of each (default: 6GiB)"
    )
    parser.add_argument(
        "--notebook-up-to", type=int, default=10_000_000, help="lines that the notebook is given (default: %(default)s)"
    )
    parser.add_argument(
        "--stop-above-gib",
        type=int,
        default=round(0.75 * memory_gib()),
        help="kill other ways that take more memory (default: three quarters of the machine's)",
    )
    parser.add_argument("--output", type=Path, default=PROJECT / "target/benchmarks", help="default: target/benchmarks")
    parser.add_argument("--add", action="store_true", help="to what the output holds of other sizes")
    parser.add_argument("--folder", type=Path, help="keep the files there, and take them from there")
    options = parser.parse_args()
    if len(options.memory_limit) == 1:
        options.memory_limit *= len(options.lines)
    if len(options.memory_limit) != len(options.lines):
        parser.error("--memory-limit takes one value, or as many as --lines")
    return options


def add_before(record: dict[str, Any], before: dict[str, Any], options: argparse.Namespace) -> None:
    """Take over what was measured before and is not measured now; end the program where it was on another machine."""
    for what in ("machine", "versions"):
        if before[what] != record[what]:
            sys.exit(f"{options.output / 'benchmarks.json'} is of another {what}: {before[what]}. Leave out --add.")
    again = {"shops": (*options.small, *options.lines), "assignment": options.assigned}
    for what, measured in again.items():
        record[what] |= {key: found for key, found in before[what].items() if key not in map(str, measured)}
    record["commands"][:0] = before["commands"]


def command_of(options: argparse.Namespace) -> str:
    """Return the command that measures the same again."""
    lines, assigned, limits = (
        " ".join(map(str, values)) for values in (options.lines, options.assigned, options.memory_limit)
    )
    small = " ".join(("--small", *options.small))
    return (
        f"python -m benchmarks {small} --small-rounds {options.small_rounds} "
        f"--lines {lines} --assigned {assigned} --rounds {options.rounds} "
        f"--memory-limit {limits} --notebook-up-to {options.notebook_up_to}{' --add' * options.add}"
    )


def small_files(names: list[str]) -> dict[str, Path]:
    """Return the file of each small shop that is at hand; say which is not."""
    files = {"online_retail": ONLINE_RETAIL, "sample": SAMPLE}
    for name in names:
        if not files[name].exists():
            print(
                f"{SMALL[name]} is not measured: {files[name]} is not there; set ONLINE_RETAIL to its path", flush=True
            )
    return {name: files[name] for name in names if files[name].exists()}


def measure_small_shop(shop: ShopFiles) -> dict[str, Any]:
    """Return a round of a small shop: each way to what it took, the builds as a user runs them."""
    done = {"notebook": as_record("notebook", run_module("benchmarks.peers.notebook", shop.pattern))}
    for way in ("whole", "parsed"):
        start_anew(shop, keep_parsed=way == "parsed")
        done[way] = as_record(way, build(shop, (), "", program=BUILD_IF_NEW))
    return done | {"nothing": as_record("nothing", build(shop, (), "", program=BUILD_IF_NEW).cost)}


def measure_shop(shop: ShopFiles, size: int, memory_limit: str, options: argparse.Namespace) -> dict[str, Any]:
    """Return a round of a shop: each way to what it took."""
    shop.hold_back_last_day()
    done: dict[str, Any] = {}

    def note(way: str, run: Cost | Build) -> None:
        done[way] = as_record(way, run)

    def peer(name: str, *arguments: str) -> Cost:
        return run_module(f"benchmarks.peers.{name}", *arguments, stop_above_gib=options.stop_above_gib)

    note("floor", peer("floor", shop.pattern, memory_limit))
    note("polars", peer("polars_data", shop.pattern))
    if size <= options.notebook_up_to:
        note("notebook", peer("notebook", shop.pattern))
    start_anew(shop)
    note("same_job", build(shop, SAME_JOB, memory_limit))
    start_anew(shop)
    note("whole", build(shop, WHOLE, memory_limit))
    shop.deliver_last_day()
    note("day", build(shop, WHOLE, memory_limit, program=BUILD_IF_NEW))
    # It runs no nodes that the time could be shared among.
    note("nothing", build(shop, WHOLE, memory_limit, program=BUILD_IF_NEW).cost)
    note("again", build(shop, WHOLE, memory_limit))
    return done


def as_record(way: str, run: Cost | Build) -> dict[str, Any]:
    """Print what a run took, and return it for the results."""
    cost, phases = (run.cost, {"phases": asdict(run.phases)}) if isinstance(run, Build) else (run, {})
    print(f"  {WAYS[way]}: {cost.seconds:.1f} s, {cost.peak_gib:.2f} GiB{' STOPPED' * cost.stopped}", flush=True)
    return {
        "seconds": round(cost.seconds, 3),
        "cpu_seconds": round(cost.cpu_seconds, 3),
        "peak_gib": round(cost.peak_gib, 4),
        "stopped": cost.stopped,
        **phases,
    }


def describe_shop(shop: ShopFiles) -> dict[str, int]:
    """Return what a shop that was built holds."""
    with duckdb.connect(str(shop.folder / "warehouse.duckdb"), read_only=True) as connection:
        ((files, lines),) = connection.execute("select count(*), sum(rows_read) from marts.load_audit").fetchall()
        ((customers,),) = connection.execute("select count(*) from marts.customer_segments").fetchall()
    return {"lines": int(lines), "customers": customers, "files": files, "bytes": shop.size()}


def measure_assignment(folder: Path, customers: int) -> dict[str, Any]:
    """Return what the assignment of so many customers took, by run; labels are compared for a million."""
    path = folder / f"customers-{customers}.parquet"
    run_module("benchmarks.assignment", "write", str(path), "--customers", str(customers))
    found = {}
    for run in RUNS:
        if run != "compare" or customers == _COMPARED:
            cost = run_module("benchmarks.assignment", run, str(path))
            found[run] = json.loads(cost.printed.splitlines()[-1]) | {"peak_gib": round(cost.peak_gib, 4)}
            print(f"assignment of {customers:,} customers, {run}: {found[run]}", flush=True)
    path.unlink()
    return found


def run_module(module: str, *arguments: str, stop_above_gib: float | None = None) -> Cost:
    """Run a module of this folder in a process of its own; end the program where it fails."""
    cost = measure([sys.executable, "-m", module, *arguments], PROJECT, stop_above_gib=stop_above_gib)
    if cost.exit_code and not cost.stopped:
        sys.exit(f"{module} failed:\n{cost.printed}")
    return cost


if __name__ == "__main__":
    sys.exit(main())
