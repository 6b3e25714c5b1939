"""`dondoc plan`: read, import, show, export and remove plans."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from config.clock import today

if TYPE_CHECKING:
    from models.importing import Imported

FILE = click.Path(path_type=Path)
YEAR = click.IntRange(1990, 2200)


@click.group()
def plan() -> None:
    """Đọc, nhập, xem, xuất và gỡ kế hoạch."""


@plan.command("read")
@click.argument("file", type=FILE, metavar="TỆP")
@click.option("--year", type=YEAR, help="Năm của kế hoạch, khi văn bản không ghi.")
@click.option("--authority", help="Mã cơ quan có danh sách đơn vị dùng để nhận tên.")
@click.option("--json", "as_json", is_flag=True, help="In JSON.")
def read_file(file: Path, year: int | None, authority: str | None, as_json: bool) -> None:
    """Đọc một văn bản kế hoạch và nói đã hiểu gì. Không ghi gì."""
    from deployments.plan_words import describe_reading
    from documents.reading.interpret import read_plan
    from tasks.importing import known_units

    reading = read_plan(file, units=known_units(authority), year=year)
    click.echo(reading.model_dump_json(indent=2) if as_json else describe_reading(reading))


@plan.command("import")
@click.argument("file", type=FILE, metavar="TỆP")
@click.option("--yes", is_flag=True, help="Đồng ý nhập, không hỏi lại.")
@click.option("--code", help="Mã kế hoạch trong dondoc (mặc định: theo số, ký hiệu và năm).")
@click.option("--year", type=YEAR, help="Năm của kế hoạch, khi văn bản không ghi.")
@click.option("--authority", help="Mã hoặc tên cơ quan, khi cơ sở dữ liệu có nhiều cơ quan.")
@click.option("--overwrite-edits", is_flag=True, help="Lấy theo văn bản cả những chỗ đã sửa bằng tay.")
@click.option("--json", "as_json", is_flag=True, help="In JSON.")
def import_file(
    file: Path,
    *,
    yes: bool,
    code: str | None,
    year: int | None,
    authority: str | None,
    overwrite_edits: bool,
    as_json: bool,
) -> None:
    """Nhập một văn bản kế hoạch: cho xem đã hiểu gì, có gì thay đổi, hỏi rồi mới ghi. Nhập lại không ghi trùng."""
    from deployments.asking import confirm, hand
    from deployments.plan_words import describe_diff, describe_reading
    from tasks.importing import Options, propose, store

    proposal = propose(file, Options(code, year, authority, overwrite_edits))
    say = _silent if as_json else click.echo
    if proposal.diff.is_new:
        say(describe_reading(proposal.reading) + "\n")
    say(describe_diff(proposal.diff))
    agreed = proposal.diff.empty or confirm(f"Nhập kế hoạch {proposal.request.code}?", yes)
    if not agreed:
        click.echo("Chưa nhập, chưa ghi gì.", err=as_json)
        return
    done = store(proposal, hand(), today())
    if as_json:
        click.echo(json.dumps({"plan": done.diff.code, "version": done.version, "changed": not done.diff.empty,
                               "diff": asdict(done.diff), "occurrences": asdict(done.synced),
                               "created_units": list(done.created_units)}, ensure_ascii=False, indent=2))  # fmt: skip
    elif not done.diff.empty:
        click.echo(_imported(done))


def _silent(_text: str) -> None:
    """With --json only the JSON is printed."""


def _imported(done: "Imported") -> str:
    from deployments.plan_words import summary

    what = f"{len(done.diff.items)} nhiệm vụ" if done.diff.is_new else summary(done.diff)
    lines = [f"Đã nhập kế hoạch {done.diff.code}, bản {done.version}: {what}."]
    lines.append(f"Lịch: thêm {done.synced.added} kỳ, đổi {done.synced.changed}, hủy {done.synced.cancelled}.")
    if done.created_units:
        lines.append(
            f"Đã ghi nhận {len(done.created_units)} đơn vị nêu trong kế hoạch, chưa có hộp thư: "
            f"{', '.join(done.created_units)}.\nThêm hộp thư, người đứng đầu: dondoc units import TỆP"
        )
    return "\n".join(lines)
