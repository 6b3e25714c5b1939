"""`dondoc doctor`: tries each part for real."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.exc import DBAPIError

from config.clock import ZONE, now, today
from config.own_files import loose
from config.settings import Settings, SettingsError
from config.toml_files import ConfigError
from deployments.failures import database_words, file_words
from deployments.hints import refusal_words
from deployments.prefect.deploy import authority_deployments
from deployments.run.probe import prefect_runs
from models import schema
from models.mail import MessageState
from models.session import reading
from notifications.mailer import check_server
from notifications.server import MailServer, MailServerProblem
from services.database import DatabaseState, database_state, file_of
from services.errors import StoreError
from services.mail.queries import counts_by_state
from services.policy import mail_days, office_policy, office_special_days
from services.reminders.morning import last_begun, last_finished
from services.staff.queries import authority_codes, units_without_mailbox
from tasks.schedule.client import PrefectError

LEAST_FREE_BYTES = 1_000_000_000
LATE_AFTER = timedelta(hours=1)
"""A working morning that has not come to its end so long after its hour is missed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the examination, with advice."""

    part: str
    ok: bool
    message: str
    advice: str = ""

    def line(self) -> str:
        """For the terminal."""
        head = f"{'✓' if self.ok else '✗'} {self.part}: {self.message}"
        return head if self.ok or not self.advice else f"{head}\n    → {self.advice}"

    def shown(self) -> dict[str, object]:
        """For machines."""
        return asdict(self)


def examine(settings: Settings, mail: str | None = None, timeout: float = 90.0) -> Iterator[Finding]:
    """Try every part; `timeout` in seconds is for Prefect's run."""
    database = _tried("Cơ sở dữ liệu", lambda: _database(settings))
    yield database
    yield _tried("Quy định đôn đốc", _policy)
    yield _tried("Ngày nghỉ, ngày làm bù", _working_days)
    yield _tried("Đồng hồ, múi giờ", lambda: _clock(database.ok))
    yield _tried("Dung lượng đĩa", lambda: _disk(settings))
    yield _tried("Quyền đọc tệp", lambda: _own_files(settings))
    yield _tried("Máy chủ thư", lambda: _mail(settings))
    if mail is not None:
        yield _tried("Thư thử", lambda: _test_mail(settings, mail))
    yield _tried("Prefect", lambda: _prefect(settings, timeout))
    if database.ok:
        for part, look in _DATA.items():
            yield _tried(part, lambda look=look: look(settings))  # type: ignore[misc]


