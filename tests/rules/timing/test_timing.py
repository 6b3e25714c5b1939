"""What the product understands by the timing phrases of real and invented plans."""

import csv
from datetime import date
from pathlib import Path

import pytest

from rules.timing import read_result_milestones, read_timing
from rules.timing.values import Relative, Timing, TimingKind

_HERE = Path(__file__).parent
_SHARED = Path(__file__).resolve().parents[4] / "shared"
_TRUTH = _SHARED / "truth" / "timing-phrases.tsv"


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


# -- our own phrases, worked out by hand ---------------------------------------------------------------------------

_OWN = _rows(_HERE / "timing_phrases.tsv")


def _relative(timing: Timing) -> str:
    found = timing.relative
    if found is None:
        return ""
    days = "" if found.days is None else str(found.days)
    return f"{days}|{'wd' if found.working_days else ''}|{found.hours or ''}|{found.event}"


def _milestones(timing: Timing) -> str:
    parts = ((m.start or "", m.due or "", m.last_day or "", m.target or "") for m in timing.milestones)
    return ";".join("~".join(str(part) for part in row) for row in parts)


def test_there_are_twelve_hundred_phrases_of_our_own() -> None:
    assert len({row["phrase"] for row in _OWN}) >= 1_200


@pytest.mark.parametrize("row", _OWN, ids=[f"{row['phrase'][:60]}-{row['plan_year']}" for row in _OWN])
def test_a_phrase_of_our_own_means_what_was_worked_out(row: dict[str, str]) -> None:
    phrase = row["phrase"].replace("\\n", "\n")
    timing = read_timing(phrase, int(row["plan_year"]), _day(row["issued"]))
    read = {
        "kind": timing.kind.value,
        "start": str(timing.start or ""),
        "due": str(timing.due or ""),
        "last_day": str(timing.last_day or ""),
        "due_time": timing.due_time or "",
        "recurrence": (timing.recurrence or "").replace("\n", "\\n"),
        "exclusive": "yes" if timing.exclusive else "",
        "relative": _relative(timing),
        "milestones": _milestones(timing),
        "asks": "yes" if timing.reason else "",
    }
    assert read == {name: row[name] for name in read}
    assert timing.phrase == phrase


# -- the phrases of real plans --------------------------------------------------------------------------------------

_REAL = _rows(_TRUTH)
_KNOWN_RULES = {
    "with each CCHC report (quarterly/6-month/annual)": None,
    "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR (08:00-10:00)": "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
    "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR (14:00-16:00)": "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
    "quarterly + annual": "FREQ=MONTHLY;INTERVAL=3\nFREQ=YEARLY",
    "FREQ=MONTHLY + quarterly": "FREQ=MONTHLY\nFREQ=MONTHLY;INTERVAL=3",
    "FREQ=WEEKLY + FREQ=MONTHLY": "FREQ=WEEKLY\nFREQ=MONTHLY",
    "FREQ=WEEKLY;BYDAY=FR (before 16:00)": "FREQ=WEEKLY;BYDAY=FR",
    "FREQ=YEARLY on 06-01 and 11-15": "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=1\nFREQ=YEARLY;BYMONTH=11;BYMONTHDAY=15",
    "FREQ=YEARLY window 12-16..12-31": "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31",
    "2 times per month": "FREQ=MONTHLY;BYMONTHDAY=15,-1",
    "FREQ=DAILY (before 19:00)": "FREQ=DAILY",
    "BYMONTH=4,8": "FREQ=YEARLY;BYMONTH=4,8",
    "BYMONTHDAY=25 of the last month of the period": "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=25",
    "FREQ=MONTHLY;BYMONTHDAY=16 + YEARLY 06-16": "FREQ=MONTHLY;BYMONTHDAY=16\nFREQ=YEARLY;BYMONTH=6;BYMONTHDAY=16",
}


