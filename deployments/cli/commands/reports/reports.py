"""`dondoc reports`: the steps of the reports under way."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from config.clock import now, today
from config.settings import load_settings
from deployments.cli.commands.options import AUTHORITY, DAY, JSON_LIST, PERIOD, PLAN, day_of, print_json
from documents.reading.evidence.filetypes import UnsuitableFileError, allowed_types, check_file
from documents.writing.official.stamping import read_printed
from models.authority import Person
from models.report import Report
from models.session import reading, transaction
from rules.reporting.printed_number import told
from services.actor import Actor
from services.documents import keep_document, place_of
from services.errors import BadContentError, UnknownNameError
from services.plans.queries import find_plan, plan_named
from services.policy import office_policy
from services.reports.approval import EditedText, approve, edited_file, send_back
from services.reports.consolidation import authority_above, own_row
from services.reports.queries import files_of, frozen_of, period_named, reports_of, row_of
from services.reports.steps import locked, redo, reopen, uploaded
from services.staff.queries import leaders_of, person_at, the_authority

EMAIL = click.option("--by", "email", metavar="THƯ", help="Địa chỉ thư của người thực hiện (có trong danh sách).")


@click.group()
def reports() -> None:
    """Các báo cáo đang làm: xem, chạy bước đến hạn, phê duyệt, trả lại, thay văn bản, mở lại.

    KẾ_HOẠCH là mã kế hoạch; ghi mã cơ quan cấp trên cho báo cáo tổng hợp từ các cơ quan trực thuộc.
    """


@reports.command("list")
@AUTHORITY
@JSON_LIST
def list_reports(authority: str | None, as_json: bool) -> None:
    """Liệt kê các báo cáo đã mở và bước hiện tại."""
    with reading() as session:
        rows = [_report(session, row) for row in reports_of(session, the_authority(session, authority).id)]
    if as_json:
        print_json(rows)
        return
    if not rows:
        click.echo("Chưa có báo cáo nào được mở. Xem các kỳ: dondoc periods KẾ_HOẠCH")
    for one in rows:
        number = f", số {one['number']}" if one["number"] else ""
        leaves = date.fromisoformat(one["sending_on"])
        click.echo(f"{one['plan']}  {one['label']:<22} {one['state_words']}{number}, gửi {leaves:%d/%m/%Y}")
        if one["problem"]:
            click.echo(f"    {one['problem']}")


def _report(session: Session, row: Report) -> dict[str, Any]:
    frozen = frozen_of(session, row)
    return {
        "plan": row.code,
        "period": row.period,
        "label": row.label,
        "state": row.state.value,
        "state_words": row.state.words,
        "opens_on": row.opens_on.isoformat(),
        "cut_off": row.cut_off.isoformat(),
        "sending_on": row.sending_on.isoformat(),
        "reopened_until": row.reopened_until.isoformat() if row.reopened_until else None,
        "number": f"{row.number:02}/{row.symbol}" if row.number and row.symbol else None,
        "issued_on": row.issued_on.isoformat() if row.issued_on else None,
        "approved_by": row.approved_by,
        "note": row.decision_note,
        "sha256": frozen.sha256 if frozen else None,
        "versions": [
            {
                "version": one.version,
                "origin": one.origin,
                "format": one.format,
                "sha256": one.document.sha256,
                "by": one.who,
            }
            for one in files_of(session, row, 0)
        ],
        "problem": row.problem,
    }


@reports.command("run")
@click.option("--date", "given", type=DAY, help="Ngày chạy (mặc định: hôm nay).")
@AUTHORITY
def run_due(given: datetime | None, authority: str | None) -> None:
    """Chạy mọi bước đến hạn của các báo cáo và gửi thư. Chạy lại không làm trùng."""
    from services.reports.run import run_reports

    ran = run_reports(authority, day_of(given) or today())
    for moved in ran.reports:
        click.echo(moved.words())
    if not ran.reports:
        click.echo("Không có báo cáo nào đang làm.")
    if ran.sent is not None:
        click.echo(f"Gửi thư: {ran.sent.words()}.")
        if ran.sent.problem:
            raise click.ClickException(ran.sent.problem)


@reports.command("approve")
@PLAN
@PERIOD
@EMAIL
@click.option("--number", type=click.IntRange(1, 99_999), help="Số văn bản lấy ở sổ văn thư.")
@click.option("--note", default="", help="Ý kiến.")
def approve_report(plan: str, period: str, email: str | None, number: int | None, note: str) -> None:
    """Lãnh đạo phê duyệt bản mới nhất; báo cáo được lấy số và gửi vào ngày gửi."""
    with transaction() as session:
        row = _locked(session, plan, period)
        person = _leader(session, row, email)
        text = _edited(session, row)
        approve(session, row, person, _by(person), note=note, number=number, text=text)
        click.echo(f"Đã phê duyệt báo cáo {row.label}; gửi ngày {row.sending_on:%d/%m/%Y}.")
        if text is not None:
            click.echo(told(text.printed))


@reports.command("return")
@PLAN
@PERIOD
@EMAIL
@click.option("--note", required=True, help="Ý kiến: cần sửa gì.")
def return_report(plan: str, period: str, email: str | None, note: str) -> None:
    """Lãnh đạo trả lại bản mới nhất với ý kiến."""
    with transaction() as session:
        row = _locked(session, plan, period)
        person = _leader(session, row, email)
        send_back(session, row, person, _by(person), note)
        click.echo(f"Đã trả lại báo cáo {row.label}.")


@reports.command("upload")
@PLAN
@PERIOD
@click.argument("file", metavar="TỆP", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@EMAIL
def upload_report(plan: str, period: str, file: Path, email: str | None) -> None:
    """Dùng văn bản Word đã chỉnh sửa làm bản mới nhất; bản cũ vẫn được giữ."""
    settings = load_settings()
    if file.stat().st_size > settings.portal_file_mb * 1024 * 1024:
        raise BadContentError(
            f"Tệp {file.name} lớn hơn {settings.portal_file_mb} MB; hãy nén ảnh trong tệp rồi thử lại."
        )
    try:
        check_file(file, file.name, allowed_types("docx"))
    except UnsuitableFileError as error:
        raise BadContentError(str(error)) from None
    with transaction() as session:
        row = _locked(session, plan, period)
        uploaded(session, row, keep_document(file, settings.documents), _by(_person(session, row, email)))
        click.echo(f"Đã nhận bản {row.version} của báo cáo {row.label}; chờ phê duyệt.")
        click.echo(told(read_printed(file.read_bytes())))


@reports.command("redo")
@PLAN
@PERIOD
def redo_report(plan: str, period: str) -> None:
    """Soạn lại dự thảo từ số liệu đã chốt, sau khi sửa mẫu lời văn."""
    with transaction() as session:
        row = _locked(session, plan, period)
        redo(session, row, Actor("dondoc reports redo", now()))
        click.echo(f"Báo cáo {row.label} sẽ được soạn lại ở lần chạy tới: dondoc reports run")


@reports.command("reopen")
@PLAN
@PERIOD
@click.option("--until", type=DAY, required=True, help="Ngày cuối nhận bổ sung số liệu.")
@click.option("--reason", required=True, help="Lý do mở lại.")
def reopen_report(plan: str, period: str, until: datetime, reason: str) -> None:
    """Mở lại kỳ đã chốt để đơn vị bổ sung; số liệu được chốt lại thành bản mới."""
    with transaction() as session:
        row = _locked(session, plan, period)
        reopen(session, row, Actor("dondoc reports reopen", now()), until.date(), reason, today())
        click.echo(f"Đã mở lại báo cáo {row.label} đến hết ngày {until:%d/%m/%Y}.")


@reports.command("file")
@PLAN
@PERIOD
@click.option(
    "--format",
    "form",
    type=click.Choice(["docx", "pdf", "xlsx"]),
    default="docx",
    show_default=True,
    help="Dạng tệp: Word, PDF hoặc bảng Excel.",
)
@click.option("--version", type=click.IntRange(1), help="Bản thứ mấy (mặc định: mới nhất).")
@click.option("-o", "output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Tệp ghi ra.")
def stored_file(plan: str, period: str, form: str, version: int | None, output: Path) -> None:
    """Lấy tệp đã lưu của một bản báo cáo, đúng như đã trình hoặc đã gửi."""
    with reading() as session:
        row = _found(session, plan, period)
        files = {one.format: one.document.sha256 for one in files_of(session, row, version)}
        if form not in files:
            have = ", ".join(sorted(files)) or "không có tệp nào"
            raise UnknownNameError(f"Bản này của báo cáo {row.label} không có dạng {form}; có: {have}.")
    output.write_bytes(place_of(load_settings().documents, files[form]).read_bytes())
    click.echo(f"Đã ghi {output}, sha256 {files[form]}.")


def _found(session: Session, plan: str, period: str) -> Report:
    """The report of a plan, or the consolidated one of an authority above others."""
    wanted = period_named(period, office_policy().scheme)
    known = plan_named(session, plan)
    above = authority_above(session, plan) if known is None else None
    if above is not None:
        found, of = own_row(session, above.id, wanted.key), f"tổng hợp của {above.name}"
    else:
        row = find_plan(session, plan)
        found, of = row_of(session, row.id, wanted.key), f"của kế hoạch {row.code}"
    if found is None:
        raise UnknownNameError(f"Báo cáo {wanted.label} {of} chưa được mở. Chạy: dondoc reports run")
    return found


def _edited(session: Session, row: Report) -> EditedText | None:
    """Number and day of a text edited by hand, else None."""
    path = edited_file(session, row, load_settings().documents)
    return EditedText(read_printed(path.read_bytes()), office_policy().official.symbol) if path is not None else None


def _locked(session: Session, plan: str, period: str) -> Report:
    return locked(session, _found(session, plan, period).id)


def _person(session: Session, row: Report, email: str | None) -> Person:
    if email is None:
        raise UnknownNameError("Hãy cho biết người thực hiện bằng --by THƯ.")
    person = person_at(session, row.authority_id, email)
    if person is None or not person.active:
        raise UnknownNameError(f"Không có ai dùng địa chỉ {email} trong danh sách của cơ quan.")
    return person


def _leader(session: Session, row: Report, email: str | None) -> Person:
    """Who decides: the one named, else the only leader there is."""
    leaders = leaders_of(session, row.authority_id)
    if email is None and len(leaders) == 1:
        return leaders[0]
    return _person(session, row, email)


def _by(person: Person) -> Actor:
    return Actor(f"{person.name} <{person.email}>"[:254], now(), person_id=person.id)
