"""Who a heading or a sentence of a narrative plan gives a duty to."""

import re
from dataclasses import dataclass

from documents.reading.plan.tables.cells import squeeze
from rules.plan.unit_names import UPPER, fold
from rules.plan.units import UnitBook

_ADDRESS = re.compile(
    r"(?i)^(?P<word>đề nghị|giao(?: cho)?|yêu cầu|đối với|trách nhiệm (?:của )?)\s+(?:các đồng chí\s+)?"
)
_BODY = re.compile(
    r"(?i:(?:(?:thường trực|lãnh đạo|thủ trưởng|người đứng đầu|ban giám đốc|giám đốc|hiệu trưởng|trưởng|đồng chí|đ/c"
    r"|các)\s+)*"
    r"(?:sở|ban(?! hành| đầu| giao|,)|bộ(?: chỉ huy| tư lệnh| phận| nội vụ| tài chính| tư pháp| công an| y tế| xây dựng"
    r"| khoa học| văn h[óo][áa]?| giáo dục| nông nghiệp| công thương| quốc phòng| ngoại giao| dân tộc)|chi cục|cục"
    r"|chi nhánh|thanh tra|công an|t[òo][àa] án|viện|kho bạc|bưu điện|bảo hiểm xã hội|liên đoàn"
    r"|hội(?! nghị| thi| thảo| trường| chợ| ý| họp| diễn| thao| nhập|,)|đoàn(?! kết| viên|,)|trường(?! hợp)|trạm"
    r"|trung tâm|văn phòng(?! phẩm)|phòng(?! cháy| chống| ngừa| bệnh| trào| họp|,)|đài|ngân hàng|điện lực|công ty"
    r"|hợp tác xã|ubnd|[ủu][yỷ] ban|hđnd|mặt trận|mttq|ubmttq|đảng ủy|chi bộ|thôn|ấp|khu phố|khối phố"
    r"|tổ(?! chức|,)"
    r"|(?<=các )(?:cơ quan|đơn vị|địa phương|xã|phường|bản|buôn|làng|ngành|tổ chức|đoàn thể|hộ|cá nhân|đội)"
    r"|ông|bà(?! con)|bí thư|chủ tịch|phó (?:chủ tịch|giám đốc|trưởng)|chánh|ủy viên|công chức|viên chức|cán bộ|kế toán"
    r"|chủ đầu tư|nhà trường|tổ trưởng|bộ trưởng|doanh nghiệp))(?!\w)"
)
"""How the name of a body or a post begins; known or not, it may be given a duty."""

NAME_ENDS = re.compile(
    r"\s*(?:[:;(]|\s(?:chủ trì|phối hợp|chịu trách nhiệm|có trách nhiệm|tham mưu|làm đầu mối|là đầu mối|chủ động"
    r"|khẩn trương"
    r"|tiếp tục|tổ chức|xây dựng|rà soát|kiểm tra|theo dõi|báo cáo|thực hiện|triển khai|hoàn thành|tổng hợp|nghiêm túc"
    r"|tăng cường|đẩy mạnh|hướng dẫn|đôn đốc|ban hành|lập |cung cấp|gửi|trình|nghiên cứu|bố trí|cập nhật|tuyên truyền"
    r"|bảo đảm|đảm bảo|thẩm định|giám sát|vận động|thông báo|đề xuất|quán triệt|phổ biến|chỉ đạo|quản lý|căn cứ|phải "
    r"|cần "
    r"|thường xuyên|định kỳ|kịp thời|tích cực|tập trung|chuẩn bị|khảo sát|thống kê|công khai|niêm yết|xử lý|giải quyết"
    r"|khắc phục|thành lập|kiện toàn|phân công|tham gia|hỗ trợ|đăng ký|thẩm tra|thanh tra|xác minh|giải ngân"
    r"|phát động|quan tâm|tự |nộp |đăng |lưu ý|cam kết|nhanh chóng|sớm |họp |mở |cử |đề nghị|ký |cấp |chi trả"
    r"|tiếp nhận|huy động"
    r"|rà soát))"
)
"""Where the name of a body ends: a mark, its role, or what it is to do."""

