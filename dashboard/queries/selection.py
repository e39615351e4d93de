"""What a page is narrowed down to: a country, and the months from one to another."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from segmentation_charts import formats

ALL = "All countries"
ANY_SEGMENT = "Any segment"
UNKNOWN = "Country not known"


@dataclass(frozen=True)
class Country:
    """The customers that are looked at.

    Parameters
    ----------
    choice : str, default all of them
        ALL, UNKNOWN, or the name of a country.
    """

    choice: str = ALL

    @property
    def is_all(self) -> bool:
        """Whether every customer is looked at."""
        return self.choice == ALL

    @property
    def condition(self) -> str:
        """What SQL asks of the column `country`; the name itself is only ever a parameter."""
        return {ALL: "true", UNKNOWN: "country is null"}.get(self.choice, "country = $country")

    @property
    def parameters(self) -> dict[str, object]:
        """Parameters of the condition."""
        return {} if self.choice in {ALL, UNKNOWN} else {"country": self.choice}

    @property
    def words(self) -> str:
        """What follows "customers" in a sentence, as plain text."""
        return {ALL: "of all countries", UNKNOWN: "whose country is not known"}.get(self.choice, f"of {self.choice}")


@dataclass(frozen=True)
class Period:
    """Months from the first to the last, both included; dates are the first days of months."""

    first: datetime.date
    last: datetime.date

    @property
    def parameters(self) -> dict[str, object]:
        """Parameters of queries: $first and $last, days of which the last is included."""
        following = (self.last + datetime.timedelta(days=31)).replace(day=1)
        return {"first": self.first, "last": following - datetime.timedelta(days=1)}

    @property
    def words(self) -> str:
        """The period in words."""
        if self.first == self.last:
            return f"in {formats.month(self.first)}"
        return f"from {formats.month(self.first)} to {formats.month(self.last)}"
