"""Which unit a printed name means.

Known names are matched before anything is split on commas and "và"; an open
set ("Các cơ quan có liên quan") is kept as such; an unknown name is kept as
printed. Nothing is guessed: see `unit_names.slip_of` for the one exception.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from rules.plan.unit_groups import groups, of_a_superior
from rules.plan.unit_names import (
    HIGHER_LEVEL,
    PLACE_WORD,
    POST,
    UPPER,
    USUAL_UNITS,
    Post,
    UnitName,
    expand,
    fold,
    literal,
    slip_of,
)
from rules.plan.values import ALL_UNITS, RELATED_UNITS, UnitRef

_PERSON = (
    r"(?:thu truong|lanh dao|truong|pho truong|giam doc|pho giam doc|chanh|chi huy truong|dai dien|dong chi"
    r"|nguoi dung dau|d c|(?:cong chuc|vien chuc|can bo)(?= (?:cua )?(?:phong|p|trung tam|tt|van phong)))(?: cua)?"
)
"""Whoever stands before the name ("Giám đốc Trung tâm …"): the duty is the unit's."""

_NOUN = (
    r"(?:co quan|don vi|phong|ban|nganh|bo phan|doan the|to chuc|ca nhan|can bo|cong chuc|vien chuc|nguoi lao dong"
    r"|cbccvc|cbcc|ccvc|dia phuong|bo phan tham muu)(?: chuyen mon)?"
)
_CENTRES = r"(?: (?:cac )?trung tam(?=#|$|\|thuoc|\|truc|\|cua|\|xa$|\|phuong$|\|dac\|khu$))?"
"""The centre at the end of a set ("các phòng, Trung tâm"), never the beginning of its own name."""

_MANY = (
    rf"(?:(?:thu truong|lanh dao|nguoi dung dau|toan the|toan bo|tat ca) )*"
    rf"(?:(?:cac|moi|tung|nhung) {_NOUN}(?: (?:cac )?{_NOUN})*{_CENTRES}"
    rf"|(?:tat ca|toan the) {_NOUN}(?: (?:cac )?{_NOUN})*|{_NOUN}(?: (?:cac )?{_NOUN})+|cbccvc|cbcc)"
    rf"(?: (?:thuoc|truc thuoc|tren dia ban|cua|tai))*(?: {_NOUN})?(?: (?:ubnd|uy ban nhan dan))?"
    rf"(?: (?:cac )?{PLACE_WORD}(?=[|#]|$))?"
)
_CORE = re.compile(r"co\|?quan|don\|?vi|phong|ban\b|nganh|bo\|?phan|cong\|?chuc|can\|?bo|cbcc|ccvc")
"""Without one of these a set is not "every unit": "các đoàn thể", "các tổ chức" are others."""
_OPEN = r" (?:khac )?(?:(?:co )?lien quan|(?:duoc )?(?:phan cong|giao)(?: (?:nhiem vu|chu tri|phoi hop))*|khac)"

