"""A set of criteria out of the table that a province issues.

Columns in any order and wording; rows without a code under a leaf are its options
("Hoàn thành 100% kế hoạch" | 1). What is not understood becomes "chấm trực tiếp" and
a doubt, so that nothing is scored by a guess.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from documents.reading.criteria.errors import place, said
from documents.reading.formats.blocks import Document, Paragraph, RefusedDocument, Row, Table
from documents.reading.plan.tables.cells import squeeze
from documents.reading.plan.tables.codes import letter
from documents.reading.sandbox.files import read_document
from rules.numbers import read_small
from rules.plan.unit_names import fold
from rules.scoring.criteria.checks import Finding
from rules.scoring.criteria.guidance import Option, rule_of
from rules.scoring.criteria.rules import Rule
from rules.scoring.criteria.sets import CriteriaSet
from rules.staff.values import slug

_COLUMNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        (
            "guidance",
            r"huong dan|(?:cach|phuong phap|cong thuc|quy dinh|can cu|nguyen tac)"
            r" (?:cham|tinh|danh gia|xac dinh|cho diem)",
        ),
        ("other", r"tu (?:cham|danh gia)|tham dinh|ghi chu|xac dinh lai|ket qua|giai trinh"),
        ("code", r"^(?:so )?(?:tt|stt|thu tu|ma|ma so|ma tieu chi|muc)$"),
        ("max", r"diem (?:toi da|chuan)|thang diem|^diem(?: so)?$|so diem$|muc diem"),
        ("guidance", r"huong dan|cach (?:cham|tinh|danh gia)|phuong phap|tieu chuan cham|cong thuc"),
        ("evidence", r"kiem chung|minh chung|ho so chung minh"),
        ("unit", r"(?:don vi|co quan|bo phan|phong|nguoi)\b.*(?:phu trach|chu tri|thuc hien|theo doi|tham muu|cham)"),
        ("name", r"tieu chi|linh vuc|noi dung|chi so"),
    )
)
_CODE = re.compile(
    r"^\(?(?:(?P<dotted>\d{1,3}(?:\.\d{1,3})*)(?P<leaf>\.[a-zđ])?|(?P<roman>[IVX]{1,6})(?P<rest>(?:\.\d{1,3})*)"
    r"|(?P<letter>[A-ZĐ])|(?P<lower>[a-zđ]|i{2,3}|iv|vi{1,3}))[.):]?$"
)
_LEADING = re.compile(
    r"^(?P<code>\d{1,3}(?:\.\d{1,3})*(?:\.[a-zđ](?=[.)]))?|[IVX]{1,5}|[A-ZĐ]|[a-zđ](?=\)))[.)]\s*(?P<name>[^\d\s.)].*)$"
    r"|^(?P<glued>\d{1,3}(?:\.\d{1,3})+)\s*(?P<rest>[^\W\d].*)$",
    re.S,
)
_NAMED_MAX = re.compile(
    r"\s*[(:–—-]\s*(?:tối đa\s*)?(?P<points>\d{1,4}(?:[.,]\d{1,4})?)\s*điểm\s*\)?\s*[.:]?$", re.IGNORECASE
)
"""Points that only a name prints: "I. THỂ CHẾ (10 điểm)"."""

_TOTAL = re.compile(r"^(?:tong (?:so )?diem|tong cong|tong)\b")
_YEAR = re.compile(r"\b(20\d\d)\b")
_DECISION = re.compile(
    r"(?:Quyết định|Công văn|Hướng dẫn|Kế hoạch)\s+số[:\s]*(?P<number>[\w./-]*\S)\s+ngày\s+"
    r"(?P<day>\d{1,2})\s*(?:/|-|tháng)\s*(?P<month>\d{1,2})\s*(?:/|-|năm)\s*(?P<year>\d{4})(?:\s+của\s+(?P<by>[^)\n]+))?"
)
_NAME = re.compile(r"(?i)^(?:bộ (?:tiêu chí|chỉ số)|bảng (?:tiêu chí|điểm|chấm điểm)|các tiêu chí|chỉ số|tiêu chí)\b.*")
_NAME_GOES_ON = re.compile(r"(?i)^\(|kèm theo|ban hành kèm|đơn vị tính|^stt\b|^số\b")
_RULE: TypeAdapter[Rule] = TypeAdapter(Rule)


@dataclass(slots=True)
class _Line:
    """One criterion as printed."""

    code: str
    kind: tuple[str, int]
    name: str
    max: Decimal | None
    row: int | None
    guidance: list[str] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    unit: str = ""
    options: list[Option] = field(default_factory=list)
    children: list["_Line"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CriteriaReading:
    """What a table was understood as, and what a person must settle."""

    criteria: CriteriaSet
    doubts: tuple[Finding, ...]


def read_criteria_table(path: Path, *, year: int | None = None, code: str | None = None) -> CriteriaReading:
    """Read a document's criteria table. Raises RefusedDocument."""
    document = read_document(path)
    try:
        return interpret_criteria(document, year=year, code=code)
    except _NoCriteriaError as error:
        raise RefusedDocument(f"Bộ tiêu chí “{path.name}” chưa dùng được: {error}.") from None