@pytest.mark.skipif(not _REAL, reason="../shared/truth/timing-phrases.tsv is not here")
@pytest.mark.parametrize("row", _REAL, ids=[row["phrase"][:60] for row in _REAL])
def test_a_phrase_of_a_real_plan_means_what_a_person_worked_out(row: dict[str, str]) -> None:
    issued = date(int(row["plan_year"]), 3, 3) if row["start"] == "PLAN_DATE" else None
    timing = read_timing(row["phrase"], int(row["plan_year"]), issued)

    assert timing.kind.value == row["kind"]
    if row["start"] == "PLAN_DATE":
        assert timing.start == issued
    elif row["start"][:2] == "20":
        starts = [str(milestone.start) for milestone in timing.milestones if milestone.start] or [str(timing.start)]
        assert row["start"].split(";") == starts[: len(row["start"].split(";"))]
        assert str(timing.start) == row["start"].split(";")[0]
    if row["due"][:2] == "20":
        wanted = [part for part in row["due"].split(";") if part.startswith("20")]
        dues = [str(milestone.due) for milestone in timing.milestones if milestone.due] or [str(timing.due)]
        assert [part.partition(" ")[0] for part in wanted] == dues
        assert (timing.due_time or "") == wanted[-1].partition(" ")[2]
    if row["recurrence"]:
        assert timing.recurrence == _KNOWN_RULES.get(row["recurrence"], row["recurrence"])
    if "EVENT" in row["due"]:
        assert timing.due is None
        assert timing.relative is not None
        count = row["due"].removeprefix("EVENT+")
        days, hours = timing.relative.days, timing.relative.hours
        shown = f"{hours}h" if hours else f"{days}{'wd' if timing.relative.working_days else 'd'}"
        assert shown == count
    if "exclusive" in row["note"]:
        assert timing.exclusive
    if "inclusive" in row["note"]:
        assert not timing.exclusive


# -- judgement: the issue date, last days, what a person is told ---------------------------------------------------


def test_trong_nam_starts_on_the_day_the_plan_was_signed() -> None:
    assert read_timing("Trong năm 2025", 2025, date(2025, 9, 5)).start == date(2025, 9, 5)
    assert read_timing("Trong năm 2026", 2025, date(2025, 9, 5)).start == date(2026, 1, 1)
    assert read_timing("Thường xuyên", 2025, date(2025, 9, 5)).start == date(2025, 1, 1)


def test_tu_nay_starts_on_the_day_of_issue_and_nowhere_when_it_is_unknown() -> None:
    assert read_timing("Từ nay đến hết năm 2025", 2025, date(2025, 9, 5)).start == date(2025, 9, 5)
    assert read_timing("Từ nay đến hết năm 2025", 2025).start is None


@pytest.mark.parametrize(
    ("phrase", "year", "issued"),
    [
        ("bắt đầu tháng 01/2023 đến hết tháng 10/2023", 2023, date(2023, 12, 15)),
        ("Trước ngày 15/11/2025", 2025, date(2025, 11, 21)),
        ("Quý I/2025", 2025, date(2025, 4, 2)),
        ("Hoàn thành trước 30/6", 2025, date(2025, 7, 1)),
    ],
)
def test_a_date_already_past_is_kept_as_printed_and_reported(phrase: str, year: int, issued: date) -> None:
    timing = read_timing(phrase, year, issued)
    assert timing.kind is not TimingKind.UNDETERMINED
    assert timing.due is not None
    assert timing.reason is not None
    assert "đã qua khi ban hành" in timing.reason


def test_a_day_without_a_year_that_lies_long_before_the_plan_is_not_guessed() -> None:
    timing = read_timing("trước ngày 31/01", 2025, date(2025, 12, 20))
    assert timing.kind is TimingKind.UNDETERMINED
    assert timing.due is None
    assert "không ghi năm" in (timing.reason or "")
    assert read_timing("trước ngày 31/01/2026", 2025, date(2025, 12, 20)).last_day == date(2026, 1, 30)


def test_a_time_of_day_keeps_the_day_itself_in_time() -> None:
    timing = read_timing("trước 16 giờ 30 ngày 25/3/2025", 2025)
    assert (timing.due, timing.last_day, timing.due_time) == (date(2025, 3, 25), date(2025, 3, 25), "16:30")
    assert not timing.exclusive


def test_a_weekday_that_does_not_fit_its_date_is_reported() -> None:
    assert read_timing("Thứ Sáu, ngày 15/8/2025", 2025).reason is None
    assert "không đúng thứ" in (read_timing("Thứ Năm, ngày 15/8/2025", 2025).reason or "")


def test_a_term_is_counted_when_its_first_day_is_printed() -> None:
    timing = read_timing("05 ngày kể từ ngày 01/6/2025", 2025)
    assert timing.due == date(2025, 6, 6)
    assert timing.relative == Relative(event="kể từ ngày 01/6/2025", days=5)
    assert read_timing("05 ngày làm việc kể từ ngày 01/6/2025", 2025).due is None


