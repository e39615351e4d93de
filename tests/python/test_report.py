"""The report: true to the tables, complete by itself, the same each time, and harmless whatever names the data hold."""

from __future__ import annotations

import datetime
import html.parser
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import numpy as np
import pytest
from browser import LAPTOP, PHONE, Chromium, Scheme
from conftest import PROJECT, Build
from published_shop import changed
from sklearn.metrics import silhouette_samples

from segmentation.stored_form import read_model
from segmentation_charts.frames import lines, model, movement, rfm, segments, sold
from segmentation_charts.published import Snapshot
from segmentation_report.findings import findings
from segmentation_report.parts import Note, Table
from segmentation_report.report import sections, write_report

HOSTILE = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "]]><svg onload=alert(1)>",
    "\u202eevil\u2066",
    "{{ 7 * 7 }}",
    "שלום עולם",
    "a\x00b\x0bc\nd",
    "x" * 300,
)
# Texts of drawings that reach beyond their drawing, or over each other by more than a pixel or two.
CUT_OR_OVERLAPPING = """() => {
    const found = [];
    for (const drawing of document.querySelectorAll('.drawing svg')) {
        const frame = drawing.getBoundingClientRect();
        const texts = [...drawing.querySelectorAll('text')].filter(text => frame.width && text.textContent.trim());
        const boxes = texts.map(text => [text.textContent, text.getBoundingClientRect()]);
        boxes.forEach(([text, box], n) => {
            const beyond = Math.max(frame.left - box.left, box.right - frame.right, box.bottom - frame.bottom);
            if (beyond > 1) found.push(text);
            for (const [other, next] of boxes.slice(n + 1)) {
                const across = Math.min(box.right, next.right) - Math.max(box.left, next.left);
                const down = Math.min(box.bottom, next.bottom) - Math.max(box.top, next.top);
                if (across > 1 && down > 4) found.push(text + ' / ' + other);
            }
        });
    }
    return found;
}"""
FIGURES = {
    *("segment-sizes", "spending-by-month", "spending-per-customer", "return-rates"),
    *("value-by-segment", "value-concentration", "value-who-still-buys", "value-forecast"),
    *("value-forecast-of-groups", "value-probability-to-buy", "value-of-new-customers"),
    *("campaigns-brought", "campaign-1", "campaign-2"),
    *("migration-month", "migration-year", "cohort-retention"),
    *("rfm-distributions", "rfm-scatter"),
    *("elbow", "silhouette-by-count", "silhouette-plot", "segment-heatmap"),
    *("cleaning", "missing-values", "column-distributions", "top-products", "top-countries"),
    *("sales-by-month", "sales-by-weekday", "sales-by-hour"),
}


