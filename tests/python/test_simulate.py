"""The generator: repeatable, as large as asked for, with the groups and the dirt that it promises."""

import csv
import gzip
import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest
from conftest import PLANTED_GROUPS, SAMPLE

from segmentation.campaigns.lists import GROUPS as CAMPAIGN_GROUPS
from segmentation.campaigns.lists import Reading, read_lists, seal_of
from segmentation.simulate.__main__ import main
from segmentation.simulate.buyers import GROUPS, draw_population, expected_orders_per_customer


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> tuple[duckdb.DuckDBPyConnection, Path]:
    folder = tmp_path_factory.mktemp("simulated")
    main([str(folder / "lines.csv"), "--truth", str(folder / "truth.csv"), "--lines", "200000"])
    connection = duckdb.connect()
    connection.execute(
        "create table lines as select *, Quantity::int as q, UnitPrice::double as p, InvoiceDate::timestamp as t "
        f"from read_csv('{folder / 'lines.csv'}', all_varchar = true)"
    )
    return connection, folder


def count(lines: tuple[duckdb.DuckDBPyConnection, Path], condition: str) -> int:
    return int(lines[0].execute(f"select count(*) from lines where {condition}").fetchall()[0][0])


def test_it_writes_about_as_many_lines_and_customers_as_asked(
    lines: tuple[duckdb.DuckDBPyConnection, Path],
) -> None:
    assert 180_000 < count(lines, "true") < 220_000
    ((customers,),) = lines[0].execute("select count(distinct trim(CustomerID)) from lines").fetchall()
    assert customers == 200_000 // 130


@pytest.mark.parametrize(
    "dirt",
    [
        "CustomerID is null and q > 0 and p > 0",
        "InvoiceNo like 'C%' and q < 0",
        "StockCode = 'POST'",
        "StockCode in ('AMAZONFEE', 'BANK CHARGES')",
        "StockCode = 'D' and q < 0",
        "StockCode = 'M'",
        "StockCode = 'B' and p < 0 and InvoiceNo like 'A%'",
        "q < 0 and p = 0 and CustomerID is null and InvoiceNo not like 'C%'",
        "q > 0 and p = 0",
        "StockCode <> upper(StockCode)",
        "Description like '% '",
        "CustomerID like '% '",
        "Description like '%,%'",
        "Description like '%\"%'",
    ],
)
def test_the_dirt_of_real_exports_is_there(lines: tuple[duckdb.DuckDBPyConnection, Path], dirt: str) -> None:
    assert count(lines, dirt) > 0


def test_copies_are_to_the_letter(lines: tuple[duckdb.DuckDBPyConnection, Path]) -> None:
    surplus = (
        count(lines, "true") - lines[0].execute("select count(*) from (select distinct * from lines)").fetchall()[0][0]
    )
    assert 0.004 < surplus / count(lines, "true") < 0.02


def test_cancellations_refer_to_real_purchases(lines: tuple[duckdb.DuckDBPyConnection, Path]) -> None:
    orphans = (
        lines[0]
        .execute(
            """
        select count(*) from lines as back
        where InvoiceNo like 'C%' and StockCode not in ('D', 'AMAZONFEE', 'BANK CHARGES') and not exists (
            select 1 from lines as sale
            where upper(sale.StockCode) = upper(back.StockCode) and sale.p = back.p and sale.q >= -back.q
                and trim(sale.CustomerID) is not distinct from trim(back.CustomerID) and sale.t < back.t
        )
        """
        )
        .fetchall()[0][0]
    )
    assert orphans == 0


def test_the_truth_names_every_customer_once(lines: tuple[duckdb.DuckDBPyConnection, Path]) -> None:
    with (lines[1] / "truth.csv").open() as f:
        truth = list(csv.DictReader(f))
    assert len({row["customer_id"] for row in truth}) == len(truth) == 200_000 // 130
    assert {row["planted_group"] for row in truth} == {g.name for g in GROUPS}


def test_customers_buy_at_their_own_rates_while_alive() -> None:
    population = draw_population(np.random.default_rng(1), 20_000, 730)
    for number, group in enumerate(GROUPS):
        members = population.group == number
        assert members.mean() == pytest.approx(group.share, abs=0.01)
        assert population.orders_per_day[members].mean() * 365 == pytest.approx(group.orders_per_year, rel=0.05)
    assert 5 < expected_orders_per_customer(730) < 30


def test_seasons_and_weekdays_show(lines: tuple[duckdb.DuckDBPyConnection, Path]) -> None:
    # Rates of the second year, when arrivals of most groups are over: November against May, Thursday against Saturday.
    orders = "select count(distinct InvoiceNo) from lines where q > 0 and p > 0 and t >= '2024-01-01' and "
    november, may, thursday, saturday = (
        lines[0].execute(orders + condition).fetchall()[0][0]
        for condition in ("month(t) = 11", "month(t) = 5", "isodow(t) = 4", "isodow(t) = 6")
    )
    assert november > 1.2 * may
    assert thursday > 2 * saturday


