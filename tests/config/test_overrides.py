from datetime import date
from pathlib import Path

import pytest

from config.overrides import Override, check_working_days, overrides_in, with_override, without_override
from config.working_days import WorkingDaysError, load_special_days

HAND_WRITTEN = """# Của phường. Không xóa dòng này.

[years.2027]
source = "Thông báo số 1/TB"
off = [{ from = 2027-05-03, to = 2027-05-04, label = "Nghỉ hoán đổi" }]
work = [{ date = 2027-05-08, label = "Làm bù", source = "Số 2" }]
"""
STORM = Override(date(2027, 10, 4), date(2027, 10, 5), False, 'Bão số "7"', "Công điện \\ 9")


def test_a_file_written_by_hand_takes_one_entry_more_and_loses_none(tmp_path: Path) -> None:
    text = with_override(HAND_WRITTEN, STORM)
    assert text.startswith("# Của phường. Không xóa dòng này.\n")
    assert overrides_in(text) == sorted([*overrides_in(HAND_WRITTEN), STORM])
    own = tmp_path / "own.toml"
    own.write_text(text, encoding="utf-8")
    days = {one.day: one for one in load_special_days(own).days}
    assert (days[date(2027, 10, 5)].label, days[date(2027, 10, 5)].source) == ('Bão số "7"', "Công điện \\ 9")
    assert days[date(2027, 5, 8)].works
    assert load_special_days(own_text=text) == load_special_days(own)


def test_adding_and_taking_away_gives_the_same_entries_again() -> None:
    assert overrides_in(without_override(with_override(HAND_WRITTEN, STORM), STORM.key)) == overrides_in(HAND_WRITTEN)
    alone = with_override("", STORM)
    assert without_override(alone, STORM.key) == ""


def test_days_over_the_new_year_stand_in_both_years() -> None:
    text = with_override("", Override(date(2027, 12, 30), date(2028, 1, 2), False, "Nghỉ", "Số 3"))
    assert [(one.first, one.last) for one in overrides_in(text)] == [
        (date(2027, 12, 30), date(2027, 12, 31)),
        (date(2028, 1, 1), date(2028, 1, 2)),
    ]
    assert check_working_days(text) == ()


def test_a_day_that_is_there_already_is_not_entered_twice() -> None:
    with pytest.raises(WorkingDaysError, match="trùng ngày"):
        with_override(HAND_WRITTEN, Override(date(2027, 5, 4), date(2027, 5, 4), True, "Làm", "Số 4"))


def test_a_text_with_a_fault_is_told_with_its_line() -> None:
    assert check_working_days("[years.2027]\noff = []\n")[0].startswith("Dòng 1: mục “years.2027.source” còn thiếu")
    assert "dòng 2" in check_working_days("[years.2027]\nsource = \n")[0]
