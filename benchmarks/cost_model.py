"""What a build costs at sizes that were not measured: writes the tables of docs/scaling.md.

    python -m benchmarks.cost_model --measure FOLDER...   take the constants from folders of daily.py, then write them
    python -m benchmarks.cost_model                       write them again, after a price or a size in costs.py changed

`make scaling` does all of it.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks.cost_tables import TABLES
from benchmarks.costs import Model
from benchmarks.evidence import replace_table
from benchmarks.measured_builds import Measured, measure

PROJECT = Path(__file__).parents[1]
CONSTANTS = PROJECT / "benchmarks/cost_constants.json"
PAGE = PROJECT / "docs/scaling.md"


def main() -> None:
    """Write the tables of docs/scaling.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--measure", type=Path, nargs="+", metavar="FOLDER", help="folders of benchmarks/daily.py")
    options = parser.parse_args()
    if options.measure:
        found = [measure(folder).as_record() for folder in options.measure]
        CONSTANTS.write_text(json.dumps(sorted(found, key=lambda build: build["lines"]), indent=1) + "\n")
    model = Model([Measured.from_record(record) for record in json.loads(CONSTANTS.read_text())])
    text = PAGE.read_text()
    for name, table in TABLES.items():
        lines = table(model)
        print(name, *lines, "", sep="\n")
        text = replace_table(text, name, lines)
    PAGE.write_text(text)


if __name__ == "__main__":
    main()
