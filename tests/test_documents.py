"""The documents tell the truth: every path, command, make target and setting named in them exists."""

import re
from pathlib import Path

import click
import pytest

from config.settings import Settings
from deployments.cli.app import cli

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("README.md", "README.vi.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md")
TEXTS = {name: (ROOT / name).read_text(encoding="utf-8") for name in NAMES}
ROOMS_OF_FILES = "config|rules|models|services|documents|notifications|tasks|flows|portal|deployments|tests|benchmarks"

LINK = re.compile(r"\]\(([^)#]+)[^)]*\)")
WHERE = re.compile(rf"`((?:(?:{ROOMS_OF_FILES}|\.github|\.ci)/[\w./<>-]*)|[\w.-]+\.(?:md|toml|lock))`")
CODE = re.compile(r"`([^`\n]+)`|^```[a-z]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"(?:^|[\s/])dondoc ([a-z-][^#]*)")
WORD = re.compile(r"[a-z][a-z-]*(?:/[a-z][a-z-]*)*")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
TARGET = re.compile(r"(?:^|`)make ([a-z][a-z-]*)", re.MULTILINE)
SETTING = re.compile(r"\bDONDOC_[A-Z][A-Z_]*[A-Z]")

OF_THE_OFFICE = {"policy.toml", "working_days.toml"}
"""Files that an office has in its own home."""


def named(pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    """Each thing that a pattern finds, with the document that names it."""
    return sorted({(name, found) for name, text in TEXTS.items() for found in pattern.findall(text)})


def snippets(text: str) -> list[str]:
    """The pieces of code of a document, a line each."""
    return [line for one in CODE.finditer(text) for line in (one[1] or one[2]).splitlines()]


def commands() -> list[tuple[str, str]]:
    """What follows `dondoc` in the documents' code, with the document."""
    lines = [(name, line) for name, text in TEXTS.items() for line in snippets(text)]
    return sorted({(name, found.strip()) for name, line in lines for found in COMMAND.findall(line)})


def called(line: str) -> list[click.Command]:
    """The commands that a line calls: several where it names some of a group ("units list/add")."""
    command: click.Command = cli
    for word in line.split():
        if not isinstance(command, click.Group) or not WORD.fullmatch(word):
            break
        found = [command.get_command(click.Context(command), name) for name in word.split("/")]
        assert None not in found, f"dondoc {line}: {word} is no command"
        if len(found) > 1:
            return [one for one in found if one is not None]
        command = found[0] or command
    return [command]


def options_of(command: click.Command) -> set[str]:
    """The options of a command; of a group those of its commands too: a line that stops there tells of all."""
    context = click.Context(command)
    own = {option for parameter in command.get_params(context) for option in parameter.opts + parameter.secondary_opts}
    if not isinstance(command, click.Group) or command is cli:
        return own
    below = [command.get_command(context, name) for name in command.list_commands(context)]
    return own.union(*(options_of(one) for one in below if one is not None))


@pytest.mark.parametrize(("name", "address"), named(LINK))
def test_every_link_leads_somewhere(name: str, address: str) -> None:
    assert address.startswith("https://") or (ROOT / address).exists(), name


@pytest.mark.parametrize(("name", "path"), named(WHERE))
def test_every_path_exists(name: str, path: str) -> None:
    filled_in = re.sub(r"<\w+>", "*", path)
    assert path in OF_THE_OFFICE or any(ROOT.glob(filled_in)), name


@pytest.mark.parametrize(("name", "line"), commands())
def test_every_command_exists_with_its_options(name: str, line: str) -> None:
    known = set[str]().union(*(options_of(command) for command in called(line)))
    assert set(OPTION.findall(line)) <= known, name


@pytest.mark.parametrize(("name", "target"), named(TARGET))
def test_every_make_target_exists(name: str, target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize(("name", "setting"), named(SETTING))
def test_every_setting_exists(name: str, setting: str) -> None:
    assert setting.removeprefix("DONDOC_").lower() in Settings.model_fields


def test_every_setting_is_in_the_sample_file() -> None:
    sample = (ROOT / "config" / "dondoc.env.sample").read_text(encoding="utf-8")
    assert [name for name in Settings.model_fields if f"DONDOC_{name.upper()}" not in sample] == []


def test_the_patterns_of_this_test_find_something() -> None:
    assert min(len(named(LINK)), len(named(WHERE)), len(commands()), len(named(TARGET)), len(named(SETTING))) > 5


def test_the_security_table_speaks_of_every_chapter_of_asvs() -> None:
    rows = [re.split(r"(?<!\\)\|", line)[1:4] for line in TEXTS["SECURITY.md"].splitlines() if line.startswith("| **V")]
    assert [int(re.findall(r"\d+", name)[0]) for name, *_ in rows] == [*range(1, 18)]
    table = TEXTS["SECURITY.md"].split("OWASP ASVS", 1)[1].splitlines()
    said = [[cell.strip() for cell in line.split("|")[1:4]] for line in table if re.match(r"\| \d", line)]
    assert len(said) > 60
    assert {word for _, word, _ in said} <= {"met", "partly", "open", "n/a"}
    assert [name for name, word, how in said if word != "n/a" and not how] == []


def test_pre_commit_checks_what_make_check_does() -> None:
    assert "entry: make check" in (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")


def test_the_workflow_runs_the_suite_on_every_python_that_is_promised() -> None:
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert "- run: .ci/run" in workflow
    assert 'python: ["3.11", "3.12", "3.13"]' in workflow
