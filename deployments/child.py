"""A child process of `dondoc run`: `python -m deployments.child server|mailbox|dondoc|prepare|deploy|doors`.

Each watches its standard input: the supervisor holds the other end, so when it is
gone, even by `kill -9`, the child ends too and no process is left behind.
"""

import os
import runpy
import signal
import sys
import threading
from collections.abc import Callable, Sequence

from config.own_files import keep_private
from config.waiting import pause

GRACE_SECONDS = 8.0
"""How long a child may take to finish its work once its supervisor is gone."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Start the part that is named."""
    keep_private()
    name, *rest = sys.argv[1:] if arguments is None else arguments
    if name in _STEPS:
        from deployments.guard import guarded

        sys.exit(guarded(lambda: PARTS[name](rest)))
    watch_supervisor()
    PARTS[name](rest)


def watch_supervisor() -> None:
    """End this process when standard input ends."""
    threading.Thread(target=_watch, name="supervisor-watch", daemon=True).start()


def _watch() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    pause(GRACE_SECONDS)
    os._exit(1)


def _server(arguments: list[str]) -> None:
    from config.settings import load_settings
    from deployments.prefect.server import server_environment

    for name, value in server_environment(load_settings()).items():
        os.environ.setdefault(name, value)
    from deployments.prefect.patches import apply_to_server  # imports Prefect, which reads the environment once

    apply_to_server()
    sys.argv = ["prefect", "server", "start", *arguments]
    runpy.run_module("prefect", run_name="__main__", alter_sys=True)


def _command(arguments: list[str]) -> None:
    from deployments.cli.app import run

    sys.exit(run(arguments))


def _prepare(_arguments: list[str]) -> None:
    """Upgrade the database; install the sample in an empty one."""
    from config.clock import now, today
    from config.settings import load_settings
    from deployments.sample.ward import install_sample
    from services.actor import Actor
    from services.database import create_or_upgrade

    settings = load_settings()
    create_or_upgrade(settings)
    done = install_sample(settings.home / "sample", today(), Actor("dondoc run", now()))
    if done is not None:
        print(f"Đã nhập kế hoạch mẫu {done.diff.code}: {len(done.diff.items)} nhiệm vụ (phường không có thật).")


def _deploy(_arguments: list[str]) -> None:
    _command(["deploy"])


def _doors(_arguments: list[str]) -> None:
    """Print portal links for the sample's people, if it is installed."""
    from config.clock import now
    from config.settings import load_settings
    from deployments.sample.ward import sample_visitors
    from models.session import transaction
    from services.access.links import door_of, link_for

    door, at = door_of(load_settings()), now()
    with transaction() as session:
        for name, person in sample_visitors(session).items():
            print(f"{name}\t{link_for(session, door, person, None, at, made_by='dondoc run')}")


def _mailbox(arguments: list[str]) -> None:
    sys.argv = ["mail_devel", *arguments]
    runpy.run_module("mail_devel", run_name="__main__", alter_sys=True)


PARTS: dict[str, Callable[[list[str]], None]] = {
    "server": _server,
    "mailbox": _mailbox,
    "dondoc": _command,
    "prepare": _prepare,
    "deploy": _deploy,
    "doors": _doors,
}
_STEPS = ("prepare", "deploy", "doors")
"""These end by themselves and are waited for: their standard input is empty from the start."""

if __name__ == "__main__":
    main()
