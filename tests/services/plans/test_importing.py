"""A reading into the tables: once, with its history, and only what changed."""

import threading
from datetime import date

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from models import AuditEvent, Authority, Item, Notice, NoticeKind, NoticeState, Occurrence, Plan, Scope, Unit
from rules.plan.values import Change, UnitRef
from rules.staff.values import StaffList
from services.errors import BadContentError, StoreError, UnknownNameError
from services.office.staff_importing import apply_staff
from services.plans.importing import ChangedMeanwhileError, import_plan, preview, request_for, with_authority_doubt
from services.staff.queries import new_authority
from tests.services.readings import AT, BY, TERMS, bring_in, due, item, reading, request, undetermined, weekly

FIRST = item("I.1", "Rà soát thủ tục hành chính")
SECOND = item("I.2", "Báo cáo cải cách hành chính", weekly(), "VAN_PHONG")
THIRD = item("I.3", "Khảo sát sự hài lòng của người dân", undetermined())


def _items(session: Session) -> dict[str, Item]:
    return {row.code: row for row in session.scalars(select(Item).order_by(Item.position))}


def _open(session: Session, code: str) -> list[Occurrence]:
    query = select(Occurrence).join(Item).where(Item.code == code, Occurrence.cancelled_at.is_(None))
    return list(session.scalars(query.order_by(Occurrence.last_day)))


