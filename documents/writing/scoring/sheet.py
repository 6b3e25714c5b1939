"""The summary table as a workbook whose sums are formulas, and which comes back with the superior's scores.

Text is written as text, so that nothing a unit typed becomes a formula. Sums are
rounded to four decimals: binary floating point adds 0.1 and 0.2 to something else.
"""

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import IO, Any

import xlsxwriter

from documents.writing.official.clean import clean, clean_line
from rules.scoring.dossier import DossierFacts, Row, added_proofs, proofs_in
from rules.scoring.round import LOST_REASONS

COLUMNS: tuple[tuple[str, int], ...] = (
    ("Mã", 9),
    ("Lĩnh vực, tiêu chí, tiêu chí thành phần", 48),
    ("Điểm tối đa", 9),
    ("Điểm tự chấm", 9),
    ("Cách tính điểm tự chấm", 42),
    ("Đơn vị", 24),
    ("Tài liệu kiểm chứng", 42),
    ("Giải trình của đơn vị", 36),
    ("Điểm thẩm định", 10),
    ("Ý kiến thẩm định", 32),
    ("Yêu cầu giải trình", 32),
    ("Lý do mất điểm", 24),
)
"""Header and width of each column; the last four are the superior's."""

SELF, VERIFIED = 3, 8
HEAD_ROW = 4
_LONGEST = 32_767
_LINE, _HIGHEST = 15, 409
"""Points of a line of text, and of the highest row that a workbook takes."""
_POINTS = "#,##0.####"


def write_score_sheet(facts: DossierFacts, target: Path | IO[bytes]) -> None:
    """Write the workbook: the summary table, the explanations, the index of evidence."""
    book = xlsxwriter.Workbook(target if not isinstance(target, Path) else str(target), {"in_memory": True})
    book.set_properties({"title": f"Bảng tổng hợp điểm {facts.year}", "author": clean_line(facts.authority)})
    looks = _looks(book)
    _summary(book, facts, looks)
    _explanations(book, facts, looks)
    _evidence(book, facts, looks)
    _explained_anew(book, facts, looks)
    book.close()


def score_sheet_bytes(facts: DossierFacts) -> bytes:
    """The same in memory: it is small."""
    out = BytesIO()
    write_score_sheet(facts, out)
    return out.getvalue()


def _looks(book: Any) -> dict[str, Any]:
    base = {"font_name": "Times New Roman", "font_size": 11, "valign": "top", "text_wrap": True, "border": 1}
    points = {**base, "num_format": _POINTS, "align": "right"}
    return {
        "title": book.add_format({"font_name": "Times New Roman", "font_size": 14, "bold": True}),
        "note": book.add_format({"font_name": "Times New Roman", "font_size": 11, "italic": True}),
        "head": book.add_format({**base, "bold": True, "align": "center", "bg_color": "#E8EEF4"}),
        "text": book.add_format(base),
        "bold": book.add_format({**base, "bold": True}),
        "points": book.add_format(points),
        "sum": book.add_format({**points, "bold": True}),
        "open": book.add_format({**points, "bg_color": "#FFF8DC", "locked": False}),
        "free": book.add_format({**base, "bg_color": "#FFF8DC", "locked": False}),
    }


def _summary(book: Any, facts: DossierFacts, looks: dict[str, Any]) -> None:
    sheet = book.add_worksheet("Bảng tổng hợp")
    _text(sheet, 0, 0, f"BẢNG TỔNG HỢP ĐIỂM TỰ CHẤM NĂM {facts.year}", looks["title"])
    _text(sheet, 1, 0, f"{facts.authority} · {facts.criteria} ({facts.criteria_code})", looks["note"])
    _text(sheet, 2, 0, "Các ô nền vàng do cơ quan thẩm định ghi; các tổng tự tính lại.", looks["note"])
    for column, (title, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(HEAD_ROW, column, title, looks["head"])
    first = HEAD_ROW + 1
    for place, row in enumerate(facts.rows):
        _line(sheet, first + place, first, row, looks)
    _totals(sheet, facts, first, looks)
    last = first + len(facts.rows)
    reasons = list(LOST_REASONS.values())
    sheet.data_validation(first, 11, last, 11, {"validate": "list", "source": reasons, "ignore_blank": True})
    sheet.freeze_panes(first, 2)
    sheet.set_landscape()
    sheet.set_paper(8)  # A3: twelve columns
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD_ROW)


def _line(sheet: Any, at: int, first: int, row: Row, looks: dict[str, Any]) -> None:
    text = looks["text"] if row.is_leaf else looks["bold"]
    _text(sheet, at, 0, row.code, text)
    _text(sheet, at, 1, f"{'   ' * row.depth}{row.name}", text)
    sheet.write_number(at, 2, float(row.max), looks["points"] if row.is_leaf else looks["sum"])
    if row.is_leaf:
        if row.is_set_aside:
            _text(sheet, at, SELF, "không áp dụng", text)
        elif row.score is None:
            sheet.write_blank(at, SELF, None, looks["points"])
        else:
            sheet.write_number(at, SELF, float(row.score), looks["points"])
    else:
        sheet.write_formula(at, SELF, _formula(row, first, SELF), looks["sum"], float(row.score or 0))
    words = row.words
    proofs = "\n".join(f"- {proof.words}" for proof in words.proofs)
    said = (row.calculation, words.unit, proofs, words.explanation)
    for column, one in enumerate(said, 4):
        _text(sheet, at, column, one, text)
    _superior(sheet, at, first, row, looks)
    asked = (words.remark, words.question, words.lost_because)
    widths = [COLUMNS[column][1] for column in (1, *range(4, 8), *range(VERIFIED + 1, len(COLUMNS)))]
    sheet.set_row(at, _height((row.name, *said, *asked), widths))


