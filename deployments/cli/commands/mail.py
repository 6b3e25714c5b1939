"""`dondoc remind`, `messages` and `rehearse`."""

from datetime import date, datetime

import click

from config.clock import today
from deployments.cli.commands.options import AUTHORITY, DAY, JSON_LIST, PLAN, day_of, print_json
from models import Message, MessageState
from models.session import reading, transaction
from services.mail.outbox import queue_again
from services.mail.queries import newest_messages, retryable, unknown_ids
from services.mail.sender import WORDS
from services.reminders.morning import MorningResult, is_working_morning, preview, run_morning, send
from services.reminders.rehearsal import RehearsedMail, calendar_of, rehearsed, shown


@click.command()
@click.option("--date", "given", type=DAY, help="Ngày của buổi sáng (mặc định: hôm nay).")
@AUTHORITY
@click.option("--dry-run", is_flag=True, help="Chỉ xem sẽ gửi gì; không ghi và không gửi.")
def remind(given: datetime | None, authority: str | None, dry_run: bool) -> None:
    """Chạy một buổi sáng: ghi các mốc nhắc đến hạn, soạn mỗi người một thư, gửi đi. Chạy lại không gửi trùng."""
    day = day_of(given) or today()
    if dry_run:
        _preview(authority, day)
        return
    result = run_morning(authority, day)
    click.echo(_summary(result))
    if result.sent and result.sent.problem:
        raise click.ClickException(result.sent.problem)


def _summary(result: MorningResult) -> str:
    if not result.working:
        return f"{result.day:%d/%m/%Y} là ngày nghỉ: không gửi thư. Các mốc nhắc được giữ sang ngày làm việc kế tiếp."
    decided = result.decided
    lines = [f"Buổi sáng {result.day:%d/%m/%Y}: {decided.told} lời nhắc, {result.composed} thư được soạn."]
    if decided.passed_over:
        lines.append(f"{decided.passed_over} mốc cũ bị lỡ đã được bỏ qua, chỉ nhắc mốc mới nhất.")
    if decided.asked:
        lines.append(f"{decided.asked} câu hỏi về thời hạn gửi người quản trị.")
    if decided.unreachable:
        lines.append(
            f"{decided.unreachable} kỳ chưa nhắc được vì cơ quan chủ trì chưa có hộp thư: dondoc units import TỆP."
        )
    if result.sent:
        lines.append(f"Gửi thư: {result.sent.words()}.")
    return "\n".join(lines)


def _preview(authority: str | None, day: date) -> None:
    """Decide and compose as the morning would, show it, and undo it all."""
    if not is_working_morning(day):
        click.echo(_summary(MorningResult(day, working=False)))
        return
    mails = preview(authority, day)
    for mail in mails:
        click.echo(f"{mail.to_address}\n    {mail.subject}")
    click.echo(f"Sẽ gửi {len(mails)} thư ngày {day:%d/%m/%Y}. Chưa ghi và chưa gửi gì.")


@click.group(invoke_without_command=True)
@click.option("--state", type=click.Choice([state.value for state in MessageState]), help="Chỉ thư ở trạng thái này.")
@JSON_LIST
@click.option("--limit", type=click.IntRange(1, 100_000), default=200, show_default=True, help="Số thư mới nhất.")
@click.pass_context
def messages(ctx: click.Context, state: str | None, as_json: bool, limit: int) -> None:
    """Xem hộp thư đi, mới nhất trước; `retry` gửi lại bằng tay."""
    if ctx.invoked_subcommand is not None:
        return
    with reading() as session:
        rows = newest_messages(session, MessageState(state) if state else None, limit)
        found = [_as_json(row) for row in rows]
    if as_json:
        print_json(found)
        return
    if not found:
        click.echo("Không có thư nào.")
    for one in found:
        click.echo(f"{one['id']:>6}  {one['date']}  {WORDS[MessageState(str(one['state']))]:<16}  {one['to']}")
        click.echo(f"        {one['subject']}")
        if one["reply"] and one["state"] != MessageState.SENT:
            click.echo(f"        máy chủ thư: {one['code'] or ''} {one['reply']}".rstrip())


def _as_json(row: Message) -> dict[str, object]:
    return {
        "id": row.id,
        "date": row.day.isoformat(),
        "kind": row.kind,
        "to": row.to_address,
        "name": row.to_name,
        "subject": row.subject,
        "state": row.state.value,
        "attempts": row.attempts,
        "code": row.server_code,
        "reply": row.server_reply,
        "message_id": row.message_id,
        "created_at": row.created_at.isoformat(),
        "sent_at": row.sent_at.isoformat() if row.sent_at else None,
        "next_try_at": row.next_try_at.isoformat() if row.next_try_at else None,
    }


