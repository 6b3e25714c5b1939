"""Types, arguments and options that commands share."""

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

DAY = click.DateTime(["%Y-%m-%d", "%d/%m/%Y"])
YEAR = click.IntRange(1990, 2200)
FILE = click.Path(path_type=Path)
"""A path of any kind: whoever opens it says in Vietnamese what is wrong with it."""

PLAN = click.argument("plan", metavar="KẾ_HOẠCH")
PERIOD = click.argument("period", metavar="KỲ")
AUTHORITY = click.option("--authority", help="Mã hoặc tên cơ quan, khi cơ sở dữ liệu có nhiều cơ quan.")
JSON = click.option("--json", "as_json", is_flag=True, help="In JSON.")
JSON_LIST = click.option("--json", "as_json", is_flag=True, help="In một mảng JSON.")


def day_of(given: datetime | None) -> date | None:
    """The day that an option of type DAY gives."""
    return given.date() if given else None


def print_json(content: Any, default: Callable[[Any], Any] | None = None) -> None:
    """Print content as indented JSON."""
    click.echo(json.dumps(content, ensure_ascii=False, indent=2, default=default))
