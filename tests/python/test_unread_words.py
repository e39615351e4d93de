"""Columns that are not read and say that lines are no sales are asked about."""

from __future__ import annotations

import pytest

from segmentation.intake.invoice_file import InvoiceFile, UnusableFileError
from segmentation.intake.unread_words import Words, refuse_unread_words

WORDS = Words(
    {
        "order_status": {"paid": False, "cancelled": True, "storniert": True},
        "is_returned": {"invoice": False, "credit note": True, "c": True, "d": False},
    }
)


def ask(*words: str, header: str = "Kind", words_known: Words = WORDS, **positions: int) -> None:
    file = InvoiceFile("a.csv", headers=("Invoice", header), positions={"invoice_id": 0, **positions})
    refuse_unread_words(file, [(n, [str(n), word], "") for n, word in enumerate(words)], words_known)


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (("Invoice", "Invoice", "Credit Note"), "column_map: {is_returned: Kind}"),
        (("paid", "", "Storniert "), "column_map: {order_status: Kind}"),
    ],
)
def test_a_column_that_tells_no_sales_apart_is_asked_about(words: tuple[str, ...], remedy: str) -> None:
    with pytest.raises(UnusableFileError) as e:
        ask(*words)
    assert remedy in e.value.remedy
    assert 'ignored_columns: ["Kind"]' in e.value.remedy
    assert repr(words[-1].strip()) in e.value.problem


@pytest.mark.parametrize(
    "words",
    [
        ("Invoice", "Invoice"),
        ("paid", "cancelled", "x", "y"),
        ("c", "d"),
        ("", ""),
        tuple(f"word {n}" for n in range(30)),
    ],
    ids=["sales only", "words of its own", "letters", "empty", "texts"],
)
def test_other_columns_are_not(words: tuple[str, ...]) -> None:
    ask(*words)


def test_a_column_that_is_read_or_ignored_is_not_asked_about() -> None:
    ask("paid", "cancelled", order_status=1)
    ask("paid", "cancelled", words_known=Words(WORDS.meanings, ["kind"]))
    with pytest.raises(UnusableFileError):
        ask("paid", "cancelled", words_known=Words(WORDS.meanings, ["other"]))


@pytest.mark.parametrize(("quantity", "is_asked"), [("-1", False), ("(1)", False), ("1-", False), ("1", True)])
def test_what_a_line_says_by_its_sign_is_not_asked_about(quantity: str, is_asked: bool) -> None:
    file = InvoiceFile("a.csv", headers=("Qty", "Kind"), positions={"quantity": 0})
    rows = [(2, ["5", "Invoice"], ""), (3, [quantity, "Credit note"], "")]
    if is_asked:
        with pytest.raises(UnusableFileError):
            refuse_unread_words(file, rows, WORDS)
    else:
        refuse_unread_words(file, rows, WORDS)


@pytest.mark.parametrize(
    ("header", "words", "remedy"),
    [
        ("S/H", ("S", "H"), "column_map: {is_returned: S/H}"),
        ("Belegart", ("Invoice", "Something else"), "column_map: {is_returned: Belegart}"),
        ("Status", ("paid", "Bounced"), "column_map: {order_status: Status}"),
        ("Storno", ("", "x"), "column_map: {order_status: Storno}"),
        ("Returned Qty", ("0", "2"), "column_map: {is_returned: Returned Qty}"),
        ("Status", ("shelf", "window"), None),
        ("Cancelled at", ("", "2024-01-01"), None),
        ("Return reason", ("", "too small"), None),
        ("Returned Qty", ("0", "0"), None),
    ],
)
def test_a_header_that_says_it_makes_unknown_words_count(
    header: str, words: tuple[str, ...], remedy: str | None
) -> None:
    file = InvoiceFile("a.csv", headers=("Qty", header), positions={"quantity": 0}, shape="invoice_lines")
    meanings = {"order_status": {"paid": False}, "is_returned": {"invoice": False, "s": False, "h": True}}
    rows = [(n, ["1", word], "") for n, word in enumerate(words, 2)]
    if remedy is None:
        refuse_unread_words(file, rows, Words(meanings))
    else:
        with pytest.raises(UnusableFileError) as e:
            refuse_unread_words(file, rows, Words(meanings))
        assert remedy in e.value.remedy
