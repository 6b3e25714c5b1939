"""A plan's versions: what each import changed, and what was settled by hand between them; to be read and printed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from models.operations import AuditEvent
from models.plan import Plan
from portal.desk.plan_words import CHANGES, field_title
from portal.web.forms import as_number
from portal.web.pages import page
from portal.web.permissions import counted_for, plan_named
from portal.web.visits import Visit, looking
from rules.plan.values import Change
from rules.work.answers import read_day
from services.errors import NotYoursError, UnknownNameError
from services.plans.versions import compare, events_of

router = APIRouter()
VERSIONS = {"plan.import": "", "plan.edit": "sửa bằng tay"}
"""What makes a version, and what is said of it where no document does."""
BY_HAND = {
    "item.timing": "nhập thời hạn",
    "item.lead": "đặt cơ quan chủ trì",
    "item.title": "sửa nội dung",
    "item.done": "ghi hoàn thành",
    "item.reopen": "mở lại",
    "plan.status": "đóng hoặc mở lại kế hoạch",
}
"""What administrators do to items by hand, in words."""


@dataclass(slots=True)
class Version:
    """One import or edit, and what else was done by hand until the next one.

    `changes` is by kind, in the order of CHANGES.
    """

    number: int
    at: datetime
    who: str
    document: str
    how: str
    items: int
    header: Mapping[str, tuple[str, str]]
    changes: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    by_hand: list[tuple[datetime, str, str]] = field(default_factory=list)


@router.get("/phien-ban")
def versions(request: Request) -> Response:
    """All versions of a plan, the newest first; or two of them (`tu`, `den`) compared."""
    with looking(request) as visit:
        plan = plan_named(visit, counted_for(visit).plans)
        if "tu" in request.query_params:
            return _compared(visit, plan)
        found: list[Version] = []
        for row in events_of(visit.session, plan, tuple(BY_HAND)):
            if row.action in VERSIONS:
                found.append(_version(row, len(found) + 1))
            elif found:
                item = row.subject.removeprefix(f"item {plan.code} ") if row.subject.startswith("item ") else ""
                due = read_day(str((row.after or {}).get("due") or ""))
                words = f"{item} {BY_HAND[row.action]}{f' {due:%d/%m/%Y}' if due else ''}"
                found[-1].by_hand.append((row.at, row.actor, words.strip()))
        return page(visit, "desk/versions", plan=plan, versions=found[::-1], field_title=field_title)


def _compared(visit: Visit, plan: Plan) -> Response:
    """Two versions side by side, on one page that prints. Raises NotYoursError for a version that is not there."""
    query = visit.request.query_params
    try:
        found = compare(visit.session, plan, as_number(query["tu"]), as_number(query.get("den", "")))
    except UnknownNameError as error:
        raise NotYoursError(str(error)) from None
    groups = [(words, found.of(kind)) for kind, words in CHANGES.items()]
    return page(visit, "desk/version_difference", plan=plan, found=found, groups=groups, field_title=field_title)


def _version(row: AuditEvent, number: int) -> Version:
    said = row.after or {}
    changes: dict[str, list[Mapping[str, Any]]] = {}
    for kind, words in CHANGES.items():
        some = [one for one in said.get("changes") or () if Change(one["change"]) is kind]
        if some:
            changes[words] = some
    return Version(
        number=int(said.get("version") or number),
        at=row.at,
        who=row.actor,
        document=str(said.get("document") or ""),
        how=VERSIONS[row.action],
        items=int(said.get("items") or 0),
        header=said.get("header") or {},
        changes=changes,
    )
