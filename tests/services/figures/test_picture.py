"""The leaders' picture: sections, trend, what slips and what is unproven, each the same as the states say."""

from collections import Counter
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Evidence, EvidenceUse, Extension, Item, Occurrence, Person, Plan, PlanStatus, Role
from models.mail import Notice, NoticeState
from rules.work.states import ItemState
from services.figures.picture import evidence, picture, picture_json, slipping
from services.figures.status import Asked, item_states
from services.figures.trend import trend
from services.reminders.decide import decide_notices
from tests.services.figures.test_status import _fill
from tests.services.readings import AT, TODAY
from tests.world import World, sweep

ASKED = Asked(TODAY, 7)


def test_sections_and_authorities_add_up_to_the_states_of_the_items(db: Session) -> None:
    _fill(db)
    seen = picture(db, ASKED)
    by_state = Counter(item_states(db, ASKED).values())
    assert {state: count for state, count in seen.states.items() if count} == by_state
    for rows in (seen.sections, seen.authorities):
        together: Counter[ItemState] = Counter()
        for row in rows:
            together.update(row.states)
        assert +together == by_state


def test_the_trend_says_of_each_past_day_what_was_true_of_it(db: Session) -> None:
    _fill(db)
    for plan in db.scalars(select(Plan)):
        plan.issued_on = None
    db.flush()
    points = trend(db, ASKED, weeks=6)
    assert [point.day for point in points] == [TODAY - timedelta(weeks=n) for n in range(5, -1, -1)]
    answered = {row.id: row.done_on for row in db.scalars(select(Occurrence))}
    for point in points:
        for row in db.scalars(select(Occurrence)):
            done = answered[row.id]
            row.done_on = done if done and done <= point.day else None
        db.flush()
        then = Counter(item_states(db, Asked(point.day, 7)).values())
        assert point.items == sum(then.values())
        assert point.overdue == then[ItemState.OVERDUE], point.day
        assert point.done == then[ItemState.DONE] + then[ItemState.DONE_LATE], point.day


def test_a_day_granted_later_does_not_undo_the_weeks_that_were_overdue(db: Session) -> None:
    world = World(db)
    row = world.add_item("A.1", TODAY - timedelta(weeks=4))
    assert row is not None
    granted = datetime.combine(TODAY - timedelta(weeks=2), time(3), UTC)
    db.add(
        Extension(
            occurrence_id=row.id,
            unit_id=row.unit_id,
            last_day_then=row.last_day,
            wanted_day=TODAY + timedelta(days=9),
            reason="Mưa lũ",
            created_at=granted,
            decided_at=granted,
            granted_day=TODAY + timedelta(days=9),
        )
    )
    row.last_day = row.extended_to = TODAY + timedelta(days=9)
    db.flush()
    assert [point.overdue for point in trend(db, ASKED, weeks=6)] == [0, 0, 1, 0, 0, 0]


def test_a_deadline_that_a_revision_moved_counts_from_then_on(db: Session) -> None:
    world = World(db)
    row = world.add_item("A.1", TODAY - timedelta(weeks=4))
    assert row is not None
    row.cancelled_at = datetime.combine(TODAY - timedelta(weeks=2), time(3), UTC)
    moved = TODAY + timedelta(days=9)
    facts = {"item_id": row.item_id, "unit_id": row.unit_id, "kind": "deadline", "opens_on": row.opens_on}
    db.add(Occurrence(key=moved.isoformat(), due_on=moved, last_day=moved, **facts))
    db.flush()
    points = trend(db, ASKED, weeks=6)
    assert [point.overdue for point in points] == [0, 0, 1, 0, 0, 0]
    assert {point.items for point in points} == {1}


def test_weeks_before_the_plan_was_issued_are_not_shown(db: Session) -> None:
    world = World(db)
    world.add_item("A.1", TODAY + timedelta(days=3))
    world.plan.issued_on = TODAY - timedelta(days=10)
    db.flush()
    assert len(trend(db, ASKED)) == 2


def test_what_slips_most_stands_first_and_says_how_often_it_was_told(db: Session) -> None:
    world = World(db)
    world.add_item("A.1", TODAY - timedelta(days=3))
    world.add_item("A.2", TODAY - timedelta(days=30), lead="VAN_PHONG")
    world.add_item("A.3", TODAY + timedelta(days=1))
    done = world.add_item("A.4", TODAY - timedelta(days=9))
    assert done is not None
    done.done_on = TODAY
    db.flush()
    decide_notices(db, sweep(world.authority.id, TODAY))
    for notice in db.scalars(select(Notice).where(Notice.state == NoticeState.DUE)):
        notice.state = NoticeState.TOLD
    db.flush()
    rows = slipping(db, ASKED)
    assert [(row.item, row.days_late) for row in rows] == [("A.2", 30), ("A.1", 3)]
    assert all(row.told >= 1 for row in rows)
    assert [row.item for row in slipping(db, ASKED, limit=1)] == ["A.2"]


def test_a_finished_occurrence_is_unproven_until_evidence_stands_and_again_when_it_is_taken_away(db: Session) -> None:
    world = World(db)
    row = world.add_item("A.1", TODAY - timedelta(days=3))
    assert row is not None
    row.done_on = TODAY
    piece = Evidence(authority_id=world.authority.id, unit_id=row.unit_id, reference="12/BC-UBND", created_at=AT)
    db.add(piece)
    db.flush()
    assert [(one.done, one.missing) for one in evidence(db, ASKED)] == [(1, 1)]
    use = EvidenceUse(evidence_id=piece.id, occurrence_id=row.id, unit_id=row.unit_id, created_at=AT)
    db.add(use)
    db.flush()
    assert picture(db, ASKED).without_evidence == 0
    use.removed_at = AT
    db.flush()
    assert picture(db, ASKED).without_evidence == 1


def test_closed_plans_are_history_and_other_authorities_are_not_counted(db: Session) -> None:
    here, there = World(db), World(db, "song-cau")
    here.add_item("A.1", TODAY - timedelta(days=3))
    there.add_item("B.1", TODAY - timedelta(days=5))
    there.add_item("B.2", TODAY + timedelta(days=50))
    mine = picture(db, Asked(TODAY, 7, here.authority.id))
    assert ([row.code for row in mine.authorities], mine.items) == (["song-mai"], 1)
    assert [row.item for row in mine.slipping] == ["A.1"]
    both = picture(db, Asked(TODAY, 7, here.authority.id, (there.authority.id,)))
    assert [(row.code, row.overdue_share) for row in both.authorities] == [("song-mai", 100.0), ("song-cau", 50.0)]
    there.plan.status = PlanStatus.CLOSED
    db.flush()
    after = picture_json(picture(db, Asked(TODAY, 7)))
    assert (after["items"], [row["plan"] for row in after["sections"]]) == (1, ["song-mai-2025"])


def test_an_undetermined_item_counts_for_the_unit_that_leads_it(db: Session) -> None:
    world = World(db)
    world.add_item("A.1", None, lead="VAN_PHONG")
    units = {unit.code: unit for unit in picture(db, ASKED).figures.units}
    assert (units["VAN_PHONG"].undetermined, units["PHONG_VHXH"].undetermined) == (1, 0)
    assert db.scalars(select(Item.code)).all() == ["A.1"]
    assert db.scalars(select(Person).where(Person.role == Role.LEADER)).one()
