"""`dondoc export-person` and `erase-person`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rules.audit import AuditAction

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Person

EMAIL = click.argument("email", metavar="ĐỊA_CHỈ_THƯ")
AUTHORITY = click.option("--authority", help="Mã hoặc tên cơ quan, khi nhiều cơ quan có cùng địa chỉ.")


def _person(session: "Session", email: str, authority: str | None) -> "Person":
    from services.errors import UnknownNameError
    from services.privacy.erase_person import find_person
    from services.staff.queries import person_at, the_authority

    if authority is None:
        return find_person(session, email)
    owner = the_authority(session, authority)
    person = person_at(session, owner.id, email)
    if person is None:
        raise UnknownNameError(f"{owner.name} không có ai dùng địa chỉ “{email}”.")
    return person


@click.command("export-person")
@EMAIL
@AUTHORITY
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Ghi vào tệp thay vì in ra.")
def export_person(email: str, authority: str | None, output: Path | None) -> None:
    """Xuất mọi dữ liệu đang lưu về một người, theo từng bảng, dạng JSON."""
    from deployments.cli.prompts import actor
    from models.session import transaction
    from services.audit import record
    from services.privacy.erase_person import export_person as export

    with transaction() as session:
        person = _person(session, email, authority)
        found = export(session, person)
        record(session, actor(), AuditAction.PERSON_EXPORT, person)
    text = json.dumps(found, ensure_ascii=False, indent=2)
    if output is None:
        click.echo(text)
        return
    output.write_text(text + "\n", encoding="utf-8")
    output.chmod(0o600)
    rows = sum(map(len, found.values()))
    click.echo(f"Đã ghi {rows} dòng dữ liệu vào {output} (chỉ chủ tệp đọc được).")


@click.command("erase-person")
@EMAIL
@AUTHORITY
@click.option("--yes", is_flag=True, help="Đồng ý xóa, không hỏi lại.")
def erase_person(email: str, authority: str | None, yes: bool) -> None:
    """Xóa tên, địa chỉ, thư, liên kết của một người. Kết quả của đơn vị và chuỗi nhật ký vẫn còn, kiểm tra được."""
    from deployments.cli.prompts import actor, confirm
    from models.session import reading, transaction
    from services.privacy.erase_person import erase_person as erase

    with reading() as session:
        shown = _person(session, email, authority).name
    if not confirm(f"Xóa dữ liệu cá nhân của {shown} <{email}>? Không khôi phục được, trừ từ bản sao lưu.", yes):
        click.echo("Chưa thay đổi gì.")
        return
    with transaction() as session:
        done = erase(session, _person(session, email, authority), actor())
    click.echo(
        f"Đã xóa: từ nay ghi là “{done.pseudonym}”; làm trống {done.messages} thư, xóa {done.links} liên kết, "
        f"ẩn danh {done.audit_rows} dòng nhật ký. Kiểm tra chuỗi: dondoc audit verify"
    )
    click.echo(
        "Còn lại: tên có thể nằm trong văn bản kế hoạch, tệp kiểm chứng, ghi chú do người khác viết, và trong các "
        "bản sao lưu cũ.",
        err=True,
    )
