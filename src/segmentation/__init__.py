"""Customer segmentation as pure functions, arrays in, arrays out, and as two objects: `Segmentation`, `CustomerValue`.

Nothing here knows of dbt, DuckDB or Spark; the dbt Python models in ``python_models/`` call it.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segmentation.segmentation import Segmentation
    from segmentation.value.customer_value import CustomerValue

__all__ = ["CustomerValue", "Segmentation"]


def __getattr__(name: str) -> Any:
    # Not before it is asked for: scikit-learn takes half a second, and not all that is here needs it.
    if name == "Segmentation":
        from segmentation.segmentation import Segmentation

        return Segmentation
    if name == "CustomerValue":
        from segmentation.value.customer_value import CustomerValue

        return CustomerValue
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
