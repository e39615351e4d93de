"""The dashboard: pages on the published version of the segments. `make dashboard` serves it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import altair as alt
import duckdb
import links
import streamlit as st
from snapshots import current, reload_when_published
from views import campaigns, customers, data_quality, model, movement, overview, segments, value

from segmentation_charts import formats
from segmentation_charts.published import NothingPublishedError, Snapshot


def on_snapshot(draw: Callable[[Snapshot], None]) -> Callable[[], None]:
    """Return a page that draws what is published, or says what is missing.

    Parameters
    ----------
    draw : callable
        Draws the page of a version.
    """

    def page() -> None:
        try:
            snapshot = current()
        except NothingPublishedError as e:
            st.title("Nothing is published yet")
            st.info(str(e))
            st.markdown("This page shows the segments as soon as there are some.")
            reload_when_published(None)
            return
        reload_when_published(snapshot.version)
        try:
            draw(snapshot)
        except (duckdb.CatalogException, duckdb.BinderException) as e:
            st.warning(
                f"What is published was built by version {snapshot.manifest.get('project_version')} of the project and "
                "lacks something that this page shows. Build again."
            )
            st.code(str(e).split("\n")[0], language=None)

    return page


# Every chart is held against its schema in the tests; to do so at each click would take half of the time of a page.
alt.utils.schemapi.disable_debug_mode()
st.set_page_config(page_title="Customer segments", layout="wide")
try:
    formats.style()
except formats.NumbersError as e:
    st.error(str(e))
    st.stop()
st.html(f"<style>{(Path(__file__).parent / 'page.css').read_text(encoding='utf-8')}</style>")
pages = {
    "overview": st.Page(on_snapshot(overview.draw), title="Overview", default=True),
    "segments": st.Page(on_snapshot(segments.draw), title="Segments", url_path="segments"),
    "customers": st.Page(on_snapshot(customers.draw), title="Customers", url_path="customers"),
    "campaigns": st.Page(on_snapshot(campaigns.draw), title="Campaigns", url_path="campaigns"),
    "value": st.Page(on_snapshot(value.draw), title="Value", url_path="value"),
    "movement": st.Page(on_snapshot(movement.draw), title="Movement", url_path="movement"),
    "data_quality": st.Page(on_snapshot(data_quality.draw), title="Data quality", url_path="data_quality"),
    "model": st.Page(on_snapshot(model.draw), title="Model", url_path="model"),
}
# For pages that lead to another one.
st.session_state["pages"] = pages
# Streamlit serves the default page at "/" only: this one is the same page at an address of its own. A redirect from "/"
# would break the reader's way back.
again = st.Page(on_snapshot(overview.draw), title="Overview", url_path="overview", visibility="hidden")
page = st.navigation([*pages.values(), again], position="top")
links.follow(pages, page)
page.run()
