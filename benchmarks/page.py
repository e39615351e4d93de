"""The page of what was measured, benchmarks.md, with its chart: ``python -m benchmarks.page docs`` writes it again."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import jinja2

from benchmarks.bars import bars
from benchmarks.builds import SAME_JOB
from benchmarks.chart import write_chart
from benchmarks.phases import DBT, GROUPS, READING
from benchmarks.results import SMALL, WAYS, Results, Shop

_TEMPLATE = Path(__file__).parent / "page.md.j2"
_RUNS = {
    "alone": "neighbours alone",
    "stream": "scored",
    "compare": "scikit-learn's `KNeighborsClassifier`",
}


def write_page(results: Results, folder: Path) -> None:
    """Write benchmarks.md and benchmarks.png.

    Parameters
    ----------
    results : Results
    folder : Path
        Is there already.
    """
    record = results.record
    template = jinja2.Template(_TEMPLATE.read_text(), undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    page = template.render(
        record=record,
        versions=", ".join(f"{name} {version}" for name, version in record["versions"].items()),
        bars=_bars(results),
        missed=_missed(results),
        shops=[_shop(results, shop) for shop in results.shops],
        assignment=_assignment(results),
        phases=_phases(results),
        largest=_words(results.sizes[-1]),
        nodes=_nodes(results),
        same_job=" ".join(f"'{argument}'" if "{" in argument else argument for argument in SAME_JOB),
        notebook_up_to=_words(record["notebook_up_to"]),
    )
    (folder / "benchmarks.md").write_text(page)
    write_chart(results, folder / "benchmarks.png")


def _bars(results: Results) -> str:
    rows = [(bar.what, bar.asked, bar.measured, bar.verdict) for bar in bars(results)]
    return _table(("what", "bar", "measured", "verdict"), rows, right=(1, 2))


def _missed(results: Results) -> str:
    rows = []
    for bar in bars(results):
        if bar.verdict != "missed" or not bar.build or not bar.reference:
            continue
        size, way = bar.build
        run = results.typical_run(size, way)
        reference, floor = results.median(*bar.reference), results.median(size, "floor")
        if run and reference and floor:
            allowed = reference / bar.bound if bar.is_least else reference * bar.bound
            seconds, groups = run["seconds"], run["phases"]["groups"]
            rest = seconds - groups[DBT] - groups[READING]
            bare = seconds - max(groups[READING] - floor, 0)
            figures = (allowed, seconds, groups[DBT], groups[READING], rest, bare)
            rows.append((f"{WAYS[way]}, {_words(size)}", *(f"{figure:,.1f}" for figure in figures)))
    header = ("build", "allowed, s", "taken, s", DBT, READING, "all else", "with the floor's reading, s")
    return _table(header, rows, right=range(1, 7)) if rows else ""


def _shop(results: Results, size: Shop) -> dict[str, str]:
    shop = results.shop(size)
    rounds, is_small = len(shop["rounds"]), size in SMALL
    reference = "notebook" if is_small else "floor"
    ways = [way for way in WAYS if (any(way in done for done in shop["rounds"]) if is_small else way != "parsed")]
    return {
        "name": f"{SMALL[str(size)]}: " if is_small else "",
        "lines": f"{shop['lines']:,}",
        "customers": f"{shop['customers']:,}",
        "files": "one CSV file" if shop["files"] == 1 else f"{shop['files']:,} CSV files",
        "gigabytes": f"{shop['bytes'] / 1e9:.2f}",
        "memory_limit": shop["memory_limit"] or "its default",
        "rounds": f"medians of {rounds} rounds" if rounds > 1 else "one round",
        "table": _table(
            ("what", "time, s", "processor time, s", "peak memory, GiB", f"times the {reference}"),
            [_row_of(results, size, way, reference) for way in ways],
            right=range(1, 5),
        ),
    }


def _row_of(results: Results, size: Shop, way: str, reference: str) -> tuple[str, ...]:
    figures = (
        results.median(size, way),
        results.median(size, way, "cpu_seconds"),
        results.median(size, way, "peak_gib"),
        results.ratio((size, way), (size, reference)),
    )
    if figures[0] is None:
        was_stopped = any(way in done for done in results.shop(size)["rounds"])
        limit = results.record["stop_above_gib"]
        return WAYS[way], f"stopped above {limit} GiB" if was_stopped else "not run", "", "", ""
    digits = (1, 1, 2, 1)
    return WAYS[way], *("" if figure is None else f"{figure:,.{n}f}" for figure, n in zip(figures, digits, strict=True))


def _assignment(results: Results) -> str:
    rows = []
    for customers, runs in sorted(results.record["assignment"].items(), key=lambda item: int(item[0])):
        for run, name in _RUNS.items():
            if run in runs:
                seconds, peak = runs[run]["seconds"], runs[run]["peak_gib"]
                rate = runs[run]["customers"] / seconds
                rows.append((_words(int(customers)), name, f"{seconds:,.1f}", f"{rate:,.0f}", f"{peak:.2f}"))
    header = ("customers", "what", "time, s", "customers a second", "peak memory, GiB")
    return _table(header, rows, right=(0, 2, 3, 4)) if rows else ""


def _phases(results: Results) -> str:
    largest = results.sizes[-1]
    columns: list[tuple[Shop, str]] = [(name, "parsed") for name in results.small]
    columns += [*((size, "whole") for size in results.sizes), (largest, "day"), (largest, "again")]
    runs = [
        (f"{WAYS[way].lower()}, {_words(size)}", run)
        for size, way in columns
        if (run := results.typical_run(size, way))
    ]
    # A run that was kept from an earlier version may lack a group.
    times = {group: [run["phases"]["groups"].get(group) for _, run in runs] for group in GROUPS}
    rows = [
        (group, *("" if seconds is None else f"{seconds:,.1f}" for seconds in times[group]), held)
        for group, held in GROUPS.items()
    ]
    total = ("all", *(f"{run['seconds']:,.1f}" for _, run in runs), "")
    header = ("group", *(name for name, _ in runs), "what it holds")
    return _table(header, [*rows, total], right=range(1, len(header) - 1))


def _nodes(results: Results) -> str:
    run = results.typical_run(results.sizes[-1], "whole")
    nodes = run["phases"]["nodes"] if run else {}
    return _table(("node", "s"), [(f"`{name}`", f"{seconds:,.1f}") for name, seconds in nodes.items()], right=(1,))


def _words(number: Shop) -> str:
    if isinstance(number, str):
        return SMALL[number]
    return f"{number / 1e6:g} million" if number >= 1_000_000 else f"{number:,}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()) -> str:
    aligned = set(right)
    rule = ["---:" if column in aligned else "---" for column in range(len(header))]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (header, rule, *rows))


if __name__ == "__main__":
    target = Path(sys.argv[1])
    write_page(Results.read(target / "benchmarks.json"), target)
