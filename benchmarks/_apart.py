"""Each job in a process and home of its own, so that one does not warm or burden the next."""

import multiprocessing
import os
import resource
import tempfile
from collections.abc import Callable
from pathlib import Path

Row = tuple[str, str, str, bool]


def cpu() -> float:
    """CPU-seconds of this process, user and system."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def apart(job: Callable[[], list[Row]]) -> list[Row]:
    """Run a job of a module in a fresh process with a fresh database; its rows."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_in_home, (job,))


def _in_home(job: Callable[[], list[Row]]) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="dondoc-bench-") as folder:
        os.environ["DONDOC_HOME"] = folder
        os.environ.pop("DONDOC_DATABASE_URL", None)
        from models import schema
        from models.session import engine_for

        schema.upgrade(engine_for(f"sqlite:///{Path(folder) / 'dondoc.db'}"))
        return job()
