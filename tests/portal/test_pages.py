"""The other pages: filters, extensions, leave, open sets, the calendar, and what readers see."""

from datetime import date, timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select

from models import Extension, Handover, Item, Occurrence, Part, Plan, Progress, Responsibility, Scope
from models.session import transaction
from tests.portal.town import TODAY, Town, text_of


def test_the_list_is_grouped_by_how_it_presses_and_names_what_is_due(town: Town) -> None:
    page = text_of(town.enter("officer").get("/hom-nay"))
    lines = page[page.index("Lọc Quá hạn") :]
    assert lines.index("A.I.1") < lines.index("Đến hạn trong 7 ngày") < lines.index("A.I.2")
    assert "Hạn thứ Sáu 05/12/2025 – còn 4 ngày" in page
    assert "Sản phẩm: Báo cáo kết quả · Phối hợp: Đơn vị TT_PVHCC" in page
    assert "B.1" not in page
    assert "X.1" not in page


def test_a_part_under_several_leads_is_one_line_that_names_them_and_is_done_at_once(town: Town) -> None:
    with transaction(town.site.database) as session:
        first = session.get_one(Occurrence, town.due["A.I.1"])
        office = session.get_one(Occurrence, town.due["B.1"]).unit_id
        second = Occurrence(item_id=first.item_id, unit_id=office, key=first.key, kind=first.kind,
                            opens_on=first.opens_on, due_on=first.due_on, last_day=first.last_day)  # fmt: skip
        session.add(second)
        session.flush()
        both = sorted((first.id, second.id))
    partner = town.enter("partner")
    page = partner.get("/hom-nay")
    assert page.count("name=xong") == 2  # this one, and C.1
    assert "Chủ trì: Đơn vị PHONG_VHXH , Đơn vị VAN_PHONG (đơn vị mình phối hợp)" in text_of(page)
    assert all(f"href=/viec/{number}>" in page for number in both)
    partner.post("/hom-nay", {"xong": ",".join(map(str, both)), "moc": "0"})
    with town.read() as session:
        said = session.scalars(select(Progress.occurrence_id).order_by(Progress.occurrence_id)).all()
    assert list(said) == both
    assert "Đã xong phần mình" in partner.get("/hom-nay")


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("nhom=qua-han", ["A.I.1"], ["A.I.2", "C.1"]),
        ("nhom=sau", ["C.1"], ["A.I.1"]),
        ("vai_tro=coordinator", [], ["A.I.1", "A.I.2"]),
        ("vai_tro=lead", ["A.I.1", "A.I.2"], []),
        ("ke_hoach=999", [], ["A.I.1"]),
        ("phan=khac", [], ["A.I.1"]),
        ("nhom=la&vai_tro=x&ke_hoach=y&trang=-3", ["A.I.1", "C.1"], []),
    ],
)
def test_the_list_is_filtered(town: Town, query: str, shown: list[str], hidden: list[str]) -> None:
    page = text_of(town.enter("officer").get(f"/hom-nay?{query}"))
    assert [code for code in shown if code not in page] == []
    assert [code for code in hidden if f" {code} " in page] == []


def test_readers_see_every_unit_and_no_button(town: Town) -> None:
    for who in ("leader", "admin"):
        page = town.enter(who).get("/hom-nay")
        assert "B.1" in page
        assert "A.I.1" in page
        assert "name=xong" not in page
        assert "Gửi báo cáo" not in town.enter(who).get(f"/viec/{town.due['A.I.1']}")


def test_a_closed_plan_leaves_the_list(town: Town) -> None:
    from models import PlanStatus

    with transaction(town.site.database) as session:
        session.scalars(select(Plan).where(Plan.code == "song-mai-2025")).one().status = PlanStatus.CLOSED
    assert "Không có nhiệm vụ nào" in town.enter("officer").get("/hom-nay")


def test_a_long_list_is_paged_and_one_page_costs_few_queries(town: Town) -> None:
    from sqlalchemy import event

    from models.session import engine_for
    from tests.portal.crowd import crowd

    with transaction(town.site.database) as session:
        crowd(session, town.people["officer"], 150)
    browser = town.enter("officer")
    engine, statements = engine_for(town.site.database), []

    def count(*args: object) -> None:
        statements.append(str(args[2]))

    event.listen(engine, "before_cursor_execute", count)
    page = browser.get("/hom-nay")
    event.remove(engine, "before_cursor_execute", count)
    assert page.count("name=xong") == 100
    assert "Trang sau" in page
    assert len([one for one in statements if one.startswith("SELECT")]) <= 6
    assert len(page.encode()) <= 60_000
    assert browser.get("/hom-nay?trang=2").count("name=xong") == 54


def test_an_extension_is_asked_for_shown_and_withdrawn(town: Town) -> None:
    browser, path = town.enter("officer"), f"/viec/{town.due['A.I.2']}"
    page = browser.post(f"{path}/gia-han", {"wanted_day": "1/1", "reason": "Chờ <kinh phí>"}, 422).text
    assert "Chờ &lt;kinh phí&gt;" in page
    assert "Hãy ghi ngày xin gia hạn" in page
    browser.post(f"{path}/gia-han", {"wanted_day": "19/12/2025", "reason": "Chờ kinh phí"})
    assert "xin gia hạn đến 19/12/2025" in text_of(browser.get(path))
    assert "xin gia hạn đến 19/12/2025" in text_of(browser.get("/hom-nay"))
    browser.post(f"{path}/rut-gia-han")
    with town.read() as session:
        assert session.scalars(select(Extension.withdrawn_at)).one() is not None


