"""The head and foot of an official document (Decree 30/2020/NĐ-CP, annex I), read from its lines."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from documents.reading.cells import LONGEST, join_wrapped, squeeze
from rules.plan import PlanHeader
from rules.unit_names import UPPER, fold

_NUMBER = re.compile(
    r"^\s*Số\s*:?\s*(?P<number>\d{1,5}[a-zA-Z]?(?:/20\d\d)?)?\s*[.…_]*\s*/\s*(?P<symbol>[A-ZĐ]{1,6}(?:\s*[-–]\s*[A-ZĐ&.]{2,15})+)"
)
_DATE = re.compile(
    r"(?P<place>[^,;:()]{2,40}?)\s*,\s*(?P<printed>ngày\s*(?P<day>\d{1,2})?[\s.…_]*tháng\s*(?P<month>\d{1,2})?[\s.…_]*năm\s*"
    r"(?P<year>\d{4}))",
    re.IGNORECASE,
)
_TYPES = "kế hoạch|chương trình|đề án|quyết định|báo cáo|thông báo|phương án|công văn|danh mục"
_TYPE_LINE = re.compile(rf"^(?P<type>{_TYPES})(?P<rest>\s.*)?$", re.IGNORECASE)
_DOCUMENT_NAMES = (
    r"(?:luật|nghị|quyết định|kế hoạch|công văn|chỉ thị|thông tư|chương trình|hướng dẫn|đề án|thông báo"
    r"|kết luận|văn bản|ý kiến)"
)
_BASIS = re.compile(
    rf"(?:căn cứ|thực hiện|theo|xét|trên cơ sở|triển khai|để|nhằm|tiếp tục)\s+"
    rf"(?:{_DOCUMENT_NAMES}|tiếp tục|nâng cao|triển khai|thực hiện)"
    r"|(?:căn cứ|thực hiện|xét|theo)\s",
    re.IGNORECASE,
)
_BASIS_INSIDE = re.compile(rf"\s(?:Căn cứ|Thực hiện|Theo)\s+{_DOCUMENT_NAMES}\s+(?:số|của|ngày|liên)", re.IGNORECASE)
_ISSUER = re.compile(
    r"^(?P<body>UBND|(?:Ủy|Uỷ) ban nhân dân)\s*"
    r"(?P<place>(?:xã|phường|thị trấn|đặc khu|huyện|thị xã|thành phố|tỉnh)[^.;:]{0,60}?)?\s+"
    r"(?:xây dựng|ban hành|triển khai|tổ chức)",
    re.IGNORECASE,
)
_TITLE_ENDS = re.compile(r"(?i)\(\s*(?:kèm theo|ban hành kèm|dự thảo)|kính gửi|tổng (?:cộng|số)\b|stt\b|số tt\b")
_CHAPTER = re.compile(r"^(?:I|1|A|Phần I)\s*[.)]\s")
_PLACE_NAME = rf"(?:[{UPPER}][\w'’]*|\d+)(?:[ ](?:[{UPPER}][\w'’]*|\d+))*"
_COMMUNE = re.compile(rf"(?i:(?P<level>xã|phường|thị trấn|đặc khu))\s+(?P<name>{_PLACE_NAME})")
_COMMUNE_EXACT = re.compile(rf"\b(?P<level>xã|phường|thị trấn|đặc khu)\s+(?P<name>{_PLACE_NAME})")
_SUPERIOR = re.compile(
    r"(?:UBND|[ỦU][yỷ] ban nhân dân)\s+(?P<level>tỉnh|thành phố|huyện|thị xã|quận)"
    rf"(?P<name>\s+{_PLACE_NAME}(?:\s*[–-]\s*{_PLACE_NAME})?)?"
)
_TWO_TIER = date(2025, 7, 1)
"""Since this day communes report to the province; before it, to the district."""


@dataclass(frozen=True, slots=True)
class Head:
    """The header, and the first day of the printed month of issue (for contradictions only, never the day of issue)."""

    plan: PlanHeader
    floor: date | None


def read_header(lines: Sequence[str], year: int | None = None) -> Head:
    """The header from the document's lines in order. `year` is the plan's year where the caller knows it."""
    flat = [squeeze(line[:LONGEST]) for raw in lines for line in raw.split("\n") if line.strip()]
    top = _without_motto(flat[:60])
    number, symbol = _number(top)
    place, printed, issued, floor = _issued(top)
    kind, title = _title(flat)
    commune = _commune(top, flat, place)
    authority = _authority(flat, commune)
    plan_year = year or _year(title, floor)
    where = place or (commune[1] if commune else None)
    return Head(
        PlanHeader(
            code=_code(where, plan_year, title),
            title=f"{kind.capitalize()} {title}" if kind and title else title,
            number=number,
            symbol=symbol,
            authority=authority,
            place=where if place else None,
            issued_on=issued,
            issued_printed=printed,
            year=plan_year,
            superior=_superior(flat, floor, plan_year),
            signer=_signer(flat),
            recipients=_recipients(flat),
        ),
        floor,
    )


def _without_motto(lines: Sequence[str]) -> list[str]:
    """The lines without Quốc hiệu and Tiêu ngữ, which a PDF prints on the same lines as the authority."""
    kept = []
    for line in lines:
        bare = re.sub(r"(?i)\s*(?:cộng\s+h[òo]a|cộng\s+hoà)\s+xã\s+hội\s+chủ\s+nghĩa(?:\s+việt\s+nam)?", "", line)
        bare = re.sub(r"(?i)\s*độc\s+lập\s*[-–]\s*tự\s+do\s*[-–]\s*hạnh\s+phúc", "", bare)
        bare = re.sub(r"\s+VIỆT NAM$|^VIỆT NAM$", "", bare)
        if bare.strip(" -–_|"):
            kept.append(bare.strip())
    return kept


def _number(lines: Sequence[str]) -> tuple[str | None, str | None]:
    for line in lines[:25]:
        if found := _NUMBER.match(line):
            symbol = re.sub(r"\s*[-–]\s*", "-", found["symbol"])
            return (f"{found['number']}/{symbol}" if found["number"] else None), symbol
    return None, None


def _issued(lines: Sequence[str]) -> tuple[str | None, str | None, date | None, date | None]:
    """Place, printed date, day of issue (None while blank), and the first day that the print allows."""
    for line in lines[:40]:
        bare = _NUMBER.sub("", line).strip()
        found = _DATE.search(bare)
        if not found or _BASIS.match(bare) or "số" in found["place"].lower().split():
            continue
        year, month, day = (int(found[name]) if found[name] else None for name in ("year", "month", "day"))
        issued = _day(year, month, day)
        floor = issued or _day(year, month or 1, 1)
        return _capitalised(found["place"].strip(" -–_|")), squeeze(found["printed"]), issued, floor
    return None, None, None, None


def _day(year: int | None, month: int | None, day: int | None) -> date | None:
    try:
        return date(year, month, day) if year and month and day else None
    except ValueError:
        return None


def _capitalised(name: str) -> str:
    """A place as a name: "Tóc tiên" is "Tóc Tiên"; words of level stay small inside a name."""
    words = [
        word if fold(word) in ("thanh", "pho", "thi", "xa", "tp.") else word[:1].upper() + word[1:]
        for word in name.split()
    ]
    return " ".join(words)[:1].upper() + " ".join(words)[1:]


def _title(lines: Sequence[str]) -> tuple[str | None, str | None]:
    """The type of the document and its subject (trích yếu); an annex alone is called by its own title."""
    for index, line in enumerate(lines[:60]):
        found = _TYPE_LINE.match(line)
        if found and (line.isupper() or not found["rest"]) and not line.endswith((";", ".")):
            parts = [found["rest"].strip()] if found["rest"] else []
            title = _subject(parts, lines[index + 1 : index + 12])
            if title:
                return found["type"], _sentence_case(title)
    for index, line in enumerate(lines[:60]):
        if re.match(r"(?i)phụ lục(?:\s+(?:[ivx]+|\d+))?\s*$", line) and index + 1 < len(lines):
            return None, _subject([], lines[index + 1 : index + 6]) or None
    return None, None


def _subject(parts: list[str], following: Sequence[str]) -> str:
    title = parts[0] if parts else ""
    for line in following:
        begins_body = _CHAPTER.match(line) or _TITLE_ENDS.match(line)
        if begins_body or (title and (_BASIS.match(line) or _ISSUER.match(line))):
            break
        if re.fullmatch(r"[-_–—*\s]+", line):
            continue
        title = join_wrapped(title, line)
    cut = _BASIS_INSIDE.search(title)
    return squeeze(title[: cut.start()] if cut else title).strip(" .:")


def _sentence_case(title: str) -> str:
    """A title printed in capitals stays so; else its first letter is a capital."""
    return title[:1].upper() + title[1:]


def _year(title: str | None, floor: date | None) -> int | None:
    """The plan's year: the last "năm 20xx" of its title (earlier ones are looked back on), else that of issue."""
    years = [int(found) for found in re.findall(r"(?i)năm\s+(20\d\d)", title or "")]
    if years:
        return max(years)
    return floor.year if floor else None


