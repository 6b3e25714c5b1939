"""What one person is told one morning: values only, no clock, no database.

All texts are cleaned to one line when a value is made (see `wording.one_line`),
so no template can let a line break or a direction mark through.
"""

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict

from notifications.wording import days_left_words, due_words, one_line

Line = Annotated[str, AfterValidator(one_line)]
"""Other people's text, cleaned to one line."""

Role = Literal["lead", "coordinator", "head", "leader"]

ROLE_WORDS: dict[Role, str] = {
    "lead": "chủ trì",
    "coordinator": "phối hợp",
    "head": "thủ trưởng cơ quan chủ trì",
    "leader": "lãnh đạo theo dõi, chỉ đạo",
}


class Told(BaseModel):
    """A value of a mail: compared by content, never changed after it was made."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Rendered(Told):
    """A mail ready to be sent: the subject is one line, text and HTML say the same."""

    subject: str
    text: str
    html: str


class DigestLine(Told):
    """One occurrence (kỳ) of one item, as one person is told of it.

    `days_left` counts calendar days from the digest's day to `last_day`, negative once it has passed.
    `role` says why this person is told; `others` names the coordinators, or the lead where the role is coordinator.
    `unit_name` is the unit that must act. `link` leads to the portal; None as long as there is none.
    """

    item_code: Line
    title: Line
    plan_title: Line
    due_printed: date
    last_day: date
    days_left: int
    rung_words: Line
    role: Role
    unit_name: Line
    result: Line = ""
    others: Line = ""
    period_label: Line = ""
    progress: Line | None = None
    link: Line | None = None

    @property
    def due_words(self) -> str:
        """The due day with its weekday: "thứ Tư 31/12/2025"."""
        return due_words(self.due_printed, self.last_day)

    @property
    def left_words(self) -> str:
        """How far away: "còn 30 ngày", "đến hạn hôm nay", "quá hạn 3 ngày"."""
        return days_left_words(self.days_left)

    @property
    def role_words(self) -> str:
        """Why this person is told, in Vietnamese."""
        return ROLE_WORDS[self.role]


class Ask(Told):
    """An item without a date: a person must give it (asked of administrators, once a week)."""

    item_code: Line
    title: Line
    printed_timing: Line
    reason: Line
    plan_title: Line


class Digest(Told):
    """One person's mail of one morning (`today`, Asia/Ho_Chi_Minh).

    `reply_to` is the focal unit's address that answers go to, `contact` how to reach a human ("" if unknown),
    `portal_link` the person's own door; None as long as there is no portal.
    """

    recipient_name: Line
    recipient_role: Line
    unit_name: Line
    authority_name: Line
    today: date
    lines: tuple[DigestLine, ...] = ()
    asks: tuple[Ask, ...] = ()
    portal_link: Line | None = None
    reply_to_name: Line = ""
    reply_to: Line | None = None
    contact: Line = ""

    @property
    def empty(self) -> bool:
        """Nothing to say: no mail."""
        return not (self.lines or self.asks)

    @cached_property
    def overdue(self) -> tuple[DigestLine, ...]:
        """Past their last day, the longest overdue first."""
        return self._sorted(line for line in self.lines if line.days_left < 0)

    @cached_property
    def this_week(self) -> tuple[DigestLine, ...]:
        """Due from today to this week's Sunday, the nearest first."""
        return self._sorted(line for line in self.lines if 0 <= line.days_left <= self._days_to_sunday)

    @cached_property
    def later(self) -> tuple[DigestLine, ...]:
        """Due after this week's Sunday, the nearest first."""
        return self._sorted(line for line in self.lines if line.days_left > self._days_to_sunday)

    @property
    def _days_to_sunday(self) -> int:
        return 6 - self.today.weekday()

    @cached_property
    def plans(self) -> tuple[str, ...]:
        """The plans spoken of, each once, in the order of the lines."""
        titles = [line.plan_title for line in self.lines] + [ask.plan_title for ask in self.asks]
        return tuple(dict.fromkeys(filter(None, titles)))

    @property
    def must_answer(self) -> bool:
        """Whether this person is asked to report (lead or coordinator), and not only to know and to direct."""
        return any(line.role in ("lead", "coordinator") for line in self.lines)

    @staticmethod
    def _sorted(lines: Iterable[DigestLine]) -> tuple[DigestLine, ...]:
        # A stable sort: items of one day keep the plan's own order.
        return tuple(sorted(lines, key=lambda line: line.last_day))
