"""A reading in words: where something stood, how its timing was understood, what an import changes."""

from rules.plan.values import Change, Source
from rules.timing.values import Timing, TimingKind
from services.plans.diff import TITLES

CHANGES = {
    Change.ADDED: "Thêm mới",
    Change.CHANGED: "Thay đổi",
    Change.MOVED: "Chuyển vị trí",
    Change.RETURNED: "Khôi phục",
    Change.DROPPED: "Không còn trong văn bản",
}
"""What becomes of items, in the order in which it is shown."""

_KINDS = {
    TimingKind.RECURRING: "định kỳ",
    TimingKind.CONTINUOUS: "thường xuyên, rà soát theo kỳ báo cáo",
    TimingKind.UNDETERMINED: "chưa xác định được thời hạn",
}


def place(source: Source) -> str:
    """Where it stood: "trang 4, bảng 1, dòng 12"."""
    parts = (("trang", source.page), ("bảng", source.table), ("hàng", source.row), ("dòng", source.line))
    return ", ".join(f"{word} {number}" for word, number in parts if number is not None)


def meaning(timing: Timing) -> str:
    """What was understood of a timing, without the printed words."""
    last = timing.last_day or timing.due
    if timing.relative is not None and last is None:
        return f"tính từ {timing.relative.event or 'một sự kiện'}: cần nhập ngày của sự kiện"
    if timing.kind in _KINDS:
        return _KINDS[timing.kind]
    if timing.milestones:
        days = [f"{mark.due:%d/%m/%Y}" for mark in timing.milestones if mark.due]
        return f"các mốc {', '.join(days)}" if days else "các mốc, chưa có ngày"
    if last is None:
        return "chưa tính được ngày"
    start = f"từ {timing.start:%d/%m/%Y} " if timing.start else ""
    return f"{start}đến hết ngày {last:%d/%m/%Y}"


def field_title(name: str) -> str:
    """A field's name in Vietnamese."""
    return TITLES.get(name, name)
