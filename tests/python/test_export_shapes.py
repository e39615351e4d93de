"""Exports of shops and programs, and headers in the languages of the shops, are recognised without a setting."""

import csv
from pathlib import Path

import pytest
from conftest import PROJECT

from segmentation.intake import InvoiceFile, ShapeColumn, inspect_files

with (PROJECT / "seeds/invoice_shapes.csv").open() as seed:
    SHAPES = [
        ShapeColumn(
            row["shape"], row["field"], row["header"], row["is_required"] == "true", row["is_of_order"] == "true"
        )
        for row in csv.DictReader(seed)
    ]

# Headers as the sources that docs/shapes.md names have them; the lines are made up.
EXPORTS = {
    "etsy_order_items": (
        "Sale Date,Item Name,Buyer,Quantity,Price,Coupon Code,Coupon Details,Discount Amount,Shipping Discount,"
        "Order Shipping,Order Sales Tax,Item Total,Currency,Transaction ID,Listing ID,Date Paid,Date Shipped,Ship Name,"
        "Ship Address1,Ship City,Ship State,Ship Zipcode,Ship Country,Order ID,Variations,Order Type,SKU\n"
        "08/14/25,Card,fox42,2,5.00,,,1.00,,4.50,0.62,10.00,USD,4001,9001,08/14/25,08/15/25,J,1 St,A,TX,78701,US,3001,,"
        "online,FOX-01\n",
        {"customer_id": "Buyer", "invoiced_at": "Sale Date", "unit_price": "Price", "discount": "Discount Amount"},
    ),
    "amazon_orders": (
        "order-id\torder-item-id\tpurchase-date\tpayments-date\tbuyer-email\tbuyer-name\tsku\tproduct-name\t"
        "quantity-purchased\tcurrency\titem-price\titem-tax\tshipping-price\tship-country\n"
        "111-1\t222\t2024-01-01T10:50:49-08:00\t2024-01-01T10:50:49-08:00\tx@m.example\tX\tMUG\tMug\t3\tUSD\t7.50\t0\t"
        "0\tUS\n",
        {"quantity": "quantity-purchased", "amount": "item-price", "customer_id": "buyer-email"},
    ),
    "square_items": (
        "Date,Time,Time Zone,Category,Item,Qty,Price Point Name,SKU,Modifiers Applied,Gross Sales,Discounts,Net Sales,"
        "Tax,Transaction ID,Payment ID,Device Name,Notes,Details,Event Type,Location,Dining Option,Customer ID,"
        "Customer Name,Customer Reference ID,Unit,Count,GTIN,Itemization Type,Commission,Employee,Channel\n"
        "2026-07-18,12:59:30,Eastern Time (US & Canada),Home,Mug,2.0,Regular,MUG,,$5.00,-$1.00,$4.00,$0.40,T1,P1,iPad,,"
        ",Payment,Main,,C1,Ada,,ea,2,,Physical Good,$0.00,,\n",
        {"amount": "Net Sales", "invoice_id": "Transaction ID", "description": "Item", "quantity": "Qty"},
    ),
    "xero_invoices": (
        "ContactName,EmailAddress,POAddressLine1,POCity,POCountry,InvoiceNumber,Reference,InvoiceDate,DueDate,"
        "PlannedDate,Total,TaxTotal,InvoiceAmountPaid,InvoiceAmountDue,InventoryItemCode,Description,Quantity,"
        "UnitAmount,Discount,LineAmount,AccountCode,TaxType,TaxAmount,Currency,Type,Sent,Status\n"
        "Fir Ltd,,,,NZ,INV-1,,11/06/2024,11/07/2024,,8.50,1.00,0,8.50,MUG,Mug,3,2.50,10,6.75,200,15%,1.00,NZD,"
        "Sales invoice,Sent,Paid\n",
        {"amount": "LineAmount", "customer_id": "ContactName", "is_returned": "Type", "order_status": "Status"},
    ),
    "odoo_invoice_lines": (
        "Number,Invoice/Bill Date,Partner,Invoice lines/Product,Invoice lines/Quantity,Invoice lines/Unit Price,"
        "Invoice lines/Subtotal,Status\nINV/1,2024-01-05,Levi,[CUP] Cup,6,3.75,22.50,Posted\n"
        ",,,[POT] Pot,3,14.4,43.2,\n",
        {"amount": "Invoice lines/Subtotal", "customer_id": "Partner", "invoiced_at": "Invoice/Bill Date"},
    ),
    "odoo_invoice_lines_priced": (
        "Number,Invoice/Bill Date,Invoice Partner Display Name,Invoice lines/Label,Invoice lines/Quantity,"
        "Invoice lines/Unit Price\nINV/1,2024-01-05,Levi,Cup,6,3.75\n",
        {"unit_price": "Invoice lines/Unit Price", "customer_id": "Invoice Partner Display Name"},
    ),
    "stripe_payments": (
        "id,Description,Seller Message,Created (UTC),Amount,Amount Refunded,Currency,Converted Amount,Fee,Status,"
        "Statement Descriptor,Customer ID,Customer Description,Customer Email,Captured\n"
        "ch_1,Mug,,2024-02-03 01:47,19.00,0.00,usd,19.00,0.85,Paid,,cus_1,,a@b.example,true\n",
        {"invoice_id": "id", "amount": "Amount", "customer_id": "Customer Email", "order_refund": "Amount Refunded"},
    ),
    "magento_orders": (
        "ID,Purchase Point,Purchase Date,Bill-to Name,Ship-to Name,Grand Total (Base),Grand Total (Purchased),Status,"
        "Customer Email,Customer Group,Subtotal,Shipping and Handling,Customer Name,Payment Method,Total Refunded\n"
        '0299,Main,"May 31, 2024 2:55:09 AM",Ada,Ada,219.40,219.40,complete,a@b.example,General,200,19,Ada,card,0\n',
        {"amount": "Grand Total (Base)", "invoice_id": "ID", "order_status": "Status"},
    ),
    "bigcommerce_orders": (
        "Order ID,Order Status,Order Date,Order Time,Subtotal (inc tax),Subtotal (ex tax),Tax Total,"
        "Order Total (inc tax),Order Total (ex tax),Refund Amount,Customer ID,Customer Name,Customer Email,"
        "Order Currency Code,Billing Country,Product Details\n"
        "100,Completed,2024-01-05,10:00,22.00,20.00,2.00,27.00,25.00,0.00,7,Ada,a@b.example,USD,US,Mug\n",
        {"amount": "Order Total (inc tax)", "customer_id": "Customer Email", "order_refund": "Refund Amount"},
    ),
}


