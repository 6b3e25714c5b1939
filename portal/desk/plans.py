"""Bringing in a plan: upload, see beside each other what it says and what was understood, settle, confirm."""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from fastapi import APIRouter, BackgroundTasks, Request
from fastapi.responses import RedirectResponse, Response

from config.os_words import reason
from documents.reading.formats.blocks import RefusedDocument
from documents.reading.plan.interpret import read_plan
from models.authority import Authority
from models.plan import DraftState, PlanDraft
from models.session import reading, transaction
from portal.desk.plan_words import CHANGES, field_title, meaning, place
from portal.web.forms import Form, FormIn, Id
from portal.web.pages import page
from portal.web.permissions import counted_for, must_manage
from portal.web.site import Site
from portal.web.visits import Visit, acting, looking
from rules.calendar.occurrences import needs_a_date
from rules.plan.standing import proposed_day
from rules.plan.values import ItemRead
from rules.work.answers import clean_text, read_day
from services.documents import keep_document, place_of
from services.errors import StoreError
from services.figures import lists as listing
from services.figures.lists import Wanted
from services.plans.drafts import (
    Settled,
    Shown,
    confirm_draft,
    draft_of,
    drafts_open,
    drop_draft,
    is_stuck,
    must_be_ready,
    new_draft,
    settle_draft,
    settled_fields,
    shown,
    was_read,
)
from services.plans.undated import ASKED, is_undated
from services.policy import Terms, office_calendar, office_policy
from services.staff.queries import unit_book, unit_names

router = APIRouter()
MOST_ITEMS = 500
"""Items shown on a draft's page; a plan has about sixty."""


@router.get("/ke-hoach")
def plans(request: Request) -> Response:
    """The plans that are stored, and the documents that wait."""
    with looking(request) as visit:
        asked = replace(counted_for(visit), below=())
        rows = listing.plans(asked, Wanted()).page(visit.session, 1, 100)
        waiting = drafts_open(visit.session, visit.visitor.authority_id) if visit.visitor.role == "admin" else []
        return page(visit, "desk/plans", rows=rows, drafts=waiting, problem="", values={})


@router.post("/ke-hoach")
def upload(request: Request, form: FormIn, later: BackgroundTasks) -> Response:
    """Take a document; it is read when this answer has gone."""
    with acting(request, form) as visit:
        must_manage(visit)
        problem, year = _upload_problem(visit.site, form)
        if problem:
            rows = listing.plans(replace(counted_for(visit), below=()), Wanted()).page(visit.session, 1, 100)
            waiting = drafts_open(visit.session, visit.visitor.authority_id)
            values = {"ma": form.one("ma"), "nam": form.one("nam")}
            return page(visit, "desk/plans", status=422, rows=rows, drafts=waiting, problem=problem, values=values)
        received = form.files[0]
        kept = keep_document(received.path or Path(), visit.site.settings.documents, expected=received.sha256)
        document = replace(kept, name=received.name)
        code = clean_text(form.one("ma"))[:64] or None
        draft = new_draft(visit.session, visit.actor, document, code, year, register=form.one("so") == "1")
    later.add_task(read_draft, visit.site, draft.id)
    return RedirectResponse(f"/ke-hoach/nhap/{draft.id}", 303)


def _upload_problem(site: Site, form: Form) -> tuple[str, int | None]:
    typed = form.one("nam").strip()
    year = int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 4 else None
    if typed and (year is None or not 2000 <= year <= 2100):
        return "Năm cần viết đủ bốn chữ số, ví dụ 2026; để trống thì lấy theo văn bản.", None
    if not form.files:
        return "Chưa chọn tệp kế hoạch.", None
    if form.files[0].path is None:
        return f"Tệp “{form.files[0].name}” lớn hơn {site.settings.portal_file_mb} MB.", None
    return "", year


