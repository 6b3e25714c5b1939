"""Plans and items by their codes, and what an administrator does with a whole plan."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, selectinload

from models.mail import Notice
from models.occurrence import Occurrence, Progress
from models.plan import Item, Plan, PlanStatus, Responsibility
from rules.audit import AuditAction
from services.actor import Actor
from services.audit import record
from services.errors import UnknownNameError
from services.plans.occurrences import Synced, sync_occurrences
from services.policy import Terms


def find_plan(session: Session, code: str, *, lock: bool = False) -> Plan:
    """A plan by its code, in any case. Raises UnknownNameError naming the plans there are."""
    query = select(Plan).where(func.upper(Plan.code) == code.strip().upper())
    plan = session.scalar(query.with_for_update() if lock else query)
    if plan is None:
        codes = session.scalars(select(Plan.code).order_by(Plan.code).limit(11)).all()
        known = f"Các kế hoạch: {', '.join(codes[:10])}{' …' if len(codes) > 10 else ''}." if codes else ""
        raise UnknownNameError(
            f"Không có kế hoạch “{code}”. {known or 'Chưa có kế hoạch nào; nhập bằng: dondoc plan import TỆP'}"
        )
    return plan


def find_item(session: Session, plan: Plan, code: str) -> Item:
    """An item of a plan by its code, in any case. Raises UnknownNameError."""
    wanted = func.upper(Item.code) == code.strip().upper()
    item = session.scalar(select(Item).where(Item.plan_id == plan.id, wanted))
    if item is None:
        raise UnknownNameError(
            f"Kế hoạch {plan.code} không có nhiệm vụ “{code}”. Xem danh sách: dondoc item list {plan.code}"
        )
    return item


def remove_plan(session: Session, plan: Plan, actor: Actor) -> dict[str, int]:
    """Delete a plan with its items, occurrences, answers and notices; mails that were sent and the audit stay.

    Deployments posted for it keep their row, without a plan: the next `dondoc deploy` takes them down.
    Returns how many rows went.
    """
    items = select(Item.id).where(Item.plan_id == plan.id)
    occurrences = select(Occurrence.id).where(Occurrence.item_id.in_(items))
    counts = {
        "items": _count(session, items),
        "occurrences": _count(session, occurrences),
        "notices": _count(session, select(Notice.id).where(Notice.item_id.in_(items))),
        "progress": _count(session, select(Progress.id).where(Progress.occurrence_id.in_(occurrences))),
    }
    before = {"title": plan.title, "version": plan.version, **counts}
    session.execute(delete(Plan).where(Plan.id == plan.id))
    session.expunge_all()
    record(session, actor, AuditAction.PLAN_REMOVE, plan, before=before)
    return counts


def _count(session: Session, query: object) -> int:
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0  # type: ignore[attr-defined]


def set_status(session: Session, plan: Plan, status: PlanStatus, actor: Actor, terms: Terms) -> Synced | None:
    """Close a plan (no further reminder) or take it up again; None when it is so already."""
    if plan.status is status:
        return None
    before, plan.status = plan.status, status
    record(session, actor, AuditAction.PLAN_STATUS, plan, before={"status": before}, after={"status": status})
    return sync_occurrences(session, plan, terms)


def plan_named(session: Session, code: str) -> Plan | None:
    """The plan of a code, in any case."""
    return session.scalar(select(Plan).where(func.upper(Plan.code) == code.strip().upper()))


def plan_ids(session: Session, codes: Sequence[str]) -> dict[str, int]:
    """The ids of plans by their codes, as far as there are any."""
    return dict(session.execute(select(Plan.code, Plan.id).where(Plan.code.in_(codes))).tuples().all())


def counted_plans(session: Session) -> list[tuple[Plan, int]]:
    """Every plan with the number of its items, newest year first."""
    counts = select(Item.plan_id, func.count().label("total")).where(Item.dropped_at.is_(None)).group_by(Item.plan_id)
    items = counts.subquery()
    query = select(Plan, func.coalesce(items.c.total, 0)).outerjoin(items, items.c.plan_id == Plan.id)
    return list(session.execute(query.order_by(Plan.year.desc(), Plan.code)).tuples())


def count_items(session: Session, plan: Plan) -> int:
    """How many items a plan has."""
    return session.scalar(select(func.count()).where(Item.plan_id == plan.id, Item.dropped_at.is_(None))) or 0


def items_of(session: Session, plan: Plan) -> list[Item]:
    """All items of a plan with their units, in its order, dropped ones too."""
    units = selectinload(Item.responsibilities).joinedload(Responsibility.unit)
    query = select(Item).where(Item.plan_id == plan.id).order_by(Item.position, Item.id).options(units)
    return list(session.scalars(query))


def occurrences_of(session: Session, plan: Plan) -> dict[int, list[Occurrence]]:
    """The occurrences of a plan that are not cancelled, by item, the earliest first."""
    found: dict[int, list[Occurrence]] = {}
    query = (
        select(Occurrence)
        .join(Item, Item.id == Occurrence.item_id)
        .where(Item.plan_id == plan.id, Occurrence.cancelled_at.is_(None))
        .order_by(Occurrence.last_day, Occurrence.id)
        .options(selectinload(Occurrence.unit))
    )
    for row in session.scalars(query):
        found.setdefault(row.item_id, []).append(row)
    return found


def occurrences_begun(session: Session, item: Item, day: date) -> list[Occurrence]:
    """The occurrences of an item that had begun on a day, the newest first."""
    begun = (Occurrence.item_id == item.id, Occurrence.cancelled_at.is_(None), Occurrence.opens_on <= day)
    return list(session.scalars(select(Occurrence).where(*begun).order_by(Occurrence.opens_on.desc(), Occurrence.id)))


def plan_here(session: Session, authority_id: int, code: str, *, lock: bool = False) -> Plan | None:
    """The authority's plan of a code, in any case; None when it has none."""
    query = select(Plan).where(func.upper(Plan.code) == code.upper(), Plan.authority_id == authority_id)
    return session.scalar(query.with_for_update() if lock else query)


def item_coded(session: Session, plan: Plan, code: str) -> Item | None:
    """The plan's item of exactly this code, dropped ones too; None when it has none."""
    return session.scalar(select(Item).where(Item.plan_id == plan.id, Item.code == code))


def owner_of(session: Session, plan_id: int) -> int | None:
    """The authority whose plan it is."""
    return session.scalar(select(Plan.authority_id).where(Plan.id == plan_id))
