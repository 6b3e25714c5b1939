"""A province's report from its communes' reports: sums of their frozen figures, each commune a source of its own."""

from collections.abc import Iterable, Mapping, Sequence

from rules.reporting.compose import LABELS, compared
from rules.reporting.values import FieldPart, Figure, PartReport, PeriodWords, Report, fingerprint

SUMMED = tuple(key for key in LABELS if key not in ("done_share", "in_time_share"))
SHARES = {"done_share": ("done", "items"), "in_time_share": ("due_in_time", "due")}


def consolidate(
    reports: Sequence[Report],
    absent: Iterable[str],
    period: PeriodWords,
    *,
    code: str,
    name: str,
    before: Mapping[str, float] | None = None,
    last_year: Mapping[str, float] | None = None,
) -> Report:
    """One report whose figures are the sums of the given ones. `absent` are the names of those without a report.

    `before` and `last_year` are the figures of earlier consolidated reports, where there are any.
    """
    missing = tuple(absent)
    figures = {key: _sum(key, reports) for key in SUMMED}
    figures["parts"] = Figure(
        label="Cơ quan có báo cáo", value=len(reports), sources=tuple(one.authority_code for one in reports)
    )
    figures["absent"] = Figure(label="Cơ quan chưa có báo cáo", value=len(missing), sources=missing)
    for key, (part, whole) in SHARES.items():
        if figures[whole].value:
            value = round(100 * figures[part].value / figures[whole].value, 1)
            figures[key] = Figure(label=LABELS[key], value=value, unit="%", sources=figures[part].sources)
    return Report(
        plan_code=code,
        plan_title="các kế hoạch của địa phương",
        authority_code=code,
        authority_name=name,
        period=period,
        figures=figures,
        fields=_fields(reports),
        comparison=compared(figures, before, last_year),
        parts=tuple(_part(one) for one in reports),
        absent=missing,
    )


def _sum(key: str, reports: Iterable[Report]) -> Figure:
    given = [(one, one.figures[key].value) for one in reports if key in one.figures]
    sources = tuple(f"{one.authority_code}: {value:g}" for one, value in given if value)
    return Figure(label=LABELS[key], value=sum(value for _, value in given), sources=sources)


def _fields(reports: Iterable[Report]) -> tuple[FieldPart, ...]:
    """Fields of one title are one field, whatever their code is in each plan."""
    found: dict[str, FieldPart] = {}
    for report in reports:
        for part in report.fields:
            key = " ".join(part.title.casefold().split())
            old = found.get(key)
            states = {state: (old.states.get(state, 0) if old else 0) + count for state, count in part.states.items()}
            items = part.items + (old.items if old else 0)
            found[key] = FieldPart(
                code=f"{len(found) + 1}" if old is None else old.code, title=part.title, items=items, states=states
            )
    return tuple(found.values())


def _part(report: Report) -> PartReport:
    return PartReport(
        authority=report.authority_code,
        name=report.authority_name,
        plan=report.plan_code,
        sha256=fingerprint(report.canonical()),
        figures={key: figure.value for key, figure in report.figures.items() if key in LABELS},
    )
