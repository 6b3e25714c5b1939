"""Deploys again within a minute after a change.

The portal and the command line only write the database and the office's files. One small
query and the files' stamps tell whether anything changed that a deployment speaks of;
then `dondoc deploy` runs in a process of its own and posts what changed.
"""

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import OperationalError

from models.session import reading
from rules.audit import AuditAction
from services.audit import newest_of

SECONDS = 20.0
"""Between two looks, and after a deploy that failed."""
_ACTIONS = (
    AuditAction.PLAN_IMPORT,
    AuditAction.PLAN_EDIT,
    AuditAction.PLAN_STATUS,
    AuditAction.PLAN_REMOVE,
    AuditAction.EXTENSION_GRANT,
    AuditAction.POLICY_PUT,
    AuditAction.WORKING_DAYS_PUT,
    AuditAction.ITEM_TIMING,
    AuditAction.ITEM_TITLE,
    AuditAction.ITEM_JOIN,
    AuditAction.ITEM_LEAD,
    AuditAction.ITEM_DONE,
    AuditAction.ITEM_REOPEN,
    AuditAction.UNIT_ADD,
    AuditAction.UNIT_CHANGE,
    AuditAction.UNIT_HEAD,
    AuditAction.UNITS_IMPORT,
)


def newest_change() -> int:
    """The newest audit row that changes deployments; 0: none."""
    with reading() as session:
        return newest_of(session, _ACTIONS)


@dataclass
class ScheduleWatcher:
    """Starts a deploy after changes; never waits.

    `files` gives the stamp of the office's files that count.
    """

    start: Callable[[], "subprocess.Popen[bytes]"]
    log: Path
    clock: Callable[[], float] = time.monotonic
    files: Callable[[], object | None] = lambda: None
    done: tuple[int, object | None] = (0, None)
    _next: float = 0.0
    _running: "subprocess.Popen[bytes] | None" = field(default=None)
    _wanted: tuple[int, object | None] = (0, None)

    def begin(self) -> None:
        """Everything written until now is deployed."""
        self.done, self._next = self._seen(), self.clock() + SECONDS

    def _seen(self) -> tuple[int, object | None]:
        """The state now; an unreadable file counts as unchanged."""
        stamp = self.files()
        return newest_change(), self.done[1] if stamp is None else stamp

    def watch(self, say: Callable[[str], None]) -> None:
        """Begin a deploy where something was written."""
        if self._running is not None:
            if self._running.poll() is None:
                return
            failed, self._running = self._running.returncode != 0, None
            self._next = self.clock() + SECONDS
            if failed:
                say(f"Chưa cập nhật được lịch trong Prefect, sẽ thử lại. Nhật ký: {self.log}")
            else:
                self.done = self._wanted
            return
        if self.clock() < self._next:
            return
        self._next = self.clock() + SECONDS
        try:
            self._wanted = self._seen()
        except OperationalError:
            return  # the database is busy or away: the next look is soon
        if self._wanted != self.done:
            self._running = self.start()

    def end(self) -> None:
        """End a deploy under way; the next posts the rest."""
        if self._running is not None and self._running.poll() is None:
            self._running.terminate()
            self._running.wait()
