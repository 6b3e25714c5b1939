"""Claim, then send: each mail once, whatever refuses, breaks or is killed."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from models import Authority, Message, MessageState
from models.session import reading, transaction
from notifications.mailer import Mailer, MailServer, OutgoingMail, Receipt
from services.mail import outbox as box
from services.mail.sender import send_outbox
from tests.smtp_sink import DROP, SmtpSink

NOW = datetime(2025, 12, 1, 0, 30, tzinfo=UTC)


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        yield server


def server_of(sink: SmtpSink) -> MailServer:
    return MailServer(
        host=sink.host, port=sink.port, mail_from="dondoc@x.example", domain="x.example", security="none", timeout=5
    )


def queue(count: int) -> list[int]:
    with transaction() as session:
        authority = Authority(code="song-mai", name="UBND phường Sông Mai")
        session.add(authority)
        session.flush()
        mails = [
            Message(
                authority_id=authority.id,
                kind="digest",
                day=date(2025, 12, 1),
                to_address=f"unit{number}@x.example",
                to_name=f"Đơn vị {number}",
                subject=f"Nhắc việc {number}",
                text="Nội dung",
                html="<p>Nội dung</p>",
                message_id=f"<m{number}@x.example>",
                created_at=NOW,
            )
            for number in range(count)
        ]
        session.add_all(mails)
        session.flush()
        return [mail.id for mail in mails]


def states() -> list[MessageState]:
    with reading() as session:
        return list(session.scalars(select(Message.state).order_by(Message.id)))


@pytest.mark.usefixtures("database_url")
def test_what_is_queued_is_sent_once(sink: SmtpSink) -> None:
    queue(3)
    assert send_outbox(server_of(sink)).counts == {MessageState.SENT: 3}
    assert send_outbox(server_of(sink)).counts == {}
    assert [mail.to for mail in sink.received] == [f"unit{n}@x.example" for n in range(3)]
    assert states() == [MessageState.SENT] * 3


@pytest.mark.usefixtures("database_url")
def test_four_senders_at_once_send_each_mail_once(sink: SmtpSink) -> None:
    queue(20)
    threads = [threading.Thread(target=send_outbox, args=(server_of(sink),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(Counter(mail.to for mail in sink.received).values()) == {1}
    assert states() == [MessageState.SENT] * 20


@pytest.mark.usefixtures("sqlite_url")
def test_a_recipient_put_off_is_tried_again_later_with_the_same_message_id(sink: SmtpSink) -> None:
    queue(1)
    sink.script("rcpt", "451 4.2.0 try later")
    send_outbox(server_of(sink), clock=lambda: NOW)
    assert states() == [MessageState.RETRY]
    assert send_outbox(server_of(sink), clock=lambda: NOW + timedelta(minutes=4)).counts == {}
    send_outbox(server_of(sink), clock=lambda: NOW + timedelta(minutes=6))
    assert states() == [MessageState.SENT]
    assert [mail.message["Message-ID"] for mail in sink.received] == ["<m0@x.example>"]


@pytest.mark.usefixtures("sqlite_url")
def test_a_refused_recipient_bounces_and_the_others_are_sent(sink: SmtpSink) -> None:
    queue(3)
    sink.script("rcpt", "550 5.1.1 unknown", to="unit1@x.example")
    send_outbox(server_of(sink))
    assert states() == [MessageState.SENT, MessageState.BOUNCED, MessageState.SENT]
    with reading() as session:
        bounced = session.scalars(select(Message).where(Message.state == MessageState.BOUNCED)).one()
        assert (bounced.server_code, bounced.server_reply) == (550, "5.1.1 unknown")


@pytest.mark.usefixtures("sqlite_url")
def test_a_line_that_breaks_after_the_text_is_unknown_and_never_sent_again_by_itself(sink: SmtpSink) -> None:
    queue(1)
    sink.script("end", DROP)
    send_outbox(server_of(sink))
    assert states() == [MessageState.UNKNOWN]
    assert send_outbox(server_of(sink), clock=lambda: datetime.now(UTC) + timedelta(days=2)).counts == {}


@pytest.mark.usefixtures("sqlite_url")
def test_a_server_that_is_away_keeps_the_mails_and_is_said(sink: SmtpSink) -> None:
    queue(5)
    server = server_of(sink)
    sink.stop()
    sent = send_outbox(server)
    assert sent.problem and "không trả lời" in sent.problem
    assert states() == [MessageState.RETRY] * 3 + [MessageState.QUEUED] * 2
    sink.start()


@pytest.mark.usefixtures("sqlite_url")
def test_a_wrong_password_costs_no_attempt(sink: SmtpSink) -> None:
    queue(2)
    with SmtpSink(login=("dondoc", "right")) as guarded:
        server = MailServer(
            host=guarded.host, port=guarded.port, mail_from="d@x.example", domain="x.example",
            security="none", user="dondoc", password="wrong",
        )  # fmt: skip
        sent = send_outbox(server)
    assert sent.problem and "wrong" not in sent.problem
    assert states() == [MessageState.QUEUED] * 2
    with reading() as session:
        assert session.scalars(select(Message.attempts)).all() == [0, 0]


@pytest.mark.usefixtures("sqlite_url")
def test_a_mail_always_put_off_is_given_up_at_last(sink: SmtpSink) -> None:
    queue(1)
    sink.script("rcpt", "451 later", again=True)
    moment = NOW
    for _ in range(box.GIVE_UP_AFTER):
        send_outbox(server_of(sink), clock=lambda: moment)  # noqa: B023
        moment += timedelta(hours=5)
    assert states() == [MessageState.BOUNCED]


@pytest.mark.usefixtures("database_url")
def test_a_claim_of_a_dead_sender_is_queued_again_only_if_nothing_was_handed_over() -> None:
    first, second = queue(2)
    with transaction() as session:
        assert box.claim(session.connection(), first, NOW)
        taken = box.claim(session.connection(), second, NOW)
        assert taken is not None
        box.hand_over(session.connection(), taken, NOW)
    with transaction() as session:
        assert box.release_stuck(session.connection(), NOW + timedelta(minutes=1)) == (0, 0)
        assert box.release_stuck(session.connection(), NOW + timedelta(minutes=11)) == (1, 1)
    assert states() == [MessageState.QUEUED, MessageState.UNKNOWN]


@pytest.mark.usefixtures("database_url")
def test_only_one_of_two_claims_succeeds() -> None:
    (only,) = queue(1)
    with transaction() as session:
        assert box.claim(session.connection(), only, NOW) is not None
        assert box.claim(session.connection(), only, NOW) is None


@pytest.mark.usefixtures("sqlite_url")
def test_a_sender_killed_again_and_again_sends_nothing_twice(sink: SmtpSink) -> None:
    queue(60)
    program = textwrap.dedent(f"""
        from services.mail.sender import send_outbox
        from notifications.server import MailServer
        print("ready", flush=True)
        send_outbox(MailServer(host="{sink.host}", port={sink.port}, mail_from="d@x.example", domain="x.example",
                               security="none"))
    """)
    for pause in (0.01, 0.03, 0.05, 0.08, 0.12):
        sender = subprocess.Popen(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, env=os.environ, cwd=Path(__file__).parents[3]
        )
        assert sender.stdout is not None
        sender.stdout.readline()
        time.sleep(pause)
        sender.send_signal(signal.SIGKILL)
        sender.wait()
        with transaction() as session:
            box.release_stuck(session.connection(), datetime.now(UTC), older_than=timedelta(0))
    send_outbox(server_of(sink))
    arrived = Counter(mail.to for mail in sink.received)
    assert set(arrived.values()) <= {1}, "a mail came twice"
    with reading() as session:
        rows = session.execute(select(Message.to_address, Message.state)).all()
    lost = [to for to, state in rows if state is not MessageState.UNKNOWN and to not in arrived]
    assert lost == []
    assert {state for _, state in rows} <= {MessageState.SENT, MessageState.UNKNOWN}


@pytest.mark.usefixtures("database_url")
def test_a_sender_whose_claim_was_given_back_neither_hands_over_nor_overwrites() -> None:
    (only,) = queue(1)
    with transaction() as session:
        slow = box.claim(session.connection(), only, NOW)
        assert slow is not None
    later = NOW + timedelta(minutes=11)
    with transaction() as session:
        assert box.release_stuck(session.connection(), later) == (1, 0)
        quick = box.claim(session.connection(), only, later)
        assert quick is not None
    with pytest.raises(box.ClaimLostError), transaction() as session:
        box.hand_over(session.connection(), slow, later)
    with transaction() as session:
        assert box.settle(session.connection(), slow, MessageState.BOUNCED, later, 550, "no") is None
        box.put_back(session.connection(), slow, "no")
        box.hand_over(session.connection(), quick, later)
        assert box.settle(session.connection(), quick, MessageState.SENT, later, 250, "ok") is MessageState.SENT
    assert states() == [MessageState.SENT]


@pytest.mark.usefixtures("database_url")
def test_a_late_word_on_a_mail_that_nobody_else_took_is_still_taken() -> None:
    (only,) = queue(1)
    with transaction() as session:
        slow = box.claim(session.connection(), only, NOW)
        assert slow is not None
        box.hand_over(session.connection(), slow, NOW)
        box.release_stuck(session.connection(), NOW + timedelta(minutes=11))
    assert states() == [MessageState.UNKNOWN]
    with transaction() as session:
        box.settle(session.connection(), slow, MessageState.SENT, NOW, 250, "ok")
    assert states() == [MessageState.SENT]


@pytest.mark.usefixtures("sqlite_url")
def test_a_suspended_sender_that_wakes_after_another_has_sent_sends_nothing(sink: SmtpSink) -> None:
    queue(1)
    program = textwrap.dedent(f"""
        import os, signal
        from notifications import mailer
        from notifications.server import MailServer
        from services.mail.sender import send_outbox
        send = mailer.Mailer.send
        def sleepy(self, mail, before_data=None):
            os.kill(os.getpid(), signal.SIGSTOP)  # the lid is closed between claim and hand-over
            return send(self, mail, before_data)
        mailer.Mailer.send = sleepy
        send_outbox(MailServer(host="{sink.host}", port={sink.port}, mail_from="d@x.example", domain="x.example",
                               security="none"))
    """)
    sender = subprocess.Popen([sys.executable, "-c", program], env=os.environ, cwd=Path(__file__).parents[3])
    _, status = os.waitpid(sender.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    assert states() == [MessageState.SENDING]
    sent = send_outbox(server_of(sink), clock=lambda: datetime.now(UTC) + timedelta(minutes=11))
    assert sent.counts == {MessageState.SENT: 1}
    sender.send_signal(signal.SIGCONT)
    assert sender.wait(30) == 0
    assert [mail.to for mail in sink.received] == ["unit0@x.example"]
    assert states() == [MessageState.SENT]


@pytest.mark.usefixtures("sqlite_url")
def test_a_clock_that_jumps_while_a_mail_is_under_way_doubles_nothing(
    sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(2)
    send, jumped = Mailer.send, []

    def meanwhile(self: Mailer, mail: OutgoingMail, before_data: Callable[[], None] | None = None) -> Receipt:
        if not jumped:
            jumped.append(True)
            send_outbox(server_of(sink), clock=lambda: NOW + timedelta(hours=1))  # the clock was put forward
        return send(self, mail, before_data)

    monkeypatch.setattr(Mailer, "send", meanwhile)
    send_outbox(server_of(sink), clock=lambda: NOW)
    send_outbox(server_of(sink), clock=lambda: NOW + timedelta(days=3))
    assert set(Counter(mail.to for mail in sink.received).values()) == {1}
    assert states() == [MessageState.SENT] * 2


@pytest.mark.usefixtures("sqlite_url")
def test_a_server_that_closes_at_each_recipient_is_left_alone_after_three(sink: SmtpSink) -> None:
    queue(8)
    sink.script("rcpt", "421 4.3.2 going down", again=True)
    sent = send_outbox(server_of(sink))
    assert sent.problem and "không trả lời" in sent.problem
    assert len(sink.sessions) == 3
    assert states() == [MessageState.RETRY] * 3 + [MessageState.QUEUED] * 5


@pytest.mark.parametrize(
    ("step", "reply"),
    [
        ("mail", "550 5.7.1 Sender address rejected: not owned by user"),
        ("rcpt", "554 5.7.1 Relay access denied"),
        ("rcpt", "550 5.7.1 Service unavailable; client host [203.0.113.9] blocked using zen.spamhaus.org"),
        ("end", "554 5.7.1 Message rejected as spam"),
    ],
)
@pytest.mark.usefixtures("sqlite_url")
def test_a_fault_of_ours_is_told_kept_and_mended_and_no_address_is_called_wrong(
    sink: SmtpSink, step: str, reply: str
) -> None:
    queue(5)
    sink.script(step, reply, again=True)
    moment = NOW
    for _ in range(box.GIVE_UP_AFTER + 2):
        sent = send_outbox(server_of(sink), clock=lambda: moment)  # noqa: B023
        assert sent.problem and "DONDOC_MAIL_FROM" in sent.problem and reply[4:9] in sent.problem
        moment += timedelta(hours=5)
    assert set(states()) <= {MessageState.RETRY, MessageState.QUEUED}
    sink.stop()
    with SmtpSink() as mended:
        assert send_outbox(server_of(mended), clock=lambda: moment).problem is None
        assert len(mended.received) == 5
    assert states() == [MessageState.SENT] * 5


@pytest.mark.usefixtures("sqlite_url")
def test_a_full_mailbox_is_tried_for_days_and_no_fault_of_the_others(sink: SmtpSink) -> None:
    queue(2)
    sink.script("rcpt", "552 5.2.2 Mailbox full", to="unit0@x.example", again=True)
    assert send_outbox(server_of(sink), clock=lambda: NOW).problem is None
    assert states() == [MessageState.RETRY, MessageState.SENT]
