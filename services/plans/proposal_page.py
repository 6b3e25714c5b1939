"""What reading a plan found, in words: a headline, and a page in Markdown."""

from collections import Counter
from collections.abc import Iterator

from notifications.wording import plain
from rules.plan.values import Change
from services.plans.import_document import Proposal
from services.plans.importing import Imported

_WORDS = {
    Change.ADDED: "thêm",
    Change.CHANGED: "sửa",
    Change.MOVED: "chuyển",
    Change.RETURNED: "khôi phục",
    Change.DROPPED: "bỏ",
}
_SHOWN = 500


def changes_of(proposal: Proposal) -> str:
    """How many items are added, changed, dropped, in words."""
    counts = Counter(item.change for item in proposal.diff.items)
    return ", ".join(f"{_WORDS[kind]} {counts[kind]}" for kind in _WORDS if counts[kind]) or "không có thay đổi"


def done_words(proposal: Proposal, done: Imported) -> str:
    """What was stored, in one sentence."""
    created = f" {len(done.created_units)} đơn vị mới chưa có hộp thư." if done.created_units else ""
    return f"Kế hoạch {done.diff.code}, bản {done.version}: {changes_of(proposal)}.{created}"


def headline(proposal: Proposal) -> str:
    """The plan and its changes in one sentence."""
    return f"Kế hoạch {proposal.diff.code}: {len(proposal.reading.items)} nhiệm vụ đọc được, {changes_of(proposal)}."


def page(proposal: Proposal) -> str:
    """What was read, in Markdown: items, and what a person must settle."""
    return "\n".join(_lines(proposal))


def _lines(proposal: Proposal) -> Iterator[str]:
    read = proposal.reading
    yield f"# {plain(read.plan.title or proposal.diff.code)}\n\n{plain(headline(proposal))}\n"
    yield "| Mã | Nhiệm vụ | Tiến độ | Hạn | Chủ trì |\n|---|---|---|---|---|"
    for item in read.items[:_SHOWN]:
        due = item.timing.last_day or item.timing.due
        lead = plain("; ".join(unit.printed for unit in item.lead))
        yield (
            f"| {plain(item.code)} | {plain(item.title)} | {plain(item.timing.phrase)} "
            f"| {f'{due:%d/%m/%Y}' if due else ''} | {lead} |"
        )
    doubts = [plain(doubt.message) for doubt in read.warnings]
    doubts += [f"{plain(item.code)}: {plain(doubt.message)}" for item in read.items for doubt in item.warnings]
    yield f"\n## Cần người phụ trách xem ({len(doubts)})\n"
    yield from (f"- {doubt}" for doubt in doubts[:_SHOWN])
