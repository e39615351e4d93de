"""The bars that the project is held to, and whether what was measured meets them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from benchmarks.results import BUILDS, Results, Shop

MILLION = 1_000_000
TEN, HUNDRED = 10 * MILLION, 100 * MILLION


@dataclass(frozen=True)
class Bar:
    """A bar, and what was measured.

    Attributes
    ----------
    what : str
    value : float or None
        None where it was not measured.
    unit : str
        How numbers are written, such as {:.1f} s.
    bound : float
    is_least : bool, default False
        Whether the value must not be below the bound, instead of above it.
    build, reference : tuple of int and str, optional
        The build whose time the bar is about and what it is compared with, each as a shop and a way.
    """

    what: str
    value: float | None
    unit: str
    bound: float
    is_least: bool = False
    build: tuple[Shop, str] | None = None
    reference: tuple[Shop, str] | None = None

    @property
    def verdict(self) -> Literal["met", "missed", "not measured"]:
        """Whether the value meets the bar."""
        if self.value is None:
            return "not measured"
        return "met" if (self.value >= self.bound if self.is_least else self.value <= self.bound) else "missed"

    @property
    def asked(self) -> str:
        """The bar in words."""
        return f"{'at least' if self.is_least else 'at most'} {self.unit.format(self.bound)}"

    @property
    def measured(self) -> str:
        """The value in words."""
        return "" if self.value is None else self.unit.format(self.value)


def bars(results: Results) -> list[Bar]:
    """Hold what was measured to the bars."""
    r = results
    peaks = [peak for build in BUILDS if (peak := r.most(HUNDRED, build, "peak_gib")) is not None]
    nothing = [seconds for shop in r.shops if (seconds := r.median(shop, "nothing")) is not None]
    alone = [
        customers / seconds
        for customers in (MILLION, 10 * MILLION)
        if (seconds := r.assigned(customers, "alone", "seconds")) is not None
    ]
    small, large = (r.assigned(customers, "alone", "peak_gib") for customers in (MILLION, 10 * MILLION))
    times = "{:.1f} times"
    return [
        Bar(
            "Online Retail: the whole build's time over the notebook's",
            r.ratio(("online_retail", "parsed"), ("online_retail", "notebook")),
            times,
            bound=5,
        ),
        Bar("The sample: `make build`, installed", r.median("sample", "parsed"), "{:.1f} s", bound=15),
        Bar(
            "10 million lines: the notebook's time over that of a build of the same job",
            r.ratio((TEN, "notebook"), (TEN, "same_job")),
            times,
            bound=20,
            is_least=True,
            build=(TEN, "same_job"),
            reference=(TEN, "notebook"),
        ),
        Bar(
            "10 million lines: the notebook's time over that of the whole build",
            r.ratio((TEN, "notebook"), (TEN, "whole")),
            times,
            bound=10,
            is_least=True,
            build=(TEN, "whole"),
            reference=(TEN, "notebook"),
        ),
        Bar(
            "10 million lines: the whole build's peak memory over the notebook's",
            r.ratio((TEN, "whole"), (TEN, "notebook"), "peak_gib"),
            "{:.2f} times",
            bound=1 / 3,
        ),
        Bar(
            "100 million lines: the whole build's time over the floor's",
            r.ratio((HUNDRED, "whole"), (HUNDRED, "floor")),
            times,
            bound=12,
            build=(HUNDRED, "whole"),
            reference=(HUNDRED, "floor"),
        ),
        Bar("100 million lines: peak memory of any build", max(peaks, default=None), "{:.2f} GiB", bound=8),
        Bar(
            "100 million lines: the whole build's time over that of 10 million",
            r.ratio((HUNDRED, "whole"), (TEN, "whole")),
            times,
            bound=11,
        ),
        Bar(
            "100 million lines: one more day over the whole build",
            r.ratio((HUNDRED, "day"), (HUNDRED, "whole")),
            "{:.3f} times",
            bound=0.1,
            build=(HUNDRED, "day"),
            reference=(HUNDRED, "whole"),
        ),
        Bar("Nothing new, the slowest of the shops", max(nothing, default=None), "{:.2f} s", bound=1),
        Bar(
            "15 neighbours among 50,000: customers a second, the slower of 1 and 10 million",
            min(alone, default=None),
            "{:,.0f}",
            bound=400_000,
            is_least=True,
        ),
        Bar(
            "15 neighbours among 50,000: peak memory of 10 million customers over that of 1 million",
            large / small if small and large else None,
            "{:.2f} times",
            bound=1.1,
        ),
        Bar(
            "A million customers whom scikit-learn's exact classifier puts elsewhere",
            r.assigned(MILLION, "compare", "different"),
            "{:.0f}",
            bound=0,
        ),
    ]
