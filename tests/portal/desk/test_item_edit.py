"""One item edited by hand in the year: looked at first, stored as the next version, told to the units concerned."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from sqlalchemy import select

from deployments.cli.app import run
from models import AuditEvent, Item, Morning, Occurrence, Plan, PlanChange
from models.session import transaction
from rules.plan.values import ALL_UNITS
from services.audit import verify
from tests.deployments.plan_files import set_clock
from tests.portal.town import MORNING, Town, text_of

PLAN = "song-mai-2025"
FORM = f"/ke-hoach/sua?ke_hoach={PLAN}"


@pytest.fixture
def lived(town: Town) -> Town:
    """A plan that a morning has run on."""
    at = MORNING - timedelta(hours=2)
    with transaction(town.site.database) as session:
        plan = session.scalars(select(Plan).where(Plan.code == PLAN)).one()
        session.add(Morning(authority_id=plan.authority_id, day=at.date(), started_at=at, finished_at=at))
    return town


def fields(page: str) -> dict[str, str | list[str]]:
    """What the form to store sends."""
    form = page[page.index('name="buoc" value="ghi"') - 800 : page.index("Ghi thành phiên bản")]
    found: dict[str, str | list[str]] = {}
    for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form):
        if name in ("chu_tri", "phoi_hop"):
            found.setdefault(name, [])
            found[name] = [*found[name], value]
        elif name != "token":
            found[name] = unescape(value)
    found["ket_qua"] = re.findall(r'name="ket_qua" hidden aria-hidden="true">([^<]*)<', form)[0]
    return found


def typed(**changed: object) -> dict[str, object]:
    """The form of A.I.2 as it is opened, with what is typed into it."""
    asked: dict[str, object] = {"ke_hoach": PLAN, "ma": "A.I.2", "buoc": "xem", "ten": "Nhiệm vụ A.I.2"}
    return asked | {"ket_qua": "Báo cáo kết quả", "chu_tri": ["PHONG_VHXH"]} | changed


def plan_of(town: Town) -> tuple[int, dict[str, Item]]:
    with town.read() as session:
        plan = session.scalars(select(Plan).where(Plan.code == PLAN)).one()
        return plan.version, {item.code: item for item in session.scalars(select(Item).where(Item.plan_id == plan.id))}


def test_an_edit_is_looked_at_first_and_stored_as_the_next_version(lived: Town) -> None:
    browser = lived.enter("admin")
    opened = browser.get(f"{FORM}&ma=A.I.2")
    assert 'value="PHONG_VHXH" checked' in opened
    version, items = plan_of(lived)
    asked = typed(ten="Công khai <thủ tục>", tien_do="Quý IV/2026", chu_tri=["VAN_PHONG"], ket_qua="Biên bản\nBáo cáo")
    page = browser.post("/ke-hoach/sua", asked, status=200).text
    words = text_of(page)
    assert "Nhiệm vụ A.I.2 → Công khai <thủ tục>" in words
    assert "→ Quý IV/2026 (đến 31/12/2026)" in words
    assert "báo thay đổi này cho: Đơn vị VAN_PHONG; Đơn vị PHONG_VHXH" in words
    assert plan_of(lived)[0] == version, "nothing is stored before it was looked at"
    browser.post("/ke-hoach/sua", fields(page))
    after, now = plan_of(lived)
    assert after == version + 1
    assert (now["A.I.2"].title, now["A.I.2"].results) == ("Công khai <thủ tục>", ["Biên bản", "Báo cáo"])
    assert now["A.I.2"].timing.last_day == date(2026, 12, 31)
    with lived.read() as session:
        open_rows = select(Occurrence).where(Occurrence.item_id == items["A.I.2"].id, Occurrence.cancelled_at.is_(None))
        assert {row.unit.code for row in session.scalars(open_rows)} == {"VAN_PHONG"}
        assert session.scalars(select(PlanChange.version)).all() == [after] * 4
        assert verify(session) is None
    history = text_of(browser.get(f"/phien-ban?ke_hoach={PLAN}"))
    assert f"Phiên bản {after}" in history and "sửa bằng tay" in history and "Công khai <thủ tục>" in history
    stale = fields(page)
    assert "vừa được người khác thay đổi" in browser.post("/ke-hoach/sua", stale, status=422).text


def test_an_item_is_added_and_another_dropped(lived: Town) -> None:
    browser = lived.enter("admin")
    new = {"ke_hoach": PLAN, "ma": "", "buoc": "xem", "ma_moi": "A.I.9", "ten": "Số hóa hồ sơ", "ngay": "30/09/2026"}
    assert "cần có cơ quan chủ trì" in browser.post("/ke-hoach/sua", new, status=422).text
    assert (
        "đã có nhiệm vụ mã A.I.1"
        in browser.post("/ke-hoach/sua", new | {"ma_moi": "A.I.1", "chu_tri": ["VAN_PHONG"]}, status=422).text
    )
    page = browser.post("/ke-hoach/sua", new | {"chu_tri": ["VAN_PHONG"], "phoi_hop": [ALL_UNITS]}, status=200).text
    browser.post("/ke-hoach/sua", fields(page))
    item = plan_of(lived)[1]["A.I.9"]
    with lived.read() as session:
        assert session.scalars(select(Occurrence.due_on).where(Occurrence.item_id == item.id)).all() == [
            date(2026, 9, 30)
        ]
    page = browser.post("/ke-hoach/sua", typed(bo="co"), status=200).text
    assert "Bỏ khỏi kế hoạch: A.I.2" in text_of(page)
    browser.post("/ke-hoach/sua", fields(page))
    assert plan_of(lived)[1]["A.I.2"].dropped_at is not None
    browser.get(f"{FORM}&ma=A.I.2", status=404)


@pytest.mark.parametrize(
    ("changed", "words"),
    [({"ten": ""}, "không được để trống"), ({"ngay": "mai"}, "31/12/2025"), ({"chu_tri": ["KHONG_CO"]}, "KHONG_CO")],
)
def test_what_cannot_be_stored_is_said_and_what_was_typed_stays(
    lived: Town, changed: dict[str, object], words: str
) -> None:
    page = lived.enter("admin").post("/ke-hoach/sua", typed(tien_do="Quý III/2026", **changed), status=422).text
    assert words in text_of(page) and 'value="Quý III/2026"' in page
    assert plan_of(lived)[0] == 1


def test_nothing_changed_is_said_and_others_have_no_hand_in_it(lived: Town) -> None:
    with lived.read() as session:
        phrase = session.scalars(select(Item.timing_phrase).where(Item.code == "A.I.2")).first()
    page = lived.enter("admin").post("/ke-hoach/sua", typed(tien_do=phrase), status=200).text
    assert "Chưa có thay đổi nào" in page
    for who in ("leader", "officer", "stranger"):
        lived.enter(who).get(f"{FORM}&ma=A.I.2", status=403)
        lived.enter(who).post("/ke-hoach/sua", typed(), status=403)


def test_the_command_line_edits_adds_and_drops_the_same_way(
    lived: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    set_clock(monkeypatch, MORNING)
    assert run(["item", "edit", PLAN, "A.I.1", "--due", "2026-03-31", "--coordinator", "TT_PVHCC", "--yes"]) == 0
    said = capsys.readouterr().out
    assert "(đến 31/03/2026)" in said and "Đơn vị TT_PVHCC" in said
    assert run(["item", "edit", PLAN, "A.I.1", "--due", "2026-03-31", "--yes"]) == 0
    assert "Không có thay đổi" in capsys.readouterr().out
    assert (
        run(["item", "add", PLAN, "A.I.9", "--title", "Mới", "--timing", "Quý IV/2026", "--lead", "VAN_PHONG", "--yes"])
        == 0
    )
    assert run(["item", "edit", PLAN, "A.I.9", "--drop", "--yes"]) == 0
    assert plan_of(lived)[0] == 4
    assert run(["item", "edit", PLAN, "A.I.9", "--title", "x", "--yes"]) == 2
    with lived.read() as session:
        assert (
            session.scalars(select(AuditEvent.action).where(AuditEvent.action == "plan.edit")).all()
            == ["plan.edit"] * 3
        )
