"""The `dondoc` command: the administrators' door.

Exit codes: 0 done, 1 something failed, 2 wrong use or unknown name, 3 an
unreadable or refused document. Errors are one Vietnamese sentence on stderr.
"""

import ast
import importlib
import re
import sys
from pathlib import Path

import click

from config.own_files import keep_private
from deployments.guard import guarded
from deployments.usage_errors import VietnameseHelp

_ROOM = "deployments.cli.commands"

COMMANDS = {
    "audit": "store",
    "backup": "store",
    "criteria": "scoring.criteria",
    "deploy": "prefect",
    "deputy": "staff.people",
    "doctor": "prefect",
    "erase-authority": "staff.authority",
    "erase-person": "privacy",
    "export-person": "privacy",
    "init": "store",
    "item": "plans.item",
    "link": "portal",
    "messages": "mail",
    "people": "staff.people",
    "periods": "reports.report",
    "plan": "plans.plan",
    "policy": "office.policy",
    "portal": "portal",
    "rehearse": "mail",
    "remind": "mail",
    "report": "reports.report",
    "reports": "reports.reports",
    "restore": "store",
    "run": "prefect",
    "score": "scoring.score",
    "status": "store",
    "timing": "plans.timing",
    "token": "token",
    "units": "staff.units",
    "workdays": "office.workdays",
    "worker": "prefect",
}
"""Command name -> module below deployments.cli.commands that has it, in a variable of that name (_ for -)."""


click.Context.formatter_class = VietnameseHelp


class Refused(click.ClickException):
    """A document that cannot or must not be read: exit code 3."""

    exit_code = 3


class LazyGroup(click.Group):
    """Lists its commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of the alphabet."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command by its name; None when there is none."""
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(f"{_ROOM}.{COMMANDS[name]}"), name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands for --help."""
        with formatter.section("Các lệnh"):
            formatter.write_dl([(name, summary(name)) for name in sorted(COMMANDS)])


def summary(name: str) -> str:
    """The first sentence of a command's docstring, read without importing its module."""
    source = (Path(__file__).parent / "commands" / f"{COMMANDS[name].replace('.', '/')}.py").read_text(encoding="utf-8")
    made = (node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef))
    told = next((ast.get_docstring(node) for node in made if node.name == name.replace("-", "_")), None) or ""
    return re.split(r"(?<=\.)\s|;", told.partition("\n")[0], maxsplit=1)[0].rstrip(".") + "."


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="dondoc", message="dondoc %(version)s")
def cli() -> None:
    """Đôn đốc thực hiện kế hoạch: từ văn bản kế hoạch đến lịch nhắc việc, thư đôn đốc và kết quả."""


def run(arguments: list[str] | None = None) -> int:
    """Run a command. Returns its exit code."""
    return guarded(lambda: cli.main(args=arguments, prog_name="dondoc", standalone_mode=False))


def main() -> None:
    """Entry point of the console script."""
    keep_private()
    sys.exit(run())


if __name__ == "__main__":
    main()
