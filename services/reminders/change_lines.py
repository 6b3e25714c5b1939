"""What a plan's change says in a mail: one line an item, what it was and what it is now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from models.mail import NoticeKind
from models.plan import PlanChange
from notifications.messages import ChangeLine
from rules.plan.values import Change
from services.access.links import leading_to
from services.plans.diff import TITLES
from services.reminders.notices import ItemFacts, Reader, Waiting, next_occurrences
from services.reminders.plan_changes import changes_by_id, news_of

WHAT = {
    Change.ADDED: "Thêm mới vào kế hoạch",
    Change.RETURNED: "Đưa trở lại kế hoạch",
    Change.CHANGED: "Thay đổi",
    Change.DROPPED: "Bỏ khỏi kế hoạch, không phải thực hiện nữa",
}
"""What became of an item, as its units read it."""


@dataclass(frozen=True, slots=True)
class Revised:
    """The changes that a morning tells, by id, and the page of each item and unit."""

    changes: Mapping[int, PlanChange] = field(default_factory=dict)
    pages: Mapping[tuple[int, int], int] = field(default_factory=dict)

    def lines(
        self, reader: Reader, notices: Iterable[Waiting], items: Mapping[int, ItemFacts], link: str | None
    ) -> list[ChangeLine]:
        """One reader's lines, in the plans' order; an item whose changes came to nothing has none."""
        mine = [notice.key.id for notice in notices if notice.kind is NoticeKind.CHANGED]
        rows = [self.changes[change] for change in dict.fromkeys(mine)]
        return change_lines(reader, rows, items, self.pages, link)


NOTHING_REVISED = Revised()


def revised(session: Session, waiting: Iterable[Waiting]) -> Revised:
    """The changes behind waiting notices."""
    found = changes_by_id(session, {one.key.id for one in waiting if one.kind is NoticeKind.CHANGED})
    return Revised(found, next_occurrences(session, {row.item_id for row in found.values()})) if found else Revised()


def change_lines(
    reader: Reader,
    rows: Iterable[PlanChange],
    items: Mapping[int, ItemFacts],
    pages: Mapping[tuple[int, int], int],
    link: str | None,
) -> list[ChangeLine]:
    """Changes as lines of a reader's mail, each leading to the item's page, else to the list."""
    lines = []
    for item_id, news in news_of(rows).items():
        page = pages.get((item_id, reader.unit_id or 0))
        lines.append(
            ChangeLine(
                item_code=news.code,
                title=news.title,
                plan_title=items[item_id].plan_title if item_id in items else "",
                what=WHAT[news.change],
                fields=tuple((_heading(name), before, after) for name, before, after in news.fields),
                link=leading_to(link, f"/viec/{page}") if link and page is not None else link,
            )
        )
    return lines


def _heading(name: str) -> str:
    title = TITLES.get(name, name)
    return title[:1].upper() + title[1:]
