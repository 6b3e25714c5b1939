"""What a mail server's refusal means: a wrong address, a full mailbox, or a fault on our own side.

RFC 5321 tells only "never" (5xx) from "later" (4xx); whose fault it is stands in the
enhanced code (RFC 3463, the IANA registry) and, where a server gives none, in its words.
"""

import re
from enum import StrEnum
from typing import Literal

Step = Literal["mail", "rcpt", "data", "end"]
"""Where in the conversation: sender, recipient, the word DATA, the end of the text."""


class Refusal(StrEnum):
    """Why a mail was not taken. Only ADDRESS says that the recipient's address is wrong."""

    LATER = "later"
    ADDRESS = "address"
    FULL = "full"
    OURS = "ours"


_ENHANCED = re.compile(r"\b5\.(\d{1,3})\.(\d{1,3})\b")
_NOBODY = re.compile(
    r"(user|mailbox|recipient|address|account)\b[^.;]{0,40}\b(unknown|not found|not exist|does ?n[o']t exist|disabled|"
    r"inactive|invalid)|(unknown|no such|invalid) (user|recipient|mailbox|address|account)|không tồn tại",
    re.IGNORECASE,
)
_FULL = re.compile(r"quota|mailbox (is )?full|over ?storage|exceeded storage|hộp thư (đã )?đầy", re.IGNORECASE)
_POLICY = re.compile(
    r"relay|denied|block|black ?list|spam|policy|reputation|spf|dkim|dmarc|spamhaus|client host|not owned|"
    r"authenticat|not (permitted|allowed|authori)|rejected as|rate",
    re.IGNORECASE,
)
_ADDRESS_CODES = {
    (1, 0),
    (1, 1),
    (1, 2),
    (1, 3),
    (1, 4),
    (1, 6),
    (1, 9),
    (1, 10),
    (2, 0),
    (2, 1),
    (4, 1),
    (4, 4),
    (7, 17),
}
"""Bad or moved mailbox, bad domain, mailbox disabled; 4.1 and 4.4 are how Exchange and others say the same."""


def refusal(step: Step, code: int, reply: str) -> Refusal:
    """What a refusal means; a doubt is not taken for a wrong address."""
    if code < 500:
        return Refusal.LATER
    enhanced = _ENHANCED.search(reply)
    if step == "mail":
        return Refusal.OURS
    if enhanced is None:
        return _by_words(step, code, reply)
    number = int(enhanced[1]), int(enhanced[2])
    if number == (2, 2):
        return Refusal.FULL
    if number in _ADDRESS_CODES:
        return Refusal.ADDRESS
    return Refusal.ADDRESS if number[0] == 7 and step == "rcpt" and _NOBODY.search(reply) else Refusal.OURS


def _by_words(step: Step, code: int, reply: str) -> Refusal:
    if _FULL.search(reply):
        return Refusal.FULL
    if _NOBODY.search(reply):
        return Refusal.ADDRESS
    if step != "rcpt" or _POLICY.search(reply):
        return Refusal.OURS
    if code == 552:
        return Refusal.FULL
    return Refusal.ADDRESS if code in (550, 551, 553) else Refusal.OURS
