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

from segmentation_dbt.fit_rows import FITS, UnreadableFitsError, conform
from segmentation_dbt.former_fits import read_former

FIXTURES = PROJECT / "tests/python/fixtures/upgrade"
MARTS = sorted(path.stem for path in (PROJECT / "models/marts").rglob("*.sql"))
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
    fits = "select fit_number, reason from intermediate.int_fits"
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
    fits = (
        "select fit_number, fitted_as_of, model_version, reason, settings, previous_fit_number from intermediate.{} "
        "order by fit_number"
    )
    expected = {mart: before.rows(query) for mart, query in queries.items()}
    kept = before.rows(fits.format("int_complete_fits"))
    assert [number for number, *_ in kept] == [1, 2]

    upgraded = build(tmp_path, ("build",), segment_share_change_error=0.9)
    assert "files       4, 0 read in this build" in upgraded.output
    *former, new = upgraded.rows(fits.format("int_fits"))
    assert former == kept
    assert (new[0], new[-1], new[3].startswith("settings changed: cluster_features")) == (3, 2, True)
    for mart, query in queries.items():
        assert upgraded.rows(query) == expected[mart], mart
    assert upgraded.rows(
        "select count(skew_before), count(gap_days), count(distinct fit_number) "
        "from intermediate.int_segmentation_model where fit_number < 3"
    ) == [(0, 0, 2)]

    assert upgraded.rows("select fit_number, compared_customers > 0 from intermediate.int_fits order by 1") == [
        (1, None), (2, True), (3, True),
    ]  # fmt: skip

    # A later version with a field more and one less in the lists, and without the tables of before.
    with duckdb.connect(str(before.warehouse)) as connection:
        connection.execute(
            "create or replace table intermediate.int_fits as select * replace (list_transform(segments, lambda s: "
            "struct_pack(segment_number := s.segment_number, segment := s.segment, feature_number := s.feature_number, "
            "feature := s.feature, center := s.center, scale := s.scale, low := s.low, high := s.high, "
            "lowest := s.lowest, highest := s.highest, scaled_centroid := s.scaled_centroid, centroid := s.centroid, "
            "customers_fitted := s.customers_fitted, gap_days := s.gap_days, new_days := s.new_days, "
            "returning_customers := s.returning_customers, is_gap_estimated := s.is_gap_estimated, former := 1)) "
            "as segments) from intermediate.int_fits"
        )
    again = build(tmp_path, WITHOUT_TESTS, segment_share_change_error=0.9)
    assert again.rows(fits.format("int_fits")) == [*former, new]
    assert again.rows("select count(skew_before), count(*) > 0 from intermediate.int_segmentation_model") == [(0, True)]
    assert again.rows(queries["segment_history"]) == expected["segment_history"]
    assert again.rows("select table_name from duckdb_tables() where table_name = 'int_complete_fits'") == []


def test_fits_that_cannot_be_read_are_left_as_they_are() -> None:
    with duckdb.connect() as connection:
        row = "select 1 as fit_number, [{{'votes': {}, 'former': 1}}] as confidence_levels"
        read = conform(connection.sql(row.format("3::smallint")).to_arrow_table())
        assert read.schema.equals(FITS)
        assert read.column("confidence_levels").to_pylist() == [[{"votes": 3, "confidence": None}]]
        assert read.column("segments").to_pylist() == [[]]
        for found, problem in (
            ("select 5 as format", "int_fits keeps can't be read: it has no column fit_number"),
            (
                row.format("'many'"),
                "int_fits.confidence_levels keeps can't be read: its column votes is",
            ),
            (row.format("2.5::double"), "its column votes is of type double"),
            ("select 1 as fit_number, 'x' as segments", "its column segments is of type string"),
        ):
            with pytest.raises(UnreadableFitsError, match=f"{problem}.*rename the table int_fits[.]"):
                conform(connection.sql(found).to_arrow_table())
        former = {"int_complete_fits": connection.sql("select 1 as fit_number")}
        with pytest.raises(UnreadableFitsError, match="int_refit_changes keeps can't be read: it is not there"):
            read_former(former.get)
        former["int_refit_changes"] = connection.sql("select 1 as fit_number, 2 as customers where false")
        former["int_segmentation_model"] = connection.sql("select 1 as number")
        with pytest.raises(
            UnreadableFitsError,
            match=r"int_segmentation_model keeps .* no column fit_number.*rename the table int_complete_fits",
        ):
            read_former(former.get)
    assert read_former(lambda _: None) is None