_LEVEL = re.compile(r"(?i)\b(?:tỉnh|thành phố|huyện|thị xã|quận|xã|phường|thị trấn|đặc khu|khu vực|trung ương|cấp)\b")
_LEADS = re.compile(
    r"(?i)^(?P<who>.+?)[\s,]+(?:làm |là )?(?:cơ quan |đơn vị )?"
    r"(?:chủ trì|đầu mối|chịu trách nhiệm(?: chính)?|phụ trách)"
    r"(?P<rest>[\s,].*)?$"
)
_PLAIN_ROLE = re.compile(
    r"(?i)(?:tham mưu|thực hiện|triển khai|tổ chức)[\s,]*(?:thực hiện|các nội dung|nhiệm vụ)?[\s,]*(?:sau)?"
)
_TOGETHER = re.compile(
    r"(?i)phối hợp\s+(?:chặt chẽ\s+)?(?:(?:với|cùng)\s+)?(?P<who>.+?)"
    r"(?:\s*[,;]?\s*(?:để\s+)?(?:tham mưu|thực hiện|triển khai|tổ chức|rà soát|xây dựng|kiểm tra|hoàn thành"
    r"|khẩn trương|tập trung)\b.*)?$"
)
_VERB = re.compile(
    r"^(?:phai |can |co |chiu |chu tri|phoi hop|chu dong|thuong xuyen|dinh ky|nghiem tuc|tich cuc|tiep tuc|tham muu"
    r"|xay dung|trien khai|theo doi|to chuc|thuc hien|tang cuong|day manh|ra soat|bao cao|kip thoi|can cu|dau moi"
    r"|tong hop|huong dan|kiem tra|cung cap|nghien cuu|hang |la |duoc |bo tri|cap nhat|tuyen truyen|don doc|lap "
    r"|dam bao|bao dam|ban hanh|cong khai|niem yet|dang tai|tiep nhan|giam sat|ho tro|bo sung|tham dinh|quan ly"
    r"|khac phuc|hoan thanh|chi dao|tiep thu|giup |cu |phan cong|quan triet|pho bien|van dong|gui |trinh |nhap |so hoa"
    r"|thanh lap|kien toan|duy tri|cai thien|nang cao|thong ke|danh gia|giai quyet|xu ly|thong bao|van hanh|khao sat"
    r"|lay y kien|trang bi|mua sam|de xuat|xac dinh|chuan bi|phat |kiem soat|chap hanh|dang ky|ky |cap |huong ung"
    r""
    r"|khan truong|tap trung|nhanh chong|som |tham gia|hop |tham muu|dam nhan|doi moi|ung dung|phu trach"
    r"|thu thap|luu tru|thanh toan|chi tra|giai ngan|phan hoi|tra loi|mo |tao )"
)
_NO_VERB = re.compile(r"^(?:cua|tai|ve|va|o|theo|voi|cho|de|do|bang|tu|den|trong|ngoai|lien quan|noi|nay|tren)\b")
_ORDER = re.compile(r"(?i)(?:giao(?: trách nhiệm)?(?: cho)?|phân công|yêu cầu|đề nghị|đối với)\s+(?:đồng chí\s+)?")
_TIME_FIRST = re.compile(
    r"(?i)(?:định kỳ|h[ằà]ng|mỗi|trước|trong|chậm nhất|đến|từ|quý|tháng|vào|ngay|sau|căn cứ|trên cơ sở|thường xuyên)"
    r"\b[^,:;]{0,120},\s*"
)
_AND = re.compile(r"\s*(?:,|;|và|,\s*và)\s+")
_WITH = re.compile(
    r"phối hợp\s+(?:chặt chẽ\s+)?"
    r"(?:(?:với|cùng)\s+|(?=(?:các\s+)?(?:sở|phòng|ban|công an|văn phòng|ubnd|trung tâm)\s))",
    re.IGNORECASE,
)
_LONGEST_HEADING = 130


