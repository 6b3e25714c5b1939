"""A small set of criteria and a commune that scores itself by it, for tests."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Evidence, EvidenceUse, Occurrence, Person
from models.scoring import ScoreRound, StoredCriteria
from rules.scoring.criteria.sets import CriteriaSet
from services.actor import Actor, Visitor
from services.scoring.criteria import bring_in
from services.scoring.rounds import RoundDays, open_round
from tests.world import World

OPENED = date(2025, 12, 1)
DAYS = RoundDays(OPENED, date(2025, 12, 15), date(2025, 12, 31))

SET: dict[str, Any] = {
    "code": "BO-NHO",
    "name": "Bộ tiêu chí nhỏ",
    "year": 2025,
    "total": 10,
    "grades": [{"name": "Tốt", "from": 80}, {"name": "Khá", "from": 0}],
    "areas": [
        {
            "code": "1",
            "name": "Chỉ đạo, điều hành",
            "max": 6,
            "criteria": [
                {
                    "code": "1.1",
                    "name": "Mức độ hoàn thành kế hoạch",
                    "max": 2,
                    "unit": "PHONG_VHXH",
                    "items": ["*"],
                    "evidence": ["Báo cáo kết quả"],
                    "rule": {
                        "type": "bands",
                        "measure": "nhiệm vụ",
                        "when_none": "zero",
                        "bands": [
                            {"from": 100, "points": 2},
                            {"from": 50, "below": 100, "points": 1},
                            {"below": 50, "points": 0},
                        ],
                    },
                },
                {
                    "code": "1.2",
                    "name": "Ban hành kế hoạch",
                    "max": 1,
                    "unit": "VAN_PHONG",
                    "items": ["A.1"],
                    "evidence": ["Kế hoạch"],
                    "rule": {
                        "type": "cases",
                        "cases": [
                            {"case": "đúng hạn", "points": 1, "when": "on_time"},
                            {"case": "chậm", "points": "0.5", "when": "late"},
                            {"case": "không có", "points": 0, "when": "none"},
                        ],
                    },
                },
                {"code": "1.3", "name": "Sáng kiến", "max": 3, "unit": "TT_PVHCC", "rule": {"type": "manual"}},
            ],
        },
        {
            "code": "2",
            "name": "Điều tra xã hội học",
            "max": 4,
            "criteria": [
                {"code": "2.1", "name": "Mức độ hài lòng", "max": 4, "source": "survey", "rule": {"type": "ratio"}}
            ],
        },
    ],
}


def by(who: str, day: date = OPENED, hour: int = 2) -> Actor:
    """Somebody's hand on a day."""
    return Actor(who, datetime(day.year, day.month, day.day, hour, tzinfo=UTC))


def acting(person: Person, day: date = OPENED) -> Actor:
    """A person of the commune acting in the portal on a day."""
    visitor = Visitor(
        person.id, person.name, person.email, person.role.value, person.unit_id, "", person.authority_id, "UBND"
    )
    return Actor.of(visitor, by("x", day).at)


def stored_set(session: Session, content: dict[str, Any] | None = None) -> StoredCriteria:
    """The small set, brought in."""
    return bring_in(session, CriteriaSet.model_validate(content or SET), by("quản trị")).stored


def opened(session: Session, world: World, content: dict[str, Any] | None = None) -> ScoreRound:
    """The round of the world's commune, opened on 1 December 2025."""
    found, _ = open_round(session, world.authority, stored_set(session, content), world.plan, DAYS, by("đầu mối"))
    return found


def proof(session: Session, world: World, unit: str = "PHONG_VHXH", **facts: Any) -> Evidence:
    """A document named as evidence, complete unless told otherwise."""
    given = {"reference": "12/BC-UBND", "issued_on": date(2025, 11, 20), "place": "mục II", **facts}
    row = Evidence(authority_id=world.authority.id, unit_id=world.units[unit].id, created_at=by("x").at, **given)
    session.add(row)
    session.flush()
    return row


def filed(session: Session, occurrence: Occurrence, evidence: Evidence, day: date = date(2025, 6, 1)) -> None:
    """Evidence filed with an occurrence on a day."""
    use = EvidenceUse(
        evidence_id=evidence.id, occurrence_id=occurrence.id, unit_id=occurrence.unit_id, created_at=by("x", day).at
    )
    session.add(use)
    session.flush()
