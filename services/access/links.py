"""Links and sessions: making, reading and revoking them.

A link's address is `<portal>/vao/<token>`. The token names link, person, plans and
last moment, and is signed (HMAC-SHA256, key in the home folder); its row can be
revoked. Whoever holds the address holds the link: it is shown to nobody but its person
and never logged. A session's token is random; the database knows its hash only.
"""

import base64
import hmac
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from sqlalchemy import CursorResult, Select, delete, select, update
from sqlalchemy.orm import Session

from config.clock import ZONE
from config.portal_key import portal_key
from config.settings import Settings
from models.access import LinkPurpose, PortalLink, PortalSession
from models.authority import Authority, Person, Unit
from services.actor import Visitor
from services.staff.deputies import asked_to_stand_in, stands_in_for

MACHINE = "dondoc"
"""Who made a link that no person made."""

REMEMBER_EXPIRED = timedelta(days=30)
"""How long an ended stay still tells whose draft it was."""


class Standing(StrEnum):
    """What a link is worth now."""

    OPEN = "open"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Door:
    """Where the portal is, with which key its links are signed, and how long they hold."""

    key: bytes
    base: str
    link_days: int = 30
    session_hours: int = 12

    def sign(self, purpose: str, text: str) -> str:
        """The signature of a text for one purpose, in 43 letters that an address can carry."""
        mac = hmac.digest(self.key, f"{purpose}:{text}".encode(), sha256)
        return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()

    def signed(self, purpose: str, text: str, signature: str) -> bool:
        """Whether the signature is ours (compared in constant time)."""
        return hmac.compare_digest(self.sign(purpose, text).encode(), signature.encode("utf-8", "replace"))


def door_of(settings: Settings) -> Door:
    """The door of the settings. Makes the signing key on first use; raises SettingsError when it cannot."""
    return Door(portal_key(settings), settings.portal_address, settings.portal_link_days, settings.portal_session_hours)


def link_for(
    session: Session,
    door: Door,
    person_id: int,
    plan_ids: Sequence[int] | None,
    now: datetime,
    *,
    purpose: LinkPurpose = LinkPurpose.DIGEST,
    made_by: str = MACHINE,
) -> str:
    """Make a link for a person and give its address. `plan_ids` None: all plans of the person's authority."""
    made = links_for(session, door, {person_id: plan_ids}, now, purpose=purpose, made_by=made_by)
    return made[person_id]


def links_for(
    session: Session,
    door: Door,
    wanted: Mapping[int, Sequence[int] | None],
    now: datetime,
    *,
    purpose: LinkPurpose = LinkPurpose.DIGEST,
    made_by: str = MACHINE,
) -> dict[int, str]:
    """One new link for each person with the plans it opens; their addresses by person. One insert for all."""
    rows = [
        PortalLink(
            person_id=person_id,
            plan_ids=None if plans is None else sorted(set(plans)),
            purpose=purpose,
            made_by=made_by,
            created_at=now,
            expires_at=now + timedelta(days=door.link_days),
        )
        for person_id, plans in wanted.items()
    ]
    session.add_all(rows)
    session.flush()
    return {row.person_id: f"{door.base}/vao/{token_of(door, row)}" for row in rows}


def leading_to(address: str, path: str) -> str:
    """The same link, which goes on to a page of the portal after entering."""
    return f"{address}?den={quote(path, safe='/')}"


def token_of(door: Door, link: PortalLink) -> str:
    """The signed token of a link."""
    return link_token(door, link.id, link.person_id, link.expires_at, link.plan_ids)


def link_token(door: Door, link_id: int, person_id: int, expires_at: datetime, plan_ids: Sequence[int] | None) -> str:
    """The token of a link with these columns: made again from them, it is the same."""
    plans = "a" if plan_ids is None else ".".join(str(plan) for plan in plan_ids) or "0"
    text = f"{link_id}~{person_id}~{int(expires_at.timestamp())}~{plans}"
    return f"{text}~{door.sign('link', text)}"


