"""What cannot be undone waits for a second step: the asker confirms it by a link sent to their registered address.

Of the link's token only the hash is kept. It is good once, for half an hour, and only
for its asker. `target_id` is the person, plan or authority that the act is about.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.authority import Person
from models.base import Base, enum_column


class ActKind(StrEnum):
    """The acts of the portal that nobody can take back."""

    ERASE_PERSON = "erase_person"
    REMOVE_PLAN = "remove_plan"
    ERASE_AUTHORITY = "erase_authority"


class PendingAct(Base):
    """An act asked for and not yet confirmed. `settled_at`: done, or made worthless by a newer one."""

    __tablename__ = "pending_act"
    __table_args__ = (Index("ix_pending_act_person_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    act: Mapped[ActKind] = mapped_column(enum_column(ActKind))
    target_id: Mapped[int]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