def read_draft(site: Site, draft_id: int) -> None:
    """Read an uploaded document, within the reader's own limits of time and memory, and write down what came of it."""
    with reading(site.database) as session:
        draft = session.get_one(PlanDraft, draft_id)
        book = unit_book(session, session.get_one(Authority, draft.authority_id))
    with tempfile.TemporaryDirectory(prefix="dondoc-doc-") as folder:
        path = Path(folder) / draft.name
        try:
            shutil.copyfile(place_of(site.settings.documents, draft.sha256), path)
            found, problem = read_plan(path, units=book, year=draft.year), None
        except RefusedDocument as refusal:
            found, problem = None, str(refusal)
        except OSError as error:
            found, problem = None, f"Không mở được tệp đã nhận ({reason(error)}); hãy tải lên lại."
    with transaction(site.database) as session:
        was_read(session, draft_id, found, problem, site.clock())


@router.get("/ke-hoach/nhap/{draft_id}")
def show_draft(request: Request, draft_id: Id) -> Response:
    """What the document says beside what was understood."""
    with looking(request) as visit:
        must_manage(visit)
        draft = draft_of(visit.session, visit.visitor, draft_id)
        done = "Đã ghi các điểm đã làm rõ." if request.query_params.get("da") == "luu" else ""
        return _show(visit, draft, done=done)


@dataclass(frozen=True, slots=True)
class Line:
    """An item of a draft: what it says, what was understood, what a person said of it. `n` is its place."""

    n: int
    item: ItemRead
    place: str
    meaning: str
    asks_date: bool
    asks_units: bool
    said: Settled
    undated: bool = False

    @property
    def proposed(self) -> bool:
        """Whether its tick is set beforehand: it prints no time, is no standing duty, and nobody said anything."""
        asked = any(doubt.code == ASKED for doubt in self.item.warnings)
        return asked and self.said.due is None and not self.said.standing

    @property
    def open(self) -> bool:
        """Whether a person must still look at it."""
        dated = self.said.due is not None or self.said.event_day is not None or self.said.standing
        return (self.asks_date and not dated) or (self.asks_units and not self.said.units)


def _lines(visit: Visit, draft: PlanDraft, seen: Shown) -> list[Line]:
    settled = settled_fields(visit.session, seen.request.code)
    return [
        Line(
            n,
            item,
            place(item.source),
            meaning(item.timing),
            needs_a_date(item.timing) and "timing" not in settled.get(item.code, ()),
            (not item.lead or any(ref.unit is None for ref in item.lead)) and "lead" not in settled.get(item.code, ()),
            Settled.of(draft.settled.get(item.code, {})),
            is_undated(doubt.code for doubt in item.warnings) and "timing" not in settled.get(item.code, ()),
        )
        for n, item in enumerate(seen.request.reading.items[:MOST_ITEMS])
    ]


def _show(
    visit: Visit,
    draft: PlanDraft,
    *,
    done: str = "",
    problems: Mapping[int, str] | None = None,
    typed: Mapping[str, str] | None = None,
    message: str = "",
    status: int = 200,
) -> Response:
    values: dict[str, object] = {"draft": draft, "done": done, "problems": problems or {}, "typed": typed or {}}
    seen, refusal = None, ""
    if draft.state is DraftState.READY:
        try:
            seen = shown(visit.session, draft)
        except StoreError as error:
            refusal = str(error)
    lines = _lines(visit, draft, seen) if seen else []
    every = visit.request.query_params.get("xem") == "tat-ca"
    shown_lines = lines if every else sorted(lines, key=lambda line: not (line.asks_date or line.asks_units))
    return page(
        visit,
        "desk/draft",
        status=status,
        **values,
        message=message or refusal,
        stuck=is_stuck(draft, visit.now, visit.site.opened_at),
        seen=seen,
        lines=[line for line in shown_lines if every or line.asks_date or line.asks_units or line.item.warnings],
        all_lines=lines,
        every=every,
        undated_count=sum(line.undated for line in lines),
        year_end=proposed_day(seen.request.reading.plan.year or visit.today.year) if seen else None,
        open_count=sum(line.open for line in lines),
        units=_units(visit),
        changes=[(words, seen.diff.of(change)) for change, words in CHANGES.items()] if seen else [],
        field_title=field_title,
    )


