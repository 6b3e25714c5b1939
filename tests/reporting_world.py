"""A ward's year of reports for tests: the invented commune with answers, leaders and a superior, on a moved clock."""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from config.clock import ZONE
from models import Evidence, EvidenceUse, Occurrence, Progress, ProgressState
from tests.world import World

SUPERIOR = "so-noi-vu@tinh.example"


def moment(day: date, hour: int = 8) -> datetime:
    """A moment of a day in Vietnam, aware."""
    return datetime.combine(day, time(hour), ZONE).astimezone(UTC)


def ward(session: Session, year: int = 2025, code: str = "song-mai") -> World:
    """A ward whose plan was followed from before the year's first period; its superior has a mailbox."""
    world = World(session, code)
    world.authority.superior, world.authority.superior_mailbox = "UBND tỉnh Khánh Hòa", SUPERIOR
    world.plan.imported_at = moment(date(year - 1, 12, 1))
    world.plan.issued_on = date(year - 1, 12, 1)
    world.plan.number, world.plan.symbol = "12", "KH-UBND"
    session.flush()
    return world


def answer(
    session: Session, row: Occurrence, on: date, state: ProgressState = ProgressState.DONE, **more: object
) -> Progress:
    """A unit's answer given on a day."""
    done = on if state is ProgressState.DONE else None
    values = {"percent": 100 if done else 40, "note": "Đã thực hiện" if done else "Đang thực hiện", **more}
    progress = Progress(
        occurrence_id=row.id,
        unit_id=row.unit_id,
        state=state,
        done_on=done,
        created_at=moment(on),
        figures=[],
        **values,
    )
    session.add(progress)
    if done:
        row.done_on, row.next_rung_on = on, None
    session.flush()
    return progress


def prove(session: Session, row: Occurrence, progress: Progress, on: date, reference: str) -> None:
    """A document brought as evidence with an answer."""
    proof = Evidence(
        authority_id=row.item.plan.authority_id,
        unit_id=row.unit_id,
        reference=reference,
        issued_on=on,
        issued_by="UBND phường",
        created_at=moment(on),
    )
    session.add(proof)
    session.flush()
    session.add(
        EvidenceUse(
            evidence_id=proof.id,
            occurrence_id=row.id,
            progress_id=progress.id,
            unit_id=row.unit_id,
            created_at=moment(on),
        )
    )
    session.flush()


def every_day(first: date, last: date) -> list[date]:
    """Every day from first to last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
