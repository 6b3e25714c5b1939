"""The database: SQLAlchemy 2 tables, sessions, queries and migrations. Importing this makes all tables known."""

from models.answer_tables import (
    AnswerDraft,
    CalendarFeed,
    Evidence,
    EvidenceUse,
    Extension,
    Handover,
    NamedCoordinator,
    Review,
    Verdict,
)
from models.api_tokens import ApiToken
from models.authority import Authority, Person, Role, Unit, UnitAlias
from models.base import Base
from models.links import LinkPurpose, LinkRequest, PortalLink, PortalSession
from models.notices import Message, MessageState, Notice, NoticeKind, NoticeState
from models.operations import AuditEvent, Deployed, Morning
from models.pending_acts import ActKind, PendingAct
from models.plan import Item, Part, Plan, PlanStatus, Responsibility, Scope, Section, StoredDocument
from models.plan_changes import PlanChange
from models.plan_drafts import DraftState, PlanDraft
from models.report_tables import (
    MessageAttachment,
    Report,
    ReportAsk,
    ReportFigures,
    ReportFile,
    ReportMail,
    ReportReopening,
)
from models.schedule import Occurrence, Progress, ProgressState
from models.scoring_tables import (
    CriterionLink,
    Score,
    ScoreDossier,
    ScoreDraft,
    ScoreEvidence,
    ScoreRound,
    StoredCriteria,
)

__all__ = [
    "ActKind",
    "AnswerDraft",
    "ApiToken",
    "AuditEvent",
    "Authority",
    "Base",
    "CalendarFeed",
    "CriterionLink",
    "Deployed",
    "DraftState",
    "Evidence",
    "EvidenceUse",
    "Extension",
    "Handover",
    "Item",
    "LinkPurpose",
    "LinkRequest",
    "Message",
    "MessageAttachment",
    "MessageState",
    "Morning",
    "NamedCoordinator",
    "Notice",
    "NoticeKind",
    "NoticeState",
    "Occurrence",
    "Part",
    "PendingAct",
    "Person",
    "Plan",
    "PlanChange",
    "PlanDraft",
    "PlanStatus",
    "PortalLink",
    "PortalSession",
    "Progress",
    "ProgressState",
    "Report",
    "ReportAsk",
    "ReportFigures",
    "ReportFile",
    "ReportMail",
    "ReportReopening",
    "Responsibility",
    "Review",
    "Role",
    "Scope",
    "Score",
    "ScoreDossier",
    "ScoreDraft",
    "ScoreEvidence",
    "ScoreRound",
    "Section",
    "StoredCriteria",
    "StoredDocument",
    "Unit",
    "UnitAlias",
    "Verdict",
]
