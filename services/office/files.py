"""The office's own files (policy, working days): what is in force, and putting a new text in force.

The file is the truth: every process reads it again as soon as it changes (services/policy.py).
A new text is checked as loading checks it, written whole or not at all, and told in the
audit trail with the old text, so that it can be taken back.
"""

import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from config.clock import ZONE
from config.os_words import reason
from config.overrides import check_working_days
from config.policy import check_policy
from config.settings import Settings
from models.authority import Authority
from models.operations import AuditEvent
from models.session import exclusive
from rules.audit import AuditAction, SubjectKind
from services.actor import Actor, Visitor
from services.audit import Subject, record
from services.errors import BadContentError, NotAllowedError, StoreError
from services.plans.occurrences import Synced, sync_authority
from services.policy import Terms, office_calendar, office_policy
from services.staff.provinces import authorities_below

LARGEST = 60_000
"""Bytes of a file: the shipped policy with all its comments has ten thousand."""


class OfficeFile(StrEnum):
    """The two files, by the names that pages and locks use."""

    POLICY = "policy"
    WORKING_DAYS = "working_days"

    @property
    def words(self) -> str:
        """How people call it."""
        return "quy định đôn đốc" if self is OfficeFile.POLICY else "ngày nghỉ, ngày làm bù"

    @property
    def action(self) -> AuditAction:
        """How the audit trail calls a change of it."""
        return AuditAction.POLICY_PUT if self is OfficeFile.POLICY else AuditAction.WORKING_DAYS_PUT

    @property
    def setting(self) -> str:
        """The setting that names its place."""
        return "DONDOC_POLICY_FILE" if self is OfficeFile.POLICY else "DONDOC_WORKING_DAYS_FILE"

    def path(self, settings: Settings) -> Path:
        """Where it stands, or would stand."""
        return settings.own_policy if self is OfficeFile.POLICY else settings.own_working_days

    def faults(self, text: str) -> tuple[str, ...]:
        """What is wrong with a text, one Vietnamese sentence each."""
        if len(text.encode()) > LARGEST:
            return (f"Nội dung lớn hơn {LARGEST // 1000} KB; hãy bớt ghi chú.",)
        return check_policy(text)[1] if self is OfficeFile.POLICY else check_working_days(text)


@dataclass(frozen=True, slots=True)
class InForce:
    """An own file as it stands: its text ("" where there is none) and the word that names just this text."""

    path: Path
    text: str
    seal: str
    exists: bool


@dataclass(frozen=True, slots=True)
class Ruled:
    """One change of a file as the audit trail has it."""

    id: int
    at: datetime
    who: str
    before: str
    after: str
    note: str


def in_force(settings: Settings, file: OfficeFile) -> InForce:
    """The office's own file now. Raises StoreError for one that cannot be read."""
    path = file.path(settings)
    try:
        raw = path.read_bytes() if path.exists() else b""
        return InForce(path, raw.decode("utf-8-sig"), seal_of(raw), path.exists())
    except (OSError, UnicodeDecodeError) as error:
        cause = reason(error) if isinstance(error, OSError) else "không phải mã UTF-8"
        raise StoreError(f"Không đọc được tệp {file.words} {path} ({cause}). Sửa tệp hoặc quyền đọc của tệp.") from None


def seal_of(content: str | bytes) -> str:
    """The sha256 of a text as it stands in a file."""
    return sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def cannot_write(settings: Settings, file: OfficeFile) -> str:
    """Why the file cannot be written from here, and what to do instead; "" where it can."""
    path = file.path(settings)
    folder = next(one for one in (path.parent, *path.parents) if one.exists())
    if os.access(path if path.exists() else folder, os.W_OK) and os.access(folder, os.W_OK):
        return ""
    return (
        f"Máy không ghi được tệp {path}. Người quản lý máy chủ chép nội dung đã kiểm tra vào tệp đó, "
        f"hoặc đặt {file.setting} sang một tệp ghi được; không cần khởi động lại."
    )


def rules_for_all(session: Session, visitor: Visitor) -> bool:
    """Whether the visitor's authority is the only one here, or all others stand below it: the files are for all."""
    others = set(session.scalars(select(Authority.id).where(Authority.id != visitor.authority_id)))
    return not others or others <= set(authorities_below(session, visitor.authority_id))


def put_in_force(
    session: Session, actor: Actor, file: OfficeFile, text: str, *, seen: str, settings: Settings, note: str = ""
) -> Synced:
    """Write the text as the office's own file, note it, and bring every due day and next rung in line with it.

    `seen` is the seal of the file that the person compared with. In the caller's transaction: when that is undone,
    the old file is put back. Raises BadContentError for a faulty text, NotAllowedError when the file has changed
    since or cannot be written.
    """
    exclusive(session, f"office.{file}")
    if problems := file.faults(text):
        raise BadContentError(problems[0])
    old = in_force(settings, file)
    if old.seal != seen:
        raise NotAllowedError(f"Tệp {file.words} vừa được sửa ở nơi khác; hãy xem lại ảnh hưởng trước khi áp dụng.")
    if problem := cannot_write(settings, file):
        raise NotAllowedError(problem)
    after = {"sha256": seal_of(text), "text": text}
    before = {"sha256": old.seal, "text": old.text}
    named = Subject(SubjectKind.FILE, None, old.path.name)
    record(session, actor, file.action, named, before=before, after=after, note=note or None)
    _write(old.path, text)
    _unless_committed(session, old)
    return _sync(session, settings, actor)


def _sync(session: Session, settings: Settings, actor: Actor) -> Synced:
    policy = office_policy(settings)
    terms = Terms(office_calendar(settings), policy.ladder, actor.at.astimezone(ZONE).date(), actor.at, policy.scheme)
    owners = session.scalars(select(Authority.id).order_by(Authority.id)).all()
    return sum((sync_authority(session, owner, terms) for owner in owners), Synced())


def _write(path: Path, text: str) -> None:
    """Whole or not at all, also when the machine stops half-way."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    copy = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as target:
            target.write(text.encode())
            target.flush()
            os.fsync(target.fileno())
        copy.chmod(0o600)
        copy.replace(path)
    except OSError:
        copy.unlink(missing_ok=True)
        raise


def _unless_committed(session: Session, old: InForce) -> None:
    """Put the old file back when the transaction that notes the new one is undone."""

    def undo(_session: Session) -> None:
        _put_back(old)

    def keep(_session: Session) -> None:
        event.remove(session, "after_rollback", undo)

    event.listen(session, "after_rollback", undo)
    event.listen(session, "after_commit", keep, once=True)


def _put_back(old: InForce) -> None:
    if old.exists:
        _write(old.path, old.text)
    else:
        old.path.unlink(missing_ok=True)


def history(session: Session, file: OfficeFile, limit: int = 10) -> list[Ruled]:
    """The newest changes made here, the newest first."""
    query = select(AuditEvent).where(AuditEvent.action == file.action).order_by(AuditEvent.id.desc()).limit(limit)
    return [
        Ruled(
            row.id, row.at, row.actor, (row.before or {}).get("text", ""), (row.after or {}).get("text", ""),
            row.note or "",
        )
        for row in session.scalars(query)
    ]  # fmt: skip


def changed_by_hand(session: Session, file: OfficeFile, now: InForce) -> bool:
    """Whether the file is no longer what was last put in force here: somebody edited it on the machine."""
    newest = history(session, file, 1)
    return bool(newest) and seal_of(newest[0].after) != now.seal
