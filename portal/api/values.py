"""What the API answers: one value a row. Names are part of the API's promise; titles head the columns of tables."""

from datetime import date, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from models.mail import MessageState
from models.occurrence import ProgressState
from models.plan import PlanStatus
from rules.timing.values import TimingKind
from rules.work.states import ItemState


class Value(BaseModel):
    """A value of the API: nothing more than its fields."""

    model_config = ConfigDict(extra="forbid")


class PlanOut(Value):
    """A plan."""

    code: Annotated[str, Field(title="Mã")]
    title: Annotated[str, Field(title="Tên kế hoạch")]
    authority: Annotated[str, Field(title="Cơ quan")]
    year: Annotated[int, Field(title="Năm")]
    number: Annotated[str | None, Field(title="Số")]
    symbol: Annotated[str | None, Field(title="Ký hiệu")]
    issued_on: Annotated[date | None, Field(title="Ngày ban hành")]
    status: Annotated[PlanStatus, Field(title="Tình trạng")]
    version: Annotated[int, Field(title="Phiên bản")]
    imported_at: Annotated[datetime, Field(title="Nhập lúc")]
    items: Annotated[int, Field(title="Số nhiệm vụ")]


class ItemOut(Value):
    """An item with its state today. `lead` and `coordinating` are codes of units, or names as printed."""

    id: Annotated[int, Field(title="Số")]
    plan: Annotated[str, Field(title="Kế hoạch")]
    code: Annotated[str, Field(title="Mã")]
    section: Annotated[str | None, Field(title="Mục")]
    title: Annotated[str, Field(title="Nhiệm vụ")]
    state: Annotated[ItemState, Field(title="Trạng thái")]
    timing: Annotated[str, Field(title="Thời gian theo kế hoạch")]
    kind: Annotated[TimingKind, Field(title="Loại thời hạn")]
    next_day: Annotated[date | None, Field(title="Hạn gần nhất")]
    lead: Annotated[list[str], Field(title="Chủ trì")]
    coordinating: Annotated[list[str], Field(title="Phối hợp")]
    results: Annotated[list[str], Field(title="Kết quả, sản phẩm")]


class OccurrenceOut(Value):
    """One due day of an item for one leading unit. `last_day` is the last day in time, `due_on` the printed one."""

    id: Annotated[int, Field(title="Số")]
    plan: Annotated[str, Field(title="Kế hoạch")]
    item: Annotated[str, Field(title="Mã nhiệm vụ")]
    title: Annotated[str, Field(title="Nhiệm vụ")]
    unit: Annotated[str, Field(title="Đơn vị")]
    key: Annotated[str, Field(title="Kỳ")]
    label: Annotated[str, Field(title="Tên kỳ")]
    opens_on: Annotated[date, Field(title="Bắt đầu")]
    due_on: Annotated[date, Field(title="Hạn ghi trong kế hoạch")]
    last_day: Annotated[date, Field(title="Ngày cuối còn trong hạn")]
    done_on: Annotated[date | None, Field(title="Ngày hoàn thành")]
    next_rung_on: Annotated[date | None, Field(title="Lần nhắc tới")]
    state: Annotated[ItemState, Field(title="Trạng thái")]
    lapsed: Annotated[bool, Field(title="Đã qua kỳ")]
    target: Annotated[str | None, Field(title="Chỉ tiêu")]


class ProgressOut(Value):
    """An answer of a unit."""

    id: Annotated[int, Field(title="Số")]
    plan: Annotated[str, Field(title="Kế hoạch")]
    item: Annotated[str, Field(title="Mã nhiệm vụ")]
    occurrence: Annotated[str, Field(title="Kỳ")]
    unit: Annotated[str, Field(title="Đơn vị")]
    state: Annotated[ProgressState, Field(title="Tình trạng")]
    percent: Annotated[int | None, Field(title="Phần trăm")]
    note: Annotated[str | None, Field(title="Nội dung")]
    done_on: Annotated[date | None, Field(title="Ngày hoàn thành")]
    late: Annotated[bool, Field(title="Báo cáo muộn")]
    created_at: Annotated[datetime, Field(title="Lúc")]


