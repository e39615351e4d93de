"""Reads the project, and keeps what dbt and Jinja make of it for builds: ``python -m segmentation_dbt.prepare``."""

from __future__ import annotations

from typing import Any

from dbt.cli.main import dbtRunner
from dbt.constants import PARTIAL_PARSE_FILE_NAME
from dbt.contracts.graph.manifest import Manifest
from dbt.parser.manifest import extended_mashumuro_decoder
from dbt_common.clients.jinja import get_template, template_cache

from segmentation import commands
from segmentation_dbt.build import MANIFEST, TEMPLATES, target_of
from segmentation_dbt.dbt_overhead import less_overhead


def main() -> int:
    """Parse and compile the project of this folder.

    Returns
    -------
    int
        1 where it can't be parsed; dbt says why.
    """
    target = target_of(())
    with less_overhead(target / TEMPLATES, target / MANIFEST):
        parsed = dbtRunner().invoke(["--quiet", "parse"])
        if not isinstance(parsed.result, Manifest):
            return 1
        compile_templates(parsed.result)
        # As the first build will.
        content: Any = (target / PARTIAL_PARSE_FILE_NAME).read_bytes()
        Manifest.from_msgpack(content, decoder=extended_mashumuro_decoder)
    return 0


def compile_templates(manifest: Manifest) -> None:
    """Have Jinja compile all that builds render.

    Parameters
    ----------
    manifest : Manifest
        Of the project.
    """
    for macro in manifest.macros.values():
        template_cache.get_node_template(macro)
    for node in manifest.nodes.values():
        if getattr(node, "language", "") == "sql":
            get_template(node.raw_code, {}, node)


if __name__ == "__main__":
    commands.run(main)
