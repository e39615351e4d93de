"""Every command and query that the README and docs show is run, or says that it is not.

A fenced block is of a kind that its language names. Queries and Python are run on the sample, and print what is shown
behind them; commands of this project exist with their options, and those that take no time are run; settings exist;
texts are output or what files look like. The sentence that leads to a block that nothing runs says "not run here".
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from conftest import PROJECT, Build

from segmentation_campaigns import __main__ as campaign
from segmentation_campaigns import plan

PAGES = [*sorted(PROJECT.glob("*.md")), *sorted((PROJECT / "docs").glob("*.md"))]
NOT_RUN = "not run here"
# What a test of its own runs, because it takes more than the sample: how a block begins, and the test.
ELSEWHERE = {
    "30 5 * * *": "test_operations.py::test_the_line_for_cron_builds_and_mails_what_failed",
    "# /etc/systemd/system": "test_operations.py::test_systemd_takes_the_units",
    "dbt deps": "test_package.py",
    "create schema if not exists raw": "test_column_map.py::test_the_query_of_the_documentation_joins_them",
    "mf query": "test_metrics.py",
}
COMMANDS: dict[str, Callable[[list[str]], int]] = {"campaign-plan": plan.main, "campaign": campaign.main}
VERSIONS = re.compile(r"version \S+")


@dataclass(frozen=True)
class Block:
    """A fenced block, and what stands around it."""

    page: str
    line: int
    kind: str
    text: str
    before: str
    shown: str | None

    @property
    def is_run(self) -> bool:
        leads = self.before.rpartition(". ")[2]
        return not (NOT_RUN in leads and leads.endswith(":"))

    @property
    def elsewhere(self) -> str | None:
        return next((test for begin, test in ELSEWHERE.items() if self.text.startswith(begin)), None)

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks_of(path: Path) -> Iterator[Block]:
    page = path.relative_to(PROJECT).as_posix()
    text = path.read_text(encoding="utf-8")
    fenced = list(re.finditer(r"^( *)```([^\n]*)\n(.*?)^\1```\n?", text, re.MULTILINE | re.DOTALL))
    for found, after in zip(fenced, [*fenced, None][1:], strict=True):
        follows = after and after[2] == "text" and not text[found.end() : after.start()].strip()
        before = text[: found.start()].rstrip().rpartition("\n")[2]
        code = re.sub(rf"^{found[1]}", "", found[3], flags=re.MULTILINE)
        shown = after[3] if after and follows else None
        yield Block(page, text.count("\n", 0, found.start()) + 1, found[2], code, before, shown)


BLOCKS = [block for path in PAGES for block in blocks_of(path)]
PROSE = {
    path.relative_to(PROJECT).as_posix(): re.sub(r"^( *)```.*?^\1```", "", path.read_text(), flags=re.M | re.S)
    for path in PAGES
}


def of(*kinds: str) -> list[Any]:
    """Return blocks that this module runs, as parameters of a test."""
    chosen = [block for block in BLOCKS if block.kind in kinds and block.is_run and not block.elsewhere]
    assert chosen
    return [pytest.param(block, id=str(block)) for block in chosen]


def without_blanks(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


@cache
def makefile() -> str:
    return (PROJECT / "Makefile").read_text()


@cache
def variables() -> set[str]:
    """Return what targets take: with a default, where given, or handed on to a command."""
    text = makefile()
    handed_on = re.findall(r"[A-Z]+", re.findall(r"^CAMPAIGN_OPTIONS := (.*)$", text, re.MULTILINE)[0])
    given = re.findall(r"^(?:ifdef |\w+: )?([A-Z]+)(?: \?=.*)?$|\$\(if \$\(([A-Z]+)\)", text, re.MULTILINE)
    return {*handed_on, *(name for names in given for name in names)}


@cache
def settings() -> set[str]:
    return set(yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"]["segmentation"])


@pytest.fixture(scope="module")
def shop(sample_build: Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that has what a clone has after `make build`."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "published").symlink_to(sample_build.warehouse.parent / "published")
    (folder / "warehouse.duckdb").symlink_to(sample_build.warehouse)
    (folder / "data").symlink_to(PROJECT / "data")
    return folder


@pytest.fixture
def here(shop: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(shop)
    for name in ("SEGMENTS_PUBLISHED", "SEGMENTS_CAMPAIGNS", "SEGMENTS_WAREHOUSE"):
        monkeypatch.delenv(name, raising=False)
    shutil.rmtree(shop / "campaigns", ignore_errors=True)
    return shop


def asked(query: str) -> Any:
    """Return the relation of a query: on the warehouse where it names a schema, else on what is published."""
    if query.startswith("attach"):
        return duckdb.connect().sql(query)
    query = re.sub(r"{{ ref\('segmentation', '(\w+)'\) }}", r"marts.\1", query)
    file = "warehouse.duckdb" if re.search(r"\b(marts|intermediate|staging)\.", query) else "published/segments.duckdb"
    connection = duckdb.connect(file, read_only=True)
    return connection.sql(query) or connection.sql("select 1")


def test_every_block_is_of_a_kind_that_is_looked_at() -> None:
    known = {"sql", "python", "shell", "yaml", "text"}
    assert [str(block) for block in BLOCKS if block.is_run and not block.elsewhere and block.kind not in known] == []
    # A mark is of code, and where another test runs a block nothing is marked.
    assert [str(block) for block in BLOCKS if not block.is_run and (block.kind == "text" or block.elsewhere)] == []


def test_what_runs_elsewhere_is_there() -> None:
    for begin, test in ELSEWHERE.items():
        module, _, name = test.partition("::")
        assert f"def {name}" in (PROJECT / "tests/python" / module).read_text()
        assert any(block.text.startswith(begin) for block in BLOCKS), begin


@pytest.mark.parametrize("block", of("sql"))
@pytest.mark.usefixtures("here")
def test_queries_answer(block: Block) -> None:
    relation = asked(block.text)
    assert len(relation.limit(1).fetchall()) == 1
    if block.shown is not None:
        assert without_blanks(str(relation)) == without_blanks(block.shown)


@pytest.mark.parametrize("page", ["docs/bi.md"])
@pytest.mark.usefixtures("here")
def test_python_runs(page: str) -> None:
    """In one namespace a page; `test_notebook.py` runs that of the page that is a notebook."""
    pages = {param.values[0].page for param in of("python")}
    assert pages == {"docs/bi.md", "docs/notebook.md"}
    names: dict[str, Any] = {}
    for block in (param.values[0] for param in of("python") if param.values[0].page == page):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(block.text, names)  # noqa: S102
        assert without_blanks(printed.getvalue()) == without_blanks(block.shown or ""), block


def commands_of(block: Block) -> list[str]:
    joined = block.text.replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("block", of("shell"))
def test_commands_are_there(block: Block) -> None:
    for command in commands_of(block):
        check_command(command)


def check_command(command: str) -> None:
    """Fail where a command names a target, a variable, a module, an option or a setting that is not there."""
    words = [word.removeprefix(".venv/bin/") for word in shlex.split(command, comments=True)]
    while words and re.match(r"[A-Z_]+=", words[0]):
        words.pop(0)
    match words:
        case ["make", *options]:
            assert options, command
            assert re.search(rf"^{re.escape(options[0])}:", makefile(), re.MULTILINE), f"no target {options[0]}"
            # A text may leave the rest to the reader.
            for option in takewhile(lambda option: option != "…", options[1:]):
                assert option.partition("=")[0] in variables(), command
        case ["dbt", verb, *options]:
            assert verb in {"build", "compile", "run", "test", "retry", "parse", "deps", "docs"}, command
            check_options(options, command)
        case ["python", "-m", module, *options]:
            assert importlib.util.find_spec(module), command
            check_options(options, command)
            if module.split(".")[0] in {"benchmarks", "segmentation", "segmentation_dbt", "segmentation_superset"}:
                found = importlib.util.find_spec(f"{module}.__main__" if is_package(module) else module)
                assert found
                assert found.origin
                source = Path(found.origin).read_text()
                own = options[: options.index("--")] if "--" in options else options
                assert [word for word in own if word.startswith("--") and f'"{word.split("=")[0]}"' not in source] == []
        case ["python", script, *_]:
            assert (PROJECT / script).exists(), command
        case _:
            raise AssertionError(f"nothing runs {command}: say so before it, {NOT_RUN}")


def is_package(module: str) -> bool:
    found = importlib.util.find_spec(module)
    return bool(found and found.submodule_search_locations)


def check_options(options: list[str], command: str) -> None:
    for option, value in zip(options, [*options, ""][1:], strict=True):
        if option == "--vars" and "…" not in value:
            assert set(yaml.safe_load(value)) <= settings(), command
        if option == "--target":
            targets = yaml.safe_load(re.sub(r"{{.*?}}", "x", (PROJECT / "profiles.yml").read_text()))
            # The page on Spark shows how to write the one for a cluster.
            assert value in {*targets["segmentation"]["outputs"], "cluster"}, command


@pytest.mark.parametrize("page", PROSE)
def test_commands_in_the_text_are_there(page: str) -> None:
    code = re.findall(r"`([^`\n]+)`", PROSE[page])
    for command in code:
        if re.match(r"(\S+/)?(make|dbt|python) [a-z-]", command) and not command.startswith("python -m pytest"):
            check_command(command)
    for text in re.findall(r"--vars '(\{.*?\})'", PROSE[page]):
        if "…" not in text:
            assert set(yaml.safe_load(text)) <= settings(), text


@pytest.mark.parametrize("block", of("shell", "text"))
@pytest.mark.usefixtures("here")
def test_commands_print_what_is_shown(block: Block, capsys: pytest.CaptureFixture[str]) -> None:
    """Those that take no time: they are run as `make` does, and a text may begin with one."""
    begins = block.text.startswith("$ ")
    if block.kind == "text" and not begins:
        return
    command, _, shown = block.text.removeprefix("$ ").partition("\n") if begins else (block.text, "", "")
    for words in map(shlex.split, [command] if begins else commands_of(block)):
        target, values = words[1], dict(word.split("=", 1) for word in words[2:] if "=" in word)
        if words[0] == "make" and target == "query":
            assert asked(values["SQL"]).fetchall()
        if words[0] == "make" and target in COMMANDS:
            names = [values.pop("NAME")] if "NAME" in values else []
            options = [f"--{name.lower()}={value}" for name, value in values.items()]
            assert COMMANDS[target]([*options, *names]) == 0
            # A plan ends with a table that pages may leave out.
            assert VERSIONS.sub("", capsys.readouterr().out).startswith(VERSIONS.sub("", shown)), block
        else:
            assert not begins, f"nothing runs {command}"


@pytest.mark.parametrize("block", of("yaml"))
def test_settings_are_there(block: Block) -> None:
    """Of the project and of dbt: vars, folders and models, modules."""
    said = yaml.safe_load(block.text)
    for key, value in said.items():
        if key in ("models", "seeds"):
            check_folders(value["segmentation"], PROJECT / key)
        elif key == "vars":
            assert set(value["segmentation"]) <= settings()
        elif key == "plugins":
            assert all(importlib.util.find_spec(plugin["module"]) for plugin in value)
        elif key in ("packages", "cluster"):
            # What dbt and the profile take; test_package.py and tests/spark have such ones.
            assert all(isinstance(value, list | dict) for value in said.values())
        else:
            assert key in settings(), f"{key} is no setting"


def check_folders(said: dict[str, Any], folder: Path) -> None:
    for key, value in said.items():
        if key.startswith("+"):
            continue
        inside = [path for path in (folder / key, *folder.glob(f"{key}.*")) if path.exists()]
        assert inside, f"{folder.relative_to(PROJECT)} has no {key}"
        check_folders(value, folder / key)