def _commune(top: Sequence[str], lines: Sequence[str], place: str | None) -> tuple[str, str | None] | None:
    """Level and name of the issuing commune: from the letterhead, the annex's "của Ủy ban nhân dân …", or the place."""
    for index, line in enumerate(top[:8]):
        head = re.match(r"(?i)(?:ủy|uỷ) ban nhân dân|ubnd", line)
        if head:
            text = f"{line} {top[index + 1] if index + 1 < len(top) else ''}"
            if found := _COMMUNE.search(_NUMBER.sub("", text)):
                return found["level"].lower(), _named_as(found["name"], lines)
    named = [found for line in lines for found in _COMMUNE_EXACT.finditer(line)]
    for found in named:
        if place is None or fold(found["name"]).startswith(fold(place)):
            return found["level"], found["name"]
    level = next(
        (found.group(1) for line in lines if (found := re.search(r"UBND (xã|phường|thị trấn|đặc khu)\b", line))), None
    )
    return (level, place) if level else None


def _named_as(name: str, lines: Sequence[str]) -> str:
    """A name printed in capitals, as the text writes it ("BA NGÒI" -> "Ba Ngòi")."""
    bare = squeeze(name)
    for line in lines:
        found = re.search(rf"(?i)(?<!\w){re.escape(bare)}(?!\w)", line)
        if found and not found.group().isupper():
            return _capitalised(found.group())
    return " ".join(word.capitalize() for word in bare.split())


