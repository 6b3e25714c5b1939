"""Tokens of other machines: who may read what until when. Only a token's hash is kept."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.access import ApiToken, TokenScope
from models.authority import Authority
from rules.audit import AuditAction
from services.actor import Actor
from services.audit import record
from services.errors import Hint, StoreError, UnknownNameError

PREFIX = "dd_"
"""How tokens begin, so that one that leaked is recognised by scanners."""

SEEN_EVERY = timedelta(minutes=5)
"""The last use is written down no more often than this."""


def make_token(
    session: Session, name: str, scope: TokenScope, actor: Actor, *, days: int, authority: Authority | None = None
) -> str:
    """Make a client's token and give it, this once. Raises StoreError for a name that is taken."""
    if session.scalar(select(ApiToken.id).where(ApiToken.name == name)) is not None:
        raise StoreError(f"Đã có khóa tên “{name}”. Hãy đặt tên khác (khóa đã thu hồi vẫn giữ tên để tra cứu).")
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(
        name=name,
        token_hash=_hashed(token),
        scope=scope,
        authority_id=authority.id if authority else None,
        created_by=actor.name,
        created_at=actor.at,
        expires_at=actor.at + timedelta(days=days),
    )
    session.add(row)
    session.flush()
    after = {"scope": scope, "authority": authority.code if authority else None, "expires_at": row.expires_at}
    record(session, actor, AuditAction.TOKEN_CREATE, row, after=after)
    return token


def revoke_token(session: Session, name: str, actor: Actor) -> bool:
    """End a token at once; whether it still held. Raises UnknownNameError."""
    row = session.scalar(select(ApiToken).where(ApiToken.name == name))
    if row is None:
        raise UnknownNameError(f"Không có khóa tên “{name}”.", Hint.TOKENS)
    if row.revoked_at is not None:
        return False
    row.revoked_at = actor.at
    session.flush()
    record(session, actor, AuditAction.TOKEN_REVOKE, row)
    return True


def tokens(session: Session) -> list[ApiToken]:
    """All tokens, the newest first."""
    return list(session.scalars(select(ApiToken).order_by(ApiToken.id.desc())))


def token_behind(session: Session, token: str, now: datetime) -> ApiToken | None:
    """The row of a token that holds now. The hash is looked up, so nothing is compared letter by letter."""
    if not token.startswith(PREFIX) or len(token) > 100:
        return None
    row = session.scalar(select(ApiToken).where(ApiToken.token_hash == _hashed(token)))
    return row if row is not None and row.holds(now) else None


def must_note_use(row: ApiToken, now: datetime) -> bool:
    """Whether the last use is old enough to be written down again."""
    return row.last_used_at is None or now - row.last_used_at > SEEN_EVERY


def _hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()
