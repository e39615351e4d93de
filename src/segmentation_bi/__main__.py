"""Writes the files for BI tools: `bi/power_bi` and `bi/tableau`, or those of another place of what is published."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from segmentation import commands
from segmentation_bi import power_bi, tableau


def main(arguments: list[str] | None = None) -> int:
    """Write the files; return the exit code.

    Parameters
    ----------
    arguments : list of str, default those of the command line
    """
    parser = argparse.ArgumentParser(prog="python -m segmentation_bi", description=__doc__)
    parser.add_argument("--project", type=Path, default=Path(), help="folder of the project (default: this one)")
    parser.add_argument("--output", type=Path, help="folder to write to (default: bi/ of the project)")
    parser.add_argument("--folder", default="", help="what is published, as Power BI and Tableau see it")
    given = parser.parse_args(arguments)
    output = given.output or given.project / "bi"
    for name, files in made(given.project, given.folder).items():
        if given.output is None:
            shutil.rmtree(output / name, ignore_errors=True)
        for path, content in files.items():
            target = output / name / path
            # Somebody's pages may be in it by now.
            if given.output and target.exists() and ".Report/" in path:
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, encoding="utf-8")
        print(f"{output / name}: {len(files)} files")
    return 0


def made(project: Path, folder: str = "") -> dict[str, dict[str, str]]:
    """Return the files of each tool, by its name and by path.

    Parameters
    ----------
    project : Path
        Folder of the project.
    folder : str, default each tool's own example
        What is published, as the tools see it.
    """
    return {
        "power_bi": power_bi.project_files(project, folder or power_bi.FOLDER),
        "tableau": tableau.source_files(project, folder or tableau.FOLDER),
    }


if __name__ == "__main__":
    commands.run(main)
