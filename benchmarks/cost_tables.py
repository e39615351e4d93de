"""The tables of docs/scaling.md."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.costs import GB, MACHINE, MILLION, PRICES, SIZES, STEPS, TB, Model, Size, size_of

Lines = list[str]
NAMES = {"first": "first build", "day": "one more day", "nothing": "nothing new"}


def row(*cells: object) -> str:
    """Return a row of a table."""
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def head(first: str, *others: str) -> Lines:
    """Return the first two rows of a table whose other columns are numbers."""
    return [row(first, *others), row("---", *["---:"] * len(others))]


def size(value: float) -> str:
    """Write bytes for people."""
    for unit, bound in (("TB", TB), ("GB", GB), ("MB", MILLION)):
        if value >= bound:
            return f"{value / bound:,.0f} {unit}" if value >= 10 * bound else f"{value / bound:,.1f} {unit}"
    return f"{value / 1e3:,.0f} kB"


def duration(seconds: float) -> str:
    """Write seconds for people."""
    for unit, bound in (("h", 3600), ("min", 60)):
        if seconds >= 2 * bound:
            return f"{seconds / bound:,.0f} {unit}" if seconds >= 10 * bound else f"{seconds / bound:,.1f} {unit}"
    return f"{seconds:,.0f} s"


def machine(model: Model) -> Lines:
    """Return where the constants come from."""
    builds = ", ".join(f"{build.lines / MILLION:,.0f}" for build in model.builds)
    return [f"Measured on {model.large.machine}, at {builds} million lines."]


def stored(model: Model) -> Lines:
    """Return one row a large table: rows a line, and bytes a row."""
    rows = head("table", "rows in a thousand lines", "bytes a row", "bytes a line")
    files = model.large.file_bytes / model.large.lines
    rows.append(row("the CSV files", "1,000", f"{files:.0f}", f"{files:.1f}"))
    for name, table in model.large.tables.items():
        per_line = table.rows / model.large.lines
        each = table.bytes / table.rows
        rows.append(row(f"`{name}`", f"{1000 * per_line:,.1f}", f"{each:.0f}", f"{each * per_line:.1f}"))
    whole = model.large.warehouse_bytes / model.large.lines
    return [*rows, row("the warehouse", "", "", f"{whole:.1f}")]


def seconds(model: Model) -> Lines:
    """Return one row a step: fixed CPU seconds, and those of a million units, of a first build and of one more day."""
    rows = head("step", "grows with", "fixed, CPU s", "CPU s a million", "one more day: fixed", "and a million")
    for step, description in STEPS.items():
        full, day = model.line(step, "first"), model.line(step, "day")
        numbers = [f"{full[0]:.1f}", f"{full[1] * MILLION:.2f}", f"{day[0]:.1f}", f"{day[1] * MILLION:.2f}"]
        rows.append(row(step, f"{description.driver}s", *numbers))
    return rows


def check(model: Model) -> Lines:
    """Return one row a measured build: what the model says, and what was measured."""
    rows = head(
        "lines", *(f"{kind}: {what}" for kind in NAMES.values() for what in ("model, CPU s", "measured", "took"))
    )
    for build in model.builds:
        cells: list[str] = []
        for kind in NAMES:
            spent = sum(model.cpu_seconds(step, size_of(build), kind) for step in STEPS)
            measured = f"{sum(build.steps[kind].values()):,.0f}" if kind in build.steps else ""
            cells += [f"{spent:,.0f}", measured, f"{build.seconds[kind]:,.0f} s"]
        rows.append(row(f"{build.lines / MILLION:,.0f} million", *cells))
    return rows


def steps(of: Size) -> Callable[[Model], Lines]:
    """Return the table of a size: one row a step, with bytes and CPU hours."""

    def table(model: Model) -> Lines:
        rows = head("step", "scanned", "shuffled", "stored", "held at once", "CPU hours")
        totals = [0.0] * 3
        hours = 0.0
        for name, step in STEPS.items():
            scanned = sum(model.bytes(table, of) for table in step.reads)
            shuffled = sum(model.rows(table, of) * width for table, width in step.shuffled)
            written = sum(model.bytes(table, of) for table in step.writes)
            spent = model.cpu_seconds(name, of) / 3600
            cells = [size(value) if value else "" for value in (scanned, shuffled, written, model.state(name, of))]
            rows.append(row(name, *cells, f"{spent:,.1f}"))
            totals = [total + value for total, value in zip(totals, (scanned, shuffled, written), strict=True)]
            hours += spent
        return [*rows, row("all", *map(size, totals), "", f"{hours:,.1f}")]

    return table


def days(model: Model) -> Lines:
    """Return one row a size: what one more day costs."""
    rows = head("lines", "lines of a day", "CPU hours", f"on {MACHINE.cores} cores", "of a first build")
    for of in [*map(size_of, model.builds), *SIZES]:
        spent = sum(model.cpu_seconds(step, of, "day") for step in STEPS)
        full = sum(model.cpu_seconds(step, of) for step in STEPS)
        wall = duration(model.wall(of, "day"))
        rows.append(row(of.name, f"{of.lines / of.days:,.0f}", f"{spent / 3600:,.2f}", wall, f"{spent / full:.1%}"))
    return rows


def engines(model: Model) -> Lines:
    """Return one row an engine: time and price of a first build and of one more day."""
    rows = head("engine", *(f"{of.name}: {what}" for of in SIZES for what in ("first build", "US$", "a day, US$")))
    table: dict[str, list[str]] = {}
    for of in SIZES:
        full, day = (sum(model.cpu_seconds(s, of, kind) for s in STEPS) / 3600 for kind in ("first", "day"))
        held = max(model.state(step, of) for step in STEPS)
        one = (
            "in memory"
            if held < MACHINE.memory_gb * GB
            else f"spills, {held / GB / MACHINE.memory_gb:,.1f} times memory"
        )
        wall = duration(model.wall(of))
        hour = PRICES.core_hour / MACHINE.efficiency
        cores = full * MACHINE.spark_factor / MACHINE.efficiency / MACHINE.hours
        tib = model.scanned(of) / 2**40
        day_share = day / full
        credit = PRICES.snowflake_credit / PRICES.snowflake_cores / MACHINE.efficiency
        for name, cells in {
            f"DuckDB, {MACHINE.cores} cores, {MACHINE.memory_gb:.0f} GB": (f"{wall}, {one}", full * hour, day * hour),
            f"Spark, in {MACHINE.hours:.0f} h": (
                f"{max(cores, 2):,.0f} cores",
                full * MACHINE.spark_factor * hour,
                day * MACHINE.spark_factor * hour,
            ),
            "BigQuery, on demand": (
                f"{tib:,.1f} TiB scanned",
                tib * PRICES.bigquery_tib,
                tib * day_share * PRICES.bigquery_tib,
            ),
            "Snowflake, Standard": (
                f"{full / PRICES.snowflake_cores / MACHINE.efficiency:,.1f} credits",
                full * credit,
                day * credit,
            ),
        }.items():
            table.setdefault(name, []).extend([cells[0], f"{cells[1]:,.2f}", f"{cells[2]:,.2f}"])
    return rows + [row(name, *cells) for name, cells in table.items()]


TABLES: dict[str, Callable[[Model], Lines]] = {
    "machine": machine,
    "stored": stored,
    "seconds": seconds,
    "check": check,
    **{f"steps of {of.name}": steps(of) for of in SIZES},
    "days": days,
    "engines": engines,
}