class _NoCriteriaError(Exception):
    """A Vietnamese clause without a full stop."""


def interpret_criteria(document: Document, *, year: int | None = None, code: str | None = None) -> CriteriaReading:
    """The criteria in a document's tables."""
    rows, total = _lines(document)
    if not rows:
        raise _NoCriteriaError("không thấy bảng nào có cột tiêu chí và cột điểm tối đa")
    tree = _tree(rows)
    for line in _walk(tree):
        _settle(line)
    _unique(tree)
    doubts: list[Finding] = []
    head = _head(document, year, code)
    areas = [_node(line, doubts) for line in _with_points(tree, doubts)]
    content = {**head, "total": total, "areas": areas}
    try:
        return CriteriaReading(CriteriaSet.model_validate(content), tuple(doubts))
    except ValidationError as error:
        first = error.errors()[0]
        raise _NoCriteriaError(f"{place(content, first['loc'])}: {said(first)}") from None


def _lines(document: Document) -> tuple[list[_Line], Decimal | None]:
    """Every criterion of every table, and the printed total."""
    lines: list[_Line] = []
    total: Decimal | None = None
    layout: dict[str, int] | None = None
    for row in _rows(document):
        texts = ["" if cell.covered else cell.text for cell in row.cells]
        if header := _header(texts):
            layout = header
        elif layout is not None and not _is_count(texts):
            cells = {name: texts[column].strip() if column < len(texts) else "" for name, column in layout.items()}
            if "total" not in cells and _is_total(cells, texts):
                total = _number(cells["max"])
                continue
            _take(cells, row, lines)
    return lines, total


def _rows(document: Document) -> Iterator[Row]:
    for block in document.blocks:
        if isinstance(block, Table):
            yield from block.rows


def _header(texts: Sequence[str]) -> dict[str, int] | None:
    """Which column is which; None for a row that is no header."""
    layout: dict[str, int] = {}
    for column, text in enumerate(texts):
        label = squeeze(fold(text)).strip(" .:*")
        if not label or len(label) > 90:
            continue
        name = next((name for name, pattern in _COLUMNS if pattern.search(label)), None)
        if name is not None and name != "other":
            layout.setdefault(name, column)
    return layout if "name" in layout and "max" in layout else None


def _is_count(texts: Sequence[str]) -> bool:
    """The row (1) (2) (3) under a header."""
    filled = [text.strip(" ()") for text in texts if text.strip()]
    if len(filled) < 3 or not all(text.isdigit() for text in filled):
        return False
    return [int(text) for text in filled] == list(range(int(filled[0]), int(filled[0]) + len(filled)))


def _is_total(cells: dict[str, str], texts: Sequence[str]) -> bool:
    first = next((text for text in texts if text.strip()), "")
    return bool(_TOTAL.match(squeeze(fold(first)))) and _number(cells["max"]) is not None


def _number(text: str) -> Decimal | None:
    """Points as printed: "0,5", "02", "16 điểm"; None where there are none."""
    bare = re.sub(r"(?i)\s*(?:điểm|đ)\.?$", "", text.strip())
    return read_small(bare)


def _take(cells: dict[str, str], row: Row, lines: list[_Line]) -> None:
    """Take a row as a criterion, an option, or more text."""
    code, name = _coded(cells, row)
    kind = _kind(code)
    maximum = _number(cells["max"])
    if kind is not None:
        if maximum is None and (named := _NAMED_MAX.search(squeeze(name))):
            maximum, name = read_small(named["points"]), squeeze(name)[: named.start()]
        lines.append(_Line(code.strip("(.):"), kind, squeeze(name), maximum, row.row))
    elif not lines:
        return
    elif name and maximum is not None:
        lines[-1].options.append((_bare(name), maximum))
    elif name:
        lines[-1].guidance.append(name)
    _add_words(cells, lines[-1])


