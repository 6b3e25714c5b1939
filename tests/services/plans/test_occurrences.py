"""Occurrences follow their items: in bulk, again and again the same, and nothing told or answered is lost."""

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Item, Occurrence, Part, Plan, PlanStatus, Scope, Unit
from rules.plan.values import UnitRef
from rules.reminders.ladder import LadderPolicy, next_rung_day
from services.plans.corrections import set_due
from services.plans.occurrences import Synced, sync_authority, sync_occurrences
from services.plans.queries import set_status
from tests.services.readings import BY, TERMS, TODAY, bring_in, due, item, undetermined, weekly


def _plan(session: Session) -> Plan:
    return session.scalars(select(Plan)).one()


def _rows(session: Session) -> list[tuple[object, ...]]:
    session.expire_all()
    columns = Occurrence.__table__.columns
    return sorted(tuple(row) for row in session.execute(select(*columns)))


def test_syncing_again_changes_nothing(db: Session) -> None:
    bring_in(db, item("I.1", "A"), item("I.2", "B", weekly()), item("I.3", "C", undetermined()))
    before = _rows(db)
    assert sync_occurrences(db, _plan(db), TERMS) == Synced()
    assert sync_authority(db, _plan(db).authority_id, TERMS) == Synced()
    assert _rows(db) == before


def test_the_next_rung_is_that_of_the_ladder(db: Session) -> None:
    bring_in(db, item("I.1", "A", due(date(2026, 6, 30))))
    row = db.scalars(select(Occurrence)).one()
    expected = next_rung_day(row.opens_on, row.last_day, TERMS.calendar, TERMS.ladder, after=None)
    assert (row.next_rung_on, row.settled_offset) == (expected, None)


def test_a_changed_ladder_moves_the_rungs_that_are_still_to_come(db: Session) -> None:
    bring_in(db, item("I.1", "A", due(date(2026, 6, 30))), item("I.2", "B", due(date(2026, 7, 31))))
    first, second = db.scalars(select(Occurrence).order_by(Occurrence.last_day))
    first.settled_offset, first.next_rung_on = -14, date(2026, 6, 23)
    second.done_on, second.next_rung_on = date(2026, 5, 1), None
    sparse = replace(TERMS, ladder=LadderPolicy(rungs=(-2, 0), coordinator_rungs=()))
    assert sync_occurrences(db, _plan(db), sparse).changed == 1
    db.expire_all()
    assert (first.settled_offset, first.next_rung_on) == (-14, date(2026, 6, 26))
    assert (second.done_on, second.next_rung_on) == (date(2026, 5, 1), None)


def test_a_day_that_goes_and_comes_back_takes_its_row_up_again(db: Session) -> None:
    bring_in(db, item("I.1", "A", due(date(2026, 6, 30))))
    row, item_row = db.scalars(select(Occurrence)).one(), db.scalars(select(Item)).one()
    row.settled_offset = -7
    set_due(db, item_row, date(2026, 8, 31), BY, TERMS)
    assert row.cancelled_at is not None and row.next_rung_on is None
    set_due(db, item_row, date(2026, 6, 30), BY, TERMS)
    assert (row.cancelled_at, row.settled_offset) == (None, -7)
    assert row.next_rung_on is not None and row.next_rung_on > date(2026, 6, 23)


def test_a_new_unit_gets_what_every_unit_leads_and_one_that_ended_keeps_its_history(db: Session) -> None:
    every = item("I.1", "A").model_copy(update={"lead": (UnitRef(printed="Các cơ quan, đơn vị", unit="ALL"),)})
    bring_in(db, every, item("I.2", "B", lead="VAN_PHONG"), item("I.3", "C", lead="PHONG_VHXH"))
    plan = _plan(db)
    db.add(Unit(authority_id=plan.authority_id, code="TRAM_Y_TE", name="Trạm Y tế"))
    assert sync_authority(db, plan.authority_id, TERMS) == Synced(added=1)
    office = db.scalars(select(Unit).where(Unit.code == "VAN_PHONG")).one()
    office.active = False
    assert sync_authority(db, plan.authority_id, TERMS) == Synced(cancelled=1)
    query = select(Occurrence).join(Item).where(Item.code == "I.1", Occurrence.cancelled_at.is_(None))
    assert {row.unit.code for row in db.scalars(query)} == {"PHONG_VHXH", "TRAM_Y_TE"}


def test_coordinating_units_get_no_occurrence_of_their_own(db: Session) -> None:
    bring_in(db, item("I.1", "A", coordinating=(UnitRef(printed="Văn phòng", unit="VAN_PHONG"),)))
    assert [row.unit.code for row in db.scalars(select(Occurrence))] == ["PHONG_VHXH"]
    parts = {row.part: row.scope for row in db.scalars(select(Item)).one().responsibilities}
    assert parts == {Part.LEAD: Scope.UNIT, Part.COORDINATOR: Scope.UNIT}


def test_a_closed_plan_has_no_rungs_and_an_opened_one_has_them_again(db: Session) -> None:
    bring_in(db, item("I.1", "A"), item("I.2", "B", weekly()))
    before = _rows(db)
    assert set_status(db, _plan(db), PlanStatus.CLOSED, BY, TERMS) is not None
    assert all(row.next_rung_on is None for row in db.scalars(select(Occurrence)))
    assert set_status(db, _plan(db), PlanStatus.CLOSED, BY, TERMS) is None
    set_status(db, _plan(db), PlanStatus.ACTIVE, BY, TERMS)
    assert _rows(db) == before


def test_items_beyond_one_chunk_are_all_followed(db: Session, monkeypatch: object) -> None:
    from services.plans import occurrences as occurring

    monkeypatch.setattr(occurring, "CHUNK", 7)  # type: ignore[attr-defined]
    bring_in(db, *(item(f"I.{n}", f"Việc {n}", due(TODAY + timedelta(days=n))) for n in range(40)))
    assert len({row.item_id for row in db.scalars(select(Occurrence))}) == 40
    assert sync_occurrences(db, _plan(db), TERMS) == Synced()
