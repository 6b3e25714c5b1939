"""The dossier at its edges: checks before sending, sealing one .zip, sending it to the superior."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.clock import ZONE
from config.settings import Settings, load_settings
from documents.writing.scoring.dossier import BrokenEvidenceError, DossierFile, Written, safe_name, write_dossier
from models.scoring import Score, ScoreDossier, ScoreRound
from models.session import reading, transaction
from rules.audit import AuditAction
from rules.scoring.criteria.sets import Decision
from rules.scoring.dossier import DossierFacts, Proof, ScoreWords, rows_of
from rules.scoring.round import LOST_REASONS, RoundState
from services.actor import Actor
from services.audit import record
from services.documents import KeptDocument, place_of, settle, stored_document
from services.errors import Hint, StoreError
from services.policy import OfficePolicy, office_policy
from services.scoring.criteria import criteria_of
from services.scoring.facts import evidence_words
from services.scoring.rounds import the_round
from services.scoring.scores import sheet_of
from services.staff.deputies import stood_in
from services.staff.queries import leaders_of

_SEALABLE = (RoundState.APPROVED, RoundState.SENT, RoundState.VERIFIED, RoundState.SECOND, RoundState.FINAL)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed dossier: its version, where the .zip lies, its hash and size, and whether it is new."""

    dossier_id: int
    version: int
    path: Path
    name: str
    sha256: str
    size: int
    new: bool


def seal(authority: str | None, code: str | None, actor: Actor, settings: Settings | None = None) -> Sealed:
    """Write and keep the dossier of an approved round. Unchanged content is the same version again.

    The .zip is written outside any transaction. Raises StoreError when the round is not approved, a file is
    broken, or the round changes meanwhile.
    """
    used = settings or load_settings()
    with reading() as session:
        round_ = the_round(session, authority, code)
        if round_.state not in _SEALABLE:
            raise StoreError("Chỉ đóng hồ sơ sau khi lãnh đạo đã duyệt điểm tự chấm.", Hint.APPROVE_SCORES)
        newest = _newest(session, round_)
        facts, files = dossier_of(session, round_, (newest.version if newest else 0) + 1, actor.at, used)
        print_ = _fingerprint(facts, files)
        if newest is not None and newest.manifest.get("fingerprint") == print_:
            return _sealed(newest, used, new=False)
        round_id, changed_at = round_.id, round_.changed_at
    copy, written = _write(facts, files, used, actor.at)
    try:
        settle(copy, place_of(used.documents, written.sha256))
    finally:
        copy.unlink(missing_ok=True)
    with transaction() as session:
        found = session.get_one(ScoreRound, round_id)
        if found.changed_at != changed_at:
            raise StoreError("Trong lúc đóng hồ sơ, đợt chấm điểm đã thay đổi; hãy chạy lại.")
        return _sealed(_store(session, found, facts, written, print_, actor), used, new=True)


def copy_out(sealed: Sealed, target: Path) -> None:
    """Copy a sealed dossier to where somebody wants it."""
    shutil.copyfile(sealed.path, target)


def _write(facts: DossierFacts, files: Sequence[DossierFile], settings: Settings, at: datetime) -> tuple[Path, Written]:
    settings.documents.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=".new-", dir=settings.documents)
    os.close(descriptor)
    try:
        return Path(name), write_dossier(facts, files, Path(name), at.astimezone(ZONE))
    except BrokenEvidenceError as broken:
        Path(name).unlink(missing_ok=True)
        raise StoreError(str(broken)) from None


def _store(
    session: Session, round_: ScoreRound, facts: DossierFacts, written: Written, fingerprint: str, actor: Actor
) -> ScoreDossier:
    name = safe_name(f"ho-so-tu-cham-{round_.authority.code}-{facts.year}-v{facts.version}.zip")
    row = ScoreDossier(
        round_id=round_.id,
        version=facts.version,
        document=stored_document(session, KeptDocument(written.sha256, name, written.size), actor.at),
        total=facts.total,
        manifest={**written.manifest, "fingerprint": fingerprint},
        sealed_at=actor.at,
        sealed_by=actor.name,
    )
    session.add(row)
    session.flush()
    after = {"version": row.version, "sha256": written.sha256, "size": written.size, "total": f"{facts.total:f}"}
    record(session, actor, AuditAction.ROUND_SEAL, round_, after=after)
    return row


