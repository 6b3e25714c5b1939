"""What a deployment of an item says, whatever the day."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from notifications.wording import hour_words, plain, weekday_date
from services.figures.items import DueOverview, ItemOverview
from services.figures.rungs import ScheduleTerms, rungs_of

FLOW = "plan-item"
ENTRYPOINT = "flows.plan_item:plan_item"
SHAPE = 1
"""Counts up when what is posted changes its form: then everything is posted once more."""

_DAYS_SHOWN = 40

PARAMETERS: dict[str, Any] = {
    "type": "object",
    "title": "Parameters",
    "properties": {
        "plan": {"type": "string", "title": "Mã kế hoạch", "position": 0},
        "item": {"type": "string", "title": "Mã nhiệm vụ", "position": 1},
        "day": {
            "anyOf": [{"type": "string", "format": "date"}, {"type": "null"}],
            "title": "Ngày xem (để trống: hôm nay)",
            "default": None,
            "position": 2,
        },
    },
    "required": ["plan", "item"],
}
"""The form of "Run" in the Prefect UI; tests hold it equal to the flow's parameters."""


def payload(item: ItemOverview, terms: ScheduleTerms, pool: str, portal: str | None) -> dict[str, Any]:
    """The deployment of an item, without the flow's id."""
    return {
        "name": item.name,
        "entrypoint": ENTRYPOINT,
        "tags": tags(item),
        "description": description(item, terms, portal),
        "parameters": {"plan": item.plan_code, "item": item.code},
        "parameter_openapi_schema": PARAMETERS,
        "enforce_parameter_schema": False,
        "work_pool_name": pool,
        "path": None,
        "pull_steps": None,
    }


def content_hash(body: object) -> str:
    """The hash of what is posted; equal hashes are not posted again."""
    text = json.dumps([SHAPE, body], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def tags(item: ItemOverview) -> list[str]:
    """Plan, leading units and section: what the administrator filters by."""
    return [item.plan_code, *item.units, *([item.section_code] if item.section_code else [])]


def description(item: ItemOverview, terms: ScheduleTerms, portal: str | None) -> str:
    """Who, what and when in Markdown, for the deployment's page."""
    return "\n".join(_lines(item, terms, portal))


def _lines(item: ItemOverview, terms: ScheduleTerms, portal: str | None) -> Iterator[str]:
    yield f"## {plain(item.code)}. {plain(item.title)}\n"
    yield f"- **Kế hoạch:** {plain(item.plan_title)} ({plain(item.plan_code)})"
    if item.section:
        yield f"- **Mục:** {plain(item.section_code)}. {plain(item.section)}"
    yield f"- **Cơ quan chủ trì:** {_list(item.leads) or 'chưa xác định'}"
    yield f"- **Cơ quan phối hợp:** {_list(item.coordinators) or 'không có'}"
    yield f"- **Tiến độ ghi trong kế hoạch:** {plain(item.phrase) or 'không ghi'}"
    yield f"- **Kết quả, sản phẩm:** {_list(item.results) or 'không ghi'}"
    if portal:
        yield f"- **Cập nhật:** [{portal}]({portal})"
    yield ""
    yield from _schedule(item, terms)


def _schedule(item: ItemOverview, terms: ScheduleTerms) -> Iterator[str]:
    if item.needs_date and not item.dues:
        yield f"**Chờ xác định thời hạn.** {plain(item.reason)}".rstrip()
        return
    if not item.dues:
        yield "**Chưa có lịch:** chưa biết đơn vị chủ trì nào để nhắc."
        return
    yield "### Lịch nhắc"
    lines = list(dict.fromkeys(_due_line(due, terms) for due in item.dues))
    yield from lines[:_DAYS_SHOWN]
    if len(lines) > _DAYS_SHOWN:
        yield f"- … và {len(lines) - _DAYS_SHOWN} kỳ nữa"
    if terms.ladder.repeat_every and item.open_dues:
        yield f"\nSau mốc cuối, đôn đốc tiếp mỗi {terms.ladder.repeat_every} ngày cho đến khi hoàn thành."


def _due_line(due: DueOverview, terms: ScheduleTerms) -> str:
    label = f"{plain(due.label)}: " if due.label else ""
    hour = hour_words(due.due_time) if due.last_day == due.due_on else ""
    head = f"- **{label}hạn {hour}{weekday_date(due.due_on)}**"
    if due.last_day != due.due_on:
        head += f" (ngày cuối còn đúng hạn {due.last_day:%d/%m/%Y})"
    if due.done_on is not None:
        return f"{head}: {plain(due.unit_name)} hoàn thành ngày {due.done_on:%d/%m/%Y}"
    rungs = rungs_of(due, terms)
    remind = [f"{rung.day:%d/%m}" for rung in rungs if rung.offset <= 0]
    urge = [f"{rung.day:%d/%m}" for rung in rungs if rung.offset > 0]
    parts = [f"nhắc {', '.join(remind)}"] if remind else []
    parts += [f"đôn đốc {', '.join(urge)}"] if urge else []
    return f"{head}: {'; '.join(parts) or 'không còn mốc nào'}"


def _list(names: list[str] | tuple[str, ...]) -> str:
    return "; ".join(plain(name) for name in names)
