"""The second step before what cannot be undone: asked in the portal, confirmed by a link in the asker's own mail.

Only administrators ask, only the asker confirms, once, within half an hour. Each step
is an audit row. What is refused is refused at both steps, by the functions that do it.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.orm import Session

from models.access_pending_acts import ActKind, PendingAct
from models.authority import Authority, Person, Role
from models.occurrence import Occurrence, Progress
from models.plan import Item, Plan
from rules.audit import AuditAction
from services.access.links import Door
from services.access.mailed import act_token
from services.actor import Actor, Visitor
from services.audit import record
from services.errors import NotAllowedError, NotYoursError, StoreError
from services.plans.queries import remove_plan
from services.privacy.authority_data import counts
from services.privacy.erase_authority import erase_authority, must_rest
from services.privacy.erase_person import check_erasable, erase_person

HOLDS = timedelta(minutes=30)
MINUTES = int(HOLDS.total_seconds() // 60)
_TITLES = {
    ActKind.ERASE_PERSON: "Xóa dữ liệu cá nhân của người dùng địa chỉ {}",
    ActKind.REMOVE_PLAN: "Gỡ kế hoạch {}",
    ActKind.ERASE_AUTHORITY: "Xóa toàn bộ dữ liệu của {}",
}


class LapsedError(StoreError):
    """The link was used already, is too old, or a newer one took its place."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What an act will do: its title, a sentence each for what goes and what stays; `who` is for the page alone.

    A name without its address would outlive its erasing in the mail.
    """

    title: str
    effects: tuple[str, ...]
    who: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """An act that waits: its row, the token for the mail (the mail keeps a placeholder), and what it will do."""

    row: PendingAct
    token: str
    outlook: Outlook


def ask(session: Session, actor: Actor, act: ActKind, target_id: int, door: Door) -> Asked:
    """Let an act wait for its confirmation; an older one of the same kind and target is worthless from now on.

    Raises NotAllowedError for everybody but administrators, NotYoursError for what is not theirs, StoreError where
    the act would be refused.
    """
    visitor = actor.visitor
    if visitor.role != Role.ADMIN:
        raise NotAllowedError("Chỉ quản trị viên làm được việc này.")
    seen = outlook(session, visitor, act, target_id, actor.at)
    _settle(session, actor.at, PendingAct.act == act, PendingAct.target_id == target_id,
            PendingAct.person_id == visitor.person_id)  # fmt: skip
    row = PendingAct(
        authority_id=visitor.authority_id,
        person_id=visitor.person_id,
        act=act,
        target_id=target_id,
        token_hash=_hashed(secrets.token_urlsafe(32)),  # until the row has its number
        created_at=actor.at,
        expires_at=actor.at + HOLDS,
    )
    session.add(row)
    session.flush()
    token = act_token(door, row.id, row.person_id, row.expires_at)
    row.token_hash = _hashed(token)
    record(
        session, actor, AuditAction.ACT_ASK, _subject(session, row), after={"act": act, "expires_at": row.expires_at}
    )
    return Asked(row, token, seen)


def pending(session: Session, visitor: Visitor, token: str, now: datetime) -> PendingAct:
    """The act that a token confirms, for its asker. Raises NotYoursError, LapsedError. Reads only."""
    row = session.scalar(select(PendingAct).where(PendingAct.token_hash == _hashed(token[:200])))
    if row is None or row.person_id != visitor.person_id or visitor.role != Role.ADMIN:
        raise NotYoursError("Liên kết xác nhận không đúng, hoặc thuộc về người khác. Hãy mở lại từ thư của bạn.")
    if row.settled_at is not None or now >= row.expires_at:
        raise LapsedError(f"Liên kết xác nhận đã dùng hoặc đã quá {MINUTES} phút. Nếu vẫn cần, hãy yêu cầu lại từ đầu.")
    return row


def outlook(session: Session, visitor: Visitor, act: ActKind, target_id: int, now: datetime) -> Outlook:
    """What an act will do. Raises NotYoursError, and StoreError where it would be refused."""
    if act is ActKind.ERASE_PERSON:
        person = _person(session, visitor, target_id)
        return Outlook(_TITLES[act].format(person.email), _PERSON_EFFECTS, person.name)
    if act is ActKind.REMOVE_PLAN:
        plan = _plan(session, visitor, target_id)
        return Outlook(_TITLES[act].format(f"{plan.code} “{plan.title}”"), _plan_effects(session, plan))
    authority = _authority(session, visitor, target_id, now)
    return Outlook(_TITLES[act].format(authority.name), _authority_effects(counts(session, authority.id)))


def confirm(session: Session, actor: Actor, row: PendingAct, folder: Path, exports: Path) -> str:
    """Do a pending act, once; what was done, in a Vietnamese sentence. Raises LapsedError, StoreError.

    `folder` is where the documents lie, `exports` where an authority's data are written before they go. Files of an
    erased authority are removed by the caller after the commit (services/privacy/erase_authority.py).
    """
    if not _settle(session, actor.at, PendingAct.id == row.id):
        raise LapsedError("Việc này vừa được xác nhận ở nơi khác.")
    act, target = row.act, row.target_id
    seen = outlook(session, actor.visitor, act, target, actor.at)
    record(session, actor, AuditAction.ACT_CONFIRM, _subject(session, row), after={"act": act})
    if act is ActKind.ERASE_PERSON:
        done = erase_person(session, _person(session, actor.visitor, target), actor)
        return f"Đã xóa dữ liệu cá nhân; từ nay ghi là “{done.pseudonym}”."
    if act is ActKind.REMOVE_PLAN:
        gone = remove_plan(session, _plan(session, actor.visitor, target), actor)
        return f"Đã gỡ kế hoạch: {gone['items']} nhiệm vụ, {gone['occurrences']} kỳ."
    authority = _authority(session, actor.visitor, target, actor.at)
    export = exports / f"{authority.code}-{actor.at:%Y%m%d-%H%M%S}.zip"
    actor = Actor(f"quản trị viên số {actor.visitor.person_id} (trang web)", actor.at)
    erase_authority(session, authority, actor, folder, export)
    return f"{seen.title}: đã xong. Bản xuất dữ liệu nằm trên máy chủ: {export}"


_PERSON_EFFECTS = (
    "Họ tên, địa chỉ, thư và mọi liên kết của người này bị xóa; người này không vào được nữa.",
    "Kết quả đã báo cáo của đơn vị vẫn còn, dưới một số thay cho tên; chuỗi nhật ký vẫn kiểm tra được.",
    "Không khôi phục được, trừ từ bản sao lưu.",
)


def _plan_effects(session: Session, plan: Plan) -> tuple[str, ...]:
    items = select(Item.id).where(Item.plan_id == plan.id)
    dues = select(Occurrence.id).where(Occurrence.item_id.in_(items))
    answers = select(Progress.id).where(Progress.occurrence_id.in_(dues))
    found = [session.scalar(select(func.count()).select_from(query.subquery())) for query in (items, dues, answers)]
    return (
        f"{found[0]} nhiệm vụ, {found[1]} kỳ, {found[2]} báo cáo tiến độ của kế hoạch bị xóa, cùng các lời nhắc.",
        "Thư đã gửi và nhật ký vẫn còn.",
        "Không khôi phục được, trừ từ bản sao lưu. Nếu chỉ muốn ngừng nhắc, hãy đóng kế hoạch.",
    )


def _authority_effects(rows: dict[str, int]) -> tuple[str, ...]:
    return (
        f"{rows['plan']} kế hoạch, {rows['item']} nhiệm vụ, {rows['progress']} báo cáo tiến độ, {rows['unit']} đơn vị, "
        f"{rows['person']} người, {rows['message']} thư bị xóa; mọi người của cơ quan, kể cả bạn, không vào được nữa.",
        "Trước khi xóa, toàn bộ dữ liệu được ghi ra một tệp trên máy chủ. Cơ quan khác không bị ảnh hưởng.",
        "Nhật ký chỉ còn cho biết đã có việc gì vào lúc nào, và vẫn kiểm tra được.",
    )


def _person(session: Session, visitor: Visitor, target_id: int) -> Person:
    person = session.get(Person, target_id)
    if person is None or person.authority_id != visitor.authority_id:
        raise NotYoursError("Không có người này trong cơ quan.")
    if person.id == visitor.person_id:
        raise NotAllowedError("Không ai tự xóa dữ liệu của chính mình ở đây; đề nghị quản trị viên khác thực hiện.")
    check_erasable(session, person)
    return person


def _plan(session: Session, visitor: Visitor, target_id: int) -> Plan:
    plan = session.get(Plan, target_id)
    if plan is None or plan.authority_id != visitor.authority_id or not visitor.opens(plan.id):
        raise NotYoursError("Không có kế hoạch này trong cơ quan.")
    return plan


def _authority(session: Session, visitor: Visitor, target_id: int, now: datetime) -> Authority:
    if target_id != visitor.authority_id:
        raise NotYoursError("Không có cơ quan này.")
    authority = session.get_one(Authority, target_id)
    must_rest(session, authority, now)
    return authority


def _subject(session: Session, row: PendingAct) -> Person | Plan | Authority:
    """What the act is about."""
    if row.act is ActKind.ERASE_PERSON:
        return session.get_one(Person, row.target_id)
    if row.act is ActKind.REMOVE_PLAN:
        return session.get_one(Plan, row.target_id)
    return session.get_one(Authority, row.target_id)


def _settle(session: Session, at: datetime, *which: object) -> bool:
    """Make pending acts worthless; whether there was one. Of two who confirm at once only one gets it."""
    statement = update(PendingAct).where(PendingAct.settled_at.is_(None), *which)  # type: ignore[arg-type]
    result = session.execute(statement.values(settled_at=at), execution_options={"synchronize_session": False})
    return isinstance(result, CursorResult) and result.rowcount > 0


def _hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()
