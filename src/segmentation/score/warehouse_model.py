"""The fitted model of a warehouse, opened for scoring."""

from __future__ import annotations

from pathlib import Path

import duckdb

from segmentation.scoring import Scorer
from segmentation.stored_form import read_scorer


class NoModelError(Exception):
    """The warehouse holds no model to score with; the message says what to do."""


def open_model(warehouse: Path, version: str | None = None) -> Scorer:
    """Read a model of a warehouse.

    Parameters
    ----------
    warehouse : Path
        The DuckDB file that `dbt build` wrote; it is opened read-only.
    version : str, optional
        The model_version to score with. Default: the one in force, the last that was fitted.

    Raises
    ------
    NoModelError
        If there is no such file, it can't be opened, or it holds no finished model, or none of that version.
    """
    if not warehouse.exists():
        raise NoModelError(
            f"There is no warehouse at {warehouse}. Build one (make build), or name it with --warehouse."
        )
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            connection.execute("set enable_progress_bar = false")
            fits = connection.sql(
                "select model_version, fit_number from intermediate.int_fits order by fit_number"
            ).fetchall()
            numbers = dict(fits)
            if version is not None and version not in numbers:
                raise NoModelError(
                    f"The warehouse {warehouse} holds no model of version {version}. It holds {', '.join(numbers)}."
                )
            number = fits[-1][1] if version is None else numbers[version]
            found = connection.execute(
                "select segments, reference_customers, confidence_levels from intermediate.int_fits "
                "where fit_number = ?",
                [number],
            )
            return read_scorer(found.to_arrow_table().to_pylist()[0])
    except duckdb.IOException as e:
        raise NoModelError(f"The warehouse {warehouse} can't be opened; is a build running? DuckDB says: {e}") from e
    except duckdb.CatalogException as e:
        raise NoModelError(f"The warehouse {warehouse} holds no model. Build it to the end first: dbt build.") from e
