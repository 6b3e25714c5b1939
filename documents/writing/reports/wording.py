"""The wording of a report: Jinja2 templates that an office can change without code, and what they may say.

A template is plain Vietnamese text, one paragraph a line: "# " a chapter, "## " and "### "
headings below it, "@bieu-do-linh-vuc" and "@bieu-do-don-vi" the charts. It runs in Jinja2's
sandbox and sees values only. Text from people never becomes template, heading or markup:
what a line begins with counts only where the template itself has written it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from config.toml_files import ConfigError
from documents.writing.official.clean import clean, clean_line
from documents.writing.official.form import day_words, full_name
from documents.writing.official.markup import Run
from rules.numbers import number_words
from rules.reporting.values import DueLine, FieldPart, Figure, ItemLine, Report
from rules.work.answers import CANNOT, STATE_WORDS
from rules.work.states import ItemState

Kind = Literal["h1", "h2", "h3", "text", "chart"]
# Noncharacters: no text of people keeps one (see clean), so they can mark what the template itself has made.
_OPEN, _MIDDLE, _CLOSE, _BREAK, _TYPED = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3", "\ufdd4"
_FIGURE = re.compile(f"{_OPEN}([^{_MIDDLE}]*){_MIDDLE}([^{_CLOSE}]*){_CLOSE}")
_MARKS: tuple[tuple[str, Kind], ...] = (("### ", "h3"), ("## ", "h2"), ("# ", "h1"), ("@", "chart"))
OVERDUE = ItemState.OVERDUE


class WordingError(ConfigError):
    """A template of the office cannot be used. One Vietnamese sentence: what, where, what to do."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of the report's text; of a chart `text` is its name."""

    kind: Kind
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """The words without their links."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Wording:
    """What the templates said: the subject, the bases, and the text."""

    subject: str
    bases: tuple[str, ...]
    blocks: tuple[Block, ...]


def number_text(figure: Figure) -> str:
    """A figure as it stands in a sentence: "05", "1.234", "62,5%"."""
    if figure.unit == "%":
        return f"{number_words(figure.value, 1)}%"
    if figure.value == int(figure.value) and 0 < figure.value < 10:
        return f"{int(figure.value):02}"
    return number_words(figure.value, 2)


def word_report(report: Report, own_folder: Path | None = None) -> Wording:
    """The report's words. `own_folder` holds the office's own templates, by the same names; raises WordingError."""
    kind = "consolidated" if report.parts or report.absent else "report"
    values = _values(report)
    subject, bases, text = (
        _render(f"{kind}/{name}.txt", own_folder, values) for name in ("trich-yeu", "can-cu", "noi-dung")
    )
    lines = [clean_line(_plain(line)) for line in bases.splitlines()]
    return Wording(
        subject=clean_line(_plain(subject)),
        bases=tuple(line for line in lines if line),
        blocks=tuple(_blocks(text)),
    )


def _plain(text: str) -> str:
    return _FIGURE.sub(r"\2", text).replace(_BREAK, " ")


def _blocks(text: str) -> Iterator[Block]:
    for line in text.splitlines():
        line = line.strip(" \t")  # noqa: PLW2901
        kind, rest = next(
            ((kind, line.removeprefix(mark)) for mark, kind in _MARKS if line.startswith(mark)), ("text", line)
        )
        if _plain(rest).replace(_TYPED, "").strip():
            yield Block(kind, tuple(_runs(rest.replace(_TYPED, "").replace(_BREAK, "\n"))))


def _runs(line: str) -> Iterator[Run]:
    """The stretches of a line: a figure links to its sources and carries a bookmark of its own."""
    place = 0
    for found in _FIGURE.finditer(line):
        if found.start() > place:
            yield Run(line[place : found.start()])
        yield Run(found[2], anchor=f"nguon_{found[1]}", bookmark=f"so_{found[1]}")
        place = found.end()
    if place < len(line):
        yield Run(line[place:])


def _finalize(value: object) -> object:
    """What a template prints: people's text with its breaks marked; what templates and functions made stays."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return _made(_TYPED + clean(value).replace("\n", _BREAK))
    return value


def _made(text: str) -> Markup:
    """Text as made here and not by people; it goes into a document, where nothing is HTML."""
    return Markup(text)  # noqa: S704


@lru_cache(maxsize=4)
def _environment(own_folder: Path | None) -> Environment:
    shipped = PackageLoader("documents", "templates")
    own = [FileSystemLoader(own_folder)] if own_folder is not None else []
    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([*own, shipped]),
        undefined=StrictUndefined,
        autoescape=True,  # tells text that was made here (Markup) from text of people; nothing is escaped
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.filters.update(
        ngay=_day, gon=shortened, cau=_sentence, liet_ke=_listed, thuong=_first_small, cac_don_vi=_units_of
    )
    return environment


