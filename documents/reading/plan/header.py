"""The head and foot of an official document (Decree 30/2020/NĐ-CP, annex I), read from its lines."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from documents.reading.plan.tables.cells import LONGEST, squeeze
from documents.reading.plan.titles import BASIS, ISSUER, title_of
from rules.plan.unit_names import UPPER, fold
from rules.plan.values import PlanHeader

_SYMBOL = r"(?P<symbol>[A-ZĐ]{1,6}(?:\s*[-–]\s*[A-ZĐ&.]{2,15})+)"
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
    commune = _commune(top, flat, issue.place)
    plan_year = year or _year(title, issue.floor)
    place = issue.place and _named_as(issue.place, flat)
    return Head(
        PlanHeader(
            code=_code((commune[1] if commune else None) or place, plan_year, title),
            title=f"{kind.capitalize()} {title}" if kind and title else title,
            number=number,
            symbol=symbol,
            authority=_authority(flat, commune),
            place=place,
            issued_on=issue.day,
            issued_printed=issue.printed,
            year=plan_year,
            superior=_superior(top, flat, issue.floor, plan_year),
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


def _year(title: str | None, floor: date | None) -> int | None:
    """The plan's year: the last "năm 20xx" of its title (earlier ones are looked back on), else that of issue."""
    years = [int(found) for found in re.findall(r"(?i)năm\s+(20\d\d)", title or "")]
    if years:
        return max(years)
    return floor.year if floor else None


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
    fullest = sorted(lower or upper, key=lambda match: match["name"] is None)
    return squeeze(re.sub(r"^[ỦU][yỷ] ban nhân dân", "UBND", fullest[0].group())) if fullest else None


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
