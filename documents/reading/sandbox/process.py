"""Starts a program that may hang or crash, and ends all it started when the time is up."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import IO

from config.waiting import wait_for_exit

_KEPT_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TMPDIR", "TZ")


def run(
    command: list[str],
    deadline: float,
    source: IO[bytes] | None = None,
    answer: IO[bytes] | None = None,
    extra: Mapping[str, str] | None = None,
) -> int | None:
    """The exit code, or None if `deadline` (of time.monotonic) passed.

    The program gets a process group of its own, which is killed at the end,
    and of our environment only what a program needs: no passwords or addresses.
    """
    environment = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ} | dict(extra or {})
    process = subprocess.Popen(  # noqa: S603 - our own interpreter or the office suite, with fixed arguments
        command,
        stdin=source or subprocess.DEVNULL,
        stdout=answer or subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd="/",
        start_new_session=True,
    )
    try:
        return wait_for_exit(process, max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
