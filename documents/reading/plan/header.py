"""The head and foot of an official document (Decree 30/2020/NĐ-CP, annex I), read from its lines."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from documents.reading.plan.tables.cells import LONGEST, squeeze
from documents.reading.plan.titles import BASIS, ISSUER, about_of, kind_of, title_of
from rules.plan.unit_names import UPPER, fold
from rules.plan.values import DocumentKind, Level, PlanHeader

_ORGAN = r"[A-ZĐ&][A-ZĐ&.]*(?:[a-zđ]{1,2}(?![a-zà-ỹđ]))?[A-ZĐ&.]*\d{0,2}"
"""An organ of a symbol: "UBND", "TTg", "VPCP", "HĐND", "BCĐ.CCHC", "BNV", "SYT", "KTHT1"."""

_SYMBOL = rf"(?P<symbol>{_ORGAN}(?:\s*[-–]\s*{_ORGAN}){{1,3}}|UBND|VPCP|TTg(?:-[A-Z]{{1,5}})?)"
_NUMBER = re.compile(rf"^\s*(?i:Số)\s*:?\s*(?P<number>\d{{1,5}}[a-zA-Z]?(?:/20\d\d)?)?\s*[.…_]*\s*/\s*{_SYMBOL}")
_DATE = re.compile(
    r"(?P<place>[^,;:()]{2,40}?)\s*,\s*(?P<printed>ngày\s*(?P<day>\d{1,2})?[\s.…_]*tháng\s*(?P<month>\d{1,2})?[\s.…_]*năm\s*"
    r"(?P<year>\d{4}))",
    re.IGNORECASE,
)
_WHEN = (
    r"ngày\s*(?P<day>\d{1,2})(?:\s*tháng\s*(?P<month>\d{1,2})\s*năm\s*(?P<year>\d{4})"
    r"|\s*[/.-]\s*(?P<month_>\d{1,2})\s*[/.-]\s*(?P<year_>\d{4}))"
)
_SHORT_DATE = re.compile(rf"(?:(?P<place>[^,;:()\d]{{2,40}}?)\s*,\s*)?(?P<printed>{_WHEN})\.?", re.IGNORECASE)
_DATE_CUT = re.compile(r"(?i),\s*ngày\b(?!.*\d{4})")
_ENCLOSED = re.compile(
    rf"(?i:kèm theo\s+(?:kế hoạch|quyết định|chương trình|công văn|thông báo)\s+số)\s*:?\s*"
    rf"(?P<number>\d{{1,5}}[a-zA-Z]?(?:/20\d\d)?)\s*/\s*{_SYMBOL}\s*,?\s*(?P<printed>(?i:{_WHEN}))"
)
"""What an annex says of the plan it belongs to."""

_PLACE_NAME = rf"(?:[{UPPER}][\w'’]*|\d+)(?:[ ](?:[{UPPER}][\w'’]*|\d+))*"
_COMMUNE = re.compile(rf"(?i:(?P<level>xã|phường|thị trấn|đặc khu))\s+(?P<name>{_PLACE_NAME})")
_COMMUNE_EXACT = re.compile(rf"\b(?P<level>xã|phường|thị trấn|đặc khu)\s+(?P<name>{_PLACE_NAME})")
_SUPERIOR = re.compile(
    r"(?:UBND|[ỦU][yỷ] ban nhân dân)\s+(?i:(?P<level>tỉnh|thành phố|tp\.?|huyện|thị xã|quận))"
    rf"(?P<name>\s+{_PLACE_NAME}(?:\s*[–-]\s*{_PLACE_NAME})?)?"
)
_SUPERIOR_LINE = re.compile(
    r"(?i)(?:ubnd|(?:ủy|uỷ) ban nhân dân)\s+(?P<level>tỉnh|thành phố|tp\.?|huyện|thị xã|quận)\s+"
    r"(?P<name>[^\d/:;,]{2,30})"
)
_TWO_TIER = date(2025, 7, 1)
"""Since this day communes report to the province; before it, to the district."""


@dataclass(frozen=True, slots=True)
class Head:
    """The header, and the first day of the printed month of issue (for contradictions only, never the day of issue)."""

    plan: PlanHeader
    floor: date | None


def read_header(lines: Sequence[str], year: int | None = None, before_tasks: int | None = None) -> Head:
    """The header from the document's lines in order.

    `year` is the plan's year where the caller knows it; the first `before_tasks`
    lines stand before the table of tasks: behind them there is no title.
    """
    pieces = [[squeeze(line) for line in raw[:LONGEST].split("\n") if line.strip()] for raw in lines]
    flat = [line for piece in pieces for line in piece]
    top = _without_motto(flat[:60])
    number, symbol = _number(top)
    issue = _issued(top)
    if number is None and issue.printed is None:
        number, symbol, issue = _enclosed(flat) or (number, symbol, issue)
    kind, title = title_of(flat[: sum(map(len, pieces[:before_tasks]))])
    about = None if kind else about_of(flat[:40])
    document_kind = kind_of(kind, title, symbol, about)
    title = about if about and document_kind is not DocumentKind.PLAN else title or about
    higher = _higher(top)
    commune = None if higher else _commune(top, flat, issue.place)
    plan_year = year or _year(title, issue.floor)
    place = issue.place and _named_as(issue.place, flat)
    return Head(
        PlanHeader(
            code=_code((commune[1] if commune else None) or place, plan_year, title, _mark(document_kind, number)),
            kind=document_kind if flat else None,
            level=_level(top, higher, commune),
            title=f"{kind.capitalize()} {title}" if kind and title else title,
            number=number,
            symbol=symbol,
            authority=higher[1] if higher else _authority(flat, commune),
            place=place,
            issued_on=issue.day,
            issued_printed=issue.printed,
            year=plan_year,
            superior=None if higher else _superior(top, flat, issue.floor, plan_year),
            signer=_signer(flat),
            recipients=_recipients(flat),
        ),
        issue.floor,
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


@dataclass(frozen=True, slots=True)
class _Issue:
    """Place, printed date, day of issue (None while blank), and the first day that the print allows."""

    place: str | None = None
    printed: str | None = None
    day: date | None = None
    floor: date | None = None


def _issued(lines: Sequence[str]) -> _Issue:
    for index, line in enumerate(lines[:40]):
        bare = _NUMBER.sub("", line).strip()
        if _DATE_CUT.search(bare) and index + 1 < len(lines):
            bare = f"{bare} {lines[index + 1]}"
        found = _DATE.search(bare) or _SHORT_DATE.fullmatch(bare)
        if not found or BASIS.match(bare) or "số" in (found["place"] or "").lower().split():
            continue
        year, month, day = _numbers(found)
        issued = _day(year, month, day)
        place = _capitalised(found["place"].strip(" -–_|")) if found["place"] else None
        return _Issue(place, squeeze(found["printed"]), issued, issued or _day(year, month or 1, 1))
    return _Issue()


def _numbers(found: re.Match[str]) -> tuple[int | None, int | None, int | None]:
    """Year, month and day of a date printed in words or with strokes; None where left blank."""
    said = found.groupdict()
    year, month = said["year"] or said.get("year_"), said["month"] or said.get("month_")
    return int(year) if year else None, int(month) if month else None, int(said["day"]) if said["day"] else None


_NUMBERED = re.compile(rf"(?P<number>\d{{1,5}}[a-zA-Z]?(?:/20\d\d)?)\s*/\s*{_SYMBOL}")


def numbered(text: str) -> tuple[str | None, date | None]:
    """The number and the day of a document named in a cell ("Thông báo số 12/TB-UBND ngày 12/01/2026")."""
    found, when = _NUMBERED.search(text), re.search(f"(?i){_WHEN}", text)
    symbol = re.sub(r"\s*[-–]\s*", "-", found["symbol"]) if found else ""
    return (f"{found['number']}/{symbol}" if found else None), (_day(*_numbers(when)) if when else None)


def _enclosed(lines: Sequence[str]) -> tuple[str, str, _Issue] | None:
    """Number, symbol and day of the plan that an annex alone names ("Kèm theo Kế hoạch số … ngày …")."""
    found = next((found for line in lines[:25] if (found := _ENCLOSED.search(line))), None)
    issued = _day(*_numbers(found)) if found else None
    if found is None or issued is None:
        return None
    symbol = re.sub(r"\s*[-–]\s*", "-", found["symbol"])
    return f"{found['number']}/{symbol}", symbol, _Issue(None, squeeze(found["printed"]), issued, issued)


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


_FAR_GOAL = re.compile(
    r"(?i)(?:đến|tới|tầm nhìn|định hướng)(?: đến)?(?: hết)?\s+(?:cuối\s+)?năm\s+20\d\d"
    r"|(?:giai đoạn|nhiệm kỳ|thời kỳ|khóa)\s+(?:năm\s+)?20\d\d\s*[-–]\s*20\d\d"
)
_NAMED_YEAR = re.compile(r"(?i)(?<!\d)(?:năm|của năm)\s+(20\d\d)(?!\s*[-–]\s*20\d\d)")
_MONTH_OF_YEAR = re.compile(r"(?i)(?:tháng|quý)\s+[\dIVX]{1,4}\s*/\s*(20\d\d)")


def _year(title: str | None, floor: date | None) -> int | None:
    """The plan's year: what its title calls its own, else that of issue; never a far goal ("đến năm 2030").

    Of several years of its own the last one counts (earlier ones are looked back on), but none that
    lies more than a year behind the day of issue. A plan signed in the last quarter for no year of its
    own is still of the year it was signed in.
    """
    bare = _FAR_GOAL.sub(" ", title or "")
    years = [int(found) for pattern in (_NAMED_YEAR, _MONTH_OF_YEAR) for found in pattern.findall(bare)]
    if floor is None:
        return max(years) if years else None
    near = [year for year in years if floor.year - 1 <= year <= floor.year + 1]
    return max(near, default=floor.year)


def _commune(top: Sequence[str], lines: Sequence[str], place: str | None) -> tuple[str, str | None] | None:
    """Level and name of the issuing commune: from the letterhead, the annex's "của Ủy ban nhân dân …", or the place."""
    for index, line in enumerate(top[:8]):
        if re.match(r"(?i)(?:ủy|uỷ) ban nhân dân|ubnd", line) and (
            found := _in_letterhead(line, top[index + 1 : index + 2], lines)
        ):
            return found["level"].lower(), _named_as(found["name"], lines)
    named = [found for line in lines for found in _COMMUNE_EXACT.finditer(line)]
    for found in named:
        if place is None or fold(found["name"]).startswith(fold(place)):
            return found["level"], found["name"]
    level = next(
        (found.group(1) for line in lines if (found := re.search(r"UBND (xã|phường|thị trấn|đặc khu)\b", line))), None
    )
    return (level, place) if level else None


