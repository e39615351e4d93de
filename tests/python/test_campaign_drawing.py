"""The list of a campaign: drawn as the package does, never written over, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import functools
import hashlib
import io
import os
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from published_shop import shop

from segmentation.campaigns.draw import balance
from segmentation.campaigns.draw import draw as draw_of_the_package
from segmentation.campaigns.lists import Reading, read_lists
from segmentation_campaigns import __main__ as command
from segmentation_campaigns import drawing, lists
from segmentation_campaigns.customers import CampaignError, choose, split
from segmentation_campaigns.drawing import HELD, Campaign, draw
from segmentation_charts.published import Snapshot

HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", '=cmd|"/c calc"!A1', "a,b\n<script>alert(1)</script>")  # noqa: RUF001
DATABASE = duckdb.connect()
DAYS = (date(2024, 7, 2), date(2024, 9, 29))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where lists are written to."""
    monkeypatch.setenv("SEGMENTS_CAMPAIGNS", str(tmp_path / "lists"))
    return tmp_path / "lists"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """Three thousand customers, a third of them VIP."""
    snapshot = shop(tmp_path_factory.mktemp("many"), [f"C{number}" for number in range(3_000)])
    yield snapshot
    snapshot.close()


def run(snapshot: Snapshot, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Run the command; returns the exit code and what it printed."""
    code = command.main([*arguments, "--published", str(snapshot.path.parents[2])])
    printed = capsys.readouterr()
    return code, printed.out + printed.err


def rows_of(path: Path) -> list[dict[str, str]]:
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" not in content
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def number_of(digest: str) -> float:
    return int(digest[:12], 16) / 16**12


def campaign(snapshot: Snapshot, name: str, share: float = 0.2, *segments: str, keeps: bool = False) -> Campaign:
    return Campaign(name, choose(snapshot, segments), share, *DAYS, keeps_overlap=keeps)


def held(snapshot: Snapshot, made: Campaign) -> set[str]:
    rows = draw(snapshot, made).rows.select(["customer_id", "group"]).to_pylist()
    return {row["customer_id"] for row in rows if row["group"] == "holdout"}


@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=8),
    st.floats(0, 1).map(lambda share: round(share, 4)),
    st.floats(0, 1, exclude_max=True),
    st.randoms(use_true_random=False),
)
def test_sql_draws_as_the_package_does(sizes: list[int], share: float, offset: float, random: object) -> None:
    strata = [stratum + 1 for stratum, size in enumerate(sizes) for _ in range(size)]
    # Few hashes, so that ids decide, too.
    numbers = [random.randrange(9) for _ in strata]  # type: ignore[attr-defined]
    ids = [f"{n:03}" for n in range(len(strata))]
    given_rows = pa.table({"customer_id": ids, "stratum": strata, "hash": [f"{n:012x}" for n in numbers]})
    cursor = DATABASE.cursor()
    cursor.register("given_rows", given_rows)
    drawn = cursor.execute(
        f"with strata as (select * from given_rows), {HELD} select is_held from drawn order by customer_id",
        {"share": share, "offset": offset},
    ).fetchall()
    expected = draw_of_the_package([n / 16 for n in numbers], strata, ids, share, offset)
    assert [is_held for (is_held,) in drawn] == expected.tolist()


def test_a_list_is_the_record_of_a_draw(many: Snapshot, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = run(many, capsys, "Spring", "--segment", "Lost", "--holdout", "20 %", "--days", "30")
    assert code == 0, said
    rows = rows_of(folder / "spring.csv")
    assert tuple(rows[0]) == lists.COLUMNS
    assert [row["customer_id"] for row in rows] == sorted(f"C{number}" for number in range(3_000) if number % 3)
    groups = Counter(row["group"] for row in rows)
    assert groups == {"campaign": 1_600, "holdout": 400}
    assert "1,600 get the campaign, 400 are held out (20.0 %)" in said
    assert {(row["assigned_on"], row["starts_on"], row["ends_on"]) for row in rows} == {
        ("2024-07-01", "2024-07-02", "2024-07-31")
    }
    assert {(row["holdout_share"], row["model_version"]) for row in rows} == {("0.2", "000001")}
    # Within each stratum the share is right to one customer.
    strata = Counter(row["stratum"] for row in rows)
    assert len(strata) == 10
    out = Counter(row["stratum"] for row in rows if row["group"] == "holdout")
    assert all(abs(out[stratum] - 0.2 * size) <= 1 for stratum, size in strata.items())
    # As who reads the list adds it up.
    texts = (
        f"Spring|{row['customer_id']}|{row['group']}|{row['starts_on']}|{row['ends_on']}|{row['holdout_share']}"
        for row in rows
    )
    seal = sum(int(md5(text)[:15], 16) for text in texts)
    assert {row["list_seal"] for row in rows} == {str(seal)}
    assert sorted(path.name for path in folder.iterdir()) == ["spring.csv"]


def test_a_list_can_be_drawn_again_from_its_own_rows(many: Snapshot) -> None:
    """By the package, of the hashes of the name and the ids, and the strata as the list has them."""
    for name in ("Spring", "Summer", "Autumn", "Winter"):
        rows = draw(many, campaign(many, name, 0.171)).rows.to_pandas()
        ranks = {stratum: rank for rank, stratum in enumerate(sorted(set(rows["stratum"])))}
        offset = number_of(md5(name))
        hashes = [number_of(md5(md5(name) + customer)) for customer in rows["customer_id"]]
        expected = draw_of_the_package(hashes, rows["stratum"].map(ranks), rows["customer_id"], 0.171, offset)
        assert ((rows["group"] == "holdout") == expected).all()


def test_the_same_campaign_draws_the_same_and_another_draws_independently(many: Snapshot, folder: Path) -> None:
    spring, summer = (held(many, campaign(many, name)) for name in ("Spring", "Summer"))
    assert spring == held(many, campaign(many, "Spring"))
    assert len(spring) == 600
    # Of 600 each, a fifth would be in both.
    assert abs(len(spring & summer) - 120) < 4 * 10
    assert not folder.exists()


def test_a_list_is_never_written_over(many: Snapshot, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(many, capsys, "Spring", "--segment", "Lost")[0] == 0
    before = (folder / "spring.csv").read_bytes()
    for name in ("Spring", "spring!", " SPRING "):
        code, said = run(many, capsys, name, "--segment", "VIP")
        assert code == 1
        assert "There is a list of Spring already" in said
        assert "another name" in said
    # Two at once: the one who comes second finds the name taken.
    with pytest.raises(CampaignError, match="already"):
        lists.save("Spring", b"other")
    assert (folder / "spring.csv").read_bytes() == before
    assert len(list(folder.iterdir())) == 1


def test_a_disk_without_links_does_not_lose_a_list_either(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise PermissionError(1, "no links")

    monkeypatch.setattr(os, "link", fails)
    assert lists.save("Spring", b"list").read_bytes() == b"list"
    (folder / "spring.csv").rename(folder / "kept")
    (folder / "spring.csv").write_bytes(b"first")
    with pytest.raises(CampaignError):
        lists.save("Spring", b"second")
    assert (folder / "spring.csv").read_bytes() == b"first"
    assert {path.name for path in folder.iterdir()} == {"kept", "spring.csv"}


def test_a_bad_draw_is_refused_and_nothing_is_written(
    many: Snapshot, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "balance", functools.partial(balance, refused=0.999))
    query = "select customer_id from customer_segments where length(customer_id) = 3"
    code, said = run(many, capsys, "Spring 2", "--segment", "all", "--query", query)
    assert code == 1
    assert re.search(r"draw is refused: .*another name", said, re.DOTALL)
    assert "before the campaign" in said
    assert not folder.exists()


def test_customers_of_a_running_campaign_are_named_and_left_out_or_kept(
    many: Snapshot, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(many, capsys, "Spring", "--segment", "VIP", "--days", "30")
    (folder / "strange.csv").write_text("who,what\n1,2\n")
    code, said = run(many, capsys, "Summer", "--segment", "all", "--starts", "2024-07-31")
    assert code == 0
    assert "1,000 customers are in Spring, until 2024-07-31, and left out." in said
    assert "strange.csv is no list" in said
    assert {row["segment"] for row in rows_of(folder / "summer.csv")} == {"Lost"}
    code, said = run(many, capsys, "Autumn", "--segment", "VIP", "--starts", "2024-07-31", "--overlap", "keep")
    assert code == 0
    assert "1,000 customers are in Spring, until 2024-07-31." in said
    assert len(rows_of(folder / "autumn.csv")) == 1_000
    code, said = run(many, capsys, "Winter", "--segment", "VIP", "--starts", "2024-07-31")
    assert code == 1
    assert "All 1,000 customers of VIP are in another campaign at that time: Autumn, Spring." in said
    # The day after all ends.
    assert run(many, capsys, "Late", "--segment", "VIP", "--starts", "2024-12-31")[0] == 0


def test_no_cell_begins_as_a_formula_and_no_text_is_lost(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    snapshot = shop(tmp_path / "shop", [*HOSTILE, *map(str, range(50))], country="=country")
    code, said = run(snapshot, capsys, "@campaign", "--segment", "all", "--holdout", "0.3", "--country", "=country")
    assert code == 0, said
    (path,) = folder.glob("*.csv")
    rows = rows_of(path)
    assert {row["customer_id"] for row in rows} >= {
        *("'" + name for name in HOSTILE if not name.startswith("a,b")),
        "a,b\n<script>alert(1)</script>",
    }
    assert {(row["campaign"], row["country"]) for row in rows} == {("'@campaign", "'=country")}
    # What was guarded is read as it was.
    written = lists.read(path)
    assert written.campaign == "@campaign"
    assert set(written.customers.to_pylist()) >= set(HOSTILE)
    snapshot.close()


def test_builds_read_a_list_as_it_was_drawn(folder: Path, tmp_path: Path) -> None:
    """Whatever customers and the campaign are called; the seal is then that of what was read."""
    # Ids as builds publish them: those with an @ are in lower case.
    names = sorted({name.lower() if "@" in name else name.strip() for name in HOSTILE})
    snapshot = shop(tmp_path / "shop", [*names, "erika@example.com", *map(str, range(50))], country="=country")
    rows = draw(snapshot, campaign(snapshot, "=Été, 春", 0.3)).rows
    path = lists.save("=Été, 春", lists.to_csv(rows), folder)
    read = read_lists(str(path), "", Reading({"campaign": "campaign", "holdout": "holdout"}, {})).to_pylist()
    assert {row["problem"] for row in read} == {None}
    drawn = {(row["campaign"], row["customer_id"], row["group"], row["stratum"]) for row in rows.to_pylist()}
    assert {(row["campaign"], row["customer_id"], row["campaign_group"], row["stratum"]) for row in read} == drawn
    texts = (
        f"{row['campaign']}|{row['customer_id']}|{row['campaign_group']}|{row['starts_on']}|{row['ends_on']}|"
        f"{row['written_share']}"
        for row in read
    )
    assert {row["list_seal"] for row in read} == {str(sum(int(md5(text)[:15], 16) for text in texts))}
    snapshot.close()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Win back, spring 2026!", r"win-back-spring-2026"),
        ("Été à Zürich", r"ete-a-zurich"),
        ("../../etc/passwd", r"etc-passwd"),
        ("con", r"con-[0-9a-f]{8}"),
        ("...", r"campaign-[0-9a-f]{8}"),
        ("مرحبا", r"campaign-[0-9a-f]{8}"),
        ("Frühling 春", r"fruhling-[0-9a-f]{8}"),
        ("x" * 99, r"x{60}-[0-9a-f]{8}"),
    ],
)
def test_files_have_harmless_names(name: str, expected: str) -> None:
    assert re.fullmatch(expected, lists.slug(lists.clean_name(name)))


@pytest.mark.parametrize("name", ["", " \n ", "x" * 101, "a\x00b", "a\u202eb", "a\u200bb"])
def test_names_that_nobody_can_read_are_refused(name: str) -> None:
    with pytest.raises(CampaignError):
        lists.clean_name(name)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--segment", "Lots"], "There is no segment 'Lots'. There are: Lost, VIP, High return rate; or all."),
        (["--segment", ""], "Which customers?"),
        (["--segment", "VIP, High return rate"], "lies over all segments"),
        (["--segment", "VIP", "--country", "Atlantis"], "No customer is of 'Atlantis'. There are: Nowhere"),
        (["--segment", "VIP", "--country", "unknown"], "There are no customers of VIP whose country is not known"),
        (["--segment", "VIP", "--holdout", "20"], "HOLDOUT is a share between 0 and 1"),
        (["--segment", "VIP", "--holdout", "0"], "HOLDOUT is a share between 0 and 1"),
        (["--segment", "VIP", "--holdout", "many"], "HOLDOUT is a number"),
        (["--segment", "VIP", "--holdout", "0.0001"], "leaves a group empty"),
        (["--segment", "VIP", "--days", "0"], "DAYS is a whole number of days"),
        (["--segment", "VIP", "--days", "9999"], "1 to 3,650 days"),
        (["--segment", "VIP", "--starts", "1.8.2024"], "STARTS is a day such as"),
        (["--segment", "VIP", "--starts", "2024-06-30"], "it can't start before"),
        (["--segment", "VIP", "--overlap", "yes"], "OVERLAP is keep or nothing"),
        (["--query", "drop table customer_segments"], "The query is one select"),
        (["--query", "select 1; select 2"], "The query is one select"),
        (["--query", "select nothing"], "The query does not work"),
        (["--query", "select customer_id from read_csv('/etc/passwd')"], "The query does not work"),
        (["--query", "select customer_id from customer_segments where false"], "There are no customers"),
    ],
)
def test_what_cannot_be_drawn_is_said(
    many: Snapshot, folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    code, said = run(many, capsys, "Spring", *arguments)
    assert code == 1
    assert message in said
    assert not folder.exists()


def test_any_query_of_customers_can_be_drawn(many: Snapshot, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    query = "select customer_id from customer_segments where recency_days > 20 -- overdue"
    code, said = run(many, capsys, "Overdue", "--query", query, "--country", "Nowhere")
    assert code == 0, said
    assert {int(row["recency_days"]) > 20 for row in rows_of(folder / "overdue.csv")} == {True}


def test_several_segments_share_the_mean_of_their_shares_and_the_overlay_has_its_own(many: Snapshot) -> None:
    assert drawing.default_share(many, choose(many, split("VIP, Lost", many))) == 0.15
    assert drawing.default_share(many, choose(many, ("VIP",))) == 0.05
    overlay = choose(many, ("High return rate",))
    assert drawing.default_share(many, overlay) == 0.1
    assert draw(many, Campaign("x", overlay, 0.1, *DAYS)).rows.num_rows == 600


def test_no_text_for_a_spreadsheet_is_a_formula() -> None:
    texts = ["=1+1", "@SUM(A1)", "-2", "a=1", None, 'two\n"lines"']
    rows = pa.table({"+name": texts, "other": pa.array(texts, pa.large_string()), "number": [-1.5, 2, 3, 4, 5, None]})
    written = lists.to_spreadsheet(rows)
    assert written.startswith(b"\xef\xbb\xbf")
    header, *found = csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""))
    assert header == ["'+name", "other", "number"]
    safe = ["'=1+1", "'@SUM(A1)", "'-2", "a=1", "", 'two\n"lines"']
    assert found == [[text, text, number] for text, number in zip(safe, ["-1.5", "2", "3", "4", "5", ""], strict=True)]
