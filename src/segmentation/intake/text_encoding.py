"""Settles the encoding and the line ends of a text file, so that no database ever has to guess them."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

import pyarrow as pa

UTF_8, WINDOWS = "utf-8", "cp1252"

_CHUNK = 8 << 20
_BYTE_ORDER_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def open_bytes(path: str, compression: str = "none") -> BinaryIO:
    """Open a file for its uncompressed bytes; `compression` is none, gzip or zstd."""
    return cast(BinaryIO, pa.input_stream(path, compression=None if compression == "none" else compression))


@dataclass(frozen=True)
class TextKind:
    """What is known of a text file.

    Attributes
    ----------
    encoding : str
        ``utf-8`` (with or without a byte-order mark); ``utf-16-le`` or ``utf-16-be``, by the mark or by where
        the zero bytes stand; ``cp1252`` for everything else, which `decode` reads without losing a byte.
    is_readable : bool
        Whether a database can read it as it is: UTF-8 whose lines all end in the same way.
    line_count : int
        Its lines, without blank ones at the end; 0 where it is not readable.
    """

    encoding: str
    is_readable: bool
    line_count: int = 0


def inspect_text(path: str, compression: str = "none") -> TextKind:
    """Find out the encoding and the line ends of a text file: the whole of it is looked at, once.

    A line break inside a quoted value counts like any other: to tell them apart takes a parser.

    Parameters
    ----------
    path : str
    compression : {"none", "gzip", "zstd"}, default "none"
    """
    decoder = codecs.getincrementaldecoder(UTF_8)()
    lines = _Lines()
    with open_bytes(path, compression) as f:
        chunk = f.read(_CHUNK)
        if encoding := _detect_utf_16(chunk):
            return TextKind(encoding, is_readable=False)
        try:
            while chunk:
                if b"\0" in chunk:
                    return TextKind(WINDOWS, is_readable=False)
                # Nearly all text is ASCII, which is found out ten times faster than it is decoded.
                if not chunk.isascii() or decoder.getstate()[0]:
                    decoder.decode(chunk)
                lines.count(chunk)
                chunk = f.read(_CHUNK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return TextKind(WINDOWS, is_readable=False)
    return TextKind(UTF_8, lines.kinds() <= 1, lines.total())


class _Lines:
    """Counts lines by how they end, in chunks."""

    def __init__(self) -> None:
        self._line_feeds = self._returns = self._pairs = 0
        self._end = b""

    def count(self, chunk: bytes) -> None:
        self._line_feeds += chunk.count(b"\n")
        if b"\r" in chunk or self._end.endswith(b"\r"):
            self._returns += chunk.count(b"\r")
            self._pairs += chunk.count(b"\r\n") + (self._end.endswith(b"\r") and chunk.startswith(b"\n"))
        # What the file ends with so far: the last letter, and all line breaks after it.
        body = chunk.rstrip(b"\r\n")
        self._end = chunk[len(body) - 1 :] if body else self._end + chunk

    def kinds(self) -> int:
        return (self._line_feeds > self._pairs) + (self._pairs > 0) + (self._returns > self._pairs)

    def total(self) -> int:
        ends = self._line_feeds + self._returns - self._pairs
        after_last = self._end[1:]
        return ends - after_last.count(b"\n") - after_last.count(b"\r") + after_last.count(b"\r\n") + 1


def _detect_utf_16(start: bytes) -> str | None:
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if start.startswith(mark):
            return encoding
    # Text of mostly Western letters: nearly every other byte is zero, and few others are (一 and Ā have one).
    sample = start[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) > 0.4 * len(sample) / 2 and 10 * min(even, odd) < max(even, odd):
        return "utf-16-le" if odd > even else "utf-16-be"
    return None


def decode(path: str, compression: str, encoding: str) -> Iterator[str]:
    """Yield the text of a file in pieces, without a byte-order mark and without NUL characters.

    Every line ends with a line feed.

    ``cp1252`` stands for bytes of which some are no UTF-8: what is valid UTF-8 is read as such, any other
    byte as cp1252, and the five bytes that cp1252 leaves open as latin-1. A file that two programs wrote in
    two encodings comes out right in both parts, and no byte is lost. A NUL becomes U+FFFD.

    Raises
    ------
    UnicodeDecodeError
        If `encoding` is another one and the text does not fit it.
    LookupError
        If Python does not know the encoding.
    """
    errors = _FALLBACK if encoding == WINDOWS else "strict"
    decoder = codecs.getincrementaldecoder(UTF_8 if encoding == WINDOWS else encoding)(errors)
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    first = True
    with open_bytes(path, compression) as f:
        while True:
            chunk = f.read(_CHUNK)
            text = decoder.decode(chunk, final=not chunk).replace("\0", "\ufffd")
            text = newlines.decode(text, final=not chunk)
            if first and text:
                text, first = text.removeprefix("\ufeff"), False
            if text:
                yield text
            if not chunk:
                return


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    byte = error.object[error.start : error.start + 1]
    try:
        return byte.decode("cp1252"), error.start + 1
    except UnicodeDecodeError:
        return byte.decode("latin-1"), error.start + 1


_FALLBACK = "utf-8-else-cp1252"
codecs.register_error(_FALLBACK, _as_windows)
