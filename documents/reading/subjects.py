"""Who a heading or a sentence of a narrative plan gives a duty to."""

import re
from dataclasses import dataclass

from documents.reading.cells import squeeze
from rules.unit_names import fold
from rules.units import UnitBook

_ADDRESS = re.compile(
    r"(?i)^(?P<word>đề nghị|giao(?: cho)?|yêu cầu|đối với|trách nhiệm (?:của )?)\s+(?:các đồng chí\s+)?"
)
_BODY_HEAD = re.compile(
    r"^(?:to |ban |hoi |doan |truong |tram |cong chuc|can bo|thon|ap |khu pho|to dan pho|bi thu|ong |ba "
    r"|dong chi|cac |phong |trung tam|van phong|bo phan|thu truong|lanh dao|chu tich|pho chu tich|uy vien|mat tran"
    r"|nguoi dung dau|cong an|dai )"
)
_VERB = re.compile(
    r"^(?:phai |can |co |chiu |chu tri|phoi hop|chu dong|thuong xuyen|dinh ky|nghiem tuc|tich cuc|tiep tuc|tham muu"
    r"|xay dung|trien khai|theo doi|to chuc|thuc hien|tang cuong|day manh|ra soat|bao cao"
    r"|tong hop|huong dan|kiem tra"
    r"|cung cap|nghien cuu|hang |la |duoc |bo tri|cap nhat|tuyen truyen|don doc|lap |dam bao|bao dam|ban hanh"
    r"|cong khai|niem yet|dang tai|tiep nhan)"
)
_WITH = re.compile(r"phối hợp\s+(?:chặt chẽ\s+)?(?:với|cùng)\s+", re.IGNORECASE)
_LONGEST_HEADING = 130


@dataclass(frozen=True, slots=True)
class Duty:
    """A unit's heading: the unit as printed, the duty on the same line, and whether it is only a request."""

    who: str
    heading: str
    text: str = ""
    request: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """The unit that a sentence begins with, whom it works with, and the sentence."""

    who: str
    coordinating: str
    text: str


def duty_of(heading: str, units: UnitBook, has_children: bool) -> Duty | None:
    """The duty a numbered line gives to a unit; None when it names a subject matter instead.

    "Văn phòng ủy ban: Là đầu mối …", "Đối với Công chức A và Bộ phận B:", "Phòng Văn
    hoá – Xã hội" alone, "Các bộ phận … chịu trách nhiệm …" are duties.
    """
    text = squeeze(heading)
    address = _ADDRESS.match(text)
    bare = text[address.end() :] if address else text
    request = bool(address) and fold(address["word"]) == "de nghi" if address else False
    name, colon, rest = bare.partition(":")
    if (colon or has_children) and len(name) <= _LONGEST_HEADING and _names_units(name, units, bool(colon)):
        return Duty(squeeze(name).strip(" .:"), squeeze(name), rest.strip(), request)
    subject = subject_of(bare, units)
    if subject and (not colon or len(name) > len(subject.who)):
        return Duty(subject.who, subject.who, bare, request)
    return None


def _names_units(name: str, units: UnitBook, with_colon: bool) -> bool:
    """Whether a heading is made of names of units only."""
    refs = units.split(name)
    if not refs or any(ref.note for ref in refs):
        return False
    if refs[0].unit is not None:
        return all(ref.unit is not None or len(ref.printed) <= 60 for ref in refs)
    return with_colon and len(name) <= 70 and bool(_BODY_HEAD.match(fold(name)))


def subject_of(sentence: str, units: UnitBook) -> Subject | None:
    """The unit a sentence begins with, when a colon or what it is to do follows."""
    hit = units.leading(sentence)
    if hit is None:
        return None
    ref, end = hit
    rest = sentence[end:]
    if rest.lstrip().startswith(":"):
        return Subject(ref.printed, _partners(rest, units), rest.lstrip(" :"))
    following = fold(rest.lstrip(" ,"))
    if not _VERB.match(following):
        return None
    return Subject(ref.printed, _partners(rest, units), sentence)


def _partners(sentence: str, units: UnitBook) -> str:
    """The units named behind "phối hợp với" in a sentence."""
    found = _WITH.search(sentence)
    if not found:
        return ""
    names: list[str] = []
    position = found.end()
    while hit := units.leading(sentence[position:]):
        names.append(sentence[position : position + hit[1]])
        position += hit[1]
        joiner = re.match(r"\s*(?:,|;|và|,\s*và)\s+", sentence[position:])
        if not joiner:
            break
        position += joiner.end()
    return ", ".join(names)
