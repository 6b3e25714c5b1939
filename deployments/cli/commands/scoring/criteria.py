"""`dondoc criteria`: sets of criteria, checked and brought in."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from deployments.cli.app import Refused
from deployments.cli.commands.options import FILE, JSON, JSON_LIST, PLAN, YEAR, print_json

if TYPE_CHECKING:
    from rules.scoring.criteria.checks import Finding
    from rules.scoring.criteria.sets import CriteriaSet


@click.group()
def criteria() -> None:
    """Bộ tiêu chí chấm điểm: kiểm tra, nhập, xem. Mẫu và cách ghi: thư mục config/criteria."""


@criteria.command("check")
@click.argument("file", type=FILE, metavar="TỆP")
@click.option("--year", type=YEAR, help="Năm của bộ tiêu chí, khi bảng không ghi.")
@click.option("--yaml", "yaml_file", type=FILE, help="Ghi bộ tiêu chí đọc được từ bảng ra tệp YAML để sửa tiếp.")
@JSON
def check(file: Path, year: int | None, yaml_file: Path | None, as_json: bool) -> None:
    """Kiểm tra một bộ tiêu chí: điểm con cộng đúng điểm cha, đủ tổng điểm, mọi cách tính đều đầy đủ.

    TỆP là YAML (cách ghi nằm ở đầu tệp config/criteria/par-index-commune-sample.yaml) hoặc văn bản
    có bảng tiêu chí như tỉnh ban hành (.docx, .xlsx, .pdf, .odt, .ods). Từ bảng, cách tính điểm được
    hiểu qua cột hướng dẫn chấm điểm; chỗ nào chưa hiểu thì nói rõ và để chấm trực tiếp.
    Mã thoát 3 khi bộ tiêu chí có lỗi; điểm cần lưu ý thì không.
    """
    from documents.reading.criteria.file import read_criteria_and_doubts
    from documents.writing.scoring.criteria_yaml import criteria_yaml
    from rules.scoring.criteria.checks import check_criteria, errors

    found, doubts = read_criteria_and_doubts(file, year)
    findings = (*check_criteria(found), *doubts)
    if yaml_file is not None:
        yaml_file.write_text(criteria_yaml(found, file.name), encoding="utf-8")
    wrong = errors(findings)
    if as_json:
        print_json(_as_json(found, findings))
    else:
        click.echo(_described(found, findings))
    if wrong:
        raise Refused(f"Bộ tiêu chí “{file.name}” có {len(wrong)} lỗi; sửa theo danh sách trên rồi kiểm tra lại.")


@criteria.command("import")
@click.argument("file", type=FILE, metavar="TỆP")
@click.option("--year", type=YEAR, help="Năm của bộ tiêu chí, khi bảng không ghi.")
def import_criteria(file: Path, year: int | None) -> None:
    """Nhập một bộ tiêu chí đúng, đủ (YAML hoặc bảng). Nhập lại không ghi trùng; nội dung khác là bản mới."""
    from deployments.cli.prompts import actor
    from services.scoring.steps import import_criteria as bring_in

    done = bring_in(file, actor(), year)
    said = "Đã nhập" if done.changed else "Không có gì thay đổi:"
    click.echo(f"{said} bộ tiêu chí {done.stored.code}, bản {done.stored.version}, năm {done.stored.year}.")


@criteria.command("list")
@JSON_LIST
def list_criteria(as_json: bool) -> None:
    """Các bộ tiêu chí đã nhập."""
    from services.scoring.steps import every_set

    rows = every_set()
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['year']}  {row['code']:<32} bản {row['version']}  {row['name']}")
    if not rows:
        click.echo("Chưa có bộ tiêu chí nào. Nhập bằng: dondoc criteria import TỆP")


@criteria.command("link")
@PLAN
@click.argument("criterion", metavar="TIÊU_CHÍ")
@click.argument("items", nargs=-1, required=True, metavar="NHIỆM_VỤ...")
@click.option("--criteria", "code", help="Mã bộ tiêu chí (mặc định: bộ mới nhất của năm kế hoạch).")
@click.option("--untie", is_flag=True, help="Gỡ liên kết thay vì thêm.")
def link(plan: str, criterion: str, items: tuple[str, ...], code: str | None, untie: bool) -> None:
    """Gắn nhiệm vụ của kế hoạch với tiêu chí: tiến độ, số liệu, tài liệu của nhiệm vụ nói lên điểm của tiêu chí."""
    from deployments.cli.prompts import actor
    from services.scoring import steps as scoring

    count = scoring.link(plan, criterion, items, actor(), code, untie=untie)
    click.echo(f"Đã {'gỡ' if untie else 'gắn'} {count} nhiệm vụ {'khỏi' if untie else 'với'} tiêu chí {criterion}.")


def _described(found: "CriteriaSet", findings: "tuple[Finding, ...]") -> str:
    from rules.numbers import number_words

    total = found.maximum
    lines = [
        f"{found.code}: {found.name} (năm {found.year}, cấp {found.level}{', MẪU' if found.sample else ''})",
        f"{len(found.areas)} lĩnh vực, {len(found.leaves)} tiêu chí chấm điểm, tổng {number_words(total)} điểm.",
    ]
    for area in found.areas:
        count = sum(1 for _ in area.leaves())
        lines.append(f"  {area.code:<6} {number_words(area.maximum):>6} điểm  {count:>3} tiêu chí  {area.name}")
    lines += [f"{'Lỗi' if one.error else 'Lưu ý'}: {one.message}" for one in findings]
    return "\n".join([*lines, *(["Bộ tiêu chí đúng, đủ."] if not findings else [])])


def _as_json(found: "CriteriaSet", findings: "tuple[Finding, ...]") -> dict[str, object]:
    return {
        "ok": not any(one.error for one in findings),
        "code": found.code,
        "name": found.name,
        "year": found.year,
        "level": found.level,
        "sample": found.sample,
        "total": float(found.maximum),
        "areas": [{"code": area.code, "name": area.name, "max": float(area.maximum)} for area in found.areas],
        "leaves": len(found.leaves),
        "findings": [{"code": one.code, "message": one.message, "error": one.error} for one in findings],
    }