def inspect(folder: Path, text: str) -> InvoiceFile:
    (folder / "export.csv").write_text(text)
    (file,) = inspect_files(str(folder / "export.csv"), SHAPES)
    return file


def columns_of(file: InvoiceFile) -> dict[str, str]:
    return {field: file.headers[position] for field, position in file.positions.items()}


@pytest.mark.parametrize("shape", EXPORTS)
def test_exports_of_shops_are_recognised(tmp_path: Path, shape: str) -> None:
    text, columns = EXPORTS[shape]
    file = inspect(tmp_path, text)
    assert (file.problem, file.shape) == (None, shape)
    assert columns.items() <= columns_of(file).items()


def test_what_stands_on_the_first_row_of_an_invoice_is_of_all_its_lines(tmp_path: Path) -> None:
    file = inspect(tmp_path, EXPORTS["odoo_invoice_lines"][0])
    assert file.order_fields == ("invoiced_at", "customer_id", "order_status")


def test_equal_rows_of_a_receipt_of_square_are_items_of_an_order(tmp_path: Path) -> None:
    """A till writes a row each time an item is rung up: equal rows of an order are not copies."""
    assert inspect(tmp_path, EXPORTS["square_items"][0]).order_fields == ("customer_id",)


def test_a_report_of_amazon_without_customers_is_asked_about(tmp_path: Path) -> None:
    header = "amazon-order-id,purchase-date,order-status,product-name,sku,quantity,currency,item-price,ship-country"
    file = inspect(tmp_path, f"{header}\n1,2024-01-01T10:00:00Z,Shipped,Mug,MUG,1,USD,2.50,US\n")
    assert "customer_id" in str(file.problem)


