"""`dondoc score`: forecast, difference, history, next year's draft plan."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from config.clock import ZONE, today
from deployments.cli.commands.options import DAY, FILE, JSON, JSON_LIST, PLAN, day_of, print_json
from deployments.cli.commands.scoring.round import which_round
from deployments.cli.output.scoring import plain, sheet_json
from rules.audit import action_words
from rules.numbers import number_words
from rules.scoring.round import LOST_REASONS

if TYPE_CHECKING:
    from rules.scoring.difference import Difference
    from services.scoring.forecast import PlanForecast


@click.command("forecast")
@PLAN
@click.option("--date", "given", type=DAY, help="Ngày dự báo (mặc định: hôm nay).")
@click.option("--criteria", help="Mã bộ tiêu chí (mặc định: bộ mới nhất của năm kế hoạch).")
@JSON
def forecast(plan: str, given: datetime | None, criteria: str | None, as_json: bool) -> None:
    """Dự báo điểm của kế hoạch tại một ngày: điểm hiện có, điểm còn đạt được, việc nào đang giữ bao nhiêu điểm.

    Tiêu chí chưa có tài liệu kiểm chứng không được tính điểm. Việc cần làm trước đứng trên.
    """
    from services.scoring.steps import forecast_of

    found = forecast_of(plan, day_of(given) or today(), criteria)
    if as_json:
        print_json(_forecast_json(found))
        return
    click.echo(_described(found))


def _forecast_json(found: "PlanForecast") -> dict[str, Any]:
    what = found.forecast
    sheet = sheet_json(what.sheet)
    by_code = {leaf.now.code: leaf for leaf in what.leaves}
    for one in sheet["leaves"]:
        leaf = by_code[one["code"]]
        one |= {"reachable": plain(leaf.reachable), "at_risk": plain(leaf.at_risk), "lost": plain(leaf.lost),
                "missing": list(leaf.missing), "items": list(leaf.items)}  # fmt: skip
    items = [
        {
            "item": one.item,
            "title": one.title,
            "unit": one.unit,
            "last_day": one.last_day.isoformat(),
            "days_late": one.days_late,
            "points": plain(one.points),
            "criteria": list(one.criteria),
        }
        for one in what.items
    ]
    head = {"plan": found.plan_code, "criteria": found.criteria.code, "date": what.day.isoformat()}
    return {**head, **sheet, "reachable": plain(what.reachable), "at_risk": plain(what.at_risk), "items": items}


def _described(found: "PlanForecast") -> str:
    what, sheet = found.forecast, found.forecast.sheet
    lines = [
        f"Kế hoạch {found.plan_code} theo bộ tiêu chí {found.criteria.code}, ngày {what.day:%d/%m/%Y}",
        f"Điểm hiện có: {number_words(sheet.total)}/{number_words(sheet.counted)}; còn đạt được: "
        f"{number_words(what.reachable)}.",
    ]
    if sheet.pending:
        lines.append(f"Chưa tính {number_words(sheet.pending)} điểm điều tra xã hội học.")
    lines.append("\nLàm trước:")
    for one in what.items[:30]:
        when = f"trễ {one.days_late} ngày" if one.days_late else f"hạn {one.last_day:%d/%m/%Y}"
        lines.append(f"  {one.item:<12} {when}, đang giữ {number_words(one.points)} điểm ({', '.join(one.criteria)})")
        lines.append(f"               {one.title[:100]} · {one.unit}")
    if not what.items:
        lines.append("  Không có nhiệm vụ nào đang giữ điểm.")
    lines.append("\nTiêu chí còn thiếu:")
    risky = sorted((leaf for leaf in what.leaves if leaf.at_risk), key=lambda leaf: -leaf.at_risk)
    for leaf in risky:
        lines.append(f"  {leaf.now.code:<8} thiếu {number_words(leaf.at_risk):<6} {leaf.now.name[:70]}")
        lines.extend(f"           - {words}" for words in leaf.missing)
    return "\n".join(lines)


@click.command("difference")
@which_round
@click.option("--all-years", is_flag=True, help="Mọi năm của cơ quan.")
@JSON_LIST
def difference(authority: str | None, criteria: str | None, all_years: bool, as_json: bool) -> None:
    """So sánh điểm tự chấm với điểm thẩm định: theo tiêu chí, đơn vị và nguyên nhân mất điểm."""
    from services.scoring import steps as scoring_steps

    where = scoring_steps.Where(authority, criteria)
    found = scoring_steps.differences(authority) if all_years else [scoring_steps.difference(where)]
    if as_json:
        print_json([_difference_json(one) for one in found])
        return
    for one in found:
        click.echo(_difference_words(one))


def _difference_json(one: "Difference") -> dict[str, Any]:
    return {
        "year": one.year,
        "criteria": one.criteria,
        "self_total": plain(one.self_total),
        "verified_total": plain(one.verified_total),
        "changed": plain(one.changed),
        "units": [{"unit": unit, "lost": plain(lost), "changed": plain(taken)} for unit, lost, taken in one.by_unit],
        "reasons": [
            {"reason": key, "words": LOST_REASONS[key], "lost": plain(points)} for key, points in one.by_reason
        ],
        "leaves": [
            {"code": leaf.code, "name": leaf.name, "unit": leaf.unit, "max": plain(leaf.counted),
             "self": plain(leaf.self_score), "verified": plain(leaf.verified), "difference": plain(leaf.difference),
             "lost": plain(leaf.lost), "remark": leaf.remark}
            for leaf in one.leaves
        ],
    }  # fmt: skip


def _difference_words(one: "Difference") -> str:
    verified = number_words(one.verified_total) if one.verified_total is not None else "chưa có"
    lines = [
        f"Năm {one.year}: tự chấm {number_words(one.self_total)}, thẩm định {verified}, thay đổi phần tự chấm "
        f"{number_words(one.changed)}."
    ]
    for leaf in one.below:
        last = f"{number_words(leaf.last)}/{number_words(leaf.counted)}"
        lines.append(f"  {leaf.code:<8} tự chấm {number_words(leaf.self_score)}, còn {last}  "
                     f"{leaf.name[:60]} · {leaf.unit}")  # fmt: skip
    lines += [f"  {unit or 'chưa phân công'}: mất {number_words(lost)}, thẩm định đổi {number_words(taken)}"
              for unit, lost, taken in one.by_unit]  # fmt: skip
    lines += [f"  {LOST_REASONS[key]}: {number_words(points)}" for key, points in one.by_reason]
    return "\n".join(lines)


@click.command("remedial")
@which_round
@click.option("-o", "--output", type=FILE, required=True, help="Tệp .docx sẽ ghi.")
def remedial(authority: str | None, criteria: str | None, output: Path) -> None:
    """Dự thảo kế hoạch khắc phục năm sau từ các điểm đã mất; nhập lại được bằng dondoc plan import."""
    from services.scoring import steps as scoring_steps

    content, count = scoring_steps.draft_plan(scoring_steps.Where(authority, criteria))
    output.write_bytes(content)
    click.echo(f"Đã ghi dự thảo {count} nhiệm vụ vào {output}. Sửa xong, nhập bằng: dondoc plan import {output}")


@click.command("history")
@click.argument("criterion", metavar="TIÊU_CHÍ")
@which_round
@JSON_LIST
def history(criterion: str, authority: str | None, criteria: str | None, as_json: bool) -> None:
    """Mọi lần thay đổi điểm của một tiêu chí: ai, khi nào, trước và sau, vì sao."""
    from services.scoring.steps import history as history_of

    rows = history_of(authority, criteria, criterion)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        at = datetime.fromisoformat(row["at"]).astimezone(ZONE)
        click.echo(f"{at:%H:%M %d/%m/%Y}  {row['who']}  {action_words(row['action'])}")
        for line in [*row["changes"], *([f"Lý do, ghi chú: {row['note']}"] if row["note"] else [])]:
            click.echo(f"    {line}")


COMMANDS = (forecast, difference, remedial, history)
"""What `dondoc score` adds from here."""