def write(published: Path, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command, as `make report` does."""
    command = [sys.executable, "-m", "segmentation_report", "--folder", str(folder), "--published", str(published)]
    settings = os.environ | {"PYTHONPATH": str(PROJECT / "src")} | environment
    return subprocess.run(command, env=settings, capture_output=True, text=True, check=False, timeout=300)


def written(published: Path, folder: Path, **environment: str) -> Path:
    run = write(published, folder, **environment)
    assert run.returncode == 0, run.stderr
    return folder


class Page(html.parser.HTMLParser):
    """The elements and the text of a page."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" not in self._open and data.strip():
            self.texts.append(data.strip())


@pytest.fixture(scope="module")
def published(sample_build: Build) -> Path:
    return sample_build.warehouse.parent / "published"


@pytest.fixture(scope="module")
def snapshot(published: Path) -> Iterator[Snapshot]:
    opened = Snapshot(published)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def report(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(published, tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def page(report: Path) -> Page:
    return Page(report / "report.html")


def test_every_figure_is_there_as_a_drawing_and_as_files(report: Path, page: Page) -> None:
    assert {a["id"] for tag, a in page.elements if tag == "figure"} == FIGURES
    files = {path.name for path in (report / "figures").iterdir()}
    assert files == {f"{name}.{kind}" for name in FIGURES for kind in ("svg", "png")}


def test_every_figure_says_from_how_many_customers(report: Path) -> None:
    captions = re.findall(r"<figcaption[^>]*>(.*?)</figcaption>", (report / "report.html").read_text(), re.DOTALL)
    assert len(captions) == len(FIGURES)
    assert [c for c in captions if not re.search(r"\d[\d,]* customers", c)] == []


def test_the_page_needs_nothing_else(page: Page) -> None:
    assert {tag for tag, _ in page.elements} & {"script", "link", "img", "iframe", "object", "image", "use"} == set()
    addresses = [a[name] or "" for _, a in page.elements for name in ("src", "href", "xlink:href") if name in a]
    assert [address for address in addresses if not address.startswith("#")] == []


def test_references_lead_somewhere(report: Path, page: Page) -> None:
    """Clips and gradients of figures are called alike: one page holds them all."""
    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert len(ids) == len(set(ids))
    text = (report / "report.html").read_text()
    found = {*re.findall(r"url\(#([^)]+)\)", text), *re.findall(r'href="#([^"]+)"', text)}
    assert found - set(ids) == set()


def test_only_words_for_people_are_shown(page: Page) -> None:
    """No name of a column, no value that is none, no number without its commas, but for numbers that are names."""
    strange = re.compile(r"\b(nan|none|null|undefined|nat|infinity)\b|[a-z]_[a-z]|\d{5,}", re.IGNORECASE)
    codes = re.compile(r"[A-Z]?\d{5,6}[A-Z]?|.* \(\d{5}[A-Z]*\)|As of .* Version .*")
    assert [text for text in page.texts if strange.search(text) and not codes.fullmatch(text)] == []


def test_the_same_snapshot_gives_the_same_bytes(published: Path, report: Path, tmp_path: Path) -> None:
    again = written(published, tmp_path, TZ="Asia/Tokyo", PYTHONHASHSEED="7")
    first, second = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")} for folder in (report, again)
    )
    assert set(first) == set(second)
    assert [path for path in first if first[path] != second[path]] == []


def test_hostile_names_are_shown_harmlessly(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def change(connection: duckdb.DuckDBPyConnection) -> None:
        for number, name in enumerate(HOSTILE):
            connection.execute(
                "update invoice_lines set description = $name, product_code = $code, country = $name "
                "where product_code = (select product_code from invoice_lines where line_type = 'sale' "
                "and not list_contains($names, description) group by 1 order by sum(amount) desc, 1 limit 1)",
                {"name": name, "code": f"{name}{number}", "names": list(HOSTILE)},
            )
        connection.execute("update load_audit set source_file = $name", {"name": "a/<img src=x onerror=alert(1)>.csv"})
        connection.execute(
            "update published_manifest set manifest = json_merge_patch(manifest, $patch)",
            {"patch": json.dumps({"currency": "<b>£</b>"})},
        )

    # A picture does no harm.
    monkeypatch.setattr("vl_convert.svg_to_png", lambda *_, **__: b"")
    report, snapshot = tmp_path / "report", Snapshot(changed(published, tmp_path / "published", change))
    write_report(snapshot, report)
    snapshot.close()
    page = Page(report / "report.html")
    assert {tag for tag, _ in page.elements} & {"script", "img", "b"} == set()
    assert [name for _, a in page.elements for name in a if name.startswith("on")] == []
    text = "\n".join(page.texts)
    for shown in ("<script>alert(1)</script>", "=cmd|", "{{ 7 * 7 }}", "שלום עולם", "<b>£</b>", f"{29 * 'x'}… (x"):
        assert shown in text
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\x0b]", text)
    for path in (report / "figures").glob("*.svg"):
        elements = {element.tag.rpartition("}")[2] for element in ElementTree.parse(path).iter()}  # noqa: S314
        assert elements <= {
            "svg",
            "g",
            "path",
            "rect",
            "line",
            "text",
            "tspan",
            "defs",
            "clipPath",
            "linearGradient",
            "stop",
        }


def test_the_page_can_be_read_on_any_screen(chromium: Chromium, report: Path) -> None:
    screens: list[tuple[int, Scheme]] = [(LAPTOP, "light"), (PHONE, "dark")]
    with chromium.tab((report / "report.html").as_uri()) as tab:
        for width, scheme in screens:
            # It has no script, so it is the same as if it had been opened there.
            tab.look_at(width, scheme)
            assert tab.errors == []
            assert tab.overflow() <= 0
            assert tab.page.evaluate(CUT_OR_OVERLAPPING) == []
            assert tab.violations() == []
            tab.screenshot(f"report-{width}-{scheme}")


def test_lines_that_are_not_published_are_told(published: Path, tmp_path: Path) -> None:
    def change(connection: duckdb.DuckDBPyConnection) -> None:
        patch = {"row_counts": {"invoice_lines": None, "rejected_invoice_lines": None}}
        connection.execute("drop table invoice_lines; drop table rejected_invoice_lines")
        connection.execute(
            "update published_manifest set manifest = json_merge_patch(manifest, $patch)", {"patch": json.dumps(patch)}
        )

    parts = sections(Snapshot(changed(published, tmp_path, change)))
    assert any(
        "publish_lines_up_to" in part.text for section in parts for part in section.parts if isinstance(part, Note)
    )
    assert {figure.name for section in parts for figure in section.figures} == FIGURES - {
        *("missing-values", "column-distributions", "top-products", "top-countries"),
        *("sales-by-month", "sales-by-weekday", "sales-by-hour"),
    }


def test_numbers_are_in_the_style_that_is_set(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEGMENTS_NUMBERS", "german")
    said = findings(snapshot)
    for section in sections(snapshot):
        for part in section.parts:
            said += [part.text] if isinstance(part, Note) else [part.caption]
            said += [cell for row in part.rows for cell in row] if isinstance(part, Table) else []
    english = re.compile(r"(?<![\w.,-])\d+\.\d{1,2}(?![\w.,-]*\d)")
    assert [words for words in said if english.search(words)] == []
    assert [words for words in said if re.search(r"\d\.\d{3}\b", words)]


def test_nothing_published_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    run = write(tmp_path, tmp_path / "report")
    assert run.returncode == 1
    assert "make build" in run.stderr
    assert not (tmp_path / "report").exists()


def test_the_rows_that_were_read_are_all_in_the_figure(snapshot: Snapshot) -> None:
    read = snapshot.query("select sum(rows_read) as rows from load_audit")["rows"][0]
    assert lines.fates(snapshot)["value"].sum() == read
    assert sold.sales_by_month(snapshot)["value"].sum() == pytest.approx(sold.sales_by_weekday(snapshot)["value"].sum())
    assert sold.sales_by_hour(snapshot)["value"].sum() == pytest.approx(sold.sales_by_month(snapshot)["value"].sum())


def test_histograms_hold_every_customer(snapshot: Snapshot) -> None:
    found = rfm.distributions(snapshot).groupby("panel", sort=False)["customers"].sum()
    customers = int(snapshot.manifest["row_counts"]["customer_segments"])
    assert len(found) == 6
    assert all(0.98 * customers <= n <= customers for n in found[:3])
    assert list(found[3:]) == [customers] * 3


def test_migrations_of_a_month_are_those_of_the_mart(snapshot: Snapshot) -> None:
    found = movement.migration(snapshot)
    assert found is not None
    mart = snapshot.query(
        "select from_segment, to_segment, customers from segment_migrations where month_end = $end order by all",
        {"end": found.end},
    )
    rows = found.rows[["from_segment", "to_segment", "customers"]]
    assert rows.to_numpy().tolist() == mart.to_numpy().tolist()
    assert found.rows.groupby("from_segment")["share"].sum().to_numpy() == pytest.approx(1)


def test_cohorts_come_back_as_their_lines_say(sample_build: Build, snapshot: Snapshot) -> None:
    found = movement.cohorts(snapshot)
    buying: dict[str, set[datetime.date]] = {}
    for customer, month in sample_build.rows(
        "select distinct customer_id, cast(date_trunc('month', invoiced_at) as date) from marts.invoice_lines "
        "where line_type = 'sale' and customer_id is not null"
    ):
        buying.setdefault(customer, set()).add(month)
    first = min(datetime.datetime.strptime(c.split(" (")[0], "%b %Y").date() for c in found["cohort"])
    cohort = [months for months in buying.values() if min(months) == first]
    later = datetime.date(first.year + (first.month + 2) // 12, (first.month + 2) % 12 + 1, 1)
    row = found[found["months_since"] == 3].iloc[0]
    assert row["customers"] == len(cohort)
    assert row["share"] == pytest.approx(sum(later in months for months in cohort) / len(cohort))


def test_z_scores_are_numpys(snapshot: Snapshot) -> None:
    found = model.heatmap(snapshot).set_index(["segment", "measure"])["z"]
    customers = snapshot.query("select segment, cast(monetary as double) as monetary from customer_segments")
    logs = np.log1p(customers["monetary"])
    z = ((logs - logs.mean()) / logs.std(ddof=0)).groupby(customers["segment"]).mean()
    assert {s: found[s, "Monetary"] for s in z.index} == pytest.approx(dict(z), abs=0.006)


def test_shares_of_segments_add_up(snapshot: Snapshot) -> None:
    shares = segments.sizes_and_revenue(snapshot).groupby("panel")["share"].sum()
    assert list(shares) == pytest.approx([1, 1], abs=1e-4)


def test_silhouettes_are_those_of_the_model_in_force(sample_build: Build, snapshot: Snapshot) -> None:
    def frame(query: str) -> Any:
        with duckdb.connect(str(sample_build.warehouse), read_only=True) as connection:
            return connection.execute(query).df()

    fitted = read_model(
        frame(
            "select m.* from intermediate.int_segmentation_model as m "
            "inner join intermediate.int_fit_in_force as f using (fit_number)"
        )
    )
    found = frame("from marts.segment_silhouettes inner join intermediate.int_clustering_features using (customer_id)")
    points = fitted.transformation.transform(found[list(fitted.transformation.features)].to_numpy(dtype=float))
    assert len(found) == min(5000, snapshot.manifest["row_counts"]["customer_segments"])
    assert found["silhouette"].to_numpy() == pytest.approx(silhouette_samples(points, found["segment"]), abs=1e-9)
    groups = model.silhouette_groups(snapshot)
    assert (groups["last"] - groups["first"]).sum() == len(found)
    assert len(groups) < 300
