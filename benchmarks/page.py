"""The page of what was measured, benchmarks.md, with its chart: ``python -m benchmarks.page docs`` writes it anew."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.bars import bars
from benchmarks.builds import SAME_JOB
from benchmarks.chart import write_chart
from benchmarks.phases import GROUPS
from benchmarks.results import WAYS, Results


def write_page(results: Results, folder: Path) -> None:
    """Write benchmarks.md and benchmarks.png.

    Parameters
    ----------
    results : Results
    folder : Path
        Is there already.
    """
    write_chart(results, folder / "benchmarks.png")
    sections = (
        _introduction(results),
        _bars(results),
        _shops(results),
        _assignment(results),
        _phases(results),
        _method(results),
    )
    (folder / "benchmarks.md").write_text("\n\n".join(section for section in sections if section) + "\n")


def _introduction(results: Results) -> str:
    record = results.record
    machine = record["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in record["versions"].items())
    return f"""# Benchmarks

What a build costs in time and memory, against other ways to do the same. This page is written by the program that measures:

```shell
{record["command"]}
```

Machine: {machine["processor"]}, {machine["cores"]} cores, {machine["memory"]} of memory, {machine["system"]}.
Versions: {versions}."""


def _bars(results: Results) -> str:
    rows = [(bar.what, bar.asked, bar.measured, bar.verdict) for bar in bars(results)]
    return f"""## Bars

Ratios are medians of the ratios of runs in the same round.

{_table(("what", "bar", "measured", "verdict"), rows, right=(1, 2))}"""


def _shops(results: Results) -> str:
    tables = []
    for size in results.sizes:
        shop = results.shop(size)
        rows = [_way(results, size, way) for way in WAYS]
        header = ("what", "time, s", "processor time, s", "peak memory, GiB", "times the floor")
        rounds = len(shop["rounds"])
        tables.append(
            f"**{shop['lines']:,} lines** of {shop['customers']:,} customers, {shop['files']} CSV files, "
            f"{shop['bytes'] / 1e9:.2f} GB; {f'medians of {rounds} rounds' if rounds > 1 else 'one round'}.\n\n"
            f"{_table(header, rows, right=range(1, 5))}"
        )
    return "## Builds and other ways\n\n![Time and peak memory by lines](benchmarks.png)\n\n" + "\n\n".join(tables)


def _way(results: Results, size: int, way: str) -> tuple[str, ...]:
    seconds = results.median(size, way)
    if seconds is None:
        was_stopped = any(way in done for done in results.shop(size)["rounds"])
        limit = results.record["stop_above_gib"]
        return WAYS[way], f"stopped above {limit:g} GiB" if was_stopped else "not run", "", "", ""
    cpu, peak = (results.median(size, way, "cpu_seconds"), results.median(size, way, "peak_gib"))
    ratio = results.ratio((size, way), (size, "floor"))
    return WAYS[way], f"{seconds:.1f}", f"{cpu:.1f}", f"{peak:.2f}", "" if ratio is None else f"{ratio:.1f}"


def _assignment(results: Results) -> str:
    rows = []
    names = {
        "alone": "neighbours alone",
        "stream": "scored, from table to table",
        "compare": "scikit-learn's `KNeighborsClassifier`",
    }
    for customers, runs in sorted(results.record["assignment"].items(), key=lambda item: int(item[0])):
        for run, name in names.items():
            if run in runs:
                seconds = runs[run]["seconds"]
                rate = f"{runs[run]['customers'] / seconds:,.0f}"
                rows.append((f"{int(customers):,}", name, f"{seconds:.1f}", rate, f"{runs[run]['peak_gib']:.2f}"))
    if not rows:
        return ""
    header = ("customers", "what", "time, s", "customers a second", "peak memory, GiB")
    return f"""## Assignment

Customers of the invented shop are assigned by 15 neighbours among 50,000 others, in three features, in batches of 100,000 as in a
build. *Neighbours alone* is the search and the vote; *scored* adds reading, confidence, runner-up, expected buying rate, the
nearest centroid and writing. Memory is that of the process, of which DuckDB may take 0.5 GiB; that of scikit-learn holds the
neighbours of the project too, which it is compared with.

{_table(header, rows, right=(0, 2, 3, 4))}"""


def _phases(results: Results) -> str:
    columns = [(size, way) for way in ("whole", "day", "nothing") for size in results.sizes]
    runs = [(size, way, run) for size, way in columns if (run := results.typical_run(size, way))]
    header = ("group", *(f"{WAYS[way].lower()}, {_short(size)}" for size, way, _ in runs), "what it holds")
    rows = [
        (group, *(f"{run['phases']['groups'][group]:.1f}" for *_, run in runs), held) for group, held in GROUPS.items()
    ]
    total = ("all", *(f"{run['seconds']:.1f}" for *_, run in runs), "")
    size = results.sizes[-1]
    largest = results.typical_run(size, "whole")
    assert largest is not None
    nodes = [(f"`{name}`", f"{seconds:.1f}") for name, seconds in largest["phases"]["nodes"].items()]
    return f"""## Where the time goes

Seconds of a build, from `target/run_results.json`. A moment in which two nodes run is shared between them; where none runs, it is
dbt's own. Of several rounds that of the median time.

{_table(header, [*rows, total], right=range(1, len(header) - 1))}

The longest nodes of the whole build of {_short(size)} lines:

{_table(("node", "s"), nodes, right=(1,))}"""


def _method(results: Results) -> str:
    arguments = [f"'{argument}'" if "{" in argument else argument for argument in SAME_JOB]
    return f"""## How it is measured

- The files are those of an invented shop over two years (`segmentation.simulate`), a file a month. Its last day is held back and
  delivered as a file of its own for *one more day*; *nothing new* is the build after that. More than 10 million lines are copies of a
  shop of 10 million with other customers and invoices. Everything reads the same files, which the machine has in its cache where it
  is large enough.
- **Whole build**: `dbt build --exclude-resource-type unit_test` into a new warehouse, without anything that dbt has parsed before: all
  models, all data tests, publication.
- **Build of the notebook's job only**: `dbt {" ".join(arguments)}`.
- **Notebook** (`benchmarks/peers/notebook.py`): reads the files with pandas, drops copies, cancellations and what is no product,
  computes recency, frequency and monetary, standardises their logarithms, fits K-Means with `n_init=10` for 2 to 10 segments with the
  silhouette of all customers for each, and lets 15 neighbours vote on every customer. It does not run on more than 10 million lines:
  its memory and the time of its silhouettes grow beyond the machine.
- **Polars** (`benchmarks/peers/polars_data.py`): the notebook's part before the clustering, with the streaming engine.
- **Floor** (`benchmarks/peers/floor.py`): DuckDB reads the files with the types that it finds and groups them by customer once.
- Time is from the start of the process to its end. Peak memory is that of all its processes together, looked at ten times a second.
  DuckDB's limit is {results.record["memory_limit"]} for the builds and the floor (`SEGMENTS_MEMORY_LIMIT`); Python comes on top. Other ways
  are stopped above {results.record["stop_above_gib"]:g} GiB."""


def _short(size: int) -> str:
    return f"{size / 1e6:g} million" if size >= 1e6 else f"{size:,}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()) -> str:
    aligned = set(right)
    rule = ["---:" if column in aligned else "---" for column in range(len(header))]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (header, rule, *rows))


if __name__ == "__main__":
    target = Path(sys.argv[1])
    write_page(Results.read(target / "benchmarks.json"), target)
