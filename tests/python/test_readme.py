"""What pages say in words is true of the sample, and links lead somewhere; `test_docs.py` runs what they show."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import PROJECT, Build

README = (PROJECT / "README.md").read_text()
PAGES = [*sorted(PROJECT.glob("*.md")), *sorted(PROJECT.glob("docs/*.md"))]


def test_the_figures_in_the_text_are_those_of_the_sample(sample_build: Build) -> None:
    ((share, lapsed, orders, months),) = sample_build.rows(
        "select round(100 * sum(revenue_share) filter (segment in ('VIP', 'Loyal'))), "
        "max(customers) filter (segment = 'Lapsed loyal'), max(median_frequency) filter (segment = 'Lapsed loyal'), "
        "max(median_recency_days) filter (segment = 'Lapsed loyal') / 30.4 from marts.segment_profiles"
    )
    assert f"{share:.0f} % of the revenue" in README
    assert f"the {lapsed} lapsed loyal used to order {orders:.0f} times" in README
    assert (round(months), "eleven months" in README) == (11, True)


def test_the_page_on_campaigns_says_what_those_of_the_sample_brought(sample_build: Build) -> None:
    page = (PROJECT / "docs/campaigns.md").read_text()
    for *texts, brought, low, high in sample_build.rows(
        """
        select campaign, campaign_customers, holdout_customers, incremental_revenue, incremental_revenue_low,
            incremental_revenue_high
        from marts.campaigns
        """
    ):
        name, reached, held = texts
        amounts = f"{brought:,.0f} | {low:,.0f} and {high:,.0f}".replace("-", "\u2212")
        assert re.search(rf"\| {name} \| \w+ \| {reached} \| {held} \| {amounts} \|", page), name


def test_every_page_can_be_reached_from_the_readme() -> None:
    found, pending = set[Path](), [PROJECT / "README.md"]
    while pending:
        page = pending.pop()
        found.add(page)
        links = {(page.parent / link).resolve() for link in re.findall(r"\]\(([^)#:]+\.md)", page.read_text())}
        pending += [link for link in links - found if link.exists()]
    assert {path for path in PAGES if path.parent.name == "docs"} <= found


def test_there_is_a_page_for_everybody_who_uses_it() -> None:
    (index,) = re.findall(r"## Where to read on\n\n(.*?)\n\n", README, re.DOTALL)
    readers = dict(re.findall(r"^\| ([^|]+) \| (.*) \|$", index, re.MULTILINE))
    for reader in ("a marketer", "an analyst", "a data engineer", "a data scientist", "who builds dashboards"):
        assert "](docs/" in readers[reader]


def test_the_page_on_the_dashboard_has_its_pages() -> None:
    titles = re.findall(
        r'st\.Page\(.*title="([^"]+)".*(?:url_path|default=True)', (PROJECT / "dashboard/app.py").read_text()
    )
    page = (PROJECT / "docs/dashboard.md").read_text()
    assert re.findall(r"^\| ([A-Z][a-z ]+) \|", page, re.MULTILINE) == list(dict.fromkeys(titles))


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 150


def test_every_make_target_is_listed_in_its_help() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), flags=re.MULTILINE))
    make = shutil.which("make")
    assert make
    # Without the variables of a make that may have called this test.
    bare = {"PATH": os.environ["PATH"]}
    shown = subprocess.run([make, "help"], cwd=PROJECT, env=bare, capture_output=True, text=True, check=True).stdout
    assert {line.split()[0] for line in shown.splitlines()} == targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
        assert link.startswith("https://") or (page.parent / link).exists(), link
