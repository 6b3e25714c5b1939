"""Numbers as people type and read them.

In Vietnamese a dot groups thousands and a comma begins the decimals; a dot that groups nothing
("77.1", "0.125") is read as a comma, because people type it so. Stored data and YAML write numbers
the machine's way and are read by `rules.scoring.criteria.rules.read_decimal`.
"""

import re
from decimal import Decimal

_GROUPED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?|[1-9]\d{0,2}(?: \d{3})+(?:,\d+)?", re.ASCII)
_PLAIN = re.compile(r"\d+(?:[.,]\d+)?", re.ASCII)
_UNSURE = re.compile(r"[1-9]\d{0,2}\.\d{3}", re.ASCII)
_MINUS = ("-", "−", "–")
_LONGEST = 60
"""Characters of a number; a longer text is none."""

_MOST = Decimal(10) ** 15


def read_number(text: str) -> Decimal | None:
    """The number a person typed, exactly; None if not 0–10^15."""
    if len(text) > _LONGEST:
        return None
    plain = " ".join(text.split())
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(".", "").replace(" ", "")
    elif not _PLAIN.fullmatch(plain):
        return None
    value = Decimal(plain.replace(",", "."))
    return value if value <= _MOST else None


def read_signed(text: str) -> Decimal | None:
    """The number a person typed, perhaps with a minus sign."""
    plain = text.strip()
    if not plain.startswith(_MINUS):
        return read_number(plain)
    value = read_number(plain[1:])
    return None if value is None else -value


def read_small(text: str) -> Decimal | None:
    """Points or per cents: "77.125" is a fraction, "1.000" a thousand."""
    number = read_signed(text)
    small = number is not None and abs(number) <= _MOST_SMALL
    return number if small or not is_unsure(text.strip(" -−–")) else read_signed(text.replace(".", ","))


_MOST_SMALL = 1000
"""No points and no per cents are more."""


def is_unsure(text: str) -> bool:
    """Whether people read thousands where machines read a fraction."""
    return _UNSURE.fullmatch(text.strip()) is not None


def number_words(value: Decimal | float, decimals: int | None = None) -> str:
    """A number as offices write it: 1234.5 -> "1.234,5".

    Rounded to at most `decimals` where given.
    """
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    text = f"{exact:,f}" if decimals is None else f"{value:,.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.translate(_VIETNAMESE)


def typed_words(value: Decimal | float) -> str:
    """A number for a form: exact, without groups."""
    return number_words(value).replace(".", "")


_VIETNAMESE = str.maketrans(",.", ".,")
