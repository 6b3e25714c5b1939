"""The yearly round: opened, filled, reviewed, approved. Each function is one step, in the caller's transaction.

Steps may be repeated: a step that is done already changes nothing and says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from models.answer import Evidence
from models.authority import Authority, Unit
from models.plan import Plan, PlanStatus
from models.scoring import Score, ScoreEvidence, ScoreRound, StoredCriteria
from models.session import exclusive
from rules.audit import AuditAction
from rules.scoring.criteria.sets import CriteriaSet, Source
from rules.scoring.entry import Entry
from rules.scoring.fill import NOT_LINKED, fill
from rules.scoring.round import ROUND_WORDS, RoundState, ScoreState, may_follow
from services.actor import Actor
from services.audit import record
from services.errors import Hint, StoreError, UnknownNameError
from services.scoring.criteria import criteria_of, every_criteria
from services.scoring.facts import linked_evidence, linked_facts
from services.scoring.scores import entry_of, recompute, sheet_of, stored_entry
from services.staff.queries import the_authority, unit_book, units_of


class RoundRefusedError(StoreError):
    """A step that the round cannot take now."""


@dataclass(frozen=True, slots=True)
class RoundDays:
    """The days of a round, in Asia/Ho_Chi_Minh: opened, the units' last day, and when the dossier leaves."""

    opened_on: date
    units_until: date
    sending_on: date


def find_round(session: Session, authority: Authority, code: str | None = None, *, lock: bool = False) -> ScoreRound:
    """The round of an authority by its set's code; without one the newest. Raises UnknownNameError."""
    query = (
        select(ScoreRound)
        .join(StoredCriteria, StoredCriteria.id == ScoreRound.set_id)
        .where(ScoreRound.authority_id == authority.id)
        .order_by(ScoreRound.year.desc(), ScoreRound.id.desc())
        .limit(1)
        .options(
            selectinload(ScoreRound.scores)
            .selectinload(Score.evidence)
            .selectinload(ScoreEvidence.evidence)
            .selectinload(Evidence.document)
        )
    )
    if code is not None:
        query = query.where(StoredCriteria.code == code)
    found = session.scalar(query.with_for_update(of=ScoreRound) if lock else query)
    if found is None:
        which = f" theo bộ tiêu chí {code}" if code else ""
        raise UnknownNameError(f"{authority.name} chưa có đợt chấm điểm nào{which}.", Hint.OPEN_ROUND)
    return found


def open_round(
    session: Session, authority: Authority, stored: StoredCriteria, plan: Plan | None, days: RoundDays, actor: Actor
) -> tuple[ScoreRound, bool]:
    """Open the round of an authority, each criterion with its unit and what is known; whether it is new."""
    exclusive(session, f"score-round {authority.id}")
    query = select(ScoreRound).where(ScoreRound.authority_id == authority.id, ScoreRound.set_id == stored.id)
    found = session.scalar(query)
    if found is not None:
        return found, False
    if not days.opened_on <= days.units_until <= days.sending_on:
        raise RoundRefusedError("Ngày mở, hạn tự chấm và ngày gửi hồ sơ phải theo thứ tự trước sau.")
    round_ = ScoreRound(
        authority=authority,
        criteria=stored,
        plan=plan,
        year=stored.year,
        state=RoundState.SCORING,
        opened_on=days.opened_on,
        units_until=days.units_until,
        sending_on=days.sending_on,
        changed_at=actor.at,
    )
    session.add(round_)
    _add_scores(session, round_, actor)
    session.flush()
    refill(session, round_, days.opened_on, actor)
    after = {"opened_on": days.opened_on, "units_until": days.units_until, "criteria": len(round_.scores)}
    record(session, actor, AuditAction.ROUND_OPEN, round_, after=after)
    return round_, True


def _add_scores(session: Session, round_: ScoreRound, actor: Actor) -> None:
    """One score a leaf."""
    criteria = criteria_of(round_.criteria)
    owners = units_of_leaves(session, round_.authority, criteria)
    for position, (leaf, (unit, surveyed)) in enumerate(zip(criteria.leaves, owners, strict=True)):
        score = Score(
            criterion=leaf.code,
            position=position,
            unit=None if surveyed else unit,
            state=ScoreState.OPEN,
            points=leaf.maximum * 0,
            counted=leaf.maximum,
            outcome="missing",
            calculation="",
            changed_at=actor.at,
            entry={},
            filled={},
            answers={},
            version=0,
        )
        round_.scores.append(score)


