"""The round's steps at their edges: each one transaction, safe to repeat. The command line and the flow call these."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy.orm import Session

from config.clock import ZONE
from documents.reading.criteria_errors import said
from documents.reading.criteria_file import read_figures
from documents.reading.score_return import read_verification
from documents.writing.remedial_plan import remedial_plan_docx
from models.audit import By
from models.criteria_sets import criteria_of
from models.deputies import decider
from models.errors import BadContentError, UnknownNameError
from models.scoring_checking import Check
from models.scoring_compare import difference_of, remedial_draft, years_of
from models.scoring_reopen import reopen_round, set_explaining
from models.scoring_round import approve, ask_approval, disapprove, refill, to_review
from models.scoring_scores import Given, accept, answer_warning, enter, find_score, send_back
from models.scoring_scores import reopen as reopen_score
from models.scoring_tables import ScoreRound
from models.scoring_verify import explain, finish, send_explanations, verify
from models.session import reading, transaction
from models.staff import the_authority
from rules.scoring import LeafScore
from rules.scoring_difference import Difference
from rules.scoring_input import Entry, read_entry
from rules.scoring_round import ScoreState, Verification
from tasks.scoring import the_round
from tasks.scoring_dossier import checks_of


@dataclass(frozen=True, slots=True)
class Where:
    """Which round: its authority (None: the only one) and its set (None: the newest)."""

    authority: str | None = None
    criteria: str | None = None


def enter_figure(
    where: Where,
    criterion: str,
    figure: str,
    by: By,
    today: date,
    *,
    evidence: Sequence[int] = (),
    explanation: str = "",
) -> LeafScore:
    """Enter one criterion, its figure written short. Raises StoreError with what is wrong."""
    with transaction() as session:
        round_ = the_round(session, where.authority, where.criteria)
        score = find_score(session, round_, criterion, lock=True)
        entry = _entry(round_, criterion, figure)
        return enter(session, score, Given(entry, tuple(evidence), explanation), by, today)


def _entry(round_: ScoreRound, criterion: str, figure: str) -> Entry:
    rule = criteria_of(round_.criteria).by_code[criterion].rule
    try:
        return read_entry(figure, rule)  # type: ignore[arg-type]
    except ValidationError as error:
        raise BadContentError(f"Số liệu của tiêu chí {criterion}: {said(error.errors()[0])}.") from None
    except ValueError as error:
        raise BadContentError(f"Số liệu của tiêu chí {criterion}: {error}.") from None


def enter_file(where: Where, path: Path, by: By, today: date, explanation: str) -> list[LeafScore]:
    """Enter every figure of a file as `dondoc score compute` reads it; evidence on file stays with its score."""
    with transaction() as session:
        round_ = the_round(session, where.authority, where.criteria, lock=True)
        figures = read_figures(path, criteria_of(round_.criteria)).figures
        found = []
        for criterion, entry in figures.items():
            score = find_score(session, round_, criterion)
            kept = tuple(use.evidence_id for use in score.evidence)
            given = Given(entry, kept, entry.reason or score.explanation or explanation)
            found.append(enter(session, score, given, by, today))
        return found


def review(where: Where, today: date, by: By) -> bool:
    """Close the units' part."""
    return _step(where, lambda session, round_: to_review(session, round_, today, by))


def accept_scores(where: Where, criteria: Sequence[str], by: By, lost_because: str | None = None) -> int:
    """Accept some scores, or all that were entered. Returns how many changed."""
    with transaction() as session:
        round_ = the_round(session, where.authority, where.criteria, lock=True)
        chosen = criteria or [one.criterion for one in round_.scores if one.state is ScoreState.SUBMITTED]
        scores = [find_score(session, round_, criterion) for criterion in chosen]
        return sum(accept(session, score, by, lost_because=lost_because) for score in scores)


def return_score(where: Where, criterion: str, reason: str, by: By, until: date | None = None) -> None:
    """Send a score back; with a day, also let the unit enter until then."""
    with transaction() as session:
        score = find_score(session, the_round(session, where.authority, where.criteria), criterion, lock=True)
        if until is None:
            send_back(session, score, reason, by)
        else:
            reopen_score(session, score, until, reason, by)


def checks(where: Where) -> list[Check]:
    """Every warning about the round with its answers."""
    with reading() as session:
        return checks_of(the_round(session, where.authority, where.criteria))


