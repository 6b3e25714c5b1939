"""How many points hang on an item, in one set of queries; the figures of several items joined."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from models import Item, Occurrence, Plan, Progress, ProgressState
from rules.scoring.fill import fill
from services.scoring.criteria import criteria_of, link_items
from services.scoring.facts import linked_facts
from services.scoring.forecast import forecast_plan, held_words, points_held
from tests.scoring import SET, by, stored_set
from tests.world import World

DAY = date(2025, 6, 20)


def one_leaf(**more: Any) -> dict[str, Any]:
    """A set of one leaf worth 2."""
    leaf = {"code": "1", "name": "Hồ sơ trực tuyến", "max": 2, "evidence": "Thống kê", **more}
    return {"code": "MOT", "name": "Bộ một tiêu chí", "year": 2025, "areas": [leaf]}


def reported(db: Session, occurrence: Occurrence, targets: list[dict[str, Any]], *figures: dict[str, Any]) -> None:
    """The item's targets, and what its lead reported of them."""
    db.get_one(Item, occurrence.item_id).targets = targets
    db.add(
        Progress(
            occurrence_id=occurrence.id, unit_id=occurrence.unit_id, state=ProgressState.UNDER_WAY,
            figures=list(figures), covers=[], created_at=datetime(2025, 6, 1, tzinfo=UTC),
        )
    )  # fmt: skip
    db.flush()


def two_items(db: Session) -> World:
    """Two items with a target each: one reported 90 of 100, the other 10 of 60."""
    world = World(db)
    target = {"text": "≥ 70%", "operator": ">=", "value": 70.0, "unit": "%"}
    for code, part, whole in (("A.1", 90, 100), ("A.2", 10, 60)):
        occurrence = world.add_item(code, date(2025, 11, 30))
        assert occurrence is not None
        said = {"text": "≥ 70%", "value": part / whole * 100, "part": float(part), "whole": float(whole)}
        reported(db, occurrence, [target], said)
    return world


@pytest.mark.parametrize(("how", "entry"), [("sum", (100, 160, None)), ("average", (None, None, "53.3333"))])
def test_the_figures_of_several_items_are_joined_as_the_set_says(db: Session, how: str, entry: Any) -> None:
    world = two_items(db)
    criteria = criteria_of(stored_set(db, one_leaf(items=["A.*"], figures=how, rule={"type": "ratio"})))
    facts = linked_facts(db, criteria, world.plan, DAY)["1"]
    now = fill(criteria.leaves[0], facts, DAY).now
    assert (now.part, now.whole, now.value) == (entry[0], entry[1], entry[2] and Decimal(entry[2]))


def test_a_number_too_long_to_score_keeps_nobody_from_the_morning_mail(db: Session) -> None:
    world = World(db)
    occurrence = world.add_item("A.1", date(2025, 11, 30))
    assert occurrence is not None
    target = {"text": "≥ 70%", "operator": ">=", "value": 70.0, "unit": "%"}
    reported(db, occurrence, [target], {"text": "≥ 70%", "value": 9e14})
    stored_set(db, one_leaf(items=["A.1"], rule={"type": "ratio"}))
    assert points_held(db, world.authority.id, DAY) == {occurrence.item_id: 2}
    reported(db, occurrence, [target], {"text": "≥ 70%", "value": 77.123456789})
    found = forecast_plan(db, world.plan, DAY).forecast
    assert "77,12" in found.leaves[0].now.explanation


def test_items_tied_by_hand_hold_points_and_say_so(db: Session) -> None:
    world = World(db)
    occurrence = world.add_item("B.7", date(2025, 6, 15))
    assert occurrence is not None
    stored = stored_set(db, one_leaf(rule={"type": "pass_fail"}))
    link_items(db, stored, "1", [db.get_one(Item, occurrence.item_id)], by("quản trị"))
    held = points_held(db, world.authority.id, DAY)
    assert held_words(held[occurrence.item_id]) == "đang giữ 2 điểm"


def test_plans_of_a_year_without_a_set_hold_nothing(db: Session) -> None:
    world = World(db)
    world.add_item("A.1", date(2025, 6, 15))
    assert points_held(db, world.authority.id, DAY) == {}


def test_the_queries_of_a_morning_do_not_grow_with_plans_and_items(engine: Engine) -> None:
    def queries() -> tuple[int, int]:
        seen: list[str] = []
        with Session(engine) as session:
            hear = lambda *given: seen.append(given[2])  # noqa: E731 - SQLAlchemy's listener
            event.listen(engine, "before_cursor_execute", hear)
            held = points_held(session, 1, DAY)
            event.remove(engine, "before_cursor_execute", hear)
        return sum(text.lstrip().startswith(("SELECT", "WITH")) for text in seen), len(held)

    with Session(engine) as session, session.begin():
        world = World(session)
        world.add_item("A.1", date(2025, 11, 30))
        stored_set(session, SET)
        first = world.plan.id
    few, held = queries()
    with Session(engine) as session, session.begin():
        world.session, world.plan = session, session.get_one(Plan, first)
        world.units = {unit.code: unit for unit in world.plan.authority.units}
        for number in range(2, 60):
            world.add_item(f"A.{number}", date(2025, 11, 30))
        _second_plan(session, world)
    many, now_held = queries()
    assert (held, now_held) == (1, 69)
    assert many == few <= 12


def _second_plan(session: Session, world: World) -> None:
    """Another running plan of the same authority and year."""
    more = {name: getattr(world.plan, name) for name in ("authority_id", "title", "year", "form", "imported_at")}
    world.plan = Plan(code="hai", reading_hash="0" * 64, **more)
    session.add(world.plan)
    session.flush()
    for number in range(10):
        world.add_item(f"A.{number}", date(2025, 11, 30))
    assert len(session.scalars(select(Plan.id)).all()) == 2
