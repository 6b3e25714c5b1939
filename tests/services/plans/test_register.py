"""The register of assigned tasks: documents add to it, the same task is offered to be joined, undated ones settled."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Item, Occurrence, Plan
from rules.plan.values import (
    Change,
    Counts,
    DocumentKind,
    Doubt,
    ItemRead,
    Level,
    PlanHeader,
    PlanReading,
)
from rules.timing.values import Timing, TimingKind
from services.errors import StoreError, UnknownNameError
from services.plans.importing import Imported, import_plan, request_for, request_into
from services.plans.register import join_items
from services.plans.undated import Settlement, settle_undated, undated
from tests.services.readings import BY, TERMS, due, item

CODE = "so-2026"
SURVEY = "Rà soát tài khoản định danh của người dân"


def document(number: str, kind: DocumentKind, day: date, *items: ItemRead) -> PlanReading:
    head = PlanHeader(
        code="hoa-sen-2026",
        kind=kind,
        level=Level.COMMUNE,
        title=f"Văn bản {number}",
        number=number,
        issued_on=day,
        authority="UBND phường Hoa Sen",
        place="Hoa Sen",
        year=2026,
        signer="Nguyễn Văn Ký",
    )
    count = len(items)
    return PlanReading(plan=head, counts=Counts(rows=count, sections=0, numbered=count, items=count), items=items)


def asked(code: str, title: str, doubt: str = "timing.defaulted") -> ItemRead:
    kind = TimingKind.CONTINUOUS if doubt == "timing.standing" else TimingKind.UNDETERMINED
    year_end = date(2026, 12, 31) if kind is TimingKind.CONTINUOUS else None
    timing = Timing(phrase="", kind=kind, due=year_end, last_day=year_end, reason="không ghi")
    return item(code, title, timing).model_copy(update={"warnings": (Doubt(code=doubt, message="không ghi thời hạn"),)})


CONCLUSION = document(
    "12/TB-UBND", DocumentKind.CONCLUSION, date(2026, 1, 12), item("1", SURVEY), item("2", "Kiểm đếm đất tuyến đường 3")
)
DIRECTIVE = document(
    "03/CT-UBND", DocumentKind.DIRECTIVE, date(2026, 1, 20), item("1", SURVEY), item("2", "Cấp tài khoản cho công dân")
)


def add(session: Session, reading: PlanReading, *, join: bool = False) -> Imported:
    done = import_plan(session, request_into(session, reading, CODE, None, join=join), BY, TERMS)
    session.flush()
    session.expire_all()
    return done


def standing(session: Session) -> dict[str, Item]:
    rows = session.scalars(select(Item).where(Item.dropped_at.is_(None)).order_by(Item.position))
    return {row.code: row for row in rows}


def test_each_document_adds_its_tasks_and_takes_none_out(db: Session) -> None:
    add(db, CONCLUSION)
    done = add(db, DIRECTIVE)
    assert list(standing(db)) == ["TB12.1", "TB12.2", "CT03.1", "CT03.2"]
    assert len(done.diff.of(Change.ADDED)) == 2 and not done.diff.of(Change.DROPPED)
    register = db.scalars(select(Plan)).one()
    assert (register.code, register.form, register.year) == (CODE, "register", 2026)
    assert [section.code for section in register.sections] == ["TB12", "CT03"]
    given = standing(db)["TB12.1"].assigned
    assert [(one["kind"], one["number"], one["issued_on"], one["signer"], one["level"]) for one in given] == [
        ("conclusion", "12/TB-UBND", "2026-01-12", "Nguyễn Văn Ký", "commune")
    ]


def test_the_same_document_again_changes_nothing_and_a_mended_one_only_its_own(db: Session) -> None:
    add(db, CONCLUSION)
    add(db, DIRECTIVE)
    assert add(db, CONCLUSION).diff.empty
    mended = CONCLUSION.model_copy(update={"items": (item("1", SURVEY, due(date(2026, 3, 31))),)})
    done = add(db, mended)
    assert [change.code for change in done.diff.of(Change.DROPPED)] == ["TB12.2"]
    assert set(standing(db)) == {"TB12.1", "CT03.1", "CT03.2"}


def test_the_same_task_of_two_documents_is_told_and_joined_on_demand(db: Session) -> None:
    add(db, CONCLUSION)
    add(db, DIRECTIVE)
    told = standing(db)["CT03.1"]
    assert "item.same_task" in {doubt["code"] for doubt in told.warnings}
    join_items(db, told, standing(db)["TB12.1"], BY, TERMS)
    db.flush()
    db.expire_all()
    kept = standing(db)
    assert "CT03.1" not in kept
    assert [one["number"] for one in kept["TB12.1"].assigned] == ["12/TB-UBND", "03/CT-UBND"]
    assert add(db, DIRECTIVE).diff.empty and add(db, CONCLUSION).diff.empty
    assert [one["number"] for one in standing(db)["TB12.1"].assigned] == ["12/TB-UBND", "03/CT-UBND"]
    with pytest.raises(StoreError):
        join_items(db, kept["TB12.1"], kept["TB12.1"], BY, TERMS)


def test_joining_at_the_import_adds_the_document_and_no_second_task(db: Session) -> None:
    add(db, CONCLUSION)
    done = add(db, DIRECTIVE, join=True)
    assert done.joined == 1
    assert list(standing(db)) == ["TB12.1", "TB12.2", "CT03.2"]
    assert [one["number"] for one in standing(db)["TB12.1"].assigned] == ["12/TB-UBND", "03/CT-UBND"]


def test_tasks_of_other_units_are_not_the_same_task(db: Session) -> None:
    add(db, CONCLUSION)
    other = document("9/CT-UBND", DocumentKind.DIRECTIVE, date(2026, 2, 1), item("1", SURVEY, lead="VAN_PHONG"))
    add(db, other)
    assert not standing(db)["CT9.1"].warnings


def test_a_plan_is_no_register_and_a_register_no_plan(db: Session) -> None:
    import_plan(db, request_for(CONCLUSION, "ke-hoach"), BY, TERMS)
    with pytest.raises(StoreError, match="không phải sổ nhiệm vụ"):
        request_into(db, DIRECTIVE, "ke-hoach", None, join=False)
    add(db, DIRECTIVE)
    with pytest.raises(StoreError, match="--into"):
        import_plan(db, request_for(CONCLUSION, CODE), BY, TERMS)


def test_undated_tasks_are_settled_at_once(db: Session) -> None:
    reading = document(
        "1/KH-UBND",
        DocumentKind.PLAN,
        date(2026, 1, 12),
        asked("1", "Tiếp tục tuyên truyền", "timing.standing"),
        asked("2", "Ban hành Quy chế"),
        asked("3", "Xây dựng Kế hoạch"),
        item("4", "Có hạn"),
    )
    import_plan(db, request_for(reading, "ke-hoach"), BY, TERMS)
    db.flush()
    db.expire_all()
    plan = db.scalars(select(Plan)).one()
    assert [row.code for row in undated(plan)] == ["1", "2", "3"]
    assert settle_undated(db, plan, Settlement.STANDING, BY, TERMS, codes=["3"]) == ["3"]
    assert settle_undated(db, plan, Settlement.YEAR_END, BY, TERMS) == ["1", "2"]
    db.flush()
    db.expire_all()
    found = {row.code: row for row in db.scalars(select(Item))}
    assert [found[code].timing_kind for code in "123"] == [
        TimingKind.CONTINUOUS, TimingKind.DEADLINE, TimingKind.CONTINUOUS,
    ]  # fmt: skip
    assert found["2"].timing.due == date(2026, 12, 31)
    assert all("timing" in found[code].edited and not found[code].warnings for code in "123")
    with pytest.raises(UnknownNameError, match="đã có thời hạn"):
        settle_undated(db, plan, Settlement.STANDING, BY, TERMS, codes=["4"])
    assert import_plan(db, request_for(reading, "ke-hoach"), BY, TERMS).diff.empty


def test_standing_duties_do_not_press_on_the_last_day_of_the_year(db: Session) -> None:
    reading = document("1/KH-UBND", DocumentKind.PLAN, date(2026, 1, 12), asked("1", "Duy trì", "timing.standing"))
    import_plan(db, request_for(reading, "ke-hoach"), BY, TERMS)
    days = db.scalars(select(Occurrence.last_day).order_by(Occurrence.last_day)).all()
    assert len(days) > 1 and len(set(days)) == len(days)
