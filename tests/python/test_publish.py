"""What is published is whole: all of a build that passed, swapped in at once, whatever goes wrong beside it."""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import HEADER, LONG, PROFILE, PROJECT, SERVER, Build, dbt_command, project_with_few_tests

from segmentation_dbt.publishing import publish
from segmentation_dbt.version_files import Mart
from segmentation_dbt.versions import Versions

CLIENTS = PROJECT / ".venv/clients"
MARTS = {path.stem for path in (PROJECT / "models/marts").rglob("*.sql")}

# A test of the project that installs the package, which fails where it is told to.
A_TEST = """
select count(*) as customers from {{ ref('segmentation', 'customer_segments') }}
where '{{ env_var("SHOP_FAILS", "no") }}' = 'yes'
having count(*) > 0
"""


@dataclass(frozen=True)
class Shop:
    """A folder with a warehouse and what is published, and a project that builds it without most tests, in seconds."""

    folder: Path
    project: Path
    seconds: float = 0
    """That its first build took."""
    prefix: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def invoices(self) -> Path:
        return self.folder / "invoices.csv"

    @property
    def published(self) -> Path:
        return self.folder / "published"

    def deliver(self, lines: int) -> None:
        rows = [
            f"{1000 + n},P{n % 7},Thing,{1 + n % 5},2024-{1 + n % 12:02d}-{1 + n % 28:02d} 10:00,{2 + n % 3}.5,"
            f"c{n % 40},France"
            for n in range(lines)
        ]
        self.invoices.write_text("\n".join((HEADER, *rows)) + "\n")

    def command(
        self, *arguments: str, variables: dict[str, Any] | None = None, environment: dict[str, str] | None = None
    ) -> tuple[list[str], dict[str, str]]:
        settings = {"DBT_PROFILES_DIR": str(PROJECT), **self.environment, **(environment or {})}
        command, settings = dbt_command(
            self.folder, "invoices.csv", variables, (*arguments, "--project-dir", str(self.project)), settings
        )
        return [*self.prefix, *command], settings

    def build(
        self,
        *arguments: str,
        variables: dict[str, Any] | None = None,
        environment: dict[str, str] | None = None,
        kill_after: float | None = None,
    ) -> subprocess.CompletedProcess[str]:
        command, settings = self.command("build", *arguments, variables=variables, environment=environment)
        if self.prefix:
            return subprocess.run(command, cwd=self.folder, env=settings, capture_output=True, text=True, check=False)
        return subprocess.CompletedProcess(command, *SERVER.run(command[1:], self.folder, settings, kill_after))

    def build_whole(self, lines: int) -> str:
        self.deliver(lines)
        built = self.build()
        assert built.returncode == 0, built.stdout
        assert_whole(self.published, lines)
        return str(Versions(self.published).current())


@pytest.fixture(scope="module")
def built_shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    project = project_with_few_tests(tmp_path_factory.mktemp("project"))
    (project / "tests").mkdir()
    (project / "tests/shop_is_well.sql").write_text(A_TEST)
    shop = Shop(tmp_path_factory.mktemp("shop"), project)
    # So that the first build takes no longer than others.
    command, settings = shop.command("parse")
    assert SERVER.run(command[1:], shop.folder, settings)[0] == 0
    began = time.perf_counter()
    shop.build_whole(600)
    return replace(shop, seconds=time.perf_counter() - began)


@pytest.fixture
def shop(built_shop: Shop, tmp_path: Path) -> Shop:
    """A shop that has published once."""
    shutil.copytree(built_shop.folder, tmp_path / "shop", symlinks=True)
    return replace(built_shop, folder=tmp_path / "shop")


