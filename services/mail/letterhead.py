"""The sender of a digest: names, where answers go, and the door that makes its links."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from services.access.links import Door
from services.staff.queries import focal_contact


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What every digest of an authority says of its sender. `door` makes each reader's link; None: no portal."""

    authority_name: str
    focal_name: str
    reply_to: str | None
    mail_domain: str
    door: Door | None = None


def letterhead(
    session: Session, authority_id: int, reply_to: str | None, mail_domain: str, door: Door | None = None
) -> Letterhead:
    """The sender's side of a digest; answers go to `reply_to` (settings), else to the focal unit's mailbox."""
    name, focal, mailbox = focal_contact(session, authority_id)
    return Letterhead(name, focal, reply_to or mailbox, mail_domain, door)
