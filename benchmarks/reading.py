"""Measures the whole reading of the Ba Ngòi plan, from the file's bytes to 59 items: processor time and peak memory.

The child that reads and the parent that understands are measured in one process, without their imports.

Run alone with `python -m benchmarks.reading`; `make bench` calls `run`.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLANS = ROOT.parent / "shared" / "plans" / "files"
LIMITS = {"docx": 0.100, "pdf": 1.500, "xlsx": 0.050}
MEMORY_MB = 100.0

# All is imported before the clock starts, so that only the work is measured, with all that is done at first use.
_MEASURE = """
import importlib, json, resource, sys, time
sys.path.insert(0, sys.argv[1])
from documents.reading.sandbox import wire
from documents.reading.sandbox.child import read_in_process
from documents.reading.formats.detect import detect
from documents.reading.plan.interpret import interpret
from rules.plan.units import UnitBook
form, path = sys.argv[2:4]
importlib.import_module("documents.reading." + {"docx": "docx", "pdf": "pdf", "xlsx": "sheets"}[form])
begun = time.process_time()
data = open(path, "rb").read()
document = wire.load(wire.dump(read_in_process(detect(data), data)))
reading = interpret(document, units=UnitBook())
used = time.process_time() - begun
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"cpu": used, "peak": peak, "items": len(reading.items)}))
"""


def measure(form: str, path: Path) -> dict[str, float]:
    """CPU-seconds (user and system), peak megabytes and items of one reading in a fresh interpreter."""
    command = [sys.executable, "-I", "-c", _MEASURE, str(ROOT), form, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def run() -> list[tuple[str, str, str, bool]]:
    """Job, measured, limit, and whether it was kept; the best of three, for a busy machine only ever adds."""
    lines: list[tuple[str, str, str, bool]] = []
    for form, limit in LIMITS.items():
        path = PLANS / f"ba-ngoi-2025.{form}"
        job = f"read Ba Ngòi .{form}, without imports"
        if not path.exists():
            lines.append((job, "skipped: ../shared is absent", "", True))
            continue
        tries = [measure(form, path) for _ in range(3)]
        cpu, peak = min(t["cpu"] for t in tries), max(t["peak"] for t in tries)
        kept = cpu <= limit and peak <= MEMORY_MB and min(t["items"] for t in tries) == 59
        lines.append(
            (job, f"{cpu * 1000:.0f} ms CPU, {peak:.0f} MB", f"{limit * 1000:.0f} ms CPU, {MEMORY_MB:.0f} MB", kept)
        )
    return lines


if __name__ == "__main__":
    for job, measured, limit, kept in run():
        print(f"{'ok  ' if kept else 'FAIL'}  {job}: {measured} (limit {limit})")
