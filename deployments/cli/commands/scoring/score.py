"""`dondoc score`: scoring from files, forecast, and the yearly round."""

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deployments.cli.commands.options import FILE, JSON, print_json
from deployments.cli.output.scoring import describe_sheet, sheet_json

if TYPE_CHECKING:
    from rules.scoring.criteria.sets import CriteriaSet
    from rules.scoring.entry import Figures


LAZY = {
    "deployments.cli.commands.scoring.round": (
        "accept", "approve", "checks", "dossier", "enter", "explain", "explain-until", "finish", "open", "reopen",
        "return", "review", "second", "send", "show", "submit", "verify",
    ),
    "deployments.cli.commands.scoring.result": ("difference", "forecast", "history", "remedial"),
}  # fmt: skip
"""Commands that need the database, by the module that has them: computing from files must answer at once."""


class ScoreGroup(click.Group):
    """The group; imports its other commands on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of the alphabet."""
        return sorted([*self.commands, *(name for names in LAZY.values() for name in names)])

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command by its name; None when there is none."""
        for module, names in LAZY.items():
            if name in names:
                commands: tuple[click.Command, ...] = importlib.import_module(module).COMMANDS
                return next(command for command in commands if command.name == name)
        return super().get_command(ctx, name)


@click.group(cls=ScoreGroup)
def score() -> None:
    """Tự chấm điểm: tính từ tệp, dự báo, và đợt chấm điểm hằng năm."""


@score.command("compute")
@click.argument("criteria", type=FILE, metavar="BỘ_TIÊU_CHÍ")
@click.argument("figures", type=FILE, metavar="SỐ_LIỆU")
@JSON
@click.option("--rescale", is_flag=True, help="Quy điểm về tổng tối đa khi có phần chưa chấm hoặc không áp dụng.")
def compute(criteria: Path, figures: Path, as_json: bool, rescale: bool) -> None:
    """Chấm điểm từ hai tệp YAML, không cần cơ sở dữ liệu; từng tiêu chí có điểm, điểm tối đa và giải thích.

    BỘ_TIÊU_CHÍ: cách ghi nằm ở đầu tệp config/criteria/par-index-commune-sample.yaml.

    SỐ_LIỆU: mục figures, mỗi dòng một mã tiêu chí và số liệu, viết ngắn (18/20; 92,5; đúng hạn;
    true; không áp dụng) hoặc đủ ({part: 18, whole: 20, evidence: …}); cách ghi nằm ở đầu tệp
    config/criteria/all-rules-figures.yaml. Với require_evidence: true, tiêu chí không ghi
    evidence thì không được điểm.
    """
    from documents.reading.criteria.file import read_criteria, read_figures
    from rules.scoring.score import score_set

    found = read_criteria(criteria)
    given = read_figures(figures, found)
    sheet = score_set(found, given.figures, require_evidence=given.require_evidence)
    warnings = _warnings(found, given)
    rescaled = sheet.rescaled(found.rounding) if rescale else None
    if as_json:
        head = {"criteria": found.code, "name": found.name, "year": found.year, "authority": given.authority}
        content = {**head, **sheet_json(sheet, rescaled), "warnings": warnings}
        print_json(content)
        return
    click.echo(describe_sheet(found, sheet, rescaled))
    for warning in warnings:
        click.echo(f"Lưu ý: {warning}", err=True)


def _warnings(criteria: "CriteriaSet", figures: "Figures") -> list[str]:
    """Mismatches of the two files that do not hinder scoring."""
    found = []
    if figures.criteria and figures.criteria != criteria.code:
        found.append(f"Tệp số liệu ghi cho bộ tiêu chí {figures.criteria}, nhưng đang chấm theo {criteria.code}.")
    if figures.year is not None and figures.year != criteria.year:
        found.append(f"Tệp số liệu ghi năm {figures.year}, bộ tiêu chí là của năm {criteria.year}.")
    return found
