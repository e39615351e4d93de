"""What the plugins of this package have in common: the way from dbt's macros to the end of a build."""

from __future__ import annotations

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.adapters.duckdb.utils import TargetConfig
from duckdb.func import FunctionNullHandling


class EndOfBuildPlugin(BasePlugin):
    """Runs the end of a build, and keeps what went wrong for the function `<name of the plugin>_problem` of SQL."""

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Keep the connection that dbt opened, and give it the function."""
        self._connection = conn
        self._problem: str | None = None
        conn.create_function(
            f"{self.name}_problem",
            lambda: self._problem,
            [],
            "varchar",
            null_handling=FunctionNullHandling.SPECIAL,
            side_effects=True,
        )

    def store(self, target_config: TargetConfig) -> None:
        """Run the end of the build that the macro run_end_of_build describes as the configuration of a table."""
        # Most runs of dbt don't build.
        from segmentation_dbt.end_of_build import finish

        with self._connection.cursor() as cursor:
            self._problem = finish(cursor, target_config.config)
