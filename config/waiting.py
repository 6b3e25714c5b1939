"""Waiting that also holds where the clock is moved.

Under Debian's `faketime`, by which offices and tests try another day, Python's
`time.sleep` and `Popen.wait(timeout)` fail (EINVAL: the absolute sleep on the
monotonic clock is not translated). Events and file descriptors wait rightly.
"""

import os
import select
import subprocess
import threading
import time
from typing import Any

_STEP = 0.02


def pause(seconds: float) -> None:
    """Do nothing for some seconds."""
    threading.Event().wait(seconds)


def wait_for_exit(process: "subprocess.Popen[Any]", seconds: float) -> int:
    """Wait for a program to end and return its exit code. Raises subprocess.TimeoutExpired after `seconds`."""
    code = process.poll()
    if code is None and hasattr(os, "pidfd_open"):
        handle = os.pidfd_open(process.pid)
        try:
            ending = select.poll()  # not select(): it knows no handle above 1,023, which a large server reaches
            ending.register(handle, select.POLLIN)
            ending.poll(max(0.0, seconds) * 1000)
        finally:
            os.close(handle)
        code = process.poll()
    elif code is None:
        code = _watched(process, seconds)
    if code is None:
        raise subprocess.TimeoutExpired(process.args, seconds)
    return code


def _watched(process: "subprocess.Popen[Any]", seconds: float) -> int | None:
    """Where the system has no handles of processes (not Linux)."""
    end = time.monotonic() + seconds
    while (code := process.poll()) is None and time.monotonic() < end:
        pause(_STEP)
    return code
