"""A real Superset shows what is published, also while a build runs: `make test-superset`, which needs minutes."""

from __future__ import annotations

import contextlib
import datetime
import http.cookiejar
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from conftest import AS_SHIPPED, LONG, PROJECT, SAMPLE, Build, dbt_command

from segmentation_charts.published import Snapshot
from segmentation_dbt.versions import Versions
from segmentation_superset.__main__ import main
from segmentation_superset.assets import read_datasets
from segmentation_superset.bundle import PAGES
from segmentation_superset.charts import Chart
from segmentation_superset.dashboards import read_dashboards

if TYPE_CHECKING:
    from browser import Chromium, Tab

pytestmark = LONG

PYTHON = Path(os.environ.get("SUPERSET_PYTHON", PROJECT / ".venv/superset/bin/python"))
DASHBOARDS = read_dashboards(PROJECT, read_datasets(PROJECT), None)
CHARTS = {chart.number: chart for dashboard in DASHBOARDS.values() for chart in dashboard.charts.values()}
HOSTILE = "<script>window.hacked=1</script><img src=x onerror='window.hacked=1'>"
TURNED = "\u202eenilno\u202c עברית"
# The one thing that a page asks another machine for, and is not given (bi/superset/superset_config.py).
COUNTER = "apachesuperset.gateway.scarf.sh"


class Superset:
    """A Superset that runs, asked as its user.

    Parameters
    ----------
    url : str
        Its address.
    home : Path
        What it keeps.
    archive : Path
        The ZIP that was imported.
    published : Path
        The folder that it reads.
    """

    def __init__(self, url: str, home: Path, archive: Path, published: Path) -> None:
        self.url = url
        self.password = (home / "password").read_text()
        self.archive = archive
        self.published = published
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies)
        login = {"username": "admin", "password": self.password, "provider": "db", "refresh": False}
        self._headers = {"Authorization": f"Bearer {self.ask('security/login', login)[1]['access_token']}"}
        self._headers["X-CSRFToken"] = self.ask("security/csrf_token/")[1]["result"]

    def ask(
        self, path: str, body: object = None, content: bytes | None = None, method: str | None = None, **headers: str
    ) -> tuple[int, Any]:
        """Return the status and the answer of the API."""
        if body is not None:
            content, headers = json.dumps(body).encode(), {"Content-Type": "application/json"}
        known = getattr(self, "_headers", {})
        request = urllib.request.Request(  # noqa: S310
            f"{self.url}/api/v1/{path}", content, {**known, "Referer": self.url, **headers}, method=method
        )
        try:
            with self._opener.open(request, timeout=60) as response:
                return response.status, json.loads(response.read())
        except urllib.error.HTTPError as e:
            return e.code, json.loads(e.read() or b"{}")

    def import_again(self) -> int:
        """Import the ZIP over HTTP, as a user's script does; return the status."""
        boundary = "a-boundary"
        part = f'--{boundary}\r\nContent-Disposition: form-data; name="bundle"; filename="superset.zip"\r\n\r\n'
        content = part.encode() + self.archive.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        return self.ask("assets/import/", content=content, **{"Content-Type": kind})[0]

    def all(self, what: str) -> dict[str, int]:
        """Return the UUIDs of all charts, dashboards … with the numbers that Superset gave them."""
        status, answer = self.ask(f"{what}/?q=(page_size:100,columns:!(id,uuid))")
        assert status == 200
        assert answer["count"] == len(answer["result"])
        return {row["uuid"]: row["id"] for row in answer["result"]}

    def data(self, number: int) -> list[dict[str, Any]]:
        """Return the rows of a chart."""
        status, answer = self.ask(f"chart/{number}/data/")
        assert status == 200, answer
        rows: list[dict[str, Any]] = answer["result"][0]["data"]
        return rows

    def revenue(self) -> float:
        """Return what a number of the overview says."""
        (row,) = self.data(self.all("chart")[DASHBOARDS["overview"].charts["revenue"].number])
        return float(row["revenue"])

    def run(self, sql: str) -> tuple[int, str]:
        """Run SQL as people do in SQL Lab; return the status and what was said."""
        (database,) = self.all("database").values()
        query = {"database_id": database, "sql": sql, "runAsync": False, "schema": "main"}
        status, answer = self.ask("sqllab/execute/", query)
        return status, json.dumps(answer)


