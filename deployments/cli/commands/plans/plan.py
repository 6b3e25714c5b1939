"""`dondoc plan`: read, import, show, export and remove plans."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from config.clock import today
from config.homes import may_have_database
from deployments.cli.commands.options import AUTHORITY, FILE, JSON, JSON_LIST, YEAR, print_json

if TYPE_CHECKING:
    from services.plans.importing import Imported
    from services.plans.undated import Settlement

_STATUS = {"active": "đang thực hiện", "closed": "đã đóng"}


def _undated_options(command: Callable[..., None]) -> Callable[..., None]:
    """The two ways to settle tasks without a time."""
    standing = click.option(
        "--standing", is_flag=True, help="Việc không ghi thời hạn là việc thường xuyên, rà soát theo kỳ báo cáo."
    )
    year_end = click.option("--by-year-end", is_flag=True, help="Việc không ghi thời hạn có hạn cuối năm kế hoạch.")
    return standing(year_end(command))


def _settlement(standing: bool, by_year_end: bool) -> "Settlement | None":
    from services.plans.undated import Settlement

    if standing and by_year_end:
        raise click.UsageError("Chỉ dùng một trong hai: --standing hoặc --by-year-end.")
    if standing:
        return Settlement.STANDING
    return Settlement.YEAR_END if by_year_end else None


@click.group()
def plan() -> None:
    """Đọc, nhập, xem, xuất và gỡ kế hoạch."""


@plan.command("read")
@click.argument("file", type=FILE, metavar="TỆP")
@click.option("--year", type=YEAR, help="Năm của kế hoạch, khi văn bản không ghi.")
@click.option("--authority", help="Mã cơ quan có danh sách đơn vị dùng để nhận tên.")
@JSON
def read_file(file: Path, year: int | None, authority: str | None, as_json: bool) -> None:
    """Đọc một văn bản kế hoạch và nói đã hiểu gì. Không ghi gì."""
    from deployments.cli.output.readings import describe_reading
    from documents.reading.plan.interpret import read_plan
    from rules.plan.units import UnitBook

    units = UnitBook()
    if may_have_database():  # reading a document needs no database, and asking for one takes half a second
        from services.plans.import_document import known_units

        units = known_units(authority)
    reading = read_plan(file, units=units, year=year)
    click.echo(reading.model_dump_json(indent=2) if as_json else describe_reading(reading))


@plan.command("import")
@click.argument("file", type=FILE, metavar="TỆP")
@click.option("--yes", is_flag=True, help="Đồng ý nhập, không hỏi lại.")
@click.option("--code", help="Mã kế hoạch trong dondoc (mặc định: theo số, ký hiệu và năm).")
@click.option("--year", type=YEAR, help="Năm của kế hoạch, khi văn bản không ghi.")
@AUTHORITY
@click.option("--overwrite-edits", is_flag=True, help="Lấy theo văn bản cả những chỗ đã sửa bằng tay.")
@click.option(
    "--into",
    metavar="MÃ_SỔ",
    help="Thêm nhiệm vụ của văn bản (chỉ thị, kết luận, công văn) vào sổ nhiệm vụ được giao này; chưa có thì lập sổ.",
)
@click.option("--join", is_flag=True, help="Cùng --into: nhiệm vụ đã có từ văn bản khác thì gộp, ghi cả hai văn bản.")
@_undated_options
@JSON
def import_file(file: Path, *, yes: bool, as_json: bool, **said: Any) -> None:
    """Nhập một văn bản kế hoạch: cho xem đã hiểu gì, có gì thay đổi, hỏi rồi mới ghi. Nhập lại không ghi trùng."""
    from deployments.cli.output.plans import describe_diff, joined_lines
    from deployments.cli.output.readings import describe_reading
    from deployments.cli.prompts import actor, confirm
    from services.plans.import_document import Options, propose, store

    options = Options(
        said["code"], said["year"], said["authority"], said["overwrite_edits"],
        said["into"], said["join"], _settlement(said["standing"], said["by_year_end"]),
    )  # fmt: skip
    if options.into and options.code:
        raise click.UsageError("Chỉ dùng một trong hai: --code cho một kế hoạch, --into cho sổ nhiệm vụ.")
    if options.join and not options.into:
        raise click.UsageError("--join chỉ dùng cùng --into MÃ_SỔ.")
    proposal = propose(file, options)
    say = _silent if as_json else click.echo
    if proposal.diff.is_new:
        say(describe_reading(proposal.reading) + "\n")
    say(describe_diff(proposal.diff, proposal.told))
    for line in joined_lines(proposal.request.joins):
        say(line)
    unchanged = proposal.diff.empty and not proposal.request.joins and proposal.undated is None
    agreed = unchanged or confirm(f"Nhập kế hoạch {proposal.request.code}?", yes)
    if not agreed:
        click.echo("Chưa nhập, chưa ghi gì.", err=as_json)
        return
    done = store(proposal, actor(), today())
    if as_json:
        print_json(
            {
                "plan": done.diff.code,
                "version": done.version,
                "changed": not done.diff.empty,
                "diff": asdict(done.diff),
                "occurrences": asdict(done.synced),
                "created_units": list(done.created_units),
                "joined": done.joined,
                "settled": list(done.settled),
            }
        )
    else:
        click.echo(_imported(done))


def _silent(_text: str) -> None:
    """With --json only the JSON is printed."""


def _imported(done: "Imported") -> str:
    from deployments.cli.output.plans import summary

    lines = []
    if not done.diff.empty:
        what = f"{len(done.diff.items)} nhiệm vụ" if done.diff.is_new else summary(done.diff)
        lines.append(f"Đã nhập kế hoạch {done.diff.code}, bản {done.version}: {what}.")
        lines.append(f"Lịch: thêm {done.synced.added} kỳ, đổi {done.synced.changed}, hủy {done.synced.cancelled}.")
    if done.joined:
        lines.append(f"Đã ghi thêm văn bản giao cho {done.joined} nhiệm vụ có sẵn.")
    if done.settled:
        lines.append(f"Đã định thời hạn cho {len(done.settled)} việc không ghi thời hạn.")
    if done.created_units:
        lines.append(
            f"Đã ghi nhận {len(done.created_units)} đơn vị nêu trong kế hoạch, chưa có hộp thư: "
            f"{', '.join(done.created_units)}.\nThêm hộp thư, người đứng đầu: dondoc units import TỆP"
        )
    return "\n".join(lines) or "Không có gì thay đổi."


@plan.command("settle")
@click.argument("code", metavar="MÃ")
@click.argument("items", nargs=-1, metavar="[MÃ_NHIỆM_VỤ]...")
@_undated_options
@click.option("--yes", is_flag=True, help="Đồng ý, không hỏi lại.")
def settle(code: str, items: tuple[str, ...], standing: bool, by_year_end: bool, yes: bool) -> None:
    """Định thời hạn một lượt cho các việc không ghi thời hạn: thường xuyên, hoặc hạn cuối năm kế hoạch."""
    from deployments.cli.prompts import actor, confirm
    from models.session import reading, transaction
    from services.plans.queries import find_plan
    from services.plans.undated import settle_undated, undated
    from services.policy import terms_of

    way = _settlement(standing, by_year_end)
    if way is None:
        raise click.UsageError("Cần đúng một trong hai: --standing hoặc --by-year-end.")
    with reading() as session:
        found = find_plan(session, code)
        waiting = list(items) or [row.code for row in undated(found)]
    if not waiting:
        click.echo("Không còn việc nào thiếu thời hạn.")
        return
    words = "việc thường xuyên, rà soát theo kỳ báo cáo" if standing else f"hạn 31/12/{found.year}"
    if not confirm(f"Định {len(waiting)} việc ({', '.join(waiting[:8])}) là {words}?", yes):
        click.echo("Chưa ghi gì.")
        return
    with transaction() as session:
        owner = find_plan(session, code, lock=True)
        done = settle_undated(session, owner, way, actor(), terms_of(today()), codes=items)
    click.echo(f"Đã định thời hạn cho {len(done)} việc của kế hoạch {found.code}.")


@plan.command("list")
@JSON_LIST
def list_plans(as_json: bool) -> None:
    """Xem các kế hoạch đã nhập."""
    from deployments.cli.output.tables import table
    from deployments.cli.stored_plans import plan_rows

    rows = plan_rows()
    if as_json:
        print_json(rows)
        return
    head = ("Mã", "Kế hoạch", "Năm", "Bản", "Nhiệm vụ", "Trạng thái")
    cells = [
        (r["code"], r["title"], str(r["year"]), str(r["version"]), str(r["items"]), _STATUS[r["status"]]) for r in rows
    ]
    click.echo(table(head, cells, (0, 1, 0, 0, 0, 0)) if rows else "Chưa có kế hoạch nào: dondoc plan import TỆP")


@plan.command("show")
@click.argument("code", metavar="MÃ")
@JSON
def show_plan(code: str, as_json: bool) -> None:
    """Xem một kế hoạch: thông tin chung và các nhiệm vụ."""
    from deployments.cli.output.items import item_rows, items_table
    from deployments.cli.stored_plans import plan_facts

    facts, rows = plan_facts(code), item_rows(code, today())
    if as_json:
        print_json({"plan": facts, "items": rows})
        return
    click.echo(f"{facts['code']} (bản {facts['version']}, {_STATUS[facts['status']]}): {facts['title']}")
    click.echo(f"{facts['authority']}, năm {facts['year']}, văn bản: {facts['document'] or 'không lưu'}\n")
    click.echo(items_table(rows))


@plan.command("remove")
@click.argument("code", metavar="MÃ")
@click.option("--yes", is_flag=True, help="Đồng ý gỡ, không hỏi lại.")
def remove(code: str, yes: bool) -> None:
    """Gỡ một kế hoạch cùng lịch, lời nhắc và kết quả của nó; thư đã gửi và nhật ký vẫn giữ."""
    from deployments.cli.prompts import actor, confirm
    from models.session import reading, transaction
    from services.plans.queries import find_plan, remove_plan

    with reading() as session:
        found = find_plan(session, code)
        name = f"{found.code} “{found.title}”"
    if not confirm(f"Gỡ kế hoạch {name} và toàn bộ lịch, kết quả của nó?", yes):
        click.echo("Chưa gỡ gì.")
        return
    with transaction() as session:
        gone = remove_plan(session, find_plan(session, code, lock=True), actor())
    click.echo(f"Đã gỡ {name}: {gone['items']} nhiệm vụ, {gone['occurrences']} kỳ. Gỡ khỏi Prefect: dondoc deploy")


@plan.command("close")
@click.argument("code", metavar="MÃ")
def close(code: str) -> None:
    """Đóng một kế hoạch: không nhắc nữa, mọi dữ liệu giữ nguyên."""
    _set_status(code, closed=True)


@plan.command("reopen")
@click.argument("code", metavar="MÃ")
def reopen(code: str) -> None:
    """Mở lại một kế hoạch đã đóng."""
    _set_status(code, closed=False)


def _set_status(code: str, *, closed: bool) -> None:
    from deployments.cli.prompts import actor
    from models.plan import PlanStatus
    from models.session import transaction
    from services.plans.queries import find_plan, set_status
    from services.policy import terms_of

    status = PlanStatus.CLOSED if closed else PlanStatus.ACTIVE
    with transaction() as session:
        found = find_plan(session, code, lock=True)
        shown = found.code
        changed = set_status(session, found, status, actor(), terms_of(today())) is not None
    words = ("Đã đóng", "đã đóng từ trước") if closed else ("Đã mở lại", "đang mở")
    click.echo(f"{words[0]} kế hoạch {shown}." if changed else f"Kế hoạch {shown} {words[1]}.")


@plan.command("diff")
@click.argument("code", metavar="MÃ")
@click.argument("older", type=int, metavar="PHIÊN_BẢN")
@click.argument("newer", type=int, metavar="PHIÊN_BẢN")
@JSON
def diff(code: str, older: int, newer: int, as_json: bool) -> None:
    """So sánh hai phiên bản: giữ nguyên, chuyển vị trí, thay đổi, thêm, bỏ. Bản cũ dựng lại từ nhật ký."""
    from deployments.cli.output.plans import describe_versions
    from models.session import reading
    from services.plans.queries import find_plan
    from services.plans.versions import compare

    with reading() as session:
        found = find_plan(session, code)
        compared = compare(session, found, older, newer)
    if as_json:
        print_json({"plan": found.code, **asdict(compared)}, default=datetime.isoformat)
    else:
        click.echo(describe_versions(found.code, compared))


@plan.command("export")
@click.argument("code", metavar="MÃ")
@click.option("-o", "--output", type=FILE, required=True, metavar="TỆP.xlsx", help="Tệp Excel sẽ ghi.")
@click.option(
    "--columns",
    type=click.Choice(["12", "5", "6"]),
    default="12",
    help="12: bảng theo dõi; 5: nhiệm vụ và văn bản giao; 6: nhiệm vụ, kết quả và tiến độ.",
)
def export(code: str, output: Path, columns: str) -> None:
    """Xuất kế hoạch thành bảng theo dõi (Excel); nhập lại được bằng dondoc plan import."""
    from deployments.cli.stored_plans import write_sheet

    if output.suffix.lower() != ".xlsx":
        raise click.UsageError(f"Tệp xuất phải có đuôi .xlsx: {output.name}.")
    count = write_sheet(code, output, today(), int(columns))
    click.echo(f"Đã ghi {count} nhiệm vụ vào {output}.")
