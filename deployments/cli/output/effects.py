"""The effect of a proposed policy or calendar, as lines for the terminal."""

from collections.abc import Iterator, Sequence
from datetime import date

from rules.reminders.effects import Effect, Pair, ReportMove, Row
from rules.reminders.ladder import rung_words

MOVED_SHOWN = 40


def effect_lines(effect: Effect | None) -> Iterator[str]:
    """What changes, line by line; None: no plan is followed."""
    if effect is None:
        yield "Chưa có kế hoạch nào đang theo dõi, nên chưa có thư nào thay đổi."
        return
    span = f"Từ {effect.first:%d/%m/%Y} đến {effect.last:%d/%m/%Y}"
    if effect.nothing:
        yield f"{span}: không thư nào, mốc nhắc nào, kỳ báo cáo nào thay đổi."
        return
    yield f"{span}, nếu không đơn vị nào trả lời thêm (hiện nay → sẽ là):"
    yield f"  thư {_pair(effect.mails)}; lượt nhắc {_pair(effect.notices)}; buổi sáng {_pair(effect.mornings)}"
    yield from _rungs(effect)
    yield from _rows("Theo tháng", effect.months)
    yield from _rows("Theo đơn vị", effect.units)
    yield from _reports(effect.reports)
    yield from _moved(effect)


def _pair(pair: Pair) -> str:
    return f"{pair.before} → {pair.after}" + (f" ({pair.difference:+d})" if pair.difference else "")


def _rungs(effect: Effect) -> Iterator[str]:
    rows = [row for row in effect.rungs if row.notices.difference]
    if rows:
        yield "Mốc nhắc thay đổi:"
    for row in rows:
        what = " – mốc thêm" if not row.notices.before else " – mốc bỏ" if not row.notices.after else ""
        yield f"  {row.words}: {_pair(row.notices)} lượt{what}"


def _rows(title: str, rows: Sequence[Row]) -> Iterator[str]:
    yield f"{title}:"
    for row in rows:
        name = f"{row.name:%m/%Y}" if isinstance(row.name, date) else row.name or "lãnh đạo, quản trị"
        yield f"  {name}: thư {_pair(row.mails)}; lượt nhắc {_pair(row.notices)}"


def _reports(moves: Sequence[ReportMove]) -> Iterator[str]:
    if moves:
        yield "Kỳ báo cáo đổi ngày:"
    for move in moves:
        yield f"  {move.label}: chốt {_days(move.cut_off)}; gửi {_days(move.sending)}"


def _days(pair: tuple[date | None, date | None]) -> str:
    before, after = (f"{day:%d/%m/%Y}" if day else "không có" for day in pair)
    return before if before == after else f"{before} → {after}"


def _moved(effect: Effect) -> Iterator[str]:
    if effect.moved:
        yield f"Mốc nhắc chuyển sang buổi sáng khác ({len(effect.moved)}):"
    for one in effect.moved[:MOVED_SHOWN]:
        due = f"hạn {one.due:%d/%m/%Y}, {rung_words(one.rung)}"
        yield f"  {one.item} {one.unit}, {due}: {one.before:%d/%m/%Y} → {one.after:%d/%m/%Y}"
    if len(effect.moved) > MOVED_SHOWN:
        yield f"  … và {len(effect.moved) - MOVED_SHOWN} mốc nữa (--json: đủ)"