@pytest.fixture(scope="module")
def superset(sample_build: Build, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Superset]:
    assert PYTHON.exists(), f"Superset is not installed at {PYTHON}: make test-superset"
    folder = tmp_path_factory.mktemp("superset")
    published, archive, home = folder / "published", folder / "superset.zip", folder / "home"
    shutil.copytree(sample_build.warehouse.parent / "published", published, symlinks=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEGMENTS_PUBLISHED", str(published))
        assert main(["--project", str(PROJECT), "--zip", str(archive)]) == 0
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(PYTHON), "bi/superset/serve.py", str(archive), "--home", str(home), "--port", str(port)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        ) as server,
    ):
        url = f"http://127.0.0.1:{port}"
        try:
            deadline = time.monotonic() + 180
            while not _answers(f"{url}/health"):
                assert server.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < deadline, "Superset did not start within three minutes"
                time.sleep(0.5)
            yield Superset(url, home, archive, published)
        finally:
            os.killpg(server.pid, signal.SIGTERM)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310
            return bool(response.status == 200)
    except OSError:
        return False


@pytest.fixture(scope="module")
def session(superset: Superset, chromium: Chromium) -> Iterator[Any]:
    """What a browser remembers of a user who has signed in."""
    with chromium.tab() as tab:
        tab.page.goto(f"{superset.url}/login/")
        tab.page.fill("#username", "admin")
        tab.page.fill("#password", superset.password)
        tab.page.keyboard.press("Enter")
        tab.page.wait_for_url("**/welcome/**")
        yield tab.page.context.cookies()


