"""Importing a plan from a form: read and compare, say it in words, store. One step of input or output each."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from prefect import task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from config.clock import now
from rules.plan.values import Change
from services.actor import Actor
from services.plans.import_document import Options, Proposal, propose, store
from tasks.schedule.item_deployment import plain

_WORDS = {
    Change.ADDED: "thêm",
    Change.CHANGED: "sửa",
    Change.MOVED: "chuyển",
    Change.RETURNED: "khôi phục",
    Change.DROPPED: "bỏ",
}
_SHOWN = 500


@task(name="doc-van-ban", cache_policy=NO_CACHE, persist_result=False)
def read_document(path: Path, options: Options) -> Proposal:
    """Read the document and compare it with what is stored. Raises RefusedDocument and StoreError."""
    proposal = propose(path, options)
    create_markdown_artifact(markdown=page(proposal), key="nhap-ke-hoach", description=headline(proposal))
    return proposal


@task(name="luu-ke-hoach", cache_policy=NO_CACHE, persist_result=False)
def store_plan(proposal: Proposal, day: date) -> str:
    """Store what was read, as it was shown, in one transaction; what was done, in one sentence."""
    done = store(proposal, Actor("giao diện Prefect", now()), day)
    created = f" {len(done.created_units)} đơn vị mới chưa có hộp thư." if done.created_units else ""
    return f"Kế hoạch {done.diff.code}, bản {done.version}: {changes(proposal)}.{created}"


def changes(proposal: Proposal) -> str:
    """How many items are added, changed, dropped, in words."""
    counts = Counter(item.change for item in proposal.diff.items)
    return ", ".join(f"{_WORDS[kind]} {counts[kind]}" for kind in _WORDS if counts[kind]) or "không có thay đổi"


def headline(proposal: Proposal) -> str:
    """The plan and its changes in one sentence."""
    return f"Kế hoạch {proposal.diff.code}: {len(proposal.reading.items)} nhiệm vụ đọc được, {changes(proposal)}."


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
