"""`make bench`: every job of the product beside its limit, measured in this run on this machine.

Each module's `run()` gives rows of (job, measured, limit, reached); a module that
cannot run here (no real plans, no chromium) says so in a row of its own.
Name modules to run only those: `python -m benchmarks timing morning`.
"""

import os
import pkgutil
import subprocess
import sys

import benchmarks


def modules(wanted: list[str]) -> list[str]:
    """The benchmark modules, in the order of the alphabet."""
    every = sorted(found.name for found in pkgutil.iter_modules(benchmarks.__path__) if not found.name.startswith("_"))
    unknown = set(wanted) - set(every)
    if unknown:
        sys.exit(f"Không có phép đo {', '.join(sorted(unknown))}; các phép đo: {', '.join(every)}")
    return wanted or every


def main() -> int:
    """Print one table; exit code 1 when a limit is not reached.

    Each module has a process of its own, and this one stays small: a process is counted at least the peak memory
    of the one that started it (Linux hands it on through fork and exec).
    """
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    print(f"{'job':<80} {'measured':>34}   {'limit':<34}", flush=True)
    codes = [
        subprocess.run([sys.executable, "-m", "benchmarks._table", name], check=False) for name in modules(sys.argv[1:])
    ]
    return max(done.returncode for done in codes)


if __name__ == "__main__":
    sys.exit(main())
