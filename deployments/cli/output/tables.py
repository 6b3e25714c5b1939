"""Tables of text for the terminal."""

import shutil
import textwrap
from collections.abc import Iterable, Sequence


def screen_width() -> int:
    """The width to write for: the terminal's, between 80 and 160 columns."""
    return max(80, min(160, shutil.get_terminal_size((110, 24)).columns))


def table(head: Sequence[str], rows: Iterable[Sequence[str]], shares: Sequence[int], lines: int = 3) -> str:
    """A table whose columns share the screen (width 0: as needed)."""
    body = [list(row) for row in rows]
    widths = _widths([list(head), *body], shares)
    out = ["  ".join(name.ljust(width) for name, width in zip(head, widths, strict=True)).rstrip()]
    out.append("  ".join("─" * width for width in widths))
    for row in body:
        cells = [_cell(text, width, lines) for text, width in zip(row, widths, strict=True)]
        for number in range(max(map(len, cells))):
            parts = [cell[number] if number < len(cell) else "" for cell in cells]
            out.append("  ".join(part.ljust(width) for part, width in zip(parts, widths, strict=True)).rstrip())
    return "\n".join(out)


def _widths(rows: list[list[str]], shares: Sequence[int]) -> list[int]:
    widths = [0 if share else min(30, max(len(row[n]) for row in rows)) for n, share in enumerate(shares)]
    free = screen_width() - sum(widths) - 2 * (len(shares) - 1)
    total = sum(shares) or 1
    return [width or max(8, free * share // total) for width, share in zip(widths, shares, strict=True)]


def _cell(text: str, width: int, lines: int) -> list[str]:
    wrapped = textwrap.wrap(text, width, max_lines=lines, placeholder=" …", break_on_hyphens=False)
    return wrapped or [""]
