"""The summary workbook come back from the superior."""

import re
from decimal import Decimal
from pathlib import Path

from documents.reading.criteria.raw_sheet import Rows, read_raw_sheets
from documents.reading.formats.blocks import RefusedDocument
from documents.reading.formats.cleaning import shown_name
from documents.reading.plan.tables.cells import squeeze
from rules.plan.unit_names import fold
from rules.scoring.criteria.sets import CriteriaSet
from rules.scoring.round import LOST_REASONS, Verification, read_verified

_COLUMNS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("code", r"^(?:ma|ma so|stt|tt|so tt|ma tieu chi)$"),
        ("score", r"^diem (?:tham dinh|xac dinh lai|cham lai|duyet)|tham dinh.*diem|^diem so noi vu"),
        ("remark", r"y kien|nhan xet|ly do dieu chinh|ghi chu tham dinh"),
        ("question", r"(?:yeu cau|de nghi) giai trinh"),
        ("lost", r"(?:ly do|nguyen nhan).*(?:mat|tru) diem"),
    )
)
_REASONS = {fold(words): key for key, words in LOST_REASONS.items()}


def read_verification(path: Path, criteria: CriteriaSet) -> tuple[Verification, ...]:
    """What the superior wrote of each leaf; leaves left blank are out.

    Raises RefusedDocument naming the row: no such columns, a score that is no number, two scores for one criterion.
    """
    for rows in read_raw_sheets(path).values():
        for at, row in enumerate(rows):
            if layout := _layout(row):
                return _verified(path, criteria, rows, at, layout)
    raise _refused(path, "không thấy bảng nào có cột Mã và cột Điểm thẩm định")


def _refused(path: Path, reason: str) -> RefusedDocument:
    return RefusedDocument(f"Kết quả thẩm định “{shown_name(path.name)}” chưa dùng được: {reason}.")


def _layout(row: list[str]) -> dict[str, int] | None:
    layout: dict[str, int] = {}
    for column, text in enumerate(row):
        label = squeeze(fold(text)).strip(" .:*")
        name = next((name for name, pattern in _COLUMNS if pattern.search(label)), None)
        if name is not None:
            layout.setdefault(name, column)
    return layout if "code" in layout and "score" in layout else None


def _verified(
    path: Path, criteria: CriteriaSet, rows: Rows, head: int, layout: dict[str, int]
) -> tuple[Verification, ...]:
    found: dict[str, Verification] = {}
    for number, row in enumerate(rows[head + 1 :], head + 2):
        cells = {name: squeeze(row[column]) if column < len(row) else "" for name, column in layout.items()}
        code = cells["code"].rstrip(".")
        if code not in criteria.by_code:
            continue
        one = _one(path, number, code, cells)
        if one is None:
            continue
        if code in found:
            raise _refused(path, f"dòng {number}: tiêu chí {code} đã có ở dòng trên")
        found[code] = one
    if not found:
        raise _refused(path, "chưa có điểm thẩm định nào cho các tiêu chí của bộ tiêu chí này")
    return tuple(found.values())


def _one(path: Path, number: int, code: str, cells: dict[str, str]) -> Verification | None:
    texts = {name: cells.get(name, "") for name in ("remark", "question", "lost")}
    if not cells["score"] and not any(texts.values()):
        return None
    score: Decimal | None = None
    if cells["score"]:
        try:
            score = read_verified(cells["score"])
        except ValueError as error:
            raise _refused(path, f"dòng {number}, cột Điểm thẩm định: {error}") from None
    lost = _REASONS.get(fold(texts["lost"]))
    remark = texts["remark"] if lost or not texts["lost"] else f"{texts['remark']} ({texts['lost']})".strip()
    return Verification(code, score, remark, texts["question"], lost or ("other" if texts["lost"] else None))
