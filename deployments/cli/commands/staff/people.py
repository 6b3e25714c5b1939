"""`dondoc people` and `dondoc deputy`."""

from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from config.clock import now, today
from deployments.cli.commands.options import AUTHORITY, DAY, JSON_LIST, print_json

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Handover, Person

EMAIL = click.argument("email", metavar="ĐỊA_CHỈ_THƯ")
ROLES = {
    "admin": "quản trị",
    "leader": "lãnh đạo",
    "head": "trưởng đơn vị",
    "officer": "cán bộ",
    "auditor": "kiểm tra (chỉ xem)",
}
ROLE = click.Choice(list(ROLES))
FROM = click.option("--from", "first", type=DAY, required=True, help="Ngày đầu.")
TO = click.option("--to", "last", type=DAY, required=True, help="Ngày cuối, cả ngày này.")
REASON = click.option("--reason", default="", help="Lý do.")


@click.group()
def people() -> None:
    """Người trong danh sách: xem, thêm, sửa vai trò và địa chỉ, ngừng, ghi ngày vắng."""


@people.command("list")
@AUTHORITY
@click.option("--all", "everybody", is_flag=True, help="Cả người đã ngừng.")
@JSON_LIST
def list_people(authority: str | None, everybody: bool, as_json: bool) -> None:
    """Xem người, vai trò, đơn vị, ai vắng và ai nhận thay; địa chỉ thư không tới được đứng trước."""
    from deployments.cli.output.staff import person_rows
    from deployments.cli.output.tables import table
    from models.session import reading
    from services.staff.queries import the_authority

    with reading() as session:
        rows = person_rows(session, the_authority(session, authority), today(), everybody)
    if as_json:
        print_json(rows)
        return
    head = ("Họ tên", "Địa chỉ thư", "Vai trò", "Đơn vị", "Ghi chú")
    cells = [(r["name"], r["email"], ROLES[r["role"]], r["unit"] or "–", "; ".join(r["notes"])) for r in rows]
    click.echo(table(head, cells, (2, 3, 0, 3, 4), lines=8) if rows else "Chưa có ai: dondoc people add")


@people.command("add")
@click.argument("name", metavar="HỌ_TÊN")
@EMAIL
@click.option("--role", type=ROLE, required=True, help="Vai trò.")
@click.option("--unit", metavar="ĐƠN_VỊ", help="Đơn vị; bắt buộc với cán bộ và trưởng đơn vị.")
@AUTHORITY
def add_person(name: str, email: str, role: str, unit: str | None, authority: str | None) -> None:
    """Thêm một người."""
    from deployments.cli.output.staff import person_entry
    from deployments.cli.prompts import actor
    from models.session import transaction
    from services.office import staff_editing as staff_edit
    from services.staff.queries import find_unit, the_authority

    entry = person_entry({"name": name, "email": email, "role": role})
    with transaction() as session:
        owner = the_authority(session, authority)
        of = find_unit(session, owner, unit) if unit else None
        person = staff_edit.add_person(session, owner, entry, of, actor())
        click.echo(f"Đã thêm {person.name} <{person.email}>, {ROLES[person.role.value]}.")


@people.command("set")
@EMAIL
@click.option("--name", metavar="HỌ_TÊN", help="Họ tên mới.")
@click.option("--email", "new_email", metavar="THƯ", help="Địa chỉ mới; thư đang chờ đi theo, liên kết cũ bị thu hồi.")
@click.option("--role", type=ROLE, help="Vai trò mới.")
@click.option("--unit", metavar="ĐƠN_VỊ", help='Đơn vị mới; "" để không thuộc đơn vị nào.')
@AUTHORITY
def set_person(
    email: str, name: str | None, new_email: str | None, role: str | None, unit: str | None, authority: str | None
) -> None:
    """Sửa họ tên, địa chỉ, vai trò, đơn vị của một người."""
    from deployments.cli.output.staff import person_entry
    from deployments.cli.prompts import actor
    from models.session import transaction
    from services.office import staff_editing as staff_edit
    from services.staff.queries import find_unit, the_authority

    with transaction() as session:
        owner = the_authority(session, authority)
        person = staff_edit.find_member(session, owner, email)
        of = person.unit if unit is None else find_unit(session, owner, unit) if unit else None
        given = {"name": name or person.name, "email": new_email or person.email, "role": role or person.role.value}
        done = staff_edit.change_person(session, person, person_entry(given), of, actor())
        click.echo(f"Đã sửa {person.name} <{person.email}>." if done.anything else "Không có thay đổi.")
        if new_email and done.anything:
            click.echo(f"{done.mails} thư đang chờ đi theo địa chỉ mới, {done.links} liên kết cũ bị thu hồi.")


@people.command("stop")
@EMAIL
@AUTHORITY
def stop_person(email: str, authority: str | None) -> None:
    """Ngừng một người: không nhận thư, mọi liên kết và phiên bị thu hồi ngay."""
    from deployments.cli.prompts import actor
    from models.session import transaction
    from services.office.staff_editing import deactivate

    with transaction() as session:
        person = _member(session, email, authority)
        mails, links = deactivate(session, person, actor())
        click.echo(f"Đã ngừng {person.name}: bỏ {mails} thư đang chờ, thu hồi {links} liên kết.")


