"""How people enter the portal: links sent by mail, the sessions they open, and who asked for a fresh one.

A link's address carries a signature (see services/access/links.py); the row makes it
revocable. Of a session only the hash of its token is kept.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.authority import Authority, Person
from models.base import Base, enum_column


class LinkPurpose(StrEnum):
    """Why a link was made: in the morning mail, asked for at the door, or by an administrator's hand."""

    DIGEST = "digest"
    FRESH = "fresh"
    HAND = "hand"


class PortalLink(Base):
    """One link of one person. `plan_ids` are the plans it opens (None: every plan of the person's authority)."""

    __tablename__ = "portal_link"
    __table_args__ = (Index("ix_portal_link_person_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    plan_ids: Mapped[list[Any] | None]
    purpose: Mapped[LinkPurpose] = mapped_column(enum_column(LinkPurpose))
    made_by: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class PortalSession(Base):
    """A person's stay after entering by a link. It ends with the link's revocation."""

    __tablename__ = "portal_session"
    __table_args__ = (Index("ix_portal_session_person_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    link_id: Mapped[int] = mapped_column(ForeignKey("portal_link.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    link: Mapped[PortalLink] = relationship()


class LinkRequest(Base):
    """Somebody asked for a fresh link. Address and source are keyed hashes: enough to count, nothing to read."""

    __tablename__ = "link_request"
    __table_args__ = (
        Index("ix_link_request_address_hash", "address_hash", "at"),
        Index("ix_link_request_source_hash", "source_hash", "at"),
        Index("ix_link_request_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    address_hash: Mapped[str] = mapped_column(String(64))
    source_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class TokenScope(StrEnum):
    """What a token is good for: `read` everything that the API gives, `metrics` only counts for monitoring."""

    READ = "read"
    METRICS = "metrics"


class ApiToken(Base):
    """One client's token. `authority_id` None: all authorities. Revoked and expired ones are kept as history."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scope: Mapped[TokenScope] = mapped_column(enum_column(TokenScope))
    authority_id: Mapped[int | None] = mapped_column(ForeignKey("authority.id", ondelete="CASCADE"))
    created_by: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]

    authority: Mapped[Authority | None] = relationship()

    def holds(self, now: datetime) -> bool:
        """Whether it opens anything now."""
        return self.revoked_at is None and now < self.expires_at
