"""Real plans, from file to reading, against what was worked out by hand (../shared/truth)."""

import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from documents.reading.plan.interpret import read_plan
from rules.plan.values import ItemRead, PlanReading
from rules.timing.values import TimingKind

SHARED = Path(__file__).resolve().parents[5] / "shared"
PLANS, TRUTH = SHARED / "plans", SHARED / "truth"
pytestmark = pytest.mark.skipif(not PLANS.exists(), reason="the shared plans are not on this machine")

BA_NGOI = ["ba-ngoi-2025.txt", *(f"files/ba-ngoi-2025.{form}" for form in ("docx", "pdf", "xlsx", "odt", "doc"))]
TOC_TIEN = ["toc-tien-2021.txt", "files/toc-tien-2021.docx", "files/toc-tien-2021.pdf"]


@cache
def reading(name: str) -> PlanReading:
    if name.endswith(".doc") and not (shutil.which("soffice") or shutil.which("libreoffice")):
        pytest.skip("LibreOffice is not on this machine")
    return read_plan(PLANS / name)


@cache
def truth(name: str) -> Any:
    return json.loads((TRUTH / f"{name}.json").read_text(encoding="utf-8"))


def as_truth(item: ItemRead) -> dict[str, Any]:
    """An item in the words of the truth file."""

    def units(refs: Any) -> list[dict[str, Any]]:
        return [
            {"printed": ref.printed, "unit": ref.unit} | ({"role_note": ref.note} if ref.note else {}) for ref in refs
        ]

    return {
        "code": item.code,
        "ordinal_printed": item.ordinal,
        "section": item.section,
        "title": item.title,
        "timing_phrase": item.timing.phrase,
        "lead": units(item.lead),
        "coordinating": units(item.coordinating),
        "results": list(item.results),
    }


@pytest.mark.parametrize("name", BA_NGOI)
def test_every_field_of_ba_ngoi_is_as_worked_out_by_hand(name: str):
    expected = truth("ba-ngoi-2025")["items"]
    got = [as_truth(item) for item in reading(name).items]
    assert len(got) == 59
    assert got == [{key: row[key] for key in got[0]} for row in expected]


@pytest.mark.parametrize("name", BA_NGOI)
def test_ba_ngoi_is_counted_as_the_office_counts(name: str):
    counts = reading(name).counts
    assert (counts.rows, counts.sections, counts.numbered, counts.items) == (81, 11, 39, 59)
    headings = truth("ba-ngoi-2025")
    codes = {row["code"] for row in headings["sections"] + headings["groups_B"] + headings["subheaders_B"]}
    assert {section.code for section in reading(name).sections} == codes


@pytest.mark.parametrize("name", BA_NGOI)
def test_ba_ngoi_says_what_a_person_must_settle(name: str):
    undetermined = [item.code for item in reading(name).items if item.timing.kind is TimingKind.UNDETERMINED]
    assert undetermined == [row["item"] for row in truth("ba-ngoi-2025")["undetermined"]]
    investment = next(item for item in reading(name).items if item.code == "A.VII.1")
    assert [str(milestone.due) for milestone in investment.timing.milestones] == ["2025-12-31", "2026-01-31"]
    open_sets = [i.code for i in reading(name).items if any(d.code == "unit.open_set" for d in i.warnings)]
    assert open_sets == ["A.I.1", "A.I.2", "A.I.3", "A.I.5", "A.II.3", "A.V.1"]


def test_every_item_says_where_it_stood():
    assert [item.source.line for item in reading("ba-ngoi-2025.txt").items] == [
        row["source_line"] for row in truth("ba-ngoi-2025")["items"]
    ]
    assert all(item.source.page and item.source.row for item in reading("files/ba-ngoi-2025.pdf").items)
    assert all(item.source.table and item.source.row for item in reading("files/ba-ngoi-2025.docx").items)


@pytest.mark.parametrize("name", ["files/other-headers.docx", "files/other-headers.pdf"])
def test_other_headers_in_another_order_say_the_same(name: str):
    fields = ("title", "timing_phrase", "lead", "coordinating", "results", "section")
    got = [{key: as_truth(item)[key] for key in fields} for item in reading(name).items]
    assert got == [{key: row[key] for key in fields} for row in truth("ba-ngoi-2025")["items"]]
    assert len({item.code for item in reading(name).items}) == 59
    assert reading(name).counts == reading("files/ba-ngoi-2025.docx").counts


