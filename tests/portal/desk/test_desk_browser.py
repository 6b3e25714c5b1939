"""The desk in a real browser: accessible, fitting its screen, printing on one page, and a plan brought in by hand."""

from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from sqlalchemy import select

from models import ActKind, Item, Message, MessageState, Person, Plan
from models.mail import MessageKind
from models.session import transaction
from notifications.digest import Rendered
from services.actor import Actor
from services.mail.queue import Letter, Recipient, queue
from services.plans.editing import Edit, Wish, apply_edit
from services.plans.queries import find_item
from services.policy import terms_of
from services.privacy.confirmations import ask as ask_act
from tests.deployments.plan_files import plan_file
from tests.portal.desk.test_review import ask, say
from tests.portal.test_accessibility import axe, front, judged  # noqa: F401 - fixtures
from tests.portal.town import MORNING, TODAY, Town

pytestmark = pytest.mark.browser


def entered(town: Town, browser: Any, who: str, width: int) -> Any:
    """A page in which somebody has entered by their link."""
    page = browser.new_context(viewport={"width": width, "height": 800}, locale="vi-VN").new_page()
    page.goto(town.site.door.base + town.link(who))
    page.get_by_role("main").get_by_role("button").click()
    return page


@pytest.mark.parametrize("width", [360, 1280])
def test_the_desks_pages_pass_wcag_and_fit_their_screens(
    front: tuple[Town, Any],  # noqa: F811
    axe: str,  # noqa: F811
    tmp_path: Path,
    width: int,
) -> None:
    town, browser = front
    say(town, "officer", "A.I.1", note="Đã ban hành")
    ask(town, "A.I.2", TODAY.replace(day=20))
    page, base = entered(town, browser, "admin", width), town.site.door.base
    with town.read() as session:
        item = session.scalars(select(Item.id).where(Item.code == "A.I.1")).one()
        unit_id = session.get_one(Person, town.people["head"]).unit_id
    bounce(town)
    problems: list[str] = []
    page.goto(f"{base}/ke-hoach")
    page.set_input_files("#tep", plan_file(tmp_path / "k.docx"))
    page.get_by_role("button", name="Đọc văn bản").click()
    page.get_by_role("button", name="Xác nhận kế hoạch").wait_for(timeout=40_000)
    draft = page.url.removeprefix(base)
    paths = [
        draft, "/ke-hoach", "/lanh-dao", "/lanh-dao/nhiem-vu", "/lanh-dao/qua-han", "/lanh-dao/chua-minh-chung",
        "/lanh-dao/diem",
        f"/nhiem-vu/{item}", "/ke-hoach/sua?ke_hoach=song-mai-2025&ma=A.I.1",
        "/phien-ban?ke_hoach=song-mai-2025", edited_twice(town),
        "/xem-xet", "/thu", "/don-vi", "/don-vi/them", f"/don-vi/{unit_id}", "/nguoi/them",
        f"/nguoi/{town.people['head']}", f"/nguoi/{town.people['leader']}", confirming(town),
    ]  # fmt: skip
    for path in paths:
        page.goto(base + path)
        problems += looked_at(page, axe, path, width)
    for path, button in ((f"/don-vi/{unit_id}", "Lưu"), ("/nguoi/them", "Thêm người")):
        page.goto(base + path)
        page.locator("form input[type=text]").first.fill("")
        page.get_by_role("button", name=button, exact=True).click()
        assert page.get_by_role("alert").is_visible()
        problems += looked_at(page, axe, f"{path}, with errors", width)
    page = entered(town, browser, "leader", width)
    page.goto(f"{base}/ban-giao")
    problems += looked_at(page, axe, "a leader's deputy", width)
    assert problems == []


def edited_twice(town: Town) -> str:
    """The page that compares two versions of a plan."""
    actor, terms = Actor("kiểm thử", MORNING), terms_of(TODAY)
    with transaction(town.site.database) as session:
        plan = session.scalars(select(Plan).where(Plan.code == "song-mai-2025")).one()
        first, second = (
            Edit(plan, None, f"A.IX.{number}", Wish(title="Lắp “đèn” đường", phrase="Quý IV/2026", lead=("VAN_PHONG",)))
            for number in (1, 2)
        )
        apply_edit(session, first, actor, terms)
        apply_edit(session, second, actor, terms)
        apply_edit(session, Edit(plan, find_item(session, plan, "A.IX.1"), "A.IX.1", Wish(drop=True)), actor, terms)
        return f"/phien-ban?ke_hoach={plan.code}&tu={plan.version - 2}&den={plan.version}"


def looked_at(page: Any, axe: str, name: str, width: int) -> list[str]:  # noqa: F811
    """What is wrong with a page whose folds are all open: accessibility, and width."""
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    problems = judged(page, axe, name)
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [*problems, f"{name}: {wide} px wide on a screen of {width}"] if wide > width else problems


def bounce(town: Town) -> None:
    """A mail that came back, so that the desk has something to show."""
    with transaction(town.site.database) as session:
        letter = Letter(
            MessageKind.DIGEST,
            Recipient.of(session.get_one(Person, town.people["head"])),
            TODAY,
            Rendered(subject="Nhắc", text="x", html=""),
            "<b@x>",
        )
        row = session.get_one(Message, queue(session, [letter], MORNING)[letter.message_id])
        row.state, row.attempts, row.server_code, row.server_reply = MessageState.BOUNCED, 3, 550, "no such user"


def confirming(town: Town) -> str:
    """The page of an act that waits for its second step."""
    actor = town.actor("admin")
    with transaction(town.site.database) as session:
        return f"/xac-nhan/{ask_act(session, actor, ActKind.ERASE_PERSON, town.people['head'], town.site.door).token}"


def test_the_leaders_page_prints_on_one_sheet(front: tuple[Town, Any], tmp_path: Path) -> None:  # noqa: F811
    town, browser = front
    page = entered(town, browser, "leader", 1280)
    page.goto(f"{town.site.door.base}/lanh-dao")
    page.pdf(path=str(tmp_path / "a4.pdf"), prefer_css_page_size=True)
    with pdfplumber.open(tmp_path / "a4.pdf") as printed:
        assert len(printed.pages) == 1
        assert (round(printed.pages[0].width), round(printed.pages[0].height)) == (595, 842)


def test_a_plan_is_brought_in_settled_and_confirmed_by_hand(
    front: tuple[Town, Any],  # noqa: F811
    tmp_path: Path,
) -> None:
    town, browser = front
    page, base = entered(town, browser, "admin", 1280), town.site.door.base
    page.goto(f"{base}/ke-hoach")
    page.set_input_files("#tep", plan_file(tmp_path / "k.docx"))
    page.get_by_role("button", name="Đọc văn bản").click()
    page.get_by_role("button", name="Xác nhận kế hoạch").wait_for(timeout=40_000)
    page.get_by_label("Thời hạn của 3").fill("30/09/2026")
    page.get_by_role("button", name="Lưu các điểm đã làm rõ").click()
    page.get_by_role("status").wait_for()
    page.get_by_role("button", name="Xác nhận kế hoạch").click()
    page.get_by_role("heading", name="Kế hoạch", exact=True).wait_for()
    with town.read() as session:
        plan = session.scalars(select(Plan).where(Plan.year == 2026)).one()
        row = session.scalars(select(Item).where(Item.plan_id == plan.id, Item.code == "3")).one()
        assert row.timing.due is not None and row.timing.due.isoformat() == "2026-09-30"
