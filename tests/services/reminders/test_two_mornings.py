"""The same morning run by several processes at once: one goes first, none dies, each mail goes once."""

import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from models.operations import Morning
from models.session import transaction
from services.reminders import morning as sweeping
from services.reminders.decide import Decided
from tests.smtp_sink import SmtpSink
from tests.world import World

ROOT = Path(__file__).parents[3]
FIRST = date(2025, 12, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(2)]
PROGRAM = """
import sys
from datetime import date
from tests.services.reminders.morning_program import MailServer, morning
server = MailServer("127.0.0.1", int(sys.argv[1]), "dondoc@x.example", "x.example", security="none", timeout=10)
print("ready", flush=True)
for line in sys.stdin:
    morning(date.fromisoformat(line.strip()), server)
    print("done", flush=True)
"""


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        yield server


@pytest.mark.postgres
@pytest.mark.usefixtures("postgres_url")
def test_three_processes_at_one_morning_all_come_to_its_end(sink: SmtpSink) -> None:
    with transaction() as session:
        world = World(session)
        for number in range(12):
            world.add_item(f"I.{number + 1}", FIRST + timedelta(days=number))
    command = [sys.executable, "-c", PROGRAM, str(sink.port)]
    senders = [
        subprocess.Popen(
            command, cwd=ROOT, env=os.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, bufsize=1,
        )
        for _ in range(3)
    ]  # fmt: skip
    for sender in senders:
        assert sender.stdout and sender.stdout.readline() == "ready\n"
    for day in DAYS:
        for sender in senders:
            assert sender.stdin
            sender.stdin.write(f"{day}\n")
        for sender in senders:
            assert sender.stdout and sender.stdout.readline() == "done\n", sender.communicate()[1][-2000:]
    for sender in senders:
        sender.communicate()
    assert [sender.returncode for sender in senders] == [0] * 3
    assert sink.received
    assert set(Counter(str(mail.message["Message-ID"]) for mail in sink.received).values()) == {1}
    assert set(Counter((mail.to, str(mail.subject)) for mail in sink.received).values()) == {1}


@pytest.mark.postgres
@pytest.mark.usefixtures("postgres_url")
def test_a_morning_that_begins_before_another_has_ended_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction() as session:
        World(session).add_item("I.1", FIRST)
    mark, begun, died = sweeping._mark_begun, threading.Event(), []

    def slow(session: Session, authority_id: int, today: date) -> Morning:
        row = mark(session, authority_id, today)
        begun.set()
        session.execute(text("SELECT pg_sleep(0.5)"))  # not yet committed
        return row

    def one() -> None:
        try:
            sweeping.finish(None, FIRST, Decided(), 0)
        except SQLAlchemyError as error:
            died.append(error)

    monkeypatch.setattr(sweeping, "_mark_begun", slow)
    first, second = threading.Thread(target=one), threading.Thread(target=one)
    first.start()
    assert begun.wait(30)
    second.start()
    first.join()
    second.join()
    assert died == []
