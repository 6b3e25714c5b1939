from datetime import date, time
from pathlib import Path

import pytest

from config.policy import PolicyError, check_policy, load_policy
from config.policy_words import changes, entries
from rules.calendar.periods import REFORM, Closing, PeriodKind, periods_of_year
from rules.reminders.ladder import LadderPolicy
from services.policy import office_policy


def written(folder: Path, text: str) -> Path:
    path = folder / "quy-dinh.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def own(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The office's own policy file, empty."""
    path = written(tmp_path, "")
    monkeypatch.setenv("DONDOC_POLICY_FILE", str(path))
    return path


def test_the_shipped_policy_is_the_ladder_and_the_reports_of_the_rules(home: Path) -> None:
    policy = office_policy()
    assert policy.ladder == LadderPolicy()
    assert policy.scheme.reports == REFORM.reports
    assert periods_of_year(2025, PeriodKind, policy.scheme) == periods_of_year(2025, PeriodKind, REFORM)
    assert (policy.soon_days, policy.digest_hour, policy.ask_weekday) == (7, time(7, 30), 1)


def test_an_own_file_says_only_what_differs(own: Path) -> None:
    own.write_text(
        """
        [ladder]
        rungs = [5, -10, 0]
        head_from = false
        coordinator_rungs = []
        [mail]
        digest_hour = "8h00"
        quiet_weekdays = ["Thứ Bảy"]
        quiet_days = [{ from = 2026-10-20, to = 2026-10-21 }, { date = 2026-12-24 }]
        ask_weekday = "thứ tư"
        [reports.quarter]
        quarters = [1, 2, 3, 4]
        cut_off_day = 10
        [reports.month]
        enabled = true
        sending_day = 5
        sending_months_after = 1
        """,
        encoding="utf-8",
    )
    policy = office_policy()
    assert policy.ladder == LadderPolicy(
        rungs=(-10, 0, 5),
        head_from=None,
        coordinator_rungs=(),
        quiet_dates=frozenset({date(2026, 10, 20), date(2026, 10, 21), date(2026, 12, 24)}),
        quiet_weekdays=frozenset({6}),
    )
    assert (policy.digest_hour, policy.ask_weekday, policy.soon_days) == (time(8, 0), 3, 7)
    assert policy.scheme.closing(PeriodKind.QUARTER) == Closing(10, 20, 0)
    assert policy.scheme.closing(PeriodKind.MONTH) == Closing(14, 5, 1)
    assert policy.scheme.makes(PeriodKind.QUARTER, 4)
    assert policy.scheme.makes(PeriodKind.MONTH, 7)
    assert not policy.scheme.makes(PeriodKind.WEEK, 7)


def test_the_office_reads_its_policy_again_when_it_changes(own: Path) -> None:
    assert office_policy().soon_days == 7
    own.write_text("[states]\nsoon_days = 10\n", encoding="utf-8")
    assert office_policy().soon_days == 10


