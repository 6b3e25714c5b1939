"""Click's usage errors in Vietnamese: what is wrong, where, what to do."""

from collections.abc import Iterable
from typing import ClassVar

import click


def translate(error: click.UsageError) -> str:
    """One Vietnamese sentence for a usage error of click."""
    if isinstance(error, click.NoSuchOption):
        near = f" Có phải ý là {', '.join(error.possibilities)}?" if error.possibilities else ""
        return f"Không có tùy chọn {error.option_name}.{near}"
    if isinstance(error, click.MissingParameter):
        return f"Thiếu {_name(error.param)}."
    if isinstance(error, click.BadParameter):
        return f"Giá trị của {_name(error.param)} không dùng được: {_cause(error)}"
    message = error.message
    if message.startswith("No such command"):
        name = message.removeprefix("No such command ").strip("'.")
        return f"Không có lệnh “{name}”."
    if "unexpected extra argument" in message:
        return f"Thừa tham số: {message.split('(', 1)[-1].rstrip(')')}."
    if message.startswith("Missing command"):
        return "Thiếu tên lệnh."
    if "requires an argument" in message:
        return f"Tùy chọn {message.split()[1]} cần một giá trị."
    return message if message.endswith((".", "!", "?")) else f"{message}."


def _name(parameter: click.Parameter | None) -> str:
    if parameter is None:
        return "tham số"
    if isinstance(parameter, click.Option):
        return f"tùy chọn {parameter.opts[0]}"
    return f"tham số {parameter.human_readable_name.strip('[.]')}"


def _cause(error: click.BadParameter) -> str:
    parameter = error.param
    if parameter is not None and isinstance(parameter.type, click.Choice):
        choices = ", ".join(str(choice) for choice in parameter.type.choices)
        return f"hãy chọn một trong: {choices}."
    if parameter is not None and isinstance(parameter.type, click.Path):
        if error.message.endswith("is a directory."):
            return "đây là thư mục, không phải tệp."
        return f"{error.message.rstrip('.')}." if not error.message.isascii() else "không có tệp hoặc không đọc được."
    if parameter is not None and isinstance(parameter.type, click.DateTime):
        return "cần một ngày có thật, viết như 2025-12-31 hoặc 31/12/2025."
    if parameter is not None and isinstance(parameter.type, click.types.IntParamType):
        return "cần một số nguyên trong khoảng cho phép."
    return error.message if error.message.endswith((".", "!", "?")) else f"{error.message}."


class VietnameseHelp(click.HelpFormatter):
    """Help pages whose fixed words are Vietnamese too."""

    WORDS: ClassVar[dict[str, str]] = {
        "Options": "Tùy chọn",
        "Commands": "Các lệnh",
        "Show this message and exit.": "Xem trang này.",
        "Show the version and exit.": "Xem phiên bản.",
    }

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The line that shows how a command is written."""
        words = args.replace("[OPTIONS]", "[TÙY CHỌN]").replace("COMMAND [ARGS]...", "LỆNH ...")
        super().write_usage(prog, words, "Cách dùng: " if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        """The heading of a section."""
        super().write_heading(self.WORDS.get(heading, heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """A list of names and meanings, in Vietnamese."""
        said = [(name, self._said(text)) for name, text in rows]
        super().write_dl(said, col_max, col_spacing)

    def _said(self, text: str) -> str:
        return self.WORDS.get(text, text).replace("[required]", "[bắt buộc]").replace("[default: ", "[mặc định: ")
