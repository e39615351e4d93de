"""From patterns to the paths of files, and a number for each."""

from __future__ import annotations

import glob
import os
import re
import zlib
from collections.abc import Iterable, Mapping

_KEY_MASK = (1 << 29) - 1


def find_paths(patterns: str, fallback_dir: str) -> dict[str, list[str]]:
    """Return the paths that each pattern matches, in order.

    Parameters
    ----------
    patterns : str
        One path or glob (``**`` included), or several separated by commas or line ends. A path that exists
        as it is is never read as a glob.
    fallback_dir : str
        Where relative patterns are looked up that match nothing from the working directory.
    """
    return {p: _match(p) or _match(os.path.join(fallback_dir, p)) for p in _split(patterns)}


def _split(patterns: str) -> list[str]:
    if _match(patterns):
        return [patterns]
    return [p.strip() for p in re.split(r"[,\n]", patterns) if p.strip()] or [patterns]


def _match(pattern: str) -> list[str]:
    if os.path.isdir(pattern):
        pattern = os.path.join(glob.escape(pattern), "*")
    elif os.path.exists(pattern):
        return [pattern]
    # The lock files that office programs leave beside an open workbook are no exports.
    found = (path for path in glob.glob(pattern, recursive=True) if not os.path.basename(path).startswith("~$"))
    return sorted(path for path in found if not os.path.isdir(path))


def number_files(names: Iterable[str], known: Mapping[str, int]) -> dict[str, int]:
    """Give each file a number of 29 bits by its name; names that collide are told apart in order.

    Parameters
    ----------
    names : iterable of str
    known : mapping of str to int
        Numbers that files have already; they keep them.
    """
    numbers = {name: known[name] for name in names if name in known}
    taken = set(known.values())
    for name in sorted(set(names) - set(numbers)):
        number = zlib.crc32(name.encode("utf-8", "surrogatepass")) & _KEY_MASK
        while number in taken:
            number = (number + 1) & _KEY_MASK
        taken.add(number)
        numbers[name] = number
    return numbers
