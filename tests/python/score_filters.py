"""Which macros dbt-score looks at."""

# dbt-score reads the annotations, so they can't be put off as in other modules.
from dbt_score import rule_filter
from dbt_score.models import Macro


@rule_filter
def is_called_by_its_name(macro: Macro) -> bool:
    """Macros but those that stand for another on one database, which share its description."""
    return not macro.name.startswith(("default__", "spark__", "sparksession__"))