def rows(database: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.sql(query).fetchall()


def assert_whole(published: Path, *lines: int) -> None:
    """Check that what is published is one version, and that of one of some numbers of delivered lines."""
    database = published / "segments.duckdb"
    ((version, manifest),) = rows(database, "select version, manifest from published_manifest")
    assert json.loads(manifest) == json.loads((published / "manifest.json").read_text())
    assert version == Versions(published).current()
    counts = json.loads(manifest)["row_counts"]
    assert counts.keys() == MARTS
    for mart, count in counts.items():
        assert rows(database, f"select count(*) from {mart}") == [(count,)]
        parquet = published / f"{mart}.parquet"
        assert duckdb.sql(f"select count(*) from '{parquet}'").fetchall() == [(count,)]
    ((read,),) = rows(database, "select sum(rows_read) from load_audit")
    assert read == counts["invoice_lines"] + counts["rejected_invoice_lines"]
    assert read in lines


def test_a_complete_build_publishes_every_mart(sample_build: Build) -> None:
    published = sample_build.warehouse.parent / "published"
    database = published / "segments.duckdb"
    assert {name for (name,) in rows(database, "select table_name from duckdb_tables()")} == {
        *MARTS,
        "published_manifest",
    }
    columns = (
        "select table_name, column_name, data_type, trim(comment, e' \\n') from duckdb_columns() "
        "where schema_name = '{}' and not internal and table_name <> 'published_manifest' "
        "order by table_name, column_index"
    )
    assert rows(database, columns.format("main")) == sample_build.rows(columns.format("marts"))
    comments = "select {0}_name, trim(comment, e' \\n') from duckdb_{0}s() where schema_name = '{1}'"
    in_warehouse = [row for kind in ("table", "view") for row in sample_build.rows(comments.format(kind, "marts"))]
    assert {row for row in rows(database, comments.format("table", "main")) if row[0] in MARTS} == set(in_warehouse)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{sample_build.warehouse}' as warehouse (read_only)")
        connection.execute(f"attach '{database}' as published (read_only)")
        for mart in MARTS:
            for one, other in (
                (f"warehouse.marts.{mart}", f"published.main.{mart}"),
                (f"published.main.{mart}", f"'{published / mart}.parquet'"),
                (f"'{published / mart}.parquet'", f"warehouse.marts.{mart}"),
            ):
                assert connection.sql(f"from {one} except all from {other}").fetchall() == [], (one, other)


def test_the_manifest_and_the_summary_are_true(sample_build: Build) -> None:
    published = sample_build.warehouse.parent / "published"
    manifest = json.loads((published / "manifest.json").read_text())
    ((customers, as_of_date),) = sample_build.rows(
        "select count(*), cast(max(as_of_date) as varchar) from marts.customer_segments"
    )
    ((source_file, read, accepted, rejected),) = sample_build.rows(
        "select source_file, rows_read, rows_accepted, rows_rejected from marts.load_audit"
    )
    ((first, last),) = sample_build.rows(
        "select cast(min(invoiced_at) as date), cast(max(invoiced_at) as date) from marts.invoice_lines"
    )
    assert manifest["version"].startswith(f"000001-{as_of_date}-")
    assert manifest["row_counts"]["customer_segments"] == customers
    assert manifest["source_files"] == [
        {"source_file": source_file, "rows_read": read, "rows_accepted": accepted, "rows_rejected": rejected}
    ]
    assert (manifest["first_invoice_date"], manifest["last_invoice_date"]) == (str(first), str(last))
    assert [(version,) for version in manifest["model_versions"]] == sample_build.rows(
        "select distinct model_version from marts.customer_segments"
    )
    assert (manifest["left_out"], manifest["warnings"]) == ({}, [])
    assert (manifest["version_before"], manifest["changes"]) == (None, None)
    results = json.loads((sample_build.target / "run_results.json").read_text())
    assert manifest["invocation_id"] == results["metadata"]["invocation_id"]
    for line in (
        "files       1, 1 read in this build",
        f"lines       {accepted:,} accepted, {rejected:,} rejected",
        f"customers   {customers:,} as of {as_of_date}",
        "segments    One order 707 (24 %)",
        "warnings    none",
        f"published   {published}/segments.duckdb and {len(MARTS)} Parquet files, version {manifest['version']}",
    ):
        assert sample_build.output.count(line) == 1, line


@pytest.mark.parametrize("version", ["1.4", "2.0"])
def test_other_versions_of_duckdb_read_it(sample_build: Build, version: str) -> None:
    client = CLIENTS / version
    if not client.exists():
        pytest.skip(f"DuckDB {version} is not in {client}; make test installs it")
    published = sample_build.warehouse.parent / "published"
    script = (
        "import duckdb, sys; print(duckdb.__version__); "
        "connection = duckdb.connect(sys.argv[1] + '/segments.duckdb', read_only=True); "
        "print(connection.sql('select sum(hash(c)) from customer_segments as c').fetchall()); "
        "print(connection.sql(f\"select sum(hash(c)) from '{sys.argv[1]}/customer_segments.parquet' as c\").fetchall())"
    )
    command = [sys.executable, "-c", script, str(published)]
    environment = os.environ | {"PYTHONPATH": str(client)}
    shown = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.splitlines()
    assert shown[0].startswith(version)
    assert shown[1] == shown[2]


def test_only_a_complete_build_that_passed_is_published(shop: Shop) -> None:
    before = Versions(shop.published).current()
    shop.deliver(660)
    untouched = f"version {before} is untouched"
    for arguments, environment, exit_code, message in (
        (("--select", "load_audit"), {}, 0, "left out, and only a complete dbt build is published"),
        (("--empty",), {}, 1, "failed ("),
        ((), {"SHOP_FAILS": "yes"}, 1, "nothing: 1 node or test failed (shop_is_well)"),
        ((), {"INVOICE_FILES": "nowhere.csv"}, 1, "nothing: 1 node or test failed (base_file_checks), "),
    ):
        built = shop.build(*arguments, environment=environment)
        assert built.returncode == exit_code, built.stdout
        assert message in built.stdout
        assert untouched in built.stdout
        assert_whole(shop.published, 600)


def test_a_table_that_was_tampered_with_is_not_published(shop: Shop) -> None:
    parquet = shop.invoices
    shop.deliver(600)
    duckdb.sql(f"copy (select * from read_csv('{shop.invoices}', all_varchar = true)) to '{parquet}' (format parquet)")
    select = ("--select", "+every_file_is_read")
    assert shop.build(*select).returncode == 0
    with duckdb.connect(str(shop.folder / "warehouse.duckdb")) as connection:
        connection.execute(
            "delete from staging.base_invoice_rows where rowid = (select min(rowid) from staging.base_invoice_rows)"
        )
    built = shop.build(*select)
    assert (built.returncode, "(every_file_is_read" in built.stdout) == (1, True), built.stdout
    assert_whole(shop.published, 600)


def test_what_changed_is_told_and_many_lines_are_left_out(shop: Shop) -> None:
    with shop.invoices.open("a") as invoices:
        invoices.write("9999,P1,Thing,1,2024-05-05 10:00,2.5,newcomer,France\n")
    built = shop.build(variables={"publish_lines_up_to": 600})
    assert "1 new customer, 0 gone, 0 in another segment" in built.stdout
    assert "0 new files, 0 gone, 1 changed" in built.stdout
    assert "without invoice_lines: 601 lines, more than publish_lines_up_to (600)" in built.stdout
    manifest = json.loads((shop.published / "manifest.json").read_text())
    assert (set(manifest["left_out"]), manifest["row_counts"].keys()) == ({"invoice_lines"}, MARTS - {"invoice_lines"})
    assert not os.path.lexists(shop.published / "invoice_lines.parquet")
    built = shop.build(variables={"publish_lines_up_to": "many"})
    assert (built.returncode, "publish_lines_up_to is many" in built.stdout) == (2, True)


READER = """
import duckdb, json, pathlib, sys, time
published, seen = pathlib.Path(sys.argv[1]), set()
while not pathlib.Path(sys.argv[2]).exists():
    with duckdb.connect(str(published / "segments.duckdb"), read_only=True) as connection:
        ((version, manifest),) = connection.sql("select version, manifest from published_manifest").fetchall()
        counts = json.loads(manifest)["row_counts"]
        found = {mart: connection.sql(f"select count(*) from {mart}").fetchone()[0] for mart in counts}
        assert found == counts, (version, found, counts)
    folder = (published / "current").resolve()
    manifest = json.loads((folder / "manifest.json").read_text())
    for mart, count in manifest["row_counts"].items():
        assert duckdb.sql(f"select count(*) from '{folder / mart}.parquet'").fetchone() == (count,), folder
    seen |= {version, manifest["version"]}
    print(version, flush=True)
print(json.dumps(sorted(seen)))
"""


def publish_without_a_customer(shop: Shop) -> str:
    """Publish the marts again as the end of a build does, with a customer less."""
    with duckdb.connect(str(shop.folder / "warehouse.duckdb")) as connection:
        connection.execute(
            "delete from marts.customer_segments "
            "where customer_id = (select min(customer_id) from marts.customer_segments)"
        )
        marts = [
            Mart(mart, f"marts.{mart}", "", {}, mart in ("invoice_lines", "rejected_invoice_lines")) for mart in MARTS
        ]
        run = {"published_at": "2024-01-01 00:00:00Z", "invocation_id": "", "currency": ""}
        return str(publish(connection, Versions(shop.published), marts, 1000, run, [])["manifest"]["version"])


def test_readers_see_whole_versions_and_keep_what_they_opened(shop: Shop) -> None:
    versions = Versions(shop.published)
    first = versions.current()
    everything = "select * from invoice_lines order by line_id"
    with (
        duckdb.connect(str(shop.published / "segments.duckdb"), read_only=True) as held,
        subprocess.Popen(
            [sys.executable, "-c", READER, str(shop.published), str(shop.folder / "stop")],
            stdout=subprocess.PIPE,
            text=True,
        ) as reader,
    ):
        assert reader.stdout is not None
        before = held.sql(everything).fetchall()
        published = [shop.build_whole(610)]
        while True:
            # Each is read before the next comes.
            assert any(line == f"{published[-1]}\n" for line in reader.stdout)
            if len(published) == 5:
                break
            published.append(publish_without_a_customer(shop))
        (shop.folder / "stop").touch()
        seen = json.loads(reader.communicate()[0].splitlines()[-1])
        assert reader.returncode == 0
        # It was deleted, and is still there for whom it was open.
        assert first not in versions.names()
        assert held.sql(everything).fetchall() == before
        assert held.sql("select version from published_manifest").fetchall() == [(first,)]
    assert set(published) <= set(seen) <= {first, *published}
    assert versions.names() == published[-3:]


def test_a_build_that_is_killed_leaves_the_published_version(shop: Shop, tmp_path: Path) -> None:
    chance, kills, whole = random.Random(5), 20 if PROFILE == "long" else 3, 600
    for n in range(kills):
        # Something to load in each, and the moments all over the duration.
        lines = 620 + 10 * n
        shop.deliver(lines)
        shop.build(kill_after=(n + chance.random()) / kills * shop.seconds)
        assert_whole(shop.published, whole, lines)
        ((whole,),) = rows(shop.published / "segments.duckdb", "select sum(rows_read)::int from load_audit")
    shop.build_whole(900)
    # All made again, but for the model, which was fitted on what there was at first.
    new = replace(shop, folder=tmp_path / "new")
    new.folder.mkdir()
    shutil.copy(shop.folder / "warehouse.duckdb", new.folder)
    new.deliver(900)
    assert new.build("--full-refresh").returncode == 0
    for mart in MARTS:
        published = [
            rows(built.published / "segments.duckdb", f"select * {but} from {mart} order by all")
            for built in (shop, new)
            for but in ["exclude (loaded_at)" if mart == "load_audit" else ""]
        ]
        assert published[0] == published[1], mart


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[tuple[tuple[str, ...], Path]]:
    """Mount a small disk that only some processes see; give what their commands begin with, and its path for others."""
    folder.mkdir()
    mount = f"mount -t tmpfs -o size={megabytes}m none '{folder}' && echo mounted && exec sleep 600"
    for unshare in (["unshare", "-rm"], ["unshare", "-m"]):
        with subprocess.Popen([*unshare, "sh", "-c", mount], stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                if process.stdout.readline():
                    user = ("-U", "--preserve-credentials") if "-rm" in unshare else ()
                    enter = ("nsenter", "-t", str(process.pid), *user, "-m")
                    # Whoever enters is in the root.
                    inside = ("sh", "-c", 'cd "$0" && exec "$@"', str(folder.parent))
                    yield (*enter, *inside), Path(f"/proc/{process.pid}/root{folder}")
                    return
            finally:
                process.kill()
    pytest.skip("a small disk can't be mounted")


@LONG
def test_a_disk_that_is_full(shop: Shop) -> None:
    with small_disk(shop.folder / "disk", 60) as (prefix, disk):

        def copy_of(published: Path) -> Path:
            # DuckDB follows all links of a path, and can't see the disk from here.
            shutil.rmtree(shop.folder / "copy", ignore_errors=True)
            return Path(shutil.copytree(published, shop.folder / "copy", symlinks=True))

        shop = replace(shop, prefix=prefix, environment={"SEGMENTS_PUBLISHED": "disk/published"})
        assert shop.build().returncode == 0
        before = Versions(disk / "published").current()
        shop.deliver(700)
        warehouse_on_disk = {"SEGMENTS_WAREHOUSE": "disk/warehouse.duckdb"}
        for left, environment, message in (
            (1_500_000, {}, f"its disk is full. The version published before, {before}, is untouched. Make room there"),
            (400_000, warehouse_on_disk, "No space left on device"),
        ):
            with (disk / "filler").open("ab") as filler:
                filler.write(bytes(shutil.disk_usage(disk).free - left))
            built = shop.build(environment=environment)
            assert built.returncode in (1, 2), built.stdout
            assert message in " ".join(built.stdout.split())
            assert_whole(copy_of(disk / "published"), 600)
            assert Versions(disk / "published").names() == [before]
        (disk / "filler").unlink()
        assert shop.build(environment=warehouse_on_disk).returncode == 0
        assert_whole(copy_of(disk / "published"), 700)


def test_two_builds_at_once(shop: Shop) -> None:
    shop.deliver(700)
    select = ("--select", "+load_audit")
    command, settings = shop.command("build", *select)
    with subprocess.Popen(command, cwd=shop.folder, env=settings, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert any("START" in line for line in first.stdout)
        second = shop.build(*select)
        first.stdout.read()
    assert first.returncode == 0
    assert second.returncode != 0
    assert f"process {first.pid} has it open" in second.stdout
    assert rows(shop.folder / "warehouse.duckdb", "select sum(rows_read)::int from marts.load_audit") == [(700,)]
    assert_whole(shop.published, 600)


DYING_WRITER = """
import os, pathlib, sys
from segmentation_dbt.versions import Versions
left = int(sys.argv[2])
def die(event, arguments):
    global left
    if event.startswith("os.") or (event == "open" and sys.argv[1] in str(arguments[0])):
        left -= 1
        if left < 0:
            os._exit(9)
versions = Versions(pathlib.Path(sys.argv[1]))
sys.addaudithook(die)
with versions.draft() as draft:
    (draft / "a").write_text("2")
    (draft / "c").write_text("2")
    versions.publish(draft, versions.next_name("x"))
"""


def write_version(versions: Versions, content: str, *files: str) -> str:
    with versions.draft() as draft:
        for file in files:
            (draft / file).write_text(content)
        name = versions.next_name("x")
        versions.publish(draft, name)
    return name


def test_the_versions_of_a_folder(tmp_path: Path) -> None:
    versions = Versions(tmp_path / "published", kept=2)
    assert (versions.current(), versions.names()) == (None, [])
    names = [write_version(versions, str(n), "a", "b") for n in range(1, 6)]
    assert names == [f"00000{n}-x" for n in range(1, 6)]
    assert (versions.current(), versions.names()) == ("000005-x", names[2:])
    # A draft that fails leaves nothing, nor does one that was killed.
    with pytest.raises(IsADirectoryError), versions.draft() as draft:
        draft.write_text("6")
    (tmp_path / "published/versions/.partial").mkdir()
    write_version(versions, "6", "a", "c")
    assert sorted(path.name for path in versions.folder.iterdir()) == [".lock", "a", "c", "current", "versions"]
    assert (versions.folder / "a").read_text() == "6"
    assert not (tmp_path / "published/versions/.partial").exists()


def test_a_writer_that_dies_at_any_step(tmp_path: Path) -> None:
    steps = 0
    while True:
        folder = tmp_path / str(steps)
        versions = Versions(folder, kept=0)
        write_version(versions, "1", "a", "b")
        run = subprocess.run([sys.executable, "-c", DYING_WRITER, str(folder), str(steps)], check=False)
        current = versions.path(str(versions.current()))
        contents = {path.name: path.read_text() for path in current.iterdir()}
        assert contents in ({"a": "1", "b": "1"}, {"a": "2", "c": "2"})
        assert (folder / "a").read_text() == contents["a"]
        write_version(versions, "3", "a", "d")
        assert sorted(path.name for path in folder.iterdir()) == [".lock", "a", "current", "d", "versions"]
        assert len(versions.names()) == 1
        if run.returncode == 0:
            break
        assert run.returncode == 9
        steps += 1
    assert steps > 20


def test_a_build_of_the_same_again_is_done_at_once(shop: Shop) -> None:
    shop.deliver(610)
    command, settings = shop.command("build")
    command = [sys.executable, "-m", "segmentation_dbt.build", *command[command.index("build") + 1 :]]
    first, second = (
        subprocess.run(command, cwd=shop.folder, env=settings, capture_output=True, text=True, check=False)
        for _ in range(2)
    )
    assert (first.returncode, second.returncode) == (0, 0), first.stdout
    # Of what dbt says itself, not of each statement.
    (log,) = re.findall(r"The whole log is in (.+)\.$", first.stdout, re.MULTILINE)
    assert "Completed successfully" in Path(log).read_text()
    assert second.stdout.startswith("Nothing is new")
    assert_whole(shop.published, 610)