_SKIP = re.compile(r"(?:[\s,;:.…•●▪■◦+*&/|\-–—]|[\ue000-\uf8ff]|(?:va|voi|cung|cung voi|cung cac|hoac)\b)+")
_ROLE = re.compile(
    r"(?:(?:co quan|don vi|bo phan|phong,? ban|ca nhan)\s+)?(?:chu tri|phoi hop|thuc hien|tham muu|phu trach"
    r"|chu tri,? phoi hop|chu tri thuc hien|phoi hop thuc hien|chiu trach nhiem(?: chinh)?)\s*:\s*"
    r"|phoi hop (?:voi|cung)\s+|chu tri\s*[,;:]?\s*phoi hop (?:voi|cung)\s+|(?:de nghi|giao)\s+(?=\S)"
)
_DUTY = re.compile(
    r"(?:phoi hop|cung cap|tham muu|tong hop|chu tri|theo doi|huong dan|bao cao|thuc hien|don doc|tiep nhan|la |gui "
    r"|lam |chiu trach nhiem|co trach nhiem|phu trach|ho tro|giup|kiem tra|xay dung|trien khai|to chuc|de xuat|chuan bi"
    r"|dang tai|duoc |neu |khi |theo |hang |dinh ky|thuong xuyen|cap nhat|nhap |ra soat|chi tri|bo tri|cu )"
)
_BULLET = rf"(?:^|\s)[•●▪■◦+*\-–—\ue000-\uf8ff]\s*(?=[{UPPER}])"
_NAMED_PERSON = re.compile(
    rf"(?:(?P<title>(?:[Cc]ác )?(?:[Đđ]/c|[Đđ]ồng chí|[Ôô]ng|[Bb]à|[Aa]nh|[Cc]hị)\.?:?)\s+)?"
    rf"[{UPPER}][^\W\d_]*(?P<more>\.?\s+[{UPPER}][^\W\d_]*){{0,4}}\s*[-–—,(:]\s*"
)
"""A person's name before the unit or post: "Đ/c Nguyễn Văn A – Công chức Tư pháp - Hộ tịch"."""

_ROOMS = re.compile(r"(?:cac )?phong(?: chuyen mon)?\s*:\s*|cac phong\s+")
_A_POST = re.compile(r"(?:cong chuc|vien chuc|can bo|truong|pho|giam doc|chanh|chi huy truong|nhan vien|ke toan)\b")
_HARD = re.compile(rf"[;\n]|{_BULLET}")
_SOFT = re.compile(rf"[;\n,]|\s(?:và|với|cùng|hoặc|&)\s|{_BULLET}")
_PARTS = re.compile(rf"[;\n]|\s(?:hoặc)\s|(?:^|\s)[•●▪■◦+*\ue000-\uf8ff]\s*(?=[{UPPER}])")
"""What ends a name of which nothing is known: a hyphen does not ("Sở Văn hóa - Thể thao và Du lịch")."""

_UNFINISHED = re.compile(
    r"(?:lanh dao|(?:pho )?giam doc|thu truong|(?:pho )?chu tich|(?:pho )?truong|(?:pho )?chanh|nguoi dung dau|dai dien"
    r"|dong chi|cong chuc|vien chuc|can bo|bo phan|phong|so|ban|trung tam|chi cuc|cuc|hoi|doan|tram|ban quan ly"
    r"|ban chi dao|uy ban|hoi dong|ban chi huy|van phong dang ky|hop tac xa|tap doan|cong ty)"
)
"""A line that only begins a name; the next line goes on with it."""

_GOES_ON_AFTER = re.compile(r"(?:[,–—-]|\b(?:và|của|thuộc|tại|cho|với))$", re.IGNORECASE)
_GOES_ON = re.compile(r"(?:và|của|thuộc|tại|trực thuộc)\s", re.IGNORECASE)
_HEAD_WORD = re.compile(
    r"(?:cac|phong|ban|van phong|trung tam|cong an|hoi|doan|truong|tram|to |bo phan|cong chuc|can bo|uy ban|ub|mat tran"
    r"|so |chi cuc|chi nhanh|dai |thon|ap |khu pho|khoi|hop tac xa|ong |ba |dong chi|d/c|lanh dao|thu truong|nhan vien"
    r"|kho bac|buu dien|bao hiem|quy |ngan hang|hat |toa an|vien |thanh tra|chi bo|dang|thuong truc|chu tich"
    r"|pho chu tich|uy vien|ke toan|nganh|don vi|co quan|doanh nghiep|nguoi |benh vien|bvdk|cuc |bo |lien doan|cong ty"
    r"|cong doan|tap doan|vnpt|viettel|hdnd|ubnd|xi nghiep|buu cuc|nha |hat )"
)
_NAME_WORD = re.compile(rf"[ \t]+(?:[{UPPER}][^\W\d_]*|\d+)(?![^\W_])")