def standing_of(session: Session, door: Door, token: str, now: datetime) -> tuple[Standing, PortalLink | None]:
    """What a link is worth, and its row. Reads only: following a link changes and consumes nothing."""
    text, _, signature = token.rpartition("~")
    if len(token) > 600 or not text or not door.signed("link", text, signature):
        return Standing.UNKNOWN, None
    row = session.get(PortalLink, int(text.split("~")[0]))
    if row is None or not hmac.compare_digest(token_of(door, row).encode(), token.encode()):
        return Standing.UNKNOWN, None
    if row.revoked_at is not None or not row.person.active:
        return Standing.REVOKED, row
    return (Standing.OPEN if now < row.expires_at else Standing.EXPIRED), row


def open_session(session: Session, door: Door, link: PortalLink, now: datetime) -> str:
    """Let the link's person in; returns the session's token, of which only the hash is kept."""
    token = secrets.token_urlsafe(32)
    session.add(
        PortalSession(
            token_hash=_hashed(token),
            person_id=link.person_id,
            link_id=link.id,
            created_at=now,
            expires_at=now + timedelta(hours=door.session_hours),
        )
    )
    link.last_used_at = now
    session.flush()
    return token


def visitor_of(session: Session, token: str | None, now: datetime, *, lapsed: bool = False) -> Visitor | None:
    """The person behind a session's token, and for whom they stand in today; None when it is over, or its link revoked.

    With `lapsed` also a person whose session or link ran out a short while ago: enough to keep their draft for
    them, never to show or change anything.
    """
    if not token or len(token) > 100:
        return None
    today = now.astimezone(ZONE).date()
    row = session.execute(_holder(token, now - REMEMBER_EXPIRED if lapsed else now, today)).first()
    if row is None:
        return None
    person, name, email, role, unit_id, unit_name, authority, authority_name, plans, link_id, session_id, asked = row
    opens = None if plans is None else tuple(plans)
    deputy_for = stands_in_for(session, person, authority, today) if asked else ()
    return Visitor(
        person, name, email, role.value, unit_id, unit_name or "", authority, authority_name, opens, link_id,
        session_id, deputy_for,
    )  # fmt: skip


def _holder(token: str, ends_after: datetime, today: date) -> Select[Any]:
    """Whose session a token is, in one query: the person, their unit and authority, and by which link they came."""
    return (
        select(
            Person.id,
            Person.name,
            Person.email,
            Person.role,
            Person.unit_id,
            Unit.name,
            Person.authority_id,
            Authority.name,
            PortalLink.plan_ids,
            PortalLink.id,
            PortalSession.id,
            asked_to_stand_in(today),
        )
        .select_from(PortalSession)
        .join(PortalLink, PortalLink.id == PortalSession.link_id)
        .join(Person, Person.id == PortalSession.person_id)
        .join(Authority, Authority.id == Person.authority_id)
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .where(
            PortalSession.token_hash == _hashed(token),
            PortalSession.expires_at > ends_after,
            PortalSession.ended_at.is_(None),
            PortalLink.revoked_at.is_(None),
            Person.active,
        )
    )


def end_session(session: Session, session_id: int, now: datetime) -> None:
    """Let the person out: the token is worth nothing from now on."""
    session.execute(update(PortalSession).where(PortalSession.id == session_id).values(ended_at=now))


def revoke_links(session: Session, person_ids: Iterable[int], now: datetime) -> int:
    """Revoke every link of these people, with their sessions. Returns how many were open."""
    return _revoke(session, now, PortalLink.person_id.in_(list(person_ids)))


def revoke_all(session: Session, now: datetime) -> int:
    """Revoke every link of everybody (a key or a mailbox was lost). Returns how many were open."""
    return _revoke(session, now)


def _revoke(session: Session, now: datetime, *which: object) -> int:
    statement = update(PortalLink).where(PortalLink.revoked_at.is_(None), *which)  # type: ignore[arg-type]
    result = session.execute(statement.values(revoked_at=now), execution_options={"synchronize_session": False})
    session.expire_all()
    return result.rowcount if isinstance(result, CursorResult) else 0


def forget_old(session: Session, now: datetime) -> int:
    """Delete sessions that ended more than a month ago. Returns how many. Links stay: the audit trail names them."""
    before = now - REMEMBER_EXPIRED
    gone = session.execute(delete(PortalSession).where(PortalSession.expires_at < before))
    return gone.rowcount if isinstance(gone, CursorResult) else 0


def _hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()
