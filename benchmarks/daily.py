"""How long a build takes after one more day of lines, against the full build of all of them.

Both run in one go on the lines of an invented shop over two years, in a file a month and one for the last day: first
all months are built, then the day is added, and last everything is built anew with --full-refresh. Builds run all data
tests and publish, as a scheduled build does; unit tests of the project's own SQL are left out.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

PROJECT = Path(__file__).parents[1]


def main() -> None:
    """Print the seconds of each build, and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument(
        "--times", type=int, default=1, help="write the shop so many times, with other customers and invoices"
    )
    parser.add_argument("--files-only", action="store_true", help="write the files and stop")
    parser.add_argument("--folder", type=Path, help="keep the files there, and take them from there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        folder = options.folder or Path(scratch)
        files = folder / "files"
        if not files.exists():
            write_files(folder, options.lines, options.times)
        if options.files_only:
            return
        last_day = files / "last_day.csv"
        held_back = (
            last_day.rename(folder / "last_day.held_back") if last_day.exists() else folder / "last_day.held_back"
        )
        (folder / "warehouse.duckdb").unlink(missing_ok=True)
        shutil.rmtree(folder / "published", ignore_errors=True)
        first = build(folder, "first")
        print(f"first build, without the last day: {first:.1f} s", flush=True)
        held_back.rename(last_day)
        day = build(folder, "day")
        print(f"one more day: {day:.1f} s", flush=True)
        nothing = build(folder, "nothing")
        print(f"nothing new: {nothing:.1f} s", flush=True)
        full = build(folder, "full", "--full-refresh")
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
        print(f"full build: {full:.1f} s; peak memory of a build {memory:.1f} GiB")
        print(f"a day costs {day / full:.3f} of a full build")


def write_files(folder: Path, lines: int, times: int) -> None:
    """Write a file for each month, and one for the last day."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "lines.csv"
    run([sys.executable, "-m", "segmentation.simulate", str(path), "--lines", str(lines)], folder)
    files = folder / "files"
    files.mkdir()
    with duckdb.connect() as connection:
        connection.execute("set preserve_insertion_order = false")
        connection.execute("set enable_progress_bar = false")
        rows = f"read_csv('{path}', all_varchar = true)"
        days = connection.execute(f"select distinct InvoiceDate[:10] from {rows} order by 1").fetchall()  # noqa: S608
        last_day = max(day for (day,) in days if day and day[:4].isdigit())
        connection.execute(
            f"""
            copy (
                select
                    * replace (InvoiceNo || copy_number as InvoiceNo, CustomerID || copy_number as CustomerID),
                    case
                        when InvoiceDate[:10] = '{last_day}' then 'last_day' else coalesce(InvoiceDate[:7], 'none')
                    end as part
                from {rows}
                cross join (
                    select case when range = 0 then '' else range::varchar end as copy_number from range({times})
                )
            ) to '{folder / "parts"}' (format csv, header, partition_by (part))
            """  # noqa: S608
        )
    for part in (folder / "parts").iterdir():
        for n, source in enumerate(sorted(part.iterdir())):
            name = part.name.removeprefix("part=").replace("/", "-")
            source.rename(files / (f"{name}.csv" if name == "last_day" and n == 0 else f"{name}-{n}.csv"))
    path.unlink()
    size = sum(file.stat().st_size for file in files.iterdir())
    print(
        f"{lines * times:,} lines in {len(list(files.iterdir()))} files, {size / 1e9:.2f} GB, {os.cpu_count()} cores",
        flush=True,
    )


def build(folder: Path, name: str, *arguments: str) -> float:
    """Return the seconds of a build with all data tests, and keep the times of its steps (for `cost_model.py`)."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    run(
        [
            *(str(Path(sys.executable).parent / "dbt"), "build", "--exclude-resource-type", "unit_test", *arguments),
            *("--target-path", str(folder / "target"), "--log-path", str(folder / "logs")),
        ],
        folder,
    )
    seconds = time.perf_counter() - began
    results = folder / "results"
    results.mkdir(exist_ok=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    steps = json.loads((folder / "target/run_results.json").read_text())
    (results / f"{name}.json").write_text(json.dumps(steps | {"seconds": seconds, "cpu_seconds": cpu_seconds}))
    return seconds


def run(command: list[str], folder: Path) -> None:
    """Run a command in a folder with what dbt needs to know."""
    environment = os.environ | {
        "DBT_PROJECT_DIR": str(PROJECT),
        "DBT_PROFILES_DIR": str(PROJECT),
        "INVOICE_FILES": str(folder / "files/*.csv"),
        "SEGMENTS_WAREHOUSE": str(folder / "warehouse.duckdb"),
        "SEGMENTS_PUBLISHED": str(folder / "published"),
    }
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode:
        sys.exit(ran.stdout + ran.stderr)


if __name__ == "__main__":
    main()