def _in_letterhead(line: str, following: Sequence[str], lines: Sequence[str]) -> re.Match[str] | None:
    """The commune that a line of the letterhead names; its name may go on in the next line."""
    own = _COMMUNE.search(_NUMBER.sub("", line))
    both = _COMMUNE.search(" ".join((_NUMBER.sub("", line), *(_NUMBER.sub("", text) for text in following))))
    if own and both and own["name"] != both["name"]:
        longer = re.compile(rf"(?i)(?<!\w){re.escape(squeeze(both['name']))}(?!\w)")
        return both if any(longer.search(text) for text in lines) else own
    return both


def _named_as(name: str, lines: Sequence[str]) -> str:
    """A name printed in capitals, as the text writes it ("BA NGÒI" -> "Ba Ngòi")."""
    bare = squeeze(name)
    if not bare.isupper():
        return bare
    for line in lines:
        found = re.search(rf"(?i)(?<!\w){re.escape(bare)}(?!\w)", line)
        if found and not found.group().isupper():
            return _capitalised(found.group())
    return " ".join(word.capitalize() for word in bare.split())


_GOVERNMENT = re.compile(r"(?i)(?P<name>thủ tướng chính phủ|chính phủ|văn phòng chính phủ|bộ [^\W\d][^,;:/\d]{2,40})$")
_OF_PROVINCE = re.compile(
    r"(?i)(?:(?:ủy|uỷ) ban nhân dân|ubnd|hội đồng nhân dân)\s+(?:tỉnh|thành phố|tp\.?)\s+(?P<place>[^\d/:;,]{2,30})$"
)
_LOWER = re.compile(
    r"(?i)(?:ủy|uỷ) ban nhân dân|ubnd|(?:xã|phường|thị trấn|đặc khu)\s|văn phòng|phòng\s|trung tâm|ban\s|đảng ủy"
)
_OFFICE = re.compile(r"(?i)(?:văn phòng|phòng|trung tâm|ban chỉ đạo|ban quản lý|công an|trạm y tế)\b")


