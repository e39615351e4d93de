"""The published version that a page shows: opened once for all who look, and changed when another is published."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import streamlit as st

from segmentation_charts.published import NothingPublishedError, Snapshot, current_version, published_folder

# How often an open page looks whether there is a new version.
SECONDS = 5


# Answers that are kept of a version, for who comes back to a page.
ANSWERS = 500


class Remembering(Snapshot):
    """A version that keeps its answers: it never changes.

    Parameters
    ----------
    folder : Path, default from the environment variable SEGMENTS_PUBLISHED, else `published`
        What `dbt build` published to.
    version : str, default the current one
        Name of the version.
    """

    def __init__(self, folder: Path | None = None, version: str | None = None) -> None:
        super().__init__(folder, version)
        self._answer = functools.lru_cache(ANSWERS)(self._ask)

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> pd.DataFrame:
        """Return the rows of a query, as `Snapshot.query` does.

        Parameters
        ----------
        sql : str
            On the tables of the snapshot, without a schema.
        parameters : mapping of str to object, default none
            Values of the query's parameters.
        """
        # Who asked may change what they got.
        return self._answer(sql, tuple(sorted((parameters or {}).items()))).copy()

    def _ask(self, sql: str, parameters: tuple[tuple[str, object], ...]) -> pd.DataFrame:
        return super().query(sql, dict(parameters))


def current() -> Snapshot:
    """Return the version that is current.

    Raises
    ------
    NothingPublishedError
        Where there is none.
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


# Pages of an older version that are being drawn keep what they hold.
@st.cache_resource(max_entries=4, show_spinner=False)
def _open(version: str) -> Snapshot:
    return Remembering(version=version)
