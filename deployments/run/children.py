"""The processes under `dondoc run`."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from config.waiting import wait_for_exit

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
STEADY_SECONDS = 300.0
"""A process that lived this long was well: its next restart is soon again."""

_LOG_BYTES = 5_000_000


@dataclass
class Child:
    """A process that ends with us, by its standard input."""

    name: str
    title: str
    arguments: list[str]
    environment: dict[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    pause: float = FIRST_PAUSE
    again_at: float | None = field(default=None)

    def start(self) -> None:
        """Start it in a session of its own, safe from Ctrl-C."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > _LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603 - our own module, our own arguments
                [sys.executable, "-m", "deployments.child", self.name, *self.arguments],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.environment},
                start_new_session=True,
            )
        self.started_at, self.again_at = time.monotonic(), None

    def alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    def watch(self, say: Callable[[str], None]) -> None:
        """Restart it if it died, with doubling pauses."""
        now = time.monotonic()
        if self.alive():
            return
        if self.again_at is None:
            if now - self.started_at > STEADY_SECONDS:
                self.pause = FIRST_PAUSE
            self.again_at = now + self.pause
            code = self.process.returncode if self.process else None
            say(f"{self.title} dừng đột ngột (mã {code}); khởi động lại sau {self.pause:.0f} giây. Nhật ký: {self.log}")
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
        elif now >= self.again_at:
            self.start()

    def ask_to_end(self) -> None:
        """Ask it to finish its work and leave."""
        if self.process is not None and self.alive():
            self.process.terminate()

    def end(self, seconds: float) -> None:
        """Wait for it to leave; after `seconds` it is killed."""
        if self.process is None:
            return
        try:
            wait_for_exit(self.process, max(seconds, 0.1))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdin is not None:
            self.process.stdin.close()

    def last_lines(self, count: int = 8) -> str:
        """The end of its log, to show why it does not run."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - 4000))
            return "\n".join(log.read().decode("utf-8", "replace").splitlines()[-count:])
