"""The one way into the outbox, on both databases."""

import ast
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Message, MessageAttachment, StoredDocument
from models.mail import MessageKind
from notifications.digest import Rendered
from services.mail.queue import Attachment, Letter, Recipient, queue
from tests.world import World

AT = datetime(2025, 12, 1, 1, tzinfo=UTC)
DAY = date(2025, 12, 1)
MAIL = Rendered(subject="Nhắc việc", text="chữ", html="<p>chữ</p>")
HOUSE = Path(__file__).parents[3]


def letter(to: Recipient, message_id: str, kind: MessageKind = MessageKind.REPORT_ASK, key: str = "1/0") -> Letter:
    return Letter(kind, to, DAY, MAIL, message_id, key)


def test_a_person_gets_one_mail_of_a_kind_key_and_day(db: Session) -> None:
    to = Recipient.of(World(db).leader)
    first = queue(db, [letter(to, "<1@x>")], AT)
    assert queue(db, [letter(to, "<2@x>")], AT) == {}
    others = [letter(to, "<3@x>", key="2/0"), letter(to, "<4@x>", MessageKind.REPORT_APPROVE)]
    assert list(queue(db, others, AT)) == ["<3@x>", "<4@x>"]
    rows = db.scalars(select(Message).order_by(Message.id)).all()
    assert [row.dedupe_key for row in rows] == ["report_ask:1/0", "report_ask:2/0", "report_approve:1/0"]
    assert rows[0].id == first["<1@x>"]


def test_an_address_outside_the_list_gets_every_mail(db: Session) -> None:
    to = Recipient(World(db).authority.id, "so-noi-vu@x.example", "Sở Nội vụ")
    assert len(queue(db, [letter(to, f"<{number}@x>") for number in range(3)], AT)) == 3


def test_files_go_with_the_mails_that_are_new(db: Session) -> None:
    to = Recipient.of(World(db).leader)
    document = StoredDocument(sha256="0" * 64, name="a.pdf", size=1, stored_at=AT)
    db.add(document)
    db.flush()
    for key in ("<1@x>", "<2@x>"):
        file = Attachment(document.id, "bao-cao.pdf", "application/pdf")
        queue(db, [Letter(MessageKind.REPORT_APPROVE, to, DAY, MAIL, key, attachments=(file,))], AT)
    assert [row.name for row in db.scalars(select(MessageAttachment))] == ["bao-cao.pdf"]


def test_nobody_else_writes_into_the_outbox() -> None:
    writers = {
        str(path.relative_to(HOUSE))
        for room in ("services", "portal", "tasks", "flows", "deployments")
        for path in (HOUSE / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and (ast.unparse(node.func) == "Message" or (ast.unparse(node.func).endswith("insert") and node.args
             and ast.unparse(node.args[0]) in ("Message", "_MESSAGE", "_mail")))
    }  # fmt: skip
    assert writers == {"services/mail/queue.py"}
