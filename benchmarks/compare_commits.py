"""Build the same data with two commits of this repository, and compare every public table row by row.

Both are built with the settings that they ship and with the packages of this environment. What was built is kept by
commit and data set, so that it is built once. The exit code is 1 where anything differs that is not allowed to; what
only the new commit has is.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.builds import PROJECT
from benchmarks.commits import build, builds_of
from benchmarks.comparing import Difference, compare
from benchmarks.deliveries import DATA


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.compare_commits",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("old", help="a commit, or a folder of finished builds such as target/compare/<hash>")
    parser.add_argument("new", help="the same")
    parser.add_argument("--only", nargs="+", choices=DATA, default=list(DATA), help="data sets (default: all)")
    parser.add_argument("--folder", type=Path, default=PROJECT / "target/compare", help="of what is built")
    parser.add_argument("--allow", nargs="+", default=[], metavar="MART[.COLUMN]", help="what may differ")
    options = parser.parse_args()
    old, new = (builds_of(revision, options.folder.absolute()) for revision in (options.old, options.new))
    differs = False
    for data in options.only:
        source, _ = DATA[data]
        if not source.exists():
            print(f"{data}: SKIPPED, {source} is not there; set ONLINE_RETAIL to its path")
            continue
        before, after = build(old, data), build(new, data)
        for path in sorted(before.iterdir()):
            print(f"{data}, {path.stem}:")
            for difference in compare(path, after / path.name):
                is_uncovered = difference.uncovered(options.allow)
                differs |= is_uncovered
                print("\n".join(describe(difference, is_uncovered)))
    print("DIFFERENT" if differs else "The same.")
    return int(differs)


def describe(difference: Difference, is_uncovered: bool) -> list[str]:
    """Return the lines that say how a mart differs.

    Parameters
    ----------
    difference : Difference
    is_uncovered : bool
        Whether it may not.
    """
    found = [f"{'!' if is_uncovered else ' '} {difference.mart:<25} {difference.both:>9,} rows in both"]
    for count, what in ((difference.only_old, "only old"), (difference.only_new, "only new")):
        found[0] += f", {count:,} {what}" * (count > 0)
    if difference.columns:
        columns = (f"{column} ({rows:,})" for column, rows in difference.columns.items())
        found[0] += f", different: {', '.join(columns)}"
    if difference.rounded:
        found[0] += f", equal but for rounding: {', '.join(difference.rounded)}"
    for names, what in ((difference.lost, "old"), (difference.added, "new")):
        found[0] += f", only {what} has: {', '.join(names)}" * bool(names)
    return [*found, *(f"    {example}" for example in difference.examples)]


if __name__ == "__main__":
    sys.exit(main())
