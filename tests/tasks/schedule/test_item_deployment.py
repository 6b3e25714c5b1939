"""A deployment's page: true, in Vietnamese, the same tomorrow, and safe from what a document says."""

from datetime import date

import pytest
from prefect.utilities.callables import parameter_schema

from flows.plan_item import plan_item
from notifications.wording import plain
from tasks.schedule.item_deployment import PARAMETERS, content_hash, description, payload
from tests.tasks.schedule.test_runs import DUE, TERMS, a_due, an_item


def test_the_page_says_who_what_and_every_day_of_the_ladder() -> None:
    page = description(an_item(a_due()), TERMS, "http://cong.example")
    assert "## A.I.1. Việc" in page
    assert "- **Kế hoạch:** Kế hoạch (187-KH)" in page
    assert "- **Mục:** A.I. Chỉ đạo" in page
    assert "- **Cơ quan chủ trì:** Phòng A" in page
    assert "- **Cơ quan phối hợp:** không có" in page
    assert "[http://cong.example](http://cong.example)" in page
    assert (
        "- **hạn thứ Tư 31/12/2025**: nhắc 01/12, 17/12, 24/12, 26/12, 30/12, 31/12; đôn đốc 01/01, 05/01, 07/01"
        in page
    )
    assert "Sau mốc cuối, đôn đốc tiếp mỗi 7 ngày" in page


def test_a_day_that_is_outside_shows_both_days() -> None:
    page = description(an_item(a_due(date(2025, 4, 14), due_on=date(2025, 4, 15))), TERMS, None)
    assert "hạn thứ Ba 15/04/2025** (ngày cuối còn đúng hạn 14/04/2025)" in page


def test_units_with_the_same_day_share_a_line_and_very_many_periods_are_cut() -> None:
    page = description(an_item(a_due(number=1), a_due(number=2)), TERMS, None)
    assert page.count("hạn thứ Tư 31/12/2025") == 1
    many = [a_due(DUE, number, f"Kỳ {number}") for number in range(60)]
    assert "… và 20 kỳ nữa" in description(an_item(*many), TERMS, None)


def test_what_is_missing_is_said() -> None:
    item = an_item()
    assert "**Chưa có lịch:**" in description(item, TERMS, None)
    item.needs_date, item.reason = True, "cần người phụ trách nhập ngày"
    assert "**Chờ xác định thời hạn.** cần người phụ trách nhập ngày" in description(item, TERMS, None)


def test_the_hash_follows_the_content_only() -> None:
    first = payload(an_item(a_due()), TERMS, "pool", None)
    assert content_hash(first) == content_hash(payload(an_item(a_due()), TERMS, "pool", None))
    done = payload(an_item(a_due(done_on=date(2025, 12, 1))), TERMS, "pool", None)
    assert content_hash(first) != content_hash(done)
    assert content_hash(first) == content_hash(payload(an_item(a_due(settled_offset=-7)), TERMS, "pool", None)), (
        "a rung that was told changes nothing to post"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[bấm](http://xau.example)", "\\[bấm\\](http://xau.example)"),
        ("<img src=x>", "\\<img src=x\\>"),
        ("a\n# b\u202e", "a \\# b"),
        ("1 | 2", "1 \\| 2"),
    ],
)
def test_a_documents_text_is_never_markup(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_the_form_of_an_item_has_the_flows_parameters() -> None:
    of_flow = parameter_schema(plan_item.fn).model_dump()
    assert set(PARAMETERS["properties"]) == set(of_flow["properties"])
    assert set(PARAMETERS["required"]) == set(of_flow["required"])
    for name, shown in PARAMETERS["properties"].items():
        given = of_flow["properties"][name]
        assert {key: shown.get(key) for key in ("type", "anyOf", "position")} == {
            key: given.get(key) for key in ("type", "anyOf", "position")
        }, name
