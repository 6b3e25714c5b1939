"""Scores that a plan prints of the year before ("Năm 2020, số điểm đạt 10,947/16")."""

import re

from documents.reading.plan.tables.cells import squeeze
from rules.plan.values import AreaScore

_NUMBER = r"\d{1,3}(?:[.,]\d+)?"
_AREA = re.compile(
    rf"(?i)[:,.(]?\s*(?:năm\s+(?P<year>\d{{4}})\s*[,:]?\s*)?(?:(?:tổng )?số điểm|điểm số|điểm)\s*(?:đã |được )?"
    rf"(?:đạt(?: được)?|là|chấm)?\s*:?\s*(?P<achieved>{_NUMBER})\s*/\s*(?P<max>{_NUMBER})(?:\s*điểm)?\)?"
)
_TOTAL = re.compile(rf"(?i)(?:được|đạt|là)\s+(?P<achieved>\d{{1,3}}[.,]\d+)\s*(?:/\s*(?P<max>{_NUMBER})\s*)?điểm")


def number(text: str) -> float:
    """A number with a decimal comma or point."""
    return float(text.replace(",", "."))


def area_score(text: str, area: str) -> AreaScore | None:
    """The score that a line prints, for the area it stands in."""
    found = _AREA.search(text)
    if not found:
        return None
    year = int(found["year"]) if found["year"] else None
    return AreaScore(area=area, year=year, achieved=number(found["achieved"]), max=number(found["max"]))


def without_score(heading: str) -> str:
    """A heading without the score behind it ("2. Về cải cách thể chế: Năm 2020, số điểm đạt 3/5")."""
    bare = squeeze(_AREA.sub("", heading))
    return heading if bare == squeeze(heading) else bare.rstrip(" :,")


def total_score(text: str) -> AreaScore | None:
    """The total of the year that a paragraph tells of ("được 91,989 điểm"); the maximum only where it is printed."""
    found = _TOTAL.search(text)
    if not found:
        return None
    years = re.findall(r"(?i)năm\s+(\d{4})", text[: found.start()])
    return AreaScore(
        area="Tổng điểm",
        year=int(years[-1]) if years else None,
        achieved=number(found["achieved"]),
        max=number(found["max"]) if found["max"] else None,
    )
