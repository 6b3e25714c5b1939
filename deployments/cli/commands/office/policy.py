"""`dondoc policy`: show, check, compare and apply the office's rules."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from config.os_words import reason
from config.settings import load_settings
from deployments.cli.app import Refused
from deployments.cli.commands.options import AUTHORITY, FILE, JSON, print_json
from services.office.files import OfficeFile

if TYPE_CHECKING:
    from services.office.proposals import Proposal

YES = click.option("--yes", is_flag=True, help="Đồng ý áp dụng, không hỏi lại.")
WHOLE = click.option("--whole", is_flag=True, help="So sánh cả năm kế hoạch, không chỉ từ hôm nay.")
NOTE = click.option("--note", default="", help="Căn cứ, lý do; ghi vào nhật ký.")


@click.group()
def policy() -> None:
    """Quy định đôn đốc: xem, kiểm tra tệp đề xuất, xem ảnh hưởng, áp dụng."""


@policy.command("show")
@JSON
def show_policy(as_json: bool) -> None:
    """Quy định đang áp dụng, từng mục bằng lời."""
    from config.policy_words import entries
    from services.office.proposals import own_policy

    path, used = load_settings().own_policy, own_policy(load_settings())
    if as_json:
        rows = {row.key: row.value for group in entries(used).values() for row in group}
        said = {"file": str(path) if path.exists() else None, "policy": rows}
        print_json(said)
        return
    click.echo(f"Tệp của cơ quan: {path}{'' if path.exists() else ' (chưa có: dùng toàn bộ giá trị mặc định)'}")
    for heading, group in entries(used).items():
        click.echo(f"\n{heading}")
        for row in group:
            click.echo(f"  {row.name}: {row.value}  [{row.key}]")


@policy.command("check")
@click.argument("file", type=FILE, metavar="TỆP")
def check_file(file: Path) -> None:
    """Kiểm tra một tệp policy.toml: mỗi chỗ sai một câu, có số dòng. Không ghi gì."""
    from config.policy import check_policy
    from config.policy_words import changes
    from services.office.proposals import own_policy

    new, problems = check_policy(_text(file))
    if new is None:
        raise Refused("\n".join((f"tệp {file} chưa dùng được, {len(problems)} chỗ cần sửa:", *problems)))
    for one in changes(own_policy(load_settings()), new):
        click.echo(f"{one.name}: {one.before} → {one.after}")
    click.echo(f"Tệp {file} dùng được.")


@policy.command("preview")
@click.argument("file", type=FILE, metavar="TỆP")
@AUTHORITY
@WHOLE
@JSON
def preview_policy(file: Path, authority: str | None, whole: bool, as_json: bool) -> None:
    """So sánh diễn tập theo tệp đề xuất với quy định hiện nay: thư, lượt nhắc, mốc, kỳ báo cáo. Không ghi gì."""
    from services.office.proposals import with_policy

    text = _checked(OfficeFile.POLICY, file)
    tell_effect(authority, with_policy(load_settings(), text), whole=whole, as_json=as_json)


@policy.command("apply")
@click.argument("file", type=FILE, metavar="TỆP")
@AUTHORITY
@NOTE
@YES
def apply_policy(file: Path, authority: str | None, note: str, yes: bool) -> None:
    """Áp dụng một tệp policy.toml: cho xem ảnh hưởng, hỏi, rồi ghi thay tệp của cơ quan; có ghi nhật ký."""
    from services.office.proposals import with_policy

    text = _checked(OfficeFile.POLICY, file)
    tell_effect(authority, with_policy(load_settings(), text), whole=False)
    put(OfficeFile.POLICY, text, note, yes)


def _checked(kind: OfficeFile, file: Path) -> str:
    """A usable proposed file. Raises Refused with every fault."""
    text = _text(file)
    if problems := kind.faults(text):
        raise Refused("\n".join((f"tệp {file} chưa dùng được, {len(problems)} chỗ cần sửa:", *problems)))
    return text


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise click.UsageError(f"Không đọc được tệp {file} ({reason(error)}).") from None
    except UnicodeDecodeError:
        raise Refused(f"tệp {file} không phải mã UTF-8; lưu lại tệp với mã UTF-8.") from None


def tell_effect(authority: str | None, proposal: "Proposal", *, whole: bool, as_json: bool = False) -> None:
    """Rehearse under the proposal and under today's rules, and print the difference."""
    from deployments.cli.output.effects import effect_lines
    from models.session import reading
    from services.reminders.effects import weigh
    from services.staff.queries import the_authority

    with reading() as session:
        owner = the_authority(session, authority).id
    found = weigh(owner, proposal, whole)
    if as_json:
        print_json(asdict(found) if found else None, str)
        return
    for line in effect_lines(found):
        click.echo(line)


def put(kind: OfficeFile, text: str, note: str, yes: bool) -> None:
    """Ask, then put the text in force. Raises StoreError when the file has changed meanwhile or cannot be written."""
    from deployments.cli.prompts import actor, confirm
    from models.session import transaction
    from services.office.files import in_force, put_in_force

    settings = load_settings()
    seen = in_force(settings, kind).seal
    if not confirm(f"Áp dụng {kind.words} này?", yes):
        click.echo("Chưa áp dụng, chưa ghi gì.")
        return
    with transaction() as session:
        synced = put_in_force(session, actor(), kind, text, seen=seen, settings=settings, note=note)
    click.echo(f"Đã ghi {kind.path(settings)}. Kỳ: thêm {synced.added}, đổi {synced.changed}, hủy {synced.cancelled}.")
    click.echo(
        "Các tiến trình đang chạy đọc lại tệp ngay; lịch trong Prefect: dondoc run tự đặt lại, hoặc dondoc deploy."
    )
