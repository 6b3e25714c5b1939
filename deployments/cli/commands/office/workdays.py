"""`dondoc workdays`: holidays, swapped days and the office's own days."""

from datetime import date, datetime
from typing import Any

import click

from config.clock import today
from config.settings import load_settings
from deployments.cli.commands.office.policy import YES, put, tell_effect
from deployments.cli.commands.options import AUTHORITY, DAY, JSON_LIST, print_json
from services.office.files import OfficeFile

DRY = click.option("--preview", is_flag=True, help="Chỉ xem ảnh hưởng, không áp dụng.")


@click.group()
def workdays() -> None:
    """Ngày nghỉ, ngày làm bù của năm: xem, thêm, bỏ; cho xem mốc nhắc nào đổi ngày trước khi áp dụng."""


@workdays.command("show")
@click.argument("year", type=click.IntRange(2015, 2050), required=False, metavar="[NĂM]")
@JSON_LIST
def show_year(year: int | None, as_json: bool) -> None:
    """Các ngày nghỉ và ngày làm bù của một năm, với căn cứ; năm nay nếu không ghi."""
    from services.policy import office_special_days

    wanted = year or today().year
    special = office_special_days()
    days = [one for one in special.days if one.day.year == wanted]
    if as_json:
        rows = [
            {"day": one.day.isoformat(), "works": one.works, "label": one.label, "source": one.source} for one in days
        ]
        print_json(rows)
        return
    for one in days:
        click.echo(f"{one.day:%d/%m/%Y}  {'làm việc' if one.works else 'nghỉ    '}  {one.label}  ({one.source})")
    if special.missing_override_years([wanted]):
        click.echo(f"Chưa có ngày hoán đổi của năm {wanted}: nhập theo thông báo nghỉ lễ, Tết của năm.")


@workdays.command("add")
@click.argument("kind", type=click.Choice(["off", "work"]), metavar="off|work")
@click.argument("first", type=DAY, metavar="TỪ_NGÀY")
@click.argument("last", type=DAY, required=False, metavar="[ĐẾN_NGÀY]")
@click.option("--label", required=True, help="Dịp nghỉ hoặc làm bù.")
@click.option("--source", required=True, help="Số, ký hiệu, ngày của văn bản làm căn cứ.")
@AUTHORITY
@DRY
@YES
def add_days(kind: str, first: datetime, last: datetime | None, label: str, source: str, **how: Any) -> None:
    """Thêm ngày nghỉ (off) hoặc ngày làm việc, làm bù (work)."""
    from config.overrides import Override, with_override

    until = (last or first).date()
    new = Override(first.date(), until, kind == "work", " ".join(label.split()), " ".join(source.split()))
    _change(with_override(_now(), new), f"Thêm {new.words}: {new.label} ({new.source})", **how)


@workdays.command("remove")
@click.argument("day", type=DAY, metavar="NGÀY")
@AUTHORITY
@DRY
@YES
def remove_days(day: datetime, **how: Any) -> None:
    """Bỏ mục do cơ quan nhập có chứa ngày này."""
    from config.overrides import overrides_in, without_override

    text, at = _now(), day.date()
    found = [one for one in overrides_in(text) if one.first <= at <= one.last]
    if not found:
        raise click.UsageError(f"{_shown(at)} không có trong tệp ngày nghỉ, ngày làm bù của cơ quan.")
    _change(without_override(text, found[0].key), f"Bỏ mục: {found[0].words}, {found[0].label}", **how)


def _shown(day: date) -> str:
    return f"Ngày {day:%d/%m/%Y}"


def _now() -> str:
    from services.office.files import in_force

    return in_force(load_settings(), OfficeFile.WORKING_DAYS).text


def _change(text: str, what: str, *, authority: str | None, preview: bool, yes: bool) -> None:
    from services.office.proposals import with_working_days

    click.echo(what)
    tell_effect(authority, with_working_days(load_settings(), text), whole=False)
    if not preview:
        put(OfficeFile.WORKING_DAYS, text, what, yes)