def test_the_same_options_write_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv", "c.csv"):
        main([str(tmp_path / name), "--lines", "3000", "--seed", "2" if name == "c.csv" else "1"])
    a, b, c = ((tmp_path / name).read_bytes() for name in ("a.csv", "b.csv", "c.csv"))
    assert a == b
    assert a != c


def test_campaigns_add_orders_and_change_no_other_line(tmp_path: Path) -> None:
    options = ["--lines", "20000", "--customers", "1000"]
    main([str(tmp_path / "without.csv"), *options])
    main([str(tmp_path / "with.csv"), *options, "--campaigns", str(tmp_path / "campaigns")])
    without, lines = ((tmp_path / name).read_text().splitlines() for name in ("without.csv", "with.csv"))
    more = [line for line in lines if line.startswith('"900')]
    assert [line for line in lines if line not in set(more)] == without
    offer = read_lists(
        str(tmp_path / "campaigns/autumn-offer.csv"),
        "",
        Reading(dict(zip(CAMPAIGN_GROUPS, CAMPAIGN_GROUPS, strict=True)), {}),
    )
    rows = offer.to_pylist()
    assert {line.split(",")[-2].strip('"') for line in more} <= {
        row["customer_id"] for row in rows if row["campaign_group"] == "campaign"
    }
    held = sum(row["campaign_group"] == "holdout" for row in rows)
    assert abs(held - 0.3 * len(rows)) <= 1
    assert {row["list_seal"] for row in rows} == {
        str(
            seal_of(
                [
                    row["campaign"],
                    row["customer_id"],
                    row["campaign_group"],
                    str(row["starts_on"]),
                    str(row["ends_on"]),
                    "0.3",
                ]
                for row in rows
            )
        )
    }


def test_parquet_holds_the_same_lines_as_csv(tmp_path: Path) -> None:
    for name in ("a.csv", "a.parquet"):
        main([str(tmp_path / name), "--lines", "3000"])
    table = pq.read_table(tmp_path / "a.parquet")
    with (tmp_path / "a.csv").open(newline="") as f:
        rows = list(csv.DictReader(f))
    assert [row["InvoiceNo"] for row in rows] == table["InvoiceNo"].to_pylist()
    assert [float(row["UnitPrice"]) for row in rows] == table["UnitPrice"].to_pylist()


def test_the_committed_sample_is_what_the_make_target_writes(tmp_path: Path) -> None:
    main(
        [
            *(str(tmp_path / "invoices.csv.gz"), "--truth", str(tmp_path / "planted_groups.csv")),
            *("--campaigns", str(tmp_path / "campaigns"), "--categories", str(tmp_path / "product_categories.csv")),
            *("--lines", "60000", "--customers", "3000"),
        ]
    )
    lists = sorted((SAMPLE.parent / "campaigns").iterdir())
    assert [path.name for path in lists] == ["autumn-offer.csv", "early-access.csv"]
    assert [(tmp_path / "campaigns" / path.name).read_bytes() for path in lists] == [
        path.read_bytes() for path in lists
    ]
    categories = SAMPLE.parent / "product_categories.csv"
    assert (tmp_path / "product_categories.csv").read_bytes() == categories.read_bytes()
    # The text and not the compressed bytes: those change with the version of zlib.
    assert gzip.decompress((tmp_path / "invoices.csv.gz").read_bytes()) == gzip.decompress(SAMPLE.read_bytes())
    assert (tmp_path / "planted_groups.csv").read_bytes() == PLANTED_GROUPS.read_bytes()
    assert SAMPLE.stat().st_size + PLANTED_GROUPS.stat().st_size < 2 << 20


def test_ten_times_the_lines_need_hardly_more_memory(tmp_path: Path) -> None:
    measured = (
        "import resource, sys; from segmentation.simulate.__main__ import main; main(sys.argv[1:]); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    small, large = (
        int(
            subprocess.check_output([sys.executable, "-c", measured, str(tmp_path / "a.csv"), "--lines", n]).split()[-1]
        )
        for n in ("200000", "2000000")
    )
    assert large < 1.15 * small


@pytest.mark.parametrize(
    "arguments", [["--lines", "0"], ["--days", "0"], ["--start", "yesterday"], ["--start", "NaT"], ["--seed", "-1"]]
)
def test_impossible_options_are_refused(
    tmp_path: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([str(tmp_path / "a.csv"), *arguments])
    assert "error: --" in capsys.readouterr().err
