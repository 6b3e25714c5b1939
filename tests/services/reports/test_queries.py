"""A report's figures are those of the raw tables; earlier periods, fields and the province come from the store."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from models import (
    Authority,
    Extension,
    Item,
    Occurrence,
    Plan,
    ProgressState,
    Report,
    ReportFigures,
    Review,
    Section,
    Verdict,
)
from rules.reporting.steps import ReportState
from services.actor import Actor
from services.errors import UnknownNameError
from services.policy import office_calendar, office_policy
from services.reports.consolidation import authority_above, consolidated
from services.reports.facts import facts_of, field_of
from services.reports.queries import period_named, plan_of_last_year, report_for
from services.reports.steps import Terms, close, open_due
from tests.reporting_world import answer, moment, prove, ward
from tests.world import World

CUT_OFF = date(2025, 3, 14)
pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def world(db: Session) -> World:
    """Twelve items over a year in two fields, some answered, late, sent back, extended or proved."""
    made = ward(db)
    db.add_all(
        Section(plan_id=made.plan.id, code=code, title=title, parent=parent, position=n)
        for n, (code, title, parent) in enumerate(
            [("A", "PHẦN A", None), ("A.I", "THỂ CHẾ", "A"), ("A.II", "TÀI CHÍNH", "A"), ("A.II.x", "NHÓM", "A.II")]
        )
    )
    units = ("PHONG_VHXH", "VAN_PHONG", "TT_PVHCC")
    for number in range(12):
        due = date(2025, 1, 20) + timedelta(days=25 * number)
        row = made.add_item(f"A.{number}", due, lead=units[number % 3], opens=date(2024, 12, 20))
        assert row is not None
        row.item.section = "A.I" if number % 2 else "A.II.x"
        if number % 4 == 0:
            prove(db, row, answer(db, row, due + timedelta(days=number - 4)), due, f"{number}/BC-UBND")
        elif number % 4 == 1:
            answer(db, row, date(2025, 2, 10), ProgressState.UNDER_WAY)
    made.add_item("A.12", None)
    db.flush()
    return made


def test_figures_are_those_that_the_raw_tables_give(db: Session, world: World) -> None:
    office = office_policy()
    figures = report_for(db, world.plan, period_named("2025-Q1", office.scheme), office).report.figures
    newest = """
        SELECT o.id AS id, o.item_id AS item, o.last_day AS last_day, o.opens_on AS opens_on, p.state AS state,
               p.done_on AS done_on
        FROM occurrence o JOIN item i ON i.id = o.item_id
        LEFT JOIN progress p ON p.id = (
            SELECT MAX(q.id) FROM progress q WHERE q.occurrence_id = o.id AND q.unit_id = o.unit_id
            AND q.withdrawn_at IS NULL AND q.created_at < :night)
        WHERE i.plan_id = :plan AND i.dropped_at IS NULL AND o.cancelled_at IS NULL"""
    queries = {
        "items": "SELECT COUNT(*) FROM item WHERE plan_id = :plan AND dropped_at IS NULL",
        "done": f"SELECT COUNT(*) FROM ({newest}) r WHERE r.state = 'done'",
        "done_late": f"SELECT COUNT(*) FROM ({newest}) r WHERE r.state = 'done' AND r.done_on > r.last_day",
        "overdue": f"SELECT COUNT(*) FROM ({newest}) r WHERE COALESCE(r.state, '') <> 'done' AND r.last_day < :cut",
        "due": f"SELECT COUNT(*) FROM ({newest}) r WHERE r.last_day BETWEEN :first AND :cut",
        "due_in_time": f"SELECT COUNT(*) FROM ({newest}) r WHERE r.last_day BETWEEN :first AND :cut "
        "AND r.state = 'done' AND r.done_on <= r.last_day",
        "owed": f"SELECT COUNT(*) FROM ({newest}) r WHERE r.opens_on <= :cut",
        "answers": f"SELECT COUNT(*) FROM ({newest}) r WHERE r.state IS NOT NULL",
        "undetermined": "SELECT COUNT(*) FROM item WHERE plan_id = :plan AND timing_kind = 'undetermined'",
        "evidence": "SELECT COUNT(*) FROM evidence_use WHERE created_at < :night",
    }
    night = moment(CUT_OFF + timedelta(days=1), 0)
    if db.get_bind().dialect.name == "sqlite":
        night = night.replace(tzinfo=None)  # type: ignore[assignment]
    values = {"plan": world.plan.id, "first": date(2024, 12, 15), "cut": CUT_OFF, "night": night}
    for key, query in queries.items():
        names = {name: values[name] for name in values if f":{name}" in query}
        assert figures[key].value == db.execute(text(query), names).scalar_one(), key
    assert figures["done"].value > 0
    assert figures["done"].value == len(figures["done"].sources)


def test_fields_are_the_sections_under_the_plans_parts(db: Session, world: World) -> None:
    facts = facts_of(db, world.plan, 7)
    assert facts.fields == {"A.I": "THỂ CHẾ", "A.II": "TÀI CHÍNH", "khac": "Nhiệm vụ khác"}
    assert field_of("x", {"x": ("X", None), "y": ("Y", None)}) == "x"
    assert field_of("a", {"a": ("A", "b"), "b": ("B", "a")}) in ("a", "b")  # a circle in the headings ends


def test_what_was_sent_back_extended_or_cancelled_is_told_as_of_the_day(db: Session, world: World) -> None:
    def row(code: str) -> Occurrence:
        return db.query(Occurrence).join(Item, Item.id == Occurrence.item_id).filter(Item.code == code).one()

    sent = answer(db, row("A.1"), date(2025, 2, 12))
    at = moment(date(2025, 2, 14))
    db.add(Review(occurrence_id=sent.occurrence_id, progress_id=sent.id, verdict=Verdict.RETURNED, created_at=at))
    moved = row("A.2")
    db.add(
        Extension(
            occurrence_id=moved.id, unit_id=moved.unit_id, last_day_then=moved.last_day, wanted_day=date(2025, 6, 1),
            reason="Mưa", created_at=at, decided_at=at, granted_day=date(2025, 6, 1),
        )
    )  # fmt: skip
    moved.last_day = date(2025, 6, 1)
    row("A.5").cancelled_at = at
    db.flush()
    office = office_policy()
    report = report_for(db, world.plan, period_named("2025-Q1", office.scheme), office).report
    states = {item.code: item.state.value for item in report.items}
    assert (states["A.1"], states["A.2"]) == ("Quá hạn", "Đúng tiến độ")
    assert [(one.item, one.after) for one in report.extended] == [("A.2", date(2025, 6, 1))]
    assert not [due for item in report.items if item.code == "A.5" for due in item.dues]


def terms(today: date) -> Terms:
    return Terms(office_policy(), office_calendar(), today, Actor("thử", moment(today)))


def frozen(db: Session, world: World, period: str, today: date) -> Report:
    opened = [row for row in open_due(db, world.authority.id, terms(today)) if row.period == period]
    close(db, opened[0], terms(today))
    return opened[0]


def test_a_past_report_made_again_has_the_same_figures_to_the_byte(db: Session, world: World) -> None:
    row = frozen(db, world, "2025-Q1", date(2025, 3, 15))
    office = office_policy()
    kept = db.query(ReportFigures).filter(ReportFigures.report_id == row.id).one()
    for late in db.query(Occurrence).all():
        answer(db, late, date(2025, 4, 1))
    again = report_for(db, world.plan, period_named("2025-Q1", office.scheme), office)
    assert again.report.canonical() == kept.content
    assert row.state is ReportState.CLOSED


def test_the_period_before_and_last_year_stand_beside(db: Session, world: World) -> None:
    office = office_policy()
    half = report_for(db, world.plan, period_named("2025-6M", office.scheme), office).report
    first = report_for(db, world.plan, period_named("2025-Q1", office.scheme), office).report
    items = next(one for one in half.comparison if one.label.startswith("Nhiệm vụ của"))
    assert (items.before, items.last_year) == (first.figures["items"].value, None)
    assert plan_of_last_year(db, world.plan) is None
    old = Plan(
        authority_id=world.authority.id, code="cu-2024", title=world.plan.title.replace("2025", "2024"), year=2024,
        form="annex", imported_at=moment(date(2023, 12, 1)), reading_hash="0" * 64,
    )  # fmt: skip
    db.add(old)
    db.flush()
    half = report_for(db, world.plan, period_named("2025-6M", office.scheme), office).report
    assert half.comparison[0].last_year == 0


def test_a_period_begins_after_the_cut_off_that_was_really_used(db: Session, world: World) -> None:
    row = frozen(db, world, "2025-Q1", date(2025, 3, 15))
    row.period, row.cut_off = "2025-Q2", date(2025, 6, 10)  # closed four days early, by another policy
    db.flush()
    office = office_policy()
    third = report_for(db, world.plan, period_named("2025-Q3", office.scheme), office).report
    assert third.period.first_day == date(2025, 6, 11)


def test_a_province_gathers_its_communes_frozen_reports(db: Session, world: World) -> None:
    province = Authority(code="khanh-hoa", name="UBND tỉnh Khánh Hòa")
    silent = Authority(code="vang", name="UBND xã Vắng", superior="Ubnd TỈNH khánh hòa")
    db.add_all([province, silent])
    db.flush()
    row = frozen(db, world, "2025-Q1", date(2025, 3, 15))
    assert authority_above(db, "khanh-hoa") is province
    assert authority_above(db, "song-mai") is None
    office = office_policy()
    whole = consolidated(db, province, period_named("2025-Q1", office.scheme), office)
    assert [part.plan for part in whole.parts] == [row.plan.code]
    assert whole.absent == ("UBND xã Vắng",)
    assert whole.figures["items"].value == 13


def test_an_unknown_period_is_refused_in_one_sentence(engine: Engine) -> None:
    with pytest.raises(UnknownNameError, match="Không có kỳ báo cáo"):
        period_named("2025-Q7", office_policy().scheme)