def _higher(top: Sequence[str]) -> tuple[Level, str] | None:
    """The issuer above the commune: the Government, a ministry, a province or one of its departments."""
    for index, line in enumerate(top[:3]):
        below = top[index + 1] if index + 1 < len(top) else ""
        bare = _NUMBER.sub("", line).strip()
        if found := _GOVERNMENT.match(bare):
            return Level.GOVERNMENT, found["name"].capitalize().replace("chính phủ", "Chính phủ")
        if bare.isupper() and re.match(r"(?i)sở\s", bare):
            return Level.PROVINCE, f"Sở {_named_as(bare[3:], top)}"
        if re.fullmatch(r"(?i)(?:ủy|uỷ) ban nhân dân|ubnd", bare) and re.match(r"(?i)(?:tỉnh|thành phố)\s", below):
            bare, below = f"{bare} {below}", top[index + 2] if index + 2 < len(top) else ""
        if (found := _OF_PROVINCE.match(bare)) and not _LOWER.match(below) and not re.match(r"(?i)sở\s", below):
            level = "tỉnh" if re.search(r"(?i)\btỉnh\b", bare) else "thành phố"
            return Level.PROVINCE, f"UBND {level} {_named_as(found['place'], top)}"
    return None


def _level(
    top: Sequence[str], higher: tuple[Level, str] | None, commune: tuple[str, str | None] | None
) -> Level | None:
    """Who gives the tasks; a department of the commune speaks for the inside of its office."""
    if higher:
        return higher[0]
    letterhead = [line for line in top[:4] if not _NUMBER.match(line)]
    if any(line.isupper() and _OFFICE.match(line) for line in letterhead):
        return Level.INTERNAL
    return Level.COMMUNE if commune else None


