import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from config.working_days import WorkingDaysError, load_special_days
from rules.calendar.workdays import WorkCalendar
from services.policy import office_calendar

DAY = timedelta(days=1)


def calendar_of(own_file: Path | None = None) -> WorkCalendar:
    special = load_special_days(own_file)
    return WorkCalendar(special.off, special.worked)


def written(folder: Path, text: str) -> Path:
    path = folder / "ngay-nghi.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_day_of_2025_and_2026_is_as_officially_announced(shared: Path) -> None:
    with (shared / "truth" / "holidays-2025-2026.tsv").open(encoding="utf-8") as lines:
        truth = {date.fromisoformat(row["date"]): row["official"] for row in csv.DictReader(lines, delimiter="\t")}
    calendar, day, wrong = calendar_of(), date(2025, 1, 1), []
    while day.year < 2027:
        works = truth[day] == "work" if day in truth else day.isoweekday() <= 5
        if calendar.is_working_day(day) != works:
            wrong.append(day.isoformat())
        day += DAY
    assert wrong == []


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2025, 4, 26), True),
        (date(2025, 5, 2), False),
        (date(2026, 1, 2), False),
        (date(2026, 1, 10), True),
        (date(2026, 8, 22), True),
        (date(2026, 4, 27), False),
        (date(2024, 5, 4), True),
        (date(2027, 2, 8), False),
        (date(2040, 9, 2), False),
    ],
)
def test_swapped_days_and_holidays_of_other_years_are_known(day: date, works: bool) -> None:
    assert calendar_of().is_working_day(day) is works


def test_each_special_day_says_where_it_comes_from() -> None:
    days = {special.day: special for special in load_special_days().days}
    assert days[date(2026, 1, 10)].source == "Văn bản số 12729/VPCP-KGVX ngày 25/12/2025"
    assert "Bộ luật Lao động" in days[date(2027, 1, 1)].source
    assert all(special.label and special.source for special in days.values())


def test_years_without_their_notice_are_usable_and_named() -> None:
    special = load_special_days()
    assert special.missing_override_years([2025, 2026, 2027, 2028]) == (2027, 2028)


def test_the_offices_own_file_comes_before_everything(tmp_path: Path) -> None:
    own = written(
        tmp_path,
        """
        [years.2027]
        source = "Quyết định số 01/QĐ-UBND"
        off = [{ from = 2027-05-03, to = 2027-05-04, label = "Nghỉ hoán đổi" }]
        work = [{ date = 2027-05-08, label = "Làm bù", source = "Số 2" }, { date = 2027-09-03, label = "Trực" }]
        [years.2026]
        source = "Tỉnh"
        work = [{ date = 2026-01-02, label = "Trực" }]
        """,
    )
    calendar = calendar_of(own)
    assert not calendar.is_working_day(date(2027, 5, 4))
    assert calendar.is_working_day(date(2027, 5, 8))
    assert calendar.is_working_day(date(2027, 9, 3))
    assert calendar.is_working_day(date(2026, 1, 2))
    assert calendar.is_working_day(date(2026, 1, 10))
    assert load_special_days(own).missing_override_years([2027]) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[years.2027\nx = 1", "dòng 1"),
        ("[years.2027]\noff = []", "“years.2027.source” còn thiếu"),
        ('[years.2027]\nsource="x"\nof = []', "“years.2027.of” không phải là tên mục"),
        ('[years.2027]\nsource="x"\noff = [{date=2027-01-04}]', "“years.2027.off.1.label” còn thiếu"),
        ('[years.2027]\nsource="x"\noff = [{date=2026-01-04, label="a"}]', "04/01/2026 nằm trong bảng của năm 2027"),
        ('[years.2027]\nsource="x"\noff = [{from=2027-01-04, label="a"}]', "cả “from” và “to”"),
        ('[years.2027]\nsource="x"\noff = [{from=2027-01-04, to=2027-01-03, label="a"}]', "“to” trước “from”"),
        ('[years.2027]\nsource="x"\noff = [{date="mai", label="a"}]', "phải là ngày viết theo dạng"),
        (
            '[years.2027]\nsource="x"\noff=[{date=2027-01-04, label="a"}]\nwork=[{date=2027-01-04, label="b"}]',
            "04/01/2027 vừa là ngày nghỉ vừa là ngày làm bù",
        ),
    ],
)
def test_a_wrong_table_is_told_in_one_sentence(tmp_path: Path, text: str, words: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(WorkingDaysError) as error:
        load_special_days(path)
    assert words in str(error.value)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(WorkingDaysError, match="Không đọc được"):
        load_special_days(tmp_path / "khong-co.toml")


def test_the_office_reads_its_file_again_when_it_changes(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monday = date(2027, 3, 1)
    assert office_calendar().is_working_day(monday)
    own = written(tmp_path, "")
    monkeypatch.setenv("DONDOC_WORKING_DAYS_FILE", str(own))
    assert office_calendar().is_working_day(monday)
    written(tmp_path, '[years.2027]\nsource = "x"\noff = [{ date = 2027-03-01, label = "Nghỉ" }]')
    assert not office_calendar().is_working_day(monday)