def _authority(lines: Sequence[str], commune: tuple[str, str | None] | None) -> str | None:
    """The issuing authority as the plan calls itself: "UBND phường Ba Ngòi", "Ủy ban nhân dân xã Tóc Tiên"."""
    issuer = next((found for line in lines if (found := _ISSUER.match(line))), None)
    if commune is None:
        return squeeze(f"{issuer['body']} {issuer['place'] or ''}") if issuer else None
    short = issuer is not None and issuer["body"].upper() == "UBND"
    return squeeze(f"{'UBND' if short else 'Ủy ban nhân dân'} {commune[0]} {commune[1] or ''}")


def _superior(lines: Sequence[str], floor: date | None, year: int | None) -> str | None:
    """The committee above: the province since 1/7/2025, the district before, by its fullest printed name."""
    when = floor or (date(year, 12, 31) if year else None)
    found = [match for line in lines for match in _SUPERIOR.finditer(line)]
    district = ("huyện", "thị xã", "quận")
    lower = [match for match in found if match["level"] in district] if when is None or when < _TWO_TIER else []
    upper = [match for match in found if match["level"] in ("tỉnh", "thành phố")]
    named = sorted(lower or upper, key=lambda match: match["name"] is None)
    return squeeze(re.sub(r"^[ỦU][yỷ] ban nhân dân", "UBND", named[0].group())) if named else None


_POST = re.compile(
    r"(?i)^(?:(?:TM|KT|TL|TUQ|Q)\s*\.?\s*)?(?:PHÓ\s+)?(?:CHỦ TỊCH|CHÁNH VĂN PHÒNG|TRƯỞNG PHÒNG|GIÁM ĐỐC|BÍ THƯ)\b"
)
_PERSON = re.compile(rf"(?:^|[.;)]\s+|\s{{2,}})((?:[{UPPER}][^\W\d_]*)(?:\s[{UPPER}][^\W\d_]*){{1,4}})$")


def _signer(lines: Sequence[str]) -> str | None:
    """The name under the signature: the first line after the post that is a person's name."""
    start = next((i for i, line in enumerate(lines) if re.match(r"(?i)n[ơo]i nh[ậa]n", line)), 0)
    posts = [i for i, line in enumerate(lines) if i >= start and (_POST.match(line) or re.search(r"\bCHỦ TỊCH$", line))]
    for post in posts[-1:] or posts:
        for line in lines[post + 1 : post + 12]:
            found = _PERSON.search(line)
            if found and not found.group(1).isupper():
                return found.group(1)
    return None


def _recipients(lines: Sequence[str]) -> tuple[str, ...]:
    """The bodies under "Nơi nhận", up to and with "Lưu"."""
    start = next((i for i, line in enumerate(lines) if re.match(r"(?i)n[ơo]i nh[ậa]n\s*:?", line)), None)
    if start is None:
        return ()
    found: list[str] = []
    for line in lines[start + 1 : start + 25]:
        if not re.match(r"[-–•+]", line):
            continue
        found.append(line.strip(" -–•+;"))
        if fold(found[-1]).startswith("luu"):
            break
    return tuple(found)


def _code(where: str | None, year: int | None, title: str | None) -> str:
    """A short stable name: place and year ("ba-ngoi-2025"); without a place, a mark made of the title."""
    words = re.findall(r"[a-z0-9]+", fold(where or ""))
    if not words:
        words = ["ke-hoach", *([hashlib.sha256(title.encode()).hexdigest()[:6]] if title else [])]
    return "-".join([*words, *([str(year)] if year else [])])
