"""Owner, time and result that a task's own sentence says: "… (Chủ trì: Văn phòng; thời gian: Quý I)"."""

import re
from dataclasses import dataclass

from documents.reading.plan.tables.cells import squeeze

_LABEL = re.compile(
    r"(?i)(?:[.;,(–\-]\s*)(?:(?:cơ quan|đơn vị|bộ phận)\s+)?"
    r"(?:(?P<lead>chủ trì|thực hiện|phụ trách)(?:\s+thực hiện)?|(?P<coordinating>phối hợp)(?:\s+thực hiện)?"
    r"|(?P<timing>(?:thời gian|thời hạn|tiến độ)(?: (?:thực hiện|hoàn thành))?)"
    r"|(?P<results>(?:sản phẩm|kết quả)(?: (?:dự kiến|đầu ra|cần đạt))?))\s*:\s*"
)
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
    found = list(_LABEL.finditer(text))
    title = text[: found[0].start()].strip() if found else ""
    if not title:
        return None
    said: dict[str, str] = {}
    ends = [*(label.start() for label in found[1:]), len(text)]
    for label, end in zip(found, ends, strict=True):
        name = str(label.lastgroup)
        value = squeeze(text[label.end() : end]).strip(" .;,)(–-")
        said[name] = "; ".join(filter(None, (said.get(name, ""), value)))
    if not (said.get("lead") or said.get("coordinating") or len(said) > 1):
        return None
    return Told(title, **said)
