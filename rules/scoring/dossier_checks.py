"""Checks before a dossier is sent: what a superior would ask about. Each is a warning that can be answered."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rules.numbers import number_words
from rules.scoring.criteria.sets import CriteriaSet
from rules.scoring.entry import NOTHING, Entry

SHARED_FROM = 3
"""From how many criteria on the same file is asked about."""

WARNINGS = {
    "outside_year": "Văn bản ngoài năm chấm điểm",
    "shared": "Một tệp dùng cho nhiều tiêu chí",
    "unnamed": "Thiếu số, ký hiệu, ngày văn bản",
    "no_place": "Chưa chỉ rõ trang, mục",
    "unsigned": "Tệp chưa ký số",
    "broken": "Tệp đổi sau khi ký số",
    "contradiction": "Số liệu khác báo cáo",
}
"""What a warning is about, by the first part of its code."""


@dataclass(frozen=True, slots=True)
class EvidenceFact:
    """A piece of evidence as the checks look at it. `signature` is None where nothing can be signed (no PDF)."""

    id: int
    words: str
    sha256: str | None = None
    reference: str | None = None
    issued_on: date | None = None
    place: str | None = None
    signature: "SignatureFact | None" = None


@dataclass(frozen=True, slots=True)
class SignatureFact:
    """The digital signature of a PDF: by whom, and whether the file is as it was signed. Nobody: unsigned."""

    signers: tuple[str, ...] = ()
    unbroken: bool = True


@dataclass(frozen=True, slots=True)
class ScoreFact:
    """A score as the checks look at it."""

    criterion: str
    entry: Entry
    filled: Entry
    evidence: tuple[EvidenceFact, ...]


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning about a criterion. `code` stays the same while its cause does, so an answer stays with it."""

    criterion: str
    code: str
    message: str


def check_scores(criteria: CriteriaSet, scores: Sequence[ScoreFact]) -> tuple[Warned, ...]:
    """Every warning, in the order of the scores."""
    uses = Counter(fact.sha256 for score in scores for fact in score.evidence if fact.sha256)
    found: list[Warned] = []
    for score in scores:
        found.extend(_contradiction(score))
        for fact in score.evidence:
            found.extend(_of_evidence(criteria, score.criterion, fact, uses))
    return tuple(found)


def _of_evidence(
    criteria: CriteriaSet, criterion: str, fact: EvidenceFact, uses: Mapping[str, int]
) -> Iterable[Warned]:
    def warn(code: str, message: str) -> Warned:
        return Warned(criterion, f"{code}:{fact.id}", f"{criterion}: {message}")

    if fact.issued_on is not None and fact.issued_on.year != criteria.year:
        yield warn("outside_year", f"“{fact.words}” đề ngày {fact.issued_on:%d/%m/%Y}, ngoài năm {criteria.year}.")
    if fact.sha256 and uses[fact.sha256] >= SHARED_FROM:
        yield warn("shared", f"cùng một tệp “{fact.words}” dùng cho {uses[fact.sha256]} tiêu chí.")
    if not fact.reference or fact.issued_on is None:
        yield warn("unnamed", f"“{fact.words}” chưa ghi đủ số, ký hiệu và ngày của văn bản.")
    if not fact.place:
        yield warn("no_place", f"“{fact.words}” chưa chỉ rõ trang hoặc mục chứng minh.")
    if fact.signature is not None:
        if not fact.signature.signers:
            yield warn("unsigned", f"tệp PDF “{fact.words}” chưa được ký số.")
        elif not fact.signature.unbroken:
            signers = ", ".join(fact.signature.signers)
            yield warn("broken", f"tệp PDF “{fact.words}” đã bị thay đổi sau khi {signers} ký số.")


def _contradiction(score: ScoreFact) -> Iterable[Warned]:
    """A figure that is not the one the database knows from the reports of the units."""
    given, known = _figure(score.entry), _figure(score.filled)
    if given and known and given != known:
        message = f"{score.criterion}: số liệu tự chấm {given} khác số liệu đã báo cáo {known}."
        yield Warned(score.criterion, "contradiction", message)


def _figure(entry: Entry) -> str:
    """The figure of an entry in words, for comparing and showing; evidence and reasons aside."""
    if entry.model_copy(update={"evidence": (), "reason": ""}) == NOTHING:
        return ""
    if entry.part is not None and entry.whole is not None:
        return f"{number_words(entry.part)}/{number_words(entry.whole)}"
    if entry.value is not None:
        return number_words(entry.value)
    if entry.days_late is not None:
        return f"chậm {number_words(entry.days_late)} ngày"
    if entry.passed is not None:
        return "đạt" if entry.passed else "không đạt"
    return entry.case or ""


def together(warned: Iterable[Warned]) -> dict[tuple[str, str], list[str]]:
    """Warnings with one cause, to be answered once: the criteria of each, by its code and words, in their order."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in warned:
        words = one.message.removeprefix(f"{one.criterion}: ")
        found.setdefault((one.code, words), []).append(one.criterion)
    return found
