"""The database: SQLAlchemy 2 tables, sessions, queries and migrations. Importing this makes all tables known."""

from models.authority import Authority, Person, Role, Unit, UnitAlias
from models.base import Base
from models.notices import Message, MessageState, Notice, NoticeKind, NoticeState
from models.operations import AuditEvent, Deployed, Morning
from models.plan import Item, Part, Plan, PlanStatus, Responsibility, Scope, Section, StoredDocument
from models.schedule import Occurrence, Progress, ProgressState

__all__ = [
    "AuditEvent",
    "Authority",
    "Base",
    "Deployed",
    "Item",
    "Message",
    "MessageState",
    "Morning",
    "Notice",
    "NoticeKind",
    "NoticeState",
    "Occurrence",
    "Part",
    "Person",
    "Plan",
    "PlanStatus",
    "Progress",
    "ProgressState",
    "Responsibility",
    "Role",
    "Scope",
    "Section",
    "StoredDocument",
    "Unit",
    "UnitAlias",
]
