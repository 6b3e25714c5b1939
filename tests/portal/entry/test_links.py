"""Entering: GET shows, POST acts; links are signed, expire, can be revoked; fresh ones go to registered people."""

import logging
import re

import pytest
from sqlalchemy import select

from models import LinkRequest, Message, PortalLink, PortalSession
from models.session import transaction
from services.access.links import revoke_all, revoke_links
from tests.portal.town import Town, text_of


def test_following_a_link_changes_nothing_however_often_a_scanner_does_it(town: Town) -> None:
    link = town.link("officer")
    for _ in range(3):
        answer = town.anybody().get(link)
        assert answer.status_code == 200
        assert "Vào xem và báo cáo" in answer.text
        assert "set-cookie" not in answer.headers
    assert town.anybody().head(link).status_code == 405
    with town.read() as session:
        assert session.scalars(select(PortalSession)).all() == []
        assert session.scalars(select(PortalLink.last_used_at)).all() == [None]
    assert town.anybody().post(link).status_code == 303


def test_entering_opens_a_session_whose_cookie_no_script_reads(town: Town) -> None:
    answer = town.anybody().post(town.link("officer"), data={"den": f"/viec/{town.due['A.I.1']}"})
    cookie = answer.headers["set-cookie"].lower()
    assert answer.headers["location"] == f"/viec/{town.due['A.I.1']}"
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    with town.read() as session:
        kept = session.scalars(select(PortalSession.token_hash)).one()
    assert kept not in cookie


@pytest.mark.parametrize(
    "there",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/viec/1/../../x", ""],
)
def test_a_link_leads_to_pages_of_ours_only(town: Town, there: str) -> None:
    page = town.anybody().get(town.link("officer"), params={"den": there})
    assert 'name="den" value="/hom-nay"' in page.text
    answer = town.anybody().post(town.link("officer"), data={"den": there})
    assert answer.headers["location"] == "/hom-nay"


@pytest.mark.parametrize("there", ["/nguoi/12", "/don-vi/3", "/thu"])
def test_a_mail_leads_an_administrator_to_the_address_that_sent_mail_back(town: Town, there: str) -> None:
    assert town.anybody().post(town.link("admin"), data={"den": there}).headers["location"] == there


def test_a_leader_who_asks_for_no_page_comes_to_the_whole_picture(town: Town) -> None:
    assert town.anybody().post(town.link("leader")).headers["location"] == "/lanh-dao"
    answer = town.anybody().post(town.link("leader"), data={"den": f"/viec/{town.due['A.I.1']}"})
    assert answer.headers["location"] == f"/viec/{town.due['A.I.1']}"


@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"), lambda t: t + "x", lambda _: "abc"]
)
def test_a_link_that_was_altered_opens_nothing(town: Town, spoil: object) -> None:
    assert callable(spoil)
    token = town.link("officer").removeprefix("/vao/")
    assert town.anybody().post(f"/vao/{spoil(token)}").status_code == 404


def test_a_link_made_for_one_person_cannot_be_turned_into_anothers(town: Town) -> None:
    mine, theirs = (town.link(who).removeprefix("/vao/").split("~") for who in ("officer", "leader"))
    forged = "~".join([*theirs[:-1], mine[-1]])
    assert town.anybody().post(f"/vao/{forged}").status_code == 404


def test_an_expired_link_offers_a_fresh_one(town: Town) -> None:
    link = town.link("officer")
    town.clock.go_on(days=31)
    answer = town.anybody().get(link)
    assert answer.status_code == 410
    assert "hết hạn" in answer.text
    assert 'action="/lien-ket-moi"' in answer.text
    assert town.anybody().post(link).status_code == 410


def test_revoking_a_persons_links_ends_their_sessions_and_leaves_the_others(town: Town) -> None:
    mine, theirs = town.link("officer"), town.link("partner")
    browser = town.anybody()
    browser.post(mine)
    assert browser.get("/hom-nay").status_code == 200
    with transaction(town.site.database) as session:
        assert revoke_links(session, [town.people["officer"]], town.clock()) == 1
    assert browser.get("/hom-nay").status_code == 401
    assert town.anybody().post(mine).status_code == 410
    assert town.anybody().post(theirs).status_code == 303
    with transaction(town.site.database) as session:
        assert revoke_all(session, town.clock()) == 1
    assert town.anybody().post(theirs).status_code == 410


