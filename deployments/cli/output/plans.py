"""A plan, its doubts and its changes in words for the terminal."""

from collections.abc import Iterable, Sequence

from config.clock import ZONE
from deployments.cli.output.tables import table
from rules.plan.values import KIND_NAMES, LEVEL_NAMES, Change, DocumentKind, ItemRead, PlanReading, UnitRef
from rules.timing.values import Timing, TimingKind
from services.plans.diff import TITLES, ItemChange, PlanDiff
from services.plans.register import Join
from services.plans.versions import Comparison

_FORMS = {"annex": "bảng phụ lục", "tracking": "bảng theo dõi", "narrative": "văn bản có mục nhiệm vụ, giải pháp"}
_KINDS = {
    TimingKind.RECURRING: "định kỳ",
    TimingKind.CONTINUOUS: "thường xuyên",
    TimingKind.UNDETERMINED: "CHƯA XÁC ĐỊNH",
}
_CHANGES = {
    Change.ADDED: ("+", "thêm mới"),
    Change.CHANGED: ("~", "thay đổi"),
    Change.MOVED: ("→", "chuyển vị trí"),
    Change.RETURNED: ("↺", "khôi phục"),
    Change.DROPPED: ("-", "không còn trong văn bản"),
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


def describe_diff(diff: PlanDiff, told: Sequence[str] = ()) -> str:
    """What an import would change, field by field; for a new plan a single line. `told` are the units told of it."""
    if diff.is_new:
        return f"Kế hoạch mới, mã {diff.code}: {len(diff.items)} nhiệm vụ."
    if diff.empty:
        return f"Kế hoạch {diff.code}: không có thay đổi."
    lines = [f"Kế hoạch {diff.code} đã có. Thay đổi so với lần nhập trước:"]
    lines += [f"  Thông tin chung, {TITLES[f.field]}: {f.before} → {f.after}" for f in diff.header]
    for item in diff.items:
        lines += _change_lines(item)
    lines.append(f"Giữ nguyên {diff.same} nhiệm vụ.")
    if told:
        lines.append(f"Thư sáng làm việc tới liệt kê các thay đổi cho {len(told)} đơn vị: {'; '.join(told)}.")
    return "\n".join(lines)


def joined_lines(joins: Iterable[Join]) -> Iterable[str]:
    """The tasks of a document that stored ones say already."""
    for join in joins:
        yield f"  = {join.code}: ghi thêm văn bản {join.assigned.printed} cho nhiệm vụ {join.stored_code} đã có."


def describe_versions(code: str, found: Comparison) -> str:
    """Two versions of a plan side by side, and what could not be rebuilt."""
    lines = [f"Kế hoạch {code}, từ phiên bản {found.older.number} đến phiên bản {found.newer.number}:"]
    for head in (found.older, found.newer):
        source = f"từ tệp {head.document}" if head.document else "sửa bằng tay"
        lines.append(f"  Phiên bản {head.number}: {head.at.astimezone(ZONE):%d/%m/%Y %H:%M}, {head.who}, {source}")
    lines += [f"  Thông tin chung, {TITLES[f.field]}: {f.before} → {f.after}" for f in found.header]
    for change in _CHANGES:
        lines += [line for item in found.of(change) for line in _change_lines(item)]
    lines += [f"  = {kept} (giữ nguyên): {title}" for kept, title in found.kept]
    lines += [f"Không chắc chắn: {gap}" for gap in found.gaps]
    return "\n".join(lines)


def describe_change(change: ItemChange, told: Sequence[str]) -> str:
    """What a hand edit would change, and which units are told."""
    lines = list(_change_lines(change))
    if change.change is Change.DROPPED:
        lines[0] = f"  - {change.code} (bỏ khỏi kế hoạch): {change.title}"
    units = f"Thư sáng làm việc tới báo thay đổi này cho: {'; '.join(told)}." if told else "Không đơn vị nào cần báo."
    return "\n".join([*lines, units])


def _change_lines(item: ItemChange) -> Iterable[str]:
    sign, words = _CHANGES[item.change]
    code = f"{item.old_code} → {item.code}" if item.old_code and item.old_code != item.code else item.code
    yield f"  {sign} {code} ({words}): {item.title}"
    for change in item.fields:
        if change.field != "code":
            kept = "; giữ giá trị đã sửa bằng tay" if change.kept else ""
            yield f"      {TITLES[change.field]}: {change.before} → {change.after}{kept}"


def summary(diff: PlanDiff) -> str:
    """How many items are added, changed, moved, dropped."""
    counts = [(len(diff.of(change)), words) for change, (_, words) in _CHANGES.items()]
    return ", ".join(f"{count} {words}" for count, words in counts if count) or "chỉ thông tin chung"
