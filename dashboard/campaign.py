"""The campaign list of a segment: whom to write to and whom to leave out, the same however often it is asked for."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.csv as pa_csv
from queries.segments import Members
from queries.selection import Country

from segmentation_charts.published import Snapshot

# What a spreadsheet takes for the beginning of a formula, or for the end of a cell (OWASP, CSV injection).
FORMULA = r"^[=+\-@\t\r\n＝＋－＠]"  # noqa: RUF001
TEXTS = ("campaign", "customer_id", '"group"', "segment", "country", "recommended_action")
NUMBERS = ("last_purchase_date", "recency_days", "frequency", "monetary", "avg_order_value", "return_rate")
# Of customer_value; empty where the version does not say what customers are worth, so that lists have the same columns.
VALUES = ("probability_to_buy", "expected_revenue", "lifetime_value")


@dataclass(frozen=True)
class Campaign:
    """Customers of a segment in a country, some of whom are held out.

    The hash of the campaign's name and the customer's id is a number from 0 to 1, as good as random: those below the
    share are held out. It depends on nothing else, so a customer keeps the group when the list grows, a larger share
    holds out the same customers and more, and another campaign makes a draw of its own.

    Parameters
    ----------
    name : str
        Of the campaign.
    members : Members
        Of the segment.
    country : Country
        Of the customers.
    share : float
        To hold out, 0 to 1.
    """

    name: str
    members: Members
    country: Country
    share: float

    @property
    def customers(self) -> str:
        """SQL of the customers with their campaign and group."""
        number = "('0x' || left(md5(md5($campaign) || customer_id), 12))::bigint / pow(16, 12)"
        return f"""
            select
                *,
                $campaign as campaign,
                case when {number} < $share then 'holdout' else 'campaign' end as "group"
            from customer_segments
            where {self.members.condition} and {self.country.condition}
        """  # noqa: S608

    @property
    def parameters(self) -> dict[str, object]:
        """Values of the parameters of that SQL."""
        return {"campaign": self.name, "share": self.share} | self.members.parameters | self.country.parameters


def count(snapshot: Snapshot, campaign: Campaign) -> tuple[int, int]:
    """Return how many customers of the list get the campaign, and how many are held out.

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown.
    campaign : Campaign
        Whom it is for.
    """
    counts = snapshot.query(
        f"""
        select
            count(*) filter ("group" = 'campaign') as reached,
            count(*) filter ("group" = 'holdout') as held_out
        from ({campaign.customers})
        """,  # noqa: S608
        campaign.parameters,
    )
    return int(counts["reached"].iloc[0]), int(counts["held_out"].iloc[0])


def write(snapshot: Snapshot, campaign: Campaign) -> bytes:
    """Write the list as CSV.

    Texts that a spreadsheet would take for a formula get an apostrophe in front; a byte order mark tells it that the
    text is UTF-8.

    Parameters
    ----------
    snapshot : Snapshot
        The version that is shown.
    campaign : Campaign
        Whom it is for.

    Returns
    -------
    bytes
        A row a customer, by customer_id.
    """
    texts = ",\n".join(
        f"case when regexp_matches({column}, '{FORMULA}') then '''' || {column} else {column} end as {column}"
        for column in TEXTS
    )
    columns = ", ".join(VALUES)
    nothing = ", ".join(f"null as {column}" for column in VALUES)
    known = f"select customer_id as id, {columns} from customer_value"  # noqa: S608
    batches = snapshot.batches(
        f"""
        with customers as ({campaign.customers}),

        customer_values as (

            {known if "customer_value" in snapshot.tables else f"select null::varchar as id, {nothing} where false"}

        )

        select
            {texts},
            {", ".join(NUMBERS)},
            {columns}
        from customers
        left join customer_values on customers.customer_id = customer_values.id
        order by customers.customer_id
        """,  # noqa: S608
        campaign.parameters,
    )
    file = io.BytesIO(b"\xef\xbb\xbf")
    file.seek(0, io.SEEK_END)
    with pa_csv.CSVWriter(pa.output_stream(file), batches.schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return file.getvalue()