def prepare() -> None:
    """Compile the usual units' names now (9 ms)."""
    _usual()
    _sets()
    _before_names()
    groups()
    of_a_superior()


@dataclass(frozen=True, slots=True)
class OwnUnit:
    """A unit of the authority's own list."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitBook:
    """The names known: own units first, then the usual ones.

    An own unit whose name or alias is a usual one takes over all its variants:
    with own unit "VHXH: Phòng Văn hóa – Xã hội", "P. VH-XH" is found as VHXH.
    """

    own: tuple[OwnUnit, ...] = ()
    place: str = ""
    """The commune's own name ("Tóc Tiên"): the office of another one is not ours. "" where it is not known."""

    @classmethod
    def of(cls, units: Iterable[tuple[str, str, Iterable[str]]]) -> "UnitBook":
        """A book from (code, name, aliases) rows."""
        return cls(tuple(OwnUnit(code, name, tuple(aliases)) for code, name, aliases in units))

    def at(self, place: str | None) -> "UnitBook":
        """The same book in a commune of this name."""
        bare = re.sub(rf"^{PLACE_WORD}\s+", "", fold(unicodedata.normalize("NFC", place or "")).strip())
        return replace(self, place=bare)

    def find(self, printed: str) -> str | None:
        """The code of one name; None when unknown or several."""
        refs = self.split(printed)
        return refs[0].unit if len(refs) == 1 else None

    def split(self, cell: str) -> tuple[UnitRef, ...]:
        """The units named in a cell, in order, each once.

        A line break separates unless a name spans it.
        """
        return _split(self, cell)

    def leading(self, sentence: str) -> tuple[UnitRef, int] | None:
        """The unit a sentence begins with, and where its name ends."""
        text = _text(unicodedata.normalize("NFC", sentence))
        hit = _match(self, text, 0)
        return (UnitRef(printed=text.plain[: hit[1]], unit=hit[0] or None), hit[1]) if hit else None

    def name_of(self, code: str) -> str:
        """The name for a code; an unknown code itself."""
        if code == ALL_UNITS:
            return "Các cơ quan, đơn vị"
        if code == RELATED_UNITS:
            return "Các cơ quan, đơn vị có liên quan"
        own = {unit.code: unit.name for unit in self.own}
        usual = {unit.code: unit.name for unit in USUAL_UNITS}
        return own.get(code) or usual.get(code) or code

    def protected(self, text: str) -> tuple[tuple[int, int], ...]:
        """Where known names stand in a text (NFC)."""
        read = _text(text)
        spans: list[tuple[int, int]] = []
        for start in read.words:
            if (not spans or start >= spans[-1][1]) and (hit := _match(self, read, start)):
                spans.append((start, hit[1]))
        return tuple(spans)


@dataclass(frozen=True, slots=True)
class _Text:
    """A text with its compact key of folded words.

    `words` gives for each word's place in the text its place in the key, `origin` the way back.
    """

    plain: str
    folded: str
    key: str
    words: dict[int, int]
    origin: tuple[int, ...]


_WORD = re.compile(r"[0-9a-z]+")
_INSIDE_A_NAME = re.compile(r"[\s\-–—&,./+]*")


@lru_cache(maxsize=2048)
def _text(plain: str) -> _Text:
    folded = fold(plain)
    parts: list[str] = []
    origin: list[int] = []
    words: dict[int, int] = {}
    open_name, last = True, 0
    for word in _WORD.finditer(folded):
        open_name = open_name and _INSIDE_A_NAME.fullmatch(folded, last, word.start()) is not None
        last = word.end()
        if word.group() == "va" and parts:
            continue
        if parts:
            # "#" stands where no name goes on, as after a colon
            parts.append("|" if open_name else "#")
            origin.append(word.start())
        words[word.start()] = len(origin)
        parts.append(word.group())
        origin.extend(range(word.start(), word.end()))
        open_name = True
    return _Text(plain, folded, "".join(parts), words, tuple(origin))


