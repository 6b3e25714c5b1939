"""The yearly round taken as far as it goes by itself today: opened on its day, filled, asked, closed, sent.

What a person decides (scores, review, approval, verification) waits in the database.
Each step is one transaction and is found done when repeated; a missed day is made up for.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.clock import now as clock_now
from config.settings import Settings, load_settings
from models.authority import Authority
from models.scoring import ScoreRound, StoredCriteria
from models.session import reading, transaction
from notifications.wording import plain
from rules.scoring.round import ROUND_WORDS, RoundState
from services.access.links import MACHINE
from services.actor import Actor
from services.errors import StoreError
from services.policy import office_calendar
from services.scoring.dossier.mail import send_dossier
from services.scoring.dossier.sending import owes_explanations
from services.scoring.mails import tell
from services.scoring.reopening import reopened_on
from services.scoring.rounds import RoundDays, missing_units, open_round, plans_of_year, refill, to_review
from services.staff.queries import the_authority

UNITS_AT_LEAST = 5
"""Days that units have at least, when a round is opened later than planned."""
OPEN_FOR = timedelta(days=120)
"""How long after its day a round that was missed is still opened by itself."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a round opens ("MM-DD" of its year), and the days until the units close and the dossier leaves."""

    opens: str = "12-01"
    units_days: int = 14
    sending_days: int = 30

    def opening(self, year: int) -> date:
        """The opening day of a year. Raises ValueError with a Vietnamese sentence."""
        try:
            return date.fromisoformat(f"{year}-{self.opens}")
        except ValueError:
            raise ValueError(f"Ngày mở đợt chấm điểm “{self.opens}” không đúng; viết như 12-01.") from None

    def days(self, year: int, today: date) -> RoundDays:
        """The days of a round that is opened today; as planned unless it is late."""
        planned = self.opening(year)
        until = max(planned + timedelta(days=self.units_days), today + timedelta(days=UNITS_AT_LEAST))
        sending = max(planned + timedelta(days=self.sending_days), until)
        return RoundDays(today, until, sending)


@dataclass(slots=True)
class RoundProgress:
    """What a run did to one round: its state, the steps taken, and what keeps it waiting."""

    name: str
    state: RoundState
    steps: list[str] = field(default_factory=list)
    problem: str | None = None

    def words(self) -> str:
        """One line for logs and states."""
        taken = f" ({', '.join(self.steps)})" if self.steps else ""
        return f"{self.name}: {ROUND_WORDS[self.state]}{taken}" + (f". {self.problem}" if self.problem else "")


class RoundStep(StrEnum):
    """What a run does to a round by itself, in this order."""

    FILL = "fill"
    CLOSE = "close"
    ASK = "ask"
    SEND = "send"


@dataclass(frozen=True, slots=True)
class OpenRound:
    """A round that is not final, its name for people, and whether this run opened it."""

    id: int
    name: str
    new: bool = False


@dataclass(frozen=True, slots=True)
class StepTaken:
    """What a step did, in words, and what keeps the round waiting."""

    words: tuple[str, ...] = ()
    problem: str | None = None


def run_rounds(
    authority: str | None, today: date, calendar: Calendar | None = None, settings: Settings | None = None
) -> list[RoundProgress]:
    """Open the rounds whose day has come, and take every step that needs no person. Returns the rounds not final."""
    rounds = open_rounds(authority, today, calendar or Calendar())
    return [
        progress_of(one, [take_step(one.id, step, today, settings) for step in due_steps(one.id, today)])
        for one in rounds
    ]


def open_rounds(authority: str | None, today: date, calendar: Calendar) -> list[OpenRound]:
    """Open the rounds whose day has come. Returns all that are not final, oldest year first."""
    with transaction() as session:
        owner = the_authority(session, authority)
        new = _open_due(session, owner, today, calendar, Actor(MACHINE, clock_now()))
        query = select(ScoreRound).where(ScoreRound.authority_id == owner.id, ScoreRound.state != RoundState.FINAL)
        rows = session.scalars(query.order_by(ScoreRound.year, ScoreRound.id))
        return [OpenRound(row.id, f"{owner.name} {row.year}", row.id in new) for row in rows]


def due_steps(round_id: int, today: date) -> Iterator[RoundStep]:
    """Each step that is due, looked at after the one before it was taken."""
    for step in RoundStep:
        with reading() as session:
            due = _is_due(session, session.get_one(ScoreRound, round_id), step, today)
        if due:
            yield step


