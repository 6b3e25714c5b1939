"""A report as PDF for reading, typeset by typst: offline, quick, with fonts that have every Vietnamese letter.

Everything a person wrote goes in as data; the template alone is markup. Times New Roman is used where
the machine has it, else Tinos of the same widths, else the serif font that comes with typst.
"""

import json
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from itertools import count
from typing import Any

from documents.writing.official import form
from documents.writing.official.charts import CHARTS, Chart, label
from documents.writing.official.clean import clean, clean_line
from documents.writing.official.docx import HEAD_WIDTHS, ROW_STAYS_WHOLE, roman
from documents.writing.official.form import Frame, bold_width
from documents.writing.official.markup import bookmark_name
from documents.writing.reports.annexes import Annex, Row, annexes_of, cell_text
from documents.writing.reports.wording import Block, Wording
from rules.numbers import number_words
from rules.reporting.values import Report

FEW = 120
"""Characters up to which a row has a line or two."""
KEPT = 2
"""So many reports are remembered by typst at most: a morning of sixty communes needs no more memory than one."""
_TIME = datetime(1980, 1, 1, tzinfo=UTC)
_made = count(1)


def report_pdf(report: Report, wording: Wording, frame: Frame) -> bytes:
    """The whole document; the same values give the same bytes."""
    import typst

    data = json.dumps(_data(report, wording, frame), ensure_ascii=False)
    made: bytes = typst.compile(_template(), sys_inputs={"data": data}, font_paths=_fonts(), timestamp=_TIME)
    if next(_made) % KEPT == 0:
        _forget()
    return made


def _forget() -> None:
    """Let typst drop what it remembers of the last reports, some 30 MB each: it does so ten documents later."""
    import typst

    for _ in range(11):
        typst.compile(b"", font_paths=_fonts(), timestamp=_TIME)


@cache
def _template() -> bytes:
    return files("documents").joinpath("templates/report/report.typ").read_bytes()


FONTS = ("Times New Roman", "Tinos", "Liberation Serif", "Libertinus Serif")
"""What text is set in, the best first; the last comes with typst."""


@cache
def _fonts() -> Any:
    """The fonts of the machine and of typst, looked for once a process."""
    import typst

    return typst.Fonts()


@cache
def _families() -> list[str]:
    """Those of `FONTS` that are here: a missing one would be looked for with every word."""
    known = set(_fonts().families())
    return [name for name in FONTS if name in known]


def _data(report: Report, wording: Wording, frame: Frame) -> dict[str, Any]:
    annexes = annexes_of(report)
    known = {name for annex in annexes for name in annex.names if name}
    return {
        **_frame(frame),
        "fonts": _families(),
        "blocks": [made for block in _ended(wording.blocks) if (made := _block(report, block, known)) is not None],
        "annexes": [_annex(annex, number) for number, annex in enumerate(annexes, 1)],
    }


def _frame(frame: Frame) -> dict[str, Any]:
    recipients = [f"- {clean_line(one)};" for one in frame.recipients]
    bases = [clean_line(one).rstrip(" ;.") for one in frame.bases]
    addressees = [clean_line(one) for one in frame.addressees]
    if len(addressees) > 1:
        addressees = [f"- {one}{'.' if one is addressees[-1] else ';'}" for one in addressees]
    return {
        "title": clean_line(f"{frame.kind_words} {frame.subject}"),
        "author": clean_line(form.full_name(frame.issuer)),
        "superior": clean_line(frame.superior) if frame.superior else None,
        "issuer": [clean_line(line) for line in frame.issuer_lines],
        "issuer_rule": 0.42 * min(HEAD_WIDTHS[0], bold_width(frame.issuer_lines[-1], 13)),
        "nation": form.NATION,
        "motto": form.MOTTO,
        "motto_rule": bold_width(form.MOTTO, 14),
        "number": frame.number_line.replace(" ", "\u00a0"),
        "dated": f"{clean_line(frame.place)}, {frame.day_words}".replace(" ", "\u00a0"),
        "kind": frame.kind,
        "subject": clean_line(frame.subject),
        "subject_rule": 0.42 * min(form.TEXT_WIDTH, bold_width(clean_line(frame.subject), 14)),
        "addressees": addressees,
        "bases": [f"{one}{'.' if number == len(bases) - 1 else ';'}" for number, one in enumerate(bases)],
        "recipients": recipients + ([f"- Lưu: {clean_line(frame.archive)}."] if frame.archive else []),
        "signature": [clean_line(line) for line in frame.signature.lines],
        "signer": clean_line(frame.signature.name),
        "attached": frame.attached_words,
    }


def _ended(blocks: tuple[Block, ...]) -> list[tuple[Block, bool]]:
    """Each block, and whether it is the last one: there the text ends with "./."."""
    return [(block, number == len(blocks) - 1) for number, block in enumerate(blocks)]


def _block(report: Report, ended: tuple[Block, bool], known: set[str]) -> dict[str, Any] | None:
    block, last = ended
    if block.kind == "chart":
        chart = CHARTS[block.text](report) if block.text in CHARTS else None
        return {"kind": "chart", "chart": _chart(chart)} if chart is not None else None
    runs = [
        [_typed(run.text), bookmark_name(run.anchor)] if run.anchor in known and run.anchor else [_typed(run.text)]
        for run in block.runs
    ]
    if last:
        runs[-1][0] = f"{runs[-1][0].rstrip().rstrip('.;')}./."
    return {"kind": block.kind, "runs": runs}


def _typed(text: str) -> str:
    """People's text; a tab, which typst has none of, is as wide as an em."""
    return clean(text).replace("\t", "\u2003")


def _chart(chart: Chart) -> dict[str, Any]:
    columns = list(zip(*(series.values for series in chart.series), strict=True))
    return {
        "title": chart.title,
        "unit": chart.unit,
        "series": [{"name": one.name, "colour": f"#{one.colour}", "light": one.light} for one in chart.series],
        "rows": [
            {"name": label(name), "values": list(values), "shown": f"{number_words(values[0], 1)}%"}
            for name, values in zip(chart.categories, columns, strict=True)
        ],
    }


def _annex(annex: Annex, number: int) -> dict[str, Any]:
    names = [*annex.names, *([None] * (len(annex.rows) - len(annex.names)))]
    return {
        "name": f"Phụ lục {roman(number)}",
        "title": clean_line(annex.title).upper(),
        "note": annex.note,
        "columns": [
            {"title": clean_line(one.title), "share": one.share, "centred": one.centred} for one in annex.columns
        ],
        "rows": [
            {
                "group": clean_line(row) if isinstance(row, str) else None,
                "cells": [] if isinstance(row, str) else [_typed(cell_text(cell)) for cell in row],
                "name": bookmark_name(name) if name else None,
                "whole": _stays_whole(row),
            }
            for row, name in zip(annex.rows, names, strict=True)
        ],
    }


def _stays_whole(row: Row) -> bool:
    """Whether a row must be told to stay on one page: not where it has a line or two, nor where it is too long."""
    return not isinstance(row, str) and FEW <= sum(len(cell_text(cell)) for cell in row) <= ROW_STAYS_WHOLE
