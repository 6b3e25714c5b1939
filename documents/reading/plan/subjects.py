"""Who a heading or a sentence of a narrative plan gives a duty to."""

import re
from dataclasses import dataclass

from documents.reading.plan.tables.cells import squeeze
from rules.plan.unit_names import fold
from rules.plan.units import UnitBook

_ADDRESS = re.compile(
    r"(?i)^(?P<word>đề nghị|giao(?: cho)?|yêu cầu|đối với|trách nhiệm (?:của )?)\s+(?:các đồng chí\s+)?"
)
_BODY_HEAD = re.compile(
    r"^(?:to |ban (?!hanh)|hoi |doan |truong |tram |cong chuc|can bo|thon|ap |khu pho|to dan pho|bi thu|ong |ba "
    r"|dong chi|cac |phong |trung tam|van phong|bo phan|thu truong|lanh dao|chu tich|pho chu tich|uy vien|mat tran"
    r"|nguoi dung dau|cong an|dai )"
)
_VERB = re.compile(
    r"^(?:phai |can |co |chiu |chu tri|phoi hop|chu dong|thuong xuyen|dinh ky|nghiem tuc|tich cuc|tiep tuc|tham muu"
    r"|xay dung|trien khai|theo doi|to chuc|thuc hien|tang cuong|day manh|ra soat|bao cao|kip thoi|can cu|dau moi"
    r"|tong hop|huong dan|kiem tra|cung cap|nghien cuu|hang |la |duoc |bo tri|cap nhat|tuyen truyen|don doc|lap "
    r"|dam bao|bao dam|ban hanh|cong khai|niem yet|dang tai|tiep nhan|giam sat|ho tro|bo sung|tham dinh|quan ly"
    r"|khac phuc|hoan thanh|chi dao|tiep thu|giup |cu |phan cong|quan triet|pho bien|van dong|gui |trinh |nhap |so hoa"
    r"|thanh lap|kien toan|duy tri|cai thien|nang cao|thong ke|danh gia|giai quyet|xu ly|thong bao|van hanh|khao sat"
    r"|lay y kien|trang bi|mua sam|de xuat|xac dinh|chuan bi|phat |kiem soat|chap hanh|dang ky|ky |cap |huong ung"
    r"|dam nhan|doi moi|ung dung|phu trach|thu thap|luu tru|thanh toan|chi tra|giai ngan|phan hoi|tra loi|mo |tao )"
)
_NO_VERB = re.compile(r"^(?:cua|tai|ve|va|o|theo|voi|cho|de|do|bang|tu|den|trong|ngoai|lien quan|noi|nay|tren)\b")
_ORDER = re.compile(r"(?i)(?:giao(?: trách nhiệm)?(?: cho)?|phân công|yêu cầu|đề nghị|đối với)\s+(?:đồng chí\s+)?")
_TIME_FIRST = re.compile(
    r"(?i)(?:định kỳ|h[ằà]ng|mỗi|trước|trong|chậm nhất|đến|từ|quý|tháng|vào|ngay|sau|căn cứ|trên cơ sở|thường xuyên)"
    r"\b[^,:;]{0,120},\s*"
)
_AND = re.compile(r"\s*(?:,|;|và|,\s*và)\s+")
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
    """The units a sentence gives its duty to: they begin it, and a colon or what they are to do follows.

    "Giao …" and a time may stand before them ("Định kỳ hằng quý, Văn phòng kiểm tra …").
    """
    order = _ORDER.match(sentence)
    start = order.end() if order else 0
    hit = _leading(sentence[start:], units)
    if hit is None and not order and (when := _TIME_FIRST.match(sentence)):
        start = when.end()
        hit = _leading(sentence[start:], units)
    if hit is None:
        return None
    who, end = hit
    rest = sentence[start + end :]
    if rest.lstrip().startswith(":") and not start:
        said = rest.lstrip(" :")
        return Subject(who, _partners(rest, units), said) if said else None
    following = fold(rest.lstrip(" ,:"))
    if not _VERB.match(following) and not (order and following and not _NO_VERB.match(following)):
        return None
    return Subject(who, _partners(rest, units), sentence)


def _leading(sentence: str, units: UnitBook) -> tuple[str, int] | None:
    """The names of units that a text begins with, as printed, and where the last of them ends."""
    end = 0
    position = 0
    while hit := units.leading(sentence[position:]):
        end = position + hit[1]
        joiner = _AND.match(sentence, end)
        if not joiner:
            break
        position = joiner.end()
    return (sentence[:end], end) if end else None


def _partners(sentence: str, units: UnitBook) -> str:
    """The units named behind "phối hợp với" in a sentence."""
    found = _WITH.search(sentence)
    if not found:
        return ""
    hit = _leading(sentence[found.end() :], units)
    return hit[0] if hit else ""
