"""The options that the commands have in common, and what they mean."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb

from segmentation_campaigns.customers import ANY_COUNTRY, CampaignError, Customers, choose, split
from segmentation_charts import formats
from segmentation_charts.published import NothingPublishedError, Snapshot


def parser(program: str, description: str) -> argparse.ArgumentParser:
    """Return a parser that knows whom a campaign is for.

    Parameters
    ----------
    program : str
        As it is called.
    description : str
        What it does.
    """
    made = argparse.ArgumentParser(prog=program, description=description)
    made.add_argument("--segment", default="", help="name of a segment, several with commas between them, or all")
    made.add_argument("--country", default="", help="name of a country, or unknown (default: any)")
    made.add_argument(
        "--query", default="", help="a select of the published tables with a column customer_id, in place of --segment"
    )
    made.add_argument("--holdout", default="", help="share to leave out, such as 0.2 (default: that of the segment)")
    made.add_argument("--days", default="", help="how many days are measured (default: those of the segment's goal)")
    made.add_argument(
        "--published", type=Path, help="what dbt build published to (default: SEGMENTS_PUBLISHED, else published)"
    )
    return made


def customers_of(snapshot: Snapshot, given: argparse.Namespace) -> Customers:
    """Return whom the options name.

    Parameters
    ----------
    snapshot : Snapshot
        The version whose customers they are.
    given : Namespace
        Of `parser`.

    Raises
    ------
    CampaignError
        If they name nobody.
    """
    if not given.segment.strip() and not given.query.strip():
        names = ", ".join(
            snapshot.query("select segment from segment_profiles order by kind, revenue desc, segment")["segment"]
        )
        raise CampaignError(
            f"Which customers? SEGMENT is one of: {names}; or all. QUERY='…' asks otherwise (docs/campaigns.md)."
        )
    country: str | None = given.country.strip() or ANY_COUNTRY
    if country == "unknown":
        # Unless a country is called so.
        found = snapshot.query("select 1 from customer_segments where country = 'unknown' limit 1")
        country = country if len(found) else None
    return choose(snapshot, split(given.segment, snapshot), country, given.query.strip() or None)


def run(
    act: Callable[[Snapshot, argparse.Namespace], str], made: argparse.ArgumentParser, arguments: Sequence[str] | None
) -> int:
    """Do what a command does, and print it.

    Parameters
    ----------
    act : callable
        Returns what is printed.
    made : ArgumentParser
    arguments : sequence of str, optional
        Default: those of the command line.

    Returns
    -------
    int
        0 where it was done; 1 where it can't be, with the reason on the standard error.
    """
    given = made.parse_args(arguments)
    try:
        # A setting that is wrong is said before anything is written.
        formats.style()
        snapshot = Snapshot(given.published)
        print(act(snapshot, given))
    except (NothingPublishedError, CampaignError, formats.NumbersError) as e:
        print(e, file=sys.stderr)
        return 1
    except (duckdb.CatalogException, duckdb.BinderException) as e:
        first = str(e).split("\n")[0]
        print(
            f"What is published was built by an earlier version of the project. Build again. ({first})", file=sys.stderr
        )
        return 1
    return 0
