"""`dondoc token`: keys with which other machines read the API."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from config.clock import ZONE, now
from deployments.cli.commands.options import JSON_LIST, print_json

if TYPE_CHECKING:
    from models.access import ApiToken

STATES = {"open": "còn hiệu lực", "expired": "hết hạn", "revoked": "đã thu hồi"}
"""The states of a token as people read them."""


@click.group()
def token() -> None:
    """Tạo, xem, thu hồi khóa đọc dữ liệu cho phần mềm khác (API /api/v1, /metrics)."""


@token.command("create")
@click.argument("name", metavar="TÊN")
@click.option(
    "--scope",
    type=click.Choice(["read", "metrics"]),
    default="read",
    show_default=True,
    help="read: kế hoạch, nhiệm vụ, tiến độ, thư, số liệu; metrics: chỉ số giám sát.",
)
@click.option("--authority", help="Chỉ dữ liệu của một cơ quan (mã hoặc tên). Mặc định: mọi cơ quan.")
@click.option("--days", type=click.IntRange(1, 3650), default=365, show_default=True, help="Số ngày có hiệu lực.")
def create_token(name: str, scope: str, authority: str | None, days: int) -> None:
    """Tạo khóa cho một phần mềm; khóa chỉ in ra một lần này."""
    from deployments.cli.prompts import actor
    from models.access import TokenScope
    from models.session import transaction
    from services.access.api_tokens import make_token
    from services.staff.queries import the_authority

    wanted = " ".join(name.split())
    if not wanted or len(wanted) > 100:
        raise click.UsageError("Tên khóa cần từ 1 đến 100 ký tự.")
    with transaction() as session:
        owner = the_authority(session, authority) if authority else None
        made = make_token(session, wanted, TokenScope(scope), actor(), days=days, authority=owner)
    click.echo(made)
    click.echo(f"Khóa “{wanted}” có hiệu lực {days} ngày. Hãy cất ngay: dondoc chỉ lưu mã băm của khóa.", err=True)


@token.command("list")
@JSON_LIST
def list_tokens(as_json: bool) -> None:
    """Xem các khóa (không có nội dung khóa)."""
    from deployments.cli.output.tables import table
    from models.session import reading
    from services.access.api_tokens import tokens

    at = now()
    with reading() as session:
        rows = [_told(row, at) for row in tokens(session)]
    if as_json:
        print_json(rows)
        return
    cells = [
        (one["name"], one["scope"], one["authority"] or "mọi cơ quan", _day(one["expires_at"]), STATES[one["state"]])
        for one in rows
    ]
    head = ("Tên", "Phạm vi", "Cơ quan", "Đến ngày", "Tình trạng")
    click.echo(table(head, cells, (3, 0, 2, 0, 0)) if rows else "Chưa có khóa nào: dondoc token create TÊN")


def _told(row: "ApiToken", at: datetime) -> dict[str, Any]:
    """A token as JSON tells of it."""
    return {
        "name": row.name,
        "scope": row.scope.value,
        "authority": row.authority.code if row.authority else None,
        "created_at": row.created_at.isoformat(),
        "expires_at": row.expires_at.isoformat(),
        "last_used_at": row.last_used_at.isoformat() if row.last_used_at else None,
        "state": "revoked" if row.revoked_at else "open" if row.holds(at) else "expired",
    }


def _day(moment: str) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(ZONE):%d/%m/%Y}"


@token.command("revoke")
@click.argument("name", metavar="TÊN")
def end_token(name: str) -> None:
    """Thu hồi một khóa ngay lập tức."""
    from deployments.cli.prompts import actor
    from models.session import transaction
    from services.access.api_tokens import revoke_token

    with transaction() as session:
        held = revoke_token(session, " ".join(name.split()), actor())
    click.echo(f"Đã thu hồi khóa “{name}”." if held else f"Khóa “{name}” đã được thu hồi từ trước.")
