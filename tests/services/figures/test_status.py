"""The figures: counted in the database, the same as the rules say, in a number of queries that does not grow."""

import random
from collections import Counter
from datetime import date, timedelta

from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from models import Item, Message, MessageState, Morning, Occurrence, Plan, PlanStatus
from rules.calendar.occurrences import needs_a_date
from rules.timing.values import Relative, Timing, TimingKind
from rules.work.states import ItemState, OccurrenceFact, item_state
from services.figures.items import active_items, overviews
from services.figures.status import Asked, figures, item_states
from services.plans.queries import set_status
from tests.services.readings import AT, BY, TERMS, TODAY, bring_in, due, item, undetermined, weekly

ASKED = Asked(TODAY, 7)
COUNTED = Timing(
    phrase="05 ngày kể từ ngày nhận văn bản",
    kind=TimingKind.DEADLINE,
    relative=Relative(event="ngày nhận văn bản", days=5),
)


def _by_the_rules(session: Session, day: date) -> dict[int, ItemState]:
    found = {}
    for row in session.scalars(select(Item).where(Item.dropped_at.is_(None))):
        query = select(Occurrence).where(Occurrence.item_id == row.id, Occurrence.cancelled_at.is_(None))
        facts = [OccurrenceFact(o.opens_on, o.last_day, o.done_on, o.urge_until) for o in session.scalars(query)]
        found[row.id] = item_state(facts, day, 7, undetermined=needs_a_date(row.timing))
    return found


def _fill(session: Session) -> None:
    draw = random.Random(5)
    items = [item(f"I.{n}", f"Nhiệm vụ số {n}", due(TODAY + timedelta(days=draw.randint(-40, 40)))) for n in range(40)]
    items += [item(f"II.{n}", f"Báo cáo tuần {n}", weekly()) for n in range(6)]
    items += [item("III.1", "Chờ", undetermined()), item("III.2", "Đếm ngày", COUNTED), item("III.3", "Ai", lead=None)]
    bring_in(session, *items)
    for row in session.scalars(select(Occurrence)):
        if row.last_day < TODAY + timedelta(days=10) and draw.random() < 0.6:
            row.done_on = row.last_day + timedelta(days=draw.randint(-3, 3))
    session.flush()


def test_the_states_counted_in_the_database_are_those_of_the_rules_on_any_day(db: Session) -> None:
    _fill(db)
    for offset in (-60, -7, -1, 0, 1, 5, 40, 400):
        day = TODAY + timedelta(days=offset)
        assert item_states(db, Asked(day, 7)) == _by_the_rules(db, day), day


def test_what_an_items_run_says_is_what_is_counted(db: Session) -> None:
    _fill(db)
    for offset in (-30, 0, 45):
        day = TODAY + timedelta(days=offset)
        shown = {one.id: one.state(day, 7) for one in overviews(db, active_items(db))}
        assert shown == item_states(db, Asked(day, 7))


def test_a_plan_counts_each_item_once(db: Session) -> None:
    _fill(db)
    (plan,) = figures(db, ASKED).plans
    states = Counter(_by_the_rules(db, TODAY).values())
    assert (plan.items, {s: n for s, n in plan.states.items() if n}) == (49, dict(states))
    assert (plan.without_lead, plan.states[ItemState.UNDETERMINED], plan.overdue) == (1, 2, states[ItemState.OVERDUE])
    assert plan.lapsed > 0


def test_units_count_their_own_occurrences_and_say_who_cannot_be_reached(db: Session) -> None:
    bring_in(db, item("I.1", "A", due(TODAY - timedelta(days=3))), item("I.2", "B", due(TODAY), "VAN_PHONG"))
    units = {unit.code: unit for unit in figures(db, ASKED).units}
    assert (units["PHONG_VHXH"].overdue, units["PHONG_VHXH"].due_soon, units["PHONG_VHXH"].open) == (1, 0, 1)
    assert (units["VAN_PHONG"].overdue, units["VAN_PHONG"].due_soon, units["VAN_PHONG"].reachable) == (0, 1, False)


def test_a_closed_plan_still_counts_as_a_plan_but_presses_no_unit(db: Session) -> None:
    bring_in(db, item("I.1", "A", due(TODAY - timedelta(days=3))))
    set_status(db, db.scalars(select(Plan)).one(), PlanStatus.CLOSED, BY, TERMS)
    found = figures(db, ASKED)
    assert (found.plans[0].status, found.plans[0].overdue, found.units[0].overdue) == (PlanStatus.CLOSED, 1, 0)


def test_messages_and_the_last_morning_are_told(db: Session) -> None:
    bring_in(db, item("I.1", "A"))
    authority = db.scalars(select(Plan.authority_id)).one()
    for number, state in enumerate((MessageState.SENT, MessageState.SENT, MessageState.BOUNCED)):
        db.add(
            Message(
                authority_id=authority, kind="digest", day=TODAY, to_address="a@x.example", to_name="A", subject="S",
                text="", html="", message_id=f"<{number}@x>", state=state, created_at=AT,
            )
        )  # fmt: skip
    for days in (3, 1):
        db.add(Morning(authority_id=authority, day=TODAY - timedelta(days=days), started_at=AT))
    db.flush()
    found = figures(db, ASKED)
    assert (found.messages[MessageState.SENT], found.messages[MessageState.BOUNCED]) == (2, 1)
    assert [(m.day, m.finished_at) for m in found.mornings] == [(TODAY - timedelta(days=1), None)]


def test_an_empty_database_has_no_figures(db: Session) -> None:
    found = figures(db, ASKED)
    assert (found.plans, found.units, found.mornings) == ((), (), ())


def test_one_authority_sees_only_its_own(db: Session) -> None:
    bring_in(db, item("I.1", "A"))
    assert figures(db, Asked(TODAY, 7, authority_id=999)).plans == ()


def test_the_number_of_queries_does_not_grow_with_plans_and_items(engine: Engine) -> None:
    def queries() -> int:
        seen: list[str] = []
        with Session(engine) as session:
            hear = lambda *given: seen.append(given[2])  # noqa: E731 - SQLAlchemy's listener
            event.listen(engine, "before_cursor_execute", hear)
            figures(session, ASKED)
            event.remove(engine, "before_cursor_execute", hear)
        return sum(text.lstrip().startswith(("SELECT", "WITH")) for text in seen)

    with Session(engine) as session, session.begin():
        bring_in(session, item("I.1", "A"))
    few = queries()
    with Session(engine) as session, session.begin():
        for number in range(4):
            bring_in(session, *(item(f"I.{n}", f"Việc {n}") for n in range(30)), code=f"KH-{number}")
    assert queries() == few <= 10
