"""The last edge of every command: each foreseen error becomes one sentence."""

import os
import sys
from collections.abc import Callable

import click

from config.toml_files import ConfigError
from deployments.usage_errors import translate


def _say(message: str) -> None:
    click.echo(f"Lỗi: {message}", err=True)


def guarded(work: Callable[[], object]) -> int:
    """Run work. Returns the exit code; errors go to stderr."""
    try:
        work()
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.exceptions.Abort:
        _say("Đã dừng theo yêu cầu.")
        return 130
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "dondoc"
        _say(f"{translate(error)} Xem cách dùng: {where} --help")
        return 2
    except click.ClickException as error:
        _say(error.message)
        return error.exit_code
    except ConfigError as error:
        _say(str(error))
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # the last edge: what is known gets its sentence, a real fault its traceback
        from config.settings import SettingsError  # here, for it is not loaded where no setting is needed
        from deployments.failures import explain

        if isinstance(error, SettingsError):
            _say(str(error))
            return 2
        explained = explain(error)
        if explained is None:
            raise
        _say(explained[1])
        return explained[0]
    return 0
