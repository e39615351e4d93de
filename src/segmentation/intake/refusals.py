"""What is looked for in rows of a file that was recognised, in the order in which it is asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from segmentation.intake.column_map import ColumnMaps, Table
from segmentation.intake.damaged_values import refuse_garbled_text, refuse_rounded_ids
from segmentation.intake.delimited import Row
from segmentation.intake.invoice_file import InvoiceFile
from segmentation.intake.unread_money import (
    refuse_credits,
    refuse_minor_units,
    refuse_unclear_discounts,
    refuse_unclear_sales,
    refuse_unread_amounts,
    refuse_unread_currencies,
    refuse_unread_discounts,
)
from segmentation.intake.unread_words import Words, refuse_unread_words

_REFUSALS = (
    refuse_garbled_text,
    refuse_rounded_ids,
    refuse_unread_words,
    refuse_unread_currencies,
    refuse_unread_discounts,
    refuse_unclear_discounts,
    refuse_unread_amounts,
    refuse_minor_units,
    refuse_credits,
    refuse_unclear_sales,
)


def refuse_all(file: InvoiceFile, rows: Sequence[Row], column_maps: ColumnMaps, words: Words) -> None:
    """Ask about what would be read wrongly.

    Parameters
    ----------
    file : InvoiceFile
        With its layout.
    rows : sequence of Row
        Some of its rows.
    column_maps : ColumnMaps
    words : Words

    Raises
    ------
    UnusableFileError
        With the first question.
    """
    words = replace(words, named_fields=tuple(column_maps.of(Table.of(file)).headers))
    for refuse in _REFUSALS:
        refuse(file, rows, words)
