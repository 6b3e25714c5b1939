"""The leaders' page: how the plans stand in pictures, each figure with the list behind it; and an item's proof."""

from collections.abc import Callable
from decimal import Decimal
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from models.plan import Item, PlanStatus
from portal.leaders.charts import KEYS, ORDER, bar, lines, unit_states
from portal.web.forms import Id, as_number
from portal.web.pages import page
from portal.web.permissions import counted_for
from portal.web.visits import Visit, looking
from rules.numbers import number_words
from rules.scoring.forecast import LeafForecast
from rules.work.states import ItemState
from services.errors import NotYoursError
from services.figures import lists as listing
from services.figures.lists import Wanted
from services.figures.picture import AuthorityFigures, picture, slipping, unproven_rows
from services.figures.status import Asked
from services.plans.queries import owner_of
from services.scoring.forecast import forecast_of_asked
from services.staff.queries import unit_id_of
from services.work.answers import NOT_HERE
from services.work.proof import proof_of

router = APIRouter()
PAGE = 50
BELOW = 40
"""Authorities of one page of a province's table."""
STATES = {key: state for state, key in KEYS.items()}
SORTS: dict[str, Callable[[AuthorityFigures], tuple[float | str, ...]]] = {
    "qua-han": lambda row: (-row.overdue_share, row.name),
    "so": lambda row: (-row.items, row.name),
    "ten": lambda row: (row.name,),
}
"""How a province's table may stand."""


def _page_number(request: Request, rows: int) -> int:
    """Which page of a province's table is asked for: the last one at most."""
    return min(max(as_number(request.query_params.get("trang", "")), 1), max(-(-rows // BELOW), 1))


@router.get("/lanh-dao")
def overview(request: Request) -> Response:
    """Everything on one page."""
    with looking(request) as visit:
        asked = counted_for(visit)
        seen = picture(visit.session, asked, units=not asked.below)
        units = [unit for unit in seen.figures.units if unit.open or unit.done or unit.done_late or unit.undetermined]
        widest = max((unit.open + unit.done + unit.done_late for unit in units), default=1)
        sort = request.query_params.get("xep", "")
        sort = sort if sort in SORTS else "qua-han"
        below, number = sorted(seen.authorities, key=SORTS[sort]), _page_number(request, len(seen.authorities))
        return page(
            visit,
            "leaders/overview",
            seen=seen,
            order=ORDER,
            keys=KEYS,
            whole=bar(seen.states),
            lines=lines(seen.trend),
            sections=[] if asked.below else [(row, bar(row.states)) for row in seen.sections],
            widest_section=max((row.items for row in seen.sections), default=1),
            units=[(unit, bar(unit_states(unit), widest)) for unit in units],
            many_plans=len(seen.active) > 1,
            province=bool(asked.below),
            authorities=[(row, bar(row.states)) for row in below[(number - 1) * BELOW : number * BELOW]],
            all_authorities=len(below),
            number_of_page=number,
            pages=-(-len(below) // BELOW),
            sort=sort,
            missing=[row for row in seen.evidence if row.missing],
            worth=worth.forecast if (worth := forecast_of_asked(visit.session, asked)) else None,
            number=number_words,
        )


@router.get("/lanh-dao/diem")
def points_behind(request: Request) -> Response:
    """What the forecast is made of: every item that holds points, every criterion with what it still misses."""
    with looking(request) as visit:
        found = forecast_of_asked(visit.session, counted_for(visit))
        risky = sorted((leaf for leaf in found.forecast.leaves if leaf.at_risk), key=_most) if found else []
        return page(
            visit,
            "leaders/forecast",
            found=found,
            worth=found.forecast if found else None,
            risky=risky,
            number=number_words,
        )


def _most(leaf: LeafForecast) -> Decimal:
    return -leaf.at_risk


@router.get("/lanh-dao/nhiem-vu")
def items_behind(request: Request) -> Response:
    """The items behind a figure, in pages."""
    query = request.query_params
    with looking(request) as visit:
        asked = counted_for(visit)
        state = STATES.get(query.get("trang_thai", ""))
        wanted = Wanted(
            plan=query.get("ke_hoach") or None,
            section=query.get("phan") if "phan" in query else None,
            authority=query.get("co_quan") or None,
            status=PlanStatus.ACTIVE,
            state=state,
        )
        found = listing.items(visit.session, asked, wanted)
        number, total = max(as_number(query.get("trang", "")), 1), found.total(visit.session)
        kept = {name: query[name] for name in ("trang_thai", "ke_hoach", "phan", "co_quan") if name in query}
        return page(
            visit,
            "leaders/items",
            rows=found.page(visit.session, number, PAGE),
            total=total,
            number=number,
            pages=-(-total // PAGE),
            address=lambda at: "/lanh-dao/nhiem-vu?" + urlencode({**kept, "trang": at}),
            heading=_heading(state),
            wanted=wanted,
        )


def _heading(state: ItemState | None) -> str:
    return f"Nhiệm vụ: {state.value.lower()}" if state else "Tất cả nhiệm vụ"


def _unit_id(visit: Visit, asked: Asked) -> int | None:
    """The unit that the address names, among those that are counted. Raises NotYoursError for any other."""
    query = visit.request.query_params
    if not query.get("don_vi"):
        return None
    unit = unit_id_of(visit.session, query["don_vi"], asked.authorities, query.get("co_quan"))
    if unit is None:
        raise NotYoursError("Không có đơn vị này trong cơ quan.")
    return unit


@router.get("/lanh-dao/qua-han")
def overdue_behind(request: Request) -> Response:
    """The overdue occurrences, of one unit or of all, the longest overdue first."""
    with looking(request) as visit:
        asked = counted_for(visit)
        rows = slipping(visit.session, asked, unit_id=_unit_id(visit, asked))
        return page(visit, "leaders/occurrences", rows=rows, kind="overdue")


@router.get("/lanh-dao/chua-minh-chung")
def unproven_behind(request: Request) -> Response:
    """The finished occurrences that nothing proves."""
    with looking(request) as visit:
        asked = counted_for(visit)
        rows = unproven_rows(visit.session, asked, unit_id=_unit_id(visit, asked))
        return page(visit, "leaders/occurrences", rows=rows, kind="unproven")


@router.get("/nhiem-vu/{item_id}")
def prove(request: Request, item_id: Id) -> Response:
    """One item: was the unit told, when, on which rungs, did it open the page, what did it answer."""
    with looking(request) as visit:
        asked = counted_for(visit)
        item = visit.session.get(Item, item_id)
        if item is None or not _counted(visit, asked, item.plan_id):
            raise NotYoursError(NOT_HERE)
        return page(visit, "leaders/proof", item=item, plan=item.plan, proofs=proof_of(visit.session, item))


def _counted(visit: Visit, asked: Asked, plan_id: int) -> bool:
    owner = owner_of(visit.session, plan_id)
    return owner in (asked.authorities or ()) and (asked.plans is None or plan_id in asked.plans)
