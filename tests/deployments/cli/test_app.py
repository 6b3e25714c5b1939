"""The command line: help, wrong use, and failures in one Vietnamese sentence."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from deployments.cli.app import COMMANDS, cli, run, summary


def test_every_command_of_the_table_exists(capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS:
        assert run([name, "--help"]) == 0, name
        assert "Cách dùng" in capsys.readouterr().out


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_each_command_says_of_itself(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None and (command.help or "").startswith(summary(name).rstrip("."))


def test_the_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in COMMANDS)
    assert all(summary(name)[:20] in " ".join(out.split()) for name in COMMANDS)
    assert "Usage" not in out and "Options" not in out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["khong-co"], "Không có lệnh"),
        (["timing"], "Thiếu"),
        (["timing", "Quý I", "--year", "abc"], "--year"),
        (["timing", "Quý I"], "Thiếu tùy chọn --year"),
        (["timing", "Quý I", "--year", "2025", "--nam", "1"], "Không có tùy chọn --nam"),
        (["remind", "--date", "2025-02-30"], "cần một ngày có thật"),
        (["messages", "--state", "lost"], "hãy chọn một trong: queued"),
        (["rehearse", "x", "--outage", "hôm qua"], "Khoảng ngừng"),
    ],
)
def test_wrong_use_is_one_vietnamese_sentence_and_exit_code_two(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    assert run(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("Lỗi: ") and says in said
    assert len(said.strip().splitlines()) == 1


def test_without_a_database_a_command_says_what_to_run(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    assert run(["messages"]) == 1
    assert "dondoc init" in capsys.readouterr().err


def test_a_bad_setting_is_named(
    capsys: pytest.CaptureFixture[str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DONDOC_SMTP_PORT", "mail")
    assert run(["messages"]) == 2
    assert "DONDOC_SMTP_PORT" in capsys.readouterr().err


def test_phrases_on_standard_input_give_one_json_a_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deployments.cli.app", "timing", "-", "--year", "2025"],
        input="Trong năm 2025\nTheo quy định\n\n".encode(),
        capture_output=True,
        check=False,
        cwd=Path(__file__).parents[3],
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    lines = done.stdout.decode().splitlines()
    assert len(lines) == 3
    assert '"kind":"window"' in lines[0] and '"kind":"undetermined"' in lines[1]


def test_the_group_is_named_for_the_console() -> None:
    assert cli.name == "cli"


def _every_command(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for own in command.list_commands(context):
            below = command.get_command(context, own)
            assert below is not None, f"{name} {own}"
            yield from _every_command(below, f"{name} {own}")


def test_every_command_and_every_option_says_what_it_is_for() -> None:
    for name, command in _every_command(cli, "dondoc"):
        assert command.help, name
        silent = [one.opts for one in command.params if isinstance(one, click.Option) and not one.help]
        assert not silent, f"{name}: {silent}"
