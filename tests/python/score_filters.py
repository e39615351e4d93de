"""Which macros dbt-score looks at."""

from __future__ import annotations

from dbt_score import Macro, rule_filter


@rule_filter
def is_called_by_its_name(macro: Macro) -> bool:
    """Macros but those that stand for another on one database, which share its description."""
    return not macro.name.startswith(("default__", "spark__"))
