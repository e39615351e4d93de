"""Writes what Superset imports: `bi/superset/export`, or a ZIP for what is published (`make superset-bundle`)."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from segmentation import commands
from segmentation_charts.frames.segments import colors
from segmentation_charts.published import DATABASE, NothingPublishedError, Snapshot, published_folder
from segmentation_superset.bundle import assets, currency_code, zipped

EXPORT = "bi/superset/export"


def main(arguments: list[str] | None = None) -> int:
    """Write the files or the ZIP; return the exit code.

    Parameters
    ----------
    arguments : list of str, default those of the command line
    """
    parser = argparse.ArgumentParser(prog="python -m segmentation_superset", description=__doc__)
    parser.add_argument("--project", type=Path, default=Path(), help="folder of the project (default: this one)")
    parser.add_argument("--zip", type=Path, help=f"file to write; without it {EXPORT} is written again")
    parser.add_argument("--database", help="path of segments.duckdb as Superset sees it (default: what is published)")
    given = parser.parse_args(arguments)
    if given.zip is None:
        write_export(given.project)
        return 0
    try:
        snapshot = Snapshot()
    except NothingPublishedError as e:
        print(e, file=sys.stderr)
        return 1
    file = given.database or str(published_folder().absolute() / DATABASE)
    files = assets(given.project, file, currency_code(snapshot.currency), colors(snapshot))
    snapshot.close()
    given.zip.parent.mkdir(parents=True, exist_ok=True)
    given.zip.write_bytes(zipped(files))
    print(f"{given.zip}: dashboards, charts and datasets of {file} for Superset")
    return 0


def write_export(project: Path) -> None:
    """Write the files of `bi/superset/export` again.

    Parameters
    ----------
    project : Path
        Folder of the project.
    """
    files = assets(project)
    shutil.rmtree(project / EXPORT, ignore_errors=True)
    for path, content in files.items():
        target = project / EXPORT / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")


if __name__ == "__main__":
    commands.run(main)
