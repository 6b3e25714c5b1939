"""Evidence: files kept once by their hash, documents named, and which occurrence each of them proves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models.answer import Evidence, EvidenceUse
from models.authority import Unit
from models.occurrence import Occurrence, Progress
from models.plan import Item, StoredDocument
from models.session import exclusive
from rules.audit import AuditAction
from rules.work.evidence import Reference
from services.actor import Actor, Visitor
from services.audit import record
from services.documents import KeptDocument, place_of, settle, stored_document
from services.errors import NotAllowedError, NotYoursError
from services.work.answers import Held, held

OFFERED = 12
"""How many earlier pieces of evidence a unit is offered to use again."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file received whole, still under its temporary name in the documents folder, its content checked."""

    path: Path
    sha256: str
    size: int
    name: str
    media: str


@dataclass(frozen=True, slots=True)
class Brought:
    """What came with an answer: files, a document named, and earlier evidence used again."""

    uploads: tuple[Upload, ...] = ()
    reference: Reference | None = None
    again: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A piece of evidence as pages show it. `use_id` ties it to its occurrence (None where it is only offered)."""

    use_id: int | None
    evidence_id: int
    unit_id: int
    unit_name: str
    name: str | None
    size: int | None
    reference: Reference
    created_at: datetime
    item_code: str = ""


def attach(session: Session, actor: Actor, of: Held, progress: Progress, brought: Brought, folder: Path) -> int:
    """Keep what came with an answer and tie it to the occurrence. Returns how many pieces were new to it.

    A file that is there already is not stored again, and the same piece is not tied twice.
    """
    unit_id = of.unit_of(actor.visitor)
    pieces = [_file(session, actor, unit_id, upload, _own(brought), folder) for upload in brought.uploads]
    if brought.reference is not None and _own(brought) is None:
        pieces.append(_piece(session, actor, unit_id, None, brought.reference))
    pieces.extend(_again(session, unit_id, brought.again))
    return sum(_tie(session, actor, of, progress, piece) for piece in dict.fromkeys(pieces))


def _own(brought: Brought) -> Reference | None:
    """The reference of the only file; with several files, or none, it is a piece of its own."""
    return brought.reference if len(brought.uploads) == 1 else None


def _file(
    session: Session, actor: Actor, unit_id: int, upload: Upload, reference: Reference | None, folder: Path
) -> Evidence:
    exclusive(session, "documents")
    settle(upload.path, place_of(folder, upload.sha256))
    document = stored_document(session, KeptDocument(upload.sha256, upload.name[:255], upload.size), actor.at)
    return _piece(session, actor, unit_id, (document, upload), reference or Reference())


def _piece(
    session: Session, actor: Actor, unit_id: int, file: tuple[StoredDocument, Upload] | None, reference: Reference
) -> Evidence:
    """The unit's evidence row of this file and reference, made when it is new."""
    facts = {name: getattr(reference, name) for name in ("reference", "issued_on", "issued_by", "place", "url")}
    document_id = file[0].id if file else None
    same = select(Evidence).where(
        Evidence.unit_id == unit_id,
        Evidence.document_id.is_not_distinct_from(document_id),
        *(getattr(Evidence, name).is_not_distinct_from(value) for name, value in facts.items()),
    )
    found = session.scalar(same.order_by(Evidence.id).limit(1))
    if found is None:
        found = Evidence(
            authority_id=actor.visitor.authority_id,
            unit_id=unit_id,
            person_id=actor.visitor.person_id,
            document_id=document_id,
            name=file[1].name if file else None,
            media=file[1].media if file else None,
            created_at=actor.at,
            **facts,
        )
        session.add(found)
        session.flush()
    return found


def _again(session: Session, unit_id: int, ids: Sequence[int]) -> list[Evidence]:
    """Earlier evidence of the same unit; anything else is as if it were not there."""
    if not ids:
        return []
    query = select(Evidence).where(Evidence.id.in_(list(ids)), Evidence.unit_id == unit_id)
    return list(session.scalars(query.order_by(Evidence.id)))


def _tie(session: Session, actor: Actor, of: Held, progress: Progress, piece: Evidence) -> bool:
    there = select(EvidenceUse.id).where(
        EvidenceUse.evidence_id == piece.id,
        EvidenceUse.occurrence_id == of.occurrence.id,
        EvidenceUse.removed_at.is_(None),
    )
    if session.scalar(there.limit(1)) is not None:
        return False
    session.add(
        EvidenceUse(
            evidence_id=piece.id,
            occurrence_id=of.occurrence.id,
            progress_id=progress.id,
            unit_id=progress.unit_id,
            created_at=actor.at,
        )
    )
    session.flush()
    sha256 = piece.document.sha256 if piece.document else None
    after = {"occurrence": of.occurrence.key, "evidence": piece.id, "name": piece.name, "sha256": sha256}
    record(session, actor, AuditAction.EVIDENCE_ADD, of.item, after={**after, "reference": piece.reference})
    return True


