"""The scoring pages in a real browser: WCAG 2.2 AA on a telephone and a desk, and a score entered by hand."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models import Plan, Score, ScoreRound
from models.scoring import ScoreDossier
from models.session import transaction
from rules.scoring.round import RoundState, ScoreState
from services.actor import Actor
from services.documents import KeptDocument, stored_document
from services.scoring.rounds import RoundDays, open_round
from tests.portal.test_accessibility import axe, front, judged
from tests.portal.town import MORNING, TODAY, Town
from tests.scoring import stored_set

pytestmark = pytest.mark.browser

__all__ = ["axe", "front"]


def scores(town: Town) -> dict[str, int]:
    """Open the round; its scores by criterion."""
    with transaction(town.site.database) as session:
        plan = session.scalars(select(Plan).where(Plan.code == "song-mai-2025")).one()
        days = RoundDays(TODAY, date(2025, 12, 15), date(2025, 12, 31))
        round_, _ = open_round(session, plan.authority, stored_set(session), plan, days, Actor("máy", MORNING))
        return {score.criterion: score.id for score in round_.scores}


def looked_at(page: Any, axe: str, name: str, folder: Path) -> list[str]:
    """What is wrong with a page as it stands, everything folded out; a picture of it is kept."""
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    problems = judged(page, axe, name)
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if over > 0:
        problems.append(f"{name} scrolls sideways by {over} px")
    page.screenshot(path=str(folder / f"{name.replace(', ', '-').replace(' ', '-')}.png"), full_page=True)
    return problems


def entered(front: tuple[Town, Any], who: str, width: int) -> Any:
    """A browser's page in which a person has entered."""
    town, browser = front
    page = browser.new_context(viewport={"width": width, "height": 800}, locale="vi-VN").new_page()
    page.goto(town.site.door.base + town.link(who))
    page.get_by_role("button").click()
    return page


@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_of_the_units_part_pass_wcag_and_fit_their_screen(
    front: tuple[Town, Any], axe: str, width: int, tmp_path: Path
) -> None:
    town, _ = front
    ids, round_id = scores(town), 1
    page, base = entered(front, "officer", width), town.site.door.base
    steps = {
        "cham-diem": lambda: page.goto(f"{base}/cham-diem"),
        "tieu-chi": lambda: page.goto(f"{base}/cham-diem/{ids['1.1']}"),
        "tieu-chi, with errors": lambda: page.get_by_role("button", name="Gửi điểm tự chấm").click(),
        "tieu-chi, a case": lambda: page.goto(f"{base}/cham-diem/{ids['1.2']}"),
        "kiem-tra": lambda: page.goto(f"{base}/dot-cham-diem/{round_id}/kiem-tra"),
        "chenh-lech, early": lambda: page.goto(f"{base}/dot-cham-diem/{round_id}/chenh-lech"),
    }
    problems = []
    for name, step in steps.items():
        step()
        problems += looked_at(page, axe, name, tmp_path)
    assert problems == []


@pytest.mark.parametrize("width", [360, 1280])
def test_opening_a_round_passes_wcag_and_fits_its_screen(
    front: tuple[Town, Any], axe: str, width: int, tmp_path: Path
) -> None:
    town, _ = front
    with transaction(town.site.database) as session:
        stored_set(session)
    page, base = entered(front, "admin", width), town.site.door.base

    def look_again(sending: str) -> None:
        page.get_by_label("Ngày gửi hồ sơ").fill(sending)
        page.get_by_role("button", name="Xem lại").click()

    steps = {
        "mo-dot": lambda: page.goto(f"{base}/dot-cham-diem/mo"),
        "mo-dot, refused": lambda: look_again("mai"),
        "mo-dot, to confirm": lambda: look_again("31/12/2025"),
        "cham-diem, opened": lambda: page.get_by_role("button", name="Mở đợt chấm điểm").click(),
        "mo-dot, nothing left": lambda: page.goto(f"{base}/dot-cham-diem/mo"),
    }  # fmt: skip
    problems = []
    for name, step in steps.items():
        step()
        problems += looked_at(page, axe, name, tmp_path)
    assert problems == []
    with town.read() as session:
        assert session.scalars(select(ScoreRound.sending_on)).one() == date(2025, 12, 31)


