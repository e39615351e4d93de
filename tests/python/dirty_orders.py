"""Makes dirty exports of orders: statuses, refunds, credit notes, discounts, and later deliveries of them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import ClassVar

from dirty_files import GOOD_IDS, HOSTILE_TEXTS, FileMaker, Line, Order, typed_date

ORDER_SHAPES = {
    "shopify_orders": {
        "invoice_id": "Name",
        "customer_id": "Email",
        "order_status": "Financial Status",
        "invoiced_at": "Created at",
        "quantity": "Lineitem quantity",
        "description": "Lineitem name",
        "unit_price": "Lineitem price",
        "discount": "Lineitem discount",
        "product_code": "Lineitem sku",
        "country": "Billing Country",
        "cancelled_at": "Cancelled at",
        "order_refund": "Refunded Amount",
    },
    "woocommerce_order_lines": {
        "invoice_id": "order_number",
        "invoiced_at": "order_date",
        "order_status": "status",
        "order_refund": "refunded_total",
        "customer_id": "billing_email",
        "description": "item_name",
        "product_code": "item_sku",
        "quantity": "item_quantity",
        "amount": "item_total",
    },
    # Its columns are named by column_map.
    "invoice_lines": {
        "invoice_id": "Beleg",
        "product_code": "Teil",
        "description": "Was",
        "quantity": "Wieviel",
        "unit_price": "je",
        "discount": "Nachlass",
        "invoiced_at": "am",
        "customer_id": "wer",
        "country": "wohin",
        "is_returned": "Vorgang",
        "order_status": "Stand",
        "cancelled_at": "weg am",
        "order_refund": "zurueck",
    },
}
FIELDS_OF_ORDER = {
    "shopify_orders": ("customer_id", "invoiced_at", "country"),
    "woocommerce_order_lines": ("customer_id", "invoiced_at", "country"),
    "invoice_lines": (),
}
"""What may be on one row of an order only, beside what became of it."""
FACTS = ("order_status", "cancelled_at", "order_refund")

STATUS_WORDS = ("paid", "Paid", "geliefert", "wysłane", "pending", "refunded", "RETOURNIERT", "voided", "annulliert")
STATUS_MEANINGS = {"picked": "stands", "Undone": "cancelled", "a test": "never_paid"}
"""Words of the shop itself, which the build is told."""
DOCUMENT_WORDS = ("", "Invoice", "rechnung", "Credit Note", "avoir", "Gutschrift", "returned", "Quote", "sales order")
POINT_DISCOUNTS = ("0.25", "1.25", "10 %", "12.5%", "0", "", "3", "2.50")
COMMA_DISCOUNTS = ("0,25", "1,25", "10 %", "12,5%", "0", "", "3", "2,50")
BAD_DISCOUNTS = ("much", "a %", "none")
REFUNDS = ("", "0", "1", "5", "20", "1000")


@dataclass
class OrderFileMaker(FileMaker):
    """Makes one file of orders, some of which are in another file already."""

    orders: list[Order]

    shapes: ClassVar[dict[str, dict[str, str]]] = ORDER_SHAPES
    optional_fields: ClassVar[tuple[str, ...]] = ("product_code", "country", "is_returned", "discount")
    named_shapes: ClassVar[tuple[str, ...]] = ("invoice_lines",)

    def __post_init__(self) -> None:
        super().__post_init__()
        rng = self.rng
        # A shop writes as it always does, so that its orders come again in the same writing.
        shop = Random(f"{self.seed}/{self.shape}")
        self.delimiter, self.date_order = shop.choice(",;\t|"), shop.choice(["", "dmy", "mdy"])
        self.decimal_mark = "," if self.delimiter == ";" else "."
        if self.kind != "text":
            self.decimal_mark, self.date_order = ".", ""
        self.has_fields_on_all_rows = rng.random() < 0.5
        self.discount_sign = shop.choice(["", "-"])

    def _choose_shape(self) -> str:
        return self.rng.choice([*ORDER_SHAPES])

    def _first_line(self) -> Line:
        # A discount of more than 1 that is no round number is money.
        discount = self.discount_sign + {".": "1.25", ",": "1,25"}[self.decimal_mark]
        more = {"order_status": "paid", "discount": discount}
        line = super()._first_line()
        return line | {name: value for name, value in more.items() if name in line}

    def _lines(self, count: int) -> list[Line]:
        rows: list[Line] = []
        while len(rows) < count:
            kind = self.rng.random()
            order = self._known_order() if kind < 0.4 else self._return_of_order() if kind < 0.5 else None
            order = order or self._new_order()
            self.orders.append(order)
            rows += self._rows_of_order(order)
        return rows

    def _known_order(self) -> Order | None:
        """An order of another file as it is, edited, or cancelled."""
        rng = self.rng
        style = self._style()
        fitting = [order for order in self.orders if order[0]["style"] == style and all(map(self._takes, order))]
        if not fitting:
            return None
        order = [dict(line) for line in rng.choice(fitting)]
        change = rng.choice(["none", "none", "edited", "shorter", "longer", "cancelled"])
        if change == "edited":
            line = rng.choice(order)
            line |= {name: self._value(name) for name in ("quantity", "unit_price", "amount") if name in line}
        elif change == "shorter":
            order = order[: rng.randrange(1, len(order) + 1)]
        elif change == "longer":
            order.append(dict(order[0]) | self._item())
        elif change == "cancelled":
            fact = {"order_status": rng.choice(["refunded", "Undone"]), "order_refund": rng.choice(REFUNDS)}
            for line in order:
                line |= {name: value for name, value in fact.items() if name in line}
        return order

    def _return_of_order(self) -> Order | None:
        """A line of what came back of an order, before it or later: a return may be of another one, too."""
        rng = self.rng
        style = self._style()
        fitting = [order for order in self.orders if order[0]["style"] == style and all(map(self._takes, order))]
        sold = [line for order in fitting for line in order if line["quantity"].isdigit()]
        if not sold:
            return None
        line = rng.choice(sold)
        later = line["invoiced_at"] if rng.random() < 0.3 else typed_date(rng, self.date_order)
        back = {"invoice_id": f"R{rng.randrange(1000, 9999)}", "invoiced_at": later, "quantity": f"-{line['quantity']}"}
        return [line | back | {name: "" for name in FACTS if name in line} | {"order_status": "paid"}]

    def _new_order(self) -> Order:
        rng = self.rng
        names = self.shapes[self.shape]
        of_order = {
            "invoice_id": f"{rng.choice(['#', 'B-', ''])}{rng.randrange(1000, 9999)}",
            "invoiced_at": self._value("invoiced_at"),
            "customer_id": self._value("customer_id"),
            "country": self._value("country"),
            "order_status": rng.choice([*STATUS_WORDS, *STATUS_MEANINGS, "paid", "paid", "paid"]),
            "cancelled_at": typed_date(rng, self.date_order) if rng.random() < 0.1 else "",
            "order_refund": rng.choice(REFUNDS) if rng.random() < 0.3 else "",
        }
        of_order = {name: value for name, value in of_order.items() if name in names}
        if not self._can_write(of_order["order_status"]):
            of_order["order_status"] = "paid"
        order = [of_order | self._item() for _ in range(rng.choice([1, 1, 2, 3]))]
        if rng.random() < 0.2:
            again = dict(rng.choice(order))
            differs = [name for name in ("is_returned", "discount") if name in again and rng.random() < 0.2]
            order.append(again | {name: self._value(name) for name in differs})
        for line in order[1:]:
            if rng.random() < 0.1:
                line["order_status"] = "refunded"
        return [line | {"style": self._style()} for line in order]

    def _item(self) -> Line:
        names = ("product_code", "description", "quantity", "unit_price", "amount", "discount", "is_returned")
        return {name: self._value(name) for name in names if name in self.shapes[self.shape]}

    def _any_value(self, name: str) -> str:
        rng = self.rng
        is_hostile = rng.random() < self.hostility
        if name == "discount":
            good = COMMA_DISCOUNTS if self.decimal_mark == "," else POINT_DISCOUNTS
            text = rng.choice(BAD_DISCOUNTS if is_hostile else good)
            return self.discount_sign + text if text[:1].isdigit() else text
        if name == "is_returned" and not is_hostile:
            return rng.choice(DOCUMENT_WORDS)
        if name == "customer_id":
            return rng.choice(HOSTILE_TEXTS if is_hostile else GOOD_IDS)
        return super()._any_value(name)

    def _rows_of_order(self, order: Order) -> list[Line]:
        """The lines as rows, of which the first one alone may have what is of the order."""
        if self.has_fields_on_all_rows:
            return order
        once = (*FIELDS_OF_ORDER[self.shape], *FACTS)
        below = [self._without(line, [name for name in once if line.get(name) == order[0].get(name)]) for line in order]
        return [order[0], *below[1:]]

    @staticmethod
    def _without(line: Mapping[str, str], names: list[str]) -> Line:
        return {name: "" if name in names else value for name, value in line.items()}

    def _plain(self, name: str, value: str) -> str:
        return "" if name in FACTS else super()._plain(name, value)

    def _clean_line(self, n: int) -> Line:
        line = super()._clean_line(n)
        moment = datetime.datetime(2020, 1, 1) + datetime.timedelta(days=n)
        return line | {
            "order_status": "paid",
            "invoice_id": f"clean {self.number}/{n // 2}",
            "invoiced_at": str(moment),
        }
