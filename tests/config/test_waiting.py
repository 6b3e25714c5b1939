"""Waiting works on this clock and on a moved one."""

import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.waiting import pause, wait_for_exit

ROOT = Path(__file__).parents[2]
PROGRAM = """
import subprocess, sys
from config.waiting import pause, wait_for_exit
pause(0.05)
print(wait_for_exit(subprocess.Popen([sys.executable, "-c", "import sys; sys.exit(7)"]), 20))
"""


def test_a_pause_takes_its_time() -> None:
    begun = time.monotonic()
    pause(0.05)
    assert time.monotonic() - begun >= 0.05


def test_the_exit_code_of_a_program_is_given() -> None:
    assert wait_for_exit(subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"]), 20) == 3


def test_a_program_that_takes_too_long_is_said() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with pytest.raises(subprocess.TimeoutExpired):
        wait_for_exit(process, 0.05)
    process.kill()
    process.wait()


def test_a_system_without_handles_of_processes_waits_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "pidfd_open", raising=False)
    assert wait_for_exit(subprocess.Popen([sys.executable, "-c", "pass"]), 20) == 0


@pytest.mark.skipif(shutil.which("faketime") is None, reason="Debian's faketime is not installed")
def test_both_hold_where_the_clock_is_moved() -> None:
    moved = subprocess.run(
        ["faketime", "-f", "@2025-11-30 23:58:00", sys.executable, "-c", PROGRAM],
        env={**os.environ, "FAKETIME_DONT_FAKE_MONOTONIC": "1"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert moved.stdout.split() == ["7"]


def test_a_program_is_waited_for_where_a_thousand_files_are_open() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 1200:
        pytest.skip(f"this machine opens no more than {hard} files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 1200), hard))
    held = [os.open(os.devnull, os.O_RDONLY) for _ in range(1030)]
    try:
        assert wait_for_exit(subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"]), 20) == 3
    finally:
        for handle in held:
            os.close(handle)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