def test_the_lead_names_whom_an_open_set_means(town: Town) -> None:
    with transaction(town.site.database) as session:
        item = session.scalars(select(Item).where(Item.code == "A.I.2")).first()
        assert item is not None
        item.responsibilities.append(
            Responsibility(part=Part.COORDINATOR, scope=Scope.RELATED, printed="Các cơ quan có liên quan", position=5)
        )
    browser, path = town.enter("officer"), f"/viec/{town.due['A.I.2']}"
    assert "Kế hoạch ghi “Các cơ quan có liên quan”" in browser.get(path)
    unit = town.actor("office").visitor.unit_id
    town.enter("office").get(path, status=404)
    browser.post(f"{path}/phoi-hop", {"unit": str(unit)})
    assert "Báo cáo phần phối hợp" in town.enter("office").get(path)


def test_leave_is_handed_over_and_ended(town: Town) -> None:
    browser = town.enter("officer")
    people = {"from": str(town.people["officer"]), "to": str(town.people["head"])}
    page = browser.post("/ban-giao", {**people, "first_day": "mai", "last_day": "5/12/2025"}, 422).text
    assert "ví dụ 31/12/2025" in page
    assert 'value="mai"' in page
    browser.post("/ban-giao", {**people, "first_day": "1/12/2025", "last_day": "5/12/2025", "reason": "Nghỉ phép"})
    assert "từ 01/12/2025 đến 05/12/2025. Nghỉ phép" in text_of(browser.get("/ban-giao"))
    with town.read() as session:
        row = session.scalars(select(Handover.id)).one()
    browser.post(f"/ban-giao/{row}/ket-thuc")
    assert "Không có." in browser.get("/ban-giao")


def feed(town: Town) -> tuple[str, Calendar]:
    browser = town.enter("officer")
    page = browser.get("/lich")
    if "/lich/" not in page or ".ics" not in page:
        browser.post("/lich")
        page = browser.get("/lich")
    address = page.split('value="http://127.0.0.1:4100')[1].split('"')[0]
    got = town.anybody().get(address)
    assert got.status_code == 200
    assert got.headers["content-type"] == "text/calendar; charset=utf-8"
    parsed = Calendar.from_ical(got.content)
    assert isinstance(parsed, Calendar)
    return address, parsed


def test_the_calendar_holds_all_day_events_that_keep_their_name_through_changes(town: Town) -> None:
    _, calendar = feed(town)
    events = {str(event["uid"]): event for event in calendar.walk("VEVENT")}
    uid = f"ky-{town.due['A.I.2']}@dondoc.local"
    assert len(events) == 4
    first = events[uid]
    assert first.decoded("dtstart") == date(2025, 12, 5)
    assert first.decoded("dtend") == date(2025, 12, 6)
    assert (first["status"], int(first["sequence"])) == ("CONFIRMED", 0)
    with transaction(town.site.database) as session:
        from models import Occurrence

        row = session.get_one(Occurrence, town.due["A.I.2"])
        row.last_day += timedelta(days=7)
    again = {str(event["uid"]): event for event in feed(town)[1].walk("VEVENT")}[uid]
    assert again.decoded("dtstart") == date(2025, 12, 12)
    assert int(again["sequence"]) == 1
    with transaction(town.site.database) as session:
        session.get_one(Occurrence, town.due["A.I.2"]).cancelled_at = town.clock()
    gone = {str(event["uid"]): event for event in feed(town)[1].walk("VEVENT")}[uid]
    assert (gone["status"], int(gone["sequence"])) == ("CANCELLED", 2)


def test_the_calendar_is_written_as_the_standard_asks(town: Town) -> None:
    address, _ = feed(town)
    raw = town.anybody().get(address).content
    assert raw.startswith(b"BEGIN:VCALENDAR\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 75
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"DTSTART;VALUE=DATE:20251205" in raw
    assert b"METHOD:PUBLISH" in raw


def test_a_calendars_address_is_revoked_and_another_units_is_not_guessed(town: Town) -> None:
    address, _ = feed(town)
    forged = address.replace("~1~", "~2~") if "~1~" in address else address.replace("1~", "2~", 1)
    assert town.anybody().get(forged).status_code == 404
    town.enter("officer").post("/lich")
    assert town.anybody().get(address).status_code == 404
    fresh, _ = feed(town)
    town.enter("head").post("/lich/thu-hoi")
    assert town.anybody().get(fresh).status_code == 404


def test_a_returned_answer_is_shown_with_what_is_asked(town: Town) -> None:
    from services.work.reviews import return_answer

    browser = town.enter("officer")
    browser.post("/hom-nay", {"xong": str(town.due["A.I.2"]), "moc": "0"})
    with transaction(town.site.database) as session:
        stored = town.answers("A.I.2")[0]
        return_answer(session, town.actor("admin"), stored.id, "Thiếu số quyết định", town.site.ladder())
    assert "bị trả lại, cần bổ sung" in browser.get("/hom-nay")
    page = text_of(browser.get(f"/viec/{town.due['A.I.2']}"))
    assert "Bị trả lại để bổ sung (Quản trị" in page
    assert "Thiếu số quyết định" in page
    browser.post(f"/viec/{town.due['A.I.2']}", {"state": "done", "seen": str(stored.id)})
    assert town.occurrence("A.I.2").done_on == TODAY


def test_a_fault_of_ours_is_a_plain_page_without_the_address_in_the_log(
    town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from portal.entry import links as entry

    def broken(*_: object) -> None:
        raise RuntimeError("hỏng")

    link = town.link("officer")
    monkeypatch.setattr(entry, "standing_of", broken)
    got = town.anybody(raise_server_exceptions=False).get(link)
    assert got.status_code == 500
    assert "Hãy thử lại" in got.text
    assert "content-security-policy" in got.headers
    assert link.rsplit("~", 1)[1] not in caplog.text
    assert "GET /vao/{token} failed" in caplog.text
