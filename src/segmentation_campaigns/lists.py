"""The lists of campaigns: one CSV file each in a folder, which is the record of who was drawn and is never changed."""

from __future__ import annotations

import contextlib
import datetime
import functools
import hashlib
import os
import re
import secrets
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from segmentation_campaigns.customers import CampaignError

# What a spreadsheet takes for the beginning of a formula, or for the end of a cell (OWASP, CSV injection).
FORMULA = r"^[=+\-@\t\r\n＝＋－＠]"  # noqa: RUF001
# The columns of a list, in order.
COLUMNS = (
    *("campaign", "customer_id", "group", "segment", "country", "recommended_action"),
    *("last_purchase_date", "recency_days", "frequency", "monetary", "avg_order_value", "return_rate"),
    *("probability_to_buy", "expected_revenue", "lifetime_value", "recommended_product"),
    *("stratum", "holdout_share", "assigned_on", "starts_on", "ends_on", "model_version", "list_seal"),
)
LONGEST_NAME = 100
_BOM = b"\xef\xbb\xbf"
# Names of devices on Windows, which are no names of files there.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)")


@dataclass(frozen=True)
class WrittenList:
    """A list that is in the folder.

    Attributes
    ----------
    path : Path
    campaign : str
    starts_on, ends_on : date
        First and last day that is measured.
    customers : Array of string
        Ids of all who were drawn, of either group.
    """

    path: Path
    campaign: str
    starts_on: datetime.date
    ends_on: datetime.date
    customers: pa.Array


def campaigns_folder() -> Path:
    """Folder of the lists: the environment variable SEGMENTS_CAMPAIGNS, else `campaigns`."""
    return Path(os.environ.get("SEGMENTS_CAMPAIGNS") or "campaigns")


