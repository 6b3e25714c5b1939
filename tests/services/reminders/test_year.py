"""A year of a real plan, day by day on a moved clock, with senders killed and five days away.

Every rung ends told exactly once or passed over; no mail is lost, none comes twice;
and what went out is what was rehearsed.
"""

import os
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models import Item, Message, MessageState, Notice, NoticeState, Occurrence, Plan
from models.session import reading, transaction
from services.mail.letterhead import letterhead
from services.mail.outbox import queue_again
from services.policy import office_policy
from services.reminders.morning import is_working_morning, sweep_of
from services.reminders.rehearsal import RehearsedMail, Stage, rehearse
from tests.ba_ngoi import import_ba_ngoi
from tests.smtp_sink import SmtpSink
from tests.world import days

ROOT = Path(__file__).parents[3]
FIRST, LAST = date(2025, 9, 1), date(2026, 2, 27)
OUTAGE = (date(2025, 12, 22), date(2025, 12, 26))


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        yield server


@pytest.fixture
def ba_ngoi(shared: Path, sqlite_url: str, tmp_path: Path) -> None:
    """The real plan of Ba Ngòi imported through the command line, with its units."""
    import_ba_ngoi(shared, tmp_path)


def live(sink: SmtpSink, span: list[date], chance: random.Random, kills: int) -> None:
    """Run the mornings of a span; kill the sender `kills` times at random moments, then go on with the same day."""
    left = list(span)
    while left:
        command = [
            sys.executable,
            "-m",
            "tests.services.reminders.morning_program",
            str(sink.port),
            *(day.isoformat() for day in left),
        ]
        with subprocess.Popen(command, cwd=ROOT, env=os.environ, stdout=subprocess.PIPE, text=True) as sender:
            assert sender.stdout is not None
            lives = chance.randint(3, 25) if kills else len(left) * 2
            for line in sender.stdout:
                if line.startswith("done"):
                    left.remove(date.fromisoformat(line.split()[1]))
                elif kills and (lives := lives - 1) <= 0 and date.fromisoformat(line.strip()).weekday() < 5:
                    pause = chance.random() * 0.04
                    subprocess.run(["sleep", f"{pause:.3f}"], check=True)
                    sender.kill()
                    kills -= 1
                    break
            sender.wait()
            assert left == [] or sender.returncode == -9, "the sender failed by itself"


def settle_unknown(sink: SmtpSink) -> int:
    """As an administrator would: look in the mailbox, and send again what never arrived."""
    arrived = {mail.message["Message-ID"] for mail in sink.received}
    with transaction() as session:
        unknown = session.execute(
            select(Message.id, Message.message_id).where(Message.state == MessageState.UNKNOWN)
        ).all()
        lost = [number for number, key in unknown if key not in arrived]
        queue_again(session.connection(), lost)
    return len(unknown)


@pytest.mark.slow
@pytest.mark.usefixtures("ba_ngoi")
def test_a_killed_year_of_ba_ngoi_tells_every_rung_exactly_once(sink: SmtpSink) -> None:
    chance = random.Random(20250829)
    away = days(*OUTAGE)
    live(sink, [day for day in days(FIRST, LAST) if day not in away], chance, kills=12)
    settle_unknown(sink)
    live(sink, [LAST + timedelta(days=3)], chance, kills=0)

    arrived = Counter(str(mail.message["Message-ID"]) for mail in sink.received)
    with reading() as session:
        queued = select(Message.message_id, Message.state).where(Message.state != MessageState.DROPPED)
        mails = dict(session.execute(queued).tuples().all())
        assert set(mails.values()) <= {MessageState.SENT, MessageState.UNKNOWN}
        assert set(arrived) == set(mails), "every mail of the outbox arrived"
        assert set(arrived.values()) == {1}, "none came twice"
        states = Counter(session.scalars(select(Notice.state)))
        assert set(states) == {NoticeState.TOLD, NoticeState.PASSED_OVER}
        twice = select(Notice.id).group_by(Notice.about, Notice.person_id, Notice.rung).having(func.count() > 1)
        assert session.scalars(twice).all() == []
        ladder = sweep_of(1, LAST).ladder
        for one in session.scalars(select(Occurrence).where(Occurrence.cancelled_at.is_(None))):
            rungs = ladder.rungs(one.opens_on, one.last_day, urge_until=one.urge_until, through=LAST, shadowed=True)
            recorded = {
                int(rung) for rung in session.scalars(select(Notice.rung).where(Notice.occurrence_id == one.id))
            }
            assert {rung.offset for rung in rungs} <= recorded, f"{one.item.code} {one.key}"


@pytest.mark.slow
@pytest.mark.usefixtures("ba_ngoi")
def test_a_quiet_year_of_ba_ngoi_is_what_was_rehearsed(sink: SmtpSink) -> None:
    with reading() as session:
        plan = session.scalars(select(Plan)).one()
        head = letterhead(session, plan.authority_id, None, "x.example")
        stage = Stage(FIRST, LAST, OUTAGE, soon_days=office_policy().summary_soon_days)
        rehearsed = rehearse(session, [plan], sweep_of(plan.authority_id, FIRST), stage, head)
    away = days(*OUTAGE)
    live(sink, [day for day in days(FIRST, LAST) if day not in away], random.Random(1), kills=0)
    assert sorted(map(as_row, rehearsed)) == sorted(really_sent())
    assert len(sink.received) == len(rehearsed) > 300
    weeks = {mail.date.isocalendar()[:2] for mail in rehearsed if mail.kind == "weekly"}
    assert weeks == {day.isocalendar()[:2] for day in days(FIRST, LAST) if is_working_morning(day) and day not in away}


def as_row(mail: RehearsedMail) -> tuple[date, str, str, str]:
    """A rehearsed mail, comparable."""
    lines = sorted(f"{line.item} {line.due} {line.rung}" for line in mail.lines)
    return mail.date, mail.to or "", mail.subject, "\n".join(lines)


def really_sent() -> list[tuple[date, str, str, str]]:
    """What the outbox says went out, comparable."""
    with reading() as session:
        rows = session.execute(
            select(Message.id, Item.code, Occurrence.due_on, Notice.rung)
            .join(Notice, Notice.message_id == Message.id)
            .join(Item, Item.id == Notice.item_id)
            .outerjoin(Occurrence, Occurrence.id == Notice.occurrence_id)
        )
        lines: dict[int, list[str]] = {}
        for number, code, due, rung in rows:
            asked = re.fullmatch(r"\d{4}-W\d\d", rung)
            lines.setdefault(number, []).append(f"{code} {due} {None if asked else rung}")
        mails = session.scalars(select(Message)).all()
        return [(mail.day, mail.to_address, mail.subject, "\n".join(sorted(lines.get(mail.id, [])))) for mail in mails]
