"""A browser that tests look at pages with: it collects errors, checks accessibility and takes pictures.

Nothing but this machine can be reached by a page, and a page that tries has an error. Pictures of all that is looked at
go to the folder that the environment variable SCREENSHOTS names.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import pytest
from conftest import PROJECT

if TYPE_CHECKING:
    import playwright.sync_api as playwright

AXE = PROJECT / "tests/browser/node_modules/axe-core/axe.min.js"
SCREENSHOTS = os.environ.get("SCREENSHOTS")
LAPTOP, PHONE = 1440, 390
Scheme = Literal["light", "dark"]

ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    # Nothing else can be reached. To look at each request instead would keep the browser from caching.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    # No page is open for long enough to make up for what V8 takes to make its code faster.
    "--js-flags=--no-opt",
)

# What Streamlit asks first when a page is opened by its own address, before it asks where the server really is.
_PROBES = ("/_stcore/health", "/_stcore/host-config")


class Tab:
    """A page in the browser.

    Parameters
    ----------
    page : playwright Page
        A new one.
    """

    def __init__(self, page: playwright.Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._guard)
        # Files go to the folder of downloads, and no window asks where to.
        page.add_init_script("delete window.showSaveFilePicker")

    def look_at(self, width: int, scheme: Scheme) -> None:
        """Give the window a width, and the reader a choice of colours."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(color_scheme=scheme)

    def open(self, url: str) -> None:
        """Go to an address, and wait until it is drawn."""
        self.page.goto(url)
        self.settle()

    def settle(self) -> None:
        """Wait until Streamlit, if it is Streamlit, has drawn all."""
        self.page.locator("h1").first.wait_for(timeout=30_000)
        # What was clicked reaches the server first.
        self.page.wait_for_timeout(150)
        self.wait_for_server()
        # Charts are drawn, and what is faded in is there, some frames later.
        self.page.wait_for_timeout(400)

    def wait_for_server(self) -> None:
        """Wait until Streamlit, if it is Streamlit, has nothing more to draw."""
        self.page.wait_for_function(
            """() => {
                const app = document.querySelector('[data-testid="stApp"]');
                if (!app) return true;
                const busy = app.getAttribute('data-test-script-state') !== 'notRunning';
                return !busy && !document.querySelector('[data-stale="true"], [data-testid="stSkeleton"]');
            }""",
            timeout=30_000,
        )

    def text(self) -> str:
        """All text that is shown, of charts too, without the marks of the direction of writing."""
        texts = [self.page.locator("body").inner_text(), *self.page.locator("svg text").all_text_contents()]
        return "\n".join(texts).replace("\u2068", "").replace("\u2069", "")

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(
            self.page.evaluate(
                "() => Math.max(document.documentElement.scrollWidth, "
                "...[...document.querySelectorAll('[data-testid=\"stMain\"]')].map(e => e.scrollWidth)) - innerWidth"
            )
        )

    def violations(self, *excluded: str) -> list[str]:
        """Return what axe-core finds, of WCAG 2.2 up to level AA and of its best practices.

        Parameters
        ----------
        excluded : str
            Selectors of elements that are not looked at.
        """
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: list[dict[str, Any]] = self.page.evaluate(
            """async (excluded) => (await axe.run({include: [['body']], exclude: excluded.map(e => [e])}, {
                runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
                resultTypes: ['violations']
            })).violations.map(v => ({id: v.id, help: v.help, nodes:
                v.nodes.map(n => n.html + (n.any[0]?.message ?? ''))}))""",
            list(excluded),
        )
        return [f"{rule['id']}: {rule['help']}: {node[:300]}" for rule in found for node in rule["nodes"]]

    def screenshot(self, name: str) -> None:
        """Take a picture of the whole page, where pictures are asked for."""
        if SCREENSHOTS is None:
            return
        size = self.page.viewport_size
        assert size is not None
        # Streamlit scrolls inside the window.
        inner = "[data-testid='stMainBlockContainer']"
        height = self.page.evaluate(f'() => (document.querySelector("{inner}") ?? document.body).scrollHeight')
        self.page.set_viewport_size({"width": size["width"], "height": max(height + 80, 600)})
        self.page.wait_for_timeout(800)
        Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=Path(SCREENSHOTS) / f"{name}.png")
        self.page.set_viewport_size(size)

    def _listen(self, message: playwright.ConsoleMessage) -> None:
        if message.type == "error" and not message.location.get("url", "").endswith(_PROBES):
            self.errors.append(f"{message.text} ({message.location.get('url')})")

    def _guard(self, request: playwright.Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "file:", "data:", "blob:")):
            self.errors.append(f"The page asked for {request.url}")


class Chromium:
    """Debian's Chromium, without a window.

    Parameters
    ----------
    browser : playwright Browser
        Started.
    """

    def __init__(self, browser: playwright.Browser) -> None:
        # One for all pages: to load and compile Streamlit's scripts again takes longer than most pages.
        self._context = browser.new_context(reduced_motion="reduce")

    @contextlib.contextmanager
    def tab(self, url: str | None = None, width: int = LAPTOP, scheme: Scheme = "light") -> Iterator[Tab]:
        """Give a page that remembers nothing of those before but the files that it loads.

        Parameters
        ----------
        url : str, default none
            Address that is opened.
        width : int, default LAPTOP
            Of the window, in pixels.
        scheme : {"light", "dark"}, default "light"
            Colours that the reader prefers.
        """
        page = self._context.new_page()
        try:
            tab = Tab(page)
            tab.look_at(width, scheme)
            if url is not None:
                tab.open(url)
            yield tab
        finally:
            self._context.clear_cookies()
            page.evaluate("() => { try { localStorage.clear() } catch {} }")
            page.close()


@contextlib.contextmanager
def chromium() -> Iterator[Chromium]:
    """Start the browser; where it or axe-core is missing the test is skipped, and fails in CI."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        _missing("Chromium is not installed (Debian: apt-get install chromium)")
    if not AXE.exists():
        _missing(f"axe-core is not at {AXE} (npm ci --prefix tests/browser)")
    playwright_api = pytest.importorskip("playwright.sync_api")
    with playwright_api.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield Chromium(browser)
        finally:
            browser.close()


@contextlib.contextmanager
def dashboard(published: Path) -> Iterator[str]:
    """Serve the dashboard as `make dashboard` does, on a free port; gives its address.

    Parameters
    ----------
    published : Path
        Folder that a build published to. Lists of campaigns are saved to `lists` beside it.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [*(sys.executable, "-m", "streamlit", "run", "dashboard/app.py"), "--server.port", str(port)]
    paths = os.pathsep.join(filter(None, (str(PROJECT / "src"), os.environ.get("PYTHONPATH"))))
    folders = {"SEGMENTS_PUBLISHED": published, "SEGMENTS_CAMPAIGNS": published.parent / "lists"}
    environment = os.environ | {name: str(folder) for name, folder in folders.items()} | {"PYTHONPATH": paths}
    with subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        url = f"http://127.0.0.1:{port}"
        try:
            deadline = time.monotonic() + 60
            while not _answers(f"{url}/_stcore/health"):
                assert server.poll() is None, server.communicate()[0]
                assert time.monotonic() < deadline, "the dashboard did not start within a minute"
                time.sleep(0.1)
            yield url
        finally:
            # It has nothing to lose, and would wait for pages that are open.
            server.kill()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310
            return bool(response.status == 200)
    except OSError:
        return False


def _missing(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
