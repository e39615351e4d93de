"""The dashboard, clicked through in a browser: true numbers, no errors, pages for everybody, harmless names."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import altair as alt
import browser
import duckdb
import pandas as pd
import pytest
import shown
from browser import LAPTOP, PHONE, Chromium, Scheme, Tab
from conftest import PROJECT, Build
from published_shop import changed
from queries import data_quality

from segmentation_charts.published import Snapshot
from segmentation_charts.theme import DARK, LIGHT

PAGES = ("Overview", "Segments", "Customers", "Campaigns", "Value", "Movement", "Data quality", "Model")
SCRIPT = "<script>document.title = 'harmed'</script>"
HOSTILE = {
    "script": SCRIPT,
    "formula": '=cmd|"/c calc"!A1',
    "markdown": "[click](http://example.com) ![x](http://example.com/x.png) $\\frac{1}{2}$ :red[x] `y` # z",
    "address": "www.example.com, a@example.com, https://example.com",
    "right to left": "\u202eمرحبا بالعالم\u202e",  # noqa: RUF001
    "long": "long" * 75,
}
# Names of columns and what is not there; `AUC` and the like are words of the field.
RAW = re.compile(r"\b(customer_id|[a-z]+_(days|share|value|segment|score|rate|date|count))\b|\bnan\b|\bNone\b|\bNaT\b")
# Of a table, in pixels.
ROW_HEIGHT = 35
UNSEPARATED = re.compile(r"(?<![\w.,/-])\d{5,}(?![\w.,/-])")


@dataclass(frozen=True)
class Served:
    """The dashboard, started once for all tests, and the place where it looks for what is published."""

    url: str
    place: Path

    def show(self, published: Path) -> str:
        """Put a folder there that was published to; returns the address."""
        self.place.unlink(missing_ok=True)
        self.place.symlink_to(published)
        return self.url


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    place = tmp_path_factory.mktemp("served") / "published"
    with browser.dashboard(place) as url:
        yield Served(url, place)


@pytest.fixture(scope="module")
def published(sample_build: Build) -> Path:
    """What the sample published."""
    return sample_build.warehouse.parent / "published"


@pytest.fixture
def sample_dashboard(served: Served, published: Path) -> str:
    """Address of the dashboard on the sample."""
    return served.show(published)


def hostile(connection: duckdb.DuckDBPyConnection) -> None:
    """Give customers, campaigns and files names that would do harm."""
    for number, name in enumerate(HOSTILE.values()):
        connection.execute(
            """
            create or replace temp table chosen as
            select customer_id from customer_segments
            where segment = 'VIP' and not contains(customer_id, ' ')
            order by monetary desc, customer_id limit 1 offset $offset
            """,
            {"offset": number},
        )
        for table in ("customer_segments", "customer_value", "segment_history", "invoice_lines"):
            connection.execute(
                f"update {table} set customer_id = $name where customer_id = (select customer_id from chosen)",
                {"name": f"{name} "},
            )
        connection.execute(
            "update customer_segments set country = $name where customer_id = $id", {"name": name, "id": f"{name} "}
        )
        connection.execute(
            "update invoice_lines set description = $name where customer_id = $id",
            {"name": name, "id": f"{name} "},
        )
    for table in ("campaigns", "campaign_customers", "campaign_results", "campaign_days"):
        connection.execute(f"update {table} set campaign = $name where campaign = 'Autumn offer'", {"name": SCRIPT})
    connection.execute("update campaigns set findings = $name", {"name": HOSTILE["markdown"]})
    connection.execute("update campaign_results set verdict = $name", {"name": HOSTILE["markdown"]})
    connection.execute("update rejected_invoice_lines set raw_text = $name", {"name": SCRIPT})
    connection.execute("update load_audit set source_file = $name", {"name": SCRIPT})
    connection.execute(
        "update reading_evidence set source_file = $name, explanation = $name, assumed = $name", {"name": SCRIPT}
    )


def go(tab: Tab, page: str) -> None:
    """Open a page as a reader does; on a phone the list of pages is folded away."""
    unfold = tab.page.get_by_test_id("stExpandSidebarButton")
    if unfold.count():
        unfold.click()
    tab.page.get_by_role("link", name=page, exact=True).first.click()
    tab.page.get_by_role("heading", name=page, exact=True, level=1).wait_for()
    fold = tab.page.get_by_test_id("stSidebarCollapseButton").locator("button")
    if fold.count() and fold.first.is_visible():
        fold.first.click()
    tab.settle()


def choose(tab: Tab, label: str, option: str) -> None:
    """Choose an option of a list, by keyboard."""
    box = tab.page.get_by_role("combobox", name=label, exact=True)
    box.click()
    box.fill(option)
    box.press("Enter")
    tab.settle()


def fill(tab: Tab, label: str, text: str) -> None:
    """Write into a field."""
    field = tab.page.get_by_label(label, exact=True)
    field.fill(text)
    field.press("Enter")
    tab.settle()


def click_name(tab: Tab, table: str, row: int) -> None:
    """Click the name at the beginning of a row of a table, which is drawn on a canvas."""
    grid = tab.page.get_by_role("region", name=table, exact=True)
    grid.scroll_into_view_if_needed()
    tab.page.wait_for_timeout(300)
    box = grid.bounding_box()
    assert box is not None
    tab.page.mouse.click(box["x"] + 22, box["y"] + ROW_HEIGHT * (row + 1.5))
    tab.page.wait_for_timeout(300)
    tab.settle()


def chosen(tab: Tab, label: str) -> str:
    """Return what is chosen from a list."""
    return tab.page.get_by_role("combobox", name=label, exact=True).input_value()


def rows_of(tab: Tab, number: int) -> tuple[str, list[list[str]]]:
    """Download the data of a chart or table of the page, counted from 0; return the file's name and rows."""
    with tab.page.expect_download() as download:
        tab.page.get_by_role("button", name="Data (CSV)").nth(number).click()
    content = download.value.path().read_text(encoding="utf-8-sig")
    return download.value.suggested_filename, list(csv.reader(io.StringIO(content, newline="")))


