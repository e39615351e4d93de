"""The project's builds that are measured."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measure import Cost, measure
from benchmarks.phases import Phases, share_time
from benchmarks.shop import ShopFiles

PROJECT = Path(__file__).parents[1]
WHOLE: tuple[str, ...] = ()
"""As a scheduled build is: all models and data tests, published."""

DBT = (str(Path(sys.executable).parent / "dbt"), "--no-use-colors", "build")
BUILD_IF_NEW = (sys.executable, "-m", "segmentation_dbt.build")
"""What `make build` calls."""

SAME_JOB = (
    *("--exclude-resource-type", "test"),
    *("--select", "+customer_segments", "+segmentation_candidates"),
    *("--vars", "{cluster_evaluation: quick, history_months: 0}"),
)
"""What the notebook does, and no more: customers and their segments, by elbow and silhouette."""


@dataclass(frozen=True)
class Build:
    """A build that passed.

    Attributes
    ----------
    cost : Cost
    phases : Phases
        Where its time went.
    """

    cost: Cost
    phases: Phases


def start_anew(shop: ShopFiles, keep_parsed: bool = False) -> None:
    """Remove what was built of a shop, and unless it is to be kept what dbt has parsed."""
    for name in ("warehouse.duckdb", "warehouse.duckdb.wal"):
        (shop.folder / name).unlink(missing_ok=True)
    for name in ("published", "warehouse.duckdb.tmp", *(() if keep_parsed else ("target",))):
        shutil.rmtree(shop.folder / name, ignore_errors=True)


def build(shop: ShopFiles, arguments: tuple[str, ...], memory_limit: str, program: tuple[str, ...] = DBT) -> Build:
    """Run dbt on the files of a shop, in the shop's folder.

    Parameters
    ----------
    shop : ShopFiles
    arguments : tuple of str
        WHOLE or SAME_JOB, or none.
    memory_limit : str
        That of DuckDB, such as 6GiB; empty for its default.
    program : tuple of str, default DBT
        DBT or BUILD_IF_NEW.

    Raises
    ------
    RuntimeError
        If it fails, with what dbt said.
    """
    cost = run_dbt(shop.folder, arguments, memory_limit, shop.pattern, program)
    return Build(cost, share_time(results_of(shop.folder), cost.seconds))


def run_dbt(
    folder: Path,
    arguments: tuple[str, ...],
    memory_limit: str,
    invoice_files: str = "",
    program: tuple[str, ...] = DBT,
) -> Cost:
    """Run dbt in a folder that holds the warehouse, and say what it took.

    Parameters
    ----------
    folder : Path
    arguments : tuple of str
        Of dbt build.
    memory_limit : str
        That of DuckDB, such as 6GiB; empty for its default.
    invoice_files : str, optional
        Pattern of the files; those of the sample without it.
    program : tuple of str, default DBT
        DBT or BUILD_IF_NEW.

    Raises
    ------
    RuntimeError
        If it fails, with what dbt said.
    """
    environment = {
        "DBT_PROJECT_DIR": str(PROJECT),
        "DBT_PROFILES_DIR": str(PROJECT),
        **({"INVOICE_FILES": invoice_files} if invoice_files else {}),
        "SEGMENTS_WAREHOUSE": str(folder / "warehouse.duckdb"),
        "SEGMENTS_PUBLISHED": str(folder / "published"),
        "SEGMENTS_MEMORY_LIMIT": memory_limit,
    }
    command = [*program, *arguments, *("--target-path", str(folder / "target"), "--log-path", str(folder / "logs"))]
    cost = measure(command, folder, environment)
    if cost.exit_code:
        raise RuntimeError(f"{' '.join(command)} failed:\n{cost.printed}")
    return cost


def results_of(folder: Path) -> list[dict[str, Any]]:
    """Return what dbt noted of each node of the last build in a folder."""
    results: list[dict[str, Any]] = json.loads((folder / "target/run_results.json").read_text())["results"]
    return results


def print_nodes(folder: Path, cost: Cost) -> None:
    """Print the seconds of each model and test of the last build in a folder, the longest first, and of the whole.

    Parameters
    ----------
    folder : Path
    cost : Cost
        Of that build.
    """
    seconds = {result["unique_id"]: float(result["execution_time"]) for result in results_of(folder)}
    for name in sorted(seconds, key=lambda name: (-seconds[name], name)):
        print(f"{seconds[name]:8.1f} s  {name.removeprefix('model.segmentation.')}")
    print(f"{cost.seconds:8.1f} s  in all; {cost.cpu_seconds:.0f} s of processors, peak memory {cost.peak_gib:.1f} GiB")
