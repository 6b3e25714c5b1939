"""An item's picture on a day: the state, one sentence, and a page with what was told and answered."""

from datetime import date

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models import Progress, ProgressState
from models.session import engine_for
from services.figures.item_page import artifact_key, look, page_of
from tasks.item import final_state
from tests.world import MOMENT, World

DUE = date(2025, 12, 31)


@pytest.fixture
def world(sqlite_url: str) -> World:
    return World(Session(engine_for(sqlite_url), expire_on_commit=False))


@pytest.mark.parametrize(
    ("day", "name", "kind", "sentence"),
    [
        (date(2025, 11, 3), "Đúng tiến độ", "COMPLETED", "nhắc trước 58 ngày"),
        (date(2025, 12, 29), "Sắp đến hạn", "COMPLETED", "nhắc trước 2 ngày"),
        (date(2026, 1, 5), "Quá hạn", "FAILED", "quá hạn 5 ngày"),
    ],
)
def test_an_open_item_has_the_state_of_its_day(world: World, day: date, name: str, kind: str, sentence: str) -> None:
    world.add_item("A.1", DUE)
    world.session.commit()
    shown = page_of(world.plan.code, "A.1", day)
    state = final_state(shown)
    assert (state.name, state.type.value) == (name, kind)
    assert state.message is not None and "Đơn vị PHONG_VHXH: hạn thứ Tư 31/12/2025" in state.message
    assert sentence in state.message
    assert "| Lời nhắc đã ghi | 0 (đã vào thư 0, chờ gửi 0) |" in shown.page


@pytest.mark.parametrize(("done", "name"), [(date(2025, 12, 31), "Hoàn thành"), (date(2026, 1, 2), "Hoàn thành muộn")])
def test_a_done_item_says_when(world: World, done: date, name: str) -> None:
    occurrence = world.add_item("A.1", DUE)
    assert occurrence is not None
    occurrence.done_on = done
    world.session.commit()
    shown = page_of(world.plan.code, "A.1", date(2026, 1, 5))
    assert (shown.state.value, shown.message) == (name, f"Hoàn thành ngày {done:%d/%m/%Y}.")
    assert "| Mốc nhắc kế tiếp | không còn |" in shown.page


def test_an_item_without_a_date_waits_for_one(world: World) -> None:
    world.add_item("A.1", None)
    world.session.commit()
    state = final_state(page_of(world.plan.code, "A.1", DUE))
    assert (state.name, state.type.value) == ("Chờ xác định thời hạn", "CANCELLED")
    assert state.message == "Kế hoạch ghi “Theo quy định”: cần người quản trị nhập thời hạn."


def test_the_units_answer_stands_on_the_page(world: World) -> None:
    occurrence = world.add_item("A.1", DUE)
    assert occurrence is not None
    answer = {"occurrence_id": occurrence.id, "unit_id": occurrence.unit_id, "created_at": MOMENT}
    world.session.add(Progress(**answer, state=ProgressState.NOT_STARTED))
    world.session.flush()
    world.session.add(Progress(**answer, state=ProgressState.UNDER_WAY, percent=60))
    world.session.commit()
    page = page_of(world.plan.code, "A.1", date(2025, 12, 1)).page
    assert "| đang thực hiện 60% |" in page
    assert "thứ Tư 17/12/2025: nhắc trước 14 ngày" in page


def test_an_item_that_is_gone_is_not_looked_at(world: World) -> None:
    world.add_item("A.1", DUE)
    world.plan.items[0].dropped_at = MOMENT
    world.session.commit()
    assert look(world.plan.code, "A.1") is None
    assert look(world.plan.code, "A.2") is None
    with pytest.raises(LookupError):
        page_of(world.plan.code, "A.2", DUE)


@pytest.mark.parametrize(
    ("plan", "code", "key"),
    [
        ("187/KH-UBND-2025", "A.IV.3", "187-kh-ubnd-2025-a-iv-3"),
        ("Kế hoạch", "Đ.1", "ke-hoach-d-1"),
        ("", "!", "nhiem-vu"),
    ],
)
def test_artifact_keys_are_what_prefect_takes(plan: str, code: str, key: str) -> None:
    assert artifact_key(plan, code) == key


def test_the_overview_is_the_same_on_both_databases(engine: Engine) -> None:
    from services.figures.items import active_items, overview_of, overviews

    with Session(engine, expire_on_commit=False) as session:
        world = World(session)
        world.add_item("A.1", DUE, coordinators=("VAN_PHONG",))
        world.add_item("A.2", None)
        session.flush()
        first, second = overviews(session, active_items(session, world.plan.code))
        assert (first.code, first.leads, first.coordinators) == ("A.1", ["Đơn vị PHONG_VHXH"], ["Đơn vị VAN_PHONG"])
        assert (first.units, first.dues[0].last_day, first.needs_date) == (["PHONG_VHXH"], DUE, False)
        assert (second.dues, second.needs_date) == ([], True)
        assert overview_of(session, world.plan.code, "A.9") is None
