"""How a piece of text looks, as far as it decides whether and how it is read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """Crossed out, hidden, raised above the line; `encoding` is that of an old font (see old_fonts)."""

    struck: bool = False
    hidden: bool = False
    raised: bool = False
    encoding: str | None = None


PLAIN = Look()