def _is_due(session: Session, round_: ScoreRound, step: RoundStep, today: date) -> bool:
    match step:
        case RoundStep.FILL:
            return round_.state is RoundState.SCORING
        case RoundStep.CLOSE:
            given_days = reopened_on(session, round_) is not None  # units may change what they entered
            over = today > round_.units_until or not (missing_units(round_) or given_days)
            return round_.state is RoundState.SCORING and over
        case RoundStep.ASK:
            return office_calendar().is_working_day(today)
        case RoundStep.SEND:
            return round_.state is RoundState.APPROVED or owes_explanations(session, round_)


def take_step(round_id: int, step: RoundStep, today: date, settings: Settings | None = None) -> StepTaken:
    """Take one step, in a transaction of its own; one that is not due any more does nothing."""
    actor = Actor(MACHINE, clock_now())
    with transaction() as session:
        round_ = session.get_one(ScoreRound, round_id, with_for_update=True)
        if not _is_due(session, round_, step, today):
            return StepTaken()
        where = round_.authority.code, round_.criteria.code
        match step:
            case RoundStep.FILL:
                filled = refill(session, round_, today, actor)
                return StepTaken((f"điền {filled} số liệu",) if filled else ())
            case RoundStep.CLOSE:
                return _close(session, round_, today, actor)
            case RoundStep.ASK:
                told = tell(session, round_, today, actor, settings or load_settings())
                return StepTaken(tuple(f"{words} ({count} thư)" for words, count in told.items()))
    return _send(where, today, actor)


def progress_of(opened: OpenRound, taken: Iterable[StepTaken]) -> RoundProgress:
    """Where a round stands after the steps of a run."""
    went = RoundProgress(opened.name, RoundState.SCORING, ["mở đợt"] if opened.new else [])
    for one in taken:
        went.steps += one.words
        went.problem = one.problem or went.problem
    with reading() as session:
        went.state = session.get_one(ScoreRound, opened.id).state
    return went


def progress_page(rounds: Iterable[RoundProgress], day: date) -> str:
    """The rounds on a day as a page in Markdown."""
    lines = [
        f"# Tự chấm điểm, ngày {day:%d/%m/%Y}\n",
        "| Đợt | Bước | Hôm nay đã làm | Cần xử lý |",
        "|---|---|---|---|",
    ]
    for one in rounds:
        cells = (one.name, one.state.words, ", ".join(one.steps) or "–", one.problem or "–")
        lines.append("| " + " | ".join(plain(cell) for cell in cells) + " |")
    return "\n".join(lines)


def _open_due(session: Session, owner: Authority, today: date, calendar: Calendar, actor: Actor) -> set[int]:
    """Open the newest set of each year whose day has come; a year that has a round already is left alone."""
    had = set(session.scalars(select(ScoreRound.year).where(ScoreRound.authority_id == owner.id)))
    new: set[int] = set()
    newest: dict[int, StoredCriteria] = {}
    for stored in session.scalars(select(StoredCriteria).order_by(StoredCriteria.imported_at, StoredCriteria.id)):
        newest[stored.year] = stored
    for year, stored in sorted(newest.items()):
        opening = calendar.opening(year)
        if year in had or not opening <= today <= opening + OPEN_FOR:
            continue
        plan = next(iter(plans_of_year(session, owner, year)), None)
        round_, fresh = open_round(session, owner, stored, plan, calendar.days(year, today), actor)
        if fresh:
            new.add(round_.id)
    return new


def _close(session: Session, round_: ScoreRound, today: date, actor: Actor) -> StepTaken:
    waiting = missing_units(round_)
    to_review(session, round_, today, actor)
    missing = "; ".join(f"{unit} {count} tiêu chí" for unit, count in waiting.items())
    return StepTaken(("kết thúc tự chấm",), f"Chưa chấm: {missing}" if missing else None)


def _send(where: tuple[str, str], today: date, actor: Actor) -> StepTaken:
    """Seal and queue the dossier; what hinders it (no mailbox, a broken file) waits for a person."""
    try:
        sent = send_dossier(*where, actor, today)
    except StoreError as refusal:
        return StepTaken(problem=str(refusal))
    return StepTaken((f"gửi hồ sơ bản {sent.sealed.version}",) if sent.new else ())