@lru_cache(maxsize=1)
def _sets() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return ((RELATED_UNITS, expand(rf"(?:{_MANY}{_OPEN}|{_NOUN} (?:co )?lien quan)")), (ALL_UNITS, expand(_MANY)))


@lru_cache(maxsize=1)
def _before_names() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Words of persons and posts before a name."""
    return re.compile(_PERSON.replace(" ", r"\|?") + r"\|"), re.compile(POST.replace(" ", r"\|?") + r"\|?")


@lru_cache(maxsize=1)
def _usual() -> tuple[tuple[UnitName, re.Pattern[str]], ...]:
    return tuple((unit, expand(unit.pattern)) for unit in USUAL_UNITS)


@lru_cache(maxsize=64)
def _own(book: UnitBook) -> tuple[tuple[str, re.Pattern[str]], ...]:
    forms = ((unit.code, literal(name)) for unit in book.own for name in (unit.name, *unit.aliases))
    return tuple((code, expand(form)) for code, form in forms if form)


@lru_cache(maxsize=64)
def _taken_over(book: UnitBook) -> dict[str, str]:
    """Usual code to own code, where an own unit carries the name."""
    usual = UnitBook()
    taken: dict[str, str] = {}
    for unit in book.own:
        for name in (unit.name, *unit.aliases):
            code = usual.find(name)
            if code and code not in (ALL_UNITS, RELATED_UNITS):
                taken.setdefault(code, unit.code)
    if "VAN_PHONG" in taken:
        taken.setdefault("VAN_PHONG_OLD", taken["VAN_PHONG"])
    return taken


def _match(book: UnitBook, text: _Text, start: int) -> tuple[str, int] | None:
    """The longest known name at `start`: code and end."""
    at = text.words.get(start)
    if at is None:
        return None
    best = max(_candidates(book, text.key, at), key=lambda candidate: candidate[0], default=None)
    if best is None:
        return None
    end, code, outside = best
    last = text.origin[end - 1] + 1
    if not outside and re.match(HIGHER_LEVEL, text.folded[last:].lstrip()):
        return None
    if code == ALL_UNITS and (superior := of_a_superior().match(text.key, end)):
        code, last = _GROUP, text.origin[superior.end() - 1] + 1
    stop = _with_place(text.plain, text.folded, last)
    if outside or code == _GROUP:
        return code, stop
    above = _ABOVE.search(text.folded, last, stop)
    elsewhere = _elsewhere(book, text.folded[last:stop])
    return ("" if above or elsewhere else code), stop


_GROUP = ""
"""The code of a name that is known to be no unit of one's own; it is given away as None."""

_ABOVE = re.compile(rf"\b{HIGHER_LEVEL}(?! {PLACE_WORD})")
_OF = re.compile(
    rf"\s+(?:(?:truc )?thuoc|cua)(?=\s+(?:ubnd|uy ban nhan dan|{PLACE_WORD}|{HIGHER_LEVEL}))"
    rf"(?:\s+(?:ubnd|uy ban nhan dan)(?=\s+(?:{PLACE_WORD}|{HIGHER_LEVEL})))?"
)
_NAMED_PLACE = re.compile(rf"(?<![0-9a-z]){PLACE_WORD} +(?P<name>[^,;()\n]+)$")


def _elsewhere(book: UnitBook, folded: str) -> bool:
    """Whether a name ends with another commune's name."""
    named = _NAMED_PLACE.search(folded) if book.place else None
    return named is not None and " ".join(named["name"].split()) not in (book.place, "")