def units_of_leaves(session: Session, authority: Authority, criteria: CriteriaSet) -> list[tuple[Unit | None, bool]]:
    """The unit of each leaf, and whether it is surveyed; one not named, or that nobody knows, is the focal unit."""
    book = unit_book(session, authority)
    units = {unit.code: unit for unit in units_of(session, authority)}
    found = []
    for leaf in criteria.leaves:
        code = book.find(leaf.unit) if leaf.unit else None
        unit = units.get(code or "", units.get(leaf.unit.strip().upper(), authority.focal_unit))
        found.append((unit, leaf.source is Source.SURVEY))
    return found


def refill(session: Session, round_: ScoreRound, day: date, actor: Actor) -> int:
    """Fill in what the database knows, where no unit has entered anything yet. Returns how many scores changed."""
    criteria = criteria_of(round_.criteria)
    facts = linked_facts(session, criteria, round_.plan, day) if round_.plan else {}
    proofs = linked_evidence(session, criteria, round_.plan, day) if round_.plan else {}
    changed = 0
    for score in round_.scores:
        leaf = criteria.by_code[score.criterion]
        known = stored_entry(fill(leaf, facts.get(leaf.code, NOT_LINKED), day).now)
        untouched = score.state is ScoreState.OPEN
        if known != score.filled or not score.calculation:
            score.filled = known
            changed += 1
        if untouched:
            score.entry = known
            _attach(score, proofs.get(leaf.code, ()), actor)
            recompute(score)
    session.flush()
    return changed


def _attach(score: Score, proofs: Iterable[Evidence], actor: Actor) -> None:
    """The evidence filed with the linked items, beside what is there."""
    known = {use.evidence_id for use in score.evidence}
    for evidence in proofs:
        if evidence.id not in known:
            score.evidence.append(ScoreEvidence(evidence_id=evidence.id, evidence=evidence, added_at=actor.at))


def move(session: Session, round_: ScoreRound, then: RoundState, actor: Actor, note: str | None = None) -> bool:
    """Take a round to its next state; False when it is there already. Raises RoundRefusedError."""
    if round_.state is then:
        return False
    if not may_follow(round_.state, then):
        raise RoundRefusedError(
            f"Đợt chấm điểm đang ở bước “{ROUND_WORDS[round_.state]}”, chưa chuyển được sang “{ROUND_WORDS[then]}”."
        )
    before, round_.state, round_.changed_at = round_.state, then, actor.at
    session.flush()
    record(
        session,
        actor,
        AuditAction.ROUND_STEP,
        round_,
        before={"state": before.value},
        after={"state": then.value, "total": f"{sheet_of(round_).total:f}"},
        note=note,
    )
    return True


def to_review(session: Session, round_: ScoreRound, today: date, actor: Actor) -> bool:
    """Close the units' part: when all have entered, or their last day has passed. Raises RoundRefusedError."""
    if round_.state is not RoundState.SCORING:
        return False
    if today <= round_.units_until and (waiting := missing_units(round_)):
        raise RoundRefusedError(
            f"Còn {sum(waiting.values())} tiêu chí chưa được chấm ({_by_unit(waiting)}) và chưa hết hạn "
            f"{round_.units_until:%d/%m/%Y}."
        )
    return move(session, round_, RoundState.REVIEW, actor)


def missing_units(round_: ScoreRound) -> dict[str, int]:
    """How many criteria each unit has not yet entered, or got back and not entered again."""
    found: dict[str, int] = {}
    for score in round_.scores:
        if score.state in (ScoreState.OPEN, ScoreState.RETURNED) and not _is_survey(score):
            name = score.unit.name if score.unit else "chưa phân công"
            found[name] = found.get(name, 0) + 1
    return found


def _is_survey(score: Score) -> bool:
    leaf = criteria_of(score.round.criteria).by_code[score.criterion]
    return leaf.source is Source.SURVEY


def _by_unit(waiting: dict[str, int]) -> str:
    return "; ".join(f"{name}: {count}" for name, count in waiting.items())


def ask_approval(session: Session, round_: ScoreRound, warnings: int, actor: Actor, today: date) -> bool:
    """The focal unit hands the reviewed scores to the leader. Raises RoundRefusedError while something is open.

    `warnings` is how many checks nobody has answered yet. Criteria that no unit entered by the last day stay
    without points; returned and unreviewed ones must be settled first.
    """
    if round_.state is RoundState.APPROVAL:
        return False
    unsettled = [
        score.criterion
        for score in round_.scores
        if score.state in (ScoreState.SUBMITTED, ScoreState.RETURNED)
        or (score.state is ScoreState.OPEN and today <= round_.units_until and not _is_survey(score))
    ]
    if unsettled:
        some = ", ".join(unsettled[:8])
        raise RoundRefusedError(f"Còn {len(unsettled)} tiêu chí chưa rà soát xong ({some}); hãy xử lý trước khi trình.")
    if warnings:
        raise RoundRefusedError(f"Còn {warnings} cảnh báo chưa trả lời.", Hint.SCORE_CHECKS)
    moved = move(session, round_, RoundState.APPROVAL, actor)
    round_.submitted_by, round_.submitted_by_id = actor.name, actor.person_id
    session.flush()
    return moved


