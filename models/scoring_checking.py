"""The checks of a round before it goes to the leader, with what was answered to each warning."""

from collections.abc import Callable
from dataclasses import dataclass

from models.answer_tables import Evidence
from models.criteria_sets import criteria_of
from models.scoring_facts import evidence_words
from models.scoring_scores import entry_of
from models.scoring_tables import ScoreRound
from rules.scoring_checks import EvidenceFact, ScoreFact, SignatureFact, Warned, check_scores
from rules.scoring_input import Entry

SignatureOf = Callable[[str], SignatureFact | None]
"""Looks at a file by its sha256 for its digital signatures; None: nothing that could be signed."""


@dataclass(frozen=True, slots=True)
class Check:
    """A warning and what was answered to it (None: nothing yet)."""

    warned: Warned
    answer: str | None


def checks_of(round_: ScoreRound, signature_of: SignatureOf) -> list[Check]:
    """Every warning about a round, with its answers; each file is looked at once."""
    known: dict[str, SignatureFact | None] = {}
    facts = []
    for score in round_.scores:
        proofs = []
        for use in score.evidence:
            key = use.evidence.document.sha256 if use.evidence.document else ""
            if key and key not in known:
                known[key] = signature_of(key)
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