def clean_name(name: str) -> str:
    """Return the name of a campaign as it is written: one line, without spaces at its ends.

    Parameters
    ----------
    name : str
        As it was given.

    Raises
    ------
    CampaignError
        If it is empty, too long, or holds characters that can't be seen.
    """
    cleaned = " ".join(unicodedata.normalize("NFC", name).split()).lstrip("'")
    if not cleaned:
        raise CampaignError("A campaign needs a name, such as: Win back spring 2026.")
    if len(cleaned) > LONGEST_NAME:
        raise CampaignError(
            f"The name of a campaign has at most {LONGEST_NAME} characters; this one has {len(cleaned)}."
        )
    hidden = next(
        (letter for letter in cleaned if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn")), None
    )
    if hidden is not None:
        raise CampaignError(
            f"The name of the campaign holds a character that can't be seen (U+{ord(hidden):04X}): leave it out."
        )
    return cleaned


def slug(name: str) -> str:
    """Return what a campaign's file is called, without `.csv`: letters a to z, digits and hyphens.

    Parameters
    ----------
    name : str
        As `clean_name` returns it. Names that differ in capitals, accents or punctuation alone have the same; what has
        letters of other alphabets, or is long, gets eight digits of its hash, so that it stays apart from others.
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    short = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    is_lossy = any(c.isalnum() and not c.isascii() for c in plain) or not short
    if is_lossy or len(short) > 60 or _DEVICES.fullmatch(short):
        digest = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()[:8]
        return f"{short[:60].strip('-') or 'campaign'}-{digest}"
    return short


def guarded(column: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """Put an apostrophe before texts that a spreadsheet would take for a formula."""
    return pc.if_else(pc.match_substring_regex(column, FORMULA), pc.binary_join_element_wise("'", column, ""), column)


def unguarded(column: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """Take away the apostrophe that `guarded` put before a text."""
    return pc.replace_substring_regex(column, "(?s)^'(" + FORMULA[1:] + ")", r"\1")


def to_csv(rows: pa.Table) -> bytes:
    """Return the file of a list: UTF-8 with a byte order mark, a line a customer.

    Parameters
    ----------
    rows : Table
        With the columns of `COLUMNS`, texts as they are.
    """
    return to_spreadsheet(rows)


def to_spreadsheet(rows: pa.Table) -> bytes:
    """Return rows as a CSV file that a spreadsheet opens: UTF-8 with a byte order mark, and no text is a formula.

    Parameters
    ----------
    rows : Table
        Texts as they are.
    """
    for place, field in enumerate(rows.schema):
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            rows = rows.set_column(place, field.name, guarded(rows[place].cast(pa.string())))
    rows = rows.rename_columns(guarded(pa.array(rows.column_names, pa.string())).to_pylist())
    sink = pa.BufferOutputStream()
    sink.write(_BOM)
    pa_csv.write_csv(rows, sink)
    return bytes(sink.getvalue().to_pybytes())


def path_of(campaign: str, folder: Path | None = None) -> Path:
    """Return where the list of a campaign is, or would be.

    Parameters
    ----------
    campaign : str
        Its name.
    folder : Path, default that of all lists
    """
    return (folder or campaigns_folder()) / f"{slug(clean_name(campaign))}.csv"


def refuse_taken(campaign: str, folder: Path | None = None) -> None:
    """Raise a CampaignError where the campaign has a list already."""
    path = path_of(campaign, folder)
    if path.exists():
        with contextlib.suppress(CampaignError):
            campaign = read(path).campaign
        raise CampaignError(
            f"There is a list of {campaign} already: {path}. A list is the record of who was drawn, and is never "
            "written again: give another name. If nothing of it was ever sent, move the file away first."
        )


def save(campaign: str, content: bytes, folder: Path | None = None) -> Path:
    """Write the list of a campaign to the folder: as a whole, and never over another.

    Parameters
    ----------
    campaign : str
        Its name.
    content : bytes
        Of `to_csv`.
    folder : Path, default that of all lists
        Made where it is not there.

    Raises
    ------
    CampaignError
        If the campaign has a list already, or the folder can't be written to.
    """
    path = path_of(campaign, folder)
    draft = path.with_name(f".{path.stem}.{secrets.token_hex(4)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with draft.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            _give_name(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    except FileExistsError:
        refuse_taken(campaign, folder)
        raise
    except OSError as e:
        raise CampaignError(
            f"{path} can't be written: {e.strerror}. Make room or give it rights, or name another folder in "
            "SEGMENTS_CAMPAIGNS."
        ) from e
    return path


def read(path: Path) -> WrittenList:
    """Read what is asked of a list when another is drawn.

    Parameters
    ----------
    path : Path
        Of the file.

    Raises
    ------
    CampaignError
        If it isn't a list in the form of `COLUMNS`.
    """
    try:
        found = path.stat()
    except OSError as e:
        raise CampaignError(f"{path} can't be read: {e.strerror}.") from e
    return _read_once(path, found.st_mtime_ns, found.st_size)


# The dashboard looks through all lists at each click.
@functools.lru_cache(maxsize=64)
def _read_once(path: Path, _changed_at: int, _size: int) -> WrittenList:
    columns = ["campaign", "customer_id", "starts_on", "ends_on"]
    convert = pa_csv.ConvertOptions(include_columns=columns, column_types=dict.fromkeys(columns, pa.string()))
    try:
        rows = pa_csv.read_csv(
            path, parse_options=pa_csv.ParseOptions(newlines_in_values=True), convert_options=convert
        )
        if not rows.num_rows:
            raise ValueError("it has no rows")
        return WrittenList(
            path,
            unguarded(rows["campaign"].slice(0, 1))[0].as_py(),
            datetime.date.fromisoformat(pc.min(rows["starts_on"]).as_py()),
            datetime.date.fromisoformat(pc.max(rows["ends_on"]).as_py()),
            unguarded(rows["customer_id"]).combine_chunks(),
        )
    except (pa.ArrowException, KeyError, ValueError, TypeError, OSError) as e:
        raise CampaignError(f"{path} is no list as make campaign writes it: {str(e).splitlines()[0]}") from e


def read_all(folder: Path | None = None) -> Iterator[WrittenList | CampaignError]:
    """Read the lists of the folder by their names; for a file that can't be read give the error.

    Parameters
    ----------
    folder : Path, default that of all lists
        It need not be there.
    """
    for path in sorted((folder or campaigns_folder()).glob("*.csv")):
        try:
            yield read(path)
        except CampaignError as e:
            yield e


def _give_name(draft: Path, path: Path) -> None:
    """Give a file its name unless the name is taken, which a renaming would not ask."""
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:
        # A disk without links: the name is taken first.
        path.touch(exist_ok=False)
        draft.replace(path)
