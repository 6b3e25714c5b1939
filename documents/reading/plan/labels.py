"""Lines that only say who, when or what comes of a task: "Đơn vị chủ trì tham mưu thực hiện: …", "c) Thời gian: …".

A label is made of words of its field in any order, so that no wording has to be listed.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from documents.reading.plan.tables.cells import squeeze

_WHO = r"cơ quan|đơn vị|bộ phận|phòng|ban|ngành|cá nhân|người|đồng chí|công chức|cán bộ|lãnh đạo|thành viên"
_ROLE = (
    r"chủ trì|phối hợp|thực hiện|phụ trách|tham mưu|chịu trách nhiệm|trách nhiệm|đầu mối|soạn thảo|phân công|giúp việc"
)
_BESIDE_ROLE = (
    r"triển khai|tổ chức|theo dõi|chỉ đạo|giúp việc|giúp|chính|trực tiếp|và|được giao|giao|nhiệm vụ|các|cùng|với"
    r"|liên quan|được|cũng|có|chủ yếu|chung|báo cáo|tổng hợp|xây dựng|làm|là|của|xử lý|giải quyết|đôn đốc|cho"
)
_TIME = r"thời gian|thời hạn|tiến độ|thời điểm|kỳ hạn|mốc|lộ trình|hạn|ngày"
_BESIDE_TIME = (
    r"thực hiện|hoàn thành|hoàn tất|triển khai|ban hành|trình|báo cáo|tổ chức|bắt đầu|kết thúc|dự kiến|gửi|nộp|xong"
    r"|tiến hành|cuối cùng|chậm nhất|cụ thể|yêu cầu|thời gian|và|của|công việc|nhiệm vụ|tham mưu|phê duyệt|xử lý|phải"
    r"|để"
)
_RESULT = r"kết quả|sản phẩm|đầu ra|chỉ tiêu"
_BESIDE_RESULT = (
    r"thực hiện|dự kiến|cần đạt|đạt được|phải đạt|cụ thể|chủ yếu|yêu cầu|hoàn thành|của|nhiệm vụ|và|đầu ra|cuối cùng"
)
_CONTENT = r"nội dung|nhiệm vụ|công việc|hoạt động|tên nhiệm vụ|đầu việc|việc cần làm|giải pháp|biện pháp"
_BESIDE_CONTENT = (
    r"công việc|thực hiện|nhiệm vụ|cụ thể|trọng tâm|chủ yếu|triển khai|chính|giải pháp|cần|và|được giao|số \d{1,2}"
    r"|\d{1,2}"
)
_FACT = (
    r"địa điểm|thành phần|đối tượng|hình thức|số lượng|quy mô|phạm vi|phương pháp|cỡ mẫu|địa bàn|kinh phí"
    r"|nguồn kinh phí|nguồn lực|dự toán|mục đích|mục tiêu|yêu cầu|ghi chú|căn cứ|lưu ý|số lớp|số người|giảng viên"
    r"|báo cáo viên|tài liệu"
)
_BESIDE_FACT = (
    r"thực hiện|tổ chức|tham dự|tham gia|dự kiến|áp dụng|khảo sát|tuyên truyền|tập huấn|và|kinh phí|dự|triển khai|của"
    r"|thời gian"
)


_MOST_WORDS = 12


def _any(*groups: str) -> str:
    """The words of several groups, each once and the longest first, so that none is tried twice."""
    return "|".join(sorted(set("|".join(groups).split("|")), key=len, reverse=True))


def _label(first: str, beside: str) -> str:
    """A pattern of words: one of `first`, then any of both. It never gives words back: long lines stay cheap."""
    return rf"(?:{_any(first)})(?:[\s,/]+(?:{_any(first, beside)})){{0,{_MOST_WORDS}}}+"


_ROLE_WORDS = rf"(?=[^:]{{0,60}}(?:{_any(_ROLE)})){_label(f'{_WHO}|{_ROLE}', f'{_BESIDE_ROLE}|nhóm')}"
_FIELDS = (
    ("timing", _label(_TIME, _BESIDE_TIME)),
    ("results", _label(_RESULT, _BESIDE_RESULT)),
    ("role", _ROLE_WORDS),
    ("content", _label(_CONTENT, _BESIDE_CONTENT)),
    ("fact", _label(_FACT, _BESIDE_FACT)),
)
_ANY = "|".join(rf"(?P<{name}>{words})" for name, words in _FIELDS)
_STARTS = re.compile(rf"(?i)(?:{_ANY})\s*(?:\((?P<note>[^()]{{1,40}})\)\s*)?:\s*")
_INSIDE = re.compile(
    rf"(?i)(?:[.;,(–\-]\s*)(?:(?P<timing>{_label(_TIME, _BESIDE_TIME)})|(?P<results>{_label(_RESULT, _BESIDE_RESULT)})"
    rf"|(?P<role>{_ROLE_WORDS}))\s*:\s*"
)
_TIME_WITHOUT_COLON = re.compile(
    r"(?i)(?:thời gian|thời hạn|tiến độ)(?: (?:thực hiện|hoàn thành|triển khai))? (?=(?:ngay|từ|trong|trước) )"
    r"|(?:phải )?(?:hoàn thành|thực hiện|kết thúc|xong)(?: xong)? "
    r"(?=(?:trước|trong|chậm nhất|vào|hết) [^,;:]{3,32}$)(?=[^,;:]*\d)"
)
_HEADING = re.compile(
    rf"(?i)(?:{_ROLE_WORDS}|tổ chức(?: thực hiện)?|{_label(_TIME, _BESIDE_TIME)}|(?:{_WHO}))"
    r"(?:[ ,]+(?:và )?(?:thời gian|tiến độ|thời hạn|kết quả|sản phẩm)\b[^:]{0,40})?"
)
_A_TIME = re.compile(
    r"(?i)(?:(?:trong|trước|từ|đến|hết|xong|vào|chậm nhất)\s+(?:trước\s+|là\s+)?)?"
    r"(?:quý|tháng|ngày|tuần|năm|\d{1,2}/\d|h[àằ]ng|thường xuyên|định kỳ)\b"
)
_LONGEST = 70
"""Characters of a label; a longer one is a sentence with a colon."""


@dataclass(frozen=True, slots=True)
class Labels:
    """What a line says of the task above it; `content` is the task itself, `fact` a thing nobody has to do."""

    said: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """The words under a field; empty where it is not said."""
        return self.said.get(name, "")


@lru_cache(maxsize=1024)
def labels_of(line: str) -> Labels | None:
    """The fields of a line that begins with a label; None for any other line."""
    text = squeeze(line)
    first = _STARTS.match(text)
    if first is None or first.end() > _LONGEST:
        without = _TIME_WITHOUT_COLON.match(text)
        return Labels({"timing": text[without.end() :].strip(" .;")}) if without else None
    name = _field_of(first)
    if name in ("content", "fact"):
        return Labels({name: text[first.end() :].strip()})
    said: dict[str, str] = {}
    places = [first, *(_INSIDE.finditer(text, first.end()))]
    ends = [*(found.start() for found in places[1:]), len(text)]
    for found, end in zip(places, ends, strict=True):
        value = squeeze(text[found.end() : end]).strip(" .;,–-")
        value = value[:-1] if value.endswith(")") and value.count(")") > value.count("(") else value
        _add(said, _field_of(found), value)
    return Labels(said)


def labels_inside(text: str) -> tuple[str, dict[str, str]] | None:
    """A sentence and the fields it says behind itself ("… (Chủ trì: Văn phòng; thời gian: Quý I)"); None if none."""
    places = list(_INSIDE.finditer(text))
    title = text[: places[0].start()].strip() if places else ""
    if not title:
        return None
    said: dict[str, str] = {}
    ends = [*(found.start() for found in places[1:]), len(text)]
    for found, end in zip(places, ends, strict=True):
        _add(said, _field_of(found), squeeze(text[found.end() : end]).strip(" .;,)(–-"))
    return title, said


def is_roles_heading(text: str) -> bool:
    """Whether a heading only announces such lines ("c) Phân công thực hiện", "Trách nhiệm thực hiện")."""
    return bool(_HEADING.fullmatch(squeeze(text).strip(" .:")))


def _add(said: dict[str, str], name: str, value: str) -> None:
    if name == "lead" and _A_TIME.match(value):
        name = "timing"  # "Thực hiện: Quý II/2026"
    said[name] = "; ".join(filter(None, (said.get(name, ""), value)))


def _field_of(found: re.Match[str]) -> str:
    said = found.groupdict()
    if said.get("timing"):
        return "timing"
    if said.get("results"):
        return "results"
    if said.get("content"):
        return "content"
    if said.get("fact"):
        return "fact"
    role = said["role"].lower()
    partner = re.search(r"phối hợp|giúp việc", role) is not None and not re.search(
        r"chủ trì|phụ trách|đầu mối|chịu trách nhiệm", role
    )
    return "coordinating" if partner else "lead"
