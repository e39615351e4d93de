"""The end of a build: whether it is complete, what it warns of, what was built in a few lines; and publishing.

dbt's macros say what happened (`describe_build`), the rules are here. On DuckDB it runs in a plugin, on Spark in the
adapter dbt-sparksession: a session is a connection of the one or a session of the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from dbt_common.events.functions import fire_event
from dbt_common.events.types import Note

from segmentation_dbt.publishing import explain, publish
from segmentation_dbt.relations import fetch_rows, is_of_spark, replace_table
from segmentation_dbt.version_files import Mart
from segmentation_dbt.versions import Versions

PACKAGE = "segmentation"
# Without them there is nothing to publish.
REQUIRED = ("customer_segments", "load_audit")
PASSED = ("success", "pass", "warn")
WARNINGS_SHOWN = 10

Lines = list[tuple[str, str]]
"""Lines of the summary: a heading, or '' for one that goes on, and a text."""


@dataclass(frozen=True)
class Node:
    """A node that a complete build has: of this package, enabled and not ephemeral."""

    unique_id: str
    name: str
    resource_type: str


@dataclass(frozen=True)
class Result:
    """What became of a node, of any package."""

    unique_id: str
    name: str
    package: str
    resource_type: str
    parents: Sequence[str]
    status: str
    message: str | None

    @property
    def concerns_marts(self) -> bool:
        """Whether it matters for what is published.

        It does if the node is of this package, or if it is a test that a project which installs this one has on a model
        of it. Other models of that project do not.
        """
        is_test_of_model = self.resource_type == "test" and any(
            parent.startswith(f"model.{PACKAGE}.") for parent in self.parents
        )
        return self.package == PACKAGE or is_test_of_model


@dataclass(frozen=True)
class Build:
    """What dbt knows of a build that has ended.

    Parameters
    ----------
    results : sequence of Result
        Of the nodes that were part of it.
    nodes : sequence of Node
        That a complete build has.
    relations : mapping of str to str
        Names of the models that are enabled to their tables, quoted.
    marts : sequence of Mart
        The tables that are published.
    is_of_all_data : bool
        False with --empty or --sample.
    is_pending : str
        A condition on base_invoice_files: which files this build read.
    publish_lines_up_to : int
        The var.
    published : str
        Folder to publish to.
    run : dict of str to str
        published_at, invocation_id and currency, for the manifest.
    is_published : bool, default False
        Whether the profile has the plugin that publishes.
    """

    results: Sequence[Result]
    nodes: Sequence[Node]
    relations: Mapping[str, str]
    marts: Sequence[Mart]
    is_of_all_data: bool
    is_pending: str
    publish_lines_up_to: int
    published: str
    run: dict[str, str]
    is_published: bool = False

    @classmethod
    def of(cls, described: Mapping[str, Any]) -> Build:
        """Return the build that the macro describe_build describes."""
        parts = {
            "results": [Result(**result) for result in described["results"]],
            "nodes": [Node(**node) for node in described["nodes"]],
            "marts": [Mart(**mart) for mart in described["marts"]],
        }
        return cls(**{**described, **parts})

    @property
    def has_marts(self) -> bool:
        """Whether the marts that the summary is made of were all built, whatever tests say."""
        return not self.unbuilt("model", "seed") and all(name in self.relations for name in REQUIRED)

    def unbuilt(self, *resource_types: str) -> list[str]:
        """Names of the nodes of some types that did not pass, or were not part of the build."""
        passed = {result.unique_id for result in self.results if result.status in PASSED}
        return [
            node.name for node in self.nodes if node.resource_type in resource_types and node.unique_id not in passed
        ]


@dataclass(frozen=True)
class Publication:
    """What became of publishing.

    Parameters
    ----------
    folder : str
        Where to.
    current : str or None
        Name of the version that is current.
    manifest : dict or None
        Of the version that was published.
    changes : dict of str to int or None
        Since the version before (`changes_since`).
    before : str or None
        Name of the version before.
    reason : str or None
        Why nothing can be published.
    problem : str or None
        What went wrong, for the analyst.
    """

    folder: str = ""
    current: str | None = None
    manifest: dict[str, Any] | None = None
    changes: dict[str, int] | None = None
    before: str | None = None
    reason: str | None = None
    problem: str | None = None


def finish(session: Any, described: Mapping[str, Any]) -> str | None:
    """Publish a complete build that has passed, and log what was built.

    Parameters
    ----------
    session
        A connection of DuckDB that nobody else uses, or a session of Spark.
    described : mapping
        What the macro describe_build returns.

    Returns
    -------
    str or None
        Why the build has to fail, for the analyst.
    """
    build = Build.of(described)
    gaps = gaps_of(build)
    if not gaps:
        record_audit(session, build.relations)
    warnings = (
        warnings_of(build.results, missed_bars(session, build.relations), doubtful_readings(session, build.relations))
        if build.has_marts
        else []
    )
    publication = publish_build(session, build, [] if gaps else build.marts, warnings)
    summary: Lines = []
    if build.has_marts:
        summary += describe_tables(session, build)
        summary += describe_changes(publication)
        summary += describe_warnings(warnings)
    summary += describe_publication(publication, gaps)
    for heading, line in summary:
        fire_event(Note(msg=f"{heading:11} {line}".rstrip()))
    return publication.problem


# --- Whether it is complete -------------------------------------------------------------------------------------------


def gaps_of(build: Build) -> list[str]:
    """Say why a build is not complete; nothing if every node and test of the package has passed."""
    stopped = [result for result in build.results if result.status not in (*PASSED, "no-op") and result.concerns_marts]
    skipped = [result.name for result in stopped if result.status == "skipped"]
    failed = [result.name for result in stopped if result.status != "skipped"]
    missing = [name for name in build.unbuilt("model", "seed", "snapshot", "test") if name not in {*skipped, *failed}]
    gaps = []
    if failed:
        names = ", ".join(failed[:3]) + (", …" if len(failed) > 3 else "")
        gaps.append(f"{counted(len(failed), 'node or test', 'nodes and tests')} failed ({names})")
    if skipped:
        gaps.append(f"{len(skipped):,} skipped")
    if missing:
        gaps.append(f"{len(missing):,} left out, and only a complete dbt build is published")
    gaps += [f"{name} is disabled" for name in REQUIRED if name not in build.relations]
    if not build.is_of_all_data:
        gaps.append("only a part of the data was read (--empty, --sample)")
    return gaps


def record_audit(session: Any, relations: Mapping[str, str]) -> None:
    """Write down which files, customers and months have passed: tests don't look at them again (`audit_filter`)."""
    schema = relations["int_file_comparisons"].rsplit(".", 1)[0]
    for what, key, model in (
        ("files", "classified_key", "int_file_comparisons"),
        ("customers", "ledger_key", "int_customer_days"),
        ("months", "history_key", "int_history_months"),
    ):
        query = f"select distinct {key} from {relations[model]}"  # noqa: S608
        replace_table(session, f"{schema}.audited_{what}", query)


