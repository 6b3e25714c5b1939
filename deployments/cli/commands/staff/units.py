"""`dondoc units`: import, list, add and change units."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from config.clock import today
from deployments.cli.commands.options import AUTHORITY, FILE, JSON_LIST, print_json

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Authority
    from rules.staff.values import UnitEntry

ALIAS = click.option("--alias", "aliases", multiple=True, metavar="TÊN", help="Tên gọi khác (lặp lại được).")


@click.group()
def units() -> None:
    """Danh sách đơn vị: nhập từ tệp, xem, thêm, sửa."""


@units.command("import")
@click.argument("file", type=FILE, metavar="TỆP")
@AUTHORITY
def import_units(file: Path, authority: str | None) -> None:
    """Nhập danh sách đơn vị từ .yaml, .csv hoặc .xlsx: tên, tên gọi khác, hộp thư, trưởng đơn vị, cấp trên."""
    from deployments.cli.prompts import actor
    from services.office.unit_list import import_unit_list

    done = import_unit_list(file, authority, today(), actor())
    if not done.changes.lines and not done.resolved:
        click.echo("Danh sách đơn vị: không có thay đổi.")
    for line in done.changes.lines:
        click.echo(line)
    if done.changes.missing:
        click.echo(f"Không có trong tệp, giữ nguyên: {', '.join(done.changes.missing)}.")
    if done.resolved:
        click.echo(f"Đã nhận ra {done.resolved} tên đơn vị trước đây chưa rõ trong các kế hoạch.")
    if done.synced.added or done.synced.cancelled:
        click.echo(f"Lịch: thêm {done.synced.added} kỳ, đổi {done.synced.changed}, hủy {done.synced.cancelled}.")


@units.command("list")
@AUTHORITY
@JSON_LIST
def list_units(authority: str | None, as_json: bool) -> None:
    """Xem các đơn vị, hộp thư và người đứng đầu."""
    from deployments.cli.output.tables import table
    from models.session import reading
    from services.staff.queries import the_authority, units_of

    with reading() as session:
        rows = [_unit_facts(unit) for unit in units_of(session, the_authority(session, authority))]
    if as_json:
        print_json(rows)
        return
    head = ("Mã", "Tên", "Hộp thư", "Người đứng đầu", "Tên gọi khác")
    cells = [
        (
            r["code"],
            r["name"],
            r["mailbox"] or "CHƯA CÓ",
            r["head"]["name"] if r["head"] else "–",
            "; ".join(r["aliases"]),
        )
        for r in rows
    ]
    click.echo(table(head, cells, (0, 4, 4, 3, 3)) if rows else "Chưa có đơn vị nào: dondoc units import TỆP")


def _unit_facts(unit: Any) -> dict[str, Any]:
    return {
        "code": unit.code,
        "name": unit.name,
        "aliases": [alias.alias for alias in unit.aliases],
        "mailbox": unit.mailbox,
        "head": {"name": unit.head.name, "email": unit.head.email} if unit.head else None,
        "superior": unit.superior,
        "active": unit.active,
    }


@units.command("add")
@click.argument("name", metavar="TÊN")
@ALIAS
@click.option("--mailbox", metavar="THƯ", help="Hộp thư chung của đơn vị.")
@AUTHORITY
def add_unit(name: str, aliases: tuple[str, ...], mailbox: str | None, authority: str | None) -> None:
    """Thêm một đơn vị; tên chưa rõ trong các kế hoạch được nhận ra ngay nếu là đơn vị này."""
    from deployments.cli.prompts import actor
    from models.session import transaction
    from services.office import staff_editing as staff_edit
    from services.staff.queries import the_authority

    entry = _entry({"name": name, "aliases": aliases, "mailbox": mailbox})
    with transaction() as session:
        owner = the_authority(session, authority)
        unit = staff_edit.add_unit(session, owner, entry, actor())
        _follow(session, owner, f"Đã thêm {unit.name} ({unit.code}).")


@units.command("set")
@click.argument("unit", metavar="ĐƠN_VỊ")
@click.option("--name", metavar="TÊN", help="Tên mới.")
@ALIAS
@click.option("--no-alias", is_flag=True, help="Bỏ mọi tên gọi khác.")
@click.option("--mailbox", metavar="THƯ", help='Hộp thư chung mới; "" để bỏ.')
@click.option("--head", metavar="THƯ", help='Địa chỉ của người đứng đầu (đã có trong danh sách); "" để bỏ.')
@click.option("--active/--inactive", default=None, help="Đang hoạt động hay đã ngừng.")
@AUTHORITY
def set_unit(unit: str, head: str | None, no_alias: bool, authority: str | None, **given: Any) -> None:
    """Sửa một đơn vị: tên, tên gọi khác, hộp thư, người đứng đầu, còn hoạt động hay không."""
    from deployments.cli.prompts import actor
    from models.session import transaction
    from services.office import staff_editing as staff_edit
    from services.staff.queries import find_unit, the_authority

    fields = {name: value for name, value in given.items() if value is not None and value != ()}
    if no_alias:
        fields["aliases"] = ()
    with transaction() as session:
        owner = the_authority(session, authority)
        row = find_unit(session, owner, unit)
        lines = staff_edit.change_unit(session, row, _entry({"name": row.name, **fields}), actor()) if fields else []
        if head is not None:
            person = staff_edit.find_member(session, owner, head) if head else None
            if staff_edit.set_head(session, row, person, actor()):
                lines = [*lines, f"{row.name}: người đứng đầu → {person.name if person else '–'}"]
        _follow(session, owner, "\n".join(lines) or "Không có thay đổi.")


def _entry(fields: dict[str, Any]) -> "UnitEntry":
    from rules.staff.form import read_unit

    entry, problems = read_unit(fields)
    if entry is None:
        raise click.UsageError(problems[0].message)
    return entry


def _follow(session: "Session", owner: "Authority", said: str) -> None:
    """Say what was done, and what plans and occurrences make of it."""
    from services.office.staff_editing import follow
    from services.policy import terms_of

    resolved, synced = follow(session, owner, terms_of(today()))
    click.echo(said)
    if resolved:
        click.echo(f"Đã nhận ra {resolved} tên đơn vị trước đây chưa rõ trong các kế hoạch.")
    if synced.added or synced.cancelled:
        click.echo(f"Lịch: thêm {synced.added} kỳ, đổi {synced.changed}, hủy {synced.cancelled}.")
