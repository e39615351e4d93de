"""The folder of published versions: one is current, and another takes its place in one step.

    published/current -> versions/000002-2011-12-10-5f0c7a1e
    published/segments.duckdb -> current/segments.duckdb      and so for each file of a version
    published/versions/000002-2011-12-10-5f0c7a1e/…           the current version, and those before it
    published/versions/.partial                               a version that is being written, or was when it was killed

A reader that has a file open keeps it, also where its version is deleted; who opens the link next sees the new one.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path


class Versions:
    """Versions in a folder.

    Parameters
    ----------
    folder : Path
        Is made where it is not there.
    kept : int, default 2
        Versions that are kept beside the current one, for readers that are slow and for the way back.
    """

    def __init__(self, folder: Path, kept: int = 2) -> None:
        self.folder = folder
        self._versions = folder / "versions"
        self._kept = kept

    def current(self) -> str | None:
        """Name of the current version; None where nothing is published."""
        try:
            return (self.folder / "current").readlink().name
        except FileNotFoundError:
            return None

    def path(self, version: str) -> Path:
        """Folder of a version."""
        return self._versions / version

    def names(self) -> list[str]:
        """Names of the versions that are there, the oldest first."""
        return sorted(path.name for path in self._versions.glob("[!.]*"))

    def next_name(self, label: str) -> str:
        """Name of a new version: a number that no version here had, and a label."""
        number = max((int(name.split("-")[0]) for name in [*self.names(), self.current() or "0"]), default=0)
        return f"{number + 1:06d}-{label}"

    @contextlib.contextmanager
    def draft(self) -> Iterator[Path]:
        """Give an empty folder to write a version to; it is gone afterwards, unless it was published.

        Who comes second waits for the first. What a killed writer left is removed.
        """
        self._versions.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            draft = self._versions / ".partial"
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir()
            try:
                yield draft
            finally:
                shutil.rmtree(draft, ignore_errors=True)

    def publish(self, draft: Path, version: str) -> None:
        """Make a draft the current version.

        All of it is on the disk before its name is, so that a machine that stops leaves the old version or the new one.
        """
        files = sorted(path.name for path in draft.iterdir())
        for path in [*(draft / file for file in files), draft]:
            sync(path)
        draft.rename(self.path(version))
        sync(self._versions)
        # The links of new files come before the swap, those of files that are no more go after it.
        for file in files:
            link(self.folder / file, Path("current") / file)
        link(self.folder / "current", Path("versions") / version)
        sync(self.folder)
        for path in self.folder.iterdir():
            if path.is_symlink() and path.name not in {"current", *files}:
                path.unlink()
        for old in self.names()[: -1 - self._kept]:
            shutil.rmtree(self.path(old))

    def delete_others(self) -> list[str]:
        """Delete all versions but the current one; return their names."""
        if self.current() is None:
            return []
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            others = [name for name in self.names() if name != self.current()]
            for name in others:
                shutil.rmtree(self.path(name))
            shutil.rmtree(self._versions / ".partial", ignore_errors=True)
        return others


def link(path: Path, target: Path) -> None:
    """Let a path be a link to a target, in one step where it was another."""
    if path.is_symlink() and path.readlink() == target:
        return
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    new.symlink_to(target)
    new.replace(path)


def sync(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
