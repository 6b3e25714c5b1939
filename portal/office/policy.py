"""The office's policy: what is in force in words, a proposal checked and weighed, and put in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from config.policy import Policy, check_policy
from config.policy_words import Changed, changes, entries
from portal.web.forms import Form, FormIn, as_number
from portal.web.pages import page
from portal.web.permissions import counted_for, must_manage
from portal.web.visits import Visit, acting, looking
from rules.calendar.periods import Period, periods_of_year
from rules.reminders.effects import Effect
from services.errors import NotAllowedError, StoreError
from services.office.files import (
    OfficeFile,
    cannot_write,
    changed_by_hand,
    history,
    in_force,
    put_in_force,
    rules_for_all,
)
from services.office.proposals import Proposal, in_force_now, own_policy, with_policy
from services.staff.queries import unit_names as names_of_units

router = APIRouter()
FILE = OfficeFile.POLICY
NOTE = 500
"""Letters of the reason that is kept with a change."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A proposal and what it would do. `effect` is None where no plan is followed."""

    text: str
    seal: str
    changes: Sequence[Changed] = ()
    effect: Effect | None = None
    problems: Sequence[str] = ()


def obstacle(visit: Visit, file: OfficeFile) -> str:
    """Why this visitor cannot put the file in force from here; "" where they can."""
    if visit.visitor.role != "admin":
        return "Chỉ quản trị viên áp dụng được thay đổi."
    if not rules_for_all(visit.session, visit.visitor):
        return (
            f"Tệp {file.words} dùng chung cho nhiều cơ quan trong cơ sở dữ liệu này, nên chỉ cơ quan cấp trên "
            "của tất cả áp dụng được; hoặc người quản lý máy chủ áp dụng bằng dòng lệnh."
        )
    return cannot_write(visit.site.settings, file)


def must_rule(visit: Visit) -> None:
    """Raises NotAllowedError for whoever may not propose or put in force."""
    must_manage(visit)
    if not rules_for_all(visit.session, visit.visitor):
        raise NotAllowedError(obstacle(visit, FILE))


def unit_names(visit: Visit) -> Mapping[str, str]:
    """The names of the authority's units by code."""
    return dict(names_of_units(visit.session, visit.visitor.authority_id, everybody=True))


def weighed(request: Request, authority_id: int, proposal: Proposal) -> Effect | None:
    """The effect of a proposal. Outside any visit: it rehearses in a transaction of its own, and undoes it."""
    site = request.app.state.site
    effect: Effect | None = site.weigh(authority_id, proposal, False) if site.weigh is not None else None
    return effect


@router.get("/quy-dinh")
def show(request: Request) -> Response:
    """What is in force; `ban` brings back the text of an older version as a proposal."""
    with looking(request) as visit:
        counted_for(visit)
        wanted = as_number(request.query_params.get("ban", ""))
        older = next((one.before for one in history(visit.session, FILE) if one.id == wanted), None)
        done = "Đã áp dụng. Các kỳ và mốc nhắc đã được tính lại." if request.query_params.get("da") else ""
        return _show(visit, text=older, done=done)


@router.post("/quy-dinh/xem-truoc")
def preview(request: Request, form: FormIn) -> Response:
    """Check a proposal and show what it would do. Nothing is kept."""
    with acting(request, form) as visit:
        must_rule(visit)
        text, problem = _typed(form)
        seal, authority_id = form.one("dau"), visit.visitor.authority_id
        problems = (problem,) if problem else FILE.faults(text)
    effect = None if problems else weighed(request, authority_id, with_policy(visit.site.settings, text))
    with looking(request) as visit:
        changed = () if problems else _changes(visit, text)
        found = Weighed(text, seal, changed, effect, problems)
        return _show(visit, text=text, found=found, note=form.one("ly_do"), status=422 if problems else 200)


def _typed(form: Form) -> tuple[str, str]:
    """The proposal: the file where one was chosen, else what stands in the box; and what is wrong with the file."""
    received = next(iter(form.files), None)
    if received is None:
        return form.one("noi_dung").replace("\r\n", "\n"), ""
    try:
        content = received.path.read_bytes() if received.path is not None else b""
        return content.decode("utf-8-sig").replace("\r\n", "\n"), ""
    except UnicodeDecodeError:
        return form.one("noi_dung"), f"Tệp “{received.name}” không phải mã UTF-8. Lưu lại tệp với mã UTF-8."


def _changes(visit: Visit, text: str) -> list[Changed]:
    new, _ = check_policy(text)
    return changes(own_policy(visit.site.settings), new) if new is not None else []


@router.post("/quy-dinh/ap-dung")
def apply(request: Request, form: FormIn) -> Response:
    """Put the proposal in force as it was shown."""
    with acting(request, form) as visit:
        must_rule(visit)
        text, note = form.one("noi_dung").replace("\r\n", "\n"), form.one("ly_do").strip()[:NOTE]
        try:
            put_in_force(
                visit.session, visit.actor, FILE, text, seen=form.one("dau"), settings=visit.site.settings, note=note
            )
        except StoreError as refusal:
            found = Weighed(text, form.one("dau"), problems=(str(refusal),))
            return _show(visit, text=text, found=found, note=note, status=409)
    return RedirectResponse("/quy-dinh?da=ap-dung", 303)


def _show(
    visit: Visit,
    *,
    text: str | None = None,
    found: Weighed | None = None,
    done: str = "",
    note: str = "",
    status: int = 200,
) -> Response:
    now = in_force(visit.site.settings, FILE)
    return page(
        visit,
        "office/policy",
        status=status,
        now=now,
        entries=_entries(own_policy(visit.site.settings)),
        periods=_periods(visit),
        text=now.text if text is None else text,
        found=found,
        unit_names=unit_names(visit),
        obstacle=obstacle(visit, FILE),
        history=history(visit.session, FILE),
        by_hand=changed_by_hand(visit.session, FILE, now),
        able=visit.site.weigh is not None,
        settings=visit.site.settings,
        done=done,
        note=note,
    )


def _entries(policy: Policy) -> Mapping[str, Sequence[object]]:
    """The policy by heading, without the reporting periods: their days stand in a table."""
    return {heading: rows for heading, rows in entries(policy).items() if heading != "Kỳ báo cáo"}


def _periods(visit: Visit) -> list[tuple[Period, object]]:
    """This year's reports with the day on which they really leave."""
    now = in_force_now(visit.site.settings)
    periods = periods_of_year(visit.today.year, scheme=now.policy.scheme)
    return [(one, now.calendar.previous_working_day(one.sending_day)) for one in periods]
