"""Lists of campaigns are read as they are meant, whoever wrote them, and one that contradicts itself says where."""

from __future__ import annotations

import csv
import datetime
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.campaigns.lists import SCHEMA, Reading, read_lists, seal_of, without_customers
from segmentation.intake import clean_customer_id, customer_hash

WORDS = {"campaign": "campaign", "sent": "campaign", "holdout": "holdout", "control": "holdout"}
HEADER = (
    "campaign,customer_id,group,segment,stratum,holdout_share,assigned_on,starts_on,ends_on,model_version,list_seal"
)
DAYS = (datetime.date(2024, 3, 4), datetime.date(2024, 4, 25))
SHORT = "customer_id,group,starts_on,ends_on"
A, B = "a,sent,2024-03-04,2024-04-25", "b,control,2024-03-04,2024-04-25"


def write(folder: Path, *lines: str, header: str = SHORT, name: str = "spring.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_text("\n".join((header, *lines)) + "\n", encoding)
    return path


def read(path: Path | str, must_exist: bool = False, **reading: Any) -> list[dict[str, Any]]:
    columns = reading.pop("columns", {})
    table = read_lists(str(path), "", Reading(WORDS, columns, **reading), must_exist)
    assert table.schema == SCHEMA
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def problem(path: Path | str, **reading: Any) -> tuple[str, str]:
    (row,) = read(path, **reading)
    assert row["customer_id"] is None
    return row["problem"], row["remedy"]


def test_a_list_is_read_as_it_was_drawn(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "'=Spring,'0815,campaign,VIP,1,0.2,2024-03-01,2024-03-04,2024-04-25,v1,123",
        "'=Spring,Erika@Example.com,holdout,'-VIP,2,0.2,2024-03-01,2024-03-04,2024-04-25,v1,123",
        header=HEADER,
        encoding="utf-8-sig",
    )
    first, second = read(path)
    assert first == {
        "source_file": str(path),
        "campaign": "=Spring",
        "customer_id": "0815",
        "campaign_group": "campaign",
        "segment": "VIP",
        "stratum": "1",
        "written_share": "0.2",
        "holdout_share": 0.2,
        "assigned_on": datetime.date(2024, 3, 1),
        "starts_on": DAYS[0],
        "ends_on": DAYS[1],
        "model_version": "v1",
        "list_seal": "123",
        "is_contacted": None,
        "problem": None,
        "remedy": None,
    }
    assert (second["customer_id"], second["segment"], second["campaign_group"]) == (
        "erika@example.com",
        "-VIP",
        "holdout",
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters_are_found_out(tmp_path: Path, encoding: str, delimiter: str) -> None:
    lines = (line.replace(",", delimiter) for line in (A.replace("a,", "Jörg,"), B))
    path = write(tmp_path, *lines, header=SHORT.replace(",", delimiter), encoding=encoding)
    rows = read(path)
    assert [(row["campaign"], row["customer_id"], row["campaign_group"]) for row in rows] == [
        ("spring", "Jörg", "campaign"),
        ("spring", "b", "holdout"),
    ]


def test_columns_of_other_tools_are_mapped_and_our_own_lists_are_read_beside_them(tmp_path: Path) -> None:
    columns = {"customer_id": "Account", "group": "Cell", "starts_on": "From", "ends_on": "To"}
    write(tmp_path, "17850.0;SENT ;04.03.2024;25.04.2024;yes", header="account;cell;from;to;contacted", name="x.csv")
    write(tmp_path, B, name="y.csv")
    first, second = read(tmp_path / "*.csv", columns=columns)
    assert (first["customer_id"], first["campaign_group"], first["is_contacted"]) == ("17850", "campaign", True)
    assert (first["starts_on"], first["ends_on"]) == DAYS
    assert second["campaign_group"] == "holdout"


@pytest.mark.parametrize(
    ("texts", "order", "dates"),
    [
        (("2024-03-04", "2024-04-25"), "", DAYS),
        (("2024/3/4 00:00:00", "2024-04-25T10:00"), "", DAYS),
        (("04/03/2024", "25/04/2024"), "", DAYS),
        (("3/4/2024", "4/25/2024"), "", DAYS),
        (("4.3.2024", "5.4.2024"), "dmy", (DAYS[0], datetime.date(2024, 4, 5))),
        (("3/4/2024", "4/5/2024"), "mdy", (DAYS[0], datetime.date(2024, 4, 5))),
    ],
)
def test_dates_are_read_by_what_all_of_them_show(tmp_path: Path, texts: Any, order: str, dates: Any) -> None:
    (row,) = read(write(tmp_path, f"a,sent,{texts[0]},{texts[1]}"), date_order=order)
    assert (row["starts_on"], row["ends_on"]) == dates


@pytest.mark.parametrize(
    ("lines", "told", "remedy"),
    [
        (["a,maybe,2024-03-04,2024-04-25"], "the column 'group' has 'maybe' in row 2", "campaign_group_words"),
        ([A, "b,,2024-03-04,2024-04-25"], "the column 'group' is empty in row 3", "fill it in"),
        ([A, " ,control,2024-03-04,2024-04-25"], "the column 'customer_id' is empty in row 3", "fill it in"),
        (
            [A, "b,control,soon,2024-04-25"],
            "the column 'starts_on' has 'soon' in row 3, which is no date",
            "2026-04-03",
        ),
        (["a,sent,2024-02-30,2024-04-25"], "'2024-02-30' in row 2, which is no date", "2026-04-03"),
        (["a,sent,3/4/2024,4/5/2024"], "dates such as '3/4/2024', which can be read in two ways", "date_order: dmy"),
        ([A, "b,control"], "row 3 has not the 4 values of the header: 'b,control'", "repair the row"),
        (['"x\ny",sent,2024-03-04,2024-04-25', "b,control"], "row 3 has not the 4 values", "repair the row"),
        (
            [A, "b,control,2024-03-05,2024-04-25"],
            "several starts_on, such as 2024-03-04 and 2024-03-05",
            "another campaign",
        ),
        (
            [A, A.replace("sent", "control")],
            "1 customer is in both groups of a campaign, such as 'a' of 'spring'",
            "drawn",
        ),
        (
            [A, "'a.0,control,2024-03-04,2024-04-25", " a,control,2024-03-04,2024-04-25"],
            "such as 'a'",
            "what was drawn",
        ),
    ],
)
def test_what_a_list_does_not_say_is_asked_with_its_row(
    tmp_path: Path, lines: list[str], told: str, remedy: str
) -> None:
    said = problem(write(tmp_path, *lines))
    assert told in said[0]
    assert remedy in said[1]


@pytest.mark.parametrize(("share", "held"), [("0.2", 0.2), ("20 %", 0.2), ("20%", 0.2), ("0,2", 0.2), ("1", 1.0)])
def test_shares_are_read_in_any_writing(tmp_path: Path, share: str, held: float) -> None:
    (row,) = read(write(tmp_path, f'{A},"{share}"', header=f"{SHORT},holdout_share"))
    assert row["holdout_share"] == pytest.approx(held)
    assert row["written_share"] == share


@pytest.mark.parametrize("share", ["20", "-0.1", "some", "120 %"])
def test_shares_that_are_none_are_refused(tmp_path: Path, share: str) -> None:
    told = problem(write(tmp_path, f"{A},{share}", header=f"{SHORT},holdout_share"))[0]
    assert f"has '{share}' in row 2, which is no share from 0 to 1" in told


def test_columns_that_are_missing_are_named(tmp_path: Path) -> None:
    told, remedy = problem(write(tmp_path, "a,sent", header="Account,group"))
    assert told == "it has no column customer_id and none starts_on and none ends_on; its columns are Account, group"
    assert remedy.endswith("{campaign_map: {customer_id: Account}}'")


def test_a_campaign_is_in_one_list(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        write(tmp_path, f"Spring,{A}", header=f"campaign,{SHORT}", name=name)
    first, second = read(tmp_path / "*.csv")
    assert (first["campaign"], first["problem"]) == ("Spring", None)
    assert second["problem"] == f"the campaign 'Spring' is in {tmp_path / 'a.csv'}, too"


def test_lists_that_are_not_there(tmp_path: Path) -> None:
    assert read(tmp_path / "*.csv") == []
    (row,) = read(tmp_path / "*.csv", must_exist=True)
    assert "no file matches it" in row["problem"]
    (tmp_path / "empty.csv").touch()
    assert problem(tmp_path / "empty.csv")[0] == "it has no header"
    # As after all of its customers were erased.
    assert read(write(tmp_path, header=SHORT)) == []


def test_a_customer_who_is_there_twice_in_a_group_is_no_contradiction(tmp_path: Path) -> None:
    assert len(read(write(tmp_path, A, A, B))) == 3


def test_ids_are_joined_as_those_of_lines_are(tmp_path: Path) -> None:
    path = write(tmp_path, A.replace("a,", "00A7,"), B)
    assert [row["customer_id"] for row in read(path)] == ["00A7", "b"]
    assert [row["customer_id"] for row in read(path, joins_ids=True)] == ["a7", "b"]


IDS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0", exclude_categories=["Cc", "Cs"]), min_size=1)


@given(st.lists(IDS.filter(clean_customer_id), min_size=1, unique_by=clean_customer_id))
def test_any_id_comes_out_as_the_lines_have_it(tmp_path_factory: pytest.TempPathFactory, ids: list[str]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([[one, *A.split(",")[1:]] for one in ids])
    path = write(tmp_path_factory.mktemp("ids"), text.getvalue().rstrip("\n"))
    assert [row["customer_id"] for row in read(path)] == [clean_customer_id(one) for one in ids]


def sealed(folder: Path, customers: dict[str, str], seal: int | None = None) -> Path:
    rows = [("Spring", customer, group, "2024-03-04", "2024-04-25", "0.2") for customer, group in customers.items()]
    text = seal_of(rows) if seal is None else seal
    lines = [f"{row[0]},{row[1]},{row[2]},VIP,1,{row[5]},2024-03-01,{row[3]},{row[4]},v1,{text}" for row in rows]
    return write(folder, *lines, header=HEADER, encoding="utf-8-sig")


CUSTOMERS = {"a": "campaign", "erika@example.com": "holdout", "b": "holdout"}
ERASED = frozenset([customer_hash("erika@example.com") or ""])


@pytest.mark.parametrize("off", [0, 17])
def test_a_list_says_of_the_others_what_it_said_before_a_customer_was_erased(tmp_path: Path, off: int) -> None:
    rest = {customer: group for customer, group in CUSTOMERS.items() if "@" not in customer}
    whole = int(read(sealed(tmp_path, CUSTOMERS))[0]["list_seal"])
    path = sealed(tmp_path, CUSTOMERS, whole + off)
    expected = int(read(sealed(tmp_path, rest))[0]["list_seal"]) + off
    path = sealed(tmp_path, CUSTOMERS, whole + off)
    read_without = read(path, erased=ERASED)
    assert [row["customer_id"] for row in read_without] == ["a", "b"]
    assert {row["list_seal"] for row in read_without} == {str(expected)}
    text, rows = without_customers(str(path), ERASED)
    assert (rows, "erika" in text, text.count("\n")) == (1, False, 3)
    path.write_text(text, "utf-8-sig")
    assert {row["list_seal"] for row in read(path)} == {str(expected)}
    assert without_customers(str(path), ERASED) == (text, 0)


def test_rows_that_can_not_be_read_and_other_files_lose_the_customer_and_nothing_else(tmp_path: Path) -> None:
    path = write(tmp_path, A, "broken;Erika@Example.com;row", "x,y", B)
    text, rows = without_customers(str(path), ERASED)
    assert (text, rows) == ("\n".join((SHORT, A, "x,y", B)) + "\n", 1)
    notes = write(tmp_path, "erika@example.com", header="notes", name="notes.csv")
    assert without_customers(str(notes), ERASED)[1] == 0
