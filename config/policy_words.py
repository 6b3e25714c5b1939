"""The policy in Vietnamese words, entry by entry: for the page, the command line and the list of what changes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from config.policy import Policy

_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
HEADINGS = {
    "ladder": "Mốc nhắc và gửi kèm cấp trên",
    "mail": "Thư đôn đốc",
    "states": "Trạng thái nhiệm vụ",
    "evidence": "Tài liệu kiểm chứng",
    "reports": "Kỳ báo cáo",
    "official": "Thể thức văn bản",
}
"""The tables of the file in the order in which people read them."""

_REPORTS = {
    "week": "Báo cáo tuần",
    "month": "Báo cáo tháng",
    "quarter": "Báo cáo quý",
    "half": "Báo cáo 6 tháng",
    "nine_months": "Báo cáo 9 tháng",
    "year": "Báo cáo năm",
    "collect": "Thu thập số liệu",
}
_ENTRIES = {
    "rungs": "Các mốc nhắc",
    "repeat_every_days": "Sau mốc cuối",
    "head_from": "Gửi kèm thủ trưởng đơn vị",
    "leader_from": "Gửi kèm lãnh đạo phụ trách",
    "coordinator_rungs": "Nhắc cả cơ quan phối hợp ở mốc",
    "digest_hour": "Giờ gửi thư buổi sáng",
    "quiet_weekdays": "Thứ không gửi thư",
    "quiet_days": "Ngày không gửi thư",
    "ask_weekday": "Hỏi về nhiệm vụ chưa có thời hạn",
    "weekly_summary": "Tổng hợp tuần gửi lãnh đạo",
    "soon_days": "“Sắp đến hạn” khi còn",
    "required": "Báo hoàn thành phải kèm tài liệu",
    "complete_references": "Văn bản dẫn chiếu phải đủ số, ngày, trang hoặc mục",
    "enabled": "có lập",
    "quarters": "các quý có lập",
    "cut_off_day": "ngày chốt số liệu",
    "sending_day": "ngày gửi",
    "sending_months_after": "gửi sau kỳ (tháng)",
    "cut_off_weekday": "thứ chốt số liệu",
    "sending_weekday": "thứ gửi",
    "sending_weeks_after": "gửi sau kỳ (tuần)",
    "open_working_days": "hỏi đơn vị trước ngày chốt (ngày làm việc)",
    "consolidate_working_days": "gửi báo cáo tổng hợp sau ngày gửi của địa phương (ngày làm việc)",
    "symbol": "Ký hiệu văn bản",
    "above": "Cơ quan chủ quản",
    "addressees": "Kính gửi",
    "signature": "Thẩm quyền ký",
    "signer": "Người ký",
    "deputy_signature": "Thẩm quyền ký của người thay mặt",
    "recipients": "Nơi nhận",
    "archive": "Lưu",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its key in the file ("ladder.rungs"), its name and its value in words."""

    key: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Changed:
    """One entry that differs between two policies."""

    key: str
    name: str
    before: str
    after: str


def entries(policy: Policy) -> dict[str, list[Entry]]:
    """The whole policy by heading."""
    flat = dict(_flat(policy.model_dump(), ()))
    found: dict[str, list[Entry]] = {heading: [] for heading in HEADINGS.values()}
    for path, value in flat.items():
        found.setdefault(HEADINGS.get(path[0], path[0]), []).append(
            Entry(".".join(path), _name(path), _words(path, value))
        )
    return {heading: rows for heading, rows in found.items() if rows}


def changes(before: Policy, after: Policy) -> list[Changed]:
    """What differs, in the order of the file."""
    old = {entry.key: entry for rows in entries(before).values() for entry in rows}
    new = {entry.key: entry for rows in entries(after).values() for entry in rows}
    return [
        Changed(key, new[key].name, old[key].value, new[key].value)
        for key in new
        if key in old and old[key].value != new[key].value
    ]


def _flat(values: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, (*path, key))
        else:
            yield (*path, key), value


def _name(path: tuple[str, ...]) -> str:
    entry = _ENTRIES.get(path[-1], path[-1])
    return f"{_REPORTS.get(path[1], path[1])}: {entry}" if path[0] == "reports" else entry


def _words(path: tuple[str, ...], value: Any) -> str:
    special = _SPECIAL.get(path[-1])
    if special is not None:
        return special(value)
    if path[-1].endswith("weekday"):
        return _WEEKDAYS[value - 1]
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, (tuple, list, frozenset, set)):
        return (
            "; ".join(str(one) for one in (sorted(value) if isinstance(value, (frozenset, set)) else value)) or "trống"
        )
    return str(value) if value not in ("", None) else "trống"


def rungs_words(rungs: tuple[int, ...]) -> str:
    """ "trước hạn 30, 14 ngày; đúng ngày đến hạn; quá hạn 1, 3 ngày"."""
    early = [str(-rung) for rung in sorted(rungs) if rung < 0]
    late = [str(rung) for rung in sorted(rungs) if rung > 0]
    parts = [f"trước hạn {', '.join(early)} ngày"] if early else []
    parts += ["đúng ngày đến hạn"] if 0 in rungs else []
    parts += [f"quá hạn {', '.join(late)} ngày"] if late else []
    return "; ".join(parts) or "không có"


def _since(value: int | None) -> str:
    if value is None:
        return "không gửi kèm"
    return (
        f"từ ngày quá hạn thứ {value}"
        if value > 0
        else "từ ngày đến hạn"
        if not value
        else f"từ {-value} ngày trước hạn"
    )


def _stretches(ranges: tuple[Mapping[str, date | None], ...]) -> str:
    words = []
    for one in ranges:
        if one["only"] is not None:
            words.append(f"{one['only']:%d/%m/%Y}")
        elif one["first"] and one["last"]:
            words.append(f"{one['first']:%d/%m/%Y} đến {one['last']:%d/%m/%Y}")
    return "; ".join(words) or "không có"


def _recipient(row: Mapping[str, str | None]) -> str:
    return f"{row['name']} ({row['mail']})" if row["mail"] else str(row["name"])


def _recipients(rows: tuple[Mapping[str, str | None], ...]) -> str:
    return "; ".join(_recipient(row) for row in rows) or "trống"


_SPECIAL: dict[str, Callable[[Any], str]] = {
    "rungs": rungs_words,
    "coordinator_rungs": rungs_words,
    "repeat_every_days": lambda days: f"nhắc lại mỗi {days} ngày" if days else "không nhắc lại",
    "head_from": _since,
    "leader_from": _since,
    "quiet_weekdays": lambda days: ", ".join(_WEEKDAYS[day - 1] for day in sorted(days)) or "không có",
    "quiet_days": _stretches,
    "soon_days": lambda days: f"{days} ngày",
    "recipients": _recipients,
}
