"""A warehouse of the first released schema is built on, and then equals a new one.

The warehouse in `fixtures/first_release` was built by commit 7482cad in that folder, from the files that stand there
and with the settings of `build`: lines of the sample, of which one file is delivered twice and one row is rejected.
Then it was copied (`copy from database`), which leaves out what is free in the file, and compressed with `gzip -9`.
"""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

from conftest import PROJECT, WITHOUT_TESTS, WITHOUT_UNIT_TESTS, Build, dbt

FIRST_RELEASE = PROJECT / "tests/python/fixtures/first_release"
# The old warehouse kept when it read its files, and no fits: the reason of the first one says so.
COLUMNS = {
    "load_audit": "* exclude (loaded_at)",
    "segmentation_quality": "* replace (case when check_name <> 'refit' then explanation end as explanation)",
}
LOADED = "select source_file, loaded_at from staging.base_invoice_files order by source_file"


def build(folder: Path, arguments: tuple[str, ...]) -> Build:
    # The paths of files are a part of what is stored: relative ones are the same anywhere.
    built = dbt(folder, "invoices/*.csv", arguments=arguments)
    assert built.exit_code == 0, built.output
    return built


def test_a_warehouse_of_the_first_release_is_built_on(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        shutil.copytree(FIRST_RELEASE, folder)
    (old / "warehouse.duckdb").write_bytes(gzip.decompress((FIRST_RELEASE / "warehouse.duckdb.gz").read_bytes()))
    before = Build(old / "warehouse.duckdb", old, 0, "", 0)
    loaded = before.rows(LOADED)
    rows = before.rows("select count(*) from marts.rejected_invoice_lines")
    assert (len(loaded), rows) == (4, [(603,)])

    fresh = build(new, WITHOUT_TESTS)
    for arguments in (WITHOUT_UNIT_TESTS, WITHOUT_TESTS):
        upgraded = build(old, arguments)
        assert "files       4, 0 read in this build" in upgraded.output
        assert upgraded.rows(LOADED) == loaded
        for mart in sorted(path.stem for path in (PROJECT / "models/marts").glob("*.sql")):
            query = f"select {COLUMNS.get(mart, '*')} from marts.{mart} order by all"
            assert upgraded.rows(query) == fresh.rows(query), mart
