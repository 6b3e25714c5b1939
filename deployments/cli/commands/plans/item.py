"""`dondoc item`: see, correct and complete single items."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from config.clock import today
from deployments.cli.commands.options import DAY, JSON_LIST, PLAN, day_of, print_json

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Item, Occurrence, Unit

CODE = click.argument("code", metavar="MÃ_NHIỆM_VỤ")


@click.group()
def item() -> None:
    """Xem, sửa, đánh dấu hoàn thành một nhiệm vụ."""


@item.command("list")
@PLAN
@click.option("--state", metavar="TRẠNG_THÁI", help="Chỉ nhiệm vụ ở trạng thái này, ví dụ “Quá hạn”.")
@JSON_LIST
def list_items(plan: str, state: str | None, as_json: bool) -> None:
    """Xem các nhiệm vụ của một kế hoạch: trạng thái, hạn gần nhất, chủ trì, điểm còn phải hỏi."""
    from deployments.cli.output.items import item_rows, items_table

    rows = item_rows(plan, today())
    if state is not None:
        rows = [row for row in rows if row["state"].lower() == state.strip().lower()]
    if as_json:
        print_json(rows)
        return
    click.echo(items_table(rows))


@item.command("date")
@PLAN
@CODE
@click.option("--due", type=DAY, help="Thời hạn (YYYY-MM-DD hoặc DD/MM/YYYY).")
@click.option("--event-day", type=DAY, help="Ngày xảy ra sự kiện mà thời hạn tính từ đó.")
def set_date(plan: str, code: str, due: datetime | None, event_day: datetime | None) -> None:
    """Nhập thời hạn cho nhiệm vụ, hoặc ngày của sự kiện để dondoc tính thời hạn."""
    from services.plans.corrections import set_due, set_event_day

    if (due is None) == (event_day is None):
        raise click.UsageError("Cần đúng một trong hai: --due NGÀY hoặc --event-day NGÀY.")

    def change(session: "Session", row: "Item") -> bool:
        from deployments.cli.prompts import actor
        from services.policy import terms_of

        terms = terms_of(today())
        if event_day is not None:
            return set_event_day(session, row, event_day.date(), actor(), terms)
        return set_due(session, row, _checked(day_of(due)), actor(), terms)

    _change(plan, code, change)


def _checked(due: date | None) -> date:
    """A day that can be meant: a year typed with two digits is not."""
    if due is None or not 2000 <= due.year <= 2100:
        raise click.UsageError(f"Thời hạn {due} không hợp lý; viết đủ năm, ví dụ 2026-06-30.")
    return due


@item.command("lead")
@PLAN
@CODE
@click.argument("units", nargs=-1, required=True, metavar="ĐƠN_VỊ...")
def set_leads(plan: str, code: str, units: Sequence[str]) -> None:
    """Đặt đơn vị chủ trì (mã hoặc tên; nhiều đơn vị cách nhau bằng dấu cách)."""
    from services.plans.corrections import set_lead
    from services.staff.queries import find_unit

    def change(session: "Session", row: "Item") -> bool:
        from deployments.cli.prompts import actor
        from services.policy import terms_of

        chosen = [find_unit(session, row.plan.authority, name) for name in units]
        return set_lead(session, row, list(dict.fromkeys(chosen)), actor(), terms_of(today()))

    _change(plan, code, change)


@item.command("title")
@PLAN
@CODE
@click.argument("title", metavar="NỘI_DUNG")
def change_title(plan: str, code: str, title: str) -> None:
    """Sửa nội dung nhiệm vụ."""
    from services.plans.corrections import set_title

    text = " ".join(title.split())
    if not text:
        raise click.UsageError("Nội dung nhiệm vụ không được để trống.")

    def change(session: "Session", row: "Item") -> bool:
        from deployments.cli.prompts import actor

        return set_title(session, row, text, actor())

    _change(plan, code, change)


_WISHES = (
    click.option("--timing", "phrase", metavar="TIẾN_ĐỘ", help="Tiến độ viết như trong kế hoạch, ví dụ “Quý IV/2026”."),
    click.option("--due", type=DAY, help="Hoặc thời hạn cụ thể."),
    click.option(
        "--lead", multiple=True, metavar="ĐƠN_VỊ", help="Cơ quan chủ trì (mã; nhiều đơn vị thì ghi nhiều lần)."
    ),
    click.option("--coordinator", "coordinating", multiple=True, metavar="ĐƠN_VỊ", help="Cơ quan phối hợp (mã)."),
    click.option(
        "--result", "results", multiple=True, metavar="KẾT_QUẢ", help="Kết quả, sản phẩm; nhiều thì ghi nhiều lần."
    ),
    click.option("--yes", is_flag=True, help="Đồng ý ghi, không hỏi lại."),
)


def _wishes(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_WISHES):
        command = option(command)
    return command


@item.command("edit")
@PLAN
@CODE
@click.option("--title", metavar="NỘI_DUNG", help="Nội dung mới.")
@click.option("--drop", is_flag=True, help="Bỏ nhiệm vụ khỏi kế hoạch; lịch sử được giữ.")
@_wishes
def edit_item(plan: str, code: str, yes: bool, **wish: Any) -> None:
    """Sửa một nhiệm vụ trong năm: cho xem thay đổi, đơn vị nào được báo, hỏi rồi ghi thành phiên bản mới."""
    _edit(plan, code, yes, wish, new=False)


@item.command("add")
@PLAN
@CODE
@click.option("--title", metavar="NỘI_DUNG", required=True, help="Nội dung nhiệm vụ.")
@_wishes
def add_item(plan: str, code: str, yes: bool, **wish: Any) -> None:
    """Thêm một nhiệm vụ vào kế hoạch đang thực hiện: cho xem, hỏi rồi ghi thành phiên bản mới."""
    _edit(plan, code, yes, wish, new=True)


def _edit(plan: str, code: str, yes: bool, wish: dict[str, Any], *, new: bool) -> None:
    from deployments.cli.output.plans import describe_change
    from deployments.cli.prompts import actor, confirm
    from models.session import reading, transaction
    from services.plans.editing import apply_edit
    from services.plans.import_document import edit_of, planned_edit
    from services.policy import terms_of

    given = {name: value for name, value in wish.items() if value not in (None, ())}
    if "due" in given:
        given["due"] = _checked(given["due"].date())
    with reading() as session:
        seen = planned_edit(session, plan, code, given, new=new)
    if seen.change is None:
        click.echo("Không có thay đổi.")
        return
    click.echo(describe_change(seen.change, seen.told))
    if not confirm(f"Ghi thành phiên bản {seen.version + 1} của kế hoạch {plan}?", yes):
        click.echo("Chưa ghi gì.")
        return
    with transaction() as session:
        edit = edit_of(session, plan, code, given, new=new, version=seen.version)
        apply_edit(session, edit, actor(), terms_of(today()))
    click.echo("Đã ghi.")


@item.command("join")
@PLAN
@CODE
@click.argument("into", metavar="MÃ_GIỮ_LẠI")
def join(plan: str, code: str, into: str) -> None:
    """Gộp một nhiệm vụ vào nhiệm vụ khác của cùng sổ: giữ một việc, ghi cả hai văn bản giao."""
    from deployments.cli.prompts import actor
    from models.session import transaction
    from services.plans.queries import find_item, find_plan
    from services.plans.register import join_items
    from services.policy import terms_of

    with transaction() as session:
        owner = find_plan(session, plan, lock=True)
        kept = find_item(session, owner, into)
        join_items(session, find_item(session, owner, code), kept, actor(), terms_of(today()))
        shown = f"{kept.code}, {len(kept.assigned)} văn bản giao"
    click.echo(f"Đã gộp {code} vào {shown}.")


@item.command("done")
@PLAN
@CODE
@click.option("--unit", "unit_name", metavar="ĐƠN_VỊ", help="Chỉ kỳ của đơn vị này.")
@click.option("--key", metavar="KỲ", help="Chỉ kỳ này (xem bằng dondoc item list --json).")
@click.option("--on", type=DAY, help="Ngày hoàn thành (mặc định: hôm nay).")
def done(plan: str, code: str, unit_name: str | None, key: str | None, on: datetime | None) -> None:
    """Đánh dấu hoàn thành: các kỳ đã mở (hoặc kỳ sắp tới) được đóng, các mốc nhắc còn lại dừng ngay."""
    from services.plans.corrections import mark_done

    day = day_of(on) or today()
    if day > today():
        raise click.UsageError(f"Ngày hoàn thành {day:%d/%m/%Y} ở tương lai.")

    def close(session: "Session", row: "Item", unit: "Unit | None") -> list["Occurrence"]:
        from deployments.cli.prompts import actor

        return mark_done(session, row, day, actor(), unit=unit, key=key)

    _close(plan, code, unit_name, close, "hoàn thành")


@item.command("reopen")
@PLAN
@CODE
@click.option("--unit", "unit_name", metavar="ĐƠN_VỊ", help="Chỉ kỳ của đơn vị này.")
@click.option("--key", metavar="KỲ", help="Chỉ kỳ này.")
def reopen_item(plan: str, code: str, unit_name: str | None, key: str | None) -> None:
    """Bỏ đánh dấu hoàn thành; các mốc nhắc chưa đến được nhắc lại."""
    from services.plans.corrections import reopen

    def open_again(session: "Session", row: "Item", unit: "Unit | None") -> list["Occurrence"]:
        from deployments.cli.prompts import actor
        from services.policy import terms_of

        return reopen(session, row, actor(), terms_of(today()), unit=unit, key=key)

    _close(plan, code, unit_name, open_again, "mở lại")


def _change(plan: str, code: str, change: Callable[["Session", "Item"], bool]) -> None:
    """Change an item in one transaction, and show how it stands."""
    from deployments.cli.output.items import item_rows, items_table
    from models.session import transaction
    from services.plans.queries import find_item, find_plan

    with transaction() as session:
        owner = find_plan(session, plan, lock=True)
        row = find_item(session, owner, code)
        changed, shown = change(session, row), row.code
    click.echo("Đã sửa." if changed else "Không có thay đổi.")
    click.echo(items_table([one for one in item_rows(plan, today()) if one["code"] == shown]))


def _close(
    plan: str,
    code: str,
    unit_name: str | None,
    work: Callable[["Session", "Item", "Unit | None"], list["Occurrence"]],
    word: str,
) -> None:
    from models.session import transaction
    from services.plans.queries import find_item, find_plan
    from services.staff.queries import find_unit

    with transaction() as session:
        owner = find_plan(session, plan, lock=True)
        row = find_item(session, owner, code)
        unit = find_unit(session, owner.authority, unit_name) if unit_name else None
        lines = [_closed(one) for one in work(session, row, unit)]
        head = f"{owner.code} {row.code}: {word} {len(lines)} kỳ."
    click.echo("\n".join([head, *lines]))


def _closed(row: Any) -> str:
    return f"  {row.label or row.key} · {row.unit.name}"
