"""The checks of a round before it goes to the leader, with what was answered to each warning."""

from dataclasses import dataclass

from config.settings import Settings, load_settings
from documents.reading.evidence.pdf_signature import read_signatures
from models.answer import Evidence
from models.scoring import ScoreRound
from rules.scoring.dossier_checks import EvidenceFact, ScoreFact, SignatureFact, Warned, check_scores
from rules.scoring.entry import Entry
from services.documents import place_of
from services.scoring.criteria import criteria_of
from services.scoring.facts import evidence_words
from services.scoring.scores import entry_of


@dataclass(frozen=True, slots=True)
class Check:
    """A warning and what was answered to it (None: nothing yet)."""

    warned: Warned
    answer: str | None


def checks_of(round_: ScoreRound, settings: Settings | None = None) -> list[Check]:
    """Every warning about a round, with its answers; each PDF's signatures are looked at once."""
    folder = (settings or load_settings()).documents
    known: dict[str, SignatureFact | None] = {}
    facts = []
    for score in round_.scores:
        proofs = []
        for use in score.evidence:
            key = use.evidence.document.sha256 if use.evidence.document else ""
            if key and key not in known:
                known[key] = read_signatures(place_of(folder, key))
            proofs.append(_fact(use.evidence, known.get(key)))
        facts.append(ScoreFact(score.criterion, entry_of(score), Entry.model_validate(score.filled), tuple(proofs)))
    answers = {score.criterion: score.answers for score in round_.scores}
    warned = check_scores(criteria_of(round_.criteria), facts)
    return [Check(one, answers[one.criterion].get(one.code)) for one in warned]


def _fact(evidence: Evidence, signature: SignatureFact | None) -> EvidenceFact:
    return EvidenceFact(
        id=evidence.id,
        words=evidence_words(evidence),
        sha256=evidence.document.sha256 if evidence.document else None,
        reference=evidence.reference,
        issued_on=evidence.issued_on,
        place=evidence.place,
        signature=signature,
    )
