"""An item on a day for the administrator: its state, one sentence, its page in Markdown."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.mail import Notice, NoticeState
from models.occurrence import Progress, ProgressState
from models.plan import Item
from models.session import reading
from notifications.wording import due_words, plain, weekday_date
from rules.reminders.ladder import rung_words
from rules.staff.values import slug
from rules.work.states import ItemState
from services.figures.items import DueOverview, ItemOverview, overview_of
from services.figures.rungs import office_terms, rungs_of
from services.policy import office_policy

_DUES_SHOWN = 30

PROGRESS_WORDS = {
    ProgressState.NOT_STARTED: "chưa thực hiện",
    ProgressState.UNDER_WAY: "đang thực hiện",
    ProgressState.DONE: "báo đã hoàn thành",
    ProgressState.CANNOT: "không thực hiện được",
}


@dataclass(frozen=True, slots=True)
class ItemPage:
    """An item on a day: its state, one sentence, and its page in Markdown."""

    item: ItemOverview
    state: ItemState
    message: str
    page: str


def look(plan: str, code: str) -> ItemOverview | None:
    """The item as it stands, or None when it is not (or no longer) followed."""
    with reading() as session:
        item = overview_of(session, plan, code)
        dropped = item is not None and session.get_one(Item, item.id).dropped_at is not None
    return None if dropped else item


def page_of(plan: str, code: str, day: date) -> ItemPage:
    """The item's state, sentence and page on a day. Raises LookupError when it is gone."""
    with reading() as session:
        item = overview_of(session, plan, code)
        if item is None:
            raise LookupError(f"{plan} {code}")
        told = _told(session, item.id)
        answers = {due.id: _answer(session, due) for due in item.dues[:_DUES_SHOWN]}
    state = item.state(day, office_policy().soon_days)
    message = sentence(item, state, day)
    return ItemPage(item, state, message, _page(item, state, message, told, answers, day))


def sentence(item: ItemOverview, state: ItemState, day: date) -> str:
    """One sentence on where the item stands."""
    if not item.dues:
        if state is ItemState.UNDETERMINED:
            return f"Kế hoạch ghi “{item.phrase}”: cần người quản trị nhập thời hạn."
        return "Chưa có kỳ nào để nhắc: kiểm tra cơ quan chủ trì."
    if not item.open_dues:
        latest = max(due.done_on for due in item.dues if due.done_on)
        return f"Hoàn thành ngày {latest:%d/%m/%Y}."
    late = [due for due in item.open_dues if due.last_day < day]
    due = (late or item.open_dues)[0]
    units = len({one.unit_name for one in item.open_dues if one.last_day == due.last_day})
    who = due.unit_name if units == 1 else f"{units} đơn vị"
    return f"{who}: hạn {due_words(due.due_on, due.last_day, due.due_time)}, {rung_words((day - due.last_day).days)}."


def _page(
    item: ItemOverview, state: ItemState, message: str, told: dict[str, int], answers: dict[int, str], day: date
) -> str:
    following = _next_rung(item, day)
    lines = [
        f"# {plain(item.code)} · {state.value}",
        f"{plain(item.title)}\n",
        f"{plain(message)}\n",
        "| | |",
        "|---|---|",
        f"| Ngày xem | {weekday_date(day)} |",
        f"| Cơ quan chủ trì | {plain('; '.join(item.leads)) or 'chưa xác định'} |",
        f"| Cơ quan phối hợp | {plain('; '.join(item.coordinators)) or 'không có'} |",
        f"| Tiến độ trong kế hoạch | {plain(item.phrase)} |",
        f"| Mốc nhắc kế tiếp | {following} |",
        f"| Lời nhắc đã ghi | {told['all']} (đã vào thư {told['told']}, chờ gửi {told['due']}) |\n",
    ]
    if item.dues:
        lines += ["| Kỳ | Đơn vị | Hạn | Tiến độ thực hiện |", "|---|---|---|---|"]
        lines += [_row(due, answers[due.id]) for due in item.dues[:_DUES_SHOWN]]
    if len(item.dues) > _DUES_SHOWN:
        lines.append(f"\nvà {len(item.dues) - _DUES_SHOWN} kỳ nữa.")
    return "\n".join(lines)


def _row(due: DueOverview, answer: str) -> str:
    done = f"hoàn thành {due.done_on:%d/%m/%Y}" if due.done_on else answer
    last = due_words(due.due_on, due.last_day, due.due_time)
    return f"| {plain(due.label)} | {plain(due.unit_name)} | {last} | {done} |"


def _next_rung(item: ItemOverview, day: date) -> str:
    terms = office_terms()
    coming = sorted(
        (rung.day, rung.words(due.last_day))
        for due in item.open_dues
        for rung in rungs_of(due, terms)
        if rung.day > day
    )
    return f"{weekday_date(coming[0][0])}: {coming[0][1]}" if coming else "không còn"


def _told(session: Session, item_id: int) -> dict[str, int]:
    query = select(Notice.state, func.count()).where(Notice.item_id == item_id).group_by(Notice.state)
    by_state = dict(session.execute(query).tuples().all())
    told, due = by_state.get(NoticeState.TOLD, 0), by_state.get(NoticeState.DUE, 0)
    return {"told": told, "due": due, "all": told + due}


def _answer(session: Session, due: DueOverview) -> str:
    query = select(Progress).where(Progress.occurrence_id == due.id).order_by(Progress.id.desc()).limit(1)
    newest = session.scalar(query)
    if newest is None:
        return "chưa trả lời"
    percent = f" {newest.percent}%" if newest.percent is not None else ""
    return f"{PROGRESS_WORDS[newest.state]}{percent}"


def artifact_key(plan: str, code: str) -> str:
    """Prefect's keys are small letters, digits and dashes: "ba-ngoi-2025-a-iv-3"."""
    return "-".join(part for part in (slug(plan, "-").lower(), slug(code, "-").lower()) if part) or "nhiem-vu"
