"""Runs ``dbt build`` unless nothing is new: ``python -m segmentation_dbt.build``, with the options of dbt build.

A build in which nothing is new ends where the last one did, but looks at every table and runs every test on the way.
This remembers what the current version was built from, and is done in a second where all of it is the same: the
files of invoices, campaigns, attributes and categories (path, size, time of change), the project (content of its files
and of this package, versions of all packages that are installed), the settings (options and environment variables) and
the warehouse. A table of the warehouse (`invoice_relation`, `attribute_relation`, `product_category_relation`) has
nothing that says whether it changed: it is read each time.

What a build does is shown in a few lines (`display`). VERBOSE=1 shows dbt's own log, and so do dbt's options and
environment variables that say how to print it.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from segmentation import commands
from segmentation.intake.paths import find_paths
from segmentation_dbt.versions import Versions

# dbt of the same environment, whether or not that is activated.
DBT = (sys.executable, "-c", "from dbt.cli.main import cli; cli()")
RECORD = ".inputs"
TEMPLATES = "templates.marshal"
"""What Jinja made of the project, in the folder that dbt writes to."""
MANIFEST = "manifest.pickle"
"""What dbt made of it, beside that."""
SAMPLE = "data/sample/invoices.csv.gz"
_RELATIONS = ("invoice_relation", "attribute_relation", "product_category_relation")
_SETTINGS = ("DBT_", "INVOICE_", "SEGMENTS_")
# What a build writes, and what is not part of it.
_OTHER_FOLDERS = {"target", "logs", "published", "report", "data", "docs", "benchmarks", "node_modules", "__pycache__"}
# Who sets one of these wants dbt's own log on the screen.
_LOG_OPTIONS = ("--log-level", "--log-format", "--quiet", "-q", "--debug", "-d")
_LOG_VARIABLES = ("VERBOSE", "DBT_LOG_LEVEL", "DBT_LOG_FORMAT", "DBT_QUIET", "DBT_DEBUG")
_CODE = {".sql", ".yml", ".yaml", ".md", ".py"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, or say that nothing is new.

    Parameters
    ----------
    arguments : sequence of str, optional
        Options of dbt build. Default: those of the command line.

    Returns
    -------
    int
        That of dbt; 0 where nothing is new.
    """
    options = list(sys.argv[1:] if arguments is None else arguments)
    warehouse = _warehouse()
    versions = Versions(Path(os.environ.get("SEGMENTS_PUBLISHED", "published")).absolute())
    record, before = versions.folder / RECORD, versions.current()
    inputs = inputs_of(options)
    if inputs and record.exists() and record.read_text() == _recorded(inputs, before, warehouse):
        print(
            f"Nothing is new: files, settings and project are those that {versions.folder / 'current'} ({before}) was "
            "built from. `dbt build` builds all the same."
        )
        return 0
    record.unlink(missing_ok=True)
    code = run_dbt(options)
    current = versions.current()
    # What it began with: files that arrived meanwhile are new to the next. A build of a part publishes nothing.
    if inputs and code == 0 and current != before:
        record.write_text(_recorded(inputs, current, warehouse))
    return code


def run_dbt(options: Sequence[str]) -> int:
    """Run dbt build in a process of its own with its log, or in this one with its progress; return its exit code.

    Parameters
    ----------
    options : sequence of str
        Of dbt build.
    """
    if any(os.environ.get(name) for name in _LOG_VARIABLES) or any(
        option.partition("=")[0] in _LOG_OPTIONS for option in options
    ):
        return subprocess.run([*DBT, "build", *options], check=False).returncode  # noqa: S603
    if not _warehouse().exists():
        # A first build fits a model. Others hardly ever do.
        from segmentation_dbt import processes

        processes.start()
    # It takes two seconds to import, which a build in which nothing is new does not have.
    from segmentation_dbt.display import build

    return build(options)