@pytest.mark.parametrize("width", [360, 1280])
def test_noting_how_a_dossier_went_passes_wcag_and_fits_its_screen(
    front: tuple[Town, Any], axe: str, width: int, tmp_path: Path
) -> None:
    town, _ = front
    scores(town)
    with transaction(town.site.database) as session:
        round_ = session.get_one(ScoreRound, 1)
        round_.state = RoundState.APPROVED
        document = stored_document(session, KeptDocument("a" * 64, "ho-so.zip", 9), MORNING)
        session.add(ScoreDossier(round_id=1, version=1, document=document, total=Decimal(1), manifest={},
                                 sealed_at=MORNING, sealed_by="máy"))  # fmt: skip
    page, base = entered(front, "officer", width), town.site.door.base
    page.goto(f"{base}/dot-cham-diem/1/tham-dinh")
    problems = looked_at(page, axe, "da-gui", tmp_path)
    page.get_by_label("Số, ký hiệu văn bản gửi").fill("12/TTr-UBND")
    page.get_by_label("Ngày gửi", exact=True).fill(f"{TODAY:%d/%m/%Y}")
    page.get_by_role("button", name="Ghi nhận đã gửi").click()
    problems += looked_at(page, axe, "da-gui, refused", tmp_path)
    page.get_by_label("Cách gửi").fill("Trục liên thông văn bản")
    page.get_by_role("button", name="Ghi nhận đã gửi").click()
    problems += looked_at(page, axe, "da-gui, noted", tmp_path)
    assert problems == []
    assert "Đã ghi nhận hồ sơ gửi bằng cách khác" in page.content()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_after_the_leaders_word_pass_wcag_and_fit_their_screen(
    front: tuple[Town, Any], axe: str, width: int, tmp_path: Path
) -> None:
    town, _ = front
    ids, round_id = scores(town), 1
    with transaction(town.site.database) as session:
        round_ = session.get_one(ScoreRound, round_id)
        round_.state = RoundState.VERIFIED
        for score in round_.scores:
            score.state, score.verified, score.counted = ScoreState.ACCEPTED, Decimal("0.5"), Decimal(1)
            score.remark, score.lost_because = "Thiếu trang", "content"
        round_.scores[0].question = "Ở trang nào?"
        round_.explain_until = date(2025, 12, 20)
    page, base = entered(front, "officer", width), town.site.door.base
    steps = {
        "tham-dinh": lambda: page.goto(f"{base}/dot-cham-diem/{round_id}/tham-dinh"),
        "tham-dinh, refused": lambda: page.get_by_role("button", name="Nhập kết quả từ tệp").click(),
        "tieu-chi, asked": lambda: page.goto(f"{base}/cham-diem/{ids['1.1']}"),
        "tieu-chi, refused": lambda: page.get_by_role("button", name="Gửi giải trình").click(),
        "chenh-lech": lambda: page.goto(f"{base}/dot-cham-diem/{round_id}/chenh-lech"),
        "cham-diem, verified": lambda: page.goto(f"{base}/cham-diem"),
    }
    problems = []
    for name, step in steps.items():
        step()
        problems += looked_at(page, axe, name, tmp_path)
    with transaction(town.site.database) as session:
        session.get_one(ScoreRound, round_id).state = RoundState.APPROVAL
    page = entered(front, "leader", width)
    page.goto(f"{base}/cham-diem")
    problems += looked_at(page, axe, "cham-diem, the leader", tmp_path)
    page.goto(f"{base}/dot-cham-diem/{round_id}/kiem-tra")
    problems += looked_at(page, axe, "kiem-tra, the leader", tmp_path)
    assert problems == []


def test_an_officer_enters_a_score_with_a_document(front: tuple[Town, Any]) -> None:
    town, browser = front
    ids = scores(town)
    page = browser.new_context(viewport={"width": 360, "height": 800}, locale="vi-VN").new_page()
    base = town.site.door.base
    page.goto(base + town.link("partner"))
    page.get_by_role("button").click()
    page.get_by_role("link", name="Chấm điểm").click()
    page.get_by_role("link", name="1.3 Sáng kiến").click()
    page.get_by_label("Điểm chấm").fill("2,5")
    page.get_by_label("Giải trình").fill("Áp dụng tại một bộ phận")
    page.get_by_label("Số, ký hiệu").fill("88/QĐ-UBND")
    page.get_by_label("Ngày ban hành").fill("01/10/2025")
    page.get_by_label("Trang, mục").fill("Điều 1")
    page.get_by_role("button", name="Gửi điểm tự chấm").click()
    assert "Đã ghi nhận điểm tự chấm" in page.content()
    assert "2,5/3" in page.content()
    with town.read() as session:
        assert str(session.get_one(Score, ids["1.3"]).points) == "2.5"
