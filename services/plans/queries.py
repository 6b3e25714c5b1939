"""Plans and items by their codes, and what an administrator does with a whole plan."""

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models.mail import Notice
from models.occurrence import Occurrence, Progress
from models.plan import Item, Plan, PlanStatus
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