def inputs_of(options: Sequence[str]) -> str | None:
    """Return a checksum of what a build depends on but for the warehouse; None where that can't be known.

    Parameters
    ----------
    options : sequence of str
        Of dbt build.
    """
    project = project_of(options)
    variables = variables_of(project, options)
    if any(variables.get(name) for name in _RELATIONS):
        return None
    patterns = [str(variables.get("invoice_files") or os.environ.get("INVOICE_FILES") or SAMPLE)]
    patterns += [
        str(variables.get(f"{what}_files") or f"{os.environ.get(f'SEGMENTS_{what}S'.upper()) or f'{what}s'}/*")
        for what in ("campaign", "attribute")
    ]
    patterns += [str(variables["product_categories"])] if variables.get("product_categories") else []
    found = hashlib.sha256()
    for part in (
        [str(Path.cwd()), str(project), *options],
        sorted(f"{name}={value}" for name, value in os.environ.items() if name.startswith(_SETTINGS)),
        sorted(f"{package.name} {package.version}" for package in importlib.metadata.distributions()),
        [[path, *_stamp(Path(path))] for path in sorted(_found(patterns, project))],
        [[str(path), hashlib.sha256(path.read_bytes()).hexdigest()] for path in _code(project)],
    ):
        found.update(json.dumps(part).encode())
    return found.hexdigest()


def project_of(options: Sequence[str]) -> Path:
    """Return the folder of the project that dbt would take.

    Parameters
    ----------
    options : sequence of str
        Of dbt.
    """
    given = option_of(options, "--project-dir") or os.environ.get("DBT_PROJECT_DIR") or "."
    return Path(given).absolute()


def target_of(options: Sequence[str]) -> Path:
    """Return the folder that dbt would write to beside the warehouse.

    Parameters
    ----------
    options : sequence of str
        Of dbt.
    """
    # Relative to the project, as dbt takes it.
    given = option_of(options, "--target-path") or os.environ.get("DBT_TARGET_PATH") or "target"
    return (project_of(options) / given).resolve()


def variables_of(project: Path, options: Sequence[str]) -> dict[str, Any]:
    """Return the vars of a project and, before them, of the options."""
    found: dict[str, Any] = {}
    file = project / "dbt_project.yml"
    # Those of a package are under its name.
    for name, value in ((yaml.safe_load(file.read_text()) or {}).get("vars") or {}).items() if file.exists() else ():
        found |= value if name == "segmentation" and isinstance(value, dict) else {name: value}
    return found | (yaml.safe_load(option_of(options, "--vars") or "{}") or {})


def option_of(options: Sequence[str], name: str) -> str | None:
    """Return the value of an option; None where it is not given.

    Parameters
    ----------
    options : sequence of str
        Of dbt.
    name : str
        Such as --vars.
    """
    for option, following in pairwise([*options, None]):
        if option == name:
            return following
        if option and option.startswith(f"{name}="):
            return option.removeprefix(f"{name}=")
    return None


def _warehouse() -> Path:
    return Path(os.environ.get("SEGMENTS_WAREHOUSE", "warehouse.duckdb")).absolute()


def _code(project: Path) -> Iterator[Path]:
    """Find the files of a project, of what it installs and of the package that its Python models import."""
    package = Path(__file__).parents[1]
    for root in (project, package / "segmentation", package / "segmentation_dbt"):
        for folder, folders, names in os.walk(root, followlinks=True):
            folders[:] = sorted(name for name in folders if name not in _OTHER_FOLDERS and not name.startswith("."))
            # Seeds are code; other CSV files that lie about may be large.
            suffixes = _CODE | {".csv"} if "seeds" in Path(folder).relative_to(root).parts else _CODE
            yield from (Path(folder, name) for name in sorted(names) if Path(name).suffix in suffixes)


def _found(patterns: Sequence[str], project: Path) -> Iterator[str]:
    for pattern in patterns:
        for paths in find_paths(pattern, str(project)).values():
            yield from paths


def _stamp(path: Path) -> tuple[int, int]:
    """Return the size of a file and when it was changed, zeros if there is none."""
    try:
        stat = path.stat()
    except OSError:
        return 0, 0
    return stat.st_size, stat.st_mtime_ns


def _recorded(inputs: str, version: str | None, warehouse: Path) -> str:
    return json.dumps([inputs, version, str(warehouse), *_stamp(warehouse)])


if __name__ == "__main__":
    commands.run(main)
