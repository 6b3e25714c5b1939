"""Nothing that is kept opens a door: no row, no file, no log, no backup; the mails that go out are as before."""

import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from models import Base, Message, MessageState, schema
from models.authority import Person
from models.mail import MessageKind
from models.session import engine_for, transaction
from notifications.digest import Rendered
from notifications.server import MailServer
from services.access.links import leading_to, link_for
from services.mail.letterhead import letterhead
from services.mail.queue import Letter, Recipient, queue
from services.mail.sender import send_outbox
from services.privacy.backup import back_up
from services.privacy.office_files import KEY, places
from services.reminders.compose import compose_messages
from services.reminders.morning import decide
from tests.portal.town import TODAY, Town
from tests.smtp_sink import SmtpSink

_KEYS = re.compile(r"[A-Za-z0-9_.~-]{40,}")
"""Whatever in a text could be a token."""


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        yield server


def server_of(sink: SmtpSink) -> MailServer:
    return MailServer(sink.host, sink.port, "dondoc@x.example", "x.example", security="none")


def kept(town: Town, home: Path, backup: Path) -> str:
    """Everything that is written down anywhere, but for the key."""
    engine = engine_for(town.site.database)
    back_up(engine, home / "documents", backup, town.clock(), office=places(town.settings))
    with zipfile.ZipFile(backup) as archive:
        parts = [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
    parts += [
        path.read_bytes().decode("utf-8", "replace") for path in home.rglob("*") if path.is_file() and path.name != KEY
    ]
    with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            parts += [str(value) for row in connection.execute(select(table)) for value in row]
    return "\n".join(parts)


def ways_in(town: Town, text: str) -> list[str]:
    """Of all that looks like a token, what opens a door: portal, confirmation, session, calendar or API."""
    admin, anybody = town.enter("admin"), town.anybody()

    def opens(key: str) -> bool:
        answers = [
            admin.client.get(f"/xac-nhan/{key}"),
            anybody.get(f"/lich/{key}.ics"),
            anybody.get(f"/ho-so/{key}"),
            town.anybody(cookies={"dondoc": key}).get("/hom-nay"),
            anybody.get("/api/v1/plans", headers={"Authorization": f"Bearer {key}"}),
        ]
        return town.anybody().post(f"/vao/{key}").status_code == 303 or any(one.status_code == 200 for one in answers)

    return [key for key in sorted(set(_KEYS.findall(text))) if opens(key)]


def busy(town: Town) -> None:
    """A morning with links, a fresh link asked for, an act that waits, a calendar and an API token."""
    decide("song-mai", TODAY)
    with transaction(town.site.database) as session:
        owner = session.get_one(Person, town.people["admin"]).authority_id
        head = letterhead(session, owner, None, "x.example", town.site.door)
        assert compose_messages(session, owner, TODAY, town.clock(), head, 14) > 0
    assert town.anybody().post("/lien-ket-moi", data={"thu": "phong-vhxh@song-mai.example"}).status_code == 200
    town.enter("admin").post(f"/nguoi/{town.people['head']}/xoa-du-lieu")
    town.enter("officer").post("/lich")


def test_nothing_that_is_kept_opens_a_door_before_and_after_sending(
    town: Town, home: Path, tmp_path: Path, sink: SmtpSink
) -> None:
    busy(town)
    assert ways_in(town, kept(town, home, tmp_path / "b.zip")) == []
    send_outbox(server_of(sink), clock=town.clock, door=town.site.door)
    assert ways_in(town, kept(town, home, tmp_path / "b.zip")) == []
    went = "\n".join(mail.text + mail.html for mail in sink.received)
    assert len(re.findall(r"/vao/\d+~\d+~", went)) > 4
    assert "~*" not in went
    opening = ways_in(town, went)
    assert len(opening) >= 4, "every link of a mail that went out opens"


def test_a_mail_goes_out_byte_for_byte_as_it_was_written(town: Town, sink: SmtpSink) -> None:
    with transaction(town.site.database) as session:
        person = session.get_one(Person, town.people["head"])
        some = link_for(session, town.site.door, person.id, [7, 3], town.clock())
        whole = leading_to(link_for(session, town.site.door, person.id, None, town.clock()), "/viec/1")
        text = f"Mở: {some}\nhoặc {whole}.\n"
        page = f'<p><a href="{some}">Mở</a> <a href="{whole}">{whole}</a></p>\n'
        letter = Letter(
            MessageKind.DIGEST,
            Recipient.of(person),
            TODAY,
            Rendered(subject="Thử", text=text, html=page),
            "<a@x.example>",
        )
        queue(session, [letter], town.clock())
    with town.read() as session:
        row = session.scalars(select(Message)).one()
        assert "/vao/1~*" in row.text and some not in row.text and whole not in row.html
    send_outbox(server_of(sink), clock=town.clock, door=town.site.door)
    assert (sink.received[0].text, sink.received[0].html) == (text, page)


def test_text_that_people_write_calls_up_nobody_elses_link(town: Town, sink: SmtpSink) -> None:
    with transaction(town.site.database) as session:
        theirs = link_for(session, town.site.door, town.people["admin"], None, town.clock())
        number = re.search(r"/vao/(\d+)~", theirs)
        assert number
        person = session.get_one(Person, town.people["head"])
        text = f"Ghi chú: /vao/{number[1]}~* /xac-nhan/1~* /ho-so/1-20260101.*\n"
        letter = Letter(
            MessageKind.DIGEST,
            Recipient.of(person),
            TODAY,
            Rendered(subject="Thử", text=text, html=text),
            "<a@x.example>",
        )
        queue(session, [letter], town.clock())
    send_outbox(server_of(sink), clock=town.clock, door=town.site.door)
    assert sink.received[0].text == text


def test_an_upgrade_takes_live_links_out_of_old_mails_and_those_that_wait_still_go_out(
    town: Town, sink: SmtpSink
) -> None:
    engine = engine_for(town.site.database)
    act = "k" * 43
    with transaction(town.site.database) as session:
        person = session.get_one(Person, town.people["head"])
        link = link_for(session, town.site.door, person.id, None, town.clock())
        letters = [
            Letter(
                kind,
                Recipient.of(person),
                TODAY,
                Rendered(subject="Thử", text="x", html="x"),
                f"<{key}@x.example>",
                key,
            )
            for kind, key in ((MessageKind.DIGEST, "w"), (MessageKind.DIGEST, "s"), (MessageKind.ACT, "a"))
        ]
        queue(session, letters, town.clock())
        text = f"Mở: {link} và https://x/xac-nhan/{act} .\n"
        session.execute(update(Message).values(text=text, html=f"<p>{text}</p>\n"))
        gone = Message.message_id != "<w@x.example>"
        session.execute(update(Message).where(gone).values(state=MessageState.SENT))
    schema.downgrade(engine, "0014")
    schema.upgrade(engine)
    with town.read() as session:
        rows = session.scalars(select(Message).order_by(Message.id)).all()
    assert [link in row.text + row.html for row in rows] == [False, False, False]
    assert [act in row.text + row.html for row in rows] == [True, True, False]
    send_outbox(server_of(sink), clock=lambda: town.clock() + timedelta(minutes=1), door=town.site.door)
    assert [mail.text for mail in sink.received] == [text]