def _coded(cells: dict[str, str], row: Row) -> tuple[str, str]:
    """The code and the name of a row."""
    code, name = cells.get("code", ""), cells["name"]
    number = row.cells[0].number if row.cells and not code else None
    if not code and number and _CODE.match(number.strip()):
        return number.strip(), name
    text = name if not code else code if not name and _kind(code) is None else ""
    leading = _LEADING.match(text) if text else None
    if leading is None:
        return code, name
    found, rest = leading["code"] or leading["glued"], leading["name"] or leading["rest"]
    # beside a column of codes a row without one is an option, unless its code is one of several levels
    return (found, rest) if "code" not in cells or code or "." in found else (code, name)


def _bare(option: str) -> str:
    return squeeze(re.sub(r"^[-–+*•]\s*", "", option)).rstrip(" :;.")


def _add_words(cells: dict[str, str], line: _Line) -> None:
    if guidance := cells.get("guidance"):
        line.guidance.append(guidance)
    for part in cells.get("evidence", "").split("\n"):
        if text := squeeze(re.sub(r"^[-–+*•]\s*", "", part.strip())).rstrip(" ;."):
            line.evidence.append(text)
    line.unit = line.unit or squeeze(cells.get("unit", ""))


def _kind(code: str) -> tuple[str, int] | None:
    """The sort of a code; None when it is no code."""
    found = _CODE.match(squeeze(code))
    if not found:
        return None
    if found["leaf"] or found["lower"]:
        return "lower", 0
    if found["dotted"]:
        return "dotted", found["dotted"].count(".")
    return ("letter", 0) if found["letter"] else ("roman", (found["rest"] or "").count("."))


def _tree(lines: Iterable[_Line]) -> list[_Line]:
    """The lines as a tree by kinds of codes."""
    top: list[_Line] = []
    path: list[_Line] = []
    for line in lines:
        kinds = [one.kind for one in path]
        if line.kind in kinds:
            del path[kinds.index(line.kind) :]
        elif line.kind[0] == "dotted":
            while path and path[-1].kind[0] == "dotted" and path[-1].kind[1] > line.kind[1]:
                path.pop()
        (path[-1].children if path else top).append(line)
        path.append(line)
    return top


def _settle(line: _Line) -> None:
    """Decide whether letters and unnumbered rows are parts or choices."""
    letters = [child for child in line.children if child.kind[0] == "lower"]
    if letters and len(letters) == len(line.children) and not any(child.children for child in letters):
        if all(child.max is None and not child.options for child in letters):
            line.guidance += [f"{child.code}) {child.name}" for child in letters]
            line.children = []
        elif _is_choice([(child.name, child.max) for child in letters], line.max):
            line.options += [(_bare(child.name), child.max or Decimal(0)) for child in letters]
            line.children = []
    # options that add up to the whole are parts: "Có kế hoạch | 1", "Có báo cáo | 1" under 2 points
    if not line.children and _are_parts(line):
        line.children = [
            _Line(letter(index), ("lower", 0), name, points, line.row, unit=line.unit, evidence=list(line.evidence))
            for index, (name, points) in enumerate(line.options)
        ]
        line.options = []


def _are_parts(line: _Line) -> bool:
    points = [value for _, value in line.options]
    return len(points) > 1 and all(points) and sum(points) == line.max


def _is_choice(parts: Sequence[tuple[str, Decimal | None]], maximum: Decimal | None) -> bool:
    """Whether only one of the parts can hold."""
    points = [value for _, value in parts if value is not None]
    if maximum is None or not points or sum(points) == maximum:
        return False
    return max(points) == maximum and len(points) == len(parts)


def _with_points(tree: list[_Line], doubts: list[Finding]) -> list[_Line]:
    """The areas that give points; others are left out and said."""
    kept = []
    for line in tree:
        whole = list(_walk([line]))
        beside = any(rule_of("\n".join(one.guidance), one.options, Decimal(0)) for one in whole if not one.children)
        if any(one.max is not None or one.options for one in whole) or beside:
            kept.append(line)
            continue
        where = f" (dòng {line.row})" if line.row else ""
        message = f"Nhóm {line.code} “{line.name}”{where} không ghi điểm nào nên không đưa vào bộ tiêu chí."
        doubts.append(Finding(line.code, message, error=False))
    return kept


