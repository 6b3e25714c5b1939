"""The stored facts a report is made from, read in a fixed number of queries however many items a plan has."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from config.clock import ZONE
from models.answer import Evidence, EvidenceUse, Extension, Review, Verdict
from models.authority import Unit
from models.mail import Notice, NoticeState
from models.occurrence import Occurrence, Progress
from models.plan import Item, Part, Plan, Responsibility, Section
from models.report import Report, ReportAsk, ReportReopening
from rules.calendar.occurrences import OccurrenceKind, needs_a_date
from rules.plan.figures import Figure, Goal, figure_words
from rules.reporting.facts import DueFact, Extended, Facts, GivenAnswer, GivenEvidence, ItemFact, Window, counting_day
from rules.reporting.values import Measured
from rules.timing.values import Timing, TimingKind
from rules.work.answers import DONE
from rules.work.evidence import Reference

OTHER = "khac"
"""Field of items that stand under no heading of the plan."""


def facts_of(session: Session, plan: Plan, soon_days: int, report: Report | None = None) -> Facts:
    """Everything known of a plan. With `report`, also how often each unit was asked for it."""
    parents = _sections(session, plan)
    names = _printed(session, plan)
    dues = _dues(session, plan)
    items = [_item(row, parents, names, dues) for row in _items(session, plan)]
    used = {item.field for item in items}
    fields = {code: title for code, (title, _) in parents.items() if code in used}
    if OTHER in used:
        fields[OTHER] = "Nhiệm vụ khác" if fields else "Các nhiệm vụ của Kế hoạch"
    units = select(Unit.code, Unit.name).where(Unit.authority_id == plan.authority_id).order_by(Unit.id)
    return Facts(
        plan_code=plan.code,
        plan_title=plan.title,
        plan_number=_number(plan),
        issued_on=plan.issued_on,
        authority_code=plan.authority.code,
        authority_name=plan.authority.name,
        units=dict(session.execute(units).tuples().all()),
        fields=fields,
        items=tuple(items),
        extensions=tuple(_extensions(session, plan)),
        reminders=_reminders(session, plan),
        asked=_asked(session, report),
        soon_days=soon_days,
    )


def windows_of(session: Session, plan_id: int) -> tuple[Window, ...]:
    """The stretches in which a plan's reports were open again."""
    query = (
        select(Report.cut_off, ReportReopening.since, ReportReopening.ended_at)
        .join(Report, Report.id == ReportReopening.report_id)
        .where(Report.plan_id == plan_id)
    )
    return tuple(Window(*row) for row in session.execute(query).tuples())


def _number(plan: Plan) -> str:
    return plan.number or ""  # as printed, the symbol included ("45/KH-UBND")


