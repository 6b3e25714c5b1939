"""Self-scoring: a set scored, a commune forecast, every commune of the country recomputed, a large dossier streamed."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks._world import build
from documents.reading.criteria.file import read_criteria, read_figures
from models import Plan, schema
from models.session import make_engine
from rules.scoring.criteria.sets import CriteriaSet
from rules.scoring.entry import Entry
from rules.scoring.score import score_set
from services.actor import Actor
from services.scoring.criteria import bring_in
from services.scoring.forecast import forecast_plan

Row = tuple[str, str, str, bool]
SAMPLES = Path(__file__).resolve().parents[1] / "config" / "criteria"
COMMUNES, LEAVES = 3_321, 100
MEGABYTE = 1024 * 1024


def run() -> list[Row]:
    """Every job of issue-sized data; nothing is kept."""
    criteria, figures = _hundred()
    return [_one_set(criteria, figures), _forecast(criteria), *_country(criteria, figures), _dossier()]


def _hundred() -> tuple[CriteriaSet, dict[str, Entry]]:
    """The sample's rules, repeated until there are a hundred leaves."""
    sample = read_criteria(SAMPLES / "par-index-commune-sample.yaml")
    given = read_figures(SAMPLES / "par-index-commune-figures.yaml", sample).figures
    leaves, figures = [], {}
    for number in range(LEAVES):
        leaf = sample.leaves[number % len(sample.leaves)]
        code = f"{leaf.code}-{number}"
        leaves.append(leaf.model_copy(update={"code": code, "items": ("*",)}))
        if leaf.code in given:
            figures[code] = given[leaf.code]
    area = sample.areas[0].model_copy(update={"children": tuple(leaves), "max": None})
    return sample.model_copy(update={"areas": (area,), "total": None, "code": "BENCH"}), figures


def _cpu(job: Any, times: int) -> float:
    job()
    started = time.process_time()
    for _ in range(times):
        job()
    return (time.process_time() - started) / times


def _one_set(criteria: CriteriaSet, figures: dict[str, Entry]) -> Row:
    took = _cpu(lambda: score_set(criteria, figures), 50) * 1000
    return "score 100 leaves, CPU", f"{took:.2f} ms", "≤ 5 ms", took <= 5


def _country(criteria: CriteriaSet, figures: dict[str, Entry]) -> list[Row]:
    """Recompute a quarter and all of the communes: the time must grow with their number and no faster."""
    quarter = COMMUNES // 4
    started = time.process_time()
    for _ in range(quarter):
        score_set(criteria, figures)
    first = time.process_time() - started
    for _ in range(COMMUNES - quarter):
        score_set(criteria, figures)
    whole = time.process_time() - started
    growth = (whole / COMMUNES) / (first / quarter)
    return [
        ("3,321 communes × 100 leaves recomputed, CPU", f"{whole:.1f} s", "≤ 20 s", whole <= 20),
        ("… a commune at the end against one at the start", f"{growth:.2f} ×", "≤ 1.3 × (linear)", growth <= 1.3),
    ]


def _forecast(criteria: CriteriaSet) -> Row:
    with tempfile.TemporaryDirectory(prefix="dondoc-bench-") as folder:
        engine = make_engine(f"sqlite:///{folder}/b.db")
        schema.upgrade(engine)
        with Session(engine) as session, session.begin():
            build(session, "xa", 8, 59, {date(2025, month, 28): 1 for month in range(1, 13)})
            bring_in(session, criteria, Actor("bench", datetime(2025, 1, 1, tzinfo=UTC)))
        with Session(engine) as session:
            plan = session.scalars(select(Plan)).one()
            took = _cpu(lambda: forecast_plan(session, plan, date(2025, 9, 1), "BENCH"), 10) * 1000
        engine.dispose()
    return "forecast of a commune, 100 leaves, 59 items linked to each, CPU", f"{took:.1f} ms", "≤ 50 ms", took <= 50


def _dossier() -> Row:
    """A process of its own: what it needs at most is then its own memory alone."""
    with tempfile.TemporaryDirectory(prefix="dondoc-bench-") as folder:
        environment = {**os.environ, "BENCH_FOLDER": folder}
        command = [sys.executable, "-m", "benchmarks.scoring"]
        output = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    memory, size, took = (float(part) for part in output.split())
    shown = f"{memory:.0f} MB, zip {size:.0f} MB in {took:.1f} s"
    return "dossier: 100 leaves, 300 files of 1 MB; peak memory", shown, "≤ 150 MB", memory <= 150


def _write_dossier(folder: Path) -> None:
    from dataclasses import replace
    from hashlib import sha256

    from documents.writing.scoring.dossier import DossierFile, write_dossier
    from rules.scoring.dossier import DossierFacts, Proof, ScoreWords, rows_of

    criteria, figures = _hundred()
    files = []
    for number in range(300):
        content = os.urandom(MEGABYTE)
        path = folder / f"{number}.bin"
        path.write_bytes(content)
        files.append(DossierFile(path, sha256(content).hexdigest(), f"tai-lieu/{number:03}.pdf"))
    sheet = score_set(criteria, figures)
    proofs = tuple(Proof(f"{n}/BC-UBND", f"tai-lieu/{n:03}.pdf") for n in range(3))
    words = {leaf.code: ScoreWords("Phòng", "Giải trình", proofs) for leaf in criteria.leaves}
    rows = tuple(replace(row) for row in rows_of(criteria, sheet, words))
    facts = DossierFacts(
        authority="UBND phường Sông Mai", place="Sông Mai", superior="Sở Nội vụ", symbol="TTr-UBND",
        criteria=criteria.name, criteria_code=criteria.code, decision="", year=2025, version=1,
        sealed_on=date(2025, 12, 31), signer="", signature=("CHỦ TỊCH",), rows=rows, total=sheet.total, max=sheet.max,
        counted=sheet.counted, pending=Decimal(0),
    )  # fmt: skip
    started = time.perf_counter()
    written = write_dossier(facts, files, folder / "ho-so.zip", datetime(2025, 12, 31, tzinfo=UTC))
    took = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(memory, written.size / MEGABYTE, took)


if __name__ == "__main__":
    _write_dossier(Path(os.environ["BENCH_FOLDER"]))