def _tried(part: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except StoreError as error:
        return Finding(part, False, refusal_words(error))
    except (ConfigError, SettingsError, PrefectError) as error:
        return Finding(part, False, str(error))
    except DBAPIError as error:
        return Finding(part, False, database_words(error))
    except OSError as error:
        return Finding(part, False, file_words(error))


def _database(settings: Settings) -> Finding:
    found = database_state(settings)
    part, where = "Cơ sở dữ liệu", settings.database.split("@")[-1]
    if found is DatabaseState.READY:
        return Finding(part, True, f"{where}, đúng phiên bản {schema.newest()}.")
    messages = {
        DatabaseState.ABSENT: ("chưa có", "dondoc init"),
        DatabaseState.EMPTY: ("còn trống", "dondoc init"),
        DatabaseState.OLD: ("thuộc phiên bản cũ", "dondoc backup TỆP, rồi dondoc init"),
        DatabaseState.NEWER: ("do phiên bản dondoc mới hơn tạo ra", "cài phiên bản mới nhất của dondoc"),
    }
    message, command = messages[found]
    return Finding(part, False, f"{where} {message}.", f"Chạy: {command}")


def _policy() -> Finding:
    policy = office_policy()
    rungs = ", ".join(str(rung) for rung in policy.ladder.rungs)
    return Finding("Quy định đôn đốc", True, f"mốc nhắc {rungs}; giờ gửi thư {policy.digest_hour:%H:%M}.")


def _working_days() -> Finding:
    part, year = "Ngày nghỉ, ngày làm bù", today().year
    years = [year, year + 1] if today().month == 12 else [year]
    missing = office_special_days().missing_override_years(years)
    if not missing:
        return Finding(part, True, f"đã có bảng của năm {', '.join(str(one) for one in years)}.")
    return Finding(
        part,
        False,
        f"chưa có bảng hoán đổi ngày làm việc của năm {', '.join(str(one) for one in missing)}.",
        "Nhập theo thông báo nghỉ lễ, Tết của năm ở trang “Ngày nghỉ, ngày làm bù”, hoặc: dondoc workdays add",
    )


def _clock(readable: bool) -> Finding:
    part, moment = "Đồng hồ, múi giờ", now()
    here = moment.astimezone(ZONE)
    if here.utcoffset() != timedelta(hours=7):
        return Finding(part, False, "múi giờ Asia/Ho_Chi_Minh không phải UTC+7.", "Cài lại gói tzdata: make setup")
    if readable:
        with reading() as session:
            last = last_begun(session)
        if last is not None and last > moment + timedelta(minutes=5):
            late = f"đồng hồ máy ({here:%d/%m/%Y %H:%M}) chạy lùi: buổi sáng {last.astimezone(ZONE):%d/%m} đã chạy rồi."
            return Finding(part, False, late, "Chỉnh giờ hệ thống (bật đồng bộ NTP).")
    return Finding(part, True, f"{here:%H:%M %d/%m/%Y}, giờ Việt Nam.")


def _disk(settings: Settings) -> Finding:
    folder = next(path for path in (settings.home, *settings.home.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    ok = free >= LEAST_FREE_BYTES
    message = f"còn trống {free / 1e9:.1f} GB ở {folder}."
    return Finding("Dung lượng đĩa", ok, message, "Giải phóng dung lượng, hoặc chuyển DONDOC_HOME.")


def _own_files(settings: Settings) -> Finding:
    found = loose(settings.home, file_of(settings))
    if not found:
        return Finding("Quyền đọc tệp", True, f"chỉ người chạy dondoc đọc được {settings.home}.")
    names = ", ".join(str(path) for path in found[:5]) + (f" và {len(found) - 5} tệp khác" if len(found) > 5 else "")
    return Finding(
        "Quyền đọc tệp", False, f"người khác trên máy này đọc được: {names}.", "Chạy: dondoc init (tự sửa quyền)"
    )


def _mail(settings: Settings) -> Finding:
    ok, message = check_server(MailServer.from_settings(settings))
    return Finding("Máy chủ thư", ok, message, "Khi dùng hộp thư thử: nó chạy cùng dondoc run.")


def _test_mail(settings: Settings, address: str) -> Finding:
    from notifications.mailer import Mailer
    from notifications.mime import OutgoingMail, new_message_id

    text = "Đây là thư thử của dondoc. Nhận được thư này nghĩa là đường gửi thư hoạt động.\n"
    mail = OutgoingMail(new_message_id(settings.mail_domain), address, "Thư thử của dondoc", text, f"<p>{text}</p>")
    try:
        with Mailer(MailServer.from_settings(settings)) as mailer:
            receipt = mailer.send(mail)
    except MailServerProblem as problem:
        return Finding("Thư thử", False, str(problem))
    said = " ".join(filter(None, (f"gửi đến {address}:", str(receipt.code or ""), receipt.reply)))
    return Finding("Thư thử", receipt.outcome == "sent", said, "Kiểm tra địa chỉ và máy chủ thư.")


def _prefect(settings: Settings, timeout: float) -> Finding:
    problem, seconds = prefect_runs(settings, timeout)
    if problem is None:
        return Finding("Prefect", True, f"{settings.prefect_api} nhận lịch và worker chạy xong sau {seconds:.0f} giây.")
    return Finding("Prefect", False, *problem)


def _messages(_settings: Settings) -> Finding:
    with reading() as session:
        counts = counts_by_state(session)
    bad = {state: counts.get(state, 0) for state in (MessageState.BOUNCED, MessageState.UNKNOWN)}
    if not any(bad.values()):
        return Finding("Thư đã gửi", True, f"{counts.get(MessageState.SENT, 0)} thư đã gửi, không thư nào bị trả lại.")
    message = f"{bad[MessageState.BOUNCED]} thư bị trả lại, {bad[MessageState.UNKNOWN]} thư chưa rõ kết quả."
    return Finding("Thư đã gửi", False, message, "Xem: dondoc messages --state bounced (hoặc unknown); sửa địa chỉ.")


def _last_morning(_settings: Settings) -> Finding:
    part = "Buổi sáng gần nhất"
    with reading() as session:
        last = last_finished(session)
    due = _newest_due_morning()
    if last is not None and last >= due:
        return Finding(part, True, f"{last:%d/%m/%Y}.")
    message = f"{last:%d/%m/%Y}, chưa chạy xong buổi {due:%d/%m/%Y}." if last else "chưa chạy buổi nào."
    return Finding(part, False, message, "Giữ dondoc run (hoặc dondoc worker) luôn chạy; chạy bù ngay: dondoc remind")


def _newest_due_morning() -> date:
    """The last working day whose morning should be over by now."""
    over = datetime.combine(today(), office_policy().digest_hour, ZONE) + LATE_AFTER <= now()
    return mail_days().previous_working_day(today() if over else today() - timedelta(days=1))


def _mailboxes(_settings: Settings) -> Finding:
    with reading() as session:
        names = units_without_mailbox(session)
    if not names:
        return Finding("Hộp thư đơn vị", True, "đơn vị nào có việc cũng có hộp thư.")
    return Finding(
        "Hộp thư đơn vị", False, f"chưa có hộp thư: {'; '.join(names)}.", "Thêm hộp thư: dondoc units import TỆP"
    )


def _hours(settings: Settings) -> Finding:
    part, hour = "Giờ buổi sáng", office_policy().digest_hour
    with reading() as session:
        codes = authority_codes(session)
    wanted = f"{hour.minute} {hour.hour} "
    for code in codes:
        mornings = [one for one in authority_deployments(settings, code) if one.flow == "morning"]
        schedules = [schedule for one in mornings for schedule in one.body["schedules"]]
        if not any(schedule["active"] for schedule in schedules):
            return Finding(
                part, False, "lịch buổi sáng đang tắt.", "Bật active: true trong prefect.yaml, dondoc deploy"
            )
        crons = [schedule["schedule"].get("cron", "") for schedule in schedules]
        if not any(cron.startswith(wanted) for cron in crons):
            said = f"prefect.yaml đặt “{', '.join(crons)}”, policy.toml đặt {hour:%H:%M}."
            return Finding(
                part, False, said, "Ghi {{ $DONDOC_MORNING_CRON }} trong prefect.yaml, rồi chạy: dondoc deploy"
            )
    return Finding(part, True, f"{hour:%H:%M} mỗi ngày làm việc.")


_DATA: dict[str, Callable[[Settings], Finding]] = {
    "Giờ buổi sáng": _hours,
    "Buổi sáng gần nhất": _last_morning,
    "Thư đã gửi": _messages,
    "Hộp thư đơn vị": _mailboxes,
}
