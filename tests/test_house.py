"""The house rules that no reviewer should have to look for."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = (
    "config",
    "rules",
    "models",
    "services",
    "documents",
    "notifications",
    "tasks",
    "flows",
    "portal",
    "deployments",
)
MOST_LINES = 600


def tracked(*folders: str) -> list[Path]:
    """The files git knows below some folders (all of them without git: a source archive)."""
    try:
        listed = subprocess.run(
            ["git", "-C", str(ROOT), "ls-files", "-z", "--", *folders], capture_output=True, check=True, text=True
        ).stdout.split("\0")
        return [ROOT / name for name in listed if name and (ROOT / name).is_file()]
    except (OSError, subprocess.CalledProcessError):
        return [path for folder in folders or (".",) for path in (ROOT / folder).rglob("*") if path.is_file()]


def sources(*folders: str) -> list[Path]:
    return [path for path in tracked(*folders) if path.suffix == ".py"]


def test_rooms_import_from_left_to_right_only() -> None:
    linted = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_no_file_is_longer_than_six_hundred_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sources(*ROOMS)
        if "versions" not in path.parts  # a migration is written once, whole, and never changed
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert long == {}


MOST_MODULES = 14


def test_no_package_holds_more_than_fourteen_modules() -> None:
    modules: dict[str, int] = {}
    for path in sources(*ROOMS):
        if path.name != "__init__.py" and "versions" not in path.parts:
            folder = str(path.parent.relative_to(ROOT))
            modules[folder] = modules.get(folder, 0) + 1
    assert {folder: count for folder, count in modules.items() if count > MOST_MODULES} == {}


def test_the_rules_read_no_clock() -> None:
    clock = re.compile(r"\b(?:datetime|date)\.(?:now|today|utcnow)\(|\btime\.(?:time|monotonic)\(")
    assert [str(path) for path in sources("rules") if clock.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("room", ["tasks", "flows", "portal", "deployments"])
def test_no_query_is_written_at_a_door(room: str) -> None:
    query = re.compile(r"(?<![\w.])select\(")
    found = [path for path in sources(room) if query.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_nothing_is_left_open() -> None:
    mark = re.compile(r"\b(?:TODO|FIXME|XXX|MODULE DOCSTRING)\b|raise NotImplementedError")
    assert [str(path) for path in sources(*ROOMS) if mark.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml", "Makefile", ".ci/run"])
def test_no_package_index_is_named(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search("--(?:extra-)?index-|--find-links|pythonhosted|/simpl[e]", text)


def test_every_locked_package_has_a_hash() -> None:
    packages = re.split(r"\n(?=[a-z0-9])", (ROOT / "requirements.lock").read_text(encoding="utf-8").strip())
    assert len(packages) > 100
    assert [one.split()[0] for one in packages if "--hash=sha256:" not in one and not one.startswith("#")] == []


def test_every_dependency_says_its_reason() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = project.split("dependencies = [", 1)[1].split("\n]", 1)[0]
    lines = [line.strip() for line in block.splitlines() if line.strip().startswith('"')]
    assert lines and [line for line in lines if "#" not in line] == []


def test_templates_and_migrations_are_in_the_package() -> None:
    from importlib.resources import files

    assert (files("notifications") / "templates" / "digest" / "body.html").is_file()
    assert (files("models") / "migrations" / "env.py").is_file()
    assert (files("config") / "policy.toml").is_file()


def test_nothing_waits_in_a_way_that_a_moved_clock_breaks() -> None:
    broken = re.compile(r"\btime\.sleep\(|\.wait\(timeout=|subprocess\.run\([^)]*timeout=", re.DOTALL)
    rooms = [path for path in sources(*ROOMS) if broken.search(path.read_text(encoding="utf-8"))]
    assert [str(path.relative_to(ROOT)) for path in rooms if path.name != "waiting.py"] == []
