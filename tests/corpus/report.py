"""What reading gets right of the corpus, a kind a line: `make read-report`, or `python -m tests.corpus.report`.

A document `NAME.*` stands beside its truth `NAME.truth.json`, written by hand before it was read:
{"plan": {field: value}, "items": [{"code", "title", "lead", "coordinating", "due", "warns"}]},
`due` the last day in time (null: none, a rhythm, or asked), `warns` the first words of the doubts.
Criteria: {"leaves": {code: maximum}}.
"""

import json
import re
import sys
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from documents.reading.criteria.file import read_criteria_and_doubts
from documents.reading.formats.blocks import RefusedDocument
from documents.reading.plan.interpret import interpret
from documents.reading.sandbox.child import read_in_process
from documents.reading.sandbox.files import read_document
from rules.plan.units import UnitBook
from rules.plan.values import ItemRead, PlanReading
from rules.timing.values import TimingKind

CORPUS = Path(__file__).resolve().parent
FIGURES = CORPUS / "figures.json"
FIELDS = ("code", "title", "lead", "coordinating", "due", "warns")
ALIKE = 0.6
"""From this likeness of titles on, a task that was read is the one of the truth, read wrongly."""


@dataclass(slots=True)
class Score:
    """Counts of one kind. `fields` are right fields of found items and of the head; `sure` is wrong without a doubt."""

    documents: int = 0
    items: int = 0
    found: int = 0
    exact: int = 0
    junk: int = 0
    fields: int = 0
    asked_fields: int = 0
    sure: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def figures(self) -> dict[str, int]:
        """The counts without the list of faults."""
        return {name: value for name, value in asdict(self).items() if name != "faults"}


def main(arguments: list[str]) -> int:
    """Print the report; with --faults what is wrong, with --write the figures are stored."""
    scores = score_all()
    print(table(scores))
    if "--faults" in arguments:
        print("\n".join(fault for score in scores.values() for fault in score.faults))
    if "--write" in arguments:
        figures = {kind: score.figures for kind, score in scores.items()}
        FIGURES.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


def score_all(kinds: Iterable[str] | None = None) -> dict[str, Score]:
    """The scores of every folder of the corpus, or of some."""
    folders = sorted(path for path in CORPUS.iterdir() if path.is_dir() and any(path.glob("*.truth.json")))
    return {folder.name: score_folder(folder) for folder in folders if kinds is None or folder.name in kinds}


def score_folder(folder: Path) -> Score:
    """The score of one kind of document."""
    score = Score()
    for truth in sorted(folder.glob("*.truth.json")):
        name = truth.name.removesuffix(".truth.json")
        known = json.loads(truth.read_text(encoding="utf-8"))
        for document in sorted(path for path in folder.glob(f"{name}.*") if path != truth):
            score.documents += 1
            judge = _criteria if "leaves" in known else _plan
            judge(document, known, score)
    return score


def table(scores: dict[str, Score]) -> str:
    """The report as a Markdown table."""
    labels = ("Kind", "Documents", "Items", "Found", "Exact", "Junk", "Fields right", "Wrong as sure")
    head = f"| {' | '.join(labels)} |\n|{'---|' * len(labels)}"
    rows = [
        f"| {kind} | {s.documents} | {s.items} | {s.found} | {s.exact} | {s.junk} "
        f"| {s.fields}/{s.asked_fields} | {s.sure} |"
        for kind, s in scores.items()
    ]
    return "\n".join([head, *rows])


def _plan(path: Path, known: dict[str, Any], score: Score) -> None:
    where = f"{path.parent.name}/{path.name}"
    score.items += len(known["items"])
    try:
        reading = _read(path, known.get("year"))
    except RefusedDocument as refusal:
        if not known.get("refused"):
            score.faults.append(f"{where}: refused: {refusal}")
        return
    if known.get("refused"):
        score.faults.append(f"{where}: was to be refused")
    _head(where, reading, known.get("plan", {}), score)
    left = list(reading.items)
    for wanted in known["items"]:
        got = _partner(wanted, left)
        score.asked_fields += len(FIELDS)
        if got is None:
            score.faults.append(f"{where}: missing “{wanted['title'][:60]}”")
            continue
        left.remove(got)
        score.found += 1
        wrong = {name: value for name, value in _facts(got).items() if not _right(name, value, wanted.get(name))}
        score.fields += len(FIELDS) - len(wrong)
        score.exact += not wrong
        if wrong:
            sure = not got.warnings and set(wrong) - {"code", "warns"}
            score.sure += bool(sure)
            score.faults.append(f"{where}: {'SURE ' if sure else ''}{wanted.get('code')} {wrong}, wanted {wanted}")
    for item in left:
        score.junk += 1
        score.sure += not item.warnings and not reading.warnings
        score.faults.append(f"{where}: junk {item.code} “{item.title[:70]}”")


