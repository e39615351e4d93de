"""Warehouses of earlier versions are built on, and lose nothing.

They are in `fixtures/upgrade`, built from the files beside them in a folder of that kind with the settings of `build`:
lines of the sample, of which one file is delivered twice and one row is rejected. Then they were copied
(`copy from database`), which leaves out what is free in the file, and compressed with `gzip -9`.

- `without_fits` is of the first released schema (commit 7482cad): it kept no fits.
- `with_fits` is of version 0.1.0 (commit f785de3), built in three complete builds with
  `segment_share_change_error: 0.9`: the files of 2023, the one that is delivered twice, that of 2024, with which the
  model is refitted. It holds two fits, 23 months of history and what was audited.
"""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import PROJECT, WITHOUT_TESTS, Build, dbt

from segmentation_dbt.fit_tables import FIT_TABLES, UnreadableFitsError, read_stored

FIXTURES = PROJECT / "tests/python/fixtures/upgrade"
MARTS = sorted(path.stem for path in (PROJECT / "models/marts").glob("*.sql"))
# The first warehouse kept when it read its files, and no fits: the reason of the first one says so.
COLUMNS = {
    "load_audit": "* exclude (loaded_at)",
    "segmentation_quality": "* replace (case when check_name <> 'refit' then explanation end as explanation)",
}
LOADED = "select source_file, loaded_at from staging.base_invoice_files order by source_file"


def stored(folder: Path, name: str) -> Build:
    """The warehouse of an earlier version, in a folder with its files."""
    shutil.copytree(FIXTURES / "invoices", folder / "invoices")
    warehouse = folder / "warehouse.duckdb"
    warehouse.write_bytes(gzip.decompress((FIXTURES / f"{name}.duckdb.gz").read_bytes()))
    return Build(warehouse, folder, 0, "", 0)


def build(folder: Path, arguments: tuple[str, ...], **variables: Any) -> Build:
    # The paths of files are a part of what is stored: relative ones are the same anywhere.
    built = dbt(folder, "invoices/*.csv", variables, arguments)
    assert built.exit_code == 0, built.output
    return built


def test_a_warehouse_without_fits_equals_a_new_one(tmp_path: Path) -> None:
    new = tmp_path / "new"
    before = stored(tmp_path / "old", "without_fits")
    shutil.copytree(FIXTURES / "invoices", new / "invoices")
    loaded = before.rows(LOADED)
    rows = before.rows("select count(*) from marts.rejected_invoice_lines")
    assert (len(loaded), rows) == (4, [(603,)])

    fresh = build(new, WITHOUT_TESTS)
    upgraded = build(tmp_path / "old", ("build",))
    assert "files       4, 0 read in this build" in upgraded.output
    assert upgraded.rows(LOADED) == loaded
    fits = "select fit_number, reason from intermediate.int_complete_fits"
    assert upgraded.rows(fits) == [(1, "the first fit of a warehouse that kept no fits before")]
    for mart in MARTS:
        query = f"select {COLUMNS.get(mart, '*')} from marts.{mart} order by all"
        assert upgraded.rows(query) == fresh.rows(query), mart


def test_a_warehouse_keeps_its_fits_when_the_columns_of_their_tables_change(tmp_path: Path) -> None:
    """The defaults of the features and the names have changed: the first build refits, and loses nothing of before."""
    before = stored(tmp_path, "with_fits")
    with duckdb.connect(str(before.warehouse)) as connection:
        # As if this version had added the one and taken away the other.
        connection.execute("alter table intermediate.int_segmentation_model drop column skew_before")
        connection.execute("alter table intermediate.int_fitted_customers add column former double")
        ((last_month,),) = connection.execute("select max(month_end) from marts.segment_history").fetchall()
        versions = [
            v for (v,) in connection.execute("select distinct model_version from marts.segment_history").fetchall()
        ]
        of_kept_fits = {
            "segment_history": f"month_end < '{last_month}'",
            "segmentation_model": "model_version in ('" + "', '".join(versions) + "')",
        }
        unchanged = ("load_audit", "invoice_lines", "rejected_invoice_lines")
        queries = {}
        for mart in (*unchanged, *of_kept_fits):
            columns = [f'"{row[0]}"' for row in connection.execute(f"describe marts.{mart}").fetchall()]
            known = ", ".join(column for column in columns if column != '"is_in_force"')
            queries[mart] = f"select {known} from marts.{mart} where {of_kept_fits.get(mart, 'true')} order by all"
    fits = "select * from intermediate.int_complete_fits order by fit_number"
    expected = {mart: before.rows(query) for mart, query in queries.items()}
    kept = before.rows(fits)
    assert [number for number, *_ in kept] == [1, 2]

    upgraded = build(tmp_path, ("build",), segment_share_change_error=0.9)
    assert "files       4, 0 read in this build" in upgraded.output
    *former, new = upgraded.rows(fits)
    assert former == kept
    assert (new[0], new[-1], new[3].startswith("settings changed: cluster_features")) == (3, 2, True)
    for mart, query in queries.items():
        assert upgraded.rows(query) == expected[mart], mart
    assert upgraded.rows(
        "select count(skew_before), count(gap_days), count(distinct fit_number) "
        "from intermediate.int_segmentation_model where fit_number < 3"
    ) == [(0, 0, 2)]


def test_fits_that_cannot_be_read_are_left_as_they_are() -> None:
    with duckdb.connect() as connection:
        for found, problem in (
            ("select 1 as neighbors", "it has no column fit_number"),
            (
                "select 1 as fit_number, 5 as neighbors, 'many' as votes, 0.5 as confidence",
                "its column votes is of type string",
            ),
            ("select 1 as fit_number, 2.5::double as votes", "its column votes is of type double"),
        ):
            with pytest.raises(UnreadableFitsError, match=f"int_confidence_levels keeps can't be read: {problem}"):
                read_stored(connection.sql(found), "int_confidence_levels")
        with pytest.raises(UnreadableFitsError, match="it is not there"):
            read_stored(None, "int_confidence_levels")
        older = connection.sql("select 1::smallint as fit_number, 3 as votes, 0.5 as confidence, 1 as former")
        read = read_stored(older, "int_confidence_levels")
        assert read.to_arrow_table().schema == FIT_TABLES["int_confidence_levels"]
        assert read.fetchall() == [(1, None, 3, 0.5)]
