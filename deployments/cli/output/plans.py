"""A plan and its changes in words for the terminal."""

from collections.abc import Iterable, Sequence

from config.clock import ZONE
from rules.plan.values import Change
from services.plans.diff import TITLES, ItemChange, PlanDiff
from services.plans.register import Join
from services.plans.versions import Comparison

_CHANGES = {
    Change.ADDED: ("+", "thêm mới"),
    Change.CHANGED: ("~", "thay đổi"),
    Change.MOVED: ("→", "chuyển vị trí"),
    Change.RETURNED: ("↺", "khôi phục"),
    Change.DROPPED: ("-", "không còn trong văn bản"),
}


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
