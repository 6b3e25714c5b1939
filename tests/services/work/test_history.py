"""The history of an occurrence: what was answered, told, and settled by hand, on both databases."""

from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, Item, Occurrence
from services.actor import Actor, Visitor
from services.plans.corrections import set_due, set_lead, set_title
from services.policy import Terms
from services.work.answers import held
from services.work.history import history, unit_names
from tests.world import CALENDAR, POLICY, World

NOON = datetime(2025, 12, 1, 5, tzinfo=UTC)
TERMS = Terms(CALENDAR, POLICY, date(2025, 12, 1), NOON)
BY = Actor("Quản trị <admin@song-mai.example>", NOON)


def told(db: Session, world: World, item: Item) -> list[tuple[str, str]]:
    """Who did what, as the page of the item's occurrence tells it to the leader."""
    query = select(Occurrence.id).where(Occurrence.item_id == item.id, Occurrence.cancelled_at.is_(None))
    occurrence_id = db.scalars(query.order_by(Occurrence.id)).first() or 0
    leader = world.leader
    visitor = Visitor(leader.id, leader.name, leader.email, "leader", None, "", world.authority.id, "UBND")
    shown = held(db, visitor, occurrence_id)
    return [(line.who, line.words) for line in history(db, shown, unit_names(db, world.authority.id))]


def test_what_was_settled_by_hand_stands_in_the_history_of_the_item_alone(db: Session) -> None:
    world = World(db)
    row, other = (world.add_item(code, date(2025, 12, 10)) for code in ("A.I.1", "A.I.11"))
    assert row is not None
    assert other is not None
    item = row.item
    assert set_due(db, item, date(2025, 12, 19), BY, TERMS)
    assert set_title(db, item, "Tên đã sửa", BY)
    assert set_lead(db, item, [world.units["PHONG_VHXH"], world.units["VAN_PHONG"]], BY, TERMS)
    lines = [("Quản trị", words) for words in ("Nhập thời hạn", "Sửa tên nhiệm vụ", "Đặt cơ quan chủ trì")]
    assert sorted(told(db, world, row.item)) == sorted(lines)
    assert told(db, world, other.item) == []


def test_the_history_follows_an_item_that_gets_another_code(db: Session) -> None:
    world = World(db)
    row = world.add_item("A.I.1", date(2025, 12, 10))
    assert row is not None
    set_title(db, row.item, "Tên đã sửa", BY)
    row.item.code = "A.I.2"
    db.flush()
    assert told(db, world, row.item) == [("Quản trị", "Sửa tên nhiệm vụ")]


def test_rows_written_before_subjects_had_numbers_are_told_by_their_text(db: Session) -> None:
    world = World(db)
    row = world.add_item("A.I.1", date(2025, 12, 10))
    assert row is not None
    for code in ("A.I.1", "A.I.11"):
        subject = f"item {world.plan.code} {code}"
        db.add(
            AuditEvent(at=NOON, actor=f"cũ {code}", action="item.lead", subject=subject, previous_hash=code, hash=code)
        )
    db.flush()
    assert told(db, world, row.item) == [("cũ A.I.1", "Đặt cơ quan chủ trì")]
