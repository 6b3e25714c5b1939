"""A document that was read, in words for the terminal."""

from collections.abc import Iterable

from deployments.cli.output.tables import table
from rules.plan.values import KIND_NAMES, LEVEL_NAMES, DocumentKind, ItemRead, PlanReading, UnitRef
from rules.timing.values import Timing, TimingKind

_FORMS = {"annex": "bảng phụ lục", "tracking": "bảng theo dõi", "narrative": "văn bản có mục nhiệm vụ, giải pháp"}
_KINDS = {
    TimingKind.RECURRING: "định kỳ",
    TimingKind.CONTINUOUS: "thường xuyên",
    TimingKind.UNDETERMINED: "CHƯA XÁC ĐỊNH",
}


def describe_reading(reading: PlanReading) -> str:
    """Header, counts, items and doubts of a document."""
    return "\n\n".join(part for part in (_header(reading), _items(reading.items), _doubts(reading)) if part)


def _header(reading: PlanReading) -> str:
    head, counts = reading.plan, reading.counts
    whole = not (head.number and head.symbol) or "/" in head.number
    number = (head.number or head.symbol) if whole else f"{head.number}/{head.symbol}"
    kind = KIND_NAMES[head.kind] if head.kind else None
    level = f" (cấp giao: {LEVEL_NAMES[head.level]})" if head.level else ""
    facts = (
        ("Kế hoạch" if head.kind in (None, DocumentKind.PLAN) else "Văn bản", head.title),
        ("Loại văn bản", f"{kind}{level}" if kind else None),
        ("Số, ký hiệu", number),
        ("Cơ quan", head.authority),
        ("Ngày ban hành", f"{head.issued_on:%d/%m/%Y}" if head.issued_on else head.issued_printed),
        ("Năm", str(head.year) if head.year else None),
        ("Cấp trên", head.superior),
        ("Người ký", head.signer),
        ("Mã trong dondoc", head.code),
        (
            "Đọc được",
            f"{counts.items} nhiệm vụ; {counts.sections} mục; {counts.numbered} số thứ tự; "
            f"{counts.rows} dòng ({_FORMS[reading.form]})",
        ),
    )
    undated = (("Không ghi hạn", _undated(reading)),) if _undated(reading) else ()
    return "\n".join(f"{name + ':':<17}{value or '–'}" for name, value in (*facts, *undated))


def _undated(reading: PlanReading) -> str:
    """How many tasks print no time, and what becomes of them."""
    codes = [doubt.code for item in reading.items for doubt in item.warnings]
    standing, asked = codes.count("timing.standing"), codes.count("timing.defaulted")
    if not standing and not asked:
        return ""
    return (
        f"{standing} việc thường xuyên (rà soát theo kỳ báo cáo), {asked} việc chờ nhập ngày; định một lượt: "
        "--standing hoặc --by-year-end"
    )


def _items(items: Iterable[ItemRead]) -> str:
    rows = [(i.code, i.title, timing_words(i.timing), _units(i.lead), _units(i.coordinating)) for i in items]
    head = ("Mã", "Nhiệm vụ", "Tiến độ", "Chủ trì", "Phối hợp")
    return table(head, rows, (0, 5, 3, 2, 2)) if rows else "Không tìm thấy nhiệm vụ nào."


def timing_words(timing: Timing) -> str:
    """The printed timing with what was understood of it."""
    last = timing.last_day or timing.due
    if timing.kind in _KINDS:
        meaning = _KINDS[timing.kind]
    elif timing.milestones:
        meaning = "mốc " + ", ".join(f"{mark.due:%d/%m/%Y}" for mark in timing.milestones if mark.due)
    elif last is None:
        meaning = "chưa tính được ngày"
    else:
        meaning = f"đến {last:%d/%m/%Y}"
    return f"{timing.phrase or 'không ghi'} ⇒ {meaning}"


def _units(refs: Iterable[UnitRef]) -> str:
    return "; ".join(ref.printed if ref.unit else f"{ref.printed} (?)" for ref in refs) or "–"


def _doubts(reading: PlanReading) -> str:
    lines = [f"  {doubt.message}" for doubt in reading.warnings]
    lines += [f"  {item.code}: {doubt.message}" for item in reading.items for doubt in item.warnings]
    return (
        f"Cần người phụ trách xem ({len(lines)}):\n" + "\n".join(lines) if lines else "Không có điểm nào cần hỏi lại."
    )
