"""The leaders' page: the same figures as everywhere, each with its list, in words as well as in pictures."""

import json
import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select, update

from deployments.cli.app import run
from models import Authority, Evidence, EvidenceUse, Message, Occurrence, Plan, Section
from models.mail import MessageKind
from models.session import transaction
from portal.leaders.charts import KEYS, bar, lines
from rules.numbers import number_words
from rules.work.states import ItemState
from services.figures.picture import picture
from services.figures.status import Asked
from services.reminders.morning import compose
from services.staff.provinces import asked_by
from tests.deployments.plan_files import set_clock
from tests.portal.api.test_api import Machine
from tests.portal.town import MORNING, TODAY, Town, text_of
from tests.scoring import stored_set


@pytest.fixture
def lived(town: Town) -> Town:
    """Sông Mai with sections, something done without proof, and a young plan."""
    with transaction(town.site.database) as session:
        plan = session.scalars(select(Plan).where(Plan.code == "song-mai-2025")).one()
        plan.issued_on = TODAY - timedelta(days=40)
        session.add(Section(plan_id=plan.id, code="A", title="Cải cách <thể chế>", position=1))
        for item in plan.items:
            item.section = "A" if item.code.startswith("A") else None
        session.get_one(Occurrence, town.due["B.1"]).done_on = TODAY - timedelta(days=1)
    return town


