"""Who may see and answer what: the share of a person in an occurrence.

A unit sees and changes its own occurrences only; leaders, administrators and
auditors read everything of their authority. Pure: units are numbers here.
"""

from collections.abc import Collection
from enum import StrEnum

ANSWERING_ROLES = frozenset({"officer", "head", "admin"})
"""Roles that answer for their unit."""

DEPUTY_ROLES = frozenset({"leader", "admin", "head", "officer"})
"""Roles that may stand in for a leader; an auditor only reads."""

READING_ROLES = frozenset({"admin", "leader", "auditor"})
"""Roles that read every unit's occurrences of their authority."""


class Share(StrEnum):
    """What a person has to do with an occurrence."""

    LEAD = "lead"
    COORDINATOR = "coordinator"
    READER = "reader"
    NONE = "none"

    @property
    def answers(self) -> bool:
        """Whether this share lets a person answer."""
        return self in (Share.LEAD, Share.COORDINATOR)

    @property
    def sees(self) -> bool:
        """Whether this share lets a person look."""
        return self is not Share.NONE


def share_of(role: str, unit_id: int | None, lead_unit: int, coordinators: Collection[int]) -> Share:
    """The share of a person of `role` in `unit_id` in an occurrence of the same authority."""
    if unit_id is not None and role in ANSWERING_ROLES:
        if unit_id == lead_unit:
            return Share.LEAD
        if unit_id in coordinators:
            return Share.COORDINATOR
    return Share.READER if role in READING_ROLES else Share.NONE


def sees_all(role: str) -> bool:
    """Whether the role reads every unit's occurrences."""
    return role in READING_ROLES


def may_hand_over(role: str, own: bool) -> bool:
    """Whether a person may hand over mail: each their own, a head for anybody in the unit, a leader to a deputy."""
    if role == "leader":
        return own
    return role in ANSWERING_ROLES and (own or role in ("head", "admin"))