def _read(path: Path, year: int | None) -> PlanReading:
    form = path.suffix.lstrip(".").lower()
    if form == "txt":  # no child process for plain text: the corpus is read in a second
        return interpret(read_in_process(form, path.read_bytes()), units=UnitBook(), year=year)
    return interpret(read_document(path), units=UnitBook(), year=year)


def _head(where: str, reading: PlanReading, wanted: dict[str, Any], score: Score) -> None:
    got = reading.plan.model_dump(mode="json")
    for name, value in wanted.items():
        score.asked_fields += 1
        if got.get(name) == value:
            score.fields += 1
        else:
            score.sure += name == "year" and not reading.warnings
            score.faults.append(f"{where}: plan.{name} {got.get(name)!r}, wanted {value!r}")


def _partner(wanted: dict[str, Any], left: list[ItemRead]) -> ItemRead | None:
    same = [item for item in left if _key(item.title) == _key(wanted["title"])]
    if same:
        leads = [_key(name) for name in wanted.get("lead", ())]
        return next((item for item in same if [_key(ref.printed) for ref in item.lead] == leads), same[0])
    ratios = [(SequenceMatcher(None, _key(i.title), _key(wanted["title"]), autojunk=False).ratio(), i) for i in left]
    best = max(ratios, key=lambda one: one[0], default=None)
    return best[1] if best and best[0] >= ALIKE else None


def _facts(item: ItemRead) -> dict[str, Any]:
    timing = item.timing
    open_end = timing.kind in (TimingKind.RECURRING, TimingKind.CONTINUOUS, TimingKind.UNDETERMINED)
    last = None if open_end else timing.last_day or timing.due
    return {
        "code": item.code,
        "title": item.title,
        "lead": [ref.printed for ref in item.lead],
        "coordinating": [ref.printed for ref in item.coordinating],
        "due": last.isoformat() if last else None,
        "warns": sorted({doubt.code.partition(".")[0] for doubt in item.warnings}),
    }


def _right(name: str, value: Any, wanted: Any) -> bool:
    if wanted is None and name != "due":
        return True  # the truth does not say
    if name == "title":
        return _key(value) == _key(wanted)
    if name in ("lead", "coordinating"):
        return [_key(one) for one in value] == [_key(one) for one in wanted]
    if name == "warns":
        return value == sorted({str(one).partition(".")[0] for one in wanted})
    return bool(value == wanted)


def _criteria(path: Path, known: dict[str, Any], score: Score) -> None:
    where = f"{path.parent.name}/{path.name}"
    wanted = {code: float(value) for code, value in known["leaves"].items()}
    score.items += len(wanted)
    score.asked_fields += len(wanted)
    try:
        criteria, doubts = read_criteria_and_doubts(path, known.get("year"))
    except RefusedDocument as refusal:
        score.faults.append(f"{where}: refused: {refusal}")
        return
    got: dict[str, float | None] = {}
    for area in criteria.model_dump(mode="json")["areas"]:
        _leaves(area, got)
    for code, value in wanted.items():
        score.found += code in got
        score.exact += got.get(code) == value
        score.fields += got.get(code) == value
        if got.get(code) != value:
            score.sure += code in got and not doubts
            score.faults.append(f"{where}: {code} {got.get(code)}, wanted {value}")
    junk = set(got) - set(wanted)
    score.junk += len(junk)
    score.sure += bool(junk) and not doubts


def _leaves(node: dict[str, Any], found: dict[str, float | None]) -> None:
    inner = node.get("criteria") or node.get("parts") or node.get("children") or []
    for part in inner:
        _leaves(part, found)
    if not inner:
        found[str(node["code"])] = float(node["max"]) if node.get("max") is not None else None


def _key(text: str) -> str:
    return "".join(re.findall(r"\w", unicodedata.normalize("NFC", text or "").casefold()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