# --- What it warns of -------------------------------------------------------------------------------------------------


def missed_bars(session: Any, relations: Mapping[str, str]) -> list[tuple[Any, ...]]:
    """Return the checks that miss their bar: name, segment, subject, value, bar and explanation."""
    if "segmentation_quality" not in relations:
        return []
    return fetch_rows(
        session,
        "select check_name, segment, subject, value, bar, explanation "  # noqa: S608
        f"from {relations['segmentation_quality']} where verdict in ('warn', 'fail') "
        "order by check_name, segment, subject",
    )


def doubtful_readings(session: Any, relations: Mapping[str, str]) -> list[tuple[Any, ...]]:
    """Return what was assumed about the files and is doubtful: file or None, assumption and explanation."""
    if "reading_evidence" not in relations:
        return []
    return fetch_rows(
        session,
        f"select source_file, assumption, explanation from {relations['reading_evidence']} "  # noqa: S608
        "where decided_by = 'warning' order by assumption, source_file, explanation",
    )


def warnings_of(
    results: Iterable[Result], bars: Iterable[tuple[Any, ...]], readings: Iterable[tuple[Any, ...]] = ()
) -> list[str]:
    """Say what a build warns of: tests that warned, doubtful readings of files, missed bars of the segmentation."""
    warnings = [
        f"{result.name}: {result.message}" for result in results if result.status == "warn" and result.concerns_marts
    ]
    for file, assumption, explanation in readings:
        warnings.append(f"reading_evidence: {f'{file}: ' if file else ''}{explanation} ({assumption})")
    for check, segment, subject, value, bar, explanation in bars:
        whose = f" of {segment}" if segment else ""
        measured = f" is {float(value):.3g}" if value is not None else ""
        expected = f", the bar is {float(bar):.3g}" if bar is not None else ""
        warnings.append(f"segmentation_quality: {check}{whose} ({subject}){measured}{expected}: {explanation}")
    return warnings


