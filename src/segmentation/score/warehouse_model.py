"""The fitted model of a warehouse, opened for scoring."""

from __future__ import annotations

from pathlib import Path

import duckdb

from segmentation.scoring import Scorer
from segmentation.stored_model import read_model, read_reference


class NoModelError(Exception):
    """The warehouse holds no model to score with; the message says what to do."""


def open_model(warehouse: Path) -> Scorer:
    """Read the model of a warehouse.

    Parameters
    ----------
    warehouse : Path
        The DuckDB file that `dbt build` wrote; it is opened read-only.

    Raises
    ------
    NoModelError
        If there is no such file, it can't be opened, or it holds no finished model.
    """
    if not warehouse.exists():
        raise NoModelError(
            f"There is no warehouse at {warehouse}. Build one (make build), or name it with --warehouse."
        )
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            connection.execute("set enable_progress_bar = false")
            fitted = read_model(connection.sql("from intermediate.int_segmentation_model").df())
            reference, labels = read_reference(
                fitted,
                connection.sql("from intermediate.int_fitted_customers").df(),
                connection.sql("from intermediate.int_clustering_features where is_fit_sample").df(),
            )
            levels = connection.sql("from intermediate.int_confidence_levels order by votes").df()
            rates = connection.sql("from intermediate.int_segment_buying_rates order by segment_number").df()
    except duckdb.IOException as e:
        raise NoModelError(f"The warehouse {warehouse} can't be opened; is a build running? DuckDB says: {e}") from e
    except duckdb.CatalogException as e:
        raise NoModelError(f"The warehouse {warehouse} holds no model. Build it to the end first: dbt build.") from e
    return Scorer(fitted, reference, labels, levels["confidence"].to_numpy(), rates["buying_rate"].to_numpy())
