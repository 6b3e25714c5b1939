"""Answering through the real pages: done in one click, undo, evidence, conflicts, and nothing typed is lost."""

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models import AuditEvent, Evidence, EvidenceUse, NoticeState, ProgressState, StoredDocument
from models.mail import Notice
from models.session import transaction
from services import audit as trail
from tests.portal.town import TODAY, Browser, Town, text_of

PDF = b"%PDF-1.4\n% mot trang\n%%EOF\n"


def answer(browser: Browser, town: Town, code: str, status: int = 303, files: Any = None, **fields: Any) -> Any:
    """Send the answer form of an occurrence as the page would."""
    data = {"seen": "0", "state": "under_way", **fields}
    path = f"/viec/{town.due[code]}"
    if files is None:
        return browser.post(path, data, status)
    return browser.post(path, data, status, files=files)


def office_file(folder: str, *extra: str) -> bytes:
    """An Office package with the members that make it one."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name in ("[Content_Types].xml", f"{folder}/main.xml", *extra):
            package.writestr(name, "<x/>")
    return buffer.getvalue()


def test_done_in_one_click_ends_the_rungs_and_is_undone_in_one(town: Town) -> None:
    browser = town.enter("officer")
    assert town.occurrence("A.I.1").next_rung_on is not None
    sent = browser.post("/hom-nay", {"xong": str(town.due["A.I.1"]), "moc": "0"})
    row = town.occurrence("A.I.1")
    assert (row.done_on, row.next_rung_on) == (TODAY, None)
    page = browser.get(sent.headers["location"])
    assert "Đã báo hoàn thành 1 nhiệm vụ" in page
    batch = sent.headers["location"].rsplit("lan=", 1)[1]
    browser.post("/hoan-tac", {"lan": batch})
    row = town.occurrence("A.I.1")
    assert row.done_on is None
    assert row.next_rung_on is not None
    assert town.answers("A.I.1")[0].withdrawn_at is not None


def test_several_are_answered_at_once_and_undone_at_once(town: Town) -> None:
    browser = town.enter("officer")
    codes = ("A.I.1", "A.I.2", "A.I.3")
    sent = browser.post("/hom-nay", {"o": [str(town.due[code]) for code in codes], "moc": "0"})
    assert all(town.occurrence(code).done_on == TODAY for code in codes)
    browser.post("/hoan-tac", {"lan": sent.headers["location"].rsplit("lan=", 1)[1]})
    assert all(town.occurrence(code).done_on is None for code in codes)


def test_pressing_the_button_with_nothing_ticked_says_so(town: Town) -> None:
    page = town.enter("officer").post("/hom-nay", {"moc": "0"}, status=422).text
    assert "Chưa chọn nhiệm vụ nào" in page


def test_an_answer_is_stored_with_its_figure_held_against_the_target(town: Town) -> None:
    browser = town.enter("officer")
    answer(browser, town, "A.I.2", percent="60", part_0="1.234", whole_0="1.600", note="Đang rà soát")
    stored = town.answers("A.I.2")[0]
    assert (stored.state, stored.percent) == (ProgressState.UNDER_WAY, 60)
    assert stored.figures[0]["met"] is True
    page = text_of(browser.get(f"/viec/{town.due['A.I.2']}"))
    assert "1.234/1.600 → 77,1 %" in page
    assert "Đang thực hiện, 60 %" in page


def test_what_was_typed_comes_back_with_every_error(town: Town) -> None:
    browser = town.enter("officer")
    sent = answer(browser, town, "A.I.2", 422, state="cannot", percent="abc", part_0="x", place="trang <4>")
    page = sent.text
    for kept in ('value="abc"', 'value="x"', "trang &lt;4&gt;"):
        assert kept in page
    assert 'aria-describedby="goi-percent sai-percent"' in page
    assert "Hãy ghi rõ vì sao không thực hiện được" in page
    assert "Số, ký hiệu văn bản" in page or "số, ký hiệu văn bản" in page
    assert town.answers("A.I.2") == []


def test_saying_that_it_cannot_be_done_halts_the_rungs_until_a_reviewer_decides(town: Town) -> None:
    answer(town.enter("officer"), town, "A.I.2", state="cannot", note="Chưa có kinh phí")
    row = town.occurrence("A.I.2")
    assert (row.done_on, row.next_rung_on) == (None, None)
    assert row.halted_at is not None


def test_a_late_answer_is_taken_and_marked_late(town: Town) -> None:
    browser = town.enter("officer")
    answer(browser, town, "A.I.1", state="done", done_on="25/11/2025")
    stored, row = town.answers("A.I.1")[0], town.occurrence("A.I.1")
    assert stored.late
    assert row.done_on == date(2025, 11, 25)
    assert "báo cáo sau hạn" in browser.get(f"/viec/{row.id}")


def test_the_second_of_two_people_sees_what_changed_and_loses_nothing(town: Town) -> None:
    first, second = town.enter("officer"), town.enter("head")
    answer(first, town, "A.I.2", percent="30", note="Bản của cán bộ")
    page = answer(second, town, "A.I.2", 409, percent="80", note="Bản của trưởng phòng").text
    assert "Bản của cán bộ" in page
    assert "Bản của trưởng phòng" in page
    newest = town.answers("A.I.2")[0].id
    assert f'name="seen" value="{newest}"' in page
    answer(second, town, "A.I.2", percent="80", note="Bản của trưởng phòng", seen=str(newest))
    assert [row.percent for row in town.answers("A.I.2")] == [30, 80]


def test_done_at_once_leaves_alone_what_somebody_answered_meanwhile(town: Town) -> None:
    first, second = town.enter("officer"), town.enter("head")
    answer(first, town, "A.I.2", percent="30")
    page = second.post("/hom-nay", {"o": [str(town.due["A.I.2"]), str(town.due["A.I.3"])], "moc": "0"}, 409).text
    assert "A.I.2: vừa được người khác cập nhật" in page
    assert town.occurrence("A.I.2").done_on is None
    assert town.occurrence("A.I.3").done_on == TODAY


def test_undo_is_refused_after_a_day_and_after_a_newer_answer(town: Town) -> None:
    browser = town.enter("officer")
    answer(browser, town, "A.I.2", percent="30")
    first = town.answers("A.I.2")[0]
    answer(browser, town, "A.I.2", percent="40", seen=str(first.id))
    assert "cập nhật mới hơn" in browser.post("/hoan-tac", {"lan": first.batch}, status=409).text
    town.clock.go_on(hours=11)
    browser = town.enter("officer")
    town.clock.go_on(hours=11)
    browser = town.enter("officer")
    town.clock.go_on(hours=3)
    browser = town.enter("officer")
    second = town.answers("A.I.2")[1]
    assert "Đã quá một ngày" in browser.post("/hoan-tac", {"lan": second.batch}, status=409).text
    assert "Hoàn tác báo cáo" not in browser.get(f"/viec/{town.due['A.I.2']}")


def test_a_notice_that_waits_for_its_mail_is_dropped_by_an_answer(town: Town) -> None:
    from services.reminders.decide import decide_notices
    from tests.world import sweep

    with transaction(town.site.database) as session:
        decide_notices(session, sweep(town.actor("officer").visitor.authority_id, TODAY))
    answer(town.enter("officer"), town, "A.I.1", state="under_way", percent="50")
    with town.read() as session:
        states = session.scalars(select(Notice.state).where(Notice.occurrence_id == town.due["A.I.1"])).all()
    assert set(states) == {NoticeState.DROPPED, NoticeState.PASSED_OVER}


def test_a_file_given_twice_is_stored_once_and_proves_two_items(town: Town) -> None:
    browser = town.enter("officer")
    for code in ("A.I.1", "A.I.2"):
        answer(browser, town, code, state="done", files=[("files", ("Báo cáo số 12.pdf", PDF, "text/html"))])
    with town.read() as session:
        assert len(session.scalars(select(StoredDocument)).all()) == 1
        assert len(session.scalars(select(Evidence)).all()) == 1
        assert len(session.scalars(select(EvidenceUse)).all()) == 2
    stored = [path for path in town.settings.documents.rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in stored] == [PDF]


def test_a_file_is_handed_out_to_be_saved_only(town: Town) -> None:
    browser = town.enter("officer")
    answer(browser, town, "A.I.1", state="done", files=[("files", ("báo cáo.pdf", PDF, "application/pdf"))])
    with town.read() as session:
        evidence = session.scalars(select(Evidence.id)).one()
    got = browser.client.get(f"/tai-lieu/{evidence}")
    assert got.content == PDF
    assert got.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in got.headers["content-security-policy"]
    assert got.headers["x-content-type-options"] == "nosniff"
    for who in ("partner", "leader"):
        assert town.enter(who).client.get(f"/tai-lieu/{evidence}").status_code == 200
    for who in ("office", "stranger"):
        assert town.enter(who).client.get(f"/tai-lieu/{evidence}").status_code == 404
    assert town.anybody().get(f"/tai-lieu/{evidence}").status_code == 401


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("trang.pdf", b"<html><script>alert(1)</script>", "không phải là .pdf"),
        ("bai.docx", b"PK\x03\x04 not a zip", "không phải là .docx"),
        ("bang.docx", office_file("xl"), "không phải là .docx"),
        ("macro.xlsx", office_file("xl", "xl/vbaProject.bin"), "không phải là .xlsx"),
        ("anh.jpg", b"\x89PNG\r\n\x1a\n....", "không phải là .jpg"),
        ("virus.exe", b"MZ\x90", "không thuộc loại được nhận"),
        ("trang.svg", b"<svg onload='alert(1)'/>", "không thuộc loại được nhận"),
        ("khong-duoi", PDF, "không thuộc loại được nhận"),
        ("rong.pdf", b"", "rỗng"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(town: Town, name: str, content: bytes, words: str) -> None:
    sent = answer(
        town.enter("officer"), town, "A.I.1", 422, state="done", note="Nội dung còn nguyên",
        files=[("files", (name, content, "application/octet-stream"))],
    )  # fmt: skip
    assert words in sent.text
    assert "Nội dung còn nguyên" in sent.text
    assert town.answers("A.I.1") == []
    assert list(town.settings.documents.rglob("*")) == []


@pytest.mark.parametrize(
    "name",
    ["../../../../etc/passwd.pdf", "..\\..\\a.pdf", "/root/x.pdf", "a\x00b.pdf", "x" * 400 + ".pdf", "\u202efdp.pdf"],
)
def test_an_upload_cannot_leave_its_folder_whatever_its_name(town: Town, name: str) -> None:
    answer(town.enter("officer"), town, "A.I.1", state="done", files=[("files", (name, PDF, "application/pdf"))])
    with town.read() as session:
        kept = session.scalars(select(Evidence.name)).one()
    assert kept
    assert not set(kept) & set("/\\\x00\u202e")
    assert len(kept) <= 200
    assert list(town.settings.home.rglob("*.pdf")) == []


def test_a_file_over_the_limit_is_not_kept_and_the_rest_is_not_lost(town: Town) -> None:
    from dataclasses import replace

    town.site = replace(town.site, settings=town.settings.model_copy(update={"portal_file_mb": 1}))
    browser = town.enter("officer")
    big = PDF + b"x" * 1_200_000
    sent = answer(browser, town, "A.I.1", 422, state="done", note="Còn đây", files=[("files", ("to.pdf", big, ""))])
    assert "lớn hơn 1 MB" in sent.text
    assert "Còn đây" in sent.text
    assert list(town.settings.documents.rglob("*")) == []


def test_good_files_need_not_be_chosen_again_after_an_error(town: Town) -> None:
    browser = town.enter("officer")
    files = [("files", ("tot.pdf", PDF, "application/pdf"))]
    page = answer(browser, town, "A.I.1", 422, state="", files=files).text
    assert "Tệp vừa gửi, đã nhận" in page
    with town.read() as session:
        evidence = session.scalars(select(Evidence.id)).one()
        assert session.scalars(select(EvidenceUse)).all() == []
    answer(browser, town, "A.I.1", state="done", again=str(evidence))
    with town.read() as session:
        assert session.scalars(select(EvidenceUse.occurrence_id)).all() == [town.due["A.I.1"]]


def test_another_units_evidence_cannot_be_used_as_ones_own(town: Town) -> None:
    answer(town.enter("office"), town, "B.1", state="done", files=[("files", ("a.pdf", PDF, "application/pdf"))])
    with town.read() as session:
        theirs = session.scalars(select(Evidence.id)).one()
    answer(town.enter("officer"), town, "A.I.1", state="done", again=str(theirs))
    with town.read() as session:
        assert session.scalars(select(EvidenceUse.occurrence_id)).all() == [town.due["B.1"]]


def test_a_document_is_named_by_number_date_body_and_place(town: Town) -> None:
    browser = town.enter("officer")
    answer(
        browser, town, "A.I.1", state="done", reference="12/BC-UBND", issued_on="30/11/2025",
        issued_by="UBND phường", place="trang 4", url="https://phuong.example/vb/12",
    )  # fmt: skip
    page = text_of(browser.get(f"/viec/{town.due['A.I.1']}"))
    assert "số 12/BC-UBND ngày 30/11/2025 của UBND phường, trang 4" in page
    refused = answer(browser, town, "A.I.2", 422, state="done", url="javascript:alert(1)").text
    assert "Liên kết phải bắt đầu bằng" in refused
    assert 'href="javascript' not in refused


def test_evidence_can_be_taken_away_by_its_own_unit(town: Town) -> None:
    browser = town.enter("officer")
    answer(browser, town, "A.I.1", state="done", files=[("files", ("a.pdf", PDF, "application/pdf"))])
    with town.read() as session:
        use = session.scalars(select(EvidenceUse.id)).one()
    town.enter("partner").post(f"/tai-lieu/{use}/go", status=403)
    town.enter("stranger").post(f"/tai-lieu/{use}/go", status=404)
    browser.post(f"/tai-lieu/{use}/go")
    assert "đã nộp (0)" in browser.get(f"/viec/{town.due['A.I.1']}")


def test_text_of_others_is_escaped_everywhere(town: Town) -> None:
    browser = town.enter("officer")
    evil = "<script>alert('x')</script><img src=x onerror=alert(1)>"
    answer(browser, town, "A.I.1", percent="10", note=evil, files=[("files", ("<img src=x>.pdf", PDF, ""))])
    for who, path in (("officer", "/hom-nay"), ("partner", f"/viec/{town.due['A.I.1']}"), ("leader", "/hom-nay")):
        page = town.enter(who).get(path)
        assert "<script>" not in page
        assert "<img" not in page
        assert "<b>quý</b>" not in page


def test_the_coordinator_answers_its_part_and_the_lead_signs_the_whole(town: Town) -> None:
    partner, officer = town.enter("partner"), town.enter("officer")
    answer(partner, town, "A.I.1", state="done", note="Đã cung cấp số liệu một cửa")
    assert town.occurrence("A.I.1").done_on is None
    assert "Đã cung cấp số liệu một cửa" in officer.get(f"/viec/{town.due['A.I.1']}")
    assert "Đã xong phần mình" in partner.get("/hom-nay")
    answer(officer, town, "A.I.1", state="done")
    part, whole = town.answers("A.I.1")
    assert whole.covers == [part.id]
    assert town.occurrence("A.I.1").done_on == TODAY


def test_an_answer_in_a_session_that_ran_out_is_kept_for_its_person(town: Town) -> None:
    browser = town.enter("officer")
    token = browser.token()
    path = f"/viec/{town.due['A.I.2']}"
    town.clock.go_on(hours=13)
    fields = {"khoa": token, "seen": "0", "state": "under_way", "percent": "35", "note": "Gõ dở lúc trưa"}
    sent = browser.client.post(path, data=fields)
    assert sent.status_code == 401
    assert "đã được giữ lại" in sent.text
    assert town.answers("A.I.2") == []
    again = town.enter("officer")
    page = again.get(path)
    assert "Gõ dở lúc trưa" in page
    assert 'value="35"' in page
    assert "chưa gửi" in page
    assert "Gõ dở" not in town.enter("head").get(path)
    answer(again, town, "A.I.2", percent="35", note="Gõ dở lúc trưa")
    assert "chưa gửi" not in again.get(path)


def test_without_any_session_what_was_typed_is_shown_to_be_copied(town: Town) -> None:
    sent = town.anybody().post(f"/viec/{town.due['A.I.2']}", data={"note": "Tôi đã gõ <dài>", "state": "done"})
    assert sent.status_code == 401
    assert "Tôi đã gõ &lt;dài&gt;" in sent.text


def test_a_form_of_an_earlier_session_is_shown_again_with_what_was_typed(town: Town) -> None:
    old = town.enter("officer").token()
    browser = town.enter("officer")
    path = f"/viec/{town.due['A.I.2']}"
    sent = browser.client.post(path, data={"khoa": old, "seen": "0", "state": "done", "note": "Thẻ cũ"})
    assert sent.status_code == 403
    assert "Thẻ cũ" in sent.text
    assert town.answers("A.I.2") == []


def test_every_change_is_audited_with_the_link_and_the_chain_holds(town: Town) -> None:
    browser = town.enter("officer")
    answer(browser, town, "A.I.2", percent="30", note="Một")
    browser.post("/hoan-tac", {"lan": town.answers("A.I.2")[0].batch})
    with town.read() as session:
        rows = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
        assert trail.verify(session) is None
    actions = [row.action for row in rows]
    assert actions == ["portal.enter", "answer", "answer.undo"]
    told = rows[1]
    assert told.actor == "Đơn vị PHONG_VHXH <phong-vhxh@song-mai.example>"
    assert told.subject == "item song-mai-2025 A.I.2"
    assert told.before == {"progress": None}
    assert told.after is not None
    assert (told.after["state"], told.after["note"]) == ("under_way", "Một")
    assert told.after["link"] is not None


def test_the_history_tells_who_said_what_and_which_mails_went_out(town: Town, tmp_path: Path) -> None:
    from services.mail.letterhead import letterhead
    from services.reminders.compose import compose_messages
    from services.reminders.decide import decide_notices
    from tests.world import sweep

    with transaction(town.site.database) as session:
        authority = town.actor("officer").visitor.authority_id
        decide_notices(session, sweep(authority, TODAY))
        compose_messages(session, authority, TODAY, town.clock(), letterhead(session, authority, None, "x.example"))
    browser = town.enter("officer")
    answer(browser, town, "A.I.1", percent="30", note="Một", files=[("files", ("a.pdf", PDF, ""))])
    page = text_of(browser.get(f"/viec/{town.due['A.I.1']}"))
    assert "Quá hạn 3 ngày: gửi thư tới Đơn vị PHONG_VHXH" in page
    assert "Báo cáo quá hạn 3 ngày tới Trưởng PHONG_VHXH" in page
    assert "Kèm 1 tài liệu kiểm chứng. Một" in page


def test_the_next_digest_leaves_out_what_was_answered(town: Town) -> None:
    from models import Message
    from services.mail.letterhead import letterhead
    from services.reminders.compose import compose_messages
    from services.reminders.decide import decide_notices
    from tests.world import sweep

    answer(town.enter("officer"), town, "A.I.1", state="done")
    with transaction(town.site.database) as session:
        authority = town.actor("officer").visitor.authority_id
        head = letterhead(session, authority, None, "x.example", town.site.door)
        decide_notices(session, sweep(authority, TODAY))
        compose_messages(session, authority, TODAY, town.clock(), head)
        mails = {mail.to_address: mail.text for mail in session.scalars(select(Message))}
    mine = mails["phong-vhxh@song-mai.example"]
    assert "[A.I.1]" not in mine
    assert "[A.I.2]" in mine
    assert f"den=/viec/{town.due['A.I.2']}" in mine


def test_where_the_office_wants_proof_nothing_is_done_without_it(town: Town) -> None:
    town.settings.own_policy.write_text("[evidence]\nrequired = true\ncomplete_references = true\n", encoding="utf-8")
    browser = town.enter("officer")
    key = town.due["A.I.1"]
    refused = browser.post(f"/viec/{key}", {"state": "done", "seen": "0", "done_on": ""}, status=422).text
    assert "phải kèm tài liệu kiểm chứng" in refused
    at_once = browser.post("/hom-nay", {"xong": str(key), "moc": "99999"}, status=409).text
    assert "cần kèm tài liệu kiểm chứng" in at_once
    partly = browser.post(f"/viec/{key}", {"state": "done", "seen": "0", "reference": "12/BC-UBND"}, status=422).text
    assert "phải ghi ngày" in partly and "phải ghi trang hoặc mục" in partly
    assert town.answers("A.I.1") == []
    named = {"reference": "12/BC-UBND", "issued_on": "28/11/2025", "place": "trang 2"}
    browser.post(f"/viec/{key}", {"state": "done", "seen": "0", **named})
    assert town.occurrence("A.I.1").done_on is not None
