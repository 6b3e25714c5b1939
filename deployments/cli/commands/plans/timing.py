"""`dondoc timing`: what a timing phrase means."""

import sys
from datetime import date, datetime

import click

from deployments.cli.commands.options import DAY, JSON, YEAR, day_of
from rules.timing import read_timing
from rules.timing.values import Timing

KINDS = {
    "deadline": "thời hạn",
    "window": "khoảng thời gian",
    "recurring": "định kỳ",
    "continuous": "thường xuyên",
    "milestones": "các mốc",
    "undetermined": "chưa xác định",
}


def day(value: date | None) -> str:
    """A day as offices write it; a dash when unknown."""
    return value.strftime("%d/%m/%Y") if value else "–"


def describe(timing: Timing) -> str:
    """A timing in Vietnamese, one fact a line."""
    lines = [f"Loại:            {KINDS[timing.kind]}"]
    if timing.start:
        lines.append(f"Bắt đầu:         {day(timing.start)}")
    if timing.due:
        lines.append(f"Hạn ghi:         {day(timing.due)}{' ' + timing.due_time if timing.due_time else ''}")
    if timing.last_day and timing.last_day != timing.due:
        lines.append(f"Ngày cuối còn đúng hạn: {day(timing.last_day)}")
    if timing.recurrence:
        lines.append("Lặp lại:         " + "; ".join(timing.recurrence.splitlines()))
    if timing.relative:
        unit = "giờ" if timing.relative.hours else "ngày làm việc" if timing.relative.working_days else "ngày"
        amount = timing.relative.hours or timing.relative.days
        lines.append(f"Tính từ:         {amount} {unit} kể từ: {timing.relative.event}")
    lines.extend(f"Mốc:             {day(mark.due)} {mark.target or ''}".rstrip() for mark in timing.milestones)
    if timing.reason:
        lines.append(f"Lưu ý:           {timing.reason}")
    return "\n".join(lines)


@click.command()
@click.argument("phrase", metavar="CỤM_TỪ")
@click.option("--year", type=YEAR, required=True, help="Năm của kế hoạch.")
@click.option("--issued", type=DAY, help="Ngày ban hành kế hoạch.")
@JSON
def timing(phrase: str, year: int, issued: datetime | None, as_json: bool) -> None:
    """Hiểu một cụm từ chỉ thời hạn ("Quý III-IV/2025"). Với "-": đọc mỗi dòng một cụm từ, in mỗi dòng một JSON."""
    signed = day_of(issued)
    if phrase == "-":
        for line in sys.stdin.buffer:
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            click.echo(read_timing(text, year, signed).model_dump_json())
        return
    understood = read_timing(phrase, year, signed)
    click.echo(understood.model_dump_json(indent=2) if as_json else describe(understood))