def approve(session: Session, round_: ScoreRound, actor: Actor, note: str = "") -> bool:
    """The leader approves. Raises RoundRefusedError for one's own submission, or at another step."""
    if round_.state is RoundState.APPROVED:
        return False
    if _submitted(round_, actor):
        raise RoundRefusedError("Người trình không được tự duyệt; cần lãnh đạo khác duyệt.")
    moved = move(session, round_, RoundState.APPROVED, actor, note or None)
    round_.approved_by, round_.approved_by_id = actor.name, actor.person_id
    round_.approved_at, round_.decision_note = actor.at, note or None
    session.flush()
    return moved


def _submitted(round_: ScoreRound, actor: Actor) -> bool:
    """Whether the actor handed the round up; names decide only where one of the two is known by name alone."""
    if round_.submitted_by_id is not None and actor.person_id is not None:
        return round_.submitted_by_id == actor.person_id
    return bool(round_.submitted_by) and actor.name.startswith(round_.submitted_by or "")


def unapprove(round_: ScoreRound, note: str) -> None:
    """Take the approval back, with the reason."""
    round_.approved_by = round_.approved_by_id = round_.approved_at = None
    round_.decision_note = note


def disapprove(session: Session, round_: ScoreRound, note: str, actor: Actor) -> bool:
    """The leader, or the focal unit before sending, takes the round back to review. Raises RoundRefusedError."""
    if not note.strip():
        raise RoundRefusedError("Hãy ghi lý do trả lại để đơn vị đầu mối rà soát.")
    moved = move(session, round_, RoundState.REVIEW, actor, note.strip())
    unapprove(round_, note.strip())
    session.flush()
    return moved


def entered(round_: ScoreRound) -> dict[str, Entry]:
    """The figures that units have given, with evidence, by criterion; scores nobody touched are out."""
    return {score.criterion: entry_of(score) for score in round_.scores if score.state is not ScoreState.OPEN}


UNITS_DAYS = 14


SENDING_DAYS = 30
"""How long units have, and when the dossier leaves, counted from the opening, unless somebody says otherwise."""


def usual_days(today: date, until: date | None = None, sending: date | None = None) -> RoundDays:
    """The days of a round opened today; what is given stands."""
    last = until or today + timedelta(days=UNITS_DAYS)
    return RoundDays(today, last, sending or max(last, today + timedelta(days=SENDING_DAYS)))


def sets_to_open(session: Session, authority: Authority) -> list[StoredCriteria]:
    """The newest version of each set by which the authority has no round of its year, the newest year first."""
    query = (
        select(StoredCriteria.code, ScoreRound.year)
        .join(ScoreRound, ScoreRound.set_id == StoredCriteria.id)
        .where(ScoreRound.authority_id == authority.id)
    )
    had = {(code, year) for code, year in session.execute(query).tuples()}
    found = [row for row in every_criteria(session) if (row.code, row.year) not in had]
    return sorted(found, key=lambda row: (-row.year, -row.id))


def plans_of_year(session: Session, authority: Authority, year: int) -> list[Plan]:
    """An authority's plans of a year: running ones first, of several the one brought in last."""
    query = select(Plan).where(Plan.authority_id == authority.id, Plan.year == year)
    return list(session.scalars(query.order_by(Plan.status == PlanStatus.CLOSED, Plan.imported_at.desc())))


def shares(session: Session, authority: Authority, stored: StoredCriteria) -> list[tuple[str, int]]:
    """How many criteria each unit is to score, in the order of the set; surveys come from the superior."""
    counts: dict[str, int] = {}
    for unit, surveyed in units_of_leaves(session, authority, criteria_of(stored)):
        name = "Điều tra xã hội học (không tự chấm)" if surveyed else unit.name if unit else "Chưa có đơn vị"
        counts[name] = counts.get(name, 0) + 1
    return list(counts.items())


def the_round(session: Session, authority: str | None, code: str | None, *, lock: bool = False) -> ScoreRound:
    """The round of an authority (the only one) by its set."""
    return find_round(session, the_authority(session, authority), code, lock=lock)
