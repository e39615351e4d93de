"""Money that would be read wrongly is asked about: discounts, currencies, amounts, prices in cents."""

from __future__ import annotations

import pytest

from segmentation.intake.invoice_file import InvoiceFile, UnusableFileError
from segmentation.intake.unread_money import (
    refuse_credits,
    refuse_minor_units,
    refuse_unclear_discounts,
    refuse_unclear_sales,
    refuse_unread_amounts,
    refuse_unread_currencies,
    refuse_unread_discounts,
)
from segmentation.intake.unread_words import Words


@pytest.mark.parametrize(
    ("header", "value", "is_asked"),
    [
        ("Discount", "2.50", True),
        ("Rabatt %", "10", True),
        ("Discount", "0.00", False),
        ("Discount code", "SAVE10", False),
        ("Order discount", "2.50", False),
        ("Weight", "2.50", False),
    ],
)
def test_a_column_of_discounts_that_is_not_read_is_asked_about(header: str, value: str, is_asked: bool) -> None:
    file = InvoiceFile("a.csv", headers=("Price", header), positions={"unit_price": 0}, shape="invoice_lines")
    rows = [(2, ["5", ""], ""), (3, ["5", value], "")]
    if is_asked:
        with pytest.raises(UnusableFileError, match=rf"has a discount such as '{value}' on 1 of the rows") as e:
            refuse_unread_discounts(file, rows, Words())
        assert "column_map: {discount: " in e.value.remedy
    else:
        refuse_unread_discounts(file, rows, Words())
    refuse_unread_discounts(file, rows, Words(ignored_columns=[header]))


@pytest.mark.parametrize(
    ("values", "is_asked"),
    [(("EUR", "SEK"), True), (("EUR", "EUR"), False), (("EUR", "OAK"), False), (("", "usd"), False)],
)
def test_several_currencies_that_are_not_read_are_asked_about(values: tuple[str, str], is_asked: bool) -> None:
    file = InvoiceFile("a.csv", headers=("Price", "Code"), positions={"unit_price": 0}, shape="invoice_lines")
    rows = [(n, ["5", value], "") for n, value in enumerate(values, 2)]
    if is_asked:
        with pytest.raises(UnusableFileError, match="EUR on 1 and SEK on 1") as e:
            refuse_unread_currencies(file, rows, Words())
        assert "column_map: {currency: Code}" in e.value.remedy
    else:
        refuse_unread_currencies(file, rows, Words())


LINES = ((1, 8.90), (2, 14.40), (3, 3.75), (-1, 12.50), (2, 79.00), (1, 45.00), (4, 6.25), (1, 19.95))


@pytest.mark.parametrize(
    ("header", "shares", "is_asked"),
    [
        # A discount on some lines, on all lines; a tax at one rate, at two; the same; a total of orders; what it cost.
        ("Nettobetrag", (1, 1, 0.9, 1, 0.8, 1, 1, 0.85), True),
        ("Line total", (0.95, 0.9, 0.81, 0.85, 0.8, 0.7, 0.98, 0.83), True),
        ("Line total", (1.19,) * 8, False),
        ("Line total", (1.19, 1.07) * 4, False),
        ("Line total", (1,) * 8, False),
        ("Line total", (1, 1, 1, 1, 1, 1, 1, 0.5), False),
        ("Order total", (9, 4, 17, 1, 2, 8, 3, 5), False),
        ("Cost of line", (0.5, 0.6, 0.41, 0.55, 0.38, 0.7, 0.68, 0.63), False),
    ],
)
def test_an_amount_that_contradicts_quantity_and_price_is_asked_about(
    header: str, shares: tuple[float, ...], is_asked: bool
) -> None:
    positions = {"quantity": 0, "unit_price": 1}
    file = InvoiceFile("a.csv", headers=("Qty", "Price", header), positions=positions, shape="invoice_lines")
    rows = [
        (n, [str(quantity), f"{price:.2f}", f"{quantity * price * share:.2f}"], "")
        for n, ((quantity, price), share) in enumerate(zip(LINES, shares, strict=True), 2)
    ]
    if is_asked:
        with pytest.raises(UnusableFileError, match="is not quantity times price on") as e:
            refuse_unread_amounts(file, rows, Words())
        assert f"column_map: {{amount: {header}}}" in e.value.remedy
    else:
        refuse_unread_amounts(file, rows, Words())
    refuse_unread_amounts(file, rows, Words(ignored_columns=[header]))


