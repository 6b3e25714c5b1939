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


def _web_address(text: str) -> str:
    if not text.startswith(("https://", "http://")) or not text.isascii() or " " in text:
        raise ValueError(f"not a web address: {text!r}")
    return text


Link = Annotated[str, AfterValidator(_web_address)]
"""A place that a mail may lead to: http or https, nothing that runs."""

Role = Literal["lead", "coordinator", "head", "leader"]


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
    `rung_words` names the rung for lists of what was told; the mail itself tells the days left, which are true
    also where a rung moved or came late. `held_words` say how many points of the yearly score hang on the item.
    """

    item_code: Line
    title: Line
    plan_title: Line
    due_printed: date
    last_day: date
    due_time: Line | None = None
    days_left: int
    rung_words: Line = ""
    held_words: Line = ""
    role: Role
    unit_name: Line
    result: Line = ""
    others: Line = ""
    period_label: Line = ""
    progress: Line | None = None
    link: Link | None = None

    @property
    def due_words(self) -> str:
        """The due day with its weekday: "thứ Tư 31/12/2025"."""
        return due_words(self.due_printed, self.last_day, self.due_time)

    @property
    def left_words(self) -> str:
        """How far away: "còn 30 ngày", "đến hạn hôm nay", "quá hạn 3 ngày"."""
        left = days_left_words(self.days_left)
        return f"{left} – {self.held_words}" if self.held_words else left

    @property
    def link_verb(self) -> str:
        """What its reader does there: who leads or takes part reports, head and leader look."""
        return "Cập nhật" if self.role in ("lead", "coordinator") else "Xem"

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What else the mail tells of it, as (name, value) in reading order; what is not known is left out."""
        if self.role == "coordinator":
            owners = (("Vai trò", "phối hợp"), ("Cơ quan chủ trì", self.others))
        elif self.role == "lead":
            owners = (("Vai trò", "chủ trì"), ("Cơ quan phối hợp", self.others))
        else:
            owners = (("Cơ quan chủ trì", self.unit_name), ("Cơ quan phối hợp", self.others))
        facts = (
            ("Kỳ", self.period_label),
            ("Sản phẩm", self.result),
            *owners,
            ("Tiến độ đã báo", self.progress or ""),
        )
        return tuple(fact for fact in facts if fact[1])


def joined(lines: Iterable[DigestLine], list_link: str | None = None) -> tuple[DigestLine, ...]:
    """One line for what a reader is told alike of several units: "Các cơ quan, đơn vị" would be six lines of one item.

    Who must answer as lead keeps a line for each occurrence. A joined line leads to the reader's list.
    """
    groups: dict[object, list[DigestLine]] = {}
    for number, line in enumerate(lines):
        alike = (line.item_code, line.plan_title, line.due_printed, line.last_day, line.period_label, line.role)
        groups.setdefault(number if line.role == "lead" else alike, []).append(line)
    return tuple(_one_of(group, list_link) for group in groups.values())


def _one_of(group: list[DigestLine], link: str | None) -> DigestLine:
    first = group[0]
    if len(group) == 1:
        return first
    units = "; ".join(dict.fromkeys(line.unit_name for line in group))
    progress = first.progress if len({line.progress for line in group}) == 1 else None
    return first.model_copy(update={"unit_name": units, "progress": progress, "link": link})


class Ask(Told):
    """An item without a date: a person must give it (asked of administrators, once a week)."""

    item_code: Line
    title: Line
    printed_timing: Line
    reason: Line
    plan_title: Line


class ChangeLine(Told):
    """An item of the plan that was added, changed or dropped since this person's last mail.

    `what` names the change; `fields` are (name, before, after).
    """

    item_code: Line
    title: Line
    plan_title: Line
    what: Line
    fields: tuple[tuple[Line, Line, Line], ...] = ()
    link: Link | None = None


class ReturnedLine(Told):
    """An address that sent its mail back, for administrators: `day` is that of the newest such mail, `mails` how many.

    `answer` is what the mail server said ("" if nothing); `link` leads to where the address is changed. `full`: the
    mailbox is, and the address is right.
    """

    address: Line
    name: Line
    unit_name: Line = ""
    subject: Line
    day: date
    mails: int = 1
    answer: Line = ""
    full: bool = False
    link: Link | None = None

    @property
    def owner(self) -> str:
        """Whose address it is: "Nguyễn Văn A, Phòng Kinh tế"; a shared mailbox bears its unit's name."""
        return ", ".join(dict.fromkeys(filter(None, (self.name, self.unit_name))))


MOST_RETURNED = 20
"""Addresses told of in one mail: where a mail server refuses everybody, the list stands in the portal."""


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
    changes: tuple[ChangeLine, ...] = ()
    returned: tuple[ReturnedLine, ...] = ()
    portal_link: Link | None = None
    reply_to_name: Line = ""
    reply_to: Line | None = None
    contact: Line = ""

    @property
    def empty(self) -> bool:
        """Nothing to say: no mail."""
        return not (self.lines or self.asks or self.changes or self.returned)

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
        titles = [one.plan_title for part in (self.lines, self.changes, self.asks) for one in part]
        return tuple(dict.fromkeys(filter(None, titles)))

    @property
    def returned_shown(self) -> tuple[ReturnedLine, ...]:
        """The first addresses that sent mail back, as many as a mail can hold."""
        return self.returned[:MOST_RETURNED]

    @property
    def must_answer(self) -> bool:
        """Whether this person is asked to report (lead or coordinator), and not only to know and to direct."""
        return any(line.role in ("lead", "coordinator") for line in self.lines)

    @property
    def sections(self) -> tuple[tuple[str, tuple[DigestLine, ...]], ...]:
        """The groups of lines that are not empty, each with its heading: overdue first."""
        groups = (
            ("Quá hạn", self.overdue),
            ("Đến hạn tuần này", self.this_week),
            ("Đến hạn sau tuần này", self.later),
        )
        return tuple(group for group in groups if group[1])

    @property
    def addressee(self) -> str:
        """Whom the mail greets: "Nguyễn Văn A, Phòng Kinh tế"."""
        name, unit = self.recipient_name, self.unit_name
        if not name:
            return unit or self.authority_name
        return name if not unit or unit in name else f"{name}, {unit}"

    @property
    def summary(self) -> str:
        """One sentence: how many, and what is asked of this person."""
        counts = [f"{len(lines)} nhiệm vụ {heading[0].lower()}{heading[1:]}" for heading, lines in self.sections]
        asked = "Đề nghị thực hiện đúng hạn và báo cáo kết quả." if self.must_answer else "Kính báo cáo để chỉ đạo."
        return f"Sáng nay có {', '.join(counts)}. {asked}"

    @property
    def answer_words(self) -> str:
        """How to answer by mail, and who reads it."""
        reader = f" (thư về {self.answer_place})" if self.answer_place else ""
        if not self.must_answer:
            return f"Ý kiến xin gửi lại bằng cách trả lời thư này{reader}."
        way = "Có thể báo cáo tại liên kết trên, hoặc trả lời" if self.portal_link else "Xin trả lời"
        return f"{way} thư này{reader}; với mỗi nhiệm vụ, ghi:"

    @property
    def answer_place(self) -> str:
        """Who reads the answers: "Phòng Văn hóa - Xã hội, cchc@phuong.gov.vn"."""
        return ", ".join(filter(None, (self.reply_to_name, self.reply_to)))

    @staticmethod
    def _sorted(lines: Iterable[DigestLine]) -> tuple[DigestLine, ...]:
        # A stable sort: items of one day keep the plan's own order.
        return tuple(sorted(lines, key=lambda line: line.last_day))