def remove_use(session: Session, actor: Actor, use_id: int) -> int:
    """Take a piece of the visitor's unit away from an occurrence (the file itself stays). Returns the occurrence.

    Raises NotYoursError for what the visitor does not see, NotAllowedError for another unit's.
    """
    use = session.get(EvidenceUse, use_id)
    if use is None or use.removed_at is not None:
        raise NotYoursError("Không có tài liệu này.")
    of = held(session, actor.visitor, use.occurrence_id, lock=True)
    if use.unit_id != of.unit_of(actor.visitor):
        raise NotAllowedError("Chỉ đơn vị đã nộp tài liệu mới gỡ được tài liệu đó.")
    use.removed_at = actor.at
    session.flush()
    after = {"occurrence": of.occurrence.key, "evidence": use.evidence_id}
    record(session, actor, AuditAction.EVIDENCE_REMOVE, of.item, after=after)
    return use.occurrence_id


def evidence_of(session: Session, occurrence_id: int) -> list[Shown]:
    """What proves an occurrence, in the order in which it came."""
    query = (
        select(EvidenceUse.id, Evidence, StoredDocument.size, Unit.id, Unit.name)
        .join(Evidence, Evidence.id == EvidenceUse.evidence_id)
        .outerjoin(StoredDocument, StoredDocument.id == Evidence.document_id)
        .join(Unit, Unit.id == EvidenceUse.unit_id)
        .where(EvidenceUse.occurrence_id == occurrence_id, EvidenceUse.removed_at.is_(None))
        .order_by(EvidenceUse.id)
    )
    return [_shown(use_id, row, size, unit) for use_id, row, size, *unit in session.execute(query)]


def earlier_evidence(session: Session, unit_id: int, occurrence_id: int) -> list[Shown]:
    """The unit's newest evidence for other items, offered to be used again."""
    here = select(EvidenceUse.evidence_id).where(
        EvidenceUse.occurrence_id == occurrence_id, EvidenceUse.removed_at.is_(None)
    )
    query = (
        select(Evidence, StoredDocument.size, Unit.id, Unit.name, Item.code)
        .join(EvidenceUse, EvidenceUse.evidence_id == Evidence.id)
        .join(Occurrence, Occurrence.id == EvidenceUse.occurrence_id)
        .join(Item, Item.id == Occurrence.item_id)
        .outerjoin(StoredDocument, StoredDocument.id == Evidence.document_id)
        .join(Unit, Unit.id == Evidence.unit_id)
        .where(Evidence.unit_id == unit_id, EvidenceUse.removed_at.is_(None), Evidence.id.not_in(here))
        .order_by(EvidenceUse.id.desc())
        .limit(OFFERED * 3)
    )
    offered: dict[int, Shown] = {}
    for row, size, unit, unit_name, code in session.execute(query):
        offered.setdefault(row.id, _shown(None, row, size, (unit, unit_name), code))
    return list(offered.values())[:OFFERED]


def _shown(use_id: int | None, row: Evidence, size: int | None, unit: Sequence[object], code: str = "") -> Shown:
    reference = Reference(row.reference, row.issued_on, row.issued_by, row.place, row.url)
    unit_id, unit_name = unit
    return Shown(use_id, row.id, int(str(unit_id)), str(unit_name), row.name, size, reference, row.created_at, code)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file to be handed out: where it lies, under which name and type."""

    path: Path
    name: str
    media: str
    size: int


def file_for(session: Session, visitor: Visitor, evidence_id: int, folder: Path) -> StoredFile:
    """The file of a piece that the visitor may read: their unit's own, or one that proves what they see.

    Raises NotYoursError otherwise.
    """
    row = session.scalar(select(Evidence).where(Evidence.id == evidence_id).options(joinedload(Evidence.document)))
    if row is None or row.document is None or not _readable(session, visitor, row):
        raise NotYoursError("Không có tài liệu này.")
    path = place_of(folder, row.document.sha256)
    if not path.is_file():
        raise NotYoursError("Tệp này không còn trong kho tài liệu; hãy báo quản trị viên.")
    return StoredFile(path, row.name or row.document.name, row.media or "application/octet-stream", row.document.size)


def _readable(session: Session, visitor: Visitor, row: Evidence) -> bool:
    if row.authority_id != visitor.authority_id:
        return False
    uses = select(EvidenceUse.occurrence_id).where(EvidenceUse.evidence_id == row.id, EvidenceUse.removed_at.is_(None))
    for occurrence_id in session.scalars(uses):
        try:
            held(session, visitor, occurrence_id)
        except NotYoursError:
            continue
        return True
    return row.unit_id == visitor.unit_id and visitor.plan_ids is None


def stash(session: Session, actor: Actor, of: Held, uploads: Sequence[Upload], folder: Path) -> list[Shown]:
    """Keep files whose answer could not be stored yet, so that nobody must choose them again."""
    unit_id = of.unit_of(actor.visitor)
    kept = [(_file(session, actor, unit_id, upload, None, folder), upload) for upload in uploads]
    return [_shown(None, row, upload.size, (unit_id, actor.visitor.unit_name)) for row, upload in kept]
