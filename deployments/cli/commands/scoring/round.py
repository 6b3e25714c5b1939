"""`dondoc score`: the steps of a yearly round."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from config.clock import today
from deployments.cli.commands.options import AUTHORITY, DAY, FILE, JSON, day_of, print_json
from deployments.cli.output.scoring import plain
from deployments.cli.prompts import actor
from rules.numbers import number_words
from rules.scoring.round import LOST_REASONS, Verification, read_verified
from services.scoring import steps as scoring
from services.scoring import steps as scoring_steps
from services.scoring.dossier import mail as scoring_mails
from services.scoring.dossier import record as scoring_dossier
from services.scoring.dossier.sending import Handover
from services.scoring.steps import Where

SAME = "Bước này đã làm trước đó; không có gì thay đổi."


def which_round(command: Any) -> Any:
    """The two options that say which round is meant."""
    return click.option("--criteria", help="Mã bộ tiêu chí (mặc định: đợt mới nhất).")(AUTHORITY(command))


@click.command("open")
@which_round
@click.option("--plan", help="Mã kế hoạch dùng để điền sẵn số liệu.")
@click.option("--until", type=DAY, help="Hạn tự chấm của các đơn vị (mặc định: 14 ngày).")
@click.option("--sending", type=DAY, help="Ngày gửi hồ sơ (mặc định: 30 ngày).")
def open_round(
    authority: str | None, criteria: str | None, plan: str | None, until: datetime | None, sending: datetime | None
) -> None:
    """Mở đợt chấm điểm năm: giao tiêu chí cho từng đơn vị, điền sẵn số liệu và tài liệu đã có."""
    opening = scoring.Opening(criteria, plan, authority, day_of(until), day_of(sending))
    _, new = scoring.open_the_round(opening, today(), actor())
    click.echo("Đã mở đợt chấm điểm. Xem: dondoc score show" if new else SAME)


@click.command("show")
@which_round
@JSON
def show(authority: str | None, criteria: str | None, as_json: bool) -> None:
    """Tình hình đợt chấm điểm: từng tiêu chí, đơn vị, điểm, tài liệu kiểm chứng."""
    found = scoring.shown(authority, criteria)
    if as_json:
        print_json(found, plain)
        return
    click.echo(f"{found['authority']}: {found['name']} ({found['criteria']})")
    click.echo(f"Bước: {found['state_words']}. Tự chấm: {_points(found['total'])}/{_points(found['counted'])} điểm.")
    if found["verified_total"] is not None:
        click.echo(f"Thẩm định: {_points(found['verified_total'])} điểm. Xếp loại: {found['grade'] or 'chưa có'}.")
    for one in found["scores"]:
        verified = f"  thẩm định {_points(one['verified'])}" if one["verified"] is not None else ""
        click.echo(f"{one['code']:<8} {_points(one['score']):>7}/{_points(one['max']):<6} {one['state_words']:<20} "
                   f"{len(one['evidence'])} tài liệu  {one['unit'] or '–'}{verified}")  # fmt: skip


def _points(value: Any) -> str:
    return number_words(value)


@click.command("enter")
@click.argument("criterion", metavar="[TIÊU_CHÍ]", required=False)
@click.argument("figure", metavar="[SỐ_LIỆU]", required=False)
@which_round
@click.option("--file", "file", type=FILE, help="Nhập mọi số liệu từ một tệp YAML như của score compute.")
@click.option(
    "--evidence", type=int, multiple=True, metavar="SỐ", help="Số của tài liệu kiểm chứng; ghi nhiều lần được."
)
@click.option("--explanation", default="", help="Giải trình khi thấp hơn điểm tối đa hoặc thiếu tài liệu.")
def enter(
    *,
    criterion: str | None,
    figure: str | None,
    authority: str | None,
    criteria: str | None,
    file: Path | None,
    evidence: tuple[int, ...],
    explanation: str,
) -> None:
    """Chấm một tiêu chí, số liệu viết ngắn ("18/20", "đúng hạn"), hoặc nhiều tiêu chí từ một tệp."""
    where = Where(authority, criteria)
    if file is not None:
        found = scoring_steps.enter_file(where, file, actor(), today(), explanation)
    elif criterion and figure:
        by, day = actor(), today()
        given = {"evidence": evidence, "explanation": explanation}
        found = [scoring_steps.enter_figure(where, criterion, figure, by, day, **given)]  # type: ignore[arg-type]
    else:
        raise click.UsageError("Ghi TIÊU_CHÍ và SỐ_LIỆU, hoặc --file TỆP.")
    for one in found:
        click.echo(f"{one.code}: {one.explanation}")


@click.command("review")
@which_round
def review(authority: str | None, criteria: str | None) -> None:
    """Kết thúc phần tự chấm của các đơn vị, chuyển sang rà soát."""
    done = scoring_steps.review(Where(authority, criteria), today(), actor())
    click.echo("Đã chuyển sang bước rà soát." if done else SAME)


@click.command("accept")
@click.argument("codes", nargs=-1, metavar="[TIÊU_CHÍ]...")
@which_round
@click.option("--lost", type=click.Choice(list(LOST_REASONS)), help="Lý do mất điểm.")
def accept(codes: tuple[str, ...], authority: str | None, criteria: str | None, lost: str | None) -> None:
    """Rà soát xong: chấp nhận các tiêu chí đã ghi, hoặc mọi tiêu chí các đơn vị đã chấm."""
    count = scoring_steps.accept_scores(Where(authority, criteria), codes, actor(), lost)
    click.echo(f"Đã chấp nhận {count} tiêu chí." if count else SAME)


@click.command("return")
@click.argument("criterion", metavar="TIÊU_CHÍ")
@which_round
@click.option("--reason", required=True, help="Lý do trả lại hoặc mở lại.")
@click.option("--until", type=DAY, help="Mở lại cho đơn vị chấm đến hết ngày này dù đã quá hạn.")
def send_back(criterion: str, authority: str | None, criteria: str | None, reason: str, until: datetime | None) -> None:
    """Trả lại một tiêu chí cho đơn vị kèm lý do; với --until thì mở lại sau hạn."""
    scoring_steps.return_score(Where(authority, criteria), criterion, reason, actor(), day_of(until))
    click.echo(f"Đã trả lại tiêu chí {criterion}.")


@click.command("checks")
@which_round
@click.option("--answer", nargs=3, metavar="TIÊU_CHÍ MÃ NỘI_DUNG", help="Trả lời một cảnh báo.")
@JSON
def checks(authority: str | None, criteria: str | None, answer: tuple[str, str, str] | None, as_json: bool) -> None:
    """Kiểm tra trước khi trình: ngày tài liệu, tệp dùng nhiều lần, số liệu mâu thuẫn, chữ ký số, trang, mục."""
    where = Where(authority, criteria)
    if answer:
        scoring_steps.answer_check(where, answer[0], answer[1], answer[2], actor())
    found = scoring_steps.checks(where)
    if as_json:
        rows = [{"criterion": one.warned.criterion, "code": one.warned.code, "message": one.warned.message,
                 "answer": one.answer} for one in found]  # fmt: skip
        print_json(rows)
        return
    for one in found:
        click.echo(f"[{one.warned.code}] {one.warned.message}" + (f" Trả lời: {one.answer}" if one.answer else ""))
    waiting = sum(one.answer is None for one in found)
    click.echo(f"{len(found)} cảnh báo, {waiting} chưa trả lời.")


@click.command("submit")
@which_round
def submit(authority: str | None, criteria: str | None) -> None:
    """Trình lãnh đạo duyệt điểm tự chấm."""
    done = scoring_steps.submit(Where(authority, criteria), today(), actor())
    click.echo("Đã trình lãnh đạo." if done else SAME)


@click.command("approve")
@which_round
@click.option("--leader", required=True, help="Thư điện tử của lãnh đạo duyệt.")
@click.option("--note", default="", help="Ý kiến của lãnh đạo.")
@click.option("--reject", is_flag=True, help="Không duyệt, trả lại để rà soát (cần --note).")
def approve(authority: str | None, criteria: str | None, leader: str, note: str, reject: bool) -> None:
    """Lãnh đạo duyệt hoặc trả lại. Người trình không được tự duyệt."""
    done = scoring_steps.decide(Where(authority, criteria), leader, actor(), note, approved=not reject)
    click.echo(("Đã trả lại để rà soát." if reject else "Đã duyệt.") if done else SAME)


@click.command("dossier")
@which_round
@click.option("-o", "--output", type=FILE, help="Chép hồ sơ .zip ra tệp này.")
def dossier(authority: str | None, criteria: str | None, output: Path | None) -> None:
    """Đóng hồ sơ: tờ trình, bảng tổng hợp, giải trình, danh mục và các tệp tài liệu, có mã băm."""
    sealed = scoring_dossier.seal(authority, criteria, actor())
    if output is not None:
        scoring_dossier.copy_out(sealed, output)
    said = "Đã đóng hồ sơ" if sealed.new else "Hồ sơ không đổi:"
    click.echo(f"{said} bản {sealed.version}: {output or sealed.path} ({sealed.size:,} byte)\nSHA-256 {sealed.sha256}")


@click.command("send")
@which_round
@click.option("--by-hand", is_flag=True, help="Hồ sơ gửi bằng cách khác; chỉ ghi nhận, không gửi thư.")
@click.option("--number", default="", help="Cùng --by-hand: số, ký hiệu văn bản gửi.")
@click.option("--on", type=DAY, help="Cùng --by-hand: ngày gửi.")
@click.option("--way", default="", help="Cùng --by-hand: gửi bằng cách nào (trục liên thông, bản giấy).")
def send(
    *, authority: str | None, criteria: str | None, by_hand: bool, number: str, on: datetime | None, way: str
) -> None:
    """Gửi hồ sơ đến hộp thư cấp trên (kèm thư, hoặc địa chỉ tải khi quá lớn)."""
    from services.reminders.morning import send as send_mails

    if (number or on or way) and not by_hand:
        raise click.UsageError("--number, --on, --way chỉ dùng cùng --by-hand.")
    how = Handover(number.strip(), day_of(on), way.strip())
    sent = scoring_mails.send_dossier(authority, criteria, actor(), today(), by_hand=by_hand, how=how)
    if not sent.new:
        click.echo(SAME)
    elif sent.message_id is None:
        click.echo(f"Đã ghi nhận hồ sơ bản {sent.sealed.version} được gửi bằng cách khác.")
    else:
        result = send_mails(only=[sent.message_id])
        click.echo(f"Hồ sơ bản {sent.sealed.version}: {result.words()}.")
        if result.problem:
            raise click.ClickException(result.problem)


@click.command("verify")
@click.argument("file", type=FILE, metavar="[TỆP]", required=False)
@which_round
@click.option("--criterion", metavar="MÃ", help="Ghi kết quả của một tiêu chí thay cho tệp.")
@click.option("--points", metavar="ĐIỂM", help="Điểm thẩm định của tiêu chí đó.")
@click.option("--remark", default="", help="Ý kiến thẩm định.")
@click.option("--question", default="", help="Yêu cầu giải trình.")
@click.option("--lost", type=click.Choice(list(LOST_REASONS)), help="Lý do mất điểm.")
def verify(file: Path | None, authority: str | None, criteria: str | None, **said: str | None) -> None:
    """Nhập kết quả thẩm định từ bảng tổng hợp .xlsx cấp trên gửi lại, hoặc từng tiêu chí.

    Với --criterion, nội dung của tiêu chí được ghi đúng như các tùy chọn: phần không ghi được xóa.
    """
    where = Where(authority, criteria)
    criterion = said["criterion"]
    if (file is None) == (criterion is None):
        raise click.UsageError("Ghi TỆP, hoặc --criterion MÃ với --points, --remark, --question, --lost.")
    if file is not None:
        count = scoring_steps.import_verification(where, file, actor())
    else:
        found = Verification(
            criterion or "", _points_given(said["points"]), said["remark"] or "", said["question"] or "", said["lost"]
        )
        count = int(scoring_steps.verify_one(where, found, actor()))
    click.echo(f"Đã ghi kết quả thẩm định của {count} tiêu chí." if count else SAME)


def _points_given(text: str | None) -> Decimal | None:
    try:
        return read_verified(text or "")
    except ValueError as error:
        raise click.UsageError(f"Điểm thẩm định: {error}.") from None


@click.command("reopen")
@which_round
@click.option("--reason", required=True, help="Lý do mở lại.")
@click.option("--until", type=DAY, help="Cho các đơn vị chấm đến hết ngày này; không ghi thì về bước rà soát.")
def reopen(authority: str | None, criteria: str | None, reason: str, until: datetime | None) -> None:
    """Mở lại đợt: cho đơn vị chấm tiếp, về bước rà soát, hoặc sửa kết quả đã chính thức. Hồ sơ đã gửi có bản mới."""
    scoring_steps.reopen(Where(authority, criteria), reason, actor(), today(), day_of(until))
    click.echo("Đã mở lại đợt chấm điểm. Xem: dondoc score show")


@click.command("explain")
@click.argument("criterion", metavar="TIÊU_CHÍ")
@click.argument("text", metavar="NỘI_DUNG")
@which_round
@click.option("--evidence", type=int, multiple=True, metavar="SỐ", help="Số của tài liệu bổ sung; ghi nhiều lần được.")
def explain(criterion: str, text: str, authority: str | None, criteria: str | None, evidence: tuple[int, ...]) -> None:
    """Giải trình một tiêu chí theo yêu cầu của cấp trên, kèm tài liệu bổ sung."""
    scoring_steps.explain_score(Where(authority, criteria), criterion, text, actor(), evidence)
    click.echo(f"Đã ghi giải trình tiêu chí {criterion}.")


@click.command("explain-until")
@click.argument("day", type=DAY, metavar="NGÀY")
@which_round
@click.option("--reason", default="", help="Lý do, bắt buộc khi đổi hạn đã ghi hoặc mở lại sau hạn.")
def explain_until(day: datetime, authority: str | None, criteria: str | None, reason: str) -> None:
    """Ghi hạn giải trình; sau ngày này đơn vị không sửa được giải trình, trừ khi mở lại kèm lý do."""
    done = scoring_steps.explain_until(Where(authority, criteria), day.date(), reason, actor(), today())
    click.echo(f"Hạn giải trình: hết ngày {day:%d/%m/%Y}." if done else SAME)


@click.command("second")
@which_round
def second(authority: str | None, criteria: str | None) -> None:
    """Gửi giải trình, chuyển sang thẩm định lần hai."""
    done = scoring_steps.second_round(Where(authority, criteria), actor())
    click.echo("Đã chuyển sang thẩm định lần hai." if done else SAME)


@click.command("finish")
@which_round
@click.option("--rank", metavar="HẠNG/TỔNG", help="Thứ hạng, viết như 12/65.")
def finish(authority: str | None, criteria: str | None, rank: str | None) -> None:
    """Ghi kết quả chính thức: tổng điểm, xếp loại, thứ hạng."""
    place, of = _rank(rank)
    done = scoring_steps.finish_round(Where(authority, criteria), actor(), place, of)
    click.echo("Đã ghi kết quả chính thức. Xem: dondoc score show" if done else SAME)


def _rank(text: str | None) -> tuple[int | None, int | None]:
    if text is None:
        return None, None
    parts = text.split("/")
    if len(parts) != 2 or not all(part.strip().isdigit() for part in parts):
        raise click.UsageError(f"Thứ hạng “{text}” không đọc được; viết như 12/65.")
    return int(parts[0]), int(parts[1])


COMMANDS = (open_round, show, enter, review, accept, send_back, checks, submit, approve, dossier, send, verify, explain,
            explain_until, second, finish, reopen)  # fmt: skip
"""What `dondoc score` adds from here."""
