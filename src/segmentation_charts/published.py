"""The published marts, opened to read."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

DATABASE = "segments.duckdb"


class NothingPublishedError(Exception):
    """There is no published version to read."""


class Snapshot:
    """One published version. It stays readable, and the same, when a later one is published.

    Parameters
    ----------
    folder : Path, default from the environment variable SEGMENTS_PUBLISHED, else `published`
        What `dbt build` published to.
    version : str, default the current one
        Name of a version in the folder.

    Raises
    ------
    NothingPublishedError
        Where the folder holds no version.

    Attributes
    ----------
    version : str
        Name of the version.
    manifest : dict
        What it is and holds: as_of_date, published_at, row_counts, left_out, currency and more.
    """

    def __init__(self, folder: Path | None = None, version: str | None = None) -> None:
        folder = folder or published_folder()
        self.version = version or current_version(folder)
        self.path = folder / "versions" / self.version / DATABASE
        # Nothing of a stranger's file is loaded, and no other file can be reached through it.
        config = {"enable_external_access": "false", "autoinstall_known_extensions": "false"}
        self._connection = duckdb.connect(str(self.path), read_only=True, config=dict(config))
        ((manifest,),) = self._connection.execute("select manifest from published_manifest").fetchall()
        self.manifest: dict[str, Any] = json.loads(manifest)

    @property
    def tables(self) -> set[str]:
        """Names of the marts that it holds; those with a row a line may have been left out."""
        return set(self.manifest["row_counts"])

    @property
    def currency(self) -> str:
        """What comes before amounts: the var `currency` of the build; empty for nothing."""
        return str(self.manifest.get("currency") or "")

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> pd.DataFrame:
        """Return the rows of a query; values go into it only as parameters, `$name`.

        Parameters
        ----------
        sql : str
            On the tables of the snapshot, without a schema.
        parameters : mapping of str to object, default none
            Values of the query's parameters.
        """
        with self._connection.cursor() as cursor:
            return cursor.execute(sql, dict(parameters) if parameters else None).df()

    def batches(
        self,
        sql: str,
        parameters: Mapping[str, object] | None = None,
        given: Mapping[str, pa.Table] | None = None,
    ) -> pa.RecordBatchReader:
        """Return the rows of a query in batches, for results of any length.

        Parameters
        ----------
        sql : str
            On the tables of the snapshot, without a schema.
        parameters : mapping of str to object, default none
            Values of the query's parameters.
        given : mapping of str to Table, default none
            Further tables that the query reads, by name.
        """
        cursor = self._connection.cursor()
        for name, rows in (given or {}).items():
            cursor.register(name, rows)
        return cursor.execute(sql, dict(parameters) if parameters else None).to_arrow_reader(100_000)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def published_folder() -> Path:
    """Folder that `dbt build` publishes to: the environment variable SEGMENTS_PUBLISHED, else `published`."""
    return Path(os.environ.get("SEGMENTS_PUBLISHED", "published"))


def current_version(folder: Path) -> str:
    """Name of the version that is current; cheap enough to ask at every click.

    Parameters
    ----------
    folder : Path
        What `dbt build` published to.

    Raises
    ------
    NothingPublishedError
        Where the folder holds no version.
    """
    try:
        return (folder / "current").readlink().name
    except OSError as e:
        raise NothingPublishedError(
            f"Nothing is published in {folder.absolute()}. Run `make build` (or `dbt build`) first; a build publishes "
            "when all its tests have passed. The environment variable SEGMENTS_PUBLISHED names another folder."
        ) from e
