"""`make bench`: every job of the product beside its limit, measured in this run on this machine.

Each module's `run()` gives rows of (job, measured, limit, reached); a module that
cannot run here (no real plans, no chromium) says so in a row of its own.
Name modules to run only those: `python -m benchmarks timing morning`.
"""

import importlib
import os
import pkgutil
import sys
import time

import benchmarks

Row = tuple[str, str, str, bool]


def modules(wanted: list[str]) -> list[str]:
    """The benchmark modules, in the order of the alphabet."""
    every = sorted(found.name for found in pkgutil.iter_modules(benchmarks.__path__) if not found.name.startswith("_"))
    unknown = set(wanted) - set(every)
    if unknown:
        sys.exit(f"Không có phép đo {', '.join(sorted(unknown))}; các phép đo: {', '.join(every)}")
    return wanted or every


def main() -> int:
    """Print one table; exit code 1 when a limit is not reached."""
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    print(f"{'job':<68} {'measured':>30}   {'limit':<34}")
    reached = True
    for name in modules(sys.argv[1:]):
        started = time.perf_counter()
        rows: list[Row] = importlib.import_module(f"benchmarks.{name}").run()
        for job, measured, limit, good in rows:
            reached &= good
            print(f"{job:<68} {measured:>30}   {limit:<34} {'ok' if good else 'NOT REACHED'}", flush=True)
        print(f"  ({name}: {time.perf_counter() - started:.0f} s)", flush=True)
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
