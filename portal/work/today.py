"""The list: a unit's occurrences in the order in which they press, "done" in one click, and undo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from portal.web.forms import FormIn, as_number
from portal.web.pages import page
from portal.web.visits import Visit, acting, looking
from portal.web.words import left
from rules.work.access import Share, sees_all
from rules.work.worklist import Group, arranged, page_of
from services.errors import NotAllowedError
from services.policy import office_policy
from services.work.answers import done_at_once, undo
from services.work.worklist import Entry, Filter, worklist

router = APIRouter()
PAGE = 100
"""Lines of one page."""
AT_ONCE = 1_000
"""Occurrences of one "done": a page of lines of many leads each."""
DONE_SHOWN = 10
"""Finished lines shown where nothing was asked for: the rest is one click away."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the filter form says, checked."""

    plan: int | None
    section: str | None
    role: Share | None
    unit: int | None
    group: Group | None
    page: int

    @property
    def filter(self) -> Filter:
        """The part that the database looks at."""
        return Filter(self.plan, self.section, self.role, self.unit)

    def address(self, **other: object) -> str:
        """The list's address with the same filter, but for what is given."""
        values = {
            "ke_hoach": self.plan,
            "phan": self.section,
            "vai_tro": self.role.value if self.role else None,
            "don_vi": self.unit,
            "nhom": self.group.value if self.group else None,
        } | other
        query = urlencode({name: value for name, value in values.items() if value})
        return f"/hom-nay?{query}" if query else "/hom-nay"


def chosen(query: Mapping[str, str]) -> Chosen:
    """The filter of an address; what is not understood is as if it were not there."""
    role, group = query.get("vai_tro", ""), query.get("nhom", "")
    return Chosen(
        as_number(query.get("ke_hoach", "")) or None,
        query.get("phan") or None,
        Share(role) if role in set(Share) else None,
        as_number(query.get("don_vi", "")) or None,
        Group(group) if group in set(Group) else None,
        max(as_number(query.get("trang", "")), 1),
    )


@router.get("/")
def front(request: Request) -> Response:
    """The list is the front page."""
    return RedirectResponse("/hom-nay", 303)


@router.get("/hom-nay")
def today_list(request: Request) -> Response:
    """The visitor's list."""
    with looking(request) as visit:
        return show_list(visit, chosen(request.query_params), _said(request))


def show_list(visit: Visit, wanted: Chosen, said: tuple[str, str], *, status: int = 200) -> Response:
    """The list page. `said` is a message and the batch that can be undone ("" for none)."""
    found = worklist(visit.session, visit.visitor, wanted.filter)
    groups = {group: together(entries) for group, entries in arranged(found.entries, visit.today).items()}
    sections, more = _shown(groups, wanted)
    return page(
        visit,
        "work/today",
        status=status,
        groups=[(group, [_line(visit, one) for one in lines]) for group, lines in sections],
        counts=[(group, len(lines)) for group, lines in groups.items()],
        found=found,
        wanted=wanted,
        more=more,
        done_hidden=len(groups[Group.DONE]) - DONE_SHOWN if wanted.group is None else 0,
        everybody=sees_all(visit.visitor.role),
        message=said[0],
        undo_batch=said[1],
    )


Together = tuple[Entry, ...]
"""The entries of one line: one, or the same part in an item that several units lead."""


def together(entries: Sequence[Entry]) -> list[Together]:
    """One line for a coordinator's part that stands untouched under several leads: six alike say less than one."""
    lines: dict[object, list[Entry]] = {}
    for entry in entries:
        untouched = entry.share is Share.COORDINATOR and not (entry.finished or entry.said or entry.extension)
        key = (entry.item_id, entry.label, entry.last_day) if untouched else entry.id
        lines.setdefault(key, []).append(entry)
    return [tuple(line) for line in lines.values()]


def _shown(groups: dict[Group, list[Together]], wanted: Chosen) -> tuple[list[tuple[Group, list[Together]]], bool]:
    """The lines of this page, by group, and whether there are more."""
    flat: list[tuple[Group, Together]] = []
    for group, entries in groups.items():
        if wanted.group is None or group is wanted.group:
            some = entries[:DONE_SHOWN] if group is Group.DONE and wanted.group is None else entries
            flat.extend((group, entry) for entry in some)
    lines, more = page_of(flat, wanted.page, PAGE)
    shown: dict[Group, list[Together]] = {}
    for group, entry in lines:
        shown.setdefault(group, []).append(entry)
    return list(shown.items()), more


@dataclass(frozen=True, slots=True)
class Line:
    """What a line of the list says."""

    entry: Entry
    left: str
    late: bool
    open: bool
    every: Together

    @property
    def numbers(self) -> str:
        """The occurrences that "done" is said of."""
        return ",".join(str(entry.id) for entry in self.every)


def _line(visit: Visit, every: Together) -> Line:
    entry = every[0]
    late = entry.last_day < visit.today
    return Line(entry, left(entry.last_day, visit.today), late, entry.share.answers and not entry.finished, every)


@router.post("/hom-nay")
def say_done(request: Request, form: FormIn) -> Response:
    """ "Done" for one line's button, or for all that are ticked."""
    with acting(request, form) as visit:
        wanted = chosen({name: form.one(name) for name in ("ke_hoach", "phan", "vai_tro", "don_vi", "nhom")})
        ids = form.numbers("xong") or form.numbers("o")
        if not ids:
            message = "Chưa chọn nhiệm vụ nào. Hãy đánh dấu ô đầu dòng rồi bấm lại."
            return show_list(visit, wanted, (message, ""), status=422)
        proof = office_policy(visit.site.settings).evidence.required
        told = done_at_once(visit.session, visit.actor, ids[:AT_ONCE], seen_up_to=form.number("moc"), with_proof=proof)
        if told.skipped:
            reasons = "; ".join(f"{code}: {why}" for code, why in told.skipped)
            done = f"Đã báo hoàn thành {len(told.done)} nhiệm vụ. " if told.done else ""
            message = f"{done}Không ghi {len(told.skipped)} nhiệm vụ ({reasons})."
            return show_list(visit, wanted, (message, told.batch if told.done else ""), status=409)
    return RedirectResponse(wanted.address(da="xong", so=len(told.done), lan=told.batch), 303)


def _said(request: Request) -> tuple[str, str]:
    """What happened just before, as the address tells: only words of ours."""
    count = as_number(request.query_params.get("so", "")) or 1
    batch = request.query_params.get("lan", "")
    match request.query_params.get("da"):
        case "xong":
            return f"Đã báo hoàn thành {count} nhiệm vụ.", batch if len(batch) == 32 and batch.isalnum() else ""
        case "hoan-tac":
            return f"Đã hoàn tác {count} nhiệm vụ.", ""
        case _:
            return "", ""


@router.post("/hoan-tac")
def take_back(request: Request, form: FormIn) -> Response:
    """Undo what was answered in one step."""
    with acting(request, form) as visit:
        back = form.number("viec")
        try:
            touched = undo(visit.session, visit.actor, form.one("lan"), visit.site.ladder())
        except NotAllowedError as refusal:
            return show_list(visit, chosen({}), (str(refusal), ""), status=409)
    if back in touched:
        return RedirectResponse(f"/viec/{back}?da=hoan-tac", 303)
    return RedirectResponse(f"/hom-nay?da=hoan-tac&so={len(touched)}", 303)
