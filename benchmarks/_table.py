"""The rows of one benchmark module, printed. Run as a process of its own: `python -m benchmarks._table NAME`."""

import importlib
import sys
import time


def show(name: str) -> bool:
    """Run a module and print its rows; whether every limit was reached."""
    started, reached = time.perf_counter(), True
    for job, measured, limit, good in importlib.import_module(f"benchmarks.{name}").run():
        reached &= good
        print(f"{job:<80} {measured:>34}   {limit:<34} {'ok' if good else 'NOT REACHED'}", flush=True)
    print(f"  ({name}: {time.perf_counter() - started:.0f} s)", flush=True)
    return reached


if __name__ == "__main__":
    sys.exit(0 if show(sys.argv[1]) else 1)
