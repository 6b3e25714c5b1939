"""Groups of offices that are no unit of one's own.

Patterns are written on the compact key of `rules.plan.units`, where "và" and commas are gone.
"""

import re
from functools import lru_cache

from rules.plan.unit_names import expand, fold

_HEADS = r"(?:(?:thu truong|lanh dao|nguoi dung dau|giam doc|chu tich|pho chu tich|dai dien) (?:cac )?)*"
_LEVEL = r"(?:xa|phuong|thi tran|dac khu|thi xa|huyen|quan|thanh pho|thon|ap|buon|khu pho|to dan pho)"
_BODY = r"(?:ubnd|uy ban nhan dan|hdnd|hoi dong nhan dan|dang uy|ubmttq(?:vn)?|mttq|uy ban)"
_WORD_OF_MANY = (
    r"(?:ban|nganh|doan the|hoi doan the|hoi|co quan|don vi|dia phuong|phong|to chuc|doanh nghiep|truong|mat tran)"
)
_WHERE = (
    r"(?: (?:chuyen mon|truc thuoc|thuoc|tren dia ban|cua|trong|toan|cap|ubnd|uy ban nhan dan|lien quan|co|khac))*"
    r"(?: (?:tinh|thanh pho|trung uong|xa|huyen))?(?: (?:co )?lien quan)?"
)
_PLACES = rf"(?:cac {_LEVEL}(?: (?:cac )?{_LEVEL})*|{_LEVEL}(?: {_LEVEL})+|cap (?:xa|huyen|co so))"
_COMMUNES = rf"{_HEADS}(?:{_BODY} )+{_PLACES}|{_HEADS}(?:cac {_LEVEL}(?: (?:cac )?{_LEVEL})*|{_LEVEL}(?: {_LEVEL})+)"
_DEPARTMENTS = rf"{_HEADS}(?:cac )?(?:bo|so)(?: so)?(?: {_WORD_OF_MANY})+|{_HEADS}cac so"
_SUPERIOR = r"(?:\|?(?:thuoc|truc\|?thuoc|cua|tren\|?dia\|?ban|cap|ubnd|trong|toan))*\|?(?:tinh|thanh\|?pho|trung\|?uong|huyen)(?=[|#]|$)"  # noqa: E501


@lru_cache(maxsize=1)
def groups() -> tuple[re.Pattern[str], ...]:
    """What groups of communes and of departments look like."""
    return expand(rf"(?:{_COMMUNES}){_WHERE}"), expand(rf"(?:{_DEPARTMENTS}){_WHERE}")


def is_group(printed: str) -> bool:
    """Whether a printed name is a group's as a whole."""
    key = "|".join(word for word in re.findall(r"[0-9a-z]+", fold(printed)) if word != "va")
    return any(regex.fullmatch(key) for regex in groups())


@lru_cache(maxsize=1)
def of_a_superior() -> re.Pattern[str]:
    """What makes "các cơ quan, đơn vị" those of the province."""
    return re.compile(_SUPERIOR)