def _local(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()


def _sections(session: Session, plan: Plan) -> dict[str, tuple[str, str | None]]:
    query = select(Section.code, Section.title, Section.parent).where(Section.plan_id == plan.id)
    rows = session.execute(query.order_by(Section.position)).tuples()
    return {code: (title, parent) for code, title, parent in rows}


def field_of(section: str | None, sections: Mapping[str, tuple[str, str | None]]) -> str:
    """The field a section belongs to: the second level where the plan is divided into parts, else the first."""
    chain: list[str] = []
    while section is not None and section in sections and section not in chain:
        chain.insert(0, section)
        section = sections[section][1]
    if not chain:
        return OTHER
    roots = sum(parent is None or parent not in sections for _, parent in sections.values())
    divided = roots <= 3 and any(parent == chain[0] for _, parent in sections.values())
    return chain[1] if divided and len(chain) > 1 else chain[0]


def _items(session: Session, plan: Plan) -> Iterable[Any]:
    columns = (Item.id, Item.code, Item.title, Item.section, Item.timing_phrase, Item.timing_kind, Item.timing_json)
    rest = (Item.results, Item.targets, Item.dropped_at)
    return session.execute(select(*columns, *rest).where(Item.plan_id == plan.id).order_by(Item.position))


def _item(
    row: Any,
    parents: Mapping[str, tuple[str, str | None]],
    names: Mapping[tuple[int, Part], list[str]],
    dues: Mapping[int, list[DueFact]],
) -> ItemFact:
    own = tuple(dues.get(row.id, ()))
    return ItemFact(
        code=row.code,
        title=row.title,
        field=field_of(row.section, parents),
        leads="; ".join(names.get((row.id, Part.LEAD), ())),
        coordinators="; ".join(names.get((row.id, Part.COORDINATOR), ())),
        timing=row.timing_phrase,
        results=tuple(row.results),
        targets=tuple(str(target["text"]) for target in row.targets),
        undetermined=_undetermined(row, own),
        dropped_on=_local(row.dropped_at) if row.dropped_at else None,
        dues=own,
    )


def _undetermined(row: Any, dues: Iterable[DueFact]) -> str | None:
    """Why an item has no date yet; None where it has one. The same rule as services.figures.status."""
    timing = row.timing_json
    if row.timing_kind is not TimingKind.UNDETERMINED and (
        any(due.cancelled_on is None for due in dues) or not needs_a_date(Timing.model_validate(timing))
    ):
        return None
    return str(timing.get("reason") or "chưa có ngày cụ thể")


def _printed(session: Session, plan: Plan) -> dict[tuple[int, Part], list[str]]:
    found: dict[tuple[int, Part], list[str]] = defaultdict(list)
    query = select(Responsibility.item_id, Responsibility.part, Responsibility.printed)
    query = _in_plan(query, plan, Responsibility.item_id).order_by(Responsibility.position, Responsibility.id)
    for item_id, part, printed in session.execute(query):
        found[item_id, part].append(printed)
    return found


def _in_plan(query: Select[Any], plan: Plan, item_id: Any) -> Select[Any]:
    return query.join(Item, Item.id == item_id).where(Item.plan_id == plan.id)


def _dues(session: Session, plan: Plan) -> dict[int, list[DueFact]]:
    answers, evidence, moves = _answers(session, plan), _evidence(session, plan), _moves(session, plan)
    query = select(Occurrence, Unit.code).join(Unit, Unit.id == Occurrence.unit_id)
    query = _in_plan(query, plan, Occurrence.item_id).order_by(Occurrence.last_day, Occurrence.id)
    found: dict[int, list[DueFact]] = defaultdict(list)
    for row, unit in session.execute(query).tuples():
        given: Sequence[GivenAnswer] = answers.get(row.id, ())
        if not given and row.done_on is not None:  # done before its day was moved: the answer stays with the old row
            given = (GivenAnswer(row.done_on, row.done_on, DONE, 100, done_on=row.done_on),)
        found[row.item_id].append(
            DueFact(
                key=row.key,
                unit=unit,
                label="" if row.kind == OccurrenceKind.DEADLINE else row.label,
                opens_on=row.opens_on,
                due_on=row.due_on,
                last_day=row.last_day,
                urge_until=row.urge_until,
                answers=tuple(given),
                evidence=tuple(evidence.get(row.id, ())),
                moves=tuple(moves.get(row.id, ())),
                cancelled_on=_local(row.cancelled_at) if row.cancelled_at else None,
            )
        )
    return found


def _answers(session: Session, plan: Plan) -> dict[int, list[GivenAnswer]]:
    """The leading units' answers by due day, oldest first, each with the day on which it counts."""
    windows = windows_of(session, plan.id)
    returned: dict[int, date] = {}
    reviews = select(Review.progress_id, Review.created_at).join(Occurrence, Occurrence.id == Review.occurrence_id)
    reviews = _in_plan(reviews.where(Review.verdict == Verdict.RETURNED), plan, Occurrence.item_id)
    for progress_id, at in session.execute(reviews.order_by(Review.id)):
        returned.setdefault(progress_id, _local(at))
    query = (
        select(Progress, Item.targets)
        .join(Occurrence, Occurrence.id == Progress.occurrence_id)
        .where(Progress.unit_id == Occurrence.unit_id)
    )
    query = _in_plan(query, plan, Occurrence.item_id).order_by(Progress.id)
    found: dict[int, list[GivenAnswer]] = defaultdict(list)
    for row, targets in session.execute(query).tuples():
        found[row.occurrence_id].append(_answer(row, targets, windows, returned.get(row.id)))
    return found


def _answer(row: Progress, targets: list[Any], windows: tuple[Window, ...], returned: date | None) -> GivenAnswer:
    goals = {
        target["text"]: Goal(target["text"], target.get("operator"), target["value"], target.get("unit"))
        for target in targets
        if target.get("value") is not None
    }
    figures = [Figure(**figure) for figure in row.figures]
    day = _local(row.created_at)
    return GivenAnswer(
        counts_on=counting_day(row.created_at, day, windows),
        answered_on=day,
        state=row.state.value,
        percent=row.percent,
        note=row.note,
        done_on=row.done_on,
        figures=tuple(
            Measured(goal=one.text, words=figure_words(one, goals.get(one.text)), met=one.met) for one in figures
        ),
        withdrawn_on=_local(row.withdrawn_at) if row.withdrawn_at else None,
        returned_on=returned,
    )


def _evidence(session: Session, plan: Plan) -> dict[int, list[GivenEvidence]]:
    query = select(EvidenceUse, Evidence).join(Evidence, Evidence.id == EvidenceUse.evidence_id)
    query = query.join(Occurrence, Occurrence.id == EvidenceUse.occurrence_id)
    query = _in_plan(query, plan, Occurrence.item_id).order_by(EvidenceUse.id)
    found: dict[int, list[GivenEvidence]] = defaultdict(list)
    for use, proof in session.execute(query).tuples():
        removed = _local(use.removed_at) if use.removed_at else None
        found[use.occurrence_id].append(GivenEvidence(_local(use.created_at), proof_words(proof), removed))
    return found


def proof_words(proof: Evidence) -> str:
    """A proof as a report names it: the document it refers to, else its file, else its address."""
    reference = Reference(proof.reference, proof.issued_on, proof.issued_by, proof.place)
    if proof.reference or proof.issued_on or proof.issued_by:
        return f"Văn bản {reference.words}"
    if proof.name:
        return f"Tệp “{proof.name}”{f', {proof.place}' if proof.place else ''}"
    return proof.url or "tài liệu không ghi tên"


def _moves(session: Session, plan: Plan) -> dict[int, list[tuple[date, date]]]:
    query = select(Extension.occurrence_id, Extension.decided_at, Extension.last_day_then)
    query = query.join(Occurrence, Occurrence.id == Extension.occurrence_id).where(Extension.granted_day.is_not(None))
    found: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for occurrence_id, decided_at, before in session.execute(
        _in_plan(query, plan, Occurrence.item_id).order_by(Extension.decided_at)
    ):
        found[occurrence_id].append((_local(decided_at), before))
    return found


def _extensions(session: Session, plan: Plan) -> Iterable[Extended]:
    query = (
        select(Item.code, Unit.code, Extension.decided_at, Extension.last_day_then, Extension.granted_day)
        .select_from(Extension)
        .join(Occurrence, Occurrence.id == Extension.occurrence_id)
        .join(Unit, Unit.id == Extension.unit_id)
        .join(Item, Item.id == Occurrence.item_id)
        .where(Item.plan_id == plan.id, Extension.granted_day.is_not(None))
        .order_by(Extension.decided_at, Extension.id)
    )
    for item, unit, decided_at, before, after in session.execute(query):
        yield Extended(item, unit, _local(decided_at), before, after)


def _reminders(session: Session, plan: Plan) -> dict[date, int]:
    """How many reminders stood in mails, by the day on which they were decided."""
    query = select(Notice.decided_on, func.count()).where(Notice.state == NoticeState.TOLD)
    query = _in_plan(query, plan, Notice.item_id).group_by(Notice.decided_on)
    return dict(session.execute(query).tuples().all())


def _asked(session: Session, report: Report | None) -> dict[str, int]:
    if report is None:
        return {}
    query = select(Unit.code, func.count()).join(ReportAsk, ReportAsk.unit_id == Unit.id)
    query = query.where(ReportAsk.report_id == report.id).group_by(Unit.code)
    return dict(session.execute(query).tuples().all())