def _superior(sheet: Any, at: int, first: int, row: Row, looks: dict[str, Any]) -> None:
    """The superior's columns: open cells for leaves, formulas for groups."""
    words = row.words
    if not row.is_leaf:
        sheet.write_formula(at, VERIFIED, _formula(row, first, VERIFIED), looks["sum"], 0)
    elif words.verified is not None:
        sheet.write_number(at, VERIFIED, float(words.verified), looks["open"])
    else:
        sheet.write_blank(at, VERIFIED, None, looks["open"])
    for column, said in enumerate((words.remark, words.question, words.lost_because), VERIFIED + 1):
        if row.is_leaf:
            _text(sheet, at, column, said, looks["free"])
        else:
            sheet.write_blank(at, column, None, looks["bold"])


def _formula(row: Row, first: int, column: int) -> str:
    """The sum of a group's own rows, held within its floor and cap."""
    letter = "ABCDEFGHIJKL"[column]
    cells = [f"{letter}{first + child + 1}" for child in row.children]
    total = f"ROUND(SUM({','.join(cells)}),4)"
    held = f"MAX({_plain(row.floor)},{total})"
    return f"={held if row.cap is None else f'MIN({_plain(row.cap)},{held})'}"


def _totals(sheet: Any, facts: DossierFacts, first: int, looks: dict[str, Any]) -> None:
    at = first + len(facts.rows)
    tops = [first + place + 1 for place, row in enumerate(facts.rows) if row.depth == 0]
    _text(sheet, at, 0, "", looks["bold"])
    _text(sheet, at, 1, "TỔNG ĐIỂM", looks["bold"])
    sheet.write_formula(at, 2, f"=ROUND(SUM({','.join(f'C{top}' for top in tops)}),4)", looks["sum"], float(facts.max))
    total = f"=ROUND(SUM({','.join(f'D{top}' for top in tops)}),4)"
    sheet.write_formula(at, SELF, total, looks["sum"], float(facts.total))
    for column in range(4, len(COLUMNS)):
        sheet.write_blank(at, column, None, looks["bold"])
    sheet.write_formula(at, VERIFIED, f"=ROUND(SUM({','.join(f'I{top}' for top in tops)}),4)", looks["sum"], 0)


def _plain(number: Decimal) -> str:
    return f"{number:f}"


def _explanations(book: Any, facts: DossierFacts, looks: dict[str, Any]) -> None:
    rows = [
        (row.code, row.name, row.score, row.counted, row.words.explanation, row.words.unit) for row in facts.to_explain
    ]
    _plain_sheet(
        book, "Giải trình", looks, rows,
        (("Mã", 9), ("Tiêu chí", 48), ("Điểm tự chấm", 10), ("Điểm tối đa", 10), ("Giải trình", 70), ("Đơn vị", 26)),
    )  # fmt: skip


def _explained_anew(book: Any, facts: DossierFacts, looks: dict[str, Any]) -> None:
    rows = [
        (row.code, row.name, row.score, row.words.verified, row.words.question, row.words.reply, added_proofs(row),
         row.words.unit)
        for row in facts.explained_anew
    ]  # fmt: skip
    if rows:
        _plain_sheet(
            book, "Giải trình lần hai", looks, rows,
            (("Mã", 9), ("Tiêu chí", 40), ("Điểm tự chấm", 10), ("Điểm thẩm định", 10), ("Yêu cầu giải trình", 40),
             ("Giải trình", 60), ("Tài liệu bổ sung", 50), ("Đơn vị", 26)),
        )  # fmt: skip


def _evidence(book: Any, facts: DossierFacts, looks: dict[str, Any]) -> None:
    rows = [
        (number, code, proof.words, proof.path or "", proof.url or "")
        for number, (code, proof) in enumerate(proofs_in(facts.rows), 1)
    ]
    _plain_sheet(
        book, "Danh mục tài liệu", looks, rows,
        (("STT", 6), ("Tiêu chí", 9), ("Tài liệu kiểm chứng", 70), ("Tệp trong hồ sơ", 50), ("Liên kết", 40)),
    )  # fmt: skip


def _plain_sheet(
    book: Any, name: str, looks: dict[str, Any], rows: list[tuple[Any, ...]], columns: tuple[tuple[str, int], ...]
) -> None:
    sheet = book.add_worksheet(name)
    for column, (title, width) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, looks["head"])
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    for at, row in enumerate(rows, 1):
        sheet.set_row(at, _height([str(value or "") for value in row], [width for _, width in columns]))
        for column, value in enumerate(row):
            if isinstance(value, (int, Decimal)):
                sheet.write_number(at, column, float(value), looks["points"])
            else:
                _text(sheet, at, column, value or "", looks["text"])
    sheet.freeze_panes(1, 0)


def _height(texts: Sequence[str], widths: Sequence[int]) -> float:
    """The height in points of a row of wrapped texts: LibreOffice does not find it out by itself."""
    lines = max(
        sum(max(1, ceil(len(line) / width)) for line in text.split("\n"))
        for text, width in zip(texts, widths, strict=True)
    )
    return min(max(lines, 1) * _LINE, _HIGHEST)


def _text(sheet: Any, row: int, column: int, text: str, look: Any) -> None:
    sheet.write_string(row, column, clean(text)[:_LONGEST], look)