@dataclass(frozen=True, slots=True)
class Duty:
    """A unit's heading: the unit as printed, the duty on the same line, and whether it is only a request."""

    who: str
    heading: str
    text: str = ""
    request: bool = False
    coordinating: str = ""


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
    name, partners = _without_role(name, bool(colon or has_children))
    if (colon or has_children) and len(name) <= _LONGEST_HEADING and _names_units(name, units, bool(colon or address)):
        return Duty(squeeze(name).strip(" .:;,"), squeeze(name).strip(" .:;,"), rest.strip(), request, partners)
    subject = subject_of(text if address else bare, units)
    if subject and (not colon or len(name) > len(subject.who)):
        return Duty(subject.who, subject.who, bare, request, subject.coordinating)
    return None


def _without_role(name: str, heading: bool) -> tuple[str, str]:
    """A heading's units, and those behind "chủ trì, phối hợp với …" in it."""
    found = _LEADS.match(squeeze(name)) if heading and len(name) <= 2 * _LONGEST_HEADING else None
    if found is None:
        return name, ""
    rest = (found["rest"] or "").strip(" ,;")
    together = _TOGETHER.match(rest) if rest else None
    if together:
        return found["who"], together["who"].strip(" .,;")
    return (found["who"], "") if not rest or _PLAIN_ROLE.fullmatch(rest) else (name, "")


def _names_units(name: str, units: UnitBook, surely: bool) -> bool:
    """Whether a heading is made of names of units only; an unknown one must begin as a body's name does."""
    refs = units.split(name)
    if not refs or any(ref.note for ref in refs):
        return False
    if refs[0].unit is not None and all(ref.unit is not None or len(ref.printed) <= 60 for ref in refs):
        return True
    bare = squeeze(name).strip(" .")
    begins = _BODY.match(bare)
    if begins is None or len(bare) > 110 or NAME_ENDS.search(bare, begins.end()):
        return False
    return surely or _is_named(bare, begins.end())


def _is_named(text: str, behind: int) -> bool:
    """Whether more than a common noun stands there: a level, a capital or a set ("Công an tỉnh", "Sở Y tế")."""
    own = re.search(rf"\s[{UPPER}]", text) or re.search(r"(?i)\bcác\b", text[:behind])
    return bool(own or _LEVEL.search(text, behind))


_COMMAND = re.compile(
    r"(?i)(?<!theo )(?<!trình )(?<!có )(?<!được )\b(?:giao(?! ban\b| thông| dịch| lưu| đất| đoạn| khoán| tiếp| nhận)"
    r"|yêu cầu|đề nghị|phân công)\s+(?:cho\s+)?(?!của\b|tại\b|về\b|theo\b)"
)
_SENTENCE_END = re.compile(rf"(?<=[.;])\s+(?=[{UPPER}])")
_WHEN = re.compile(r"(?i)\b(?:trước|chậm nhất|trong|hết|đến) (?:ngày|tháng|quý|tuần)\b|\bhạn\b|\d{1,2}/\d{1,2}")


@dataclass(frozen=True, slots=True)
class Order:
    """A sentence of plain text that orders something, and to whom; `opens` where the duties stand below it."""

    text: str
    who: str = ""
    opens: bool = False


def orders_in(text: str, units: UnitBook) -> list[Order]:
    """The orders of a plain paragraph ("…, UBND xã đề nghị các thôn rà soát … gửi trước ngày …").

    A sentence behind an order that only says when or where to ("Danh sách gửi về … trước ngày …") is part of it.
    """
    found: list[Order] = []
    for sentence in _SENTENCE_END.split(squeeze(text)):
        order = next(filter(None, (_order(sentence[at.start() :], units) for at in _COMMAND.finditer(sentence))), None)
        if order:
            found.append(order)
        elif found and not found[-1].opens and _WHEN.search(sentence):
            found[-1] = Order(f"{found[-1].text} {sentence}", found[-1].who)
    return found