class MessageOut(Value):
    """A mail of the outbox, without its text."""

    id: Annotated[int, Field(title="Số")]
    authority: Annotated[str, Field(title="Cơ quan")]
    day: Annotated[date, Field(title="Ngày")]
    kind: Annotated[str, Field(title="Loại thư")]
    to: Annotated[str, Field(title="Địa chỉ")]
    name: Annotated[str, Field(title="Người nhận")]
    subject: Annotated[str, Field(title="Tiêu đề")]
    state: Annotated[MessageState, Field(title="Trạng thái")]
    attempts: Annotated[int, Field(title="Số lần gửi")]
    code: Annotated[int | None, Field(title="Mã trả lời")]
    reply: Annotated[str | None, Field(title="Máy chủ thư trả lời")]
    created_at: Annotated[datetime, Field(title="Soạn lúc")]
    sent_at: Annotated[datetime | None, Field(title="Gửi lúc")]
    next_try_at: Annotated[datetime | None, Field(title="Gửi lại lúc")]


class UnitOut(Value):
    """A unit."""

    authority: Annotated[str, Field(title="Cơ quan")]
    code: Annotated[str, Field(title="Mã")]
    name: Annotated[str, Field(title="Tên")]
    mailbox: Annotated[str | None, Field(title="Hộp thư")]
    superior: Annotated[str | None, Field(title="Cấp trên")]
    active: Annotated[bool, Field(title="Đang hoạt động")]


T = TypeVar("T", bound=Value)


class Page(Value, Generic[T]):
    """One page of a list; pages are counted from 1."""

    items: list[T]
    page: int
    per_page: int
    total: int
    pages: int


States = dict[ItemState, int]


class PlanFiguresOut(Value):
    """One plan's items by state."""

    code: str
    title: str
    year: int
    status: PlanStatus
    authority: str
    items: int
    states: States
    without_lead: int
    lapsed: int


class SectionFiguresOut(Value):
    """One section's items by state."""

    plan: str
    code: str
    title: str
    items: int
    states: States


class UnitFiguresOut(Value):
    """One unit's occurrences; `undetermined` counts items."""

    code: str
    name: str
    authority: str
    reachable: bool
    open: int
    overdue: int
    due_soon: int
    on_track: int
    done: int
    done_late: int
    undetermined: int


class TrendOut(Value):
    """Items on a past day."""

    day: date
    items: int
    overdue: int
    done: int


class SlipOut(Value):
    """One of the most overdue occurrences."""

    plan: str
    item: str
    title: str
    unit: str
    last_day: date
    days_late: int
    told: int


class EvidenceFiguresOut(Value):
    """Finished occurrences of a unit, and those without evidence."""

    unit: str
    name: str
    authority: str
    done: int
    missing: int


class AuthorityFiguresOut(Value):
    """One authority's items by state; the share is in percent."""

    code: str
    name: str
    items: int
    states: States
    overdue_share: float


class MorningOut(Value):
    """The newest morning of an authority."""

    authority: str
    day: date
    started_at: datetime
    finished_at: datetime | None
    notices: int
    messages: int


class FiguresOut(Value):
    """All figures of a day: the same as `dondoc status --json` prints."""

    day: date
    items: int
    states: States
    plans: list[PlanFiguresOut]
    sections: list[SectionFiguresOut]
    units: list[UnitFiguresOut]
    trend: list[TrendOut]
    slipping: list[SlipOut]
    evidence: list[EvidenceFiguresOut]
    authorities: list[AuthorityFiguresOut]
    extensions_waiting: int
    messages: dict[MessageState, int]
    mornings: list[MorningOut]


class Refusal(Value):
    """Why nothing was given, in one Vietnamese sentence."""

    detail: str
