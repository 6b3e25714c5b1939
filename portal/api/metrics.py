"""`/metrics` in the text format of Prometheus, and the details of `/healthz`: for those who hold a token."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from models.session import reading
from portal.api.access import token_of, token_row
from portal.web.site import Site, site_of
from services.figures.health import Health, health_of
from services.figures.picture import Picture, picture
from services.figures.status import Asked
from services.policy import mail_days, office_policy

router = APIRouter()
FORMAT = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[Mapping[str, str], float]


def health_now(site: Site, session: Session, now: datetime) -> Health:
    """The machine's health."""
    return health_of(session, now, office_policy(site.settings).digest_hour, mail_days(site.settings))


@router.get("/healthz")
def healthz(request: Request) -> Response:
    """Whether portal and database answer; with a token also what waits, what failed, when the last morning was."""
    site = site_of(request)
    try:
        with reading(site.database) as session:
            session.execute(text("SELECT 1 FROM portal_link LIMIT 1"))
        now = site.clock()
        row = token_row(site, token_of(request), now) if token_of(request) else None
        if row is None or row.authority_id is not None:
            return PlainTextResponse("ok\n")
        with reading(site.database) as session:
            return JSONResponse(health_json(health_now(site, session, now)))
    except SQLAlchemyError:
        return PlainTextResponse("cơ sở dữ liệu không trả lời hoặc chưa nâng cấp\n", 503)


def health_json(seen: Health) -> dict[str, Any]:
    """Plain values; moments in ISO 8601, UTC."""
    return {
        "status": "ok" if not seen.missed and not seen.failed else "attention",
        "notices": {state.value: count for state, count in seen.notices.items()},
        "messages": {state.value: count for state, count in seen.messages.items()},
        "failed": seen.failed,
        "oldest_queued_at": seen.oldest_queued_at.isoformat() if seen.oldest_queued_at else None,
        "mornings": [
            {
                "authority": morning.authority,
                "day": morning.day.isoformat(),
                "finished_at": morning.finished_at.isoformat() if morning.finished_at else None,
            }
            for morning in seen.mornings
        ],
        "missed": {code: [day.isoformat() for day in days] for code, days in seen.missed.items()},
    }


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Counts for monitoring, for a token of all authorities."""
    site = site_of(request)
    now = site.clock()
    row = token_row(site, token_of(request), now)
    if row is None:
        return PlainTextResponse(
            "thiếu khóa (dondoc token create TÊN --scope metrics)\n", 401, {"WWW-Authenticate": "Bearer"}
        )
    if row.authority_id is not None:
        return PlainTextResponse("khóa chỉ mở một cơ quan, không đọc được chỉ số của cả hệ thống\n", 403)
    with reading(site.database) as session:
        seen = health_now(site, session, now)
        counted = picture(session, Asked(site.today(), office_policy(site.settings).soon_days))
    return Response(exposition(seen, counted, now), media_type=FORMAT)


def exposition(seen: Health, counted: Picture, now: datetime) -> str:
    """All metrics in the text format 0.0.4."""
    waited = (now - seen.oldest_queued_at).total_seconds() if seen.oldest_queued_at else 0.0
    plans = [
        ({"authority": plan.authority, "plan": plan.code, "state": state.name.lower()}, float(count))
        for plan in counted.active
        for state, count in plan.states.items()
    ]
    late = {slot.authority: slot for slot in counted.figures.mornings}
    ended = [({"authority": code}, slot.finished_at.timestamp()) for code, slot in late.items() if slot.finished_at]
    families: list[tuple[str, str, Iterable[Sample]]] = [
        ("dondoc_items", "Items of active plans by state.", plans),
        ("dondoc_notices", "Notices by state; due ones wait for a mail.", _by(seen.notices)),
        ("dondoc_messages", "Mails by state.", _by(seen.messages)),
        ("dondoc_messages_failed", "Mails that a person must look at.", [({}, float(seen.failed))]),
        ("dondoc_oldest_queued_seconds", "Age of the oldest mail not yet sent.", [({}, waited)]),
        ("dondoc_extensions_waiting", "Requests for a later day not yet decided.", [({}, float(counted.waiting))]),
        ("dondoc_last_morning_timestamp_seconds", "When the newest morning came to its end.", ended),
        (
            "dondoc_mornings_missed",
            "Mornings of the last week that did not come to their end.",
            [({"authority": code}, float(len(seen.missed.get(code, [])))) for code in late],
        ),
    ]
    lines: list[str] = []
    for name, words, samples in families:
        lines += [f"# HELP {name} {words}", f"# TYPE {name} gauge"]
        lines += [f"{name}{_labels(labels)} {value:.15g}" for labels, value in samples]
    return "\n".join(lines) + "\n"


def _by(counts: Mapping[Any, int]) -> list[Sample]:
    return [({"state": state.value}, float(count)) for state, count in counts.items()]


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    quoted = (f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return "{" + ",".join(quoted) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