# --- Publishing -------------------------------------------------------------------------------------------------------


def publish_build(session: Any, build: Build, marts: Sequence[Mart], warnings: list[str]) -> Publication:
    """Publish marts as a new version, or say which version is current if there are none to be published."""
    if is_of_spark(session):
        return Publication(reason="readers query the tables of Spark themselves")
    if not build.is_published:
        return Publication(reason="the plugin segmentation_dbt.publishing is not in the profile")
    versions = Versions(Path(build.published).absolute())
    outcome: dict[str, Any] = {}
    if marts:
        try:
            outcome = publish(session, versions, list(marts), build.publish_lines_up_to, build.run, warnings)
        except (OSError, duckdb.Error) as e:
            outcome = {"problem": explain(versions, e)}
    return Publication(folder=str(versions.folder), current=versions.current(), **outcome)


# --- What was built ---------------------------------------------------------------------------------------------------


def describe_tables(session: Any, build: Build) -> Lines:
    """Say what the tables hold: files, lines, customers, segments, what is to come."""
    of = build.relations
    ((files, read, accepted, rejected),) = fetch_rows(
        session,
        f"select count(*), sum(rows_read), sum(rows_accepted), sum(rows_rejected) from {of['load_audit']}",  # noqa: S608
    )
    ((new_files,),) = fetch_rows(session, f"select count(*) from {of['base_invoice_files']} where {build.is_pending}")  # noqa: S608
    reasons = fetch_rows(
        session,
        f"select reason, count(*) as line_count from {of['int_rejected_invoice_lines']} "  # noqa: S608
        "group by reason order by line_count desc, reason limit 3",
    )
    ((customers, as_of_date),) = fetch_rows(
        session,
        f"select count(*), cast(max(as_of_date) as varchar(10)) from {of['customer_segments']}",  # noqa: S608
    )
    segments = fetch_rows(
        session,
        f"select segment, count(*) as customers from {of['customer_segments']} "  # noqa: S608
        "group by segment order by customers desc, segment",
    )
    why = ", ".join(f"{count:,} {reason}" for reason, count in reasons)
    share = f" ({100 * int(rejected) / int(read):.1f} %: {why})" if why else ""
    return [
        ("files", f"{files:,}, {new_files} read in this build"),
        ("lines", f"{int(accepted or 0):,} accepted, {int(rejected or 0):,} rejected{share}"),
        ("customers", f"{customers:,} as of {as_of_date}"),
        ("segments", ", ".join(f"{name} {count:,} ({100 * count / customers:.0f} %)" for name, count in segments)),
        *describe_value(session, of),
        *describe_campaigns(session, of),
        *describe_attributes(session, of),
    ]


def describe_value(session: Any, relations: Mapping[str, str]) -> Lines:
    """Say what the customers will bring, and whether a season is known; nothing without the tables of value."""
    if not {"customer_value", "value_model"} <= relations.keys():
        return []
    ((orders, revenue),) = fetch_rows(
        session,
        f"select sum(expected_orders), sum(expected_revenue) from {relations['customer_value']}",  # noqa: S608
    )
    ((model, days, is_season_known),) = fetch_rows(
        session,
        "select purchase_model, validation_days, is_season_known "  # noqa: S608
        f"from {relations['value_model']} where is_in_force",
    )
    season = "" if is_season_known else "; a season is not known yet"
    expected = f"{int(orders or 0):,} orders and a revenue of {int(revenue or 0):,}"
    return [("value", f"{expected} to be expected within {days} days ({model}{season})")]


