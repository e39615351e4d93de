"""How long reading, typing, classification and duplicates take, against DuckDB's bare read of the same file.

Both run in turns on a CSV file of an invented shop, which is written first. The bare read makes a table of the file
with the types that DuckDB finds. The project's time runs from the inspection of the file to the last of the models
that lines go through, plus one pass over the classified lines, which are a view.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

PROJECT = Path(__file__).parents[1]
BARE_READ = "create table lines as select * from read_csv(?)"
CLASSIFIED = "select line_type, reason, count(*), sum(amount) from intermediate.int_invoice_lines group by all"


def main() -> None:
    """Print the times of each round, and the median of their ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        path = Path(folder) / "lines.csv"
        run([sys.executable, "-m", "segmentation.simulate", str(path), "--lines", str(options.lines)], Path(folder))
        print(f"{options.lines:,} lines, {path.stat().st_size / 1e9:.2f} GB, {os.cpu_count()} cores", flush=True)
        ratios = []
        for n in range(1, options.rounds + 1):
            bare = time_bare_read(path, Path(folder) / f"bare-{n}")
            project, memory = time_project(path, Path(folder) / f"project-{n}")
            ratios.append(project / bare)
            print(
                f"round {n}: bare read {bare:.1f} s, project {project:.1f} s, "
                f"ratio {ratios[-1]:.2f}, peak memory {memory:.2f} GB",
                flush=True,
            )
    print(f"median ratio {statistics.median(ratios):.2f}")


def time_bare_read(path: Path, folder: Path) -> float:
    """Return the seconds of the bare read."""
    folder.mkdir()
    return time_query(folder / "bare.duckdb", BARE_READ, str(path))


def time_query(warehouse: Path, query: str, *parameters: str) -> float:
    """Return the seconds of a query, in a process of its own, as the project has one."""
    script = (
        "import duckdb, sys, time\n"
        "connection = duckdb.connect(sys.argv[1])\n"
        "connection.execute('set enable_progress_bar = false')\n"
        "began = time.perf_counter()\n"
        "connection.execute(sys.argv[2], sys.argv[3:]).fetchall()\n"
        "print(time.perf_counter() - began)"
    )
    printed = run([sys.executable, "-c", script, str(warehouse), query, *parameters], warehouse.parent)
    return float(printed.split()[-1])


def time_project(path: Path, folder: Path) -> tuple[float, float]:
    """Return the seconds, and the peak memory of the process in gigabytes."""
    folder.mkdir()
    warehouse = folder / "warehouse.duckdb"
    command = [
        *(str(Path(sys.executable).parent / "dbt"), "build", "--select", "+int_invoice_lines"),
        *("--exclude-resource-type", "test", "--target-path", str(folder), "--log-path", str(folder)),
    ]
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    run(command, folder, {"SEGMENTS_WAREHOUSE": str(warehouse), "INVOICE_FILES": str(path)})
    memory = max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    results = json.loads((folder / "run_results.json").read_text())["results"]
    times = [
        (datetime.fromisoformat(step["started_at"]), datetime.fromisoformat(step["completed_at"]))
        for result in results
        if result["unique_id"].startswith("model.")
        for step in result["timing"]
    ]
    models = (max(end for _, end in times) - min(start for start, _ in times)).total_seconds()
    return models + time_query(warehouse, CLASSIFIED), memory * 1024 / 1e9


def run(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> str:
    """Run a command in the project; show what it said where it fails."""
    done = subprocess.run(
        command, cwd=PROJECT, env=os.environ | (environment or {}), capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed in {folder}:\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
