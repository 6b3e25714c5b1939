"""The frames that signing programs print on a page: who signed, with which mail address, when."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from documents.reading.formats.pdf.source import Sheet, Word

_BEGINS = re.compile(
    r"(?:Người ký|Ký bởi|Ký số bởi|Được ký bởi|Đã ký|Signed by|Digitally signed|Signature (?:Not )?(?:Valid|Verified)"
    r"|Signature|Thời gian ký|Ngày ký|Giờ ký|Email|Cơ quan|Tổ chức|Chức vụ|Date|Reason|Location)\b[^\w]{0,3}",
    re.IGNORECASE,
)
_SURE = re.compile(
    r"\b(?:Thời gian ký|Ngày ký:|Ký bởi|Ký số bởi|Người ký:|Signed by|Digitally signed|Signature)", re.IGNORECASE
)
_FRAME = 24.0


@dataclass(slots=True)
class _Stretch:
    """Words of one line as they were written one after the other."""

    words: list[Word]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def size(self) -> float:
        return self.words[0].bottom - self.words[0].top


def without_signatures(words: list[Word], sheet: Sheet) -> list[Word]:
    """The words without those frames; the rules of their boxes are taken off the sheet too."""
    if not any(_SURE.search(stretch.text) for stretch in _stretches(words)):
        return words
    stretches = list(_stretches(words))
    gone: set[int] = set()
    for at, stretch in enumerate(stretches):
        if not _SURE.search(stretch.text) or not _BEGINS.match(stretch.text):
            continue
        frame = [at]
        for way in (1, -1):
            here = at
            while 0 <= here + way < len(stretches) and _same_frame(stretches[here], stretches[here + way], way):
                here += way
                frame.append(here)
        if len(frame) > 1 or "ign" in stretch.text:
            gone.update(id(word) for number in frame for word in stretches[number].words)
    if gone:
        _drop_box([word for word in words if id(word) in gone], sheet)
    return [word for word in words if id(word) not in gone]


def _stretches(words: list[Word]) -> Iterator[_Stretch]:
    stretch: list[Word] = []
    for word in words:
        if not word.upright:
            continue
        if stretch:
            last = stretch[-1]
            if abs(word.base - last.base) > 2 or not -1 < word.x0 - last.x1 < 2 * (last.bottom - last.top):
                yield _Stretch(stretch)
                stretch = []
        stretch.append(word)
    if stretch:
        yield _Stretch(stretch)


def _same_frame(one: _Stretch, other: _Stretch, way: int) -> bool:
    """Whether the line written next (or before) stands right below (above) in letters as small."""
    if abs(one.size - other.size) > 0.6:
        return False
    step = (other.words[0].top - one.words[0].top) * way
    return 0 < step < 1.8 * one.size and abs(one.words[0].x0 - other.words[0].x0) < 6


def _drop_box(words: list[Word], sheet: Sheet) -> None:
    left, right = min(w.x0 for w in words) - _FRAME, max(w.x1 for w in words) + _FRAME
    top, bottom = min(w.top for w in words) - _FRAME, max(w.bottom for w in words) + _FRAME
    sheet.rules = [
        rule
        for rule in sheet.rules
        if not (
            rule.boxed
            and (top <= rule.fixed <= bottom if rule.level else left <= rule.fixed <= right)
            and (left <= rule.start and rule.end <= right if rule.level else top <= rule.start and rule.end <= bottom)
        )
    ]