@pytest.mark.parametrize(
    "phrase",
    [
        "30/02/2025", "31/11", "tháng 13", "quý V", "Quý 5/2026", "25h00 ngày 15/12/2025", "16h75 ngày 15/12/2025",
        "Từ 01/12/2025 đến 01/11/2025", "Từ tháng 12/2026 đến tháng 3/2026", "15/13/2025", "32/12/2026", "ngày 0/5",
        "31/12/20255", "31/12/202", "ngày … tháng 9 năm 2025", "ngày tháng 9 năm 2025", "ngày 10-12", "tháng 3/6",
        "Sau khi có hướng dẫn của Bộ Nội vụ", "Theo Kế hoạch số 25/KH-UBND ngày 12/3/2025",
        "Quyết định 04/2021/QĐ-UBND ngày 15/3/2021", "Hoàn thành 100%", "Trước Tết Nguyên đán 2026",
        "Trước kỳ họp HĐND tháng 7/2025", "Năm học 2025-2026", "15/8 âm lịch", "Sau ngày 15/6/2025", "ISO 9001:2015",
        "đạt 3/5 tiêu chí", "Chưa thường xuyên sử dụng phần mềm", "chi thường xuyên", "Không thực hiện trong năm 2025",
        "Luật Đất đai năm 2024", "Tuần lễ chuyển đổi số năm 2026", "Đã ban hành ngày 15/01/2026", "Quý I hoặc quý III",
        "Theo chương trình công tác năm 2026", "10,947/16 điểm", "Kết luận 121-KL/TW ngày 24/01/2025", "", "-", "N/A",
        "Dịp Tết Nguyên đán năm 2026", "khách hàng", "vị thứ 2", "kỳ họp thứ Hai", "0905 123 456", "2025/12",
    ],
)  # fmt: skip
def test_what_is_no_date_is_undetermined_and_asks_a_person(phrase: str) -> None:
    timing = read_timing(phrase, 2026)
    assert timing.kind is TimingKind.UNDETERMINED
    assert (timing.start, timing.due, timing.last_day, timing.recurrence) == (None, None, None, None)
    assert "cần người phụ trách" in (timing.reason or "")


@pytest.mark.parametrize(
    ("phrase", "meant"),
    [
        ("QUÝ IV/2025", "Quý IV/2025"), ("Quí IV/2025", "Quý IV/2025"), ("QuýIV/2025", "Quý IV/2025"),
        ("Quý Ⅳ/２０２５", "Quý IV/2025"), ("Quy IV/2025", "Quý IV/2025"), ("Quý  IV /\t2025", "Quý IV/2025"),
        ("“Quý IV/2025”.", "Quý IV/2025"), ("(Quý 4 năm 2025)", "Quý IV/2025"), ("Q4/2025", "Quý IV/2025"),
        ("Trướcngày15/4/2025", "Trước ngày 15/4/2025"), ("Truoc ngay 15/4/2025", "Trước ngày 15/4/2025"),
        ("trước 15.4.2025", "Trước ngày 15/4/2025"), ("trước ngày 15-04-25", "Trước ngày 15/4/2025"),
        ("trước ngày mười lăm tháng tư năm 2025", "Trước ngày 15/4/2025"), ("Hằng quí", "Hàng quý"),
        ("định kì hằng tháng", "Định kỳ hàng tháng"), ("T12/2025", "Tháng 12/2025"), ("12/2025", "Tháng 12/2025"),
        ("tháng mười hai năm 2025", "Tháng 12/2025"), ("sáu tháng đầu năm", "6 tháng đầu năm"),
        ("Quý\nIV/2025", "Quý IV/2025"),
        ("Trước ngày\n15/4/2025", "Trước ngày 15/4/2025"), ("Trong quý\nIV năm\n2025", "Quý IV/2025"),
        ("mỗi quý một lần", "Hàng quý"), ("3 tháng/lần", "Hàng quý"), ("01 lần/quý", "Hàng quý"),
    ],
)  # fmt: skip
def test_one_meaning_may_be_written_in_many_ways(phrase: str, meant: str) -> None:
    read, wanted = read_timing(phrase, 2025), read_timing(meant, 2025)
    assert wanted.kind is not TimingKind.UNDETERMINED
    assert read.model_copy(update={"phrase": meant}) == wanted


def test_milestones_of_the_result_column() -> None:
    text = "- Đến 31/12/2025: Hoàn thành tối thiểu 90% kế hoạch được giao - Đến 31/01/2026: Hoàn thành 100% kế hoạch"
    lines = ["Đến 31/12/2025: Hoàn thành tối thiểu 90% kế hoạch được giao", "Đến 31/01/2026: Hoàn thành 100% kế hoạch"]
    found = read_result_milestones(text, 2025)
    assert found == read_result_milestones(lines, 2025)
    assert [(m.due, m.target) for m in found] == [
        (date(2025, 12, 31), "Hoàn thành tối thiểu 90% kế hoạch được giao"),
        (date(2026, 1, 31), "Hoàn thành 100% kế hoạch"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Hoàn thành vượt mức 100% các mục tiêu năm 2025",
        "Quyết định số 09/QĐ-UBND ngày 12/3/2025",
        "",
        "Kế hoạch kiểm tra",
    ],
)
def test_a_result_without_a_due_day_has_no_milestones(text: str) -> None:
    assert read_result_milestones(text, 2025) == ()
