"""Says what files would be read as, and why, before anything is built: ``python -m segmentation_dbt.inspect``.

The files, or the table that the var invoice_relation names, are read into a warehouse of their own, which is gone
afterwards (`trial`): neither the user's warehouse nor what is published is touched.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, NoReturn

import duckdb
import yaml

from segmentation import commands
from segmentation_dbt.build import project_of, variables_of
from segmentation_dbt.questions import Question, as_option, settings_of, take_apart, without_consequences
from segmentation_dbt.reading_facts import facts_of, known_settings
from segmentation_dbt.reading_text import describe, escaped

NOTHING_ASKED, FAULT, ASKED = 0, 1, 2


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        # Not with 2, which says that something is asked.
        self.exit(FAULT, f"{self.format_usage()}{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Look at files and say what is in them.

    Parameters
    ----------
    arguments : sequence of str, optional
        Default: those of the command line.

    Returns
    -------
    int
        0 where a build would ask nothing, 2 where it would, 1 where the files could not be looked at.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    as_json, options, own = read_arguments(given)
    # dbt takes seconds to import, which a wrong option does not need.
    from segmentation_dbt.trial import TrialError, trial

    project = project_of(options)
    everything = [*options, "--vars", as_option({**own, "questions": "report"})]
    try:
        with trial(
            project, everything, str(variables_of(project, everything).get("invoice_relation") or "")
        ) as reading:
            questions = without_consequences(take_apart(reading.questions))
            with duckdb.connect(str(reading.path), read_only=True) as connection:
                facts = facts_of(connection, reading.relations)
                known = known_settings(connection, reading.relations)
            facts |= answers(facts, questions, reading.warnings, known, own)
    except (TrialError, duckdb.Error) as e:
        print("\n".join(escaped(line) for line in f"The files can't be looked at.\n{e}".splitlines()), file=sys.stderr)
        return FAULT
    print(json.dumps(facts, indent=2) if as_json else describe(facts, questions))
    return ASKED if questions else NOTHING_ASKED


def read_arguments(given: Sequence[str]) -> tuple[bool, list[str], dict[str, Any]]:
    """Return whether JSON is asked for, the options of dbt but for the vars, and the vars.

    Parameters
    ----------
    given : sequence of str
        Of the command line; what follows ``--`` is for dbt.
    """
    parser = _Parser(
        prog="python -m segmentation_dbt.inspect",
        description="Say what invoice files would be read as, and why, before anything is built.",
        epilog="Example: python -m segmentation_dbt.inspect -- --vars '{date_order: dmy}'; what follows -- are options "
        "of dbt. Exit code: 0 where a build would ask nothing, 2 where it would, 1 where the files can't be looked at.",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")
    split = list(given).index("--") if "--" in given else len(given)
    as_json = bool(parser.parse_args(given[:split]).json)

    # Those that say how the project is read. One that had no effect is refused.
    dbt = _Parser(prog=f"{parser.prog} --", add_help=False, allow_abbrev=False)
    for names in (
        ("--vars",),
        ("--target", "-t"),
        *((f"--{n}",) for n in ("project-dir", "profiles-dir", "profile", "threads")),
    ):
        dbt.add_argument(*names)
    options = vars(dbt.parse_args(given[split + 1 :]))
    try:
        own = yaml.safe_load(options.pop("vars") or "{}") or {}
    except yaml.YAMLError as e:
        dbt.error(f"--vars is no YAML: {e}")
    if not isinstance(own, dict):
        dbt.error("--vars is no mapping, such as {date_order: dmy}")
    own.pop("questions", None)
    passed = [part for name, value in options.items() if value for part in (f"--{name.replace('_', '-')}", value)]
    return as_json, passed, own


def answers(
    facts: dict[str, Any],
    questions: Sequence[Question],
    warnings: Sequence[str],
    known: dict[str, Any],
    own: dict[str, Any],
) -> dict[str, Any]:
    """Return what is asked, what is doubtful, and the settings to paste.

    Parameters
    ----------
    facts : dict
        As `facts_of` returns them.
    questions : sequence of Question
        What a build would ask.
    warnings : sequence of str
        Messages of dbt.
    known : dict
        As `known_settings` returns them.
    own : dict
        The user's settings.
    """
    rows = [(file["file"], row) for file in facts["files"] for row in file.get("assumptions", [])]
    rows += [(table["table"], row) for table in facts["tables"] for row in table["assumptions"]]
    rows += [(None, row) for row in facts["assumptions"]]
    doubtful = [
        f"{f'{file}: ' if file else ''}{row['assumption']} is {row['assumed']}; {row['explanation']}"
        for file, row in rows
        if row["decided_by"] == "warning"
    ]
    return {
        "warnings": [*doubtful, *warnings],
        "questions": [asdict(question) for question in questions],
        "settings": settings_of(questions, known, own),
    }


if __name__ == "__main__":
    commands.run(main)
