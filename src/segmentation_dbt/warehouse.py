"""A dbt-duckdb plugin that opens the warehouse: with how much memory, and what to do where it can't be opened."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import re
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.credentials import DuckDBCredentials

from segmentation_dbt.plugin import EndOfBuildPlugin
from segmentation_dbt.version_files import identifier, text

READ_ALSO: dict[str, Path] = {}
"""Databases that are attached beside the warehouse, by name and only to be read: `make inspect` reads tables so."""

# Of malloc.h.
_M_MMAP_THRESHOLD, _M_MMAP_MAX = -3, -4


class Plugin(EndOfBuildPlugin):
    """Opens the warehouse once before dbt does, to give DuckDB's errors a remedy."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Take the memory limit from the profile; DuckDB knows no value that stands for its default."""
        self._memory_limit = str(plugin_config.get("memory_limit") or "")

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Set the limit; raise a RuntimeError, which dbt shows without a stack trace, where opening fails."""
        give_back_freed_memory()
        # dbt has read the project by now, and keeps it to the end: Python need not look through it again and again for
        # what could be freed, which takes a twentieth of a small build.
        gc.freeze()
        if self._memory_limit:
            config["memory_limit"] = self._memory_limit
        try:
            with duckdb.connect(creds.path, config=config) as connection:
                (stored,) = connection.sql(
                    "select path is not null from duckdb_databases() where not internal"
                ).fetchall()[0]
        except duckdb.Error as e:
            raise RuntimeError(explain(creds.path, str(e))) from e
        # DuckDB opens a CSV or Parquet file as a database in memory: all that is built there would be gone.
        if not stored and creds.path != ":memory:":
            raise RuntimeError(explain(creds.path, "not a valid DuckDB database file"))

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Attach what is read besides."""
        super().configure_connection(conn)
        for name, path in READ_ALSO.items():
            conn.execute(f"attach {text(path)} as {identifier(name)} (read_only)")


def give_back_freed_memory() -> None:
    """Have the C library return to the system what DuckDB frees; where it is not glibc, nothing is to be done.

    glibc no longer does so once a large piece was freed for the first time: what is freed later stays between pieces
    that are in use, and a build takes gigabytes more than its limit (duckdb/duckdb#8061).
    """
    with contextlib.suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        # DuckDB's blocks have 256 KiB. The default of 128 KiB holds as long as it is not left to glibc to raise it.
        library.mallopt(_M_MMAP_THRESHOLD, 128 * 1024)
        # Half of the mappings that Linux allows to a process. What is beyond is kept as before.
        library.mallopt(_M_MMAP_MAX, 32_768)


def explain(path: str, error: str) -> str:
    """Turn DuckDB's error into a message with a remedy.

    Parameters
    ----------
    path : str
        Of the warehouse.
    error : str
        What DuckDB said.
    """
    where = f"The warehouse {Path(path).absolute()} can't be opened"
    if "lock" in error and (process := re.search(r"PID (\d+)", error)):
        return (
            f"{where}: process {process[1]} has it open.\n"
            "A DuckDB file has one writer. Wait until the other build is done, close the program that reads it "
            "(a notebook, a BI tool, the DuckDB command line), or build into another file with SEGMENTS_WAREHOUSE."
        )
    if re.search("Memory must have|unit for memory", error):
        return f"{where}: its memory limit is wrong.\nSEGMENTS_MEMORY_LIMIT is a number and a unit, such as 6GiB."
    if "not a valid DuckDB database file" in error:
        return f"{where}: it is no DuckDB file.\nPoint SEGMENTS_WAREHOUSE at another path, or move the file away."
    if not Path(path).absolute().parent.is_dir():
        return f"{where}: its folder does not exist.\nMake the folder, or point SEGMENTS_WAREHOUSE elsewhere."
    if "No space left" in error:
        return f"{where}: its disk is full.\nMake room there, or point SEGMENTS_WAREHOUSE at another disk. {error}"
    return f"{where}.\nDuckDB says: {error}"