@pytest.mark.parametrize("name", TOC_TIEN)
def test_the_measures_of_toc_tien_have_their_codes_and_owners(name: str):
    expected = {row["code"]: row for row in truth("toc-tien-2021")["items"]}
    got = {item.code: item for item in reading(name).items}
    assert list(got) == list(expected)
    for code, item in got.items():
        row = expected[code]
        assert [ref.printed for ref in item.lead] == row["lead"], code
        if code.startswith("III"):
            assert item.title == row["title"], code
            assert [ref.printed for ref in item.coordinating] == row["coordinating"], code


@pytest.mark.parametrize("name", TOC_TIEN)
def test_toc_tien_prints_nine_scores_and_its_shortcomings_are_no_tasks(name: str):
    fields = ("area", "achieved", "max", "year")
    expected = [tuple(row[field] for field in fields) for row in truth("toc-tien-2021")["scores"]]
    assert [(score.area, score.achieved, score.max, score.year) for score in reading(name).scores] == expected
    shortcomings = {row["text"][:60] for row in truth("toc-tien-2021")["shortcomings"]}
    assert not shortcomings & {item.title[:60] for item in reading(name).items}


def test_rhythms_and_requests_of_toc_tien_are_seen():
    got = {item.code: item for item in reading("toc-tien-2021.txt").items}
    assert got["IV.1"].timing.kind is TimingKind.RECURRING
    assert got["IV.1"].timing.phrase == "định kỳ hàng quý"
    assert "item.request" in {doubt.code for doubt in got["IV.3"].warnings}
    assert "timing.defaulted" in {doubt.code for doubt in got["III.1.1"].warnings}


def test_the_duties_of_hue_have_their_codes_units_and_deadline():
    expected = {row["code"]: row for row in truth("hue-commune-2024")["items"]}
    got = {item.code: item for item in reading("hue-commune-2024.txt").items}
    assert list(got) == list(expected)
    leads = {code: [ref.printed for ref in item.lead] for code, item in got.items()}
    assert leads == {code: [who for who in row["lead"] if who[0] != "("] for code, row in expected.items()}
    plan = got["IV.1.a"].timing
    assert (plan.phrase, str(plan.due), str(plan.last_day)) == ("trước ngày 15/4/2024", "2024-04-15", "2024-04-14")
    assert got["IV.1.d"].timing.kind is TimingKind.RECURRING
    assert [ref.printed for ref in got["III.2.(5).a"].coordinating] == ["các bộ phận liên quan"]
    assert [(score.achieved, score.year) for score in reading("hue-commune-2024.txt").scores] == [(91.989, 2023)]


def test_sentences_cut_by_a_page_break_are_whole():
    got = {item.code: item.title for item in reading("hue-commune-2024.txt").items}
    assert got["III.2.(6).e"].endswith("nhiều lần nếu không có lý do chính đáng.")
    assert got["IV.4.b"].endswith("theo lĩnh vực được phân công phụ trách.")


def test_the_other_two_plans_give_a_useful_result():
    action = {item.code: item for item in reading("dai-lanh-2025.txt").items}
    assert [ref.unit for ref in action["III.7.a"].lead] == ["VAN_PHONG_THONG_KE", "BO_PHAN_MOT_CUA"]
    assert action["III.6.a"].timing.kind is TimingKind.CONTINUOUS
    assert action["III.1"].title.startswith("Tiếp tục thực hiện đầy đủ")
    team = {item.code: item for item in reading("dai-lanh-survey-team-2023.txt").items}
    assert [ref.unit for ref in team["III.1.a"].lead] == ["VAN_PHONG"]
    assert str(team["III.1.a"].timing.due) == "2023-12-31"
    assert team["III.1.d"].timing.recurrence == "FREQ=WEEKLY"
    assert team["III.2.a"].lead[0].printed == "Tổ lấy phiếu mức độ hài lòng và viết hộ"


def test_a_year_that_contradicts_the_day_of_issue_is_reported_and_not_corrected():
    team = {item.code: item for item in reading("dai-lanh-survey-team-2023.txt").items}
    period = team["II.2.1"]
    assert (str(period.timing.start), str(period.timing.due)) == ("2023-01-01", "2023-10-31")
    assert "timing.year_conflict" in {doubt.code for doubt in period.warnings}


def test_reading_twice_gives_the_same():
    assert read_plan(PLANS / "files/ba-ngoi-2025.docx") == reading("files/ba-ngoi-2025.docx")