def look(tab: Tab, name: str) -> None:
    """Hold a page to what holds of all."""
    text = tab.text()
    assert tab.page.get_by_test_id("stException").count() == 0, text
    assert not RAW.findall(text), name
    assert not UNSEPARATED.findall(re.sub(r"customer.*", "", text)) or name.startswith("Customers"), name
    assert tab.overflow() <= 0, name
    assert tab.violations() == [], name
    assert tab.errors == [], name
    # What there is to be seen can be taken along: of each chart a picture, of each chart and table the data.
    drawn, tables = (tab.page.get_by_test_id(kind).count() for kind in ("stVegaLiteChart", "stDataFrame"))
    labels = "buttons => buttons.map(button => button.getAttribute('aria-label') ?? '')"
    buttons = tab.page.get_by_role("button").evaluate_all(labels)
    assert sum(button.startswith("Download as PNG") for button in buttons) == drawn, name
    # Streamlit's own files hold formulas.
    assert not [button for button in buttons if button.startswith(("Download as CSV", "Show data"))], name
    offered = tab.page.get_by_role("button", name="Data (CSV)", include_hidden=True).count()
    # Bars in two panels are one figure.
    assert tables + bool(drawn) <= offered <= tables + drawn, name
    tab.screenshot(name)


def test_every_page_of_the_sample_is_sound_on_a_phone(chromium: Chromium, sample_dashboard: str) -> None:
    with chromium.tab(sample_dashboard, PHONE, "dark") as tab:
        for page in PAGES:
            go(tab, page)
            look(tab, f"{page} sample {PHONE} dark")


def test_every_page_of_the_sample_is_sound_and_has_an_address_of_its_own(
    chromium: Chromium, sample_dashboard: str
) -> None:
    with chromium.tab() as tab:
        for address, page in [("", "Overview"), *((page.lower().replace(" ", "_"), page) for page in PAGES)]:
            tab.open(f"{sample_dashboard}/{address}")
            assert tab.page.locator("h1").all_inner_texts() == [page], address
            # "Page not found" is one.
            assert tab.page.get_by_role("dialog").count() == 0, address
            # No page is in the menu twice.
            menu = tab.page.get_by_test_id("stTopNavLink").all_inner_texts()
            assert menu == list(PAGES), address
            assert tab.errors == [], address
            if address:
                look(tab, f"{page} sample {LAPTOP} light")


