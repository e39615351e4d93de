"""What a build costs at sizes that were not measured: its steps, and straight lines through measured builds.

What is measured comes from `measured_builds.py`; what is assumed of machines, engines and prices is here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from benchmarks.measured_builds import Measured

TB, GB, MILLION = 1e12, 1e9, 1e6


@dataclass(frozen=True)
class Size:
    """A shop: how many lines and customers it has, and of how many days."""

    name: str
    lines: float
    customers: float
    days: int = 730

    def units(self, driver: str) -> float:
        """Return how many of what a step's time grows with there are."""
        return {
            "line": self.lines,
            "customer": self.customers,
            # The model is fitted on a sample (fit_sample_size).
            "fitted customer": min(self.customers, 50_000),
            # The history is kept for two years (history_months).
            "customer-month": self.customers * min(self.days / 30.4, 24),
        }[driver]


@dataclass(frozen=True)
class Step:
    """A step of a build: what its time grows with, which tables it reads and writes, and what goes over the network.

    Attributes
    ----------
    driver : str
        line, customer, fitted customer or customer-month.
    reads, writes : tuple of str
        Tables of the warehouse; `files` stands for the invoice files.
    shuffled : tuple of (str, int)
        Tables whose rows are grouped or joined by another key than they are stored by, and the bytes of a row that go.
    state : tuple of (str, int)
        The rows of which one hash table holds all at the same time, and the bytes of each.
    """

    driver: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    shuffled: tuple[tuple[str, int], ...] = ()
    state: tuple[str, int] | None = None


ROWS, LINES, DAYS = "base_invoice_rows", "stg_invoice_lines", "int_customer_days"
STEPS = {
    "reading": Step("line", ("files",), (ROWS,)),
    "typing": Step("line", (ROWS,), (LINES,)),
    # A hash of the line and its id; the lines behind equal hashes are compared, and they are few.
    "copies": Step("line", (LINES,), ("int_duplicate_invoice_lines",), ((LINES, 24),), (LINES, 48)),
    # Day and customer sums: an id, a date and some amounts.
    "ledger": Step("line", (LINES,), ("int_file_invoice_days", DAYS), ((LINES, 48),), (DAYS, 150)),
    "customers": Step("customer", (DAYS,), ("customer_segments",), ((DAYS, 90),), ("customer_segments", 250)),
    "fit": Step("fitted customer", ("int_clustering_features",), ()),
    "assignment": Step("customer", ("int_clustering_features",), ("int_segment_assignments",)),
    "history": Step("customer-month", (DAYS,), ("int_segment_history",), ((DAYS, 90),), ("int_segment_history", 120)),
    "tests": Step("line", (LINES, DAYS), (), ((LINES, 24),), (LINES, 48)),
    "publishing": Step("customer", ("customer_segments", "int_segment_history"), ()),
    "dbt": Step("customer", (), ()),
}

SIZES = [
    Size("1 billion lines", 1e9, 1e9 / 130),
    Size("100 billion lines", 1e11, 1e11 / 130),
]
"""About a customer in 130 lines, two years: the measured shop, larger."""


@dataclass(frozen=True)
class Prices:
    """What clouds ask, in US dollars; put in your own. None of it was measured here."""

    # factualminds.com/blog/amazon-ec2-on-demand-pricing-instance-families-2026: m7g.large, 2 cores and 8 GiB, 0.0816 an
    # hour (us-east-1, on demand, June 2026).
    core_hour: float = 0.0408
    # redresscompliance.com/google-bigquery-pricing-on-demand-vs-reservations.html: on demand, a TiB scanned (2026).
    bigquery_tib: float = 6.25
    # modern-datatools.com/tools/snowflake/pricing: Standard, 2.00 to 3.10 a credit (2026); an X-Small warehouse takes
    # one an hour (docs.snowflake.net/manuals/user-guide/credits.html).
    snowflake_credit: float = 2.0
    # Cores of an X-Small warehouse. Snowflake does not say; 8 is what its users assume.
    snowflake_cores: int = 8


