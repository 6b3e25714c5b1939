"""A unit's calendar: its revocable address, and the due days in it.

The address is `<portal>/lich/<token>.ics`; the token names the feed and is signed, so
it can be shown again, and its row makes it revocable.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from config.clock import ZONE
from models.answer import CalendarFeed
from models.authority import Unit
from models.occurrence import Occurrence
from models.plan import Item, Plan, PlanStatus
from rules.audit import AuditAction
from services.access.links import Door
from services.actor import Actor
from services.audit import record
from services.errors import NotAllowedError
from services.work.coordinators import coordinated_items

REACHES_BACK = timedelta(days=400)
"""Older due days leave the calendar."""
CANCELLED_STAYS = timedelta(weeks=6)
"""So long a cancelled one is still told of, for programmes to take it out."""
MOST = 2_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One due day of the calendar. `revision` and `changed_at` say how often and when it was last altered."""

    id: int
    code: str
    title: str
    results: tuple[str, ...]
    plan_title: str
    label: str
    due_on: date
    last_day: date
    done_on: date | None
    cancelled: bool
    leads: bool
    lead_name: str
    revision: int
    changed_at: datetime
    due_time: str | None = None


def feed_of(session: Session, unit_id: int) -> CalendarFeed | None:
    """The unit's calendar address that holds now."""
    query = select(CalendarFeed).where(CalendarFeed.unit_id == unit_id, CalendarFeed.revoked_at.is_(None))
    return session.scalar(query.order_by(CalendarFeed.id.desc()).limit(1))


def feed_address(door: Door, feed: CalendarFeed) -> str:
    """The address to give to a calendar programme; whoever holds it can read the unit's due days."""
    text = f"{feed.id}~{feed.unit_id}"
    return f"{door.base}/lich/{text}~{door.sign('calendar', text)}.ics"


def make_feed(session: Session, actor: Actor) -> CalendarFeed:
    """Give the visitor's unit a new address; the old one is worth nothing from now on."""
    unit_id = actor.visitor.unit_id
    if unit_id is None or actor.visitor.role == "auditor":
        raise NotAllowedError("Chỉ người của một đơn vị tạo được lịch của đơn vị.")
    _revoke(session, unit_id, actor.at)
    feed = CalendarFeed(unit_id=unit_id, person_id=actor.visitor.person_id, created_at=actor.at)
    session.add(feed)
    session.flush()
    record(session, actor, AuditAction.CALENDAR_MAKE, session.get_one(Unit, unit_id), after={"feed": feed.id})
    return feed


def revoke_feed(session: Session, actor: Actor) -> None:
    """Revoke the address of the visitor's unit."""
    unit_id = actor.visitor.unit_id
    if unit_id is None or actor.visitor.role == "auditor":
        raise NotAllowedError("Chỉ người của một đơn vị thu hồi được lịch của đơn vị.")
    _revoke(session, unit_id, actor.at)
    record(session, actor, AuditAction.CALENDAR_REVOKE, session.get_one(Unit, unit_id))


def _revoke(session: Session, unit_id: int, at: datetime) -> None:
    session.execute(
        update(CalendarFeed)
        .where(CalendarFeed.unit_id == unit_id, CalendarFeed.revoked_at.is_(None))
        .values(revoked_at=at)
    )
    session.expire_all()


def unit_behind(session: Session, door: Door, token: str) -> Unit | None:
    """The unit of a calendar address; None when it is not ours or was revoked."""
    text, _, signature = token.rpartition("~")
    if len(token) > 200 or not text or not door.signed("calendar", text, signature):
        return None
    feed = session.get(CalendarFeed, int(text.split("~")[0]))
    if feed is None or feed.revoked_at is not None or not feed.unit.active:
        return None
    return feed.unit


def calendar_of(session: Session, unit: Unit, today: date) -> list[Entry]:
    """The due days of a unit, as lead and as coordinator; cancelled ones too, so that programmes take them out."""
    printed, named = coordinated_items(unit.id)
    midnight = datetime.combine(today, time(), ZONE)
    query = (
        select(Occurrence, Item, Plan, Unit.name)
        .join(Item, Item.id == Occurrence.item_id)
        .join(Plan, Plan.id == Item.plan_id)
        .join(Unit, Unit.id == Occurrence.unit_id)
        .where(
            Plan.authority_id == unit.authority_id,
            (Occurrence.unit_id == unit.id) | Occurrence.item_id.in_(printed) | Occurrence.item_id.in_(named),
            Occurrence.last_day >= today - REACHES_BACK,
            Occurrence.cancelled_at.is_(None) | (Occurrence.cancelled_at >= midnight - CANCELLED_STAYS),
            Item.dropped_at.is_(None) | (Item.dropped_at >= midnight - CANCELLED_STAYS),
        )
        .order_by(Occurrence.last_day, Occurrence.id)
        .limit(MOST)
    )
    return [
        Entry(
            id=row.id,
            code=item.code,
            title=item.title,
            results=tuple(item.results or ()),
            plan_title=plan.title,
            label=row.label,
            due_on=row.due_on,
            last_day=row.last_day,
            done_on=row.done_on,
            cancelled=_cancelled(row, item, plan),
            leads=row.unit_id == unit.id,
            lead_name=lead_name,
            revision=row.sequence,
            changed_at=row.changed_at or plan.imported_at,
            due_time=item.due_time if row.last_day == row.due_on else None,
        )
        for row, item, plan, lead_name in session.execute(query)
    ]


def _cancelled(row: Occurrence, item: Item, plan: Plan) -> bool:
    return row.cancelled_at is not None or item.dropped_at is not None or plan.status is not PlanStatus.ACTIVE