def _authority(lines: Sequence[str], commune: tuple[str, str | None] | None) -> str | None:
    """The issuing authority as the plan calls itself: "UBND phường Ba Ngòi", "Ủy ban nhân dân xã Tóc Tiên"."""
    issuer = next((found for line in lines if (found := ISSUER.match(line))), None)
    if commune is None:
        return squeeze(f"{issuer['body']} {issuer['place'] or ''}") if issuer else None
    short = issuer is not None and issuer["body"].upper() == "UBND"
    return squeeze(f"{'UBND' if short else 'Ủy ban nhân dân'} {commune[0]} {commune[1] or ''}")


def _superior(top: Sequence[str], lines: Sequence[str], floor: date | None, year: int | None) -> str | None:
    """The committee above: as the letterhead names it, else the province since 1/7/2025 and the district before."""
    for line in top[:4]:
        if found := _SUPERIOR_LINE.match(line):
            return f"UBND {found['level'].lower()} {_named_as(found['name'], lines)}"
    when = floor or (date(year, 12, 31) if year else None)
    named = [match for line in lines for match in _SUPERIOR.finditer(line)]
    district = ("huyện", "thị xã", "quận")
    lower = [match for match in named if match["level"].lower() in district] if when is None or when < _TWO_TIER else []
    upper = [match for match in named if match["level"].lower() not in district]
    fullest = sorted(lower or upper, key=lambda match: not _is_place(match))
    if not fullest:
        return None
    found = fullest[0]
    return squeeze(f"UBND {found['level']} {(found['name'] or '') if _is_place(found) else ''}")


def _is_place(found: re.Match[str]) -> bool:
    """Whether a name follows the level, of two words or more but for one city; "UBND tỉnh Sửa đổi" has none."""
    words = (found["name"] or "").split()
    return len(words) > 1 or [word.casefold() for word in words] == ["huế"]


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


def _mark(kind: DocumentKind, number: str | None) -> str:
    """What tells one directive of a year from the next: "tb-12" of "12/TB-UBND"; a plan is told by its year."""
    if kind is DocumentKind.PLAN or not number:
        return ""
    count, _, symbol = number.partition("/")
    return " ".join(re.findall(r"[a-z0-9]+", fold(f"{symbol.rpartition('/')[2].partition('-')[0]} {count}")))


def _code(where: str | None, year: int | None, title: str | None, mark: str = "") -> str:
    """A short stable name: place and year ("ba-ngoi-2025"); without a place, a mark made of the title."""
    words = re.findall(r"[a-z0-9]+", fold(where or ""))
    if not words:
        words = ["ke-hoach", *([hashlib.sha256(title.encode()).hexdigest()[:6]] if title else [])]
    return "-".join([*words, *([str(year)] if year else []), *mark.split()])
