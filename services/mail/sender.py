"""Send what waits in the outbox: claim, hand over, write down what became of it; two short transactions a mail."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from config.clock import now as clock_now
from config.os_words import reason
from config.settings import load_settings
from models.mail import MAIL_WORDS, MessageState
from models.session import engine_for
from notifications.mailer import Mailer, MailServer, MailServerProblem, Outcome, OutgoingMail, Receipt
from rules.mail.refusals import Refusal
from services.access.links import Door, door_of
from services.access.mailed import opened
from services.documents import place_of
from services.mail import outbox

Clock = Callable[[], datetime]
Fate = tuple[outbox.Claimed, Receipt]

LOST_LINES = 3
"""After so many mails in a row without any connection the rest is left for later: the server is away."""

REFUSED_ALIKE = 3
"""After so many mails in a row refused through a fault of ours the rest is left: the server wants none of them."""


@dataclass(slots=True)
class Sent:
    """How many mails of a run ended in which state, and what an administrator must mend, if anything."""

    counts: Counter[MessageState] = field(default_factory=Counter)
    problem: str | None = None

    def words(self) -> str:
        """In Vietnamese, for logs and states: "8 thư đã gửi, 1 thư bị trả lại"."""
        parts = [f"{self.counts[state]} thư {WORDS[state]}" for state in WORDS if self.counts[state]]
        return ", ".join(parts) or "không có thư nào cần gửi"


WORDS = MAIL_WORDS


def send_outbox(
    server: MailServer, *, only: Sequence[int] | None = None, clock: Clock = clock_now, door: Door | None = None
) -> Sent:
    """Send every mail that is due, each exactly once. A killed run leaves nothing that is sent twice.

    A fault of our own (login, encryption, sender, relay, block list) is the run's `problem`; the mails stay queued.
    `door` makes the links (default: the settings').
    """
    sent, lost, ours, engine = Sent(), 0, 0, engine_for()
    with engine.begin() as connection:
        outbox.release_stuck(connection, clock())
        ids = outbox.waiting(connection, clock(), limit=10_000, only=only)
        files = outbox.attachments(connection, ids)
    fate: Fate | None = None
    with Mailer(server, clock) as mailer, engine.connect() as line:  # one connection for all the short transactions
        for message in ids:
            claimed = _turn(line, fate, message, clock, sent, door)
            fate = None
            if claimed is None:
                continue
            try:
                receipt = _deliver(
                    mailer, claimed, files.get(claimed.id, ()), partial(_hand_over, line, claimed, clock)
                )
            except outbox.ClaimLostError:  # we slept too long: whoever has it now sends it
                continue
            except MailServerProblem as problem:
                sent.problem = str(problem)
                with line.begin():
                    outbox.put_back(line, claimed, sent.problem)
                break
            fate = claimed, receipt
            ours = ours + 1 if receipt.refusal is Refusal.OURS else 0
            if ours:
                sent.problem = _our_fault(server, receipt)
            if ours >= REFUSED_ALIKE:
                break
            lost = lost + 1 if receipt.line_lost else 0
            if lost >= LOST_LINES:
                sent.problem = "Máy chủ thư không trả lời; các thư còn lại được giữ để gửi sau."
                break
        _turn(line, fate, None, clock, sent)
    return sent


def _turn(
    line: Connection, fate: Fate | None, message: int | None, clock: Clock, sent: Sent, door: Door | None = None
) -> outbox.Claimed | None:
    """Write down what became of the last mail and claim the next one, in one transaction.

    None when there is no next one, or another sender has it.
    """
    with line.begin():
        if fate is not None:
            claimed, receipt = fate
            give_up = receipt.refusal is not Refusal.OURS
            state = outbox.settle(
                line, claimed, MessageState(receipt.outcome), clock(), receipt.code, receipt.reply, give_up=give_up
            )
            if state is not None:
                sent.counts[state] += 1
        taken = None if message is None else outbox.claim(line, message, clock())
        if taken is None:
            return None
        kept = taken.text, taken.html
        texts = opened(line, lambda: door or door_of(load_settings()), taken.kind, taken.person_id, kept)
        return replace(taken, text=texts[0], html=texts[1])


def _hand_over(line: Connection, claimed: outbox.Claimed, clock: Clock) -> None:
    with line.begin():
        outbox.hand_over(line, claimed, clock())


def _our_fault(server: MailServer, receipt: Receipt) -> str:
    return (
        f"Máy chủ thư {server.place} không nhận thư của chúng ta ({receipt.code} {receipt.reply}): địa chỉ người nhận "
        f"không sai. Kiểm tra DONDOC_MAIL_FROM ({server.mail_from}), DONDOC_SMTP_USER, quyền gửi và danh sách chặn của "
        "máy chủ thư; thư được giữ và sẽ gửi lại."
    )


def _deliver(
    mailer: Mailer, claimed: outbox.Claimed, files: Sequence[outbox.Attached], handed: Callable[[], None]
) -> Receipt:
    """Hand a mail over with its files; one whose file is gone is not sent without it."""
    try:
        content = tuple((one.name, one.media, _content(one)) for one in files)
    except OSError as error:
        return Receipt(Outcome.BOUNCED, None, f"không đọc được tệp đính kèm: {reason(error)}")
    return mailer.send(_mail(claimed, content), handed)


def _content(file: outbox.Attached) -> bytes:
    return place_of(load_settings().documents, file.sha256).read_bytes()


def _mail(claimed: outbox.Claimed, files: tuple[tuple[str, str, bytes], ...] = ()) -> OutgoingMail:
    return OutgoingMail(
        attachments=files,
        message_id=claimed.message_id,
        to=claimed.to_address,
        subject=claimed.subject,
        text=claimed.text,
        html=claimed.html,
        to_name=claimed.to_name,
        reply_to=claimed.reply_to,
        references=(claimed.references,) if claimed.references else (),
    )
