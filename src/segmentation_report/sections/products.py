"""What the segments like, and what to offer them."""

from __future__ import annotations

from segmentation_charts import formats
from segmentation_charts.frames import products as frames
from segmentation_charts.frames.segments import profiles
from segmentation_charts.published import Snapshot
from segmentation_report.parts import Note, Section, Table

# Products of a segment that are named.
NAMED = 3


def section(snapshot: Snapshot) -> Section:
    """Return the section on products."""
    rows = [_row(snapshot, segment) for segment in profiles(snapshot)["segment"]]
    nothing = Note("The lines have no products, or the setting products turns this off.")
    return Section(
        "products",
        "What they like, and what to offer",
        "What each segment buys more than others, and the products that its customers have not bought and that go "
        "with what they have.",
        [_table(rows)] if any(buys for _, _, buys, _ in rows) else [nothing],
    )


def _row(snapshot: Snapshot, segment: str) -> tuple[str, str, str, str]:
    likes = [
        f"{formats.text(category['category'], 40)} ({formats.number(category['times_as_frequent'], 1)} times)"
        for category in frames.liked_categories(snapshot, segment, NAMED).to_dict("records")
    ]
    likes += [
        f"{formats.text(frames.name(product), 40)} ({formats.number(product['times_as_frequent'], 1)} times)"
        for product in frames.liked(snapshot, segment, NAMED).to_dict("records")
    ]
    buys = [
        f"{formats.text(frames.name(product), 40)} ({formats.share(product['customer_share'], 0)})"
        for product in frames.bought(snapshot, segment, NAMED).to_dict("records")
    ]
    offers = [
        f"{formats.text(frames.name(product), 40)} ({formats.count(product['customers'])})"
        for product in frames.offered(snapshot, "segment = $segment", {"segment": segment}, NAMED).to_dict("records")
    ]
    return segment, "; ".join(likes) or "nothing more than others", "; ".join(buys), "; ".join(offers)


def _table(rows: list[tuple[str, str, str, str]]) -> Table:
    return Table(
        "Products of the segments",
        "Likes: how many times as often its customers bought from the category as all customers did, or as many of "
        "them bought the product as other customers with as many products did, if that is more than chance explains. "
        "Buys most: the share of its customers who bought it. Offer: to how many of its customers the product is "
        "recommended; the page Customers of the dashboard and lists of campaigns say what to offer to each.",
        ("Segment", "Likes", "Buys most", "Offer"),
        rows,
        frozenset(),
    )
