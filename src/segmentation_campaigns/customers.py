"""Whom a campaign is for: customers of segments or of a country, or those that a query names."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb

from segmentation_charts.published import Snapshot

EVERY_SEGMENT = "all"
ANY_COUNTRY = ""


class CampaignError(Exception):
    """What was asked for can't be done; the message says why, and what to do instead."""


@dataclass(frozen=True)
class Customers:
    """Customers of the published version.

    Attributes
    ----------
    words : str
        Who they are, as plain text that follows "customers"; names in it come from the data.
    condition : str
        What SQL asks of customer_segments; values are parameters.
    parameters : dict of str to object
        Of the condition.
    segments : tuple of str
        Segments that they are of; empty for all, or where it isn't the segment that decides.
    is_overlay : bool
        Whether they are those whom the overlay of high returners lies over.
    is_by_query : bool
        Whether a query names them. The history then can't say who they would have been at an earlier time.
    country_condition : str
        The part of the condition that asks for the country.
    """

    words: str
    condition: str = "true"
    parameters: dict[str, object] = field(default_factory=dict)
    segments: tuple[str, ...] = ()
    is_overlay: bool = False
    is_by_query: bool = False
    country_condition: str = "true"


def choose(
    snapshot: Snapshot,
    segments: Sequence[str] = (),
    country: str | None = ANY_COUNTRY,
    query: str | None = None,
) -> Customers:
    """Return the customers who are of all that is asked for.

    Parameters
    ----------
    snapshot : Snapshot
        The version whose customers they are.
    segments : sequence of str, default all
        Names of segments, or of the overlay alone.
    country : str or None, default any
        Name of a country; None for customers whose country isn't known.
    query : str, optional
        One select of the published tables that has a column customer_id.

    Raises
    ------
    CampaignError
        If there is no such segment or country, or the query isn't one.
    """
    kinds = dict(
        snapshot.query("select segment, kind from segment_profiles order by kind, segment").to_numpy().tolist()
    )
    unknown = [segment for segment in segments if segment not in kinds]
    if unknown:
        raise CampaignError(f"There is no segment {unknown[0]!r}. There are: {', '.join(kinds)}; or all.")
    overlays = [segment for segment in segments if kinds[segment] == "overlay"]
    if overlays and len(segments) > 1:
        raise CampaignError(f"{overlays[0]} lies over all segments: give it alone, without other segments.")
    parameters: dict[str, object] = {f"segment_{number}": name for number, name in enumerate(segments)}
    conditions, words = [], f"of {_listed(segments)}" if segments else "of all segments"
    if overlays:
        parameters = {}
        conditions.append("is_high_return")
    elif segments:
        conditions.append(f"segment in ({', '.join(f'${name}' for name in parameters)})")
    country_condition = "true"
    if country is None:
        country_condition, words = "country is null", f"{words} whose country is not known"
    elif country != ANY_COUNTRY:
        found = snapshot.query(
            "select country from customer_segments where country is not null group by country order by count(*) desc, 1"
        )["country"].tolist()
        if country not in found:
            shown = ", ".join(found[:20]) + (", …" if len(found) > 20 else "")
            raise CampaignError(f"No customer is of {country!r}. There are: {shown}; or unknown.")
        country_condition, words = "country = $country", f"{words} in {country}"
        parameters["country"] = country
    conditions.append(country_condition)
    if query is not None:
        asked = f"select customer_id from (\n{_checked(snapshot, query)}\n)"  # noqa: S608 (one select, of a copy that is read only)
        conditions.append(f"customer_id in ({asked})")
        words = f"{words} that the query names"
    return Customers(
        words,
        " and ".join(conditions),
        parameters,
        () if overlays else tuple(segments),
        bool(overlays),
        query is not None,
        country_condition,
    )


def split(text: str, snapshot: Snapshot) -> tuple[str, ...]:
    """Return the segments that a text names: one, several with commas between them, or all.

    Parameters
    ----------
    text : str
        As it was given. A segment whose name holds a comma, or is "all", is meant by its name.
    snapshot : Snapshot
        The version whose segments are meant.
    """
    names = set(snapshot.query("select segment from segment_profiles")["segment"])
    if text.strip() in names:
        return (text.strip(),)
    if text.strip().lower() == EVERY_SEGMENT:
        return ()
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def _checked(snapshot: Snapshot, query: str) -> str:
    # The copy is opened to be read only, and no other file can be reached from it: nothing but its rows can be asked.
    try:
        statements = duckdb.extract_statements(query)
    except duckdb.Error as e:
        raise CampaignError(f"The query can't be read. {_first_line(e)}") from e
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise CampaignError("The query is one select, such as: select customer_id from customer_value where …")
    text = statements[0].query.strip().rstrip(";")
    try:
        snapshot.query(f"select customer_id from (\n{text}\n) limit 0")  # noqa: S608
    except duckdb.Error as e:
        tables = textwrap.shorten(", ".join(sorted(snapshot.tables)), 300, placeholder=" …")
        raise CampaignError(
            f"The query does not work: {_first_line(e)}\nIt reads the published tables, without a schema, and has a "
            f"column customer_id. There are: {tables}."
        ) from e
    return text


def _first_line(error: Exception) -> str:
    return str(error).split("\n")[0]


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
