"""Reports as they are read: the frozen figures of a period, or those of its cut-off where it is not closed yet."""

import re
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.clock import ZONE
from models.plan import Plan
from models.report import Report, ReportFigures, ReportFile
from rules.calendar.periods import Period, Scheme, parse_period, period_of
from rules.reporting.compose import compose
from rules.reporting.steps import ReportState, following, key_before, report_after, report_before
from rules.reporting.values import PeriodWords
from rules.reporting.values import Report as Composed
from services.errors import UnknownNameError
from services.policy import OfficePolicy
from services.reports.facts import facts_of


@dataclass(frozen=True, slots=True)
class Held:
    """A report as it stands: its figures, its row where it was opened, and whether the figures are frozen."""

    report: Composed
    row: Report | None
    frozen: ReportFigures | None


def period_named(key: str, scheme: Scheme) -> Period:
    """The period a key names. Raises UnknownNameError with one Vietnamese sentence."""
    try:
        return parse_period(key, scheme)
    except ValueError as error:
        raise UnknownNameError(str(error)) from None


def row_of(session: Session, plan_id: int, period: str, *, lock: bool = False) -> Report | None:
    """The row of a plan's report of a period, if it was opened."""
    query = select(Report).where(Report.plan_id == plan_id, Report.period == period)
    return session.scalar(query.with_for_update() if lock else query)


def frozen_of(session: Session, row: Report | None) -> ReportFigures | None:
    """The newest frozen figures of a report; None while it collects."""
    if row is None or row.state is ReportState.OPEN:
        return None
    query = select(ReportFigures).where(ReportFigures.report_id == row.id)
    return session.scalar(query.order_by(ReportFigures.version.desc()).limit(1))


def report_for(session: Session, plan: Plan, period: Period, office: OfficePolicy) -> Held:
    """The report of a period: frozen, or composed from what is stored now, as of the cut-off."""
    row = row_of(session, plan.id, period.key)
    frozen = frozen_of(session, row)
    if frozen is not None:
        return Held(Composed.model_validate_json(frozen.content), row, frozen)
    return Held(compose_now(session, plan, actual(session, plan, period, row, office.scheme), office, row), row, None)


def actual(session: Session, plan: Plan, period: Period, row: Report | None, scheme: Scheme) -> Period:
    """The period with the days it really has: those of its row, or those that follow the report before it."""
    if row is not None:
        return replace(period, first_day=row.first_day, cut_off=row.cut_off)
    before = key_before(period, scheme)
    earlier = select(Report.cut_off).join(Plan, Plan.id == Report.plan_id)
    earlier = earlier.where(Plan.authority_id == plan.authority_id, Report.period == before.key)
    return following(period, session.scalar(earlier.order_by((Report.plan_id == plan.id).desc()).limit(1)))


def compose_now(session: Session, plan: Plan, period: Period, office: OfficePolicy, row: Report | None) -> Composed:
    """The report composed from what is stored now, beside the report before and last year's."""
    scheme = office.scheme
    before, last_year = report_before(period, scheme), same_last_year(period, scheme)
    old_plan = plan_of_last_year(session, plan)
    return compose(
        facts_of(session, plan, office.soon_days, row),
        words_of(period, scheme),
        before=_figures(session, plan, before, office) if before else None,
        last_year=_figures(session, old_plan, last_year, office) if old_plan and last_year else None,
    )


def words_of(period: Period, scheme: Scheme) -> PeriodWords:
    """A period's days and names, with those of the reports before it and after it."""
    after = report_after(period, scheme)
    before, last_year = report_before(period, scheme), same_last_year(period, scheme)
    return PeriodWords(
        key=period.key,
        label=period.label,
        first_day=period.first_day,
        cut_off=period.cut_off,
        next_label=after.label,
        next_until=after.cut_off,
        before_label=before.label if before else "",
        last_year_label=last_year.label if last_year else "",
    )


def same_last_year(period: Period, scheme: Scheme) -> Period | None:
    """The same period of the year before; None for a week 53 that that year did not have."""
    try:
        return period_of(period.kind, period.year - 1, period.number, scheme)
    except ValueError:  # week 53 of a year whose neighbour has 52
        return None


def _figures(session: Session, plan: Plan, period: Period, office: OfficePolicy) -> dict[str, float] | None:
    """The figures of an earlier period: frozen ones, or as of its cut-off where the plan was followed by then."""
    row = row_of(session, plan.id, period.key)
    frozen = frozen_of(session, row)
    if frozen is not None:
        report = Composed.model_validate_json(frozen.content)
    elif known_on(plan) <= period.cut_off:
        days = actual(session, plan, period, row, office.scheme)
        report = compose(facts_of(session, plan, office.soon_days, row), words_of(days, office.scheme))
    else:
        return None
    return {key: figure.value for key, figure in report.figures.items()}


def known_on(plan: Plan) -> date:
    """The day from which a plan is followed here: its import, or its issue where that is later."""
    imported = plan.imported_at.astimezone(ZONE).date()
    return max(imported, plan.issued_on) if plan.issued_on else imported


def plan_of_last_year(session: Session, plan: Plan) -> Plan | None:
    """The authority's plan of the year before: the only one, or the one with the same title but for the year."""
    query = select(Plan).where(Plan.authority_id == plan.authority_id, Plan.year == plan.year - 1)
    found = session.scalars(query.order_by(Plan.id)).all()
    if len(found) == 1:
        return found[0]
    return next((one for one in found if _undated(one.title) == _undated(plan.title)), None)


def _undated(title: str) -> str:
    return re.sub(r"\d+", "", title).casefold()


def reports_of(session: Session, authority_id: int | None = None, plan_id: int | None = None) -> list[Report]:
    """The reports that were opened, by plan and cut-off."""
    query = select(Report).order_by(Report.plan_id, Report.cut_off, Report.id)
    if authority_id is not None:
        query = query.where(Report.authority_id == authority_id)
    if plan_id is not None:
        query = query.where(Report.plan_id == plan_id)
    return list(session.scalars(query))


def files_of(session: Session, row: Report, version: int | None = None) -> list[ReportFile]:
    """The files of a report's version (default: the newest), or of all versions with `version` 0."""
    query = select(ReportFile).where(ReportFile.report_id == row.id).order_by(ReportFile.version, ReportFile.id)
    if version != 0:
        query = query.where(ReportFile.version == (version or row.version))
    return list(session.scalars(query))