def test_status_mail_page_and_api_say_the_same_figures(
    lived: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    set_clock(monkeypatch, MORNING)
    assert run(["status", "--json", "--authority", "song-mai"]) == 0
    status = json.loads(capsys.readouterr().out)
    api = Machine(lived, authority="song-mai").json("figures")
    assert api == json.loads(json.dumps(status).replace("+00:00", "Z"))
    page = lived.enter("leader").get("/lanh-dao")
    shown = dict(re.findall(r'trang_thai=([a-z-]+)"><b>(\d+)</b>', page))
    assert {state.value: int(shown[key]) for state, key in KEYS.items()} == status["states"]
    compose("song-mai", TODAY)
    with transaction() as session:
        mail = session.scalars(select(Message).where(Message.kind == MessageKind.WEEKLY)).one().text
    said = dict(re.findall(r"^([^:\n]+): (\d+)$", mail, flags=re.M))
    assert {name: int(said.get(name, 0)) for name in status["states"]} == status["states"]
    assert int(said["Tổng số nhiệm vụ"]) == status["items"] == sum(status["states"].values())


def test_the_forecast_is_the_same_on_page_list_mail_and_command_line(
    lived: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with transaction(lived.site.database) as session:
        stored_set(session)
    set_clock(monkeypatch, MORNING)
    assert run(["score", "forecast", "song-mai-2025", "--date", TODAY.isoformat(), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["at_risk"] > 0
    now = f"{_number(told['total'])}/{_number(told['counted'])} điểm, còn đạt được {_number(told['reachable'])}"
    risk = f"{_number(told['at_risk'])} điểm chưa bảo đảm"
    compose("song-mai", TODAY)
    with transaction() as session:
        mail = session.scalars(select(Message).where(Message.kind == MessageKind.WEEKLY)).one()
    browser = lived.enter("leader")
    for shown in (browser.get("/lanh-dao"), browser.get("/lanh-dao/diem"), mail.html, mail.text):
        words = " ".join(re.sub(r"<[^>]+>", "", shown).split())
        assert now in words
        assert risk in words
    behind = re.findall(r'href="/nhiem-vu/\d+"><b>([^<]+)</b>', browser.get("/lanh-dao/diem"))
    assert behind == [one["item"] for one in told["items"]]
    assert f"Nhiệm vụ đang giữ điểm ({len(behind)})" in browser.get("/lanh-dao/diem")


def _number(value: float) -> str:
    return number_words(Decimal(str(value)))


def test_without_a_set_of_criteria_no_score_is_spoken_of(lived: Town) -> None:
    browser = lived.enter("leader")
    assert "Dự báo điểm" not in browser.get("/lanh-dao")
    assert "Chưa có bộ tiêu chí" in browser.get("/lanh-dao/diem")


def test_a_province_is_not_kept_waiting_for_its_communes_forecasts(lived: Town) -> None:
    with transaction(lived.site.database) as session:
        stored_set(session)
        name = session.scalars(select(Authority.name).where(Authority.code == "song-mai")).one()
        session.execute(update(Authority).where(Authority.code == "song-cau").values(superior=name.upper()))
    assert "Dự báo điểm" not in lived.enter("leader").get("/lanh-dao")


def test_each_figure_opens_a_list_of_as_many(lived: Town) -> None:
    browser = lived.enter("leader")
    page = browser.get("/lanh-dao")
    counted = re.findall(r'href="(/lanh-dao/nhiem-vu\?[^"]+)"><b>(\d+)</b>', page)
    assert len(counted) == len(ItemState)
    for address, count in counted:
        assert f"({count})</h1>" in browser.get(unescape(address))
    section = re.search(r'href="(/lanh-dao/nhiem-vu\?ke_hoach=[^"]+)">Cải cách &lt;thể chế&gt;', page)
    assert section and "(3)</h1>" in browser.get(unescape(section[1]))
    assert "(1)</h1>" in browser.get("/lanh-dao/qua-han?don_vi=PHONG_VHXH")
    assert "(0)</h1>" in browser.get("/lanh-dao/qua-han?don_vi=VAN_PHONG")
    assert "(1)</h1>" in browser.get("/lanh-dao/chua-minh-chung?don_vi=VAN_PHONG")
    browser.get("/lanh-dao/qua-han?don_vi=KHONG_CO", status=404)


def test_pictures_say_the_same_in_words_and_carry_no_script_or_style(lived: Town) -> None:
    page = lived.enter("leader").get("/lanh-dao")
    assert 'aria-label="Tất cả nhiệm vụ: quá hạn 1, sắp đến hạn 1, đúng tiến độ 2, hoàn thành 1"' in page
    assert "quá hạn từ 0 thành 1, hoàn thành từ 0 thành 1 trên 5 nhiệm vụ" in page
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", page)
    for svg in re.findall(r"<svg[^>]*>", page):
        assert "aria-label" in svg or 'aria-hidden="true"' in svg


def test_evidence_that_comes_takes_the_line_away(lived: Town) -> None:
    browser = lived.enter("leader")
    assert "1 kỳ hoàn thành chưa có tài liệu kiểm chứng" in text_of(browser.get("/lanh-dao"))
    with transaction(lived.site.database) as session:
        row = session.get_one(Occurrence, lived.due["B.1"])
        owner = row.item.plan.authority_id
        piece = Evidence(authority_id=owner, unit_id=row.unit_id, reference="1/BC", created_at=MORNING)
        session.add(piece)
        session.flush()
        session.add(EvidenceUse(evidence_id=piece.id, occurrence_id=row.id, unit_id=row.unit_id, created_at=MORNING))
    assert "chưa có tài liệu kiểm chứng" not in browser.get("/lanh-dao")


def test_units_people_do_not_see_it_and_a_link_to_one_plan_counts_that_plan_only(lived: Town) -> None:
    for who in ("officer", "head", "partner"):
        lived.enter(who).get("/lanh-dao", status=403)
    with lived.read() as session:
        other = session.scalars(select(Plan.id).where(Plan.code == "song-cau-2025")).one()
        item = session.scalars(select(Occurrence.item_id).where(Occurrence.id == lived.due["A.I.1"])).one()
    browser = lived.enter("leader", [other])
    assert "Chưa có kế hoạch nào" in browser.get("/lanh-dao")
    browser.get(f"/nhiem-vu/{item}", status=404)


def test_a_province_sees_all_its_communes_in_one_table_sorted_as_wanted(lived: Town) -> None:
    with transaction(lived.site.database) as session:
        name = session.scalars(select(Authority.name).where(Authority.code == "song-mai")).one()
        session.execute(
            update(Authority).where(Authority.code == "song-cau").values(superior=name.upper(), name="UBND phường A")
        )
    browser = lived.enter("leader")
    rows = re.findall(r'co_quan=([a-z-]+)">', browser.get("/lanh-dao"))
    assert rows == ["song-mai", "song-cau"]  # 20 % overdue before 0 %
    assert re.findall(r'co_quan=([a-z-]+)">', browser.get("/lanh-dao?xep=ten")) == ["song-mai", "song-cau"][::-1]
    assert "X.1" in browser.get("/lanh-dao/nhiem-vu?co_quan=song-cau")
    assert "Các cơ quan" not in lived.enter("stranger").client.get("/lanh-dao").text
    with lived.read() as session:
        visitor = lived.actor("leader").visitor
        assert len(asked_by(session, visitor, 7, TODAY).authorities or ()) == 2


def test_the_proof_of_an_item_tells_mails_and_answers(lived: Town) -> None:
    with lived.read() as session:
        item = session.scalars(select(Occurrence.item_id).where(Occurrence.id == lived.due["A.I.1"])).one()
    page = text_of(lived.enter("admin").get(f"/nhiem-vu/{item}"))
    assert "Chưa đến mốc nhắc nào" in page
    lived.enter("stranger").get(f"/nhiem-vu/{item}", status=403)


def test_bars_and_lines_are_as_long_as_their_counts() -> None:
    states = {ItemState.OVERDUE: 1, ItemState.DONE: 3}
    pieces = bar(states).pieces
    assert [(piece.x, piece.width) for piece in pieces] == [(0, 25), (25, 75)]
    assert [piece.width for piece in bar(states, 8).pieces] == [12.5, 37.5]
    assert bar({}).words == "chưa có gì"
    assert lines([]) is None


def test_the_page_costs_little_in_a_province_of_sixty_five(lived: Town) -> None:
    """The number of queries does not grow; the time is measured in make bench."""
    from sqlalchemy import event

    from models.session import engine_for

    seen: list[Any] = []

    def queries() -> int:
        seen.clear()
        with lived.read() as session:
            picture(session, Asked(TODAY, 7))
        return len(seen)

    engine = engine_for(lived.site.database)
    hear = lambda *given: seen.append(given[2])  # noqa: E731 - SQLAlchemy's listener
    event.listen(engine, "before_cursor_execute", hear)
    few = queries()
    from tests.world import World

    with transaction(lived.site.database) as session:
        for number in range(5):
            world = World(session, f"xa-{number}")
            for item in range(6):
                world.add_item(f"A.{item}", TODAY + timedelta(days=item - 3))
    many = queries()
    event.remove(engine, "before_cursor_execute", hear)
    assert many == few <= 24