def test_the_pages_of_online_retail_are_sound_and_true_with_numbers_in_the_style_that_is_set(
    chromium: Chromium, online_retail_build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEGMENTS_NUMBERS", "german")
    schemes: list[tuple[int, Scheme]] = [(LAPTOP, "dark")]
    if "SCREENSHOTS" in os.environ:
        schemes += [(LAPTOP, "light"), (PHONE, "light"), (PHONE, "dark")]
    with browser.dashboard(online_retail_build.warehouse.parent / "published") as url:
        for width, scheme in schemes:
            said = {}
            with chromium.tab(url, width, scheme) as tab:
                for page in PAGES:
                    go(tab, page)
                    look(tab, f"{page} online retail {width} {scheme}")
                    said[page] = tab.text()
            assert "8.737.228" in said["Overview"]
            assert "4.334" in said["Overview"]
            assert "536.641 accepted, 5.268 rejected" in said["Overview"]
            # On the axis of a chart, and in a sentence.
            assert "\n3.000\n" in said["Movement"]
            assert "Of 3.970 customers" in said["Movement"]
            assert not re.findall(r"\d,\d{3}\b", said["Segments"])


def test_filters_narrow_down_what_is_counted(chromium: Chromium, sample_build: Build, sample_dashboard: str) -> None:
    ((country, customers, revenue),) = sample_build.rows(
        """
        select country, count(*), (select sum(revenue) from marts.country_sales as s where s.country = c.country)
        from marts.customer_segments as c group by country order by 2 desc, 1 limit 1
        """
    )
    ((month, of_month),) = sample_build.rows(
        f"""
        select strftime(month, '%b %Y'), sum(revenue) from marts.country_sales
        where country = '{country}' group by month order by month limit 1 offset 3
        """
    )
    with chromium.tab(sample_dashboard) as tab:
        choose(tab, "Country", country)
        assert f"{customers:,} customers of {country}" in tab.text()
        assert f"{revenue:,.0f}" in tab.text()
        choose(tab, "From", month)
        choose(tab, "To", month)
        assert f"Revenue in {month}" in tab.text()
        assert f"{of_month:,.0f}" in tab.text()
        # What was chosen holds on the other pages.
        go(tab, "Movement")
        assert f"Customers of {country} in each segment" in tab.text()
        assert f"changed segment in {month}" in tab.text()
        assert tab.errors == []


def test_an_address_leads_to_what_was_chosen(chromium: Chromium, sample_dashboard: str) -> None:
    """As it is sent to somebody; what an address asks for that there is not counts as not asked for."""
    with chromium.tab(f"{sample_dashboard}/segments") as tab:
        choose(tab, "Segment", "Loyal")
        choose(tab, "Country", "Germany")
        address = tab.page.url
    with chromium.tab(address) as tab:
        assert tab.page.get_by_role("combobox", name="Segment", exact=True).input_value() == "Loyal"
        assert "customers of Germany" in tab.text()
        assert tab.errors == []
    with chromium.tab(f"{sample_dashboard}/segments?segment=%3Cscript%3E&country=Nowhere") as tab:
        assert tab.page.get_by_role("combobox", name="Segment", exact=True).input_value() == "VIP"
        assert "customers of all countries" in tab.text()
        assert tab.errors == []


def test_a_name_in_a_table_leads_to_its_page(chromium: Chromium, sample_build: Build, sample_dashboard: str) -> None:
    with chromium.tab(f"{sample_dashboard}/?country=Germany") as tab:
        segments = tab.page.get_by_role("region", name="Customers and revenue of each segment", exact=True)
        name = segments.locator("tr").nth(2).locator("td").first.inner_text()
        click_name(tab, "Customers and revenue of each segment", 1)
        assert tab.page.locator("h1").inner_text() == "Segments"
        assert (chosen(tab, "Segment"), chosen(tab, "Country")) == (name, "Germany")
        assert f"segment={quote_plus(name)}" in tab.page.url
        go(tab, "Customers")
        tab.page.get_by_text("List of those found").click()
        tab.settle()
        listed = tab.page.get_by_role("region", name="Customers that were found", exact=True)
        customer = listed.locator("tr").nth(2).locator("td").first.inner_text()
        click_name(tab, "Customers that were found", 1)
        assert tab.page.locator("h2").first.inner_text() == customer
        # The filters that were chosen before might leave the next one out.
        assert chosen(tab, "Country") == "All countries"
        alike = tab.page.get_by_role("region", name="The customers who are most alike", exact=True)
        other = alike.locator("td").first.inner_text()
        click_name(tab, "The customers who are most alike", 0)
        assert tab.page.locator("h2").first.inner_text() == other
        assert other not in tab.page.url
        go(tab, "Campaigns")
        click_name(tab, "Campaigns, with what each has brought in revenue", 1)
        assert chosen(tab, "Campaign") == "Autumn offer"
        go(tab, "Movement")
        click_name(tab, "Largest movements in Nov 2024", 0)
        assert tab.page.locator("h1").inner_text() == "Segments"
        assert tab.errors == []


def test_what_is_shown_can_be_downloaded(chromium: Chromium, sample_build: Build, sample_dashboard: str) -> None:
    with chromium.tab(sample_dashboard) as tab:
        (shares_file, shares), (_, table), (_, months) = (rows_of(tab, number) for number in range(3))
        assert shares_file.startswith("share-of-each-segment")
        assert shares[0] == ["Segment", "Customer share", "Revenue share"]
        query = "select segment, customers, customer_share, revenue from marts.segment_profiles where kind = 'cluster'"
        for segment, customers, share, revenue in sample_build.rows(query):
            assert [float(row[1]) for row in shares if row[0] == segment] == pytest.approx([float(share)], abs=1e-6)
            assert [[int(row[1]), float(row[2])] for row in table if row[0] == segment] == [
                pytest.approx([customers, float(revenue)])
            ]
        assert months[0] == ["Month", "Segment", "Revenue"]
        assert re.fullmatch(r"20\d\d-\d\d-01", months[1][0])
        toolbar = tab.page.get_by_role("button", name=re.compile("^Download as PNG")).first
        toolbar.focus()
        with tab.page.expect_download() as download:
            toolbar.press("Enter")
        assert download.value.path().read_bytes().startswith(b"\x89PNG")


def test_a_page_can_be_worked_by_keyboard(chromium: Chromium, sample_dashboard: str) -> None:
    focus = """() => {
        const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
        const name = e.getAttribute("aria-label") ?? e.textContent;
        return [e.tagName, name.slice(0, 60), style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 2];
    }"""
    with chromium.tab(sample_dashboard) as tab:
        reached: dict[str, tuple[str, bool]] = {}
        for _ in range(120):
            tab.page.keyboard.press("Tab")
            tag, name, is_seen = tab.page.evaluate(focus)
            if tag == "BODY":
                break
            reached[name] = (tag, is_seen)
        # Fields of Streamlit and cells of its tables have a frame of their own.
        assert [
            name for name, (tag, is_seen) in reached.items() if tag in ("A", "BUTTON", "CANVAS") and not is_seen
        ] == []
        names = "\n".join(reached)
        for expected in ("Movement", "More on the page Segments", "Country", "Data (CSV)", "Download as PNG: Share of"):
            assert expected in names, expected
        assert {"CANVAS", "INPUT"} <= {tag for tag, _ in reached.values()}
        country = tab.page.get_by_role("combobox", name="Country", exact=True)
        country.focus()
        for key in ("ArrowDown", "ArrowDown", "Enter"):
            tab.page.keyboard.press(key)
        tab.settle()
        assert chosen(tab, "Country") != "All countries"
        link = tab.page.get_by_role("link", name="More on the page Segments")
        link.focus()
        tab.page.keyboard.press("Enter")
        tab.page.get_by_role("heading", name="Segments", exact=True, level=1).wait_for()
        tab.settle()
        assert tab.errors == []


def test_a_chart_is_made_once_for_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []

    def bars(rows: pd.DataFrame, title: str) -> Any:
        called.append(title)
        return alt.Chart(rows).mark_bar().encode(x=alt.X("share:Q", title=title))

    rows = pd.DataFrame({"share": [0.25, 0.75]})
    (first,) = shown.made(partial(bars, rows, "Share"), LIGHT)
    assert first["encoding"]["x"]["title"] == "Share"
    assert shown.made(partial(bars, rows.copy(), "Share"), LIGHT) == [first]
    assert called == ["Share"]
    # Other rows, words, colours, or numbers written otherwise make another chart.
    shown.made(partial(bars, rows / 2, "Share"), LIGHT)
    shown.made(partial(bars, rows, "Part"), LIGHT)
    shown.made(partial(bars, rows, title="Share"), LIGHT)
    assert shown.made(partial(bars, rows, "Share"), DARK) != [first]
    monkeypatch.setenv("SEGMENTS_NUMBERS", "german")
    assert shown.made(partial(bars, rows, "Share"), LIGHT) != [first]
    assert called == ["Share", "Share", "Part", "Share", "Share", "Share"]


def test_the_first_page_waits_for_no_import_that_it_does_not_need() -> None:
    # It takes as long as all others of the package together.
    program = "import sys, views.campaigns; assert 'scipy.stats' not in sys.modules"
    paths = os.pathsep.join(map(str, (PROJECT / "src", PROJECT / "dashboard")))
    subprocess.run([sys.executable, "-c", program], env=os.environ | {"PYTHONPATH": paths}, check=True)


def test_a_customer_is_found_by_a_part_of_the_id(
    chromium: Chromium, sample_build: Build, sample_dashboard: str
) -> None:
    ((customer, orders, product),) = sample_build.rows(
        """
        select customer_id, any_value(frequency), arg_max(description, total)
        from (
            select l.customer_id, c.frequency, max(l.description) as description, sum(l.amount) as total
            from marts.invoice_lines as l inner join marts.customer_segments as c using (customer_id)
            where l.line_type = 'sale' and c.segment = 'Loyal'
            group by l.customer_id, c.frequency, l.product_code
        )
        group by customer_id order by customer_id limit 1
        """
    )
    with chromium.tab(f"{sample_dashboard}/customers") as tab:
        search = tab.page.get_by_label("Customer id, or a part of it")
        search.fill(customer.lower())
        search.press("Enter")
        tab.page.get_by_role("heading", name=customer, exact=True).wait_for()
        tab.settle()
        assert f"Orders\n{orders:,}" in re.sub(r"\n+", "\n", tab.text())
        assert tab.page.get_by_text(product, exact=True).count()
        search.fill("no such customer")
        search.press("Enter")
        tab.page.get_by_text("No customer is found.").wait_for()
        assert tab.errors == []


def test_a_campaign_is_planned_drawn_and_saved(
    chromium: Chromium, sample_build: Build, served: Served, sample_dashboard: str
) -> None:
    folder = served.place.parent / "lists"
    with chromium.tab(f"{sample_dashboard}/segments") as tab:
        choose(tab, "Segment", "Lapsed loyal")
        tab.page.get_by_role("link", name="Plan a campaign of this segment").click()
        tab.page.get_by_role("heading", name="Campaigns", exact=True, level=1).wait_for()
        tab.settle()
        assert tab.page.url.endswith("/campaigns?campaign_segment=Lapsed+loyal")
        assert "Win back 10 % more of them" in tab.text()
        assert "To see 10 more of 100 customers buy four times out of five" in tab.text()
        # Within 90 days too few of them buy.
        assert "not even a half held out is enough" in tab.text()
        fill(tab, "Days that are measured", "120")
        fill(tab, "Customers more of a hundred who buy", "11")
        assert "To see 11 more of 100 customers buy four times out of five, hold out at least" in tab.text()
        fill(tab, "Name of the campaign", "=Win back")
        assert not folder.exists()
        tab.page.get_by_role("button", name="Draw the list").click()
        tab.settle()
        look(tab, "Campaigns drawn")
        counts = re.search(r"(\d+) customers get the campaign, (\d+) are held out", tab.text())
        with tab.page.expect_download() as download:
            tab.page.get_by_role("button", name="Download the list (CSV)").click()
        content = download.value.path().read_bytes()
        save = tab.page.get_by_role("button", name="Save the list, so that builds measure it")
        save.click()
        tab.page.get_by_text("Saved as").wait_for()
        tab.settle()
        # A list is not written over.
        save.click()
        tab.page.get_by_text("There is a list of =Win back already").wait_for()
        assert tab.errors == []
    assert [path.name for path in folder.iterdir()] == ["win-back.csv"]
    assert (folder / "win-back.csv").read_bytes() == content
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert counts is not None
    groups = [row["group"] for row in rows]
    assert (groups.count("campaign"), groups.count("holdout")) == (int(counts[1]), int(counts[2]))
    assert {(row["campaign"], row["segment"]) for row in rows} == {("'=Win back", "Lapsed loyal")}
    query = "select customer_id from marts.customer_segments where segment = 'Lapsed loyal' order by customer_id"
    assert [(row["customer_id"],) for row in rows] == sample_build.rows(query)


def test_what_a_campaign_brought_is_what_the_marts_say(
    chromium: Chromium, sample_build: Build, sample_dashboard: str
) -> None:
    ((incremental, low, high, difference, verdict),) = sample_build.rows(
        """
        select incremental, incremental_low, incremental_high, difference, verdict from marts.campaign_results
        where campaign = 'Autumn offer' and measure = 'revenue' and segment is null
        """
    )
    with chromium.tab(f"{sample_dashboard}/campaigns") as tab:
        choose(tab, "Campaign", "Autumn offer")
        text = re.sub(r"\n+", "\n", tab.text())
        assert verdict in text
        assert f"Brought in all\n{incremental:,.0f}\nBetween\n{low:,.0f} and {high:,.0f}" in text
        assert f"Difference per customer\n+{difference:,.2f}" in text
        choose(tab, "Measure", "Customers who buy")
        assert "Difference in customers who buy" in tab.text()
        choose(tab, "Campaign", "Early access")
        assert "The campaign works" not in tab.text()
        assert tab.errors == []


def test_names_of_strangers_are_shown_and_do_nothing(
    chromium: Chromium, served: Served, published: Path, tmp_path: Path
) -> None:
    with chromium.tab(served.show(changed(published, tmp_path, hostile)), PHONE) as tab:
        for page in ("Data quality", "Segments", "Value", "Campaigns", "Customers"):
            go(tab, page)
            look(tab, f"{page} hostile")
            if page == "Campaigns":
                click_name(tab, "Campaigns, with what each has brought in revenue", 1)
                assert chosen(tab, "Campaign") == SCRIPT
        tab.page.get_by_text("List of those found").click()
        for kind, name in HOSTILE.items():
            search = tab.page.get_by_label("Customer id, or a part of it")
            search.fill(name)
            search.press("Enter")
            tab.page.get_by_role("heading", level=2).first.wait_for()
            tab.page.wait_for_timeout(300)
            tab.settle()
            shown = tab.page.locator("h2").first.inner_text()
            assert " ".join(shown.split()) == " ".join(name.split()), kind
            # In a table, and in a file for a spreadsheet.
            click_name(tab, "Customers that were found", 0)
            assert tab.page.locator("h2").first.inner_text() == shown, kind
            _, rows = rows_of(tab, 0)
            assert rows[1][0] == ("'" if kind == "formula" else "") + f"{name} ", kind
            assert tab.page.locator("[data-testid=stMarkdownContainer] a:not(h1 a, h2 a, h3 a)").count() == 0, kind
            assert tab.page.locator("[data-testid=stMain] img").count() == 0
            assert tab.page.title() == "Customer segments"
            assert tab.overflow() <= 0, kind
            tab.screenshot(f"Customer hostile {kind}")
        assert tab.errors == []


def test_an_open_page_shows_the_next_version(
    chromium: Chromium, served: Served, published: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "published"
    with chromium.tab(served.show(folder)) as tab:
        tab.page.get_by_role("heading", name="Nothing is published yet").wait_for()
        shutil.copytree(published, folder, symlinks=True)
        tab.page.get_by_text("3,000", exact=True).first.wait_for(timeout=20_000)
        first = (folder / "current").readlink()
        second = first.with_name("000009-next")
        shutil.copytree(folder / first, folder / second)
        with duckdb.connect(str(folder / second / "segments.duckdb")) as connection:
            connection.execute("delete from customer_segments where segment = 'VIP'")
            left = len(connection.execute("from customer_segments").fetchall())
            connection.execute("drop table segmentation_quality")
        (folder / "next").symlink_to(second)
        (folder / "next").replace(folder / "current")
        # Of an older project: what is missing is said.
        tab.page.get_by_text("Build again.").wait_for(timeout=20_000)
        assert left < 3000
        assert f"{left:,}" in tab.text()
        assert tab.errors == []


def test_how_files_were_read_is_shown_with_what_is_doubtful_first(
    chromium: Chromium, served: Served, published: Path, sample_dashboard: str, tmp_path: Path
) -> None:
    def doubtful(connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute("update reading_evidence set decided_by = 'warning' where assumption = 'duplicate_lines'")
        # Values that nobody foresaw, and none at all.
        connection.execute(
            "insert into reading_evidence (source_file, assumption, assumed, decided_by, explanation) "
            "values (null, 'new', null, 'new', null)"
        )

    with chromium.tab(f"{sample_dashboard}/data_quality") as tab:
        assert "How files were read" in tab.text()
        assert "may be wrong" not in tab.text()
        assert tab.errors == []
    folder = changed(published, tmp_path, doubtful)
    snapshot = Snapshot(folder)
    readings = data_quality.readings(snapshot)
    assert readings["assumption"].iloc[0] == "duplicate_lines"
    assert readings["assumption"].iloc[-1] == "lines"
    assert set(readings["reading_count"]) == {len(readings)}
    assert len(data_quality.readings(snapshot, 2)) == 2
    snapshot.close()
    with chromium.tab(f"{served.show(folder)}/data_quality") as tab:
        assert "1 reading may be wrong: it is first." in tab.text()
        look(tab, "Data quality doubtful")


def test_the_page_of_value_says_what_the_tables_say(
    chromium: Chromium, sample_build: Build, sample_dashboard: str
) -> None:
    ((country, revenue, of_segment),) = sample_build.rows(
        """
        select country, sum(expected_revenue), sum(expected_revenue) filter (segment = 'Loyal')
        from marts.customer_value inner join marts.customer_segments using (customer_id)
        group by country order by 2 desc, 1 limit 1
        """
    )
    with chromium.tab(f"{sample_dashboard}/value") as tab:
        assert "would have been closer" in tab.text()
        choose(tab, "Country", country)
        assert f"{revenue:,.0f}" in tab.text()
        choose(tab, "Segment", "Loyal")
        assert f"{of_segment:,.0f}" in tab.text()
        look(tab, "Value narrowed down")


def test_a_version_of_an_earlier_release_has_the_other_pages(
    chromium: Chromium, served: Served, published: Path, tmp_path: Path
) -> None:
    def earlier(connection: duckdb.DuckDBPyConnection) -> None:
        of_campaigns = ("campaigns", "campaign_customers", "campaign_results", "campaign_days")
        missing = ("reading_evidence", "customer_value", "value_model", *of_campaigns)
        for table in missing:
            connection.execute(f"drop table {table}")
        for column in ("expected_revenue", "expected_revenue_share", "median_probability_alive"):
            connection.execute(f"alter table segment_profiles drop column {column}")
        connection.execute("delete from segmentation_quality where check_name like 'value%'")
        connection.execute(
            "update published_manifest set manifest = json_merge_patch(manifest, $patch)",
            {"patch": json.dumps({"row_counts": dict.fromkeys(missing)})},
        )

    with chromium.tab(f"{served.show(changed(published, tmp_path, earlier))}/data_quality") as tab:
        assert "Files" in tab.text()
        assert "How files were read" not in tab.text()
        assert "Build again" not in tab.text()
        look(tab, "Data quality of an earlier release")
        go(tab, "Campaigns")
        assert "This version was published without results of campaigns." in tab.text()
        assert "To see 10 % more revenue" in tab.text()
        look(tab, "Campaigns of an earlier release")
        for page in ("Overview", "Segments", "Customers"):
            go(tab, page)
            assert "expected" not in re.sub("is expected of the customer", "", tab.text()), page
            assert "Build again" not in tab.text()
        go(tab, "Value")
        assert "published without what customers are worth. Build again." in tab.text()
        look(tab, "Value of an earlier release")


def test_lines_that_are_not_published_are_said_to_be_missing(
    chromium: Chromium, served: Served, published: Path, tmp_path: Path
) -> None:
    def without_lines(connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute("drop table invoice_lines; drop table rejected_invoice_lines")
        left_out = {"invoice_lines": "9 lines, more than 1", "rejected_invoice_lines": "8 lines, more than 1"}
        connection.execute(
            "update published_manifest set manifest = json_merge_patch(manifest, $patch)",
            {"patch": json.dumps({"row_counts": dict.fromkeys(left_out), "left_out": left_out})},
        )

    with chromium.tab(f"{served.show(changed(published, tmp_path, without_lines))}/customers") as tab:
        assert "The lines were not published: 9 lines, more than 1." in tab.text()
        go(tab, "Data quality")
        assert "They were not published: 8 lines, more than 1." in tab.text()
        assert tab.errors == []