def _count(session: Session, table: type[object]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_first_import_makes_authority_units_items_and_occurrences(db: Session) -> None:
    done = bring_in(db, FIRST, SECOND, THIRD)
    assert (done.version, done.diff.is_new, len(done.diff.of(Change.ADDED))) == (1, True, 3)
    assert set(done.created_units) == {"PHONG_VHXH", "VAN_PHONG"}
    assert db.scalars(select(Authority.name)).one() == "UBND phường Hoa Sen"
    assert [row.due_on for row in _open(db, "I.1")] == [date(2026, 6, 30)]
    assert len(_open(db, "I.2")) == 52 and _open(db, "I.3") == []
    assert db.scalars(select(AuditEvent.action)).all() == ["authority.create", "plan.import"]


def test_the_same_document_again_writes_nothing(db: Session) -> None:
    bring_in(db, FIRST, SECOND, THIRD)
    before = (_count(db, AuditEvent), _count(db, Occurrence), db.scalars(select(Plan.imported_at)).one())
    again = bring_in(db, FIRST, SECOND, THIRD)
    assert again.diff.empty and again.version == 1
    assert (_count(db, AuditEvent), _count(db, Occurrence), db.scalars(select(Plan.imported_at)).one()) == before


def test_a_changed_document_shows_each_field_and_applies_it(db: Session) -> None:
    bring_in(db, FIRST, SECOND)
    later = item("I.1", "Rà soát thủ tục hành chính", due(date(2026, 9, 30)), "VAN_PHONG", results=("Báo cáo",))
    new = request(later, SECOND, item("I.4", "Mở lớp tập huấn"))
    shown = preview(db, new)
    (changed,) = shown.of(Change.CHANGED)
    assert {f.field: (f.before, f.after) for f in changed.fields} == {
        "timing": ("Chậm nhất 30/06/2026 (đến 30/06/2026)", "Chậm nhất 30/09/2026 (đến 30/09/2026)"),
        "lead": ("PHONG_VHXH", "VAN_PHONG"),
        "results": ("–", "Báo cáo"),
    }
    assert [(c.code, c.title) for c in shown.of(Change.ADDED)] == [("I.4", "Mở lớp tập huấn")]
    done = import_plan(db, new, BY, TERMS, expected=shown)
    assert (done.version, done.diff.same) == (2, 1)
    assert [(row.due_on, row.unit.code) for row in _open(db, "I.1")] == [(date(2026, 9, 30), "VAN_PHONG")]


def test_a_dropped_item_keeps_its_history_and_its_open_occurrences_end(db: Session) -> None:
    bring_in(db, FIRST, SECOND)
    done = bring_in(db, FIRST)
    assert [c.code for c in done.diff.of(Change.DROPPED)] == ["I.2"]
    assert _items(db)["I.2"].dropped_at == AT
    assert _open(db, "I.2") == [] and done.synced.cancelled == 52
    rows = db.scalars(select(Occurrence).join(Item).where(Item.code == "I.2")).all()
    assert len(rows) == 52 and all(row.next_rung_on is None for row in rows)
    assert bring_in(db, FIRST).diff.empty


def test_an_item_that_comes_back_takes_its_history_up_again(db: Session) -> None:
    bring_in(db, FIRST, SECOND)
    kept = _items(db)["I.2"].id
    bring_in(db, FIRST)
    assert [c.change for c in bring_in(db, FIRST, SECOND).diff.items] == [Change.RETURNED]
    assert _items(db)["I.2"].id == kept and len(_open(db, "I.2")) == 52


def test_a_row_put_in_at_the_top_moves_the_others_and_keeps_their_occurrences(db: Session) -> None:
    bring_in(db, FIRST, SECOND, THIRD)
    before = {row.id: row.title for row in db.scalars(select(Item))}
    occurrences = set(db.scalars(select(Occurrence.id)))
    moved = [read.model_copy(update={"code": f"I.{n}"}) for n, read in enumerate((FIRST, SECOND, THIRD), 2)]
    done = bring_in(db, item("I.1", "Lập kế hoạch kiểm tra"), *moved)
    assert [(c.change, c.old_code, c.code) for c in done.diff.items] == [
        (Change.ADDED, None, "I.1"),
        (Change.MOVED, "I.1", "I.2"),
        (Change.MOVED, "I.2", "I.3"),
        (Change.MOVED, "I.3", "I.4"),
    ]
    assert {row.id: row.title for row in db.scalars(select(Item)) if row.id in before} == before
    assert occurrences <= set(db.scalars(select(Occurrence.id).where(Occurrence.cancelled_at.is_(None))))


def test_two_items_may_exchange_their_codes(db: Session) -> None:
    bring_in(db, FIRST, SECOND)
    ids = {row.title: row.id for row in db.scalars(select(Item))}
    bring_in(db, SECOND.model_copy(update={"code": "I.1"}), FIRST.model_copy(update={"code": "I.2"}))
    assert {row.title: (row.id, row.code) for row in db.scalars(select(Item))} == {
        FIRST.title: (ids[FIRST.title], "I.2"),
        SECOND.title: (ids[SECOND.title], "I.1"),
    }


def test_another_task_under_an_old_code_is_not_taken_for_the_old_one(db: Session) -> None:
    bring_in(db, FIRST, SECOND)
    done = bring_in(db, item("I.1", "Mua sắm máy tính cho bộ phận một cửa"), SECOND)
    assert [c.change for c in done.diff.items] == [Change.ADDED, Change.DROPPED]
    dropped = db.scalars(select(Item).where(Item.title == FIRST.title)).one()
    assert dropped.code.startswith("I.1~") and dropped.dropped_at == AT


def test_what_was_settled_by_hand_stays_when_the_document_changes(db: Session) -> None:
    bring_in(db, THIRD, SECOND)
    row = _items(db)["I.3"]
    row.timing, row.edited = due(date(2026, 8, 31), THIRD.timing.phrase), ["timing"]
    db.flush()
    assert bring_in(db, THIRD, SECOND).diff.empty
    reworded = item("I.3", THIRD.title, undetermined("Theo tiến độ của Sở Nội vụ"), results=("Phiếu khảo sát",))
    done = bring_in(db, reworded, SECOND)
    (changed,) = done.diff.items
    assert {f.field: f.kept for f in changed.fields} == {"timing": True, "results": False}
    row = _items(db)["I.3"]
    assert (row.timing.due, row.results, row.warnings) == (date(2026, 8, 31), ["Phiếu khảo sát"], [])
    assert bring_in(db, reworded, SECOND).diff.empty


def test_an_unknown_unit_and_an_open_set_get_no_occurrence_and_every_unit_gets_one_each(db: Session) -> None:
    every = (UnitRef(printed="Các cơ quan, đơn vị", unit="ALL"),)
    bring_in(
        db,
        FIRST,
        SECOND,
        item("I.4", "Ứng dụng công nghệ", lead=None),
        item("I.5", "Phối hợp", lead="RELATED", printed="Các cơ quan có liên quan"),
        item("I.6", "Thực hiện văn hóa công sở").model_copy(update={"lead": every}),
        item("I.7", "Theo dõi của tỉnh", lead="SO_NOI_VU", printed="Sở Nội vụ"),
    )
    scopes = {code: row.responsibilities[0].scope for code, row in _items(db).items()}
    assert (scopes["I.4"], scopes["I.5"], scopes["I.6"], scopes["I.7"]) == (
        Scope.UNKNOWN,
        Scope.RELATED,
        Scope.ALL,
        Scope.UNKNOWN,
    )
    assert [len(_open(db, code)) for code in ("I.4", "I.5", "I.6", "I.7")] == [0, 0, 2, 0]


def test_with_a_list_of_units_an_unlisted_name_is_a_doubt_and_no_new_unit(db: Session) -> None:
    authority = new_authority(db, "UBND phường Hoa Sen", BY)
    apply_staff(db, authority, StaffList.model_validate({"units": [{"name": "Văn phòng"}]}), BY)
    done = bring_in(db, FIRST, SECOND)
    assert done.created_units == () and db.scalars(select(Unit.code)).all() == ["VAN_PHONG"]
    assert _items(db)["I.1"].responsibilities[0].scope is Scope.UNKNOWN


def test_a_deadline_moved_after_it_was_done_stays_done(db: Session) -> None:
    bring_in(db, FIRST)
    _open(db, "I.1")[0].done_on = date(2026, 5, 4)
    bring_in(db, item("I.1", FIRST.title, due(date(2026, 7, 31))))
    (now,) = _open(db, "I.1")
    assert (now.due_on, now.done_on, now.next_rung_on) == (date(2026, 7, 31), date(2026, 5, 4), None)


def test_notices_of_a_dropped_item_that_are_in_no_mail_yet_are_dropped_too(db: Session) -> None:
    from models import Person, Role

    bring_in(db, FIRST, SECOND)
    occurrence = _open(db, "I.1")[0]
    person = Person(
        authority_id=db.scalars(select(Authority.id)).one(), name="A", email="a@x.example", role=Role.OFFICER
    )
    db.add(person)
    db.flush()
    db.add(
        Notice(
            about=f"o{occurrence.id}", rung="-30", item_id=occurrence.item_id, occurrence_id=occurrence.id,
            person_id=person.id, kind=NoticeKind.REMIND, audience="lead", day=AT.date(), decided_on=AT.date(),
        )
    )  # fmt: skip
    db.flush()
    bring_in(db, SECOND)
    db.expire_all()
    assert db.scalars(select(Notice.state)).one() is NoticeState.DROPPED


def test_a_code_of_another_plan_is_refused_with_a_way_out(db: Session) -> None:
    bring_in(db, FIRST, SECOND)
    with pytest.raises(StoreError, match="--code"):
        bring_in(db, item("I.1", "Trồng cây xanh"), title="Kế hoạch trồng cây năm 2026")
    assert bring_in(db, item("I.1", "Trồng cây xanh"), title="Kế hoạch trồng cây", code="KH-08").diff.is_new


def test_what_cannot_be_imported_says_why() -> None:
    with pytest.raises(BadContentError, match="nhiệm vụ nào"):
        request_for(reading())
    unknown = reading(FIRST)
    unknown = unknown.model_copy(update={"plan": unknown.plan.model_copy(update={"year": None})})
    with pytest.raises(BadContentError, match="--year"):
        request_for(unknown)
    assert request_for(unknown, "Kế hoạch 5", 2027).code == "ke-hoach-5"


def test_of_several_authorities_the_one_in_the_header_is_taken(db: Session) -> None:
    new_authority(db, "UBND xã Lúa Vàng", BY)
    ours = new_authority(db, "UBND phường Hoa Sen", BY)
    bring_in(db, FIRST)
    assert db.scalars(select(Plan.authority_id)).one() == ours.id
    stranger = reading(FIRST, code="KH-9")
    stranger = stranger.model_copy(update={"plan": stranger.plan.model_copy(update={"authority": "UBND xã Khác"})})
    with pytest.raises(UnknownNameError, match="--authority"):
        import_plan(db, request_for(stranger), BY, TERMS)


def test_a_plan_of_another_authority_is_stored_with_a_doubt(db: Session) -> None:
    bring_in(db, FIRST)
    assert with_authority_doubt(db, request(FIRST, code="KH-8")).reading.warnings == ()
    stranger = reading(FIRST, code="KH-9")
    stranger = stranger.model_copy(update={"plan": stranger.plan.model_copy(update={"authority": "UBND xã Khác"})})
    doubted = with_authority_doubt(db, request_for(stranger))
    assert [doubt.code for doubt in doubted.reading.warnings] == ["plan.other_authority"]
    new_authority(db, "ỦY BAN NHÂN DÂN XÃ KHÁC", BY)
    assert with_authority_doubt(db, request_for(stranger)).reading.warnings == ()


def test_a_code_printed_twice_is_told_apart(db: Session) -> None:
    bring_in(db, FIRST, SECOND.model_copy(update={"code": "I.1"}))
    assert set(_items(db)) == {"I.1", "I.1-2"}


def test_two_imports_at_once_make_one_plan(engine: Engine) -> None:
    versions: list[int] = []

    def work() -> None:
        with Session(engine) as session, session.begin():
            versions.append(bring_in(session, FIRST, SECOND).version)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert versions == [1, 1, 1, 1]
    with Session(engine) as session:
        assert (_count(session, Plan), _count(session, Item), _count(session, Authority)) == (1, 2, 1)


def test_a_plan_that_changed_after_it_was_shown_is_not_overwritten(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        bring_in(session, FIRST, SECOND)
    mine = request(item("I.1", FIRST.title, due(date(2026, 9, 30))), SECOND)
    with Session(engine) as session:
        shown = preview(session, mine)
    with Session(engine) as session, session.begin():
        bring_in(session, item("I.1", FIRST.title, due(date(2026, 10, 30))), SECOND)
    with pytest.raises(ChangedMeanwhileError), Session(engine) as session, session.begin():
        import_plan(session, mine, BY, TERMS, expected=shown)
