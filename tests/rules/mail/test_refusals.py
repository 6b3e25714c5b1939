"""Only "no such address" says that an address is wrong; the rest is our fault or a full mailbox."""

import pytest

from rules.mail.refusals import Refusal, refusal


@pytest.mark.parametrize(
    ("step", "code", "reply", "meaning"),
    [
        ("mail", 550, "5.7.1 <a@b.vn>: Sender address rejected: not owned by user", Refusal.OURS),
        ("mail", 553, "5.7.1 Sender address rejected", Refusal.OURS),
        ("mail", 550, "no", Refusal.OURS),
        ("rcpt", 554, "5.7.1 <a@b.vn>: Relay access denied", Refusal.OURS),
        (
            "rcpt",
            550,
            "5.7.1 Service unavailable; client host [203.0.113.9] blocked using zen.spamhaus.org",
            Refusal.OURS,
        ),
        ("rcpt", 550, "relay not permitted", Refusal.OURS),
        ("rcpt", 554, "no", Refusal.OURS),
        ("end", 554, "5.7.1 Message rejected as spam", Refusal.OURS),
        ("end", 550, "content refused", Refusal.OURS),
        ("end", 552, "5.3.4 Message size exceeds fixed limit", Refusal.OURS),
        ("rcpt", 552, "5.2.2 Mailbox full", Refusal.FULL),
        ("rcpt", 552, "exceeded storage allocation", Refusal.FULL),
        ("rcpt", 550, "user is over quota", Refusal.FULL),
        ("rcpt", 550, "5.1.1 unknown", Refusal.ADDRESS),
        ("end", 550, "5.1.1 unknown", Refusal.ADDRESS),
        ("rcpt", 550, "5.2.1 mailbox disabled", Refusal.ADDRESS),
        ("rcpt", 550, "5.4.1 Recipient address rejected: Access denied", Refusal.ADDRESS),
        ("rcpt", 550, "5.7.1 No such user here", Refusal.ADDRESS),
        ("rcpt", 550, "no", Refusal.ADDRESS),
        ("rcpt", 550, "No such user here", Refusal.ADDRESS),
        ("rcpt", 450, "4.2.0 Greylisted, try again in 300 seconds", Refusal.LATER),
        ("rcpt", 452, "4.2.2 mailbox full", Refusal.LATER),
        ("end", 452, "4.5.3 Too many messages in this session", Refusal.LATER),
    ],
)
def test_a_refusal_tells_whose_fault_it_is(step: str, code: int, reply: str, meaning: Refusal) -> None:
    assert refusal(step, code, reply) is meaning  # type: ignore[arg-type]
