"""What the README shows is what its commands print, and what pages name is there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest
import yaml
from conftest import PROJECT, Build

from segmentation_campaigns import __main__ as campaign
from segmentation_campaigns import plan

README = (PROJECT / "README.md").read_text()
PAGES = [*sorted(PROJECT.glob("*.md")), *sorted(PROJECT.glob("docs/*.md"))]
QUERIES = re.findall(r"```sql\n(.*?)```\n\n```text\n(.*?)```", README, flags=re.DOTALL)


def test_there_are_queries() -> None:
    assert len(QUERIES) == 2


@pytest.mark.parametrize(("query", "shown"), QUERIES)
def test_queries_print_what_is_shown(sample_build: Build, query: str, shown: str) -> None:
    with duckdb.connect(str(sample_build.warehouse), read_only=True) as connection:
        printed = str(connection.sql(query))
    assert [line.rstrip() for line in printed.strip().splitlines()] == [
        line.rstrip() for line in shown.strip().splitlines()
    ]


def test_the_figures_in_the_text_are_those_of_the_sample(sample_build: Build) -> None:
    ((share, lapsed, orders, months),) = sample_build.rows(
        "select round(100 * sum(revenue_share) filter (segment in ('VIP', 'Loyal'))), "
        "max(customers) filter (segment = 'Lapsed loyal'), max(median_frequency) filter (segment = 'Lapsed loyal'), "
        "max(median_recency_days) filter (segment = 'Lapsed loyal') / 30.4 from marts.segment_profiles"
    )
    assert f"{share:.0f} % of the revenue" in README
    assert f"the {lapsed} lapsed loyal used to order {orders:.0f} times" in README
    assert (round(months), "eleven months" in README) == (11, True)


def test_the_page_on_campaigns_shows_what_its_commands_print(
    sample_build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (PROJECT / "docs/campaigns.md").read_text()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEGMENTS_PUBLISHED", str(sample_build.warehouse.parent / "published"))
    monkeypatch.delenv("SEGMENTS_CAMPAIGNS", raising=False)
    commands = {"campaign-plan": plan.main, "campaign": campaign.main}
    shown = re.findall(r"```text\n\$ make (campaign\S*) (.*)\n((?:.*\n)*?)```", page)
    assert [name for name, _, _ in shown] == list(commands)
    for name, options, text in shown:
        values = dict(option.split("=", 1) for option in shlex.split(options))
        names = [values.pop("NAME")] if "NAME" in values else []
        assert commands[name]([*(f"--{key.lower()}={value}" for key, value in values.items()), *names]) == 0
        printed = re.sub(r"version \S+", "version", capsys.readouterr().out)
        # A plan ends with a table that the page leaves out.
        assert printed.startswith(re.sub(r"version \S+", "version", text)), name
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
    for page in PAGES:
        assert set(re.findall(r"`make ([a-z-]+)", page.read_text())) <= targets, page.name


def test_vars_named_in_examples_exist() -> None:
    settings = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"]["segmentation"]
    page = (PROJECT / "docs/data.md").read_text()
    for name in [*re.findall(r"--vars '\{(\w+):", page), "invoice_files", "date_order"]:
        assert name in settings


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
        assert link.startswith("https://") or (page.parent / link).exists(), link
