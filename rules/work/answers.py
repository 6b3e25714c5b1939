"""What a unit may answer, and when: the checks of an answer before it is stored.

Pure: what was typed comes in as text, problems go out as one Vietnamese sentence
each, tied to the field they are about. All dates are calendar days in
Asia/Ho_Chi_Minh; `today` is a parameter.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from rules.numbers import read_number, typed_words
from rules.plan.figures import Figure, Goal, figure_of

NOT_STARTED, UNDER_WAY, DONE, CANNOT = "not_started", "under_way", "done", "cannot"

STATE_WORDS = {
    NOT_STARTED: "Chưa thực hiện",
    UNDER_WAY: "Đang thực hiện",
    DONE: "Đã hoàn thành",
    CANNOT: "Không thực hiện được",
}
"""The four things a unit can say, in the order of the form."""

UNDO_FOR = timedelta(days=1)
"""How long an answer can be taken back by those who gave it."""

NOTE_LIMIT = 4_000


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a field, in one Vietnamese sentence."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that passed the checks. `done_on` is set where the state is done."""

    state: str
    percent: int | None = None
    note: str | None = None
    done_on: date | None = None
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What an answer is about: the goals with a figure, the first day of the work, and the day it is answered."""

    today: date
    opens_on: date
    goals: tuple[Goal, ...] = ()


@dataclass(slots=True)
class Reading:
    """What was understood of the fields, and the problems found on the way."""

    problems: list[Problem] = field(default_factory=list)

    def problem(self, name: str, message: str) -> None:
        self.problems.append(Problem(name, message))


def read_answer(fields: Mapping[str, str], question: Question) -> tuple[Answer | None, tuple[Problem, ...]]:
    """The answer in what was typed, or the problems that keep it from being stored.

    Fields: `state`, `percent`, `note`, `done_on` (DD/MM/YYYY or YYYY-MM-DD), and for the n-th goal
    `part_n` and `whole_n`.
    """
    reading = Reading()
    state = fields.get("state", "")
    if state not in STATE_WORDS:
        reading.problem("state", "Hãy chọn một tình trạng thực hiện.")
    note = clean_text(fields.get("note", ""))
    if state == CANNOT and not note:
        reading.problem("note", "Hãy ghi rõ vì sao không thực hiện được.")
    if len(note) > NOTE_LIMIT:
        reading.problem("note", f"Nội dung dài quá {NOTE_LIMIT} ký tự; hãy rút gọn hoặc gửi thành tệp.")
    percent = _percent(fields.get("percent", ""), state, reading)
    done_on = _done_on(fields.get("done_on", ""), question, reading) if state == DONE else None
    figures = _figures(fields, question.goals, reading)
    if reading.problems:
        return None, tuple(reading.problems)
    return Answer(state, percent, note or None, done_on, figures), ()


def clean_text(text: str) -> str:
    """What a person typed, without control characters and with plain line ends."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in plain if c in "\n\t" or (c.isprintable() or c.isspace())).strip()


def read_day(text: str) -> date | None:
    """The day in "31/12/2025", "31-12-2025" or "2025-12-31"; None when it is none."""
    parts = text.strip().replace("-", "/").replace(".", "/").split("/")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    numbers = [int(part) for part in parts]
    year, month, day = numbers if len(parts[0]) == 4 else reversed(numbers)
    try:
        return date(year, month, day) if 1990 <= year <= 2200 else None
    except ValueError:
        return None


def _percent(text: str, state: str, reading: Reading) -> int | None:
    if state == DONE:
        return 100
    if state == NOT_STARTED:
        return 0
    typed = text.replace("%", "").strip()
    if not typed:
        return None
    value = read_number(typed)
    if value is None or value > 100:
        reading.problem("percent", "Tỷ lệ hoàn thành phải là một số từ 0 đến 100.")
        return None
    return round(value)


def _done_on(text: str, question: Question, reading: Reading) -> date | None:
    if not text.strip():
        return question.today
    day = read_day(text)
    if day is None:
        reading.problem("done_on", "Ngày hoàn thành phải viết theo dạng ngày/tháng/năm, ví dụ 31/12/2025.")
    elif day > question.today:
        reading.problem("done_on", "Ngày hoàn thành không thể sau hôm nay.")
    elif day < min(question.opens_on, question.today):
        reading.problem("done_on", f"Ngày hoàn thành không thể trước ngày bắt đầu {question.opens_on:%d/%m/%Y}.")
    return day


