"""Tasks that print no time, settled many at once: standing duties, or due by the end of the plan's year."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from sqlalchemy.orm import Session

from models.plan import Item, Plan
from rules.plan.standing import proposed_day
from services.actor import Actor
from services.errors import UnknownNameError
from services.plans.corrections import set_due, set_standing
from services.plans.queries import find_item
from services.policy import Terms

ASKED, READ_AS_STANDING = "timing.defaulted", "timing.standing"


class Settlement(StrEnum):
    """What becomes of tasks without a time of their own."""

    STANDING = "standing"
    YEAR_END = "year-end"


def undated(plan: Plan) -> list[Item]:
    """The tasks of a plan that print no time and that nobody has settled yet."""
    return [item for item in plan.items if item.dropped_at is None and _open_doubts(item)]


def settle_undated(
    session: Session, plan: Plan, way: Settlement, actor: Actor, terms: Terms, *, codes: Sequence[str] = ()
) -> list[str]:
    """Settle tasks without a time; without `codes` all of them. Returns the codes of those that were settled.

    Of all of them, those that read as standing duties stay so: the end of the year is for those that were asked.
    Raises UnknownNameError for a code that the plan has not, or whose time is known.
    """
    chosen = [_undated_item(session, plan, code) for code in codes] if codes else undated(plan)
    for item in chosen:
        standing = not codes and READ_AS_STANDING in _open_doubts(item)
        if way is Settlement.STANDING or standing:
            set_standing(session, item, actor, terms)
        else:
            set_due(session, item, proposed_day(plan.year), actor, terms)
    return [item.code for item in chosen]


def _undated_item(session: Session, plan: Plan, code: str) -> Item:
    item = find_item(session, plan, code)
    if not _open_doubts(item):
        raise UnknownNameError(
            f"Nhiệm vụ {item.code} đã có thời hạn; đổi bằng: dondoc item date {plan.code} {item.code} --due NGÀY."
        )
    return item


def is_undated(doubts: Iterable[str]) -> bool:
    """Whether an item with these doubts prints no time of its own."""
    return bool({ASKED, READ_AS_STANDING} & set(doubts))


def _open_doubts(item: Item) -> set[str]:
    return {doubt["code"] for doubt in item.warnings} & {ASKED, READ_AS_STANDING}
