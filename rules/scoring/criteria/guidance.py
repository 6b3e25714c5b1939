"""Rules out of the words of a guidance column.

"Hoàn thành 100% kế hoạch: 1; từ 80% đến dưới 100%: 0,5; dưới 80%: 0" are bands;
"đúng hạn: 3; chậm: 1,5; không có: 0" named cases; "(tỷ lệ đạt được / 80%) × điểm tối
đa" a ratio; "mỗi ngày chậm trừ 0,25 điểm" a point off per day late. What is not
understood is None: then it is scored by hand, and a person is told.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from rules.numbers import read_number, read_small
from rules.plan.unit_names import fold

Option = tuple[str, Decimal]


def _value(text: str) -> Decimal:
    return read_number(text) or Decimal(0)


_NUMBER = r"\d{1,3}(?:\.\d{3})+(?![\d.,])|\d{1,6}(?:[.,]\d{1,4})?"
_PERCENT = rf"({_NUMBER})\s*%?"
_POINTS = re.compile(rf"(?i)^(?P<text>.*?\S)\s*(?::|=|–|-|→|thì|,)?\s*(?:được|đạt|tính|cộng|chấm)?\s*(?P<points>{_NUMBER})\s*(?:điểm|đ)\b\.?$")  # fmt: skip  # noqa: E501
_AFTER_COLON = re.compile(rf"^(?P<text>.*?\S)\s*[:=→]\s*(?:được\s*)?(?P<points>{_NUMBER})\.?$")
_NO_POINTS = re.compile(r"(?i)^(?P<text>.*?\S)\s*[:,]?\s*(?:thì )?(?:không tính điểm|không được (?:tính )?điểm|không chấm điểm)\.?$")  # fmt: skip  # noqa: E501
_CUT = re.compile(r"\n|;|(?<=\d)\.\s+(?=[-+A-ZĐ])|(?<=điểm)[.,]\s+(?=[^\d\s])")
_BULLET = re.compile(r"^[-–+*•\s]+|^[a-zđ]\)\s+|^\d+\)\s+")

_RANGES: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(pattern), keys)
    for pattern, keys in (
        (rf"(?:tu )?(?:tren|>)\s*{_PERCENT}\s*(?:den|-|–|va)\s*(?:duoi|<)\s*{_PERCENT}", ("over", "below")),
        (rf"(?:tu )?(?:tren|>)\s*{_PERCENT}\s*(?:den|-|–|va)\s*(?:het |≤ ?)?{_PERCENT}", ("over", "to")),
        (rf"(?:tu |>= ?|≥ ?)?{_PERCENT}\s*(?:den|-|–|va|≤ ?ty le)\s*(?:duoi|<)\s*{_PERCENT}", ("from", "below")),
        (rf"duoi\s*{_PERCENT}\s*(?:den|-|–)\s*{_PERCENT}", ("below", "from")),
        (rf"(?:tu |≥ ?)?{_PERCENT}\s*(?:den|-|–)\s*(?:het |≤ ?)?{_PERCENT}", ("from", "to")),
        (rf"(?:tren|>)\s*{_PERCENT}\s*tro len", ("over",)),
        (rf"{_PERCENT}\s*(?:tro len|hoac hon|hoac tren)", ("from",)),
        (rf"(?:tren|lon hon|cao hon) hoac bang\s*{_PERCENT}", ("from",)),
        (rf"(?:duoi|nho hon|thap hon) hoac bang\s*{_PERCENT}", ("to",)),
        (rf"(?:≥|>=|it nhat|toi thieu|tu)\s*{_PERCENT}", ("from",)),
        (rf"(?:>|tren|vuot)\s*{_PERCENT}", ("over",)),
        (rf"{_PERCENT}\s*tro xuong", ("to",)),
        (rf"(?:≤|<=|khong qua|toi da)\s*{_PERCENT}", ("to",)),
        (rf"(?:<|duoi|thap hon|nho hon|chua dat)\s*{_PERCENT}", ("below",)),
    )
)
_WHOLE = re.compile(r"(?<![\d.,])100\s*%")
_WHOLE_POINTS = r"(?:so |muc |thang )?diem (?:toi da|chuan|quy dinh|cua (?:tieu chi|noi dung|muc)|tieu chi)|thang diem"
_TIMES = r"[x×*✕⨯∙·]"
_RATIO = re.compile(
    rf"(?:ty le|ti le|diem|[ab]\s*/\s*[ab]|/|%).{{0,120}}{_TIMES}.{{0,60}}(?:{_WHOLE_POINTS})"
    rf"|(?:{_WHOLE_POINTS})\s*(?:nhan|{_TIMES})|(?:ty le|ti le).{{0,120}}\bnhan (?:voi )?(?:{_WHOLE_POINTS})",
    re.S,
)
_TARGET = re.compile(rf"/\s*{_PERCENT}|so voi (?:muc tieu|chi tieu)(?: la)?\s*{_PERCENT}")
_LATE = (
    re.compile(rf"(?:moi|cu|1|01|mot) ngay (?:nop |gui |bao cao )?(?:cham|tre|muon)\D{{0,20}}tru\s*({_NUMBER})"),
    re.compile(rf"(?:cham|tre|muon)\s*(?:moi|cu|1|01|mot) ngay\D{{0,20}}tru\s*({_NUMBER})"),
    re.compile(rf"tru\s*({_NUMBER})\s*diem\s*(?:/|cho moi|moi|doi voi moi)\s*(?:1 |01 )?ngay\s*(?:cham|tre|muon)"),
)
_EACH = re.compile(rf"(?:moi|cu|1|01|mot)\s+(?P<what>[^\d,;:.]{{2,60}}?),?\s*(?:thi |duoc |bi )*(?P<sign>cong|tru)\s*(?:them )?(?P<per>{_NUMBER})")  # fmt: skip  # noqa: E501
_AT_MOST = re.compile(rf"(?:toi da|khong qua|cao nhat)(?: \w+){{0,3}}?\s*({_NUMBER})\s*diem")


def rule_of(guidance: str, options: Sequence[Option], maximum: Decimal) -> dict[str, Any] | None:
    """The rule in option rows or guidance; None if not understood."""
    if options:
        return _of_options(options)
    folded = fold(guidance)
    if maximum == 0:
        return _beside(guidance, folded)
    for pattern in _LATE:
        if found := pattern.search(folded):
            return {"type": "late", "per_day": _value(found[1])}
    if listed := options_in(guidance):
        return _of_options(listed)
    if _RATIO.search(folded):
        target = _TARGET.search(folded)
        value = _value(next(filter(None, target.groups()))) if target else Decimal(100)
        return {"type": "ratio", "target": value if 0 < value <= 100 else Decimal(100)}
    return None


def options_in(guidance: str) -> list[Option]:
    """The options that a text lists with their points."""
    found: list[Option] = []
    for part in _CUT.split(guidance):
        text = _BULLET.sub("", part.strip()).strip()
        if not text:
            continue
        option = _option(text)
        if option is not None:
            found.append(option)
        elif found or "điểm" in text:
            return []
    return found if len(found) >= 2 else []


def _option(text: str) -> Option | None:
    for pattern in (_AFTER_COLON, _POINTS):
        if found := pattern.match(text):
            return found["text"].strip(" :;,-–"), read_small(found["points"]) or Decimal(0)
    if found := _NO_POINTS.match(text):
        return found["text"].strip(" :;,-–"), Decimal(0)
    return None


def _of_options(options: Sequence[Option]) -> dict[str, Any]:
    """Bands where every option is per cents; else cases."""
    # a stretch that a cell says twice ("Từ 80%: 1; ≥ 80%: 1") is said once
    bands = list({str(band): band for band in (_band(text, points) for text, points in options)}.values())
    if all(bands) and any("%" in text for text, _ in options):
        return {"type": "bands", "bands": bands}
    return {"type": "cases", "cases": [_case(text, points) for text, points in options]}


def _band(text: str, points: Decimal) -> dict[str, Any] | None:
    folded = fold(text)
    for pattern, keys in _RANGES:
        if found := pattern.search(folded):
            ends = {key: _value(value) for key, value in zip(keys, found.groups(), strict=True)}
            return {**ends, "points": points}
    if _WHOLE.search(folded):
        return {"from": Decimal(100), "points": points}
    return None


def _case(text: str, points: Decimal) -> dict[str, Any]:
    """A case; days in its words let the database choose it."""
    folded = fold(text)
    case: dict[str, Any] = {"case": text, "points": points}
    if re.search(r"\b(?:cham|tre|muon|qua han)\b", folded):
        case["when"] = "late"
    elif re.search(r"\b(?:khong|chua) (?:co|ban hanh|thuc hien|xay dung|gui|bao cao)\b", folded):
        case["when"] = "none"
    elif re.search(r"\b(?:dung han|kip thoi|dung thoi (?:gian|han)|truoc han)\b", folded):
        case["when"] = "on_time"
    return case


def _beside(guidance: str, folded: str) -> dict[str, Any] | None:
    """A bonus or penalty with its limit."""
    found = _EACH.search(folded)
    most = _AT_MOST.search(folded)
    if not found or not most:
        return None
    measure = guidance[found.start("what") : found.end("what")].strip()
    per, limit = _value(found["per"]), _value(most[1])
    if found["sign"] == "cong":
        return {"type": "bonus", "per": per, "cap": limit, "measure": measure}
    return {"type": "penalty", "per": per, "floor": -limit, "measure": measure}
