"""Command `python -m segmentation_report`: the report of what is published."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import altair as alt

from segmentation import commands
from segmentation_charts import formats
from segmentation_charts.published import NothingPublishedError, Snapshot
from segmentation_report.report import write_report
from segmentation_report.workbook import write_workbook


def main() -> int:
    """Write the report and say where; 1 where nothing is published."""
    parser = argparse.ArgumentParser(prog="python -m segmentation_report", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("report"), help="where to write (default: report)")
    parser.add_argument(
        "--published", type=Path, help="what dbt build published to (default: SEGMENTS_PUBLISHED, else published)"
    )
    parser.add_argument("--workbook", action="store_true", help="only the workbook for Excel")
    arguments = parser.parse_args()
    try:
        # A setting that is wrong is said before anything is written.
        formats.style()
        snapshot = Snapshot(arguments.published)
    except (NothingPublishedError, formats.NumbersError) as error:
        print(error, file=sys.stderr)
        return 1
    # The tests hold every chart against its schema; to do so here would take as long as all else.
    alt.utils.schemapi.disable_debug_mode()
    if not arguments.workbook:
        page = write_report(snapshot, arguments.folder)
        print(f"Wrote {page.absolute()} and its figures for slides in {page.parent.absolute() / 'figures'}")
    print(f"Wrote {write_workbook(snapshot, arguments.folder).absolute()}")
    return 0


if __name__ == "__main__":
    commands.run(main)
