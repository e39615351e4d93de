"""The published version that a page shows: opened once for all who look, and changed when another is published."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from segmentation_charts.published import NothingPublishedError, Snapshot, current_version, published_folder

# Answers to queries that are kept, of some hundred rows each at most.
ANSWERS = 1_000
# How often an open page looks whether there is a new version.
SECONDS = 5


class AnsweredSnapshot(Snapshot):
    """A version that answers what it was asked before from memory: it never changes, and pages ask the same again."""

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> pd.DataFrame:
        """Return the rows of a query; see Snapshot."""
        return _answer(self, str(self.path), sql, parameters)

    def ask(self, sql: str, parameters: Mapping[str, object] | None) -> pd.DataFrame:
        """Return the rows of a query that was not asked before."""
        return super().query(sql, parameters)


def current() -> Snapshot:
    """Return the version that is current.

    Raises
    ------
    NothingPublishedError
        If there is none.
    """
    return _open(current_version(published_folder()))


def before(snapshot: Snapshot) -> Snapshot | None:
    """Return the version before, where it is still there.

    Parameters
    ----------
    snapshot : Snapshot
        The one that is shown.
    """
    versions = sorted(path.name for path in (published_folder() / "versions").glob("[!.]*"))
    earlier = [version for version in versions if version < snapshot.version]
    return _open(earlier[-1]) if earlier else None


@st.fragment(run_every=SECONDS)
def reload_when_published(shown: str | None) -> None:
    """Run the page again as soon as the current version is another one.

    Parameters
    ----------
    shown : str or None
        Version that the page shows; None where nothing was published.
    """
    try:
        published = current_version(published_folder())
    except NothingPublishedError:
        published = None
    if published != shown:
        st.rerun()


# What a chart or page does to its copy changes nothing here.
@st.cache_data(max_entries=ANSWERS, show_spinner=False)
def _answer(
    _snapshot: AnsweredSnapshot,
    path: str,
    sql: str,
    parameters: Mapping[str, object] | None,
) -> pd.DataFrame:
    return _snapshot.ask(sql, parameters)


# Pages of an older version that are being drawn keep what they hold.
@st.cache_resource(max_entries=4, show_spinner=False)
def _open(version: str) -> AnsweredSnapshot:
    return AnsweredSnapshot(version=version)
