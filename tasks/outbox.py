"""Send what waits in the outbox: claim, hand over, write down what became of it; two short transactions a mail."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from config.clock import now as clock_now
from config.settings import Settings
from models import outbox
from models.notices import MessageState
from models.session import transaction
from notifications.mailer import Mailer, MailServer, MailServerProblem, OutgoingMail, Receipt

Clock = Callable[[], datetime]
Fate = tuple[outbox.Claimed, Receipt]

LOST_LINES = 3
"""After so many mails in a row without any connection the rest is left for later: the server is away."""


@dataclass(slots=True)
class Sent:
    """How many mails of a run ended in which state, and what an administrator must mend, if anything."""

    counts: Counter[MessageState] = field(default_factory=Counter)
    problem: str | None = None

    def words(self) -> str:
        """In Vietnamese, for logs and states: "8 thư đã gửi, 1 thư bị trả lại"."""
        parts = [f"{self.counts[state]} thư {WORDS[state]}" for state in WORDS if self.counts[state]]
        return ", ".join(parts) or "không có thư nào cần gửi"


WORDS = {
    MessageState.SENT: "đã gửi",
    MessageState.RETRY: "sẽ gửi lại",
    MessageState.BOUNCED: "bị trả lại",
    MessageState.UNKNOWN: "chưa rõ kết quả",
    MessageState.QUEUED: "đang chờ",
    MessageState.SENDING: "đang gửi",
    MessageState.DROPPED: "đã bỏ",
}


def mail_server(settings: Settings) -> MailServer:
    """The mail server of the settings. Raises SettingsError when the password file cannot be read."""
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        mail_from=settings.mail_from,
        domain=settings.mail_domain,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=settings.password(),
        timeout=settings.smtp_timeout,
        mail_from_name=settings.mail_from_name,
        reply_to=settings.reply_to,
    )


def send_outbox(server: MailServer, *, only: Sequence[int] | None = None, clock: Clock = clock_now) -> Sent:
    """Send every mail that is due, each exactly once. A killed run leaves nothing that is sent twice.

    A fault of our own set-up (login, encryption) ends the run with `problem`; the mails stay queued.
    """
    sent, lost = Sent(), 0
    with transaction() as session:
        outbox.release_stuck(session, clock())
        ids = outbox.waiting(session, clock(), limit=10_000, only=only)
    fate: Fate | None = None
    with Mailer(server, clock) as mailer:
        for message in ids:
            claimed = _turn(fate, message, clock, sent)
            fate = None
            if claimed is None:
                continue
            try:
                receipt = mailer.send(_mail(claimed), partial(_hand_over, claimed.id, clock))
            except MailServerProblem as problem:
                sent.problem = str(problem)
                with transaction() as session:
                    outbox.put_back(session, claimed.id, sent.problem)
                break
            fate = claimed, receipt
            lost = 0 if receipt.code is not None else lost + 1
            if lost >= LOST_LINES:
                sent.problem = "Máy chủ thư không trả lời; các thư còn lại được giữ để gửi sau."
                break
        _turn(fate, None, clock, sent)
    return sent


def _turn(fate: Fate | None, message: int | None, clock: Clock, sent: Sent) -> outbox.Claimed | None:
    """Write down what became of the last mail and claim the next one, in one transaction.

    None when there is no next one, or another sender has it.
    """
    with transaction() as session:
        if fate is not None:
            claimed, receipt = fate
            state = outbox.settle(session, claimed, receipt.outcome, clock(), receipt.code, receipt.reply)
            sent.counts[state] += 1
        return None if message is None else outbox.claim(session, message, clock())


def _hand_over(message: int, clock: Clock) -> None:
    with transaction() as session:
        outbox.hand_over(session, message, clock())


def _mail(claimed: outbox.Claimed) -> OutgoingMail:
    return OutgoingMail(
        message_id=claimed.message_id,
        to=claimed.to_address,
        subject=claimed.subject,
        text=claimed.text,
        html=claimed.html,
        to_name=claimed.to_name,
        reply_to=claimed.reply_to,
        references=(claimed.references,) if claimed.references else (),
    )
