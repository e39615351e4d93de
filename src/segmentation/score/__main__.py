"""Command line of the scoring."""

from __future__ import annotations

import argparse
import csv
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from segmentation import commands
from segmentation.score.customers import RESULT_COLUMNS, Row, given_features, score_rows
from segmentation.score.warehouse_model import NoModelError, open_model
from segmentation.scoring import Scorer


def main(arguments: Sequence[str] | None = None) -> int:
    """Score a customer or a CSV of customers; return the exit code: 0, 1 if some can't be scored, 2 for an error."""
    parser = argparse.ArgumentParser(
        prog="python -m segmentation.score",
        description="Score customers against the model of a warehouse.",
        epilog="Example: python -m segmentation.score 12 5 340.50",
    )
    parser.add_argument(
        "values", nargs="*", help="one customer: a number for each feature of the model, by default recency_days "
        "frequency monetary"
    )  # fmt: skip
    parser.add_argument("--tenure", help="days since the first purchase of the one customer, where it is known")
    parser.add_argument(
        "--customers",
        type=Path,
        help="a CSV file with a column for each feature, and tenure_days where it is known; other columns stay",
    )
    parser.add_argument("--output", type=Path, help="where to write the scored CSV; default: the terminal")
    parser.add_argument(
        "--warehouse",
        type=Path,
        default=Path(os.environ.get("SEGMENTS_WAREHOUSE", "warehouse.duckdb")),
        help="the DuckDB file with the model; default: SEGMENTS_WAREHOUSE, else warehouse.duckdb",
    )
    parser.add_argument(
        "--model-version", help="the version of the model, as in marts.segmentation_model; default: the one in force"
    )
    options = parser.parse_args(arguments)
    if bool(options.values) == bool(options.customers):
        parser.error("give either the numbers of one customer or --customers FILE.csv")
    try:
        scorer = open_model(options.warehouse, options.model_version)
        if options.values:
            return _score_one(scorer, options.values, options.tenure)
        return _score_file(scorer, options.customers, options.output)
    except (NoModelError, UnreadableFileError) as e:
        print(e, file=sys.stderr)
        return 2


class UnreadableFileError(Exception):
    """The file of customers can't be used; the message says why and what to do."""


def _score_one(scorer: Scorer, values: Sequence[str], tenure: str | None) -> int:
    features = given_features(scorer.model.transformation.features)
    if len(values) != len(features):
        print(f"The model needs {len(features)} numbers: {' '.join(features)}; {len(values)} given.", file=sys.stderr)
        return 2
    known = {} if tenure is None else {"tenure_days": tenure}
    ((_, scored),) = score_rows(scorer, [known | dict(zip(features, values, strict=True))])
    if scored["problem"]:
        print(scored["problem"], file=sys.stderr)
        return 1
    width = max(map(len, RESULT_COLUMNS))
    for column, value in scored.items():
        if value:
            print(f"{column:{width}}  {value}")
    return 0


def _score_file(scorer: Scorer, path: Path, output: Path | None) -> int:
    features = given_features(scorer.model.transformation.features)
    with ExitStack() as files:
        try:
            source = files.enter_context(path.open(encoding="utf-8-sig", newline=""))
            reader = csv.DictReader(source)
            header = list(reader.fieldnames or [])
        except (OSError, UnicodeDecodeError) as e:
            raise UnreadableFileError(f"{path} can't be read: {e}. It has to be a CSV file in UTF-8.") from e
        missing = [feature for feature in features if feature not in header]
        if missing:
            raise UnreadableFileError(
                f"{path} has no column {', '.join(missing)}. The model needs {', '.join(features)}; "
                f"the file has {', '.join(header) or 'no header'}."
            )
        target = files.enter_context(output.open("w", encoding="utf-8", newline="")) if output else sys.stdout
        return _write(scorer, reader, header, target)


def _write(scorer: Scorer, reader: Iterator[Row], header: list[str], target: TextIO) -> int:
    kept = [column for column in header if column not in RESULT_COLUMNS]
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow([spreadsheet_safe(column) for column in [*kept, *RESULT_COLUMNS]])
    customers = problems = 0
    for row, scored in score_rows(scorer, reader):
        texts = [spreadsheet_safe(row[column] or "") for column in kept]
        writer.writerow([*texts, *(scored[column] for column in RESULT_COLUMNS)])
        customers += 1
        problems += bool(scored["problem"])
    if problems:
        print(f"{problems} of {customers} customers can't be scored; the column problem says why.", file=sys.stderr)
    return 1 if problems else 0


def spreadsheet_safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; numbers stay as they are."""
    if text[:1] in ("=", "+", "-", "@", "\t", "\r") and not re.fullmatch(r"[+-]?\d+([.,]\d+)?", text):
        return f"'{text}"
    return text


if __name__ == "__main__":
    commands.run(main)
