"""What a build publishes, for tests: a small shop with nothing but what campaigns need, and changed versions."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb

from segmentation_charts.published import Snapshot

AS_OF = "2024-07-01"


def changed(published: Path, folder: Path, change: Callable[[duckdb.DuckDBPyConnection], object]) -> Path:
    """Copy the current version, with a change of its tables; returns the folder.

    Parameters
    ----------
    published : Path
        Folder that a build published to.
    folder : Path
        Published to. The version is called after it, as no other one is.
    change : callable
        Changes the tables.
    """
    version = folder / "versions" / f"{(published / 'current').readlink().name}-{folder.name}"
    version.mkdir(parents=True)
    shutil.copy(published / "current/segments.duckdb", version)
    (folder / "current").symlink_to(Path("versions") / version.name)
    with duckdb.connect(str(version / "segments.duckdb")) as connection:
        change(connection)
    return folder


def shop(folder: Path, customers: Sequence[str], country: str = "Nowhere", lines: str | None = None) -> Snapshot:
    """Publish customers of the segments VIP (every third) and Lost.

    Parameters
    ----------
    folder : Path
        Published to.
    customers : sequence of str
        Their ids.
    country : str
        Of all.
    lines : str, optional
        SQL of the rows of invoice_lines: customer_id, invoice_id, invoiced_at, line_type, amount.
    """
    version = folder / "versions/000001"
    version.mkdir(parents=True)
    (folder / "current").symlink_to("versions/000001")
    counts = dict.fromkeys(
        ("customer_segments", "segment_profiles", *(["invoice_lines", "segment_history"] if lines else [])), 1
    )
    with duckdb.connect(str(version / "segments.duckdb")) as connection:
        connection.execute(
            "create table published_manifest as select $manifest as manifest",
            {"manifest": json.dumps({"row_counts": counts, "as_of_date": AS_OF, "currency": "£"})},
        )
        connection.execute(
            """
            create table customer_segments as
            with ids as (select unnest($customers) as customer_id, unnest(range(len($customers))) as number)
            select
                customer_id, case when number % 3 = 0 then 'VIP' else 'Lost' end as segment, $country as country,
                'Call' as recommended_action, number % 5 = 0 as is_high_return, date '2024-06-01' as last_purchase_date,
                date '2020-01-01' as first_purchase_date, number % 41 as recency_days, number % 7 + 1 as frequency,
                (number * 37 % 101 - 3.5)::decimal(28, 4) as monetary, 4.5::decimal(28, 4) as avg_order_value,
                0.1 as return_rate, 3 as m_score
            from ids
            """,
            {"customers": list(customers), "country": country},
        )
        connection.execute(
            """
            create table segment_profiles as
            select * from (
                values ('VIP', 'cluster', 0.05, 1), ('Lost', 'cluster', 0.2, 2), ('High return rate', 'overlay', 0.1, 3)
            ) as profiles (segment, kind, holdout_share, revenue)
            """
        )
        if lines:
            connection.execute(f"create table invoice_lines as {lines}")
            connection.execute(
                """
                create table segment_history as
                select unnest([date '2024-03-31', date '2024-05-31']) as month_end, customer_id, segment, 3 as m_score
                from customer_segments
                """
            )
    return Snapshot(folder)