def test_a_file_from_a_windows_editor_is_read(tmp_path: Path) -> None:
    path = tmp_path / "quy-dinh.toml"
    path.write_bytes("\ufeff[states]\r\nsoon_days = 3\r\n".encode())
    assert load_policy(path).states.soon_days == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[ladder]\nrung = [1]", "“ladder.rung” không phải là tên mục được dùng"),
        ('[ladder]\nrungs = ["ba"]', "“ladder.rungs.1” phải là số nguyên"),
        ("[ladder]\nrungs = []", "“ladder.rungs” phải có ít nhất 1 giá trị"),
        ("[ladder]\nrungs = [0, 0]\ncoordinator_rungs = []", "“ladder” ghi một mốc hai lần"),
        ("[ladder]\nrungs = [0, 900]", "không được quá 366"),
        ("[ladder]\ncoordinator_rungs = [-5]", "có mốc -5 ở “coordinator_rungs”"),
        ("[ladder]\nhead_from = true", "“ladder.head_from” phải là số nguyên"),
        ("ladder = 3", "“ladder” phải là một bảng"),
        ('[mail]\ndigest_hour = "25:00"', "“mail.digest_hour” phải là giờ viết theo dạng “07:30”"),
        ("[mail]\ndigest_hour = 7", "“mail.digest_hour” phải là giờ"),
        ('[mail]\nask_weekday = "thứ 2"', "“mail.ask_weekday” phải là một trong: thứ hai"),
        (
            '[mail]\nquiet_weekdays = ["thứ hai","thứ ba","thứ tư","thứ năm","thứ sáu"]',
            "không còn ngày làm việc nào để gửi thư",
        ),
        ("[reports.quarter]\nquarters = [5]", "không được quá 4"),
        ("[reports.half]\nsending_day = 5", "“reports.half” có ngày gửi báo cáo trước ngày chốt số liệu"),
        ("[reports.month]\nenabled = 1.5", "“reports.month.enabled” phải là true hoặc false"),
        ("[states]\nsoon_days = 7 ngày", "viết sai cú pháp TOML ở dòng 2"),
        ("[states]\nsoon_days = ", "ở cuối tệp"),
    ],
)
def test_a_wrong_policy_is_told_in_one_sentence(tmp_path: Path, text: str, words: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(PolicyError) as error:
        load_policy(path)
    assert words in str(error.value)
    assert str(path) in str(error.value)
    assert str(error.value).endswith(".")
    assert "\n" not in str(error.value)


def test_a_file_in_another_encoding_or_place_is_told(tmp_path: Path) -> None:
    latin = tmp_path / "cu.toml"
    latin.write_bytes(b"# \xd0\xf4n \xf0\xf4c")
    with pytest.raises(PolicyError, match="không phải mã UTF-8"):
        load_policy(latin)
    with pytest.raises(PolicyError, match="Không đọc được"):
        load_policy(tmp_path)


def test_every_fault_of_a_proposal_is_told_with_its_line() -> None:
    policy, problems = check_policy('[ladder]\nrungs = ["ba"]\nmoc = 3\n\n[reports.half]\nsending_day = 5\n')
    assert policy is None
    assert problems == (
        "Dòng 2: mục “ladder.rungs.1” phải là số nguyên.",
        "Dòng 3: mục “ladder.moc” không phải là tên mục được dùng (kiểm tra lại chính tả).",
        "Dòng 5: mục “reports.half” có ngày gửi báo cáo trước ngày chốt số liệu.",
    )


def test_a_proposal_is_checked_as_the_file_is_loaded(tmp_path: Path) -> None:
    text = "\ufeff[states]\r\nsoon_days = 4\r\n"
    policy, problems = check_policy(text)
    path = tmp_path / "p.toml"
    path.write_bytes(text.encode())
    assert (policy, problems) == (load_policy(path), ())


def test_the_home_folders_own_policy_is_used_where_no_setting_names_another(home: Path) -> None:
    home.mkdir(parents=True)
    (home / "policy.toml").write_text("[states]\nsoon_days = 9\n", encoding="utf-8")
    assert office_policy().soon_days == 9


def test_every_entry_has_words_and_a_change_names_what_it_was(home: Path) -> None:
    shown = [row for rows in entries(load_policy()).values() for row in rows]
    assert all(row.value and not row.value.startswith(("{", "(", "frozenset", "None")) for row in shown)
    assert all(row.name != row.key.split(".")[-1] for row in shown)
    other, _ = check_policy("[ladder]\nleader_from = false\n[mail]\nquiet_days = [{ date = 2026-10-20 }]")
    assert other is not None
    assert [(one.key, one.before, one.after) for one in changes(load_policy(), other)] == [
        ("ladder.leader_from", "từ ngày quá hạn thứ 7", "không gửi kèm"),
        ("mail.quiet_days", "không có", "20/10/2026"),
    ]