def test_what_ebay_calls_sold_for_is_the_amount_that_totals_show(tmp_path: Path) -> None:
    header = "Sales Record Number,Order Number,Buyer Username,Item Number,Item Title,Custom Label,Quantity,Sold For,"
    header += "Shipping And Handling,Total Price,Sale Date,Paid On Date"
    file = inspect(tmp_path, f"{header}\n1,04-1,fox42,99,Mug,MUG,3,$7.50,$4.00,$11.50,Jan-02-24,Jan-02-24\n")
    assert (file.problem, file.shape, file.positions["amount"]) == (None, "ebay_orders", 7)
    file = inspect(tmp_path, f"{header}\n1,04-1,fox42,99,Mug,MUG,3,$2.50,$4.00,$11.50,Jan-02-24,Jan-02-24\n")
    assert "3 sold for 2.50, in all 11.50" in str(file.problem)


# Number, date, customer, product, description, quantity, price of a unit, country, currency.
LANGUAGES = {
    "German": "Rechnungsnummer;Rechnungsdatum;Kundennr.;Artikelnr.;Bezeichnung;Menge;Einzelpreis;Land;Währung",
    "French": "N° facture;Date de facture;Code client;Code article;Désignation;Quantité;Prix unitaire;Pays;Devise",
    "Spanish": "Nº factura;Fecha;Código cliente;Código artículo;Descripción;Cantidad;Precio unitario;País;Moneda",
    "Italian": "Numero fattura;Data fattura;Codice cliente;Codice articolo;Descrizione;Quantità;Prezzo unitario;Paese;"
    "Valuta",
    "Portuguese": "Número da fatura;Data da fatura;Código do cliente;Código do artigo;Descrição;Quantidade;"
    "Preço unitário;País;Moeda",
    "Dutch": "Factuurnummer;Factuurdatum;Klantnummer;Artikelnummer;Omschrijving;Aantal;Stukprijs;Land;Valuta",
    "Polish": "Numer faktury;Data wystawienia;Kod klienta;Kod towaru;Nazwa towaru;Ilość;Cena jednostkowa;Kraj;Waluta",
    "Swedish": "Fakturanr;Fakturadatum;Kundnr;Artikelnr;Benämning;Antal;Styckpris;Land;Valuta",
    "Danish": "Fakturanummer;Fakturadato;Kundenummer;Varenummer;Beskrivelse;Antal;Stykpris;Land;Valuta",
}
FIELDS = (
    *("invoice_id", "invoiced_at", "customer_id", "product_code", "description", "quantity", "unit_price", "country"),
    "currency",
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_headers_in_other_languages_are_known(tmp_path: Path, language: str) -> None:
    header = LANGUAGES[language]
    file = inspect(tmp_path, f"{header}\nR1;02.01.2024;K7;A1;Mug;2;2,50;DE;EUR\n")
    assert (file.problem, file.shape) == (None, "invoice_lines")
    assert columns_of(file) == dict(zip(FIELDS, header.split(";"), strict=True))


@pytest.mark.parametrize(
    "header", ["Preis", "Betrag", "Prix", "Montant", "Importe", "Prezzo", "Prijs", "Bedrag", "Total"]
)
def test_a_word_that_may_be_of_a_unit_or_of_the_line_does_not_decide(tmp_path: Path, header: str) -> None:
    file = inspect(tmp_path, f"Rechnungsnummer;Datum;Kundennummer;Menge;{header}\nR1;02.01.2024;K7;3;2,50\n")
    assert "no column for unit_price among" in str(file.problem)
    assert f"unit_price: {header}}}" in str(file.remedy)
    assert f"amount: {header}}}" in str(file.remedy)
