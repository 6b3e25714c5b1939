"""People at the command line."""

from datetime import date, datetime
from typing import Any

import click
from sqlalchemy.orm import Session

from config.settings import load_settings
from models.answer import Handover
from models.authority import Authority, Person, Role
from models.mail import MAIL_WORDS, Message, MessageKind
from notifications.messages import TestMail, render_test_mail
from notifications.mime import new_message_id
from rules.staff.form import read_person
from rules.staff.values import PersonEntry
from services.mail.bounces import bounced_of
from services.mail.queue import Letter, Recipient, queue
from services.staff.leave import away_on
from services.staff.queries import focal_contact, people_of


def person_entry(fields: dict[str, str]) -> PersonEntry:
    """A person as options give them. Raises UsageError with the first problem."""
    entry, problems = read_person(fields)
    if entry is None:
        raise click.UsageError(problems[0].message)
    return entry


def person_rows(session: Session, owner: Authority, day: date, everybody: bool) -> list[dict[str, Any]]:
    """The people of an authority, those with bounced mail first."""
    people = people_of(session, owner.id, everybody=everybody)
    bounced = bounced_of(session, [person.id for person in people])
    away = away_on(session, owner.id, day)
    rows = [_row(person, bounced.get(person.id), away.get(person.id)) for person in people]
    return sorted(rows, key=lambda row: row["bounced"] is None)


def _row(person: Person, bounced: Message | None, away: Handover | None) -> dict[str, Any]:
    notes = []
    if bounced is not None:
        said = f": {bounced.server_code or ''} {bounced.server_reply or ''}".rstrip(" :")
        notes.append(
            f"thư ngày {bounced.day:%d/%m/%Y} {MAIL_WORDS[bounced.state]} sau {bounced.attempts} lần gửi{said}"
        )
    if away is not None:
        what = "thay mặt" if person.role is Role.LEADER else "nhận thay"
        notes.append(f"vắng đến {away.last_day:%d/%m/%Y}, {away.to_person.name} {what}")
    if not person.active:
        notes.append("đã ngừng")
    return {
        "name": person.name,
        "email": person.email,
        "role": person.role.value,
        "unit": person.unit.name if person.unit else None,
        "mailbox": person.is_mailbox,
        "active": person.active,
        "bounced": bounced.day.isoformat() if bounced else None,
        "notes": notes,
    }


def queue_test(session: Session, person: Person, day: date, at: datetime) -> list[int]:
    """Queue a test mail, one a day. Returns its id."""
    settings = load_settings()
    name, _, mailbox = focal_contact(session, person.authority_id)
    mail = render_test_mail(TestMail(authority_name=name, today=day, server=settings.smtp_host, contact=mailbox or ""))
    key = new_message_id(settings.mail_domain)
    return list(queue(session, [Letter(MessageKind.TEST, Recipient.of(person), day, mail, key)], at).values())
