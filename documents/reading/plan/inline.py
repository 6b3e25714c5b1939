"""Owner, time and result that a task's own sentence says: "… (Chủ trì: Văn phòng; thời gian: Quý I)"."""

import re
from dataclasses import dataclass

from documents.reading.plan.labels import labels_inside

_BRACKET = re.compile(r"(?i)\s*\((?P<who>[^():;]{2,120}?)\s+(?P<role>chủ trì|thực hiện|phụ trách)\)[ .;]*$")


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence without what it says of owner, time and result."""

    title: str
    lead: str = ""
    coordinating: str = ""
    timing: str = ""
    results: str = ""


def told_inside(text: str) -> Told | None:
    """What a sentence itself says of owner, time and result; None where it says none of them."""
    if bracket := _BRACKET.search(text):
        return Told(text[: bracket.start()].rstrip(" .;,"), lead=bracket["who"])
    found = labels_inside(text)
    if found is None:
        return None
    title, said = found
    if not (said.get("lead") or said.get("coordinating") or len(said) > 1):
        return None
    return Told(title, **said)
