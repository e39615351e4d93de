"""Where every row and every penny of the files went."""

from __future__ import annotations

import pandas as pd

from segmentation_charts.published import Snapshot


def files(snapshot: Snapshot, limit: int = 200) -> pd.DataFrame:
    """Return a row a file, those with the most rejected rows first.

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown.
    limit : int, default 200
        Files at most.
    """
    return snapshot.query(
        """
        select
            source_file,
            shape,
            encoding,
            size_bytes,
            rows_read,
            rows_accepted,
            rows_rejected,
            rows_duplicate,
            amount_read,
            amount_accepted,
            amount_rejected,
            first_invoice_date,
            last_invoice_date,
            loaded_at
        from load_audit
        order by rows_rejected desc, source_file
        limit $limit
        """,
        {"limit": limit},
    )


def line_types(snapshot: Snapshot) -> pd.DataFrame:
    """Return a row a type of accepted lines: line_type, lines and amount.

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown.
    """
    types = ("sale", "return", "charge", "adjustment", "write_off", "free")
    rows = [f"select '{kind}' as line_type, sum(rows_{kind}) as lines, sum(amount_{kind}) as amount" for kind in types]
    return snapshot.query(" from load_audit union all ".join(rows) + " from load_audit")


def readings(snapshot: Snapshot, limit: int = 200) -> pd.DataFrame:
    """Return a row a thing that a file does not say and that was assumed: the doubtful ones first, what lines are last.

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown; one with reading_evidence.
    limit : int, default 200
        Rows at most.
    """
    return snapshot.query(
        """
        select
            source_file,
            assumption,
            assumed,
            decided_by,
            lines_for,
            lines_against,
            explanation,
            count(*) over () as reading_count
        from reading_evidence
        order by decided_by = 'warning' desc, assumption = 'lines', source_file nulls first, assumption, assumed
        limit $limit
        """,
        {"limit": limit},
    )


def reasons(snapshot: Snapshot) -> pd.DataFrame:
    """Return a row a reason that lines were rejected for: reason, lines and amount (where it can be read).

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown.
    """
    return snapshot.query(
        """
        select
            reason,
            count(*) as lines,
            sum(amount) as amount
        from rejected_invoice_lines
        group by reason
        order by lines desc, reason
        """
    )


def examples(snapshot: Snapshot, reason: str, limit: int = 20) -> pd.DataFrame:
    """Return rejected lines of a reason: source_file, source_row and raw_text, the first of the files.

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown.
    reason : str
        Why they were rejected.
    limit : int, default 20
        Lines at most.
    """
    return snapshot.query(
        """
        select
            source_file,
            source_row,
            raw_text
        from rejected_invoice_lines
        where reason = $reason
        order by source_file, source_row
        limit $limit
        """,
        {"reason": reason, "limit": limit},
    )