def _render(name: str, own_folder: Path | None, values: Mapping[str, Any]) -> str:
    try:
        return _environment(own_folder).get_template(name).render(values)
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        at = getattr(error, "lineno", None)
        line = f", dòng {at}" if at else ""
        place = own_folder / name if own_folder else name
        raise WordingError(
            f"Tệp mẫu {place}{line} không dùng được: {error}. Sửa tệp, hoặc xóa nó để dùng mẫu đi kèm."
        ) from None


def _day(day: date | None) -> Markup:
    return _made(f"{day:%d/%m/%Y}" if day else "")


def shortened(text: str | None, limit: int = 600) -> str:
    """Long text cut at a word; the annexes have it whole."""
    whole = clean(text or "")
    if len(whole) <= limit:
        return whole
    at = whole.rfind(" ", limit // 2, limit)
    return f"{whole[: at if at > 0 else limit].rstrip()}…"


def _sentence(text: str) -> str:
    """Text without the full stop that the template sets itself."""
    return clean(text).rstrip(" .;,\n")


def _listed(texts: Iterable[str]) -> str:
    return "; ".join(_sentence(text) for text in texts)


def _values(report: Report) -> dict[str, Any]:
    """What templates see. Names are Vietnamese without marks, for those who edit them."""
    figures = report.figures

    def so(key: str) -> Markup:
        if key not in figures:
            raise ValueError(f"không có số liệu “{key}”")
        return _made(f"{_OPEN}{key}{_MIDDLE}{number_text(figures[key])}{_CLOSE}")

    def gia_tri(key: str) -> float:
        return figures[key].value if key in figures else 0

    return {
        "r": report,
        "so": so,
        "gia_tri": gia_tri,
        "co_so": lambda key: key in figures,
        "ky": report.period.label,
        "ky_toi": report.period.next_label,
        "tu_ngay": report.period.first_day,
        "den_ngay": report.period.cut_off,
        "den_ngay_ky_toi": report.period.next_until,
        "ke_hoach": report.plan_title,
        "so_ke_hoach": report.plan_number,
        "ngay_ke_hoach": day_words(report.issued_on) if report.issued_on else "",
        "co_quan": full_name(report.authority_name),
        "linh_vuc": report.fields,
        "don_vi": report.units,
        "so_sanh": report.comparison,
        "gia_han": report.extended,
        "viec": _chooser(report.items),
        "phan": _parts_of,
        "chua_xac_dinh": [item for item in report.items if item.state is ItemState.UNDETERMINED],
        "dia_phuong": report.parts,
        "chua_co_bao_cao": report.absent,
    }


def _parts_of(field: FieldPart, key: str) -> str:
    return f"field.{field.code}.{key}"


def _cannot(due: DueLine) -> bool:
    """Whether the unit says that it cannot be done."""
    return due.said == STATE_WORDS[CANNOT]


_CHOICES: dict[str, Callable[[DueLine], bool]] = {
    "hoan_thanh": lambda due: due.done_now,
    "dang_lam": lambda due: due.answered_on is not None and not (due.done_now or due.state is OVERDUE or _cannot(due)),
    "qua_han": lambda due: due.state is OVERDUE,
    "ky_toi": lambda due: due.next_due,
    "khong_lam_duoc": _cannot,
    "ly_do": lambda due: due.note is not None and due.state in (OVERDUE, ItemState.DONE_LATE),
}
Group = tuple[ItemLine, tuple[DueLine, ...]]


def _chooser(items: tuple[ItemLine, ...]) -> Callable[..., list[Group]]:
    """`viec("qua_han", f)`: the items of a field, or of all, that have such due days, each with those."""

    def viec(choice: str, linh_vuc: FieldPart | None = None) -> list[Group]:
        if choice not in _CHOICES:
            raise ValueError(f"không có loại việc “{choice}”; có: {', '.join(_CHOICES)}")
        wanted = _CHOICES[choice]
        of_field = [item for item in items if linh_vuc is None or item.field == linh_vuc.code]
        groups = [(item, tuple(due for due in item.dues if wanted(due))) for item in of_field]
        return [group for group in groups if group[1]]

    return viec


def _first_small(text: str) -> str:
    """The text with a small first letter: it goes on in a sentence ("quý III/2025")."""
    return text[:1].lower() + text[1:]


def _units_of(dues: Iterable[DueLine]) -> str:
    """The units of due days, each once."""
    return ", ".join(dict.fromkeys(due.unit_name for due in dues))
