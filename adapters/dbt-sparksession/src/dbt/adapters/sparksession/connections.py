"""Connections to the SparkSession of this process."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from dbt.adapters.contracts.connection import Connection, ConnectionState
from dbt.adapters.spark.connections import SparkConnectionManager, SparkConnectionMethod, SparkCredentials
from dbt.adapters.spark.session import Cursor, SessionConnectionWrapper
from dbt_common.exceptions import DbtRuntimeError
from pyspark.errors import PySparkException
from pyspark.sql import Row, SparkSession


@dataclass
class SparkSessionCredentials(SparkCredentials):
    """What a profile says: a schema, and settings of Spark as `server_side_parameters`."""

    method: SparkConnectionMethod = SparkConnectionMethod.SESSION
    host: str | None = "session"

    def __post_init__(self) -> None:
        """Turn on what dbt-spark turns off: in ANSI mode a number that does not fit is an error, and not a null."""
        super().__post_init__()
        self.server_side_parameters["spark.sql.ansi.enabled"] = "true"

    @property
    def type(self) -> str:
        """Name of the adapter in profiles."""
        return "sparksession"

    def _connection_keys(self) -> tuple[str, ...]:
        return ("schema",)


def spark_session(credentials: SparkSessionCredentials) -> SparkSession:
    """Return the session of this process: that of spark-submit or of SPARK_REMOTE, or one that starts here."""
    # dbt shows what went wrong; this logger would add Java's stack trace.
    logging.getLogger("SQLQueryContextLogger").disabled = True
    # Workers on this machine need the packages that this process has.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    settings = credentials.server_side_parameters
    if os.environ.get("SPARK_REMOTE", "").startswith("sc://"):
        return remote_session(tuple(sorted(settings.items())))
    # With a catalog that outlives the process.
    builder = SparkSession.builder.enableHiveSupport()
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


@cache
def remote_session(settings: tuple[tuple[str, str], ...]) -> SparkSession:
    """Return the session on a Spark Connect server, with the settings that a running server lets a session choose."""
    session = SparkSession.builder.getOrCreate()
    for name, value in settings:
        if session.conf.isModifiable(name):
            session.conf.set(name, value)
    return session


@contextmanager
def errors_of_dbt() -> Iterator[None]:
    """Turn errors of Spark into those that dbt expects, and shows without a stack trace."""
    try:
        yield
    except PySparkException as e:
        raise DbtRuntimeError(str(e)) from e


class SessionCursor(Cursor):
    """Runs SQL in the session."""

    def __init__(self, session: SparkSession) -> None:
        super().__init__()
        self._session = session

    def execute(self, sql: str, *parameters: Any) -> None:
        """Run a statement, or plan it where it is a query; parameters come as SQL already."""
        with errors_of_dbt():
            self._df = self._session.sql(sql % parameters if parameters else sql)

    def fetchall(self) -> list[Row] | None:
        """Return the rows of a query, which runs here."""
        with errors_of_dbt():
            return super().fetchall()

    def fetchone(self) -> Row | None:
        """Return the next row of a query; the first runs it."""
        with errors_of_dbt():
            return super().fetchone()


class SparkSessionConnectionWrapper(SessionConnectionWrapper):
    """Writes the values of a seed as literals."""

    @classmethod
    def _fix_binding(cls, value: Any) -> str:
        if value is None:
            return "null"
        text = str(value).replace("\\", "\\\\").replace("'", "\\'")
        return f"'{text}'"


class SessionConnection:
    """What hands out cursors."""

    def __init__(self, session: SparkSession) -> None:
        self._session = session

    def cursor(self) -> SessionCursor:
        """Return a cursor of its own for each statement."""
        return SessionCursor(self._session)


class SparkSessionConnectionManager(SparkConnectionManager):
    """Opens the session."""

    TYPE = "sparksession"

    @classmethod
    def open(cls, connection: Connection) -> Connection:
        """Return the connection with the session of this process."""
        if connection.state != ConnectionState.OPEN:
            connection.handle = SparkSessionConnectionWrapper(SessionConnection(spark_session(connection.credentials)))
            connection.state = ConnectionState.OPEN
        return connection