@dataclass(frozen=True)
class Machine:
    """A large machine, and what is assumed of engines; none of it was measured here."""

    cores: int = 64
    memory_gb: float = 512
    # Of the cores that are there, how many a long query keeps busy.
    efficiency: float = 0.7
    # CPU time of Spark for the same work, with its shuffles on disk, as a multiple of DuckDB's.
    spark_factor: float = 3.0
    # Memory of all executors of a Spark cluster, a core.
    spark_memory_gb: float = 4
    # Cores that a cluster is rented for, so that a build ends in about an hour.
    hours: float = 1.0


PRICES, MACHINE = Prices(), Machine()


class Model:
    """Seconds and bytes of steps.

    A step costs a fixed time and a time for each unit (line, customer, ...), neither below zero: the straight line
    whose relative errors at the measured builds are smallest (non-negative least squares). Bytes are those of the
    largest build, whose fixed parts weigh least.
    """

    def __init__(self, builds: list[Measured]) -> None:
        self.builds = sorted(builds, key=lambda build: build.lines)
        self.large = self.builds[-1]

    def line(self, step: str, kind: str) -> tuple[float, float]:
        """Return the fixed CPU seconds of a step, and those of a unit."""
        builds = [build for build in self.builds if kind in build.steps]
        seconds = np.array([max(build.steps[kind][step], 0.01) for build in builds])
        units = np.array([size_of(build).units(STEPS[step].driver) for build in builds])
        # In millions: the solver takes no columns whose sizes are too different.
        columns = np.column_stack([np.ones_like(units), units / MILLION]) / seconds[:, None]
        (fixed, slope), _ = nnls(columns, np.ones_like(seconds))
        return float(fixed), float(slope) / MILLION

    def cpu_seconds(self, step: str, size: Size, kind: str = "first") -> float:
        """Return the CPU seconds of a step in a build of a size; kind is first, day or nothing."""
        fixed, slope = self.line(step, kind)
        return fixed + slope * size.units(STEPS[step].driver)

    def wall(self, size: Size, kind: str = "first") -> float:
        """Return the seconds of a build on the large machine: what is fixed, on one core, and the rest on all."""
        fixed = sum(self.line(step, kind)[0] for step in STEPS)
        rest = sum(self.cpu_seconds(step, size, kind) for step in STEPS) - fixed
        return fixed + rest / MACHINE.cores / MACHINE.efficiency

    def rows(self, table: str, size: Size) -> float:
        """Return the rows of a table, which grow with lines, customers, or customers and months."""
        rows = self.large.tables[table].rows
        if table in ("customer_segments", "int_clustering_features", "int_segment_assignments"):
            return rows / self.large.customers * size.customers
        if table == "int_segment_history":
            return rows / size_of(self.large).units("customer-month") * size.units("customer-month")
        return rows / self.large.lines * size.lines

    def bytes(self, table: str, size: Size) -> float:
        """Return the bytes of a table, or of the files, as they are stored."""
        if table == "files":
            return self.large.file_bytes / self.large.lines * size.lines
        stored = self.large.tables[table]
        return stored.bytes / stored.rows * self.rows(table, size)

    def stored(self, size: Size) -> float:
        """Return the bytes of the whole warehouse."""
        return self.large.warehouse_bytes / self.large.lines * size.lines

    def scanned(self, size: Size) -> float:
        """Return the bytes that all steps of a full build read."""
        return sum(self.bytes(table, size) for step in STEPS.values() for table in step.reads)

    def state(self, step: str, size: Size) -> float:
        """Return the bytes of what a step holds at the same time."""
        state = STEPS[step].state
        return self.rows(state[0], size) * state[1] if state else 0.0


def size_of(build: Measured) -> Size:
    """Return the size of a measured build."""
    return Size(f"{build.lines / MILLION:,.0f} million lines", build.lines, build.customers, build.days)
