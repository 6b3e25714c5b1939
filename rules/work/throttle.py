"""How often a fresh link may be asked for: enough for a person in need, too little to flood a mailbox."""

from datetime import timedelta

WINDOW = timedelta(hours=1)
PER_ADDRESS = 3
"""Requests for one e-mail address in a window."""
PER_SOURCE = 20
"""Requests from one network address in a window: an office shares one."""
KEPT_FOR = timedelta(days=1)


def may_ask(for_address: int, from_source: int) -> bool:
    """Whether one more request is answered, after so many in the window before it."""
    return for_address < PER_ADDRESS and from_source < PER_SOURCE