def _candidates(book: UnitBook, key: str, at: int) -> Iterator[tuple[int, str, bool]]:
    """Names the key says at `at`: end, code, whether outside."""
    person, post = _before_names()
    led = person.match(key, at)
    starts = (at, led.end()) if led else (at,)
    for start in starts:
        for code, regex in _own(book):
            if found := regex.match(key, start):
                yield found.end(), code, False
    for regex in groups():
        if found := regex.match(key, at):
            yield found.end(), RELATED_UNITS if found.group().endswith("quan") else _GROUP, True
    for code, regex in _sets():
        if (found := regex.match(key, at)) and (code != ALL_UNITS or _CORE.search(found.group())):
            yield found.end(), code, True
    taken = _taken_over(book) if book.own else {}
    for start in starts:
        posted = post.match(key, start)
        for unit, regex in _usual():
            found = regex.match(key, start) if unit.post is not Post.ALWAYS else None
            if posted and unit.post is not Post.NEVER:
                found = regex.match(key, posted.end()) or found
            if found:
                yield found.end(), taken.get(unit.code, unit.code), unit.outside


def _with_place(text: str, folded: str, end: int) -> int:
    """`end` moved behind the place that follows a name."""
    start = of.end() if (of := _OF.match(folded, end)) else end
    level = _LEVEL_AFTER.match(folded, start)
    level_end = level.end() if level else end
    named = bool(level or re.search(rf"(?:{PLACE_WORD}|{HIGHER_LEVEL})$", folded[:end]))
    first = level_end
    while named and (word := _NAME_WORD.match(text, level_end)):
        level_end = word.end()
    # communes of 2025 are called "Xuân Hương - Đà Lạt"
    while level_end > first and (more := _SECOND_NAME.match(text, level_end)):
        if _HEAD_WORD.match(folded, more.start("name")):
            break
        level_end = more.end()
    return level_end


_LEVEL_AFTER = re.compile(rf"\s+(?:cap )?(?:{PLACE_WORD}|{HIGHER_LEVEL})(?![0-9a-z])")
_SECOND_NAME = re.compile(
    rf"\s+[-–]\s+(?P<name>[{UPPER}][^\W\d_{UPPER}]+(?:\s+[{UPPER}][^\W\d_{UPPER}]+){{0,3}})(?!\s*[-–(:]|\s+[^\W\d_{UPPER}])"
)


@lru_cache(maxsize=4096)
def _split(book: UnitBook, cell: str) -> tuple[UnitRef, ...]:
    text = _text(_unbroken(unicodedata.normalize("NFC", cell)))
    refs: list[UnitRef] = []
    position = _skip(text.folded, 0)
    rooms = 0
    while position < len(text.plain):
        if (listed := _ROOMS.match(text.folded, position)) and _room(book, text, listed.end()):
            position, rooms = listed.end(), _hard_end(text.plain, listed.end())
        ref, position = (_room(book, text, position) if position < rooms else None) or _next(book, text, position)
        if ref.printed and ref not in refs:
            refs.append(ref)
        position = _skip(text.folded, position)
    return tuple(refs)


def _unbroken(cell: str) -> str:
    """The cell with blanks for line breaks inside names."""
    if "\n" not in cell:
        return cell
    lines = cell.split("\n")
    whole = lines[0]
    for line in lines[1:]:
        whole += (" " if _breaks_a_name(whole, line) else "\n") + line
    return whole


def _breaks_a_name(before: str, line: str) -> bool:
    last, bare = re.split(r"[;,\n]", before.rstrip(" "))[-1].strip(" -–+•*"), line.strip()
    if not bare or not before.strip() or _LINE_BULLET.match(bare) or before.rstrip().endswith(";"):
        return False
    if _UNFINISHED.fullmatch(fold(last)) or _GOES_ON.match(bare):
        return True
    if _GOES_ON_AFTER.search(before.rstrip()):
        return True
    return bare[0].islower() and not _HEAD_WORD.match(fold(bare))


_LINE_BULLET = re.compile(r"[-–—•●▪■◦+*\ue000-\uf8ff]|\d+[.)]|[a-zđ]\)")

_LONGEST_ROOM = 120
"""Characters of one name in a list of rooms."""


def _hard_end(plain: str, start: int) -> int:
    found = _HARD.search(plain, start)
    return found.start() if found else len(plain)


