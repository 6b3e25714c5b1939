"""The read API for other machines: `/api/v1`, described by its own OpenAPI at `/api/v1/openapi.json`.

Only GET: nothing is changed here. Every list comes in pages of JSON, or whole as CSV or
as a workbook; figures come from the same place as the leaders' page.
"""

import logging
import os
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi import Path as InPath
from fastapi.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.background import BackgroundTask

from documents.writing.tables.list_tables import csv_lines, write_workbook
from documents.writing.tables.tracking_sheet import TrackingRow, write_tracking_sheet
from models.mail import MessageState
from models.plan import PlanStatus
from portal.api.access import REFUSALS, Caller, CallerIn, RefusedError, refused
from portal.api.values import (
    FiguresOut,
    ItemOut,
    MessageOut,
    OccurrenceOut,
    Page,
    PlanOut,
    ProgressOut,
    Refusal,
    UnitOut,
    Value,
)
from portal.web.site import Site
from rules.work.states import ItemState
from services.errors import UnknownNameError
from services.figures import lists as listing
from services.figures.lists import Listing, Wanted
from services.figures.picture import picture, picture_json
from services.plans.queries import find_plan
from services.plans.tracking import tracked

log = logging.getLogger("portal.api.routes")
router = APIRouter()
PREFIX = "/api/v1"
MOST_ROWS = 200_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Text = Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00]*$")]
Year = Annotated[int | None, Query(ge=2000, le=2100)]
Code = Annotated[str, InPath(max_length=64, pattern=r"^[^\x00]+$")]


TABLES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}, XLSX: {"schema": {"type": "string"}}}},
    413: {"model": Refusal, "description": "Danh sách quá dài để xuất một lần"},
}
"""What every list may answer beside a page of JSON."""


class Format(StrEnum):
    """How a list is given."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


class Paging:
    """Which page of a list, or the whole list as a table."""

    def __init__(
        self,
        page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
        per_page: Annotated[int, Query(ge=1, le=500)] = 100,
        format: Annotated[Format, Query(description="csv, xlsx: toàn bộ danh sách")] = Format.JSON,
    ) -> None:
        self.page, self.per_page, self.format = page, per_page, format


PagingIn = Annotated[Paging, Depends()]
Since = Annotated[datetime | None, Query(description="Từ thời điểm này, có múi giờ, ví dụ 2026-01-31T07:00:00+07:00")]


def _answer(caller: Caller, found: Listing, shape: type[Value], paging: Paging, name: str) -> Any:
    """One page as JSON, or the whole list as a table."""
    if paging.format is Format.JSON:
        total = found.total(caller.session)
        return {
            "items": found.page(caller.session, paging.page, paging.per_page),
            "page": paging.page,
            "per_page": paging.per_page,
            "total": total,
            "pages": -(-total // paging.per_page),
        }
    if (total := found.total(caller.session)) > MOST_ROWS:
        raise RefusedError(413, f"Danh sách có {total} dòng, quá {MOST_ROWS}; hãy lọc bớt.")
    fields = list(shape.model_fields)
    rows = ([row[field] for field in fields] for row in found.every(caller.session))
    if paging.format is Format.CSV:
        return StreamingResponse(
            _encoded(csv_lines(fields, rows)), media_type="text/csv", headers=_saved(f"{name}.csv")
        )
    titles = [shape.model_fields[field].title or field for field in fields]
    return _workbook(name, titles, rows)


def _encoded(lines: Iterator[str]) -> Iterator[bytes]:
    for line in lines:
        yield line.encode()


def _saved(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"'}


def _workbook(name: str, titles: Sequence[str], rows: Iterator[Sequence[object]]) -> Response:
    path = _temporary()
    write_workbook(path, name, titles, rows)
    return _file(path, f"{name}.xlsx")


def _temporary() -> Path:
    descriptor, name = tempfile.mkstemp(suffix=".xlsx")
    os.close(descriptor)
    return Path(name)


def _file(path: Path, name: str) -> Response:
    return FileResponse(path, media_type=XLSX, filename=name, background=BackgroundTask(path.unlink, missing_ok=True))


def _aware(moment: datetime | None) -> datetime | None:
    """A moment without a zone is taken as UTC."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


@router.get("/plans", response_model=Page[PlanOut], responses=TABLES)
def list_plans(
    caller: CallerIn, paging: PagingIn, authority: Text = None, year: Year = None, status: PlanStatus | None = None
) -> Any:
    """Các kế hoạch, năm mới nhất trước."""
    wanted = Wanted(authority=authority, year=year, status=status)
    return _answer(caller, listing.plans(caller.asked, wanted), PlanOut, paging, "plans")


@router.get("/plans/{code}", response_model=PlanOut, responses={404: {"model": Refusal}})
def one_plan(caller: CallerIn, code: Code) -> Any:
    """Một kế hoạch theo mã."""
    rows = listing.plans(caller.asked, Wanted(plan=code)).page(caller.session, 1, 1)
    if not rows:
        raise RefusedError(404, f"Không có kế hoạch “{code}”.")
    return rows[0]


