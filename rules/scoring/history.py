"""What a change of a score was, in words: points, figures, proof, what was said. Pure: from the facts before and after.

A fact that an older row of the history does not know is not told.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError

from rules.audit import AuditAction
from rules.numbers import number_words
from rules.scoring.dossier_checks import WARNINGS
from rules.scoring.entry import Entry
from rules.scoring.form import entry_words
from rules.scoring.round import LOST_REASONS, ROUND_WORDS, RoundState

_POINTS = (("points", "Điểm tự chấm"), ("verified", "Điểm thẩm định"), ("final", "Điểm thẩm định lần hai"))
_TEXTS = (
    ("explanation", "Giải trình điểm tự chấm"),
    ("remark", "Ý kiến thẩm định"),
    ("question", "Yêu cầu giải trình"),
    ("reply", "Nội dung giải trình"),
)


def change_words(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> tuple[str, ...]:
    """What differs between the facts of a score before and after a change, one line each."""
    old, new = before or {}, after or {}
    lines = [
        f"{label}: {_number(old.get(key))} → {_number(new.get(key))}"
        for key, label in _POINTS
        if key in new and old.get(key) != new.get(key)
    ]
    if old.get("entry", {}) != new.get("entry", old.get("entry", {})):
        lines.append(f"Số liệu: {_entry(old.get('entry'))} → {_entry(new.get('entry'))}")
    if (was := old.get("evidence", [])) != (now := new.get("evidence", was)):
        lines.append(f"Tài liệu kiểm chứng: {_evidence(was, now)}")
    lines += [
        f"{label}: {new[key] or 'đã xóa'}" for key, label in _TEXTS if key in new and (old.get(key) or None) != new[key]
    ]
    if new.get("lost_because") and old.get("lost_because") != new["lost_because"]:
        lines.append(f"Lý do mất điểm: {LOST_REASONS.get(new['lost_because'], new['lost_because']).lower()}")
    return tuple(lines)


def _number(text: Any) -> str:
    try:
        return "chưa có" if text is None else number_words(Decimal(str(text)))
    except InvalidOperation:
        return str(text)


def _entry(stored: Any) -> str:
    try:
        return entry_words(Entry.model_validate(stored or {})) or "chưa có"
    except ValidationError:
        return "không đọc được"


def _evidence(was: list[int], now: list[int]) -> str:
    parts = []
    if added := len(set(now) - set(was)):
        parts.append(f"thêm {added}")
    if removed := len(set(was) - set(now)):
        parts.append(f"bớt {removed}")
    return f"{', '.join(parts) or 'đổi thứ tự'} (còn {len(now)})"


def note_words(note: str) -> str:
    """A note as it was meant: an answer to a warning with the warning's name in place of its code."""
    code, colon, rest = note.partition(": ")
    kind = code.partition(":")[0]
    return f"{WARNINGS[kind]}: {rest}" if colon and kind in WARNINGS else note


def step_words(action: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    """What a step of a round was: where it went, the total then, the dossier's version, the result."""
    old, new = before or {}, after or {}
    match action:
        case AuditAction.ROUND_STEP:
            total = f", điểm tự chấm {_number(new['total'])}" if "total" in new else ""
            return f"{_step(old.get('state'))} → {_step(new.get('state'))}{total}"
        case AuditAction.ROUND_REOPEN:
            return f"Hạn tự chấm {_day(new.get('units_until'))}, gửi hồ sơ {_day(new.get('sending_on'))}"
        case AuditAction.ROUND_EXPLAINING:
            was = f"{_day(old['explain_until'])} → " if old.get("explain_until") else ""
            return f"Hạn giải trình {was}{_day(new.get('explain_until'))}"
        case AuditAction.ROUND_OPEN:
            return f"{new.get('criteria')} tiêu chí, hạn tự chấm {_day(new.get('units_until'))}"
        case AuditAction.ROUND_SEAL:
            return f"Bản {new.get('version')}, {_number(new.get('total'))} điểm, SHA-256 {str(new.get('sha256'))[:12]}…"
        case AuditAction.ROUND_SEND:
            return f"Bản {new.get('version')}, " + (handover_words(new) if new.get("by_hand") else "gửi thư")
        case AuditAction.ROUND_RESULT:
            rank = f", hạng {new['rank']}/{new['rank_of']}" if new.get("rank") else ""
            return f"{_number(new.get('total'))} điểm, {new.get('grade') or 'chưa xếp loại'}{rank}"
    return ""


def handover_words(how: Mapping[str, Any]) -> str:
    """How a dossier went by other means: "gửi bằng cách khác: trục liên thông, số 12/TTr-UBND, ngày 02/01/2026"."""
    number = f"số {how['number']}" if how.get("number") else ""
    day = f"ngày {_day(how['on'])}" if how.get("on") else ""
    known = ", ".join(filter(None, (str(how.get("way") or ""), number, day)))
    return f"gửi bằng cách khác: {known}" if known else "gửi bằng cách khác"


def _step(text: Any) -> str:
    return ROUND_WORDS[RoundState(text)] if text in set(RoundState) else "chưa mở"


def _day(text: Any) -> str:
    try:
        return f"{date.fromisoformat(str(text)):%d/%m/%Y}"
    except ValueError:
        return str(text)