def test_a_session_ends_after_its_hours_and_on_leaving(town: Town) -> None:
    browser = town.enter("officer")
    assert "Đã thoát" in browser.post("/thoat", status=200).text
    assert browser.client.get("/hom-nay").status_code == 401
    browser = town.enter("officer")
    town.clock.go_on(hours=13)
    assert browser.client.get("/hom-nay").status_code == 401


def test_a_person_who_left_the_office_is_let_in_no_more(town: Town) -> None:
    link, browser = town.link("officer"), town.enter("officer")
    from models import Person

    with transaction(town.site.database) as session:
        session.get_one(Person, town.people["officer"]).active = False
    assert browser.client.get("/hom-nay").status_code == 401
    assert town.anybody().post(link).status_code == 410


def test_asking_for_a_link_answers_the_same_whether_the_address_is_known_or_not(town: Town) -> None:
    known = town.anybody().post("/lien-ket-moi", data={"thu": "Phong-VHXH@song-mai.example "})
    unknown = town.anybody().post("/lien-ket-moi", data={"thu": "ai-do@song-mai.example"})
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    with town.read() as session:
        mails = session.scalars(select(Message)).all()
    assert [mail.to_address for mail in mails] == ["phong-vhxh@song-mai.example"]
    assert [list(ids) for ids in town.delivered] == [[mails[0].id]]


def test_the_link_in_the_mail_asked_for_opens_the_door(town: Town) -> None:
    town.anybody().post("/lien-ket-moi", data={"thu": "phong-vhxh@song-mai.example"})
    with town.read() as session:
        text, _ = town.as_sent(session, session.scalars(select(Message)).one())
    link = re.search(r"http://127\.0\.0\.1:4100(/vao/\S+)", text)
    assert link
    assert town.anybody().post(link[1]).status_code == 303


def test_asking_too_often_sends_nothing_more_and_says_the_same(town: Town) -> None:
    pages = {town.anybody().post("/lien-ket-moi", data={"thu": "phong-vhxh@song-mai.example"}).text for _ in range(6)}
    assert len(pages) == 1
    with town.read() as session:
        assert len(session.scalars(select(Message)).all()) == 3
    town.clock.go_on(hours=2)
    town.anybody().post("/lien-ket-moi", data={"thu": "phong-vhxh@song-mai.example"})
    with town.read() as session:
        kinds = session.scalars(select(Message.dedupe_key).order_by(Message.id)).all()
        assert kinds == ["link:1", "link:2", "link:3", "link:4"]


def test_one_source_cannot_try_address_after_address(town: Town) -> None:
    for number in range(25):
        town.anybody().post("/lien-ket-moi", data={"thu": f"a{number}@x.example"})
    town.anybody().post("/lien-ket-moi", data={"thu": "phong-vhxh@song-mai.example"})
    with town.read() as session:
        assert session.scalars(select(Message)).all() == []
        assert "a1@x.example" not in str([row.address_hash for row in session.scalars(select(LinkRequest))])


def test_something_that_is_no_address_is_said_beside_the_field(town: Town) -> None:
    answer = town.anybody().post("/lien-ket-moi", data={"thu": "<script>"})
    assert answer.status_code == 422
    assert "&lt;script&gt;" in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_no_token_stands_in_any_log(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    link = town.link("officer")
    browser = town.anybody()
    browser.get(link)
    browser.post(link)
    browser.get("/hom-nay")
    secret = link.rsplit("~", 1)[1]
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("http")]
    assert any("/vao/{token}" in message for message in ours)
    assert not any(secret in message for message in ours)


def test_every_page_forbids_scripts_framing_and_referrers(town: Town) -> None:
    for path in (town.link("officer"), "/lien-ket-moi", "/khong-co", "/healthz", "/hom-nay"):
        headers = town.anybody().get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
    assert "<script" not in town.enter("officer").get("/hom-nay")


def test_an_encrypted_portal_gives_a_cookie_that_travels_encrypted_only(town: Town) -> None:
    from dataclasses import replace

    town.site = replace(town.site, door=replace(town.site.door, base="https://dondoc.example"))
    answer = town.anybody().post(town.link("officer"))
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-dondoc=")
    assert "Secure" in cookie


def test_the_page_behind_a_link_tells_whose_it_is(town: Town) -> None:
    assert "Trưởng PHONG_VHXH" in text_of(town.anybody().get(town.link("head")).text)
