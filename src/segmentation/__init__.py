"""Customer segmentation as pure functions, arrays in, arrays out, and as one object: `Segmentation`.

Nothing here knows of dbt, DuckDB or Spark; the dbt Python models in ``python_models/`` call it.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segmentation.segmentation import Segmentation

__all__ = ["Segmentation"]


def __getattr__(name: str) -> Any:
    # Not before it is asked for: scikit-learn takes half a second, and not all that is here needs it.
    if name == "Segmentation":
        from segmentation.segmentation import Segmentation

        return Segmentation
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
