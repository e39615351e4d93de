"""Finds values that were damaged before they came here: rounded by a spreadsheet, or decoded twice."""

from __future__ import annotations

import re
from collections.abc import Sequence

from segmentation.intake.delimited import Row
from segmentation.intake.invoice_file import InvoiceFile, UnusableFileError
from segmentation.intake.unread_words import Words, read_columns

_ROUNDED = re.compile(r"\d[.,]\d+E\+\d+", re.IGNORECASE)


def refuse_rounded_ids(file: InvoiceFile, rows: Sequence[Row], words: Words) -> None:
    """Refuse numbers of customers or invoices that a spreadsheet has rounded: several of them are one by now.

    Raises
    ------
    UnusableFileError
        With the column, one of its values, and what to do.
    """
    for n in read_columns(file, ("customer_id", "invoice_id"), words):
        rounded = [values[n] for _, values, _ in rows if values and _ROUNDED.fullmatch(values[n].strip())]
        if rounded:
            raise UnusableFileError(
                f"the column {file.headers[n]!r} has numbers such as {rounded[0]!r} on {len(rounded)} of the "
                "rows that were looked at: a spreadsheet has rounded them, and different ones are the same now",
                "export the file again, with that column as text before it is opened in a spreadsheet",
            )


def refuse_garbled_text(file: InvoiceFile, rows: Sequence[Row], words: Words) -> None:
    """Refuse names of customers or codes of products whose UTF-8 was taken for another encoding, as in Ã¶ for ö.

    In another file the same customer may be written rightly, and would be somebody else.

    Raises
    ------
    UnusableFileError
        With the column, one of its values, what it stands for, and what to do.
    """
    for n in read_columns(file, ("customer_id", "product_code"), words):
        for _, values, _ in rows:
            if values and (found := _as_meant(values[n].strip())):
                meant, encoding = found
                raise UnusableFileError(
                    f"the column {file.headers[n]!r} has garbled text such as {values[n].strip()!r}, which stands for "
                    f"{meant!r}: its UTF-8 was taken for another encoding when the file was made",
                    f"export it again as UTF-8, or repair it: iconv -f UTF-8 -t {encoding} FILE > REPAIRED",
                )


def _as_meant(text: str) -> tuple[str, str] | None:
    """Return what a text whose UTF-8 was decoded as another encoding stands for, and that encoding; None otherwise."""
    if text.isascii():
        return None
    for encoding in ("cp1252", "latin-1"):
        try:
            return text.encode(encoding).decode("utf-8"), encoding
        except UnicodeError:
            continue
    return None
