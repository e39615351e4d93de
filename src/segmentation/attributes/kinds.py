"""Tells what a column of customers' attributes holds, by all of its values and by its header.

Whatever looks like it belongs to a person (a name, an address, a phone, an e-mail, a postcode, a date of birth) is told
apart from what customers share, so that it is read only where somebody asks for it by its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["number", "category", "yes_no", "date", "id", "text", "personal", "empty", "constant"]

PROFILED = ("number", "category", "yes_no")
"""Kinds that segments can be compared in."""

_NONE = {"", "null", "nan", "n/a", "#n/a", "#value!", "#ref!", "#div/0!", "#name?", "<na>", "nat"}
_YES = {"yes", "y", "true", "t", "1", "ja", "j", "wahr", "oui", "vrai", "si", "sí", "vero", "sim", "tak", "x", "on"}
_NO = {"no", "n", "false", "f", "0", "nein", "falsch", "non", "faux", "falso", "não", "nao", "nie", "nee", "off"}

# Words of headers, the header taken apart at blanks, underscores and capitals.
_PERSONAL_WORDS = {
    "name": (
        *("(first|last|full|sur|middle|family|given|user|nick|contact|customer)?_?names?", "vorname", "nachname"),
        *(
            "zuname",
            "prénom",
            "prenom",
            "nom",
            "apellidos?",
            "nombre",
            "cognome",
            "imi[eę]",
            "nazwisko",
            "(voor|achter)?naam",
        ),
    ),
    "address": (
        *(
            "address(es)?",
            "adress[ea]?n?",
            "stra(ß|ss)e",
            "street",
            "rue",
            "calle",
            "indirizzo",
            "direcci[oó]n",
            "adres",
        ),
        *("hausnummer", "house_?number", "postfach"),
    ),
    "phone": (
        *("(tele|cell)?phones?", "tel", r"telefon\w*", "t[eé]l[eé]phone", "mobile?", "mobil(nummer|telefon)", "handy"),
        *("fax", "tel[eé]fono", "telefoon"),
    ),
    "e-mail": ("e?_?mails?", "courriel", "correo"),
    "postcode": (
        *(
            "post_?(al_?)?codes?",
            "zip(_?code)?",
            "plz",
            "postleitzahl",
            "code_postal",
            "c[oó]digo_postal",
            "cap",
            "cep",
        ),
    ),
    "date of birth": (
        *(
            "(date_of_)?birth(day|_?date)?",
            "dob",
            "geburts(datum|tag|jahr)",
            "geb_?datum",
            "(date_)?naissance",
            "birthyear",
        ),
    ),
    "account or document": (
        *("iban", "bic", "kontonummer", "credit_?card", "card_?number", "kreditkarte", "passport", "ssn", "tax_?id"),
        *("steuernummer", "vat_?(id|number)", "ip", "ip_?address", "twitter", "instagram", "facebook", "linkedin"),
    ),
}
_NOT_PERSONAL_WORDS = (
    r"(product|store|shop|branch|segment|campaign|brand|plan|tier|channel|event|group|city|town|country|region|state)"
)
_ID_WORDS = r"id|ids|no|nr|num|number|nummer|num[eé]ro|key|guid|uuid|hash|token|reference"

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]{2,}")
_PHONE = re.compile(r"(\+|00|\(?0)[\d\s()/.-]{6,20}\d|(\+?1[ .-])?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}")
# British, Dutch, Canadian, of five digits with a part behind; and of four or five digits alone.
_POSTCODE = re.compile(
    r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|\d{4} ?[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|\d{5}-\d{3,4}"
    r"|[A-Z]{1,2}-\d{4,5}",
    re.I,
)
_DIGITS = re.compile(r"\d{4,5}")
_ADDRESS = re.compile(r"[^\W\d_].{2,}?\s\d{1,5}\s?[a-zA-Z]?\b.*|\d{1,5}[a-zA-Z]?,?\s[^\W\d_].{3,}")
_NAME = re.compile(r"[^\W\d_a-z][\w'.-]*(,?\s+[^\W\d_a-z][\w'.-]*){1,3}")
_LINK = re.compile(r"https?://\S+|www\.\S+|\d{1,3}(\.\d{1,3}){3}")
_DATE = re.compile(
    r"\d{4}[-./]\d{1,2}[-./]\d{1,2}([ T].*)?|\d{1,2}[-./]\d{1,2}[-./](\d{4}|\d{2})([ T].*)?"
    r"|\d{1,2}\.? ?[^\W\d_]{3,9}\.? ?,?\d{4}|[^\W\d_]{3,9}\.? \d{1,2},? \d{4}"
)
_NUMBER = re.compile(r"[-+]?\s?(?:[€$£]\s?)?[-+]?(\d{1,15}|\d{1,3}(?:[ .,']\d{3})+)?(?:([.,])(\d+))?\s?[€$£%]?")
_BIRTH = "dates of birth"
_CODE = re.compile(r"0\d+|\d{16,}")

_FEW = 20
"""Values from which on it is evidence that no two, or hardly any, are the same."""

_LOOKED_AT = 50_000
"""Different values of a column that are looked at, spread over all in their order, where it has more."""

# Parts of the values that show what a column holds; what a few rows hold besides is dirt.
_NEARLY_ALL, _MOST, _SOME = 0.95, 0.6, 0.02
_OWN = 0.5
_LONG = 40


@dataclass(frozen=True)
class Column:
    """What a column holds.

    Attributes
    ----------
    kind : str
        number; category (texts that customers share); yes_no; date; id (most customers have a value of their own); text
        (free text); personal; empty; constant (one value that all have).
    explanation : str
        The evidence in words. It shows no value, which may be personal.
    """

    kind: Kind
    explanation: str


def is_none(text: str) -> bool:
    """Whether a text stands for no value."""
    return text.casefold() in _NONE


def judge(header: str, counts: Mapping[str, int], is_asked: bool = False, chosen: str = "") -> Column:
    """Tell what a column holds.

    Parameters
    ----------
    header : str
        Its name.
    counts : mapping of str to int
        All its different values, trimmed, and of how many rows they are; without those that `is_none` tells.
    is_asked : bool, default False
        Whether it is asked for by its name. What is personal is a category then, and a date of birth a date.
    chosen : {"", "number", "category"}
        The kind that a setting gives to it; found out where it is empty.
    """
    rows = sum(counts.values())
    if not rows:
        return Column("empty", "it has no value")
    look = _Look(counts, rows)
    if what := personal(header, look):
        explanation = f"it looks like {what}"
        if not is_asked:
            return Column("personal", explanation)
        chosen = chosen or ("" if what == _BIRTH else "category")
    else:
        explanation = f"{len(counts):,} different values in {rows:,} rows"
    if len(counts) == 1:
        return Column("constant", f"all {rows:,} have the same value")
    if chosen == "category":
        return Column("category", explanation)
    if not chosen and set(map(str.casefold, counts)) <= _YES | _NO:
        return Column("yes_no", "its values say yes or no")
    if chosen == "number" or look.share(is_number) >= _NEARLY_ALL:
        return _number(header, look, chosen)
    return _text(look, explanation)


def personal(header: str, look: _Look) -> str:
    """Say what of a person a column looks like; empty where it looks like nothing personal."""
    if look.share(_EMAIL.fullmatch) >= _SOME:
        return "e-mail addresses"
    words = _words(header)
    if not re.search(rf"(^|_){_NOT_PERSONAL_WORDS}", words) and (look.different >= 0.3 or len(look.counts) > _FEW):
        for what, patterns in _PERSONAL_WORDS.items():
            if re.search(rf"(^|_)({'|'.join(patterns)})\d*(_|$)", words):
                return _BIRTH if what == "date of birth" else f"{what}s by its header"
    if look.share(_LINK.fullmatch) >= _MOST:
        return "addresses on the internet"
    if len(look.counts) > _FEW and (look.share(_POSTCODE.fullmatch) >= _MOST or _are_codes_of_places(look)):
        return "postcodes"
    if look.rows < _FEW or len(look.counts) <= _FEW:
        return ""
    # Several people have the name of one, and few the address.
    if look.share(_NAME.fullmatch) >= _MOST and look.different >= 0.05:
        return "names"
    if look.different < 0.3:
        return ""
    if look.share(_PHONE.fullmatch) >= _MOST and look.share(_DATE.fullmatch) < _MOST:
        return "phone numbers"
    return "addresses" if look.share(_ADDRESS.fullmatch) >= _MOST else ""


def _are_codes_of_places(look: _Look) -> bool:
    """Whether values are of four or five digits, as no amounts are: all as long, or some beginning with 0."""
    if look.share(_DIGITS.fullmatch) < _NEARLY_ALL:
        return False
    if look.share(lambda text: text[:1] == "0") >= _SOME:
        return True
    texts = [text for text in look.counts if _DIGITS.fullmatch(text)]
    low, high = min(map(int, texts)), max(map(int, texts))
    has_years = low >= 1900 and high < 2100
    return len({len(text) for text in texts}) == 1 and high > 3 * low and not has_years


def is_number(text: str) -> bool:
    """Whether a text is a number; one that begins with 0, or has more than 15 digits, is a code."""
    found = _NUMBER.fullmatch(text)
    return bool(found and (found[1] or found[3])) and not _CODE.fullmatch(text)


def number_of(text: str, decimal_mark: str) -> float | None:
    """Return the number that a text is; None where it is none.

    Parameters
    ----------
    text : str
    decimal_mark : {".", ","}
        The other one, blanks and apostrophes separate thousands.
    """
    if not is_number(text):
        return None
    digits = re.sub(r"[^\d.,\-]", "", text).replace("," if decimal_mark == "." else ".", "")
    try:
        return float(digits.replace(",", "."))
    except ValueError:
        return None


def unified(counts: Mapping[str, int], kind: Kind) -> dict[str, str]:
    """Return how values are written that differ in case and blanks only: as the most frequent of them; yes and no.

    Parameters
    ----------
    counts : mapping of str to int
        All different values, and of how many rows they are.
    kind : str
        Of their column.
    """
    if kind == "yes_no":
        return {text: "yes" if text.casefold() in _YES else "no" for text in counts}
    first: dict[str, str] = {}
    for text in sorted(counts, key=lambda text: (-counts[text], text)):
        first.setdefault(_folded(text), text)
    return {text: re.sub(r"\s+", " ", first[_folded(text)]) for text in counts}


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).casefold()


class _Look:
    """The different values of a column, and what share of its rows is of some."""

    def __init__(self, counts: Mapping[str, int], rows: int) -> None:
        self.rows = rows
        self.different = len(counts) / rows
        step = -(-len(counts) // _LOOKED_AT)
        self.counts = counts if step == 1 else {text: counts[text] for text in sorted(counts)[::step]}
        self._rows_looked_at = sum(self.counts.values())

    def share(self, fits: Callable[[str], object]) -> float:
        return sum(count for text, count in self.counts.items() if fits(text)) / self._rows_looked_at

    def words(self) -> float:
        return sum(len(text.split()) * count for text, count in self.counts.items()) / self._rows_looked_at

    def length(self) -> float:
        return sum(len(text) * count for text, count in self.counts.items()) / self._rows_looked_at


def _words(header: str) -> str:
    return re.sub(r"[\W_]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", header)).strip("_").casefold()


def _number(header: str, look: _Look, chosen: str) -> Column:
    share = look.share(is_number)
    texts = [text for text in look.counts if is_number(text)]
    if not chosen and look.share(_is_day) >= _NEARLY_ALL:
        return Column("date", "its values are days such as 20240131")
    if not chosen and look.different == 1 and look.rows >= _FEW and all(text.isdigit() for text in texts):
        values = sorted(map(int, texts))
        has_one_length = len(set(map(len, texts))) == 1 and len(texts[0]) > 3
        is_named = re.search(rf"(^|_)({_ID_WORDS})$|nummer$|nr$", _words(header))
        if is_named or has_one_length or values[-1] - values[0] < 2 * len(values):
            return Column("id", f"each of its {look.rows:,} values is another whole number")
    besides = "" if share == 1 else "; the others are no numbers and not read"
    return Column("number", f"{100 * share:.4g} % of its {look.rows:,} values are numbers{besides}")


def _is_day(text: str) -> bool:
    return bool(re.fullmatch(r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", text))


def decimal_mark_of(texts: Iterable[str]) -> tuple[str, str]:
    """Return which mark separates decimals in numbers, and what to ask where they do not show it.

    Parameters
    ----------
    texts : iterable of str
        All different values of a column.

    Returns
    -------
    mark : {".", ","}
    question : str
        Empty where it is clear.
    """
    shown, unclear = set(), ""
    for text in texts:
        if ("." not in text and "," not in text) or not is_number(text):
            continue
        digits = re.sub(r"[^\d.,]", "", text)
        marks = re.findall(r"[.,]", digits)
        last, behind = marks[-1], len(digits) - max(digits.rfind("."), digits.rfind(",")) - 1
        if len(set(marks)) == 2 or (len(marks) == 1 and (behind != 3 or re.match(r"0|\d{4}|[.,]", digits))):
            shown.add(last)
        elif len(marks) > 1:
            shown.add("," if last == "." else ".")
        else:
            unclear = unclear or text
    if len(shown) == 1:
        return shown.pop(), ""
    if shown:
        return ".", "has numbers with a point before their decimals, and some with a comma"
    return ".", f"has numbers such as {unclear}, which can be read in two ways" if unclear else ""


def _text(look: _Look, explanation: str) -> Column:
    if look.share(_DATE.fullmatch) >= _NEARLY_ALL:
        return Column("date", "its values are dates")
    if look.rows >= _FEW and look.different >= 0.3 and (look.words() > 3 or look.length() > _LONG):
        return Column("text", f"free text: {explanation}")
    if look.rows >= _FEW and look.different >= _OWN:
        return Column("id", f"most customers have a value of their own: {explanation}")
    return Column("category", explanation)