def describe_campaigns(session: Any, relations: Mapping[str, str]) -> Lines:
    """Say how many campaigns there are and what became of them; nothing if there are none."""
    if "campaigns" not in relations:
        return []
    found = fetch_rows(
        session,
        "select campaign, state, verdict_code, incremental_revenue "  # noqa: S608
        f"from {relations['campaigns']} order by starts_on, campaign",
    )
    if not found:
        return []
    said = {
        "works": "work",
        "harms": "do harm",
        "no_effect_seen": "without an effect to be seen",
        "too_early": "too early to tell",
        "not_trusted": "not to be trusted",
    }
    codes = [code for _, _, code, _ in found]
    verdicts = [f"{codes.count(code):,} {words}" for code, words in said.items() if code in codes]
    planned = sum(state == "planned" for _, state, _, _ in found)
    brought = sum(incremental for _, _, code, incremental in found if code == "works")
    return [
        (
            "campaigns",
            f"{len(found):,}{f', {planned:,} planned' if planned else ''}: {', '.join(verdicts)}"
            + (f"; those that work brought a revenue of {int(brought):,}" if "works" in codes else ""),
        )
    ]


def describe_attributes(session: Any, relations: Mapping[str, str]) -> Lines:
    """Say which attributes of customers were read, which columns were left out, and of how many customers they are."""
    if not {"base_attribute_rows", "int_customer_attributes", "segment_attributes"} <= relations.keys():
        return []
    columns = fetch_rows(
        session,
        "select attribute, kind, max(case when is_read then 1 else 0 end) as is_read "  # noqa: S608
        f"from {relations['base_attribute_rows']} where attribute is not null and customer_id is null "
        "group by attribute, kind order by attribute",
    )
    if not columns:
        return []
    ((customers,),) = fetch_rows(
        session,
        f"select count(distinct customer_id) from {relations['int_customer_attributes']}",  # noqa: S608
    )
    ((segments,),) = fetch_rows(
        session,
        f"select count(distinct segment) from {relations['segment_attributes']} where distinguishes",  # noqa: S608
    )
    read = _shortened([name for name, _, is_read in columns if is_read])
    left_out = _shortened([f"{name} ({kind})" for name, kind, is_read in columns if not is_read])
    return [
        (
            "attributes",
            f"{read or 'none'}, of {counted(customers, 'customer')}; they distinguish {counted(segments, 'segment')}",
        ),
        *([("", f"left out: {left_out}")] if left_out else []),
    ]


def _shortened(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (f" and {len(names) - 8:,} more" if len(names) > 8 else "")


def describe_changes(publication: Publication) -> Lines:
    """Say what has changed since the version before; nothing if there is none to compare with."""
    changes = publication.changes
    if not changes:
        return []
    return [
        ("changes", f"since version {publication.before}:"),
        (
            "",
            f"{counted(changes['customers_gained'], 'new customer')}, "
            f"{changes['customers_lost']:,} gone, {changes['customers_moved']:,} in another segment",
        ),
        (
            "",
            f"{counted(changes['files_gained'], 'new file')}, "
            f"{changes['files_lost']:,} gone, {changes['files_changed']:,} changed",
        ),
    ]


def describe_warnings(warnings: Sequence[str]) -> Lines:
    """Say how many warnings there are, and the first of them."""
    shown = [("", warning) for warning in warnings[:WARNINGS_SHOWN]]
    rest = len(warnings) - len(shown)
    return [
        ("warnings", str(len(warnings) or "none")),
        *shown,
        *([("", f"… and {rest} more")] if rest else []),
    ]


def describe_publication(publication: Publication, gaps: Collection[str]) -> Lines:
    """Say what was published where, or why nothing was."""
    if gaps:
        current = publication.current
        untouched = f"version {current} is untouched" if current else "nothing before, either"
        return [("published", f"nothing: {', '.join(gaps)}"), ("", untouched)]
    manifest = publication.manifest
    if not manifest:
        return [("published", f"nothing: {publication.reason or 'it failed, see below'}")]
    files = counted(len(manifest["row_counts"]), "Parquet file")
    return [
        ("published", f"{publication.folder}/segments.duckdb and {files}, version {manifest['version']}"),
        *(("", f"without {mart}: {reason}") for mart, reason in manifest["left_out"].items()),
    ]


def counted(number: int, noun: str, nouns: str | None = None) -> str:
    """Write a number and what it counts, such as 1 file or 1,200 files."""
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"
