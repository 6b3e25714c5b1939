"""`dondoc run`: the whole product in one command, and its orderly end."""

import fcntl
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path
from types import FrameType, TracebackType
from typing import TextIO

import click

from config.clock import today
from config.settings import Settings
from config.toml_files import ConfigError
from deployments.prefect.deploy import hours_stamp, own_file
from deployments.prefect.server import client_environment, server_environment, wait_until_ready
from deployments.run import ports
from deployments.run.children import Child
from deployments.run.schedule_watcher import ScheduleWatcher
from models.session import reading
from services.deployed import deployment_ids, first_looks
from services.reminders.morning import is_working_morning, last_begun
from services.staff.queries import authority_codes
from tasks.schedule.client import PrefectApi

SERVER_SECONDS = 120.0
MORNING_SECONDS = 90.0
_END_WORKER = 5.0
_END_OTHERS = 4.0
_FINAL = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


class CannotRunError(Exception):
    """The product cannot be started."""


class HomeLock(AbstractContextManager["HomeLock"]):
    """Allows one `dondoc run` a home, by a kernel lock."""

    def __init__(self, home: Path) -> None:
        self._path = home / "run.lock"
        self._file: TextIO | None = None

    def __enter__(self) -> "HomeLock":
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._path.open("a", encoding="utf-8")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise CannotRunError(
                f"dondoc đang chạy với thư mục dữ liệu {self._path.parent}: dừng bản đang chạy, "
                "hoặc đặt DONDOC_HOME sang thư mục khác."
            ) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()


