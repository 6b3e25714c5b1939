"""Criteria and figures from YAML files and provinces' tables."""

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from documents.reading.criteria.errors import place, said
from documents.reading.criteria.table import read_criteria_table
from documents.reading.criteria.yaml_text import load_yaml, refuse_yaml
from rules.numbers import is_unsure
from rules.scoring.criteria.checks import Finding, check_criteria, errors
from rules.scoring.criteria.sets import CriteriaSet
from rules.scoring.entry import Entry, Figures, read_entry, unknown_codes

WHAT = "Bộ tiêu chí"
FIGURES = "Tệp số liệu"
YAML_ENDINGS = (".yaml", ".yml")


def read_criteria(path: Path, *, checked: bool = True, year: int | None = None) -> CriteriaSet:
    """A set of criteria from YAML or a document's table.

    Raises RefusedDocument with one Vietnamese sentence: where and what; with `checked` also for a set
    whose sums or rules are wrong.
    """
    criteria, doubts = read_criteria_and_doubts(path, year)
    if checked and (wrong := errors((*check_criteria(criteria), *doubts))):
        more = f" (và {len(wrong) - 1} lỗi nữa; xem bằng: dondoc criteria check)" if len(wrong) > 1 else ""
        raise refuse_yaml(path, WHAT, wrong[0].message.rstrip(".") + more)
    return criteria


def read_criteria_and_doubts(path: Path, year: int | None = None) -> tuple[CriteriaSet, tuple[Finding, ...]]:
    """The unchecked set, and what was not understood.

    Raises RefusedDocument.
    """
    if path.suffix.lower() in YAML_ENDINGS:
        return _from_yaml(path), ()
    reading = read_criteria_table(path, year=year)
    return reading.criteria, reading.doubts


def _from_yaml(path: Path) -> CriteriaSet:
    content = nfc(load_yaml(path, WHAT))
    if unsure := next(_unsure(content, ()), None):
        steps, text = unsure
        whole, part = text.replace(".", ""), text.replace(".", ",")
        told = f"số “{text}” viết không rõ; viết {whole} nếu là hàng nghìn, {part} nếu là số lẻ"
        raise refuse_yaml(path, WHAT, f"{place(content, steps)}: {told}")
    try:
        return CriteriaSet.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        raise refuse_yaml(path, WHAT, f"{place(content, first['loc'])}: {said(first)}") from None


_NUMBERS = frozenset(
    "max total cap floor from over below to points otherwise target least failed per_day per".split()  # noqa: SIM905
)


def _unsure(content: Any, at: tuple[int | str, ...]) -> Iterator[tuple[tuple[int | str, ...], str]]:
    """Numbers that people and machines read differently, with paths."""
    if isinstance(content, dict):
        for key, value in content.items():
            if key in _NUMBERS and isinstance(value, str) and is_unsure(value):
                yield (*at, key), value
            yield from _unsure(value, (*at, key))
    elif isinstance(content, list):
        for index, value in enumerate(content):
            yield from _unsure(value, (*at, index))


def read_figures(path: Path, criteria: CriteriaSet) -> Figures:
    """The figures of a set from a YAML file.

    Raises RefusedDocument naming the first criterion that does not fit.
    """
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


def nfc(content: Any) -> Any:
    """The content with all its text in NFC."""
    if isinstance(content, str):
        return unicodedata.normalize("NFC", content)
    if isinstance(content, dict):
        return {nfc(key): nfc(value) for key, value in content.items()}
    if isinstance(content, list):
        return [nfc(value) for value in content]
    return content
