"""Asking the person at the command line, in Vietnamese."""

import getpass
import sys

import click

from config.clock import now
from services.actor import Actor

_YES = {"c", "có", "co", "y", "yes", "đồng ý"}
_NO = {"", "k", "không", "khong", "n", "no"}


def confirm(question: str, yes: bool) -> bool:
    """Ask whether to go on. Without a terminal --yes is needed (exit 2)."""
    if yes:
        return True
    if not sys.stdin.isatty():
        raise click.UsageError(f"{question} Không có bàn phím để hỏi; thêm --yes để đồng ý.")
    while True:
        answer = click.prompt(f"{question} (có/không)", default="không", show_default=False, prompt_suffix=": ")
        if answer.strip().lower() in _YES:
            return True
        if answer.strip().lower() in _NO:
            return False
        click.echo("Xin trả lời “có” hoặc “không”.")


def confirm_by_name(question: str, name: str, yes: bool) -> bool:
    """Ask for a name to be typed before what cannot be undone."""
    if yes:
        return True
    if not sys.stdin.isatty():
        raise click.UsageError(f"{question} Không có bàn phím để hỏi; thêm --yes để đồng ý.")
    typed = click.prompt(f"{question} Gõ lại {name} để đồng ý", default="", show_default=False, prompt_suffix=": ")
    return str(typed).strip().upper() == name.upper()


def actor() -> Actor:
    """Whose hand this is: the account at the command line, now."""
    try:
        who = getpass.getuser()
    except (OSError, KeyError):
        who = "không rõ"
    return Actor(f"dòng lệnh: {who}", now())
