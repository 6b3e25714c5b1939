"""The report of an authority above others, consolidated from what they have closed or sent."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.authority import Authority
from models.plan import Plan, PlanStatus
from models.report import Report
from rules.calendar.periods import Period
from rules.reporting.consolidate import consolidate
from rules.reporting.steps import ReportState, report_before
from rules.reporting.values import Report as Composed
from services.policy import OfficePolicy
from services.reports.queries import frozen_of, known_on, reports_of, same_last_year, words_of
from services.staff.provinces import authorities_below
from services.staff.queries import name_key

LEFT = (ReportState.ISSUED, ReportState.SENT)
"""States of a report that its authority has approved and sent."""


def authority_above(session: Session, name: str) -> Authority | None:
    """The authority of a code or name to which others report; None when nobody reports to it."""
    for authority in session.scalars(select(Authority).order_by(Authority.id)):
        called = name_key(name) in (name_key(authority.code), name_key(authority.name))
        if called and authorities_below(session, authority.id):
            return authority
    return None


def below(session: Session, authority: Authority) -> list[Authority]:
    """The authorities that report to one, by name."""
    ids = authorities_below(session, authority.id)
    return list(session.scalars(select(Authority).where(Authority.id.in_(ids)).order_by(Authority.name)))


def own_row(session: Session, authority_id: int, period: str) -> Report | None:
    """The row of an authority's consolidated report of a period, if it was opened."""
    query = select(Report).where(Report.authority_id == authority_id, Report.period == period)
    return session.scalar(query.where(Report.plan_id.is_(None)))


def consolidated(
    session: Session, authority: Authority, period: Period, office: OfficePolicy, *, sent_only: bool = False
) -> Composed:
    """One report from those of all authorities below: frozen figures only, whoever has none is named.

    `sent_only` takes only reports that have left: what an authority has not approved is not passed on.
    """
    found, absent = _parts(session, authority, period, sent_only)
    before, last_year = report_before(period, office.scheme), same_last_year(period, office.scheme)
    return consolidate(
        found,
        absent,
        words_of(period, office.scheme),
        code=authority.code,
        name=authority.name,
        before=_earlier(session, authority, before, office),
        last_year=_earlier(session, authority, last_year, office),
    )


def held(
    session: Session, authority: Authority, period: Period, office: OfficePolicy
) -> tuple[Composed, Report | None]:
    """The consolidated report as it stands, frozen or as of now, and its row where it was opened."""
    row = own_row(session, authority.id, period.key)
    frozen = frozen_of(session, row)
    if frozen is not None:
        return Composed.model_validate_json(frozen.content), row
    return consolidated(session, authority, period, office), row


def all_have_sent(session: Session, row: Report) -> bool:
    """Whether every authority below has sent its report of the period, and of each plan that it opened one for."""
    ids = authorities_below(session, row.authority_id)
    query = select(Report.authority_id, Report.state).where(Report.authority_id.in_(ids), Report.period == row.period)
    states = session.execute(query).tuples().all()
    return {one for one, _ in states} == set(ids) and all(state in LEFT for _, state in states)


def years_below(session: Session, authority_id: int) -> dict[int, Plan]:
    """The years that authorities below have active plans for, each with the plan that was known first."""
    ids = authorities_below(session, authority_id)
    plans = session.scalars(select(Plan).where(Plan.authority_id.in_(ids), Plan.status == PlanStatus.ACTIVE))
    found: dict[int, Plan] = {}
    for plan in plans:
        if plan.year not in found or known_on(plan) < known_on(found[plan.year]):
            found[plan.year] = plan
    return found


def _parts(session: Session, authority: Authority, period: Period, sent_only: bool) -> tuple[list[Composed], list[str]]:
    """The figures of those below that have any, and the names of those that have none."""
    found: list[Composed] = []
    absent: list[str] = []
    for one in below(session, authority):
        parts = list(_frozen(session, one, period, sent_only))
        found.extend(parts)
        if not parts:
            absent.append(one.name)
    return found, absent


def _frozen(session: Session, authority: Authority, period: Period, sent_only: bool) -> Iterator[Composed]:
    for row in reports_of(session, authority.id):
        if row.period != period.key or (sent_only and row.state not in LEFT):
            continue
        if (frozen := frozen_of(session, row)) is not None:
            yield Composed.model_validate_json(frozen.content)


def _earlier(
    session: Session, authority: Authority, period: Period | None, office: OfficePolicy
) -> dict[str, float] | None:
    """The figures of an earlier consolidated report: as frozen, else the sums of those that were sent."""
    if period is None:
        return None
    frozen = frozen_of(session, own_row(session, authority.id, period.key))
    if frozen is not None:
        report = Composed.model_validate_json(frozen.content)
    else:
        found, _ = _parts(session, authority, period, sent_only=True)
        if not found:
            return None
        words = words_of(period, office.scheme)
        report = consolidate(found, (), words, code=authority.code, name=authority.name)
    return {key: figure.value for key, figure in report.figures.items()}