@messages.command("retry")
@click.argument("ids", type=int, nargs=-1, metavar="[SỐ_THƯ]...")
def retry_messages(ids: tuple[int, ...]) -> None:
    """Gửi lại thư bị trả lại hoặc đang hoãn.

    Thư “chưa rõ kết quả” có thể đã đến nơi: chỉ gửi lại khi ghi rõ số thư.
    """
    with transaction() as session:
        chosen = list(ids) or retryable(session)
        count = queue_again(session.connection(), chosen)
        missing = unknown_ids(session, ids)
    if missing:
        raise click.UsageError(f"Không có thư số {', '.join(map(str, missing))}.")
    if not count:
        click.echo("Không có thư nào cần gửi lại.")
        return
    sent = send(only=chosen)
    click.echo(f"Gửi lại {count} thư: {sent.words()}.")
    if sent.problem:
        raise click.ClickException(sent.problem)


@messages.command("proof")
@PLAN
@click.argument("code", metavar="MÃ_NHIỆM_VỤ")
@JSON_LIST
def prove(plan: str, code: str, as_json: bool) -> None:
    """Một nhiệm vụ: đã nhắc ai, mốc nào, thư đến chưa, đơn vị có mở trang không, trả lời gì."""
    from deployments.cli.output.proofs import proof_json, proof_text
    from services.plans.queries import find_item, find_plan
    from services.work.proof import proof_of

    with reading() as session:
        owner = find_plan(session, plan)
        item = find_item(session, owner, code)
        found = proof_of(session, item)
        title = f"{owner.code} {item.code}: {item.title}"
    if as_json:
        print_json(proof_json(found))
        return
    click.echo(proof_text(title, found))


@click.command()
@click.argument("plan", metavar="[KẾ_HOẠCH]", required=False)
@AUTHORITY
@click.option("--from", "first", type=DAY, help="Ngày đầu (mặc định: từ khi kế hoạch bắt đầu).")
@click.option("--to", "last", type=DAY, help="Ngày cuối (mặc định: hết các mốc của năm kế hoạch).")
@click.option("--outage", metavar="NGÀY..NGÀY", help="Giả sử máy ngừng từ ngày đến ngày, ví dụ 2025-11-03..2025-11-07.")
@JSON_LIST
@click.option("--ics", "as_ics", is_flag=True, help="In lịch iCalendar, mở được bằng Outlook.")
def rehearse(
    plan: str | None,
    authority: str | None,
    *,
    first: datetime | None,
    last: datetime | None,
    outage: str | None,
    as_json: bool,
    as_ics: bool,
) -> None:
    """Diễn tập: thư nào sẽ đến ai, ngày nào, nếu không ai trả lời. Không ghi, không gửi.

    Không nêu kế hoạch: mọi kế hoạch đang thực hiện của cơ quan, mỗi người mỗi sáng một thư như gửi thật.
    """
    if plan and authority:
        raise click.UsageError("Nêu mã kế hoạch hoặc --authority, không cả hai.")
    mails = rehearsed(plan, day_of(first), day_of(last), _span(outage), authority=authority)
    if as_ics:
        click.echo(calendar_of(plan or "mọi kế hoạch", mails), nl=False)
    elif as_json:
        print_json([shown(mail) for mail in mails])
    else:
        _print_rehearsal(mails)


def _span(text: str | None) -> tuple[date, date] | None:
    if text is None:
        return None
    try:
        first, last = (date.fromisoformat(part.strip()) for part in text.split(".."))
    except ValueError:
        raise click.UsageError(f"Khoảng ngừng “{text}” không đọc được; viết như 2025-11-03..2025-11-07.") from None
    if last < first:
        raise click.UsageError(f"Khoảng ngừng “{text}” có ngày cuối trước ngày đầu.")
    return first, last


def _print_rehearsal(mails: list[RehearsedMail]) -> None:
    for mail in mails:
        click.echo(f"{mail.date:%d/%m/%Y}  {mail.to or f'({mail.name}: chưa có hộp thư)'}\n    {mail.subject}")
        for line in dict.fromkeys(mail.lines):
            due = f"hạn {line.due:%d/%m/%Y}" if line.due else "chưa có thời hạn"
            click.echo(f"      {line.item:<12} {due}")
    addresses = {mail.to for mail in mails if mail.to}
    click.echo(f"Tổng cộng {len(mails)} thư, {len({mail.date for mail in mails})} buổi sáng, {len(addresses)} địa chỉ.")
