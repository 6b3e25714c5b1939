"""One occurrence's page: its facts, the answer form, the parts of the coordinators, and the history."""

from collections.abc import Mapping, Sequence

from fastapi.responses import Response

from models.occurrence import Progress
from portal.web.forms import Filled
from portal.web.pages import page
from portal.web.visits import Visit
from portal.web.words import left, moment
from rules.plan.figures import Goal
from rules.work.access import Share
from rules.work.answers import STATE_WORDS, fields_of_figures, is_late, period_closed, undo_until
from services.policy import office_policy
from services.work.answers import Held, goals_of, newest_answer
from services.work.coordinators import named_for, open_sets
from services.work.drafts import draft_of
from services.work.evidence import Shown, earlier_evidence, evidence_of
from services.work.extensions import open_extension
from services.work.history import answer_words, history, newest_review, partners_of, printed_coordinators, unit_names

TYPED = ("state", "percent", "note", "done_on", "reference", "issued_on", "issued_by", "place", "url")
"""The fields of the answer form that a person types; the goals' `part_n` and `whole_n` stand beside them."""


def show_occurrence(
    visit: Visit, of: Held, filled: Filled | None = None, *, status: int = 200, done: str = ""
) -> Response:
    """The page. `filled` is what to show in the form; without it the newest answer, or a kept draft."""
    session, row = visit.session, of.occurrence
    names = unit_names(session, visit.visitor.authority_id)
    own = _own_answer(visit, of)
    goals = goals_of(of.item)
    shown = filled or _from_draft(visit, of) or Filled(_values_of(own, goals))
    evidence = evidence_of(session, row.id)
    return page(
        visit,
        "work/occurrence",
        status=status,
        of=of,
        row=row,
        item=of.item,
        left=left(row.last_day, visit.today),
        late=is_late(row.last_day, visit.today) and row.done_on is None,
        goals=goals,
        state_words=STATE_WORDS,
        own=own,
        own_words=answer_words(own) if own else "",
        own_review=newest_review(session, own.id) if own else None,
        answer_words=answer_words,
        may_undo=own is not None and own.batch is not None and visit.now < undo_until(own.created_at),
        lead_said=own if of.share is Share.LEAD else newest_answer(session, row.id, row.unit_id),
        partners=partners_of(session, of, names),
        printed=printed_coordinators(session, of),
        naming=_naming(visit, of, names),
        extension=open_extension(session, row.id),
        closed=period_closed(row.urge_until, row.reopened_until, visit.today),
        evidence=evidence,
        offered=_offered(visit, of),
        history=history(session, of, names),
        filled=shown,
        done=done,
        accepts=", ".join(f".{ending}" for kind in visit.site.file_types.values() for ending in kind.endings),
        file_mb=visit.site.settings.portal_file_mb,
        proof=office_policy(visit.site.settings).evidence,
    )


def _own_answer(visit: Visit, of: Held) -> Progress | None:
    """The newest answer of the visitor's unit; for those who only read, the lead's."""
    unit_id = visit.visitor.unit_id if of.share.answers and visit.visitor.unit_id else of.occurrence.unit_id
    return newest_answer(visit.session, of.occurrence.id, unit_id)


def _offered(visit: Visit, of: Held) -> Sequence[Shown]:
    if not of.share.answers or visit.visitor.unit_id is None:
        return ()
    return earlier_evidence(visit.session, visit.visitor.unit_id, of.occurrence.id)


def _naming(visit: Visit, of: Held, names: Mapping[int, str]) -> dict[str, object] | None:
    """The open set to be named by the lead: its printed words, every unit, and those named already."""
    sets = open_sets(of.item)
    if of.share is not Share.LEAD or not sets:
        return None
    named = {unit_id for unit_id, _ in named_for(visit.session, [of.item.id]).get(of.item.id, ())}
    others = [(unit_id, name) for unit_id, name in names.items() if unit_id != of.occurrence.unit_id]
    return {"printed": "; ".join(sets), "units": others, "named": named}


def _values_of(own: Progress | None, goals: Sequence[Goal]) -> dict[str, str]:
    """The newest answer as the form's values, so that only what changed must be typed."""
    if own is None:
        return {}
    values = {"state": own.state.value, "percent": "" if own.percent is None else str(own.percent)}
    return values | fields_of_figures(own.figures or (), goals)


def _from_draft(visit: Visit, of: Held) -> Filled | None:
    draft = draft_of(visit.session, visit.visitor.person_id, of.occurrence.id)
    if draft is None or not of.share.answers:
        return None
    return Filled(
        values={str(name): str(value) for name, value in draft.fields.items()}, draft_at=moment(draft.saved_at)
    )
