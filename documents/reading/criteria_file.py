"""Criteria and figures from YAML files, as documented in config/criteria."""

import unicodedata
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from documents.reading.blocks import RefusedDocument
from documents.reading.yaml_text import load_yaml, refuse_yaml
from rules.criteria import CHILD_KEYS, CriteriaSet
from rules.criteria_checks import check_criteria, errors
from rules.criteria_rules import RULE_WORDS
from rules.scoring_input import Entry, Figures, read_entry, unknown_codes

WHAT = "Bộ tiêu chí"
FIGURES = "Tệp số liệu"

_SAID = {
    "missing": "còn thiếu",
    "extra_forbidden": "không có mục này trong cách ghi bộ tiêu chí; kiểm tra chính tả",
    "too_short": "chưa có phần tử nào",
    "string_too_short": "còn trống",
    "string_type": "phải là chữ",
    "string_too_long": "dài quá mức cho phép",
    "list_type": "phải là danh sách, mỗi dòng bắt đầu bằng dấu gạch ngang",
    "tuple_type": "phải là danh sách, mỗi dòng bắt đầu bằng dấu gạch ngang",
    "dict_type": "phải gồm các mục “tên: nội dung”",
    "model_type": "phải gồm các mục “tên: nội dung”",
    "model_attributes_type": "phải gồm các mục “tên: nội dung”",
    "bool_parsing": "phải là true hoặc false",
    "bool_type": "phải là true hoặc false",
    "int_parsing": "phải là số nguyên",
    "int_from_float": "phải là số nguyên",
    "date_from_datetime_parsing": "phải là ngày viết như 2025-12-31",
    "date_parsing": "phải là ngày viết như 2025-12-31",
    "date_type": "phải là ngày viết như 2025-12-31",
    "union_tag_not_found": "chưa ghi loại cách tính (type)",
    "recursion_loop": "lồng nhau không hợp lệ",
}
_KINDS = "; ".join(kind for kind in RULE_WORDS)


def read_criteria(path: Path, *, checked: bool = True) -> CriteriaSet:
    """A set of criteria from a YAML file.

    Raises RefusedDocument with one Vietnamese sentence: where and what; with `checked` also for a set
    whose sums or rules are wrong.
    """
    criteria = _from_yaml(path)
    if checked and (wrong := errors(check_criteria(criteria))):
        more = f" (và {len(wrong) - 1} lỗi nữa; xem bằng: dondoc criteria check)" if len(wrong) > 1 else ""
        raise refuse_yaml(path, WHAT, wrong[0].message.rstrip(".") + more)
    return criteria


def _from_yaml(path: Path) -> CriteriaSet:
    content = nfc(load_yaml(path, WHAT))
    try:
        return CriteriaSet.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        raise refuse_yaml(path, WHAT, f"{place(content, first['loc'])}: {said(first)}") from None


def read_figures(path: Path, criteria: CriteriaSet) -> Figures:
    """The figures of a set from a YAML file. Raises RefusedDocument naming the first criterion that does not fit."""
    content = nfc(load_yaml(path, FIGURES))
    raw = content.get("figures")
    if not isinstance(raw, dict):
        raise refuse_yaml(path, FIGURES, "cần có mục figures: mỗi dòng một mã tiêu chí và số liệu")
    by_code = {str(code).strip().rstrip("."): value for code, value in raw.items()}
    if unknown := unknown_codes(criteria, by_code):
        some = ", ".join(unknown[:5])
        raise refuse_yaml(path, FIGURES, f"bộ tiêu chí {criteria.code} không có tiêu chí chấm điểm mang mã {some}")
    entries = {code: _entry(path, criteria, code, value) for code, value in by_code.items()}
    try:
        return Figures.model_validate({**content, "figures": entries})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(step) for step in first["loc"]) or "tệp"
        raise refuse_yaml(path, FIGURES, f"mục {name}: {said(first)}") from None


def _entry(path: Path, criteria: CriteriaSet, code: str, value: Any) -> Entry:
    rule = criteria.by_code[code].rule
    if rule is None:  # pragma: no cover - by_code holds leaves only
        raise refuse_yaml(path, FIGURES, f"tiêu chí {code} không chấm điểm trực tiếp")
    try:
        return read_entry(value, rule)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(step) for step in first["loc"])
        where = f"tiêu chí {code}, mục {name}" if name else f"tiêu chí {code}"
        raise refuse_yaml(path, FIGURES, f"{where}: {said(first)}") from None
    except ValueError as error:
        raise refuse_yaml(path, FIGURES, f"tiêu chí {code}: {error}") from None


def said(error: Any) -> str:
    """What is wrong, in Vietnamese."""
    kind = error["type"]
    if kind == "value_error":
        return str(error["ctx"]["error"]).rstrip(".")
    if kind == "union_tag_invalid":
        return f"không có cách tính “{error['ctx']['tag']}”; các cách tính: {_KINDS}"
    if kind in ("literal_error", "enum"):
        return f"“{error['input']}” không dùng được; chọn một trong: {error['ctx']['expected'].replace(' or ', ', ')}"
    if kind in ("greater_than_equal", "less_than_equal"):
        return f"“{error['input']}” ngoài khoảng cho phép"
    return _SAID.get(kind, f"giá trị {str(error['input'])[:60]!r} không đúng dạng")


def place(content: Any, location: tuple[int | str, ...]) -> str:
    """Where an error stands, by the code of the criterion: "tiêu chí 1.2.1, mục rule.bands thứ 2.points"."""
    node, code, names = content, "", list[str]()
    for step in location:
        node = _down(node, step)
        if isinstance(step, int):
            if isinstance(node, dict) and ("code" in node or "name" in node):
                code, names = str(node.get("code") or f"“{node['name']}”"), []
            elif names:
                names[-1] += f" thứ {step + 1}"
        elif step not in ("children", "areas") or node is None:
            names.append(str(step))
    where = f"tiêu chí {code}" if code else ""
    names = [name for i, name in enumerate(names) if not (name in RULE_WORDS and i and names[i - 1] in _HOLDERS)]
    return ", ".join(filter(None, (where, f"mục {'.'.join(names)}" if names else ""))) or "tệp"


_HOLDERS = ("rule", "then", "otherwise")


def _down(node: Any, step: int | str) -> Any:
    """The part of the raw content a step leads to; the tag of a rule leads nowhere further."""
    if isinstance(step, int):
        return node[step] if isinstance(node, list) and step < len(node) else None
    if not isinstance(node, dict):
        return None
    if step == "children":
        return next((node[key] for key in CHILD_KEYS if key in node), None)
    return node.get(step, node if step in RULE_WORDS else None)


def nfc(content: Any) -> Any:
    """The content with all its text in NFC."""
    if isinstance(content, str):
        return unicodedata.normalize("NFC", content)
    if isinstance(content, dict):
        return {nfc(key): nfc(value) for key, value in content.items()}
    if isinstance(content, list):
        return [nfc(value) for value in content]
    return content


__all__ = ["RefusedDocument", "nfc", "place", "read_criteria", "read_figures", "said"]
