"""The adapter: dbt-spark's, with Python models that run in the session."""

from __future__ import annotations

from pkgutil import resolve_name
from typing import Any

from dbt.adapters.base import PythonJobHelper, available
from dbt.adapters.spark import SparkAdapter
from dbt.adapters.sparksession.connections import (
    SparkSessionConnectionManager,
    SparkSessionCredentials,
    spark_session,
)


class SessionPythonJobHelper(PythonJobHelper):
    """Runs the compiled code of a Python model in this process."""

    def __init__(self, parsed_model: dict[str, Any], credentials: SparkSessionCredentials) -> None:
        self._model = parsed_model
        self._credentials = credentials

    def submit(self, compiled_code: str) -> None:
        """Run it; its last lines write the table."""
        code = compile(compiled_code, self._model["original_file_path"], "exec")
        # A name that no module has: functions that go to workers go with their code.
        exec(code, {"__name__": "dbt_model", "spark": spark_session(self._credentials)})  # noqa: S102


class SparkSessionAdapter(SparkAdapter):
    """dbt-spark's adapter, in one session."""

    ConnectionManager = SparkSessionConnectionManager

    @property
    def default_python_submission_method(self) -> str:
        """Name of the only way."""
        return "session"

    @property
    def python_submission_helpers(self) -> dict[str, type[PythonJobHelper]]:
        """Ways to run a Python model."""
        return {"session": SessionPythonJobHelper}

    @available.parse_none
    def call_python(self, function: str, *arguments: Any) -> Any:
        """Call a function, such as package.module:function, with the session and arguments; return what it returns."""
        return resolve_name(function)(spark_session(self.config.credentials), *arguments)
