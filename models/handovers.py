"""Leave: for a period a person's mail goes to a colleague of the same unit."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.answer_tables import Handover
from models.answers import NotAllowedError
from models.authority import Person
from models.visitor import Hand
from rules.access import may_hand_over

LONGEST_DAYS = 366


def colleagues(session: Session, unit_id: int) -> list[Person]:
    """The people of a unit, its shared mailbox last."""
    query = select(Person).where(Person.unit_id == unit_id, Person.active).order_by(Person.is_mailbox, Person.name)
    return list(session.scalars(query))


def handovers_of(session: Session, unit_id: int, today: date) -> list[Handover]:
    """The unit's hand-overs that run or are to come."""
    query = select(Handover).where(Handover.unit_id == unit_id, Handover.ended_at.is_(None), Handover.last_day >= today)
    return list(session.scalars(query.order_by(Handover.first_day, Handover.id)))


def hand_over(session: Session, hand: Hand, from_id: int, to_id: int, days: tuple[date, date], reason: str) -> Handover:
    """Hand a person's mail over. Each their own, a head for anybody of the unit. Raises NotAllowedError."""
    visitor, (first, last) = hand.visitor, days
    people = {person.id: person for person in colleagues(session, visitor.unit_id or 0)}
    if from_id not in people or to_id not in people:
        raise NotAllowedError("Chỉ bàn giao giữa những người trong cùng đơn vị.")
    if not may_hand_over(visitor.role, from_id == visitor.person_id or people[from_id].is_mailbox):
        raise NotAllowedError("Chỉ trưởng đơn vị bàn giao thay người khác.")
    if from_id == to_id:
        raise NotAllowedError("Người giao và người nhận phải là hai người khác nhau.")
    if last < max(first, hand.today) or (last - first).days > LONGEST_DAYS:
        raise NotAllowedError("Ngày kết thúc phải từ hôm nay trở đi, sau ngày bắt đầu và không quá một năm.")
    row = Handover(
        unit_id=visitor.unit_id,
        from_person_id=from_id,
        to_person_id=to_id,
        first_day=first,
        last_day=last,
        reason=reason or None,
        created_at=hand.at,
    )
    session.add(row)
    session.flush()
    after = {"from": people[from_id].email, "to": people[to_id].email, "first_day": first, "last_day": last}
    hand.record(session, "handover", f"unit {visitor.unit_id}", after=after, note=reason or None)
    return row


def end_handover(session: Session, hand: Hand, handover_id: int) -> None:
    """End a hand-over of the visitor's unit at once. Raises NotAllowedError when it is not theirs to end."""
    row = session.get(Handover, handover_id)
    visitor = hand.visitor
    if row is None or row.unit_id != visitor.unit_id or row.ended_at is not None:
        raise NotAllowedError("Không có lần bàn giao này.")
    concerned = visitor.person_id in (row.from_person_id, row.to_person_id) or row.from_person.is_mailbox
    if not may_hand_over(visitor.role, concerned):
        raise NotAllowedError("Chỉ người trong cuộc hoặc trưởng đơn vị kết thúc bàn giao.")
    row.ended_at = hand.at
    session.flush()
    hand.record(session, "handover.end", f"unit {row.unit_id}", after={"handover": row.id})
