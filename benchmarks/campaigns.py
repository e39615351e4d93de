"""How long the models of campaigns take with ten million customers on the lists.

The sample is built up to them. Its lists and its ledger are then put in place of by a shop that is drawn by SQL: two
million customers on some ten days each over two years, and ten campaigns of 90 days, each with every second customer,
a fifth of them held out, so that several run at a time. The lists have seals. Last, dbt builds what stands behind the
lists with its data tests: sums and squares, results and the marts.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

import duckdb

from benchmarks.builds import print_nodes, run_dbt

CAMPAIGNS = 10
DAYS_OF_A_CUSTOMER = 10
BEFORE = ("--exclude-resource-type", "test", "--select", "+int_campaign_customers")
MODELS = (
    *("--select", "models/intermediate/campaigns", "python_models/intermediate/campaigns", "models/marts/campaigns"),
    *("--indirect-selection", "cautious"),
)
# The same numbers each time: hashes of who, which and when.
TABLES = """
create or replace table intermediate.int_customer_days as
with events as (
    select i, date '2023-01-01' + (hash(i, j) % 730)::int as activity_date, hash(j, i) as chance
    from range({customers}) as customers(i), range({days}) as days(j)
)
select
    (hash(i) // 2)::bigint as ledger_key, 'customer ' || i as customer_id, 'Germany' as country,
    count(*) as orders, count(*) as sale_lines, 0::bigint as return_lines, 0::bigint as cancelled_lines,
    sum(chance % 20000 / 100)::decimal(18, 4) as purchased,
    sum(case when chance % 17 = 0 then chance % 900 / 100 else 0 end)::decimal(18, 4) as returned,
    0::decimal(18, 4) as cancelled, activity_date
from events
group by i, activity_date
order by i;

create or replace table intermediate.int_customer_totals as
select
    ledger_key as totals_key, ledger_key, customer_id, country, sum(orders)::bigint as orders,
    count(*) as purchase_days, 0::bigint as return_days, sum(purchased)::decimal(18, 4) as purchased_value,
    sum(returned)::decimal(18, 4) as returned_value, 0::decimal(18, 4) as cancelled_value,
    min(activity_date) as first_purchase_date, max(activity_date) as last_purchase_date
from intermediate.int_customer_days
group by all;

create or replace table staging.base_campaign_lists as
select
    'campaign ' || k || '.csv' as source_file, 'Campaign ' || k as campaign, 'customer ' || i as customer_id,
    case when hash(i, k) % 10 < 2 then 'holdout' else 'campaign' end as campaign_group,
    'Segment ' || i % 6 as segment, 'revenue ' || i % 4 + 1 || ' of 4' as stratum, '0.2' as written_share,
    0.2::double as holdout_share, date '2023-04-01' + (k * 55)::int as assigned_on, assigned_on as starts_on,
    starts_on + 89 as ends_on, null::varchar as model_version, '1' as list_seal,
    null::boolean as is_contacted, null::varchar as problem, null::varchar as remedy
from range({campaigns}) as lists(k), range({customers}) as customers(i)
where hash(k, i) % 2 = 0;
"""


def main() -> None:
    """Print the seconds of each table, and of the whole."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.campaigns", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--customers", type=int, default=10_000_000, help="on all lists together")
    parser.add_argument("--memory-limit", default="4GiB", help="of DuckDB (default: %(default)s)")
    parser.add_argument("--folder", type=Path, help="keep the warehouse there, and take it from there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        folder = (options.folder or Path(scratch)).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "drawn").exists():
            run_dbt(folder, BEFORE, options.memory_limit)
            draw(folder, options.customers, options.memory_limit)
            (folder / "drawn").touch()
        print(f"{options.customers:,} customers on {CAMPAIGNS} lists, {os.cpu_count()} cores")
        print_nodes(folder, run_dbt(folder, MODELS, options.memory_limit))


def draw(folder: Path, customers: int, memory_limit: str) -> None:
    """Put the invented shop in place of the sample's lists and ledger.

    Parameters
    ----------
    folder : Path
        With the warehouse.
    customers : int
        On all lists together.
    memory_limit : str
        That of DuckDB.
    """
    with duckdb.connect(str(folder / "warehouse.duckdb"), config={"memory_limit": memory_limit}) as connection:
        # Each is on every second list.
        shop = customers * 2 // CAMPAIGNS
        connection.execute(TABLES.format(customers=shop, days=DAYS_OF_A_CUSTOMER, campaigns=CAMPAIGNS))


if __name__ == "__main__":
    main()
