"""Each patch of Prefect's insides fits what it replaces, is still needed, and is applied to one version only."""

import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import prefect
import pytest

from deployments.prefect import patches
from deployments.prefect.patches import SERVER, VERSION, WORKER, Patch, StatementCounter

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("patch", SERVER + WORKER, ids=lambda patch: patch.name)
def test_a_patch_fits_and_is_still_needed(patch: Patch) -> None:
    module, _, path = patch.target.partition(":")
    target = importlib.import_module(module)
    for name in path.split("."):
        target = getattr(target, name)
    assert patch.needed_for in inspect.getsource(inspect.unwrap(target)), "Prefect has changed: is it needed still?"


def test_the_patches_are_written_for_the_version_that_is_pinned() -> None:
    pinned = re.search(r'"prefect==([^"]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert pinned is not None and (pinned[1], prefect.__version__) == (VERSION, VERSION)


def test_another_version_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefect, "__version__", "3.9.1")
    assert patches.apply_to_worker() == [] == patches.apply_to_server()


def applied(database: str) -> str:
    """What a server process on a database is patched with, and whether its garbage is still collected."""
    code = "import gc; from deployments.prefect.patches import apply_to_server as a; print(len(a()), gc.isenabled())"
    given = {"PREFECT_API_DATABASE_CONNECTION_URL": database, "PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=given, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("database", "expected"),
    [("sqlite+aiosqlite:///x.db", f"{len(SERVER)} False"), ("postgresql+asyncpg://a:b@localhost/c", "0 True")],
)
def test_the_server_is_patched_on_sqlite_only(database: str, expected: str) -> None:
    assert applied(database) == expected


def test_garbage_waits_for_the_statement_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    collected: list[int] = []
    monkeypatch.setattr(patches.gc, "get_count", lambda: (patches.YOUNG, 0, 0))
    monkeypatch.setattr(patches.gc, "collect", collected.append)
    counter = StatementCounter()
    counter.under_way = 1
    counter.collect()
    assert collected == []
    counter.under_way = 0
    for _ in range(patches.FULL_EVERY):
        counter.collect()
    assert collected == [1] * (patches.FULL_EVERY - 1) + [2]


def test_no_other_module_reaches_into_prefect() -> None:
    kinds = r"(?:flow_engine|AioSqliteConfiguration|storage\.database|Connection)\.\w+ = "
    reach = re.compile(kinds + "|_emit_flow_run|_propose_")
    rooms = [ROOT / room for room in ("deployments", "tasks", "flows", "services", "portal")]
    found = [path for room in rooms for path in room.rglob("*.py") if reach.search(path.read_text(encoding="utf-8"))]
    assert [path.relative_to(ROOT).as_posix() for path in found] == ["deployments/prefect/patches.py"]
