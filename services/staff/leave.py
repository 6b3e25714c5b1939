"""Leave: for a period a person's mail goes to somebody else; for a leader, so does the power to decide.

People of a unit hand over to a colleague of the same unit. A leader names a deputy of
the authority, an administrator without a unit another administrator.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from models.answer import Handover
from models.authority import Person, Role, Unit
from rules.audit import AuditAction
from rules.work.access import DEPUTY_ROLES, may_hand_over
from services.actor import Actor, Visitor
from services.audit import record
from services.errors import NotAllowedError

LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Leave:
    """Somebody's days away, both included, and why ("" where nobody said)."""

    first_day: date
    last_day: date
    reason: str = ""


def colleagues(session: Session, unit_id: int) -> list[Person]:
    """The people of a unit, its shared mailbox last."""
    query = select(Person).where(Person.unit_id == unit_id, Person.active).order_by(Person.is_mailbox, Person.name)
    return list(session.scalars(query))


def stand_ins_for(session: Session, giver: Person) -> list[Person]:
    """Who may stand in for a person: see above. A shared mailbox decides nothing, so it is no leader's deputy."""
    if giver.role is not Role.LEADER and giver.unit_id is not None:
        return [one for one in colleagues(session, giver.unit_id) if one.id != giver.id]
    roles = DEPUTY_ROLES if giver.role is Role.LEADER else {giver.role.value}
    query = select(Person).where(
        Person.authority_id == giver.authority_id, Person.active, ~Person.is_mailbox, Person.role.in_(roles)
    )
    rank = [Role.LEADER, Role.ADMIN, Role.HEAD, Role.OFFICER, Role.AUDITOR]
    people = [one for one in session.scalars(query.order_by(Person.name, Person.id)) if one.id != giver.id]
    return sorted(people, key=lambda one: rank.index(one.role))


def handovers_of(session: Session, visitor: Visitor, today: date) -> list[Handover]:
    """The hand-overs that run or are to come: the visitor's own, and those of the unit."""
    mine: list[ColumnElement[bool]] = [
        Handover.from_person_id == visitor.person_id,
        Handover.to_person_id == visitor.person_id,
    ]
    if visitor.unit_id is not None:
        mine.append(Handover.unit_id == visitor.unit_id)
    return _running(session, or_(*mine), today)


def absences_of(session: Session, person_id: int, today: date) -> list[Handover]:
    """The hand-overs of one person that run or are to come."""
    return _running(session, Handover.from_person_id == person_id, today)


def deputies_of(session: Session, authority_id: int, today: date) -> list[Handover]:
    """The hand-overs of an authority's leaders that run or are to come."""
    leaders = select(Person.id).where(Person.authority_id == authority_id, Person.role == Role.LEADER)
    return _running(session, Handover.from_person_id.in_(leaders), today)


def _running(session: Session, which: ColumnElement[bool], today: date) -> list[Handover]:
    query = select(Handover).where(which, Handover.ended_at.is_(None), Handover.last_day >= today)
    query = query.options(joinedload(Handover.from_person), joinedload(Handover.to_person))
    return list(session.scalars(query.order_by(Handover.first_day, Handover.id)))


def hand_over(
    session: Session, actor: Actor, from_id: int, to_id: int, days: tuple[date, date], reason: str
) -> Handover:
    """Hand a person's mail over. Each their own, a head for anybody of the unit. Raises NotAllowedError."""
    visitor = actor.visitor
    giver, taker = session.get(Person, from_id), session.get(Person, to_id)
    if giver is None or taker is None or giver.authority_id != visitor.authority_id:
        raise NotAllowedError(_WHO)
    own = from_id == visitor.person_id
    if not own and (visitor.unit_id is None or giver.unit_id != visitor.unit_id or giver.role is Role.LEADER):
        raise NotAllowedError(_WHO)
    if not may_hand_over(visitor.role, own or giver.is_mailbox):
        raise NotAllowedError("Chỉ trưởng đơn vị bàn giao thay người khác.")
    return arrange(session, giver, taker, Leave(*days, reason), actor, actor.today, visitor=visitor)


_WHO = "Chỉ bàn giao giữa những người trong cùng đơn vị."


