"""Who stands before the portal: a person who entered by a link, and what their hand writes in the audit trail."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from config.clock import ZONE
from rules.work.access import sees_all


@dataclass(frozen=True, slots=True)
class By:
    """Whose hand it was and when: a name or address, and an aware moment. Every writing function takes one.

    `behalf` names the leader for whom a deputy acted.
    """

    who: str
    at: datetime
    behalf: str = ""

    @property
    def signed(self) -> str:
        """How the trail names the actor: a deputy with whom they stood in for."""
        return f"{self.who[:120]} (thay mặt {self.behalf[:120]})" if self.behalf else self.who


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person with an open session. `plan_ids` are the plans their link opens (None: all of the authority).

    `deputy_for` are the leaders for whom they stand in today, "name <address>".
    """

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
    deputy_for: tuple[str, ...] = ()

    @property
    def leads(self) -> bool:
        """Whether they decide as a leader: by role, or today as a leader's deputy."""
        return self.role == "leader" or bool(self.deputy_for)

    @property
    def oversees(self) -> bool:
        """Whether they look at every unit's matters."""
        return self.leads or sees_all(self.role)

    @property
    def deputy_names(self) -> str:
        """The leaders for whom they stand in, without their addresses."""
        return ", ".join(one.partition(" <")[0] for one in self.deputy_for)

    @property
    def who(self) -> str:
        """How the audit trail names them."""
        return f"{self.name} <{self.email}>"[:254]

    def opens(self, plan_id: int | None) -> bool:
        """Whether the link they came by opens this plan, or (None) what belongs to no plan at all."""
        return plan_id is None or self.plan_ids is None or plan_id in self.plan_ids


@dataclass(frozen=True, slots=True)
class Hand:
    """A visitor's hand at an aware moment: every writing function of the portal takes one."""

    visitor: Visitor
    at: datetime
    behalf: str = ""

    def leading(self, *own_right: str) -> "Hand":
        """The hand for a decision that takes a leader or one of these roles: a deputy's says for whom it acts."""
        deputy = self.visitor.deputy_for and self.visitor.role not in own_right
        return replace(self, behalf=", ".join(self.visitor.deputy_for)) if deputy else self

    @property
    def by(self) -> By:
        """The hand as the functions that know no portal take it."""
        return By(self.visitor.who, self.at, self.behalf)

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
        from services.audit import record

        record(
            session,
            self.by,
            action,
            subject,
            before=before,
            after={**(after or {}), "link": self.visitor.link_id},
            note=note,
        )