def _figures(fields: Mapping[str, str], goals: Sequence[Goal], reading: Reading) -> tuple[Figure, ...]:
    found = []
    for number, goal in enumerate(goals):
        part_text, whole_text = (fields.get(f"{name}_{number}", "").strip() for name in ("part", "whole"))
        if goal.is_share:
            part_text = part_text.removesuffix("%")
        if not part_text and not whole_text:
            continue
        part = read_number(part_text)
        whole = read_number(whole_text) if whole_text else None
        if part is None:
            reading.problem(f"part_{number}", "Hãy ghi số liệu đạt được bằng chữ số, ví dụ 1.234 hoặc 77,1.")
        elif whole_text and not whole:
            reading.problem(f"whole_{number}", "Tổng số phải là một số lớn hơn 0, ví dụ 1.600.")
        elif whole and part > whole and goal.value <= 100:
            reading.problem(f"part_{number}", "Số đạt được lớn hơn tổng số; hãy kiểm tra lại hai ô.")
        elif whole is None and goal.is_share and part > 100 and goal.value <= 100:
            reading.problem(f"whole_{number}", "Số đạt được lớn hơn 100 %; hãy ghi thêm tổng số.")
        else:
            found.append(figure_of(goal, float(part), None if whole is None else float(whole)))
    return tuple(found)


def fields_of_figures(stored: Iterable[Mapping[str, Any]], goals: Sequence[Goal]) -> dict[str, str]:
    """The fields `part_n` and `whole_n` for figures told before, by the text of their goal; read back as the same."""
    told = {figure["text"]: figure for figure in stored}
    fields: dict[str, str] = {}
    for number, goal in enumerate(goals):
        if (figure := told.get(goal.text)) is None:
            continue
        part = figure["value"] if figure["part"] is None else figure["part"]
        fields[f"part_{number}"] = typed_words(part)
        if figure["whole"] is not None:
            fields[f"whole_{number}"] = typed_words(figure["whole"])
    return fields


def undo_until(answered_at: datetime) -> datetime:
    """The moment until which an answer can be taken back."""
    return answered_at + UNDO_FOR


def is_late(last_day: date, today: date) -> bool:
    """Whether an answer of `today` comes after the last day in time."""
    return today > last_day


def period_closed(urge_until: date | None, reopened_until: date | None, today: date) -> bool:
    """Whether a period takes no more answers: a later one has replaced it and no reviewer has opened it again."""
    if urge_until is None or today <= urge_until:
        return False
    return reopened_until is None or today > reopened_until


@dataclass(frozen=True, slots=True)
class ExtensionAsked:
    """A request for a later day that passed the checks."""

    wanted_day: date
    reason: str


def read_extension(
    fields: Mapping[str, str], *, last_day: date, today: date
) -> tuple[ExtensionAsked | None, tuple[Problem, ...]]:
    """The request in what was typed (`wanted_day`, `reason`), or its problems."""
    reading = Reading()
    wanted = read_day(fields.get("wanted_day", ""))
    if wanted is None:
        reading.problem("wanted_day", "Hãy ghi ngày xin gia hạn theo dạng ngày/tháng/năm, ví dụ 31/12/2025.")
    elif wanted <= max(last_day, today):
        reading.problem("wanted_day", f"Ngày xin gia hạn phải sau hạn hiện nay ({last_day:%d/%m/%Y}) và sau hôm nay.")
    elif wanted > last_day.replace(year=min(last_day.year + 2, 2200), month=12, day=31):
        reading.problem("wanted_day", "Ngày xin gia hạn quá xa; hãy kiểm tra lại năm.")
    reason = clean_text(fields.get("reason", ""))
    if not reason:
        reading.problem("reason", "Hãy ghi lý do xin gia hạn.")
    elif len(reason) > NOTE_LIMIT:
        reading.problem("reason", f"Lý do dài quá {NOTE_LIMIT} ký tự; hãy rút gọn.")
    if reading.problems or wanted is None:
        return None, tuple(reading.problems)
    return ExtensionAsked(wanted, reason), ()