def _order(text: str, units: UnitBook) -> Order | None:
    text = text[:1].upper() + text[1:]
    if text.rstrip().endswith(":"):
        word = _COMMAND.match(text)
        behind = text[word.end() :] if word else text
        named = _named(behind, units, order=True)
        return Order(text, named[0] if named else "", opens=True)
    subject = subject_of(text, units)
    return Order(text.rstrip("/. ") + ".", subject.who) if subject else None


def begins_with_a_verb(text: str) -> bool:
    """Whether a text begins with what is to be done ("Rà soát …"), not with the name of a thing."""
    return bool(_VERB.match(f"{fold(text)} "))


def subject_of(sentence: str, units: UnitBook) -> Subject | None:
    """The units a sentence gives its duty to: they begin it, and a colon or what they are to do follows.

    "Giao …" and a time may stand before them ("Định kỳ hằng quý, Văn phòng kiểm tra …").
    """
    order = _ORDER.match(sentence)
    start = order.end() if order else 0
    hit = _named(sentence[start:], units, order=bool(order))
    if hit is None and not order and (when := _TIME_FIRST.match(sentence)):
        start = when.end()
        hit = _named(sentence[start:], units, order=False)
    if hit is None:
        return None
    who, end = hit
    rest = sentence[start + end :]
    if rest.lstrip().startswith(":") and not start:
        said = rest.lstrip(" :")
        return Subject(who, _partners(rest, units), said) if said else None
    following = fold(rest.lstrip(" ,:"))
    does = _VERB.match(following) or (NAME_ENDS.match(rest) and rest.lstrip()[:1].isalpha())
    if not does and not (order and following and not _NO_VERB.match(following)):
        return None
    return Subject(who, _partners(rest, units), sentence)


_RUNS_ON = re.compile(rf"\s+(?:các\b|[{UPPER}]|(?:tỉnh|huyện|thành phố|khu vực|trung ương)\b)")


def _named(sentence: str, units: UnitBook, *, order: bool) -> tuple[str, int] | None:
    """The body a text begins with and where its name ends: of the book, unless the name runs on beyond that."""
    hit, longer = _leading(sentence, units), _unknown(sentence, order)
    if hit and sentence[: hit[1]].endswith(" quan") and sentence[hit[1] :].startswith(" tâm"):
        hit = (sentence[: hit[1] - 5], hit[1] - 5)  # "quan tâm" is no "quận"
    if hit and _RUNS_ON.match(sentence, hit[1]):
        return longer if longer and longer[1] > hit[1] else None
    return hit or longer


_LONGEST_NAME = 110
_NAME_GOES_ON = re.compile(
    rf"(?:\s+(?:[{UPPER}]\w*|\d+|(?:tỉnh|huyện|xã|phường|thôn|ấp|khu phố|khu vực|đặc khu)(?!\w)))+(?=\s)"
)


def _unknown(sentence: str, order: bool) -> tuple[str, int] | None:
    """A body that is in no book, at the beginning of a sentence: "Thanh tra tỉnh kiểm tra …"."""
    begins = _BODY.match(sentence)
    if begins is None:
        return None
    ends = NAME_ENDS.search(sentence, begins.end())
    if (ends is None or ends.start() > _LONGEST_NAME) and order:
        ends = _NAME_GOES_ON.match(sentence, begins.end())
        return (sentence[: ends.end()], ends.end()) if ends else None
    if ends is None or ends.start() > _LONGEST_NAME:
        return None
    who = sentence[: ends.start()].rstrip(" ,;(")
    if not (order or _is_named(who, begins.end())) or re.search(r"[.;]", who):
        return None
    return who, len(who)


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
    behind = sentence[found.end() :]
    hit = _leading(behind, units)
    unknown = _unknown(behind, order=True)
    if hit and unknown and unknown[1] > hit[1] and re.match(r"\s*(?:,|và|;)\s", behind[hit[1] :]):
        return unknown[0]  # a known unit, and others that are in no book
    if hit or unknown:
        return hit[0] if hit else unknown[0] if unknown else ""
    ends = NAME_ENDS.search(behind) or re.search(r"[.;]", behind)
    return behind[: ends.start()].strip(" ,.") if ends and ends.start() <= 80 else ""
