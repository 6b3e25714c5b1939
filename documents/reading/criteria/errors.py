"""Errors of a criteria set in Vietnamese: where and what."""

from typing import Any

from rules.scoring.criteria.rules import RULE_WORDS
from rules.scoring.criteria.sets import CHILD_KEYS

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
    """Where an error stands, by the criterion's code."""
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
    """The part of the raw content a step leads to."""
    if isinstance(step, int):
        return node[step] if isinstance(node, list) and step < len(node) else None
    if not isinstance(node, dict):
        return None
    if step == "children":
        return next((node[key] for key in CHILD_KEYS if key in node), None)
    return node.get(step, node if step in RULE_WORDS else None)
