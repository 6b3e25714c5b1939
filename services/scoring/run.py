"""The yearly round taken as far as it goes by itself today: opened on its day, filled, asked, closed, sent.

What a person decides (scores, review, approval, verification) waits in the database.
Each step is one transaction and is found done when repeated; a missed day is made up for.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.clock import now as clock_now
from config.settings import Settings, load_settings
from models.authority import Authority
from models.scoring import ScoreRound, StoredCriteria
from models.session import transaction
from rules.scoring.round import ROUND_WORDS, RoundState
from services.access.links import MACHINE
from services.actor import Actor
from services.errors import StoreError
from services.scoring.dossier_mail import send_dossier
from services.scoring.mails import tell
from services.scoring.reopening import reopened_on
from services.scoring.rounds import RoundDays, missing_units, open_round, plans_of_year, refill, to_review
from services.scoring.sending import owes_explanations
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
class Went:
    """What a run did to one round: its state, the steps taken, and what keeps it waiting."""

    name: str
    state: RoundState
    steps: list[str] = field(default_factory=list)
    problem: str | None = None

    def words(self) -> str:
        """One line for logs and states."""
        taken = f" ({', '.join(self.steps)})" if self.steps else ""
        return f"{self.name}: {ROUND_WORDS[self.state]}{taken}" + (f". {self.problem}" if self.problem else "")


def run_rounds(
    authority: str | None, today: date, calendar: Calendar | None = None, settings: Settings | None = None
) -> list[Went]:
    """Open the rounds whose day has come, and take every step that needs no person. Returns the rounds not final."""
    used = settings or load_settings()
    actor = Actor(MACHINE, clock_now())
    with transaction() as session:
        owner = the_authority(session, authority)
        new = _open_due(session, owner, today, calendar or Calendar(), actor)
        query = select(ScoreRound.id).where(ScoreRound.authority_id == owner.id, ScoreRound.state != RoundState.FINAL)
        waiting = list(session.scalars(query.order_by(ScoreRound.year, ScoreRound.id)))
    return [_advance(round_id, today, actor, used, new=round_id in new) for round_id in waiting]


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


def _advance(round_id: int, today: date, actor: Actor, settings: Settings, *, new: bool) -> Went:
    with transaction() as session:
        round_ = session.get_one(ScoreRound, round_id, with_for_update=True)
        went = Went(f"{round_.authority.name} {round_.year}", round_.state, ["mở đợt"] if new else [])
        if round_.state is RoundState.SCORING:
            _scoring(session, round_, today, actor, went)
        went.steps.extend(
            f"{words} ({count} thư)" for words, count in tell(session, round_, today, actor, settings).items()
        )
        went.state, where = round_.state, (round_.authority.code, round_.criteria.code)
        sends = round_.state is RoundState.APPROVED or owes_explanations(session, round_)
    if sends:
        _send(where, today, actor, went)
    return went


def _scoring(session: Session, round_: ScoreRound, today: date, actor: Actor, went: Went) -> None:
    if filled := refill(session, round_, today, actor):
        went.steps.append(f"điền {filled} số liệu")
    waiting = missing_units(round_)
    given_days = reopened_on(session, round_) is not None  # opened again: units may change what they entered
    if today > round_.units_until or not (waiting or given_days):
        to_review(session, round_, today, actor)
        went.steps.append("kết thúc tự chấm")
        if waiting:
            went.problem = "Chưa chấm: " + "; ".join(f"{unit} {count} tiêu chí" for unit, count in waiting.items())


def _send(where: tuple[str, str], today: date, actor: Actor, went: Went) -> None:
    """Seal and queue the dossier; what hinders it (no mailbox, a broken file) waits for a person."""
    try:
        sent = send_dossier(*where, actor, today)
    except StoreError as refusal:
        went.problem = str(refusal)
        return
    if went.state is RoundState.APPROVED:
        went.state = RoundState.SENT
    if sent.new:
        went.steps.append(f"gửi hồ sơ bản {sent.sealed.version}")
