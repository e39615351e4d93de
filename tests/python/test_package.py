"""The project works as a package of another dbt project, on a table that the other project has."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import yaml
from conftest import PROJECT

LINES = """
select
    i as invoice,
    'A' as stockcode,
    1 + i % 5 as quantity,
    2.5 as price,
    date '2024-01-01' + cast(i % 300 as integer) as sold_on,
    'c' || (i % 40) as customer
from range(600) as numbers (i)
"""


def test_an_installed_package_reads_a_table_of_the_project_that_installs_it(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models/sold_lines.sql").write_text(LINES)
    settings = {"invoice_relation": "main.sold_lines", "column_map": {"invoiced_at": "sold_on"}}
    files = {
        "dbt_project.yml": {"name": "shop", "version": "1.0.0", "profile": "shop", "vars": {"segmentation": settings}},
        "packages.yml": {"packages": [{"local": str(PROJECT)}]},
        "profiles.yml": {"shop": {"target": "dev", "outputs": {"dev": {"type": "duckdb", "path": "shop.duckdb"}}}},
    }
    for name, content in files.items():
        (tmp_path / name).write_text(yaml.safe_dump(content))
    # An activated environment names the profiles of this project.
    environment = {name: value for name, value in os.environ.items() if name != "DBT_PROFILES_DIR"}
    for arguments in (
        ["deps"],
        ["build", "--select", "package:shop"],
        ["build", "--exclude-resource-type", "unit_test"],
    ):
        run = subprocess.run(
            [str(Path(sys.executable).parent / "dbt"), *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stdout
    assert "published   nothing: the plugin segmentation_dbt.publishing is not in the profile" in run.stdout
    with duckdb.connect(str(tmp_path / "shop.duckdb"), read_only=True) as connection:
        audit = connection.sql("select source_file, rows_read, rows_accepted from marts.load_audit").fetchall()
        customers = connection.sql("select count(*) from marts.customer_segments").fetchone()
    assert audit == [("main.sold_lines", 600, 600)]
    assert customers == (40,)