class Page:
    """A dashboard in the browser.

    Parameters
    ----------
    tab : Tab
        That has signed in.
    url : str
        Of Superset.
    """

    def __init__(self, tab: Tab, url: str) -> None:
        self.tab = tab
        self._url = url
        self.answers: list[dict[str, Any]] = []
        self.failed: list[str] = []
        tab.page.on("response", self._listen)

    def open(self, slug: str) -> None:
        """Go to a dashboard, and wait until all its charts are drawn: they ask when they come into sight."""
        page = self.tab.page
        page.goto(f"{self._url}/superset/dashboard/{slug}/")
        page.wait_for_selector(".dashboard-component-chart-holder", timeout=60_000)
        page.wait_for_timeout(1_000)
        height = page.evaluate("() => document.querySelector('.dashboard-content').scrollHeight")
        size = page.viewport_size
        assert size is not None
        page.set_viewport_size({"width": size["width"], "height": height + 400})
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is loading any more."""
        page = self.tab.page
        page.wait_for_timeout(1_500)
        page.wait_for_function(
            "() => !document.querySelector('[data-test=\"loading-indicator\"], .loading')", timeout=60_000
        )
        page.wait_for_timeout(1_000)

    def errors(self) -> list[str]:
        """Return what went wrong on the page, without the counter that is not told anything."""
        found = [*self.tab.errors, *self.failed]
        return [error for error in found if COUNTER not in error]

    def number(self, title: str) -> str:
        """Return what a number says."""
        return self.tab.page.locator(f'[data-test-chart-name="{title}"] .header-line').inner_text()

    def _listen(self, response: Any) -> None:
        if "/api/v1/chart/data" not in response.url:
            return
        if response.status != 200:
            self.failed.append(f"{response.status}: {response.text()[:300]}")
            return
        self.answers += response.json()["result"]


@contextlib.contextmanager
def opened(chromium: Chromium, superset: Superset, session: Any, slug: str, width: int) -> Iterator[Page]:
    with chromium.tab(width=width) as tab:
        tab.page.context.add_cookies(session)
        page = Page(tab, superset.url)
        page.open(slug)
        yield page


def plain(value: object) -> object:
    """Return a value as JSON has it: days are milliseconds, decimals are numbers."""
    if isinstance(value, datetime.datetime | datetime.date):
        moment = datetime.datetime(value.year, value.month, value.day, tzinfo=datetime.UTC)
        return int(moment.timestamp() * 1000)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float | Decimal):
        return float(f"{float(value):.9g}")
    return value


def said_by(chart: Chart, published: Path) -> list[tuple[Any, ...]]:
    """Return what a chart should show, asked of the published file by SQL of its own."""
    dataset = chart.dataset
    source = f"({dataset.sql})" if dataset.sql else dataset.name
    columns = [dataset.expressions.get(name, name) for name in chart.columns]
    if chart.kind in ("bars", "lines") and chart.said["by"] == dataset.time and chart.said.get("grain") != "P1D":
        columns[0] = f"date_trunc('month', {dataset.time})"
    rules = [chart.said["rule"]] if "rule" in chart.said else []
    for column, value in chart.said.get("where", {}).items():
        listed = ", ".join(f"'{one}'" for one in (value if isinstance(value, list) else [value]))
        rules.append(f"{column} in ({listed})")
    metrics = [dataset.metrics[name].expression for name in chart.metrics]
    sql = f"select {', '.join([*columns, *metrics])} from {source}"
    if rules:
        sql += f" where {' and '.join(rules)}"
    if metrics and columns:
        sql += f" group by {', '.join(columns)}"
    with duckdb.connect(str(published / "segments.duckdb"), read_only=True) as connection:
        return sorted(
            (tuple(map(plain, row)) for row in connection.execute(sql).fetchall()), key=lambda row: list(map(repr, row))
        )


def test_importing_again_makes_nothing_twice(superset: Superset) -> None:
    kinds = ("database", "dataset", "chart", "dashboard")
    before = {kind: superset.all(kind) for kind in kinds}
    assert before["chart"].keys() == CHARTS.keys()
    assert len(before["dashboard"]) == len(PAGES)
    assert [superset.import_again() for _ in range(2)] == [200, 200]
    assert {kind: superset.all(kind) for kind in kinds} == before


def test_every_chart_says_what_the_published_file_says(superset: Superset) -> None:
    numbers = superset.all("chart")
    assert len(numbers) > 30
    for number, chart in CHARTS.items():
        rows = superset.data(numbers[number])
        names = [*chart.columns, *chart.metrics]
        shown = sorted(
            (tuple(plain(row[name]) for name in names) for row in rows), key=lambda row: list(map(repr, row))
        )
        assert shown == said_by(chart, superset.published), f"{chart.page}: {chart.name}"


def test_columns_are_described_as_the_published_file_describes_them(superset: Superset) -> None:
    number = superset.all("dataset")[CHARTS[DASHBOARDS["overview"].charts["revenue"].number].dataset.number]
    dataset = superset.ask(f"dataset/{number}")[1]["result"]
    with duckdb.connect(str(superset.published / "segments.duckdb"), read_only=True) as connection:
        comments = connection.execute(
            "select column_name, comment from duckdb_columns() where table_name = 'country_sales'"
        ).fetchall()
    assert {column["column_name"]: column["description"] for column in dataset["columns"]} == dict(comments)
    certified = [metric["metric_name"] for metric in dataset["metrics"] if "certified_by" in (metric["extra"] or "")]
    assert "net_revenue" in certified


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("name", PAGES)
def test_a_dashboard_is_drawn(superset: Superset, chromium: Chromium, session: Any, name: str, width: int) -> None:
    dashboard = DASHBOARDS[name]
    with opened(chromium, superset, session, dashboard.slug, width) as page:
        page.tab.screenshot(f"superset-{name}-{width}")
        assert page.errors() == []
        text = page.tab.text()
        assert [chart.said["title"] for chart in dashboard.charts.values() if chart.said["title"] not in text] == []
        assert "error" not in text.lower().replace("standard error", "")
        # Tables that come by the page ask how many rows there are, too.
        assert len(page.answers) >= len(dashboard.charts)
        assert all(answer["error"] is None for answer in page.answers)
        assert page.tab.page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0


def test_filters_and_clicks_choose(superset: Superset, chromium: Chromium, session: Any) -> None:
    with duckdb.connect(str(superset.published / "segments.duckdb"), read_only=True) as connection:
        ((germans,),) = connection.execute(
            "select count(*) from customer_segments where country = 'Germany'"
        ).fetchall()
        ((sold,),) = connection.execute("select sum(revenue) from country_sales where country = 'Germany'").fetchall()
        ((uppermost,),) = connection.execute(
            "select max(segment) from customer_segments where country = 'Germany'"
        ).fetchall()
    with opened(chromium, superset, session, "segments-overview", 1440) as page:
        browser = page.tab.page
        field = browser.locator("input[id^=NATIVE_FILTER]").first
        field.click()
        field.fill("Germany")
        browser.locator(".ant-select-item-option", has_text="Germany").first.click()
        browser.keyboard.press("Escape")
        browser.get_by_role("button", name="Apply").first.click()
        page.settle()
        assert (page.number("Customers"), page.number("Revenue")) == (f"{germans:,}", f"{sold:,.0f}")
        # A click on the uppermost bar, the last by name, chooses its segment in all other charts.
        canvas = (
            browser.locator(".dashboard-component-chart-holder")
            .filter(has_text="in each segment today")
            .locator("canvas")
        )
        canvas.first.click(position={"x": 130, "y": 45})
        page.settle()
        with duckdb.connect(str(superset.published / "segments.duckdb"), read_only=True) as connection:
            query = "select count(*) from customer_segments where country = 'Germany' and segment = ?"
            ((chosen,),) = connection.execute(query, [uppermost]).fetchall()
        assert page.number("Customers") == f"{chosen:,}"
        # A right click leads to the rows behind a bar.
        canvas.first.click(position={"x": 130, "y": 45}, button="right")
        browser.get_by_text("Drill to detail by").first.hover()
        browser.get_by_text(f"Drill to detail by {uppermost}").first.click()
        browser.locator(".ant-modal", has_text="Drill to detail").wait_for()
        page.settle()
        assert page.errors() == []
        page.tab.screenshot("superset-drill")


def test_nothing_can_be_written_and_no_other_file_read(superset: Superset, tmp_path: Path) -> None:
    assert superset.run("select count(*) from country_sales")[0] == 200
    (number,) = superset.all("database").values()
    # Superset itself lets nobody write; DuckDB does not either where somebody has changed that.
    for allowed in (False, True):
        assert superset.ask(f"database/{number}", {"allow_dml": allowed}, method="PUT")[0] == 200
        for sql in ("delete from country_sales", "create table mine as select 1 as a", "drop table country_sales"):
            status, said = superset.run(sql)
            assert status >= 400, sql
            assert not allowed or "read-only" in said, said
    secret = tmp_path / "secret.csv"
    secret.write_text("a\nkept to myself\n")
    for sql in (
        f"select * from read_csv('{secret}')",
        f"attach '{tmp_path}/new.duckdb'",
        "set enable_external_access = true",
    ):
        status, said = superset.run(sql)
        assert status >= 400, sql
        assert "kept to myself" not in said
    assert superset.import_again() == 200
    assert superset.ask(f"database/{number}")[1]["result"]["allow_dml"] is False


def test_a_build_publishes_and_the_next_query_has_it(superset: Superset, sample_build: Build, tmp_path: Path) -> None:
    shutil.copy(sample_build.warehouse, tmp_path / "warehouse.duckdb")
    # The year after is gone from the file.
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (from read_csv('{SAMPLE}', all_varchar = true) where InvoiceDate < '2024-12-01') "
            f"to '{tmp_path}/invoices.csv' (header)"
        )
    files = {"SEGMENTS_WAREHOUSE": "warehouse.duckdb", "SEGMENTS_PUBLISHED": str(superset.published)}
    command, environment = dbt_command(tmp_path, tmp_path / "invoices.csv", AS_SHIPPED, ("build",), files)
    before, failures, done = superset.revenue(), list[str](), threading.Event()

    def ask() -> None:
        while not done.is_set():
            try:
                superset.revenue()
            except (AssertionError, OSError) as e:
                failures.append(str(e))

    readers = [threading.Thread(target=ask) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        build = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert build.returncode == 0, build.stdout
        # At once, and while others ask without a pause.
        after = superset.revenue()
    finally:
        done.set()
        for reader in readers:
            reader.join()
    assert failures == []
    with duckdb.connect(str(superset.published / "segments.duckdb"), read_only=True) as connection:
        ((published,),) = connection.execute("select sum(revenue)::double from country_sales").fetchall()
    assert after == published < before


def test_hostile_names_are_text(superset: Superset, chromium: Chromium, session: Any) -> None:
    versions = Versions(superset.published)
    with versions.draft() as draft:
        name = versions.current()
        assert name is not None
        shutil.copytree(versions.path(name), draft, dirs_exist_ok=True)
        with duckdb.connect(str(draft / "segments.duckdb")) as connection:
            for table in ("country_sales", "customer_segments"):
                connection.execute(f"update {table} set country = ? where country = 'Germany'", [HOSTILE])
                connection.execute(f"update {table} set segment = ? where segment = 'Loyal'", [TURNED])
            connection.execute(
                "update segment_profiles set segment = ?, explanation = ? where segment = 'Loyal'", [TURNED, HOSTILE]
            )
            for table in ("customer_segments", "customer_value"):
                connection.execute(f"update {table} set customer_id = ? || customer_id", [HOSTILE])
        versions.publish(draft, versions.next_name("hostile"))
    Snapshot(superset.published).close()
    for slug in ("segments-overview", "segments-segments", "segments-value"):
        with opened(chromium, superset, session, slug, 1440) as page:
            page.tab.page.on("dialog", lambda dialog: page.failed.append(dialog.message))
            page.tab.screenshot(f"superset-hostile-{slug}")
            # Superset parses texts to see whether they are markup, and the policy says that it would not let them run.
            assert [error for error in page.errors() if "Executing inline event handler" not in error] == []
            assert not page.tab.page.evaluate("() => 'hacked' in window")
            assert page.tab.page.evaluate("() => getComputedStyle(document.body).direction") == "ltr"
            if slug != "segments-overview":
                assert "window.hacked=1" in page.tab.text()
            assert page.tab.page.locator("img[src='x']").count() == 0
