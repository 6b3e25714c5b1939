"""Any two versions of a plan side by side, the older ones rebuilt from the audit trail."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Item, Plan
from rules.plan.values import Change, ItemRead
from services.errors import UnknownNameError
from services.plans.corrections import set_due, set_title
from services.plans.editing import Edit, Wish, apply_edit
from services.plans.importing import import_plan
from services.plans.queries import find_item, remove_plan
from services.plans.versions import Comparison, compare
from tests.services.readings import BY, TERMS, bring_in, due, item, request, undetermined


def plan_of(session: Session) -> Plan:
    return session.scalars(select(Plan)).one()


def by_kind(found: Comparison) -> dict[str, list[str]]:
    said = {kind.value: [one.code for one in found.of(kind)] for kind in Change if found.of(kind)}
    return {**said, "kept": [code for code, _ in found.kept]}


def fields(found: Comparison, code: str) -> dict[str, tuple[str, str]]:
    change = next(one for one in found.items if one.code == code)
    return {one.field: (one.before, one.after) for one in change.fields}


FIRST = (item("I.1", "Rà soát thủ tục"), item("I.2", "Số hóa hồ sơ"), item("I.3", "Tập huấn"), item("I.4", "Kiểm tra"))


def lived(session: Session) -> Plan:
    """Four versions: a document, a revised one, a hand edit, the first document again."""
    bring_in(session, *FIRST)
    moved, later = replace_code(FIRST[1], "I.1"), item("I.3", "Tập huấn", due(date(2026, 9, 30)))
    bring_in(session, moved, item("I.2", "Công khai kết quả"), later, FIRST[3])
    plan = plan_of(session)
    apply_edit(session, Edit(plan, find_item(session, plan, "I.4"), "I.4", Wish(title="Tự kiểm tra")), BY, TERMS)
    session.flush()
    import_plan(session, replace(request(*FIRST), overwrite_edits=True), BY, TERMS)
    return plan


def replace_code(read: ItemRead, code: str) -> ItemRead:
    return read.model_copy(update={"code": code})


def test_two_versions_say_what_was_kept_moved_changed_added_and_dropped(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        plan = lived(session)
        found = compare(session, plan, 1, 2)
        assert by_kind(found) == {
            "moved": ["I.1"], "added": ["I.2"], "changed": ["I.3"], "dropped": ["I.1"], "kept": ["I.4"],
        }  # fmt: skip
        assert [(one.old_code, one.code, one.title) for one in found.of(Change.MOVED)] == [
            ("I.2", "I.1", "Số hóa hồ sơ")
        ]
        assert found.of(Change.DROPPED)[0].title == "Rà soát thủ tục"
        before, after = fields(found, "I.3")["timing"]
        assert "30/06/2026" in before and "30/09/2026" in after
        assert found.gaps == ()


def test_versions_far_apart_are_compared_whole_and_in_either_order(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        plan = lived(session)
        assert by_kind(compare(session, plan, 1, 4)) == {"kept": ["I.1", "I.2", "I.3", "I.4"]}
        found = compare(session, plan, 3, 2)
        assert (found.older.number, found.newer.number, found.newer.document) == (2, 3, "")
        assert fields(found, "I.4") == {"title": ("Kiểm tra", "Tự kiểm tra")}
        assert by_kind(compare(session, plan, 2, 4))["returned"] == ["I.1"]
        assert compare(session, plan, 2, 4).gaps == ()


def test_what_was_settled_by_hand_belongs_to_the_version_it_was_settled_in(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        bring_in(session, item("I.1", "Rà soát", undetermined()), item("I.2", "Báo cáo"))
        plan = plan_of(session)
        set_due(session, find_item(session, plan, "I.1"), date(2026, 5, 29), BY, TERMS)
        bring_in(session, item("I.1", "Rà soát", undetermined()), item("I.2", "Báo cáo"), item("I.3", "Mới"))
        set_title(session, find_item(session, plan, "I.2"), "Báo cáo năm", BY)
        bring_in(session, item("I.1", "Rà soát", undetermined()), item("I.2", "Báo cáo"))
        assert fields(compare(session, plan, 1, 2), "I.2") == {"title": ("Báo cáo", "Báo cáo năm")}
        assert by_kind(compare(session, plan, 1, 2)) == {"added": ["I.3"], "changed": ["I.2"], "kept": ["I.1"]}
        assert by_kind(compare(session, plan, 2, 3)) == {"dropped": ["I.3"], "kept": ["I.1", "I.2"]}


def test_what_the_trail_does_not_tell_is_said_and_not_guessed(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        plan = lived(session)
        row = session.scalars(select(Item).where(Item.title == "Tập huấn")).one()
        row.timing = due(date(2026, 12, 1))
        found = compare(session, plan, 1, 2)
        assert len(found.gaps) == 1 and "I.3, tiến độ" in found.gaps[0]
        assert "30/06/2026" in fields(found, "I.3")["timing"][0]
        row.code = "X.9"
        session.flush()
        assert any("I.3: nhật ký không khớp" in gap for gap in compare(session, plan, 1, 2).gaps)


def test_a_plan_stored_anew_under_an_old_code_has_its_own_versions(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        remove_plan(session, lived(session), BY)
        bring_in(session, item("I.1", "Việc khác"))
        assert by_kind(compare(session, plan_of(session), 1, 1)) == {"kept": ["I.1"]}
        with pytest.raises(UnknownNameError, match=r"phiên bản 2\. Các phiên bản: 1\."):
            compare(session, plan_of(session), 1, 2)