def arrange(
    session: Session,
    giver: Person,
    taker: Person,
    leave: Leave,
    actor: Actor,
    today: date,
    *,
    visitor: Visitor | None = None,
) -> Handover:
    """Store a hand-over, by whoever may: see `hand_over` and the administrators' desk. Raises NotAllowedError.

    `visitor` is who arranges it in the portal: nobody makes themselves a leader's deputy.
    """
    if giver.role is Role.LEADER and visitor is not None and visitor.person_id == taker.id:
        raise NotAllowedError("Không ai tự cử mình thay mặt lãnh đạo; lãnh đạo tự chọn ở trang Bàn giao.")
    if giver.id == taker.id:
        raise NotAllowedError("Người giao và người nhận phải là hai người khác nhau.")
    if taker.id not in {one.id for one in stand_ins_for(session, giver)}:
        raise NotAllowedError(_refusal(giver, taker))
    first, last = leave.first_day, leave.last_day
    if last < max(first, today) or (last - first).days > LONGEST_DAYS:
        raise NotAllowedError("Ngày kết thúc phải từ hôm nay trở đi, sau ngày bắt đầu và không quá một năm.")
    row = Handover(
        unit_id=giver.unit_id,
        from_person_id=giver.id,
        to_person_id=taker.id,
        first_day=first,
        last_day=last,
        reason=leave.reason or None,
        created_at=actor.at,
    )
    session.add(row)
    session.flush()
    link = visitor.link_id if visitor else None
    after = {"from": giver.email, "to": taker.email, "first_day": first, "last_day": last, "link": link}
    record(session, actor, _action(giver), _subject(session, row), after=after, note=leave.reason or None)
    return row


def _refusal(giver: Person, taker: Person) -> str:
    if giver.role is Role.LEADER:
        return (
            f"{taker.name} không thay mặt lãnh đạo được: cần một người đang làm việc của cơ quan, không phải hộp thư "
            "chung hay người chỉ kiểm tra."
        )
    return _WHO if giver.unit_id is not None else "Người nhận thay cần có cùng vai trò trong cơ quan."


def _action(giver: Person) -> AuditAction:
    return AuditAction.DEPUTY_NAME if giver.role is Role.LEADER else AuditAction.HANDOVER


def _subject(session: Session, row: Handover) -> Unit | Person:
    if row.unit_id is not None:
        return session.get_one(Unit, row.unit_id)
    return session.get_one(Person, row.from_person_id)


def end_handover(session: Session, actor: Actor, handover_id: int) -> None:
    """End a hand-over at once: one's own, or one of the unit. Raises NotAllowedError when it is not theirs to end."""
    row = session.get(Handover, handover_id)
    visitor = actor.visitor
    concerned = row is not None and visitor.person_id in (row.from_person_id, row.to_person_id)
    unit = row.unit_id if row is not None and row.from_person.role is not Role.LEADER else None
    ours = unit is not None and unit == visitor.unit_id
    if row is None or row.ended_at is not None or not (concerned or ours):
        raise NotAllowedError("Không có lần bàn giao này.")
    if not may_hand_over(visitor.role, concerned or row.from_person.is_mailbox):
        raise NotAllowedError("Chỉ người trong cuộc hoặc trưởng đơn vị kết thúc bàn giao.")
    finish(session, row, actor, link=visitor.link_id)


def finish(session: Session, row: Handover, actor: Actor, *, link: int | None = None) -> None:
    """End a hand-over at once, by whoever may."""
    row.ended_at = actor.at
    session.flush()
    action = AuditAction.DEPUTY_END if row.from_person.role is Role.LEADER else AuditAction.HANDOVER_END
    record(session, actor, action, _subject(session, row), after={"handover": row.id, "link": link})


def away_on(session: Session, authority_id: int, day: date) -> dict[int, Handover]:
    """The leave of each person who is away on a day, by person."""
    query = (
        select(Handover)
        .join(Person, Person.id == Handover.from_person_id)
        .where(Person.authority_id == authority_id, Handover.ended_at.is_(None))
        .where(Handover.first_day <= day, Handover.last_day >= day)
        .order_by(Handover.id)
    )
    return {row.from_person_id: row for row in session.scalars(query)}