class Supervisor:
    """Starts server, mailbox and worker, keeps them alive, ends them all."""

    def __init__(self, settings: Settings, say: Callable[[str], None] = click.echo) -> None:
        self.settings = settings
        self.say = say
        self._stop = threading.Event()
        self._password = secrets.token_urlsafe(9)
        self.server = self._child("server", "Máy chủ Prefect", self._server_arguments(), server_environment(settings))
        self.mailbox = self._child("mailbox", "Hộp thư thử", self._mailbox_arguments(), {})
        self.worker = self._child("dondoc", "Worker", ["worker"], self._environment(), log="worker")
        self.portal = self._child("dondoc", "Trang của các đơn vị", ["portal"], self._environment(), log="portal")
        self.running: list[Child] = []
        self.watcher = ScheduleWatcher(self._begin_deploy, settings.home / "logs" / "deploy.log", files=self._hours_now)

    def _child(self, name: str, title: str, arguments: list[str], environment: dict[str, str], log: str = "") -> Child:
        return Child(name, title, arguments, environment, self.settings.home / "logs" / f"{log or name}.log")

    def _environment(self) -> dict[str, str]:
        """What worker, portal and steps are told.

        Mails lead to our portal by itself only where they stay on this machine: elsewhere 127.0.0.1 is a dead link,
        and an administrator gives the address (DONDOC_PORTAL_URL).
        """
        used = self.settings
        if not (used.portal and ports.demo_mailbox(used)):
            return client_environment(used)
        return {**client_environment(used), "DONDOC_PORTAL_URL": used.portal_address}

    def _server_arguments(self) -> list[str]:
        return ["--host", self.settings.host, "--port", str(self.settings.prefect_port)]

    def _mailbox_arguments(self) -> list[str]:
        used = self.settings
        return [
            *("--host", "127.0.0.1", "--user", used.mailbox_user, "--password", self._password),
            *("--smtp-port", str(used.smtp_port), "--http-port", str(used.mailbox_web_port), "--imap-port", "0"),
            *("--client-max-size", "20M"),
        ]

    def run(self) -> None:
        """Run until Ctrl-C or SIGTERM. Raises CannotRunError."""
        with HomeLock(self.settings.home):
            busy = ports.problem(self.settings)
            if busy is not None:
                raise CannotRunError(busy)
            signal.signal(signal.SIGINT, self._on_signal)
            signal.signal(signal.SIGTERM, self._on_signal)
            try:
                self._start()
                while not self._stop.wait(1.0):
                    for child in self.running:
                        child.watch(self.say)
                    self.watcher.watch(self.say)
            finally:
                self.watcher.end()
                self._end()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()

    def _start(self) -> None:
        self.say("Đang khởi động (lần đầu khoảng nửa phút) …")
        if ports.own_server(self.settings):
            self._begin(self.server)
        if ports.demo_mailbox(self.settings):
            self._begin(self.mailbox)
        first = self._prepare_data()
        self._wait_for_server()
        for step in (self._deploy, self._begin_doors, lambda: self._first_morning(first)):
            if self._stop.is_set():
                return
            step()
        self.say(self.addresses(self._doors()))

    def _begin_doors(self) -> None:
        self._begin(self.worker)
        if self.settings.portal:
            self._begin(self.portal)

    def _doors(self) -> dict[str, str]:
        """Portal links of the sample, by page."""
        if not (self.settings.portal and ports.demo_mailbox(self.settings)):
            return {}
        lines = self._step("doors", "Không tạo được liên kết vào trang của các đơn vị").splitlines()
        return {name: link for name, _, link in (line.partition("\t") for line in lines)}

    def _begin(self, child: Child) -> None:
        child.start()
        self.running.append(child)

    def _prepare_data(self) -> bool:
        """Prepare the database; whether no morning has ever run."""
        self._tell(self._step("prepare", "Không chuẩn bị được dữ liệu"))
        with reading() as session:
            return last_begun(session) is None

    def _tell(self, said: str) -> None:
        if said:
            self.say(said)

    def _step(self, name: str, failure: str) -> str:
        """One step in a process, to keep its imports out."""
        done = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", "deployments.child", name],
            env={**os.environ, **self._environment()},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = (done.stderr or done.stdout).strip()[-1500:]
            raise CannotRunError(f"{failure}: {said.removeprefix('Lỗi: ')}")
        return done.stdout.strip()

    def _wait_for_server(self) -> None:
        own = ports.own_server(self.settings)
        alive = self.server.alive if own else lambda: True
        if wait_until_ready(self.settings, SERVER_SECONDS, lambda: alive() and not self._stop.is_set()):
            return
        if self._stop.is_set():
            return
        if not own:
            raise CannotRunError(
                f"Máy chủ Prefect ở {self.settings.prefect_api} không trả lời: kiểm tra DONDOC_PREFECT_API_URL."
            )
        raise CannotRunError(
            f"Máy chủ Prefect không khởi động được. Nhật ký {self.server.log}:\n{self.server.last_lines()}"
        )

    def _deploy(self) -> None:
        self.watcher.begin()
        self._tell(self._step("deploy", "Không đăng ký được deployment"))

    def _begin_deploy(self) -> "subprocess.Popen[bytes]":
        """Post what changed, in a process of its own, without waiting."""
        self.watcher.log.parent.mkdir(parents=True, exist_ok=True)
        with self.watcher.log.open("wb") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "deployments.child", "deploy"],
                env={**os.environ, **self._environment()},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _hours_now(self) -> tuple[str, ...] | None:
        """The schedules' stamp; None while the file is being written."""
        try:
            return hours_stamp(self.settings)
        except (ConfigError, OSError):
            return None

    def _first_morning(self, first: bool) -> None:
        """This morning's sweep at once.

        On a day off only at the very first start with the demo mailbox, as of the last working day.
        """
        day = today()
        while first and ports.demo_mailbox(self.settings) and not is_working_morning(day):
            day -= timedelta(days=1)
        if not is_working_morning(day):
            self.say(f"Hôm nay ({day:%d/%m/%Y}) là ngày nghỉ: không gửi thư.")
            return
        with PrefectApi(self.settings) as api:
            for run in self._start_mornings(api, day):
                self.say(self._outcome(api, run))
            if first:
                self._first_look(api)

    def _start_mornings(self, api: PrefectApi, day: date) -> list[str]:
        with reading() as session:
            names = [f"morning/{code}" for code in authority_codes(session)]
            ids = list(deployment_ids(session, names).values())
        parameters = {"day": day.isoformat(), "dry_run": False}
        body = {"parameters": parameters, "state": {"type": "SCHEDULED", "name": "Scheduled"}}
        return [api.call("POST", f"/deployments/{one}/create_flow_run", body)["id"] for one in ids]

    def _first_look(self, api: PrefectApi) -> None:
        """Run every item once, for a picture in the UI."""
        with reading() as session:
            rows = first_looks(session)
        for deployment, code, name in rows:
            first = {"name": f"{code} · xem lần đầu", "idempotency_key": f"first/{name}"}
            api.create_runs(deployment, [{**first, "state": {"type": "SCHEDULED", "name": "Scheduled"}}])

    def _outcome(self, api: PrefectApi, run: str) -> str:
        end = time.monotonic() + MORNING_SECONDS
        while time.monotonic() < end and not self._stop.wait(0.5):
            state = api.call("GET", f"/flow_runs/{run}")["state"]
            if state["type"] in _FINAL:
                return f"Buổi sáng: {state['name']}. {state['message'] or ''}".strip()
        return "Buổi sáng đang chạy: xem kết quả trong giao diện Prefect."

    def addresses(self, doors: Mapping[str, str] | None = None) -> str:
        """Where to go now; `doors` are the sample's portal links."""
        used = self.settings
        lines = ["", "dondoc đang chạy.", f"  Giao diện Prefect:  {used.prefect_api.removesuffix('/api')}"]
        if used.prefect_auth is not None:
            lines[-1] += "  (đăng nhập bằng DONDOC_PREFECT_AUTH)"
        if ports.demo_mailbox(used):
            lines.append(f"  Hộp thư thử:        http://127.0.0.1:{used.mailbox_web_port}  (không cần mật khẩu)")
        else:
            lines.append(f"  Máy chủ thư:        {used.smtp_host}:{used.smtp_port}")
        if used.portal:
            shown = doors or {"Trang các đơn vị": used.portal_address}
            lines += [f"  {name + ':':<19} {address}" for name, address in shown.items()]
        lines += [
            f"  Dữ liệu, nhật ký:   {used.home}",
            f"  Lịch của cơ quan:   {own_file(used)}",
            "Dừng: Ctrl-C. Chạy lại thì dữ liệu vẫn còn.",
        ]
        if used.host not in ports.LOOPBACK and used.prefect_auth is None:
            lines.append(
                f"CẢNH BÁO: ai vào được {used.host}:{used.prefect_port} đều điều khiển được Prefect; "
                "đặt DONDOC_PREFECT_AUTH=tên:mật-khẩu."
            )
        return "\n".join(lines)

    def _end(self) -> None:
        """End the worker first, then the rest, in ten seconds."""
        if self.running:
            self.say("Đang dừng …")
        workers = [child for child in self.running if child is self.worker]
        others = [child for child in self.running if child is not self.worker]
        for group, seconds in ((workers, _END_WORKER), (others, _END_OTHERS)):
            for child in group:
                child.ask_to_end()
            end = time.monotonic() + seconds
            for child in group:
                child.end(end - time.monotonic())
        if self.running:
            self.say("Đã dừng.")