def _newest(session: Session, round_: ScoreRound) -> ScoreDossier | None:
    query = select(ScoreDossier).where(ScoreDossier.round_id == round_.id).order_by(ScoreDossier.version.desc())
    return session.scalar(query.limit(1))


def _sealed(row: ScoreDossier, settings: Settings, *, new: bool) -> Sealed:
    document = row.document
    place = place_of(settings.documents, document.sha256)
    return Sealed(row.id, row.version, place, document.name, document.sha256, document.size, new)


def _fingerprint(facts: DossierFacts, files: Sequence[DossierFile]) -> str:
    """The hash of what a dossier says, without its version and day: equal means that nothing changed."""
    content = {**asdict(facts), "version": 0, "sealed_on": ""}
    paths = [(file.path, file.sha256) for file in files]
    return sha256(json.dumps([content, paths], ensure_ascii=False, default=str).encode()).hexdigest()


def dossier_of(
    session: Session, round_: ScoreRound, version: int, at: datetime, settings: Settings
) -> tuple[DossierFacts, list[DossierFile]]:
    """What the dossier of a round says, and the evidence files that go into it, each once."""
    criteria = criteria_of(round_.criteria)
    sheet = sheet_of(round_)
    files: dict[str, DossierFile] = {}
    words = {score.criterion: _words(score, files, settings) for score in round_.scores}
    authority = round_.authority
    signer, lines = _signer(session, round_, office_policy(settings))
    facts = DossierFacts(
        authority=authority.name,
        place=authority.place or "",
        superior=authority.superior or "Cơ quan thẩm định",
        symbol="TTr-UBND",
        criteria=criteria.name,
        criteria_code=criteria.code,
        decision=_decision_words(criteria.decision, criteria.name),
        year=round_.year,
        version=version,
        sealed_on=_day(at),
        signer=signer,
        signature=lines,
        rows=rows_of(criteria, sheet, words),
        total=sheet.total,
        max=sheet.max,
        counted=sheet.counted,
        pending=sheet.pending,
    )
    return facts, list(files.values())


def _day(at: datetime) -> date:
    return at.astimezone(ZONE).date()


def _signer(session: Session, round_: ScoreRound, office: OfficePolicy) -> tuple[str, tuple[str, ...]]:
    """Who signs the letter, and in which form: the leader who approved, or their deputy for them; else the leader."""
    leaders = leaders_of(session, round_.authority_id)
    approver = round_.approver
    if approver is not None and round_.approved_at and stood_in(session, approver, round_.approved_at):
        return approver.name, office.official.deputy_signature
    if approver in leaders:
        leaders = [approver, *leaders]
    return office.official.signer or (leaders[0].name if leaders else ""), office.official.signature


def _decision_words(decision: Decision, name: str) -> str:
    if not decision.number:
        return ""
    day = f" ngày {decision.date:%d/%m/%Y}" if decision.date else ""
    issuer = f" của {decision.issued_by}" if decision.issued_by else ""
    return f"Quyết định số {decision.number}{day}{issuer} về {name}"


def _words(score: Score, files: dict[str, DossierFile], settings: Settings) -> ScoreWords:
    return ScoreWords(
        unit=score.unit.name if score.unit else "",
        explanation="\n".join(filter(None, (score.explanation, *_answered(score)))),
        proofs=tuple(_proofs(score, files, settings)),
        verified=score.verified,
        remark=score.remark or "",
        question=score.question or "",
        reply=score.reply or "",
        lost_because=LOST_REASONS.get(score.lost_because or "", ""),
    )


def _answered(score: Score) -> Iterator[str]:
    for answer in score.answers.values():
        yield str(answer)


def _proofs(score: Score, files: dict[str, DossierFile], settings: Settings) -> Iterator[Proof]:
    """The evidence of a score; a file that proves several criteria lies in the dossier once."""
    for use in score.evidence:
        evidence = use.evidence
        path = None
        if evidence.document is not None:
            key = evidence.document.sha256
            if key not in files:
                name = safe_name(evidence.name or evidence.document.name)
                path = f"tai-lieu/{len(files) + 1:03}-{safe_name(score.criterion)}-{name}"
                files[key] = DossierFile(place_of(settings.documents, key), key, path)
            path = files[key].path
        added = " (bổ sung khi giải trình)" if use.explains else ""
        yield Proof(evidence_words(evidence) + added, path, evidence.url, explains=use.explains)
