"""Values that were damaged before they came here are refused."""

from __future__ import annotations

import pytest

from segmentation.intake.damaged_values import refuse_garbled_text, refuse_rounded_ids
from segmentation.intake.invoice_file import InvoiceFile, UnusableFileError
from segmentation.intake.unread_words import Words


@pytest.mark.parametrize(
    ("value", "is_refused"), [("4.05120E+12", True), ("1,2e+5", True), ("E12", False), ("4.05", False)]
)
def test_numbers_that_a_spreadsheet_has_rounded_are_refused(value: str, is_refused: bool) -> None:
    file = InvoiceFile("a.csv", headers=("Customer",), positions={"customer_id": 0}, shape="invoice_lines")
    if is_refused:
        with pytest.raises(UnusableFileError, match="rounded them"):
            refuse_rounded_ids(file, [(2, [value], "")], Words())
    else:
        refuse_rounded_ids(file, [(2, [value], "")], Words())


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("JÃ¶rg Weiss", "Jörg Weiss"),
        ("Ã\x96z", "Öz"),
        ("Ã–z", "Öz"),  # noqa: RUF001
        ("LukÃ¡Å¡", "Lukáš"),
        ("Jörg Öz", None),
        ("Ãngela", None),
        ("São João", None),
        ("שלום", None),
        ("Smith", None),
    ],
)
def test_text_that_was_decoded_twice_is_refused(value: str, meant: str | None) -> None:
    file = InvoiceFile("a.csv", headers=("Customer",), positions={"customer_id": 0}, shape="invoice_lines")
    if meant is None:
        refuse_garbled_text(file, [(2, [value], "")], Words())
    else:
        with pytest.raises(UnusableFileError, match=f"which stands for {meant!r}"):
            refuse_garbled_text(file, [(2, [value], "")], Words())
        refuse_garbled_text(file, [(2, [value], "")], Words(ignored_columns=["customer"]))
