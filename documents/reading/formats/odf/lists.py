"""Counts the items of OpenDocument lists, which may stop and go on later in the text."""

from dataclasses import dataclass, field

from documents.reading.formats.odf.styles import LEVELS, TEXT, ListLevel, Styles
from documents.reading.formats.word.numbering import whole

_XML_ID = "http://www.w3.org/XML/1998/namespace id"


@dataclass(slots=True)
class _OpenList:
    style: str | None
    counts: list[int | None]


@dataclass(slots=True)
class _OpenItem:
    waiting: bool = True
    start: int | None = None


@dataclass(slots=True)
class Lists:
    """The lists that are open at the reader's place, and those that may be continued."""

    styles: Styles
    _open: list[_OpenList] = field(default_factory=list)
    _items: list[_OpenItem] = field(default_factory=list)
    _by_id: dict[str, list[int | None]] = field(default_factory=dict)
    _by_style: dict[str | None, list[int | None]] = field(default_factory=dict)
    _outline: list[int | None] = field(default_factory=lambda: [None] * LEVELS)

    def start_list(self, attributes: dict[str, str]) -> None:
        """`text:list`: a new one, one inside an item, or one that goes on counting."""
        style = attributes.get(TEXT + "style-name")
        if self._open:
            outer = self._open[-1]
            self._open.append(_OpenList(style or outer.style, outer.counts))
            if len(self._open) <= LEVELS:
                outer.counts[len(self._open) - 1 :] = [None] * (LEVELS - len(self._open) + 1)
            return
        counts = self._by_id.get(attributes.get(TEXT + "continue-list", ""))
        if counts is None and attributes.get(TEXT + "continue-numbering") == "true":
            counts = self._by_style.get(style)
        counts = [None] * LEVELS if counts is None else counts
        self._by_id[attributes.get(_XML_ID, "")] = self._by_style[style] = counts
        self._open.append(_OpenList(style, counts))

    def end_list(self) -> None:
        """`/text:list`."""
        if self._open:
            self._open.pop()

    def start_item(self, attributes: dict[str, str], header: bool = False) -> None:
        """`text:list-item`; a list header has no number."""
        start = attributes.get(TEXT + "start-value")
        self._items.append(_OpenItem(waiting=not header, start=None if start is None else whole(start, 1)))

    def end_item(self) -> None:
        """`/text:list-item`."""
        if self._items:
            self._items.pop()

    def next(self) -> str | None:
        """The number of a paragraph that begins here: only the first of an item has one."""
        if not self._open or not self._items or not self._items[-1].waiting or len(self._open) > LEVELS:
            return None
        item, here, depth = self._items[-1], self._open[-1], len(self._open) - 1
        item.waiting = False
        levels = self.styles.lists.get(here.style or "", {})
        return _counted(here.counts, levels, depth, item.start)

    def heading(self, level: int) -> str | None:
        """The number of a heading outside lists, by the outline."""
        depth = min(max(level, 1), LEVELS) - 1
        return _counted(self._outline, self.styles.outline, depth, None)


def _counted(counts: list[int | None], levels: dict[int, ListLevel], depth: int, start: int | None) -> str | None:
    level = levels.get(depth, ListLevel())
    before = counts[depth]
    counts[depth] = start if start is not None else level.start if before is None else before + 1
    counts[depth + 1 :] = [None] * (LEVELS - depth - 1)
    return level.printed(counts, levels)