def _unique(tree: list[_Line]) -> None:
    """Put the parent's code before codes that begin anew."""
    every = list(_walk(tree))
    letters = any(line.kind[0] == "lower" and "." not in line.code for line in every)
    if not letters and len({line.code for line in every}) == len(every):
        return
    for line in tree:
        _prefix(line)


def _prefix(parent: _Line) -> None:
    for child in parent.children:
        if not child.code.startswith(f"{parent.code}."):
            own = parent.code.rpartition(".")[2]
            child.code = f"{parent.code}.{child.code.removeprefix(f'{own}.')}"
        _prefix(child)


def _walk(lines: Iterable[_Line]) -> Iterator[_Line]:
    for line in lines:
        yield line
        yield from _walk(line.children)


def _node(line: _Line, doubts: list[Finding]) -> dict[str, Any]:
    """A line as a node of a set."""
    node: dict[str, Any] = {"code": line.code, "name": line.name[:4000] or line.code}
    if line.max is not None:
        node["max"] = line.max
    if line.children:
        return {**node, "guidance": "\n".join(line.guidance), "children": [_node(c, doubts) for c in line.children]}
    guidance = "\n".join(line.guidance)
    survey = "xa hoi hoc" in fold(f"{line.name} {guidance} {' '.join(line.evidence)}")
    rule = rule_of(guidance, line.options, line.max or Decimal(0))
    where = f"tiêu chí {line.code}" + (f" (dòng {line.row})" if line.row else "")
    if rule is None and not survey:
        message = f"Chưa hiểu cách tính điểm của {where}; tạm để chấm trực tiếp, hãy ghi rõ cách tính."
        doubts.append(Finding(line.code, message, error=False))
    if rule is None:
        rule = {"type": "manual", "guidance": guidance[:4000]}
    if line.max is None and rule["type"] not in ("bonus", "penalty"):
        doubts.append(Finding(line.code, f"{where[0].upper()}{where[1:]} chưa ghi điểm tối đa."))
        node["max"] = Decimal(0)
    try:
        _RULE.validate_python(rule)
    except ValidationError as error:
        message = f"Cách tính điểm của {where} chưa dùng được: {said(error.errors()[0])}."
        doubts.append(Finding(line.code, message))
        rule = {"type": "manual", "guidance": guidance[:4000]}
    extra = {"source": "survey"} if survey else {"evidence": line.evidence}
    if rule["type"] in ("bonus", "penalty"):
        node.pop("max", None)
    return {**node, **extra, "rule": rule, "unit": line.unit, "guidance": guidance[:4000]}


def _head(document: Document, year: int | None, code: str | None) -> dict[str, Any]:
    """Name, year and issuing decision, from the lines above the table."""
    texts = _above(document)
    name = _name(texts)
    joined = "\n".join(texts)
    decision = _DECISION.search(joined)
    years = _YEAR.findall(name) or ([decision["year"]] if decision else _YEAR.findall(joined))
    if year is None and not years:
        raise _NoCriteriaError("không thấy năm của bộ tiêu chí; hãy thêm --year")
    used = year or int(years[-1])
    head: dict[str, Any] = {"name": name or f"Bộ tiêu chí năm {used}", "year": used}
    head["code"] = code or f"{slug(name, '-')[:30].strip('-') or 'BO-TIEU-CHI'}-{used}"
    if decision:
        day = f"{int(decision['year']):04}-{int(decision['month']):02}-{int(decision['day']):02}"
        issued_by = squeeze(decision["by"] or "").rstrip(" .,;)")
        head["decision"] = {"number": decision["number"], "date": day, "issued_by": issued_by}
    return head


def _above(document: Document) -> list[str]:
    """The lines above the row that names the columns."""
    texts: list[str] = []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            texts.append(squeeze(block.text))
            continue
        for row in block.rows:
            if _header(["" if cell.covered else cell.text for cell in row.cells]):
                return texts
            texts += [squeeze(line) for cell in row.cells for line in cell.text.split("\n")]
    return texts


def _name(texts: Sequence[str]) -> str:
    """The first line that names a set, with its continuation."""
    for index, text in enumerate(texts):
        if not _NAME.match(text) or len(text) >= _LONGEST_NAME:
            continue
        name = text
        for more in texts[index + 1 : index + 4]:
            if not more or not more.isupper() or not name.isupper() or _NAME_GOES_ON.search(more):
                break
            name = f"{name} {more}"
        return name
    return ""


_LONGEST_NAME = 300
