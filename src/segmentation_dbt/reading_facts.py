"""What files would be read as, and why: the facts of `make inspect`, as they go into its JSON."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import duckdb

from segmentation_dbt.questions import MEANING, RATE

Facts = dict[str, Any]
Rows = dict[Any, list[Facts]]
"""Rows by their file; those that are of no single file have None."""

EXAMPLES = 3
# Tables that dbt names are in brackets.
_ASSUMPTIONS = "select * from {reading_evidence} order by source_file, assumption, assumed"
_KINDS = """
select files.source_file, days.line_type, days.reason, sum(days.line_count) as lines,
    coalesce(sum(coalesce(days.amount, days.large_amount)), 0) as amount
from {int_file_invoice_days} as days
inner join {stg_files} as files using (load_key)
group by all
order by files.source_file, lines desc, days.line_type, days.reason
"""
_TOTALS = """
with lines as (
    select *, not is_derived and line_id in (select line_id from {int_duplicate_invoice_lines}) as is_copy
    from {int_classified_lines}
)
select source_file,
    count(*) filter (not is_derived) as lines,
    count(*) filter (not is_derived and not is_copy and line_type is not null) as accepted_lines,
    count(*) filter (is_copy) as copies,
    count(distinct invoice_id) filter (line_type = 'sale') as invoices,
    count(distinct customer_id) filter (line_type = 'sale') as customers,
    count(*) filter (line_type = 'sale' and not is_copy and customer_id is null) as sales_without_customer,
    coalesce(sum(amount) filter (line_type = 'sale' and not is_copy), 0) as purchased,
    coalesce(-sum(amount) filter (line_type = 'return' and not is_copy), 0) as returned,
    count(*) filter (is_derived) as returns_by_order,
    min(invoice_date) filter (line_type is not null) as first_date,
    max(invoice_date) filter (line_type is not null) as last_date
from lines
group by grouping sets ((source_file), ())
"""
# Of the lines that can be read, the first of each file.
_EXAMPLES = """
select source_file,
    arg_min({{
        'row': source_row, 'invoice': invoice_id, 'date': invoiced_at, 'customer': customer_id, 'product': product_code,
        'quantity': quantity, 'price': unit_price, 'amount': amount
    }}, (problem is not null, line_id), 3) as examples
from {stg_invoice_lines}
group by source_file
"""
# Conventions that neither a file nor a setting decides.
_OPEN = """
select source_file, 'date_order' as assumption from {stg_files}
where date_order is null and dmy_lines + mdy_lines + unclear_date_lines + ymd_lines > 0
union all select source_file, 'decimal_mark' from {stg_files} where decimal_mark is null and line_count > 0
union all select source_file, 'discount_sign' from {stg_files}
where discount_sign is null and positive_discount_lines + negative_discount_lines > 0
"""
_STATUSES = """
select distinct unknown_status from {stg_invoice_orders} where unknown_status is not null order by unknown_status
"""
_CURRENCIES = """
select currency from {base_file_evidence} where currency is not null
group by currency order by sum(line_count) desc, currency
"""
_PLACEHOLDERS = """
select assumed from {reading_evidence} where assumption = 'placeholder_customers' and decided_by = 'nothing'
"""


def facts_of(connection: duckdb.DuckDBPyConnection, relations: Mapping[str, str]) -> Facts:
    """Return what is known of each file, and of all.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        To a warehouse in which dbt has built reading_evidence and what leads to it.
    relations : mapping of str to str
        Model to its table.

    Returns
    -------
    dict
        files (a list, in the order of their names), tables (of attributes and of categories, likewise), assumptions
        (those that are of no single one) and totals.
    """
    assumptions, kinds, totals, examples = (
        _by_file(_fetch(connection, query, relations)) for query in (_ASSUMPTIONS, _KINDS, _TOTALS, _EXAMPLES)
    )
    for row in _fetch(connection, _OPEN, relations):
        for assumption in assumptions.get(row["source_file"], []):
            if assumption["assumption"] == row["assumption"]:
                assumption |= {"assumed": None, "decided_by": "nothing"}
    files = []
    for row in _fetch(connection, "select * from {base_invoice_files} order by source_file", relations):
        name = row["source_file"]
        file = layout_of(row)
        if not file["problem"] and row["shape"] != "none":
            file |= {
                "assumptions": assumptions.get(name, []),
                "line_types": [kind for kind in kinds.get(name, []) if kind["line_type"]],
                "rejected": [kind for kind in kinds.get(name, []) if kind["reason"]],
                "examples": examples[name][0]["examples"] if name in examples else [],
                "totals": totals.get(name, [{}])[0],
            }
        files.append(file)
    others = sorted(name for name in assumptions if name is not None and name not in {file["file"] for file in files})
    return {
        "files": files,
        "tables": [{"table": name, "assumptions": assumptions[name]} for name in others],
        "assumptions": assumptions.get(None, []),
        "totals": totals.get(None, [{}])[0],
    }


def layout_of(row: Mapping[str, Any]) -> Facts:
    """Return what a row of base_invoice_files says: shape, columns, those that are not read, how text is written."""
    headers, positions = json.loads(row["headers"]), json.loads(row["positions"])
    return {
        "file": row["source_file"],
        "problem": row["problem"],
        "remedy": row["remedy"],
        "format": row["format"],
        "shape": row["shape"],
        "header_row": row["header_row"] + 1 if row["header_row"] >= 0 else None,
        "columns": {field: headers[position] for field, position in positions.items()},
        "fields_of_the_order": json.loads(row["order_fields"]),
        "unread_columns": [header for n, header in enumerate(headers) if n not in positions.values()],
        "encoding": row["encoding"] or None,
        "delimiter": row["delimiter"] or None,
        "compression": row["compression"],
    }


def known_settings(connection: duckdb.DuckDBPyConnection, relations: Mapping[str, str]) -> dict[str, Any]:
    """Return settings of which the files name the parts: statuses, currencies and a customer that may be nobody.

    Parameters
    ----------
    connection, relations
        As `facts_of` takes them.
    """
    statuses, currencies, customers = (
        [next(iter(row.values())) for row in _fetch(connection, query, relations)]
        for query in (_STATUSES, _CURRENCIES, _PLACEHOLDERS)
    )
    return {
        "order_status_meanings": dict.fromkeys(statuses, MEANING),
        "exchange_rates": {currency: RATE if number else 1 for number, currency in enumerate(currencies)},
        "placeholder_customers": customers,
    }


def _fetch(connection: duckdb.DuckDBPyConnection, query: str, relations: Mapping[str, str]) -> list[Facts]:
    found = connection.execute(query.format_map(relations))
    names = [column[0] for column in found.description or ()]
    return [{name: plain(value) for name, value in zip(names, row, strict=True)} for row in found.fetchall()]


def _by_file(rows: Iterable[Facts]) -> Rows:
    found: Rows = {}
    for row in rows:
        found.setdefault(row.pop("source_file"), []).append(row)
    return found


def plain(value: Any) -> Any:
    """Return a value of DuckDB as JSON has it: numbers, texts, times as ISO 8601."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    return value
