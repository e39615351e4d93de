"""The workbook: true to the tables, the same each time, and harmless whatever the files hold."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import Build
from python_calamine import CalamineWorkbook

from segmentation_charts.published import Snapshot
from segmentation_report import workbook
from segmentation_report.workbook import write_workbook

HOSTILE = ("=cmd|' /C calc'!A0", "https://example.com/x", "<b>&\x0b\u202e", "007", "x" * 40_000)


@pytest.fixture(scope="module")
def snapshot(sample_build: Build) -> Snapshot:
    return Snapshot(sample_build.warehouse.parent / "published")


def rows(path: Path, sheet: str) -> list[list[Any]]:
    """Rows of a sheet from its header on."""
    return CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python(skip_empty_area=False)[3:]


def test_sheets_hold_what_the_tables_say(snapshot: Snapshot, tmp_path: Path) -> None:
    path = write_workbook(snapshot, tmp_path)
    names = CalamineWorkbook.from_path(path).sheet_names
    assert names == [
        *(
            "Segments",
            "Months",
            "Who they are",
            "Products",
            "Categories",
            "Campaigns",
            "Forecast",
            "Customers",
            "Columns",
        ),
    ]
    header, *customers = rows(path, "Customers")
    table = snapshot.query("select customer_id, monetary, segment from customer_segments order by customer_id")
    place = [header.index(name) for name in ("Customer id", "Monetary", "Segment")]
    written = sorted(tuple(row[n] for n in place) for row in customers)
    assert written == [(c, float(m), s) for c, m, s in table.itertuples(index=False)]
    header, *months = rows(path, "Months")
    ((sold,),) = snapshot.query("select sum(revenue) from segment_sales where segment is not null").to_numpy()
    assert sum(sum(values) for _, *values in months) == pytest.approx(float(sold))
    explained = {(row[0], row[1]) for row in rows(path, "Columns")[1:]}
    assert {("segment_profiles", "holdout_share"), ("customer_value", "lifetime_value")} <= explained


def test_the_same_snapshot_gives_the_same_bytes(snapshot: Snapshot, tmp_path: Path) -> None:
    first, second = (write_workbook(snapshot, tmp_path / name).read_bytes() for name in ("a", "b"))
    assert first == second


def test_many_customers_are_written_one_by_one(
    snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_memory = write_workbook(snapshot, tmp_path / "a")
    monkeypatch.setattr(workbook, "IN_MEMORY", 10)
    monkeypatch.setattr(workbook, "MOST_ROWS", 104)
    streamed = write_workbook(snapshot, tmp_path / "b")
    assert rows(streamed, "Segments") == rows(in_memory, "Segments")
    assert rows(streamed, "Customers") == rows(in_memory, "Customers")[:101]
    with zipfile.ZipFile(streamed) as archive:
        assert not [name for name in archive.namelist() if "tables/" in name]
        about = archive.read("xl/worksheets/sheet8.xml").decode()
    assert "These are the 100 who spent the most, of 3,000." in about


@pytest.fixture
def hostile(snapshot: Snapshot, tmp_path: Path) -> Snapshot:
    """The sample with texts of strangers as countries, products and a currency."""
    version = tmp_path / "published/versions/1"
    version.mkdir(parents=True)
    shutil.copyfile(snapshot.path, version / "segments.duckdb")
    (tmp_path / "published/current").symlink_to("versions/1")
    with duckdb.connect(str(version / "segments.duckdb")) as connection:
        for number, value in enumerate(HOSTILE):
            connection.execute(
                "update customer_segments set country = $value where hash(customer_id) % 5 = $number",
                {"value": value, "number": number},
            )
        connection.execute("update segment_products set description = $value", {"value": HOSTILE[0]})
        connection.execute("update segment_categories set category = $value", {"value": HOSTILE[0]})
    return Snapshot(tmp_path / "published")


def test_texts_of_strangers_are_texts(hostile: Snapshot, tmp_path: Path) -> None:
    path = write_workbook(hostile, tmp_path)
    header, *customers = rows(path, "Customers")
    countries = {row[header.index("Country")] for row in customers}
    assert {"=cmd|' /C calc'!A0", "https://example.com/x", "007", "x" * 32_767} <= countries
    with zipfile.ZipFile(path) as archive:
        pages = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any("<f>" in page or "<hyperlink" in page for page in pages)


def test_an_office_opens_it(hostile: Snapshot, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    path = write_workbook(hostile, tmp_path)
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    command = [office, home, "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true"]
    subprocess.run([*command, "--outdir", str(tmp_path), str(path)], check=True, capture_output=True, timeout=180)
    text = (tmp_path / "segments.csv").read_text(encoding="utf-8")
    assert text.startswith("Segments")
    assert "VIP,240," in text