def _units(visit: Visit) -> list[tuple[str, str]]:
    return unit_names(visit.session, visit.visitor.authority_id)


@router.post("/ke-hoach/nhap/{draft_id}")
def settle(request: Request, draft_id: Id, form: FormIn) -> Response:
    """Remember what a person said of the items on the page."""
    with acting(request, form) as visit:
        must_manage(visit)
        draft = draft_of(visit.session, visit.visitor, draft_id, lock=True)
        must_be_ready(draft)
        read = shown(visit.session, draft).request.reading
        items, year = read.items, read.plan.year or visit.today.year
        said: dict[str, Settled] = {}
        problems: dict[int, str] = {}
        known = {code for code, _ in _units(visit)}
        for n in sorted({int(text) for text in form.many("dong") if text.isdigit() and len(text) < 6}):
            if n < len(items):
                one, problem = _said(items[n], n, form, known)
                one = _ticked(one, items[n], n, form, year)
                said[items[n].code] = one
                if problem:
                    problems[n] = problem
        if problems:
            typed = {name: values[0] for name, values in form.fields.items()}
            return _show(visit, draft, problems=problems, typed=typed, status=422)
        settle_draft(visit.session, draft, said)
    return RedirectResponse(f"/ke-hoach/nhap/{draft_id}?da=luu", 303)


def _said(item: ItemRead, n: int, form: Form, known: set[str]) -> tuple[Settled, str]:
    typed, title = form.one(f"ngay_{n}").strip(), " ".join(clean_text(form.one(f"ten_{n}")).split())
    day = read_day(typed) if typed else None
    standing = form.one(f"thuong_xuyen_{n}") == "1" and day is None
    if typed and (day is None or not date(2000, 1, 1) <= day <= date(2100, 12, 31)):
        return Settled(), "Ngày cần viết như 31/12/2025."
    counted = item.timing.relative is not None and item.timing.due is None
    units = tuple(code for code in form.many(f"don_vi_{n}") if code in known)
    new_title = title if title and title != item.title else None
    return Settled(None if counted else day, day if counted else None, units, new_title, standing), ""


def _ticked(one: Settled, item: ItemRead, n: int, form: Form, year: int) -> Settled:
    """What the one choice under the list makes of a ticked task that prints no time."""
    undated = is_undated(doubt.code for doubt in item.warnings)
    if str(n) not in form.many("chon") or not undated or one.due is not None:
        return one
    if form.one("viec") == "thuong-xuyen":
        return replace(one, standing=True)
    return replace(one, due=proposed_day(year), standing=False) if form.one("viec") == "cuoi-nam" else one


@router.post("/ke-hoach/nhap/{draft_id}/xac-nhan")
def confirm(request: Request, draft_id: Id, form: FormIn) -> Response:
    """Store the plan as it was shown. From here on its units are reminded."""
    with acting(request, form) as visit:
        must_manage(visit)
        draft = draft_of(visit.session, visit.visitor, draft_id, lock=True)
        policy = office_policy(visit.site.settings)
        terms = Terms(office_calendar(visit.site.settings), policy.ladder, visit.today, visit.now, policy.scheme)
        try:
            with visit.session.begin_nested():  # whatever is refused half-way leaves nothing behind
                confirm_draft(visit.session, visit.actor, draft, form.one("dau"), terms)
        except StoreError as refusal:
            return _show(visit, draft_of(visit.session, visit.visitor, draft_id), message=str(refusal), status=409)
    return RedirectResponse("/ke-hoach", 303)


@router.post("/ke-hoach/nhap/{draft_id}/bo")
def throw_away(request: Request, draft_id: Id, form: FormIn) -> Response:
    """Forget an uploaded document."""
    with acting(request, form) as visit:
        must_manage(visit)
        drop_draft(visit.session, visit.actor, draft_of(visit.session, visit.visitor, draft_id, lock=True))
    return RedirectResponse("/ke-hoach", 303)
