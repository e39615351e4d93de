"""What was measured, as it is in a JSON file: medians, and ratios of what ran in the same round."""

from __future__ import annotations

import json
import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Measure = Literal["seconds", "cpu_seconds", "peak_gib"]
Shop = int | str
"""Lines as asked for, or a name in SMALL."""

WAYS = {
    "floor": "Floor: DuckDB's bare read, one group-by",
    "polars": "Polars: data part of the notebook",
    "notebook": "Notebook: pandas and scikit-learn",
    "same_job": "Build of the notebook's job only",
    "whole": "Whole build",
    "parsed": "Whole build, parsed before",
    "day": "One more day",
    "nothing": "Nothing new",
    "again": "Nothing new, and built all the same",
}
"""What is measured on each shop, in the order of a round."""

SMALL = {"online_retail": "Online Retail", "sample": "The sample"}
"""Shops whose file is at hand, on which only the notebook, the whole build and nothing new are measured."""

BUILDS = ("same_job", "whole", "parsed", "day", "nothing", "again")
"""Those of the project."""


@dataclass(frozen=True)
class Results:
    """What was measured.

    Attributes
    ----------
    record : dict
        machine and versions (of str to str), commands, notebook_up_to and stop_above_gib; shops by lines asked for, or
        by name in SMALL (lines, customers, files, bytes, memory_limit, and rounds: a dict a round of way to seconds,
        cpu_seconds, peak_gib, stopped, and for builds phases); assignment by customers (a dict of run to what it
        printed, with peak_gib).
    """

    record: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> Results:
        """Read what `write` wrote."""
        return cls(json.loads(path.read_text()))

    def write(self, path: Path) -> None:
        """Write all of it to a file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.record, indent=1) + "\n")

    @property
    def sizes(self) -> list[int]:
        """Lines of the shops as asked for, rising, without those of SMALL."""
        return sorted(int(size) for size in self.record["shops"] if size not in SMALL)

    @property
    def small(self) -> list[str]:
        """Names of the shops of SMALL."""
        return [name for name in SMALL if name in self.record["shops"]]

    @property
    def shops(self) -> list[Shop]:
        """All shops, the small ones first."""
        return [*self.small, *self.sizes]

    def shop(self, size: Shop) -> dict[str, Any]:
        """Return what is known of a shop."""
        found: dict[str, Any] = self.record["shops"][str(size)]
        return found

    def runs(self, size: Shop, way: str) -> list[dict[str, Any] | None]:
        """Return one element a round; None where it did not run to its end, or there is no such shop."""
        rounds = self.record["shops"].get(str(size), {}).get("rounds", [])
        return [None if way not in done or done[way]["stopped"] else done[way] for done in rounds]

    def median(self, size: Shop, way: str, measure: Measure = "seconds") -> float | None:
        """Return the median of the rounds; None if there is none."""
        values = [run[measure] for run in self.runs(size, way) if run]
        return statistics.median(values) if values else None

    def most(self, size: Shop, way: str, measure: Measure) -> float | None:
        """Return the most of any round; None if there is none."""
        return max((run[measure] for run in self.runs(size, way) if run), default=None)

    def typical_run(self, size: Shop, way: str) -> dict[str, Any] | None:
        """Return the run of the median seconds, of two the quicker; None if there is none."""
        runs = sorted((run for run in self.runs(size, way) if run), key=lambda run: run["seconds"])
        return runs[(len(runs) - 1) // 2] if runs else None

    def ratio(self, above: tuple[Shop, str], below: tuple[Shop, str], measure: Measure = "seconds") -> float | None:
        """Return the median of the rounds' ratios of two runs, each a size and a way; None if there is none."""
        pairs = zip(self.runs(*above), self.runs(*below), strict=False)
        ratios = [one[measure] / other[measure] for one, other in pairs if one and other]
        return statistics.median(ratios) if ratios else None

    def assigned(self, customers: int, run: str, key: str) -> float | None:
        """Return a figure of the assignment of so many customers; None where it was not measured."""
        value: float | None = self.record["assignment"].get(str(customers), {}).get(run, {}).get(key)
        return value
