"""Who stands before the portal: a person who entered by a link, and what their hand writes in the audit trail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from config.clock import ZONE
from models.audit import By, record


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person with an open session. `plan_ids` are the plans their link opens (None: all of the authority)."""

    person_id: int
    name: str
    email: str
    role: str
    unit_id: int | None
    unit_name: str
    authority_id: int
    authority_name: str
    plan_ids: tuple[int, ...] | None = None
    link_id: int | None = None
    session_id: int | None = None

    @property
    def who(self) -> str:
        """How the audit trail names them."""
        return f"{self.name} <{self.email}>"[:254]

    def opens(self, plan_id: int) -> bool:
        """Whether the link they came by opens this plan."""
        return self.plan_ids is None or plan_id in self.plan_ids


@dataclass(frozen=True, slots=True)
class Hand:
    """A visitor's hand at an aware moment: every writing function of the portal takes one."""

    visitor: Visitor
    at: datetime

    @property
    def today(self) -> date:
        """The calendar day in Vietnam."""
        return self.at.astimezone(ZONE).date()

    def record(
        self,
        session: Session,
        action: str,
        subject: str,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        note: str | None = None,
    ) -> None:
        """Add an audit row that also says by which link the person had entered."""
        by = By(self.visitor.who, self.at)
        record(
            session,
            by,
            action,
            subject,
            before=before,
            after={**(after or {}), "link": self.visitor.link_id},
            note=note,
        )
