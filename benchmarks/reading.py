"""Measures reading the Ba Ngòi plan: processor time without imports, and the peak memory of the process.

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

# The reader is imported before the clock starts, so that only the reading is measured.
_MEASURE = """
import importlib, json, resource, sys, time
sys.path.insert(0, sys.argv[1])
from documents.reading.child import read_in_process
form, path = sys.argv[2:4]
importlib.import_module("documents.reading." + {"docx": "docx", "pdf": "pdf", "xlsx": "sheets"}[form])
data = open(path, "rb").read()
begun = time.process_time()
document = read_in_process(form, data)
used = time.process_time() - begun
rows = sum(len(block.rows) for block in document.blocks if hasattr(block, "rows"))
print(json.dumps({"cpu": used, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "rows": rows}))
"""


def measure(form: str, path: Path) -> dict[str, float]:
    """CPU-seconds (user and system), peak megabytes and table rows of one reading in a fresh interpreter."""
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
        kept = cpu <= limit and peak <= MEMORY_MB and min(t["rows"] for t in tries) >= 81
        lines.append(
            (job, f"{cpu * 1000:.0f} ms CPU, {peak:.0f} MB", f"{limit * 1000:.0f} ms CPU, {MEMORY_MB:.0f} MB", kept)
        )
    return lines


if __name__ == "__main__":
    for job, measured, limit, kept in run():
        print(f"{'ok  ' if kept else 'FAIL'}  {job}: {measured} (limit {limit})")