@pytest.mark.parametrize(
    ("header", "value", "is_refused"),
    [
        ("unit_price_cents", "1250", True),
        ("Betrag (Cent)", "1250", True),
        ("Amount in pence", "1250", True),
        ("unit_price_cents", "12.50", False),
        ("Price", "1250", False),
        ("Center price", "1250", False),
        ("Percent", "10", False),
    ],
)
def test_prices_in_cents_are_refused(header: str, value: str, is_refused: bool) -> None:
    file = InvoiceFile("a.csv", headers=(header,), positions={"unit_price": 0}, shape="invoice_lines")
    if is_refused:
        with pytest.raises(UnusableFileError, match="hundredths of the currency"):
            refuse_minor_units(file, [(2, [value], "")], Words())
    else:
        refuse_minor_units(file, [(2, [value], "")], Words())


@pytest.mark.parametrize(
    ("header", "values", "may_be"),
    [
        ("Discount", ("0.2", "0", "0.15", "0.1"), "shares of the price"),
        ("Discount", ("-0.2", "", "0,15", "1"), "shares of the price"),
        ("Discount", ("5", "10", "15.00") * 4, "per cent"),
        ("Discount", ("0.2", "2.50", "0.1"), None),
        ("Discount", ("0.2", "0.1"), None),
        ("Discount", ("5", "10", "15.00"), None),
        ("Discount", ("5", "10", "12.35") * 4, None),
        ("Discount", ("200", "100") * 6, None),
        ("Discount", ("10%", "5%") * 6, None),
        ("Discount amount", ("0.2", "0.15", "0.1"), None),
        ("Discount %", ("5", "10") * 6, None),
    ],
)
def test_discounts_that_may_be_no_money_are_asked_about(
    header: str, values: tuple[str, ...], may_be: str | None
) -> None:
    file = InvoiceFile("a.csv", headers=(header,), positions={"discount": 0}, shape="invoice_lines")
    rows = [(n, [value], "") for n, value in enumerate(values, 2)]
    if may_be:
        with pytest.raises(UnusableFileError, match=may_be) as e:
            refuse_unclear_discounts(file, rows, Words())
        assert "{discount_unit: money}" in e.value.remedy
    else:
        refuse_unclear_discounts(file, rows, Words())
    refuse_unclear_discounts(file, rows, Words(discount_unit="share"))


@pytest.mark.parametrize(
    ("values", "is_refused"),
    [
        (("45.00 CR", "12.50 CR", "3.00 DR"), True),
        (("45,00 H", "12,50 H"), True),
        (("45.00", "12.50 CR", "3.00"), False),
        (("45.00 kr", "3.00 kr"), False),
    ],
)
def test_amounts_on_the_credit_side_are_refused(values: tuple[str, ...], is_refused: bool) -> None:
    file = InvoiceFile("a.csv", headers=("Amount",), positions={"amount": 0}, shape="invoice_lines")
    rows = [(n, [value], "") for n, value in enumerate(values, 2)]
    if is_refused:
        with pytest.raises(UnusableFileError, match="on the credit side"):
            refuse_credits(file, rows, Words())
    else:
        refuse_credits(file, rows, Words())


@pytest.mark.parametrize(
    ("quantity", "sold_for", "total", "is_asked"),
    [
        ("3", "$30.00", "$34.00", False),
        ("3", "$30.00", "$36.50", False),
        ("3", "$30.00", "$94.00", True),
        ("3", "$30.00", "", True),
        ("3", "$30.00", "$50.00", True),
        ("1", "$30.00", "", False),
    ],
    ids=["line", "line with tax", "unit", "no total", "neither", "one unit"],
)
def test_what_ebay_sold_for_is_shown_by_totals_or_asked(
    quantity: str, sold_for: str, total: str, is_asked: bool
) -> None:
    headers = ("Quantity", "Sold For", "Shipping And Handling", "eBay Collected Tax", "Total Price")
    file = InvoiceFile("a.csv", headers=headers, positions={"quantity": 0, "amount": 1}, shape="ebay_orders")
    rows = [(2, [quantity, sold_for, "$4.00", "$2.50", total], "")]
    if is_asked:
        with pytest.raises(UnusableFileError, match="price of one unit or the amount") as e:
            refuse_unclear_sales(file, rows, Words())
        assert "column_map: {amount: Sold For}" in e.value.remedy
    else:
        refuse_unclear_sales(file, rows, Words())
    refuse_unclear_sales(file, rows, Words(named_fields=["amount"]))
