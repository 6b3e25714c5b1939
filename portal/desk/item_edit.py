"""Editing one item of a plan by hand: the form, the difference it would make, and the next version."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from models.plan import Item, Part, Plan
from portal.desk.plan_words import CHANGES, field_title, meaning
from portal.web.forms import Form, FormIn
from portal.web.pages import page
from portal.web.permissions import must_be_admin, plan_named
from portal.web.visits import Visit, acting, looking
from rules.plan.values import ALL_UNITS
from rules.work.answers import clean_text, read_day
from services.errors import NotYoursError
from services.plans.changes import told_names
from services.plans.diff import ItemChange
from services.plans.editing import Edit, EditRefusedError, Wish, apply_edit, codes_of, planned
from services.plans.queries import item_coded, plan_here
from services.policy import Terms, office_calendar, office_policy
from services.staff.queries import unit_names

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form holds: as stored when it is opened, as typed afterwards."""

    code: str = ""
    title: str = ""
    phrase: str = ""
    due: str = ""
    lead: tuple[str, ...] = ()
    coordinating: tuple[str, ...] = ()
    results: str = ""
    drop: bool = False

    @classmethod
    def of(cls, item: Item) -> "Typed":
        """What is stored."""
        parts = {part: [row for row in item.responsibilities if row.part is part] for part in Part}
        due = item.timing.due if "timing" in item.edited and not item.timing.milestones else None
        return cls(
            code=item.code,
            title=item.title,
            phrase=item.timing_phrase,
            due=f"{due:%d/%m/%Y}" if due else "",
            lead=tuple(codes_of(parts[Part.LEAD])),
            coordinating=tuple(codes_of(parts[Part.COORDINATOR])),
            results="\n".join(item.results),
        )

    @classmethod
    def sent(cls, form: Form) -> "Typed":
        """What was typed."""
        return cls(
            code=_line(form, "ma_moi") or _line(form, "ma"),
            title=_line(form, "ten"),
            phrase=_line(form, "tien_do"),
            due=_line(form, "ngay"),
            lead=tuple(form.many("chu_tri")),
            coordinating=tuple(form.many("phoi_hop")),
            results="\n".join(filter(None, (" ".join(row.split()) for row in form.one("ket_qua").splitlines()))),
            drop=form.one("bo") == "co",
        )

    def wish(self, item: Item | None) -> Wish:
        """What it asks for. Raises EditRefusedError for a day that cannot be meant."""
        if self.drop and item is not None:
            return Wish(drop=True)
        due = read_day(self.due) if self.due else None
        if self.due and (due is None or not 2000 <= due.year <= 2100):
            raise EditRefusedError("Thời hạn cần viết như 31/12/2025.")
        results = tuple(clean_text(row) for row in self.results.splitlines() if row)
        same = Typed.of(item) if item is not None else Typed()
        return Wish(
            title=self.title,
            phrase=self.phrase if self.phrase != same.phrase or item is None else None,
            due=due if self.due != same.due else None,
            lead=self.lead if item is None or sorted(self.lead) != sorted(same.lead) else None,
            coordinating=self.coordinating if sorted(self.coordinating) != sorted(same.coordinating) else None,
            results=results if self.results != same.results else None,
        )


def _line(form: Form, name: str) -> str:
    return " ".join(clean_text(form.one(name)).split())


@router.get("/ke-hoach/sua")
def edit(request: Request) -> Response:
    """The form for an item (`ma`), or for a new one."""
    with looking(request) as visit:
        must_be_admin(visit)
        plan = plan_named(visit, visit.visitor.plan_ids)
        item = _item(visit, plan, request.query_params.get("ma", ""))
        return _show(visit, plan, item, Typed.of(item) if item is not None else Typed())


@router.post("/ke-hoach/sua")
def change(request: Request, form: FormIn) -> Response:
    """First the difference to look at; from there it is stored as the next version."""
    with acting(request, form) as visit:
        must_be_admin(visit)
        plan = _locked(visit, form.one("ke_hoach"))
        item, typed = _item(visit, plan, form.one("ma")), Typed.sent(form)
        store = form.one("buoc") == "ghi"
        version = form.number("ban") if store else None
        try:
            asked = Edit(plan, item, item.code if item is not None else typed.code, typed.wish(item), version)
            if not store:
                return _show(visit, plan, item, typed, Outcome(True, planned(visit.session, asked)))
            with visit.session.begin_nested():  # whatever is refused half-way leaves nothing behind
                apply_edit(visit.session, asked, visit.actor, _terms(visit))
        except EditRefusedError as refusal:
            return _show(visit, plan, item, typed, Outcome(problem=str(refusal)))
        return RedirectResponse(f"/phien-ban?ke_hoach={plan.code}", 303)


def _terms(visit: Visit) -> Terms:
    policy = office_policy(visit.site.settings)
    return Terms(office_calendar(visit.site.settings), policy.ladder, visit.today, visit.now, policy.scheme)


def _locked(visit: Visit, code: str) -> Plan:
    plan = plan_here(visit.session, visit.visitor.authority_id, code, lock=True)
    if plan is None or not visit.visitor.opens(plan.id):
        raise NotYoursError("Không có kế hoạch này.")
    return plan


def _item(visit: Visit, plan: Plan, code: str) -> Item | None:
    """The item that is meant; None for a new one. Raises NotYoursError."""
    if not code:
        return None
    item = item_coded(visit.session, plan, code)
    if item is None or item.dropped_at is not None:
        raise NotYoursError("Kế hoạch không có nhiệm vụ này.")
    return item


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of what was typed: the difference (None: there is none), or why it cannot be stored."""

    looked: bool = False
    change: ItemChange | None = None
    problem: str = ""


def _show(visit: Visit, plan: Plan, item: Item | None, typed: Typed, outcome: Outcome | None = None) -> Response:
    found = outcome or Outcome()
    change = found.change
    told = told_names(visit.session, plan.code, change.units) if change is not None and change.is_told else ()
    return page(
        visit,
        "desk/item",
        status=422 if found.problem else 200,
        plan=plan,
        item=item,
        typed=typed,
        change=change,
        looked=found.looked,
        problem=found.problem,
        told=told,
        means=meaning(item.timing) if item is not None else "",
        units=unit_names(visit.session, plan.authority_id),
        all_units=ALL_UNITS,
        words=CHANGES[change.change] if change is not None else "",
        field_title=field_title,
    )