def _room(book: UnitBook, text: _Text, start: int) -> tuple[UnitRef, int] | None:
    """A name in a list of rooms, without the word "Phòng"."""
    word = "Phòng "
    hit = _match(book, _text(word + text.plain[start : start + _LONGEST_ROOM]), 0)
    if hit is None or hit[0] in (ALL_UNITS, RELATED_UNITS, _GROUP):
        return None
    end = start + hit[1] - len(word)
    stop = _next_stop(_SOFT, text.plain, end)
    if end <= start or text.plain[end:stop].strip(" ."):
        return None
    return UnitRef(printed=_clean(text.plain[start:end]), unit=hit[0]), stop


def _skip(folded: str, position: int) -> int:
    """Behind bullets, commas, "và" and words that only say the role."""
    while True:
        found = _SKIP.match(folded, position) or _ROLE.match(folded, position)
        if not found or found.end() == position:
            return position
        position = found.end()


def _next(book: UnitBook, text: _Text, start: int) -> tuple[UnitRef, int]:
    hit = _match(book, text, start) or _of_person(book, text, start)
    if hit:
        code, end = hit
        note, after = _note(book, text, end)
        if note is not None:
            return UnitRef(printed=_clean(text.plain[start:end]), unit=code or None, note=note or None), after
    end = _unknown_end(book, text, start)
    printed = _clean(text.plain[start:end])
    return UnitRef(printed=printed, unit=slip_of(printed)), end


def _of_person(book: UnitBook, text: _Text, start: int) -> tuple[str, int] | None:
    """The unit of a person named before it: code and end."""
    named = _NAMED_PERSON.match(text.plain, start)
    comrade = named and (named["title"] or "").strip(".: ").lower().endswith(("đ/c", "đồng chí"))
    if not named or not (comrade or (named["more"] and (named["title"] or _A_POST.match(text.folded, named.end())))):
        return None
    hit = _match(book, text, named.end())
    if hit is None:
        return None
    code, end = hit
    return code, end + 1 if named.group().rstrip().endswith("(") and text.plain[end : end + 1] == ")" else end


def _note(book: UnitBook, read: _Text, end: int) -> tuple[str | None, int]:
    """What follows a known name: "", a note, or None if longer."""
    text = read.plain
    stop = _next_stop(_SOFT, text, end)
    rest = text[end:stop].strip(" \t.:")
    if not rest:
        return "", stop
    if _is_name(book, read, end):
        return "", end
    if rest.startswith("("):
        close = text.find(")", end)
        return _clean(text[end : close + 1]).strip("() "), close + 1 if close >= 0 else stop
    if not _DUTY.match(fold(rest) + " "):
        return None, stop
    while stop < len(text) and not _HARD.match(text, stop) and not _is_name(book, read, stop):
        stop = _next_stop(_SOFT, text, stop + 1)
    return _clean(text[end:stop]).strip(" ,.:"), stop


def _is_name(book: UnitBook, text: _Text, position: int) -> bool:
    """Whether a known name starts behind the separator at `position`."""
    after = _skip(text.folded, position)
    return after > position and _match(book, text, after) is not None


def _next_stop(separator: re.Pattern[str], text: str, position: int) -> int:
    """The next separator outside brackets."""
    for found in separator.finditer(text, position):
        before = text[position : found.start()]
        if before.count("(") <= before.count(")"):
            return found.start()
    return len(text)


def _unknown_end(book: UnitBook, read: _Text, start: int) -> int:
    """The end of an unknown name."""
    text = read.plain
    end = _next_stop(_SOFT, text, start)
    while end < len(text) and not _PARTS.match(text, end):
        after = _skip(read.folded, end)
        if after >= len(text) or _HEAD_WORD.match(read.folded, after) or _match(book, read, after):
            return end
        end = _next_stop(_SOFT, text, max(after, end + 1))
    return end


def _clean(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" ,;:.-–—")
