"""Nobody else on the machine reads what the office keeps."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.own_files import loose, mend

ROOT = Path(__file__).parents[2]


def _init(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deployments.cli.app", "init", "--authority", "UBND xã"],
        env=os.environ | {"DONDOC_HOME": str(home)}, cwd=ROOT, capture_output=True, text=True, check=False,
        umask=0o022,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_a_new_home_with_all_in_it_is_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DONDOC_DATABASE_URL", raising=False)
    home = tmp_path / "nhà"
    _init(home)
    assert (home / "dondoc.db").exists()
    others = [path for path in (home, *home.rglob("*")) if path.stat().st_mode & 0o077]
    assert others == []


def test_what_an_older_version_left_open_is_named_and_mended(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "logs").mkdir(parents=True)
    files = [home / "dondoc.db", home / "dondoc.db-wal", home / "logs" / "portal.log"]
    for path in files:
        path.write_text("x")
        path.chmod(0o644)
    (home / "logs").chmod(0o755)
    home.chmod(0o755)
    elsewhere = tmp_path / "elsewhere.db"
    elsewhere.write_text("x")
    elsewhere.chmod(0o644)
    assert set(loose(home, elsewhere)) == {home, home / "logs", elsewhere, *files}
    mend(home, elsewhere)
    assert loose(home, elsewhere) == []


@pytest.mark.parametrize(
    ("module", "words"), [("deployments.child", ["dondoc", "--version"]), ("deployments.cli.app", ["--version"])]
)
def test_every_process_says_so_before_it_makes_a_file(module: str, words: list[str]) -> None:
    program = (
        f"import os, runpy, sys, atexit; sys.argv = ['x', *{words!r}];"
        f"atexit.register(lambda: print(oct(os.umask(0))));"
        f"runpy.run_module({module!r}, run_name='__main__')"
    )
    command = [sys.executable, "-c", program]
    reading, writing = os.pipe()  # a child ends with its supervisor, who holds the other end
    done = subprocess.run(command, cwd=ROOT, stdin=reading, capture_output=True, text=True, check=False, umask=0o022)
    os.close(writing)
    os.close(reading)
    assert done.stdout.split()[-1] == "0o77", done.stderr