@people.command("resume")
@EMAIL
@AUTHORITY
def resume_person(email: str, authority: str | None) -> None:
    """Cho một người hoạt động lại; liên kết phải gửi mới."""
    from deployments.cli.prompts import actor
    from models.session import transaction
    from services.office.staff_editing import reactivate

    with transaction() as session:
        person = _member(session, email, authority)
        changed = reactivate(session, person, actor())
        click.echo(f"Đã cho {person.name} hoạt động lại." if changed else f"{person.name} đang hoạt động.")


@people.command("away")
@EMAIL
@click.argument("stand_in", metavar="NGƯỜI_NHẬN_THAY")
@FROM
@TO
@REASON
@AUTHORITY
def note_away(email: str, stand_in: str, first: datetime, last: datetime, reason: str, authority: str | None) -> None:
    """Ghi ngày vắng: thư của một người gửi cho người nhận thay; với lãnh đạo, người thay mặt được phê duyệt."""
    _arrange(email, stand_in, (first.date(), last.date()), reason, authority)


@people.command("back")
@EMAIL
@AUTHORITY
def end_away(email: str, authority: str | None) -> None:
    """Kết thúc ngay những ngày vắng đang và sắp tới của một người."""
    _finish(email, authority)


@people.command("test-mail")
@EMAIL
@AUTHORITY
def test_mail(email: str, authority: str | None) -> None:
    """Gửi thư thử tới một người; mỗi ngày một thư."""
    from deployments.cli.output.staff import queue_test
    from models.session import transaction
    from services.reminders.morning import send

    with transaction() as session:
        person = _member(session, email, authority)
        queued = queue_test(session, person, today(), now())
    if not queued:
        raise click.ClickException(f"Hôm nay đã gửi thư thử tới {email}; xem kết quả: dondoc messages")
    sent = send(only=queued)
    click.echo(f"Thư thử tới {email}: {sent.words()}.")
    if sent.problem:
        raise click.ClickException(sent.problem)


@click.group()
def deputy() -> None:
    """Người thay mặt lãnh đạo trong một thời gian: nhận thư và được phê duyệt thay."""


@deputy.command("name")
@click.argument("leader", metavar="THƯ_LÃNH_ĐẠO")
@click.argument("stand_in", metavar="THƯ_NGƯỜI_THAY_MẶT")
@FROM
@TO
@REASON
@AUTHORITY
def name_deputy(
    leader: str, stand_in: str, first: datetime, last: datetime, reason: str, authority: str | None
) -> None:
    """Cử người thay mặt một lãnh đạo từ ngày đến ngày; không ai phê duyệt nội dung do chính mình trình."""
    _arrange(leader, stand_in, (first.date(), last.date()), reason, authority, leader=True)


@deputy.command("list")
@AUTHORITY
@JSON_LIST
def list_deputies(authority: str | None, as_json: bool) -> None:
    """Xem ai đang và sắp thay mặt lãnh đạo nào."""
    from models.session import reading
    from services.staff.leave import deputies_of
    from services.staff.queries import the_authority

    with reading() as session:
        rows = [_shown(row) for row in deputies_of(session, the_authority(session, authority).id, today())]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(
            f"{row['first_day']} đến {row['last_day']}: {row['deputy']} thay mặt {row['leader']} {row['reason']}"
        )
    if not rows:
        click.echo("Không có ai đang hoặc sắp thay mặt lãnh đạo.")


@deputy.command("end")
@click.argument("leader", metavar="THƯ_LÃNH_ĐẠO")
@AUTHORITY
def end_deputy(leader: str, authority: str | None) -> None:
    """Kết thúc ngay việc thay mặt một lãnh đạo."""
    _finish(leader, authority, leader=True)


def _shown(row: "Handover") -> dict[str, str]:
    from services.staff.deputies import named

    return {
        "leader": named(row.from_person),
        "deputy": named(row.to_person),
        "first_day": row.first_day.isoformat(),
        "last_day": row.last_day.isoformat(),
        "reason": row.reason or "",
    }


def _member(session: "Session", email: str, authority: str | None, *, leader: bool = False) -> "Person":
    from services.errors import UnknownNameError
    from services.office.staff_editing import find_member
    from services.staff.queries import the_authority

    person = find_member(session, the_authority(session, authority), email)
    if leader and person.role.value != "leader":
        raise UnknownNameError(f"{person.name} không phải lãnh đạo; ghi ngày vắng bằng: dondoc people away")
    return person


def _arrange(
    email: str, stand_in: str, days: tuple[date, date], reason: str, authority: str | None, *, leader: bool = False
) -> None:
    from deployments.cli.prompts import actor
    from models.session import transaction
    from services.staff.leave import Leave, arrange

    with transaction() as session:
        giver = _member(session, email, authority, leader=leader)
        taker = _member(session, stand_in, authority)
        arrange(session, giver, taker, Leave(*days, reason.strip()[:500]), actor(), today())
        what = "thay mặt" if giver.role.value == "leader" else "nhận thư thay"
        click.echo(f"Từ {days[0]:%d/%m/%Y} đến {days[1]:%d/%m/%Y}: {taker.name} {what} {giver.name}.")


def _finish(email: str, authority: str | None, *, leader: bool = False) -> None:
    from deployments.cli.prompts import actor
    from models.session import transaction
    from services.staff.leave import absences_of, finish

    with transaction() as session:
        person = _member(session, email, authority, leader=leader)
        rows = absences_of(session, person.id, today())
        for row in rows:
            finish(session, row, actor())
        click.echo(f"Đã kết thúc {len(rows)} lần vắng của {person.name}." if rows else f"{person.name} không vắng.")
