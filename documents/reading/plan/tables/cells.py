"""The text inside a cell: lines joined, bullets told from hyphens.

PDF breaks lines wherever the column ends, Word and Excel only where a new
paragraph begins, and text pasted from a PDF has lost its breaks altogether.
"""

import re
from collections.abc import Callable, Sequence

from documents.reading.formats.cleaning import breaks_a_date
from rules.plan.unit_names import UPPER

Spans = Callable[[str], Sequence[tuple[int, int]]]

BULLET = r"[-–—−•●▪■◦○+*·✓➢\ue000-\uf8ff]"
_BULLET_LINE = re.compile(rf"\s*(?![+*]\d){BULLET}\s*(?=\S)")
_ENUMERATED = re.compile(r"\s*(?:\d{1,2}[.)]|[a-zđ][.)]|\(\d{1,2}\)|\([a-zđ]\))\s+(?=\S)")
_FLAT = re.compile(rf"(?<=\s){BULLET}\s?(?=[{UPPER}\d“\"(])")
LONGEST = 6_000
"""Characters of one cell or paragraph that are looked at; a real one has some hundreds."""
_WRAPPED_FORMATS = frozenset({"pdf"})


def squeeze(text: str) -> str:
    """One line, single spaces, nothing at the ends."""
    return " ".join(text.split())


def join_wrapped(first: str, second: str) -> str:
    """Join two lines; broken numbers ("TT-" "VPCP") and dates take no space."""
    if breaks_a_date(first, second):
        return first + second
    if re.search(r"\w[-/]$", first) and re.match(rf"[{UPPER}\d]", second):
        return first + second
    return f"{first} {second}" if first and second else first or second


def lines_of(text: str, form: str) -> list[str]:
    """The paragraphs of a cell: wrapped lines joined, bullets apart."""
    lines: list[str] = []
    for line in filter(None, map(squeeze, text.split("\n"))):
        if lines and not _begins(line, lines[-1], form):
            lines[-1] = join_wrapped(lines[-1], line)
        else:
            lines.append(line)
    return lines


def _begins(line: str, before: str, form: str) -> bool:
    """Whether a line begins a paragraph of its own."""
    wrapped = form in _WRAPPED_FORMATS
    ended = before.endswith((".", ";", ":"))
    if bullet := _BULLET_LINE.match(line):
        # "kinh tế" / "- xã hội" is one name that the column's end has broken
        return not (wrapped and line[0] in "-–—" and line[bullet.end()].islower() and not ended)
    if _ENUMERATED.match(line):
        return True
    if wrapped:
        return before.endswith((";", ":")) and not _BULLET_LINE.match(before) and not line[0].islower()
    return ended or not line[0].islower()


def one_line(text: str, form: str) -> str:
    """A title as one line; inner bullets become " - "."""
    joined = " ".join(re.sub(rf"^{BULLET}\s*", "- ", line) for line in lines_of(text, form))
    return squeeze(re.sub(rf"^{BULLET}\s*", "", joined)).rstrip(" ;")


def parts_of(text: str, form: str, protected: Spans) -> tuple[str, ...]:
    """A list of results, one a bullet; `protected` names stay whole."""
    parts: list[str] = []
    for line in lines_of(text, form):
        bulleted = bool(_BULLET_LINE.match(line))
        bare = _BULLET_LINE.sub("", line, count=1) if bulleted else line
        parts.extend(_flattened(bare, bulleted, protected))
    return tuple(part for part in (squeeze(part).strip(" ;") for part in parts) if part)


def _flattened(line: str, bulleted: bool, protected: Spans) -> list[str]:
    """Split bullets that lost their line breaks."""
    candidates = list(_FLAT.finditer(line))
    spans = protected(line) if candidates else ()
    cuts: list[tuple[int, int]] = []
    for found in candidates:
        before = line[max(0, found.start() - 20) : found.start()].rstrip()
        inside = any(start < found.start() < end for start, end in spans)
        of_years = bool(re.search(r"\d$", before)) and line[found.end()].isdigit()
        if not inside and not of_years and (bulleted or cuts or before.endswith((":", ";"))):
            cuts.append((found.start(), found.end()))
    edges = [0, *(place for cut in cuts for place in cut), len(line)]
    return [line[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)]