def answer_check(where: Where, criterion: str, code: str, text: str, by: By) -> None:
    """Answer a warning. Raises UnknownNameError when there is no such warning."""
    with transaction() as session:
        round_ = the_round(session, where.authority, where.criteria)
        known = {(one.warned.criterion, one.warned.code) for one in checks_of(round_)}
        if (criterion, code) not in known:
            raise UnknownNameError(f"Tiêu chí {criterion} không có cảnh báo “{code}”. Xem bằng: dondoc score checks")
        answer_warning(session, find_score(session, round_, criterion, lock=True), code, text, by)


def submit(where: Where, today: date, by: By) -> bool:
    """Hand the reviewed round to the leader; every warning must be answered."""

    def step(session: Session, round_: ScoreRound) -> bool:
        refill(session, round_, today, by)
        waiting = sum(check.answer is None for check in checks_of(round_))
        return ask_approval(session, round_, waiting, by, today)

    return _step(where, step)


def decide(where: Where, leader: str, by: By, note: str, *, approved: bool) -> bool:
    """The word of a leader or their deputy of the day, by their address. Raises UnknownNameError for anybody else."""

    def step(session: Session, round_: ScoreRound) -> bool:
        person, behalf = decider(session, round_.authority_id, leader, by.at.astimezone(ZONE).date())
        hand = By(f"{person.name} <{person.email}> ({by.who})"[:254], by.at, behalf)
        if not approved:
            return disapprove(session, round_, note, hand)
        return approve(session, round_, hand, note)

    return _step(where, step)


def import_verification(where: Where, path: Path, by: By) -> int:
    """Store what the superior wrote in the workbook. Returns how many scores changed."""
    with transaction() as session:
        round_ = the_round(session, where.authority, where.criteria, lock=True)
        return verify(session, round_, read_verification(path, criteria_of(round_.criteria)), by)


def verify_one(where: Where, found: Verification, by: By) -> bool:
    """Store what the superior said of one criterion, as it reads now: what is left blank is cleared."""
    with transaction() as session:
        round_ = the_round(session, where.authority, where.criteria, lock=True)
        return bool(verify(session, round_, [found], by, exactly=True))


def reopen(where: Where, reason: str, by: By, today: date, until: date | None) -> None:
    """Open the round again, for its units until a day or for the review; a final result for the verification."""
    with transaction() as session:
        reopen_round(session, the_round(session, where.authority, where.criteria, lock=True), reason, by, today, until)


def explain_score(where: Where, criterion: str, text: str, by: By, evidence: Sequence[int] = ()) -> None:
    """Answer the superior's question about a criterion; `evidence` replaces what an earlier answer brought."""
    with transaction() as session:
        score = find_score(session, the_round(session, where.authority, where.criteria), criterion, lock=True)
        explain(session, score, text, by, tuple(evidence) or None)


def explain_until(where: Where, until: date, reason: str, by: By, today: date) -> bool:
    """Set, move or open again the last day of the explanations; whether it changed."""
    return _step(where, lambda session, round_: set_explaining(session, round_, until, reason, by, today))


def second_round(where: Where, by: By) -> bool:
    """Send the explanations."""
    return _step(where, lambda session, round_: send_explanations(session, round_, by))


def finish_round(where: Where, by: By, rank: int | None, rank_of: int | None) -> bool:
    """The result is final."""
    return _step(where, lambda session, round_: finish(session, round_, by, rank, rank_of))


def difference(where: Where) -> Difference:
    """Self against verified, of one round."""
    with reading() as session:
        return difference_of(the_round(session, where.authority, where.criteria))


def differences(authority: str | None) -> list[Difference]:
    """The same over all years of an authority."""
    with reading() as session:
        return years_of(session, the_authority(session, authority))


def draft_plan(where: Where) -> tuple[bytes, int]:
    """The draft of next year's remedial plan as .docx, and how many measures it has. Raises StoreError for none."""
    with reading() as session:
        draft = remedial_draft(the_round(session, where.authority, where.criteria))
    return remedial_plan_docx(draft), len(draft.measures)


def _step(where: Where, step: Callable[[Session, ScoreRound], bool]) -> bool:
    with transaction() as session:
        return step(session, the_round(session, where.authority, where.criteria, lock=True))
