"""Criteria and figures in YAML: exact numbers, and every mistake is named where it stands."""

from decimal import Decimal
from pathlib import Path

import pytest

from documents.reading.criteria.file import read_criteria, read_figures
from documents.reading.formats.blocks import RefusedDocument
from rules.scoring.criteria.checks import check_criteria
from rules.scoring.score import score_set

SAMPLES = Path(__file__).resolve().parents[4] / "config" / "criteria"
SMALL = """
code: S
name: Bộ nhỏ
year: 2025
total: 3
areas:
  - code: 1
    name: Lĩnh vực
    max: 3
    criteria:
      - {code: 1.10, name: Mười, max: 1, evidence: Báo cáo, rule: {type: ratio}}
      - code: 1.1
        name: Một
        max: 2,00
        evidence: [Báo cáo]
        rule:
          type: bands
          when_none: zero
          bands:
            - {from: 80, points: 2}
            - {below: 80, points: 0}
"""


def written(tmp_path: Path, text: str, name: str = "bo.yaml") -> Path:
    """A file with this text."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("max: 2,00", "max: 1.200", "tiêu chí 1.1"),
        ("total: 3", "total: 1.000", "total"),
        ("from: 80", "from: 1.250", "1.1"),
    ],
)
def test_a_number_that_people_and_machines_read_differently_is_asked(
    tmp_path: Path, old: str, new: str, where: str
) -> None:
    with pytest.raises(RefusedDocument, match="viết không rõ") as refused:
        read_criteria(written(tmp_path, SMALL.replace(old, new)))
    assert where in str(refused.value)


def test_thousands_count_in_the_figures_of_a_file_as_in_an_answer(tmp_path: Path) -> None:
    criteria = read_criteria(written(tmp_path, SMALL))
    figures = written(tmp_path, 'figures: {1.10: "1.234/1250", 1.1: {part: 1.234, whole: 1.250}}', "so-lieu.yaml")
    sheet = score_set(criteria, read_figures(figures, criteria).figures, require_evidence=False)
    assert sheet.total == Decimal("2.99")


@pytest.mark.parametrize(
    ("criteria", "figures", "total", "leaves"),
    [
        ("par-index-commune-sample", "par-index-commune-figures", "56.13", 46),
        ("all-rules-sample", "all-rules-figures", "8.124", 12),
        ("toc-tien-2020-areas", "toc-tien-2020-figures", "76.824", 9),
    ],
)
def test_the_samples_are_sound_and_score_as_documented(criteria: str, figures: str, total: str, leaves: int) -> None:
    found = read_criteria(SAMPLES / f"{criteria}.yaml")
    given = read_figures(SAMPLES / f"{figures}.yaml", found)
    sheet = score_set(found, given.figures, require_evidence=given.require_evidence)
    assert check_criteria(found) == ()
    assert len(found.leaves) == leaves
    assert sheet.total == Decimal(total)
    assert found.sample


def test_the_commune_sample_has_the_nine_maxima() -> None:
    found = read_criteria(SAMPLES / "par-index-commune-sample.yaml")
    assert [str(area.maximum) for area in found.areas] == ["16", "5", "4", "4.5", "8.5", "6", "11", "10", "35"]


def test_the_small_sample_uses_every_kind_of_rule() -> None:
    found = read_criteria(SAMPLES / "all-rules-sample.yaml")
    kinds = {leaf.rule.type for leaf in found.leaves if leaf.rule}
    assert kinds == {
        "bands", "cases", "ratio", "pass_fail", "late", "bonus", "penalty", "relative", "manual", "conditional"
    }  # fmt: skip


def test_codes_that_look_like_numbers_stay_as_they_are_written(tmp_path: Path) -> None:
    found = read_criteria(written(tmp_path, SMALL))
    assert [leaf.code for leaf in found.leaves] == ["1.10", "1.1"]


def test_text_is_read_as_nfc(tmp_path: Path) -> None:
    import unicodedata

    found = read_criteria(written(tmp_path, unicodedata.normalize("NFD", SMALL)))
    assert found.areas[0].name == "Lĩnh vực"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("max: 3", "max: 4", "cộng lại là 3 (1 + 2)"),
        ("points: 2", "points: hai", "tiêu chí 1.1, mục rule.bands thứ 1.points: “hai” không phải là số"),
        ("type: ratio", "type: ratios", "tiêu chí 1.10, mục rule: không có cách tính “ratios”"),
        ("name: Một", "nam: Một", "tiêu chí 1.1, mục name: còn thiếu"),
        ("total: 3", "total: 3\ntotal: 3", "mục “total” được ghi hai lần"),
        ("year: 2025", "year: năm nay", "mục year: phải là số nguyên"),
        ("    max: 3", "   max: 3", "sai cú pháp YAML, dòng"),
        ("name: Bộ nhỏ", "name: &a Bộ nhỏ", "tham chiếu YAML"),
        ("name: Bộ nhỏ", "name: !!python/name:os.system", "dòng 3: có kiểu dữ liệu không dùng được"),
    ],
)
def test_a_mistake_is_named_where_it_stands(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in SMALL
    with pytest.raises(RefusedDocument) as refused:
        read_criteria(written(tmp_path, SMALL.replace(old, new)))
    assert said in str(refused.value)
    assert "“bo.yaml”" in str(refused.value)


@pytest.mark.parametrize("text", ["", "a", "- a\n- b", "[" * 5000, "{" * 5000, "\x00", "a: [" + "[" * 70 + "]" * 71])
def test_what_is_no_set_is_refused_in_one_sentence(tmp_path: Path, text: str) -> None:
    with pytest.raises(RefusedDocument, match="chưa dùng được"):
        read_criteria(written(tmp_path, text))


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ("figures: {1.2: 3}", "không có tiêu chí chấm điểm mang mã 1.2"),
        ("figures: {1.1: rất tốt}", "tiêu chí 1.1, mục value"),
        ("figures: {1.1: -3}", "không được âm"),
        ("figures: {1.1: {part: 3}}", "cần cả số thực hiện (part) và tổng số (whole)"),
        ("figures: {1.1: {valu: 3}}", "tiêu chí 1.1, mục valu: không có mục này"),
        ("figures: {1.1: [3]}", "tiêu chí 1.1: không đúng dạng"),
        ("figure: {1.1: 3}", "cần có mục figures"),
        ("figures: {1.1: 3}\nyeer: 2025", "mục yeer: không có mục này"),
    ],
)
def test_a_figure_that_does_not_fit_is_named_by_its_criterion(tmp_path: Path, figures: str, said: str) -> None:
    criteria = read_criteria(written(tmp_path, SMALL))
    with pytest.raises(RefusedDocument) as refused:
        read_figures(written(tmp_path, figures, "so-lieu.yaml"), criteria)
    assert said in str(refused.value)


def test_figures_are_exact(tmp_path: Path) -> None:
    criteria = read_criteria(written(tmp_path, SMALL))
    given = read_figures(written(tmp_path, "figures: {1.10: 77.1, 1.1: '79,999999'}", "so-lieu.yaml"), criteria)
    assert given.figures["1.10"].value == Decimal("77.1")
    assert score_set(criteria, given.figures).total == Decimal("0.77")