@router.get(
    "/plans/{code}/tracking.xlsx",
    response_class=Response,
    responses={200: {"content": {XLSX: {"schema": {"type": "string"}}}}, 404: {"model": Refusal}},
)
def tracking_sheet(caller: CallerIn, code: Code) -> Response:
    """Kế hoạch dưới dạng bảng theo dõi mười hai cột; nhập lại bằng `dondoc plan import` không mất gì."""
    one_plan(caller, code)
    try:
        plan = find_plan(caller.session, code)
    except UnknownNameError as unknown:
        raise RefusedError(404, str(unknown)) from None
    rows = tracked(caller.session, plan, caller.asked.day, caller.asked.soon_days)
    path = _temporary()
    write_tracking_sheet((TrackingRow(*row) for row in rows), path)
    return _file(path, f"theo-doi-{plan.code}.xlsx")


@router.get("/items", response_model=Page[ItemOut], responses=TABLES)
def list_items(  # noqa: PLR0917 - each is a parameter of the address
    caller: CallerIn, paging: PagingIn, plan: Text = None, authority: Text = None, section: Text = None,
    unit: Text = None, state: ItemState | None = None,
) -> Any:  # fmt: skip
    """Các nhiệm vụ với trạng thái hôm nay, theo thứ tự trong kế hoạch. `unit` là mã đơn vị chủ trì."""
    wanted = Wanted(plan=plan, authority=authority, section=section, unit=unit, state=state)
    return _answer(caller, listing.items(caller.session, caller.asked, wanted), ItemOut, paging, "items")


@router.get("/occurrences", response_model=Page[OccurrenceOut], responses=TABLES)
def list_occurrences(  # noqa: PLR0913, PLR0917 - each is a parameter of the address
    caller: CallerIn, paging: PagingIn, plan: Text = None, authority: Text = None, unit: Text = None,
    open: bool | None = None, due_from: date | None = None, due_to: date | None = None,
) -> Any:  # fmt: skip
    """Các kỳ của nhiệm vụ, theo ngày cuối còn trong hạn."""
    wanted = Wanted(plan=plan, authority=authority, unit=unit, open=open, due_from=due_from, due_to=due_to)
    return _answer(caller, listing.occurrences(caller.asked, wanted), OccurrenceOut, paging, "occurrences")


@router.get("/progress", response_model=Page[ProgressOut], responses=TABLES)
def list_progress(
    caller: CallerIn,
    paging: PagingIn,
    plan: Text = None,
    authority: Text = None,
    unit: Text = None,
    since: Since = None,
) -> Any:
    """Các trả lời của đơn vị, mới nhất trước."""
    wanted = Wanted(plan=plan, authority=authority, unit=unit, since=_aware(since))
    return _answer(caller, listing.progress(caller.asked, wanted), ProgressOut, paging, "progress")


@router.get("/messages", response_model=Page[MessageOut], responses=TABLES)
def list_messages(
    caller: CallerIn, paging: PagingIn, authority: Text = None, state: MessageState | None = None, kind: Text = None,
    since: Since = None,
) -> Any:  # fmt: skip
    """Hộp thư đi, mới nhất trước; không có nội dung thư."""
    wanted = Wanted(authority=authority, mail_state=state, kind=kind, since=_aware(since))
    return _answer(caller, listing.messages(caller.asked, wanted), MessageOut, paging, "messages")


@router.get("/units", response_model=Page[UnitOut], responses=TABLES)
def list_units(caller: CallerIn, paging: PagingIn, authority: Text = None) -> Any:
    """Các đơn vị."""
    return _answer(caller, listing.units(caller.asked, Wanted(authority=authority)), UnitOut, paging, "units")


@router.get("/figures", response_model=FiguresOut, responses={404: {"model": Refusal}})
def figures(caller: CallerIn, authority: Text = None) -> Any:
    """Mọi số liệu hôm nay: giống trang lãnh đạo, thư tuần và `dondoc status --json`."""
    return picture_json(picture(caller.session, caller.narrowed(authority)))


def broken(request: Request, error: Exception) -> JSONResponse:
    """A fault of ours."""
    route = getattr(request.scope.get("route"), "path", "-")
    log.error("%s %s failed", request.method, route, exc_info=error)
    return JSONResponse({"detail": "Hệ thống gặp lỗi; hãy thử lại sau ít phút."}, 500)


def api_of(site: Site) -> FastAPI:
    """The API of a site, to be mounted under `PREFIX`."""
    app = FastAPI(
        title="dondoc",
        version="1",
        description="Đọc kế hoạch, nhiệm vụ, tiến độ, thư và số liệu đôn đốc. Khóa: `dondoc token create TÊN`.",
        docs_url=None,
        redoc_url=None,
        responses=REFUSALS,
    )
    app.state.site = site
    app.include_router(router)
    app.add_exception_handler(RefusedError, refused)
    app.add_exception_handler(Exception, broken)
    return app
