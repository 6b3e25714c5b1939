"""Who acts: the visitor of the portal, and the actor that every writing function takes."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from config.clock import ZONE
from rules.work.access import sees_all


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person with an open session in the portal.

    `plan_ids` are the plans their link opens (None: all of the authority); `deputy_for` the
    leaders they stand in for today, as "name <address>".
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
        """Whether they see every unit's matters."""
        return self.leads or sees_all(self.role)

    @property
    def deputy_names(self) -> str:
        """The leaders they stand in for, without addresses."""
        return ", ".join(one.partition(" <")[0] for one in self.deputy_for)

    @property
    def who(self) -> str:
        """Their name in the audit trail."""
        return f"{self.name} <{self.email}>"[:254]

    def opens(self, plan_id: int | None) -> bool:
        """Whether their link opens this plan, or (None) what belongs to no plan."""
        return plan_id is None or self.plan_ids is None or plan_id in self.plan_ids


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes something, and when: every writing function takes one.

    `at` is an aware moment; `on_behalf_of` names the leader for whom a deputy acts;
    `person` is the visitor, where the actor came through the portal.
    """

    name: str
    at: datetime
    on_behalf_of: str = ""
    person_id: int | None = None
    link_id: int | None = None
    person: Visitor | None = None

    @classmethod
    def of(cls, visitor: Visitor, at: datetime) -> "Actor":
        """The actor behind a portal session."""
        return cls(visitor.who, at, person_id=visitor.person_id, link_id=visitor.link_id, person=visitor)

    @property
    def visitor(self) -> Visitor:
        """The portal's visitor. Raises LookupError for an actor who came another way."""
        if self.person is None:
            raise LookupError(f"{self.name} did not come through the portal")
        return self.person

    @property
    def signed(self) -> str:
        """The actor in the audit trail: a deputy together with whom they stood in for."""
        if not self.on_behalf_of:
            return self.name
        return f"{self.name[:120]} (thay mặt {self.on_behalf_of[:120]})"

    @property
    def today(self) -> date:
        """The calendar day in Vietnam."""
        return self.at.astimezone(ZONE).date()

    def leading(self, *own_right: str) -> "Actor":
        """The actor of a leader's decision: a deputy without one of these roles acts on behalf."""
        visitor = self.visitor
        if visitor.deputy_for and visitor.role not in own_right:
            return replace(self, on_behalf_of=", ".join(visitor.deputy_for))
        return self
